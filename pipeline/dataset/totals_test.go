package dataset

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

var measured = schemas.Table{Name: "measured", Columns: []schemas.Column{
	{Name: "Quantity", Type: schemas.Decimal},
	{Name: "Unit", Type: schemas.Label},
	{Name: "Cost", Type: schemas.Decimal},
	{Name: "Currency", Type: schemas.Label},
}}

var measures = Measures{Quantity: 0, Unit: 1, Cost: 2, Currency: 3}

// measuredBatch appends rows of quantity, unit, cost, currency; "" is null.
func measuredBatch(t *testing.T, rows ...[4]string) *Batch {
	t.Helper()
	b := NewBatch(&measured)
	for _, r := range rows {
		for c, text := range r {
			switch {
			case text == "":
			case c%2 == 1:
				b.AppendText(c, text)
			default:
				d, err := money.ParseFixed([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				b.AppendDecimal(c, d)
			}
		}
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestTotals(t *testing.T) {
	rows := [][4]string{
		{"1.5", "GB", "-2.25", "EUR"},
		{"2", "h", "10", "USD"},
		{"", "GB", "", "EUR"},
		{"0.000000000000000001", "GB", "7", ""},
		{"4", "", "", ""},
	}
	b := measuredBatch(t, rows...)
	const want = `{"rows":5,"quantities":{"":"4","GB":"1.500000000000000001","h":"2"},"costs":{"":"7","EUR":"-2.25","USD":"10"}}`
	var whole, byRow Tally
	if err := whole.AddBatch(b, measures); err != nil {
		t.Fatal(err)
	}
	var merged Totals
	for i := range rows {
		if err := byRow.AddRow(b, i, measures); err != nil {
			t.Fatal(err)
		}
		var part Tally
		if err := part.AddBatch(measuredBatch(t, rows[len(rows)-1-i]), measures); err != nil {
			t.Fatal(err)
		}
		totals, err := part.Totals()
		if err != nil {
			t.Fatal(err)
		}
		if err := merged.Merge(totals); err != nil {
			t.Fatal(err)
		}
	}
	fromBatch, err := whole.Totals()
	if err != nil {
		t.Fatal(err)
	}
	fromRows, err := byRow.Totals()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]Totals{"batch": fromBatch, "rows": fromRows, "merged": merged} {
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != want {
			t.Errorf("by %s: %s, want %s", name, text, want)
		}
		if !got.Equal(fromBatch) {
			t.Errorf("by %s: %s", name, got.Diff(fromBatch))
		}
	}
}

// TestTotalsOfRuns: rows whose keys come in runs, short and long, count as they do one by one.
func TestTotalsOfRuns(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3))
		var rows [][4]string
		for len(rows) < 200 {
			unit, cost := []string{"", "GB", "h"}[r.IntN(3)], []string{"", "-2.5", "7"}[r.IntN(3)]
			for range 1 + r.IntN(20)*r.IntN(3) {
				quantity := ""
				if r.IntN(5) > 0 {
					quantity = strconv.Itoa(r.IntN(100))
				}
				rows = append(rows, [4]string{quantity, unit, cost, "EUR"})
			}
		}
		b := measuredBatch(t, rows...)
		m := measures
		if seed%4 == 0 {
			m.Unit, m.Currency = -1, -1
		}
		var whole, byRow Tally
		if err := whole.AddBatch(b, m); err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := byRow.AddRow(b, i, m); err != nil {
				t.Fatal(err)
			}
		}
		got, err := whole.Totals()
		if err != nil {
			t.Fatal(err)
		}
		want, err := byRow.Totals()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %+v, want %+v", seed, got, want)
		}
	}
}

func TestTotalsDiff(t *testing.T) {
	one := money.FixedFromInt(1)
	have := Totals{Rows: 3, Quantities: map[string]money.Fixed{"GB": one, "zero": {}}, Costs: map[string]money.Fixed{"": one}}
	if !have.Equal(Totals{Rows: 3, Quantities: map[string]money.Fixed{"GB": one}, Costs: map[string]money.Fixed{"": one}}) {
		t.Error("a sum of 0 is not as good as none")
	}
	const want = "3 rows instead of 2; quantity 1 GB instead of 0; quantity 0 h instead of 1; cost 1 (none) instead of 0"
	if got := have.Diff(Totals{Rows: 2, Quantities: map[string]money.Fixed{"h": one}}); got != want {
		t.Errorf("the difference is %q, want %q", got, want)
	}
}

func TestTotalsOverflow(t *testing.T) {
	const most = "99999999999999999999"
	var y Tally
	if err := y.AddBatch(measuredBatch(t, [4]string{"", "", most, "EUR"}, [4]string{"", "", most, "EUR"}), measures); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("the error is %v", err)
	}
	var a, b Tally
	for _, y := range []*Tally{&a, &b} {
		if err := y.AddBatch(measuredBatch(t, [4]string{most, "h", "", ""}), measures); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := a.Totals()
	if err != nil {
		t.Fatal(err)
	}
	if err := sum.Merge(sum); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("the error of merging is %v", err)
	}
}
