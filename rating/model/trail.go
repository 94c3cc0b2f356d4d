package model

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// WorkPlaces is how many decimal places a quotient keeps where it does not end, such as 24 days of 31. It is far beyond
// the dataset's 18, and wherever parts must add up, they are differences of such quotients, so that nothing is lost.
const WorkPlaces = 24

// Number is a value and the step that made it, counted from 1; 0 is a value that was given.
type Number struct {
	V  money.Decimal
	At int
}

// Given returns a value that no step made.
func Given(v money.Decimal) Number { return Number{V: v} }

// Operand is one named input of a step: a number, or a word such as a rounding mode.
type Operand struct {
	name string
	// N is the number, unless the operand is a word.
	N    Number
	word string
	text bool
	// constant is true of the numbers of prices, which come again.
	constant bool
}

// In is an operand that a step made, or that was given.
func In(name string, n Number) Operand { return Operand{name: name, N: n} }

// Fact is a number of the book or of the account, which comes again and again.
func Fact(name string, v money.Decimal) Operand {
	return Operand{name: name, N: Given(v), constant: true}
}

// Word is a text, such as the name of a rounding mode.
func Word(name, value string) Operand { return Operand{name: name, word: value, text: true} }

// Count is a whole number.
func Count(name string, value int64) Operand { return Fact(name, money.NewDecimal(value, 0)) }

// maybe is a number, or the empty word where there is none.
func maybe(name string, v *money.Decimal) Operand {
	if v == nil {
		return Word(name, "")
	}
	return Fact(name, *v)
}

// Trail does arithmetic and keeps its steps. Every method computes, records what it did, and returns the result with
// its step, so that a result cannot get into a charge without its explanation. A quiet trail computes only.
type Trail struct {
	Steps []schemas.Step
	Quiet bool
	Room  *Room // nil is a room of its own
	// results are those of the first steps, whose texts serve the operands that repeat them.
	results [usualSteps]money.Decimal
}

// Inside returns the room of the trail.
func (t *Trail) Inside() *Room {
	if t.Room == nil {
		t.Room = &Room{}
	}
	return t.Room
}

// Note puts a text together from parts, a number and maybe another one last, for a step; a quiet trail has none.
func (t *Trail) Note(before string, n int64, after string, d *money.Decimal) string {
	if t.Quiet {
		return ""
	}
	var buf [128]byte
	b := append(strconv.AppendInt(append(buf[:0], before...), n, 10), after...)
	if d != nil {
		b = d.AppendText(b)
	}
	return t.Inside().Text(b)
}

// Label is two texts as one, for an operand of a step; a quiet trail has none.
func (t *Trail) Label(a, b string) string {
	if t.Quiet {
		return ""
	}
	var buf [128]byte
	return t.Inside().Text(append(append(buf[:0], a...), b...))
}

// Add records a step. An operand that an earlier step made is named after it: amount@3 is the result of step 3.
func (t *Trail) Add(op, note string, out money.Decimal, ins ...Operand) Number {
	if t.Quiet {
		return Given(out)
	}
	r := t.Inside()
	if len(t.Steps) == cap(t.Steps) {
		t.Steps = r.moreSteps(t.Steps)
	}
	step := schemas.Step{Op: op, Note: note, In: r.operandsOf(len(ins))}
	for i := range ins {
		x, o := &ins[i], &step.In[i]
		t.write(o, x)
		if step.Out == "" && !x.text && x.N.V == out { // the same number reads the same
			step.Out = o.Value
		}
	}
	if step.Out == "" {
		step.Out = r.number(out)
	}
	if len(t.Steps) < usualSteps {
		t.results[len(t.Steps)] = out
	}
	t.Steps = append(t.Steps, step)
	return Number{V: out, At: len(t.Steps)}
}

// write puts an operand into a step.
func (t *Trail) write(o *schemas.Operand, x *Operand) {
	r := t.Room
	o.Name, o.Value = x.name, x.word
	switch at := x.N.At; {
	case x.text:
	case at > 0 && at <= min(len(t.Steps), usualSteps) && t.results[at-1] == x.N.V:
		o.Value = t.Steps[at-1].Out
	case x.constant:
		o.Value = r.constant(x.N.V)
	default:
		o.Value = r.number(x.N.V)
	}
	if x.N.At > 0 {
		o.Name = r.named(x.name, x.N.At)
	}
}

