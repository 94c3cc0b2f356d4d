package rating_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// year is a commitment for several months, and what is used while it runs: all days are instants of UTC.
type year struct {
	c           schemas.Commitment
	zone        *time.Location
	from, to    time.Time // to is zero without an end
	months      int
	change      time.Time  // of the price
	prices      [2]string  // before and after it
	first, last time.Time  // months that are rated
	rows        []yearsRow // in order of time
}

type yearsRow struct {
	at       time.Time
	quantity money.Decimal
}

func randomYear(t *testing.T, r *rand.Rand) *year {
	zone, err := time.LoadLocation(pick(r, "UTC", "Europe/Berlin", "America/New_York"))
	if err != nil {
		t.Fatal(err)
	}
	unit := pick(r, schemas.Recurrence{Unit: schemas.CycleYear}, schemas.Recurrence{Unit: schemas.CycleYear}, schemas.Recurrence{Unit: schemas.CycleQuarter},
		schemas.Recurrence{Unit: schemas.CycleHalf}, schemas.Recurrence{Unit: schemas.CycleMonth, Count: 5}, schemas.Recurrence{Unit: schemas.CycleMonth, Count: 12})
	y := &year{zone: zone, prices: [2]string{decimal(r, 1, 2).String(), decimal(r, 1, 3).String()}}
	y.months = map[schemas.Cycle]int{schemas.CycleYear: 12, schemas.CycleQuarter: 3, schemas.CycleHalf: 6, schemas.CycleMonth: unit.Count}[unit.Unit]
	y.from = time.Date(2023, time.Month(1+r.IntN(12)), pick(r, 1, 1, 1+r.IntN(31)), 0, 0, 0, 0, time.UTC)
	y.first = time.Date(y.from.Year(), y.from.Month(), 1, 0, 0, 0, 0, time.UTC)
	y.last = y.first.AddDate(0, y.months+r.IntN(y.months), 0)
	if r.IntN(3) == 0 {
		y.to = y.from.AddDate(0, 0, 1+r.IntN(y.months*50))
	}
	y.change = y.first.AddDate(0, r.IntN(y.months), r.IntN(28))
	for m := y.first; !m.After(y.last); m = m.AddDate(0, 1, 0) {
		for range r.IntN(6) {
			q := decimal(r, 2, 2)
			if r.IntN(8) == 0 {
				q = q.Neg()
			}
			y.rows = append(y.rows, yearsRow{m.AddDate(0, 0, r.IntN(28)).Add(12 * time.Hour), q})
		}
	}
	slices.SortStableFunc(y.rows, func(a, b yearsRow) int { return a.at.Compare(b.at) })
	factor := money.MustDecimal(pick(r, "1.5", "1.25", "0.8", "1"))
	y.c = schemas.Commitment{ID: "c", Amount: decimal(r, 3, 2).Add(money.One), Currency: "EUR", Every: unit, OverageFactor: &factor, TrueUp: r.IntN(4) > 0}
	y.c.Split = pick(r, "", schemas.SplitByDay, schemas.SplitByPeriod)
	y.c.Prorate = pick(r, "", schemas.ProrateDays, schemas.ProrateSeconds, schemas.ProrateNone)
	y.c.Validity.From = schemas.NewDate(y.from.Date())
	if !y.to.IsZero() {
		y.c.Validity.To = schemas.NewDate(y.to.Date())
	}
	return y
}

// cycle returns the days of the nth cycle: all of it, and where it stops.
func (y *year) cycle(n int) (start, end, to time.Time) {
	at := func(n int) time.Time {
		month := time.Date(y.from.Year(), y.from.Month()+time.Month(n*y.months), 1, 0, 0, 0, 0, time.UTC)
		return month.AddDate(0, 0, min(y.from.Day(), month.AddDate(0, 1, -1).Day())-1)
	}
	start, end = at(n), at(n+1)
	to = end
	if !y.to.IsZero() && y.to.Before(end) {
		to = y.to
	}
	return start, end, to
}

