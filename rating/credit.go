package rating

import (
	"cmp"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Due is an amount that prepaid credits may pay, and what it is for.
type Due struct {
	Offering schemas.OfferingID
	Meter    schemas.MeterID
	Amount   money.Decimal
}

// Drawn is what one grant pays of one due amount; Due is its position.
type Drawn struct {
	Grant  string
	Due    int
	Amount money.Decimal
}

// Draw pays amounts from grants in the order of the keys: grant by grant, each paying what it may pay for, in the order
// of the dues. It returns what was drawn and the balance left of each grant, in the order given. A grant whose balance is
// not above zero pays nothing, nor is an amount that is not above zero paid. Days are not looked at: hand in the grants
// that may pay on the day.
func Draw(dues []Due, grants []schemas.Grant, order []schemas.CreditKey) (drawn []Drawn, left []money.Decimal) {
	left = make([]money.Decimal, len(grants))
	positions := make([]int, len(grants))
	for i := range grants {
		left[i], positions[i] = balanceOf(&grants[i]), i
	}
	slices.SortStableFunc(positions, func(i, j int) int { return compareGrants(&grants[i], &grants[j], order) })
	open := make([]money.Decimal, len(dues))
	for i := range dues {
		open[i] = dues[i].Amount
	}
	for _, g := range positions {
		for i := range dues {
			if !left[g].IsPositive() {
				break
			}
			if !open[i].IsPositive() || !mayPay(&grants[g], &dues[i]) {
				continue
			}
			pays := model.Lower(left[g], open[i])
			left[g], open[i] = left[g].Sub(pays), open[i].Sub(pays)
			drawn = append(drawn, Drawn{grants[g].ID, i, pays})
		}
	}
	return drawn, left
}

func balanceOf(g *schemas.Grant) money.Decimal {
	if g.Balance != nil {
		return *g.Balance
	}
	return g.Amount
}

// mayPay reports whether a grant's scope holds what is due.
func mayPay(g *schemas.Grant, d *Due) bool {
	return len(g.Offerings) == 0 && len(g.Meters) == 0 ||
		slices.Contains(g.Offerings, d.Offering) || slices.Contains(g.Meters, d.Meter)
}

// compareGrants orders grants as they burn.
func compareGrants(a, b *schemas.Grant, order []schemas.CreditKey) int {
	for _, key := range order {
		if c := compareBy(a, b, key); c != 0 {
			return c
		}
	}
	return 0
}

func compareBy(a, b *schemas.Grant, key schemas.CreditKey) int {
	switch key {
	case schemas.CreditByPriority:
		return cmp.Compare(a.Priority, b.Priority)
	case schemas.CreditByHighest:
		return cmp.Compare(b.Priority, a.Priority)
	case schemas.CreditByExpiry:
		if a.Expires.IsZero() || b.Expires.IsZero() { // what never expires burns last
			return boolCompare(a.Expires.IsZero(), b.Expires.IsZero())
		}
		return a.Expires.Compare(b.Expires)
	case schemas.CreditByCreation:
		return a.Created.Compare(b.Created)
	case schemas.CreditByNewest:
		return b.Created.Compare(a.Created)
	case schemas.CreditByScope:
		return boolCompare(unscoped(a), unscoped(b))
	case schemas.CreditByBalance:
		return balanceOf(a).Cmp(balanceOf(b))
	case schemas.CreditByCost:
		return boolCompare(!a.Promotional, !b.Promotional)
	}
	return 0
}

func unscoped(g *schemas.Grant) bool { return len(g.Offerings) == 0 && len(g.Meters) == 0 }

// drawBeforeTax and drawAfterTax let prepaid credits pay the lines, before or after tax as the policy says.
func (b *bill) drawBeforeTax() error {
	if b.policy.CreditTax != schemas.CreditBeforeTax {
		return nil
	}
	return b.draw()
}

func (b *bill) drawAfterTax() error {
	if b.policy.CreditTax == schemas.CreditBeforeTax {
		return nil
	}
	return b.draw()
}

// draw adds a line for each grant and tax category that it pays, and carries the balances on. A grant pays whole units of what lines
// are rounded to: a fraction of a cent in a balance waits for its other part.
func (b *bill) draw() error {
	grants := b.grantsOf(b.currency, "")
	if len(grants) == 0 {
		return nil
	}
	rule, err := b.rule(b.currency, schemas.RoundLine)
	if err != nil {
		return err
	}
	unit := unitOf(&rule)
	rests := make([]money.Decimal, len(grants))
	for i := range grants {
		balance := balanceOf(&grants[i])
		whole := money.RoundToStep(balance, unit, money.Floor)
		rests[i], grants[i].Balance = balance.Sub(whole), &whole
	}
	dues, lines := b.dues()
	drawn, left := Draw(dues, grants, b.policy.CreditOrder)
	for i := range grants {
		b.out.Carried.setGrant(grants[i].ID, left[i].Add(rests[i]))
		balance := balanceOf(&grants[i]).Add(rests[i])
		for k := 0; k < len(drawn); k++ {
			d := drawn[k]
			if d.Grant != grants[i].ID {
				continue
			}
			for k+1 < len(drawn) && drawn[k+1].Grant == d.Grant && lines[drawn[k+1].Due] == lines[d.Due] { // parts of one tax
				k++
				d.Amount = d.Amount.Add(drawn[k].Amount)
			}
			b.addCredit(&grants[i], d, balance, lines[d.Due])
			balance = balance.Sub(d.Amount)
		}
	}
	return nil
}

// dues are the amounts that credits may pay, each with the line that it is of: a tax may be of several. A line below zero
// reduces those above it, from the last, and what they cannot bear those below.
func (b *bill) dues() ([]Due, []*line) {
	var dues []Due
	var lines []*line
	below := money.Zero
	due := func(of, l *line, amount money.Decimal) {
		take := model.Lower(amount, below)
		below = below.Sub(take)
		dues = append(dues, Due{soldAs(&of.charge), of.charge.Meter, amount.Sub(take)})
		lines = append(lines, l)
	}
	for _, l := range b.lines {
		if l.charge.Amount.IsNegative() {
			below = below.Sub(l.charge.Amount)
			for i := len(dues) - 1; i >= 0 && below.IsPositive(); i-- {
				take := model.Lower(dues[i].Amount, below)
				dues[i].Amount, below = dues[i].Amount.Sub(take), below.Sub(take)
			}
			continue
		}
		for _, x := range l.taxes {
			due(x.of, l, x.amount)
		}
		if l.taxes == nil {
			due(l, l, l.charge.Amount)
		}
	}
	return dues, lines
}

// soldAs is the offering whose discounts, coupons and credits a charge takes part in: what a commitment adds is of none.
func soldAs(c *schemas.Charge) schemas.OfferingID {
	if c.PricingKind == schemas.PricingCommitted {
		return ""
	}
	return c.Offering
}

// addCredit adds the line of what a grant pays of another line, out of its balance.
func (b *bill) addCredit(g *schemas.Grant, d Drawn, balance money.Decimal, of *line) {
	l := b.blank(of.sub)
	c := &l.charge
	c.Category, c.Frequency, c.Model = schemas.CategoryCredit, schemas.FrequencyOneTime, schemas.PrepaidCredit
	c.Offering, c.Price, c.Meter, c.Service = of.charge.Offering, of.charge.Price, of.charge.Meter, of.charge.Service
	called := cmp.Or(g.Name, g.ID)
	c.Description = "Prepaid credit " + called + " for " + of.charge.Description
	if g.Promotional {
		c.Model, c.Description = schemas.PromotionalCredit, "Promotional credit "+called+" for "+of.charge.Description
	}
	c.Group = of.charge.Group
	l.tax = of.tax
	if b.policy.CreditTax != schemas.CreditBeforeTax {
		l.tax = noTax
	}
	paid := l.t.Add(model.OpGiven, "credit "+called+" pays", d.Amount, model.Fact("credit", d.Amount))
	l.t.Sub("what is left of credit "+called, model.Fact("balance", balance), model.In("credit", paid))
	l.amount = l.t.Neg("which reduces what is due", model.In("credit", paid))
	c.List = l.amount.V
	l.fix(l.amount)
	b.add(l)
}

// setGrant keeps a balance for the next period.
func (c *Carried) setGrant(id string, balance money.Decimal) {
	for i := range c.Grants {
		if c.Grants[i].Grant == id {
			c.Grants[i].Balance = balance
			return
		}
	}
	c.Grants = append(c.Grants, CarriedGrant{id, balance})
}
