package sla

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Judge says what became of a promise in a period: one result for each resource where each is judged by itself, else one. A
// resource that did not exist in the window has none, nor has a promise of which no version was in force.
//
// Downtime counts under the version in force on the day on which it begins. The error is a promise that cannot be judged, or
// one in another zone than the question's.
func Judge(q *Question) ([]service.SLAResult, error) {
	var out []service.SLAResult
	for i := range q.Versions {
		v := &q.Versions[i]
		if err := unusable(v); err != nil {
			return nil, err
		}
		if err := zoned(v, q.Zone); err != nil {
			return nil, err
		}
	}
	evidence := indexOf(q)
	for _, part := range q.parts() {
		result, ok, err := part.judge(evidence)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, result)
		}
	}
	return out, nil
}

// parts are the questions that have one answer each.
func (q *Question) parts() []Question {
	each := func(v service.SLA) bool {
		return v.Measure.Combine == "" || v.Measure.Combine == service.CombineEach
	}
	if len(q.Resources) == 0 || !slices.ContainsFunc(q.Versions, each) {
		return []Question{*q}
	}
	out := make([]Question, len(q.Resources))
	for i := range q.Resources {
		out[i] = *q
		out[i].Resources = q.Resources[i : i+1]
	}
	return out
}

// answer is what one version makes of the question.
type answer struct {
	result service.SLAResult
	doubts []string
	// lost says that downtime counts under it.
	lost  bool
	valid bool
}

// judge asks every version and takes the one under which there was downtime, or else the one in force at the window's end.
func (q *Question) judge(evidence *index) (service.SLAResult, bool, error) {
	var last *answer
	var lost []*answer
	for i := range q.Versions {
		v := &q.Versions[i]
		a, err := q.under(v, evidence)
		if err != nil {
			return service.SLAResult{}, false, err
		}
		switch {
		case !a.valid:
		case a.lost:
			lost = append(lost, a)
		case v == q.inForce(q.windowOf(v.Measure.Window).to-1):
			last = a
		}
	}
	switch {
	case len(lost) > 0:
		return merged(lost), true, nil
	case last != nil:
		return merged([]*answer{last}), true, nil
	}
	return service.SLAResult{}, false, nil
}

