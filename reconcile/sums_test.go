package reconcile_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/reconcile"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
)

// extremes are numbers at which the bytes of a number become more, or its sign would be lost.
func extremes() []money.Fixed {
	out := []money.Fixed{{}, {Lo: 1}, {Hi: 0x4B3B4CA85A86C47A, Lo: 0x098A223FFFFFFFFF}}
	for bit := range 126 {
		for _, less := range []uint64{0, 1} {
			f := money.Fixed{Lo: 1 << bit}
			if bit >= 64 {
				f = money.Fixed{Hi: 1 << (bit - 64)}
			}
			f, err := f.Sub(money.Fixed{Lo: less})
			if err == nil {
				out = append(out, f, f.Neg())
			}
		}
	}
	return out
}

// sumsOf fills every kind of sum.
func sumsOf(t *testing.T, d dice) *reconcile.Sums {
	t.Helper()
	s := noSums()
	for i := range 40 {
		c := d.charge(i)
		c.Meter = schemas.MeterID(d.of("m", "n"))
		c.Start = time.Date(2022, 9, 1+d.IntN(30), 0, 0, 0, 0, time.UTC)
		c.End = c.Start.AddDate(0, 0, 1+d.IntN(9))
		valued(t, c, ratio("0.9", "1"), d.IntN(2) == 0)
		must(t, s.Actuals.Add(c))
		must(t, s.Days.Add(c))
		must(t, s.Margins.Add(c))
		must(t, s.Use.Add(&bills.UseRow{
			Peer: schemas.PeerID(d.of("p", "q")), Service: d.of("VM", "DB"), Day: schemas.DateOf(c.Start, time.UTC), ConsumedUnit: d.of("Hours", "GB"),
			Currency: c.Currency, UseSums: bills.UseSums{Consumed: money.FixedFromInt(d.Int64N(99)), Billed: money.FixedFromInt(-d.Int64N(99)), Rows: 1},
		}))
	}
	for i, f := range extremes() {
		must(t, s.Days.AddMetered(schemas.MeterID(fmt.Sprint("meter ", i)), []money.Fixed{f, {}, f.Neg()}))
	}
	return s
}

// TestSumsComeBack sends sums through bytes, and takes off what came back: nothing is left.
func TestSumsComeBack(t *testing.T) {
	for seed := range uint64(effort.Count(t, 8, 200)) {
		sums := sumsOf(t, dice{rand.New(rand.NewPCG(seed, 3))})
		written := bytesOf(t, sums)
		back := noSums()
		must(t, back.UnmarshalBinary(written))
		if again := bytesOf(t, back); !bytes.Equal(again, written) {
			t.Fatalf("seed %d: %d bytes became %d others", seed, len(written), len(again))
		}
		for i, f := range extremes() {
			name := schemas.MeterID(fmt.Sprint("meter ", i))
			must(t, back.Days.AddMetered(name, []money.Fixed{f.Neg(), {}, f}))
			must(t, sums.Days.AddMetered(name, []money.Fixed{f.Neg(), {}, f}))
		}
		if !bytes.Equal(bytesOf(t, sums), bytesOf(t, back)) {
			t.Fatalf("seed %d: a number is another", seed)
		}
	}
}

// TestSumsCutShort reads what is not whole, or was changed: an error, or other sums, but never more than there is.
func TestSumsCutShort(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 3))}
	written := bytesOf(t, sumsOf(t, d))
	for range effort.Count(t, 150, 5_000) {
		n := d.IntN(len(written))
		if err := noSums().UnmarshalBinary(written[:n]); err == nil {
			t.Fatalf("%d of %d bytes are taken for sums", n, len(written))
		}
	}
	if err := noSums().UnmarshalBinary(append(bytes.Clone(written), 0)); err == nil {
		t.Error("a byte too many is passed over")
	}
	for range effort.Count(t, 150, 5_000) {
		changed := bytes.Clone(written)
		for range 1 + d.IntN(3) {
			changed[d.IntN(len(changed))] = byte(d.IntN(256))
		}
		_ = noSums().UnmarshalBinary(changed)
	}
}
