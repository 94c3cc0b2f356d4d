package shuffle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Texts that are all alike in length are gathered by another way than others, and give the same rows.
func TestGatherTexts(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		width int
	}{
		{"alike", []string{"abc", "def", "ghi", "jkl"}, 3},
		{"one", []string{"abcdef"}, 6},
		{"none", nil, 0},
		{"all empty", []string{"", ""}, 0},
		{"alike on the average", []string{"ab", "abcd", "abc"}, 0},
		{"the first is longer", []string{"abcd", "ab"}, 0},
		{"one is empty", []string{"abc", "", "def"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := dataset.Vector{Type: schemas.Text}
			var rows []int32
			var keyed []keyedRow
			var want []string
			for i, s := range c.texts {
				src.Bytes = append(src.Bytes, s...)
				src.Ends = append(src.Ends, uint32(len(src.Bytes)))
				rows = append(rows, int32(len(c.texts)-1-i))
				keyed = append(keyed, keyedRow{row: uint32(len(c.texts) - 1 - i)})
				want = append([]string{s}, want...)
			}
			if got := src.TextWidth(); got != c.width {
				t.Errorf("the width is %d, want %d", got, c.width)
			}
			if len(rows) == 0 {
				return
			}
			to := dataset.Vector{Type: schemas.Text, Bytes: []byte("before"), Ends: []uint32{6}}
			gatherRows(&to, &src, rows, src.TextWidth())
			out := dataset.Vector{Type: schemas.Text}
			gatherKeyed(&out, &src, keyed)
			var gathered, sorted []string
			for i := range rows {
				gathered = append(gathered, string(to.TextAt(i+1)))
				sorted = append(sorted, string(out.TextAt(i)))
			}
			if fmt.Sprint(gathered) != fmt.Sprint(want) || fmt.Sprint(sorted) != fmt.Sprint(want) || string(to.TextAt(0)) != "before" {
				t.Errorf("gathered %q and %q, want %q", gathered, sorted, want)
			}
		})
	}
}

// far is a column of texts of some lengths, and its rows in any order.
func far(r *rand.Rand, n, shortest, spread int) (*dataset.Vector, []keyedRow) {
	src := &dataset.Vector{Type: schemas.Text}
	rows := make([]keyedRow, n)
	for i, k := range r.Perm(n) {
		src.Bytes = fmt.Appendf(src.Bytes, "%0*d", shortest+r.IntN(spread), i)
		src.Ends = append(src.Ends, uint32(len(src.Bytes)))
		rows[i].row = uint32(k)
	}
	return src, rows
}

// TestGatherMany: texts of any lengths, and more than are gathered at once, are where they belong, behind what was there.
func TestGatherMany(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	for range 200 {
		src := &dataset.Vector{Type: schemas.Text}
		n := 1 + r.IntN(3*atOnce)
		longest := 1 + r.IntN(4*textStep)
		texts := make([]string, n)
		for i := range texts {
			texts[i] = strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(longest))
			src.Bytes = append(src.Bytes, texts[i]...)
			src.Ends = append(src.Ends, uint32(len(src.Bytes)))
		}
		rows := make([]int32, r.IntN(2*n))
		keyed := make([]keyedRow, len(rows))
		for i := range rows {
			rows[i] = int32(r.IntN(n))
			keyed[i].row = uint32(rows[i])
		}
		to := dataset.Vector{Type: schemas.Text, Bytes: []byte("before"), Ends: []uint32{6}}
		gatherRows(&to, src, rows, 0)
		out := dataset.Vector{Type: schemas.Text}
		gatherKeyed(&out, src, keyed)
		if string(to.TextAt(0)) != "before" {
			t.Fatalf("what was there before is %q now", to.TextAt(0))
		}
		for i, row := range rows {
			if string(to.TextAt(i+1)) != texts[row] || string(out.TextAt(i)) != texts[row] {
				t.Fatalf("text %d of %d is %q and %q, want %q", i, len(rows), to.TextAt(i+1), out.TextAt(i), texts[row])
			}
		}
	}
}

func BenchmarkGather(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 2))
	for _, c := range []struct {
		name             string
		shortest, spread int
	}{{"identifiers", 42, 10}, {"names", 7, 12}, {"alike", 36, 1}} {
		b.Run(c.name, func(b *testing.B) {
			src, rows := far(r, 200_000, c.shortest, c.spread)
			v := &dataset.Vector{Type: schemas.Text}
			b.ReportAllocs()
			for b.Loop() {
				v.Bytes, v.Ends = v.Bytes[:0], v.Ends[:0]
				gatherKeyed(v, src, rows)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/text")
		})
	}
}
