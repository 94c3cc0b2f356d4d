package pipeline_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// shownStep is a step as the JSON of explain shows it.
type shownStep struct {
	Op string `json:"op"`
	In []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"in"`
	Out     string `json:"out"`
	Formula string `json:"formula"`
}

// evaluator computes a step by fractions, from what it shows alone, without any of daybook's arithmetic.
type evaluator struct {
	step shownStep
	next int
	err  error
}

func (v *evaluator) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

func (v *evaluator) text() string {
	if v.next >= len(v.step.In) {
		v.fail("%s lacks operand %d", v.step.Op, v.next+1)
		return "0"
	}
	v.next++
	return v.step.In[v.next-1].Value
}

func (v *evaluator) rat() *big.Rat {
	text := v.text()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		v.fail("%s: %q is no number", v.step.Op, text)
		return new(big.Rat)
	}
	return r
}

func (v *evaluator) integer() int {
	n, err := strconv.Atoi(v.text())
	if err != nil {
		v.fail("%s: %v", v.step.Op, err)
	}
	return n
}

func (v *evaluator) rest() (out []*big.Rat) {
	for v.next < len(v.step.In) {
		out = append(out, v.rat())
	}
	return out
}

// evaluate returns the step's result.
func (v *evaluator) evaluate() *big.Rat {
	zero := new(big.Rat)
	switch v.step.Op {
	case "given":
		return v.rat()
	case "sum", "add":
		return fold(v.rest(), (*big.Rat).Add)
	case "sub", "subtract":
		return fold(v.rest(), (*big.Rat).Sub)
	case "mul", "multiply":
		return fold(v.rest(), (*big.Rat).Mul)
	case "min":
		return fold(v.rest(), func(_, a, b *big.Rat) *big.Rat { return smaller(a, b) })
	case "max":
		return fold(v.rest(), func(_, a, b *big.Rat) *big.Rat { return larger(a, b) })
	case "neg":
		return new(big.Rat).Neg(v.rat())
	case "percent":
		return new(big.Rat).Mul(mul(v.rat(), v.rat()), big.NewRat(1, 100))
	case "div":
		q := new(big.Rat).Quo(v.rat(), v.rat())
		return rounded(q, v.integer(), v.text())
	case "round":
		x, places := v.rat(), v.integer()
		mode := "half_even" // reconciliation has no other
		if v.next < len(v.step.In) {
			mode = v.text()
		}
		return rounded(x, places, mode)
	case "round_step":
		x, step := v.rat(), v.rat()
		return mul(rounded(new(big.Rat).Quo(x, step), 0, v.text()), step)
	case "blocks":
		return rounded(new(big.Rat).Quo(v.rat(), v.rat()), 0, v.text())
	case "prorate":
		amount, from, to, of := v.rat(), v.rat(), v.rat(), v.rat()
		return new(big.Rat).Sub(part(amount, to, of), part(amount, from, of))
	case "tier", "tier_percent":
		quantity, from := v.rat(), v.rat()
		if to := v.text(); to != "" {
			end, _ := new(big.Rat).SetString(to)
			quantity = smaller(quantity, end)
		}
		units, price, fee := larger(new(big.Rat).Sub(quantity, from), zero), v.rat(), v.rat()
		if v.step.Op == "tier_percent" {
			price = mul(price, big.NewRat(1, 100))
		}
		return new(big.Rat).Add(mul(units, price), fee)
	case "share":
		if len(v.step.In) == 4 && v.step.In[3].Name == "places" {
			a, n, d := v.rat(), v.rat(), v.rat()
			return rounded(new(big.Rat).Quo(mul(a, n), d), v.integer(), "half_even")
		}
	case "events":
		return v.events()
	}
	v.fail("the evaluator does not know %q", v.step.Op)
	return zero
}

func (v *evaluator) events() *big.Rat {
	percent, fixed, least, most := v.rat(), v.rat(), v.text(), v.text()
	total := new(big.Rat)
	for text := range strings.FieldsSeq(v.text()) {
		amount, _ := new(big.Rat).SetString(text)
		price := new(big.Rat).Add(mul(amount, mul(percent, big.NewRat(1, 100))), fixed)
		if bound, ok := new(big.Rat).SetString(least); ok {
			price = larger(price, bound)
		}
		if bound, ok := new(big.Rat).SetString(most); ok {
			price = smaller(price, bound)
		}
		total.Add(total, price)
	}
	return total
}

// part is the share n of d of an amount, to the 24 places that quotients keep.
func part(amount, n, d *big.Rat) *big.Rat {
	return rounded(new(big.Rat).Quo(mul(amount, n), d), 24, "half_even")
}

func fold(in []*big.Rat, f func(z, a, b *big.Rat) *big.Rat) *big.Rat {
	if len(in) == 0 {
		return new(big.Rat)
	}
	total := new(big.Rat).Set(in[0])
	for _, x := range in[1:] {
		total = f(new(big.Rat), total, x)
	}
	return total
}

func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

func smaller(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

func larger(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) > 0 {
		return b
	}
	return a
}

// rounded rounds to places by what the mode says of the number and its two neighbours.
func rounded(x *big.Rat, places int, mode string) *big.Rat {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places < 0 {
		unit.Inv(unit)
	}
	scaled := mul(x, unit)
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom()) // Euclidean: downwards for a positive divisor
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	half := rest.Cmp(big.NewRat(1, 2))
	var up bool
	switch negative := x.Sign() < 0; mode {
	case "floor":
	case "ceiling":
		up = rest.Sign() > 0
	case "up":
		up = rest.Sign() > 0 && !negative
	case "down":
		up = rest.Sign() > 0 && negative
	case "half_up":
		up = half > 0 || half == 0 && !negative
	case "half_down":
		up = half > 0 || half == 0 && negative
	case "half_even":
		up = half > 0 || half == 0 && floor.Bit(0) == 1
	default:
		return new(big.Rat).SetFrac64(1, 3) // a mode that is none equals nothing that was rounded
	}
	if up {
		floor.Add(floor, big.NewInt(1))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(floor), unit)
}
