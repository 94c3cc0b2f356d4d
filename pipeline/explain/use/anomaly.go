package use

import (
	"context"
	"fmt"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/reconcile/anomaly"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// findAnomaly finds a day of peers' use beside those before it.
func findAnomaly(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of peeruse.Anomaly
	err = r.each(ctx, &peeruse.Anomalies, func(c cells) error {
		a := peeruse.Anomaly{
			Period: r.period(), Series: peeruse.Series{
				Peer: schemas.PeerID(c.text(peeruse.AnomalyPeerId)), Service: c.text(peeruse.AnomalyServiceName), By: schemas.AnomalyBy(c.text(peeruse.AnomalyBy)),
				Customer: c.text(peeruse.AnomalyCustomerId), Currency: c.currency(peeruse.AnomalyBillingCurrency),
			},
			Day: c.day(peeruse.AnomalyDay), Billed: c.decimal(peeruse.AnomalyBilledCost), Points: int(c.integer(peeruse.AnomalyPoints)), Verdict: c.text(peeruse.AnomalyVerdict),
			Known: c.optional(peeruse.AnomalyMedian) != nil, Median: c.decimal(peeruse.AnomalyMedian), Deviation: c.decimal(peeruse.AnomalyDeviation),
			Impact: c.decimal(peeruse.AnomalyImpact), Score: c.optional(peeruse.AnomalyScore), ImpactPercent: c.optional(peeruse.AnomalyImpactPercent),
		}
		if begins.Offer(a.ID()); a.ID() == begins.Text {
			of, x = a, &Subject{Kind: "anomaly"}
		}
		return nil
	})
	if x == nil || err != nil {
		return nil, err
	}
	x.Title = fmt.Sprintf("%s of %s on %s: %s", orText(of.Service, "No service"), of.Peer, of.Day, of.Verdict)
	x.peer(r, of.Peer)
	x.owner(r, of.Customer, "")
	x.fact("beside", fmt.Sprintf("%d %ss before", of.Points, of.Day.Weekday()), "", "")
	x.anomalyPolicy(r, &of)
	unit := string(of.Currency)
	x.Unit = unit
	x.figure("billed", &of.Billed, unit)
	if of.Known {
		x.figure("median", &of.Median, unit)
		x.figure("median distance", &of.Deviation, unit)
		x.figure("impact", &of.Impact, unit)
		x.figure("impact", of.ImpactPercent, "%")
		x.figure("score", of.Score, "")
	}
	sums := r.sums()
	x.Columns, x.Peer = sums.Columns(), "" // the series that are judged are those of all peers
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && sums.OnDay(row, &of.Series, of.Day), err
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		return r.anomalyTold(ctx, &of, []*compare.UsedByDay{sums.Left()}, t)
	}
	return x, nil
}

// anomalyPolicy says what is unusual by the peer's policy.
func (s *Subject) anomalyPolicy(r *Run, of *peeruse.Anomaly) {
	p, ok := r.Book.Peer(of.Peer)
	if !ok || p.Anomalies == nil {
		return
	}
	score := "3.5"
	if p.Anomalies.Score != nil {
		score = p.Anomalies.Score.String()
	}
	s.fact("unusual beyond", "a score of "+score, "either way; the impact alone decides where the median distance is 0", "")
	if f := p.Anomalies.Floor; f.Absolute != nil {
		s.fact("and beyond", f.Absolute.String()+" "+string(of.Currency), "of impact", "")
	}
	if f := p.Anomalies.Floor; f.Percent != nil {
		s.fact("and beyond", f.Percent.String()+"%", "of the median", "")
	}
}

// anomalyTold sets a day beside those before it, and judges it again.
func (r *Run) anomalyTold(ctx context.Context, of *peeruse.Anomaly, left []*compare.UsedByDay, t *Taken) ([]schemas.Step, []Verdict, error) {
	b, earlier := r.whole(), r.Manifest.Spec.Earlier
	beside, err := compare.Beside(ctx, r.Store, b, r.period(), earlier, left, &of.Series, of.Day)
	if err != nil {
		return nil, nil, err
	}
	again, err := compare.JudgeDays(ctx, r.Store, b, r.period(), earlier, r.reach(), left)
	if err != nil {
		return nil, nil, err
	}
	judged := Verdict{What: "anomaly", Detail: "the run's usage and the days before, judged again, give the same", Err: errNoRow}
	for i := range again {
		if a := &again[i]; a.ID() == of.ID() {
			judged.Err = nil
			if !a.Billed.Equal(of.Billed) || a.Points != of.Points || a.Verdict != of.Verdict || !a.Median.Equal(of.Median) || !a.Deviation.Equal(of.Deviation) {
				judged.Err = fmt.Errorf("again it is %s of %s beside %s in %d days; the run has %s of %s beside %s in %d", a.Verdict, a.Billed, a.Median, a.Points, of.Verdict, of.Billed, of.Median, of.Points)
			}
		}
	}
	s := anomalySteps(of, beside)
	return s.Steps, []Verdict{t.of(t.Rows, of.Billed, of.Currency), judged}, s.Err
}

// anomalySteps are the arithmetic of a day: the median of those before, how far they lie from it, and how far the day does.
func anomalySteps(of *peeruse.Anomaly, beside []anomaly.Day) *sheet.Sheet {
	s := &sheet.Sheet{}
	if !of.Known {
		return s
	}
	days := make([]sheet.Amount, len(beside))
	for i, d := range beside {
		days[i] = sheet.Named(d.Day.String(), d.Amount)
	}
	median := sheet.Named("median", s.Median("median of the days before", days...))
	distance := s.Deviation("median distance", median, days...)
	impact := sheet.Named("impact", s.Subtract("impact", sheet.Named(of.Day.String(), of.Billed), median))
	if of.Score != nil {
		s.ShareRounded("score", impact, sheet.Named("of a normal distribution", money.NewDecimal(6745, -4)), sheet.Named("median distance", distance), 4)
	}
	if of.ImpactPercent != nil {
		s.ShareRounded("impact in a hundred of the median", impact, sheet.Named("hundred", money.NewDecimal(100, 0)), sheet.Named("median", of.Median.Abs()), 4)
	}
	return s
}
