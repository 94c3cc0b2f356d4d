// Package sheet computes and records what it computes, so that a figure and its explanation cannot differ: what comparisons
// write beside every figure, and from which anybody computes it again. It knows no row, no contract and no plan.
//
// Start with Sheet.
package sheet

import (
	"fmt"
	"strconv"

	"daybook/schemas"
	"daybook/schemas/money"
)

// The operations of a step. Each computes its Out from its In alone; see [Recompute].
const (
	// OpGiven takes a number from elsewhere: one operand, whose name says from where.
	OpGiven = "given"
	// OpAdd adds its operands.
	OpAdd = "add"
	// OpSubtract takes every later operand from the first.
	OpSubtract = "subtract"
	// OpMultiply multiplies its operands.
	OpMultiply = "multiply"
	// OpShare is amount × numerator ÷ denominator, rounded half to even to places.
	OpShare = "share"
	// OpRound is amount, rounded half to even to places.
	OpRound = "round"
	// OpMedian is the middle of its operands, of an even number of them the mean of the two in the middle.
	OpMedian = "median"
	// OpDeviation is the median of how far the later operands lie from the first.
	OpDeviation = "deviation"
)

// Amount is a number with a name, for steps.
type Amount struct {
	name  string
	value money.Decimal
}

// Named gives a number its name.
func Named(name string, value money.Decimal) Amount { return Amount{name, value} }

// Sheet computes and records what it computes, so that a figure and its explanation cannot differ. It computes on with
// zeros after an error. The zero value is ready to use.
type Sheet struct {
	Steps []schemas.Step
	// Err is the first error, nil where there was none.
	Err error
}

// record appends a step and returns its result.
func (s *Sheet) record(op, note string, out money.Decimal, in ...schemas.Operand) money.Decimal {
	s.Steps = append(s.Steps, schemas.Step{Op: op, In: in, Out: out.String(), Note: note})
	return out
}

func operands(in []Amount) []schemas.Operand {
	out := make([]schemas.Operand, len(in))
	for i, a := range in {
		out[i] = schemas.Operand{Name: a.name, Value: a.value.String()}
	}
	return out
}

// Given takes a number from elsewhere, which its name says.
func (s *Sheet) Given(note, name string, value money.Decimal) money.Decimal {
	return s.record(OpGiven, note, value, operands([]Amount{Named(name, value)})...)
}

// Add returns the sum of the amounts.
func (s *Sheet) Add(note string, in ...Amount) money.Decimal {
	sum := money.Zero
	for _, a := range in {
		sum = sum.Add(a.value)
	}
	return s.record(OpAdd, note, sum, operands(in)...)
}

// Subtract takes the later amounts from the first.
func (s *Sheet) Subtract(note string, from Amount, in ...Amount) money.Decimal {
	rest := from.value
	for _, a := range in {
		rest = rest.Sub(a.value)
	}
	return s.record(OpSubtract, note, rest, operands(append([]Amount{from}, in...))...)
}

// Multiply returns the product of the amounts, exact.
func (s *Sheet) Multiply(note string, in ...Amount) money.Decimal {
	product := money.One
	for _, a := range in {
		product = product.Mul(a.value)
	}
	return s.record(OpMultiply, note, product, operands(in)...)
}

// Median returns the middle of the amounts.
func (s *Sheet) Median(note string, in ...Amount) money.Decimal {
	values := make([]money.Decimal, len(in))
	for i, a := range in {
		values[i] = a.value
	}
	return s.record(OpMedian, note, money.Median(values), operands(in)...)
}

// Deviation returns the median of how far the amounts lie from one.
func (s *Sheet) Deviation(note string, from Amount, in ...Amount) money.Decimal {
	values := make([]money.Decimal, len(in))
	for i, a := range in {
		values[i] = a.value
	}
	return s.record(OpDeviation, note, deviation(from.value, values), operands(append([]Amount{from}, in...))...)
}

// deviation is the median of how far values lie from one.
func deviation(from money.Decimal, values []money.Decimal) money.Decimal {
	away := make([]money.Decimal, len(values))
	for i, v := range values {
		away[i] = v.Sub(from).Abs()
	}
	return money.Median(away)
}

// RoundTo rounds half to even to places.
func (s *Sheet) RoundTo(note string, a Amount, places int32) money.Decimal {
	out := money.RoundTo(a.value, places, money.HalfEven)
	return s.record(OpRound, note, out, append(operands([]Amount{a}), placesOperand(places))...)
}

// ShareRounded is a × num ÷ den, rounded once. A share by one is not recorded: it says nothing.
func (s *Sheet) ShareRounded(note string, a, num, den Amount, places int32) money.Decimal {
	if num.value.Equal(den.value) && !den.value.IsZero() {
		return a.value
	}
	out, err := money.MulDivRound(a.value, num.value, den.value, places, money.HalfEven)
	if err != nil && s.Err == nil {
		s.Err = fmt.Errorf("%s: %s × %s ÷ %s: %w", note, a.value, num.value, den.value, err)
	}
	return s.record(OpShare, note, out, append(operands([]Amount{a, num, den}), placesOperand(places))...)
}

func placesOperand(places int32) schemas.Operand {
	return schemas.Operand{Name: "places", Value: strconv.Itoa(int(places))}
}

// Recompute computes the result of one step of a Variance or PeerMatch from nothing but its operands; it equals the
// step's Out. An unknown operation or a bad operand is an error that names it.
func Recompute(step schemas.Step) (money.Decimal, error) {
	in := step.In
	places := int32(0)
	if step.Op == OpShare || step.Op == OpRound {
		if len(in) == 0 || in[len(in)-1].Name != "places" {
			return money.Zero, fmt.Errorf("step %q (%s) names no places", step.Op, step.Note)
		}
		n, err := strconv.ParseInt(in[len(in)-1].Value, 10, 32)
		if err != nil {
			return money.Zero, fmt.Errorf("step %q (%s): read places: %w", step.Op, step.Note, err)
		}
		places, in = int32(n), in[:len(in)-1]
	}
	values := make([]money.Decimal, len(in))
	for i, o := range in {
		v, err := money.ParseDecimal(o.Value)
		if err != nil {
			return money.Zero, fmt.Errorf("step %q (%s): operand %q: %w", step.Op, step.Note, o.Name, err)
		}
		values[i] = v
	}
	return operate(step, values, places)
}

func operate(step schemas.Step, v []money.Decimal, places int32) (money.Decimal, error) {
	switch {
	case step.Op == OpGiven && len(v) == 1:
		return v[0], nil
	case step.Op == OpAdd:
		return money.Zero.Add(total(v)), nil
	case step.Op == OpSubtract && len(v) > 0:
		return v[0].Sub(total(v[1:])), nil
	case step.Op == OpMultiply:
		product := money.One
		for _, d := range v {
			product = product.Mul(d)
		}
		return product, nil
	case step.Op == OpMedian && len(v) > 0:
		return money.Median(v), nil
	case step.Op == OpDeviation && len(v) > 1:
		return deviation(v[0], v[1:]), nil
	case step.Op == OpShare && len(v) == 3:
		return money.MulDivRound(v[0], v[1], v[2], places, money.HalfEven)
	case step.Op == OpRound && len(v) == 1:
		return money.RoundTo(v[0], places, money.HalfEven), nil
	}
	return money.Zero, fmt.Errorf("step %q (%s) with %d operands is none that reconciliation makes", step.Op, step.Note, len(v))
}

func total(v []money.Decimal) money.Decimal {
	sum := money.Zero
	for _, d := range v {
		sum = sum.Add(d)
	}
	return sum
}
