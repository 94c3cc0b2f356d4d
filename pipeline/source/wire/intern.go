package wire

import (
	"encoding/binary"
	"math/bits"
)

// Interner remembers the distinct texts of a label column, and a number for each. Texts of up to 16 bytes are compared as
// two words and a length; longer ones by a hash, and then by their bytes.
type Interner struct {
	// Entries is an open-addressing table; its length is a power of two.
	Entries []Entry
	// Count is how many there are, and Arena holds the long texts.
	Count int
	Arena []byte
}

// Entry is a text: two words and a length for a short one, else a hash and its place in the arena. A free one has no
// length; no text is empty.
type Entry struct {
	X, Y  uint64
	Size  uint32
	Value uint32
}

// Len is how many texts there are.
func (n *Interner) Len() int { return n.Count }

// Size is how many bytes the long ones have.
func (n *Interner) Size() int { return len(n.Arena) }

// Reset forgets all texts.
func (n *Interner) Reset() { *n = Interner{} }

// Odd constants with well-spread bits.
const (
	mixA = 0x9e3779b97f4a7c15
	mixB = 0xbf58476d1ce4e5b9
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Slot returns where in the table a text is looked for first, before the mask. Y is 0 for a long one.
func Slot(x, y uint64, size uint32) uint64 { return fold(x^mixA^uint64(size), y^mixB) }

// Short returns all of the text at start of up to 16 bytes. Sixteen bytes beyond start can be read; shifts by 64 bits and
// more leave nothing.
func Short(text []byte, start, size uint32) (x, y uint64) {
	b := (*[16]byte)(text[start : start+16])
	x = binary.LittleEndian.Uint64(b[:8]) & (1<<(8*size) - 1)
	y = binary.LittleEndian.Uint64(b[8:]) & (^uint64(0) >> (128 - 8*size))
	return x, y
}

// long returns a hash of text[start:end], of more than 16 bytes.
func long(text []byte, start, end uint32) uint64 {
	x := uint64(end - start)
	for ; start+16 < end; start += 16 {
		x = fold(binary.LittleEndian.Uint64(text[start:])^x^mixA, binary.LittleEndian.Uint64(text[start+8:])^mixB)
	}
	return fold(binary.LittleEndian.Uint64(text[end-16:])^x^mixA, binary.LittleEndian.Uint64(text[end-8:])^mixB)
}

// Find returns the entry of text[start:end], or the free entry where it belongs. The entry may be kept until the next
// call.
func (n *Interner) Find(text []byte, start, end uint32) *Entry {
	size := end - start
	if size > 16 {
		return n.FindLong(text, start, end)
	}
	x, y := Short(text, start, size)
	Entries := n.Entries
	mask := uint64(len(Entries) - 1)
	for i := Slot(x, y, size); ; i++ {
		e := &Entries[i&mask]
		if e.X == x && e.Y == y && e.Size == size || e.Size == 0 {
			return e
		}
	}
}

// FindLong is Find for a text of more than 16 bytes.
func (n *Interner) FindLong(text []byte, start, end uint32) *Entry {
	x, size := long(text, start, end), end-start
	mask := uint64(len(n.Entries) - 1)
	for i := Slot(x, 0, size); ; i++ {
		e := &n.Entries[i&mask]
		if e.Size == 0 || e.X == x && e.Size == size && string(n.Arena[e.Y:e.Y+uint64(size)]) == string(text[start:end]) {
			return e
		}
	}
}

// Add makes a free entry that Find returned the text's own.
func (n *Interner) Add(e *Entry, text []byte, start, end uint32, value uint32) {
	e.Size, e.Value = end-start, value
	if e.Size > 16 {
		e.X, e.Y = long(text, start, end), uint64(len(n.Arena))
		n.Arena = append(n.Arena, text[start:end]...)
	} else {
		e.X, e.Y = Short(text, start, e.Size)
	}
	n.Count++
	if 2*n.Count > len(n.Entries) {
		n.grow()
	}
}

func (n *Interner) grow() {
	old := n.Entries
	n.Entries = make([]Entry, 2*len(old))
	mask := uint64(len(n.Entries) - 1)
	for _, e := range old {
		if e.Size == 0 {
			continue
		}
		y := e.Y
		if e.Size > 16 {
			y = 0
		}
		i := Slot(e.X, y, e.Size)
		for n.Entries[i&mask].Size != 0 {
			i++
		}
		n.Entries[i&mask] = e
	}
}
