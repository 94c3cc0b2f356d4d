package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// commit adds, for every commitment of the account, a line for the overage that its factor adds and one for what is
// missing. The usage itself stays on its own lines. What one commitment adds counts towards no other, so their order does not
// matter.
func (b *bill) commit() error {
	sold := b.lines
	for i := range b.account.Commitments {
		c := &b.account.Commitments[i]
		if !b.plan.applies(&c.Validity) {
			continue
		}
		if c.Currency != b.currency {
			return fmt.Errorf("commitment %s is in %s but the account in %s: state it in the account's currency", c.ID, c.Currency, b.currency)
		}
		switch {
		case isLong(c):
			b.commitCycles(c, sold)
		case c.Window != "":
			b.commitWindows(c, sold)
		default:
			b.commitLines(c, sold)
		}
	}
	return nil
}

// commitLines compares what counts of the lines with the commitment of the period.
func (b *bill) commitLines(c *schemas.Commitment, sold []*line) {
	spend := money.Zero
	for _, l := range sold {
		if scoped(c.Offerings, c.Meters, &l.charge) {
			spend = spend.Add(l.amount.V)
		}
	}
	l := b.committed(c)
	promised := l.t.Add(model.OpGiven, "commitment "+c.ID, c.Amount, model.Fact("commitment", c.Amount))
	promised = prorate(&l.t, promised, c.Prorate, b.validPart(&c.Validity))
	l.tax = b.taxLike(sold, c)
	over := spend.Sub(promised.V)
	switch {
	case over.IsPositive() && c.OverageFactor != nil && !c.OverageFactor.Equal(money.One):
		above := l.t.Sub("spent above it", model.Fact("spend", spend), model.In("commitment", promised))
		extra := l.t.Sub("the factor adds to what its lines charge", model.Fact("factor", *c.OverageFactor), model.Fact("charged", money.One))
		l.amount = l.t.Mul("overage", model.In("above", above), model.In("extra", extra))
		b.addCommitted(l, schemas.MadeOverage, "Overage above commitment "+c.ID)
	case over.IsNegative() && c.TrueUp:
		l.amount = l.t.Sub("what is missing to it", model.In("commitment", promised), model.Fact("spend", spend))
		b.addCommitted(l, schemas.MadeTrueUp, "True-up to commitment "+c.ID)
	}
}

// committed starts a line that a commitment makes. It belongs to the offering that the commitment is on.
func (b *bill) committed(c *schemas.Commitment) *line {
	l := b.blank(nil)
	id, o := b.plan.committedOn(c)
	l.charge.Offering = id
	if o != nil {
		l.charge.Service, l.charge.ServiceCategory = o.Service, o.ServiceCategory
	}
	return l
}

// committedOn is the offering that a commitment is on, by itself or by the meters that only that one sells; none where there are
// several.
func (p *Plan) committedOn(c *schemas.Commitment) (schemas.OfferingID, *offering) {
	on := slices.Clone(c.Offerings)
	for _, o := range p.offerings {
		sells := slices.ContainsFunc(o.Prices, func(x schemas.Price) bool { return x.Meter != "" && slices.Contains(c.Meters, x.Meter) })
		if sells && !slices.Contains(on, o.ID) {
			on = append(on, o.ID)
		}
	}
	if len(on) != 1 {
		return "", nil
	}
	return on[0], p.offerings[on[0]]
}

// addCommitted adds a line that a commitment makes.
func (b *bill) addCommitted(l *line, model, description string) {
	l.charge.Model, l.charge.Description = model, description
	l.charge.Category, l.charge.PricingKind, l.charge.List = schemas.CategoryPurchase, schemas.PricingCommitted, l.amount.V
	b.add(l)
}

// validPart is the part of the period in which an entry of the book is in force.
func (b *bill) validPart(v *schemas.Validity) Part {
	part := Part{From: b.plan.start, To: b.plan.end, Start: b.plan.start, End: b.plan.end, Zone: b.plan.book.Zone}
	if !v.From.IsZero() {
		part.From = later(part.From, v.From.Time(b.plan.book.Zone))
	}
	if !v.To.IsZero() {
		part.To = earlier(part.To, v.To.Time(b.plan.book.Zone))
	}
	return part
}

// scoped reports whether a charge is one of those that offerings and meters name; both empty is everything that is sold.
func scoped(offerings []schemas.OfferingID, meters []schemas.MeterID, c *schemas.Charge) bool {
	if len(offerings) == 0 && len(meters) == 0 {
		return c.Category == schemas.CategoryUsage || c.Category == schemas.CategoryPurchase || c.Category == schemas.CategoryAdjustment
	}
	return slices.Contains(offerings, c.Offering) || slices.Contains(meters, c.Meter)
}
