package intake

import (
	"time"

	"daybook/schemas/money"
)

// Reading says of a column of the usage table where the format mapped has it from, and how its texts are read.
type Reading struct {
	// From names the source's columns, or paths into its JSON objects, in order: the first that holds a value in a row counts.
	From []string `yaml:"from"`
	// Nulls are texts that mean null in this column, such as n/a, or -1 where no number is meant by it.
	Nulls []string `yaml:"nulls,omitempty"`
	// Values says what texts stand for, as in h: Hours. Other texts stay. In a number, what is written here is taken without Factor.
	Values map[string]string `yaml:"values,omitempty"`
	// Factor multiplies a number: 0.001 for one in thousandths, -1 for one of the other sign. The product is exact.
	Factor *money.Decimal `yaml:"factor,omitempty"`
	// Layout is how a time is written, in Go's reference notation, such as 02.01.2006 15:04 or, for a month, 200601. Without it
	// and Epoch, times are as RFC 3339 has them, or as tolerate.times says.
	Layout string `yaml:"layout,omitempty"`
	// Epoch says that a time is a number, counted from 1970 in s, ms, us or ns.
	Epoch EpochUnit `yaml:"epoch,omitempty"`
	// Zone is the time zone of times in Layout that carry no offset, and that by which Plus counts days and months; empty is the
	// source's.
	Zone string `yaml:"zone,omitempty"`
	// Plus is what a time is moved on by: a second where the last second of a period is written and not its end, an hour, a day
	// or a month where only its beginning is.
	Plus Span `yaml:"plus,omitempty"`
}

// AsItStands reports whether the texts of the column are taken as a format of its own would have them.
func (r *Reading) AsItStands() bool {
	return len(r.Nulls) == 0 && len(r.Values) == 0 && r.Factor == nil
}

// Taking says by a column of the source which rows of the format mapped are taken. One of Is and Not is given.
type Taking struct {
	// Column is the source's column, or a path into its JSON objects.
	Column string `yaml:"column"`
	// Is lists the texts of the rows that are taken; an empty text is one, too.
	Is []string `yaml:"is,omitempty"`
	// Not lists the texts of the rows that are left out.
	Not []string `yaml:"not,omitempty"`
}

// EpochUnit is a unit in which times are counted from 1970-01-01T00:00:00Z.
type EpochUnit string

// The units.
const (
	EpochSeconds EpochUnit = "s"
	EpochMillis  EpochUnit = "ms"
	EpochMicros  EpochUnit = "us"
	EpochNanos   EpochUnit = "ns"
)

// Values lists the units.
func (EpochUnit) Values() []string {
	return []string{string(EpochSeconds), string(EpochMillis), string(EpochMicros), string(EpochNanos)}
}

// Places is how many decimal places a second has in the unit.
func (u EpochUnit) Places() int {
	switch u {
	case EpochMillis:
		return 3
	case EpochMicros:
		return 6
	case EpochNanos:
		return 9
	case EpochSeconds:
	}
	return 0
}

// Span is a length of time by the clock and the calendar of a zone.
type Span string

// The spans.
const (
	SpanSecond Span = "second"
	SpanMinute Span = "minute"
	SpanHour   Span = "hour"
	SpanDay    Span = "day"
	SpanMonth  Span = "month"
)

// Values lists the spans.
func (Span) Values() []string {
	return []string{string(SpanSecond), string(SpanMinute), string(SpanHour), string(SpanDay), string(SpanMonth)}
}

// After returns t moved on by the span, days and months by the calendar of t's zone; an empty span is none.
func (s Span) After(t time.Time) time.Time {
	switch s {
	case SpanSecond:
		return t.Add(time.Second)
	case SpanMinute:
		return t.Add(time.Minute)
	case SpanHour:
		return t.Add(time.Hour)
	case SpanDay:
		return t.AddDate(0, 0, 1)
	case SpanMonth:
		return t.AddDate(0, 1, 0)
	}
	return t
}
