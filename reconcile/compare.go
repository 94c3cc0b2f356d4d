package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Comparison is what actual and plan are compared by.
type Comparison struct {
	Period schemas.Period
	// Currency is the provider's: that of every amount of the result.
	Currency money.Currency
	// Plan is as it was known; Whole is as it is, with the versions that were not yet. Only Bridges reads Whole.
	Plan, Whole *schemas.Plan
	Actuals     *Actuals
	FX          schemas.FX
	// Through is the last day for which use has arrived, read from the data; the last day of the period where it is over. Behind
	// are the offerings of which all that is metered comes from feeds without data of that day, with the last day of which there
	// is some: nothing is expected of them for the days since.
	Through schemas.Date
	Behind  map[schemas.OfferingID]schemas.Date
	// Provisional says that deliveries are missing, so that the actuals are not whole.
	Provisional bool
}

// Compare returns actual against plan, four rows (units, revenue, cost, margin) for each offering, region, segment and peer that the
// plan or the actuals name, sorted as schemas.Variances says, and the findings: what is unplanned, what is planned and
// absent, what differs by more than the plan's materiality, and what has no exchange rate. The sum of a measure's actuals
// is the sum of the charges that have a value, each currency of a cell rounded once, which its steps show beside the exact
// sum; with what is Unshown it is that sum exactly. Where rounding leaves more than half a cent of all costs, the cells of which it
// left most take a cent each. The causes of each row add up to its variance.
//
// A line of the plan without a region takes the regions that no line of its offering names, one without a segment the segments, and one without
// a peer the peers; of several that could take a charge, one of its region comes before one of its segment, and that before one of its peer. Of regions that the plan does not name
// those beyond the first are one, OtherRegions. Each row names the convention by
// which its causes tell volume and mix apart.
//
// The error is that of a plan that cannot be read as one.
func Compare(c Comparison) ([]schemas.Variance, []schemas.Finding, error) {
	cells, err := layOut(&c)
	if err != nil {
		return nil, nil, err
	}
	var findings []schemas.Finding
	for _, x := range cells {
		if err := c.fill(x); err != nil {
			return nil, nil, err
		}
		for _, m := range x.noRate {
			findings = append(findings, m.Finding(x.id(c.Period), c.Currency))
		}
	}
	if err := c.settleCents(cells); err != nil {
		return nil, nil, err
	}
	mixes := mixTotals(cells)
	var out []schemas.Variance
	for _, x := range cells {
		rows, err := c.rows(x, mixes[x.mix])
		if err != nil {
			return nil, nil, err
		}
		if f, ok := planFinding(rows); ok {
			findings = append(findings, f)
		}
		out = append(out, rows[:]...)
	}
	return out, findings, nil
}

// cell is one offering in one region, to one segment, of one peer, planned or sold or both.
type cell struct {
	placeOf
	line    *schemas.PlanLine // nil where nothing is planned
	lines   []actualLine      // empty where nothing is sold
	counted []unitLine        // in the plan's unit
	accrual schemas.Accrual
	through schemas.Date // the last day with data
	elapsed money.Ratio  // of the period by then
	mix     string

	revenue, cost side
	units         unitSide
	noRate        []schemas.MissingRate
}

// side is one measure of money on both sides.
type side struct {
	// plan is for the whole month; fixed and used are the actual to date; constant is that at the plan's exchange rates; coming
	// is charged for days to come, and pending for what is judged at its end. unshown is what the charges come to beside the
	// actual; left is what rounding of the actual leaves of that. All are in the common currency.
	plan, fixed, used, constant, coming, pending, unshown, left money.Decimal
	// behind are the parts of used whose feeds have no data of the last day.
	behind []behindPart
	steps  sheet.Sheet
}

func (s *side) actual() money.Decimal { return s.fixed.Add(s.used) }

// unitSide is the volume on both sides; expected is due to date.
type unitSide struct {
	unit                                string
	plan, expected, fixed, used, coming money.Decimal
	behind                              []behindPart
	steps                               sheet.Sheet
}

func (u *unitSide) actual() money.Decimal { return u.fixed.Add(u.used) }

func (x *cell) id(p schemas.Period) string {
	return x.placeOf.id(string(p))
}

func named(what, name string) string {
	if name == "" {
		return name
	}
	return fmt.Sprintf(" and %s %q", what, name)
}

