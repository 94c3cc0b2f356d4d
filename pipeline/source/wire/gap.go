package wire

import "encoding/binary"

// Gap is a text to compare with: its first 32 bytes as words under masks, and the others.
type Gap struct {
	words, masks [4]uint64
	Size         int
	Rest         string
}

// NewGap returns a text to compare with.
func NewGap(text []byte) Gap {
	g := Gap{Size: len(text)}
	for i := range min(len(text), 32) {
		g.words[i/8] |= uint64(text[i]) << (i % 8 * 8)
		g.masks[i/8] |= 0xff << (i % 8 * 8)
	}
	if len(text) > 32 {
		g.Rest = string(text[32:])
	}
	return g
}

// Begins reports whether what stands at i in b begins as the gap does, and is it if there is no rest.
func (g *Gap) Begins(b []byte, i int) bool {
	v := (*[32]byte)(b[i : i+32])
	return (binary.LittleEndian.Uint64(v[:8])^g.words[0])&g.masks[0]|(binary.LittleEndian.Uint64(v[8:16])^g.words[1])&g.masks[1]|
		(binary.LittleEndian.Uint64(v[16:24])^g.words[2])&g.masks[2]|(binary.LittleEndian.Uint64(v[24:])^g.words[3])&g.masks[3] == 0
}

// Ends reports whether what stands at i in b has the rest of the gap, too.
func (g *Gap) Ends(b []byte, i int) bool {
	return g.Size <= len(b)-i && string(b[i+32:i+g.Size]) == g.Rest
}
