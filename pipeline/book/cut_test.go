package book_test

import (
	"maps"
	"slices"
	"testing"

	"daybook/pipeline/book"
	"daybook/schemas"
)

// TestCuts replaces the cuts of a book one by one by those of another that differs in all: each then says what the other says and the
// rest what it said; an offering that is bought comes along, and one that nobody buys does not.
func TestCuts(t *testing.T) {
	base := map[string]string{
		"provider.yaml":     "id: p\nname: P\nlegal_name: P\naddress: {country: DE}\ncurrency: EUR\ninvoice_currencies: [USD]\ntime_zone: UTC\nfirst_period: 2024-01\n",
		"sources.yaml":      "sources:\n  - {id: own, format: cloudevents-1.0, semantics: append, prefix: own, pattern: \"{period}/*.jsonl\", columns: {SubAccountId: subject, ChargePeriodStart: time, SkuId: data.sku, ConsumedQuantity: data.q}}\n",
		"catalogue/a.yaml":  "meters:\n  - {id: m, source: own, value: consumed_quantity, unit: h, aggregation: sum}\nofferings:\n  - {id: o, name: O, prices: [{id: p, meter: m, currency: EUR, model: per_unit, unit_price: 1}]}\ntaxes:\n  - {id: de, name: VAT, country: DE, percent: 19}\n",
		"customers.csv":     "id,name\nc,C\n",
		"accounts.csv":      "customer,id,currency,country\nc,a,EUR,DE\n",
		"subscriptions.csv": "account,id,offering,start\na,s,o,2024-01-01\n",
		"fx.csv":            "date,base,quote,rate\n2024-01-31,EUR,USD,1.1\n",
	}
	load := func(files map[string]string) *book.Book {
		texts := book.Texts{}
		for name, text := range files {
			texts[name] = []byte(text)
		}
		b, problems := book.Load(texts)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return b
	}
	other := maps.Clone(base)
	other["catalogue/a.yaml"] = "policy: {round_at: line}\nmeters:\n  - {id: m, source: own, value: consumed_quantity, unit: h, aggregation: max}\n  - {id: n, source: own, value: consumed_quantity, unit: h, aggregation: max}\n" +
		"offerings:\n  - {id: o, name: O, prices: [{id: p, meter: m, currency: EUR, model: per_unit, unit_price: 2}]}\n" +
		"  - {id: bought, name: B, tax_category: low, prices: [{id: p, meter: n, currency: EUR, model: per_unit, unit_price: 2}]}\n" +
		"  - {id: unsold, name: U, prices: [{id: p, meter: n, currency: EUR, model: per_unit, unit_price: 2}]}\n" +
		"taxes:\n  - {id: de, name: VAT, country: DE, percent: 16}\n  - {id: low, name: VAT, country: DE, category: low, percent: 7}\n"
	other["subscriptions.csv"] += "a,s2,bought,2024-01-01\n"
	other["fx.csv"] = "date,base,quote,rate\n2024-01-31,EUR,USD,1.2\n2024-01-31,EUR,CHF,0.9\n"
	other["disputes/a.yaml"] = "disputes:\n  - {id: d, account: a, period: 2024-01, amount: 1, reason: too much, raised: 2024-02-01, by: J}\n"
	was, now := load(base), load(other)
	for _, c := range book.Cuts() {
		if !was.Says(c, was) || was.Says(c, now) {
			t.Errorf("%s: a book says what it says: %t, or what another says: %t", c, was.Says(c, was), was.Says(c, now))
		}
		mixed := was.With(now, c)
		_, sold := mixed.Offering("bought")
		_, unsold := mixed.Offering("unsold")
		switch c {
		case book.CutCustomers:
			if _, meter := mixed.Meter("n"); !sold || unsold || !meter || len(mixed.Catalogue.Taxes) != 2 || mixed.Catalogue.Taxes[0].Percent.String() != "19" {
				t.Errorf("%s: what is bought came along %t, what is not %t, meter %t, taxes %+v", c, sold, unsold, meter, mixed.Catalogue.Taxes)
			}
		case book.CutPrices:
			if !sold || !unsold {
				t.Errorf("%s: offerings are %+v", c, mixed.Catalogue.Offerings)
			}
		default:
			if sold || unsold {
				t.Errorf("%s: an offering came along that nobody buys", c)
			}
		}
		if o, _ := mixed.Offering("o"); (o.Prices[0].Terms.UnitPrice.String() == "2") != (c == book.CutPrices) {
			t.Errorf("%s: the price is %s", c, o.Prices[0].Terms.UnitPrice)
		}
		if !mixed.Rates.Has("EUR", "CHF") || mixed.Says(book.CutPolicy, now) != (c == book.CutPolicy) {
			t.Errorf("%s: a rate that was not known is not there, or the policy is the other's", c)
		}
	}
	all := was.With(now, book.Cuts()...)
	for _, c := range book.Cuts() {
		if !all.Says(c, now) {
			t.Errorf("with all cuts replaced, %s is not the other's", c)
		}
	}
	if files := now.ChangedFiles(was, book.PartCustomers, book.PartFX); !slices.Equal(files, []string{"fx.csv", "subscriptions.csv"}) {
		t.Errorf("changed are %v", files)
	}
	day, _ := schemas.ParseDate("2024-01-31")
	if at := now.WhereRate(day, "EUR", "CHF"); at != "fx.csv:3" {
		t.Errorf("the rate stands in %q", at)
	}
}
