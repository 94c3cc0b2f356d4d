package dataset

import (
	"math/rand/v2"
	"testing"

	"daybook/schemas"
)

// TestRunEnd: a run ends where looking at one row after the other says it does.
func TestRunEnd(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		v := Vector{Type: schemas.Label}
		rows := 1 + r.IntN(300)
		for len(v.Codes) < rows {
			code, null := r.Uint32N(2), r.IntN(4) == 0 && seed%2 == 0
			for range 1 + r.IntN(90) {
				if null {
					v.SetNull(len(v.Codes))
					v.Codes = append(v.Codes, 0)
				} else {
					v.Codes = append(v.Codes, code)
				}
			}
		}
		for range 20 {
			i := r.IntN(rows)
			to := i + 1 + r.IntN(rows-i)
			want := i + 1
			for want < to && v.IsNull(want) == v.IsNull(i) && v.Codes[want] == v.Codes[i] {
				want++
			}
			if got := v.RunEnd(i, to); got != want {
				t.Fatalf("seed %d: the run from %d to %d ends at %d, want %d\n%v %b", seed, i, to, got, want, v.Codes, v.Nulls)
			}
		}
	}
	absent := Vector{Type: schemas.Label, Absent: true}
	if got := absent.RunEnd(3, 70); got != 70 {
		t.Errorf("an absent column's run ends at %d", got)
	}
}
