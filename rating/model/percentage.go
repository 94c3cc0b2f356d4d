package model

import (
	"fmt"

	"daybook/schemas/money"
)

// eventTerms is what one charged event costs: fixed + amount × percent, bounded below and above. nil is no bound.
type eventTerms struct {
	percent, fixed money.Decimal
	least, most    *money.Decimal
}

// price is the cost of one event whose chargeable amount is given.
func (e eventTerms) price(amount money.Decimal) money.Decimal {
	cost := PercentOf(amount, e.percent).Add(e.fixed)
	if e.least != nil {
		cost = Higher(cost, *e.least)
	}
	if e.most != nil {
		cost = Lower(cost, *e.most)
	}
	return cost
}

// percentage prices events in order. An event is free while fewer than free_events were seen and the sum of all amounts
// so far, its own included, is within free_amount; of the event that breaks free_amount only the part above is charged.
// Every charged event costs the percentage and the fixed fee, bounded per event. Without events the quantity is one.
func (m *Model) percentage(t *Trail, u *Usage) Number {
	events := u.Events
	if events == nil && !u.Quantity.IsZero() {
		events = []money.Decimal{u.Quantity}
	}
	charged := m.chargeable(events)
	e := eventTerms{*m.Terms.Percent, OrZero(m.Terms.FixedPerEvent), m.Terms.EventMinimum, m.Terms.EventMaximum}
	total := money.Zero
	for _, amount := range charged {
		total = total.Add(e.price(amount))
	}
	if t.Quiet {
		return Given(total)
	}
	return t.Add(OpEvents, fmt.Sprintf("%d of %d events are charged, %d are free", len(charged), len(events), len(events)-len(charged)), total,
		Fact("percent", e.percent), Fact("fixed", e.fixed), maybe("minimum", e.least), maybe("maximum", e.most),
		Word("amounts", ListText(charged)))
}

// chargeable returns what is charged of each event that is not free.
func (m *Model) chargeable(events []money.Decimal) []money.Decimal {
	freeEvents, freeAmount := m.Terms.FreeEvents, m.Terms.FreeAmount
	if freeEvents == nil && freeAmount == nil {
		return events
	}
	var charged []money.Decimal
	sum := money.Zero
	for i, amount := range events {
		sum = sum.Add(amount)
		switch {
		case freeEvents != nil && int64(i) >= *freeEvents:
			charged = append(charged, amount)
		case freeAmount != nil && sum.GreaterThan(*freeAmount):
			charged = append(charged, Lower(sum.Sub(*freeAmount), amount))
		}
	}
	return charged
}
