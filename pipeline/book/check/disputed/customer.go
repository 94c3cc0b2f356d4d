package disputed

import (
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

func (b *Book) customer(at parse.Spot, d *dispute.Dispute) {
	b.foreign(at, "customer", "items", "service", "write_off")
	if !b.Account(at, "account", string(d.Account)) {
		return
	}
	of := money.Zero
	for i := range d.Lines {
		l, here := &d.Lines[i], at.Field("lines").At(i)
		if l.Subscription == "" && l.Offering == "" && l.Price == "" {
			b.Complain(here, "write subscription, offering or price; or leave lines out for all of the bill", "it names no line")
		}
		b.ofAccount(here, d.Account, l.Subscription)
		b.Offering(here, "offering", string(l.Offering))
		if l.Amount != nil {
			b.Positive(here.Field("amount"), *l.Amount)
			of = of.Add(*l.Amount)
		}
	}
	if of.GreaterThan(d.Amount) {
		b.Complain(at.Field("amount"), "correct one of them", "its lines come to %s, which is more than the %s that are challenged", of, d.Amount)
	}
	open, last := d.Amount, d.Raised
	for i := range d.Decisions {
		x, here := &d.Decisions[i], at.Field("decisions").At(i)
		if x.On.Before(last) {
			b.Complain(here.Field("on"), "write decisions in the order of their days, from the one on which it was raised", "%s is before %s", x.On, last)
		}
		last = x.On
		open = b.outcome(here, x, open)
		b.decision(here, d, x)
	}
}

// outcome checks what a decision makes of what is open, and returns what is left of it.
func (b *Book) outcome(at parse.Spot, x *dispute.Decision, open money.Decimal) money.Decimal {
	amount := open
	if x.Amount != nil {
		amount = *x.Amount
		b.Positive(at.Field("amount"), amount)
	}
	switch {
	case !open.IsPositive():
		b.Complain(at, "raise amount of the dispute, or remove the decision", "nothing of the dispute is open any more")
		return open
	case amount.GreaterThan(open):
		b.Complain(at.Field("amount"), "write at most what is open", "%s is more than the %s that are open", amount, open)
	case x.Outcome == dispute.PartlyOutcome && (x.Amount == nil || amount.Equal(open)):
		b.Complain(at.Field("amount"), "write how much is accepted, less than what is open, or accepted without it", "partly accepts a part of the %s that are open", open)
	case x.Outcome == dispute.PartlyOutcome:
		return money.Zero
	}
	return open.Sub(amount)
}

// decision checks what follows from a decision.
func (b *Book) decision(at parse.Spot, d *dispute.Dispute, x *dispute.Decision) {
	if effects := len(x.Usage) + len(x.Prices) + len(x.Goodwill); x.Outcome == dispute.RejectedOutcome && effects > 0 {
		b.Complain(at.Field("outcome"), "write accepted or partly, or remove them", "what is rejected changes no usage and no price, and gives nothing")
	}
	for i := range x.Usage {
		b.records(at.Field("usage").At(i), &x.Usage[i])
	}
	for i := range x.Prices {
		p, here := &x.Prices[i], at.Field("prices").At(i)
		if b.Price(here.Field("price"), &p.Price); p.Price.Pooled {
			b.Complain(here.Field("price").Field("pooled"), "agree on the amount by goodwill", "a price of one subscription is not its family's")
		}
		if b.ofAccount(here, d.Account, p.Subscription) {
			b.replaces(here.Field("price"), p)
		}
	}
	for i := range x.Goodwill {
		g, here := &x.Goodwill[i], at.Field("goodwill").At(i)
		b.Positive(here.Field("amount"), g.Amount)
		b.Offering(here, "offering", string(g.Offering))
		b.ofAccount(here, d.Account, g.Subscription)
	}
}

// records checks what names usage records.
func (b *Book) records(at parse.Spot, r *dispute.Records) {
	b.Source(at, "source", string(r.Source))
	b.Once(at.Field("records"), r.Records)
	if (r.Object == "") != (len(r.Rows) == 0) {
		b.Complain(at, "write both or neither", "object and rows need each other")
	}
	if len(r.Records)+len(r.Rows) == 0 && r.Where == nil {
		b.Complain(at, "name records, or rows of an object; or write where, and daybook dispute lists what it finds", "it names no records")
	}
	for _, q := range []struct {
		key string
		d   *money.Decimal
	}{{"quantity", r.Quantity}, {"pricing_quantity", r.PricingQuantity}} {
		if q.d == nil {
			continue
		}
		if _, err := money.FixedFromDecimal(*q.d); err != nil {
			b.Complain(at.Field(q.key), "write at most 20 digits before the point and 18 behind", "%s is more than a usage record holds", q.d)
		}
	}
	if w := r.Where; w != nil && *w == (dispute.Selector{}) {
		b.Complain(at.Field("where"), "write service, sku, region, resource, from or to", "it finds every record of the source")
	}
}

// replaces complains of a price that stands in the place of none.
func (b *Book) replaces(at parse.Spot, a *dispute.Agreed) {
	_, offering := b.Bought(a.Subscription)
	sold := b.Sold(offering)
	if !slices.ContainsFunc(sold, func(p schemas.Price) bool {
		return p.ID == a.Price.ID || a.Price.Meter != "" && p.Meter == a.Price.Meter && len(a.Price.Filters) == 0
	}) {
		var names []string
		for i := range sold {
			names = append(names, string(sold[i].ID))
		}
		b.Complain(at.Field("id"), parse.DidYouMean(string(a.Price.ID), names, "give it the id of the price that it replaces"), "offering %s has no price %s, and none of its meter", parse.Clip(string(offering)), parse.Clip(string(a.Price.ID)))
	}
}

// ofAccount complains of a subscription that is another account's, and reports whether it is this one's.
func (b *Book) ofAccount(at parse.Spot, id schemas.AccountID, s schemas.SubscriptionID) bool {
	if s == "" || !b.Subscription(at, "subscription", string(s)) {
		return false
	}
	owner, _ := b.Bought(s)
	if owner != id {
		b.Complain(at.Field("subscription"), "name one of the account", "subscription %s is of account %s", parse.Clip(string(s)), parse.Clip(string(owner)))
	}
	return owner == id
}
