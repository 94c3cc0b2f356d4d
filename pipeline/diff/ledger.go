package diff

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"daybook/schemas/money"
)

// ErrUntied says that what differs does not lead from the total of one run to that of the other.
var ErrUntied = errors.New("the differences do not add up to the totals of both runs")

// Measure is what is summed of charges.
type Measure string

// The measures.
const (
	// Billed is all that is charged, taxes included, in the currency in which it is billed.
	Billed Measure = "billed"
	// Value is that in the provider's currency, and Revenue the part of it that is revenue: neither taxes nor prepaid credit.
	Value   Measure = "value"
	Revenue Measure = "revenue"
)

// Sum is one measure of both runs, in one currency: Before + Added − Gone + Changed = After, in charges and in money, where
// Changed is by how much more the changed charges come to. Charges of which there is no exchange rate count as 0 in the provider's
// currency; Unvalued is how many of both runs.
type Sum struct {
	Measure  Measure        `json:"measure"`
	Currency money.Currency `json:"currency"`

	Before  Part `json:"before"`
	Added   Part `json:"added"`
	Gone    Part `json:"gone"`
	Changed Part `json:"changed"`
	After   Part `json:"after"`

	Same     int64 `json:"charges_same"`
	Unvalued int64 `json:"charges_without_rate,omitempty"`
}

// Part is some charges and what they come to.
type Part struct {
	Charges int64       `json:"charges"`
	Amount  money.Fixed `json:"amount"`
}

func (p *Part) add(charges int64, amount money.Fixed) (err error) {
	p.Charges += charges
	p.Amount, err = p.Amount.Add(amount)
	return err
}

// Parts are Before, Added, Gone, Changed and After.
func (s *Sum) Parts() [5]Part { return [5]Part{s.Before, s.Added, s.Gone, s.Changed, s.After} }

// ties proves that what differs leads from the one total to the other.
func (s *Sum) ties() error {
	amount := s.Before.Amount
	for _, x := range []money.Fixed{s.Added.Amount, s.Gone.Amount.Neg(), s.Changed.Amount} {
		var err error
		if amount, err = amount.Add(x); err != nil {
			return err
		}
	}
	charges := s.Before.Charges + s.Added.Charges - s.Gone.Charges
	if amount != s.After.Amount || charges != s.After.Charges || s.Same+s.Changed.Charges+s.Gone.Charges != s.Before.Charges {
		return fmt.Errorf("%w: %s in %s: %s of %d charges, %s of %d added, %s of %d gone and %s of %d changed make %s of %d, and there are %s of %d",
			ErrUntied, s.Measure, s.Currency, s.Before.Amount, s.Before.Charges, s.Added.Amount, s.Added.Charges, s.Gone.Amount, s.Gone.Charges,
			s.Changed.Amount, s.Changed.Charges, amount, charges, s.After.Amount, s.After.Charges)
	}
	return nil
}

type measured struct {
	measure  Measure
	currency money.Currency
}

// Ledger sums two runs up, and what differs between them, each from rows of its own: the totals from what is read, the
// differences from what Pair finds.
type Ledger struct{ sums map[measured]*Sum }

// each calls each with the sums that a charge counts in, and what it counts there.
func (l *Ledger) each(c *Charge, each func(s *Sum, amount money.Fixed) error) error {
	if l.sums == nil {
		l.sums = map[measured]*Sum{}
	}
	of := func(m Measure, currency money.Currency, amount money.Fixed) error {
		s := l.sums[measured{m, currency}]
		if s == nil {
			s = &Sum{Measure: m, Currency: currency}
			l.sums[measured{m, currency}] = s
		}
		if err := each(s, amount); err != nil {
			return fmt.Errorf("add up what is %s in %s: %w", m, currency, err)
		}
		return nil
	}
	err := of(Billed, c.Currency, c.Amount)
	if err == nil {
		err = of(Value, c.Provider, c.Value)
	}
	if err == nil && c.Earns() {
		err = of(Revenue, c.Provider, c.Value)
	}
	return err
}

// Read counts a charge of the earlier run, or of the later one.
func (l *Ledger) Read(c *Charge, later bool) error {
	return l.each(c, func(s *Sum, amount money.Fixed) error {
		if !c.HasValue && s.Measure != Billed {
			s.Unvalued++
		}
		if later {
			return s.After.add(1, amount)
		}
		return s.Before.add(1, amount)
	})
}

// Same counts a charge that is the same in both runs.
func (l *Ledger) Same(c *Charge) error {
	return l.each(c, func(s *Sum, _ money.Fixed) error {
		s.Same++
		return nil
	})
}

// Differs counts a difference.
func (l *Ledger) Differs(d *Difference) error {
	switch d.Kind() {
	case Added:
		return l.each(d.After, func(s *Sum, amount money.Fixed) error { return s.Added.add(1, amount) })
	case Gone:
		return l.each(d.Before, func(s *Sum, amount money.Fixed) error { return s.Gone.add(1, amount) })
	case Changed:
	}
	if d.Before.Earns() != d.After.Earns() { // it is revenue in one of the runs only, where it is all new or all gone
		return l.turned(d)
	}
	err := l.each(d.Before, func(s *Sum, amount money.Fixed) error { return s.Changed.add(1, amount.Neg()) })
	if err != nil {
		return err
	}
	return l.each(d.After, func(s *Sum, amount money.Fixed) error { return s.Changed.add(0, amount) })
}

// turned counts a changed charge that is revenue in one of the runs only.
func (l *Ledger) turned(d *Difference) error {
	err := l.each(d.Before, func(s *Sum, amount money.Fixed) error {
		if s.Measure == Revenue {
			return s.Gone.add(1, amount)
		}
		return s.Changed.add(1, amount.Neg())
	})
	if err != nil {
		return err
	}
	return l.each(d.After, func(s *Sum, amount money.Fixed) error {
		if s.Measure == Revenue {
			return s.Added.add(1, amount)
		}
		return s.Changed.add(0, amount)
	})
}

// Sums returns the sums, those billed first, then in the provider's currency, each in the order of currencies. The error wraps
// ErrUntied if some do not tie.
func (l *Ledger) Sums() ([]Sum, error) {
	order := []Measure{Billed, Value, Revenue}
	out := make([]Sum, 0, len(l.sums))
	for _, s := range slices.SortedFunc(maps.Values(l.sums), func(x, y *Sum) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Measure), slices.Index(order, y.Measure)), cmp.Compare(x.Currency, y.Currency))
	}) {
		if err := s.ties(); err != nil {
			return nil, err
		}
		out = append(out, *s)
	}
	return out, nil
}
