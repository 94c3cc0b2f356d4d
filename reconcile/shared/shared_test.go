package shared_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile/shared"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

func dec(s string) money.Decimal { return money.MustDecimal(s) }

func fixed(t *testing.T, d money.Decimal) money.Fixed {
	t.Helper()
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// rates are of two currencies; of the third there is none.
func rates(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
	if from == "USD" && to == "EUR" {
		return schemas.Conversion{Factor: money.Ratio{Num: money.One, Den: dec("1.25")}}, true
	}
	return schemas.Conversion{}, false
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// peer is a random one, whose costs are shared by keys of every kind.
func peer(r *rand.Rand) schemas.Peer {
	p := schemas.Peer{ID: "p", OwnUse: []string{"own", "office"}}
	for i := range 1 + r.IntN(4) {
		s := schemas.SharedCost{
			ID: fmt.Sprint("s", i), Account: pick(r, "", "", "own"), Service: pick(r, "", "Support"), Category: pick(r, "", schemas.CategoryUsage),
			Key: pick(r, "", schemas.ShareByUsage, schemas.ShareFixed, schemas.ShareEven), Of: pick(r, "", "Disk"), Unit: pick(r, "", "GB"),
		}
		if r.IntN(3) == 0 {
			s.Validity.To = schemas.NewDate(2024, 9, 10)
		}
		if r.IntN(2) == 0 || s.Key == schemas.ShareFixed {
			for _, c := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
				share := money.NewDecimal(1+r.Int64N(5), -1)
				s.Among = append(s.Among, schemas.Sharer{Customer: c, Share: &share})
			}
		}
		p.Shared = append(p.Shared, s)
	}
	return p
}

func rowsOf(t *testing.T, r *rand.Rand) (out []shared.Row) {
	t.Helper()
	for range r.IntN(40) {
		x := shared.Row{
			Peer: pick[schemas.PeerID](r, "p", "p", "q"), Account: pick(r, "own", "office", "x"), Service: pick(r, "Support", "Disk"),
			Category: pick(r, schemas.CategoryUsage, schemas.CategoryUsage, schemas.CategoryCredit), Day: schemas.NewDate(2024, 9, 1+r.IntN(30)),
			Unit: pick(r, "GB", "MB"), Currency: pick[money.Currency](r, "EUR", "EUR", "USD", "JPY"),
			Billed: fixed(t, money.NewDecimal(r.Int64N(3_000_000)-700_000, -pick[int32](r, 2, 2, 5))), Quantity: fixed(t, money.NewDecimal(r.Int64N(50)-10, 0)),
		}
		if r.IntN(3) > 0 {
			x.Customer = pick(r, "a", "b", "c", "d")
		} else {
			x.Own = r.IntN(4) > 0
		}
		out = append(out, x)
	}
	return out
}

// TestPartsAddUp divides random bills by random keys: what is divided is what the rows that shared costs take come to, in every currency; no
// part is a whole unit away from its exact share, and none is of another sign; the steps of each give what they say; and sums of parts of
// the bill, in any order, divide as the whole does.
func TestPartsAddUp(t *testing.T) {
	seen := map[string]int{}
	for seed := range effort.Count(t, 400, 20_000) {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		peers, rows := []schemas.Peer{peer(r), {ID: "q"}}, rowsOf(t, r)
		whole, parts := shared.NewSums(peers, schemas.Date{}), []*shared.Sums{shared.NewSums(peers, schemas.Date{}), shared.NewSums(peers, schemas.Date{})}
		taken := map[money.Currency]money.Decimal{}
		n, counted := int64(0), int64(0)
		for i := range rows {
			is, err := whole.Add(&rows[i])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parts[r.IntN(2)].Add(&rows[i]); err != nil {
				t.Fatal(err)
			}
			if is {
				if n++; rows[i].Customer != "" || !rows[i].Own || rows[i].Peer != "p" {
					t.Fatalf("seed %d: %+v is taken", seed, rows[i])
				}
				taken[rows[i].Currency] = taken[rows[i].Currency].Add(rows[i].Billed.Decimal())
			}
		}
		got := divide(t, whole)
		merged := shared.NewSums(peers, schemas.Date{})
		for _, k := range r.Perm(2) {
			part := parts[k].Part()
			if err := merged.Merge(&part); err != nil {
				t.Fatal(err)
			}
		}
		if again := divide(t, merged); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("seed %d: of parts:\n%v\nof the whole:\n%v", seed, again, got)
		}
		ids := map[string]bool{}
		for i := range got {
			x := &got[i]
			if ids[x.ID] {
				t.Errorf("seed %d: %s stands twice", seed, x.ID)
			}
			ids[x.ID] = true
			counted += x.Rows
			taken[x.Currency] = taken[x.Currency].Sub(x.Amount)
			seen[string(x.Key)+" "+string(x.Standing)]++
			near(t, x)
		}
		for c, left := range taken {
			if !left.IsZero() {
				t.Errorf("seed %d: %s %s are not divided", seed, left, c)
			}
		}
		if counted != n {
			t.Errorf("seed %d: %d rows are divided of %d", seed, counted, n)
		}
	}
	for _, kind := range []string{"usage borne", "usage rest", "usage undivided", "fixed borne", "fixed rest", "even borne", "even rest", "even undivided"} {
		if seen[kind] == 0 {
			t.Errorf("no part is %s; %v", kind, seen)
		}
	}
}

