package parquet

import (
	"encoding/binary"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/parquet-go/parquet-go/format"
)

// direct decodes a page without nulls from its bytes into v, of which it takes all rows at once: no index and no values
// are written down in between. It reports false where that does not go, and then has changed nothing.
func (c *columnScanner) direct(v *dataset.Vector, encoding format.Encoding, data []byte) (done bool, err error) {
	if !c.indexed {
		plainInts := c.kind == schemas.Time && c.leaf.meaning == meansMicros || c.kind == schemas.Integer && c.leaf.meaning == meansInteger
		switch {
		case encoding == format.DeltaBinaryPacked && plainInts && c.leaf.physical == format.Int64:
			v.Ints, _, err = packed.ReadDeltas(v.Ints, data, c.rows)
			return err == nil, err
		case encoding != format.Plain:
		case c.kind == schemas.Decimal && c.leaf.isOurDecimal():
			return c.directDecimals(v, data)
		case plainInts:
			return c.directIntegers(v, data)
		}
		return false, nil
	}
	if c.kind == schemas.Text {
		return false, nil
	}
	if err := c.meaning(v.Dict); err != nil {
		return false, err
	}
	if len(c.meant.bad) > 0 {
		return false, nil
	}
	width, data := int(data[0]), data[1:]
	switch c.kind {
	case schemas.Label:
		if v.Dict.Size() > batchTextBytes {
			return false, errText
		}
		v.Codes, err = appendIndexed(v.Codes, data, width, c.rows, c.meant.codes)
	case schemas.Decimal:
		v.Decs, err = appendIndexed(v.Decs, data, width, c.rows, c.meant.decs)
	case schemas.Time, schemas.Integer:
		v.Ints, err = appendIndexed(v.Ints, data, width, c.rows, c.meant.ints)
	case schemas.Text:
	}
	return err == nil, err
}

// isOurDecimal reports whether a column holds decimals as our own files do.
func (l *leaf) isOurDecimal() bool {
	return l.physical == format.FixedLenByteArray && l.size == fixedBytes && l.meaning == meansDecimal && l.scale == money.Scale
}

// directDecimals takes a page of 16 bytes a number, unless one of them is beyond 38 digits.
func (c *columnScanner) directDecimals(v *dataset.Vector, data []byte) (done bool, err error) {
	if len(data) != fixedBytes*c.rows {
		return false, nil // it is padded, or damaged
	}
	at := len(v.Decs)
	v.Decs = dataset.Grow(v.Decs, c.rows)
	out := v.Decs[at:]
	// Numbers of far fewer digits, which are nearly all, are within range by their upper halves alone.
	high := int64(0)
	for i := range out {
		b := data[:fixedBytes:fixedBytes]
		data = data[fixedBytes:]
		hi := int64(binary.BigEndian.Uint64(b))
		high |= hi ^ hi>>63
		out[i] = money.Fixed{Hi: hi, Lo: binary.BigEndian.Uint64(b[8:])}
	}
	const within = 1 << 62 // times 2^64 is less than 10^38
	if high < within {
		return true, nil
	}
	for _, d := range out {
		if _, err := money.FixedFromBigEndian(d.BigEndian()); err != nil {
			v.Decs = v.Decs[:at]
			return false, nil
		}
	}
	return true, nil
}

// directIntegers takes a page of 8 bytes a number.
func (c *columnScanner) directIntegers(v *dataset.Vector, data []byte) (done bool, err error) {
	if c.leaf.physical != format.Int64 {
		return false, nil
	}
	if len(data) < 8*c.rows {
		return false, errValues
	}
	at := len(v.Ints)
	v.Ints = dataset.Grow(v.Ints, c.rows)
	for i := range v.Ints[at:] {
		v.Ints[at+i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return true, nil
}

// appendIndexed appends n entries of table, whose indices b holds as runs and bit-packed groups of the given width.
func appendIndexed[T uint32 | int64 | money.Fixed](out []T, b []byte, width, n int, table []T) ([]T, error) {
	if width > 32 {
		return out, packed.ErrHybrid
	}
	at := len(out)
	out = dataset.Grow(out, n)
	for dst := out[at:]; len(dst) > 0; {
		head, k := binary.Uvarint(b)
		if k <= 0 {
			return out[:at], packed.ErrHybrid
		}
		b = b[k:]
		if head&1 == 0 {
			size := (width + 7) / 8
			if len(b) < size {
				return out[:at], packed.ErrHybrid
			}
			x := uint32(0)
			for i := range size {
				x |= uint32(b[i]) << (8 * i)
			}
			b = b[size:]
			if int64(x) >= int64(len(table)) {
				return out[:at], errEntry
			}
			run := dst[:min(head>>1, uint64(len(dst)))]
			value := table[x]
			for i := range run {
				run[i] = value
			}
			dst = dst[len(run):]
			continue
		}
		groups := head >> 1
		count := len(dst)
		if groups < uint64(len(dst)+7)/8 {
			count = int(groups) * 8
		}
		if need := (count*width + 7) / 8; len(b) < need {
			return out[:at], packed.ErrHybrid
		}
		if !unpackIndexed(dst[:count], b, uint(width), table) {
			return out[:at], errEntry
		}
		dst = dst[count:]
		b = b[min(uint64(len(b)), groups*uint64(width)):]
	}
	return out, nil
}

// unpackIndexed reads entries of table by indices of width bits; b holds all their bits. It reports false if there is an
// index beyond the table.
func unpackIndexed[T uint32 | int64 | money.Fixed](dst []T, b []byte, width uint, table []T) bool {
	mask := uint64(1)<<width - 1
	at, i := uint(0), 0
	if width <= 8 { // eight indices are in a word
		for ; i+8 <= len(dst) && int(at>>3)+8 <= len(b); i += 8 {
			word := binary.LittleEndian.Uint64(b[at>>3:])
			eight := dst[i : i+8 : i+8]
			for k := range eight {
				x := word & mask
				word >>= width
				if x >= uint64(len(table)) {
					return false
				}
				eight[k] = table[x]
			}
			at += 8 * width
		}
	}
	for ; i < len(dst); i++ {
		var word uint64
		if first := int(at >> 3); first+8 <= len(b) {
			word = binary.LittleEndian.Uint64(b[first:])
		} else {
			for k, c := range b[min(first, len(b)):] {
				word |= uint64(c) << (8 * k)
			}
		}
		x := word >> (at & 7) & mask
		if x >= uint64(len(table)) {
			return false
		}
		dst[i] = table[x]
		at += width
	}
	return true
}

// skip passes over n rows. Whole pages are not even decompressed.
func (c *columnScanner) skip(n int, dict *dataset.Dictionary) error {
	for n > 0 && !c.null {
		if c.rows > 0 {
			k := min(n, c.rows)
			c.drop(k)
			n -= k
			continue
		}
		passed, err := c.pages.pass(min(n, c.unread))
		if err != nil {
			return err
		}
		if passed == 0 {
			if _, err := c.nextPage(dict, nil, 0); err != nil {
				return err
			}
		}
		c.unread -= passed
		n -= passed
	}
	return nil
}

// drop leaves out n of the rows that are left of the page.
func (c *columnScanner) drop(n int) {
	c.rows -= n
	switch {
	case c.allNull:
	case c.mixed:
		c.used += c.present.Values(n)
		c.present.Take(n)
	default:
		c.used += n
	}
}