// merged is the one answer, or what lies between several.
func merged(list []*answer) service.SLAResult {
	slices.SortFunc(list, func(a, b *answer) int { return cmp.Compare(a.result.Version, b.result.Version) })
	out := list[0].result
	doubts := list[0].doubts
	var versions []string
	for _, a := range list {
		versions = append(versions, a.result.Version)
		out.Verified = out.Verified && a.result.Verified
		for _, text := range a.doubts {
			if !slices.Contains(doubts, text) {
				doubts = append(doubts, text)
			}
		}
		if a.result.Least.Credit.LessThan(out.Least.Credit) {
			out.Least = a.result.Least
		}
		if a.result.Most.Credit.GreaterThan(out.Most.Credit) {
			out.Most = a.result.Most
		}
		if a.result.Status == service.SLABreached {
			out.Status = service.SLABreached
		}
		for _, id := range a.result.Incidents {
			if !slices.Contains(out.Incidents, id) {
				out.Incidents = append(out.Incidents, id)
			}
		}
		out.NoticeBy, out.ClaimBy = earlier(out.NoticeBy, a.result.NoticeBy), earlier(out.ClaimBy, a.result.ClaimBy)
	}
	if len(list) > 1 {
		doubts = append(doubts, fmt.Sprintf("there was downtime under the versions %s, and no text says how a month with several is judged", strings.Join(versions, " and ")))
		out.Version = strings.Join(versions, ", ")
	}
	if len(doubts) > 0 {
		out.Status, out.Reviews = service.SLAReview, doubts
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// under answers by one version.
func (q *Question) under(v *service.SLA, evidence *index) (*answer, error) {
	least := &reader{q: q, evidence: evidence, sla: v, window: q.windowOf(v.Measure.Window)}
	most := &reader{q: q, evidence: evidence, sla: v, window: least.window, most: true}
	if n := evidence.narrower; n > 0 {
		least.doubt("%d pieces of evidence are of a region or a resource, and the question names none; judge each by itself", n)
	}
	f, g := least.measure()[0], most.measure()[0]
	a := &answer{valid: f.exists > 0, lost: g.lost.Sign() > 0}
	if !a.valid {
		return a, nil
	}
	resource := ""
	if len(q.Resources) == 1 {
		resource = q.Resources[0].ID
	}
	r := &a.result
	*r = service.SLAResult{
		Period: q.Period, SLA: v.ID, Version: v.Version, Verified: v.Verified, Peer: v.Peer, Place: q.place(resource), Method: v.Measure.Method,
		From: least.window.start(), To: span{from: least.window.to}.start(), Unit: f.unit, Status: service.SLAKept, Target: target(v),
		Coverage:  money.Ratio{Num: decimal(seconds(f.measured)), Den: decimal(seconds(f.exists))},
		Automatic: v.Automatic, FuturePayments: v.Credit.FuturePayments, Resale: cmp.Or(v.Resale, service.ResaleReseller),
		Family: v.Credit.Family, Stacking: cmp.Or(v.Credit.Stacking, service.StackLargest),
	}
	r.ID = schemas.JoinID(string(q.Period), string(v.ID), q.Service, q.Region, resource)
	r.Base, r.Currency = least.base(r.Place)
	if err := least.fill(&f, r, &r.Least); err != nil {
		return nil, err
	}
	if err := most.fill(&g, r, &r.Most); err != nil {
		return nil, err
	}
	if breached(r, &r.Most, &g) {
		r.Status = service.SLABreached
		most.deadlines(&g, r)
	}
	a.doubts = least.doubts
	for _, text := range most.doubts {
		if !slices.Contains(a.doubts, text) {
			a.doubts = append(a.doubts, text)
		}
	}
	return a, nil
}

// fill computes one reading of a result.
func (r *reader) fill(f *figure, result *service.SLAResult, to *service.SLAReading) (err error) {
	if f.whole.Sign() <= 0 {
		r.doubt("nothing was measured")
		return nil
	}
	*to, err = r.reading(f, result.Base, result.Currency)
	return err
}

// target is what is promised, in percent; nil where hours or incidents are judged one by one.
func target(v *service.SLA) *money.Decimal {
	switch {
	case v.Measure.Target != nil:
		return v.Measure.Target
	case v.Measure.Window == service.WindowOfHour || len(v.Credit.Ladder) == 0:
		return nil
	}
	return &v.Credit.Ladder[0].Below
}

// breached reports whether a reading falls short of the promise.
func breached(r *service.SLAResult, of *service.SLAReading, f *figure) bool {
	if of.Events > 0 || of.Credit.IsPositive() {
		return true
	}
	up, ok := f.uptime()
	return ok && r.Target != nil && up.Mul(up, big.NewRat(100, 1)).Cmp(r.Target.Rat()) < 0
}

// deadlines says which incidents count, and by when what they earn must be claimed.
func (r *reader) deadlines(f *figure, result *service.SLAResult) {
	m := Moments{MonthEnd: result.To}
	if len(f.downs) > 0 {
		m.Incident = f.downs[0].start()
		_, end := schemas.PeriodOf(m.Incident, r.q.Zone).Bounds(r.q.Zone)
		m.CycleEnd = end
	}
	for _, part := range r.q.resources() {
		about := r.evidence.about(part.ID)
		for i := range about.Incidents {
			x := &about.Incidents[i]
			s, ok := r.incident(x)
			if !ok || len(f.downs.both(spans{s})) == 0 || slices.Contains(result.Incidents, x.ID) {
				continue
			}
			result.Incidents = append(result.Incidents, x.ID)
			if !x.Known.IsZero() {
				m.Awareness = earlier(m.Awareness, x.Known)
			}
		}
	}
	slices.Sort(result.Incidents)
	if r.sla.Automatic {
		return
	}
	for _, d := range []*service.SLADeadline{r.sla.Notice, r.sla.Claim} {
		if d != nil && d.From == service.FromAwareness && m.Awareness.IsZero() {
			r.doubt("no incident says when it was known, from which a deadline counts; until one does it counts from the first downtime")
			m.Awareness = m.Incident
		}
	}
	if d := r.sla.Notice; d != nil {
		result.NoticeBy = Deadline(d, &m, r.q.Zone, r.sla.Holidays)
	}
	if d := r.sla.Claim; d != nil {
		result.ClaimBy = Deadline(d, &m, r.q.Zone, r.sla.Holidays)
	}
}
