package reconcile

import (
	"cmp"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// Bridges leads from each version of the plan that was known to the next, row by row of the comparison: what it changes, by its
// causes, and what that makes of the variance. Rows that a version does not change are left out. A plan of one version, or of none,
// has no bridge.
//
// The amounts are those of Compare with either version, in the currency of the comparison and rounded to its places, and the causes
// restate the earlier into the later step by step, so that they add up to the change exactly. A change of unit has no row of units,
// and its money cannot be split.
//
// The error is that of a plan that cannot be read as one.
func (c *Comparison) Bridges() ([]planned.Change, error) {
	places, err := c.places()
	if err != nil {
		return nil, err
	}
	var out []planned.Change
	var before map[placeOf]*versionCell
	for i, v := range c.Plan.Versions {
		with := *c
		with.Plan = c.Whole.AsOf(v.KnownSince)
		rows, _, err := Compare(with)
		if err != nil {
			return nil, err
		}
		after := versionCells(rows)
		if i > 0 {
			b := bridge{from: c.Plan.Versions[i-1].ID, to: v.ID, places: places}
			for _, place := range placesOf(before, after) {
				if err := b.add(before[place], after[place]); err != nil {
					return nil, err
				}
			}
			out = append(out, b.out...)
		}
		before = after
	}
	return out, nil
}

// versionCell is a row of the comparison with one version, in the order of the measures.
type versionCell [4]schemas.Variance

// planned reports whether the version has a line for it.
func (x *versionCell) planned() bool { return x != nil && x[0].Status != schemas.Unplanned }

// versionCells takes variances in fours, as Compare has them.
func versionCells(rows []schemas.Variance) map[placeOf]*versionCell {
	out := map[placeOf]*versionCell{}
	for len(rows) > 0 {
		x := versionCell(rows[:4])
		out[placeFor(&x[0])] = &x
		rows = rows[4:]
	}
	return out
}

func placesOf(maps ...map[placeOf]*versionCell) []placeOf {
	var out []placeOf
	for _, m := range maps {
		for k := range m {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, comparePlaces)
	return slices.Compact(out)
}

// bridge leads from one version to the next.
type bridge struct {
	from, to string
	places   int32
	out      []planned.Change
}

// add adds the measures of a row that differ; either side may lack it.
func (b *bridge) add(before, after *versionCell) error {
	if before == nil {
		before = after.without()
	}
	if after == nil {
		after = before.without()
	}
	var revenue, cost planned.Change
	for i := range before {
		x, y := &before[i], &after[i]
		unitless := x.Measure == schemas.Units && x.Unit != y.Unit
		if unitless && x.Unit != "" && y.Unit != "" {
			continue
		}
		s := &sheet.Sheet{}
		r := b.row(x, y, s)
		switch x.Measure {
		case schemas.Units:
			r.Causes = wholeCauses(before, after, r.Change, func(c *planned.Causes) { c.Volume = r.Change })
		case schemas.Revenue, schemas.Cost:
			r.Causes = b.moneyCauses(before, after, &r, s)
		case schemas.Margin:
			r.Causes = planned.Causes{
				Price: revenue.Causes.Price.Sub(cost.Causes.Price), Volume: revenue.Causes.Volume.Sub(cost.Causes.Volume),
				Added: revenue.Causes.Added.Sub(cost.Causes.Added), Dropped: revenue.Causes.Dropped.Sub(cost.Causes.Dropped),
				Unsplit: revenue.Causes.Unsplit.Sub(cost.Causes.Unsplit),
			}
		}
		if s.Err != nil {
			return s.Err
		}
		s.Add("causes of the change", sheet.Named("price", r.Causes.Price), sheet.Named("volume", r.Causes.Volume),
			sheet.Named("added", r.Causes.Added), sheet.Named("dropped", r.Causes.Dropped), sheet.Named("unsplit", r.Causes.Unsplit))
		s.Add("variance with the later version", sheet.Named("variance with the earlier", r.VarianceBefore),
			sheet.Named("less the change of what is expected", r.ExpectedChange.Neg()), sheet.Named("actual moved", r.Moved))
		r.Steps = s.Steps
		switch x.Measure {
		case schemas.Revenue:
			revenue = r
		case schemas.Cost:
			cost = r
		default: // a margin is made of the two
		}
		if !r.Change.IsZero() || !r.ExpectedChange.IsZero() || !r.Moved.IsZero() {
			b.out = append(b.out, r)
		}
	}
	return nil
}

// without is the row where a version neither plans nor compares it.
func (x *versionCell) without() *versionCell {
	var out versionCell
	for i := range x {
		v := &x[i]
		out[i] = schemas.Variance{ID: v.ID, Period: v.Period, Offering: v.Offering, Region: v.Region, Segment: v.Segment, Peer: v.Peer, Measure: v.Measure, Unit: v.Unit, Status: schemas.Unplanned}
	}
	return &out
}

func (b *bridge) row(x, y *schemas.Variance, s *sheet.Sheet) planned.Change {
	r := planned.Change{
		ID: placeFor(x).id(string(x.Period), b.from, b.to) + "/" + string(x.Measure), Period: x.Period, From: b.from, To: b.to,
		Offering: x.Offering, Region: x.Region, Segment: x.Segment, Peer: x.Peer,
		Measure: x.Measure, Unit: cmp.Or(y.Unit, x.Unit), Before: x.Plan, After: y.Plan,
		VarianceBefore: x.Variance, VarianceAfter: y.Variance, Moved: y.Actual.Sub(x.Actual),
	}
	r.Change = s.Subtract("change of the plan of the month", sheet.Named("plan of "+b.to, y.Plan), sheet.Named("plan of "+b.from, x.Plan))
	r.ExpectedChange = s.Subtract("change of what is expected to date", sheet.Named("expected by "+b.to, y.Expected), sheet.Named("expected by "+b.from, x.Expected))
	return r
}

// wholeCauses are those of a line that only one version has; what both have is told by split.
func wholeCauses(before, after *versionCell, change money.Decimal, split func(*planned.Causes)) (c planned.Causes) {
	switch {
	case !before.planned():
		c.Added = change
	case !after.planned():
		c.Dropped = change
	default:
		split(&c)
	}
	return c
}

// moneyCauses restate the earlier amount at the later volume, and that into the later amount.
func (b *bridge) moneyCauses(before, after *versionCell, r *planned.Change, s *sheet.Sheet) planned.Causes {
	return wholeCauses(before, after, r.Change, func(c *planned.Causes) {
		was, is := &before[0], &after[0]
		if was.Unit == "" || was.Unit != is.Unit || was.Plan.IsZero() {
			c.Unsplit = r.Change
			return
		}
		flexed := s.ShareRounded("earlier plan at the later volume", sheet.Named("plan", r.Before), sheet.Named("later volume", is.Plan),
			sheet.Named("earlier volume", was.Plan), b.places)
		c.Volume, c.Price = flexed.Sub(r.Before), r.After.Sub(flexed)
	})
}
