package rating_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// ordered is a month in which features meet: a fee and usage by tiers, the usage alone or pooled with that of another account, and at
// random each of what may be done to them. A number that is nil is not there.
type ordered struct {
	fee                           *money.Decimal
	tiers                         []schemas.Tier
	pooled                        bool
	usePercent, feeFixed, percent *money.Decimal
	least, most                   *money.Decimal // of the offering
	commitment, factor            *money.Decimal
	trueUp                        bool
	couponPercent, couponFixed    *money.Decimal
	grant                         *money.Decimal
	after                         bool // the grant pays after tax
	tax                           *money.Decimal
	included                      bool
	before                        bool // minimum and maximum look at amounts before discounts
	quantities, late              [2]money.Decimal
}

func randomOrdered(r *rand.Rand) *ordered {
	maybe := func(whole, places int) *money.Decimal {
		if r.IntN(2) == 0 {
			return nil
		}
		d := decimal(r, whole, places)
		return &d
	}
	x := &ordered{
		fee: maybe(2, 3), tiers: randomTiers(r), pooled: r.IntN(3) == 0, usePercent: maybe(1, 2), feeFixed: maybe(1, 2), percent: maybe(1, 1),
		least: maybe(3, 2), most: maybe(3, 2), commitment: maybe(3, 2), trueUp: r.IntN(2) == 0, couponPercent: maybe(2, 0), grant: maybe(3, 2),
		after: r.IntN(2) == 0, tax: maybe(1, 1), included: r.IntN(3) == 0, before: r.IntN(3) == 0,
	}
	if x.commitment != nil {
		*x.commitment = x.commitment.Add(money.One)
		factor := money.MustDecimal(pick(r, "1.5", "0.75"))
		x.factor = &factor
	}
	if x.couponPercent == nil {
		x.couponFixed = maybe(2, 2)
	}
	for i := range x.quantities {
		x.quantities[i], x.late[i] = decimal(r, 2, 2), decimal(r, 2, 2)
	}
	return x
}

// book has accounts a, whose month it is, and b, with whom a may pool.
func (x *ordered) book() rating.Book {
	c, a := base()
	c.Policy = schemas.RatingPolicy{TaxRounding: schemas.TaxPerDocument, MinimumBasis: schemas.MinimumAfterDiscounts, CreditTax: schemas.CreditBeforeTax}
	if x.after {
		c.Policy.CreditTax = schemas.CreditAfterTax
	}
	if x.before {
		c.Policy.MinimumBasis = schemas.MinimumBeforeDiscounts
	}
	p := schemas.Price{ID: "use", Meter: "m", Currency: "EUR", Pooled: x.pooled, Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: x.tiers}}
	if x.usePercent != nil {
		p.Discounts = []schemas.Discount{{ID: "u", Percent: x.usePercent}}
	}
	o := &c.Offerings[0]
	o.Minimum, o.Maximum, o.Prices = x.least, x.most, []schemas.Price{p}
	if x.fee != nil {
		f := schemas.Price{ID: "fee", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: x.fee}}
		if x.feeFixed != nil {
			f.Discounts = []schemas.Discount{{ID: "f", Fixed: x.feeFixed}}
		}
		o.Prices = append(o.Prices, f)
	}
	if x.tax != nil {
		c.Taxes = []schemas.TaxRate{{ID: "vat", Percent: *x.tax, Included: x.included}}
	}
	if x.percent != nil {
		a.Discounts = []schemas.Discount{{ID: "partner", Percent: x.percent}}
	}
	if x.commitment != nil {
		a.Commitments = []schemas.Commitment{{ID: "k", Amount: *x.commitment, Currency: "EUR", OverageFactor: x.factor, TrueUp: x.trueUp}}
	}
	if x.couponPercent != nil || x.couponFixed != nil {
		c.Coupons = []schemas.Coupon{{ID: "c", Percent: x.couponPercent, Fixed: x.couponFixed, Currency: "EUR"}}
		a.Coupons = []schemas.Redemption{{Coupon: "c"}}
	}
	if x.grant != nil && x.grant.IsPositive() {
		a.Credits = []schemas.Grant{{ID: "g", Amount: *x.grant, Currency: "EUR"}}
	}
	b := schemas.Account{ID: "b", Currency: "EUR", Parent: "a", Subscriptions: []schemas.Subscription{{ID: "t", Offering: "o", Start: day("2024-01-01")}}}
	return rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a, b}}}}
}

