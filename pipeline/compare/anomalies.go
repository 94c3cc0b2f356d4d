package compare

import (
	"cmp"
	"context"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
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
	if len(policiesOf(in.Book())) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	left, err := leftOfUse(ctx, in)
	if err != nil {
		return nil, err
	}
	days, err := sumDays(left)
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
	all, err := JudgeDays(ctx, in.Store(), in.Book(), in.Period(), in.Earlier(), reach, left)
	if err != nil {
		return nil, err
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

// policiesOf say what is unusual of the peers with anomalies.
func policiesOf(b run.Book) map[schemas.PeerID]*schemas.AnomalyPolicy {
	policies := map[schemas.PeerID]*schemas.AnomalyPolicy{}
	peers := b.Peers()
	for i := range peers {
		if peers[i].Anomalies != nil {
			policies[peers[i].ID] = peers[i].Anomalies
		}
	}
	return policies
}

// JudgeDays holds each day of a period, as shards left it, against the same days of the week before it, of the period and of what
// earlier runs wrote.
func JudgeDays(
	ctx context.Context, st store.Store, b run.Book, p schemas.Period, earlier []run.Earlier, reach *normalise.Reach, left []*UsedByDay,
) (all []peeruse.Anomaly, err error) {
	days, err := sumDays(left)
	if err != nil {
		return nil, err
	}
	policies := policiesOf(b)
	before, err := daysBefore(ctx, st, p, earlier, policies)
	if err != nil {
		return nil, err
	}
	series := seriesOf(append(before, days...), mostSeries)
	past, err := pastOf(ctx, st, b, earlier, series)
	if err != nil {
		return nil, err
	}
	now := newHistory(series)
	for i := range days {
		now.add(&days[i])
	}
	first, _ := p.Days()
	for i := range series {
		s := &series[i]
		all = append(all, anomaly.JudgeDays(p, s, past.days(s), now.between(s, first, throughOf(b, s.Peer, p, reach)), anomaly.PolicyOf(policies[s.Peer]))...)
	}
	return all, nil
}

// Beside are the same days of the week before a day of a series, of the period as shards left it and of what earlier runs wrote,
// oldest first.
func Beside(ctx context.Context, st store.Store, b run.Book, p schemas.Period, earlier []run.Earlier, left []*UsedByDay, s *peeruse.Series, day schemas.Date) (out []anomaly.Day, err error) {
	days, err := sumDays(left)
	if err != nil {
		return nil, err
	}
	one := []peeruse.Series{*s}
	past, err := pastOf(ctx, st, b, earlier, one)
	if err != nil {
		return nil, err
	}
	now := newHistory(one)
	for i := range days {
		now.add(&days[i])
	}
	first, _ := p.Days()
	for _, d := range slices.Concat(past.days(s), now.between(s, first, day.AddDays(-1))) {
		if d.Day.Weekday() == day.Weekday() {
			out = append(out, d)
		}
	}
	return out, nil
}

// daysBefore are the days of the month before, as far as the same is looked at by itself: what was used then, and is no more, counts
// as well.
func daysBefore(ctx context.Context, st store.Store, p schemas.Period, earlier []run.Earlier, policies map[schemas.PeerID]*schemas.AnomalyPolicy) (out []peeruse.Day, err error) {
	for _, e := range earlier {
		if e.Period != p.Previous() {
			continue
		}
		_, err = eachDayOf(ctx, st, e, func(d *peeruse.Day) {
			if p := policies[d.Peer]; p != nil && d.By == cmp.Or(p.By, schemas.AnomalyByService) {
				out = append(out, *d)
			}
		})
	}
	return out, err
}

// eachDayOf calls each for what an earlier run wrote of days.
func eachDayOf(ctx context.Context, st store.Store, e run.Earlier, each func(*peeruse.Day)) (*run.Manifest, error) {
	m, err := run.ReadEarlier(ctx, st, e)
	if err != nil {
		return nil, err
	}
	for _, o := range m.Outputs {
		if o.Dataset != peeruse.Days.Name {
			continue
		}
		if err := rows.ReadPeerDays(ctx, st, o.Key, func(d *peeruse.Day) error {
			each(d)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// sumDays merges what the shards left.
func sumDays(shards []*UsedByDay) ([]peeruse.Day, error) {
	all := &peerDays{sums: map[dayKey]*peeruse.Day{}}
	var merged dataset.Totals
	for _, left := range shards {
		for i := range left.Days {
			d := &left.Days[i]
			if err := all.sum(dayKey{d.Series, d.Day, d.Fixed}, d.Rows, d.Billed, &merged); err != nil {
				return nil, err
			}
		}
	}
	return all.list(), nil
}

// OnDay reports whether a row that was added is use of a series on a day, which is neither a fee nor of another time.
func (u *UseSums) OnDay(r *PeerRow, s *peeruse.Series, day schemas.Date) bool {
	on, watched := u.daily.of(r)
	return watched && !on.fixed && on.Series == *s && on.day == day
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

// pastOf reads what earlier runs have of series.
func pastOf(ctx context.Context, st store.Store, b run.Book, earlier []run.Earlier, series []peeruse.Series) (*past, error) {
	p := &past{history: *newHistory(series), known: map[schemas.PeerID][]span{}}
	for _, e := range earlier { // they stand in the order of their periods
		first, _ := e.Period.Days()
		known := map[schemas.PeerID]bool{}
		m, err := eachDayOf(ctx, st, e, func(d *peeruse.Day) {
			known[d.Peer] = true
			p.add(d)
		})
		if err != nil {
			return nil, err
		}
		last := normalise.ThroughIn(m, b.Zone())
		for peer := range known {
			p.known[peer] = append(p.known[peer], span{first, last})
		}
	}
	return p, nil
}
