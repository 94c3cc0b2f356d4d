package parquet

import (
	"encoding/binary"
	"slices"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"
)

// randomLevels encodes n levels up to all as other writers might: runs of any length, and groups of eight.
func randomLevels(r *batches.Rand, n int, all uint32) (levels []uint32, encoded []byte) {
	width := packed.BitWidth(int(all) + 1)
	for len(levels) < n {
		if r.IntN(2) == 0 {
			run, level := r.IntN(90), r.Uint32N(all+1)
			encoded = packed.AppendRun(encoded, level, run, width)
			for range run {
				levels = append(levels, level)
			}
			continue
		}
		group := make([]uint32, 8*(1+r.IntN(20)))
		for i := range group {
			group[i] = r.Uint32N(all + 1)
		}
		encoded = packed.AppendPacked(encoded, group, width)
		levels = append(levels, group...)
	}
	return levels[:n], encoded
}

// TestPresence: what bits say of rows is what levels say, wherever one begins to read them.
func TestPresence(t *testing.T) {
	for seed := range uint64(3000) {
		r := batches.NewRand(seed)
		n, all := 1+r.IntN(400), 1+r.Uint32N(3)
		levels, encoded := randomLevels(r, n, all)
		var p packed.Presence
		var spare []uint32
		values, err := p.Read(encoded, n, all, &spare)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for i, l := range levels {
			if p.Has(i) != (l == all) {
				t.Fatalf("seed %d: row %d of level %d of %d: %v", seed, i, l, all, p.Has(i))
			}
			if l == all {
				count++
			}
		}
		if values != count || p.Values(n) != count {
			t.Fatalf("seed %d: %d and %d values, want %d", seed, values, p.Values(n), count)
		}
		from := r.IntN(n)
		p.Take(from)
		checkSpread(t, seed, r, &p, levels[from:], all)
	}
}

// checkSpread spreads numbers behind others, and compares them with what levels say one by one.
func checkSpread(t *testing.T, seed uint64, r *batches.Rand, p *packed.Presence, levels []uint32, all uint32) {
	t.Helper()
	var v, want dataset.Vector
	v.Type, want.Type = schemas.Decimal, schemas.Decimal
	for range r.IntN(70) {
		v.Decs, want.Decs = append(v.Decs, money.FixedFromInt(-1)), append(want.Decs, money.FixedFromInt(-1))
	}
	at := len(v.Decs)
	for i, l := range levels {
		value := money.Fixed{}
		if l == all {
			value = money.FixedFromInt(int64(i + 1))
			v.Decs = append(v.Decs, value)
		} else {
			want.SetNull(at + i)
		}
		want.Decs = append(want.Decs, value)
	}
	count := setNullsBy(&v, at, len(levels), p)
	if at+count != len(v.Decs) {
		t.Fatalf("seed %d: %d values, want %d", seed, count, len(v.Decs)-at)
	}
	spreadValues(&v, at, len(levels), count, p)
	if !slices.Equal(v.Decs, want.Decs) || !slices.Equal(v.Nulls, want.Nulls) {
		t.Fatalf("seed %d:\n%v %b, want\n%v %b", seed, v.Decs, v.Nulls, want.Decs, want.Nulls)
	}
}

// TestPresenceOfDamage: levels that are cut off, or beyond the column's, are an error.
func TestPresenceOfDamage(t *testing.T) {
	run := func(n int) []byte { return binary.AppendUvarint(nil, uint64(n)<<1) }
	for name, encoded := range map[string][]byte{
		"nothing": {}, "no level": run(9), "a level of two": append(run(9), 2), "too few": append(run(3), 1), "a cut group": {1<<1 | 1},
	} {
		var p packed.Presence
		var spare []uint32
		if _, err := p.Read(encoded, 9, 1, &spare); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
