// Package formula writes the steps of an arithmetic as expressions with their numbers. It computes nothing.
package formula

import (
	"strings"

	"daybook/rating/model"
	"daybook/reconcile/sheet"
	"daybook/schemas"
)

// Step is a step with its formula: what it is = expression = value.
type Step struct {
	schemas.Step
	Formula string `json:"formula"`
}

// Steps adds to each step its formula.
func Steps(steps []schemas.Step) []Step {
	out := make([]Step, len(steps))
	for i, s := range steps {
		out[i] = Step{s, formula(&s)}
	}
	return out
}

// formula writes a step as an expression with its numbers. A number that an earlier step made is followed by that step in
// brackets; one that was given has its name before it.
func formula(s *schemas.Step) string {
	in := make([]string, len(s.In))
	for i, o := range s.In {
		in[i] = operandText(o)
	}
	if text := formulaOf(s, in); text != "" {
		return text
	}
	return s.Op + "(" + strings.Join(in, ", ") + ")"
}

func operandText(o schemas.Operand) string {
	name, link, linked := strings.Cut(o.Name, "@")
	switch {
	case linked:
		return o.Value + " [" + link + "]"
	case o.Value == "":
		return "no " + strings.ReplaceAll(name, "_", " ")
	}
	return strings.ReplaceAll(name, "_", " ") + " " + o.Value
}

// formulaOf knows the operations of rating and reconciliation; it returns the empty text for one with other operands.
func formulaOf(s *schemas.Step, in []string) string {
	switch s.Op {
	case model.OpGiven:
		return strings.Join(in, "")
	case model.OpSum, sheet.OpAdd:
		return strings.Join(in, " + ")
	case model.OpSub, sheet.OpSubtract:
		return strings.Join(in, " − ")
	case model.OpMul, sheet.OpMultiply:
		return strings.Join(in, " × ")
	case model.OpNeg:
		return "−(" + strings.Join(in, "") + ")"
	case sheet.OpMedian:
		return "the median of " + strings.Join(in, ", ")
	case sheet.OpDeviation:
		return "the median distance from " + in[0] + " of " + strings.Join(in[1:], ", ")
	case model.OpMin:
		return "the smaller of " + strings.Join(in, " and ")
	case model.OpMax:
		return "the larger of " + strings.Join(in, " and ")
	}
	switch n := len(in); {
	case s.Op == model.OpShare && n == 4 && s.In[3].Name == "places":
		return in[0] + " × " + in[1] + " ÷ " + in[2] + ", rounded half to even at " + s.In[3].Value + " places"
	case s.Op == model.OpRound && n == 2:
		return in[0] + ", rounded half to even at " + s.In[1].Value + " places"
	case n == 2 && s.Op == model.OpPercent:
		return in[0] + " × " + in[1] + " ÷ 100"
	case n == 3:
		return formulaOf3(s, in)
	case n == 4:
		return formulaOf4(s, in)
	case n == 5 && (s.Op == model.OpTier || s.Op == model.OpTierPercent):
		return tierFormula(s, in)
	}
	return ""
}

func formulaOf3(s *schemas.Step, in []string) string {
	switch s.Op {
	case model.OpRound:
		return in[0] + ", rounded " + s.In[2].Value + " at " + s.In[1].Value + " places"
	case model.OpRoundStep:
		return in[0] + ", rounded " + s.In[2].Value + " to a multiple of " + s.In[1].Value
	case model.OpBlocks:
		return in[0] + " ÷ " + in[1] + ", rounded " + s.In[2].Value + " to a whole"
	}
	return ""
}

func formulaOf4(s *schemas.Step, in []string) string {
	switch s.Op {
	case model.OpDiv:
		return in[0] + " ÷ " + in[1] + ", rounded " + s.In[3].Value + " at " + s.In[2].Value + " places"
	case model.OpProrate:
		if s.In[1].Value == "0" {
			return in[0] + " × " + s.In[2].Value + " ÷ " + s.In[3].Value
		}
		return in[0] + " × " + s.In[2].Value + " ÷ " + s.In[3].Value + " − " + s.In[0].Value + " × " + s.In[1].Value + " ÷ " + s.In[3].Value
	case model.OpShare:
		return "part " + s.In[2].Value + " of " + in[0] + " by largest remainder at " + s.In[1].Value + " places, weights " + s.In[3].Value
	}
	return ""
}

// tierFormula prices the part of a quantity between two bounds.
func tierFormula(s *schemas.Step, in []string) string {
	text := in[0]
	if s.In[2].Value != "" {
		text = "the smaller of " + in[0] + " and " + s.In[2].Value
	}
	if s.In[1].Value != "0" {
		text = "(" + text + " − " + s.In[1].Value + ", not below 0)"
	} else if s.In[2].Value != "" {
		text = "(" + text + ")"
	}
	text += " × " + in[3]
	if s.Op == model.OpTierPercent {
		text += " ÷ 100"
	}
	if s.In[4].Value != "0" {
		text += " + " + in[4]
	}
	return text
}
