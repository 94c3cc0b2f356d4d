// Package tally holds what partial sums are made of: totals by currency, sums that fail where they overflow, and the bytes
// in which tasks exchange them. It knows nothing of what is summed.
//
// Start with Pack, and with Exchange.
package tally

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Pack holds rows of sums as bytes, in which a text stands once and a number without bytes that only repeat its sign. What
// exchanges values with it both writes and reads them, so that the fields of a kind of row are listed once.
type Pack struct {
	bytes []byte // written so far, or still to be read
	reads bool
	codes map[string]int64 // of texts that were written, from 1
	texts []string         // that were read, by code
	err   error
}

var errUnpack = errors.New("they are not as they were written")

// Write returns a pack to write to.
func Write() *Pack { return &Pack{codes: map[string]int64{}} }

// Read returns a pack that holds what was written, to read from.
func Read(data []byte) *Pack { return &Pack{bytes: data, reads: true} }

// Reads says that values are read from the pack, not written to it.
func (p *Pack) Reads() bool { return p.reads }

// Bytes returns what was written.
func (p *Pack) Bytes() []byte { return p.bytes }

// End returns the first error of reading, or one for bytes that nobody read.
func (p *Pack) End() error {
	if len(p.bytes) > 0 {
		p.fail(errUnpack)
	}
	return p.err
}

// Exchange writes rows, or reads them and adds each.
func Exchange[R any](p *Pack, rows []R, fields func(*R, *Pack), add func(*R) error) {
	n := int64(len(rows))
	p.Count(&n)
	row := new(R)
	for i := int64(0); i < n && p.err == nil; i++ {
		if !p.reads {
			fields(&rows[i], p)
		} else if fields(row, p); p.err == nil {
			p.fail(add(row))
		}
	}
}

// fail keeps the first error, and ends reading.
func (p *Pack) fail(err error) {
	if err != nil && p.err == nil {
		p.err, p.bytes = err, nil
	}
}

// take returns the next n bytes to be read. Where there are fewer it returns nil, and the pack fails.
func (p *Pack) take(n uint64) []byte {
	if n > uint64(len(p.bytes)) {
		p.fail(errUnpack)
		return nil
	}
	out := p.bytes[:n]
	p.bytes = p.bytes[n:]
	return out
}

// Count exchanges a whole number.
func (p *Pack) Count(n *int64) {
	if !p.reads {
		p.bytes = binary.AppendVarint(p.bytes, *n)
		return
	}
	v, size := binary.Varint(p.bytes)
	if size <= 0 {
		p.fail(errUnpack)
		size = 0
	}
	*n = v
	p.take(uint64(size))
}

// Text exchanges a text: its code, or 0 and the text itself where it comes first.
func Text[T ~string](p *Pack, s *T) {
	code := p.codes[string(*s)]
	p.Count(&code)
	switch {
	case !p.reads && code == 0:
		n := int64(len(*s))
		p.Count(&n)
		p.bytes = append(p.bytes, *s...)
		p.codes[string(*s)] = int64(len(p.codes) + 1)
	case !p.reads:
	case code == 0:
		var n int64
		p.Count(&n)
		*s = T(p.take(uint64(n)))
		p.texts = append(p.texts, string(*s))
	case code > 0 && code <= int64(len(p.texts)):
		*s = T(p.texts[code-1])
	default:
		p.fail(errUnpack)
	}
}

// Length exchanges the length of a list whose elements take a byte at least each, and returns it; 0 of bytes that cannot
// hold as many.
func (p *Pack) Length(n int) int {
	length := int64(n)
	p.Count(&length)
	if p.reads && (length < 0 || length > int64(len(p.bytes))) {
		p.fail(errUnpack)
		return 0
	}
	return int(length)
}

// Bool exchanges yes or no.
func (p *Pack) Bool(b *bool) {
	n := int64(0)
	if *b {
		n = 1
	}
	if p.Count(&n); n != 0 && n != 1 {
		p.fail(errUnpack)
	}
	*b = n == 1
}

// Day exchanges a day.
func (p *Pack) Day(d *schemas.Date) {
	n := int64(d.Sub(schemas.Date{}))
	p.Count(&n)
	if p.reads {
		*d = schemas.NewDate(1, time.January, int(n))
	}
}

// Number exchanges a number: how many bytes of a number count, and those, the first of which has its sign.
func (p *Pack) Number(f *money.Fixed) {
	if !p.reads {
		b := f.BigEndian()
		from := len(b) - significant(*f)
		p.bytes = append(append(p.bytes, byte(len(b)-from)), b[from:]...)
		return
	}
	var b [16]byte
	size := 0
	if head := p.take(1); head != nil {
		size = int(head[0])
	}
	if size > len(b) {
		p.fail(errUnpack)
		return
	}
	body := p.take(uint64(size))
	if len(body) > 0 && body[0] >= 0x80 {
		b = money.Fixed{Hi: -1, Lo: math.MaxUint64}.BigEndian()
	}
	copy(b[len(b)-size:], body)
	var err error
	*f, err = money.FixedFromBigEndian(b)
	p.fail(err)
}

// significant is how many bytes of a number do not only repeat its sign; none of 0.
func significant(f money.Fixed) int {
	sign := uint64(f.Hi >> 63)
	switch hi, lo := uint64(f.Hi)^sign, f.Lo^sign; {
	case f.IsZero():
		return 0
	case hi != 0:
		return 9 + bits.Len64(hi)/8
	default:
		return 1 + bits.Len64(lo)/8
	}
}

// Numbers exchanges numbers one after the other.
func (p *Pack) Numbers(all ...*money.Fixed) {
	for _, f := range all {
		p.Number(f)
	}
}
