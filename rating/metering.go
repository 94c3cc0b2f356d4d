package rating

import (
	"fmt"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// progress is what earlier stretches of a series leave to the next: all their rows, and those that count towards the
// tiers of the next price with them.
type progress struct {
	history  accumulator
	before   accumulator
	quantity money.Decimal
	counts   bool // before counts
	granted  []granted
}

// with and without are how far the period has come with a stretch, and before it.
func (p *progress) with(st *stretch) soFar    { return soFar{p.granted, st, st.start} }
func (p *progress) without(st *stretch) soFar { return soFar{p.granted, nil, st.start - 1} }

// metering prices one stretch of one series: from its rows to an amount in the price's currency.
type metering struct {
	bill   *bill
	series *series
	meter  *meter
	entry  *entry
	line   *line
	model  *model.Model
	// cost is the factor from the currency of peers' costs to that of the price; nil where they are the same.
	cost *money.Ratio
	// reached is the quantity that upTo priced last, after conversion and allowance.
	reached money.Decimal
}

// additive reports whether quantities of adjoining stretches add up to that of the whole, so that a stretch costs the
// difference of cumulative totals. Others (max, unique, latest, ...) are measured per stretch and prorated.
func (m *meter) additive() bool {
	switch m.Aggregation {
	case "", schemas.AggregateSum, schemas.AggregateCount, schemas.AggregateEvents:
		return true
	case schemas.AggregateTimeWeighted:
		return true
	case schemas.AggregateMax, schemas.AggregateMin, schemas.AggregateUnique, schemas.AggregateLatest,
		schemas.AggregateAverage, schemas.AggregatePercentile:
	}
	return false
}

// holdsOn reports whether what a row says holds on until another changes it, in whatever slice that is.
func (m *meter) holdsOn() bool {
	return m.Window == "" && (m.Aggregation == schemas.AggregateTimeWeighted || m.Aggregation == schemas.AggregateLatest)
}

// price sets the line's amount and quantities.
func (x *metering) price(st *stretch, p *progress) error {
	c := &x.line.charge
	c.HasQuantity, c.ConsumedUnit, c.PricingUnit = true, x.unit(), x.pricingUnit()
	c.UnitPrice = x.entry.price.unitPrice
	if pooled, err := x.pricePooled(st); pooled || err != nil {
		return err
	}
	if !x.meter.additive() {
		x.priceLevel(st, p)
		return nil
	}
	if x.fast() {
		return x.priceFast(st, p)
	}
	if x.fastEvents(p) {
		if amount, ok := x.entry.price.events.Price(st.acc.points, x.bill.account.zone); ok {
			c.Consumed = st.acc.sum.Decimal()
			c.Priced, x.line.amount, p.quantity = c.Consumed, model.Given(amount), p.quantity.Add(c.Consumed)
			return nil
		}
	}
	if x.meter.plainSum() { // a kernel leaves the quantity to the sum of the rows
		p.quantity = p.before.sum.Decimal()
	}
	all := p.before
	if err := all.take(x.meter.Aggregation, st.acc); err != nil {
		return err
	}
	own, err := x.ownQuantity(st, p)
	if err != nil {
		return err
	}
	c.Consumed = own
	total := x.upTo(&all, p.quantity.Add(own), p.with(st), &c.Priced, x.rowsNote(all.rows))
	x.line.amount = total
	if p.counts {
		earlier := x.upTo(&p.before, p.quantity, p.without(st), nil, "what earlier slices of the period cost at this price")
		x.line.amount = x.line.t.Sub("the slice costs the difference of cumulative totals", model.In("total", total), model.In("before", earlier))
		c.Priced = c.Priced.Sub(x.reached) // of the quantity, too, the slice has what it adds
	}
	x.byWindow(st, p)
	p.quantity = p.quantity.Add(own)
	return nil
}

// rowsNote says from how many rows a quantity is, where anyone will read it.
func (x *metering) rowsNote(rows int64) string {
	return x.line.t.Note("metered from ", rows, " rows", nil)
}

// fast reports whether a kernel prices the stretch: a plain sum, no steps wanted, nothing to convert or take off.
func (x *metering) fast() bool {
	m := x.meter
	return x.line.t.Quiet && x.entry.price.kernel != nil && x.cost == nil && m.plainSum() && x.bill.tally.context.commitWindow(m) == ""
}

// fastEvents reports whether a kernel prices the rows one by one. Those of later slices of a period are priced with all
// before them, by the model itself.
func (x *metering) fastEvents(p *progress) bool {
	m := x.meter
	return x.line.t.Quiet && x.entry.price.events != nil && !p.counts && x.cost == nil && !m.isCost() &&
		m.Aggregation == schemas.AggregateEvents && m.Window == "" && x.bill.tally.context.commitWindow(m) == ""
}

// plainSum reports whether the meter adds rows up and does nothing else.
func (m *meter) plainSum() bool {
	return m.Window == "" && (m.Aggregation == "" || m.Aggregation == schemas.AggregateSum)
}

// priceFast is price by a kernel.
func (x *metering) priceFast(st *stretch, p *progress) error {
	amount, err := x.kernelAmount(st.acc.sum, st.acc.cost)
	if p.counts {
		all, fits := money.AddOK(st.acc.sum, p.before.sum)
		costs, fit := money.AddOK(st.acc.cost, p.before.cost)
		if !fits || !fit {
			return fmt.Errorf("price %s of %s and %s: %w", x.entry.price.ID, st.acc.sum, p.before.sum, money.ErrOverflow)
		}
		var before money.Wide
		if amount, err = x.kernelAmount(all, costs); err == nil {
			before, err = x.kernelAmount(p.before.sum, p.before.cost)
		}
		if err == nil {
			amount, err = amount.Add(before.Neg())
		}
	}
	if err != nil {
		return fmt.Errorf("price %s of %s: %w", x.entry.price.ID, st.acc.sum, err)
	}
	c := &x.line.charge
	c.Consumed = st.acc.sum.Decimal()
	c.Priced = c.Consumed
	x.line.amount = model.Given(model.DecimalOf(amount))
	return nil
}

// kernelAmount is what the kernel makes of a sum, and of what peers charge for it.
func (x *metering) kernelAmount(sum, cost money.Fixed) (money.Wide, error) {
	if x.meter.isCost() {
		cost = sum
	}
	return x.entry.price.kernel.Amount(sum, cost, x.series.group)
}

// ownQuantity is what a stretch adds to the quantity of the period: the quantity up to its end less that up to its
// start, because a level or a window may reach over from one into the other.
func (x *metering) ownQuantity(st *stretch, p *progress) (money.Decimal, error) {
	start := x.bill.plan.start.UnixMicro()
	if p.history.rows == 0 && st.start == start {
		return x.quantity(st.acc, start, st.end), nil
	}
	all := p.history
	if err := all.take(x.meter.Aggregation, st.acc); err != nil {
		return money.Zero, err
	}
	return x.quantity(&all, start, st.end).Sub(x.quantity(&p.history, start, st.start)), nil
}

// unitPrice is the price of one unit where the model has exactly one.
func unitPrice(terms *schemas.Terms) *money.Decimal {
	if terms.Model == schemas.ModelPerUnit {
		return terms.UnitPrice
	}
	return nil
}

// upTo prices a metered quantity, of the rows of an accumulator.
func (x *metering) upTo(a *accumulator, metered money.Decimal, so soFar, priced *money.Decimal, note string) model.Number {
	t := &x.line.t
	q := t.Add(model.OpGiven, note, metered, model.In("quantity", model.Given(metered)))
	if x.cost != nil && x.meter.isCost() {
		q = exchange(t, "in the currency of the price", q, *x.cost)
	}
	q = convertRound(t, q, x.entry.price.Convert)
	q = x.bill.allow(x, q, so, priced != nil)
	x.reached = q.V
	if priced != nil {
		*priced = q.V
	}
	u := x.usage(a, q.V)
	return x.priceFrom(q, &u)
}

// priceFrom applies the model to a usage whose quantity is the result of a step.
func (x *metering) priceFrom(q model.Number, u *model.Usage) model.Number {
	x.model.Quantity = q
	return x.model.Price(&x.line.t, u)
}

// usage is what the price model reads.
func (x *metering) usage(a *accumulator, q money.Decimal) model.Usage {
	u := model.Usage{Quantity: q, Cost: q, Labels: x.series.group}
	byEvent := x.meter.Aggregation == schemas.AggregateEvents && x.meter.Window == ""
	if !x.meter.isCost() {
		u.Cost = a.cost.Decimal()
		if x.cost != nil {
			x.model.Cost = exchange(&x.line.t, "the peers' cost in the currency of the price", model.Given(u.Cost), *x.cost)
			u.Cost = x.model.Cost.V
		}
	}
	// Samples and changes of levels are no events: their meter's quantity is one event, or one session.
	if by := x.entry.price.Terms.Model; !byEvent {
		return u
	} else if by == schemas.ModelPercentage {
		u.Events = make([]money.Decimal, len(a.points))
		for i := range a.points {
			u.Events[i] = a.points[i].Value.Decimal()
		}
	} else if by == schemas.ModelElapsedBands || by == schemas.ModelTimeOfDay {
		for i := range a.points {
			start := time.UnixMicro(a.points[i].At).In(x.bill.account.zone)
			u.Sessions = append(u.Sessions, model.Session{Start: start, Seconds: a.points[i].Value.Decimal()})
		}
	}
	return u
}

// priceLevel prices a level that holds for the stretch: its own quantity, prorated by the stretch's share of the period.
func (x *metering) priceLevel(st *stretch, p *progress) {
	t, c := &x.line.t, &x.line.charge
	acc := st.acc
	if acc.rows == 0 && x.meter.Aggregation == schemas.AggregateLatest && p.history.rows > 0 {
		acc = &p.history // the level of the slice before holds on
	}
	c.Consumed = x.quantity(acc, st.start, st.end)
	x.line.amount = x.upTo(st.acc, c.Consumed, soFar{last: st, at: st.start}, &c.Priced, x.rowsNote(st.acc.rows))
	plan := x.bill.plan
	part := Part{From: time.UnixMicro(st.start), To: time.UnixMicro(st.end), Start: plan.start, End: plan.end, Zone: x.bill.account.zone}
	x.line.amount = prorate(t, x.line.amount, x.entry.price.Prorate, part)
}

func (x *metering) pricingUnit() string {
	if x.entry.price.converts {
		return x.entry.price.Convert.Unit
	}
	return x.unit()
}

// unit is that of the metered quantity; a cost is in its currency.
func (x *metering) unit() string {
	if x.meter.isCost() {
		return string(x.series.currency)
	}
	return x.meter.Unit
}

// quantity aggregates, windows first.
func (x *metering) quantity(a *accumulator, start, end int64) money.Decimal {
	s := span{start: start, end: end, whole: x.bill.plan.end.UnixMicro() - x.bill.plan.start.UnixMicro()}
	s.carried = x.bill.levelsOf(x.series, x.meter)
	return a.aggregate(&x.meter.Meter, s)
}

// convertCosts finds the factor from the peers' currency to the price's, where the price needs one.
func (x *metering) convertCosts() schemas.Code {
	from, to := x.series.currency, x.line.charge.Currency // that of the price
	if from == "" || from == to || !x.meter.isCost() && !costModel(x.entry.price.Terms.Model) {
		return ""
	}
	factor, ok := x.bill.rate(from, to, x.line)
	if !ok {
		return schemas.CodeNoRate
	}
	x.cost = &factor
	return ""
}

// costModel reports whether a model prices what a peer charges us.
func costModel(m schemas.Model) bool {
	return m == schemas.ModelPassThrough || m == schemas.ModelCostPlus || m == schemas.ModelMarkdown || m == schemas.ModelTieredMargin
}
