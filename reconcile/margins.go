package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Margins sums what each account's use of each offering earns and costs. Partial sums merge in any order to the same
// totals. The zero value is ready to use; it is not safe for concurrent use.
type Margins struct {
	sums map[marginKey]*marginSums
	// sorted is what lines returned, while nothing is added.
	sorted []marginLine
}

type marginKey struct {
	Account  schemas.AccountID
	Offering schemas.OfferingID
	Currency money.Currency
}

type marginSums struct {
	Revenue money.Fixed
	Cost    money.Fixed
	Charges int64
}

type marginLine struct {
	marginKey
	marginSums
}

// Add counts a charge that earns revenue. The error is an amount that no dataset could hold, or a sum that overflows.
func (m *Margins) Add(c *schemas.Charge) error {
	if !c.EarnsRevenue() {
		return nil
	}
	l := marginLine{marginKey{c.Account, c.Offering, c.Currency}, marginSums{Charges: 1}}
	var err error
	if l.Revenue, err = money.FixedFromDecimal(c.Amount); err != nil {
		return fmt.Errorf("sum margin of charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	if c.HasCost {
		if l.Cost, err = money.FixedFromDecimal(c.PeerCost); err != nil {
			return fmt.Errorf("sum margin of charge %s: peer cost %s: %w", c.ID, c.PeerCost, err)
		}
	}
	return m.add(&l)
}

func (m *Margins) add(l *marginLine) error {
	m.sorted = nil
	s := m.sums[l.marginKey]
	if s == nil {
		if m.sums == nil {
			m.sums = map[marginKey]*marginSums{}
		}
		s = &marginSums{}
		m.sums[l.marginKey] = s
	}
	s.Charges += l.Charges
	return tally.AddAll("margin", string(l.Account), []*money.Fixed{&s.Revenue, &s.Cost}, []money.Fixed{l.Revenue, l.Cost})
}

// lines returns the sums in order.
func (m *Margins) lines() []marginLine {
	if m.sorted != nil {
		return m.sorted
	}
	out := make([]marginLine, 0, len(m.sums))
	for k, s := range m.sums {
		out = append(out, marginLine{k, *s})
	}
	slices.SortFunc(out, func(a, b marginLine) int {
		if a.Account != b.Account { // nearly always
			return cmp.Compare(a.Account, b.Account)
		}
		return cmp.Or(cmp.Compare(a.Offering, b.Offering), cmp.Compare(a.Currency, b.Currency))
	})
	m.sorted = out
	return out
}

func (m *Margins) exchange(p *tally.Pack) {
	var lines []marginLine
	if !p.Reads() {
		lines = m.lines()
	}
	tally.Exchange(p, lines, (*marginLine).fields, m.add)
}

func (l *marginLine) fields(p *tally.Pack) {
	tally.Text(p, &l.Account)
	tally.Text(p, &l.Offering)
	tally.Text(p, &l.Currency)
	p.Numbers(&l.Revenue, &l.Cost)
	p.Count(&l.Charges)
}

// Rows returns the margins of a period, sorted as schemas.Margins says, and a finding for each that is a loss.
func (m *Margins) Rows(period schemas.Period) ([]schemas.MarginRow, []schemas.Finding) {
	lines := m.lines()
	out := make([]schemas.MarginRow, len(lines))
	var findings []schemas.Finding
	for i, l := range lines {
		r := schemas.MarginRow{
			ID:     MarginID(period, l.Account, l.Offering, l.Currency),
			Period: period, Account: l.Account, Offering: l.Offering, Currency: l.Currency,
			Revenue: l.Revenue.Decimal(), Cost: l.Cost.Decimal(), Charges: l.Charges,
		}
		r.Margin = r.Revenue.Sub(r.Cost)
		r.Percent = marginPercentRounded(r.Margin, r.Revenue)
		out[i] = r
		if out[i].Loss() {
			f := schemas.Remark(schemas.CodeNegativeMargin, r.ID,
				fmt.Sprintf("%s earns %s %s from %s and costs %s; look at its price against the contract rate", offeringName(r.Offering), r.Revenue, r.Currency, r.Account, r.Cost),
				r.Margin, r.Currency)
			f.Account = r.Account
			findings = append(findings, f)
		}
	}
	return out, findings
}

// MarginID is the identifier of an account's margin on an offering; no account stands for all of them.
func MarginID(p schemas.Period, account schemas.AccountID, offering schemas.OfferingID, c money.Currency) string {
	return schemas.JoinID(string(p), string(account), string(offering), string(c))
}

// ByOffering adds up margins over accounts, sorted by offering and currency.
func (m *Margins) ByOffering() (*Margins, error) {
	out := &Margins{}
	for _, l := range m.lines() {
		l.Account = ""
		if err := out.add(&l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// marginPercentRounded is margin in a hundred of revenue, nil without revenue.
func marginPercentRounded(margin, revenue money.Decimal) *money.Decimal {
	if revenue.IsZero() {
		return nil
	}
	return percentRounded(margin, revenue)
}