// cents rounds half away from zero to hundredths.
func cents(v *big.Rat) *big.Rat {
	n := new(big.Rat).Mul(new(big.Rat).Abs(v), big.NewRat(100, 1))
	n.Add(n, big.NewRat(1, 2))
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	out := new(big.Rat).SetFrac(whole, big.NewInt(100))
	if v.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

func ratOf(d *money.Decimal) *big.Rat {
	if d == nil {
		return new(big.Rat)
	}
	return d.Rat()
}

func minRat(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return new(big.Rat).Set(a)
	}
	return new(big.Rat).Set(b)
}

// percentOff takes a percentage off an amount.
func percentOff(amount *big.Rat, percent *money.Decimal) *big.Rat {
	left := new(big.Rat).Sub(big.NewRat(100, 1), ratOf(percent))
	return left.Mul(left.Quo(left, big.NewRat(100, 1)), amount)
}

// share is the first account's part of what both use, by largest remainder of cents.
func (x *ordered) share(q [2]*big.Rat) *big.Rat {
	all := new(big.Rat).Add(q[0], q[1])
	total := cents(ratGraduated(x.tiers, all))
	if all.Sign() == 0 {
		return total
	}
	var floors, rests [2]*big.Rat
	left := new(big.Rat).Set(total)
	for i := range q {
		exact := new(big.Rat).Mul(total, new(big.Rat).Quo(q[i], all))
		n := new(big.Rat).Mul(exact, big.NewRat(100, 1))
		floors[i] = new(big.Rat).SetFrac(new(big.Int).Quo(n.Num(), n.Denom()), big.NewInt(100))
		rests[i] = exact.Sub(exact, floors[i])
		left.Sub(left, floors[i])
	}
	if left.Sign() > 0 && rests[0].Cmp(rests[1]) >= 0 {
		floors[0].Add(floors[0], big.NewRat(1, 100))
	}
	return floors[0]
}

// bounded keeps amounts, in order, within the maximum of the offering, and adds what is missing to the minimum.
func (x *ordered) bounded(amounts []*big.Rat) []*big.Rat {
	total := new(big.Rat)
	for _, v := range amounts {
		if x.most != nil {
			v.Set(minRat(v, aboveRat(x.most.Rat(), total)))
		}
		total.Add(total, v)
	}
	if missing := aboveRat(ratOf(x.least), total); x.least != nil && missing.Sign() > 0 {
		amounts = append(amounts, missing)
	}
	return amounts
}

// want is what the first account has to pay for quantities of both, what its grant pays of that, and its tax.
func (x *ordered) want(q [2]*big.Rat) (due, paid, tax *big.Rat) {
	use := ratGraduated(x.tiers, q[0])
	if x.pooled {
		use = x.share(q)
	}
	amounts := []*big.Rat{use}
	if x.fee != nil {
		amounts = append(amounts, x.fee.Rat())
	}
	discounts := func() {
		amounts[0] = percentOff(amounts[0], x.usePercent)
		if x.fee != nil {
			amounts[1] = aboveRat(amounts[1], ratOf(x.feeFixed))
		}
		for i, v := range amounts {
			if i < 1 || i == 1 && x.fee != nil { // a minimum has no price, so it has no discount
				amounts[i] = percentOff(v, x.percent)
			}
		}
	}
	if x.before {
		amounts = x.bounded(amounts)
		discounts()
	} else {
		discounts()
		amounts = x.bounded(amounts)
	}
	if x.commitment != nil {
		spend := new(big.Rat)
		for _, v := range amounts {
			spend.Add(spend, v)
		}
		over, missing := aboveRat(spend, x.commitment.Rat()), aboveRat(x.commitment.Rat(), spend)
		if over.Mul(over, new(big.Rat).Sub(x.factor.Rat(), big.NewRat(1, 1))); over.Sign() != 0 {
			amounts = append(amounts, over)
		} else if x.trueUp {
			amounts = append(amounts, missing)
		}
	}
	net, above := new(big.Rat), new(big.Rat)
	for _, v := range amounts {
		v = cents(v)
		net.Add(net, v)
		above.Add(above, aboveRat(v, new(big.Rat)))
	}
	off := new(big.Rat)
	switch {
	case x.couponPercent != nil:
		off = cents(new(big.Rat).Sub(above, percentOff(above, x.couponPercent)))
	case x.couponFixed != nil:
		off = minRat(cents(x.couponFixed.Rat()), above)
	}
	net.Sub(net, off)
	paid = new(big.Rat)
	pay := func(of *big.Rat) { // in whole cents, and a fraction in the balance stays there
		whole := new(big.Rat).Sub(ratOf(x.grant), big.NewRat(1, 200))
		paid = minRat(aboveRat(cents(whole), new(big.Rat)), aboveRat(of, new(big.Rat)))
	}
	if !x.after {
		pay(net)
		net.Sub(net, paid)
	}
	rate := new(big.Rat).Quo(ratOf(x.tax), big.NewRat(100, 1))
	if x.included {
		rate.Quo(rate, new(big.Rat).Add(big.NewRat(1, 1), rate))
		tax = cents(new(big.Rat).Mul(net, rate))
		net.Sub(net, tax)
	} else {
		tax = cents(new(big.Rat).Mul(net, rate))
	}
	due = new(big.Rat).Add(net, tax)
	if x.after {
		pay(due)
		due.Sub(due, paid)
	}
	return due, paid, tax
}

