package invoice

import (
	"fmt"
	"strings"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// difference is what is left of an amount: after a discount, of a slice of the period, or to a promise.
func (r *reckoning) difference(s *schemas.Step, at int) ([]part, bool) {
	if len(s.In) != 2 {
		return nil, false
	}
	off := r.number(&s.In[1])
	if off == nil {
		return nil, false
	}
	if s.Note == "less the maximum" {
		return r.beyondMaximum(s, at)
	}
	text := ""
	discount, isDiscount := strings.CutPrefix(s.Note, "after discount ")
	switch {
	case isDiscount:
	case strings.HasPrefix(s.Note, "the slice costs "):
		text = "Less the days before at this price"
	case strings.HasPrefix(s.Note, "what is missing to it"):
		text = "Less what was charged for use"
	default:
		return nil, false
	}
	parts, ok := r.amount(&s.In[0], at)
	if !ok {
		return nil, false
	}
	if !isDiscount {
		return append(parts, part{text: text, price: off.Neg()}), true
	}
	p := part{kind: schemas.PartDiscount, text: "Discount " + discount, price: off.Neg()}
	if by := r.made(&s.In[1], at); by != nil && by.Op == model.OpPercent && len(by.In) == 2 {
		base, percent := r.number(&by.In[0]), r.number(&by.In[1])
		if base != nil && percent != nil {
			p.hasQuantity, p.percent, p.price = true, true, percent.Neg()
			// A percentage of what is left is of what is shown so far; one of the list price is of that.
			if p.ofSum = r.link(&by.In[0], at) >= 0; !p.ofSum {
				p.quantity = *base
			}
			p.unit = string(r.charge.Currency)
		}
	}
	return append(parts, p), true
}

// beyondMaximum is what a line is left with that comes when a maximum is reached: none of its amount, or what it gives back.
func (r *reckoning) beyondMaximum(s *schemas.Step, at int) ([]part, bool) {
	left, err := money.ParseDecimal(s.Out)
	held := r.made(&s.In[0], at)
	if err != nil || held == nil || held.Op != model.OpMin {
		return nil, false
	}
	all := r.made(&held.In[0], at)
	if all == nil || all.Op != model.OpSum || len(all.In) != 2 {
		return nil, false
	}
	whole := r.number(&all.In[1])
	parts, ok := r.amount(&all.In[1], at)
	if !ok || whole == nil {
		return nil, false
	}
	return append(parts, part{text: "Held to the maximum", price: left.Sub(*whole)}), true
}

// bounded is an amount that was held to another: the rest is a part of its own.
func (r *reckoning) bounded(s *schemas.Step, at int) ([]part, bool) {
	out, err := money.ParseDecimal(s.Out)
	if err != nil || len(s.In) < 2 {
		return nil, false
	}
	if s.Op == model.OpShare { // the rest of it is others' to see
		return []part{{text: capital(s.Note), price: out}}, true
	}
	text := "Held to the maximum"
	if s.Op == model.OpMax {
		text = "Raised to the minimum"
	}
	whole := r.number(&s.In[0])
	parts, ok := r.amount(&s.In[0], at)
	if !ok || whole == nil {
		return nil, false
	}
	if off := out.Sub(*whole); !off.IsZero() {
		parts = append(parts, part{text: text, price: off})
	}
	return parts, true
}

// prorated is the part of an amount for some of the days of a whole.
func (r *reckoning) prorated(s *schemas.Step, at int) ([]part, bool) {
	if len(s.In) != 4 {
		return nil, false
	}
	from, to, of := r.number(&s.In[1]), r.number(&s.In[2]), r.number(&s.In[3])
	if from == nil || to == nil || of == nil || strings.HasPrefix(s.Note, "its part of ") || strings.HasPrefix(s.Note, "tax ") {
		return nil, false
	}
	parts, ok := r.amount(&s.In[0], at)
	if !ok {
		return nil, false
	}
	return scaled(parts, factor{s.Note, to.Sub(*from), *of})
}

// band is the time that sessions took in it, each started increment in full.
func (r *reckoning) band(s *schemas.Step) ([]part, bool) {
	if len(s.In) != 4 {
		return nil, false
	}
	rate, per, increment := r.number(&s.In[1]), r.number(&s.In[2]), r.number(&s.In[3])
	seconds, ok := numbers(s.In[0].Value)
	if rate == nil || per == nil || increment == nil || !ok {
		return nil, false
	}
	total := money.Zero
	for _, v := range seconds {
		if !increment.IsZero() {
			v = money.RoundToStep(v, *increment, money.Ceiling)
		}
		total = total.Add(v)
	}
	p := part{text: capital(strings.TrimPrefix(s.Note, "the time in ")), hasQuantity: true, quantity: total, unit: "s", price: *rate}
	return scaled([]part{p}, factor{fmt.Sprintf("for each %s s", per), money.One, *per})
}

// events are a percentage of the sum of amounts, and a fee for each. Bounds on each event are not shown one by one.
func (r *reckoning) events(s *schemas.Step) ([]part, bool) {
	if len(s.In) != 5 {
		return nil, false
	}
	percent, fixed := r.number(&s.In[0]), r.number(&s.In[1])
	amounts, ok := numbers(s.In[4].Value)
	out, err := money.ParseDecimal(s.Out)
	if percent == nil || fixed == nil || !ok || err != nil {
		return nil, false
	}
	if s.In[2].Value != "" || s.In[3].Value != "" {
		return []part{{text: capital(s.Note), price: out}}, true
	}
	sum := money.Zero
	for _, v := range amounts {
		sum = sum.Add(v)
	}
	parts := []part{{hasQuantity: true, quantity: sum, unit: r.unit, price: *percent, percent: true}}
	if !fixed.IsZero() {
		parts = append(parts, part{text: "Fee for each event", hasQuantity: true, quantity: money.NewDecimal(int64(len(amounts)), 0), price: *fixed})
	}
	return parts, true
}

// numbers reads a list of them between blanks.
func numbers(s string) (out []money.Decimal, ok bool) {
	for text := range strings.FieldsSeq(s) {
		v, err := money.ParseDecimal(text)
		if err != nil {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}
