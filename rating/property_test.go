package rating_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // zones of every kind, whatever the machine has

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// The properties run on random catalogues and usage, each from its own seed, against sums in math/big.Rat that share no
// code with the package.

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// decimal is a random number below 10^digits with up to places decimal places.
func decimal(r *rand.Rand, digits, places int) money.Decimal {
	return money.NewDecimal(r.Int64N(pow(digits+places)), int32(-places)).Shift(int32(-r.IntN(places + 1)))
}

func pow(n int) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

func randomTiers(r *rand.Rand) []schemas.Tier {
	var out []schemas.Tier
	at := money.Zero
	for range r.IntN(5) {
		at = at.Add(decimal(r, 3, 2)).Add(money.NewDecimal(1, -2))
		up := at
		out = append(out, schemas.Tier{UpTo: &up, UnitPrice: decimal(r, 1, 12), FlatFee: decimal(r, 2, 2), Percent: decimal(r, 1, 3)})
	}
	return append(out, schemas.Tier{UnitPrice: decimal(r, 1, 12), FlatFee: decimal(r, 2, 2), Percent: decimal(r, 1, 3)})
}

// ratGraduated is the graduated price of q ≥ 0 with flat fees on entry, the first always.
func ratGraduated(tiers []schemas.Tier, q *big.Rat) *big.Rat {
	total, from := new(big.Rat), new(big.Rat)
	for i, t := range tiers {
		if i > 0 && q.Cmp(from) <= 0 {
			break
		}
		to := q
		if t.UpTo != nil && t.UpTo.Rat().Cmp(q) < 0 {
			to = t.UpTo.Rat()
		}
		total.Add(total, new(big.Rat).Mul(new(big.Rat).Sub(to, from), t.UnitPrice.Rat()))
		total.Add(total, t.FlatFee.Rat())
		if t.UpTo != nil {
			from = t.UpTo.Rat()
		}
	}
	return total
}

// ratVolume prices all of q at the tier it lands in.
func ratVolume(tiers []schemas.Tier, q *big.Rat) *big.Rat {
	for _, t := range tiers {
		if t.UpTo == nil || q.Cmp(t.UpTo.Rat()) <= 0 {
			return new(big.Rat).Add(new(big.Rat).Mul(q, t.UnitPrice.Rat()), t.FlatFee.Rat())
		}
	}
	return new(big.Rat)
}

// TestSlicesAddUp: wherever a month is cut, its slices add up to what the whole costs.
func TestSlicesAddUp(t *testing.T) {
	for seed := range uint64(effort.Count(t, 100, 500)) {
		r := random(seed)
		p := schemas.Price{ID: "p", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelGraduated, Tiers: randomTiers(r)}}
		if r.IntN(2) == 0 {
			p.Terms.Model = schemas.ModelVolume
		}
		for i := range p.Terms.Tiers { // with quantities of six places, nothing is rounded
			tier := &p.Terms.Tiers[i]
			tier.UnitPrice = money.RoundTo(tier.UnitPrice, 12, money.Down)
		}
		if r.IntN(2) == 0 {
			most := decimal(r, 4, 2)
			p.Maximum = &most
		}
		if r.IntN(2) == 0 {
			free := decimal(r, 2, 2)
			p.FreeQuantity = &free
		}
		quantities, sum := []money.Decimal{}, money.Zero
		for range 1 + r.IntN(8) {
			q := decimal(r, 3, 3)
			quantities, sum = append(quantities, q), sum.Add(q)
		}
		cut, whole := newTrial(), newTrial()
		cut.slices(p, quantities)
		whole.slices(p, []money.Decimal{sum})
		parts, err := cut.bill()
		if err != nil {
			t.Fatal(err)
		}
		want, err := whole.bill()
		if err != nil {
			t.Fatal(err)
		}
		if !parts.Equal(want) {
			t.Fatalf("seed %d: slices of %v add up to %s, the whole is %s", seed, quantities, parts, want)
		}
	}
}

func total(values []money.Decimal) money.Decimal {
	sum := money.Zero
	for _, v := range values {
		sum = sum.Add(v)
	}
	return sum
}

