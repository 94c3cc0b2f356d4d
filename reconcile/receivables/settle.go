package receivables

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

// pay takes of the money what is open of a document in the same currency. Of a note, which is open below zero, it takes all that this has.
func (m *matcher) pay(l *left, d *open, rule receivable.Rule, on schemas.Date) {
	amount := d.left
	if amount.IsPositive() {
		amount = least(l.amount, amount)
	}
	m.allocate(receivable.Allocation{Payment: m.out.IDs[l.at], Document: d.Number, Account: d.Account, On: on, Kind: receivable.Paid, Rule: rule, Amount: amount, Currency: d.Currency, Moved: amount})
	l.amount, d.left = l.amount.Sub(amount), d.left.Sub(amount)
}

// settle pays a document that a payment names. Of the last one, what is missing may be what banks kept, what the terms give for
// paying early, or too little to ask for.
func (m *matcher) settle(l *left, d *open, rule receivable.Rule, last bool) {
	p := &m.out.Payments[l.at]
	switch {
	case !d.left.IsPositive() || !l.amount.IsPositive():
		return
	case p.Currency != d.Currency:
		m.settleOther(l, d, rule)
		m.small(l, d, rule)
		return
	}
	whole := d.left.Equal(d.Amount)
	m.pay(l, d, rule, p.Booked)
	if !last || !d.left.IsPositive() {
		return
	}
	if kept := least(m.kept(p), d.left); kept.IsPositive() {
		m.give(l, d, receivable.Charges, rule, kept)
	}
	off := m.discount(d, p.Booked)
	if whole && d.left.IsPositive() && !d.left.GreaterThan(off) {
		m.give(l, d, receivable.Discount, rule, d.left)
	}
	m.small(l, d, rule)
}

// kept is what banks or a processor kept of a payment: what they say, or else what the payer ordered beyond what came.
func (m *matcher) kept(p *payment.Row) money.Decimal {
	if p.Charges.IsZero() && p.InstructedCurrency == p.Currency && p.Instructed.GreaterThan(p.Amount) {
		return p.Instructed.Sub(p.Amount)
	}
	return p.Charges
}

// small takes off what is too little to be asked for.
func (m *matcher) small(l *left, d *open, rule receivable.Rule) {
	if d.left.IsPositive() && !d.left.GreaterThan(m.q.Policy.Tolerance) {
		m.give(l, d, receivable.Difference, rule, d.left)
	}
}

// give settles something of a document with no money.
func (m *matcher) give(l *left, d *open, kind receivable.Kind, rule receivable.Rule, amount money.Decimal) {
	m.allocate(receivable.Allocation{
		Payment: m.out.IDs[l.at], Document: d.Number, Account: d.Account, On: m.out.Payments[l.at].Booked, Kind: kind, Rule: rule, Amount: amount, Currency: d.Currency,
		MovedIn: m.out.Payments[l.at].Currency,
	})
	d.left = d.left.Sub(amount)
}

// discount is what the terms give for paying a document on a day.
func (m *matcher) discount(d *open, on schemas.Date) money.Decimal {
	p := &m.q.Policy
	if p.DiscountDays == 0 || on.Sub(d.Issued) > p.DiscountDays || !d.Amount.IsPositive() {
		return money.Zero
	}
	return money.RoundTo(d.Amount.Mul(p.DiscountPercent).Shift(-2), d.Places, money.HalfUp)
}

// settleOther pays a document with money in another currency: by what the payer ordered in the document's, or else at the day's rate.
func (m *matcher) settleOther(l *left, d *open, rule receivable.Rule) {
	p := &m.out.Payments[l.at]
	worth := money.Zero
	if p.InstructedCurrency == d.Currency && l.amount.Equal(p.Amount) {
		worth = p.Instructed
	} else if m.q.Convert != nil {
		if at, known := m.q.Convert(l.amount, p.Currency, d.Currency, p.Booked); known {
			worth = at
		}
	}
	if !worth.IsPositive() {
		return
	}
	amount, moved := worth, l.amount
	if amount.GreaterThan(d.left) { // the rest is left in the currency in which it came
		amount = d.left
		places, _ := money.MinorUnits(p.Currency)
		share, err := money.NewRatio(amount, worth)
		if err == nil {
			moved, err = share.Apply(l.amount, places, money.HalfEven)
		}
		if err != nil {
			return
		}
	}
	m.allocate(receivable.Allocation{
		Payment: m.out.IDs[l.at], Document: d.Number, Account: d.Account, On: p.Booked, Kind: receivable.Paid, Rule: rule, Amount: amount, Currency: d.Currency, Moved: moved, MovedIn: p.Currency,
		Reason: fmt.Sprintf("paid in %s", p.Currency),
	})
	l.amount, d.left = l.amount.Sub(moved), d.left.Sub(amount)
}

// writeOff has nobody expect any more of a document.
func (m *matcher) writeOff(w *receivable.WriteOff) {
	d := m.byPlain[payment.Plain(w.Document)]
	if d == nil || !d.left.IsPositive() {
		return
	}
	amount := d.left
	if !w.Amount.IsZero() {
		amount = least(amount, w.Amount)
	}
	m.allocate(receivable.Allocation{Document: d.Number, Account: d.Account, On: w.On, Kind: receivable.WrittenOff, Rule: receivable.ByDecision, Amount: amount, Currency: d.Currency, Reason: w.By + ": " + w.Reason})
	d.left = d.left.Sub(amount)
}

// finish lists what is left of payments.
func (m *matcher) finish() {
	for i := range m.left {
		l := &m.left[i]
		if l.amount.IsZero() {
			continue
		}
		p := &m.out.Payments[l.at]
		m.out.Unapplied = append(m.out.Unapplied, receivable.Unapplied{Payment: m.out.IDs[l.at], Account: l.account, On: p.Booked, Amount: l.amount, Currency: p.Currency, Why: l.why})
	}
}
