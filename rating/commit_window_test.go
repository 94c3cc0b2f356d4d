package rating_test

import (
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

// hourly is a month with commitments per window, and what is used in it; some of it is of the month before, and comes late.
type hourly struct {
	provider, account *time.Location
	commitments       []schemas.Commitment
	price             string
	rows              []yearsRow
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// march is a month in which clocks change in Europe and in America, on different days.
const march = schemas.Period("2024-03")

func randomHourly(t *testing.T, r *rand.Rand) *hourly {
	h := &hourly{
		provider: zoneOf(t, pick(r, "UTC", "Europe/Berlin", "America/New_York")), account: zoneOf(t, pick(r, "UTC", "Asia/Tokyo", "America/New_York", "Asia/Kolkata")),
		price: decimal(r, 1, 2).Add(money.One).String(),
	}
	start, end := march.Bounds(h.provider)
	for i := range 1 + r.IntN(3) {
		factor := money.MustDecimal(pick(r, "1.5", "0.8", "1"))
		c := schemas.Commitment{ID: fmt.Sprint("c", i), Amount: decimal(r, 2, 1).Add(money.One), Currency: "EUR", OverageFactor: &factor, TrueUp: r.IntN(3) > 0}
		c.Window = pick(r, schemas.WindowHour, schemas.WindowDay, schemas.WindowHour, schemas.WindowDay, schemas.WindowMonth)
		if r.IntN(2) == 0 {
			c.Validity.From = schemas.NewDate(2024, 3, 1+r.IntN(20))
		}
		if r.IntN(2) == 0 {
			c.Validity.To = schemas.NewDate(2024, 3, 21+r.IntN(20))
		}
		h.commitments = append(h.commitments, c)
	}
	for range r.IntN(40) {
		at := start.Add(time.Duration(r.Int64N(int64(end.Sub(start))/int64(time.Minute))) * time.Minute)
		if r.IntN(8) == 0 {
			at = start.Add(-time.Duration(1+r.IntN(4000)) * time.Minute)
		}
		h.rows = append(h.rows, yearsRow{at, decimal(r, 2, 2)})
	}
	slices.SortStableFunc(h.rows, func(a, b yearsRow) int { return a.at.Compare(b.at) })
	return h
}

// windowName names the window of an instant by the provider's clock: an hour that comes twice, on the night when clocks are put back,
// is two.
func (h *hourly) windowName(at time.Time, w schemas.Window) string {
	switch local := at.In(h.provider); w {
	case schemas.WindowHour:
		return local.Format("2006-01-02T15 -0700")
	case schemas.WindowDay:
		return local.Format("2006-01-02")
	default:
		return local.Format("2006-01")
	}
}

// want are the lines of a commitment: exactly. Its windows are those of the month on each day of which it is in force; what came late
// is spent in the first of the month.
func (h *hourly) want(c *schemas.Commitment) (overage, missing *big.Rat) {
	start, end := march.Bounds(h.provider)
	from, to := start, end
	if at := c.Validity.From.Time(h.provider); !c.Validity.From.IsZero() && at.After(from) {
		from = at
	}
	if at := c.Validity.To.Time(h.provider); !c.Validity.To.IsZero() && at.Before(to) {
		to = at
	}
	spent := map[string]*big.Rat{}
	for at := from; at.Before(to); at = at.Add(time.Minute * 30) {
		spent[h.windowName(at, c.Window)] = new(big.Rat)
	}
	for _, row := range h.rows {
		at := maxTime(row.at, start)
		if at.Before(from) || !at.Before(to) {
			continue
		}
		sum := spent[h.windowName(at, c.Window)]
		sum.Add(sum, new(big.Rat).Mul(row.quantity.Rat(), dec(h.price).Rat()))
	}
	overage, missing = new(big.Rat), new(big.Rat)
	for _, sum := range spent {
		overage.Add(overage, aboveRat(sum, c.Amount.Rat()))
		missing.Add(missing, aboveRat(c.Amount.Rat(), sum))
	}
	if !c.TrueUp {
		missing.SetInt64(0)
	}
	return overage.Mul(overage, new(big.Rat).Sub(c.OverageFactor.Rat(), big.NewRat(1, 1))), missing
}

// TestCommitmentWindows: random commitments per hour, day and month, alone and beside each other, that begin and end inside a month,
// of accounts in other zones than the provider, with rows that came late, against sums in big.Rat over every window.
func TestCommitmentWindows(t *testing.T) {
	lines := 0
	for seed := range uint64(effort.Count(t, 120, 2_000)) {
		h := randomHourly(t, random(seed))
		c, a := base()
		c.Policy.Rounding = schemas.Rounding{{Mode: money.HalfEven, Places: &eighteen}}
		c.Meters[0].Late = schemas.LateNext
		c.Offerings[0].Prices = []schemas.Price{perUnit("p", "m", h.price)}
		a.Commitments, a.TimeZone = h.commitments, h.account.String()
		plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: h.provider, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: march})
		if err != nil {
			t.Fatal(err)
		}
		var rows []use
		for _, row := range h.rows {
			rows = append(rows, gb(row.at.UTC().Format("2006-01-02T15:04"), row.quantity.String()))
		}
		got := map[string]*big.Rat{}
		for _, x := range rate(t, plan, "a", rows, rating.Carried{}).Charges {
			if err := model.Check(&x); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if x.PricingKind == schemas.PricingCommitted {
				got[x.Description] = x.Exact.Rat()
				lines++
			}
		}
		for i := range h.commitments {
			k := &h.commitments[i]
			overage, missing := h.want(k)
			for text, want := range map[string]*big.Rat{"Overage above": overage, "True-up to": missing} {
				key := fmt.Sprintf("%s commitment %s per %s", text, k.ID, k.Window)
				v := got[key]
				if v == nil {
					v = new(big.Rat)
				}
				if d := new(big.Rat).Sub(v, want); d.Abs(d).Cmp(big.NewRat(1, 1e14)) > 0 {
					t.Fatalf("seed %d: %s is %s, want %s\n%+v, %s, of an account in %s", seed, key, v.FloatString(12), want.FloatString(12), *k, h.provider, h.account)
				}
			}
		}
	}
	if lines < 200 {
		t.Errorf("%d lines of commitments: too few to show anything", lines)
	}
}

// TestCommitmentOfEachPeriod: a window as long as the period is none, so a plan does not take it.
func TestCommitmentOfEachPeriod(t *testing.T) {
	c, a := base()
	a.Commitments = []schemas.Commitment{{ID: "k", Amount: *dec("5"), Currency: "EUR", Window: schemas.WindowPeriod}}
	_, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}, rating.Spec{Period: march})
	if err == nil || !strings.Contains(err.Error(), "leave the window out") {
		t.Errorf("a commitment for each period on its own: %v", err)
	}
}
