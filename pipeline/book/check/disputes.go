package check

import (
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
)

// checkDisputes complains of disputes that are about no bill, or decide what cannot be.
func (c *checker) checkDisputes() {
	var disputes register
	registerList(c, &disputes, "dispute", &c.Disputes, func(v *dispute.Dispute) string { return v.ID })
	for i := range c.Disputes.Items {
		d, at := &c.Disputes.Items[i], c.Disputes.Spots[i]
		c.positive(at.Field("amount"), d.Amount)
		once(c, at.Field("items"), d.Items)
		if c.refer(at, "contract", &c.names.contracts, string(d.Contract)) {
			k := slices.IndexFunc(c.Contracts.Items, func(k agreed.Contract) bool { return k.ID == d.Contract })
			if c.Contracts.Items[k].Detail == nil {
				c.Complain(at.Field("contract"), "write detail: {} into the contract", "contract %s has no detail, by which its bills are held against meters", parse.Clip(string(d.Contract)))
			}
		}
		if first, _ := d.Period.Days(); !d.Raised.IsZero() && d.Period != "" && d.Raised.Before(first) {
			c.Complain(at.Field("raised"), "correct one of them", "%s is before the month of the bill", d.Raised)
		}
		w, here := d.WriteOff, at.Field("write_off")
		if w == nil {
			continue
		}
		if w.On.Before(d.Raised) {
			c.Complain(here.Field("on"), "correct one of them", "%s is before the dispute was raised", w.On)
		}
		if w.Amount == nil {
			continue
		}
		if c.positive(here.Field("amount"), *w.Amount); w.Amount.GreaterThan(d.Amount) {
			c.Complain(here.Field("amount"), "write at most the amount of the dispute, or leave it out for all of the rest", "%s is more than the %s that were raised", w.Amount, d.Amount)
		}
	}
}
