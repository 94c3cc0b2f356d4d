package sla

import (
	"cmp"
	"math/big"
	"slices"

	"daybook/schemas/service"
)

// figure is what was lost of how much, exact: seconds, intervals or requests.
type figure struct {
	unit               string
	reported, excluded *big.Rat
	lost, whole        *big.Rat
	// downs are the stretches that were lost, and base the time that they are a part of; none where requests are counted.
	downs, base spans
	// measured is how many microseconds of exists were looked at.
	measured, exists int64
}

// The units of figures.
const (
	unitSeconds   = "seconds"
	unitIntervals = "intervals"
	unitRequests  = "requests"
	unitShare     = "share"
)

// uptime is the part that was not lost; false where there is no whole to lose from.
func (f *figure) uptime() (*big.Rat, bool) {
	if f.whole.Sign() <= 0 {
		return nil, false
	}
	up := new(big.Rat).Sub(f.whole, f.lost)
	return up.Quo(up, f.whole), true
}

// seconds is a length in microseconds as a number of seconds.
func seconds(micros int64) *big.Rat { return big.NewRat(micros, second) }

// measure is one figure for each of what is judged by itself.
func (r *reader) measure() []figure {
	resources := r.q.resources()
	m := &r.sla.Measure
	if m.Combine == service.CombineAllDown {
		return []figure{r.allDown(resources)}
	}
	each := make([]figure, len(resources))
	for i := range resources {
		x := &resources[i]
		switch m.Method {
		case service.MethodErrorRates:
			each[i] = r.errorRates(x)
		case service.MethodRequests:
			each[i] = r.share(x)
		default:
			d := r.downtime(x)
			each[i] = r.time(&d)
		}
	}
	if m.Combine == service.CombinePooled {
		return []figure{pooled(each)}
	}
	if m.Combine == service.CombineSerial {
		return []figure{serial(each)}
	}
	return each
}

// time is the figure of a downtime.
func (r *reader) time(d *downtime) figure {
	m := &r.sla.Measure
	base := r.denominator(d)
	within := d.exists.both(base)
	downs := d.counts.both(within)
	reported := d.reported.both(d.exists)
	f := figure{
		unit: unitSeconds, reported: seconds(reported.length()), excluded: seconds(reported.minus(d.counts).length()),
		lost: seconds(downs.whole(m.WholeSeconds * second)), whole: seconds(r.wholeOf(base)),
		downs: downs, base: base, measured: d.measured.length(), exists: d.exists.length(),
	}
	if m.Method == service.MethodAffected {
		f.lost = r.weigh(d.place, downs)
	}
	if f.lost.Cmp(f.whole) > 0 { // a month of 31 days that counts as 30
		f.lost = f.whole
	}
	return f
}

// denominator is the time that counts as the whole of a resource.
func (r *reader) denominator(d *downtime) spans {
	whole := spans{r.window}
	base := whole
	if len(whole.minus(d.exists)) > 0 {
		switch p := r.sla.Measure.PartialMonth; {
		case p == service.PartialExisted, p == "" && r.most:
			base = d.exists
		}
		if r.sla.Measure.PartialMonth == "" {
			r.doubt("%s existed in a part of the window, and the SLA does not say how the rest counts; set measure.partial_month", cmp.Or(d.place.Resource, "the service"))
		}
	}
	return base.minus(d.away)
}

// wholeOf is how long a base counts as.
func (r *reader) wholeOf(base spans) int64 {
	length, calendar := base.length(), r.window.to-r.window.from
	fixed := length + 30*24*hour - calendar
	switch m := &r.sla.Measure; {
	case m.Denominator == service.DenominatorCalendar, m.Window == service.WindowOfThirtyDays, m.Window == service.WindowOfYear:
		return length
	case m.Denominator == service.DenominatorThirtyDays:
		return fixed
	}
	r.doubt("the SLA does not say how long a month is; set measure.denominator")
	if r.most {
		return min(length, fixed)
	}
	return max(length, fixed)
}

// allDown is the figure of replicas of which one is enough: lost is the time in which all that exist are down.
func (r *reader) allDown(resources []Resource) figure {
	whole := spans{r.window}
	var all downtime
	all.reported, all.counts = whole, whole
	var never spans // when no replica exists
	never = whole
	for i := range resources {
		d := r.downtime(&resources[i])
		absent := whole.minus(d.exists)
		all.exists = union(all.exists, d.exists)
		all.measured = union(all.measured, d.measured)
		never = never.both(absent)
		all.reported = all.reported.both(union(d.reported, absent))
		all.counts = all.counts.both(union(d.counts, absent))
		if i == 0 {
			all.away = d.away
		}
		all.away = all.away.both(d.away)
	}
	all.reported = all.reported.minus(never)
	all.counts = all.counts.minus(never).atLeast(r.sla.Measure.MinimumSeconds * second)
	all.place = r.q.place("")
	return r.time(&all)
}

// weigh is downtime with each moment weighed by the affected share; of several incidents the greatest share counts.
func (r *reader) weigh(p service.Place, downs spans) *big.Rat {
	type part struct {
		when  span
		share *big.Rat
	}
	var parts []part
	about := r.evidence.about(p.Resource)
	for i := range about.Incidents {
		x := &about.Incidents[i]
		when, ok := r.incident(x)
		if !ok {
			continue
		}
		share := new(big.Rat)
		switch {
		case x.Share != nil:
			share = x.Share.Rat()
		default:
			r.doubt("incident %s does not say which share was affected; have that delivered", x.ID)
			if r.most {
				share.SetInt64(1)
			}
		}
		parts = append(parts, part{when, share})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return b.share.Cmp(a.share) })
	sum := new(big.Rat)
	for _, x := range parts {
		hit := downs.both(spans{x.when})
		sum.Add(sum, new(big.Rat).Mul(seconds(hit.length()), x.share))
		downs = downs.minus(hit)
	}
	return sum
}

