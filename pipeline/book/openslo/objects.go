package openslo

import (
	"maps"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas/service"
)

// Objects are the SLOs and SLIs of a book.
type Objects struct {
	r    *parse.Reader
	slos map[string]parse.Spot
	slis map[string]parse.Spot
}

// version is that of the objects which are read.
const version = "openslo/v1"

// New has no objects yet. It complains to r.
func New(r *parse.Reader) *Objects {
	return &Objects{r: r, slos: map[string]parse.Spot{}, slis: map[string]parse.Spot{}}
}

// Read takes the objects of a file, one a document.
func (o *Objects) Read(f *parse.File) {
	documents, ok := o.r.Documents(f)
	if !ok {
		return
	}
	for _, d := range documents {
		at := parse.Top(d)
		if !at.IsGroup() {
			o.r.Complain(at, "begin it with apiVersion: "+version, "the document is no object of OpenSLO")
			continue
		}
		if got, _ := at.Field("apiVersion").Says(); got != version {
			o.r.Complain(at.Field("apiVersion"), "write it in "+version, "objects of %s are read, and not of %q", version, parse.Clip(got))
			continue
		}
		switch kind, _ := at.Field("kind").Says(); kind {
		case "SLO":
			o.add(o.slos, kind, at)
		case "SLI":
			o.add(o.slis, kind, at)
		} // what alerts whom, and where metrics are stored, says nothing of how a promise is measured
	}
}

// SLOs yields the SLOs, by name, with where they stand.
func (o *Objects) SLOs(yield func(name string, at parse.Spot) bool) {
	for _, name := range slices.Sorted(maps.Keys(o.slos)) {
		if !yield(name, o.slos[name]) {
			return
		}
	}
}

func (o *Objects) add(to map[string]parse.Spot, kind string, at parse.Spot) {
	here := at.Field("metadata").Field("name")
	name, ok := here.Says()
	if !ok {
		o.r.Complain(here, "add metadata.name", "the %s has no name", kind)
		return
	}
	if other, twice := to[name]; twice {
		o.r.Complain(here, "give one of them another name", "there are two of kind %s with the name %s; the first is at %s", kind, parse.Clip(name), other.Where())
		return
	}
	to[name] = at
}

// Fill puts into the measure of an SLA, which stands at a spot, what follows from the SLO that it names. It leaves the method empty
// where it complained.
func (o *Objects) Fill(at parse.Spot, s *service.SLA) {
	name := s.Measure.OpenSLO
	if name == "" {
		return
	}
	m := at.Field("measure")
	for _, key := range []string{"method", "target", "window", "interval_seconds", "error_percent", "samples"} {
		if _, given := m.Field(key).Given(); given {
			o.r.Complain(m.Field(key), "remove it, or remove openslo", "it follows from the SLO %s", parse.Clip(name))
		}
	}
	s.Measure.Method = ""
	slo, ok := o.slos[name]
	if !ok {
		hint := parse.DidYouMean(name, slices.Sorted(maps.Keys(o.slos)), "add it to a file of slos/")
		if _, indicator := o.slis[name]; indicator {
			hint = "name an SLO whose indicatorRef it is: an SLI has no target, budgeting method or window"
		}
		o.r.Complain(m.Field("openslo"), hint, "there is no SLO %q", parse.Clip(name))
		return
	}
	x := reader{Objects: o, spec: slo.Field("spec"), zone: s.Zone, sla: s.ID, out: s.Measure}
	x.read()
	if _, given := m.Field("denominator").Given(); given && x.out.Method == service.MethodThreshold {
		x.refuse(m.Field("denominator"), "remove it, or remove openslo", "slices are of the month as it is in the calendar")
	}
	if !x.refused {
		s.Measure = x.out
	}
}
