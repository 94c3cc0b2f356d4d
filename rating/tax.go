package rating

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/money"
)

// noTax is the category of lines that no tax applies to: credits that pay after tax, and tax itself.
const noTax = "\x00none"

// tax adds a line for each rate that applies, of the sum of the lines of its category; per line, that sum is of rounded
// taxes.
func (b *bill) tax() error {
	if b.account.TaxExempt {
		return nil
	}
	rule, err := b.rule(b.currency, schemas.RoundTax)
	if err != nil {
		return err
	}
	var few [8]string
	categories := few[:0]
	for _, l := range b.lines {
		if l.tax != noTax && !slices.Contains(categories, l.tax) {
			categories = append(categories, l.tax)
		}
	}
	slices.Sort(categories)
	for _, category := range categories {
		for _, rate := range b.ratesFor(category) {
			if err := b.taxLine(category, rate, rule); err != nil {
				return err
			}
		}
	}
	return nil
}

// taxLike is the tax category of what a commitment adds: that of the last of the lines that count for it; without any, that of what
// the account has bought, of the offerings that it is for.
func (b *bill) taxLike(sold []*line, c *schemas.Commitment) string {
	for _, l := range slices.Backward(sold) {
		if scoped(c.Offerings, c.Meters, &l.charge) {
			return l.tax
		}
	}
	return b.taxOfBought(func(_ *subscription, o *offering) bool {
		return len(c.Offerings) == 0 || slices.Contains(c.Offerings, o.ID)
	})
}

// taxOfBought is the tax category of the first offering that the account has bought of those asked for, or else of all.
func (b *bill) taxOfBought(asked func(*subscription, *offering) bool) string {
	var first *offering
	for i := range b.tally.context.subs {
		sub := &b.tally.context.subs[i]
		for _, seg := range sub.segments {
			if asked(sub, seg.offering) {
				return seg.offering.tax
			}
			if first == nil {
				first = seg.offering
			}
		}
	}
	if first == nil {
		return ""
	}
	return first.tax
}

// ratesFor lists the rates of a category where the account is, on the last day of the period, in a fixed order.
func (b *bill) ratesFor(category string) []*schemas.TaxRate {
	last := b.plan.day(b.plan.end).AddDays(-1)
	return taxes.For(b.plan.book.Catalogue.Taxes, category, taxes.Place{Country: b.account.Country, Region: b.account.Region}, last, b.plan.spec.AsOf)
}

// taxLine adds the tax of one rate on all lines of a category. Where prices contain the tax, a second line takes it off
// the net, so that the document's total stays what the prices said.
func (b *bill) taxLine(category string, rate *schemas.TaxRate, rule schemas.RoundingRule) error {
	l := b.blank(nil)
	tax, ok := b.taxSteps(l, category, rate, rule)
	if !ok {
		return nil
	}
	l.amount, l.tax = tax, noTax
	c := &l.charge
	c.Category, c.Model, c.Price, c.TaxCategory = schemas.CategoryTax, "tax", schemas.PriceID(rate.ID), cmp.Or(category, taxes.Standard)
	c.Description = fmt.Sprintf("%s %s%%", cmp.Or(rate.Name, rate.ID), rate.Percent)
	c.List = tax.V
	l.fix(roundBy(&l.t, model.In("exact", tax), &rule))
	if err := b.shareTax(l, category, rate, &rule); err != nil {
		return err
	}
	if rate.Included {
		net := b.blank(nil)
		net.amount = net.t.Neg("the tax that the prices contain", model.Fact("tax", l.charge.Amount))
		net.charge.Model, net.charge.Price, net.charge.Description, net.charge.List = "tax_included", c.Price, "Contained "+c.Description, net.amount.V
		net.tax, net.charge.TaxCategory = noTax, c.TaxCategory
		net.fix(net.amount)
		b.add(net)
	}
	b.add(l)
	return nil
}

// taxSteps computes the tax of a category: of each line and rounded, or of the sum.
func (b *bill) taxSteps(l *line, category string, rate *schemas.TaxRate, rule schemas.RoundingRule) (model.Number, bool) {
	t := &l.t
	var parts []model.Operand
	for _, x := range b.lines {
		if x.tax != category || x.charge.Amount.IsZero() {
			continue
		}
		part := model.Fact(fmt.Sprintf("line_%d", len(parts)+1), x.charge.Amount)
		if b.policy.TaxRounding == schemas.TaxPerLine {
			part.N = roundBy(t, model.In("tax", taxOf(t, part, rate)), &rule)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return model.Number{}, false
	}
	total := t.Sum("over all lines of the category", parts...)
	if b.policy.TaxRounding == schemas.TaxPerLine {
		return total, true
	}
	return taxOf(t, model.In("taxable", total), rate), true
}

// taxOf is the tax of an amount, or contained in it.
func taxOf(t *model.Trail, amount model.Operand, rate *schemas.TaxRate) model.Number {
	if !rate.Included {
		return t.Percent("tax", amount, model.Fact("percent", rate.Percent))
	}
	of := rate.Percent.Add(money.NewDecimal(100, 0))
	return t.ProrateRound("tax contained in the gross amount", amount, model.Fact("from", money.Zero), model.Fact("to", rate.Percent), model.Fact("of", of))
}
