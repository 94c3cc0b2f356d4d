package bills_test

import (
	"fmt"
	"slices"
	"testing"

	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

func day(t *testing.T, s string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(s)
	must(t, err)
	return d
}

// billRow is a row of a peer's bill that costs 10.
func billRow(sku, region, unit string, currency money.Currency, day schemas.Date) *bills.UseRow {
	return &bills.UseRow{
		Peer: "p", Service: "VM", SKU: schemas.SKU(sku), Region: region, Category: schemas.CategoryUsage, Day: day, PricingUnit: unit, Currency: currency,
		UseSums: bills.UseSums{Priced: money.FixedFromInt(3), Billed: money.FixedFromInt(10), Rows: 1},
	}
}

// matched matches rows under contracts and writes what comes of it: rate, unit, billed and metered quantity, amounts, finding.
func matched(t *testing.T, contracts []agreed.Contract, units []schemas.UnitFactor, rows ...*bills.UseRow) []string {
	t.Helper()
	c := bills.NewContracts(contracts, units, month, schemas.Date{})
	use := bills.NewUse(c)
	for _, r := range rows {
		must(t, use.Add(r))
	}
	matches, findings, err := bills.Match(c, use, nil, nil)
	must(t, err)
	var out []string
	for i := range matches {
		r := &matches[i]
		checkMatch(t, r)
		out = append(out, fmt.Sprintf("%s/%s/%s/%s from %s: billed %s %s, metered %s, %s %s where %s, %s",
			r.Contract, r.SKU, r.Region, r.BilledCurrency, r.From, r.Billed, r.Unit, r.Metered, r.Actual, r.Currency, r.Expected, r.Status))
	}
	for _, f := range findings {
		out = append(out, f.Message)
	}
	return out
}

func check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// A row says which rate it is of, and a finding where to look.
func TestMatchSaysWhere(t *testing.T) {
	rate := agreed.ContractRate{Service: "VM", SKU: "big", Region: "east", Unit: "Hours", Price: money.One}
	contracts := []agreed.Contract{{ID: "c", Peer: "p", Currency: "EUR", Rates: []agreed.ContractRate{rate}}}
	first := day(t, "2022-09-05")
	check(t, "rated", matched(t, contracts, nil, billRow("big", "east", "Hours", "EUR", first)),
		"c/big/east/EUR from 2022-09-01: billed 3 Hours, metered 0, 10 EUR where 3, overbilled",
		"p VM big in east bills 10 EUR where 3 is expected; dispute the difference of 7")
	check(t, "a unit that does not convert", matched(t, contracts, hours, billRow("big", "east", "Moons", "EUR", first)),
		"c/big/east/EUR from 2022-09-01: billed 3 Moons, metered 0, 10 EUR where 0, unmatched",
		"p VM big in east bills 10 EUR that no contract line covers; add a rate, or dispute it")
	check(t, "no rate", matched(t, contracts, nil, billRow("small", "", "Hours", "EUR", first)),
		"/small//EUR from 2022-09-01: billed 3 Hours, metered 0, 10 EUR where 0, unmatched",
		"p VM small bills 10 EUR that no contract line covers; add a rate, or dispute it")
}

// A unit converts by the factor of both its names, whatever else the list has of either.
func TestMatchConvertsByBothNames(t *testing.T) {
	units := []schemas.UnitFactor{
		{From: "Hours", To: "Seconds", Factor: money.NewDecimal(3600, 0)},
		{From: "Days", To: "Minutes", Factor: money.NewDecimal(1440, 0)},
		{From: "Hours", To: "Minutes", Factor: money.NewDecimal(60, 0)},
	}
	for _, c := range []struct{ billed, rated, want string }{
		{"Hours", "Minutes", "180"}, {"Days", "Minutes", "4320"}, {"Minutes", "Days", "0.002083333333333333"}, {"Seconds", "Hours", "0.000833333333333333"},
	} {
		contracts := []agreed.Contract{{ID: "c", Peer: "p", Currency: "EUR", Rates: []agreed.ContractRate{{Service: "VM", Unit: c.rated, Price: money.One}}}}
		use := bills.NewUse(bills.NewContracts(contracts, units, month, schemas.Date{}))
		must(t, use.Add(billRow("", "", c.billed, "EUR", day(t, "2022-09-05"))))
		rows, _, err := bills.Match(bills.NewContracts(contracts, units, month, schemas.Date{}), use, nil, nil)
		must(t, err)
		if got := rows[0].Billed.String(); got != c.want {
			t.Errorf("3 %s are %s %s, want %s", c.billed, got, c.rated, c.want)
		}
	}
}

// What our meter counts is compared with the bill in the contract's currency, whichever came first; with another where there is
// none.
func TestMeterMeetsTheBillOfItsContract(t *testing.T) {
	rate := agreed.ContractRate{Service: "VM", Basis: schemas.BasisMeter, Metered: []schemas.SKU{"own"}, Unit: "Hours", Price: money.One}
	own := &bills.UseRow{SKU: "own", ConsumedUnit: "Hours", Day: day(t, "2022-09-05"), UseSums: bills.UseSums{Consumed: money.FixedFromInt(3), Rows: 1}}
	for _, c := range []struct {
		currency money.Currency
		bills    []money.Currency
		metered  []string
	}{
		{"USD", []money.Currency{"EUR", "USD"}, []string{"EUR 0", "USD 3"}},
		{"EUR", []money.Currency{"USD", "EUR"}, []string{"EUR 3", "USD 0"}},
		{"USD", []money.Currency{"EUR"}, []string{"EUR 3"}},
		{"USD", nil, []string{"USD 3"}},
	} {
		contracts := bills.NewContracts([]agreed.Contract{{ID: "c", Peer: "p", Currency: c.currency, Rates: []agreed.ContractRate{rate}}}, nil, month, schemas.Date{})
		use := bills.NewUse(contracts)
		must(t, use.Add(own))
		for _, currency := range c.bills {
			must(t, use.Add(billRow("", "", "Hours", currency, day(t, "2022-09-05"))))
		}
		matches, _, err := bills.Match(contracts, use, func(money.Currency, money.Currency, schemas.Date) (schemas.Conversion, bool) {
			return schemas.Conversion{Factor: ratio("1")}, true
		}, nil)
		must(t, err)
		var got []string
		for i := range matches {
			got = append(got, fmt.Sprintf("%s %s", matches[i].BilledCurrency, matches[i].Metered))
		}
		check(t, fmt.Sprintf("contract in %s, bills in %v", c.currency, c.bills), got, c.metered...)
	}
}

// A contract that begins, ends or is known late inside the period takes the days that are its own, in whatever order contracts
// are listed.
func TestContractsInsideAPeriod(t *testing.T) {
	rate := func(price int64, known string) agreed.ContractRate {
		r := agreed.ContractRate{Service: "VM", Unit: "Hours", Price: money.NewDecimal(price, 0)}
		if known != "" {
			r.Validity.KnownSince = day(t, known)
		}
		return r
	}
	contract := func(id schemas.ContractID, from, to, known string, r agreed.ContractRate) agreed.Contract {
		c := agreed.Contract{ID: id, Peer: "p", Currency: "EUR", Rates: []agreed.ContractRate{r}, Accepted: []schemas.ChargeCategory{schemas.CategoryTax}}
		for text, into := range map[string]*schemas.Date{from: &c.Validity.From, to: &c.Validity.To, known: &c.Validity.KnownSince} {
			if text != "" {
				*into = day(t, text)
			}
		}
		return c
	}
	for _, list := range [][]agreed.Contract{
		{contract("late", "2022-09-20", "", "", rate(2, "")), contract("early", "", "2022-09-10", "", rate(1, ""))},
		{contract("early", "", "2022-09-10", "", rate(1, "")), contract("late", "2022-09-20", "", "", rate(2, ""))},
	} {
		for _, c := range []struct{ day, want string }{
			{"2022-09-09", "early 3"}, {"2022-09-10", " 0"}, {"2022-09-19", " 0"}, {"2022-09-20", "late 6"},
		} {
			contracts := bills.NewContracts(list, nil, month, schemas.Date{})
			use := bills.NewUse(contracts)
			must(t, use.Add(billRow("", "", "Hours", "EUR", day(t, c.day))))
			matches, _, err := bills.Match(contracts, use, nil, nil)
			must(t, err)
			if got := fmt.Sprintf("%s %s", matches[0].Contract, matches[0].Expected); got != c.want {
				t.Errorf("%s first, on %s: %q, want %q", list[0].ID, c.day, got, c.want)
			}
		}
	}
	// A tax is accepted by the contract of its day, though that has no rates then.
	ended := contract("ended", "", "2022-09-10", "", agreed.ContractRate{})
	ended.Rates = nil
	tax := billRow("", "", "", "EUR", day(t, "2022-09-12"))
	tax.Category = schemas.CategoryTax
	before := *tax
	before.Day = day(t, "2022-09-09")
	check(t, "tax", matched(t, []agreed.Contract{ended}, nil, tax, &before),
		"///EUR from 2022-09-01: billed 3 , metered 0, 10 EUR where 0, unmatched",
		"ended///EUR from 2022-09-01: billed 0 , metered 0, 10 EUR where 10, accepted",
		"p VM bills 10 EUR that no contract line covers; add a rate, or dispute it")
	// Of two contracts for the same, the one that became known later counts, though its rate says nothing of it.
	known := []agreed.Contract{contract("second", "", "", "2022-09-05", rate(2, "")), contract("first", "", "", "", rate(1, "2022-09-01"))}
	check(t, "known", matched(t, known, nil, billRow("", "", "Hours", "EUR", day(t, "2022-09-09")))[:1],
		"second///EUR from 2022-09-01: billed 3 Hours, metered 0, 10 EUR where 6, overbilled")
}

// What our meter counts in a region counts for the rate of that region, and for one of any region where none names it.
func TestMeterMeetsTheRateOfItsRegion(t *testing.T) {
	rate := func(region string, sku schemas.SKU) agreed.ContractRate {
		return agreed.ContractRate{Service: "VM", Region: region, Basis: schemas.BasisMeter, Metered: []schemas.SKU{sku}, Unit: "Hours", Price: money.One}
	}
	own := func(sku schemas.SKU, region string, hours int64) *bills.UseRow {
		return &bills.UseRow{SKU: sku, Region: region, ConsumedUnit: "Hours", Day: day(t, "2022-09-05"), UseSums: bills.UseSums{Consumed: money.FixedFromInt(hours), Rows: 1}}
	}
	contracts := []agreed.Contract{{ID: "c", Peer: "p", Currency: "EUR", Rates: []agreed.ContractRate{rate("a", "own"), rate("b", "own"), rate("", "any")}}}
	check(t, "regions", matched(t, contracts, nil, own("own", "a", 3), own("own", "b", 4), own("own", "c", 5), own("any", "a", 6), own("any", "", 7)),
		"c///EUR from 2022-09-01: billed 0 Hours, metered 13, 0 EUR where 13, unbilled",
		"c//a/EUR from 2022-09-01: billed 0 Hours, metered 3, 0 EUR where 3, unbilled",
		"c//b/EUR from 2022-09-01: billed 0 Hours, metered 4, 0 EUR where 4, unbilled",
		"p VM: our meter saw 13 Hours, worth 13 EUR, that the peer does not bill; expect it on a later bill",
		"p VM in a: our meter saw 3 Hours, worth 3 EUR, that the peer does not bill; expect it on a later bill",
		"p VM in b: our meter saw 4 Hours, worth 4 EUR, that the peer does not bill; expect it on a later bill")
}
