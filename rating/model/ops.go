package model

import (
	"fmt"
	"math/big"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// The operations of steps. Recompute evaluates each from its operands alone, in their order; README.md lists them.
const (
	// OpGiven states a fact: a metered quantity, a cost, a price from the book.
	OpGiven = "given"
	OpSum   = "sum"
	OpSub   = "sub"
	OpMul   = "mul"
	OpNeg   = "neg"
	OpMin   = "min"
	OpMax   = "max"
	// OpPercent is amount × percent ÷ 100.
	OpPercent = "percent"
	// OpDiv is n ÷ d rounded once: n, d, places, mode.
	OpDiv = "div"
	// OpRound rounds to places by mode; OpRoundStep to a multiple of a step.
	OpRound     = "round"
	OpRoundStep = "round_step"
	// OpProrate is the part of an amount between two points of a whole: amount, from, to, of.
	OpProrate = "prorate"
	// OpTier prices the part of a quantity between two bounds: quantity, from, to, unit_price, flat_fee.
	OpTier = "tier"
	// OpTierPercent is the same with a percentage.
	OpTierPercent = "tier_percent"
	// OpBlocks counts blocks: quantity ÷ size, rounded to a whole by mode.
	OpBlocks = "blocks"
	// OpEvents prices events one by one: percent, fixed, minimum, maximum, and the list of chargeable amounts.
	OpEvents = "events"
	// OpBand prices the seconds that sessions spend in a band: the list of seconds, rate, rate_seconds, increment.
	OpBand = "band"
	// OpShare is one part of a total divided by largest remainder: total, places, index from 1, and the list of weights.
	OpShare = "share"
	// OpOverage is what windows above a commitment cost by a factor: commitment, factor, and the list of spends.
	OpOverage = "overage"
	// OpTrueUp is what windows lack to a commitment: commitment, windows, and the list of spends.
	OpTrueUp = "true_up"
)

// Recompute evaluates a step from what it shows alone and returns the result as exact decimal text. A step with an
// unknown operation, missing operands or text that is no number is an error.
func Recompute(step schemas.Step) (string, error) {
	r := reader{step: step}
	out := r.evaluate()
	if r.err == nil && r.next < len(step.In) {
		r.err = fmt.Errorf("%d operands are left over", len(step.In)-r.next)
	}
	if r.err != nil {
		return "", fmt.Errorf("recompute step %s: %w", step.Op, r.err)
	}
	return out.String(), nil
}

// reader takes the operands of a step one after the other and remembers the first thing wrong.
type reader struct {
	step schemas.Step
	next int
	err  error
}

func (r *reader) evaluate() money.Decimal {
	switch r.step.Op {
	case OpGiven:
		return r.number()
	case OpSum:
		return r.fold(money.Decimal.Add)
	case OpMul:
		return r.fold(money.Decimal.Mul)
	case OpMin:
		return r.fold(Lower)
	case OpMax:
		return r.fold(Higher)
	case OpSub:
		return r.fold(money.Decimal.Sub)
	case OpNeg:
		return r.number().Neg()
	case OpPercent:
		return PercentOf(r.number(), r.number())
	case OpDiv:
		n, d := r.number(), r.divisor()
		return QuotientRound(n, d, r.places(), r.mode())
	case OpRound:
		return money.RoundTo(r.number(), r.places(), r.mode())
	case OpRoundStep:
		return money.RoundToStep(r.number(), r.number(), r.mode())
	case OpProrate:
		amount, from, to := r.number(), r.number(), r.number()
		return PartRound(amount, from, to, r.divisor())
	case OpTier:
		return r.slice().Mul(r.number()).Add(r.number())
	case OpTierPercent:
		return PercentOf(r.slice(), r.number()).Add(r.number())
	case OpBlocks:
		n, d := r.number(), r.divisor()
		return QuotientRound(n, d, 0, r.mode())
	}
	return r.evaluateLists()
}

// evaluateLists evaluates the operations that have lists or several bounds.
func (r *reader) evaluateLists() money.Decimal {
	switch r.step.Op {
	case OpEvents:
		e := eventTerms{percent: r.number(), fixed: r.number(), least: r.optional(), most: r.optional()}
		total := money.Zero
		for _, amount := range r.list() {
			total = total.Add(e.price(amount))
		}
		return total
	case OpBand:
		b := band{pieces: r.list(), rate: r.number(), per: r.divisor(), increment: r.number()}
		return b.priceRound()
	case OpOverage:
		return Overage(r.number(), r.number(), r.list())
	case OpTrueUp:
		return TrueUp(r.number(), r.number().IntPart(), r.list())
	case OpShare:
		total, places, index := r.number(), r.places(), r.number().IntPart()
		parts, err := money.Allocate(total, r.list(), places)
		if err != nil || index < 1 || int(index) > len(parts) {
			r.fail("no part %d of %s: %v", index, total, err)
			return money.Zero
		}
		return parts[index-1]
	}
	r.fail("unknown operation %q", r.step.Op)
	return money.Zero
}

// fold combines all operands from left to right.
func (r *reader) fold(f func(a, b money.Decimal) money.Decimal) money.Decimal {
	total := r.number()
	for r.err == nil && r.next < len(r.step.In) {
		total = f(total, r.number())
	}
	return total
}

// slice is the part of a quantity between two bounds.
func (r *reader) slice() money.Decimal {
	quantity, from := r.number(), r.number()
	return between(quantity, from, r.optional())
}

// between is how much of a quantity lies above from and not above to; nil is without end.
func between(quantity, from money.Decimal, to *money.Decimal) money.Decimal {
	if to != nil {
		quantity = Lower(quantity, *to)
	}
	return Higher(quantity.Sub(from), money.Zero)
}

// Overage is Σ (spend above the commitment) × (factor - 1).
func Overage(commitment, factor money.Decimal, spends []money.Decimal) money.Decimal {
	total := money.Zero
	for _, s := range spends {
		total = total.Add(AboveZero(s.Sub(commitment)))
	}
	return total.Mul(factor.Sub(money.One))
}

// TrueUp is what windows lack to the commitment; those that are not listed spent nothing.
func TrueUp(commitment money.Decimal, windows int64, spends []money.Decimal) money.Decimal {
	total := commitment.Mul(money.NewDecimal(max(windows, int64(len(spends))), 0))
	for _, s := range spends {
		total = total.Sub(Lower(AboveZero(s), commitment))
	}
	return total
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) text() string {
	if r.next >= len(r.step.In) {
		r.fail("operand %d is missing", r.next+1)
		return ""
	}
	r.next++
	return r.step.In[r.next-1].Value
}

func (r *reader) number() money.Decimal {
	s := r.text()
	if r.err != nil {
		return money.Zero
	}
	v, err := money.ParseDecimal(s)
	if err != nil {
		// Exact products of long numbers outgrow the bound on input; they are ours, so read them without it.
		if v, err = parseLong(s); err != nil {
			r.fail("operand %s: %w", r.step.In[r.next-1].Name, err)
		}
	}
	return v
}

// divisor is a number that is not 0.
func (r *reader) divisor() money.Decimal {
	v := r.number()
	if v.IsZero() {
		r.fail("operand %d is a divisor of 0", r.next)
		return money.One
	}
	return v
}

// optional is a number, or nil for the empty text.
func (r *reader) optional() *money.Decimal {
	if r.next < len(r.step.In) && r.step.In[r.next].Value == "" {
		r.next++
		return nil
	}
	v := r.number()
	return &v
}

func (r *reader) places() int32 {
	v := r.number().IntPart()
	if v < -money.MaxExponent || v > money.MaxExponent {
		r.fail("%d decimal places are out of bounds", v)
		return 0
	}
	return int32(v)
}

func (r *reader) mode() money.Mode {
	m, err := money.ParseMode(r.text())
	if err != nil {
		r.fail("%w", err)
	}
	return m
}

// list reads numbers between blanks.
func (r *reader) list() []money.Decimal {
	var out []money.Decimal
	for s := range strings.FieldsSeq(r.text()) {
		v, err := money.ParseDecimal(s)
		if err != nil {
			if v, err = parseLong(s); err != nil {
				r.fail("list: %w", err)
				return nil
			}
		}
		out = append(out, v)
	}
	return out
}

// ListText writes numbers with blanks between.
func ListText(values []money.Decimal) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v.String())
	}
	return b.String()
}

// parseLong reads plain decimal text of any length, as the results of our own exact arithmetic are written.
func parseLong(s string) (money.Decimal, error) {
	digits, fraction, _ := strings.Cut(s, ".")
	v, ok := new(big.Int).SetString(digits+fraction, 10)
	if !ok || strings.ContainsAny(fraction, "+-") {
		return money.Zero, fmt.Errorf("%q is not a decimal number", s)
	}
	return money.DecimalFromBig(v, -int32(len(fraction))), nil
}
