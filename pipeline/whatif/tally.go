package whatif

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/diff"
	"daybook/schemas"
	"daybook/schemas/money"
)

// tally adds up by customer, or account, by offering, and in all. It holds a row for each of these, whose number the books' own
// bounds, and no charge.
type tally struct {
	before, after *book.Book
	accounts      bool
	cause         int
	rows          [2]map[name]*Row // by customer and by offering
	sums          map[sumName]*Figures
}

// name tells rows apart.
type name struct {
	customer string
	account  schemas.AccountID
	offering schemas.OfferingID
	currency money.Currency
}

type sumName struct {
	measure  diff.Measure
	currency money.Currency
}

func newTally(before, after *book.Book, accounts bool) *tally {
	return &tally{before: before, after: after, accounts: accounts, rows: [2]map[name]*Row{{}, {}}, sums: map[sumName]*Figures{}}
}

// begin begins the cause of a number, from 1.
func (t *tally) begin(cause int) { t.cause = cause }

// hear counts a charge of the first rating or of the last.
func (t *tally) hear(c *diff.Charge, later bool) {
	t.each(c, func(f *Figures, amount money.Decimal) {
		if later {
			f.After = f.After.Add(amount)
		} else {
			f.Before = f.Before.Add(amount)
		}
	})
}

// differs counts a difference for the cause at hand.
func (t *tally) differs(d *diff.Difference) error {
	for _, side := range []struct {
		charge *diff.Charge
		gone   bool
	}{{d.Before, true}, {d.After, false}} {
		c := side.charge
		if c == nil {
			continue
		}
		t.each(c, func(f *Figures, amount money.Decimal) {
			if side.gone {
				amount = amount.Neg()
			}
			if c.Corrects != "" {
				f.Earlier = f.Earlier.Add(amount)
				return
			}
			for len(f.By) < t.cause {
				f.By = append(f.By, money.Zero)
			}
			f.By[t.cause-1] = f.By[t.cause-1].Add(amount)
		})
		value := c.Value.Decimal()
		if side.gone {
			value = value.Neg()
		}
		row := t.row(0, t.customerOf(c))
		row.Value = row.Value.Add(value)
		if c.Earns() {
			row = t.row(1, offeringOf(c))
			row.Value = row.Value.Add(value)
		}
	}
	return nil
}

// each calls with all that a charge counts in, and with what.
func (t *tally) each(c *diff.Charge, add func(f *Figures, amount money.Decimal)) {
	amount, value := c.Amount.Decimal(), c.Value.Decimal()
	add(&t.row(0, t.customerOf(c)).Figures, amount)
	add(t.sum(sumName{diff.Billed, c.Currency}), amount)
	if c.Earns() {
		add(&t.row(1, offeringOf(c)).Figures, value)
		add(t.sum(sumName{diff.Revenue, c.Provider}), value)
	}
}

func (t *tally) sum(n sumName) *Figures {
	f := t.sums[n]
	if f == nil {
		f = &Figures{}
		t.sums[n] = f
	}
	return f
}

func (t *tally) row(by int, n name) *Row {
	r := t.rows[by][n]
	if r == nil {
		r = &Row{Customer: n.customer, Account: n.account, Offering: n.offering, Currency: n.currency}
		t.rows[by][n] = r
	}
	return r
}

func offeringOf(c *diff.Charge) name { return name{offering: c.Offering, currency: c.Provider} }

// customerOf is whose a charge is by the other book, or if that lacks the account by the one at hand.
func (t *tally) customerOf(c *diff.Charge) name {
	n := name{currency: c.Currency}
	_, customer, known := t.after.Account(c.Account)
	if !known {
		_, customer, known = t.before.Account(c.Account)
	}
	if known {
		n.customer = customer.ID
	}
	if t.accounts || !known {
		n.account = c.Account
	}
	return n
}

