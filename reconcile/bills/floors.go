package bills

import (
	"fmt"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// A minimum or a commitment is billed by rows of a service of its own, which are a match of their own: what is expected of it is what
// the rates come to less than was agreed. So a contract's price of all quantities is what its rates make of them and, beside, what
// its minimums and commitments add; each difference of quantity shows where it makes one.

// floor is a minimum, or a commitment in the month at hand.
type floor struct {
	basis  schemas.RateBasis
	kind   string
	amount money.Decimal
	// ends says that the month is the last of a term, on whose bill is trued up; begins that it is the first, before which opening
	// was spent.
	ends, begins bool
	opening      money.Decimal
}

// spentOn is what counts for a minimum or a commitment: rates of a contract, of a kind.
type spentOn struct {
	contract schemas.ContractID
	kind     string
}

// Spent is an amount that use comes to: by what is expected, and by what the peer counts.
type Spent struct {
	Contract schemas.ContractID
	// Service is that of the commitment whose term it was spent in.
	Service       string
	Metered, Peer money.Decimal
}

// SpentIn is what was spent up to the end of a month in the terms of commitments, by the matches of the month.
func SpentIn(matches []schemas.PeerMatch) (out []Spent) {
	for i := range matches {
		if m := &matches[i]; m.Basis == schemas.BasisCommitment {
			out = append(out, Spent{m.Contract, m.Service, m.Metered, m.Billed})
		}
	}
	return out
}

// discounted parts a rate where its discount changes.
func (t *term) discounted(asOf schemas.Date) (out []*term) {
	days := []schemas.Date{t.from}
	for i := range t.contract.Discounts {
		v := &t.contract.Discounts[i].Validity
		for _, day := range []schemas.Date{v.From, v.To} {
			if day.After(t.from) && !day.After(t.to) {
				days = append(days, day)
			}
		}
	}
	slices.SortFunc(days, schemas.Date.Compare)
	for _, day := range slices.Compact(days) {
		percent := t.discountOn(day, asOf)
		if len(out) > 0 && out[len(out)-1].percent.Equal(percent) {
			continue
		}
		part := *t
		part.from, part.percent = day, percent
		if len(out) > 0 {
			out[len(out)-1].to = day.AddDays(-1)
		}
		out = append(out, &part)
	}
	return out
}

// discountOn is the discount of a rate on a day: that of its kind, or else that of all; of several, the one known last.
func (t *term) discountOn(day, asOf schemas.Date) money.Decimal {
	var found *agreed.ContractDiscount
	for i := range t.contract.Discounts {
		d := &t.contract.Discounts[i]
		if d.Kind != "" && d.Kind != t.rate.Kind || !d.Validity.Holds(day, asOf) {
			continue
		}
		if found == nil || found.Kind == "" && d.Kind != "" || found.Kind == d.Kind && d.Validity.KnownSince.After(found.Validity.KnownSince) {
			found = d
		}
	}
	if found == nil {
		return money.Zero
	}
	return found.Percent
}

// net is a price less the discount.
func (t *term) net(price money.Decimal) money.Decimal {
	if t.percent.IsZero() {
		return price
	}
	return price.Mul(hundred.Sub(t.percent)).Shift(-2)
}

// floorsOf are the minimums and commitments of a contract that hold for the period.
func (c *Contracts) floorsOf(contract *agreed.Contract) (out []*term) {
	first, last := c.period.Days()
	if !contract.Validity.Holds(first, c.asOf) {
		return nil
	}
	add := func(service string, known schemas.Date, f floor) {
		t := &term{contract: contract, rate: &agreed.ContractRate{Service: service, Kind: f.kind}, from: first, to: last, known: known, floor: &f}
		switch at := slices.IndexFunc(out, func(o *term) bool { return o.rate.Service == service }); {
		case at < 0:
			out = append(out, t)
		case known.After(out[at].known): // the one known last
			out[at] = t
		}
	}
	for i := range contract.Minimums {
		if m := &contract.Minimums[i]; m.Validity.Holds(first, c.asOf) {
			add(m.Service, m.Validity.KnownSince, floor{basis: schemas.BasisMinimum, kind: m.Kind, amount: m.Amount, ends: true, begins: true})
		}
	}
	for i := range contract.Commitments {
		m := &contract.Commitments[i]
		known := schemas.Validity{KnownSince: m.KnownSince}.Known(c.asOf)
		if !known || c.period < m.From || m.To != "" && c.period >= m.To {
			continue
		}
		n := monthsBetween(m.From, c.period)
		f := floor{basis: schemas.BasisCommitment, kind: m.Kind, amount: m.Amount, begins: n%m.Months == 0, ends: n%m.Months == m.Months-1}
		if n < m.Months {
			f.opening = m.Spent
		}
		add(m.Service, m.KnownSince, f)
	}
	c.floors = append(c.floors, out...)
	return out
}

// Carries reports whether a commitment goes on from the month before.
func (c *Contracts) Carries() bool {
	return slices.ContainsFunc(c.floors, func(t *term) bool { return !t.floor.begins })
}

// Gaps are findings of commitments that go on from the month before, which has no run: what was spent of their terms is taken as what
// stands in the book, or nothing, and may be more by all that is left of the amount.
func (c *Contracts) Gaps(before schemas.Period) (out []schemas.Finding) {
	for _, t := range c.floors {
		f := t.floor
		if f.begins || f.basis != schemas.BasisCommitment {
			continue
		}
		rest := f.amount.Sub(f.opening)
		out = append(out, schemas.Remark(schemas.CodeTermUnknown, schemas.JoinID(string(t.contract.ID), t.rate.Service), fmt.Sprintf(
			"commitment %s of %s %s under contract %s goes on from %s, which has no run, so that %s %s are taken as spent before and up to %s %s may be missing in error; run %s, then this month again",
			t.rate.Service, f.amount, t.contract.Currency, t.contract.ID, before, f.opening, t.contract.Currency, rest, t.contract.Currency, before), rest, t.contract.Currency))
	}
	return out
}

// monthsBetween is how many months one lies behind another.
func monthsBetween(from, to schemas.Period) int64 {
	a, _ := from.Days()
	b, _ := to.Days()
	firstYear, firstMonth, _ := a.Date()
	year, month, _ := b.Date()
	return int64(year-firstYear)*12 + int64(month) - int64(firstMonth)
}

// floor is the basis of what a group is of, empty of a rate and of what no contract covers.
func (g *group) floor() schemas.RateBasis {
	if g.term == nil || g.term.floor == nil {
		return ""
	}
	return g.term.floor.basis
}

// spend counts what a match comes to for the minimums and commitments of its contract.
func (m *matcher) spend(g *group, r *schemas.PeerMatch) {
	if g.term == nil || r.Status == schemas.Unmatched || g.floor() == schemas.BasisCommitment {
		return
	}
	k := spentOn{r.Contract, g.term.rate.Kind}
	sum := m.spent[k]
	sum.Metered, sum.Peer = sum.Metered.Add(r.Expected), sum.Peer.Add(r.Expected).Add(r.QuantityPart)
	m.spent[k] = sum
}

// spentOn is what has been spent of a kind so far, of all kinds where there is none.
func (m *matcher) spentOn(contract schemas.ContractID, kind string) (sum Spent) {
	for k, s := range m.spent {
		if k.contract == contract && (kind == "" || k.kind == kind) {
			sum.Metered, sum.Peer = sum.Metered.Add(s.Metered), sum.Peer.Add(s.Peer)
		}
	}
	return sum
}

// floored fills the row of the group of a minimum or a commitment. Metered and Billed are what counts for it, in its currency.
func (m *matcher) floored(g *group, r *schemas.PeerMatch, s *sheet.Sheet) {
	f, contract := g.term.floor, g.term.contract
	r.Basis, r.Unit = f.basis, string(contract.Currency)
	if m.meterGroup(g.term) == g {
		counts := m.spentOn(contract.ID, f.kind)
		r.Metered = s.Given("what rates come to, by what is expected", "expected", counts.Metered)
		r.Billed = s.Given("what rates come to, by what the peer counts", "at the peer's quantity", counts.Peer)
		if f.basis == schemas.BasisCommitment {
			before := m.carried(g.term)
			r.Metered = s.Add("spent in the term", sheet.Named("before", before.Metered), sheet.Named("in the month", r.Metered))
			r.Billed = s.Add("spent in the term, by what the peer counts", sheet.Named("before", before.Peer), sheet.Named("in the month", r.Billed))
		}
		r.Expected = f.missing(s, "expected: what is missing", r.Metered)
	}
	atBilled := r.Expected
	if !r.Billed.Equal(r.Metered) {
		atBilled = f.missing(s, "what is missing by what the peer counts", r.Billed)
	}
	r.QuantityPart = s.Subtract("difference of quantity", sheet.Named("at the peer's quantity", atBilled), sheet.Named("expected", r.Expected))
	r.PricePart = s.Subtract("difference of price", sheet.Named("actual", r.Actual), sheet.Named("at the peer's quantity", atBilled))
	r.Status = status(r, contract.Tolerance)
}

// missing is what is spent less than was agreed, at the end of a term.
func (f *floor) missing(s *sheet.Sheet, note string, spent money.Decimal) money.Decimal {
	switch {
	case !f.ends:
		return s.Given(note+", which the bill of the term's last month will have", "due now", money.Zero)
	case !spent.LessThan(f.amount):
		return s.Given(note+", of "+f.amount.String(), "nothing", money.Zero)
	}
	return s.Subtract(note, sheet.Named(string(f.basis), f.amount), sheet.Named("spent", spent))
}

// carried is what was spent in the months of the term before.
func (m *matcher) carried(t *term) (sum Spent) {
	ran := false
	for _, b := range m.before {
		if !t.floor.begins && b.Contract == t.contract.ID && b.Service == t.rate.Service {
			sum.Metered, sum.Peer, ran = sum.Metered.Add(b.Metered), sum.Peer.Add(b.Peer), true
		}
	}
	if !ran {
		sum.Metered, sum.Peer = t.floor.opening, t.floor.opening
	}
	return sum
}

// bills reports whether rows are those of a minimum or a commitment of a contract.
func (c *Contracts) bills(contract *agreed.Contract, a *asideLine) bool {
	return (isUse(a.category) || a.category == schemas.CategoryAdjustment) && slices.ContainsFunc(c.floors, func(t *term) bool {
		return t.contract == contract && t.rate.Service == a.service
	})
}

// floors holds what the bill has for minimums and commitments against what they add.
func (s *BillSums) floors(c *agreed.Contract, out *Totals) error {
	for _, t := range s.contracts.floors {
		if t.contract != c {
			continue
		}
		var rows []*asideLine
		for _, a := range s.besides() {
			if a.contract == c.ID && a.service == t.rate.Service && s.contracts.bills(c, a) {
				rows = append(rows, a)
			}
		}
		usage, expected := money.Zero, money.Zero
		for i := range out.matches {
			if m := &out.matches[i]; m.Contract == c.ID && m.Service == t.rate.Service && m.Basis == t.floor.basis {
				usage, expected = usage.Add(m.QuantityPart), expected.Add(m.Expected)
			}
		}
		x := s.whole(c, rows, expected)
		x.Service, x.UsageEffect, x.RateEffect, x.OtherEffect = t.rate.Service, usage, x.Amount.Sub(usage), money.Zero
		if err := s.file(c, x, rows, floorClass(x), out); err != nil {
			return err
		}
	}
	return nil
}

// floorClass is what is wrong with the rows of a minimum or a commitment; nothing where it is rounding's.
func floorClass(x *peerbill.Discrepancy) peerbill.Class {
	places, _ := money.MinorUnits(x.Currency)
	off := x.RateEffect.Abs()
	switch {
	case x.BillRows > 0 && !x.Amount.Abs().GreaterThan(money.NewDecimal(5*x.BillRows, -places-1)):
		return ""
	case x.BillRows == 0 && !x.RateEffect.IsZero():
		return peerbill.MissingInBill
	case x.Expected.IsZero() && x.UsageEffect.IsZero():
		return peerbill.MissingInMeter
	case off.GreaterThan(money.NewDecimal(x.BillRows, -places)):
		return peerbill.WrongRate
	case x.UsageEffect.IsNegative():
		return peerbill.OverUsage
	case x.UsageEffect.IsPositive():
		return peerbill.UnderUsage
	}
	return peerbill.WrongRounding
}
