package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Actuals sums charges by what the plan is written in. Partial sums of shards merge in any order to the same totals. The
// zero value is ready to use; it is not safe for concurrent use.
//
// Revenue is the sum of what charges of every category but Tax show on invoices.
type Actuals struct {
	// ByDay, where set, keeps the days of charges apart, in that zone, so that each is converted at its own day's exchange
	// rate. Nil converts the period at one rate.
	ByDay *time.Location

	sums  map[actualKey]*actualSums
	units map[unitKey]*unitSums
}

type actualKey struct {
	offering schemas.OfferingID
	region   string
	currency money.Currency
	day      schemas.Date
}

// actualSums are money of one currency. What is charged for use grows with the days of the period; what is recurring or
// charged once does not.
type actualSums struct {
	fixed, used         money.Fixed
	fixedCost, usedCost money.Fixed
	charges             int64
}

type unitKey struct {
	offering schemas.OfferingID
	region   string
	unit     string
}

type unitSums struct{ fixed, used money.Fixed }

// Add counts a charge that earns revenue. The error is an amount that no dataset could hold, or a sum that overflows.
func (a *Actuals) Add(c *schemas.Charge) error {
	if !c.EarnsRevenue() {
		return nil
	}
	amount, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return fmt.Errorf("sum charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	var cost, priced money.Fixed
	if c.HasCost {
		if cost, err = money.FixedFromDecimal(c.PeerCost); err != nil {
			return fmt.Errorf("sum charge %s: peer cost %s: %w", c.ID, c.PeerCost, err)
		}
	}
	if c.HasQuantity {
		if priced, err = money.FixedFromDecimal(c.Priced); err != nil {
			return fmt.Errorf("sum charge %s: quantity %s: %w", c.ID, c.Priced, err)
		}
	}
	line := actualLine{
		Offering: c.Offering, Region: c.Region, Currency: c.Currency, Charges: 1,
	}
	unit := unitLine{Offering: c.Offering, Region: c.Region, Unit: c.PricingUnit}
	if c.Frequency == schemas.FrequencyUsageBased {
		line.Used, line.UsedCost, unit.Used = amount, cost, priced
	} else {
		line.Fixed, line.FixedCost, unit.Fixed = amount, cost, priced
	}
	if a.ByDay != nil {
		line.Day = schemas.DateOf(c.Start, a.ByDay)
	}
	if err := a.addLine(&line); err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	if c.HasQuantity && c.PricingUnit != "" {
		if err := a.addUnits(&unit); err != nil {
			return fmt.Errorf("sum charge %s: %w", c.ID, err)
		}
	}
	return nil
}

func (a *Actuals) addLine(l *actualLine) error {
	k := actualKey{l.Offering, l.Region, l.Currency, l.Day}
	s := a.sums[k]
	if s == nil {
		if a.sums == nil {
			a.sums = map[actualKey]*actualSums{}
		}
		s = &actualSums{}
		a.sums[k] = s
	}
	s.charges += l.Charges
	return tally.AddAll("actuals", string(l.Offering), []*money.Fixed{&s.fixed, &s.used, &s.fixedCost, &s.usedCost},
		[]money.Fixed{l.Fixed, l.Used, l.FixedCost, l.UsedCost})
}

func (a *Actuals) addUnits(u *unitLine) error {
	k := unitKey{u.Offering, u.Region, u.Unit}
	s := a.units[k]
	if s == nil {
		if a.units == nil {
			a.units = map[unitKey]*unitSums{}
		}
		s = &unitSums{}
		a.units[k] = s
	}
	return tally.AddAll("units", string(u.Offering), []*money.Fixed{&s.fixed, &s.used}, []money.Fixed{u.Fixed, u.Used})
}

// actualLine and unitLine are sums as they are exchanged between tasks.
type actualLine struct {
	Offering  schemas.OfferingID
	Region    string
	Currency  money.Currency
	Day       schemas.Date
	Fixed     money.Fixed
	Used      money.Fixed
	FixedCost money.Fixed
	UsedCost  money.Fixed
	Charges   int64
}

type unitLine struct {
	Offering schemas.OfferingID
	Region   string
	Unit     string
	Fixed    money.Fixed
	Used     money.Fixed
}

// rows returns the sums in order.
func (a *Actuals) rows() ([]actualLine, []unitLine) {
	lines := make([]actualLine, 0, len(a.sums))
	for k, s := range a.sums {
		lines = append(lines, actualLine{k.offering, k.region, k.currency, k.day, s.fixed, s.used, s.fixedCost, s.usedCost, s.charges})
	}
	slices.SortFunc(lines, func(a, b actualLine) int {
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Currency, b.Currency), a.Day.Compare(b.Day))
	})
	units := make([]unitLine, 0, len(a.units))
	for k, s := range a.units {
		units = append(units, unitLine{k.offering, k.region, k.unit, s.fixed, s.used})
	}
	slices.SortFunc(units, func(a, b unitLine) int {
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Unit, b.Unit))
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
	p.Numbers(&l.Fixed, &l.Used, &l.FixedCost, &l.UsedCost)
	p.Count(&l.Charges)
}

func (u *unitLine) fields(p *tally.Pack) {
	tally.Text(p, &u.Offering)
	tally.Text(p, &u.Region)
	tally.Text(p, &u.Unit)
	p.Numbers(&u.Fixed, &u.Used)
}

// Charges is how many charges were counted.
func (a *Actuals) Charges() (n int64) {
	for _, s := range a.sums {
		n += s.charges
	}
	return n
}

// Revenue returns the sum of all charges per currency, in alphabetical order of currencies: the control total that
// charges and variances share.
func (a *Actuals) Revenue() ([]tally.Total, error) {
	var out []tally.Total
	lines, _ := a.rows()
	for i := range lines {
		if err := tally.AddTotal(&out, lines[i].Currency, lines[i].Fixed, lines[i].Used); err != nil {
			return nil, err
		}
	}
	return out, nil
}
