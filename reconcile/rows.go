package reconcile

import (
	"cmp"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// rows returns a cell's four variances in the order of the report.
func (c *Comparison) rows(x *cell, m *mixTotal) (out [4]schemas.Variance, err error) {
	places, err := c.places()
	if err != nil {
		return out, err
	}
	out[0] = c.row(x, schemas.Units, x.units.unit)
	if err := c.unitsRow(x, &out[0], m); err != nil {
		return out, err
	}
	out[1] = c.row(x, schemas.Revenue, string(c.Currency))
	if err := c.moneyRow(x, &out[1], &x.revenue, m, places); err != nil {
		return out, err
	}
	out[2] = c.row(x, schemas.Cost, string(c.Currency))
	if err := c.moneyRow(x, &out[2], &x.cost, m, places); err != nil {
		return out, err
	}
	out[3] = c.row(x, schemas.Margin, string(c.Currency))
	marginRow(&out[3], &out[1], &out[2])
	for i := range out {
		if i > 0 {
			out[i].Material = c.Plan.Policy.Materiality.Beyond(out[i].Variance, out[i].Expected)
		}
	}
	return out, nil
}

// row is what all measures of a cell share.
func (c *Comparison) row(x *cell, m schemas.Measure, unit string) schemas.Variance {
	v := schemas.Variance{
		ID: x.id(c.Period) + "/" + string(m), Period: c.Period, Offering: x.offering, Region: x.region, Segment: x.segment, Peer: x.peer, Measure: m, Unit: unit,
		Status: schemas.Planned, PlanVersion: c.Plan.Version(), MixAt: c.mixAt(), Accrual: x.accrual, Through: x.through, Provisional: c.Provisional || len(x.noRate) > 0,
	}
	switch {
	case x.line == nil:
		v.Status = schemas.Unplanned
	case len(x.lines) == 0:
		v.Status = schemas.Missing
	}
	return v
}

func (c *Comparison) unitsRow(x *cell, v *schemas.Variance, m *mixTotal) error {
	u := &x.units
	s := &u.steps
	v.Plan, v.Expected, v.Actual = u.plan, u.expected, u.actual()
	if u.unit != "" {
		s.Add("actual volume", sheet.Named("for days and one-time", u.fixed), sheet.Named("usage-based", u.used))
		v.Causes = x.unitCauses(s, m)
		finish(v, s)
		v.UsageBased, v.Coming = u.used, u.coming
		if err := c.runRate(x, v, s, &side{fixed: u.fixed, used: u.used, coming: u.coming, behind: u.behind}, unitPlaces); err != nil {
			return err
		}
	}
	v.Steps = s.Steps
	return s.Err
}

func (c *Comparison) moneyRow(x *cell, v *schemas.Variance, from *side, m *mixTotal, places int32) error {
	s := &from.steps
	v.Plan, v.Actual, v.UsageBased = from.plan, from.actual(), from.used
	v.Coming, v.Pending, v.Unshown = from.coming, from.pending, from.unshown
	if x.line != nil {
		v.Expected = s.ShareRounded("expected to date, "+string(x.accrual)+" accrual",
			sheet.Named("plan", from.plan), sheet.Named("elapsed", x.elapsed.Num), sheet.Named("whole", x.elapsed.Den), places)
	}
	if len(x.lines) > 0 {
		s.Add("actual", sheet.Named("for days and one-time", from.fixed), sheet.Named("usage-based", from.used))
	}
	v.Causes = x.moneyCauses(from, s, v.Expected, m, places)
	if v.MixAt == schemas.MixAtAverage {
		m.atAveragePrice(x, &v.Causes, s, m.money(v.Measure), places)
	}
	finish(v, s)
	if err := c.runRate(x, v, s, from, places); err != nil {
		return err
	}
	v.Steps = s.Steps
	return s.Err
}

// marginRow is revenue minus cost in every number, causes included.
func marginRow(v, revenue, cost *schemas.Variance) {
	s := &sheet.Sheet{}
	minus := func(a, b money.Decimal) money.Decimal { return a.Sub(b) }
	v.Plan, v.UsageBased = minus(revenue.Plan, cost.Plan), minus(revenue.UsageBased, cost.UsageBased)
	v.Coming, v.Pending, v.Unshown = minus(revenue.Coming, cost.Coming), minus(revenue.Pending, cost.Pending), minus(revenue.Unshown, cost.Unshown)
	v.Expected = s.Subtract("expected margin to date", sheet.Named("revenue", revenue.Expected), sheet.Named("cost", cost.Expected))
	v.Actual = s.Subtract("actual margin", sheet.Named("revenue", revenue.Actual), sheet.Named("cost", cost.Actual))
	a, b := &revenue.Causes, &cost.Causes
	v.Causes = schemas.Causes{
		Price: minus(a.Price, b.Price), Volume: minus(a.Volume, b.Volume), Mix: minus(a.Mix, b.Mix), FX: minus(a.FX, b.FX),
		Unplanned: minus(a.Unplanned, b.Unplanned), Missing: minus(a.Missing, b.Missing), Unsplit: minus(a.Unsplit, b.Unsplit),
	}
	finish(v, s)
	if revenue.RunRate != nil && cost.RunRate != nil {
		r := s.Subtract("run rate of the month", sheet.Named("revenue", *revenue.RunRate), sheet.Named("cost", *cost.RunRate))
		v.RunRate = &r
	}
	v.Steps = s.Steps
}

// finish computes the variance, its percentage and its direction.
func finish(v *schemas.Variance, s *sheet.Sheet) {
	v.Variance = s.Subtract("variance", sheet.Named("actual", v.Actual), sheet.Named("expected", v.Expected))
	s.Add("causes of the variance", sheet.Named("price", v.Causes.Price), sheet.Named("volume", v.Causes.Volume),
		sheet.Named("mix", v.Causes.Mix), sheet.Named("fx", v.Causes.FX), sheet.Named("unplanned", v.Causes.Unplanned),
		sheet.Named("missing", v.Causes.Missing), sheet.Named("unsplit", v.Causes.Unsplit))
	v.Percent = percentRounded(v.Variance, v.Expected)
	v.Favourable = v.Variance.IsPositive()
	if v.Measure == schemas.Cost {
		v.Favourable = v.Variance.IsNegative()
	}
}

// percentPlaces is how many decimal places a percentage has.
const percentPlaces = 4

// percentRounded is part in a hundred of the size of base, or nil for a base of 0, or one so small beside the part that no
// dataset holds the percentage.
func percentRounded(part, base money.Decimal) *money.Decimal {
	p, err := money.MulDivRound(part, money.NewDecimal(100, 0), base.Abs(), percentPlaces, money.HalfEven)
	if err != nil {
		return nil
	}
	if _, err := money.FixedFromDecimal(p); err != nil {
		return nil
	}
	return &p
}

// runRate is what the whole month comes to: what is used goes on at the rate so far, what is charged for days to come comes, and
// what is missing to a commitment or a minimum is less by what use still adds. The rate so far is that of the days of which
// there is data; where there is none yet, there is no run rate.
func (c *Comparison) runRate(x *cell, v *schemas.Variance, s *sheet.Sheet, of *side, places int32) error {
	if !x.elapsed.Num.IsPositive() {
		return nil
	}
	whole, ok, err := c.usedInMonth(x, s, of, places)
	if err != nil || !ok {
		return err
	}
	parts := []sheet.Amount{sheet.Named("for days and one-time", of.fixed), sheet.Named("usage-based", whole)}
	if !of.coming.IsZero() {
		parts = append(parts, sheet.Named("for days to come", of.coming))
	}
	if !of.pending.IsZero() {
		left := s.Subtract("true-ups and minimums, less what use still adds",
			sheet.Named("pending", of.pending), sheet.Named("usage-based for the month", whole), sheet.Named("less to date", of.used.Neg()))
		if left.IsPositive() {
			parts = append(parts, sheet.Named("true-ups and minimums", left))
		}
	}
	r := s.Add("run rate of the month", parts...)
	v.RunRate = &r
	return nil
}

// usedInMonth is what use comes to in the whole month at the rate so far, of each feed by the days of which it has data; false
// where use has no day of weight yet.
func (c *Comparison) usedInMonth(x *cell, s *sheet.Sheet, of *side, places int32) (whole money.Decimal, ok bool, err error) {
	parts := []behindPart{{c.Through, of.used}}
	for _, p := range of.behind {
		parts[0].amount = parts[0].amount.Sub(p.amount)
		parts = append(parts, p)
	}
	for i, p := range parts {
		if p.amount.IsZero() && (i > 0 || len(parts) > 1) {
			continue
		}
		elapsed, err := Elapsed(&c.Plan.Policy, x.accrual, c.Period, p.upto)
		if err != nil {
			return whole, false, err
		}
		if !elapsed.Num.IsPositive() {
			return whole, false, nil
		}
		note := "usage-based for the month, at the rate so far"
		if i > 0 {
			note += ", of feeds with data through " + p.upto.String()
		}
		whole = whole.Add(s.ShareRounded(note,
			sheet.Named("usage-based", p.amount), sheet.Named("whole", elapsed.Den), sheet.Named("elapsed", elapsed.Num), places))
	}
	return whole, true, nil
}

// Sum adds rows of one measure to one: the totals of the report. Steps are left out, and rows without a run rate from that of
// the total, which says what the plan has for the others. It returns the zero Variance for no rows.
func Sum(rows []schemas.Variance, m schemas.Measure) schemas.Variance {
	var out schemas.Variance
	first := true
	for i := range rows {
		v := &rows[i]
		if v.Measure != m {
			continue
		}
		if first {
			out = schemas.Variance{
				ID: schemas.JoinID(string(v.Period), "total") + "/" + string(m), Period: v.Period, Measure: m, Unit: v.Unit,
				Status: schemas.Planned, PlanVersion: v.PlanVersion, MixAt: v.MixAt, Accrual: v.Accrual,
			}
			first = false
		}
		if out.Through.Before(v.Through) {
			out.Through = v.Through
		}
		out.Plan = out.Plan.Add(v.Plan)
		out.Expected = out.Expected.Add(v.Expected)
		out.Actual = out.Actual.Add(v.Actual)
		out.UsageBased, out.Coming = out.UsageBased.Add(v.UsageBased), out.Coming.Add(v.Coming)
		out.Pending, out.Unshown = out.Pending.Add(v.Pending), out.Unshown.Add(v.Unshown)
		out.Causes = addCauses(out.Causes, v.Causes)
		out.Provisional = out.Provisional || v.Provisional
		out.Material = out.Material || v.Material
		if v.RunRate != nil {
			sum := v.RunRate.Add(money.Zero)
			if out.RunRate != nil {
				sum = sum.Add(*out.RunRate)
			}
			out.RunRate, out.RunRatePlan = &sum, out.RunRatePlan.Add(v.Plan)
		}
	}
	if first {
		return out
	}
	s := &sheet.Sheet{}
	finish(&out, s)
	out.Unit = cmp.Or(out.Unit, "")
	return out
}

func addCauses(a, b schemas.Causes) schemas.Causes {
	return schemas.Causes{
		Price: a.Price.Add(b.Price), Volume: a.Volume.Add(b.Volume), Mix: a.Mix.Add(b.Mix), FX: a.FX.Add(b.FX),
		Unplanned: a.Unplanned.Add(b.Unplanned), Missing: a.Missing.Add(b.Missing), Unsplit: a.Unsplit.Add(b.Unsplit),
	}
}
