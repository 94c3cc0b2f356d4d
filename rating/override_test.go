package rating_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// dated puts a price in force from one day of September to another; zero is without end.
func dated(p schemas.Price, from, to int) schemas.Price {
	if from > 0 {
		p.Validity.From = schemas.NewDate(2024, 9, from)
	}
	if to > 0 {
		p.Validity.To = schemas.NewDate(2024, 9, to)
	}
	return p
}

func onDay(p *schemas.Price, day int) bool {
	return p.Validity.Holds(schemas.NewDate(2024, 9, day), schemas.Date{})
}

// TestOverridesInTime: what was agreed with a subscription alone, for some days or for a phase, stands in the place of the
// offering's price on those days, and on no others: day by day, for a fee and for usage.
func TestOverridesInTime(t *testing.T) {
	for seed := range uint64(effort.Count(t, 150, 3_000)) {
		r := random(seed)
		c, a := base()
		c.Policy.Rounding = schemas.Rounding{{Mode: money.HalfEven, Places: &eighteen}}
		amount := func() string { return decimal(r, 2, 2).Add(money.One).String() }
		listed := []schemas.Price{perUnit("use", "m", amount()), flat("fee", amount())}
		if day := 2 + r.IntN(28); r.IntN(2) == 0 { // of two versions
			listed = []schemas.Price{dated(listed[0], 0, day), dated(perUnit("use", "m", amount()), day, 0), dated(listed[1], 0, day), dated(flat("fee", amount()), day, 0)}
		}
		c.Offerings[0].Prices = listed
		s := &a.Subscriptions[0]
		trial := 0
		if r.IntN(2) == 0 {
			trial = 1 + r.IntN(28)
			s.Start, s.Phases = day("2024-08-31"), []schemas.Phase{{Name: "trial", Days: 1 + trial}, {Name: "main"}}
		}
		day, over := 1, []schemas.Price{perUnit("use", "m", amount()), flat("fee", amount())}
		for n := range r.IntN(4) {
			from := day + r.IntN(8)
			p := dated(over[n%2], from, from+1+r.IntN(8))
			if day = p.Validity.To.Day(); p.Validity.From.Day() > 28 || p.Validity.To.Day() < from {
				break
			}
			if trial > 0 && r.IntN(2) == 0 {
				p.Phase = "trial"
			}
			s.Overrides = append(s.Overrides, p)
		}
		price := func(id schemas.PriceID, day int) *big.Rat {
			for _, list := range [2][]schemas.Price{s.Overrides, listed} {
				for i := range list {
					if p := &list[i]; p.ID == id && onDay(p, day) && (p.Phase == "" || day <= trial) {
						if p.Terms.Amount != nil {
							return p.Terms.Amount.Rat()
						}
						return p.Terms.UnitPrice.Rat()
					}
				}
			}
			t.Fatalf("seed %d: no price %s on day %d", seed, id, day)
			return nil
		}
		want := new(big.Rat)
		var rows []use
		for d := 1; d <= 30; d++ {
			q := decimal(r, 1, 1)
			rows = append(rows, gb(schemas.NewDate(2024, 9, d).String()+"T11:00", q.String()))
			want.Add(want, new(big.Rat).Mul(q.Rat(), price("use", d)))
			want.Add(want, new(big.Rat).Quo(price("fee", d), big.NewRat(30, 1)))
		}
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		out := rate(t, plan, "a", rows, rating.Carried{})
		got := new(big.Rat)
		for i := range out.Charges {
			got.Add(got, out.Charges[i].Exact.Rat())
		}
		if d := new(big.Rat).Sub(got, want); d.Abs(d).Cmp(big.NewRat(1, 1e14)) > 0 || len(out.Findings) > 0 {
			t.Fatalf("seed %d: %s, want %s, findings %v\n%+v", seed, got.FloatString(12), want.FloatString(12), out.Findings, s)
		}
	}
}

// TestOverridesOfAnotherPlan: what was agreed of one offering is not agreed of that which the subscription changes to, whatever the
// prices there are called.
func TestOverridesOfAnotherPlan(t *testing.T) {
	c, a := base()
	c.Offerings[0].Prices = []schemas.Price{flat("fee", "30"), perUnit("use", "m", "3")}
	c.Offerings = append(c.Offerings, schemas.Offering{ID: "large", Name: "Large", Prices: []schemas.Price{flat("fee", "300"), perUnit("use", "m", "2")}})
	s := &a.Subscriptions[0]
	s.Overrides = []schemas.Price{flat("fee", "15"), perUnit("use", "m", "1")}
	s.Changes = []schemas.Change{{On: day("2024-09-16"), Kind: schemas.ChangePlan, Offering: "large"}}
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range rate(t, plan, "a", []use{gb("2024-09-03", "10"), gb("2024-09-20", "10")}, rating.Carried{}).Charges {
		got = append(got, string(x.Offering)+" "+string(x.Price)+" "+x.Amount.String())
	}
	slices.Sort(got)
	if want := []string{"large fee 150", "large use 20", "o fee 7.5", "o use 10"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSetUpOnce: what is charged once is charged at the price of the day on which the subscription begins, however many versions of
// it the month has.
func TestSetUpOnce(t *testing.T) {
	once := func(amount string, from, to int) schemas.Price {
		p := dated(flat("setup", amount), from, to)
		p.Timing = schemas.TimingOnce
		return p
	}
	for start, want := range map[int]string{3: "10", 15: "10", 16: "20", 25: "20"} {
		c, a := base()
		c.Offerings[0].Prices = []schemas.Price{once("10", 0, 16), once("20", 16, 0)}
		a.Subscriptions[0].Start = schemas.NewDate(2024, 9, start)
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: "2024-09"})
		if err != nil {
			t.Fatal(err)
		}
		out := rate(t, plan, "a", nil, rating.Carried{})
		if len(out.Charges) != 1 || out.Charges[0].Amount.String() != want {
			t.Errorf("begun on day %d: %d charges, %+v, want one of %s", start, len(out.Charges), out.Charges, want)
		}
	}
}
