package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// Undated reports whether a source says nothing of the month that an object is filed under, by the path of its manifest or, where
// it has none, by its pattern.
func Undated(src *schemas.Source) bool {
	for _, t := range token.FindAllString(path.Join(src.Prefix, filing(src)), -1) {
		if _, ok := dated[t]; ok {
			return false
		}
	}
	return true
}

// filing is the path that says under which month something is filed.
func filing(src *schemas.Source) string {
	switch {
	case src.Manifest == "":
		return src.Pattern
	case strings.Contains(src.Manifest, "/"):
		return src.Manifest
	default:
		return path.Join(path.Dir(src.Pattern), src.Manifest)
	}
}

// dated are the place holders that tell of a month, with what they look like and how the text is turned into the month, where
// that takes no other.
var dated = map[string]struct {
	form  string
	month func(text string) (schemas.Period, error)
}{
	"{period}": {`(\d{4}-\d\d)`, schemas.ParsePeriod},
	"{day}":    {`(\d{4}-\d\d)-\d\d`, schemas.ParsePeriod},
	"{first}":  {`(\d{8})`, monthOfDay},
	"{last}":   {`(\d{8})`, monthOfDay},
	"{next}": {`(\d{8})`, func(text string) (schemas.Period, error) {
		p, err := monthOfDay(text)
		if err != nil {
			return "", err
		}
		return p.Previous(), nil
	}},
	"{year}":  {`(\d{4})`, nil},
	"{month}": {`(\d\d)`, nil},
}

// monthOfDay is the month of a day such as 20240901.
func monthOfDay(text string) (schemas.Period, error) {
	return schemas.ParsePeriod(text[:4] + "-" + text[4:6])
}

// Periods returns the months under which objects of a source are filed, in order; none where its pattern says nothing of
// months. What is not of the pattern, and what may not be read, is left to [Discover].
func Periods(ctx context.Context, landing store.Store, src *schemas.Source) ([]schemas.Period, error) {
	if Undated(src) {
		return nil, nil
	}
	text := path.Join(src.Prefix, filing(src))
	prefix, match, holders, err := anyMonth(text)
	if err != nil {
		return nil, err
	}
	found := map[schemas.Period]*pattern{}
	for info, err := range landing.List(ctx, prefix) {
		if _, denied := store.Denied(err); denied || errors.Is(err, store.ErrKey) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list source %s: %w", src.ID, err)
		}
		groups := match.FindStringSubmatch(info.Key)
		if groups == nil {
			continue
		}
		p, ok := monthIn(groups[1:], holders)
		if !ok {
			continue
		}
		of, known := found[p]
		if !known {
			if of, err = compilePattern(src.Prefix, filing(src), p); err != nil {
				return nil, err
			}
		}
		if _, is := of.find(info.Key); is {
			found[p] = of
		}
	}
	return slices.Sorted(maps.Keys(found)), ctx.Err()
}

// anyMonth is a pattern whatever the month: what keys begin with, and an expression with a group for each place holder that
// tells of one.
func anyMonth(text string) (prefix string, match *regexp.Regexp, holders []string, err error) {
	var expression strings.Builder
	literal := true
	for at := 0; at < len(text); {
		span := token.FindStringIndex(text[at:])
		if span == nil {
			span = []int{len(text) - at, len(text) - at}
		}
		plain := text[at : at+span[0]]
		expression.WriteString(regexp.QuoteMeta(plain))
		if literal {
			prefix += plain
		}
		t := text[at+span[0] : at+span[1]]
		at += span[1]
		if t == "" {
			break
		}
		literal = false
		if d, ok := dated[t]; ok {
			form := d.form
			if t == "{month}" && hive(text[:at-len(t)]) {
				form = `(\d\d?)`
			}
			expression.WriteString(form)
			holders = append(holders, t)
			continue
		}
		expression.WriteString(cmp.Or(map[string]string{"**/": `(?:[^/]+/)*`, "**": `.*`, "*": `[^/]*`}[t], `[^/]+`))
	}
	match, err = regexp.Compile(`^` + expression.String() + `$`)
	return prefix, match, holders, err
}

// monthIn reads the month out of what place holders stand for.
func monthIn(groups, holders []string) (schemas.Period, bool) {
	var year, month string
	for i, h := range holders {
		if of := dated[h].month; of != nil {
			p, err := of(groups[i])
			return p, err == nil
		}
		if h == "{year}" {
			year = groups[i]
		} else {
			month = groups[i]
		}
	}
	if len(month) == 1 {
		month = "0" + month
	}
	p, err := schemas.ParsePeriod(year + "-" + month)
	return p, err == nil
}