// errorRates is the mean of the intervals' rates of errors.
func (r *reader) errorRates(x *Resource) figure {
	p, exists := r.q.place(x.ID), x.exists(r.window)
	list := r.intervals(p, exists)
	d := downtime{place: p, exists: exists}
	for _, v := range list {
		if v.errors > 0 {
			d.reported = append(d.reported, v.span)
		}
	}
	d.reported = union(d.reported)
	excused, away := r.excused(p, d.reported)
	d.away = away
	base := r.denominator(&d)
	f := figure{unit: unitIntervals, reported: new(big.Rat), excluded: new(big.Rat), lost: new(big.Rat), whole: new(big.Rat), base: base, exists: exists.length()}
	rates, without := map[int64]int64{}, map[int64]int64{}
	var blind spans
	for _, v := range list {
		in := spans{v.span}
		switch {
		case len(in.both(base)) == 0: // did not exist, or was taken away
			continue
		case v.blind:
			blind = append(blind, v.span)
			continue
		case v.total == 0 && r.sla.Measure.Idle == service.IdleExclude && len(in.both(exists)) > 0:
			continue
		}
		f.whole.Add(f.whole, big.NewRat(1, 1))
		if v.errors == 0 || !r.holds(v.from) {
			continue
		}
		if r.excusedWhole(v.span, excused) {
			without[v.total] += v.errors
			continue
		}
		rates[v.total] += v.errors
		f.downs = append(f.downs, v.span)
	}
	f.lost, f.excluded = sumOfRates(rates), sumOfRates(without)
	f.reported.Add(f.lost, f.excluded)
	f.measured = f.exists - union(blind).both(exists).length()
	f.downs = union(f.downs)
	if n := big.NewRat(int64(len(blind)), 1); len(blind) > 0 {
		switch r.unmeasured(union(blind)) {
		case service.UnmeasuredDown:
			f.lost.Add(f.lost, n)
			f.whole.Add(f.whole, n)
			f.downs = union(f.downs, blind)
		case service.UnmeasuredUp:
			f.whole.Add(f.whole, n)
		case service.UnmeasuredExclude:
		}
	}
	return f
}

// excusedWhole reports whether a notice excuses what failed in a stretch of which it is not known when in it.
func (r *reader) excusedWhole(s span, excused spans) bool {
	in := spans{s}
	part := in.both(excused).length()
	if part > 0 && part < s.to-s.from {
		r.doubt("requests failed in an interval that a notice covers in part, at %s; count them in shorter intervals", at(s.from))
		return !r.most
	}
	return part > 0
}

// share is the part of requests, or objects, that failed.
func (r *reader) share(x *Resource) figure {
	p, exists := r.q.place(x.ID), x.exists(r.window)
	counts := r.counts(p)
	var seen, failed []span
	for _, c := range counts {
		seen = append(seen, c.span)
		if c.errors > 0 {
			failed = append(failed, c.span)
		}
	}
	excused, away := r.excused(p, union(failed))
	f := figure{unit: unitRequests, reported: new(big.Rat), excluded: new(big.Rat), lost: new(big.Rat), whole: new(big.Rat), exists: exists.length()}
	var total, lost, without int64
	for _, c := range counts {
		if c.to > r.window.to || c.to <= r.window.from || !r.holds(c.to-1) {
			continue
		}
		if c.errors > 0 && r.excusedWhole(c.span, union(excused)) {
			without += c.errors
			if len(spans{c.span}.both(away)) == 0 {
				total += c.total
			}
			continue
		}
		total += c.total
		if c.errors > 0 {
			lost += c.errors
			f.downs = append(f.downs, c.span)
		}
	}
	f.downs = union(f.downs)
	f.lost.SetInt64(lost)
	f.whole.SetInt64(total)
	f.excluded.SetInt64(without)
	f.reported.SetInt64(lost + without)
	blind := exists.minus(union(seen))
	f.measured = f.exists - blind.length()
	if len(blind) > 0 && r.sla.Measure.Unmeasured != service.UnmeasuredExclude {
		r.doubt("requests of %d seconds were not counted, and the SLA does not say that these do not matter; set measure.unmeasured to exclude", blind.length()/second)
	}
	return f
}

// pooled adds up what is lost and what is whole.
func pooled(each []figure) figure {
	f := figure{reported: new(big.Rat), excluded: new(big.Rat), lost: new(big.Rat), whole: new(big.Rat)}
	for i := range each {
		x := &each[i]
		f.add(x)
		f.lost.Add(f.lost, x.lost)
		f.whole.Add(f.whole, x.whole)
	}
	return f
}

// add takes over what does not depend on how figures are combined.
func (f *figure) add(x *figure) {
	f.unit = x.unit
	f.reported.Add(f.reported, x.reported)
	f.excluded.Add(f.excluded, x.excluded)
	f.downs, f.base = union(f.downs, x.downs), union(f.base, x.base)
	f.measured += x.measured
	f.exists += x.exists
}

// serial multiplies the ratios: lost is what is missing to 1.
func serial(each []figure) figure {
	f := figure{reported: new(big.Rat), excluded: new(big.Rat), lost: new(big.Rat), whole: big.NewRat(1, 1)}
	up := big.NewRat(1, 1)
	for i := range each {
		x := &each[i]
		f.add(x)
		if u, ok := x.uptime(); ok {
			up.Mul(up, u)
		}
	}
	f.unit = unitShare
	f.lost.Sub(f.whole, up)
	return f
}
