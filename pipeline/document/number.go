package document

import (
	"bytes"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// minus is the sign of a number that people read; digits and it have one width in tables.
const minus = "\u2212"

// appendNumber appends a plain decimal text for people: thousands grouped by commas, a true minus sign, and at least the
// given number of decimal places. No digit is dropped.
func appendNumber(dst, text []byte, places int32) []byte {
	if len(text) > 0 && text[0] == '-' {
		dst = append(dst, minus...)
		text = text[1:]
	}
	whole, fraction, _ := bytes.Cut(text, []byte{'.'})
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, c)
	}
	if len(fraction) == 0 && places <= 0 {
		return dst
	}
	dst = append(dst, '.')
	dst = append(dst, fraction...)
	for i := len(fraction); i < int(places); i++ {
		dst = append(dst, '0')
	}
	return dst
}

// appendFixed appends a Fixed for people.
func appendFixed(dst []byte, f money.Fixed, places int32) []byte {
	var buf [48]byte
	return appendNumber(dst, f.AppendText(buf[:0]), places)
}

// appendPlain appends a Fixed for machines, with at least the given number of decimal places: 12.50.
func appendPlain(dst []byte, f money.Fixed, places int32) []byte {
	at := len(dst)
	dst = f.AppendText(dst)
	point := bytes.IndexByte(dst[at:], '.')
	have := 0
	switch {
	case point >= 0:
		have = len(dst) - at - point - 1
	case places > 0:
		dst = append(dst, '.')
	}
	for ; have < int(places); have++ {
		dst = append(dst, '0')
	}
	return dst
}

// appendDate appends YYYY-MM-DD, nothing for no day.
func appendDate(dst []byte, d schemas.Date) []byte {
	if d.IsZero() {
		return dst
	}
	year, month, day := d.Date()
	two := func(n int) { dst = append(dst, byte('0'+n/10%10), byte('0'+n%10)) }
	two(year / 100)
	two(year % 100)
	dst = append(dst, '-')
	two(int(month))
	dst = append(dst, '-')
	two(day)
	return dst
}

// appendDecimal appends a Decimal for people.
func appendDecimal(dst []byte, d money.Decimal, places int32) []byte {
	return appendNumber(dst, []byte(d.String()), places)
}

// appendSigned is appendDecimal with a plus sign before what is above zero.
func appendSigned(dst []byte, d money.Decimal, places int32) []byte {
	if d.IsPositive() {
		dst = append(dst, '+')
	}
	return appendDecimal(dst, d, places)
}

// plural counts things: 1 row, 2 rows, 2 deliveries.
func plural(n int64, thing string) string {
	s := string(appendFixed(nil, money.FixedFromInt(n), 0)) + " " + thing
	if n == 1 {
		return s
	}
	if stem, ok := strings.CutSuffix(s, "y"); ok && !strings.HasSuffix(thing, "day") {
		return stem + "ies"
	}
	return s + "s"
}

// sentence gives a phrase its capital and its full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; 'a' <= c && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	return s + "."
}

// shortRounded is an amount for a picture, rounded to what its size leaves worth reading: 12.34, 1,235 or 1.23M. The
// exact figure stands in the picture's table.
func shortRounded(d money.Decimal, places int32) string {
	size := d.Abs()
	for _, scale := range []struct {
		above  money.Decimal
		shift  int32
		suffix string
	}{
		{money.NewDecimal(1, 13), 12, "T"},
		{money.NewDecimal(1, 10), 9, "B"},
		{money.NewDecimal(1, 7), 6, "M"},
	} {
		if !size.LessThan(scale.above) {
			return string(appendDecimal(nil, money.RoundTo(d.Shift(-scale.shift), 2, money.HalfEven), 0)) + scale.suffix
		}
	}
	if !size.LessThan(money.NewDecimal(100, 0)) || size.IsZero() {
		places = 0
	}
	return string(appendDecimal(nil, money.RoundTo(d, places, money.HalfEven), places))
}
