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

	regions *regions
	sums    map[actualKey]*actualSums
	units   map[unitKey]*money.Fixed
}

// NewActuals returns empty sums, which tell apart the regions and segments of a plan, where there is one, and of other regions the first.
func NewActuals(k Calendar, plan *schemas.Plan) *Actuals {
	k.first, k.last = k.Period.Days()
	a := &Actuals{Calendar: k, regions: newRegions(plan, k.Period), sums: map[actualKey]*actualSums{}, units: map[unitKey]*money.Fixed{}}
	a.regions.fold = append(a.regions.fold, a.fold)
	return a
}

// fold adds what was summed of regions that gave way to the others.
func (a *Actuals) fold() error {
	err := foldSums(a.regions, a.sums, func(k actualKey) placeOf { return placeOf{offering: k.Offering, region: k.Region} }, func(k actualKey, region string, s *actualSums) error {
		k.Region = region
		return a.addLine(&actualLine{k, *s})
	})
	if err != nil {
		return err
	}
	return foldSums(a.regions, a.units, func(k unitKey) placeOf { return placeOf{offering: k.Offering, region: k.Region} }, func(k unitKey, region string, s *money.Fixed) error {
		k.Region = region
		return a.addUnits(&unitLine{k, *s})
	})
}

type actualKey struct {
	Offering schemas.OfferingID
	Region   string
	Segment  string // where the plan names it for the offering
	Peer     schemas.PeerID
	Currency money.Currency
	// Valued says that charges have a value in the provider's currency: there is an exchange rate.
	Valued bool
	// What counts as used has no days here.
	stretch
}

// actualSums are money of one currency, and what the charges say that each of them comes to in the provider's.
type actualSums struct {
	Amount  money.Fixed
	Cost    money.Fixed
	Value   money.Fixed
	Worth   money.Fixed // of Cost
	Charges int64
}

type unitKey struct {
	Offering schemas.OfferingID
	Region   string
	Segment  string
	Peer     schemas.PeerID
	Unit     string
	stretch
}

func (k *actualKey) place() placeOf { return placeOf{k.Offering, k.Region, k.Segment, k.Peer} }

func (k *unitKey) place() placeOf { return placeOf{k.Offering, k.Region, k.Segment, k.Peer} }

// Add counts a charge that earns revenue. The error is an amount that no dataset could hold, or a sum that overflows.
func (a *Actuals) Add(c *schemas.Charge) error {
	if !c.EarnsRevenue() {
		return nil
	}
	at, err := a.regions.at(c)
	if err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	line := actualLine{actualKey{Offering: at.offering, Region: at.region, Segment: at.segment, Peer: at.peer, Currency: c.Currency, Valued: c.Value.Known, stretch: a.stretchOf(c)}, actualSums{Charges: 1}}
	if line.Due == dueAsUsed {
		line.stretch = stretch{Upto: line.Upto}
	}
	if line.Amount, line.Value, err = fixedPair(c.Amount, c.Value.Amount); err != nil {
		return fmt.Errorf("sum charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	if c.HasCost {
		if line.Cost, line.Worth, err = fixedPair(c.PeerCost, c.Value.Cost); err != nil {
			return fmt.Errorf("sum charge %s: peer cost %s: %w", c.ID, c.PeerCost, err)
		}
	}
	if err := a.addLine(&line); err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	if !c.HasQuantity || c.PricingUnit == "" {
		return nil
	}
	unit := unitLine{unitKey: unitKey{Offering: at.offering, Region: at.region, Segment: at.segment, Peer: at.peer, Unit: c.PricingUnit, stretch: line.stretch}}
	if unit.Quantity, err = money.FixedFromDecimal(c.Priced); err != nil {
		return fmt.Errorf("sum charge %s: quantity %s: %w", c.ID, c.Priced, err)
	}
	if err := a.addUnits(&unit); err != nil {
		return fmt.Errorf("sum charge %s: %w", c.ID, err)
	}
	return nil
}

// fixedPair is an amount and its value as datasets hold them.
func fixedPair(amount, value money.Decimal) (a, v money.Fixed, err error) {
	if a, err = money.FixedFromDecimal(amount); err == nil && value != amount {
		v, err = money.FixedFromDecimal(value)
		return a, v, err
	}
	return a, a, err
}

// compareBools puts false first.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (a *Actuals) addLine(l *actualLine) error {
	s := a.sums[l.actualKey]
	if s == nil {
		s = &actualSums{}
		a.sums[l.actualKey] = s
	}
	s.Charges += l.Charges
	return tally.AddAll("actuals", string(l.Offering), []*money.Fixed{&s.Amount, &s.Cost, &s.Value, &s.Worth}, []money.Fixed{l.Amount, l.Cost, l.Value, l.Worth})
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
		return cmp.Or(comparePlaces(a.place(), b.place()),
			cmp.Compare(a.Currency, b.Currency), compareBools(a.Valued, b.Valued), a.compare(&b.stretch))
	})
	units := make([]unitLine, 0, len(a.units))
	for k, s := range a.units {
		units = append(units, unitLine{k, *s})
	}
	slices.SortFunc(units, func(a, b unitLine) int {
		return cmp.Or(comparePlaces(a.place(), b.place()), cmp.Compare(a.Unit, b.Unit), a.compare(&b.stretch))
	})
	return lines, units
}

func (a *Actuals) exchange(p *tally.Pack) {
	var lines []actualLine
	var units []unitLine
	if !p.Reads() {
		lines, units = a.rows()
	}
	tally.Exchange(p, lines, (*actualLine).fields, func(l *actualLine) (err error) {
		if l.Region, err = a.regions.of(l.Offering, l.Region); err != nil {
			return err
		}
		return a.addLine(l)
	})
	tally.Exchange(p, units, (*unitLine).fields, func(u *unitLine) (err error) {
		if u.Region, err = a.regions.of(u.Offering, u.Region); err != nil {
			return err
		}
		return a.addUnits(u)
	})
}

func (l *actualLine) fields(p *tally.Pack) {
	tally.Text(p, &l.Offering)
	tally.Text(p, &l.Region)
	tally.Text(p, &l.Segment)
	tally.Text(p, &l.Peer)
	tally.Text(p, &l.Currency)
	p.Bool(&l.Valued)
	l.stretch.fields(p)
	p.Numbers(&l.Amount, &l.Cost, &l.Value, &l.Worth)
	p.Count(&l.Charges)
}

func (u *unitLine) fields(p *tally.Pack) {
	tally.Text(p, &u.Offering)
	tally.Text(p, &u.Region)
	tally.Text(p, &u.Segment)
	tally.Text(p, &u.Peer)
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

// Totals returns the sums of all charges, and of what peers bill for them, per currency, in alphabetical order of currencies: the
// control totals that charges and the comparison share.
func (a *Actuals) Totals() (revenue, cost []tally.Total, err error) {
	lines, _ := a.rows()
	for i := range lines {
		if err := tally.AddTotal(&revenue, lines[i].Currency, lines[i].Amount); err != nil {
			return nil, nil, err
		}
		if err := tally.AddTotal(&cost, lines[i].Currency, lines[i].Cost); err != nil {
			return nil, nil, err
		}
	}
	return revenue, cost, nil
}
