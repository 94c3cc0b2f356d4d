package dataset

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// sample is a small table with every type, optional and required.
var sample = schemas.Table{Name: "sample", Version: "3", Columns: []schemas.Column{
	{Name: "Account", Type: schemas.Label},
	{Name: "Sku", Type: schemas.Label, Required: true},
	{Name: "Id", Type: schemas.Text},
	{Name: "Note", Type: schemas.Text, Required: true},
	{Name: "Start", Type: schemas.Time, Required: true},
	{Name: "Seen", Type: schemas.Time},
	{Name: "Quantity", Type: schemas.Decimal, Required: true},
	{Name: "Cost", Type: schemas.Decimal},
	{Name: "Row", Type: schemas.Integer, Required: true},
	{Name: "Never", Type: schemas.Label},
	{Name: "Random", Type: schemas.Integer},
}}

// randomBatch fills a batch of sample; nulls is one in so many, 0 for none.
func randomBatch(t testing.TB, r *rand.Rand, rows, nulls int) *Batch {
	t.Helper()
	b := NewBatch(&sample)
	null := func() bool { return nulls > 0 && r.IntN(nulls) == 0 }
	for i := range rows {
		if !null() {
			b.AppendText(0, fmt.Sprintf("account-%04d", r.IntN(rows/50+1)))
		}
		b.AppendText(1, fmt.Sprintf("sku %d", i/100%7))
		if !null() {
			b.AppendText(2, fmt.Sprintf("%016x-%d", r.Uint64(), r.IntN(10)))
		}
		b.AppendText(3, []string{"", "ä", "a note that is longer than sixty-four bytes so that its bounds are cut somewhere, größer"}[r.IntN(3)])
		b.AppendTime(4, 1_700_000_000_000_000+int64(i/60)*3_600_000_000)
		if !null() {
			b.AppendTime(5, r.Int64N(1<<52)-1<<51)
		}
		b.AppendDecimal(6, money.Fixed{Hi: int64(r.IntN(3)) - 1, Lo: r.Uint64()})
		if !null() {
			b.AppendDecimal(7, money.FixedFromInt(int64(r.IntN(40)-20)))
		}
		b.AppendInt(8, int64(i+1))
		if !null() {
			b.AppendInt(10, int64(r.Uint64()))
		}
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// sameRows fails unless rows [from, to) of want are the rows of got.
func sameRows(t testing.TB, got, want *Batch, from, to int) {
	t.Helper()
	if got.Rows != to-from {
		t.Fatalf("got %d rows, want %d", got.Rows, to-from)
	}
	for c := range want.Columns {
		g, w := &got.Columns[c], &want.Columns[c]
		for i := range got.Rows {
			if cell(g, i) != cell(w, from+i) {
				t.Fatalf("row %d of %s is %q, want %q", from+i, want.Table.Columns[c].Name, cell(g, i), cell(w, from+i))
			}
		}
	}
}

// cell renders one value.
func cell(v *Vector, i int) string {
	if v.IsNull(i) {
		return "null"
	}
	switch v.Type {
	case schemas.Label, schemas.Text:
		return "=" + string(v.TextAt(i))
	case schemas.Decimal:
		return v.Decs[i].String()
	default:
		return fmt.Sprint(v.Ints[i])
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
