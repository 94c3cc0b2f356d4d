package delivery

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"daybook/pipeline/store"
)

// tornAt flips a bit of what is read at some place from a time on, so many times.
type tornAt struct {
	io.ReaderAt
	place int64
	after int
	times int
}

func (r *tornAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, off)
	if off <= r.place && r.place < off+int64(n) {
		if r.after--; r.after < 0 && r.times > 0 {
			r.times--
			p[r.place-off] ^= 4
		}
	}
	return n, err
}

// TestPages reads objects of sizes around those of groups at random places: what comes is what was pinned, a read that is torn
// once is made again, and one that stays so, or an object of another digest, is an error and no bytes.
func TestPages(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, pageGroup - 1, pageGroup, pageGroup + 1, 3*pageGroup + 77, pinBuffer, pinBuffer + 5} {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(r.Uint32())
		}
		pinned := pinnedOf(string(body))
		for range 50 {
			off := r.IntN(size)
			n := 1 + r.IntN(size-off)
			place := int64(off + r.IntN(n))
			for _, torn := range []struct {
				after, times int
				ok           bool
			}{{0, 0, true}, {1, 1, true}, {1, 2, false}, {0, 1, false}} {
				p := NewPages(&tornAt{bytes.NewReader(body), place, torn.after, torn.times}, int64(size), "o", pinned)
				got := make([]byte, n)
				_, err := p.ReadAt(got, int64(off))
				if ok := err == nil; ok != torn.ok || ok && !bytes.Equal(got, body[off:off+n]) || !ok && !errors.Is(err, store.ErrStale) {
					t.Fatalf("%d bytes, %d at %d, torn %+v: %v", size, n, off, torn, err)
				}
				if p.Pinned() != (torn.after > 0 || torn.times == 0) {
					t.Fatalf("%d bytes, torn %+v: pinned %t", size, torn, p.Pinned())
				}
			}
		}
	}
	p := NewPages(bytes.NewReader([]byte("abc")), 3, "o", pinnedOf("abc"))
	buf := make([]byte, 4)
	if n, err := p.ReadAt(buf, 1); n != 2 || err != io.EOF {
		t.Errorf("beyond the end: %d, %v", n, err)
	}
	if n, err := p.ReadAt(buf, 3); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
}
