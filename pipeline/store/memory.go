package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is a store in memory, for tests. Its clock counts writes: what was written third was modified three seconds
// after the epoch. The zero value is empty and ready.
type Memory struct {
	mu      sync.Mutex
	objects map[string]memoryObject
	writes  int64
}

type memoryObject struct {
	body  []byte // never written to once it is here
	write int64
}

// String names the store in messages.
func (m *Memory) String() string { return "memory" }

func (o memoryObject) info(key string) Info {
	return Info{
		Key: key, Size: int64(len(o.body)),
		Version: Version(strconv.FormatInt(o.write, 10)), Modified: time.Unix(o.write, 0).UTC(),
	}
}

// Get implements [Store].
func (m *Memory) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	if err := checkGet(ctx, key, off); err != nil {
		return nil, err
	}
	m.mu.Lock()
	o, ok := m.objects[key]
	m.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("get %q: %w", key, ErrNotFound)
	}
	size := int64(len(o.body))
	off = min(off, size)
	r := bytes.NewReader(o.body[off : off+cut(size, off, n)])
	return &Object{o.info(key), io.NopCloser(&contextReader{ctx, r})}, nil
}

// Create implements [Store].
func (m *Memory) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, fmt.Errorf("create: %w", err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return Info{}, fmt.Errorf("create %q: rewind its body: %w", key, err)
	}
	b, err := io.ReadAll(&contextReader{ctx, body})
	if err != nil {
		return Info{}, fmt.Errorf("create %q: read its body: %w", key, err)
	}
	m.mu.Lock()
	_, ok := m.objects[key]
	if !ok {
		defer m.mu.Unlock()
		return m.put(key, b), nil
	}
	m.mu.Unlock()
	return same(ctx, m, key, body)
}

// Swap implements [Store].
func (m *Memory) Swap(ctx context.Context, key string, body []byte, old Version) (Version, error) {
	if err := checkSwap(ctx, key, body); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var now Version
	if o, ok := m.objects[key]; ok {
		now = o.info(key).Version
	}
	if now != old {
		return "", fmt.Errorf("swap %q: %w", key, ErrStale)
	}
	return m.put(key, bytes.Clone(body)).Version, nil
}

// put stores body; the caller holds the lock.
func (m *Memory) put(key string, body []byte) Info {
	if m.objects == nil {
		m.objects = make(map[string]memoryObject)
	}
	m.writes++
	o := memoryObject{body, m.writes}
	m.objects[key] = o
	return o.info(key)
}

// List implements [Store].
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, fmt.Errorf("list: %w", err))
			return
		}
		m.mu.Lock()
		objects := maps.Clone(m.objects)
		m.mu.Unlock()
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if err := ctx.Err(); err != nil {
				yield(Info{}, fmt.Errorf("list %q: %w", prefix, err))
				return
			}
			if strings.HasPrefix(key, prefix) && !yield(objects[key].info(key), nil) {
				return
			}
		}
	}
}
