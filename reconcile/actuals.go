package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Actuals sums charges by what the plan is written in, and by when they count in a month to date. Partial sums of shards
// merge in any order to the same totals. It is not safe for concurrent use.
//
// Revenue is the sum of what charges that earn any show on invoices.
type Actuals struct {
	Calendar
	// AtUsage keeps the days of charges apart, so that each is converted at its own day's exchange rate, and not the period at
	// one.
	AtUsage bool

	sums  map[actualKey]*actualSums
	units map[unitKey]*money.Fixed
}

// NewActuals returns empty sums.
func NewActuals(k Calendar) *Actuals {
	return &Actuals{Calendar: k, sums: map[actualKey]*actualSums{}, units: map[unitKey]*money.Fixed{}}
}

type actualKey struct {
	Offering schemas.OfferingID
	Region   string
	Currency money.Currency
	// Day is that on which the charge begins, where it is converted at the rate of that day.
	Day schemas.Date
	// What counts as used has no days here.
	stretch
}

// actualSums are money of one currency.
type actualSums struct {
	Amount  money.Fixed
	Cost    money.Fixed
	Charges int64
}

type unitKey struct {
	Offering schemas.OfferingID
	Region   string
	Unit     string
	stretch
}

// Add counts a charge that earns revenue. The error is an amount that no dataset could hold, or a sum that overflows.
func (a *Actuals) Add(c *schemas.Charge) error {
	if !c.EarnsRevenue() {
		return nil
	}
	line := actualLine{actualKey{Offering: c.Offering, Region: c.Region, Currency: c.Currency, stretch: a.stretchOf(c)}, actualSums{Charges: 1}}
	if line.Due == dueAsUsed {
		line.stretch = stretch{}
	}
	var err error
	if line.Amount, err = money.FixedFromDecimal(c.Amount); err != nil {
		return fmt.Errorf("sum charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	if c.HasCost {
		if line.Cost, err = money.FixedFromDecimal(c.PeerCost); err != nil {
			return fmt.Errorf("sum charge %s: peer cost %s: %w", c.ID, c.PeerCost, err)
		}
	}
	if a.AtUsage {
		line.Day = schemas.DateOf(c.Start, a.Zone)
	}
	if err := a.addLine(&line); err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	if !c.HasQuantity || c.PricingUnit == "" {
		return nil
	}
	unit := unitLine{unitKey: unitKey{Offering: c.Offering, Region: c.Region, Unit: c.PricingUnit, stretch: line.stretch}}
	if unit.Quantity, err = money.FixedFromDecimal(c.Priced); err != nil {
		return fmt.Errorf("sum charge %s: quantity %s: %w", c.ID, c.Priced, err)
	}
	if err := a.addUnits(&unit); err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	return nil
}

func (a *Actuals) addLine(l *actualLine) error {
	s := a.sums[l.actualKey]
	if s == nil {
		s = &actualSums{}
		a.sums[l.actualKey] = s
	}
	s.Charges += l.Charges
	return tally.AddAll("actuals", string(l.Offering), []*money.Fixed{&s.Amount, &s.Cost}, []money.Fixed{l.Amount, l.Cost})
}

func (a *Actuals) addUnits(u *unitLine) error {
	s := a.units[u.unitKey]
	if s == nil {
		s = new(money.Fixed)
		a.units[u.unitKey] = s
	}
	return tally.AddAll("units", string(u.Offering), []*money.Fixed{s}, []money.Fixed{u.Quantity})
}

// actualLine and unitLine are sums as they are exchanged between tasks.
type actualLine struct {
	actualKey
	actualSums
}

type unitLine struct {
	unitKey
	Quantity money.Fixed
}

// rows returns the sums in order.
func (a *Actuals) rows() ([]actualLine, []unitLine) {
	lines := make([]actualLine, 0, len(a.sums))
	for k, s := range a.sums {
		lines = append(lines, actualLine{k, *s})
	}
	slices.SortFunc(lines, func(a, b actualLine) int {
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Currency, b.Currency), a.Day.Compare(b.Day), a.compare(&b.stretch))
	})
	units := make([]unitLine, 0, len(a.units))
	for k, s := range a.units {
		units = append(units, unitLine{k, *s})
	}
	slices.SortFunc(units, func(a, b unitLine) int {
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Unit, b.Unit), a.compare(&b.stretch))
	})
	return lines, units
}

func (a *Actuals) exchange(p *tally.Pack) {
	var lines []actualLine
	var units []unitLine
	if !p.Reads() {
		lines, units = a.rows()
	}
	tally.Exchange(p, lines, (*actualLine).fields, a.addLine)
	tally.Exchange(p, units, (*unitLine).fields, a.addUnits)
}

func (l *actualLine) fields(p *tally.Pack) {
	tally.Text(p, &l.Offering)
	tally.Text(p, &l.Region)
	tally.Text(p, &l.Currency)
	p.Day(&l.Day)
	l.stretch.fields(p)
	p.Numbers(&l.Amount, &l.Cost)
	p.Count(&l.Charges)
}

func (u *unitLine) fields(p *tally.Pack) {
	tally.Text(p, &u.Offering)
	tally.Text(p, &u.Region)
	tally.Text(p, &u.Unit)
	u.stretch.fields(p)
	p.Number(&u.Quantity)
}

// Charges is how many charges were counted.
func (a *Actuals) Charges() (n int64) {
	for _, s := range a.sums {
		n += s.Charges
	}
	return n
}

// Revenue returns the sum of all charges per currency, in alphabetical order of currencies: the control total that
// charges and variances share.
func (a *Actuals) Revenue() ([]tally.Total, error) {
	var out []tally.Total
	lines, _ := a.rows()
	for i := range lines {
		if err := tally.AddTotal(&out, lines[i].Currency, lines[i].Amount); err != nil {
			return nil, err
		}
	}
	return out, nil
}
