package rating_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// randomBands changes the terms of events at random: what is free, bounds, starts and increments, whole seconds or not.
func randomBands(r *rand.Rand, t schemas.Terms) schemas.Terms {
	maybe := func(whole, places int) *money.Decimal {
		if r.IntN(2) == 0 {
			return nil
		}
		d := decimal(r, whole, places)
		return &d
	}
	switch t.Model {
	case schemas.ModelPercentage:
		percent, n := decimal(r, 2, 3), r.Int64N(5)
		t.Percent, t.FixedPerEvent, t.EventMinimum, t.EventMaximum, t.FreeAmount, t.FreeEvents = &percent, maybe(1, 2), maybe(1, 3), maybe(2, 2), maybe(3, 2), nil
		if r.IntN(2) == 0 {
			t.FreeEvents = &n
		}
	case schemas.ModelElapsedBands:
		t.ConnectFee, t.ElapsedBands = maybe(0, 3), nil
		start := money.Zero
		for range 1 + r.IntN(4) {
			b := schemas.ElapsedBand{StartSeconds: start, Rate: decimal(r, 1, 5), RateSeconds: money.NewDecimal(1+r.Int64N(90), 0), IncrementSeconds: money.NewDecimal(r.Int64N(90), 0)}
			if r.IntN(8) == 0 {
				b.IncrementSeconds = *dec("0.5")
			}
			t.ElapsedBands = append(t.ElapsedBands, b)
			start = start.Add(money.NewDecimal(1+r.Int64N(300), 0))
		}
	case schemas.ModelTimeOfDay:
		t.ConnectFee = maybe(0, 3)
		edge := fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60))
		other := fmt.Sprintf("%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60))
		band := func(from, to string, days ...string) schemas.DayBand {
			return schemas.DayBand{Start: from, End: to, Days: days, Rate: decimal(r, 1, 5), RateSeconds: money.NewDecimal(1+r.Int64N(90), 0), IncrementSeconds: money.NewDecimal(r.Int64N(90), 0)}
		}
		t.DayBands = []schemas.DayBand{band(edge, other, "sat", "sun"), band(edge, other), band("00:00", "24:00")}
		if edge == other {
			t.DayBands = t.DayBands[2:]
		}
	default:
	}
	return t
}

// zones are those of TestQuietIsLoud: without, with whole and with half hours of clock change, and far from UTC.
var zones = []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"}

// quietPlans compiles one price for rating with and without steps, in a month with a clock change in most zones.
func quietPlans(t *testing.T, r *rand.Rand, terms schemas.Terms) (loud, quiet *rating.Plan) {
	t.Helper()
	m := schemas.Meter{ID: "m", Unit: "u"}
	switch terms.Model {
	case schemas.ModelPercentage, schemas.ModelElapsedBands, schemas.ModelTimeOfDay:
		m.Aggregation = schemas.AggregateEvents
	case schemas.ModelDimension:
		m.GroupBy = []string{"RegionId"}
	default:
	}
	p := schemas.Price{ID: "p1", Meter: "m", Currency: "EUR", Terms: terms}
	prices := []schemas.Price{p}
	if r.IntN(3) == 0 { // a price change inside the period
		prices[0].Validity.To, p.ID, p.Validity.From = day("2024-10-17"), "p2", day("2024-10-17")
		prices = append(prices, p)
	}
	policy := schemas.RatingPolicy{Negative: pick(r, schemas.NegativeMirror, schemas.NegativeZero), PriceChange: pick(r, schemas.ChangeContinue, schemas.ChangeRestart)}
	book := rating.Book{Zone: time.UTC, Catalogue: schemas.Catalogue{
		Meters: []schemas.Meter{m}, Policy: policy,
		Offerings: []schemas.Offering{{ID: "o", Name: "O", Included: true, Prices: prices}},
	}, Customers: []schemas.Customer{{ID: "c"}}}
	for i, zone := range zones {
		book.Customers[0].Accounts = append(book.Customers[0].Accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprint("a", i)), Currency: "EUR", TimeZone: zone})
	}
	plans := [2]*rating.Plan{}
	for i := range plans {
		var err error
		if plans[i], err = rating.Compile(book, rating.Spec{Period: "2024-10", Quiet: i == 1}); err != nil {
			t.Fatal(err)
		}
	}
	return plans[0], plans[1]
}

