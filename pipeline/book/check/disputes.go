package check

import (
	"slices"

	"daybook/pipeline/book/check/asked"
	"daybook/pipeline/book/check/disputed"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/request"
)

// checkDisputes complains of disputes that are about no bill, or decide what cannot be.
func (c *checker) checkDisputes() (names register) {
	registerList(c, &names, "dispute", &c.Disputes, func(v *dispute.Dispute) string { return v.ID })
	b := disputed.Book{
		Reader: c.Reader, Price: c.price, Positive: c.positive,
		Contract: c.refers(&c.names.contracts), Account: c.refers(&c.names.accounts), Subscription: c.refers(&c.names.subscriptions),
		Offering: c.refers(&c.names.offerings), Source: c.refers(&c.names.sources),
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
	return names
}

// checkRequests complains of customers' requests that say too little, and of changes that were made without a decision about one.
func (c *checker) checkRequests(disputes register) {
	subscriptions := map[schemas.SubscriptionID]*SubscriptionRow{}
	for i := range c.Subscriptions.Items {
		subscriptions[c.Subscriptions.Items[i].ID] = &c.Subscriptions.Items[i]
	}
	var applied []asked.Applied
	for i := range c.Changes.Items {
		if k := &c.Changes.Items[i]; k.Request != "" {
			applied = append(applied, asked.Applied{Subscription: k.Subscription, Request: k.Request, At: c.Changes.Spots[i]})
		}
	}
	b := asked.Book{
		Reader: c.Reader, Identifier: c.identifier, Account: c.refers(&c.names.accounts), Subscription: c.refers(&c.names.subscriptions),
		Offering: c.refers(&c.names.offerings), Source: c.refers(&c.names.sources), Dispute: c.refers(&disputes),
		Owner: func(id schemas.SubscriptionID) (owner schemas.AccountID) {
			if s := subscriptions[id]; s != nil {
				owner = s.Account
			}
			return owner
		},
		Format: func(id schemas.SourceID) schemas.Format {
			return c.Sources.Items[slices.IndexFunc(c.Sources.Items, func(s schemas.Source) bool { return s.ID == id })].Format
		},
		Change: func(at parse.Spot, k *request.Asked) {
			c.change(at, &ChangeRow{Subscription: k.Subscription, Change: k.Change}, subscriptions)
		},
	}
	b.Check(&c.Requests, applied)
}

// refers is refer for names of one kind.
func (c *checker) refers(r *register) func(parse.Spot, string, string) bool {
	return func(at parse.Spot, key, id string) bool { return c.refer(at, key, r, id) }
}