func divide(t *testing.T, s *shared.Sums) []peeruse.Share {
	t.Helper()
	out, found, err := s.Divide("2024-09", "EUR", rates)
	if err != nil {
		t.Fatal(err)
	}
	undivided := 0
	for i := range out {
		if out[i].Standing == peeruse.Undivided {
			undivided++
		}
		if (out[i].Value == nil) != (out[i].Currency == "JPY" && !out[i].Amount.IsZero() || out[i].Currency == "JPY") {
			t.Errorf("%s: value %v", out[i].ID, out[i].Value)
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(found), func(f schemas.Finding) bool { return f.Code != schemas.CodeUndivided })); n != undivided {
		t.Errorf("%d findings of %d costs that are undivided", n, undivided)
	}
	return out
}

// near holds a part against its exact share, as fractions.
func near(t *testing.T, x *peeruse.Share) {
	t.Helper()
	for i, step := range x.Steps {
		if out, err := sheet.Recompute(step); err != nil || out.String() != step.Out {
			t.Errorf("%s: step %d gives %s: %v", x.ID, i+1, out, err)
		}
	}
	if last := x.Steps[len(x.Steps)-1]; last.Out != x.Amount.String() {
		t.Errorf("%s: the last step gives %s, not %s", x.ID, last.Out, x.Amount)
	}
	places, _ := money.MinorUnits(x.Currency)
	unit := ratOf(money.NewDecimal(1, -places))
	switch x.Standing {
	case peeruse.Borne:
		exact := new(big.Rat).Mul(ratOf(x.Billed), new(big.Rat).Quo(ratOf(x.Weight), ratOf(x.Weights)))
		// The whole is rounded to a unit first, which moves a part by less than one.
		off := new(big.Rat).Sub(ratOf(x.Amount), exact)
		if off.Abs(off).Cmp(new(big.Rat).Mul(unit, big.NewRat(3, 2))) >= 0 {
			t.Errorf("%s is %s, exactly %s", x.ID, x.Amount, exact.FloatString(6))
		}
		if !money.RoundTo(x.Amount, places, money.Down).Equal(x.Amount) || !x.Weight.IsPositive() || x.Amount.Sign()*x.Billed.Sign() < 0 {
			t.Errorf("%s: %s by %s of %s %s", x.ID, x.Amount, x.Weight, x.Billed, x.Currency)
		}
	case peeruse.Rest:
		if r := ratOf(x.Amount); new(big.Rat).Abs(r).Cmp(unit) >= 0 || x.Customer != "" {
			t.Errorf("%s: a rest of %s", x.ID, x.Amount)
		}
	case peeruse.Undivided:
		if !x.Amount.Equal(x.Billed) || x.Customer != "" {
			t.Errorf("%s: %s of %s is undivided", x.ID, x.Amount, x.Billed)
		}
	}
}

func ratOf(d money.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic(d.String())
	}
	return r
}

// TestDivided divides by each key by hand.
func TestDivided(t *testing.T) {
	share := func(s string) *money.Decimal { d := dec(s); return &d }
	row := func(customer, service, billed, quantity string) shared.Row {
		return shared.Row{
			Peer: "p", Customer: customer, Own: customer == "", Account: "own", Service: service, Category: schemas.CategoryUsage, Unit: "GB",
			Day: schemas.NewDate(2024, 9, 3), Billed: fixed(t, dec(billed)), Quantity: fixed(t, dec(quantity)), Currency: "EUR",
		}
	}
	rows := []shared.Row{row("a", "Disk", "10", "1"), row("b", "Disk", "20", "5"), row("c", "Net", "70", "4"), row("d", "Disk", "-3", "-1"), row("", "Support", "100", "1")}
	for _, test := range []struct {
		name string
		cost schemas.SharedCost
		want string
	}{
		{"what is billed to all", schemas.SharedCost{}, "a 10, b 20, c 70"},
		{"what is billed of a service", schemas.SharedCost{Of: "Disk"}, "a 33.33, b 66.67"},
		{"quantities", schemas.SharedCost{Unit: "GB"}, "a 10, b 50, c 40"},
		{"quantities in another unit", schemas.SharedCost{Unit: "MB"}, " 100"},
		{"some customers", schemas.SharedCost{Among: []schemas.Sharer{{Customer: "b"}, {Customer: "c"}, {Customer: "d"}}}, "b 22.22, c 77.78"},
		{"evenly", schemas.SharedCost{Key: schemas.ShareEven}, "a 25, b 25, c 25, d 25"},
		{"evenly among users of a service", schemas.SharedCost{Key: schemas.ShareEven, Of: "Net"}, "c 100"},
		{"evenly among some, used or not", schemas.SharedCost{Key: schemas.ShareEven, Among: []schemas.Sharer{{Customer: "x"}, {Customer: "a"}, {Customer: "b"}}}, "a 33.34, b 33.33, x 33.33"},
		{"fixed", schemas.SharedCost{Key: schemas.ShareFixed, Among: []schemas.Sharer{{Customer: "x", Share: share("1")}, {Customer: "a", Share: share("0.5")}}}, "a 33.33, x 66.67"},
		{"known later", schemas.SharedCost{Validity: schemas.Validity{KnownSince: schemas.NewDate(2024, 12, 1)}}, ""},
		{"over before", schemas.SharedCost{Validity: schemas.Validity{To: schemas.NewDate(2024, 9, 3)}}, ""},
		{"of another account", schemas.SharedCost{Account: "office"}, ""},
		{"of another service", schemas.SharedCost{Service: "Licence"}, ""},
		{"of another category", schemas.SharedCost{Category: schemas.CategoryCredit}, ""},
	} {
		test.cost.ID = "s"
		sums := shared.NewSums([]schemas.Peer{{ID: "p", Shared: []schemas.SharedCost{test.cost}}}, schemas.NewDate(2024, 11, 1))
		for i := range rows {
			if _, err := sums.Add(&rows[i]); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		for i, x := range divide(t, sums) {
			if i > 0 {
				got += ", "
			}
			got += x.Customer + " " + x.Amount.String()
		}
		if got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
}
