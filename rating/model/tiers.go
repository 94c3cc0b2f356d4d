package model

import (
	"fmt"
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// graduated prices each part of the quantity at the tier it falls into: Σ (part of q in tier) × unit price + flat fee.
func (m *Model) graduated(t *Trail, q Number) Number {
	return m.mirror(t, q, func(q Number) Number { return m.fillTiers(t, q, OpTier) })
}

// graduatedPercentage is graduated with a percentage of each part instead of a price per unit.
func (m *Model) graduatedPercentage(t *Trail, q Number) Number {
	return m.mirror(t, q, func(q Number) Number { return m.fillTiers(t, q, OpTierPercent) })
}

// fillTiers prices the tiers from the first up to the one that q ≥ 0 reaches.
func (m *Model) fillTiers(t *Trail, q Number, op string) Number {
	if q.V.IsZero() && m.Policy.ZeroUsage == schemas.ZeroNothing {
		return t.Add(OpGiven, "no usage costs nothing", money.Zero, Fact("amount", money.Zero))
	}
	top := m.tierOf(q.V)
	if t.Quiet {
		total := money.Zero
		for i := range top + 1 {
			total = total.Add(m.tierPart(t, q, i, top, op).V)
		}
		return Given(total)
	}
	var few [fewParts]Operand
	parts := few[:0]
	for i := range top + 1 {
		parts = append(parts, In(tierName(i), m.tierPart(t, q, i, top, op)))
	}
	return t.Sum("the sum of the tiers", parts...)
}

// tierPart prices one tier's part of the quantity.
func (m *Model) tierPart(t *Trail, q Number, i, top int, op string) Number {
	tier := &m.Terms.Tiers[i]
	if i < top && i < len(m.Texts) && m.Texts[i].bounded && m.Texts[i].flat == m.flatFee(i, top) && !t.Quiet {
		return t.addTier(op, &m.Texts[i], i, q, m.Texts[i].width, m.Texts[i].full)
	}
	from, to := m.tierStart(i), tier.UpTo
	if i == len(m.Terms.Tiers)-1 { // whatever is beyond the last tier belongs to it
		to = nil
	}
	part := between(q.V, from, to)
	flat := m.flatFee(i, top)
	out := m.tierCost(i, part, flat)
	if t.Quiet {
		return Given(out)
	}
	if i < len(m.Texts) && m.Texts[i].flat == flat {
		return t.addTier(op, &m.Texts[i], i, q, part, out)
	}
	rate, name := m.tierRate(i)
	return t.Add(op, t.Note("tier ", int64(i+1), " prices ", &part), out, In("quantity", q), Fact("from", from), maybe("to", to), Fact(name, rate), Fact("flat_fee", flat))
}

// tierRate is what a tier charges for a unit, and what that is called.
func (m *Model) tierRate(i int) (money.Decimal, string) {
	if m.Terms.Model == schemas.ModelGraduatedPercentage {
		return m.Terms.Tiers[i].Percent, "percent"
	}
	return m.Terms.Tiers[i].UnitPrice, "unit_price"
}

// tierCost is what part of a quantity costs in a tier.
func (m *Model) tierCost(i int, part, flat money.Decimal) money.Decimal {
	if m.Terms.Model == schemas.ModelGraduatedPercentage {
		return PercentOf(part, m.Terms.Tiers[i].Percent).Add(flat)
	}
	return part.Mul(m.Terms.Tiers[i].UnitPrice).Add(flat)
}

// fewParts is how many parts of a price need no list of their own.
const fewParts = 8

// tierNames are those of the first tiers.
var tierNames = [...]string{"tier_1", "tier_2", "tier_3", "tier_4", "tier_5", "tier_6", "tier_7", "tier_8"}

func tierName(i int) string {
	if i < len(tierNames) {
		return tierNames[i]
	}
	return fmt.Sprintf("tier_%d", i+1)
}

// volume prices the whole quantity at the tier it lands in: q × unit price + flat fee of that tier.
func (m *Model) volume(t *Trail, q Number) Number {
	return m.mirror(t, q, func(q Number) Number {
		if q.V.IsZero() && m.Policy.ZeroUsage == schemas.ZeroNothing {
			return t.Add(OpGiven, "no usage costs nothing", money.Zero, Fact("amount", money.Zero))
		}
		return m.volumeAt(t, q, m.tierOf(q.V))
	})
}

// volumeAt prices the whole quantity at tier i.
func (m *Model) volumeAt(t *Trail, q Number, i int) Number {
	tier := &m.Terms.Tiers[i]
	amount := t.Mul(t.Note("the whole quantity at tier ", int64(i+1), "", nil), In("quantity", q), Fact("unit_price", tier.UnitPrice))
	if flat := m.flatFee(i, i); !flat.IsZero() {
		amount = t.Sum("with the tier's flat fee", In("amount", amount), Fact("flat_fee", flat))
	}
	return amount
}

// stairstep costs the flat fee of the tier that the quantity reaches, however far into it.
func (m *Model) stairstep(t *Trail, q Number) Number {
	return m.mirror(t, q, func(q Number) Number {
		if q.V.IsZero() && m.Policy.ZeroUsage == schemas.ZeroNothing {
			return t.Add(OpGiven, "no usage costs nothing", money.Zero, Fact("amount", money.Zero))
		}
		i := m.tierOf(q.V)
		fee := m.Terms.Tiers[i].FlatFee
		return t.Add(OpGiven, t.stepNote(q.V, i), fee, Fact("step_price", fee))
	})
}

// stepNote says in which step a quantity is.
func (t *Trail) stepNote(q money.Decimal, i int) string {
	if t.Quiet {
		return ""
	}
	var buf [128]byte
	return t.Inside().Text(strconv.AppendInt(append(q.AppendText(buf[:0]), " is in step "...), int64(i+1), 10))
}

// tierOf returns the tier to which a quantity belongs; one beyond a last tier with an end belongs to it, too.
func (m *Model) tierOf(q money.Decimal) int {
	last := len(m.Terms.Tiers) - 1
	for i := range last {
		switch cmp := q.Cmp(*m.Terms.Tiers[i].UpTo); {
		case cmp < 0, cmp == 0 && m.Policy.TierBound != schemas.BoundExclusive:
			return i
		}
	}
	return last
}

func (m *Model) tierStart(i int) money.Decimal {
	if i == 0 {
		return money.Zero
	}
	return *m.Terms.Tiers[i-1].UpTo
}

// flatFee is the flat fee of tier i that is due when top is the tier reached. A mirrored quantity has none.
func (m *Model) flatFee(i, top int) money.Decimal {
	switch {
	case m.mirrored, m.Policy.TierFlatFee == schemas.FlatFeeNever, m.Policy.TierFlatFee == schemas.FlatFeeTop && i != top:
		return money.Zero
	}
	return m.Terms.Tiers[i].FlatFee
}

// FlatFees are those that a quantity owes: of every tier that it enters, or of the one that it lands in.
func (m *Model) FlatFees(q money.Decimal) money.Decimal {
	switch {
	case q.IsNegative() && m.Policy.Negative == schemas.NegativeZero:
		q = money.Zero
	case q.IsNegative():
		return money.Zero
	}
	if q.IsZero() && m.Policy.ZeroUsage == schemas.ZeroNothing {
		return money.Zero
	}
	top := m.tierOf(q)
	if m.Terms.Model == schemas.ModelVolume {
		return m.flatFee(top, top)
	}
	total := money.Zero
	for i := range top + 1 {
		total = total.Add(m.flatFee(i, top))
	}
	return total
}

// mirror applies f to a quantity of at least 0. What a negative one costs is a policy: the opposite of the same
// quantity above zero without flat fees, or what no usage costs.
func (m *Model) mirror(t *Trail, q Number, f func(Number) Number) Number {
	if !q.V.IsNegative() {
		return f(q)
	}
	if m.Policy.Negative == schemas.NegativeZero {
		return f(t.Most("a negative quantity counts as none", In("quantity", q), Fact("least", money.Zero)))
	}
	m.mirrored = true
	amount := f(t.Neg("a negative quantity costs the opposite of the positive", In("quantity", q)))
	m.mirrored = false
	return t.Neg("and so the sign turns back", In("amount", amount))
}

// checkTiers reports tiers that leave a gap or are out of order.
func checkTiers(tiers []schemas.Tier) error {
	if len(tiers) == 0 {
		return fmt.Errorf("it has no tiers: add at least one")
	}
	for i, tier := range tiers {
		switch last := i == len(tiers)-1; {
		case tier.UpTo == nil && !last:
			return fmt.Errorf("tier %d has no up_to but is not the last: give it one", i+1)
		case tier.UpTo != nil && i > 0 && !tier.UpTo.GreaterThan(*tiers[i-1].UpTo):
			return fmt.Errorf("tier %d ends at %s, not above %s: put the tiers in order of up_to", i+1, tier.UpTo, tiers[i-1].UpTo)
		case tier.UpTo != nil && i == 0 && tier.UpTo.IsNegative():
			return fmt.Errorf("tier 1 ends at %s, below zero", tier.UpTo)
		}
	}
	return nil
}
