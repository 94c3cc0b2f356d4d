package sla

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"daybook/schemas"
	"daybook/schemas/service"
)

// count is how many requests there were in a stretch of time. A gap is a stretch in which nobody looked: its count is
// known, but not when in it.
type count struct {
	span
	total, errors int64
	gap           bool
}

// counts are what was counted of a place, by the end of each stretch. An increase counts when it is read.
func (r *reader) counts(p service.Place) []count {
	var out []count
	about := r.evidence.about(p.Resource)
	if good := r.sla.Measure.Samples; good != nil {
		return r.inside(samples(about.Samples, good))
	}
	for i := range about.Requests {
		x := &about.Requests[i]
		out = append(out, r.sound(count{span: spanOf(x.Start, x.End), total: x.Total, errors: x.Errors}))
	}
	bySeries := map[string][]*service.CounterReading{}
	for i := range about.Counters {
		x := &about.Counters[i]
		key := schemas.JoinID(x.Service, x.Region, x.Resource, x.Series)
		bySeries[key] = append(bySeries[key], x)
	}
	for _, key := range slices.Sorted(maps.Keys(bySeries)) {
		out = r.increases(out, bySeries[key])
	}
	return r.inside(out)
}

// samples are those of a metric as counts, each of one.
func samples(of []service.Sample, good *service.SLASamples) (out []count) {
	for i := range of {
		x := &of[i]
		if x.Metric != good.Metric {
			continue
		}
		from := x.At.UnixMicro()
		c := count{span: span{from, from + x.Seconds*second}, total: 1}
		if !good.Good(x.Value) {
			c.errors = 1
		}
		out = append(out, c)
	}
	return out
}

// inside are the counts that have a part in the window, in order.
func (r *reader) inside(out []count) []count {
	longest := cmp.Or(r.sla.Measure.GapSeconds, r.sla.Measure.IntervalSeconds) * second
	kept := out[:0]
	for _, c := range out {
		if c.from < c.to && c.to > r.window.from && c.from < r.window.to {
			c.gap = longest > 0 && c.to-c.from > longest
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from), cmp.Compare(a.total, b.total), cmp.Compare(a.errors, b.errors))
	})
	return kept
}

// increases appends what the counters of one series grew by from reading to reading. One that fell was restarted, and has
// grown from 0.
func (r *reader) increases(to []count, series []*service.CounterReading) []count {
	slices.SortStableFunc(series, func(a, b *service.CounterReading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Total, b.Total), cmp.Compare(a.Errors, b.Errors))
	})
	for i := 1; i < len(series); i++ {
		a, b := series[i-1], series[i]
		c := count{span: spanOf(a.At, b.At), total: b.Total - a.Total, errors: b.Errors - a.Errors}
		inside := c.to > r.window.from && c.from < r.window.to
		switch {
		case c.from == c.to:
			if inside && (c.total != 0 || c.errors != 0) {
				r.doubt("series %q reads %d and %d requests at one moment, %s; deliver one reading", a.Series, a.Total, b.Total, at(c.from))
			}
			continue
		case b.Total < a.Total:
			c.total, c.errors = b.Total, b.Errors
		case b.Errors < a.Errors:
			if inside {
				r.doubt("series %q lost errors without a restart, at %s; look at the counter", a.Series, at(c.to))
			}
			c.errors = 0
			if r.most {
				c.errors = min(b.Errors, c.total)
			}
		}
		to = append(to, r.sound(c))
	}
	return to
}

// sound is a count with no more errors than requests.
func (r *reader) sound(c count) count {
	if c.total < 0 || c.errors < 0 || c.errors > c.total {
		if c.to > r.window.from && c.from < r.window.to {
			r.doubt("%d errors of %d requests were counted up to %s; look at the counters", c.errors, c.total, at(c.to))
		}
		c.total = max(c.total, 0)
		c.errors = min(max(c.errors, 0), c.total)
	}
	return c
}

func at(moment int64) string { return span{from: moment}.start().Format("2006-01-02T15:04:05Z07:00") }

// interval is what was counted in one interval of the window.
type interval struct {
	span
	total, errors int64
	blind         bool
}

// intervals divides the window, and puts each count where its stretch ends. The last one is as long as what is left. An
// interval is blind where not all of it that existed was looked at.
func (r *reader) intervals(p service.Place, exists spans) []interval {
	length := r.sla.Measure.IntervalSeconds * second
	var out []interval
	for from := r.window.from; from < r.window.to; from += length {
		out = append(out, interval{span: span{from, min(from+length, r.window.to)}})
	}
	var seen, gaps []span
	for _, c := range r.counts(p) {
		if c.gap {
			gaps = append(gaps, c.span)
			continue
		}
		seen = append(seen, c.span)
		if c.to > r.window.to {
			continue
		}
		x := &out[(c.to-1-r.window.from)/length]
		x.total += c.total
		x.errors += c.errors
	}
	for _, s := range exists.minus(union(seen).minus(union(gaps))) {
		for i := (s.from - r.window.from) / length; i < int64(len(out)) && out[i].from < s.to; i++ {
			out[i].blind = true
		}
	}
	return out
}

// overThreshold is when more requests failed than the SLA bears, and when that is not known.
func (r *reader) overThreshold(p service.Place, exists spans) (down, blind spans) {
	limit := new(big.Rat)
	if e := r.sla.Measure.ErrorPercent; e != nil {
		limit = e.Rat()
	}
	var bad, unseen []span
	for _, x := range r.intervals(p, exists) {
		if x.blind {
			unseen = append(unseen, x.span)
			continue
		}
		if x.total == 0 {
			if r.sla.Measure.Idle == service.IdleExclude {
				unseen = append(unseen, x.span)
			}
			continue
		}
		rate := big.NewRat(x.errors, x.total)
		if rate.Mul(rate, big.NewRat(100, 1)).Cmp(limit) > 0 {
			bad = append(bad, x.span)
		}
	}
	return union(bad), union(unseen).both(exists)
}

// sumOfRates adds up errors ÷ requests exactly; errors are by requests. The sum of thousands of fractions has thousands of
// digits, so they are added by pairs of like length, and reduced once.
func sumOfRates(errors map[int64]int64) *big.Rat {
	type fraction struct{ num, den *big.Int }
	list := make([]fraction, 0, len(errors))
	for total, n := range errors {
		if n != 0 {
			list = append(list, fraction{big.NewInt(n), big.NewInt(total)})
		}
	}
	if len(list) == 0 {
		return new(big.Rat)
	}
	for len(list) > 1 {
		half := list[:0]
		for i := 0; i+1 < len(list); i += 2 {
			a, b := list[i], list[i+1]
			num := new(big.Int).Mul(a.num, b.den)
			num.Add(num, new(big.Int).Mul(b.num, a.den))
			half = append(half, fraction{num, new(big.Int).Mul(a.den, b.den)})
		}
		if len(list)%2 > 0 {
			half = append(half, list[len(list)-1])
		}
		list = half
	}
	return new(big.Rat).SetFrac(list[0].num, list[0].den)
}
