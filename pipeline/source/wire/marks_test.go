package wire

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// checkMarks compares the marks of a text with what a look at each byte says.
func checkMarks(t testing.TB, text []byte) {
	t.Helper()
	n := len(text) / 64
	stops, portableStops := make([]uint64, n), make([]uint64, n)
	fields, portableFields := make([]fieldMarks, n), make([]fieldMarks, n)
	highs := []uint64{MarkStops(stops, text), stopMarks(portableStops, text), markFields(fields, text), fieldMarksOf(portableFields, text)}
	if !slices.Equal(stops, portableStops) || !slices.Equal(fields, portableFields) {
		t.Fatalf("%q: the two ways to mark differ", text)
	}
	beyond := slices.ContainsFunc(text[:64*n], func(c byte) bool { return c >= 0x80 })
	for _, h := range highs {
		if (h != 0) != beyond {
			t.Fatalf("%q: high is %v", text, highs)
		}
	}
	for i, c := range text[:64*n] {
		bit := func(w uint64) bool { return w>>(i%64)&1 != 0 }
		f := fields[i/64]
		if bit(stops[i/64]) != (c < ' ' || c == '"' || c == '\\') || bit(f.feeds) != (c == '\n') || bit(f.quotes) != (c == '"') ||
			bit(f.delims) != (c == '\n' || c == ',') {
			t.Fatalf("%q: byte %d, %q, is marked wrong", text, i, c)
		}
	}
}

func TestMarks(t *testing.T) {
	checkMarks(t, nil)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for shift := range 64 { // every byte in every place, beside others
		checkMarks(t, append(bytes.Repeat([]byte{'x'}, shift), append(every, make([]byte, 64-shift)...)...))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		text := make([]byte, 64*random.IntN(5))
		letters := []byte(`ab,"\` + "\n\r\x00\x1f \x7f\x80\xa2\xac\x8a\xdc\xff!#-+][")
		for i := range text {
			text[i] = letters[random.IntN(len(letters))]
		}
		checkMarks(t, text)
	}
}

// BenchmarkMarks compares the ways to mark.
func BenchmarkMarks(b *testing.B) {
	text := bulkText(b, "jsonl", "part-00000.jsonl", false)[:BlockBytes]
	stops, fields := make([]uint64, BlockBytes/64), make([]fieldMarks, BlockBytes/64)
	for _, c := range []struct {
		name string
		mark func()
	}{
		{"stops", func() { MarkStops(stops, text) }},
		{"stops/portable", func() { stopMarks(stops, text) }},
		{"fields", func() { markFields(fields, text) }},
		{"fields/portable", func() { fieldMarksOf(fields, text) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(BlockBytes)
			for b.Loop() {
				c.mark()
			}
		})
	}
}
