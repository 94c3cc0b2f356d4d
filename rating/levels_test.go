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

// priced is from one moment to another, and what a unit costs in between; nil is nothing.
type priced struct {
	from, to time.Time
	price    *big.Rat
	name     schemas.PriceID
}

// held is a meter of levels over some months: its rows, when it is sold, and at what price.
type held struct {
	meter  schemas.Meter
	start  time.Time
	change time.Time
	pause  [2]time.Time // zero without one
	prices [2]string
	rows   []use
}

func randomHeld(r *rand.Rand) *held {
	at := func() time.Time { return time.Date(2024, 7, 1+r.IntN(92), 0, 0, 0, 0, time.UTC) }
	h := &held{meter: schemas.Meter{ID: "m", SKUs: []schemas.SKU{"disk"}, Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowHour}}
	h.meter.CarryIn = r.IntN(4) > 0
	switch r.IntN(3) {
	case 0:
		h.meter.Levels, h.meter.UniqueBy = schemas.LevelSet, "ResourceId"
	case 1:
		h.meter.Aggregation, h.meter.PerTime = schemas.AggregateLatest, ""
	}
	if r.IntN(2) == 0 {
		h.meter.GroupBy = []string{"SkuId"}
	}
	h.start, h.change, h.prices = time.Date(2024, 7, 1+r.IntN(40), 0, 0, 0, 0, time.UTC), at(), [2]string{decimal(r, 1, 2).String(), decimal(r, 1, 3).String()}
	if r.IntN(2) == 0 {
		h.pause = [2]time.Time{at(), at()}
		slices.SortFunc(h.pause[:], time.Time.Compare)
		if h.pause[0].Before(h.start) || !h.pause[1].After(h.pause[0]) {
			h.pause = [2]time.Time{}
		}
	}
	for range r.IntN(6) {
		q := decimal(r, 2, 2)
		h.rows = append(h.rows, use{
			sku: "disk", region: "eu-1", service: "Storage", peer: "atlas", at: at().Add(time.Duration(r.IntN(24*60)) * time.Minute).Format("2006-01-02T15:04"), quantity: q.String(),
			id: fmt.Sprint("r", r.IntN(3)),
		})
	}
	slices.SortStableFunc(h.rows, func(a, b use) int { return strings.Compare(a.at, b.at) })
	return h
}

func (h *held) book() rating.Book {
	c, a := base()
	c.Meters = []schemas.Meter{h.meter}
	c.Policy.Rounding = schemas.Rounding{{Mode: money.HalfEven, Places: &eighteen}}
	before, after := perUnit("before", "m", h.prices[0]), perUnit("after", "m", h.prices[1])
	on := schemas.NewDate(h.change.Date())
	before.Validity.To, after.Validity.From = on, on
	c.Offerings[0].Prices = []schemas.Price{before, after}
	s := &a.Subscriptions[0]
	s.Start = schemas.NewDate(h.start.Date())
	if !h.pause[0].IsZero() {
		s.Changes = []schemas.Change{{On: schemas.NewDate(h.pause[0].Date()), Kind: schemas.ChangePause}, {On: schemas.NewDate(h.pause[1].Date()), Kind: schemas.ChangeResume}}
	}
	return rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
}

