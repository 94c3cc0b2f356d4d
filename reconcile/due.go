package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/reconcile/sheet"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Calendar is what a charge's share of a month to date is told by.
type Calendar struct {
	Period schemas.Period
	// Zone is the provider's: its days begin there.
	Zone *time.Location
	// Levels are the meters that do not add up what was used but say how much there is: what they charge is for all days that
	// the charge is for, those to come among them.
	Levels map[schemas.MeterID]bool
	// Behind are the meters whose feeds have no data of the last day that the run has data of, with the last day of which they
	// have some; the day before the period where they have none.
	Behind map[schemas.MeterID]schemas.Date

	// start and end are those of the charge that days were last told of, and from and to those days: most charges are for the
	// days of the one before.
	start, end time.Time
	from, to   schemas.Date
	// first and last are the days of the period.
	first, last schemas.Date
}

// daysOf are the first and the last day that a charge is for.
func (k *Calendar) daysOf(c *schemas.Charge) (from, to schemas.Date) {
	if k.from.IsZero() || !k.start.Equal(c.Start) || !k.end.Equal(c.End) {
		k.start, k.end, k.from = c.Start, c.End, schemas.DateOf(c.Start, k.Zone)
		k.to = k.from
		if c.End.After(c.Start) {
			k.to = schemas.DateOf(c.End.Add(-time.Microsecond), k.Zone)
		}
	}
	return k.from, k.to
}

// due says how what is charged counts in a month to date.
type due int64

const (
	// dueAsUsed is what was used and no more: all of it counts, and there will be more of it.
	dueAsUsed due = iota
	// dueByDay is what is charged for days, recurring fees and levels: it counts day by day.
	dueByDay
	// dueAtOnce counts on its day: what is charged once, and what is known late of earlier periods.
	dueAtOnce
	// dueAtEnd is judged at the end of what it bounds: before, it is not known whether it will be missing.
	dueAtEnd
)

// stretch is the days that a charge counts on, within the period, and how. What counts as used counts on all of them.
type stretch struct {
	Due      due
	From, To schemas.Date
	// Upto is the last day with data of its meter, no day where that is the run's.
	Upto schemas.Date
}

// stretchOf is that of a charge.
func (k *Calendar) stretchOf(c *schemas.Charge) stretch {
	s := stretch{Due: dueByDay}
	s.From, s.To = k.daysOf(c)
	switch {
	case c.Model == schemas.MadeTrueUp, c.Model == schemas.MadeMinimum:
		s.Due, s.From = dueAtEnd, s.To
	case c.Class == schemas.ClassCorrection, c.Model == schemas.MadeOverage, c.Frequency == schemas.FrequencyOneTime && c.Category != schemas.CategoryCredit:
		s.Due, s.To = dueAtOnce, s.From
	case c.Frequency == schemas.FrequencyUsageBased:
		if s.Upto = k.Behind[c.Meter]; !k.Levels[c.Meter] {
			s.Due = dueAsUsed
		}
	}
	s.From = within(s.From, k.first, k.last)
	s.To = within(s.To, s.From, k.last)
	return s
}

func (s *stretch) compare(o *stretch) int {
	return cmp.Or(cmp.Compare(s.Due, o.Due), s.From.Compare(o.From), s.To.Compare(o.To), s.Upto.Compare(o.Upto))
}

func (s *stretch) fields(p *tally.Pack) {
	p.Count((*int64)(&s.Due))
	p.Day(&s.From)
	p.Day(&s.To)
	p.Day(&s.Upto)
}

func within(day, first, last schemas.Date) schemas.Date {
	if day.Before(first) {
		return first
	}
	if day.After(last) {
		return last
	}
	return day
}

// through is the last day with data of it, of a run that has data through a day.
func (s *stretch) through(run schemas.Date) schemas.Date {
	if s.Upto.IsZero() || run.Before(s.Upto) {
		return run
	}
	return s.Upto
}

