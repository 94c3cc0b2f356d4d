package schemas_test

import (
	"testing"

	"daybook/schemas"
)

func TestProviderLocation(t *testing.T) {
	for zone, want := range map[string]bool{"Europe/Berlin": true, "UTC": true, "": false, "Local": false, "Mars/Olympus": false} {
		p := schemas.Provider{ID: "north", Zone: zone}
		if got, err := p.Location(); (err == nil) != want {
			t.Errorf("zone %q: %v, %v", zone, got, err)
		}
	}
}

func TestProviderLimitsAndWaivers(t *testing.T) {
	p := schemas.Provider{FindingLimits: map[schemas.Severity]int64{schemas.Suspended: 10, schemas.Warning: 5}}
	for _, c := range []struct {
		severity schemas.Severity
		count    int64
		want     bool
	}{
		{schemas.Suspended, 10, false},
		{schemas.Suspended, 11, true},
		{schemas.Warning, 6, true},
		{schemas.Note, 1 << 40, false},
		{schemas.Rejected, 0, false},
		{schemas.Rejected, 1, true},
	} {
		if got := p.ExceedsLimit(c.severity, c.count); got != c.want {
			t.Errorf("%d findings of severity %s exceed the limit: %v", c.count, c.severity, got)
		}
	}
	w := schemas.Waiver{Name: "head of billing", Reason: "the peer confirmed that none will come", Period: "2024-09", Code: schemas.CodeMissingDelivery, Source: "atlas"}
	f := schemas.Finding{Code: schemas.CodeMissingDelivery, Source: "atlas"}
	if !w.Covers("2024-09", &f) || w.Covers("2024-10", &f) {
		t.Error("the waiver covers the wrong periods")
	}
	f.Source = "boreas"
	if w.Covers("2024-09", &f) {
		t.Error("the waiver covers another source")
	}
}
