package disputed

import (
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/schemas"
)

// Shared is something that the disputed lines share with others, so that what is decided about them may change those.
type Shared struct {
	What string `json:"what"`
	With string `json:"with"`
	Why  string `json:"why"`
}

// scoping finds what is shared.
type scoping struct {
	view    *View
	book    *book.Book
	account *schemas.Account
	out     []Shared
}

func (x *scoping) add(what, with, why string) {
	s := Shared{what, with, why}
	if !slices.Contains(x.out, s) {
		x.out = append(x.out, s)
	}
}

// scopeOf is what the disputed lines of a dispute share.
func scopeOf(v *View, b *book.Book) []Shared {
	x := &scoping{view: v, book: b, out: []Shared{}}
	x.account, _, _ = b.Account(v.Dispute.Account)
	if x.account == nil {
		return x.out
	}
	for i := range v.Lines {
		if l := &v.Lines[i]; l.Disputed && l.Category == schemas.CategoryUsage {
			x.price(l)
			x.bounds(l)
			x.committed(l)
		}
	}
	x.whole()
	return x.out
}

// tiered are the models by which what one unit costs hangs on how many there are.
var tiered = []schemas.Model{
	schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage, schemas.ModelGraduatedPercentage,
	schemas.ModelBlockTiers, schemas.ModelCapacity, schemas.ModelTieredMargin,
}

// price finds what shares the price of a line.
func (x *scoping) price(l *Line) {
	o, ok := x.book.Offering(l.Offering)
	if !ok {
		return
	}
	for i := range o.Prices {
		p := &o.Prices[i]
		if p.ID != l.Price {
			continue
		}
		name := fmt.Sprintf("price %s of %s", p.ID, o.Name)
		if p.Pooled {
			if kin := x.others(); len(kin) > 0 {
				x.add("pool", "accounts "+strings.Join(kin, ", "), name+" prices the usage of the family as one quantity, and divides the amount among its accounts")
			}
		}
		if slices.Contains(tiered, p.Terms.Model) {
			x.add("tiers", fmt.Sprintf("all usage of subscription %s under the %s", l.Subscription, name), fmt.Sprintf("the price is %s: what a unit costs hangs on the quantity of the whole month", p.Terms.Model))
		}
		if p.Allowance != nil || p.FreeQuantity != nil {
			with := "all usage under the " + name
			if a := p.Allowance; a != nil && a.Rollover > 0 {
				with += fmt.Sprintf(", and that of the next %d months, into which what is left goes over", a.Rollover)
			}
			x.add("allowance", with, "usage that does not count leaves more of what is free for the rest")
		}
		if m, ok := x.book.Meter(p.Meter); ok && m.CarryIn {
			x.add("level", "the months after "+string(x.view.Period), fmt.Sprintf("meter %s carries its level into the next month", m.ID))
		}
	}
}

// others are the accounts of the family beside the disputing one.
func (x *scoping) others() (out []string) {
	for i := range x.view.Lines {
		if id := x.view.Lines[i].Account; id != x.view.Dispute.Account && !slices.Contains(out, string(id)) {
			out = append(out, string(id))
		}
	}
	return out
}

// bounds finds minimums and maximums that a line counts towards.
func (x *scoping) bounds(l *Line) {
	bound := func(least, most bool, of string) {
		if least {
			x.add("minimum", "all lines of "+of, "what is missing to the minimum is charged in the place of what is taken off")
		}
		if most {
			x.add("maximum", "all lines of "+of, "what is beyond the maximum was not charged")
		}
	}
	if o, ok := x.book.Offering(l.Offering); ok {
		bound(o.Minimum != nil, o.Maximum != nil, "offering "+o.Name)
		for i := range o.Prices {
			if p := &o.Prices[i]; p.ID == l.Price {
				bound(p.Minimum != nil, p.Maximum != nil, fmt.Sprintf("price %s of %s", p.ID, o.Name))
			}
		}
	}
	for i := range x.account.Subscriptions {
		if s := &x.account.Subscriptions[i]; s.ID == l.Subscription {
			bound(s.Minimum != nil, s.Maximum != nil, "subscription "+string(s.ID))
		}
	}
	bound(x.account.Minimum != nil, x.account.Maximum != nil, "account "+string(x.account.ID))
}

// committed finds commitments and credits that a line counts towards or draws on.
func (x *scoping) committed(l *Line) {
	first, last := x.view.Dispute.Period.Days()
	for i := range x.account.Commitments {
		c := &x.account.Commitments[i]
		if !c.Validity.Holds(first, schemas.Date{}) && !c.Validity.Holds(last, schemas.Date{}) {
			continue
		}
		if len(c.Offerings) == 0 || slices.Contains(c.Offerings, l.Offering) {
			with := "whatever counts towards commitment " + c.ID
			if c.Every.Count > 1 || c.Every.Unit != "" {
				with += ", in all months of its cycle"
			}
			x.add("commitment", with, "what is spent less is missing to what was promised, or is no overage any more")
		}
	}
	for i := range x.account.Credits {
		if g := &x.account.Credits[i]; len(g.Offerings) == 0 || slices.Contains(g.Offerings, l.Offering) {
			x.add("credit", "whatever credit "+g.ID+" pays, in the months to come, too", "what is not due any more is not paid by the credit, and its balance is higher")
		}
	}
}

// whole finds what the account's document as a whole shares.
func (x *scoping) whole() {
	if payer := x.book.Payer(x.account.ID); payer != x.account.ID {
		x.add("document", "the charges of account "+string(payer)+", which pays", "they stand on one document")
	}
	for a := range x.book.Accounts {
		if a.ID != x.account.ID && x.book.Payer(a.ID) == x.book.Payer(x.account.ID) && a.ID != x.book.Payer(x.account.ID) {
			x.add("document", "the charges of account "+string(a.ID), "they stand on one document")
		}
	}
	for i := range x.view.Documents {
		x.add("document", "the other lines of "+x.view.Documents[i].Number, "a note corrects the document, and gives back no more than is left of it")
	}
	for i := range x.account.Coupons {
		x.add("coupon", "whatever coupon "+x.account.Coupons[i].Coupon+" takes off", "it is of what the account's lines come to")
	}
	if slices.ContainsFunc(x.view.Lines, func(l Line) bool { return l.Category == schemas.CategoryTax }) {
		x.add("tax", "all lines of the same tax", "it is of the sum of the lines that it taxes")
	}
}
