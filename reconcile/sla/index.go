package sla

import (
	"slices"

	"daybook/schemas/service"
)

// index is the evidence about what is judged, by the resource that it names: each resource has its own and what names none.
type index struct {
	by map[string]*service.Evidence
	// narrower counts what is about a part that the question does not name.
	narrower int
}

// indexOf sorts evidence by the resources that a question is about, or by none.
func indexOf(q *Question) *index {
	x := &index{by: map[string]*service.Evidence{}}
	e := &q.Evidence
	for i := range e.Incidents {
		if to := x.of(q, &e.Incidents[i].Place); to != nil {
			to.Incidents = append(to.Incidents, e.Incidents[i])
		}
	}
	for i := range e.Probes {
		if to := x.of(q, &e.Probes[i].Place); to != nil {
			to.Probes = append(to.Probes, e.Probes[i])
		}
	}
	for i := range e.Counters {
		if to := x.of(q, &e.Counters[i].Place); to != nil {
			to.Counters = append(to.Counters, e.Counters[i])
		}
	}
	for i := range e.Requests {
		if to := x.of(q, &e.Requests[i].Place); to != nil {
			to.Requests = append(to.Requests, e.Requests[i])
		}
	}
	for i := range e.Samples {
		if to := x.of(q, &e.Samples[i].Place); to != nil {
			to.Samples = append(to.Samples, e.Samples[i])
		}
	}
	for i := range e.Notices {
		if to := x.of(q, &e.Notices[i].Place); to != nil {
			to.Notices = append(to.Notices, e.Notices[i])
		}
	}
	return x
}

// of is where a piece of evidence goes; nil where it is about something else.
func (x *index) of(q *Question, p *service.Place) *service.Evidence {
	if p.Service != "" && p.Service != q.Service || p.Region != "" && q.Region != "" && p.Region != q.Region {
		return nil
	}
	if p.Region != "" && q.Region == "" || p.Resource != "" && len(q.Resources) == 0 {
		x.narrower++
		return nil
	}
	to := x.by[p.Resource]
	if to == nil {
		to = &service.Evidence{}
		x.by[p.Resource] = to
	}
	return to
}

// about is the evidence that speaks of a resource.
func (x *index) about(resource string) *service.Evidence {
	all, own := x.by[""], x.by[resource]
	switch {
	case resource == "" || own == nil:
		if all == nil {
			return &service.Evidence{}
		}
		return all
	case all == nil:
		return own
	}
	return &service.Evidence{
		Incidents: slices.Concat(all.Incidents, own.Incidents), Probes: slices.Concat(all.Probes, own.Probes),
		Counters: slices.Concat(all.Counters, own.Counters), Requests: slices.Concat(all.Requests, own.Requests),
		Samples: slices.Concat(all.Samples, own.Samples), Notices: slices.Concat(all.Notices, own.Notices),
	}
}
