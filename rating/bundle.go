package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// AllocateBundle divides the amount of a bundle among its parts in proportion to their stand-alone selling prices, by
// largest remainder, so that the parts add up to it.
func AllocateBundle(amount money.Decimal, parts []schemas.BundlePart, places int32) ([]money.Decimal, error) {
	weights := make([]money.Decimal, len(parts))
	for i := range parts {
		weights[i] = parts[i].SSP
	}
	shares, err := money.Allocate(amount, weights, max(places, -amount.Exponent()))
	if err != nil {
		return nil, fmt.Errorf("allocate a bundle to its %d parts: %w", len(parts), err)
	}
	return shares, nil
}

// bundles replaces every line of a bundle by one line for each of its parts, which belongs to the part's offering and
// is taxed as that is.
func (b *bill) bundles() error {
	if !b.plan.bundled || !slices.ContainsFunc(b.lines, func(l *line) bool { return l.price != nil && len(l.price.offering.Parts) > 0 }) {
		return nil
	}
	var out []*line
	for _, l := range b.lines {
		if l.price == nil || len(l.price.offering.Parts) == 0 {
			out = append(out, l)
			continue
		}
		parts, err := b.divideLine(l, l.price.offering.Parts)
		if err != nil {
			return fmt.Errorf("offering %s: %w", l.price.offering.ID, err)
		}
		out = append(out, parts...)
	}
	b.lines = out
	return nil
}

// divideLine makes one line for each part of a bundle. Usage, what was consumed and peers' cost stay with the first, so that they
// count once.
func (b *bill) divideLine(l *line, parts []schemas.BundlePart) ([]*line, error) {
	places, _ := money.MinorUnits(l.charge.Currency)
	places = max(places, -l.charge.Amount.Exponent())
	shares, err := AllocateBundle(l.charge.Amount, parts, places)
	if err != nil {
		return nil, err
	}
	exact := make([]money.Decimal, len(parts))
	weights := make([]money.Decimal, len(parts))
	total := money.Zero
	for i, p := range parts {
		weights[i], total = p.SSP, total.Add(p.SSP)
	}
	from := money.Zero
	for i := range parts {
		to := from.Add(weights[i])
		exact[i] = money.RoundTo(model.PartRound(l.charge.Exact, from, to, total), money.Scale, money.HalfEven)
		from = to
	}
	out := make([]*line, len(parts))
	whole := *l
	for i, p := range parts {
		x := whole
		x.t.Steps = slices.Clone(whole.t.Steps)
		c := &x.charge
		c.Offering = p.Offering
		if o := b.plan.offerings[p.Offering]; o != nil {
			c.Service, c.ServiceCategory, x.tax = o.Service, o.ServiceCategory, o.tax
			c.Description = o.Name + " in " + c.Description
		}
		c.List = model.PartRound(whole.charge.List, sumOf(weights[:i]), sumOf(weights[:i+1]), total)
		if i > 0 {
			c.UsageRows, c.Consumed, c.PeerCost, c.HasCost = 0, money.Zero, money.Zero, false
		}
		x.amount = model.Given(exact[i])
		share := x.t.Add(model.OpShare, "the part's share of the bundle by stand-alone selling price", shares[i],
			model.Fact("amount", whole.charge.Amount), model.Count("places", int64(places)), model.Count("part", int64(i+1)), model.Word("ssp", model.ListText(weights)))
		x.fix(share)
		out[i] = &x
		if i == 0 { // usage rows point at their line, so the first part takes its place
			*l, out[i] = x, l
		}
	}
	return out, nil
}

func sumOf(values []money.Decimal) money.Decimal {
	total := money.Zero
	for _, v := range values {
		total = total.Add(v)
	}
	return total
}