// spend is what a month counts towards a cycle: exactly.
func (y *year) spend(month time.Time, n int) *big.Rat {
	start, _, to := y.cycle(n)
	next := month.AddDate(0, 1, 0)
	cuts := []time.Time{month, next}
	if y.change.After(month) && y.change.Before(next) {
		cuts = []time.Time{month, y.change, next}
	}
	total := new(big.Rat)
	for i, from := range cuts[:len(cuts)-1] {
		until, price := cuts[i+1], y.prices[0]
		if !from.Before(y.change) {
			price = y.prices[1]
		}
		amount := new(big.Rat)
		for _, row := range y.rows {
			if !row.at.Before(from) && row.at.Before(until) {
				amount.Add(amount, new(big.Rat).Mul(row.quantity.Rat(), dec(price).Rat()))
			}
		}
		if y.c.Split != schemas.SplitByPeriod {
			amount.Mul(amount, daysRat(maxTime(from, start), minTime(until, to), from, until))
		}
		total.Add(total, amount)
	}
	inForce := next
	if !y.to.IsZero() {
		inForce = minTime(inForce, y.to)
	}
	if last := inForce.Add(-1); y.c.Split == schemas.SplitByPeriod && (last.Before(start) || !last.Before(to)) {
		return new(big.Rat)
	}
	return total
}

// promised is what a cycle has to come to.
func (y *year) promised(n int) *big.Rat {
	start, end, to := y.cycle(n)
	part := daysRat(start, to, start, end)
	switch y.c.Prorate {
	case schemas.ProrateNone:
		part.SetInt64(1)
	case schemas.ProrateDays, schemas.ProrateThirty:
	case schemas.ProrateSeconds:
		here := func(d time.Time) int64 { return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, y.zone).Unix() }
		part = big.NewRat(here(to)-here(start), here(end)-here(start))
	}
	return part.Mul(part, y.c.Amount.Rat())
}

