package check

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// pooled complains of what a price over a whole family cannot have: it prices one quantity of each price and group, which
// adds up over accounts.
func (c *checker) pooled(at parse.Spot, p *schemas.Price) {
	if !p.Pooled {
		return
	}
	here := at.Field("pooled")
	if p.Meter == "" {
		c.Complain(here, "remove the line", "only a price of usage is pooled, and this one has no meter")
		return
	}
	switch p.Terms.Model {
	case schemas.ModelFlat, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage:
	default:
		c.Complain(at.Field("model"), "choose one such as graduated or volume, or do not pool it", "a price of model %s looks at more than a quantity, which is all that a family adds up", p.Terms.Model)
	}
	if _, known := c.names.meters.spots[string(p.Meter)]; known {
		m := c.meterOf(p.Meter)
		sums := m.Aggregation == "" || m.Aggregation == schemas.AggregateSum || m.Aggregation == schemas.AggregateCount
		if !sums || m.Window != "" {
			c.Complain(here, "pool prices of meters that sum or count", "what meter %s makes of accounts does not add up to what it would make of them together", p.Meter)
		}
	}
	if a := p.Allowance; a != nil && (a.Rollover != 0 || a.PerUnit || a.Prorate || a.Shared) {
		c.Complain(at.Field("allowance"), "state one quantity for the family and the period", "an allowance that rolls over, is shared by groups, or follows the quantity or days of one subscription, is not a family's")
	}
	if p.CreditUnit != "" {
		c.Complain(at.Field("credit_unit"), "price it in money, or do not pool it", "credits are an account's own, and are not pooled")
	}
}

// families complains of accounts that cannot be priced with their family where prices are pooled: of another currency than
// the one above, and with commitments that count by window.
func (c *checker) families() {
	some := false
	for i := range c.Offerings.Items {
		for j := range c.Offerings.Items[i].Prices {
			some = some || c.Offerings.Items[i].Prices[j].Pooled
		}
	}
	if !some {
		return
	}
	currency := map[schemas.AccountID]*AccountRow{}
	above := map[schemas.AccountID]bool{}
	for i := range c.Accounts.Items {
		a := &c.Accounts.Items[i]
		currency[a.ID] = a
		above[a.Parent] = true
	}
	for i := range c.Accounts.Items {
		a, at := &c.Accounts.Items[i], c.Accounts.Spots[i]
		if p := currency[a.Parent]; p != nil && a.Currency != "" && p.Currency != "" && p.Currency != a.Currency {
			c.Complain(at.Field("currency"), "state both in one currency, or take the parent out", "the account is in %s and its parent %s in %s, and the catalogue has pooled prices", a.Currency, p.ID, p.Currency)
		}
		if a.Parent == "" && !above[a.ID] {
			continue
		}
		for k := range a.Commitments {
			if a.Commitments[k].Window != "" {
				c.Complain(at.Field("commitments").At(k).Field("window"), "commit for the whole period", "usage that is priced with that of a family is not known by window")
			}
		}
	}
}
