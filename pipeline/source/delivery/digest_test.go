package delivery

import (
	"hash"
	"math/rand/v2"
	"testing"

	"lukechampine.com/blake3"
)

// TestDigest: in whatever pieces bytes come, their digest is the library's of the whole.
func TestDigest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	sizes := []int{0, 1}
	for groups := range 10 {
		for _, chunk := range []int{0, 1, 2, 3, 5, 8, 15} {
			at := groups*digestGroup + chunk*1024
			sizes = append(sizes, at+1, at+64, at+1023, at+1024)
		}
	}
	for range 300 {
		sizes = append(sizes, r.IntN(1<<(1+r.IntN(21))))
	}
	d := NewDigest()
	for _, size := range sizes {
		whole := make([]byte, size)
		for i := range whole {
			whole[i] = byte(r.Uint32())
		}
		want := blake3.Sum256(whole)
		d.Reset()
		for rest := whole; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			if _, err := d.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
			if r.IntN(4) == 0 {
				d.Sum(nil) // asking changes nothing
			}
		}
		if got := d.Sum(nil); string(got) != string(want[:]) {
			t.Fatalf("%d bytes: digest %x, want %x", size, got, want)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	buffer := make([]byte, 1<<18)
	for _, c := range []struct {
		name string
		of   hash.Hash
	}{{"ours", NewDigest()}, {"library", blake3.New(32, nil)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(buffer)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.of.Write(buffer)
			}
		})
	}
}
