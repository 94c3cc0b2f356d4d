package invoice

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// part is a step of an amount before anything is rounded: a quantity at a price, or an amount alone.
type part struct {
	kind        schemas.PartKind
	text        string
	hasQuantity bool
	quantity    money.Decimal
	unit        string
	// price is that of one unit, or a percentage of quantity; without a quantity it is the amount.
	price   money.Decimal
	percent bool
	// sum says that the price is an amount, which need not be shown with all its digits.
	sum bool
	// ofSum says that the quantity is what the parts before sum to as they are shown.
	ofSum    bool
	currency money.Currency
	factors  []factor
}

type factor struct {
	text        string
	times, over money.Decimal
}

// productRound is what the part comes to with a quantity, rounded once.
func (p *part) productRound(quantity money.Decimal, r rule) money.Decimal {
	v := p.price
	if p.hasQuantity {
		v = v.Mul(quantity)
	}
	if p.percent {
		v = v.Shift(-2)
	}
	over := money.One
	for _, f := range p.factors {
		v, over = v.Mul(f.times), over.Mul(f.over)
	}
	if over.Equal(money.One) {
		return money.RoundTo(v, r.places, r.mode)
	}
	q, err := money.DivRound(v, over, r.places, r.mode)
	if err != nil { // no factor is over 0: those that would be are not taken
		return money.Zero
	}
	return q
}

// rule is how the amounts of one charge are rounded.
type rule struct {
	places int32
	mode   money.Mode
}

// The digits after the point that a quantity is shown with: usual ones, and up to so many where its product needs them.
const (
	usualDigits = 3
	mostDigits  = money.Scale
)

// shownRound is a quantity rounded to as few digits as people read, from three on and three that count, with which the
// product is what it is with all digits, and that product.
func (p *part) shownRound(r rule) (quantity, amount money.Decimal) {
	want := p.productRound(p.quantity, r)
	if p.quantity.Exponent() >= -usualDigits { // it has no more
		return p.quantity, want
	}
	digits := int32(usualDigits)
	for first := p.quantity.Abs(); !first.IsZero() && first.LessThan(money.NewDecimal(1, usualDigits-1-digits)); digits++ {
		continue // each nought after the point asks for one digit more
	}
	for ; digits < mostDigits; digits++ {
		q := money.RoundTo(p.quantity, digits, money.HalfUp)
		if q.Equal(p.quantity) || p.productRound(q, r).Equal(want) {
			return q, want
		}
	}
	quantity = money.RoundTo(p.quantity, mostDigits, money.HalfEven)
	return quantity, p.productRound(quantity, r)
}

// priceRound is an amount rounded to as few digits as its product needs, from the places of amounts on.
func (p *part) priceRound(r rule) money.Decimal {
	want := p.productRound(p.quantity, r)
	rounded := *p
	for digits := r.places; digits < mostDigits; digits++ {
		rounded.price = money.RoundTo(p.price, digits, money.HalfUp)
		if rounded.price.Equal(p.price) || rounded.productRound(p.quantity, r).Equal(want) {
			return rounded.price
		}
	}
	return money.RoundTo(p.price, mostDigits, money.HalfEven)
}

// partsRound rounds parts so that each multiplies out as it is shown and all sum to the amount: what they lack to it is a
// part of its own. They are none if they cannot be shown, or sum to something else than the exact amount by more than
// rounding.
func partsRound(parts []part, c *schemas.Charge, r rule) []schemas.LinePart {
	out := make([]schemas.LinePart, 0, len(parts)+1)
	sum := money.Zero
	for i := range parts {
		p := &parts[i]
		if p.ofSum {
			p.quantity = sum
		}
		if p.sum {
			p.price = p.priceRound(r)
		}
		shown := p.quantity
		var amount money.Decimal
		if p.hasQuantity && !p.ofSum {
			shown, amount = p.shownRound(r)
		} else {
			amount = p.productRound(shown, r)
		}
		sum = sum.Add(amount)
		one, err := p.linePart(shown, amount)
		if err != nil {
			return nil
		}
		out = append(out, one)
	}
	unit := money.NewDecimal(1, -r.places)
	bound := unit.Mul(money.NewDecimal(int64(len(parts))+1, 0))
	if sum.Sub(c.Exact).Abs().GreaterThan(bound) {
		return nil
	}
	if off := c.Amount.Sub(sum); !off.IsZero() {
		p := part{kind: schemas.PartRounding, text: "Rounding", price: off}
		one, err := p.linePart(money.Zero, off)
		if err != nil {
			return nil
		}
		out = append(out, one)
	}
	return out
}

// linePart is the part as it is shown. The error is a number that no document can hold.
func (p *part) linePart(quantity, amount money.Decimal) (out schemas.LinePart, err error) {
	fix := func(d money.Decimal) (f money.Fixed) {
		if err == nil {
			f, err = money.FixedFromDecimal(d)
		}
		return f
	}
	out = schemas.LinePart{Kind: p.kind, Text: p.text, HasQuantity: p.hasQuantity, Percent: p.percent, Amount: fix(amount)}
	if p.hasQuantity {
		out.Quantity, out.Unit, out.UnitPrice, out.Currency = fix(quantity), p.unit, fix(p.price), p.currency
	}
	for _, f := range p.factors {
		out.Factors = append(out.Factors, schemas.PartFactor{Text: f.text, Times: fix(f.times), Over: fix(f.over)})
	}
	return out, err
}

// scaled multiplies every part. It fails on parts of a sum, which are multiplied with what they are of.
func scaled(parts []part, f factor) ([]part, bool) {
	if f.over.IsZero() {
		return nil, false
	}
	for i := range parts {
		p := &parts[i]
		if p.ofSum {
			return nil, false
		}
		if !p.hasQuantity { // an amount is one of itself
			p.hasQuantity, p.quantity, p.sum = true, money.One, true
		}
		p.factors = append(p.factors, f)
	}
	return parts, true
}
