package model

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// peerCost prices what a peer charges us: handed on as it is, with a markup, with a markdown, or with a margin that
// depends on how much it is.
func (m *Model) peerCost(t *Trail, u *Usage) Number {
	cost := m.step(u.Cost)
	if m.Terms.Model == schemas.ModelCostPlus {
		return m.costPlus(t, cost, u.Quantity)
	}
	if m.Terms.Model == schemas.ModelMarkdown {
		off := t.Percent("the markdown", In("cost", cost), Fact("markdown_percent", *m.Terms.MarkdownPercent))
		return t.Sub("cost less the markdown", In("cost", cost), In("markdown", off))
	}
	if m.Terms.Model == schemas.ModelTieredMargin {
		margin := m.mirror(t, cost, func(c Number) Number { return m.margins(t, c) })
		return t.Sum("cost and margin", In("cost", cost), In("margin", margin))
	}
	if u.Events == nil {
		return t.Add(OpGiven, "the amount is handed on", cost.V, In("amount", cost))
	}
	parts := make([]Operand, len(u.Events))
	for i, amount := range u.Events {
		parts[i] = Fact(t.Note("event_", int64(i+1), "", nil), amount)
	}
	if len(parts) == 0 {
		return t.Add(OpGiven, "no events cost nothing", money.Zero, Fact("amount", money.Zero))
	}
	return t.Sum("the amounts that came with the events", parts...)
}

// costPlus is cost × (1 + markup), and a fixed fee per unit of quantity where the terms have a unit price.
func (m *Model) costPlus(t *Trail, cost Number, quantity money.Decimal) Number {
	markup := t.Percent("the markup", In("cost", cost), Fact("markup_percent", *m.Terms.MarkupPercent))
	parts := append(make([]Operand, 0, 3), In("cost", cost), In("markup", markup))
	if m.Terms.UnitPrice != nil {
		fee := t.Mul("the fee per unit", Fact("quantity", quantity), Fact("unit_price", *m.Terms.UnitPrice))
		parts = append(parts, In("fee", fee))
	}
	return t.Sum("cost plus", parts...)
}

// margins adds up the margin of each tier that the cost enters.
func (m *Model) margins(t *Trail, cost Number) Number {
	var few [fewParts]Operand
	parts, from := few[:0], money.Zero
	for i, tier := range m.Terms.MarginTiers {
		if i > 0 && !cost.V.GreaterThan(from) {
			break
		}
		part := PercentOf(between(cost.V, from, tier.UpTo), tier.Percent)
		parts = append(parts, In(tierName(i), t.Add(OpTierPercent, t.Note("the margin of tier ", int64(i+1), "", nil), part,
			In("cost", cost), Fact("from", from), maybe("to", tier.UpTo), Fact("percent", tier.Percent), Fact("flat_fee", money.Zero))))
		if tier.UpTo == nil {
			break
		}
		from = *tier.UpTo
	}
	return t.Sum("the sum of the margins", parts...)
}

func checkMargins(tiers []schemas.MarginTier) error {
	as := make([]schemas.Tier, len(tiers))
	for i, tier := range tiers {
		as[i].UpTo = tier.UpTo
	}
	return checkTiers(as)
}