// TestPartsAddUp: discounts, bundles, document rounding and proration divide without loss.
func TestPartsAddUp(t *testing.T) {
	for seed := range uint64(effort.Count(t, 200, 1000)) {
		r := random(seed)
		var lines []money.Decimal
		for range 1 + r.IntN(9) {
			lines = append(lines, decimal(r, 3, 2).Sub(money.NewDecimal(int64(r.IntN(300)), 0)))
		}
		positive := money.Zero
		for _, l := range lines {
			if l.IsPositive() {
				positive = positive.Add(l)
			}
		}
		discount := money.NewDecimal(r.Int64N(200000), -2)
		for _, how := range []schemas.DiscountSpread{schemas.SpreadProportional, schemas.SpreadInOrder, schemas.SpreadEqual} {
			parts, err := rating.SpreadDiscount(discount, lines, how, 4)
			if err != nil {
				t.Fatalf("seed %d: spread %s over %v %s: %v", seed, discount, lines, how, err)
			}
			want := discount
			if positive.LessThan(want) {
				want = positive
			}
			if !total(parts).Equal(want) {
				t.Fatalf("seed %d: %s over %v: parts %v", seed, how, lines, parts)
			}
			for i := range parts {
				if parts[i].IsNegative() || parts[i].IsPositive() && parts[i].GreaterThan(lines[i]) {
					t.Fatalf("seed %d: %s takes %s of %s", seed, how, parts[i], lines[i])
				}
			}
		}
		two := int32(2)
		rounded, shares := rating.SpreadRound(lines, schemas.RoundingRule{Mode: money.Modes()[r.IntN(7)], Places: &two}, 2)
		if !total(shares).Equal(rounded) {
			t.Fatalf("seed %d: %v rounds to %s but its parts are %v", seed, lines, rounded, shares)
		}
	}
}