// fill writes what was added up, and proves that the causes lead from what the first rating comes to to what the last one does.
func (t *tally) fill(out *Outcome) error {
	for n, f := range t.sums {
		if err := f.end(len(out.Causes), string(n.measure), n.currency); err != nil {
			return err
		}
		out.Sums = append(out.Sums, Sum{n.measure, n.currency, *f})
	}
	slices.SortFunc(out.Sums, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Currency, b.Currency))
	})
	counts := map[money.Currency]*Count{}
	out.Customers, out.Offerings = []Row{}, []Row{}
	for by, rows := range t.rows {
		for _, r := range rows {
			if err := r.end(len(out.Causes), r.Customer+string(r.Account)+string(r.Offering), r.Currency); err != nil {
				return err
			}
			if by == 0 {
				count(counts, r)
			}
			if !r.differs() {
				continue
			}
			if by == 0 {
				r.Name = t.nameOf(r.Customer)
				out.Customers = append(out.Customers, *r)
			} else {
				out.Offerings = append(out.Offerings, *r)
			}
		}
	}
	for _, list := range [][]Row{out.Customers, out.Offerings} {
		slices.SortFunc(list, func(a, b Row) int {
			return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Currency, b.Currency))
		})
	}
	for _, c := range slices.Sorted(maps.Keys(counts)) {
		out.Counts = append(out.Counts, *counts[c])
	}
	return nil
}

func (t *tally) nameOf(id string) string {
	for _, b := range []*book.Book{t.after, t.before} {
		at, ok := slices.BinarySearchFunc(b.Customers, id, func(c schemas.Customer, id string) int { return cmp.Compare(c.ID, id) })
		if ok {
			return b.Customers[at].Name
		}
	}
	return ""
}

// count counts a customer.
func count(counts map[money.Currency]*Count, r *Row) {
	c := counts[r.Currency]
	if c == nil {
		c = &Count{Currency: r.Currency}
		counts[r.Currency] = c
	}
	switch d := r.Difference; d.Sign() {
	case 1:
		c.More, c.Gains = c.More+1, c.Gains.Add(d)
	case -1:
		c.Less, c.Losses = c.Less+1, c.Losses.Add(d)
	default:
		c.Same++
	}
}

// differs reports whether a cause changes something, if only by what another takes back.
func (f *Figures) differs() bool {
	return !f.Earlier.IsZero() || slices.ContainsFunc(f.By, func(d money.Decimal) bool { return !d.IsZero() })
}

// end ends adding up.
func (f *Figures) end(causes int, what string, currency money.Currency) error {
	for len(f.By) < causes {
		f.By = append(f.By, money.Zero)
	}
	f.Difference = f.After.Sub(f.Before)
	sum := f.Before.Add(f.Earlier)
	for _, d := range f.By {
		sum = sum.Add(d)
	}
	if !sum.Equal(f.After) {
		return fmt.Errorf("%w: %s in %s: the causes lead from %s to %s, and the other book's charges come to %s", diff.ErrUntied, what, currency, f.Before, sum, f.After)
	}
	return nil
}

// Ranked are rows with a difference one way, the largest first by its value in the provider's currency: what is paid more, or less.
func Ranked(rows []Row, more bool) []Row {
	out := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Difference.IsZero() || r.Difference.IsPositive() != more })
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(b.Value.Abs().Cmp(a.Value.Abs()), b.Difference.Abs().Cmp(a.Difference.Abs()))
	})
	return out
}

// Percent is the difference in percent of what it was, to one place; nil of nothing.
func (f *Figures) Percent() *money.Decimal {
	if !f.Before.IsPositive() {
		return nil
	}
	p, err := money.DivRound(f.Difference.Shift(2), f.Before, 1, money.HalfEven)
	if err != nil {
		return nil
	}
	return &p
}

// Called is what a row is called for people.
func (r *Row) Called() string {
	switch {
	case r.Offering != "":
		return string(r.Offering)
	case r.Account != "":
		return string(r.Account)
	case r.Name != "":
		return r.Name
	case r.Customer != "":
		return r.Customer
	}
	return "no offering"
}

// Listed are parts of a book in words.
func Listed(parts []book.Part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = string(p)
	}
	return strings.Join(words, ", ")
}
