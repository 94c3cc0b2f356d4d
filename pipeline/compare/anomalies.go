package compare

import (
	"cmp"
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/anomaly"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// mostSeries is how many series are judged: those that cost most in the period.
const mostSeries = 20_000

// Anomalies writes what peers with anomalies bill by day, and holds each day against the same days of the week before, of the period
// and of what the pinned earlier runs wrote.
func Anomalies(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	policies := map[schemas.PeerID]*schemas.AnomalyPolicy{}
	peers := in.Book().Peers()
	for i := range peers {
		if peers[i].Anomalies != nil {
			policies[peers[i].ID] = peers[i].Anomalies
		}
	}
	if len(policies) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	days, err := sumDays(ctx, in)
	if err != nil {
		return nil, err
	}
	var count counter
	written, err := in.WriteRead(ctx, &peeruse.Days, func(write func(*dataset.Batch) error) error {
		return rows.AppendPeerDays(in.Period(), days, write)
	}, func(b *dataset.Batch) error {
		return count.add(b, peeruse.DayRows, dataset.Measures{Quantity: -1, Unit: -1, Cost: peeruse.DayBilledCost, Currency: peeruse.DayBillingCurrency})
	})
	if err != nil {
		return nil, err
	}
	if res.Control.ByDay, err = count.totals(); err != nil {
		return nil, err
	}
	before, err := daysBefore(ctx, in, policies)
	if err != nil {
		return nil, err
	}
	series := seriesOf(append(before, days...), mostSeries)
	past, err := pastOf(ctx, in, series)
	if err != nil {
		return nil, err
	}
	var all []peeruse.Anomaly
	now := newHistory(series)
	for i := range days {
		now.add(&days[i])
	}
	first, _ := in.Period().Days()
	for i := range series {
		s := &series[i]
		through := throughOf(in.Book(), s.Peer, in.Period(), reach)
		judged := anomaly.JudgeDays(in.Period(), s, past.days(s), now.between(s, first, through), anomaly.PolicyOf(policies[s.Peer]))
		all = append(all, judged...)
	}
	out, err := in.WriteRead(ctx, &peeruse.Anomalies, func(write func(*dataset.Batch) error) error {
		return rows.AppendAnomalies(all, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, written, out)
	found := in.NewFindings()
	defer found.Close()
	for _, f := range anomaly.Findings(all) {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// daysBefore are the days of the month before, as far as the same is looked at by itself: what was used then, and is no more, counts
// as well.
func daysBefore(ctx context.Context, in *run.Inputs, policies map[schemas.PeerID]*schemas.AnomalyPolicy) (out []peeruse.Day, err error) {
	for _, e := range in.Earlier() {
		if e.Period != in.Period().Previous() {
			continue
		}
		err = eachDayOf(ctx, in, e, func(d *peeruse.Day) {
			if p := policies[d.Peer]; p != nil && d.By == cmp.Or(p.By, schemas.AnomalyByService) {
				out = append(out, *d)
			}
		})
	}
	return out, err
}

// eachDayOf calls each for what an earlier run wrote of days.
func eachDayOf(ctx context.Context, in *run.Inputs, e run.Earlier, each func(*peeruse.Day)) error {
	m, err := run.ReadEarlier(ctx, in.Store(), e)
	if err != nil {
		return err
	}
	for _, o := range m.Outputs {
		if o.Dataset != peeruse.Days.Name {
			continue
		}
		if err := rows.ReadPeerDays(ctx, in.Store(), o.Key, func(d *peeruse.Day) error {
			each(d)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// sumDays merges what the shards left.
func sumDays(ctx context.Context, in *run.Inputs) ([]peeruse.Day, error) {
	shards, err := in.Results(ctx, "reconcile/use")
	if err != nil {
		return nil, err
	}
	all := &peerDays{sums: map[dayKey]*peeruse.Day{}}
	var merged dataset.Totals
	for _, res := range shards {
		left, err := run.Left[usedByDay](res)
		if err != nil {
			return nil, err
		}
		for i := range left.Days {
			d := &left.Days[i]
			if err := all.sum(dayKey{d.Series, d.Day, d.Fixed}, d.Rows, d.Billed, &merged); err != nil {
				return nil, err
			}
		}
	}
	return all.list(), nil
}

// history is what days of series came to, as far as it is known, month by month.
type history struct {
	of map[peeruse.Series][]month
}

// month is what the days of a series came to from a first to a last of which it is known.
type month struct {
	first, last schemas.Date
	amounts     map[schemas.Date]money.Fixed
}

func newHistory(series []peeruse.Series) *history {
	h := &history{of: make(map[peeruse.Series][]month, len(series))}
	for _, s := range series {
		h.of[s] = nil
	}
	return h
}

// add takes a day of use of a series that is looked at.
func (h *history) add(d *peeruse.Day) {
	months, wanted := h.of[d.Series]
	if !wanted || d.Fixed {
		return
	}
	first, last := d.Day.Period().Days()
	if n := len(months); n == 0 || months[n-1].first != first {
		months = append(months, month{first: first, last: last, amounts: map[schemas.Date]money.Fixed{}})
		h.of[d.Series] = months
	}
	months[len(months)-1].amounts[d.Day] = d.Billed
}

// between are the days from one to another; a day of which there is nothing came to 0.
func (h *history) between(s *peeruse.Series, first, last schemas.Date) (out []anomaly.Day) {
	for day := first; !day.After(last); day = day.AddDays(1) {
		d := anomaly.Day{Day: day}
		for _, m := range h.of[*s] {
			if amount, is := m.amounts[day]; is {
				d.Amount = amount.Decimal()
			}
		}
		out = append(out, d)
	}
	return out
}

// past is what earlier months came to.
type past struct {
	history
	// known are the last days with data of months of which a peer's days are known, oldest first.
	known map[schemas.PeerID][]span
}

// span is from a day to another, both within.
type span struct{ first, last schemas.Date }

// days are those of a series since it began, oldest first: a day without use in a month of which the peer's days are known came to 0.
func (p *past) days(s *peeruse.Series) (out anomaly.Past) {
	months := p.of[*s]
	if len(months) == 0 {
		return nil
	}
	for _, of := range p.known[s.Peer] {
		if of.last.Before(months[0].first) {
			continue
		}
		for _, d := range p.between(s, of.first, of.last) {
			if len(out) > 0 || !d.Amount.IsZero() {
				out = append(out, d)
			}
		}
	}
	return out
}

// pastOf reads what the pinned runs of the twelve months before have of series.
func pastOf(ctx context.Context, in *run.Inputs, series []peeruse.Series) (*past, error) {
	p := &past{history: *newHistory(series), known: map[schemas.PeerID][]span{}}
	for _, e := range in.Earlier() { // they stand in the order of their periods
		first, _ := e.Period.Days()
		known := map[schemas.PeerID]bool{}
		if err := eachDayOf(ctx, in, e, func(d *peeruse.Day) {
			known[d.Peer] = true
			p.add(d)
		}); err != nil {
			return nil, err
		}
		m, err := run.ReadEarlier(ctx, in.Store(), e)
		if err != nil {
			return nil, err
		}
		last := normalise.ThroughIn(m, in.Book().Zone())
		for peer := range known {
			p.known[peer] = append(p.known[peer], span{first, last})
		}
	}
	return p, nil
}
