package delivery

import (
	"fmt"
	"path"
	"slices"
	"time"

	"daybook/schemas"
)

// sequenceGap is what numbers are missing between the objects of a day, or of the month.
type sequenceGap struct {
	missing int64
	// first are the first that follow each other, as 17 or 17-19.
	first string
}

func (g *sequenceGap) lacks(from, to int64) {
	if to < from {
		return
	}
	if g.missing == 0 {
		g.first = fmt.Sprint(from)
		if to > from {
			g.first = fmt.Sprintf("%d-%d", from, to)
		}
	}
	g.missing += to - from + 1
}

// gaps are those of the sequence of all that came, refused or not: for each of the days or, of none, one for the month. Numbers go on from
// day to day, or begin again at 0 or 1 with each; which of the two it is shows where a day begins with no higher number than the day
// before ended with. What is missing after the last number, or before the first of a month that goes on from the month before, is not known.
func (s *search) gaps(days []span) []sequenceGap {
	out := make([]sequenceGap, max(len(days), 1))
	if s.objects.sequence == 0 {
		return out
	}
	numbers := make([][]int64, len(out))
	for i := range s.candidates {
		c := &s.candidates[i]
		at := 0
		if days != nil {
			if at = slices.IndexFunc(days, func(d span) bool { return d.day == c.Day }); at < 0 {
				continue
			}
		}
		for _, o := range c.Objects {
			if n, ok := s.objects.number(o.Key); ok {
				numbers[at] = append(numbers[at], n)
			}
		}
		if n, ok := s.objects.number(c.Repeats); ok && c.Repeats != "" {
			numbers[at] = append(numbers[at], n)
		}
		if n, ok := s.objects.number(c.ID); ok { // what repeats another's bytes has no objects left
			numbers[at] = append(numbers[at], n)
		}
	}
	last, begun, restarts := int64(0), false, false
	for i := range numbers {
		slices.Sort(numbers[i])
		if numbers[i] = slices.Compact(numbers[i]); len(numbers[i]) == 0 {
			continue
		}
		restarts = restarts || begun && numbers[i][0] <= last
		last, begun = numbers[i][len(numbers[i])-1], true
	}
	last, begun = 0, false
	for i, of := range numbers {
		for k, n := range of {
			switch {
			case k > 0 || begun && !restarts:
				out[i].lacks(last+1, n-1)
			case restarts:
				out[i].lacks(1, n-1)
			}
			last, begun = n, true
		}
	}
	return out
}

// gap finds numbers that are missing. While more may come in time it is a warning.
func (s *search) gap(at *span, g *sequenceGap) {
	s.out.Incomplete = true
	f := schemas.Finding{
		Code: schemas.CodeSequenceGap, Source: s.src.ID, Value: at.name,
		Message: fmt.Sprintf("for %s %d %s missing between those of the objects at %s, first %s", at.name, g.missing, schemas.OneOrMany(g.missing, "number is", "numbers are"), path.Join(s.src.Prefix, s.src.Pattern), g.first),
	}
	if now := s.now(); !now.IsZero() && now.Before(s.due(at)) {
		f.Severity = schemas.Warning
		f.Message += ", due by " + s.due(at).UTC().Format(time.RFC3339)
	}
	s.out.Findings = append(s.out.Findings, f.WithFix())
}