// Sum adds operands; a single one is itself, without a step.
func (t *Trail) Sum(note string, ins ...Operand) Number {
	if len(ins) == 1 {
		return ins[0].N
	}
	total := money.Zero
	for _, x := range ins {
		total = total.Add(x.N.V)
	}
	return t.Add(OpSum, note, total, ins...)
}

// Sub takes b from a.
func (t *Trail) Sub(note string, a, b Operand) Number {
	return t.Add(OpSub, note, a.N.V.Sub(b.N.V), a, b)
}

// Mul multiplies.
func (t *Trail) Mul(note string, a, b Operand) Number {
	return t.Add(OpMul, note, a.N.V.Mul(b.N.V), a, b)
}

// Neg turns the sign.
func (t *Trail) Neg(note string, a Operand) Number { return t.Add(OpNeg, note, a.N.V.Neg(), a) }

// Percent takes a percentage of an amount.
func (t *Trail) Percent(note string, amount, percent Operand) Number {
	return t.Add(OpPercent, note, PercentOf(amount.N.V, percent.N.V), amount, percent)
}

// Least is the smaller of two.
func (t *Trail) Least(note string, a, b Operand) Number {
	return t.Add(OpMin, note, Lower(a.N.V, b.N.V), a, b)
}

// Most is the larger of two.
func (t *Trail) Most(note string, a, b Operand) Number {
	return t.Add(OpMax, note, Higher(a.N.V, b.N.V), a, b)
}

// DivRound divides, rounded once to places.
func (t *Trail) DivRound(note string, n, d Operand, places int32, mode money.Mode) Number {
	return t.Add(OpDiv, note, QuotientRound(n.N.V, d.N.V, places, mode), n, d, Count("places", int64(places)), Word("mode", mode.String()))
}

// ProrateRound takes the part of an amount from one point to another of a whole: amount × to/of - amount × from/of,
// each rounded at WorkPlaces, so that adjoining parts add up to the whole exactly.
func (t *Trail) ProrateRound(note string, amount, from, to, of Operand) Number {
	return t.Add(OpProrate, note, PartRound(amount.N.V, from.N.V, to.N.V, of.N.V), amount, from, to, of)
}

// Round rounds by a mode to decimal places.
func (t *Trail) Round(note string, value Operand, places int32, mode money.Mode) Number {
	return t.Add(OpRound, note, money.RoundTo(value.N.V, places, mode), value, Count("places", int64(places)), Word("mode", mode.String()))
}

// PercentOf is exact: a division by 100 moves the point.
func PercentOf(amount, percent money.Decimal) money.Decimal { return amount.Mul(percent).Shift(-2) }

// Lower is the smaller of two numbers.
func Lower(a, b money.Decimal) money.Decimal {
	if b.LessThan(a) {
		return b
	}
	return a
}

// Higher is the larger of two numbers.
func Higher(a, b money.Decimal) money.Decimal {
	if b.GreaterThan(a) {
		return b
	}
	return a
}

// AboveZero is a number, or zero where it is below.
func AboveZero(v money.Decimal) money.Decimal { return Higher(v, money.Zero) }

// QuotientRound is n ÷ d, and 0 for d = 0, which the checks of terms keep out.
func QuotientRound(n, d money.Decimal, places int32, mode money.Mode) money.Decimal {
	q, err := money.DivRound(n, d, places, mode)
	if err != nil {
		return money.Zero
	}
	return q
}

// PartRound is the part of amount between two points of a whole.
func PartRound(amount, from, to, of money.Decimal) money.Decimal {
	upper := ShareRound(amount, to, of)
	if from.IsZero() {
		return upper
	}
	return upper.Sub(ShareRound(amount, from, of))
}

// ShareRound is amount × n ÷ d at WorkPlaces, and exactly amount where n = d.
func ShareRound(amount, n, d money.Decimal) money.Decimal {
	if n.Equal(d) {
		return amount
	}
	return QuotientRound(amount.Mul(n), d, WorkPlaces, money.HalfEven)
}
