package delivery

import (
	"fmt"
	"path"
	"time"

	"daybook/schemas"
)

// expect compares what is there with what should be.
func (s *search) expect() {
	e := s.src.Expect
	start, end := s.q.Period.Bounds(s.zone)
	switch e.Every {
	case schemas.EveryMonth:
		s.expectOne("", string(s.q.Period), end)
	case schemas.EveryDay:
		for day := start; day.Before(end); day = day.AddDate(0, 0, 1) {
			name := day.Format(time.DateOnly)
			s.expectOne(name, name, day.AddDate(0, 0, 1))
		}
	}
}

// expectOne looks for the deliveries of a month, or of a day if one is given, which ends at end.
func (s *search) expectOne(day, name string, end time.Time) {
	e := s.src.Expect
	due := end.Add(time.Duration(e.DueHours) * time.Hour)
	objects := 0
	for i := range s.out.Deliveries {
		d := &s.out.Deliveries[i]
		if day != "" && d.Day != day || d.Superseded && d.Repeats == "" {
			continue
		}
		objects += max(len(d.Objects), 1) // a manifest may say that there is nothing
		if e.DueHours > 0 && d.Arrived.After(due) {
			s.out.Findings = append(s.out.Findings, schemas.Finding{
				Code: schemas.CodeLateDelivery, Source: s.src.ID, Object: d.ID, Value: d.Arrived.UTC().Format(time.RFC3339),
				Message: fmt.Sprintf("the delivery for %s was due by %s", name, due.UTC().Format(time.RFC3339)),
			}.WithFix())
		}
	}
	want := max(e.Objects, 1)
	if objects >= want {
		return
	}
	s.out.Incomplete = true
	now := s.q.AsOf
	if now.IsZero() {
		now = s.q.Now
	}
	known := !now.IsZero() // or all is over
	if known && now.Before(end) {
		return // what it is expected for goes on, so nothing is amiss yet
	}
	f := schemas.Finding{
		Code: schemas.CodeMissingDelivery, Source: s.src.ID, Value: name,
		Message: fmt.Sprintf("for %s there %s %d %s of at least %d at %s", name, schemas.OneOrMany(objects, "is", "are"), objects, schemas.OneOrMany(objects, "object", "objects"), want, path.Join(s.src.Prefix, s.src.Pattern)),
	}
	if known && now.Before(due) {
		f.Severity = schemas.Warning
		f.Message += ", due by " + due.UTC().Format(time.RFC3339)
	}
	s.out.Findings = append(s.out.Findings, f.WithFix())
}
