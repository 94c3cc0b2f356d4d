package sla

import (
	"slices"

	"daybook/schemas/service"
)

// downtime is what the evidence says of one resource, not yet bounded to the window: whether a stretch is long enough is told
// of all of it.
type downtime struct {
	place service.Place
	// exists is within the window.
	exists spans
	// reported is down; counts is what is left of it after exclusions, and no shorter than the minimum.
	reported, counts spans
	// away leaves the denominator; measured is what was looked at.
	away, measured spans
}

// downtime reads a resource's evidence.
func (r *reader) downtime(x *Resource) downtime {
	d := downtime{place: r.q.place(x.ID), exists: x.exists(r.window)}
	down, blind := r.reported(d.place, d.exists)
	d.measured = d.exists.minus(blind)
	if len(blind) > 0 {
		switch r.unmeasured(blind) {
		case service.UnmeasuredExclude:
			d.away = blind
		case service.UnmeasuredDown:
			down = union(down, blind)
		case service.UnmeasuredUp:
		}
	}
	d.reported = r.covered(down)
	excused, scheduled := r.excused(d.place, d.reported)
	d.away = union(d.away, scheduled)
	d.counts = d.reported.minus(excused).atLeast(r.sla.Measure.MinimumSeconds * second)
	return d
}

// covered are the stretches that begin while the version is in force.
func (r *reader) covered(down spans) (out spans) {
	for _, s := range down {
		if r.holds(s.from) {
			out = append(out, s)
		}
	}
	return out
}

// unmeasured is the policy for time without measurements.
func (r *reader) unmeasured(blind spans) service.SLAUnmeasured {
	if p := r.sla.Measure.Unmeasured; p != "" {
		return p
	}
	r.doubt("%d seconds were not measured, and the SLA does not say how they count; set measure.unmeasured", blind.length()/second)
	if r.most {
		return service.UnmeasuredDown
	}
	return service.UnmeasuredUp
}

// reported is when a resource was down, and when nothing was looking.
func (r *reader) reported(p service.Place, exists spans) (down, blind spans) {
	if r.sla.Measure.Method == service.MethodThreshold {
		return r.overThreshold(p, exists)
	}
	stated, incidents := r.incidents(p)
	found, measured, probes := r.probes(p)
	switch by := r.sla.Measure.Evidence; {
	case by == service.EvidenceIncidents, r.sla.Measure.Method == service.MethodAffected, by == "" && incidents > 0 && probes == 0:
		return stated, nil
	case by == service.EvidenceProbes, by == "" && probes > 0 && incidents == 0:
		return found, exists.minus(measured)
	case probes == 0:
		r.doubt("no evidence was delivered, and the SLA does not say that none means no incident; set measure.evidence")
		return nil, nil
	}
	saw := measured.both(exists)
	if both := stated.both(saw).minus(found).length() + found.both(saw).minus(stated).length(); both > 0 {
		r.doubt("incidents and probes differ for %d seconds, and the SLA does not say whose word counts; set measure.evidence", both/second)
	}
	if r.most {
		return union(stated, found), nil
	}
	return stated.minus(measured.minus(found)), nil
}

// incidents is what is stated of a place, and how many incidents state it.
func (r *reader) incidents(p service.Place) (spans, int) {
	var list []span
	n := 0
	about := r.evidence.about(p.Resource)
	for i := range about.Incidents {
		if s, ok := r.incident(&about.Incidents[i]); ok {
			list = append(list, s)
			n++
		}
	}
	return union(list), n
}

// incident is when one was, as far as it concerns the window.
func (r *reader) incident(x *service.Incident) (span, bool) {
	if x.Start.UnixMicro() >= r.window.to && (x.End.IsZero() || x.End.UnixMicro() >= r.window.to) {
		return span{}, false
	}
	s := spanOf(x.Start, x.End)
	switch {
	case x.End.IsZero():
		r.doubt("incident %s has no end; have its end delivered", x.ID)
		s.to = s.from
		if r.most {
			s.to = r.window.to
		}
	case s.to < s.from:
		r.doubt("incident %s ends before it begins; have it delivered anew", x.ID)
		s = span{s.to, s.to}
		if r.most {
			s = spanOf(x.End, x.Start)
		}
	case s.to <= r.window.from:
		return span{}, false
	}
	return s, true
}

// probes is what they found down of a place, what they looked at, and how many there are.
func (r *reader) probes(p service.Place) (down, measured spans, n int) {
	var bad, good []span
	about := r.evidence.about(p.Resource)
	for i := range about.Probes {
		x := &about.Probes[i]
		from := x.At.UnixMicro()
		s := span{from, from + x.Seconds*second}
		if s.to <= r.window.from || s.from >= r.window.to {
			continue
		}
		if n++; x.Up {
			good = append(good, s)
		} else {
			bad = append(bad, s)
		}
	}
	down, up := union(bad), union(good)
	if twice := down.both(up); len(twice) > 0 {
		r.doubt("probes contradict each other for %d seconds; deliver one prober's, or their verdict", twice.length()/second)
		if !r.most {
			down = down.minus(up)
		}
	}
	return down, union(bad, good), n
}

// excused is what notices take out of what is down, and what of the window they take away.
func (r *reader) excused(p service.Place, down spans) (excused, away spans) {
	var out, scheduled []span
	about := r.evidence.about(p.Resource)
	for i := range about.Notices {
		n := &about.Notices[i]
		s := spanOf(n.Start, n.End)
		if s.from >= r.window.to || !n.End.IsZero() && s.to <= r.window.from {
			continue
		}
		if n.End.IsZero() {
			s.to = r.window.to
		}
		rule, counts := r.exclusion(n, s, down)
		if counts {
			continue
		}
		out = append(out, s)
		if rule.Effect == service.EffectScheduled {
			scheduled = append(scheduled, s)
		}
	}
	return union(out), union(scheduled)
}

// exclusion says whether what a notice covers counts all the same. What the SLA or the notice leaves open is a doubt where
// there is downtime that hangs on it.
func (r *reader) exclusion(n *service.MaintenanceNotice, s span, down spans) (service.SLAExclusion, bool) {
	matters := len(down.both(spans{s})) > 0
	i := slices.IndexFunc(r.sla.Exclusions, func(x service.SLAExclusion) bool { return x.Kind == n.Kind })
	if i < 0 {
		if matters {
			r.doubt("notice %s is of %s, and the SLA does not say what becomes of that; add it to exclusions", n.ID, n.Kind)
		}
		return service.SLAExclusion{}, r.most
	}
	rule := r.sla.Exclusions[i]
	matters = matters || rule.Effect == service.EffectScheduled && len(down) > 0
	switch {
	case rule.Effect == service.EffectCounts:
		return rule, true
	case n.End.IsZero():
		if matters {
			r.doubt("notice %s has no end; have its end delivered", n.ID)
		}
		return rule, r.most
	case rule.NoticeHours > 0 && n.Announced.IsZero():
		if matters {
			r.doubt("notice %s does not say when it was announced, which the SLA wants %d hours before; have that delivered", n.ID, rule.NoticeHours)
		}
		return rule, r.most
	}
	return rule, rule.NoticeHours > 0 && n.Announced.UnixMicro()+rule.NoticeHours*hour > s.from
}
