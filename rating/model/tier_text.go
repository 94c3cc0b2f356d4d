package model

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TierText is what the step of one tier says at every quantity, made once a price: a night has millions of such steps.
type TierText struct {
	// operands are those of OpTier or OpTierPercent; the quantity, the first, is left open.
	operands [5]schemas.Operand
	flat     money.Decimal
	// A tier that lies wholly below the quantity costs the same each time: full is that cost, with its text and its note.
	full           money.Decimal
	fullText, note string
	width          money.Decimal
	bounded        bool
}

// TierTexts makes the texts of checked terms of tiers; other terms have none.
func TierTexts(terms *schemas.Terms, policy *schemas.RatingPolicy) []TierText {
	if terms.Model != schemas.ModelGraduated && terms.Model != schemas.ModelGraduatedPercentage {
		return nil
	}
	m := Model{Terms: terms, Policy: policy}
	out := make([]TierText, len(terms.Tiers))
	for i := range out {
		tier, x := &terms.Tiers[i], &out[i]
		rate, name := m.tierRate(i)
		x.flat = m.flatFee(i, i)
		x.operands = [5]schemas.Operand{
			{Name: "quantity"},
			{Name: "from", Value: m.tierStart(i).String()},
			{Name: "to"},
			{Name: name, Value: rate.String()},
			{Name: "flat_fee", Value: x.flat.String()},
		}
		if tier.UpTo == nil || i == len(out)-1 {
			continue
		}
		x.operands[2].Value = tier.UpTo.String()
		x.width, x.bounded = tier.UpTo.Sub(m.tierStart(i)), true
		x.full = m.tierCost(i, x.width, x.flat)
		x.fullText = x.full.String()
		x.note = "tier " + strconv.Itoa(i+1) + " prices " + x.width.String()
	}
	return out
}

// addTier is add for the step of a tier whose texts are made.
func (t *Trail) addTier(op string, x *TierText, i int, q Number, part, out money.Decimal) Number {
	r := t.Inside()
	if len(t.Steps) == cap(t.Steps) {
		t.Steps = r.moreSteps(t.Steps)
	}
	step := schemas.Step{Op: op, In: r.operandsOf(len(x.operands)), Note: x.note, Out: x.fullText}
	copy(step.In, x.operands[:])
	first := In("quantity", q)
	t.write(&step.In[0], &first)
	if !x.bounded || part != x.width {
		step.Note, step.Out = t.Note("tier ", int64(i+1), " prices ", &part), r.number(out)
	}
	if len(t.Steps) < usualSteps {
		t.results[len(t.Steps)] = out
	}
	t.Steps = append(t.Steps, step)
	return Number{V: out, At: len(t.Steps)}
}
