// Package disputed checks what a book says of disputes: with peers about their bills, and of customers about ours. Package check lends it
// the names that the book has.
//
// Start with [Book.Check].
package disputed

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Book is what a dispute may refer to. Its functions complain of a name that the book does not have, and report whether it has it.
type Book struct {
	*parse.Reader
	Contract, Account, Subscription, Offering, Source func(at parse.Spot, key, id string) bool
	// Detailed reports whether the bills of a contract are held against meters.
	Detailed func(schemas.ContractID) bool
	// Bought is the account and the offering of a subscription.
	Bought func(schemas.SubscriptionID) (schemas.AccountID, schemas.OfferingID)
	// Sold are the prices of an offering.
	Sold func(schemas.OfferingID) []schemas.Price
	// Price complains of what is wrong with a price by itself.
	Price func(at parse.Spot, p *schemas.Price)
	// Once complains of names that are listed twice, and Positive of what is not above zero.
	Once     func(list parse.Spot, values []string)
	Positive func(at parse.Spot, d money.Decimal)
}

// Check complains of disputes that are about no bill, or decide what cannot be.
func (b *Book) Check(list *parse.List[dispute.Dispute]) {
	for i := range list.Items {
		d, at := &list.Items[i], list.Spots[i]
		b.Positive(at.Field("amount"), d.Amount)
		if first, _ := d.Period.Days(); !d.Raised.IsZero() && d.Period != "" && d.Raised.Before(first) {
			b.Complain(at.Field("raised"), "correct one of them", "%s is before the month of the bill", d.Raised)
		}
		switch {
		case (d.Contract == "") == (d.Account == ""):
			b.Complain(at, "write contract for a challenge to a peer's bill, or account for a customer's to ours", "a dispute is about the bill of one contract or of one account")
		case d.Account != "":
			b.customer(at, d)
		default:
			b.peer(at, d)
		}
	}
}

// foreign complains of what only disputes of the other kind say.
func (b *Book) foreign(at parse.Spot, with string, keys ...string) {
	for _, key := range keys {
		if at.Field(key).Stands() {
			b.Complain(at.Field(key), "remove it", "%s means nothing in a dispute with a %s", key, with)
		}
	}
}

func (b *Book) peer(at parse.Spot, d *dispute.Dispute) {
	b.foreign(at, "peer", "case", "lines", "decisions")
	b.Once(at.Field("items"), d.Items)
	if b.Contract(at, "contract", string(d.Contract)) && !b.Detailed(d.Contract) {
		b.Complain(at.Field("contract"), "write detail: {} into the contract", "contract %s has no detail, by which its bills are held against meters", parse.Clip(string(d.Contract)))
	}
	w, here := d.WriteOff, at.Field("write_off")
	if w == nil {
		return
	}
	if w.On.Before(d.Raised) {
		b.Complain(here.Field("on"), "correct one of them", "%s is before the dispute was raised", w.On)
	}
	if w.Amount == nil {
		return
	}
	if b.Positive(here.Field("amount"), *w.Amount); w.Amount.GreaterThan(d.Amount) {
		b.Complain(here.Field("amount"), "write at most the amount of the dispute, or leave it out for all of the rest", "%s is more than the %s that were raised", w.Amount, d.Amount)
	}
}