// TestPeriodSplitAnywhere: a period cut at any instants costs, under one price, what the whole costs.
func TestPeriodSplitAnywhere(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu"}
	for seed := range uint64(effort.Count(t, 100, 500)) {
		r := random(seed)
		zone, err := time.LoadLocation(zones[r.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		start := schemas.NewDate(2024, time.Month(1+r.IntN(24)), 1)
		from, to := start.Time(zone), start.AddMonths(1+r.IntN(3)).Time(zone)
		amount := decimal(r, 4, 6)
		for _, how := range []schemas.Proration{schemas.ProrateDays, schemas.ProrateThirty, schemas.ProrateSeconds} {
			sum, at := money.Zero, from
			for at.Before(to) {
				next := at.Add(time.Duration(1 + r.Int64N(int64(20*24*time.Hour)))).Truncate(time.Microsecond)
				if next.After(to) {
					next = to
				}
				sum = sum.Add(rating.ProrateRound(amount, how, rating.Part{From: at, To: next, Start: from, End: to, Zone: zone}))
				at = next
			}
			if !sum.Equal(amount) {
				t.Fatalf("seed %d: %s: parts of %s add up to %s", seed, how, amount, sum)
			}
		}
	}
}

// TestDiscountsStayWithinBase: no stack of discounts takes more than there is, and what it takes is what big.Rat takes.
func TestDiscountsStayWithinBase(t *testing.T) {
	for seed := range uint64(effort.Count(t, 100, 1000)) {
		r := random(seed)
		base := decimal(r, 3, 4)
		var list []schemas.Discount
		left := base.Rat()
		for i := range 1 + r.IntN(5) {
			v := decimal(r, 2, 2)
			d := schemas.Discount{ID: fmt.Sprint(i), Percent: &v}
			off := new(big.Rat).Quo(new(big.Rat).Mul(left, v.Rat()), big.NewRat(100, 1))
			if r.IntN(2) == 0 {
				d = schemas.Discount{ID: fmt.Sprint(i), Fixed: &v}
				off = v.Rat()
			}
			if off.Cmp(left) > 0 {
				off = left
			}
			left = new(big.Rat).Sub(left, off)
			list = append(list, d)
		}
		if got := takenOff(t, base, list, schemas.RatingPolicy{DiscountOrder: schemas.OrderAsListed}); !atEighteen(got, new(big.Rat).Sub(base.Rat(), left)) {
			t.Fatalf("seed %d: %s off %s", seed, got, base)
		}
		for _, order := range []schemas.DiscountOrder{schemas.OrderPercentFirst, schemas.OrderFixedFirst} {
			for _, of := range []schemas.PercentBase{schemas.BaseRemaining, schemas.BaseOriginal} {
				got := takenOff(t, base, list, schemas.RatingPolicy{DiscountOrder: order, PercentBase: of})
				if got.GreaterThan(base) || got.IsNegative() {
					t.Fatalf("seed %d: %s %s: %s off %s", seed, order, of, got, base)
				}
			}
		}
	}
}

// atEighteen reports whether a number is another rounded to 18 places.
func atEighteen(got money.Decimal, want *big.Rat) bool {
	off := new(big.Rat).Sub(got.Rat(), want)
	return off.Abs(off).Cmp(new(big.Rat).SetFrac64(1, 2*1e18)) <= 0
}

// takenOff is what discounts take off a fee.
func takenOff(t *testing.T, base money.Decimal, list []schemas.Discount, policy schemas.RatingPolicy) money.Decimal {
	t.Helper()
	x := (&setting{policy: policy}).trial()
	x.offering().Discounts = list
	x.fee("p", base)
	net, err := x.bill()
	if err != nil {
		t.Fatal(err)
	}
	return base.Sub(net)
}

// TestCommitmentAddsUp: a month under a commitment with true-up costs the larger of spend and commitment, and what is above it
// once more by what the factor adds.
func TestCommitmentAddsUp(t *testing.T) {
	for seed := range uint64(effort.Count(t, 200, 1000)) {
		r := random(seed)
		spend, promised, factor := decimal(r, 3, 4), decimal(r, 3, 2), money.One.Add(decimal(r, 1, 2))
		x := newTrial()
		x.fee("p", spend)
		x.account.Commitments = []schemas.Commitment{{ID: "c", Amount: promised, Currency: "EUR", OverageFactor: &factor, TrueUp: true}}
		got, err := x.bill()
		if err != nil {
			t.Fatal(err)
		}
		want := promised.Rat()
		if above := new(big.Rat).Sub(spend.Rat(), want); above.Sign() > 0 {
			want = above.Add(want, above.Mul(above, factor.Rat()))
		}
		if got.Rat().Cmp(want) != 0 {
			t.Fatalf("seed %d: spend %s, commitment %s, factor %s: %s", seed, spend, promised, factor, got)
		}
	}
}

// TestEveryAnchorAdjoins: for every day of the month, in zones with clock changes of every kind, over ten years, periods
// begin where the last ended, never empty, on the anchor's day or the month's last.
func TestEveryAnchorAdjoins(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo", "America/Havana", "Asia/Tehran"}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for anchor := 1; anchor <= 31; anchor++ {
			for _, unit := range []schemas.Cycle{schemas.CycleMonth, schemas.CycleQuarter, schemas.CycleHalf, schemas.CycleYear} {
				c := rating.Cycle{Unit: unit, Anchor: schemas.NewDate(2024, 1, anchor), Zone: zone}
				adjoin(t, c, schemas.NewDate(2016, 1, 1), schemas.NewDate(2026, 1, 1), anchor)
			}
		}
		for _, unit := range []schemas.Cycle{schemas.CycleDay, schemas.CycleWeek} {
			adjoin(t, rating.Cycle{Unit: unit, Anchor: schemas.NewDate(2024, 1, 31), Zone: zone}, schemas.NewDate(2020, 1, 1), schemas.NewDate(2024, 1, 1), 0)
		}
	}
}

// adjoin walks the periods of a cycle between two days.
func adjoin(t *testing.T, c rating.Cycle, from, to schemas.Date, anchor int) {
	t.Helper()
	n := c.Index(from.Time(c.Zone))
	for at := c.Start(n); schemas.DateOf(at, c.Zone).Before(to); n++ {
		next := c.Start(n + 1)
		if !next.After(at) {
			t.Fatalf("%s %s anchor %d: period %d of %s ends at %s", c.Zone, c.Unit, anchor, n, at, next)
		}
		if c.Index(at) != n || c.Index(next.Add(-1)) != n {
			t.Fatalf("%s %s anchor %d: period %d from %s to %s does not hold its ends", c.Zone, c.Unit, anchor, n, at, next)
		}
		day := c.Day(n)
		last := schemas.NewDate(yearOf(day), monthOf(day)+1, 0).Day()
		if anchor > 0 && day.Day() != min(anchor, last) {
			t.Fatalf("%s anchor %d: period %d begins on %s", c.Unit, anchor, n, day)
		}
		at = next
	}
}

func yearOf(d schemas.Date) int {
	y, _, _ := d.Date()
	return y
}

func monthOf(d schemas.Date) time.Month {
	_, m, _ := d.Date()
	return m
}
