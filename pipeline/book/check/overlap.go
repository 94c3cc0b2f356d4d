package check

import (
	"cmp"
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// claimedTwice complains of two prices of one meter that are in force on one day and whose filters both let some row
// through, so that only their order would say which of them prices it. Prices of equal filters are atOnce's to find.
func (c *checker) claimedTwice(list parse.Spot, prices []schemas.Price) {
	for i := range prices {
		for j := range i {
			p, q := &prices[i], &prices[j]
			if p.Meter == "" || p.Meter != q.Meter || p.Phase != q.Phase || SameThing(p) == SameThing(q) {
				continue
			}
			day, both := Overlap(p.Validity, q.Validity)
			if row, shared := commonRow(p.Filters, q.Filters); both && shared {
				c.Complain(list.At(i), "narrow the filters of one of them", "this price and the one at line %d both claim %s of meter %s, from %s",
					list.At(j).Line(), row, p.Meter, beginning(day))
			}
		}
	}
}

// commonRow looks for a row that two lists of filters both let through, and describes it. Conditions on different columns
// do not depend on each other, so each column is looked at alone: by the values that its conditions name, a longer text
// than each, one that none names, and none at all.
func commonRow(a, b []schemas.Filter) (string, bool) {
	byColumn := map[string][]schemas.Filter{}
	var columns []string
	for _, f := range append(slices.Clone(a), b...) {
		if byColumn[f.Column] == nil {
			columns = append(columns, f.Column)
		}
		byColumn[f.Column] = append(byColumn[f.Column], f)
	}
	slices.Sort(columns)
	var row []string
	for _, column := range columns {
		var named, longer []string
		for _, f := range byColumn[column] {
			for _, v := range f.Values {
				named, longer = append(named, v), append(longer, v+"…")
			}
		}
		candidates := append(append(append(named, "…"), longer...), "")
		i := slices.IndexFunc(candidates, func(value string) bool {
			return !slices.ContainsFunc(byColumn[column], func(f schemas.Filter) bool { return !f.Holds(value) })
		})
		if i < 0 {
			return "", false
		}
		row = append(row, column+"="+parse.Clip(cmp.Or(candidates[i], "nothing")))
	}
	return "rows of " + strings.Join(row, ", "), true
}

// dated is an entry that is in force for a time, as the check of overlaps sees it.
type dated struct {
	key      string
	validity schemas.Validity
	at       parse.Spot
}

// replacedBy is the suggestion for two entries of which neither replaces the other.
const replacedBy = "end one of them with to:, on the first day of the other, or say by known_since which replaces the other"

// atOnce complains of entries for the same thing that are in force on one day and known since the same: nothing says
// which of them counts.
func (c *checker) atOnce(list []dated, what func(key string) string) {
	c.atOnceBut(list, replacedBy, what)
}

// atOnceBut is atOnce with a suggestion of its own.
func (c *checker) atOnceBut(list []dated, hint string, what func(key string) string) {
	slices.SortStableFunc(list, func(a, b dated) int { return cmp.Compare(a.key, b.key) })
	for i := range list {
		for j := i - 1; j >= 0 && list[j].key == list[i].key; j-- {
			day, both := Overlap(list[i].validity, list[j].validity)
			if !both || list[i].validity.KnownSince != list[j].validity.KnownSince {
				continue
			}
			other := list[j].at
			c.Complain(list[i].at, hint, "this %s and the one at %s are both in force from %s",
				what(list[i].key), other.Where(), beginning(day))
		}
	}
}

// beginning is a day, or words for none.
func beginning(d schemas.Date) string {
	if d.IsZero() {
		return "the beginning"
	}
	return d.String()
}

// keyOf joins texts so that different lists of texts never look alike.
func keyOf(parts ...string) string { return strings.Join(parts, "\x00") }
