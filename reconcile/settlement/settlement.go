// Package settlement says who owes whom when several providers set off what they owe each other: two of them, or all as one
// circle. It nets what is of one currency, due on one day and undisputed, and nothing else; what was netted is kept. It moves no
// money.
//
// Start with Net.
package settlement

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Party is a provider: a peer, or ourselves.
type Party string

// Debt is an amount that one party owes another, below zero for a credit.
type Debt struct {
	From, To Party
	Amount   money.Decimal
	Currency money.Currency
	Due      schemas.Date
	// Disputed amounts are not netted.
	Disputed bool
	// Reference is the document that says so.
	Reference string
}

// Pool is what is netted together.
type Pool struct {
	Currency money.Currency
	Due      schemas.Date
	// Positions are what each party receives, below zero what it pays, in order of the parties; they add up to 0.
	Positions []Position
	// Pairs are the bilateral nets, in order, without those that come to 0.
	Pairs []Payment
	// Payments settle the positions, by no more of them than there are parties less one.
	Payments []Payment
	// Gross is what all debts come to, and Settled what is paid in the end.
	Gross, Settled money.Decimal
	// Debts are what the pool is made of, in order.
	Debts []Debt
}

// Position is what one party has of a pool.
type Position struct {
	Party                    Party
	Receivable, Payable, Net money.Decimal
}

// Payment is an amount above zero.
type Payment struct {
	From, To Party
	Amount   money.Decimal
}

// Net puts debts into pools, in order of currency and day, and returns those that are disputed apart. What a party owes itself
// is an error.
func Net(debts []Debt) (pools []Pool, disputed []Debt, err error) {
	sorted := slices.SortedStableFunc(slices.Values(debts), func(a, b Debt) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), a.Due.Compare(b.Due), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			cmp.Compare(a.Reference, b.Reference), a.Amount.Cmp(b.Amount))
	})
	for _, d := range sorted {
		if d.From == d.To {
			return nil, nil, fmt.Errorf("net debts: %s owes itself %s %s by %q; name the other party", d.From, d.Amount, d.Currency, d.Reference)
		}
		if d.Disputed {
			disputed = append(disputed, d)
			continue
		}
		if n := len(pools); n == 0 || pools[n-1].Currency != d.Currency || pools[n-1].Due != d.Due {
			pools = append(pools, Pool{Currency: d.Currency, Due: d.Due})
		}
		p := &pools[len(pools)-1]
		p.Debts = append(p.Debts, d)
	}
	for i := range pools {
		pools[i].net()
	}
	return pools, disputed, nil
}

func (p *Pool) net() {
	positions, pairs := map[Party]*Position{}, map[[2]Party]money.Decimal{}
	of := func(name Party) *Position {
		if positions[name] == nil {
			positions[name] = &Position{Party: name}
		}
		return positions[name]
	}
	for _, d := range p.Debts {
		from, to := of(d.From), of(d.To)
		from.Payable, to.Receivable = from.Payable.Add(d.Amount), to.Receivable.Add(d.Amount)
		p.Gross = p.Gross.Add(d.Amount)
		if d.From < d.To {
			pairs[[2]Party{d.From, d.To}] = pairs[[2]Party{d.From, d.To}].Add(d.Amount)
		} else {
			pairs[[2]Party{d.To, d.From}] = pairs[[2]Party{d.To, d.From}].Sub(d.Amount)
		}
	}
	for _, x := range positions {
		x.Net = x.Receivable.Sub(x.Payable)
		p.Positions = append(p.Positions, *x)
		if x.Net.IsPositive() {
			p.Settled = p.Settled.Add(x.Net)
		}
	}
	slices.SortFunc(p.Positions, func(a, b Position) int { return cmp.Compare(a.Party, b.Party) })
	for pair, amount := range pairs {
		switch {
		case amount.IsPositive():
			p.Pairs = append(p.Pairs, Payment{pair[0], pair[1], amount})
		case amount.IsNegative():
			p.Pairs = append(p.Pairs, Payment{pair[1], pair[0], amount.Neg()})
		}
	}
	slices.SortFunc(p.Pairs, func(a, b Payment) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	p.Payments = settle(p.Positions)
}

// settle has those who owe pay those who receive, in order, each until it has paid or received its position.
func settle(positions []Position) (out []Payment) {
	var pay, get []Payment
	for _, x := range positions {
		switch {
		case x.Net.IsNegative():
			pay = append(pay, Payment{From: x.Party, Amount: x.Net.Neg()})
		case x.Net.IsPositive():
			get = append(get, Payment{To: x.Party, Amount: x.Net})
		}
	}
	for len(pay) > 0 && len(get) > 0 {
		amount := pay[0].Amount
		if get[0].Amount.LessThan(amount) {
			amount = get[0].Amount
		}
		out = append(out, Payment{pay[0].From, get[0].To, amount})
		pay[0].Amount, get[0].Amount = pay[0].Amount.Sub(amount), get[0].Amount.Sub(amount)
		if pay[0].Amount.IsZero() {
			pay = pay[1:]
		}
		if get[0].Amount.IsZero() {
			get = get[1:]
		}
	}
	return out
}

// Statement is what stands between one party and another in a pool: the debts either way, and what they come to.
type Statement struct {
	Party, Counterparty Party
	Currency            money.Currency
	Due                 schemas.Date
	Receivable, Payable money.Decimal
	// Net is what the party receives, below zero what it pays.
	Net   money.Decimal
	Debts []Debt
}

// Statements are those of one party, one for each counterparty, in order.
func (p *Pool) Statements(party Party) (out []Statement) {
	for _, d := range p.Debts {
		other := d.To
		switch party {
		case d.From:
		case d.To:
			other = d.From
		default:
			continue
		}
		i := slices.IndexFunc(out, func(s Statement) bool { return s.Counterparty == other })
		if i < 0 {
			i = len(out)
			out = append(out, Statement{Party: party, Counterparty: other, Currency: p.Currency, Due: p.Due})
		}
		s := &out[i]
		s.Debts = append(s.Debts, d)
		if d.To == party {
			s.Receivable = s.Receivable.Add(d.Amount)
		} else {
			s.Payable = s.Payable.Add(d.Amount)
		}
		s.Net = s.Receivable.Sub(s.Payable)
	}
	slices.SortFunc(out, func(a, b Statement) int { return cmp.Compare(a.Counterparty, b.Counterparty) })
	return out
}
