package invoice

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// reckoning reads the steps of a charge backwards from its amount, and says it in parts as a customer may see them. What it
// does not know it does not show: a step is a part of its own only if it is named here.
type reckoning struct {
	charge *schemas.Charge
	unit   string
	// hidden says that the amount is reckoned from what peers charge us, which is not the customer's to see.
	hidden bool
	// included says that what an allowance covered has its part already.
	included bool
	// extra are parts that cost nothing, which go before the others.
	extra []part
	// room is where parts lie until they are rounded, and numbers where the values of operands do.
	room    []part
	numbers []money.Decimal
}

// reckonings are kept for the next charge: their rooms are.
var reckonings = sync.Pool{New: func() any { return new(reckoning) }}

// take returns no parts, with room for some.
func (r *reckoning) take(n int) []part {
	at := len(r.room)
	if at+n > cap(r.room) { // what was taken before stays where it is
		at, r.room = 0, make([]part, 0, max(16, n, 2*cap(r.room)))
	}
	r.room = r.room[:at+n]
	return r.room[at : at : at+n]
}

// one is a part alone.
func (r *reckoning) one(p part) []part { return append(r.take(1), p) }

// partsOf are the parts of a charge; none where its steps are not to be shown.
func partsOf(c *schemas.Charge, places int32, hidden bool) []schemas.LinePart {
	r := reckonings.Get().(*reckoning)
	*r = reckoning{charge: c, unit: c.PricingUnit, hidden: hidden, room: r.room[:0], numbers: r.numbers[:0]}
	defer func() {
		r.charge = nil
		reckonings.Put(r)
	}()
	if c.Frequency != schemas.FrequencyUsageBased { // of a fee "Units" is no unit that anyone reads
		r.unit = ""
	}
	n := len(c.Steps)
	if n == 0 {
		return nil
	}
	if c.Class == schemas.ClassCorrection {
		return r.correction(places)
	}
	last := &c.Steps[n-1] // what rounding left: exact less amount
	if last.Op != model.OpSub || len(last.In) != 2 {
		return nil
	}
	exact := &last.In[0]
	if at := r.made(exact, n-1); at != nil && at.Op == model.OpRound && strings.HasPrefix(at.Note, "the exact amount") {
		exact = &at.In[0]
	}
	parts, ok := r.amount(exact, n-1)
	if !ok {
		return nil
	}
	if len(r.extra) > 0 {
		parts = append(r.extra, parts...)
	}
	return partsRound(parts, c, rule{places, r.mode()})
}

// mode is that of the step that rounded the amount last.
func (r *reckoning) mode() money.Mode {
	for _, s := range slices.Backward(r.charge.Steps) {
		if s.Op != model.OpRound && s.Op != model.OpRoundStep || strings.HasPrefix(s.Note, "the exact amount") || len(s.In) != 3 {
			continue
		}
		if mode, err := money.ParseMode(s.In[2].Value); err == nil {
			return mode
		}
	}
	return money.HalfUp
}

// correction says what is right as known now and what was charged before.
func (r *reckoning) correction(places int32) []schemas.LinePart {
	for _, s := range slices.Backward(r.charge.Steps) {
		if s.Op != model.OpSub || !strings.HasPrefix(s.Note, "the amount rated again") || len(s.In) != 2 {
			continue
		}
		now, before := r.number(&s.In[0]), r.number(&s.In[1])
		if now == nil || before == nil {
			return nil
		}
		parts := []part{{text: "What is right as known now", price: *now}, {text: "Less what was charged before", price: before.Neg()}}
		return partsRound(parts, r.charge, rule{places, r.mode()})
	}
	return nil
}

// made is the step, of those before the given one, that made an operand; nil if it was given.
func (r *reckoning) made(o *schemas.Operand, before int) *schemas.Step {
	at := r.link(o, before)
	if at < 0 {
		return nil
	}
	return &r.charge.Steps[at]
}