// rate bills the first account.
func (x *ordered) rate(t *testing.T, plan *rating.Plan, q [2]money.Decimal) []schemas.Charge {
	t.Helper()
	tallies := [2]*rating.Tally{plan.NewTally(), plan.NewTally()}
	family := rating.NewFamily()
	for i, id := range []schemas.AccountID{"a", "b"} {
		tallies[i].Begin(id)
		labels := make([]string, len(plan.Columns()))
		labels[3], labels[5] = "vm", "GB"
		row := rating.Row{Start: time.Date(2024, 9, 5, 0, 0, 0, 0, time.UTC).UnixMicro(), Quantity: fixedOf(t, q[i])}
		for _, h := range tallies[i].Resolve(labels) {
			if code := tallies[i].Add(h, &row); code != "" {
				t.Fatal(code)
			}
		}
		if err := plan.AddPooled(family, tallies[i]); err != nil {
			t.Fatal(err)
		}
	}
	if x.pooled {
		tallies[0].Join(family)
	}
	out, err := plan.Rate(tallies[0], rating.Carried{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range out.Charges {
		if err := model.Check(&out.Charges[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out.Charges
}

// TestOrderOfApplication: tiers, pools, discounts, minima and maxima, commitments, coupons, credits and taxes, rounding between them,
// in whatever company, come to what this reckons in the order of the design, in fractions; and so do they with what came late
// after the first bill, which its corrections make up for.
func TestOrderOfApplication(t *testing.T) {
	for seed := range uint64(effort.Count(t, 400, 20_000)) {
		r := random(seed)
		x := randomOrdered(r)
		plan, err := rating.Compile(x.book(), rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		all := x.quantities
		if x.pooled {
			all[0] = all[0].Add(x.late[0])
		} else {
			all[0], all[1] = all[0].Add(x.late[0]), all[1].Add(x.late[1])
		}
		issued := x.rate(t, plan, x.quantities)
		again := x.rate(t, plan, all)
		x.holds(t, seed, "at once", issued, x.quantities)
		x.holds(t, seed, "with what came late", again, all)
		x.holds(t, seed, "as corrected", append(slices.Clone(issued), correct.Difference("2024-09", "2024-10", issued, again)...), all)
	}
}

// holds compares charges with what is wanted.
func (x *ordered) holds(t *testing.T, seed uint64, what string, charges []schemas.Charge, q [2]money.Decimal) {
	t.Helper()
	due, paid, tax := x.want([2]*big.Rat{q[0].Rat(), q[1].Rat()})
	sum, credits, taxes := new(big.Rat), new(big.Rat), new(big.Rat)
	for i := range charges {
		c := &charges[i]
		sum.Add(sum, c.Amount.Rat())
		switch {
		case c.Model == schemas.PrepaidCredit:
			credits.Sub(credits, c.Amount.Rat())
		case c.Category == schemas.CategoryTax:
			taxes.Add(taxes, c.Amount.Rat())
		}
	}
	if sum.Cmp(due) != 0 || credits.Cmp(paid) != 0 || taxes.Cmp(tax) != 0 {
		for i := range charges {
			t.Logf("%s %s %q %s", charges[i].Category, charges[i].Model, charges[i].Description, charges[i].Amount)
		}
		t.Fatalf("seed %d, %s: %s due, %s paid by credit, %s tax; want %s, %s, %s\n%+v", seed, what, sum.FloatString(2), credits.FloatString(2), taxes.FloatString(2),
			due.FloatString(2), paid.FloatString(2), tax.FloatString(2), x)
	}
}
