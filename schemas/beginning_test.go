package schemas_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestBeginning: one written out is meant whatever else begins so, and in whatever order they come; of several that only begin so
// none is.
func TestBeginning(t *testing.T) {
	for _, c := range []struct{ text, offered, want string }{
		{"acme", "acme-prod acme acme-test", "acme"},
		{"acme-p", "acme-prod acme acme-test", "acme-prod"},
		{"acme-p", "acme-prod acme-prod", "acme-prod"},
		{"acme-", "acme-prod acme acme-test", "several: acme-prod acme-test"},
		{"x", "acme-prod acme", ""},
		{"", "acme-prod", ""},
	} {
		b := schemas.Beginning{Text: c.text}
		for id := range strings.FieldsSeq(c.offered) {
			b.Offer(id)
		}
		got, err := b.Meant(nil)
		if several, ok := errors.AsType[*schemas.AmbiguousError](err); ok {
			got = "several: " + strings.Join(several.Candidates, " ")
		}
		if got != c.want {
			t.Errorf("%q among %q means %q, want %q", c.text, c.offered, got, c.want)
		}
	}
}

// TestBeginningOfVeryMany: what is kept and listed is bounded, and one written out is found behind any number.
func TestBeginningOfVeryMany(t *testing.T) {
	b := schemas.Beginning{Text: "a"}
	for i := range 10_000 {
		b.Offer(fmt.Sprintf("a%d", i))
	}
	if !b.Ambiguous() || len(b.Found()) != schemas.MostCandidates+1 {
		t.Errorf("%d are kept", len(b.Found()))
	}
	_, err := b.Meant(func(id string) string { return id + ", an account" })
	several, ok := errors.AsType[*schemas.AmbiguousError](err)
	if !ok || len(several.Candidates) != schemas.MostCandidates || several.Candidates[1] != "a1, an account" {
		t.Errorf("%v", err)
	}
	b.Offer("a")
	if got, err := b.Meant(nil); got != "a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if !slices.Equal(b.Found(), []string{"a"}) {
		t.Errorf("%q", b.Found())
	}
}
