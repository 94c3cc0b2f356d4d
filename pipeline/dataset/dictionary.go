package dataset

import (
	"encoding/binary"
	"math/bits"
)

// Dictionary gives each distinct text a code, counted from 0 in order of first appearance, so that the codes of a file
// depend on the file alone. It only grows. It is not safe for concurrent use.
type Dictionary struct {
	bytes []byte
	ends  []uint32
	// slots is an open-addressing table: the upper half of the hash above, code+1 below; 0 is free.
	slots []uint64
	// scratch is for strings on their way in, and last the last of them with its code: neighbours are often equal.
	scratch  []byte
	last     string
	lastCode uint32
	// texts are the values that were asked for as strings, by code.
	texts []string
}

// MaxText is the most bytes of text that a dictionary or the Text column of a batch may hold: places in it have 32 bits.
const MaxText = 1<<32 - 1

// NewDictionary returns an empty dictionary.
func NewDictionary() *Dictionary {
	return &Dictionary{slots: make([]uint64, 256)}
}

// Len returns the number of entries.
func (d *Dictionary) Len() int { return len(d.ends) }

// Size returns the bytes of all entries.
func (d *Dictionary) Size() int { return len(d.bytes) }

// Value returns the text of a code. The bytes are valid until the next Code call and must not be changed.
func (d *Dictionary) Value(code uint32) []byte {
	var from uint32
	if code > 0 {
		from = d.ends[code-1]
	}
	return d.bytes[from:d.ends[code]:d.ends[code]]
}

// Text returns Value as a string, which is made once however many rows have it.
func (d *Dictionary) Text(code uint32) string {
	if missing := int(code) + 1 - len(d.texts); missing > 0 {
		d.texts = append(d.texts, make([]string, missing)...)
	}
	if d.texts[code] == "" {
		d.texts[code] = string(d.Value(code))
	}
	return d.texts[code]
}

// Code returns the code of text, adding it if it is new. It copies text. Whoever adds texts from outside keeps Size below
// MaxText.
func (d *Dictionary) Code(text []byte) uint32 {
	h := Hash(text)
	mask := uint64(len(d.slots) - 1)
	tag := h >> 32 << 32
	i := h & mask
	for ; d.slots[i] != 0; i = (i + 1) & mask {
		if s := d.slots[i]; s>>32<<32 == tag {
			if c := uint32(s) - 1; string(d.Value(c)) == string(text) {
				return c
			}
		}
	}
	c := uint32(len(d.ends))
	d.bytes = append(d.bytes, text...)
	d.ends = append(d.ends, uint32(len(d.bytes)))
	d.slots[i] = tag | uint64(c+1)
	if len(d.ends)*2 > len(d.slots) {
		d.grow()
	}
	return c
}

// Reset empties d and keeps its memory. Batches with codes of d must not be used any more.
func (d *Dictionary) Reset() {
	d.bytes, d.ends, d.last = d.bytes[:0], d.ends[:0], ""
	clear(d.slots)
	clear(d.texts)
}

// Find returns the code of text without adding it.
func (d *Dictionary) Find(text []byte) (uint32, bool) {
	h := Hash(text)
	mask := uint64(len(d.slots) - 1)
	tag := h >> 32 << 32
	for i := h & mask; d.slots[i] != 0; i = (i + 1) & mask {
		if s := d.slots[i]; s>>32<<32 == tag {
			if c := uint32(s) - 1; string(d.Value(c)) == string(text) {
				return c, true
			}
		}
	}
	return 0, false
}

// CodeOf is Code for a string.
func (d *Dictionary) CodeOf(text string) uint32 {
	if text == d.last && text != "" {
		return d.lastCode
	}
	d.scratch = append(d.scratch[:0], text...)
	d.last, d.lastCode = text, d.Code(d.scratch)
	return d.lastCode
}

func (d *Dictionary) grow() {
	slots := make([]uint64, 2*len(d.slots))
	mask := uint64(len(slots) - 1)
	for c := range d.ends {
		h := Hash(d.Value(uint32(c)))
		i := h & mask
		for slots[i] != 0 {
			i = (i + 1) & mask
		}
		slots[i] = h>>32<<32 | uint64(c+1)
	}
	d.slots = slots
}

// MixA, MixB and MixC are odd constants with well-spread bits, for Fold.
const (
	MixA = 0x9e3779b97f4a7c15
	MixB = 0xbf58476d1ce4e5b9
	MixC = 0x94d049bb133111eb
)

// Fold mixes two words into one: the halves of their product, one upon the other.
func Fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Hash is fast on the short texts that columns hold. It is the same on every machine and in every run, because shard
// numbers and file bytes depend on it; a flood of colliding texts costs time, never correctness.
func Hash(b []byte) uint64 {
	h := uint64(len(b)) * MixC
	for len(b) > 16 {
		h = Fold(binary.LittleEndian.Uint64(b)^MixA^h, binary.LittleEndian.Uint64(b[8:])^MixB)
		b = b[16:]
	}
	var x, y uint64
	switch n := len(b); {
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])
	}
	return Fold(Fold(x^MixA^h, y^MixB), MixC)
}
