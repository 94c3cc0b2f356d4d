package rating

import (
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// room is where trails put their steps, operands and texts: in blocks, because a charge has dozens of each and a night
// millions of charges. What is in a block is never moved or used again, so that charges may be kept; a block lives as
// long as anything in it.
type room struct {
	steps    []schemas.Step
	operands []schemas.Operand
	texts    strings.Builder
	// one and many are the sizes of the next blocks, in steps and in bytes of text: small for a single price, large for a
	// night.
	one, many int
	// held are the newest blocks as a whole, for a room whose charges are over.
	heldSteps    []schemas.Step
	heldOperands []schemas.Operand
}

// again takes back all steps and operands that the room gave: what had them is over. Texts are not taken back.
func (r *room) again() { r.steps, r.operands = r.heldSteps, r.heldOperands }

const (
	usualSteps = 8    // of a charge
	mostSteps  = 256  // of a block
	mostText   = 8192 // bytes of a block
)

// moreSteps returns the steps with room for as many again, and at least for those of a usual charge.
func (r *room) moreSteps(steps []schemas.Step) []schemas.Step {
	n := max(2*len(steps), usualSteps)
	if len(r.steps) < n {
		r.one = max(min(max(2*r.one, usualSteps), mostSteps), n)
		r.steps = make([]schemas.Step, r.one)
		r.heldSteps = r.steps
	}
	out := append(r.steps[:0:n], steps...)
	r.steps = r.steps[n:]
	return out
}

// operandsOf returns n operands.
func (r *room) operandsOf(n int) []schemas.Operand {
	if len(r.operands) < n {
		r.operands = make([]schemas.Operand, max(n, 2*r.one))
		r.heldOperands = r.operands
	}
	out := r.operands[:n:n]
	r.operands = r.operands[n:]
	return out
}

// text returns b as a string.
func (r *room) text(b []byte) string {
	if r.texts.Cap()-r.texts.Len() < len(b) {
		r.many = min(max(2*r.many, 256), mostText)
		r.texts.Reset()
		r.texts.Grow(max(r.many, len(b)))
	}
	at := r.texts.Len()
	r.texts.Write(b)
	return r.texts.String()[at:]
}

// number returns what d.String does.
func (r *room) number(d money.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	var buf [64]byte
	return r.text(d.AppendText(buf[:0]))
}
