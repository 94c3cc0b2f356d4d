package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
)

// counted counts the requests that reach a store, and refuses them while broken.
type counted struct {
	Store
	requests atomic.Int64
	broken   atomic.Bool
}

var errBroken = errors.New("the store is broken")

func (c *counted) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	c.requests.Add(1)
	if c.broken.Load() {
		return nil, errBroken
	}
	return c.Store.Get(ctx, key, off, n)
}

func openBlocks(t *testing.T, s Store, key string) *blockReader {
	t.Helper()
	r, _, err := OpenReaderAt(t.Context(), s, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	b, ok := r.(*blockReader)
	if !ok {
		t.Fatalf("opened a %T", r)
	}
	return b
}

// Reading forward takes few requests, one object few places, and what is kept is not fetched again.
func TestReaderAtRequests(t *testing.T) {
	s := &counted{Store: new(Memory)}
	const size = 100*blockBytes + 1
	body := noise(1, size)
	if _, err := s.Create(t.Context(), "a", bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	r := openBlocks(t, s, "a")
	s.requests.Store(0)
	got, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil || !bytes.Equal(got, body) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	// One for the first block, then one for each run ahead.
	if n := s.requests.Load(); n != 1+100/maxAhead {
		t.Errorf("reading %d blocks forward took %d requests", 101, n)
	}
	if len(r.blocks) > maxBlocks {
		t.Errorf("%d blocks are kept", len(r.blocks))
	}
	s.requests.Store(0)
	for _, off := range []int64{size - 10, size - blockBytes, size - 9*blockBytes} {
		if _, err := r.ReadAt(make([]byte, 10), off); err != nil {
			t.Error(err)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("reading the last blocks again took %d requests", n)
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); err != nil || s.requests.Load() != 1 || len(r.blocks) > maxBlocks {
		t.Errorf("reading the start again: %v, %d requests, %d blocks", err, s.requests.Load(), len(r.blocks))
	}
}

// An error is told to who waits and not kept: the next read tries again.
func TestReaderAtRecovers(t *testing.T) {
	s := &counted{Store: new(Memory)}
	create(t, s, "a", "hello")
	r := openBlocks(t, s, "a")
	p := make([]byte, 5)
	s.broken.Store(true)
	if _, err := r.ReadAt(p, 0); !errors.Is(err, errBroken) {
		t.Errorf("read from a broken store: %v", err)
	}
	s.broken.Store(false)
	if n, err := r.ReadAt(p, 0); n != 5 || err != nil || string(p) != "hello" {
		t.Errorf("read %d bytes, %q, %v", n, p, err)
	}
}

// Blocks of two versions are never mixed.
func TestReaderAtStale(t *testing.T) {
	s := new(Memory)
	v := swap(t, s, "a", string(noise(1, 2*blockBytes)), "")
	r := openBlocks(t, s, "a")
	p := make([]byte, 5)
	if _, err := r.ReadAt(p, 0); err != nil {
		t.Fatal(err)
	}
	swap(t, s, "a", string(noise(2, 2*blockBytes)), v)
	if _, err := r.ReadAt(p, 0); err != nil {
		t.Errorf("a block that is here: %v", err)
	}
	_, err := r.ReadAt(p, blockBytes)
	wantError(t, err, ErrStale)
}
