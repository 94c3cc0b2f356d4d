package rating_test

import (
	"fmt"
	"strings"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// months are the small books in which a policy shows that a price alone does not: September 2024, one account, one meter
// whose price says what the name of the month does. Rows are quantities, or what the month says.
var months = map[string]func(*rating.Book, []money.Decimal) []rating.Row{
	// The price of the tiers doubles on the 16th; the first quantity is used before, the second after.
	"price_change": func(b *rating.Book, q []money.Decimal) []rating.Row {
		first := schemas.Price{ID: "p1", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: dec("10"), UnitPrice: *dec("1")}, {UnitPrice: *dec("0.5")}}}}
		second := first
		second.ID, second.Terms.Tiers = "p2", []schemas.Tier{{UpTo: dec("10"), UnitPrice: *dec("2")}, {UnitPrice: *dec("1")}}
		first.Validity.To, second.Validity.From = day("2024-09-16"), day("2024-09-16")
		b.Catalogue.Offerings[0].Prices = []schemas.Price{first, second}
		return []rating.Row{used(3, q[0]), used(20, q[1])}
	},
	// 30 a month, and a subscription that ends on that day of September.
	"termination_day": func(b *rating.Book, q []money.Decimal) []rating.Row {
		b.Catalogue.Offerings[0].Prices = []schemas.Price{{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("30")}}}
		b.Customers[0].Accounts[0].Subscriptions[0].End = schemas.NewDate(2024, 9, int(q[0].IntPart()))
		return nil
	},
	// The same, and another price of 30 whose own policy includes that day.
	"termination_day_of_one": func(b *rating.Book, q []money.Decimal) []rating.Row {
		p := schemas.Price{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("30")}}
		x := p
		x.ID, x.Policy.TerminationDay = "x", schemas.TerminationInclusive
		b.Catalogue.Offerings[0].Prices = []schemas.Price{p, x}
		b.Customers[0].Accounts[0].Subscriptions[0].End = schemas.NewDate(2024, 9, int(q[0].IntPart()))
		return nil
	},
	// One fee for each amount.
	"fees": fees,
	// The same, with 19% tax.
	"tax_rounding": func(b *rating.Book, q []money.Decimal) []rating.Row {
		b.Catalogue.Taxes = []schemas.TaxRate{{ID: "vat", Percent: *dec("19")}}
		return fees(b, q)
	},
	// The same, and a grant of 50.
	"credit_tax": func(b *rating.Book, q []money.Decimal) []rating.Row {
		b.Catalogue.Taxes = []schemas.TaxRate{{ID: "vat", Percent: *dec("19")}}
		b.Customers[0].Accounts[0].Credits = []schemas.Grant{{ID: "g", Amount: *dec("50"), Currency: "EUR"}}
		return fees(b, q)
	},
	// Cost plus 10%, of a row with effective and billed cost.
	"cost_basis": func(b *rating.Book, _ []money.Decimal) []rating.Row {
		b.Catalogue.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: dec("10")}}}
		row := used(3, money.One)
		row.HasCost = true
		return []rating.Row{row}
	},
	// The first quantity was used in August, the second in September, at 1 each.
	"late": func(b *rating.Book, q []money.Decimal) []rating.Row {
		b.Catalogue.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("1")}}}
		return []rating.Row{used(-2, q[0]), used(3, q[1])}
	},
	// A commitment of 10 for each day with true-up, over two days; a unit costs 1. Each quantity is used on a day of its own.
	"commitment": func(b *rating.Book, q []money.Decimal) []rating.Row {
		b.Catalogue.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("1")}}}
		c := schemas.Commitment{ID: "c", Amount: *dec("10"), Currency: "EUR", Window: schemas.WindowDay, TrueUp: true}
		c.Validity.From, c.Validity.To = day("2024-09-03"), day("2024-09-05")
		b.Customers[0].Accounts[0].Commitments = []schemas.Commitment{c}
		return []rating.Row{used(3, q[0]), used(4, q[1])}
	},
	// A commitment of 100 for a quarter that ends with September, with true-up and overage at half more. The first quantity was
	// spent before September, the second is used in it, at 1 each.
	"quarter": func(b *rating.Book, q []money.Decimal) []rating.Row { return quarter(b, q, "2024-07-01") },
	// The same, for a quarter that ends on the 10th, and another from the 11th on.
	"split": func(b *rating.Book, q []money.Decimal) []rating.Row { return quarter(b, q, "2024-06-11") },
}