// daysRat is the days from a to b, over those from c to d.
func daysRat(a, b, c, d time.Time) *big.Rat {
	if !a.Before(b) {
		return new(big.Rat)
	}
	return big.NewRat(int64(b.Sub(a)/(24*time.Hour)), int64(d.Sub(c)/(24*time.Hour)))
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func aboveRat(a, b *big.Rat) *big.Rat {
	if out := new(big.Rat).Sub(a, b); out.Sign() > 0 {
		return out
	}
	return new(big.Rat)
}

// want are the lines of the commitment by month and description, month by month, and by description alone of whole cycles at once.
func (y *year) want() (monthly, whole map[string]*big.Rat) {
	monthly, whole = map[string]*big.Rat{}, map[string]*big.Rat{}
	extra := new(big.Rat).Sub(y.c.OverageFactor.Rat(), big.NewRat(1, 1))
	for n := 0; ; n++ {
		start, _, to := y.cycle(n)
		if !start.Before(to) || !start.Before(y.last.AddDate(0, 1, 0)) {
			return monthly, whole
		}
		promised, before := y.promised(n), new(big.Rat)
		over, missing := fmt.Sprintf("Overage above commitment c of %s", start.Format(time.DateOnly)), fmt.Sprintf("True-up to commitment c of %s", start.Format(time.DateOnly))
		for m := y.first; !m.After(y.last); m = m.AddDate(0, 1, 0) {
			key, next := m.Format("2006-01 "), m.AddDate(0, 1, 0)
			if !start.Before(next) || !to.After(m) {
				continue
			}
			after := new(big.Rat).Add(before, y.spend(m, n))
			monthly[key+over] = new(big.Rat).Mul(extra, new(big.Rat).Sub(aboveRat(after, promised), aboveRat(before, promised)))
			before = after
			if to.After(next) {
				continue
			}
			whole[over] = new(big.Rat).Mul(extra, aboveRat(after, promised))
			if y.c.TrueUp {
				monthly[key+missing], whole[missing] = aboveRat(promised, after), aboveRat(promised, after)
			}
		}
	}
}

// book has one meter, whose price changes on a day.
func (y *year) book() rating.Book {
	c, a := base()
	before, after := perUnit("before", "m", y.prices[0]), perUnit("after", "m", y.prices[1])
	on := schemas.NewDate(y.change.Date())
	before.Validity.To, after.Validity.From = on, on
	c.Offerings[0].Prices = []schemas.Price{before, after}
	a.Subscriptions[0].Start = day("2020-01-01")
	a.Commitments = []schemas.Commitment{y.c}
	return rating.Book{Catalogue: c, Zone: y.zone, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
}

// rate rates month by month from one on, each with what the one before left, as text. It returns the exact amounts of the
// commitment's lines as want does.
func (y *year) rate(t *testing.T, from time.Time) map[string]*big.Rat {
	t.Helper()
	got := map[string]*big.Rat{}
	var carried rating.Carried
	for m := from; !m.After(y.last); m = m.AddDate(0, 1, 0) {
		plan, err := rating.Compile(y.book(), rating.Spec{Period: schemas.Period(m.Format("2006-01"))})
		if err != nil {
			t.Fatal(err)
		}
		var rows []use
		for _, row := range y.rows {
			if !row.at.Before(m) && row.at.Before(m.AddDate(0, 1, 0)) {
				rows = append(rows, gb(row.at.Format("2006-01-02T15:04"), row.quantity.String()))
			}
		}
		out := rate(t, plan, "a", rows, carried)
		for i := range out.Charges {
			x := &out.Charges[i]
			if err := model.Check(x); err != nil {
				t.Fatalf("%s: %v\n%+v", m.Format("2006-01"), err, x.Steps)
			}
			if x.PricingKind == "Committed" {
				got[m.Format("2006-01 ")+x.Description] = x.Exact.Rat()
			}
		}
		carried = kept(t, out.Carried)
	}
	return got
}

// kept is what is carried on, after it was written and read.
func kept(t *testing.T, c rating.Carried) (out rating.Carried) {
	t.Helper()
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCommitmentYears: random years with random usage, months, anchors, ends, factors and a price that changes inside, month
// by month against sums in big.Rat, and the months of each whole cycle added up against one computation over it.
func TestCommitmentYears(t *testing.T) {
	kinds := map[string]int{}
	tries := effort.Count(t, 120, 600)
	for seed := range uint64(tries) {
		y := randomYear(t, random(seed))
		monthly, whole := y.want()
		got := y.rate(t, y.first)
		near := func(what string, got, want *big.Rat) {
			t.Helper()
			if got == nil {
				got = new(big.Rat)
			}
			// The datasets keep 18 places, and a year adds up twelve of them.
			if d := new(big.Rat).Sub(got, want); d.Abs(d).Cmp(big.NewRat(1, 1e15)) > 0 {
				t.Fatalf("seed %d: %s is %s, want %s\n%+v from %s to %s", seed, what, got.FloatString(20), want.FloatString(20), y.c, y.from, y.to)
			}
		}
		for key, want := range monthly {
			near(key, got[key], want)
		}
		sums := map[string]*big.Rat{}
		for key, v := range got {
			_, of, _ := strings.Cut(key, " ")
			if monthly[key] == nil {
				t.Fatalf("seed %d: %s is %s, and there is none", seed, key, v)
			}
			if sums[of] == nil {
				sums[of] = new(big.Rat)
			}
			sums[of].Add(sums[of], v)
			kinds[of[:4]]++
		}
		for of, want := range whole {
			near("all of "+of, sums[of], want)
		}
	}
	if kinds["Over"] < tries*5/6 || kinds["True"] < tries/6 {
		t.Errorf("lines of the commitment: %v; too few to show anything", kinds)
	}
}

// TestCommitmentBegunBefore: a book whose runs begin inside the first cycle, and that says what was spent on it before, is
// charged as if all of it had been run.
func TestCommitmentBegunBefore(t *testing.T) {
	for seed := range uint64(effort.Count(t, 40, 200)) {
		r := random(seed)
		y := randomYear(t, r)
		y.c.Split = schemas.SplitByPeriod // what a month counts is a decimal then
		monthly, _ := y.want()
		from := y.first.AddDate(0, 1+r.IntN(y.months-1), 0)
		spent := new(big.Rat)
		for m := y.first; m.Before(from); m = m.AddDate(0, 1, 0) {
			spent.Add(spent, y.spend(m, 0))
		}
		y.c.Spent = money.MustDecimal(spent.FloatString(10))
		got := y.rate(t, from)
		for key, want := range monthly {
			v := got[key]
			if v == nil {
				v = new(big.Rat)
			}
			if d := new(big.Rat).Sub(v, want); key >= from.Format("2006-01") && d.Abs(d).Cmp(big.NewRat(1, 1e15)) > 0 {
				t.Fatalf("seed %d: %s is %s, want %s", seed, key, v.FloatString(20), want.FloatString(20))
			}
		}
	}
}
