package model

import (
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Room is where trails put their steps, operands and texts: in blocks, because a charge has dozens of each and a night
// millions of charges. What is in a block is never moved or used again, so that charges may be kept; a block lives as
// long as anything in it.
type Room struct {
	steps    []schemas.Step
	operands []schemas.Operand
	texts    strings.Builder
	// one, few and many are the sizes of the next blocks, in steps, operands and bytes of text: small for a single price,
	// large for a night.
	one, few, many int
	// reused is true of a room whose blocks are taken back account by account: they may be as large as an account needs.
	reused bool
	// held are the newest blocks as a whole, for a room whose charges are over.
	heldSteps    []schemas.Step
	heldOperands []schemas.Operand
	// constants and names are texts that come again and again: the numbers of prices, and names of operands.
	constants []constantText
	names     []nameText
	// name is where the text of a charge's identifier is put together.
	name []byte
}

// constantText is the text of a number that has come twice; none yet of one that has come once.
type constantText struct {
	v    money.Decimal
	text string
}

// nameText is the name of an operand that step at made.
type nameText struct {
	name string
	at   int
	text string
}

const (
	mostConstants = 1 << 12
	mostNames     = 1 << 7
)

// constant is number for the numbers of prices, whose texts are made once.
func (r *Room) constant(d money.Decimal) string {
	if r.constants == nil {
		r.constants = make([]constantText, mostConstants)
	}
	x := &r.constants[d.Hash()%mostConstants]
	switch {
	case x.v != d:
		x.v, x.text = d, ""
		return r.number(d)
	case x.text == "":
		x.text = d.String()
	}
	return x.text
}

// named is the name of an operand that a step made.
func (r *Room) named(name string, at int) string {
	if r.names == nil {
		r.names = make([]nameText, mostNames)
	}
	x := &r.names[(at*37+len(name)*7+int(name[0]))%mostNames]
	if x.at == at && x.name == name {
		return x.text
	}
	var buf [64]byte
	text := strconv.AppendInt(append(append(buf[:0], name...), '@'), int64(at), 10)
	if x.at == 0 {
		*x = nameText{strings.Clone(name), at, string(text)}
		return x.text
	}
	return r.Text(text)
}

// Again takes back all steps and operands that the room gave: what had them is over. Texts are not taken back.
func (r *Room) Again() { r.steps, r.operands, r.reused = r.heldSteps, r.heldOperands, true }

// next is the size of the next block of something, of which there must be at least n: twice that of the last, up to a bound.
func (r *Room) next(last, n, most int) int {
	if r.reused {
		most *= 64
	}
	return max(min(2*last, most), n)
}

const (
	usualSteps = 8    // of a charge
	mostSteps  = 256  // of a block
	mostText   = 8192 // bytes of a block

	mostOperands = 512 // of a block
)

// moreSteps returns the steps with room for as many again, and at least for those of a usual charge.
func (r *Room) moreSteps(steps []schemas.Step) []schemas.Step {
	n := max(2*len(steps), usualSteps)
	if len(r.steps) < n {
		r.one = r.next(r.one, n, mostSteps)
		r.steps = make([]schemas.Step, r.one)
		r.heldSteps = r.steps
	}
	out := append(r.steps[:0:n], steps...)
	r.steps = r.steps[n:]
	return out
}

// operandsOf returns n operands.
func (r *Room) operandsOf(n int) []schemas.Operand {
	if len(r.operands) < n {
		r.few = r.next(r.few, max(n, usualSteps), mostOperands)
		r.operands = make([]schemas.Operand, r.few)
		r.heldOperands = r.operands
	}
	out := r.operands[:n:n]
	r.operands = r.operands[n:]
	return out
}

// Text returns b as a string.
func (r *Room) Text(b []byte) string {
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
func (r *Room) number(d money.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	var buf [64]byte
	return r.Text(d.AppendText(buf[:0]))
}
