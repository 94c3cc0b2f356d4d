package explain

import (
	"context"
	"fmt"

	"daybook/pipeline/compare"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/planned"
)

// explainChange explains a row of the bridge between two versions of the plan.
func (l *Look) explainChange(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var r *planned.Change
	err := l.row(ctx, &planned.Changes, begins, func(c cells) (err error) {
		r, err = changeAt(c)
		return err
	})
	if err != nil || r == nil {
		return err
	}
	e.Kind = "plan change"
	e.Title = fmt.Sprintf("%s planned for %s, from version %s to %s", r.Measure, firstText(string(r.Offering), "no offering"), r.From, r.To)
	e.fact("region", r.Region, "", "")
	e.fact("segment", r.Segment, "", "")
	e.fact("peer", string(r.Peer), "", "")
	for _, v := range l.book.Plan.Versions {
		if v.ID == r.From || v.ID == r.To {
			at := ""
			for _, line := range l.book.Plan.Lines {
				if line.Version == v.ID && line.Period == r.Period && line.Offering == r.Offering && line.Region == r.Region && line.Segment == r.Segment && line.Peer == r.Peer {
					at = l.book.WherePlanLine(line)
				}
			}
			e.fact("version "+v.ID, "known since "+v.KnownSince.String(), v.By+": "+v.Reason, at)
		}
	}
	e.Steps = Steps(r.Steps)
	for _, x := range []struct {
		name  string
		value money.Decimal
	}{
		{"planned before", r.Before},
		{"planned after", r.After},
		{"change", r.Change},
		{"by price", r.Causes.Price},
		{"by volume", r.Causes.Volume},
		{"added", r.Causes.Added},
		{"dropped", r.Causes.Dropped},
		{"not split", r.Causes.Unsplit},
		{"variance before", r.VarianceBefore},
		{"change of what is expected", r.ExpectedChange},
		{"actual moved", r.Moved},
		{"variance after", r.VarianceAfter},
	} {
		e.figure(x.name, x.value, r.Unit)
	}
	if !o.Check {
		return nil
	}
	e.check("steps", checkReconciled(r.Steps), fmt.Sprintf("%d steps give what they say", len(r.Steps)))
	return l.bridgeAgain(ctx, e, r)
}

// bridgeAgain sums all charges of the run anew, and holds the row against what the versions of today's book make of them.
func (l *Look) bridgeAgain(ctx context.Context, e *Explanation, r *planned.Change) error {
	whole, reach := run.WholeBook(l.book), normalise.ReachIn(l.Manifest, l.book.Zone)
	actuals := compare.NewSums(whole, r.Period, l.asOf(), reach).Actuals
	for _, o := range l.outputs(&schemas.Charges, "") {
		if err := rows.ReadCharges(ctx, l.store, o.Key, rows.ComparedCharge, actuals.Add); err != nil {
			return err
		}
	}
	c := compare.NewComparison(whole, r.Period, actuals, compare.Exchange(whole, r.Period, reach.Through, l.asOf()), reach, l.asOf())
	changes, err := c.Bridges()
	if err != nil {
		return err
	}
	differs := fmt.Errorf("the run's charges and today's plan make no change %s", r.ID)
	for i := range changes {
		if w := &changes[i]; w.ID == r.ID {
			differs = nil
			if !w.Change.Equal(r.Change) || !w.VarianceBefore.Equal(r.VarianceBefore) || !w.VarianceAfter.Equal(r.VarianceAfter) {
				differs = fmt.Errorf("the versions differ by %s, with variances %s and %s; the report has %s, %s and %s",
					w.Change, w.VarianceBefore, w.VarianceAfter, r.Change, r.VarianceBefore, r.VarianceAfter)
			}
		}
	}
	e.check("bridge", differs, "the run's charges, compared with both versions again, give the same figures")
	return nil
}

func changeAt(c cells) (*planned.Change, error) {
	r := &planned.Change{
		ID: c.text(planned.ChangeChangeId), Period: schemas.Period(c.text(planned.ChangeBillingPeriod)), From: c.text(planned.ChangeFromVersion), To: c.text(planned.ChangeToVersion),
		Offering: schemas.OfferingID(c.text(planned.ChangeOfferingId)), Region: c.text(planned.ChangeRegionId), Segment: c.text(planned.ChangeSegment), Peer: schemas.PeerID(c.text(planned.ChangePeerId)), Measure: schemas.Measure(c.text(planned.ChangeMeasure)),
		Unit: c.text(planned.ChangeUnit), Before: c.decimal(planned.ChangePlanBefore), After: c.decimal(planned.ChangePlanAfter), Change: c.decimal(planned.ChangeChange),
		Causes: planned.Causes{
			Price: c.decimal(planned.ChangePriceCause), Volume: c.decimal(planned.ChangeVolumeCause), Added: c.decimal(planned.ChangeAddedCause),
			Dropped: c.decimal(planned.ChangeDroppedCause), Unsplit: c.decimal(planned.ChangeUnsplitCause),
		},
		VarianceBefore: c.decimal(planned.ChangeVarianceBefore), ExpectedChange: c.decimal(planned.ChangeExpectedChange),
		Moved: c.decimal(planned.ChangeActualMoved), VarianceAfter: c.decimal(planned.ChangeVarianceAfter),
	}
	var err error
	r.Steps, err = c.steps(planned.ChangeSteps)
	return r, err
}
