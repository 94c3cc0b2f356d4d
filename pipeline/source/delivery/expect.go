package delivery

import (
	"fmt"
	"path"
	"time"

	"daybook/schemas"
	"daybook/schemas/feed"
)

// span is a month, or a day of it, and when it ends.
type span struct {
	day, name string
	end       time.Time
}

// expect compares what is there with what should be, for the month and, where names tell days, for each of these.
func (s *search) expect() {
	start, end := s.q.Period.Bounds(s.zone)
	whole := feed.Expectation{State: feed.Unasked}
	months := []span{{"", string(s.q.Period), end}}
	var days []span
	if s.objects.day > 0 || s.manifests != nil && s.manifests.day > 0 {
		for day := start; day.Before(end); day = day.AddDate(0, 0, 1) {
			name := day.Format(time.DateOnly)
			days = append(days, span{name, name, day.AddDate(0, 0, 1)})
		}
	}
	spans := months
	if s.src.Expect.Every == schemas.EveryDay {
		spans = days
	}
	gaps := s.gaps(days)
	if days == nil || s.src.Expect.Every != schemas.EveryDay {
		whole = s.expectOne(&months[0], &sequenceGap{}, s.src.Expect.Every == schemas.EveryMonth)
	}
	var each []feed.Expectation
	for i := range days {
		x := s.expectOne(&days[i], &gaps[i], s.src.Expect.Every == schemas.EveryDay)
		if s.src.Expect.Every == schemas.EveryDay {
			add(&whole, &x)
		}
		each = append(each, x)
	}
	for i := range gaps {
		at := &spans[0]
		if days != nil {
			at = &days[i]
		}
		whole.Gaps += gaps[i].missing
		if gaps[i].missing == 0 {
			continue
		}
		if whole.FirstGap == "" {
			whole.FirstGap = gaps[i].first
		}
		if whole.State.Whole() {
			whole.State = feed.Gap
		}
		s.gap(at, &gaps[i])
	}
	if s.out.Incomplete && whole.State.Whole() { // a listing that cannot be read, or a version that was put aside
		whole.State = feed.Refused
	}
	s.out.Expected = append([]feed.Expectation{whole}, each...)
}

// add adds a day up to its month, which is as complete as the worst of its days.
func add(whole, day *feed.Expectation) {
	whole.Want, whole.Came, whole.Late = whole.Want+day.Want, whole.Came+day.Came, whole.Late+day.Late
	whole.Unsettled, whole.Refused = whole.Unsettled+day.Unsettled, whole.Refused+day.Refused
	if worse[day.State] > worse[whole.State] {
		whole.State = day.State
	}
}

// worse orders states by how much they lack.
var worse = map[feed.State]int{
	feed.Unasked: 0, feed.Complete: 1, feed.Open: 2, feed.Unsettled: 3, feed.Due: 4, feed.Gap: 5, feed.Short: 6, feed.Missing: 7, feed.Refused: 8,
}

// now is when deliveries are looked for; zero where all is over.
func (s *search) now() time.Time {
	if s.q.AsOf.IsZero() {
		return s.q.Now
	}
	return s.q.AsOf
}

func (s *search) due(at *span) time.Time {
	return at.end.Add(time.Duration(s.src.Expect.DueHours) * time.Hour)
}

// expectOne looks for the deliveries of a month or a day, and finds what is late or, if they are expected, missing of them.
func (s *search) expectOne(at *span, gap *sequenceGap, expected bool) feed.Expectation {
	e := s.src.Expect
	x := feed.Expectation{Day: at.day, State: feed.Unasked, Gaps: gap.missing, FirstGap: gap.first}
	for i := range s.out.Deliveries {
		d := &s.out.Deliveries[i]
		if at.day != "" && d.Day != at.day || d.Superseded && d.Repeats == "" {
			continue
		}
		x.Came += max(len(d.Objects), 1) // a manifest may say that there is nothing
		if expected && e.DueHours > 0 && d.Arrived.After(s.due(at)) {
			x.Late++
			s.out.Findings = append(s.out.Findings, schemas.Finding{
				Code: schemas.CodeLateDelivery, Source: s.src.ID, Object: d.ID, Value: d.Arrived.UTC().Format(time.RFC3339),
				Message: fmt.Sprintf("the delivery for %s was due by %s", at.name, s.due(at).UTC().Format(time.RFC3339)),
			}.WithFix())
		}
	}
	changing := false
	for i := range s.candidates {
		c := &s.candidates[i]
		switch {
		case at.day != "" && c.Day != at.day || c.Superseded:
		case c.wrong != nil:
			x.Refused++
		case c.waiting || c.changing != "":
			x.Unsettled++
			changing = changing || c.changing != ""
		}
	}
	if expected {
		x.Want = max(e.Objects, 1)
		x.State = s.judge(at, &x)
	}
	if x.State.Whole() {
		switch {
		case x.Refused > 0:
			x.State = feed.Refused
		case gap.missing > 0:
			x.State = feed.Gap
		case changing: // what is merely not settled may come with the next night, and an older version counts
			x.State = feed.Unsettled
		}
	}
	return x
}

// judge says whether as much came as is expected, and finds what is missing once what it is expected for is over.
func (s *search) judge(at *span, x *feed.Expectation) feed.State {
	if x.Came >= x.Want {
		return feed.Complete
	}
	s.out.Incomplete = true
	now, due := s.now(), s.due(at)
	known := !now.IsZero() // or all is over
	if known && now.Before(at.end) {
		return feed.Open
	}
	f := schemas.Finding{
		Code: schemas.CodeMissingDelivery, Source: s.src.ID, Value: at.name,
		Message: fmt.Sprintf("for %s there %s %d %s of at least %d at %s", at.name, schemas.OneOrMany(x.Came, "is", "are"), x.Came, schemas.OneOrMany(x.Came, "object", "objects"), x.Want, path.Join(s.src.Prefix, s.src.Pattern)),
	}
	state := feed.Missing
	switch {
	case known && now.Before(due):
		f.Severity, state = schemas.Warning, feed.Due
		f.Message += ", due by " + due.UTC().Format(time.RFC3339)
	case x.Came > 0:
		state = feed.Short
	}
	s.out.Findings = append(s.out.Findings, f.WithFix())
	return state
}
