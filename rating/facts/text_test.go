package facts_test

import (
	"testing"

	"daybook/rating/facts"
	"daybook/schemas"
	"daybook/schemas/money"
)

// graduated is a price with three tiers.
func graduated(perUnit string) schemas.Price {
	var tiers []schemas.Tier
	for _, upTo := range []string{"100", "1000"} {
		bound, unit := money.MustDecimal(upTo), money.MustDecimal(perUnit)
		tiers = append(tiers, schemas.Tier{UpTo: &bound, UnitPrice: unit})
	}
	tiers = append(tiers, schemas.Tier{UnitPrice: money.MustDecimal("0.01")})
	return schemas.Price{SKU: "gb", Name: "Storage", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: tiers}}
}

// digest is that of one entry.
func digest(v any) facts.Digest {
	var t facts.Text
	t.Entry(v)
	return t.Sum()
}

// TestEntrySaysWhatCounts changes a name, which no amount hangs on, and a figure deep inside, which one does.
func TestEntrySaysWhatCounts(t *testing.T) {
	renamed := graduated("0.02")
	renamed.Name = "Storage of objects"
	if digest(renamed) != digest(graduated("0.02")) {
		t.Error("another name is another digest")
	}
	if digest(graduated("0.03")) == digest(graduated("0.02")) {
		t.Error("another price of the second tier is the same digest")
	}
	if digest(schemas.Meter{}) == digest(graduated("0.02")) {
		t.Error("two types are one digest")
	}
}

// BenchmarkEntry writes down a price of three tiers.
func BenchmarkEntry(b *testing.B) {
	price := graduated("0.02")
	var t facts.Text
	b.ReportAllocs()
	for b.Loop() {
		t = t[:0]
		t.Entry(price)
	}
}
