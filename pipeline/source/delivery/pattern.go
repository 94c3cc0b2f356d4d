package delivery

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"daybook/schemas"
)

// pattern tells which keys are objects of a period.
type pattern struct {
	// prefix is what every such key begins with.
	prefix string
	match  *regexp.Regexp
	// version and day are the groups of those place holders in match, or 0.
	version, day, sequence int
	period                 schemas.Period
}

// holders are the place holders whose text follows from the period.
func holders(period schemas.Period) map[string]string {
	start, end := period.Bounds(time.UTC)
	const compact = "20060102"
	return map[string]string{
		"{period}": string(period), "{year}": start.Format("2006"), "{month}": start.Format("01"),
		"{first}": start.Format(compact), "{last}": end.AddDate(0, 0, -1).Format(compact), "{next}": end.Format(compact),
	}
}

// token finds the parts of a pattern that are not literal.
var token = regexp.MustCompile(`\*\*/|\*\*|\*|\{[a-z]*\}`)

// compilePattern prepares a pattern below folder for a period.
func compilePattern(folder, text string, period schemas.Period) (*pattern, error) {
	p := &pattern{period: period}
	known := holders(period)
	text = path.Join(folder, text)
	var expression strings.Builder
	literal := true // so far
	groups := 0
	put := func(s string) {
		expression.WriteString(regexp.QuoteMeta(s))
		if literal {
			p.prefix += s
		}
	}
	for at := 0; at < len(text); {
		span := token.FindStringIndex(text[at:])
		if span == nil {
			put(text[at:])
			break
		}
		put(text[at : at+span[0]])
		t := text[at+span[0] : at+span[1]]
		at += span[1]
		if value, ok := known[t]; ok {
			if t == "{month}" && hive(text[:at-len(t)]) {
				expression.WriteString("0?")
				value, literal = strings.TrimPrefix(value, "0"), false
			}
			put(value)
			continue
		}
		if t == "{day}" {
			put(string(period) + "-")
		}
		literal = false
		switch t {
		case "**/":
			expression.WriteString(`(?:[^/]+/)*`)
		case "**":
			expression.WriteString(`.*`)
		case "*":
			expression.WriteString(`[^/]*`)
		case "{day}", "{version}", "{sequence}":
			groups++
			place, group := &p.version, `([^/]+)`
			switch t {
			case "{day}":
				place, group = &p.day, `(\d\d)`
			case "{sequence}":
				place, group = &p.sequence, `(\d{1,18})`
			}
			if *place != 0 {
				return nil, fmt.Errorf("pattern %q holds %s twice", text, t)
			}
			*place = groups
			expression.WriteString(group)
		default:
			return nil, fmt.Errorf("pattern %q holds %s, which is no place holder", text, t)
		}
	}
	match, err := regexp.Compile(`^` + expression.String() + `$`)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	p.match = match
	return p, nil
}

// hive reports whether what follows a text is the value of a partition as Hive names it, which writes numbers without zeros.
func hive(before string) bool { return strings.HasSuffix(before, "=") }

// place is what a key says of itself: the day, as 2024-09-17, and version, each empty where the pattern has none.
type place struct{ day, version string }

// number is what a key says of its place in the sequence; false where it says nothing.
func (p *pattern) number(key string) (int64, bool) {
	if p.sequence == 0 {
		return 0, false
	}
	groups := p.match.FindStringSubmatch(key)
	if groups == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(groups[p.sequence], 10, 64)
	return n, err == nil
}

// find returns what a key says, and whether it is one of the pattern's. A day that the month does not have is none.
func (p *pattern) find(key string) (place, bool) {
	groups := p.match.FindStringSubmatch(key)
	if groups == nil {
		return place{}, false
	}
	var found place
	if p.version > 0 {
		found.version = groups[p.version]
	}
	if p.day > 0 {
		found.day = string(p.period) + "-" + groups[p.day]
		if _, err := schemas.ParseDate(found.day); err != nil {
			return place{}, false
		}
	}
	return found, true
}

// naturalCompare compares versions as text in which runs of digits count as numbers: v9 before v10. Equal numbers of unequal
// length compare as text, so that the order is total.
func naturalCompare(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m > 0 && n > 0 {
			p, q := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
			if len(p) != len(q) {
				return cmp.Compare(len(p), len(q))
			}
			if c := strings.Compare(p, q); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// digits returns how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