// link is the position of that step, or below 0.
func (r *reckoning) link(o *schemas.Operand, before int) int {
	_, text, linked := strings.Cut(o.Name, "@")
	if !linked {
		return -1
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= before {
		return n - 1
	}
	return -1
}

// number is an operand's value, or nil if it is none.
func number(o *schemas.Operand) *money.Decimal {
	v, ok := valueOf(o)
	if !ok {
		return nil
	}
	return &v
}

// valueOf is an operand's value, if it is a number.
func valueOf(o *schemas.Operand) (money.Decimal, bool) {
	if o.Value == "" || o.Value[0] > '9' { // a word is no number, and to say why takes longer
		return money.Zero, false
	}
	v, err := money.ParseDecimal(o.Value)
	return v, err == nil
}

// number is an operand's value, or nil if it is none, valid until the charge's parts are made.
func (r *reckoning) number(o *schemas.Operand) *money.Decimal {
	v, ok := valueOf(o)
	if !ok {
		return nil
	}
	r.numbers = append(r.numbers, v)
	return &r.numbers[len(r.numbers)-1]
}

// name is an operand's, without the step that made it.
func name(o *schemas.Operand) string {
	s, _, _ := strings.Cut(o.Name, "@")
	return s
}

// amount says an operand that is money in parts. It reports false of what is not to be shown, or cannot be.
func (r *reckoning) amount(o *schemas.Operand, before int) ([]part, bool) {
	at := r.link(o, before)
	if at < 0 {
		v := r.number(o)
		if v == nil || r.hidden {
			return nil, false
		}
		return r.one(part{text: constants[name(o)], price: *v}), true
	}
	s := &r.charge.Steps[at]
	if r.hidden && !aboveModel(s) {
		v, err := money.ParseDecimal(s.Out)
		return r.one(part{price: v}), err == nil
	}
	switch s.Op {
	case model.OpGiven:
		return r.given(s, at)
	case model.OpSum:
		return r.sum(s, at)
	case model.OpMul, model.OpDiv:
		return r.product(s, at)
	case model.OpTier, model.OpTierPercent:
		return r.tier(s, at)
	case model.OpSub:
		return r.difference(s, at)
	case model.OpNeg:
		return r.negative(s, at)
	case model.OpMin, model.OpMax, model.OpShare:
		return r.bounded(s, at)
	case model.OpProrate:
		return r.prorated(s, at)
	case model.OpBand:
		return r.band(s)
	case model.OpEvents:
		return r.events(s)
	}
	return nil, false
}

// constants are what amounts that no step made are called.
var constants = map[string]string{
	"flat_fee": "Fixed fee", "field_threshold": "Fixed fee", "service_threshold": "Fixed fee",
}

// given is an amount that the book states, or that an earlier step made.
func (r *reckoning) given(s *schemas.Step, at int) ([]part, bool) {
	if len(s.In) != 1 {
		return nil, false
	}
	if r.link(&s.In[0], at) >= 0 {
		return r.amount(&s.In[0], at)
	}
	v := r.number(&s.In[0])
	if v == nil {
		return nil, false
	}
	p := part{price: *v}
	switch {
	case strings.HasPrefix(s.Note, "commitment "), strings.HasPrefix(s.Note, "the minimum of "):
		p.text = capital(s.Note)
	case name(&s.In[0]) == "step_price":
		if _, step, ok := strings.Cut(s.Note, " is in step "); ok {
			p.text = "Step " + step
		}
	}
	return r.one(p), true
}

// sums are the sums whose operands are parts, each with what its operands are called.
var sums = []string{
	"the sum of the tiers", "the sum of the bands", "the sum of the units", "the sum of the groups", "with the tier's flat fee",
	"with the row's flat fee", "with the threshold of the quantity",
}

func (r *reckoning) sum(s *schemas.Step, at int) ([]part, bool) {
	if !slices.Contains(sums, s.Note) {
		return nil, false
	}
	out := r.take(len(s.In) + 1)
	for i := range s.In {
		parts, ok := r.amount(&s.In[i], at)
		if !ok {
			return nil, false
		}
		if len(s.In) > 1 && strings.HasPrefix(s.In[i].Name, "tier_") && len(parts) > 0 && parts[0].text == "" {
			parts[0].text = tierText(strings.TrimPrefix(name(&s.In[i]), "tier_"))
		}
		out = append(out, parts...)
	}
	return slices.DeleteFunc(out, func(p part) bool { return p.hasQuantity && p.quantity.IsZero() && len(out) > 1 }), true
}

// tierText is what a tier is called.
func tierText(n string) string {
	const few = "Tier 1Tier 2Tier 3Tier 4Tier 5Tier 6Tier 7Tier 8Tier 9"
	if len(n) == 1 && '1' <= n[0] && n[0] <= '9' {
		at := int(n[0]-'1') * len("Tier 1")
		return few[at : at+len("Tier 1")]
	}
	return "Tier " + n
}

// prices are what the price in a product is called.
var prices = []string{"unit_price", "price", "package_price", "multiplier", "connect_fee", "credit_price", "extra"}

// product is a quantity at a price, or an amount by a rate.
func (r *reckoning) product(s *schemas.Step, at int) ([]part, bool) {
	if len(s.In) < 2 {
		return nil, false
	}
	a, b := &s.In[0], &s.In[1]
	va, vb := r.number(a), r.number(b)
	if va == nil || vb == nil {
		return nil, false
	}
	if n := name(b); n == "rate" || n == "package_size" {
		parts, ok := r.amount(a, at)
		if !ok {
			return nil, false
		}
		f := factor{times: *vb, over: money.One}
		if s.Op == model.OpDiv {
			f = factor{times: money.One, over: *vb}
		}
		f.text = rateText(s.Note)
		if strings.HasPrefix(s.Note, "from ") {
			inCurrency(parts, s.Note)
		}
		return scaled(parts, f)
	}
	if s.Op != model.OpMul {
		return nil, false
	}
	if slices.Contains(prices, name(a)) {
		a, b, va, vb = b, a, vb, va
	}
	if !slices.Contains(prices, name(b)) {
		return nil, false
	}
	p := part{hasQuantity: true, quantity: *va, price: *vb, unit: r.unitOf(a, at)}
	if name(b) == "connect_fee" {
		p.text, p.unit = "Connections", ""
	}
	r.include(a, at)
	return r.one(p), true
}

// unitOf is what a quantity is counted in.
func (r *reckoning) unitOf(o *schemas.Operand, before int) string {
	switch name(o) {
	case "credits":
		return "credits"
	case "above", "spent":
		return string(r.charge.Currency)
	case "blocks", "packages":
		for s := r.made(o, before); s != nil; s = r.made(&s.In[0], before) {
			if s.Op == model.OpBlocks {
				packs := "packs of "
				if n := r.number(o); n != nil && n.Equal(money.One) {
					packs = "pack of "
				}
				return packs + strings.TrimSpace(s.In[1].Value+" "+r.unit)
			}
		}
	}
	return r.unit
}

// include adds a part for what an allowance covered of a quantity.
func (r *reckoning) include(o *schemas.Operand, before int) {
	s := r.made(o, before)
	if s == nil || r.included || s.Op != model.OpMax || len(s.In) != 2 {
		return
	}
	s = r.made(&s.In[0], before)
	if s == nil || s.Op != model.OpSub || !strings.HasPrefix(s.Note, "after the ") || len(s.In) != 2 {
		return
	}
	whole, free := r.number(&s.In[0]), r.number(&s.In[1])
	if whole == nil || free == nil {
		return
	}
	if whole.LessThan(*free) {
		free = whole
	}
	if free.IsPositive() {
		r.included = true
		r.extra = append(r.extra, part{kind: schemas.PartIncluded, text: "Included", hasQuantity: true, quantity: *free, unit: r.unit})
	}
}

// tier is the part of a quantity between two bounds, and its fixed fee.
func (r *reckoning) tier(s *schemas.Step, at int) ([]part, bool) {
	if len(s.In) != 5 {
		return nil, false
	}
	quantity, from, to, price, fee := r.number(&s.In[0]), r.number(&s.In[1]), r.number(&s.In[2]), r.number(&s.In[3]), r.number(&s.In[4])
	if quantity == nil || from == nil || price == nil || fee == nil {
		return nil, false
	}
	within := *quantity
	if to != nil && to.LessThan(within) {
		within = *to
	}
	if within = within.Sub(*from); within.IsNegative() {
		within = money.Zero
	}
	out := append(r.take(2), part{hasQuantity: true, quantity: within, price: *price, percent: s.Op == model.OpTierPercent, unit: r.unitOf(&s.In[0], at)})
	if !fee.IsZero() {
		out = append(out, part{text: constants["flat_fee"], price: *fee})
	}
	r.include(&s.In[0], at)
	return out, true
}

func (r *reckoning) negative(s *schemas.Step, at int) ([]part, bool) {
	parts, ok := r.amount(&s.In[0], at)
	for i := range parts {
		if p := &parts[i]; p.hasQuantity && !p.ofSum {
			p.quantity = p.quantity.Neg()
		} else {
			p.price = p.price.Neg()
		}
	}
	return parts, ok
}

// costModel reports whether a price is made of what peers charge us.
func costModel(m schemas.Model) bool {
	return slices.Contains([]schemas.Model{schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin}, m)
}

// aboveModel reports whether a step works on an amount that a price model has made, whichever: a discount, a bound, a part of
// the period, a conversion.
func aboveModel(s *schemas.Step) bool {
	return strings.HasPrefix(s.Note, "after discount ") || s.Note == "no more than that" || s.Note == "less the maximum" ||
		s.Op == model.OpProrate && !strings.Contains(s.Note, "allowance") || strings.HasPrefix(s.Note, "the slice costs ")
}

// capital begins a text with a capital letter.
func capital(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// rateText is what a note says of the rates of a conversion.
func rateText(note string) string {
	_, rates, _ := strings.Cut(note, ", ")
	return rates
}

// inCurrency marks prices that are in the currency that a note says was converted.
func inCurrency(parts []part, note string) {
	from, _, _ := strings.Cut(strings.TrimPrefix(note, "from "), " ")
	for i := range parts {
		parts[i].currency = money.Currency(from)
	}
}
