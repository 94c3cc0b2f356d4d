package rating

import (
	"cmp"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// ServiceCredit is what an account is due for a promise about a service that was not kept in an earlier month.
type ServiceCredit struct {
	// Result names what became of the promise, and Description says it for the account.
	Result      string
	Description string
	Offering    schemas.OfferingID
	Currency    money.Currency
	// Due is the whole credit, above zero, and Given what earlier drafts gave of it, of which Booked is the last: none where there is
	// no such draft.
	Due, Given money.Decimal
	Booked     schemas.Period
	// Bounded says that it takes off no more than there is to be paid; the rest waits for the next draft.
	Bounded bool
}

// giveCredits adds a line for each service credit in the account's currency: below zero, or above it where drafts have given more than is due.
// It reduces what is taxed like the offering that it is for. One in another currency is left to the caller.
func (b *bill) giveCredits() error {
	for i := range b.carried.Credits {
		if x := &b.carried.Credits[i]; x.Currency == b.currency {
			if err := b.giveCredit(x); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bill) giveCredit(x *ServiceCredit) error {
	rule, err := b.rule(b.currency, schemas.RoundLine)
	if err != nil {
		return err
	}
	l := b.blank(nil)
	var credit model.Number
	if x.Given.IsZero() {
		credit = l.t.Add(model.OpGiven, "service credit for "+x.Result, x.Due, model.Fact("credit", x.Due))
	} else {
		credit = l.t.Sub("service credit for "+x.Result+", less what was given of it", model.Fact("credit", x.Due), model.Fact("given", x.Given))
	}
	if x.Bounded {
		left := money.Zero
		for _, other := range b.lines {
			left = left.Add(other.charge.Amount)
		}
		credit = l.t.Least("no more than there is to be paid", model.In("credit", credit), model.Fact("payable", model.AboveZero(left)))
	}
	l.amount = l.t.Neg("which reduces what is due", model.In("credit", credit))
	amount := roundBy(&l.t, model.In("exact", l.amount), &rule)
	if amount.V.IsZero() {
		return nil
	}
	c := &l.charge
	c.Category, c.Frequency, c.Model = schemas.CategoryCredit, schemas.FrequencyOneTime, schemas.ServiceCredit
	c.Price, c.Offering, c.List, c.Description = schemas.PriceID(x.Result), x.Offering, l.amount.V, cmp.Or(x.Description, "Service credit")
	if x.Booked != "" {
		c.Class, c.Corrects = schemas.ClassCorrection, x.Booked
	}
	if o := b.plan.offerings[x.Offering]; o != nil {
		c.Service, c.ServiceCategory, l.tax = o.Service, o.ServiceCategory, o.tax
	} else {
		l.tax = b.taxOfBought(func(*subscription, *offering) bool { return false })
	}
	l.fix(amount)
	b.add(l)
	return nil
}
