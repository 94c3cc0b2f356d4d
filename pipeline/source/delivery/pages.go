package delivery

import (
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"daybook/pipeline/store"

	"lukechampine.com/blake3/guts"
)

// Pages is an object that is read at any offset, and whose bytes are always those of the digest that it was pinned by. Before
// the first read it reads the object from end to end and keeps a sum of each group of bytes, 2 MB for a gigabyte; whatever is
// read after that is held against these, read again where it differs, and is an error wrapping [store.ErrStale] where it still
// does. It may be used from many goroutines if the reader may.
type Pages struct {
	in     io.ReaderAt
	key    string
	size   int64
	pinned string

	once sync.Once
	err  error
	// sums are those of the groups, as they enter the digest.
	sums    [][8]uint32
	buffers sync.Pool
}

// NewPages reads the object with the key, of the given size, as it was pinned.
func NewPages(in io.ReaderAt, size int64, key, pinned string) *Pages {
	return &Pages{in: in, key: key, size: size, pinned: pinned, buffers: sync.Pool{New: func() any { return new([]byte) }}}
}

// Pinned reports whether anything was read: then it was of the digest.
func (p *Pages) Pinned() bool { return p.sums != nil && p.err == nil }

// begin reads the object from end to end.
func (p *Pages) begin() {
	p.sums = make([][8]uint32, 0, p.size/digestGroup+1)
	d := &digest{each: func(sum [8]uint32) { p.sums = append(p.sums, sum) }}
	if _, err := io.CopyBuffer(d, struct{ io.Reader }{io.NewSectionReader(p.in, 0, p.size)}, make([]byte, pinBuffer)); err != nil {
		p.err = fmt.Errorf("read %s: %w", p.key, err)
		return
	}
	p.sums = append(p.sums, sumOf(d.held[:d.n], d.groups))
	if is := hex.EncodeToString(d.Sum(nil)); is != p.pinned {
		p.err = fmt.Errorf("read %s: its digest is %.12s…, and %.12s… was pinned: %w", p.key, is, p.pinned, store.ErrStale)
	}
}

// ReadAt implements [io.ReaderAt].
func (p *Pages) ReadAt(b []byte, off int64) (int, error) {
	if p.once.Do(p.begin); p.err != nil {
		return 0, p.err
	}
	if off < 0 || off >= p.size {
		return p.in.ReadAt(b, off)
	}
	from := off / digestGroup * digestGroup
	to := min((off+int64(len(b))+digestGroup-1)/digestGroup*digestGroup, p.size)
	held := p.buffers.Get().(*[]byte)
	defer p.buffers.Put(held)
	if int64(cap(*held)) < to-from {
		*held = make([]byte, to-from)
	}
	whole := (*held)[:to-from]
	for again := false; ; again = true {
		if n, err := p.in.ReadAt(whole, from); n < len(whole) {
			return 0, fmt.Errorf("read %s: %w", p.key, err)
		}
		if p.sound(whole, uint64(from/digestGroup)) {
			break
		}
		if again {
			return 0, fmt.Errorf("read %s: between bytes %d and %d it is not what was pinned: %w", p.key, from, to, store.ErrStale)
		}
	}
	n := copy(b, whole[off-from:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// sound reports whether bytes from the start of a group on are those that the digest was made of.
func (p *Pages) sound(b []byte, group uint64) bool {
	for ; len(b) > 0; group++ {
		n := min(len(b), digestGroup)
		if sumOf(b[:n], group) != p.sums[group] {
			return false
		}
		b = b[n:]
	}
	return true
}

// sumOf is the sum of a group: what it is in the tree of the digest where it is not the last.
func sumOf(b []byte, group uint64) [8]uint32 {
	if len(b) == digestGroup {
		return guts.ChainingValue(guts.CompressBuffer((*[digestGroup]byte)(b), digestGroup, &guts.IV, group*guts.MaxSIMD, 0))
	}
	var last [digestGroup]byte
	return guts.ChainingValue(guts.CompressBuffer(&last, copy(last[:], b), &guts.IV, group*guts.MaxSIMD, 0))
}