// spans are those of a month in which it is sold at one price.
func (h *held) spans(month time.Time) (out []priced) {
	next := month.AddDate(0, 1, 0)
	cuts := []time.Time{month, next}
	for _, x := range []time.Time{h.start, h.change, h.pause[0], h.pause[1]} {
		if x.After(month) && x.Before(next) {
			cuts = append(cuts, x)
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.Compact(cuts)
	for i, from := range cuts[:len(cuts)-1] {
		x := priced{from: from, to: cuts[i+1]}
		switch sold := !from.Before(h.start) && (h.pause[0].IsZero() || from.Before(h.pause[0]) || !from.Before(h.pause[1])); {
		case sold && from.Before(h.change):
			x.price, x.name = dec(h.prices[0]).Rat(), "before"
		case sold:
			x.price, x.name = dec(h.prices[1]).Rat(), "after"
		}
		if n := len(out); n > 0 && out[n-1].name == x.name {
			out[n-1].to = x.to
			continue
		}
		out = append(out, x)
	}
	return slices.DeleteFunc(out, func(x priced) bool { return x.price == nil })
}

// level is the level at an instant that rows since another make.
func (h *held) level(since, at time.Time) *big.Rat {
	by := map[string]*big.Rat{"": new(big.Rat)}
	for _, u := range h.rows {
		when, _ := time.Parse("2006-01-02T15:04", u.at)
		if when.Before(since) || !when.Before(at) {
			continue
		}
		switch q := dec(u.quantity).Rat(); {
		case h.meter.Aggregation == schemas.AggregateLatest:
			by[""] = q
		case h.meter.Levels == schemas.LevelSet:
			by[u.id] = q
		default:
			by[""].Add(by[""], q)
		}
	}
	total := new(big.Rat)
	for _, q := range by {
		total.Add(total, q)
	}
	return total
}

// want is what a month costs.
func (h *held) want(month time.Time) *big.Rat {
	since := month
	if h.meter.CarryIn {
		since = time.Time{}
	}
	total := new(big.Rat)
	for _, x := range h.spans(month) {
		if h.meter.Aggregation == schemas.AggregateLatest {
			part := daysRat(x.from, x.to, month, month.AddDate(0, 1, 0))
			total.Add(total, part.Mul(part.Mul(part, h.level(since, x.to)), x.price))
			continue
		}
		cuts := []time.Time{x.from, x.to}
		for _, u := range h.rows {
			if when, _ := time.Parse("2006-01-02T15:04", u.at); when.After(x.from) && when.Before(x.to) {
				cuts = append(cuts, when)
			}
		}
		slices.SortFunc(cuts, time.Time.Compare)
		for i, from := range cuts[:len(cuts)-1] {
			hours := big.NewRat(int64(cuts[i+1].Sub(from)/time.Minute), 60)
			total.Add(total, hours.Mul(hours.Mul(hours, h.level(since, from.Add(1))), x.price))
		}
	}
	return total
}

// TestLevelsOverMonths: a level that rows set, add to or read costs, month by month, what it comes to at the prices at which it
// is sold meanwhile: over changes of price and pauses, and, where it is carried in, over the ends of months, however many have no row.
// Every charge says where and whose it is.
func TestLevelsOverMonths(t *testing.T) {
	silent := 0
	for seed := range uint64(effort.Count(t, 150, 3_000)) {
		h := randomHeld(random(seed))
		var carried rating.Carried
		for month := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC); month.Month() < 11; month = month.AddDate(0, 1, 0) {
			plan, err := rating.Compile(h.book(), rating.Spec{Period: schemas.Period(month.Format("2006-01"))})
			if err != nil {
				t.Fatal(err)
			}
			rows := slices.DeleteFunc(slices.Clone(h.rows), func(u use) bool { return !strings.HasPrefix(u.at, month.Format("2006-01")) })
			out := rate(t, plan, "a", rows, carried)
			got := new(big.Rat)
			for i := range out.Charges {
				c := &out.Charges[i]
				got.Add(got, c.Exact.Rat())
				if err := model.Check(c); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				made := len(rows) > 0 || len(carried.Levels) > 0
				if made && (c.Region != "eu-1" || c.SKU != "disk" || c.Service != "Storage" || c.Peer != "atlas") {
					t.Fatalf("seed %d, %s: the charge says it is of %q, %q, %q, %q", seed, month, c.Region, c.SKU, c.Service, c.Peer)
				}
				if len(rows) == 0 && !c.Amount.IsZero() {
					silent++
				}
			}
			want := h.want(month)
			if d := new(big.Rat).Sub(got, want); d.Abs(d).Cmp(big.NewRat(1, 1e14)) > 0 {
				t.Fatalf("seed %d, %s: %s, want %s\n%+v", seed, month.Format("2006-01"), got.FloatString(20), want.FloatString(20), h)
			}
			carried = kept(t, out.Carried)
		}
	}
	if silent < 50 {
		t.Errorf("only %d charges of months without a row: little was tested", silent)
	}
}

// TestLevelsOfSeveralPlaces: of a level that is of one region and rows that are of another, the charge says neither; and so it stays
// in the months after, for the level has both.
func TestLevelsOfSeveralPlaces(t *testing.T) {
	h := &held{
		meter:  schemas.Meter{ID: "m", SKUs: []schemas.SKU{"disk"}, Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowHour, CarryIn: true},
		change: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), start: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), prices: [2]string{"1", "1"},
	}
	var carried rating.Carried
	var regions []string
	for i, region := range []string{"eu-1", "", "us-1", "us-1", ""} {
		month := schemas.Period(fmt.Sprintf("2024-%02d", 3+i))
		plan, err := rating.Compile(h.book(), rating.Spec{Period: month})
		if err != nil {
			t.Fatal(err)
		}
		var rows []use
		if region != "" {
			rows = []use{{sku: "disk", region: region, at: string(month) + "-02", quantity: "5"}}
		}
		out := rate(t, plan, "a", rows, carried)
		regions = append(regions, out.Charges[0].Region)
		if out.Charges[0].SKU != "disk" {
			t.Errorf("%s: SKU %q", month, out.Charges[0].SKU)
		}
		carried = kept(t, out.Carried)
	}
	if want := []string{"eu-1", "eu-1", "", "", ""}; !slices.Equal(regions, want) {
		t.Errorf("regions %q, want %q", regions, want)
	}
	carried.Series = nil // as runs left it that did not say
	plan, err := rating.Compile(h.book(), rating.Spec{Period: "2024-08"})
	if err != nil {
		t.Fatal(err)
	}
	if out := rate(t, plan, "a", []use{{sku: "disk", region: "eu-1", at: "2024-08-02", quantity: "5"}}, carried); out.Charges[0].Region != "eu-1" {
		t.Errorf("of a level that says nothing and rows of eu-1, the region is %q", out.Charges[0].Region)
	}
}

