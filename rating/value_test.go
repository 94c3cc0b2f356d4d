package rating_test

import (
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Charges are valued in the provider's currency at the rate that they would be billed at in it: of the period's end, or of
// their own day.
func TestValuer(t *testing.T) {
	rates := schemas.NewRates([]schemas.Rate{
		{Day: day("2024-09-02"), Base: "EUR", Quote: "USD", Value: *dec("1.25")},
		{Day: day("2024-09-27"), Base: "EUR", Quote: "USD", Value: *dec("1.2")},
		{Day: day("2024-09-26"), Base: "EUR", Quote: "JPY", Value: *dec("160")},
	}, "EUR")
	for _, c := range []struct {
		what                            string
		into, currency                  money.Currency
		by                              schemas.RateDay
		begins                          string
		amount, cost                    string
		known                           bool
		rate, day, wantAmount, wantCost string
	}{
		{"its own currency", "EUR", "EUR", schemas.AtPeriodEnd, "2024-09-03", "10.005", "3", true, "1", "2024-09-30", "10.005", "3"},
		{"at the period's end", "EUR", "USD", schemas.AtPeriodEnd, "2024-09-03", "10", "3", true, "0.833333333333333333", "2024-09-27", "8.33", "2.5"},
		{"on its day", "EUR", "USD", schemas.AtUsage, "2024-09-03", "10", "3", true, "0.8", "2024-09-02", "8", "2.4"},
		{"half a cent is rounded to even", "EUR", "USD", schemas.AtUsage, "2024-09-03", "0.00625", "0", true, "0.8", "2024-09-02", "0", "0"},
		{"below zero", "EUR", "USD", schemas.AtUsage, "2024-09-03", "-0.03", "0", true, "0.8", "2024-09-02", "-0.02", "0"},
		{"a cross rate is as old as its older leg", "USD", "JPY", schemas.AtPeriodEnd, "2024-09-03", "1000", "160", true, "0.0075", "2024-09-26", "7.5", "1.2"},
		{"into yen there are no decimals", "JPY", "EUR", schemas.AtPeriodEnd, "2024-09-03", "1.01", "0.01", true, "160", "2024-09-26", "162", "1.6"},
		{"no rate", "EUR", "GBP", schemas.AtPeriodEnd, "2024-09-03", "10", "3", false, "0", "", "0", "0"},
		{"a rate that is too old", "EUR", "USD", schemas.AtUsage, "2024-09-20", "10", "3", false, "0", "", "0", "0"},
	} {
		p, err := rating.Compile(rating.Book{Zone: time.UTC, Rates: rates, Exchange: schemas.Exchange{Day: c.by}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.NewValuer(c.into)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time, of the rate that is kept
			charge := schemas.Charge{Currency: c.currency, Amount: *dec(c.amount), PeerCost: *dec(c.cost), Start: day(c.begins).Time(time.UTC)}
			if err := v.Value(&charge); err != nil {
				t.Fatal(err)
			}
			got := charge.Value
			date := ""
			if !got.Day.IsZero() {
				date = got.Day.String()
			}
			if got.Currency != c.into || got.Known != c.known || got.Rate.String() != c.rate || date != c.day || got.Amount.String() != c.wantAmount || got.Cost.String() != c.wantCost {
				t.Errorf("%s: %+v on %s", c.what, got, date)
			}
		}
	}
	p, err := rating.Compile(rating.Book{Zone: time.UTC}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewValuer("???"); err == nil {
		t.Error("a currency that does not exist has no minor unit")
	}
}