// layOut pairs the plan's lines of the period with the actuals.
func layOut(c *Comparison) ([]*cell, error) {
	byKey := map[placeOf]*cell{}
	for i := range c.Plan.Lines {
		l := &c.Plan.Lines[i]
		if l.Period != c.Period {
			continue
		}
		k := placeOfLine(l)
		if byKey[k] != nil {
			return nil, fmt.Errorf("plan: %s has two lines for offering %s in region %q%s%s; make one of them", l.Period, l.Offering, l.Region, named("segment", l.Segment), named("peer", string(l.Peer)))
		}
		byKey[k] = &cell{placeOf: k, line: l}
	}
	find := func(p placeOf) *cell {
		for _, line := range p.lines() {
			if x := byKey[line]; x != nil && x.line != nil {
				return x
			}
		}
		x := byKey[p]
		if x == nil {
			x = &cell{placeOf: p}
			byKey[p] = x
		}
		return x
	}
	if err := c.Actuals.regions.settle(); err != nil {
		return nil, err
	}
	lines, units := c.Actuals.rows()
	for i := range lines {
		x := find(lines[i].place())
		x.lines = append(x.lines, lines[i])
	}
	for i := range units {
		x := find(units[i].place())
		if x.line != nil && x.line.Unit == units[i].Unit && x.line.Unit != "" {
			x.counted = append(x.counted, units[i])
		}
	}
	cells := make([]*cell, 0, len(byKey))
	for _, x := range byKey {
		cells = append(cells, x)
	}
	slices.SortFunc(cells, func(a, b *cell) int { return comparePlaces(a.placeOf, b.placeOf) })
	return cells, nil
}

// unitPlaces is how many decimal places an expected number of units is rounded to.
const unitPlaces = 6

// fill computes the cell's amounts in the common currency and its expected units.
func (c *Comparison) fill(x *cell) error {
	x.accrual = accrualOf(&c.Plan.Policy, x.line)
	x.through = c.Through
	if upto, ok := c.Behind[x.offering]; ok {
		x.through = upto
	}
	var err error
	if x.elapsed, err = Elapsed(&c.Plan.Policy, x.accrual, c.Period, x.through); err != nil {
		return err
	}
	places, err := c.places()
	if err != nil {
		return err
	}
	if l := x.line; l != nil {
		x.mix = l.Mix
		if x.mix == "" {
			x.mix = "offering " + string(l.Offering)
		}
		x.mix += " in " + l.Unit
		x.revenue.plan = c.planned(x, &x.revenue.steps, "revenue", l.Revenue, places)
		x.cost.plan = c.planned(x, &x.cost.steps, "cost", l.Cost, places)
		x.fillUnits(c.Through)
	}
	for lines := x.lines; len(lines) > 0; {
		n := 1
		for n < len(lines) && lines[n].Currency == lines[0].Currency && lines[n].Valued == lines[0].Valued {
			n++
		}
		c.sold(x, &x.revenue, "revenue", lines[:n], func(l *actualLine) [2]money.Fixed { return [2]money.Fixed{l.Amount, l.Value} }, places)
		c.sold(x, &x.cost, "cost", lines[:n], func(l *actualLine) [2]money.Fixed { return [2]money.Fixed{l.Cost, l.Worth} }, places)
		lines = lines[n:]
	}
	return cmp.Or(x.revenue.steps.Err, x.cost.steps.Err, x.units.steps.Err)
}

func (x *cell) fillUnits(through schemas.Date) {
	u, l := &x.units, x.line
	if l.Unit == "" {
		return
	}
	u.unit = l.Unit
	u.plan = u.steps.Given("plan of the month", "units", l.Units)
	u.expected = u.steps.ShareRounded("expected to date, "+string(x.accrual)+" accrual",
		sheet.Named("plan", u.plan), sheet.Named("elapsed", x.elapsed.Num), sheet.Named("whole", x.elapsed.Den), unitPlaces)
	var d dueSums
	for i := range x.counted {
		d.add(&x.counted[i].stretch, x.counted[i].Quantity.Decimal(), through, x.accrual)
	}
	d.accrueRounded(&u.steps, "units for days and of one-time charges", "units", unitPlaces)
	u.fixed, u.used, u.coming, u.behind = d.fixed, d.used, d.coming.Add(d.pending), d.behind
}

// planned converts an amount of the plan at the plan's rate, or at the actual one where the plan has none.
func (c *Comparison) planned(x *cell, s *sheet.Sheet, what string, v money.Decimal, places int32) money.Decimal {
	v = s.Given("plan of the month, in "+string(x.line.Currency), what, v)
	rate, ok := c.planRate(x.line.Currency)
	if !ok {
		rate, ok = c.FX.Rate(x.line.Currency, c.Currency, schemas.Date{})
	}
	if !ok {
		if !v.IsZero() {
			x.noRate = append(x.noRate, schemas.MissingRate{Currency: x.line.Currency, Amount: v, What: "planned " + what})
		}
		return money.Zero
	}
	return s.ShareRounded("plan at the plan's exchange rate, in "+string(c.Currency),
		sheet.Named(what, v), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), places)
}

