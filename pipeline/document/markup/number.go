package markup

import (
	"bytes"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Minus is the sign of a number that people read; digits and it have one width in tables.
const Minus = "\u2212"

// AppendNumber appends a plain decimal text for people: thousands grouped by commas, a true minus sign, and at least the
// given number of decimal places. No digit is dropped.
func AppendNumber(dst, text []byte, places int32) []byte {
	if len(text) > 0 && text[0] == '-' {
		dst = append(dst, Minus...)
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

// AppendFixed appends a Fixed for people.
func AppendFixed(dst []byte, f money.Fixed, places int32) []byte {
	var buf [48]byte
	return AppendNumber(dst, f.AppendText(buf[:0]), places)
}

// AppendPlain appends a Fixed for machines, with at least the given number of decimal places: 12.50.
func AppendPlain(dst []byte, f money.Fixed, places int32) []byte {
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

// AppendDate appends YYYY-MM-DD, nothing for no day.
func AppendDate(dst []byte, d schemas.Date) []byte {
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

// AppendDecimal appends a Decimal for people.
func AppendDecimal(dst []byte, d money.Decimal, places int32) []byte {
	return AppendNumber(dst, []byte(d.String()), places)
}

// AppendSigned is AppendDecimal with a plus sign before what is above zero.
func AppendSigned(dst []byte, d money.Decimal, places int32) []byte {
	if d.IsPositive() {
		dst = append(dst, '+')
	}
	return AppendDecimal(dst, d, places)
}

// Plural counts things: 1 row, 2 rows, 2 deliveries.
func Plural(n int64, thing string) string {
	s := string(AppendFixed(nil, money.FixedFromInt(n), 0)) + " " + thing
	if n == 1 {
		return s
	}
	if stem, ok := strings.CutSuffix(s, "y"); ok && !strings.HasSuffix(thing, "day") {
		return stem + "ies"
	}
	return s + "s"
}

// Sentence gives a phrase its capital and its full stop.
func Sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; 'a' <= c && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	return s + "."
}

// ShortRounded is an amount for a picture, rounded to what its size leaves worth reading: 12.34, 1,235 or 1.23M. The
// exact figure stands in the picture's table.
func ShortRounded(d money.Decimal, places int32) string {
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
			return string(AppendDecimal(nil, money.RoundTo(d.Shift(-scale.shift), 2, money.HalfEven), 0)) + scale.suffix
		}
	}
	if !size.LessThan(money.NewDecimal(100, 0)) || size.IsZero() {
		places = 0
	}
	return string(AppendDecimal(nil, money.RoundTo(d, places, money.HalfEven), places))
}

// Count is a whole number for people.
func Count(n int64) string { return string(AppendFixed(nil, money.FixedFromInt(n), 0)) }

// Words is a value of a dataset as words.
func Words(s string) string { return strings.ReplaceAll(s, "_", " ") }

// SentenceCase gives a phrase its capital.
func SentenceCase(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
