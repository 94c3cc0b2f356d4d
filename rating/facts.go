package rating

import (
	"slices"
	"time"

	"daybook/rating/facts"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Digest is one of facts; the zero digest is that of none.
type Digest = facts.Digest

// Facts digests what plans make of the book for an account: the stretches of its subscriptions with the prices that are in
// force in them, its terms, taxes, rates of exchange and policies, each as far as it can change a charge of the plan's period.
// Two plans of one period with equal digests of an account therefore rate equal usage equally, but for names; and what the
// book learns that has no effect on the account in the period makes no difference. Entries of the catalogue are digested
// once. Facts are for one goroutine.
type Facts struct {
	prices map[*price]Digest
	meters map[*meter]Digest
	plans  map[*Plan]*planFacts
}

// NewFacts returns facts of which nothing has been asked.
func NewFacts() *Facts {
	return &Facts{prices: map[*price]Digest{}, meters: map[*meter]Digest{}, plans: map[*Plan]*planFacts{}}
}

// Of digests the facts of an account; the zero digest is that of an account that the book does not have. Idle says that
// nothing is charged to the account in the plan's period unless it has usage.
func (f *Facts) Of(p *Plan, id schemas.AccountID) (d Digest, idle bool) {
	x := f.plans[p]
	if x == nil {
		x = newPlanFacts(f, p)
		f.plans[p] = x
	}
	at, a := p.find(id, x.near)
	x.near = at
	if a == nil {
		return Digest{}, true
	}
	return x.account(a)
}

// planFacts digests facts of one plan.
type planFacts struct {
	*Facts
	plan *Plan
	// near is the place of the account that was asked for last.
	near int
	bill bill
	text facts.Text
	idle bool
	// common is what all accounts are rated by; the others are kept by what they depend on.
	common    Digest
	offerings map[offeringSpan]Digest
	included  map[accountKind]includedFacts
	taxes     map[[2]string]Digest
	rules     map[money.Currency]Digest
	rates     map[[2]money.Currency]Digest
}

// offeringSpan is an offering between two instants, for accounts of a currency.
type offeringSpan struct {
	offering *offering
	currency money.Currency
	from, to int64
}

// accountKind is what the facts of included offerings depend on of an account.
type accountKind struct {
	currency money.Currency
	zone     string
}

// includedFacts are those of the offerings that accounts of a kind have, and the first and last instant that is charged for.
type includedFacts struct {
	digest      Digest
	idle        bool
	first, last time.Time
}

// mostKept bounds what is kept by days that depend on accounts.
const mostKept = 1 << 14

func newPlanFacts(f *Facts, p *Plan) *planFacts {
	x := &planFacts{
		Facts: f, plan: p, offerings: map[offeringSpan]Digest{}, included: map[accountKind]includedFacts{},
		taxes: map[[2]string]Digest{}, rules: map[money.Currency]Digest{}, rates: map[[2]money.Currency]Digest{},
	}
	x.bill.plan = p
	policy := p.policy
	policy.Rounding = nil // that which applies is asked for by currency
	x.text.Stretch(p.start, p.end)
	x.text.Entry(policy)
	for i := range p.meters { // a level is carried on also where nothing has a price yet
		if m := &p.meters[i]; m.CarryIn {
			x.text.Digest(x.meter(m))
		}
	}
	x.common = x.text.Sum()
	return x
}

// account digests what the book says of one.
func (x *planFacts) account(a *account) (Digest, bool) {
	x.text, x.idle = x.text[:0], true
	x.bill.account, x.bill.currency = a, a.Currency
	t := &x.text
	t.Digest(x.common)
	t.Word(string(a.Currency))
	t.Word(a.zone.String())
	t.Digest(x.rounding(a.Currency))
	t.Optional(a.Minimum)
	t.Optional(a.Maximum)
	x.idle = a.Minimum == nil
	if !a.TaxExempt {
		t.Digest(x.taxesOf(a))
	}
	from, to := x.plan.start, x.plan.end
	for i := range a.Subscriptions {
		s := &a.Subscriptions[i]
		if !known(s.KnownSince, x.plan.spec.AsOf) {
			continue
		}
		first, last := x.subscription(&subscription{Subscription: s, account: a, prices: a.overrides[i]})
		from, to = earlier(from, first), later(to, last)
	}
	t.Digest(x.includedFor(a, &from, &to))
	x.terms(a, from, to)
	if month := x.plan.Decided(a.ID); month != nil {
		month.Digest(t)
		x.idle = x.idle && len(month.Goodwill) == 0
	}
	return t.Sum(), x.idle
}

// includedFor digests the offerings that every account has, for accounts of one kind at once.
func (x *planFacts) includedFor(a *account, from, to *time.Time) Digest {
	kind := accountKind{a.Currency, a.zone.String()}
	known, ok := x.included[kind]
	if !ok {
		own, idle := x.text, x.idle
		x.text, x.idle = nil, true
		known.first, known.last = x.plan.start, x.plan.end
		for i := range x.plan.included {
			first, last := x.subscription(&subscription{Subscription: &x.plan.included[i].subscription, account: a})
			known.first, known.last = earlier(known.first, first), later(known.last, last)
		}
		known.digest, known.idle = x.text.Sum(), x.idle
		x.included[kind] = known
		x.text, x.idle = own, idle
	}
	x.idle = x.idle && known.idle
	*from, *to = earlier(*from, known.first), later(*to, known.last)
	return known.digest
}

// recurs is a stretch of a recurring or one-time price that falls due in the period, and the recurring period it is part of.
type recurs struct {
	price *price
	due   stretchOfTime
	segment
}

// subscription adds what a subscription is charged by, and returns the first and last instant that it is charged for: what
// is paid in advance ends after the period. One that has nothing in it adds nothing.
func (x *planFacts) subscription(sub *subscription) (first, last time.Time) {
	p, t := x.plan, &x.text
	first, last = p.start, p.end
	segments := p.timeline(sub, p.start, p.end)
	var recurring []recurs
	if o := p.offerings[sub.Offering]; o == nil || len(o.periodic)+len(sub.prices)+len(sub.Changes) > 0 {
		for _, price := range x.bill.recurringPrices(sub) {
			for _, due := range x.bill.due(sub, price) {
				for _, seg := range x.bill.partsOf(sub, price, due) {
					recurring = append(recurring, recurs{price, due, seg})
					first, last = earlier(first, seg.start), later(last, seg.end)
				}
			}
		}
	}
	if len(segments)+len(recurring) == 0 {
		return first, last
	}
	x.idle = x.idle && sub.ID == "" && len(recurring) == 0
	t.Word(string(sub.ID))
	t.Day(sub.Start)
	x.discounts(sub.Discounts, first, last)
	t.Optional(sub.Minimum)
	t.Optional(sub.Maximum)
	for _, price := range sub.prices {
		x.price(price, first, last)
	}
	for i := range segments {
		seg := &segments[i]
		x.idle = x.idle && !seg.isBounded() && len(seg.offering.swept) == 0
		x.segment(sub, seg)
		t.Digest(x.offering(seg.offering, p.start, p.end))
	}
	for i := range recurring {
		r := &recurring[i]
		x.segment(sub, &r.segment)
		t.Stretch(r.due.start, r.due.end)
		t.Digest(x.offering(r.offering, first, last))
		x.price(r.price, first, last)
		x.rateOn(r.price.Currency, r.start)
	}
	return first, last
}

// segment adds a stretch of a subscription, and its last day where prices may differ about that.
func (x *planFacts) segment(sub *subscription, seg *segment) {
	t := &x.text
	t.Stretch(seg.start, seg.end)
	t.Word(string(seg.offering.ID))
	t.Decimal(seg.quantity)
	if seg.paused {
		t.Word("paused")
	}
	if seg.phase != nil {
		t.Entry(*seg.phase)
	}
	if end := sub.End.Time(sub.account.zone); !sub.End.IsZero() && end.Before(seg.end) {
		t.Day(sub.End)
	}
}

// offering digests an offering with its prices for usage and its bounds, as far as they are in force between two instants.
func (x *planFacts) offering(o *offering, from, to time.Time) Digest {
	key := offeringSpan{o, x.bill.currency, from.UnixMicro(), to.UnixMicro()}
	if d, ok := x.offerings[key]; ok {
		return d
	}
	own := x.text
	x.text = nil
	head := *o.Offering
	head.Prices, head.Discounts, head.Validity, head.TaxCategory = nil, nil, schemas.Validity{}, o.tax
	head.Corrections = "" // which decides on what document, and not what
	x.text.Entry(head)
	x.discounts(o.Discounts, from, to)
	for _, part := range o.Parts {
		if other := x.plan.offerings[part.Offering]; other != nil {
			x.text.Word(other.tax)
		}
	}
	for _, price := range o.prices {
		if len(price.meters) > 0 || price.Minimum != nil || price.Maximum != nil {
			x.price(price, from, to)
		}
	}
	d := x.text.Sum()
	x.text = own
	if len(x.offerings) == mostKept {
		clear(x.offerings)
	}
	x.offerings[key] = d
	return d
}

// price adds a price as far as it is in force between two instants, with the rates that its currency needs.
func (x *planFacts) price(price *price, from, to time.Time) {
	zone := x.plan.book.Zone
	start, end := price.Validity.From.Time(zone), price.Validity.To.Time(zone)
	if !end.IsZero() && !end.After(from) || !start.Before(to) {
		return
	}
	t := &x.text
	t.Stretch(later(start, from), to)
	if !end.IsZero() && end.Before(to) {
		t.Day(price.Validity.To)
	}
	t.Digest(x.priceDigest(price))
	x.discounts(price.Discounts, from, to)
	t.Digest(x.rounding(price.Currency))
	if price.rounds {
		t.Digest(x.roundingBy(price.policy.Rounding, price.Currency))
		t.Digest(x.roundingBy(price.policy.Rounding, x.bill.currency))
	}
	t.Digest(x.ratesOf(price.Currency))
	for _, m := range price.meters {
		if !x.plan.meters[m].Own { // it may take what peers charge us for, in whatever currency they do
			t.Digest(x.ratesOf(""))
			break
		}
	}
}

// priceDigest digests a price without its days and discounts, with its policy and its meters.
func (x *planFacts) priceDigest(price *price) Digest {
	if d, ok := x.prices[price]; ok {
		return d
	}
	var t facts.Text
	entry, policy := *price.Price, price.policy
	entry.Validity, entry.Discounts, entry.Policy, policy.Rounding = schemas.Validity{}, nil, schemas.RatingPolicy{}, nil
	t.Entry(entry)
	t.Entry(policy)
	for _, m := range price.meters {
		t.Digest(x.meter(&x.plan.meters[m]))
	}
	x.prices[price] = t.Sum()
	return x.prices[price]
}

// meter digests a meter with the units that it converts.
func (x *planFacts) meter(m *meter) Digest {
	if d, ok := x.meters[m]; ok {
		return d
	}
	var t facts.Text
	t.Entry(m.Meter)
	for _, u := range x.plan.book.Catalogue.Units {
		if u.To == m.Unit {
			t.Entry(u)
		}
	}
	x.meters[m] = t.Sum()
	return x.meters[m]
}

// terms adds what an account has agreed to beside its subscriptions, and what it may pay with.
func (x *planFacts) terms(a *account, from, to time.Time) {
	p, t := x.plan, &x.text
	x.discounts(a.Discounts, from, to)
	for _, c := range a.Commitments {
		if !p.applies(&c.Validity) {
			continue
		}
		if !isLong(&c) { // of one that is, the day on which it begins and that on which it ends tell its cycles
			c.Validity = x.within(c.Validity, p.start, p.end)
		}
		c.Validity.KnownSince = schemas.Date{}
		t.Entry(c)
		x.committedOn(&c)
		x.idle = false
	}
	last := p.day(p.end).AddDays(-1)
	for i := range a.Coupons {
		r := &a.Coupons[i]
		at := slices.IndexFunc(p.book.Catalogue.Coupons, func(c schemas.Coupon) bool { return c.ID == r.Coupon })
		if at < 0 || r.On.After(last) || !p.book.Catalogue.Coupons[at].Validity.Holds(last, p.spec.AsOf) {
			continue
		}
		c := p.book.Catalogue.Coupons[at]
		c.Validity = schemas.Validity{}
		t.Entry(c)
		t.Decimal(r.Used)
		t.Number(int64(r.UsedPeriods))
	}
	for i := range a.Credits {
		if g := &a.Credits[i]; pays(g, last) {
			t.Entry(*g)
		}
	}
}

// committedOn adds the offering that a commitment's lines belong to, which hangs on what all offerings sell, with the account's
// own or not.
func (x *planFacts) committedOn(c *schemas.Commitment) {
	id, o := x.plan.committedOn(c)
	x.text.Word(string(id))
	if o != nil {
		x.text.Word(o.Service)
		x.text.Word(o.ServiceCategory)
	}
}

// discounts adds those that are in force on some day of a stretch.
func (x *planFacts) discounts(list []schemas.Discount, from, to time.Time) {
	for _, d := range list {
		first, last := x.plan.day(from), x.plan.day(to)
		if !d.Validity.Known(x.plan.spec.AsOf) || d.Validity.From.After(last) || !d.Validity.To.IsZero() && !first.Before(d.Validity.To) {
			continue
		}
		d.Validity = x.within(d.Validity, from, to)
		x.text.Entry(d)
	}
}

// within is a validity without what it says of days before and after a stretch.
func (x *planFacts) within(v schemas.Validity, from, to time.Time) (out schemas.Validity) {
	if first := x.plan.day(from); v.From.After(first) {
		out.From = v.From
	}
	if last := x.plan.day(to); !v.To.After(last) {
		out.To = v.To
	}
	return out
}

// taxesOf digests the rates of tax that apply to an account, category by category.
func (x *planFacts) taxesOf(a *account) Digest {
	key := [2]string{a.Country, a.Region}
	if d, ok := x.taxes[key]; ok {
		return d
	}
	var t facts.Text
	var categories []string
	for i := range x.plan.book.Catalogue.Taxes {
		categories = append(categories, taxes.Category(x.plan.book.Catalogue.Taxes[i].Category))
	}
	slices.Sort(categories)
	for _, category := range slices.Compact(categories) {
		for _, r := range x.bill.ratesFor(category) {
			t.Word(category)
			t.Word(r.ID)
			t.Decimal(r.Percent)
			if r.Included {
				t.Word("included")
			}
		}
	}
	x.taxes[key] = t.Sum()
	return x.taxes[key]
}

// rounding digests how amounts of a currency are rounded on the last day of the period.
func (x *planFacts) rounding(c money.Currency) Digest {
	d, ok := x.rules[c]
	if !ok {
		d = x.roundingBy(x.plan.policy.Rounding, c)
		x.rules[c] = d
	}
	return d
}

// roundingBy is rounding by the rules of a list.
func (x *planFacts) roundingBy(list schemas.Rounding, c money.Currency) Digest {
	var t facts.Text
	last := x.plan.day(x.plan.end).AddDays(-1)
	for _, level := range [...]schemas.RoundingLevel{schemas.RoundLine, schemas.RoundTax, schemas.RoundDocument} {
		rule, ok := list.For(c, level, last, x.plan.spec.AsOf)
		if rule.Validity = (schemas.Validity{}); ok {
			t.Entry(rule)
		}
		t.Word(string(level))
	}
	return t.Sum()
}

// ratesOf digests the rates of exchange from a currency, the empty one for all that there are, into that of the account at
// hand: on every day of the period on which usage may be converted.
func (x *planFacts) ratesOf(from money.Currency) Digest {
	to := x.bill.currency
	if from == to || x.plan.book.Rates == nil {
		return Digest{}
	}
	key := [2]money.Currency{from, to}
	if d, ok := x.rates[key]; ok {
		return d
	}
	own := x.text
	x.text = nil
	all := []money.Currency{from}
	if from == "" {
		all = x.plan.book.Rates.Currencies()
	}
	end := x.plan.end
	if x.plan.book.Exchange.Day != schemas.AtUsage {
		end = x.plan.start.Add(1) // whatever the day of use
	}
	for _, c := range all {
		for at := x.plan.start; at.Before(end); at = at.AddDate(0, 0, 1) {
			x.rateOn(c, at)
		}
	}
	d := x.text.Sum()
	x.text = own
	x.rates[key] = d
	return d
}

// rateOn adds the rate by which a charge that begins at an instant is converted into the account's currency.
func (x *planFacts) rateOn(from money.Currency, at time.Time) {
	if from == x.bill.currency {
		return
	}
	l := line{charge: schemas.Charge{Start: at}}
	found, ok := x.bill.conversion(from, x.bill.currency, &l)
	x.text.Word(string(from))
	if ok {
		x.text.Decimal(found.Factor.Num)
		x.text.Decimal(found.Factor.Den)
	}
}
