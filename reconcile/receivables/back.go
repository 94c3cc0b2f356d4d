package receivables

import (
	"slices"

	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

// outgoing takes money that we paid: it takes a payment back, gives back what a note or an overpayment owes, or is nobody's.
func (m *matcher) outgoing(at int) {
	p := &m.out.Payments[at]
	l := left{at: at, amount: p.Amount, why: "nothing says what it is for, nor whose it is"}
	if m.takeBack(&l) {
		m.leave(l)
		return
	}
	named, rule := m.named(p)
	for _, d := range named {
		l.account, l.why = d.Account, "it was given back beyond what was owed"
		m.refund(&l, d, rule)
	}
	if account, known := m.payers[p.PartyAccount]; known && p.PartyAccount != "" && l.account == "" {
		l.account, l.why = account, "it was given back beyond what was owed"
		for _, d := range m.of[account] {
			if d.left.Equal(l.amount) && d.Currency == p.Currency {
				m.refund(&l, d, receivable.ByAmount)
			}
		}
	}
	for i := range m.left { // what was paid too much goes back
		if x := &m.left[i]; l.account != "" && x.account == l.account && x.amount.IsPositive() && l.amount.IsNegative() && m.out.Payments[x.at].Currency == p.Currency {
			m.meet(x, &l, receivable.Refund)
		}
	}
	m.leave(l)
}

// refund pays what a note owes the customer.
func (m *matcher) refund(l *left, d *open, rule receivable.Rule) {
	p := &m.out.Payments[l.at]
	if !d.left.IsNegative() || !l.amount.IsNegative() || d.Currency != p.Currency {
		return
	}
	amount := d.left
	if amount.LessThan(l.amount) {
		amount = l.amount
	}
	m.allocate(receivable.Allocation{Payment: m.out.IDs[l.at], Document: d.Number, Account: d.Account, On: p.Booked, Kind: receivable.Refund, Rule: rule, Amount: amount, Currency: d.Currency, Moved: amount})
	l.amount, d.left = l.amount.Sub(amount), d.left.Sub(amount)
}

// meet has what is left of two payments, one of which came and one of which went, take of one another what both have.
func (m *matcher) meet(in, out *left, kind receivable.Kind) {
	amount := least(in.amount, out.amount.Neg())
	p := &m.out.Payments[out.at]
	for _, x := range []struct {
		l      *left
		amount money.Decimal
	}{{in, amount}, {out, amount.Neg()}} {
		m.allocate(receivable.Allocation{Payment: m.out.IDs[x.l.at], Account: in.account, On: p.Booked, Kind: kind, Rule: receivable.ByReturn, Currency: p.Currency, Amount: x.amount, Moved: x.amount})
		x.l.amount = x.l.amount.Sub(x.amount)
	}
}

// takeBack finds the payment that this one takes back: the newest that came with the same identifier of the payer's or, where the bank
// says that it returns one, with the same account and at most that amount. What it takes beyond is the bank's fee.
func (m *matcher) takeBack(l *left) bool {
	p := &m.out.Payments[l.at]
	returned := p.Return != "" || p.Reversal
	at := -1
	for i := len(m.left) - 1; i >= 0 && at < 0; i-- {
		q := &m.out.Payments[m.left[i].at]
		switch {
		case !q.Amount.IsPositive() || q.Currency != p.Currency || q.Account != p.Account:
		case p.EndToEnd != "" && q.EndToEnd == p.EndToEnd, returned && sameReference(p, q),
			returned && p.PartyAccount != "" && q.PartyAccount == p.PartyAccount && !q.Amount.GreaterThan(p.Amount.Neg()):
			at = i
		}
	}
	if at < 0 {
		return false
	}
	in := &m.left[at]
	l.account, l.why = in.account, "it took back more than had come"
	if in.amount.IsPositive() {
		m.meet(in, l, receivable.Returned)
	}
	whole := !p.Amount.Neg().LessThan(m.out.Payments[in.at].Amount)
	id := m.out.IDs[in.at]
	for _, a := range slices.Backward(slices.Clone(m.out.Allocations)) { // which grow on the way
		if a.Payment == id && a.Document != "" && a.Kind != receivable.Returned && (whole || l.amount.IsNegative()) {
			m.reverse(&a, l, whole)
		}
	}
	if l.amount.IsNegative() && whole {
		m.out.Fees[m.out.IDs[l.at]] = l.amount.Neg()
		l.amount = money.Zero
	}
	return true
}

func sameReference(p, q *payment.Row) bool {
	return p.Structured != "" && q.Structured == p.Structured
}

// reverse takes an allocation back, or as much of it as money is left.
func (m *matcher) reverse(a *receivable.Allocation, l *left, whole bool) {
	d := m.byPlain[payment.Plain(a.Document)]
	back := *a
	back.Payment, back.On, back.Kind, back.Rule, back.Reason = m.out.IDs[l.at], m.out.Payments[l.at].Booked, receivable.Returned, receivable.ByReturn, string(a.Kind)
	back.Amount, back.Moved = a.Amount.Neg(), a.Moved.Neg()
	if !whole {
		if a.Kind != receivable.Paid || a.MovedIn != a.Currency {
			return
		}
		if back.Moved.LessThan(l.amount) {
			back.Moved, back.Amount = l.amount, l.amount
		}
	}
	m.allocate(back)
	l.amount, d.left = l.amount.Sub(back.Moved), d.left.Sub(back.Amount)
}