func quarter(b *rating.Book, q []money.Decimal, from string) []rating.Row {
	b.Catalogue.Offerings[0].Prices = []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("1")}}}
	c := schemas.Commitment{
		ID: "c", Amount: *dec("100"), Currency: "EUR", Every: schemas.Recurrence{Unit: schemas.CycleQuarter}, Spent: q[0],
		OverageFactor: dec("1.5"), TrueUp: true, Validity: schemas.Validity{From: day(from)},
	}
	b.Customers[0].Accounts[0].Commitments = []schemas.Commitment{c}
	return []rating.Row{used(20, q[1])}
}

func fees(b *rating.Book, q []money.Decimal) []rating.Row {
	b.Catalogue.Offerings[0].Prices = nil
	for i := range q {
		b.Catalogue.Offerings[0].Prices = append(b.Catalogue.Offerings[0].Prices, schemas.Price{
			ID: schemas.PriceID(fmt.Sprint("p", i)), Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: &q[i]},
		})
	}
	return nil
}

func used(on int, q money.Decimal) rating.Row {
	f, err := money.FixedFromDecimal(q)
	if err != nil {
		panic(err)
	}
	start := time.Date(2024, 9, on, 12, 0, 0, 0, time.UTC)
	return rating.Row{Start: start.UnixMicro(), End: start.Add(time.Hour).UnixMicro(), Quantity: f}
}

// runMonth rates the month and returns the amounts of its charges in order.
func (s *setting) runMonth(in []string) (string, error) {
	var q []money.Decimal
	for _, text := range in {
		d, err := money.ParseDecimal(text)
		if err != nil {
			return "", err
		}
		q = append(q, d)
	}
	b := rating.Book{Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{{
		ID: "a", Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}},
	}}}}}
	b.Catalogue.Policy = s.policy
	b.Catalogue.Meters = []schemas.Meter{{ID: "m", Late: schemas.LatePolicy(s.args["late"])}}
	b.Catalogue.Offerings = []schemas.Offering{{ID: "o", Name: "O"}}
	month, ok := months[s.args["of"]]
	if !ok {
		return "", fmt.Errorf("no month of %q", s.args["of"])
	}
	rows := month(&b, q)
	for i := range b.Customers[0].Accounts[0].Commitments {
		b.Customers[0].Accounts[0].Commitments[i].Split = schemas.CycleSplit(s.args["split"])
	}
	plan, err := rating.Compile(b, rating.Spec{Period: "2024-09"})
	if err != nil {
		return "", err
	}
	tally := plan.NewTally()
	tally.Begin("a")
	labels := make([]string, len(plan.Columns()))
	labels[1], labels[7] = "peer", "EUR"
	for i := range rows {
		h := tally.Resolve(labels)[0]
		switch {
		case !rows[i].HasCost:
		case tally.Reads(h).Cost == schemas.UseEffectiveCost:
			rows[i].Cost = money.FixedFromInt(80)
		default:
			rows[i].Cost = money.FixedFromInt(100)
		}
		if code := tally.Add(h, &rows[i]); code != "" && code != schemas.CodeOtherPeriod {
			return "", fmt.Errorf("a row is refused: %s", code)
		}
	}
	out, err := plan.Rate(tally, rating.Carried{})
	if err != nil {
		return "", err
	}
	var amounts []string
	for i := range out.Charges {
		if err := model.Check(&out.Charges[i]); err != nil {
			return "", err
		}
		amounts = append(amounts, out.Charges[i].Amount.String())
	}
	return strings.Join(amounts, "|"), nil
}
