package rating

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// peerCost prices what a peer charges us: handed on as it is, with a markup, with a markdown, or with a margin that
// depends on how much it is.
func (m *model) peerCost(t *trail, u *Usage) number {
	cost := m.step(u.Cost)
	if m.terms.Model == schemas.ModelCostPlus {
		return m.costPlus(t, cost, u.Quantity)
	}
	if m.terms.Model == schemas.ModelMarkdown {
		off := t.percent("the markdown", in("cost", cost), fact("markdown_percent", *m.terms.MarkdownPercent))
		return t.sub("cost less the markdown", in("cost", cost), in("markdown", off))
	}
	if m.terms.Model == schemas.ModelTieredMargin {
		margin := m.mirror(t, cost, func(c number) number { return m.margins(t, c) })
		return t.sum("cost and margin", in("cost", cost), in("margin", margin))
	}
	if u.Events == nil {
		return t.add(OpGiven, "the amount is handed on", cost.v, in("amount", cost))
	}
	parts := make([]operand, len(u.Events))
	for i, amount := range u.Events {
		parts[i] = fact(t.note("event_", int64(i+1), "", nil), amount)
	}
	if len(parts) == 0 {
		return t.add(OpGiven, "no events cost nothing", money.Zero, fact("amount", money.Zero))
	}
	return t.sum("the amounts that came with the events", parts...)
}

// costPlus is cost × (1 + markup), and a fixed fee per unit of quantity where the terms have a unit price.
func (m *model) costPlus(t *trail, cost number, quantity money.Decimal) number {
	markup := t.percent("the markup", in("cost", cost), fact("markup_percent", *m.terms.MarkupPercent))
	parts := append(make([]operand, 0, 3), in("cost", cost), in("markup", markup))
	if m.terms.UnitPrice != nil {
		fee := t.mul("the fee per unit", fact("quantity", quantity), fact("unit_price", *m.terms.UnitPrice))
		parts = append(parts, in("fee", fee))
	}
	return t.sum("cost plus", parts...)
}

// margins adds up the margin of each tier that the cost enters.
func (m *model) margins(t *trail, cost number) number {
	var few [fewParts]operand
	parts, from := few[:0], money.Zero
	for i, tier := range m.terms.MarginTiers {
		if i > 0 && !cost.v.GreaterThan(from) {
			break
		}
		part := percentOf(between(cost.v, from, tier.UpTo), tier.Percent)
		parts = append(parts, in(tierName(i), t.add(OpTierPercent, t.note("the margin of tier ", int64(i+1), "", nil), part,
			in("cost", cost), fact("from", from), maybe("to", tier.UpTo), fact("percent", tier.Percent), fact("flat_fee", money.Zero))))
		if tier.UpTo == nil {
			break
		}
		from = *tier.UpTo
	}
	return t.sum("the sum of the margins", parts...)
}

func checkMargins(tiers []schemas.MarginTier) error {
	as := make([]schemas.Tier, len(tiers))
	for i, tier := range tiers {
		as[i].UpTo = tier.UpTo
	}
	return checkTiers(as)
}
