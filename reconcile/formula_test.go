package reconcile_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestCausesByFormula holds causes against their formulas, in fractions: quantities Q, prices P in each line's currency, and
// exchange rates X, actual (a) and planned (b); m is a line's part of the planned volume, P̄ the average planned price in the
// provider's currency. Some lines are new and some are lost, and amounts may be below zero.
func TestCausesByFormula(t *testing.T) {
	places := int32(money.Scale)
	for seed := range uint64(effort.Count(t, 40, 2_000)) {
		d := dice{rand.New(rand.NewPCG(seed, 21))}
		at := schemas.MixAt(d.of("", "own_price", "average_price"))
		set := setting{mix: "all", policy: schemas.PlanPolicy{Places: &places, MixAt: at}, fx: map[money.Currency]money.Ratio{}}
		lines := d.lines(&set)
		got, _ := set.compare(t, lines...)
		qa, qb, plan := new(big.Rat), new(big.Rat), new(big.Rat)
		both := 0
		for _, l := range lines {
			if splits(&l) {
				both++
				qa.Add(qa, l.units.Rat())
				qb.Add(qb, l.planUnits.Rat())
				plan.Add(plan, times(l.plan.Rat(), rateOf(&set, &l, false)))
			}
		}
		sum := money.Zero
		var rows []schemas.Variance
		for i := range lines {
			l := &lines[i]
			v := got[l.offering+" Revenue"]
			rows = append(rows, v)
			sum = sum.Add(v.Variance)
			if string(v.MixAt) != string(at) && (at != "" || v.MixAt != schemas.MixAtOwnPrice) {
				t.Fatalf("seed %d: convention %q, want %q", seed, v.MixAt, at)
			}
			if !splits(l) {
				continue
			}
			xa, xb := rateOf(&set, l, true), rateOf(&set, l, false)
			pa, pb := over(l.actual.Rat(), l.units.Rat()), over(l.plan.Rat(), l.planUnits.Rat())
			mixed := l.units.Rat()
			if both > 1 {
				mixed = times(qa, over(l.planUnits.Rat(), qb))
			}
			shifted := minus(l.units.Rat(), mixed)
			mix, volume := times(shifted, pb, xb), times(minus(mixed, l.planUnits.Rat()), pb, xb)
			if at == schemas.MixAtAverage && both > 1 {
				average := times(shifted, over(plan, qb))
				mix, volume = minus(mix, average), volume.Add(volume, average)
			}
			for name, x := range map[string]struct {
				got  money.Decimal
				want *big.Rat
			}{
				"FX": {v.Causes.FX, times(l.units.Rat(), pa, minus(xa, xb))}, "price": {v.Causes.Price, times(l.units.Rat(), minus(pa, pb), xb)},
				"mix": {v.Causes.Mix, mix}, "volume": {v.Causes.Volume, volume},
			} {
				off := minus(x.got.Rat(), x.want)
				if off.Abs(off).Cmp(big.NewRat(1, 1_000_000_000_000_000)) > 0 {
					t.Fatalf("seed %d: %s of %s is %s, want %s", seed, name, l.offering, x.got, x.want.FloatString(18))
				}
			}
		}
		total := reconcile.Sum(rows, schemas.Revenue)
		if !total.Variance.Equal(sum) || !total.Causes.Sum().Equal(sum) {
			t.Fatalf("seed %d: rows sum up to %s, the total is %s, its causes are %s", seed, sum, total.Variance, total.Causes.Sum())
		}
	}
}

func splits(l *sold) bool {
	return !l.new && !l.absent && !l.planUnits.IsZero() && !l.units.IsZero()
}

// lines draws up to six lines in up to three currencies.
func (d dice) lines(set *setting) (out []sold) {
	for _, c := range []money.Currency{"USD", "JPY"} {
		set.rates = append(set.rates, schemas.PlanRate{Period: month, Currency: c, Rate: money.NewDecimal(1+d.Int64N(30_000), -4)})
		set.fx[c] = money.Ratio{Num: money.NewDecimal(1+d.Int64N(30_000), -4), Den: money.One}
	}
	for i := range 1 + d.IntN(6) {
		l := sold{
			offering: fmt.Sprint("o", i), currency: money.Currency(d.of("EUR", "USD", "JPY")), new: d.IntN(6) == 0, absent: d.IntN(6) == 0,
			planUnits: d.amount(3).Abs(), plan: d.amount(2).Abs(), units: d.amount(3).Abs(), actual: d.amount(2),
		}
		if l.new && l.absent {
			continue
		}
		out = append(out, l)
	}
	return out
}

// rateOf is the exchange rate of a line's currency, actual or planned.
func rateOf(set *setting, l *sold, actual bool) *big.Rat {
	if l.currency == "EUR" {
		return big.NewRat(1, 1)
	}
	if actual {
		return set.fx[l.currency].Num.Rat()
	}
	for _, r := range set.rates {
		if r.Currency == l.currency {
			return r.Rate.Rat()
		}
	}
	return nil
}

func times(list ...*big.Rat) *big.Rat {
	out := big.NewRat(1, 1)
	for _, x := range list {
		out.Mul(out, x)
	}
	return out
}

func over(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }

func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }

// At the average price, costs have an average of their own, and lines that accrue each in its way mix by what is due to date.
func TestMixAtAveragePrice(t *testing.T) {
	for _, c := range []struct{ accrual, through, east, west, want string }{
		{"-", "2022-09-30", "90h 450 270", "360h 3600 2520", "Revenue east 84.38 Revenue west 28.12 Cost east 67.5 Cost west 22.5"},
		{"upfront", "2022-09-12", "66h 330 198", "154h 1540 1078", "Revenue east 127.5 Revenue west 42.5 Cost east 102 Cost west 34"},
	} {
		n := &night{actuals: reconcile.NewActuals(calendar, nil)}
		n.plan.Policy.MixAt = schemas.MixAtAverage
		n.planLine("plan vm east 100h 500 300 EUR " + c.accrual + " all")
		n.planLine("plan vm west 300h 3000 2100 EUR - all")
		n.charge(t, "sold vm east "+c.east+" EUR use")
		n.charge(t, "sold vm west "+c.west+" EUR use")
		through, err := schemas.ParseDate(c.through)
		must(t, err)
		rows, _, err := reconcile.Compare(reconcile.Comparison{Period: month, Currency: "EUR", Plan: &n.plan, Actuals: n.actuals, Through: through})
		must(t, err)
		got := map[string]string{}
		for i := range rows {
			checkVariance(t, &rows[i])
			got[fmt.Sprint(rows[i].Measure, " ", rows[i].Region)] = rows[i].Causes.Mix.String()
		}
		text := ""
		for _, name := range []string{"Revenue east", "Revenue west", "Cost east", "Cost west"} {
			text += " " + name + " " + got[name]
		}
		if text[1:] != c.want {
			t.Errorf("%s: got%s, want %s", c.accrual, text, c.want)
		}
	}
}
