package integration

import (
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// TestRevenueComesToTheWhole spreads revenue that no number of decimal places divides: the parts come to it to the last digit.
func TestRevenueComesToTheWhole(t *testing.T) {
	least := money.MustDecimal("0")
	goal := &peeruse.Goal{Peer: "p", Goal: &schemas.Goal{ID: "g", Use: &least}}
	first, _ := schemas.Period("2024-09").Days()
	revenue := money.MustDecimal("100")
	var days []Day
	for i := range 7 {
		days = append(days, Day{Day: first.AddDays(i), Use: money.NewDecimal(int64(i%3), 0)})
	}
	rows, err := Judge("2024-09", goal, days, &revenue, schemas.Date{})
	if err != nil || len(rows) != len(days) {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	var sum money.Decimal
	for i := range rows {
		sum = sum.Add(*rows[i].Revenue)
		if days[i].Use.IsZero() && !rows[i].Revenue.IsZero() {
			t.Errorf("day %d without use earns %s", i, rows[i].Revenue)
		}
	}
	if !sum.Equal(revenue) {
		t.Errorf("the parts come to %s, not %s", sum, revenue)
	}
}

// TestMissed holds days against goals at their borders, which are not missed.
func TestMissed(t *testing.T) {
	d := func(text string) *money.Decimal {
		v := money.MustDecimal(text)
		return &v
	}
	goal := &schemas.Goal{ID: "g", Use: d("5"), Availability: d("99.5"), Cost: d("10"), MarginPercent: d("20")}
	for _, x := range []struct {
		what     string
		day      Day
		revenue  string
		measured bool
		want     string
	}{
		{"all at their borders", Day{Use: *d("5"), Cost: *d("10"), Down: 432, Whole: 86400, Measured: true}, "12.5", true, ""},
		{"too little use", Day{Use: *d("4.999"), Cost: *d("10"), Whole: 86400, Measured: true}, "12.5", true, "use"},
		{"a second too long down", Day{Use: *d("5"), Cost: *d("10"), Down: 433, Whole: 86400, Measured: true}, "12.5", true, "availability"},
		{"not measured", Day{Use: *d("5"), Cost: *d("10"), Down: 433, Whole: 86400}, "12.5", false, ""},
		{"too dear", Day{Use: *d("5"), Cost: *d("10.01"), Whole: 86400, Measured: true}, "20", true, "cost"},
		{"too little margin", Day{Use: *d("5"), Cost: *d("10"), Whole: 86400, Measured: true}, "12.49", true, "margin"},
		{"a loss", Day{Use: *d("5"), Cost: *d("10"), Whole: 86400, Measured: true}, "0", true, "margin"},
	} {
		rows, err := Judge("2024-09", &peeruse.Goal{Peer: "p", Goal: goal}, []Day{x.day}, d(x.revenue), schemas.Date{})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %d rows: %v", x.what, len(rows), err)
		}
		var got []string
		for _, m := range rows[0].Missed {
			got = append(got, string(m))
		}
		if strings.Join(got, ",") != x.want || (rows[0].Availability != nil) != x.measured {
			t.Errorf("%s: missed %q, measured %v, want %q", x.what, got, rows[0].Availability, x.want)
		}
		if findings := Findings(rows, "EUR"); len(findings) != len(got) {
			t.Errorf("%s: %d findings", x.what, len(findings))
		}
	}
}
