package shuffle

import (
	"fmt"
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
