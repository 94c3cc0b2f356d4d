package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

func testLarge(t *testing.T, s Store) {
	const size = 40<<20 + 7
	body := noise(1, size)
	made, err := CreateFrom(t.Context(), s, "large/object", func(w io.Writer) error {
		for part := range slices.Chunk(body, 1_000_003) {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || made.Size != size {
		t.Fatalf("created %+v, %v", made, err)
	}
	o, err := s.Get(t.Context(), "large/object", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	h := sha256.New()
	if n, err := io.Copy(h, o); err != nil || n != size || [32]byte(h.Sum(nil)) != sha256.Sum256(body) {
		t.Errorf("read %d bytes of another digest, %v", n, err)
	}
	if o.Version != made.Version {
		t.Errorf("version %q, created as %q", o.Version, made.Version)
	}
	for _, off := range []int64{partBytes - 3, 2*partBytes - 1, size - 5} {
		o, err := s.Get(t.Context(), "large/object", off, 10)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o)
		if err != nil || !bytes.Equal(got, body[off:min(off+10, size)]) {
			t.Errorf("ten bytes from %d: %x, %v", off, got, err)
		}
		o.Close()
	}
	if again, err := s.Create(t.Context(), "large/object", bytes.NewReader(body)); err != nil || again.Version != made.Version {
		t.Errorf("created again %+v, %v", again, err)
	}
	body[size-1]++
	_, err = s.Create(t.Context(), "large/object", bytes.NewReader(body))
	if conflict, ok := errors.AsType[*ConflictError](err); !ok || conflict.Offset != size-1 {
		t.Errorf("another last byte: %v", err)
	}
}

func testReaderAt(t *testing.T, s Store) {
	const size = 5*blockBytes + 12345
	body := noise(2, size)
	if _, err := s.Create(t.Context(), "a", bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	r, n, err := OpenReaderAt(t.Context(), s, "a")
	if err != nil || n != size {
		t.Fatalf("opened %d bytes, %v", n, err)
	}
	check := func(off, n int64) {
		got := make([]byte, n)
		k, err := r.ReadAt(got, off)
		want := body[min(off, size):min(off+n, size)]
		if !bytes.Equal(got[:k], want) || (err == nil) != (int64(k) == n) || (err != nil && err != io.EOF) {
			t.Errorf("read %d from %d: %d bytes, %v; want %d", n, off, k, err, len(want))
		}
	}
	for _, edge := range []int64{0, blockBytes, 3 * blockBytes, size} {
		for _, off := range []int64{edge - 1, edge, edge + 1} {
			for _, n := range []int64{0, 1, 2, 100, blockBytes, 2*blockBytes + 1, size} {
				if off >= 0 && (n > 0 || off < size) {
					check(off, n)
				}
			}
		}
	}
	var group sync.WaitGroup
	for g := range uint64(8) {
		group.Go(func() {
			random := rand.New(rand.NewPCG(g, 1))
			for range 50 {
				check(random.Int64N(size), 1+random.Int64N(blockBytes))
			}
		})
	}
	group.Wait()
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("a read at -1: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("a closed reader reads")
	}
	create(t, s, "nothing", "")
	r, n, err = OpenReaderAt(t.Context(), s, "nothing")
	if err != nil || n != 0 {
		t.Fatalf("opened %d bytes, %v", n, err)
	}
	defer r.Close()
	if k, err := r.ReadAt(make([]byte, 1), 0); k != 0 || err != io.EOF {
		t.Errorf("read %d bytes of nothing, %v", k, err)
	}
}
