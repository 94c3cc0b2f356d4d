package rating

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// suspend turns the rows that no charge holds into findings, one for each set of labels and reason; where several meters
// take the rows, one for each of those that lack a price.
func (b *bill) suspend() error {
	for i := range b.tally.combos {
		c := &b.tally.combos[i]
		if b.tally.account != nil && b.tally.handles[c.handles[0]].match.elsewhere {
			continue // another period answers for them
		}
		if c.shared != nil {
			if err := b.suspendShared(c); err != nil {
				return err
			}
			continue
		}
		var sums map[schemas.Code]*totals
		var codes []schemas.Code
		for k := range c.totals {
			code, held := b.heldBy(c, k)
			if held {
				b.out.Whole += c.totals[k].rows
			}
			if held || c.totals[k].rows == 0 {
				continue
			}
			if sums == nil {
				sums = map[schemas.Code]*totals{}
			}
			if sums[code] == nil {
				sums[code] = &totals{}
				codes = append(codes, code)
			}
			x := &c.totals[k]
			if sums[code].add(x.rows, x.quantity, x.cost, x.hasCost) != nil { // too large for one finding is enough for two
				b.out.Findings = append(b.out.Findings, b.findingOf(c, 0, code, sums[code]))
				*sums[code] = *x
			}
		}
		for _, code := range codes {
			b.out.Findings = append(b.out.Findings, b.findingOf(c, 0, code, sums[code]))
		}
	}
	slices.SortStableFunc(b.out.Findings, func(x, y schemas.Finding) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Value, y.Value), cmp.Compare(x.Message, y.Message))
	})
	return nil
}

// heldBy reports whether a charge holds the rows of slice k of a set of labels, and if not, why not.
func (b *bill) heldBy(c *combo, k int) (schemas.Code, bool) {
	t := b.tally
	first := &t.series[t.handles[c.handles[0]].series]
	if first.meter < 0 {
		return first.code, false
	}
	if first.priced[k] != nil {
		return "", true
	}
	if first.code != "" {
		return first.code, false
	}
	at := b.plan.start.UnixMicro()
	if plan := t.context.slicesOf(first.meter); plan != nil {
		at = plan.starts[k]
	}
	if b.subscribed(first.meter, at) {
		return schemas.CodeNoPrice, false
	}
	return schemas.CodeNoSubscription, false
}

// findingOf is what rows lack at the meter that has a part in them.
func (b *bill) findingOf(c *combo, part int, code schemas.Code, x *totals) schemas.Finding {
	t := b.tally
	h := &t.handles[c.handles[part]]
	f := schemas.Finding{
		Code: code, Severity: schemas.Suspended, Source: schemas.SourceID(c.labels[labelSource]), Account: t.id,
		Rows: x.rows, Quantity: x.quantity, Unit: c.labels[labelConsumedUnit], Value: c.labels[labelSKU],
	}
	if m := h.match.meter; m >= 0 {
		f.Column = string(b.plan.meters[m].ID)
		if b.plan.meters[m].unit == labelPricingUnit {
			f.Unit = c.labels[labelPricingUnit]
		}
	}
	if x.hasCost {
		f.Cost, f.Currency = x.cost, money.Currency(c.labels[labelCurrency])
	}
	meaning, fix := "it cannot be rated", "see the rating documentation"
	if info, ok := code.Info(); ok {
		f.Severity, meaning, fix = info.Severity, info.Meaning, info.Fix
	}
	if h.match.meter >= 0 && code == schemas.CodeNoPrice && t.series[h.series].uncosted {
		meaning = "its price is made of what a peer charges us, and for these rows nobody charges anything"
		fix = "set own: true at a meter of their own, and add a price of our own for that to prices of the offering"
	}
	f.Message = fmt.Sprintf("%s: %s; %s", b.subject(c, part), meaning, fix)
	return f
}

// subject says whose usage of what a finding is about.
func (b *bill) subject(c *combo, part int) string {
	parts := []string{"account " + string(b.tally.id)}
	if m := b.tally.handles[c.handles[part]].match.meter; m >= 0 {
		parts = append(parts, "meter "+string(b.plan.meters[m].ID))
	}
	if b.tally.handles[c.handles[part]].match.beyond {
		parts = append(parts, beyondSubject(b.tally.mostUnrated))
	}
	for _, x := range [3]struct{ name, value string }{
		{"service", c.labels[labelService]}, {"SKU", c.labels[labelSKU]}, {"unit", c.labels[labelConsumedUnit]},
	} {
		if x.value != "" {
			parts = append(parts, x.name+" "+x.value)
		}
	}
	return strings.Join(parts, ", ")
}
