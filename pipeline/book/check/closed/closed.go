// Package closed holds the closings of a book against each other. Start with [Check].
package closed

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/closing"
)

// Check holds the decisions to issue months against each other: a month is over when its documents are dated, and dates do
// not decrease from month to month.
func Check(r *parse.Reader, list *parse.List[closing.Closing], begins schemas.Period) {
	type decision struct {
		period schemas.Period
		issued schemas.Date
	}
	seen := map[decision]parse.Spot{}
	first := map[schemas.Period]schemas.Date{}
	for i, x := range list.Items {
		at := list.Spots[i]
		if x.Notes {
			continue // which says when notes are dated, and not when the month is closed
		}
		if x.Period == "" || x.Issued.IsZero() {
			continue // which has been complained of
		}
		if _, last := x.Period.Days(); x.Issued.Before(last) {
			r.Complain(at.Field("issued"), "write its last day or a later one", "documents of %s cannot be dated %s, for the month goes on to %s", x.Period, x.Issued, last)
		}
		if x.Period < begins {
			r.Complain(at.Field("period"), "remove the row, or correct its month", "%s is before the first period %s", x.Period, begins)
		}
		key := decision{x.Period, x.Issued}
		if before, twice := seen[key]; twice {
			r.Complain(at, "remove one of them, or date it later", "%s is closed with this date at %s already", x.Period, before.Where())
			continue
		}
		seen[key] = at
		if have, ok := first[x.Period]; !ok || x.Issued.Before(have) {
			first[x.Period] = x.Issued
		}
	}
	for i, x := range list.Items {
		if have, closed := first[x.Period]; x.Notes && !x.Issued.IsZero() && (!closed || x.Issued.Before(have)) {
			r.Complain(list.Spots[i].Field("issued"), "close the month by a row of its own, dated no later", "notes of %s are dated before it is closed", x.Period)
		}
		for earlier, issued := range first {
			if later, is := first[x.Period]; is && !x.Notes && x.Issued == later && earlier < x.Period && later.Before(issued) {
				r.Complain(list.Spots[i].Field("issued"), "close months in order: date it no earlier", "%s is dated before an earlier month", x.Period)
				break
			}
		}
	}
}
