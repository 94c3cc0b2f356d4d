package feeds

import (
	"fmt"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// mostDays is how many days that are not complete the page lists.
const mostDays = 300

// Draw draws the completeness of each feed in a period beside the twelve months before, and the days of the period that are not complete.
func Draw(p *markup.Page, period schemas.Period, rows []feed.Row) {
	months, now := monthsOf(rows), []*feed.Row{}
	for i := range rows {
		if r := &rows[i]; r.Period == period && r.Day.IsZero() {
			now = append(now, r)
		}
	}
	p.Sub("completeness", "Completeness", markup.Files("completeness.csv"))
	p.Table("What was expected of each feed in "+period.Name()+", and what came. Of the months, the newest last, + is complete, ! is not, and . is one without a run that says so.",
		"Feed", "State?", "Objects#", "expected#", "Late#", "Refused#", "Gaps#", "Rows#", "Days without data#", markup.Plural(int64(len(months)), "month"), "complete#")
	for _, r := range now {
		p.Row("")
		p.Head(string(r.Source))
		class := "good"
		if !r.State.Whole() {
			class = "bad"
		}
		p.Element("td", class, words(r.State))
		x := r.Expectation
		if x == nil {
			x = &feed.Expectation{}
		}
		want := ""
		if x.Want > 0 {
			want = markup.Count(int64(x.Want))
		}
		p.Number(markup.Count(int64(x.Came)))
		p.Number(want)
		p.Number(markup.Count(int64(x.Late)))
		p.Number(markup.Count(int64(x.Refused)))
		p.Number(gaps(x))
		if r.Rows == nil {
			p.Number("")
			p.Number("")
		} else {
			p.Number(markup.Count(*r.Rows))
			p.Number(markup.Count(daysWithout(rows, period, r.Source)))
		}
		strip, whole := course(rows, months, r.Source)
		p.Element("td", "strip", strip)
		p.Number(whole)
		p.RowEnd()
	}
	p.TableEnd()
	lacking(p, period, rows)
}

// words is a state for people.
func words(s feed.State) string { return strings.ReplaceAll(string(s), "_", " ") }

func gaps(x *feed.Expectation) string {
	s := markup.Count(x.Gaps)
	if x.FirstGap != "" {
		s += " (" + x.FirstGap + ")"
	}
	return s
}

// monthsOf are those of which there is anything, and the ones between, oldest first.
func monthsOf(rows []feed.Row) (out []schemas.Period) {
	if len(rows) == 0 {
		return nil
	}
	for m := rows[0].Period; m <= rows[len(rows)-1].Period; m = m.Next() {
		out = append(out, m)
	}
	return out
}

// course shows how complete a feed was month by month.
func course(rows []feed.Row, months []schemas.Period, source schemas.SourceID) (strip, whole string) {
	states := map[schemas.Period]feed.State{}
	for i := range rows {
		if r := &rows[i]; r.Source == source && r.Day.IsZero() {
			states[r.Period] = r.State
		}
	}
	n := 0
	for _, m := range months {
		switch s, known := states[m]; {
		case !known:
			strip += "."
		case s.Whole():
			strip += "+"
			n++
		default:
			strip += "!"
		}
	}
	return strip, fmt.Sprintf("%d of %d", n, len(states))
}

// daysWithout counts the days of a period of which a feed has no data.
func daysWithout(rows []feed.Row, period schemas.Period, source schemas.SourceID) (n int64) {
	for i := range rows {
		if r := &rows[i]; r.Period == period && r.Source == source && !r.Day.IsZero() && r.Rows != nil && *r.Rows == 0 {
			n++
		}
	}
	return n
}

// lacking lists the days of the period that are not complete, or to which something came late.
func lacking(p *markup.Page, period schemas.Period, rows []feed.Row) {
	var days []*feed.Row
	for i := range rows {
		r := &rows[i]
		if r.Period == period && !r.Day.IsZero() && r.Expectation != nil && (!r.State.Whole() || r.Late > 0) {
			days = append(days, r)
		}
	}
	if len(days) == 0 {
		return
	}
	p.Table("Days that are not complete, or to which something came late.", "Feed?", "Day", "State?", "Objects#", "expected#", "Late#", "Refused#", "Gaps#", "Rows#")
	shown := days[:min(len(days), mostDays)]
	for _, r := range shown {
		p.Row("")
		p.Head(string(r.Source))
		p.Cell(r.Day.String())
		p.Cell(words(r.State))
		p.Number(markup.Count(int64(r.Came)))
		p.Number(markup.Count(int64(r.Want)))
		p.Number(markup.Count(int64(r.Late)))
		p.Number(markup.Count(int64(r.Refused)))
		p.Number(gaps(r.Expectation))
		n := ""
		if r.Rows != nil {
			n = markup.Count(*r.Rows)
		}
		p.Number(n)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(days), "completeness.csv")
}