// sold adds the actuals of one currency to a side: to date as the charges value them and at the plan's exchange rate, and what
// is to come as they value it, each rounded to the places of the comparison. What is used and what is not are converted each
// on its own, so that equal rates give equal amounts.
func (c *Comparison) sold(x *cell, to *side, what string, lines []actualLine, of func(*actualLine) [2]money.Fixed, places int32) {
	var sold, worth dueSums
	for i := range lines {
		pair := of(&lines[i])
		sold.add(&lines[i].stretch, pair[0].Decimal(), c.Through, x.accrual)
		worth.add(&lines[i].stretch, pair[1].Decimal(), c.Through, x.accrual)
	}
	if sold.isZero() && worth.isZero() {
		return
	}
	from := lines[0].Currency
	if !lines[0].Valued {
		x.noRate = append(x.noRate, schemas.MissingRate{Currency: from, Amount: sold.all(), What: what})
		return
	}
	s := &to.steps
	worth.accrueRounded(s, "for days and one-time "+what+c.as(from), "charges", money.Scale)
	fixed := c.given(s, "for days and one-time "+what+c.as(from), worth.fixed, places)
	used := c.given(s, "usage-based "+what+c.as(from), worth.used, places)
	to.fixed, to.used = to.fixed.Add(fixed), to.used.Add(used)
	to.unshown = to.unshown.Add(worth.fixed.Sub(fixed)).Add(worth.used.Sub(used)).Add(worth.coming).Add(worth.pending)
	to.left = to.left.Add(worth.used.Sub(used))
	if worth.coming.IsZero() { // else what rounding leaves of the days that are over is in what is to come
		to.left = to.left.Add(worth.fixed.Sub(fixed))
	}
	to.coming = to.coming.Add(c.comingOf(s, what+c.as(from), &worth, fixed, places))
	to.pending = to.pending.Add(c.given(s, "true-ups and minimums, to be judged at their end, "+what+c.as(from), worth.pending, places))
	for _, p := range worth.behind {
		to.behind = addBehind(to.behind, behindPart{p.upto, money.RoundTo(p.amount, places, money.HalfEven)})
	}
	rate, ok := c.planRate(from)
	if !ok || from == c.Currency {
		to.constant = to.constant.Add(money.RoundTo(worth.fixed, places, money.HalfEven)).Add(money.RoundTo(worth.used, places, money.HalfEven))
		return
	}
	sold.accrueRounded(s, "for days and one-time "+what+", in "+string(from), "charges", money.Scale)
	for _, part := range []struct {
		kind  string
		value money.Decimal
	}{{"for days and one-time ", sold.fixed}, {"usage-based ", sold.used}} {
		if !part.value.IsZero() {
			v := s.Given(part.kind+what+", in "+string(from), "charges", part.value)
			to.constant = to.constant.Add(s.ShareRounded("at the plan's exchange rate, in "+string(c.Currency),
				sheet.Named("charges", v), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), places))
		}
	}
}

// comingOf is what is charged for days to come: the rest of what is charged for days, so that both come to it as rounded.
func (c *Comparison) comingOf(s *sheet.Sheet, what string, worth *dueSums, fixed money.Decimal, places int32) money.Decimal {
	if worth.coming.IsZero() {
		return money.Zero
	}
	whole := c.given(s, "for all days and one-time "+what, worth.fixed.Add(worth.coming), places)
	return s.Subtract("for days to come, "+what, sheet.Named("charged", whole), sheet.Named("to date", fixed))
}

// as says what an amount is that charges of a currency come to.
func (c *Comparison) as(from money.Currency) string {
	if from == c.Currency {
		return ", in " + string(from)
	}
	return fmt.Sprintf(", in %s at the exchange rates of the charges in %s", c.Currency, from)
}

// given takes over what charges come to, rounded to the places of the comparison.
func (c *Comparison) given(s *sheet.Sheet, note string, v money.Decimal, places int32) money.Decimal {
	if v.IsZero() {
		return v
	}
	v = s.Given(note, "charges", v)
	if -v.Exponent() <= places {
		return v
	}
	return s.RoundTo("to the places of the comparison", sheet.Named("charges", v), places)
}

// mixAt is the plan's convention of volume and mix.
func (c *Comparison) mixAt() schemas.MixAt {
	return cmp.Or(c.Plan.Policy.MixAt, schemas.MixAtOwnPrice)
}

// planRate is the plan's exchange rate of the period; false where the plan has none.
func (c *Comparison) planRate(from money.Currency) (money.Ratio, bool) {
	if from == c.Currency {
		return money.Ratio{Num: money.One, Den: money.One}, true
	}
	for _, r := range c.Plan.Rates {
		if r.Period == c.Period && r.Currency == from {
			return money.Ratio{Num: r.Rate, Den: money.One}, true
		}
	}
	return money.Ratio{}, false
}

// places is how many decimal places restated amounts have.
func (c *Comparison) places() (int32, error) {
	if p := c.Plan.Policy.Places; p != nil {
		return *p, nil
	}
	p, ok := money.MinorUnits(c.Currency)
	if !ok {
		return 0, fmt.Errorf("compare with the plan: currency %q has no minor unit; correct the provider's currency", c.Currency)
	}
	return p, nil
}
