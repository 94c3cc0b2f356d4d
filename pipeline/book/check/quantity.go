package check

import (
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// quantities complains of quantities of subscriptions that nothing multiplies, as by a flat price, which costs its amount
// whatever the quantity. One is no such quantity: it says what holds without it.
func (c *checker) quantities(offerings map[schemas.OfferingID]*schemas.Offering) {
	read := make(map[schemas.SubscriptionID]bool, len(c.Subscriptions.Items))
	for i := range c.Subscriptions.Items {
		s := &c.Subscriptions.Items[i]
		read[s.ID] = readsQuantity(offerings[s.Offering]) || slices.ContainsFunc(s.Overrides, priceReadsQuantity)
	}
	for i := range c.Changes.Items {
		if k := &c.Changes.Items[i]; k.Kind == schemas.ChangePlan {
			read[k.Subscription] = read[k.Subscription] || readsQuantity(offerings[k.Offering])
		}
	}
	for i := range c.Subscriptions.Items {
		s := &c.Subscriptions.Items[i]
		c.quantityCounts(c.Subscriptions.Spots[i], s.Quantity, read[s.ID], s.ID)
	}
	for i := range c.Changes.Items {
		k := &c.Changes.Items[i]
		if _, known := read[k.Subscription]; known {
			c.quantityCounts(c.Changes.Spots[i], k.Quantity, read[k.Subscription], k.Subscription)
		}
	}
}

func (c *checker) quantityCounts(at parse.Spot, quantity *money.Decimal, read bool, id schemas.SubscriptionID) {
	if quantity == nil || read || quantity.Equal(money.One) {
		return
	}
	c.Complain(at.Field("quantity"), "price what is sold by the piece with model: per_unit and its unit_price, or leave the quantity out",
		"no price of subscription %s multiplies a quantity, so %s changes nothing", id, quantity)
}

// readsQuantity reports whether some price of an offering depends on how many of it are subscribed. Of an offering that the
// book does not have nothing is known, so it may.
func readsQuantity(o *schemas.Offering) bool {
	return o == nil || slices.ContainsFunc(o.Prices, priceReadsQuantity)
}

func priceReadsQuantity(p schemas.Price) bool {
	if p.Meter != "" {
		return p.Allowance != nil && p.Allowance.PerUnit
	}
	switch p.Terms.Model {
	case schemas.ModelFlat, schemas.ModelBlockTiers, schemas.ModelCapacity:
		return false
	default:
		return true
	}
}
