package rating_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// trial is a small book, what one account of it used, and the month for which that is billed: a case of one rule is put to
// the whole of what bills. The account a is in EUR and has bought the offering o since the spring.
type trial struct {
	period    schemas.Period
	zone      *time.Location
	catalogue schemas.Catalogue
	account   schemas.Account
	used      []usedRow
	carried   rating.Carried
}

// usedRow is a row of usage, of the SKU that its meter is named after. A start that is zero is the third of the month.
type usedRow struct {
	meter          schemas.MeterID
	start          time.Time
	quantity, cost money.Decimal
	labels         []schemas.DimensionMatch
}

// eighteen keeps amounts as exact as the datasets do.
var eighteen = int32(18)

// newTrial is a trial of September 2024 in which nothing is rounded before the 18th place.
func newTrial() *trial {
	x := &trial{period: "2024-09", zone: time.UTC}
	x.catalogue.Policy.Rounding = schemas.Rounding{{Mode: money.HalfEven, Places: &eighteen}}
	x.catalogue.Offerings = []schemas.Offering{{ID: "o", Name: "O"}}
	x.account = schemas.Account{ID: "a", Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-03-20")}}}
	return x
}

// offering is the one that the account has bought, and subscription that it has.
func (x *trial) offering() *schemas.Offering         { return &x.catalogue.Offerings[0] }
func (x *trial) subscription() *schemas.Subscription { return &x.account.Subscriptions[0] }

// roundBy rounds lines and taxes by a rule, unless it is nil.
func (x *trial) roundBy(r *schemas.RoundingRule) {
	if r != nil {
		x.catalogue.Policy.Rounding = append(schemas.Rounding{*r}, x.catalogue.Policy.Rounding...)
	}
}

// sell adds prices to the offering, and a meter for each that measures and names one that is not there yet.
func (x *trial) sell(prices ...schemas.Price) {
	x.offering().Prices = append(x.offering().Prices, prices...)
	for i := range prices {
		if id := prices[i].Meter; id != "" && !slices.ContainsFunc(x.catalogue.Meters, func(m schemas.Meter) bool { return m.ID == id }) {
			x.measure(meterFor(id, &prices[i].Terms))
		}
	}
}

// measure adds a meter that takes the rows of its own name.
func (x *trial) measure(m schemas.Meter) {
	m.SKUs = []schemas.SKU{schemas.SKU(m.ID)}
	x.catalogue.Meters = append(x.catalogue.Meters, m)
}

// meterFor is a meter of what a model prices: events one by one, costs of a peer, groups of a table, or a sum.
func meterFor(id schemas.MeterID, terms *schemas.Terms) schemas.Meter {
	m := schemas.Meter{ID: id}
	switch terms.Model {
	case schemas.ModelPercentage, schemas.ModelElapsedBands, schemas.ModelTimeOfDay:
		m.Aggregation = schemas.AggregateEvents
	case schemas.ModelDimension:
		m.GroupBy = []string{"RegionId", "ResourceType"}
	default:
	}
	return m
}

// fee adds a recurring price of an amount.
func (x *trial) fee(id schemas.PriceID, amount money.Decimal) {
	x.sell(schemas.Price{ID: id, Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: &amount}})
}

// tax adds a rate for a category.
func (x *trial) tax(category string, percent money.Decimal) {
	x.catalogue.Taxes = append(x.catalogue.Taxes, schemas.TaxRate{ID: "vat" + category, Category: category, Percent: percent})
}

// grant gives the account a balance of credits.
func (x *trial) grant(g schemas.Grant) {
	g.Currency = "EUR"
	x.account.Credits = append(x.account.Credits, g)
}

// use adds usage of a meter, all at the start of the third day.
func (x *trial) use(meter schemas.MeterID, quantities ...money.Decimal) {
	for _, q := range quantities {
		x.used = append(x.used, usedRow{meter: meter, quantity: q, cost: q})
	}
}

// rate bills the month, and recomputes every charge from its steps.
func (x *trial) rate() (rating.Output, error) {
	book := rating.Book{Catalogue: x.catalogue, Zone: x.zone, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{x.account}}}}
	plan, err := rating.Compile(book, rating.Spec{Period: x.period})
	if err != nil {
		return rating.Output{}, err
	}
	tally := plan.NewTally()
	tally.Begin(x.account.ID)
	start, _ := plan.Bounds()
	for i := range x.used {
		if err := x.add(tally, plan.Columns(), start, &x.used[i]); err != nil {
			return rating.Output{}, err
		}
	}
	out, err := plan.Rate(tally, x.carried)
	if err != nil {
		return out, err
	}
	for i := range out.Charges {
		if err := model.Check(&out.Charges[i]); err != nil {
			return out, err
		}
	}
	if len(out.Findings) > 0 {
		return out, fmt.Errorf("not billed: %s", out.Findings[0].Code)
	}
	return out, nil
}

