package rating_test

import (
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// factsBook sells a fee and usage in dollars to an account in euros, and a quarter in advance to another.
func factsBook() *rating.Book {
	return &rating.Book{
		Zone: time.UTC,
		Catalogue: schemas.Catalogue{
			Meters: []schemas.Meter{{ID: "m", Own: true}, {ID: "other", Own: true}},
			Offerings: []schemas.Offering{
				{ID: "o", Name: "O", Prices: []schemas.Price{
					{ID: "fee", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("31")}},
					{ID: "use", Meter: "m", Currency: "USD", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("2")}},
				}},
				{ID: "q", Name: "Q", Prices: []schemas.Price{
					{ID: "fee", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("45.50")}, Every: schemas.Recurrence{Unit: schemas.CycleQuarter}, Timing: schemas.TimingAdvance},
				}},
				{ID: "x", Name: "X", Prices: []schemas.Price{
					{ID: "use", Meter: "other", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("2")}},
				}},
			},
			Taxes: []schemas.TaxRate{{ID: "vat", Name: "VAT", Percent: *dec("19"), Country: "DE"}},
		},
		Customers: []schemas.Customer{{ID: "c", Name: "C", Accounts: []schemas.Account{
			{ID: "a", Currency: "EUR", Country: "DE", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}}},
			{ID: "b", Currency: "EUR", Country: "FR", Subscriptions: []schemas.Subscription{{ID: "t", Offering: "q", Start: day("2024-04-01")}}},
		}}},
		Rates: schemas.NewRates([]schemas.Rate{{Day: day("2024-04-30"), Base: "EUR", Quote: "USD", Value: *dec("1.1")}}, "EUR"),
	}
}

// TestFactsOf: which accounts of an April a change of the book makes a difference to.
func TestFactsOf(t *testing.T) {
	account := func(b *rating.Book, i int) *schemas.Account { return &b.Customers[0].Accounts[i] }
	sub := func(b *rating.Book, i int) *schemas.Subscription { return &account(b, i).Subscriptions[0] }
	price := func(b *rating.Book, o, p int) *schemas.Price { return &b.Catalogue.Offerings[o].Prices[p] }
	rates := func(b *rating.Book, of string, value string) {
		b.Rates = schemas.NewRates([]schemas.Rate{
			{Day: schemas.NewDate(2024, 4, 30), Base: "EUR", Quote: "USD", Value: *dec("1.1")}, {Day: day(of), Base: "EUR", Quote: "USD", Value: *dec(value)},
		}, "EUR")
	}
	for name, c := range map[string]struct {
		change func(b *rating.Book)
		a, b   bool
	}{
		"nothing":                                  {func(*rating.Book) {}, false, false},
		"an end in the month":                      {func(b *rating.Book) { sub(b, 0).End = day("2024-04-20") }, true, false},
		"an end after it":                          {func(b *rating.Book) { sub(b, 0).End = day("2024-05-02") }, false, false},
		"an end of what was paid in advance":       {func(b *rating.Book) { sub(b, 1).End = day("2024-05-20") }, false, true},
		"an end after what was paid in advance":    {func(b *rating.Book) { sub(b, 1).End = day("2024-07-01") }, false, false},
		"a start a month earlier, of the same fee": {func(b *rating.Book) { sub(b, 0).Start = day("2023-12-01") }, true, false},
		"a name of a price":                        {func(b *rating.Book) { price(b, 0, 0).Name = "Fee" }, false, false},
		"a price":                                  {func(b *rating.Book) { price(b, 0, 0).Terms.Amount = dec("62") }, true, false},
		"a price of what nobody has":               {func(b *rating.Book) { price(b, 2, 0).Terms.UnitPrice = dec("1") }, false, false},
		"a meter of what nobody has":               {func(b *rating.Book) { b.Catalogue.Meters[1].SKUs = []schemas.SKU{"n"} }, false, false},
		"a meter":                                  {func(b *rating.Book) { b.Catalogue.Meters[0].SKUs = []schemas.SKU{"n"} }, true, false},
		"a price that ends with the month":         {func(b *rating.Book) { price(b, 0, 0).Validity.To = day("2024-05-01") }, false, false},
		"a price that ends a day before":           {func(b *rating.Book) { price(b, 0, 0).Validity.To = day("2024-04-30") }, true, false},
		"a tax elsewhere":                          {func(b *rating.Book) { b.Catalogue.Taxes[0].Country = "AT" }, true, false},
		"a tax everywhere":                         {func(b *rating.Book) { b.Catalogue.Taxes[0].Country = "" }, false, true},
		"a status":                                 {func(b *rating.Book) { account(b, 0).TaxExempt = true }, true, false},
		"an address":                               {func(b *rating.Book) { account(b, 0).Segment, account(b, 0).Name = "big", "A" }, false, false},
		"the rate of the last day":                 {func(b *rating.Book) { rates(b, "2024-04-30", "1.2") }, true, false},
		"the rate of a day before":                 {func(b *rating.Book) { rates(b, "2024-04-29", "1.2") }, false, false},
		"the rate of a day after":                  {func(b *rating.Book) { rates(b, "2024-05-01", "1.2") }, false, false},
		"a grant of the month": {func(b *rating.Book) {
			account(b, 0).Credits = []schemas.Grant{{ID: "g", Amount: *dec("5"), Created: day("2024-04-30")}}
		}, true, false},
		"a grant of the next": {func(b *rating.Book) {
			account(b, 0).Credits = []schemas.Grant{{ID: "g", Amount: *dec("5"), Created: day("2024-05-01")}}
		}, false, false},
		"a policy": {func(b *rating.Book) { b.Catalogue.Policy.TaxRounding = schemas.TaxPerDocument }, true, true},
		"how euros are rounded": {func(b *rating.Book) {
			b.Catalogue.Policy.Rounding = schemas.Rounding{{Currency: "EUR", Mode: money.HalfEven}}
		}, true, true},
		"how dollars are rounded from May": {func(b *rating.Book) {
			b.Catalogue.Policy.Rounding = schemas.Rounding{{Currency: "USD", Mode: money.HalfEven, Validity: schemas.Validity{From: day("2024-05-01")}}}
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			was, is := factsBook(), factsBook()
			c.change(is)
			facts := rating.NewFacts()
			of := func(b *rating.Book, id schemas.AccountID) rating.Digest {
				p, err := rating.Compile(*b, rating.Spec{Period: "2024-04"})
				if err != nil {
					t.Fatal(err)
				}
				d, _ := facts.Of(p, id)
				return d
			}
			for id, want := range map[schemas.AccountID]bool{"a": c.a, "b": c.b} {
				if got := of(was, id) != of(is, id); got != want {
					t.Errorf("%s differs: %t", id, got)
				}
			}
		})
	}
}
