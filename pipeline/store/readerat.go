package store

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Blocks that a reader of a remote object fetches and keeps. A Parquet reader goes through the pages of some columns side
// by side, each in order: 32 places of 1 MiB serve some ten columns with up to four blocks fetched ahead at a time.
const (
	blockBytes = 1 << 20
	maxBlocks  = 32
	maxAhead   = 4
)

// ReaderAtCloser reads an open object at any offset, from many goroutines at once.
type ReaderAtCloser interface {
	io.ReaderAt
	io.Closer
}

// OpenReaderAt opens the object for reading at any offset and returns its size in bytes. In a directory that is the
// *os.File; elsewhere blocks are fetched as they are needed, ahead while reading goes forward, and at most 32 MiB of them
// are kept. Reading an object that was swapped since it was opened is an error wrapping ErrStale, except in a directory,
// where it still yields the version opened. The context serves all reads until Close.
func OpenReaderAt(ctx context.Context, s Store, key string) (ReaderAtCloser, int64, error) {
	if own, ok := s.(atOpener); ok {
		return own.openAt(ctx, key)
	}
	info, err := Stat(ctx, s, key)
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	return &blockReader{ctx: ctx, cancel: cancel, store: s, info: info, blocks: make(map[int64]*block)}, info.Size, nil
}

// atOpener is a store whose objects can be read at any offset without being fetched first.
type atOpener interface {
	openAt(ctx context.Context, key string) (ReaderAtCloser, int64, error)
}

func (d *Directory) openAt(ctx context.Context, key string) (ReaderAtCloser, int64, error) {
	if err := checkGet(ctx, key, 0); err != nil {
		return nil, 0, err
	}
	f, info, err := d.file(key)
	if err != nil {
		return nil, 0, err
	}
	return f, info.Size, nil
}

// blockReader reads an object through a cache of blocks.
type blockReader struct {
	ctx    context.Context
	cancel context.CancelFunc
	store  Store
	info   Info

	mu     sync.Mutex
	blocks map[int64]*block // by number: block i starts at byte i * blockBytes
	clock  int64            // counts uses
}

// block is a part of the object. Its data and err are set before done is closed.
type block struct {
	done chan struct{}
	data []byte
	err  error
	used int64 // by the reader's clock
}

// Close ends reads under way and frees the blocks.
func (r *blockReader) Close() error {
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.blocks)
	return nil
}

// ReadAt implements [io.ReaderAt].
func (r *blockReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read %q: the offset %d is negative", r.info.Key, off)
	}
	n := 0
	end := min(off+int64(len(p)), r.info.Size)
	for at := off; at < end; at = off + int64(n) {
		b, err := r.block(at/blockBytes, (end-1)/blockBytes)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], b.data[at%blockBytes:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// block returns block i, fetching it if need be, and in the same request those up to last that are missing too.
func (r *blockReader) block(i, last int64) (*block, error) {
	r.mu.Lock()
	r.clock++
	b, ok := r.blocks[i]
	if !ok {
		run := r.reserve(i, last)
		b = run[0]
		go r.fetch(i, run)
	}
	b.used = r.clock
	r.mu.Unlock()
	select {
	case <-b.done:
	case <-r.ctx.Done():
		return nil, fmt.Errorf("read %q: %w", r.info.Key, r.ctx.Err())
	}
	return b, b.err
}

// reserve enters the missing blocks from i to last, and some ahead if the block before i was read: then reading goes
// forward. It makes room for them first. The caller holds the lock.
func (r *blockReader) reserve(i, last int64) []*block {
	if _, forward := r.blocks[i-1]; forward {
		last = max(last, i+maxAhead-1)
	}
	last = min(last, i+maxAhead-1, (r.info.Size-1)/blockBytes)
	var run []*block
	for ; i <= last && r.blocks[i] == nil; i++ {
		r.makeRoom()
		b := &block{done: make(chan struct{}), used: r.clock}
		r.blocks[i] = b
		run = append(run, b)
	}
	return run
}

// makeRoom forgets the block that was unused for longest if there are too many. Whoever waits for it still gets it.
func (r *blockReader) makeRoom() {
	if len(r.blocks) < maxBlocks {
		return
	}
	oldest := int64(-1)
	for i, b := range r.blocks {
		if oldest < 0 || b.used < r.blocks[oldest].used || (b.used == r.blocks[oldest].used && i < oldest) {
			oldest = i
		}
	}
	delete(r.blocks, oldest)
}

// fetch fills the run of blocks that starts with number i by one request. A failed block is forgotten, so that the next
// read tries anew.
func (r *blockReader) fetch(i int64, run []*block) {
	rest := run
	err := r.get(i, run, func(b *block) {
		close(b.done)
		rest = rest[1:]
	})
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first := i + int64(len(run)-len(rest))
	for k, b := range rest {
		if r.blocks[first+int64(k)] == b {
			delete(r.blocks, first+int64(k))
		}
		b.err = err
		close(b.done)
	}
}

// get reads the run of blocks that starts with number i and calls ready with each as it is filled.
func (r *blockReader) get(i int64, run []*block, ready func(*block)) error {
	off := i * blockBytes
	length := min(int64(len(run))*blockBytes, r.info.Size-off)
	o, err := r.store.Get(r.ctx, r.info.Key, off, length)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Version != r.info.Version {
		return fmt.Errorf("read %q at %d: %w", r.info.Key, off, ErrStale)
	}
	for _, b := range run {
		b.data = make([]byte, min(blockBytes, length))
		if _, err := io.ReadFull(o, b.data); err != nil {
			return fmt.Errorf("read %q at %d: %w", r.info.Key, off, err)
		}
		off += int64(len(b.data))
		length -= int64(len(b.data))
		ready(b)
	}
	return nil
}
