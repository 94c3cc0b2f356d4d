// Package feeds says how complete the deliveries of sources are, month by month and day by day. It reads no data: what was expected and
// came, and how many rows there are of each day, comes to it.
//
// Start with Judge.
package feeds

import (
	"fmt"
	"strings"

	"daybook/schemas"
	"daybook/schemas/feed"
)

// Feed is what is known of a source in a period.
type Feed struct {
	Source schemas.SourceID
	// Expected is of the month and then, where names of objects tell days, of each day.
	Expected []feed.Expectation
	// Refused are the deliveries that were refused when they were read, and that no waiver covers. Where names tell days, theirs do.
	Refused []string
	// Rows are those of usage by day, nil of what is no usage.
	Rows []int64
}

// Judge returns how complete a source is: the month, and then its days to the last of which any source has data. A source that delivers
// evidence has days only where the names of its objects tell them.
func Judge(p schemas.Period, f *Feed, through schemas.Date) (out []feed.Row) {
	first, last := p.Days()
	month := feed.Row{Period: p, Source: f.Source, Expectation: &feed.Expectation{State: feed.Unasked}}
	days := map[string]*feed.Expectation{}
	for i := range f.Expected {
		if x := &f.Expected[i]; x.Day == "" {
			month.Expectation = x
		} else {
			days[x.Day] = x
		}
	}
	refuse(&month, f.Refused)
	reaches := -1
	if f.Rows != nil {
		var all int64
		for i, n := range f.Rows {
			if all += n; n > 0 {
				reaches = i
			}
		}
		fresh := !first.AddDays(reaches).Before(through)
		month.Rows, month.Fresh = &all, &fresh
	}
	out = append(out, month)
	for i, day := 0, first; !day.After(last) && (len(days) > 0 || f.Rows != nil && !day.After(through)); i, day = i+1, day.AddDays(1) {
		r := feed.Row{Period: p, Source: f.Source, Day: day, State: feed.Unasked}
		if x := days[day.String()]; x != nil {
			r.Expectation = x
			refuse(&r, f.Refused)
		}
		if f.Rows != nil && !day.After(through) {
			n, fresh := f.Rows[i], i <= reaches
			r.Rows, r.Fresh = &n, &fresh
		}
		out = append(out, r)
	}
	return out
}

// refuse takes the state of what was expected, and counts what of it was refused when it was read.
func refuse(r *feed.Row, names []string) {
	x := *r.Expectation
	before := x.Refused
	for _, name := range names {
		if strings.Contains(name, x.Day) {
			x.Refused++
		}
	}
	if r.State = x.State; x.Refused > before && x.State.Whole() {
		r.State = feed.Refused
	}
	r.Expectation = &x
}

// A feed has stopped if it had rows on all of so many days or more, and none on so many that follow, to the last of which any source has data.
const (
	leastDays   = 10
	silenceDays = 3
)

// Stopped finds a source that had usage on each day of the period so far, ten of them or more, and none on the days that follow, three or
// more. Of which the deliveries are missing is found anyway.
func Stopped(rows []feed.Row) (out []schemas.Finding) {
	had, silent := 0, 0
	var last schemas.Date
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Day.IsZero() || r.Rows == nil:
		case *r.Rows == 0 && had > 0:
			silent++
		case *r.Rows > 0 && silent == 0:
			had, last = had+1, r.Day
		default:
			return nil // it has none at first, or comes and goes
		}
	}
	if had < leastDays || silent < silenceDays || !rows[0].State.Whole() {
		return nil
	}
	f := schemas.Finding{
		Code: schemas.CodeFeedStopped, Source: rows[0].Source, Value: last.String(),
		Message: fmt.Sprintf("there was usage on each of %d days to %s, and there is none on the %d days since", had, last, silent),
	}
	return []schemas.Finding{f.WithFix()}
}
