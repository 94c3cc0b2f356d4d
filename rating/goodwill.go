package rating

import (
	"cmp"

	"daybook/rating/decided"
	"daybook/rating/model"
	"daybook/schemas"
)

// Decided is what disputes have decided about an account in the plan's period; nil where they have nothing.
func (p *Plan) Decided(id schemas.AccountID) *decided.Month {
	return p.book.Decided.In(id, p.spec.Period)
}

// DecidesRecords reports whether disputes have decided about any usage of the period.
func (p *Plan) DecidesRecords() bool { return p.book.Decided.Records(p.spec.Period) }

// giveGoodwill adds a line for each amount that a decision about a dispute gives. It reduces what is taxed like the offering that it is for.
func (b *bill) giveGoodwill() error {
	month := b.plan.Decided(b.account.ID)
	if month == nil {
		return nil
	}
	rule, err := b.rule(b.currency, schemas.RoundLine)
	if err != nil {
		return err
	}
	for i := range month.Goodwill {
		g := &month.Goodwill[i]
		l := b.blank(nil)
		given := l.t.Add(model.OpGiven, "goodwill by the decision about dispute "+g.Dispute, g.Amount, model.Fact("goodwill", g.Amount))
		l.amount = l.t.Neg("which reduces what is due", model.In("goodwill", given))
		amount := roundBy(&l.t, model.In("exact", l.amount), &rule)
		c := &l.charge
		c.Category, c.Frequency, c.Model = schemas.CategoryCredit, schemas.FrequencyOneTime, schemas.Goodwill
		c.Subscription, c.Offering, c.List = g.Subscription, g.Offering, l.amount.V
		c.Description = cmp.Or(g.Name, "Goodwill") + " (" + g.Dispute + ")"
		if o := b.plan.offerings[g.Offering]; o != nil {
			c.Service, c.ServiceCategory, l.tax = o.Service, o.ServiceCategory, o.tax
		}
		l.fix(amount)
		b.add(l)
	}
	return nil
}
