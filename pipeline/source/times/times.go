package times

import (
	"slices"
	"strings"
	"time"
)

// Moment is a time that was read with some care.
type Moment struct {
	Micros int64
	// Layout is the declared format it is in; empty for that of the standards.
	Layout string
	// Cut says that it was finer than a microsecond.
	Cut bool
	// Doubt is what the change of clocks leaves open of it; empty is nothing.
	Doubt string
}

// What a change of clocks leaves open of a time without an offset.
const (
	TwiceThere = "times that a change of clocks makes there twice, read as the first"
	NeverThere = "times that a change of clocks leaves out, read by the clock before it"
)

// Read reads a time as RFC 3339 has it, and says whether it is finer than a microsecond: with T or t or a blank, Z or
// z, any number of fraction digits, and the leap second, which is the first of the next day. The package time lets some
// through that are not: it takes a comma for the point of a fraction, one digit for the hour, and offsets of any number of
// hours; and it leaves fraction digits behind the ninth unsaid.
func Read(text string) (t time.Time, cut, ok bool) {
	const shortest, longest = len("2006-01-02T15:04:05Z"), 64
	n := len(text)
	if n < shortest || n > longest || !strings.Contains("Tt ", text[10:11]) || text[13] != ':' {
		return time.Time{}, false, false
	}
	end := text[n-1]
	if c := text[19]; c != 'Z' && c != 'z' && c != '.' && c != '+' && c != '-' {
		return time.Time{}, false, false
	}
	if end != 'Z' && end != 'z' && (text[n-6:n-3] > "+23" && text[n-6] == '+' || text[n-6:n-3] > "-23" && text[n-6] == '-' || text[n-2:] > "59") {
		return time.Time{}, false, false
	}
	leap := text[17:19] == "60"
	if text[10] != 'T' || end == 'z' || leap {
		plain := []byte(text)
		plain[10] = 'T'
		if end == 'z' {
			plain[n-1] = 'Z'
		}
		if leap {
			copy(plain[17:], "59")
		}
		text = string(plain)
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, false, false
	}
	if leap {
		if u := t.UTC(); u.Hour() != 23 || u.Minute() != 59 {
			return time.Time{}, false, false
		}
		t = t.Add(time.Second)
	}
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return time.Time{}, false, false
	}
	return t, finer(text[19:]), true
}

// finer reports whether what follows the seconds of a time has a digit other than 0 behind the sixth of its fraction.
func finer(text string) bool {
	if text[0] != '.' {
		return false
	}
	for i := 1; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		if i > 6 && text[i] != '0' {
			return true
		}
	}
	return false
}

// ReadLayout reads a time in a layout. One whose layout has no offset and no zone is of the zone given; a zone's abbreviation
// counts if the zone has it, or is that of UTC: the package time takes any other for UTC.
func ReadLayout(layout, text string, zone *time.Location) (Moment, bool) {
	wall, err := time.Parse(layout, text)
	if err != nil || wall.Year() < 1 || wall.Year() > 9999 {
		return Moment{}, false
	}
	m := Moment{Layout: layout, Cut: wall.Nanosecond()%1000 != 0}
	switch {
	case strings.Contains(layout, "07"): // an offset
		m.Micros = wall.UnixMicro()
	case strings.Contains(layout, "MST"):
		t, err := time.ParseInLocation(layout, text, zone)
		if name, offset := t.Zone(); err != nil || offset == 0 && t.Location() != zone && name != "UTC" && name != "GMT" && name != "Z" {
			return Moment{}, false
		}
		m.Micros = t.UnixMicro()
	default:
		m.Micros, m.Doubt = inZone(wall.UnixMicro(), zone)
	}
	return m, true
}

// ZoneOf returns the zone of times that a layout has without an offset: UTC if a Z stands behind them, and else that of the source.
func ZoneOf(layout string, source *time.Location) *time.Location {
	if strings.HasSuffix(layout, "Z") {
		return time.UTC
	}
	return source
}

// ReadNaive reads a time without an offset, as clocks of a zone show it.
func (z *Zoned) ReadNaive(text []byte, zone *time.Location) (m Moment, ok bool) {
	wall, cut, ok := Read(string(append(slices.Clone(text), 'Z')))
	if ok {
		m.Cut = cut
		m.Micros, m.Doubt = z.Instant(wall.UnixMicro(), zone)
	}
	return m, ok
}

// inZone returns the instant at which clocks of a zone show a time, given as microseconds since 1970 by clocks of UTC, and
// what a change of clocks leaves open of it.
func inZone(wall int64, zone *time.Location) (micros int64, doubt string) {
	if zone == time.UTC {
		return wall, ""
	}
	offsetAt := func(micros int64) int64 {
		_, seconds := time.UnixMicro(micros).In(zone).Zone()
		return int64(seconds) * microsPerSecond
	}
	const day = secondsPerDay * microsPerSecond
	before, behind := offsetAt(wall-day), offsetAt(wall+day)
	first, second := wall-before, wall-behind
	switch is, other := offsetAt(first) == before, offsetAt(second) == behind; {
	case is && other && first != second:
		return min(first, second), TwiceThere
	case is:
		return first, ""
	case other:
		return second, ""
	default:
		return first, NeverThere
	}
}

// Zoned remembers the last minute that was put into a zone: offsets change between minutes.
type Zoned struct {
	minute, shift int64
	doubt         string
	known         bool
}

// Instant is inZone.
func (z *Zoned) Instant(wall int64, zone *time.Location) (micros int64, doubt string) {
	const perMinute = 60 * microsPerSecond
	minute := wall / perMinute
	if !z.known || minute != z.minute {
		at, doubt := inZone(minute*perMinute, zone)
		*z = Zoned{minute: minute, shift: at - minute*perMinute, doubt: doubt, known: true}
	}
	return wall + z.shift, z.doubt
}
