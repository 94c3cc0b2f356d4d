package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestPair: charges find each other by identifier, by time and words, by time, and else in order. A case is id@from-to:words=amount
// for each charge of either run, and what comes out.
func TestPair(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"a@1-2:x=5", "a@1-2:x=5", "same a"},
		{"a@1-2:x=5", "b@1-2:x=6", "changed a b"},
		{"a@1-2:x=5", "", "gone a"},
		{"", "b@1-2:x=6", "added b"},
		// A price change splits a charge: the first half is its own, the second one new.
		{"a@1-31:x=31", "b@1-15:x=14 c@15-31:x=20", "changed a b, added c"},
		// Two lines of one time are told apart by their words, and one that has other words by its time.
		{"a@1-2:x=5 b@1-2:y=7", "c@1-2:y=8 d@1-2:x=6", "changed b c, changed a d"},
		{"a@1-2:x=5 b@3-4:y=7", "c@3-4:z=8 d@1-2:x=6", "changed a d, changed b c"},
		// The same identifier wins over everything else.
		{"a@1-2:x=5 b@1-2:x=5", "b@1-2:x=5 c@1-2:x=7", "changed a c, same b"},
		{"a@1-2:x=5 a@1-2:x=5", "a@1-2:x=5", "gone a, same a"},
		// Another exchange rate changes a charge and no identifier.
		{"a@1-2:x=5/4", "a@1-2:x=5/3", "changed a a"},
	} {
		differs, same := Pair(charges(t, c.before), charges(t, c.after))
		var got []string
		for _, d := range differs {
			ids := []string{string(d.Kind())}
			if d.Before != nil {
				ids = append(ids, string(d.Before.ID))
			}
			if d.After != nil {
				ids = append(ids, string(d.After.ID))
			}
			got = append(got, strings.Join(ids, " "))
		}
		for _, x := range same {
			got = append(got, "same "+string(x.ID))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%q and %q: %s, want %s", c.before, c.after, text, c.want)
		}
	}
}

func charges(t *testing.T, text string) (out []Charge) {
	t.Helper()
	for field := range strings.FieldsSeq(text) {
		var c Charge
		var amount, value int64
		field = strings.NewReplacer("@", " ", "-", " ", ":", " ", "=", " ", "/", " ").Replace(field)
		n, err := fmt.Sscan(field, &c.ID, &c.Start, &c.End, &c.Description, &amount, &value)
		if n < 5 {
			t.Fatalf("%q: %v", field, err)
		}
		c.Amount, c.Value, c.HasValue = money.FixedFromInt(amount), money.FixedFromInt(value), n > 5
		out = append(out, c)
	}
	return out
}

// TestCauses names everything in which two specs differ, and nothing else.
func TestCauses(t *testing.T) {
	before := run.Spec{
		Book: []run.PartDigest{{Part: "catalogue", Digest: "aaaaaaaaaaaaaaaa"}, {Part: "fx", Digest: "cccccccccccccccc"}, {Part: "plan", Digest: "dddddddddddddddd"}},
		Sources: []run.Pinned{
			{Source: "atlas", Objects: []run.Object{{Key: "a/1", Digest: "1"}, {Key: "a/2", Digest: "2"}, {Key: "a/3", Digest: "3"}}},
			{Source: "meter", Objects: []run.Object{{Key: "m/1", Digest: "1"}}},
		},
		Code: []run.PartDigest{{Part: "rate/shard", Digest: "12"}, {Part: "emit/reports", Digest: "3"}}, Shards: 1, Open: true,
	}
	if found := Causes(&before, &before); len(found) != 0 {
		t.Errorf("a spec differs from itself: %+v", found)
	}
	after := before
	after.Book = []run.PartDigest{{Part: "catalogue", Digest: "bbbbbbbbbbbbbbbb"}, {Part: "fx", Digest: "cccccccccccccccc"}}
	after.Sources = []run.Pinned{
		{Source: "atlas", Objects: []run.Object{{Key: "a/1", Digest: "1"}, {Key: "a/3", Digest: "4"}, {Key: "a/4", Digest: "5"}, {Key: "a/5", Digest: "5"}}},
		{Source: "meter", Objects: []run.Object{{Key: "m/1", Digest: "1"}}},
	}
	after.Code = []run.PartDigest{{Part: "rate/shard", Digest: "13"}, {Part: "emit/reports", Digest: "3"}}
	after.Shards, after.Open, after.Families = 4, false, []run.Kin{{Account: "a", Root: "b"}}
	after.Earlier = []run.Earlier{{Period: "2024-08", Run: "0123456789abcdef"}}
	var got []string
	for _, c := range Causes(&before, &after) {
		got = append(got, string(c.Kind)+" "+c.Words())
	}
	want := []string{
		"book catalogue aaaaaaaa → bbbbbbbb",
		"book plan dddddddd → none",
		"deliveries atlas: 2 objects more, such as a/4; 1 object fewer: a/2; 1 object with other bytes: a/3",
		"period_over not yet → yes",
		"code rate/shard 12 → 13",
		"earlier_runs 2024-08 none → 01234567",
		"families none → 1 account under 1",
		"shards 1 → 4, which divides the rows and changes none",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestEarns: the revenue of the sums is that of the vocabulary.
func TestEarns(t *testing.T) {
	for _, c := range []schemas.Charge{
		{Category: schemas.CategoryUsage},
		{Category: schemas.CategoryTax},
		{Category: schemas.CategoryCredit, Model: schemas.PrepaidCredit},
		{Category: schemas.CategoryCredit, Model: schemas.PromotionalCredit},
	} {
		if x := (&Charge{Key: Key{Category: c.Category}, Model: c.Model}); x.Earns() != c.EarnsRevenue() {
			t.Errorf("%s %s earns: %t", c.Category, c.Model, x.Earns())
		}
	}
}