// add puts a row into the tally.
func (x *trial) add(tally *rating.Tally, columns []int, start time.Time, u *usedRow) error {
	labels := make([]string, len(columns))
	for i, c := range columns {
		switch c {
		case schemas.UseSkuId:
			labels[i] = string(u.meter)
		case schemas.UsePeerId:
			labels[i] = "peer"
		case schemas.UseBillingCurrency:
			labels[i] = "EUR"
		}
		for _, l := range u.labels {
			if schemas.Usage.Columns[c].Name == l.Column {
				labels[i] = l.Value
			}
		}
	}
	at := u.start
	if at.IsZero() {
		at = start.AddDate(0, 0, 2)
	}
	quantity, err := money.FixedFromDecimal(u.quantity)
	if err != nil {
		return err
	}
	cost, err := money.FixedFromDecimal(u.cost)
	if err != nil {
		return err
	}
	for _, h := range tally.Resolve(labels) {
		row := rating.Row{Start: at.UnixMicro(), End: at.UnixMicro(), Quantity: quantity, Cost: cost, HasCost: true}
		if code := tally.Add(h, &row); code != "" && code != schemas.CodeOtherPeriod {
			return fmt.Errorf("a row is refused: %s", code)
		}
	}
	return nil
}

// bill is rate where every charge counts: what the month costs.
func (x *trial) bill() (money.Decimal, error) {
	out, err := x.rate()
	return sumWhere(out.Charges, func(*schemas.Charge) bool { return true }), err
}

// sumWhere adds up the amounts of some charges.
func sumWhere(charges []schemas.Charge, counts func(*schemas.Charge) bool) money.Decimal {
	sum := money.Zero
	for i := range charges {
		if counts(&charges[i]) {
			sum = sum.Add(charges[i].Amount)
		}
	}
	return sum
}

func isTax(c *schemas.Charge) bool     { return c.Category == "Tax" }
func isMinimum(c *schemas.Charge) bool { return c.Model == "minimum" }
func ofPrice(id schemas.PriceID) func(*schemas.Charge) bool {
	return func(c *schemas.Charge) bool { return c.Price == id }
}

// amountsOf lists those of all charges, in order.
func amountsOf(charges []schemas.Charge) string {
	var out []string
	for i := range charges {
		out = append(out, charges[i].Amount.String())
	}
	return strings.Join(out, "|")
}

// firstOf is the first day of a month.
func firstOf(p schemas.Period) schemas.Date { return day(string(p) + "-01") }

// slices cuts the month in as many stretches as there are quantities: in each the same price is in force under a name of its
// own, p1, p2 and so on, and one of the quantities is used. What bounds the whole month stands on the offering.
func (x *trial) slices(price schemas.Price, quantities []money.Decimal) {
	o := x.offering()
	o.Minimum, o.Maximum, price.Minimum, price.Maximum = price.Minimum, price.Maximum, nil, nil
	first := firstOf(x.period)
	for i, q := range quantities {
		p := price
		p.ID, p.Meter = schemas.PriceID(fmt.Sprint("p", i+1)), "m"
		if i > 0 {
			p.Validity.From = first.AddDays(i * 28 / len(quantities))
		}
		if i < len(quantities)-1 {
			p.Validity.To = first.AddDays((i + 1) * 28 / len(quantities))
		}
		x.sell(p)
		at := p.Validity.From
		if i == 0 {
			at = first
		}
		x.used = append(x.used, usedRow{meter: "m", start: at.Time(x.zone), quantity: q, cost: q})
	}
}

// steps of cumulative quantities: the first, and what each later one adds.
func stepsOf(cumulative []money.Decimal) []money.Decimal {
	out, before := make([]money.Decimal, len(cumulative)), money.Zero
	for i, q := range cumulative {
		out[i], before = q.Sub(before), q
	}
	return out
}

// sliceCharges are what each slice of the month costs; a line for the month's minimum is with the last.
func sliceCharges(charges []schemas.Charge, n int) []money.Decimal {
	out := make([]money.Decimal, n)
	for i := range out {
		out[i] = sumWhere(charges, func(c *schemas.Charge) bool {
			return c.Price == schemas.PriceID(fmt.Sprint("p", i+1)) || i == n-1 && isMinimum(c)
		})
	}
	return out
}
