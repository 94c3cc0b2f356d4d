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
	// ToDate is by what charges count in a month to date; nil counts all of them in full.
	ToDate *ToDate
	sums   map[marginKey]*marginSums
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
	// CorrectedRevenue and CorrectedCost are what of these corrects earlier periods.
	CorrectedRevenue money.Fixed
	CorrectedCost    money.Fixed
	// In is the provider's currency. Value and Worth are what Revenue and Cost come to in it, by the charges; Unvalued counts those that
	// have no exchange rate.
	In       money.Currency
	Value    money.Fixed
	Worth    money.Fixed
	Unvalued int64
	// Due is the part of Value that counts to date.
	Due money.Fixed
	// Rate is that of Day for all charges, unless they are of several.
	Rate    money.Fixed
	Day     schemas.Date
	Several bool
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
	l := marginLine{marginKey{c.Account, c.Offering, c.Currency}, marginSums{Charges: 1, In: c.Value.Currency, Day: c.Value.Day}}
	var err error
	if l.Revenue, l.Value, err = fixedPair(c.Amount, c.Value.Amount); err != nil {
		return fmt.Errorf("sum margin of charge %s: amount %s: %w", c.ID, c.Amount, err)
	}
	if c.HasCost {
		if l.Cost, l.Worth, err = fixedPair(c.PeerCost, c.Value.Cost); err != nil {
			return fmt.Errorf("sum margin of charge %s: peer cost %s: %w", c.ID, c.PeerCost, err)
		}
	}
	if c.Class == schemas.ClassCorrection {
		l.CorrectedRevenue, l.CorrectedCost = l.Revenue, l.Cost
	}
	if l.Rate, err = money.FixedFromDecimal(c.Value.Rate); err != nil {
		return fmt.Errorf("sum margin of charge %s: exchange rate %s: %w", c.ID, c.Value.Rate, err)
	}
	if !c.Value.Known {
		l.Unvalued = 1
		l.Value, l.Worth = money.Fixed{}, money.Fixed{}
	}
	if l.Due, err = m.ToDate.of(c, l.Value); err != nil {
		return fmt.Errorf("sum margin of charge %s: value %s to date: %w", c.ID, c.Value.Amount, err)
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
		s = &marginSums{In: l.In, Rate: l.Rate, Day: l.Day}
		m.sums[l.marginKey] = s
	}
	s.Charges += l.Charges
	s.Unvalued += l.Unvalued
	s.Several = s.Several || l.Several || s.Rate != l.Rate || s.Day != l.Day
	return tally.AddAll("margin", string(l.Account), []*money.Fixed{&s.Revenue, &s.Cost, &s.Value, &s.Worth, &s.Due, &s.CorrectedRevenue, &s.CorrectedCost},
		[]money.Fixed{l.Revenue, l.Cost, l.Value, l.Worth, l.Due, l.CorrectedRevenue, l.CorrectedCost})
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
	tally.Text(p, &l.In)
	p.Numbers(&l.Revenue, &l.Cost, &l.Value, &l.Worth, &l.Due, &l.Rate, &l.CorrectedRevenue, &l.CorrectedCost)
	p.Count(&l.Charges)
	p.Count(&l.Unvalued)
	p.Day(&l.Day)
	p.Bool(&l.Several)
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
			Revenue: l.Revenue.Decimal(), Cost: l.Cost.Decimal(), Charges: l.Charges, Unvalued: l.Unvalued,
			CorrectedRevenue: l.CorrectedRevenue.Decimal(), CorrectedCost: l.CorrectedCost.Decimal(),
		}
		r.Margin = r.Revenue.Sub(r.Cost)
		r.Percent = marginPercentRounded(r.Margin, r.Revenue)
		l.value(&r)
		out[i] = r
		if out[i].Loss() {
			revenue, cost := r.Own()
			f := schemas.Remark(schemas.CodeNegativeMargin, r.ID,
				fmt.Sprintf("%s earns %s %s from %s and costs %s; look at its price against the contract rate", offeringName(r.Offering), revenue, r.Currency, r.Account, cost),
				revenue.Sub(cost), r.Currency)
			f.Account = r.Account
			findings = append(findings, f)
		}
	}
	return out, findings
}

// value states the row in the provider's currency, without the charges that have no rate, so that rows sum to what charges do.
func (l *marginLine) value(r *schemas.MarginRow) {
	r.ValueCurrency = l.In
	if l.Unvalued == l.Charges {
		return
	}
	revenue, cost, due := l.Value.Decimal(), l.Worth.Decimal(), l.Due.Decimal()
	margin := revenue.Sub(cost)
	r.RevenueValue, r.CostValue, r.MarginValue, r.RevenueToDate = &revenue, &cost, &margin, &due
	if !l.Several {
		rate := l.Rate.Decimal()
		r.Rate, r.RateDay = &rate, l.Day
	}
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
