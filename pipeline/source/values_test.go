package source

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/source/wire"
)

// slacked returns text as bytes with slack behind them.
func slacked(text string) []byte {
	return append([]byte(text), make([]byte, wire.Slack)...)[:len(text)+wire.Slack-1]
}

// TestInterner gives texts numbers and asks for them again, against a map.
func TestInterner(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	n := wire.Interner{Entries: make([]wire.Entry, firstLabels)}
	want := map[string]uint32{}
	for range 20000 {
		text := strings.Repeat(string(rune('a'+random.IntN(3))), random.IntN(40)) + string(rune('a'+random.IntN(26))) + strings.Repeat("x", random.IntN(20))
		b := slacked(text)
		e := n.Find(b, 0, uint32(len(text)))
		if v, known := want[text]; known {
			if e.Size == 0 || e.Value != v {
				t.Fatalf("%q is %+v, not %d", text, e, v)
			}
			continue
		}
		if e.Size != 0 {
			t.Fatalf("%q is taken for another", text)
		}
		want[text] = uint32(len(want))
		n.Add(e, b, 0, uint32(len(text)), want[text])
	}
	if n.Len() != len(want) {
		t.Errorf("%d texts, want %d", n.Len(), len(want))
	}
}

// TestLongRows has rows that cross windows and outgrow them.
func TestLongRows(t *testing.T) {
	src := plainSource()
	long := strings.Repeat("y", 3*wire.BlockBytes)
	text := "SkuId,ResourceId\na,\"" + long + "\n\"\"\"\nb,z\nc," + strings.Repeat("w", 2<<20) + "\nd,\"open\ne,z\n" + strings.Repeat("f,z\n", wire.BlockBytes/2)
	for _, chunk := range []int{1000, 1 << 22} {
		got, err := decodeText(t, src, "", text, chunk)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, f := range got.findings {
			codes = append(codes, string(f.Code)+" "+f.Value[:1])
		}
		if want := []string{"long_row c", "bad_quote d"}; !slices.Equal(codes, want) {
			t.Errorf("findings %q", codes)
		}
		if got.stats.Rows != 5+wire.BlockBytes/2 || !strings.Contains(got.rows[0], "ResourceId="+long+"\n\" ") || !strings.HasPrefix(got.rows[2], "SkuId=e ") {
			t.Errorf("%+v", got.stats)
		}
	}
}

// TestLongRowsEndWithTheirFirstLine has rows beyond the limit, at every distance from a window's end.
func TestLongRowsEndWithTheirFirstLine(t *testing.T) {
	src := plainSource()
	src.Limits.RowBytes = 64
	long := "a,\"" + strings.Repeat("x", 30) + "\ny,z\n" + strings.Repeat("w", 60) + "\"\nb,c\n"
	for shift := 0; shift < 200; shift += 200 / effort.Count(t, 5, 66) {
		text := "SkuId,ResourceId\n" + strings.Repeat("s,t\n", (wire.BlockBytes-150-17)/4) + strings.Repeat("q", shift%50) + "\n" + strings.Repeat("s,t\n", shift/4) + long
		got, err := decodeText(t, src, "", text, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, f := range got.findings {
			if f.Value[0] != 'q' {
				have = append(have, string(f.Code)+" "+f.Value[:2])
			}
		}
		if want := []string{"long_row a,", "bad_quote ww"}; !slices.Equal(have, want) {
			t.Fatalf("%d: %q", shift, have)
		}
		if n := len(got.rows); !strings.HasPrefix(got.rows[n-1], "SkuId=b ResourceId=c ") || !strings.HasPrefix(got.rows[n-2], "SkuId=y ResourceId=z ") {
			t.Fatalf("%d: %q", shift, got.rows[n-2:])
		}
	}
}
