package explain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// row finds the row of a dataset whose first column, its identifier, is that which is looked for. All identifiers that begin as
// it does are offered until it is found.
func (l *Look) row(ctx context.Context, table *schemas.Table, begins *schemas.Beginning, found func(cells) error) error {
	for _, o := range l.outputs(table, "") {
		err := l.scan(ctx, o.Key, scanning{table: table, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				text := b.Columns[0].TextAt(i)
				if !bytes.HasPrefix(text, []byte(begins.Text)) {
					continue
				}
				begins.Offer(string(text))
				if len(text) == len(begins.Text) {
					if err := found(cells{b, i}); err != nil {
						return err
					}
					return errFound
				}
			}
			return nil
		})
		if errors.Is(err, errFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// explainVariance explains a row of the variance report.
func (l *Look) explainVariance(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var v *schemas.Variance
	err := l.row(ctx, &schemas.Variances, begins, func(c cells) (err error) {
		v, err = varianceAt(c)
		return err
	})
	if err != nil || v == nil {
		return err
	}
	e.Kind = "variance"
	l.varianceFacts(e, v)
	e.Steps = Steps(v.Steps)
	varianceFigures(e, v)
	if o.Check {
		e.check("steps", checkReconciled(v.Steps), fmt.Sprintf("%d steps give what they say", len(v.Steps)))
		if err := l.compareAgain(ctx, e, v); err != nil {
			return err
		}
	}
	taken, err := l.planRows(ctx)
	if err != nil {
		return err
	}
	return l.chargesBy(ctx, e, o, "", v.Measure, v.Unit, func(c *schemas.Charge) bool {
		return c.EarnsRevenue() && taken.Takes(v, c)
	})
}

func varianceAt(c cells) (*schemas.Variance, error) {
	v := &schemas.Variance{
		ID: c.text(schemas.VarVarianceId), Period: schemas.Period(c.text(schemas.VarBillingPeriod)), Offering: schemas.OfferingID(c.text(schemas.VarOfferingId)),
		Region: c.text(schemas.VarRegionId), Segment: c.text(schemas.VarSegment), Peer: schemas.PeerID(c.text(schemas.VarPeerId)), Measure: schemas.Measure(c.text(schemas.VarMeasure)), Unit: c.text(schemas.VarUnit),
		Status: schemas.PlanStatus(c.text(schemas.VarStatus)), Plan: c.decimal(schemas.VarPlan), Expected: c.decimal(schemas.VarExpected),
		Actual: c.decimal(schemas.VarActual), Variance: c.decimal(schemas.VarVariance), Percent: c.optional(schemas.VarVariancePercent),
		Causes: schemas.Causes{
			Price: c.decimal(schemas.VarPriceCause), Volume: c.decimal(schemas.VarVolumeCause), Mix: c.decimal(schemas.VarMixCause),
			FX: c.decimal(schemas.VarFxCause), Unplanned: c.decimal(schemas.VarUnplannedCause), Missing: c.decimal(schemas.VarMissingCause),
			Unsplit: c.decimal(schemas.VarUnsplitCause),
		},
		MixAt: schemas.MixAt(c.text(schemas.VarMixAt)), UsageBased: c.decimal(schemas.VarUsageBased), RunRate: c.optional(schemas.VarRunRate),
		Coming: c.decimal(schemas.VarComing), Pending: c.decimal(schemas.VarPending), Accrual: schemas.Accrual(c.text(schemas.VarAccrual)), Material: c.text(schemas.VarMaterial) == "yes",
		Provisional: c.text(schemas.VarProvisional) == "yes", PlanVersion: c.text(schemas.VarPlanVersion),
	}
	var err error
	if v.Through, err = schemas.ParseDate(c.text(schemas.VarThrough)); err != nil {
		return nil, fmt.Errorf("variance %s: %w", v.ID, err)
	}
	v.Steps, err = c.steps(schemas.VarSteps)
	return v, err
}

func (l *Look) varianceFacts(e *Explanation, v *schemas.Variance) {
	b, name := l.book, ""
	if offering, ok := b.Offering(v.Offering); ok {
		name = offering.Name
	}
	e.Title = fmt.Sprintf("%s of %s against plan", v.Measure, firstText(name, string(v.Offering), "no offering"))
	e.fact("offering", string(v.Offering), name, b.Where(book.KindOffering, string(v.Offering)))
	e.fact("region", v.Region, "", "")
	e.fact("segment", v.Segment, "", "")
	e.fact("peer", string(v.Peer), "", "")
	line := schemas.PlanLine{Period: v.Period, Offering: v.Offering, Region: v.Region, Segment: v.Segment, Peer: v.Peer}
	plan := b.Plan.AsOf(l.asOf())
	if i := slices.IndexFunc(plan.Lines, func(p schemas.PlanLine) bool { return p.Place() == line }); i >= 0 {
		line = plan.Lines[i]
	}
	e.fact("plan line", string(v.Status), "accrual "+string(v.Accrual), b.WherePlanLine(line))
	if v.PlanVersion != "" {
		e.fact("plan version", v.PlanVersion, "", "")
	}
	e.fact("through", v.Through.String(), "", "")
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func varianceFigures(e *Explanation, v *schemas.Variance) {
	e.figure("plan for the month", v.Plan, v.Unit)
	e.figure("expected", v.Expected, v.Unit)
	e.figure("actual", v.Actual, v.Unit)
	e.figure("variance", v.Variance, v.Unit)
	for _, c := range []struct {
		name  string
		value money.Decimal
	}{
		{"by price", v.Causes.Price},
		{"by volume", v.Causes.Volume},
		{"by mix", v.Causes.Mix},
		{"by exchange rates", v.Causes.FX},
		{"unplanned", v.Causes.Unplanned},
		{"missing", v.Causes.Missing},
		{"not split", v.Causes.Unsplit},
	} {
		if !c.value.IsZero() {
			e.figure(c.name, c.value, v.Unit)
		}
	}
	if !v.Coming.IsZero() {
		e.figure("charged for days to come", v.Coming, v.Unit)
	}
	if !v.Pending.IsZero() {
		e.figure("true-ups and minimums to be judged", v.Pending, v.Unit)
	}
	if v.RunRate != nil {
		e.figure("run rate of the month", *v.RunRate, v.Unit)
	}
}

// checkReconciled computes every step again from its operands.
func checkReconciled(steps []schemas.Step) error {
	for i := range steps {
		out, err := sheet.Recompute(steps[i])
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		if out.String() != steps[i].Out {
			return fmt.Errorf("step %d: %s gives %s, not %s", i+1, steps[i].Op, out, steps[i].Out)
		}
	}
	return nil
}

// compareAgain sums all charges of the run anew, compares them with the plan, and holds the row against the result.
func (l *Look) compareAgain(ctx context.Context, e *Explanation, v *schemas.Variance) error {
	whole, reach := run.WholeBook(l.book), normalise.ReachIn(l.Manifest, l.book.Zone)
	actuals := compare.NewSums(whole, v.Period, l.asOf(), reach).Actuals
	for _, o := range l.outputs(&schemas.Charges, "") {
		if err := rows.ReadCharges(ctx, l.store, o.Key, rows.ComparedCharge, actuals.Add); err != nil {
			return err
		}
	}
	rows, _, err := reconcile.Compare(compare.NewComparison(whole, v.Period, actuals, compare.Exchange(whole, v.Period, reach.Through, l.asOf()), reach, l.asOf()))
	if err != nil {
		return err
	}
	differs := fmt.Errorf("the run's charges and today's plan make no variance %s", v.ID)
	for i := range rows {
		if w := &rows[i]; w.ID == v.ID {
			differs = nil
			if !w.Actual.Equal(v.Actual) || !w.Expected.Equal(v.Expected) || !w.Variance.Equal(v.Variance) {
				differs = fmt.Errorf("the run's charges come to %s where %s is expected; the report has %s and %s", w.Actual, w.Expected, v.Actual, v.Expected)
			}
		}
	}
	e.check("comparison", differs, "the run's charges, summed and compared with the plan again, give the same figures")
	return nil
}

// planRows says into which row of the report charges go.
func (l *Look) planRows(ctx context.Context) (*reconcile.Rows, error) {
	var all []schemas.Variance
	for _, o := range l.outputs(&schemas.Variances, "") {
		q := scanning{table: &schemas.Variances, columns: []int{schemas.VarOfferingId, schemas.VarRegionId, schemas.VarSegment, schemas.VarPeerId, schemas.VarStatus}, column: -1}
		err := l.scan(ctx, o.Key, q, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				c := cells{b, i}
				all = append(all, schemas.Variance{
					Offering: schemas.OfferingID(c.text(schemas.VarOfferingId)), Region: c.text(schemas.VarRegionId), Segment: c.text(schemas.VarSegment), Peer: schemas.PeerID(c.text(schemas.VarPeerId)),
					Status: schemas.PlanStatus(c.text(schemas.VarStatus)),
				})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return reconcile.NewRows(all), nil
}

// explainTotal explains a headline of the report: the sum of a measure over all offerings and regions.
func (l *Look) explainTotal(ctx context.Context, e *Explanation, m schemas.Measure, o Options) error {
	var rows []schemas.Variance
	for _, out := range l.outputs(&schemas.Variances, "") {
		err := l.scan(ctx, out.Key, scanning{table: &schemas.Variances, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				v, err := varianceAt(cells{b, i})
				if err != nil {
					return err
				}
				if v.Measure == m {
					rows = append(rows, *v)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	sum := reconcile.Sum(rows, m)
	e.Kind, e.Title = "variance", fmt.Sprintf("%s against plan, in all", m)
	in := make([]schemas.Operand, len(rows))
	for i := range rows {
		in[i] = schemas.Operand{Name: rows[i].ID, Value: rows[i].Actual.String()}
	}
	if m != schemas.Units {
		e.Steps = Steps([]schemas.Step{{Op: sheet.OpAdd, Note: "actual of all rows of the report", In: in, Out: sum.Actual.String()}})
	}
	varianceFigures(e, &sum)
	if o.Check {
		steps := make([]schemas.Step, len(e.Steps))
		for i := range e.Steps {
			steps[i] = e.Steps[i].Step
		}
		e.check("steps", checkReconciled(steps), "the rows add up to it")
	}
	return l.chargesBy(ctx, e, o, "", m, sum.Unit, func(c *schemas.Charge) bool { return c.EarnsRevenue() })
}
