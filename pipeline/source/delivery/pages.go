package delivery

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"daybook/pipeline/store"

	"github.com/zeebo/blake3"
)

// pageGroup is how many bytes of an object have a sum of their own: what is read between is read with all of its group.
const pageGroup = 16 << 10

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
	// sums are those of the groups.
	sums    [][32]byte
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
	p.sums = make([][32]byte, 0, p.size/pageGroup+1)
	digest, all, buffer := NewDigest(), io.NewSectionReader(p.in, 0, p.size), make([]byte, pinBuffer)
	for {
		n, err := io.ReadFull(all, buffer)
		_, _ = digest.Write(buffer[:n]) // it has no errors
		for rest := buffer[:n]; len(rest) > 0; rest = rest[min(len(rest), pageGroup):] {
			p.sums = append(p.sums, blake3.Sum256(rest[:min(len(rest), pageGroup)]))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			p.err = fmt.Errorf("read %s: %w", p.key, err)
			return
		}
	}
	if is := hex.EncodeToString(digest.Sum(nil)); is != p.pinned {
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
	from := off / pageGroup * pageGroup
	to := min((off+int64(len(b))+pageGroup-1)/pageGroup*pageGroup, p.size)
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
		if p.sound(whole, from/pageGroup) {
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

// sound reports whether bytes from the start of a group on are those that were pinned.
func (p *Pages) sound(b []byte, group int64) bool {
	for ; len(b) > 0; group++ {
		n := min(len(b), pageGroup)
		if blake3.Sum256(b[:n]) != p.sums[group] {
			return false
		}
		b = b[n:]
	}
	return true
}