// TestCapacityHoldsLevels: a capacity over levels holds what was carried in, of each group, and what changed while the subscription
// was paused.
func TestCapacityHoldsLevels(t *testing.T) {
	for _, how := range []schemas.Aggregation{schemas.AggregateTimeWeighted, schemas.AggregateLatest} {
		c, a := base()
		c.Meters = []schemas.Meter{{ID: "m", SKUs: []schemas.SKU{"disk"}, Aggregation: how, CarryIn: true, GroupBy: []string{"RegionId"}}}
		if how == schemas.AggregateTimeWeighted {
			c.Meters[0].PerTime = schemas.WindowPeriod
		}
		step := func(most, price string) schemas.Capacity {
			return schemas.Capacity{Limits: []schemas.UnitLimit{{Unit: "m", Max: dec(most)}}, Price: *dec(price)}
		}
		c.Offerings[0].Prices = []schemas.Price{{ID: "cap", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelCapacity, Capacities: []schemas.Capacity{step("4", "1"), step("8", "2"), step("100", "3")}}}}
		book := rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}}
		var carried rating.Carried
		var got []string
		for i, rows := range [][]use{
			{{sku: "disk", region: "eu-1", at: "2024-03-01", quantity: "3"}, {sku: "disk", region: "us-1", at: "2024-03-01", quantity: "3"}},
			nil, // 6 still
			{{sku: "disk", region: "us-1", at: "2024-05-01", quantity: "7"}},
			nil,
		} {
			plan, err := rating.Compile(book, rating.Spec{Period: schemas.Period(fmt.Sprintf("2024-%02d", 3+i))})
			if err != nil {
				t.Fatal(err)
			}
			out := rate(t, plan, "a", rows, carried)
			got = append(got, out.Charges[0].Amount.String())
			carried = kept(t, out.Carried)
		}
		if want := []string{"2", "2", "3", "3"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", how, got, want)
		}
	}
}
