package rating

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// WorkPlaces is how many decimal places a quotient keeps where it does not end, such as 24 days of 31. It is far beyond
// the dataset's 18, and wherever parts must add up, they are differences of such quotients, so that nothing is lost.
const WorkPlaces = 24

// number is a value and the step that made it, counted from 1; 0 is a value that was given.
type number struct {
	v  money.Decimal
	at int
}

// given returns a value that no step made.
func given(v money.Decimal) number { return number{v: v} }

// operand is one named input of a step: a number, or a word such as a rounding mode.
type operand struct {
	name string
	n    number
	word string
	text bool
	// constant is true of the numbers of prices, which come again.
	constant bool
}

func in(name string, n number) operand { return operand{name: name, n: n} }
func fact(name string, v money.Decimal) operand {
	return operand{name: name, n: given(v), constant: true}
}
func word(name, value string) operand        { return operand{name: name, word: value, text: true} }
func count(name string, value int64) operand { return fact(name, money.NewDecimal(value, 0)) }
func maybe(name string, v *money.Decimal) operand {
	if v == nil {
		return word(name, "")
	}
	return fact(name, *v)
}

// trail does arithmetic and keeps its steps. Every method computes, records what it did, and returns the result with
// its step, so that a result cannot get into a charge without its explanation. A quiet trail computes only.
type trail struct {
	steps []schemas.Step
	quiet bool
	room  *room // nil is a room of its own
	// results are those of the first steps, whose texts serve the operands that repeat them.
	results [usualSteps]money.Decimal
}

// inside returns the room of the trail.
func (t *trail) inside() *room {
	if t.room == nil {
		t.room = &room{}
	}
	return t.room
}

// note puts a text together from parts, a number and maybe another one last, for a step; a quiet trail has none.
func (t *trail) note(before string, n int64, after string, d *money.Decimal) string {
	if t.quiet {
		return ""
	}
	var buf [128]byte
	b := append(strconv.AppendInt(append(buf[:0], before...), n, 10), after...)
	if d != nil {
		b = d.AppendText(b)
	}
	return t.inside().text(b)
}

// label is two texts as one, for an operand of a step; a quiet trail has none.
func (t *trail) label(a, b string) string {
	if t.quiet {
		return ""
	}
	var buf [128]byte
	return t.inside().text(append(append(buf[:0], a...), b...))
}

// add records a step. An operand that an earlier step made is named after it: amount@3 is the result of step 3.
func (t *trail) add(op, note string, out money.Decimal, ins ...operand) number {
	if t.quiet {
		return given(out)
	}
	r := t.inside()
	if len(t.steps) == cap(t.steps) {
		t.steps = r.moreSteps(t.steps)
	}
	step := schemas.Step{Op: op, Note: note, In: r.operandsOf(len(ins))}
	for i := range ins {
		x, o := &ins[i], &step.In[i]
		t.write(o, x)
		if step.Out == "" && !x.text && x.n.v == out { // the same number reads the same
			step.Out = o.Value
		}
	}
	if step.Out == "" {
		step.Out = r.number(out)
	}
	if len(t.steps) < usualSteps {
		t.results[len(t.steps)] = out
	}
	t.steps = append(t.steps, step)
	return number{v: out, at: len(t.steps)}
}

// write puts an operand into a step.
func (t *trail) write(o *schemas.Operand, x *operand) {
	r := t.room
	o.Name, o.Value = x.name, x.word
	switch at := x.n.at; {
	case x.text:
	case at > 0 && at <= min(len(t.steps), usualSteps) && t.results[at-1] == x.n.v:
		o.Value = t.steps[at-1].Out
	case x.constant:
		o.Value = r.constant(x.n.v)
	default:
		o.Value = r.number(x.n.v)
	}
	if x.n.at > 0 {
		o.Name = r.named(x.name, x.n.at)
	}
}

// sum adds operands; a single one is itself, without a step.
func (t *trail) sum(note string, ins ...operand) number {
	if len(ins) == 1 {
		return ins[0].n
	}
	total := money.Zero
	for _, x := range ins {
		total = total.Add(x.n.v)
	}
	return t.add(OpSum, note, total, ins...)
}

// sub takes b from a.
func (t *trail) sub(note string, a, b operand) number {
	return t.add(OpSub, note, a.n.v.Sub(b.n.v), a, b)
}

// mul multiplies.
func (t *trail) mul(note string, a, b operand) number {
	return t.add(OpMul, note, a.n.v.Mul(b.n.v), a, b)
}

// neg turns the sign.
func (t *trail) neg(note string, a operand) number { return t.add(OpNeg, note, a.n.v.Neg(), a) }

// percent takes a percentage of an amount.
func (t *trail) percent(note string, amount, percent operand) number {
	return t.add(OpPercent, note, percentOf(amount.n.v, percent.n.v), amount, percent)
}

// least and most choose one of two.
func (t *trail) least(note string, a, b operand) number {
	return t.add(OpMin, note, lower(a.n.v, b.n.v), a, b)
}

func (t *trail) most(note string, a, b operand) number {
	return t.add(OpMax, note, higher(a.n.v, b.n.v), a, b)
}

// divRound divides, rounded once to places.
func (t *trail) divRound(note string, n, d operand, places int32, mode money.Mode) number {
	return t.add(OpDiv, note, quotientRound(n.n.v, d.n.v, places, mode), n, d, count("places", int64(places)), word("mode", mode.String()))
}

// prorateRound takes the part of an amount from one point to another of a whole: amount × to/of - amount × from/of,
// each rounded at WorkPlaces, so that adjoining parts add up to the whole exactly.
func (t *trail) prorateRound(note string, amount, from, to, of operand) number {
	return t.add(OpProrate, note, partRound(amount.n.v, from.n.v, to.n.v, of.n.v), amount, from, to, of)
}

// round rounds by a mode to decimal places.
func (t *trail) round(note string, value operand, places int32, mode money.Mode) number {
	return t.add(OpRound, note, money.RoundTo(value.n.v, places, mode), value, count("places", int64(places)), word("mode", mode.String()))
}

// percentOf is exact: a division by 100 moves the point.
func percentOf(amount, percent money.Decimal) money.Decimal { return amount.Mul(percent).Shift(-2) }

func lower(a, b money.Decimal) money.Decimal {
	if b.LessThan(a) {
		return b
	}
	return a
}

func higher(a, b money.Decimal) money.Decimal {
	if b.GreaterThan(a) {
		return b
	}
	return a
}

func aboveZero(v money.Decimal) money.Decimal { return higher(v, money.Zero) }

// quotientRound is n ÷ d, and 0 for d = 0, which the checks of terms keep out.
func quotientRound(n, d money.Decimal, places int32, mode money.Mode) money.Decimal {
	q, err := money.DivRound(n, d, places, mode)
	if err != nil {
		return money.Zero
	}
	return q
}

// partRound is the part of amount between two points of a whole.
func partRound(amount, from, to, of money.Decimal) money.Decimal {
	upper := shareRound(amount, to, of)
	if from.IsZero() {
		return upper
	}
	return upper.Sub(shareRound(amount, from, of))
}

// shareRound is amount × n ÷ d at WorkPlaces, and exactly amount where n = d.
func shareRound(amount, n, d money.Decimal) money.Decimal {
	if n.Equal(d) {
		return amount
	}
	return quotientRound(amount.Mul(n), d, WorkPlaces, money.HalfEven)
}
