package times

import (
	"bytes"
	"time"

	"daybook/schemas/intake"
)

// Form is how the book says that the times of a column are written.
type Form struct {
	Layout string
	Epoch  intake.EpochUnit
	Zone   *time.Location
	Plus   intake.Span
}

// Read reads a time in the form; plain reads it where the form says nothing of how it is written.
func (f *Form) Read(text []byte, plain func(text string) (Moment, bool)) (m Moment, ok bool) {
	switch {
	case f.Epoch != "":
		m, ok = readEpoch(text, f.Epoch)
	case f.Layout != "":
		m, ok = ReadLayout(f.Layout, string(text), f.Zone)
		m.Layout = "" // which the book declares for this column, and so is no departure
	default:
		m, ok = plain(string(text))
	}
	if ok && f.Plus != "" {
		m.Micros = f.Plus.After(time.UnixMicro(m.Micros).In(f.Zone)).UnixMicro()
	}
	return m, ok
}

// readEpoch reads a number of units since 1970, which may have a fraction. Below a microsecond it is cut, toward the past.
func readEpoch(text []byte, unit intake.EpochUnit) (Moment, bool) {
	digits, negative := bytes.CutPrefix(text, []byte("-"))
	whole, fraction, point := bytes.Cut(digits, []byte("."))
	if len(whole) == 0 || point && len(fraction) == 0 {
		return Moment{}, false
	}
	v, cut, behind := int64(0), false, 6-unit.Places() // digits behind the point that count
	for i := range max(len(whole), len(whole)+behind, len(whole)+len(fraction)) {
		c := byte('0')
		switch at := i - len(whole); {
		case at < 0:
			c = whole[i]
		case at < len(fraction):
			c = fraction[at]
		}
		switch {
		case c < '0' || c > '9' || v >= mostMicros:
			return Moment{}, false
		case i >= len(whole)+behind:
			cut = cut || c != '0'
		default:
			v = 10*v + int64(c-'0')
		}
	}
	if negative {
		v = -v
		if cut {
			v--
		}
	}
	year := time.UnixMicro(v).UTC().Year()
	return Moment{Micros: v, Cut: cut}, year >= 1 && year <= 9999
}

// mostMicros is more than the microseconds from 1970 to any year of four digits, and has room for a digit more in 64 bits.
const mostMicros = 300_000_000_000_000_000
