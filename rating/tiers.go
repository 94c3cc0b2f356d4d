package rating

import (
	"fmt"
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// graduated prices each part of the quantity at the tier it falls into: Σ (part of q in tier) × unit price + flat fee.
func (m *model) graduated(t *trail, q number) number {
	return m.mirror(t, q, func(q number) number { return m.fillTiers(t, q, OpTier) })
}

// graduatedPercentage is graduated with a percentage of each part instead of a price per unit.
func (m *model) graduatedPercentage(t *trail, q number) number {
	return m.mirror(t, q, func(q number) number { return m.fillTiers(t, q, OpTierPercent) })
}

// fillTiers prices the tiers from the first up to the one that q ≥ 0 reaches.
func (m *model) fillTiers(t *trail, q number, op string) number {
	if q.v.IsZero() && m.policy.ZeroUsage == schemas.ZeroNothing {
		return t.add(OpGiven, "no usage costs nothing", money.Zero, fact("amount", money.Zero))
	}
	top := m.tierOf(q.v)
	if t.quiet {
		total := money.Zero
		for i := range top + 1 {
			total = total.Add(m.tierPart(t, q, i, top, op).v)
		}
		return given(total)
	}
	var few [fewParts]operand
	parts := few[:0]
	for i := range top + 1 {
		parts = append(parts, in(tierName(i), m.tierPart(t, q, i, top, op)))
	}
	return t.sum("the sum of the tiers", parts...)
}

// tierPart prices one tier's part of the quantity.
func (m *model) tierPart(t *trail, q number, i, top int, op string) number {
	tier := &m.terms.Tiers[i]
	if i < top && i < len(m.texts) && m.texts[i].bounded && m.texts[i].flat == m.flatFee(i, top) && !t.quiet {
		return t.addTier(op, &m.texts[i], i, q, m.texts[i].width, m.texts[i].full)
	}
	from, to := m.tierStart(i), tier.UpTo
	if i == len(m.terms.Tiers)-1 { // whatever is beyond the last tier belongs to it
		to = nil
	}
	part := between(q.v, from, to)
	flat := m.flatFee(i, top)
	out := m.tierCost(i, part, flat)
	if t.quiet {
		return given(out)
	}
	if i < len(m.texts) && m.texts[i].flat == flat {
		return t.addTier(op, &m.texts[i], i, q, part, out)
	}
	rate, name := m.tierRate(i)
	return t.add(op, t.note("tier ", int64(i+1), " prices ", &part), out, in("quantity", q), fact("from", from), maybe("to", to), fact(name, rate), fact("flat_fee", flat))
}

// tierRate is what a tier charges for a unit, and what that is called.
func (m *model) tierRate(i int) (money.Decimal, string) {
	if m.terms.Model == schemas.ModelGraduatedPercentage {
		return m.terms.Tiers[i].Percent, "percent"
	}
	return m.terms.Tiers[i].UnitPrice, "unit_price"
}

// tierCost is what part of a quantity costs in a tier.
func (m *model) tierCost(i int, part, flat money.Decimal) money.Decimal {
	if m.terms.Model == schemas.ModelGraduatedPercentage {
		return percentOf(part, m.terms.Tiers[i].Percent).Add(flat)
	}
	return part.Mul(m.terms.Tiers[i].UnitPrice).Add(flat)
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
func (m *model) volume(t *trail, q number) number {
	return m.mirror(t, q, func(q number) number {
		if q.v.IsZero() && m.policy.ZeroUsage == schemas.ZeroNothing {
			return t.add(OpGiven, "no usage costs nothing", money.Zero, fact("amount", money.Zero))
		}
		return m.volumeAt(t, q, m.tierOf(q.v))
	})
}

// volumeAt prices the whole quantity at tier i.
func (m *model) volumeAt(t *trail, q number, i int) number {
	tier := &m.terms.Tiers[i]
	amount := t.mul(t.note("the whole quantity at tier ", int64(i+1), "", nil), in("quantity", q), fact("unit_price", tier.UnitPrice))
	if flat := m.flatFee(i, i); !flat.IsZero() {
		amount = t.sum("with the tier's flat fee", in("amount", amount), fact("flat_fee", flat))
	}
	return amount
}

// stairstep costs the flat fee of the tier that the quantity reaches, however far into it.
func (m *model) stairstep(t *trail, q number) number {
	return m.mirror(t, q, func(q number) number {
		if q.v.IsZero() && m.policy.ZeroUsage == schemas.ZeroNothing {
			return t.add(OpGiven, "no usage costs nothing", money.Zero, fact("amount", money.Zero))
		}
		i := m.tierOf(q.v)
		fee := m.terms.Tiers[i].FlatFee
		return t.add(OpGiven, t.stepNote(q.v, i), fee, fact("step_price", fee))
	})
}

// stepNote says in which step a quantity is.
func (t *trail) stepNote(q money.Decimal, i int) string {
	if t.quiet {
		return ""
	}
	var buf [128]byte
	return t.inside().text(strconv.AppendInt(append(q.AppendText(buf[:0]), " is in step "...), int64(i+1), 10))
}

// tierOf returns the tier to which a quantity belongs; one beyond a last tier with an end belongs to it, too.
func (m *model) tierOf(q money.Decimal) int {
	last := len(m.terms.Tiers) - 1
	for i := range last {
		switch cmp := q.Cmp(*m.terms.Tiers[i].UpTo); {
		case cmp < 0, cmp == 0 && m.policy.TierBound != schemas.BoundExclusive:
			return i
		}
	}
	return last
}

func (m *model) tierStart(i int) money.Decimal {
	if i == 0 {
		return money.Zero
	}
	return *m.terms.Tiers[i-1].UpTo
}

// flatFee is the flat fee of tier i that is due when top is the tier reached. A mirrored quantity has none.
func (m *model) flatFee(i, top int) money.Decimal {
	switch {
	case m.mirrored, m.policy.TierFlatFee == schemas.FlatFeeNever, m.policy.TierFlatFee == schemas.FlatFeeTop && i != top:
		return money.Zero
	}
	return m.terms.Tiers[i].FlatFee
}

// flatFees are those that a quantity owes: of every tier that it enters, or of the one that it lands in.
func (m *model) flatFees(q money.Decimal) money.Decimal {
	switch {
	case q.IsNegative() && m.policy.Negative == schemas.NegativeZero:
		q = money.Zero
	case q.IsNegative():
		return money.Zero
	}
	if q.IsZero() && m.policy.ZeroUsage == schemas.ZeroNothing {
		return money.Zero
	}
	top := m.tierOf(q)
	if m.terms.Model == schemas.ModelVolume {
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
func (m *model) mirror(t *trail, q number, f func(number) number) number {
	if !q.v.IsNegative() {
		return f(q)
	}
	if m.policy.Negative == schemas.NegativeZero {
		return f(t.most("a negative quantity counts as none", in("quantity", q), fact("least", money.Zero)))
	}
	m.mirrored = true
	amount := f(t.neg("a negative quantity costs the opposite of the positive", in("quantity", q)))
	m.mirrored = false
	return t.neg("and so the sign turns back", in("amount", amount))
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
