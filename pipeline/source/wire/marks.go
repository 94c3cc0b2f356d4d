package wire

import "encoding/binary"

// What is special in a text is looked for 64 bytes at a time, with a bit for each byte, before anything else looks at it. The
// functions here do so on any machine, eight bytes in a word; where there is a routine in assembly it does the same three to
// five times as fast, and tests hold it against these.

// Each byte of a word, and the masks of its upper bit and of the others.
const (
	Each  = 0x0101010101010101
	Upper = 0x80 * Each
	lower = 0x7f * Each
)

// Gather turns the upper bits of a word's bytes into the upper byte of the product, in order.
const Gather = 0x0002040810204081

// fieldMarks has one bit for each of 64 bytes that is a comma or a line feed, a line feed, or a quote.
type fieldMarks struct {
	delims, feeds, quotes uint64
}

// fieldMarksOf marks what CSV is split by in text, which has 64 bytes for each of marks. It returns something other than 0 if
// a byte is not ASCII. Line feeds and quotes are rare, so their places are looked for only where there may be any.
func fieldMarksOf(marks []fieldMarks, text []byte) (high uint64) {
	for k := range marks {
		b := (*[64]byte)(text[64*k : 64*k+64])
		noFeed, noQuote, delims := ^uint64(0), ^uint64(0), uint64(0)
		for i := 0; i < 64; i += 16 {
			v, w := binary.LittleEndian.Uint64(b[i:i+8]), binary.LittleEndian.Uint64(b[i+8:i+16])
			high |= (v | w) & Upper
			low := v & lower
			feed := (low ^ '\n'*Each) + lower
			noFeed &= feed
			noQuote &= (low ^ '"'*Each) + lower
			first := ^(((low^','*Each)+lower)&feed | v) & Upper
			low = w & lower
			feed = (low ^ '\n'*Each) + lower
			noFeed &= feed
			noQuote &= (low ^ '"'*Each) + lower
			second := ^(((low^','*Each)+lower)&feed | w) & Upper
			delims |= (first*Gather>>56 | second*Gather>>56<<8) << i
		}
		marks[k] = fieldMarks{delims: delims}
		if noFeed&Upper != Upper {
			marks[k].feeds = find(b, '\n')
		}
		if noQuote&Upper != Upper {
			marks[k].quotes = find(b, '"')
		}
	}
	return high
}

// find returns one bit for each byte of b that is c.
func find(b *[64]byte, c byte) (places uint64) {
	for i := 0; i < 64; i += 8 {
		places |= isByte(binary.LittleEndian.Uint64(b[i:i+8]), c) * Gather >> 56 << i
	}
	return places
}

// stopMarks marks the bytes of text that end the plain part of a JSON string: quotes, backslashes and control characters.
// Text has 64 bytes for each of marks. It returns something other than 0 if a byte is not ASCII.
func stopMarks(marks []uint64, text []byte) (high uint64) {
	for k := range marks {
		b := (*[64]byte)(text[64*k : 64*k+64])
		marks[k] = 0
		for i := 0; i < 64; i += 8 {
			w := binary.LittleEndian.Uint64(b[i : i+8])
			high |= w & Upper
			control := ^((w&lower + 0x60*Each) | w) & Upper
			marks[k] |= (control | isByte(w, '"') | isByte(w, '\\')) * Gather >> 56 << i
		}
	}
	return high
}

// isByte sets the upper bit of each byte of w that is c, which is ASCII. Adding 7f to the difference of the lower bits
// sets the upper one unless they are equal, and carries nowhere.
func isByte(w uint64, c byte) uint64 {
	return ^((w&lower ^ uint64(c)*Each) + lower | w) & Upper
}
