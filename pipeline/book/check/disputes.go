package check

import (
	"slices"

	"daybook/pipeline/book/check/disputed"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
)

// checkDisputes complains of disputes that are about no bill, or decide what cannot be.
func (c *checker) checkDisputes() {
	var disputes register
	registerList(c, &disputes, "dispute", &c.Disputes, func(v *dispute.Dispute) string { return v.ID })
	refers := func(r *register) func(parse.Spot, string, string) bool {
		return func(at parse.Spot, key, id string) bool { return c.refer(at, key, r, id) }
	}
	b := disputed.Book{
		Reader: c.Reader, Price: c.price, Positive: c.positive,
		Contract: refers(&c.names.contracts), Account: refers(&c.names.accounts), Subscription: refers(&c.names.subscriptions),
		Offering: refers(&c.names.offerings), Source: refers(&c.names.sources),
		Once: func(list parse.Spot, values []string) { once(c, list, values) },
		Detailed: func(id schemas.ContractID) bool {
			return slices.ContainsFunc(c.Contracts.Items, func(k agreed.Contract) bool { return k.ID == id && k.Detail != nil })
		},
		Bought: func(id schemas.SubscriptionID) (schemas.AccountID, schemas.OfferingID) {
			k := slices.IndexFunc(c.Subscriptions.Items, func(s SubscriptionRow) bool { return s.ID == id })
			return c.Subscriptions.Items[k].Account, c.Subscriptions.Items[k].Offering
		},
		Sold: func(id schemas.OfferingID) []schemas.Price {
			if k := slices.IndexFunc(c.Offerings.Items, func(o schemas.Offering) bool { return o.ID == id }); k >= 0 {
				return c.Offerings.Items[k].Prices
			}
			return nil
		},
	}
	b.Check(&c.Disputes)
}
