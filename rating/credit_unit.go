package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// checkCreditUnit reports a price in credits that says nothing of what a credit costs.
func checkCreditUnit(x *schemas.Price) error {
	if x.CreditUnit != "" && x.CreditPrice == nil {
		return fmt.Errorf("it is in %s but has no credit_price for what grants do not cover", x.CreditUnit)
	}
	return nil
}

// payInCredits turns the amount of a price in credits into money: the account's grants of that unit pay first, in the
// order of the policy, and what they do not cover costs the credit price. Lines draw in the order in which they are made.
func (b *bill) payInCredits(l *line) {
	x := l.price
	if !x.inCredits {
		return
	}
	due := []Due{{x.offering.ID, l.charge.Meter, l.amount.V}}
	grants := b.grantsOf("", x.CreditUnit)
	drawn, left := Draw(due, grants, b.policy.CreditOrder)
	for _, d := range drawn {
		l.amount = l.t.Sub("credit "+d.Grant+" pays "+x.CreditUnit, model.In("credits", l.amount), model.Fact("drawn", d.Amount))
	}
	for i := range grants {
		b.out.Carried.setGrant(grants[i].ID, left[i])
	}
	l.amount = l.t.Mul("the credits that are left, at their price", model.In("credits", l.amount), model.Fact("credit_price", *x.CreditPrice))
	l.charge.List = l.charge.List.Mul(*x.CreditPrice)
	l.charge.UnitPrice = nil
}

// grantsOf lists the grants of a currency or unit that may pay on the last day of the period, with their balances.
func (b *bill) grantsOf(currency money.Currency, unit string) []schemas.Grant {
	var out []schemas.Grant
	last := b.plan.day(b.plan.end).AddDays(-1)
	for i := range b.account.Credits {
		g := b.account.Credits[i]
		if g.CreditUnit != unit || unit == "" && g.Currency != currency || !pays(&g, last) {
			continue
		}
		if at := slices.IndexFunc(b.out.Carried.Grants, func(c CarriedGrant) bool { return c.Grant == g.ID }); at >= 0 {
			balance := b.out.Carried.Grants[at].Balance
			g.Balance = &balance
		}
		out = append(out, g)
	}
	return out
}

// pays reports whether a grant may pay on a day: from the day that it names on, or else from that on which it was created,
// and not after it has expired.
func pays(g *schemas.Grant, day schemas.Date) bool {
	from := g.From
	if from.IsZero() {
		from = g.Created
	}
	return !day.Before(from) && (g.Expires.IsZero() || day.Before(g.Expires))
}