// gone is how many of the stretch's days are over at the end of the day through, of how many. What is planned upfront is due
// on its first day, however many days it is for.
func (s *stretch) gone(through schemas.Date, a schemas.Accrual) (gone, of int) {
	from, to := s.From, s.To
	through = s.through(through)
	switch {
	case s.Due == dueAsUsed:
		return 1, 1
	case s.Due == dueByDay && a == schemas.AccrueUpfront:
		to = from
	}
	of = to.Sub(from) + 1
	return min(max(through.Sub(from)+1, 0), of), of
}

func days(n int) money.Decimal { return money.NewDecimal(int64(n), 0) }

// dueSums are amounts of one currency by how they count to date.
type dueSums struct {
	// fixed counts whole, and used too, but there will be more of it; coming does not count yet, and pending is not judged yet.
	fixed, used, coming, pending money.Decimal
	// behind are the amounts of used whose feeds have no data of the last day.
	behind []behindPart
	// parts count for the days that are over.
	parts []duePart
}

type behindPart struct {
	upto   schemas.Date
	amount money.Decimal
}

type duePart struct {
	gone, of int
	amount   money.Decimal
}

func (d *dueSums) isZero() bool {
	return d.fixed.IsZero() && d.used.IsZero() && d.coming.IsZero() && d.pending.IsZero() && len(d.parts) == 0
}

// all is the sum of what is charged, counted or not.
func (d *dueSums) all() money.Decimal {
	sum := d.fixed.Add(d.used).Add(d.coming).Add(d.pending)
	for _, p := range d.parts {
		sum = sum.Add(p.amount)
	}
	return sum
}

// add counts an amount by the end of the day through.
func (d *dueSums) add(s *stretch, amount money.Decimal, through schemas.Date, a schemas.Accrual) {
	gone, of := s.gone(through, a)
	switch {
	case amount.IsZero():
	case s.Due == dueAsUsed:
		d.used = d.used.Add(amount)
		if !s.Upto.IsZero() {
			d.behind = addBehind(d.behind, behindPart{s.Upto, amount})
		}
	case gone == of:
		d.fixed = d.fixed.Add(amount)
	case s.Due == dueAtEnd:
		d.pending = d.pending.Add(amount)
	case gone == 0:
		d.coming = d.coming.Add(amount)
	default:
		i := slices.IndexFunc(d.parts, func(p duePart) bool { return p.gone == gone && p.of == of })
		if i < 0 {
			i = len(d.parts)
			d.parts = append(d.parts, duePart{gone: gone, of: of})
		}
		d.parts[i].amount = d.parts[i].amount.Add(amount)
	}
}

// addBehind adds an amount to that of the same day.
func addBehind(parts []behindPart, x behindPart) []behindPart {
	for i := range parts {
		if parts[i].upto == x.upto {
			parts[i].amount = parts[i].amount.Add(x.amount)
			return parts
		}
	}
	return append(parts, x)
}

// accrueRounded moves the parts to what counts and what is to come, and records how. What counts of each is rounded to places, and
// what is to come is the rest: together they are the amount.
func (d *dueSums) accrueRounded(s *sheet.Sheet, what, name string, places int32) {
	if len(d.parts) == 0 {
		return
	}
	counts := []sheet.Amount{}
	if !d.fixed.IsZero() {
		counts = append(counts, sheet.Named("whole", s.Given(what+", whole", name, d.fixed)))
	}
	for _, p := range d.parts {
		v := s.Given(fmt.Sprintf("%s, of %d days of which %d are over", what, p.of, p.gone), name, p.amount)
		v = s.ShareRounded("for the days that are over", sheet.Named(name, v), sheet.Named("days over", days(p.gone)), sheet.Named("days", days(p.of)), places)
		counts = append(counts, sheet.Named(name, v))
		d.coming = d.coming.Add(p.amount).Sub(v)
	}
	d.fixed, d.parts = s.Add(what+", to date", counts...), nil
}