// feed adds random rows of an account to a tally.
func feed(t *testing.T, r *rand.Rand, tally *rating.Tally, plan *rating.Plan, id schemas.AccountID) {
	t.Helper()
	tally.Begin(id)
	labels := make([]string, len(plan.Columns()))
	labels[1], labels[5], labels[7] = "peer", "u", "EUR"
	rows := make([]rating.Row, r.IntN(12))
	for i := range rows {
		start := time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(31*24*3600)) * time.Second)
		if r.IntN(40) == 0 {
			start = start.Add(time.Millisecond)
		}
		q := money.NewDecimal(r.Int64N(200_000), 0)
		switch r.IntN(10) {
		case 0:
			q = decimal(r, 3, 4)
		case 1:
			q = decimal(r, 3, 2).Neg()
		}
		rows[i].Start, rows[i].HasCost = start.UnixMicro(), true
		rows[i].Quantity, rows[i].Cost = fixedOf(t, q), fixedOf(t, decimal(r, 3, 6))
	}
	slices.SortFunc(rows, func(a, b rating.Row) int { return int(a.Start - b.Start) })
	for i := range rows {
		if code := tally.Add(tally.Resolve(labels)[0], &rows[i]); code != "" {
			t.Fatal(code)
		}
	}
}

func fixedOf(t *testing.T, d money.Decimal) money.Fixed {
	t.Helper()
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestQuietIsLoud: without steps, and in the memory of other accounts, every model charges what it charges with steps in
// memory of its own.
func TestQuietIsLoud(t *testing.T) {
	charges := 0
	tries := effort.Count(t, 120, 600)
	for seed := range uint64(tries) {
		r := random(seed)
		values := schemas.Model("").Values()
		if seed%2 == 0 {
			values = []string{"percentage", "elapsed_bands", "time_of_day"}
		}
		loud, quiet := quietPlans(t, r, randomBands(r, benchTerms()[pick(r, values...)]))
		again := quiet.NewTally()
		var out rating.Output
		for range 6 {
			id := schemas.AccountID(fmt.Sprint("a", r.IntN(len(zones))))
			rows := r.Uint64()
			tally := loud.NewTally()
			feed(t, random(rows), tally, loud, id)
			want, err := loud.Rate(tally, rating.Carried{})
			if err != nil {
				t.Fatal(err)
			}
			feed(t, random(rows), again, quiet, id)
			if err := quiet.RateInto(again, rating.Carried{}, &out); err != nil {
				t.Fatal(err)
			}
			sameOutput(t, seed, &out, &want)
			charges += len(want.Charges)
		}
	}
	if charges < 3*tries {
		t.Errorf("only %d charges were compared", charges)
	}
}

// sameOutput compares all but the steps; numbers by their value.
func sameOutput(t *testing.T, seed uint64, got, want *rating.Output) {
	t.Helper()
	if len(got.Charges) != len(want.Charges) || got.Rows != want.Rows || len(got.Findings) != len(want.Findings) {
		t.Fatalf("seed %d: %d charges, want %d", seed, len(got.Charges), len(want.Charges))
	}
	for i := range want.Charges {
		g, w := got.Charges[i], want.Charges[i]
		if len(g.Steps) > 0 || len(w.Steps) == 0 {
			t.Fatalf("seed %d: %d quiet steps, %d others", seed, len(g.Steps), len(w.Steps))
		}
		g.Steps, w.Steps = nil, nil
		for _, pair := range [][2]*money.Decimal{{&g.Consumed, &w.Consumed}, {&g.Priced, &w.Priced}, {&g.List, &w.List}, {&g.Exact, &w.Exact}, {&g.Amount, &w.Amount}, {&g.Residue, &w.Residue}, {&g.PeerCost, &w.PeerCost}} {
			if !pair[0].Equal(*pair[1]) {
				t.Fatalf("seed %d: charge %d of %s: %s, want %s", seed, i, w.Model, *pair[0], *pair[1])
			}
			*pair[0] = *pair[1]
		}
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("seed %d: charge\n%+v, want\n%+v", seed, g, w)
		}
	}
}

// TestUnnamed: charges without identifiers are the same charges, and the others have one each.
func TestUnnamed(t *testing.T) {
	book := rating.Book{Zone: time.UTC, Catalogue: schemas.Catalogue{
		Meters: []schemas.Meter{{ID: "m", Unit: "u"}},
		Offerings: []schemas.Offering{{ID: "o", Name: "O", Included: true, Prices: []schemas.Price{
			{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: dec("0.1")}},
			{ID: "fee", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: dec("5")}},
		}}},
	}, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{{ID: "a0", Currency: "EUR"}}}}}
	var outs [2]rating.Output
	for i := range outs {
		plan, err := rating.Compile(book, rating.Spec{Period: "2024-10", Quiet: true, Unnamed: i == 1})
		if err != nil {
			t.Fatal(err)
		}
		tally := plan.NewTally()
		feed(t, random(3), tally, plan, "a0")
		if outs[i], err = plan.Rate(tally, rating.Carried{}); err != nil {
			t.Fatal(err)
		}
	}
	named := map[schemas.ChargeID]bool{}
	for i := range outs[0].Charges {
		named[outs[0].Charges[i].ID] = true
		outs[0].Charges[i].ID = ""
	}
	if named[""] || len(named) != 2 || !reflect.DeepEqual(outs[0].Charges, outs[1].Charges) {
		t.Errorf("charges have the identifiers %v, and without them are\n%+v\n%+v", named, outs[0].Charges, outs[1].Charges)
	}
}
