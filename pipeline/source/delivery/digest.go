package delivery

import (
	"hash"
	"math/bits"

	"lukechampine.com/blake3/guts"
)

// NewDigest returns the hash that objects of a landing place are pinned by: BLAKE3 of 256 bits, in hex. Every delivered
// byte goes through it, and SHA-256 was the largest part of the cost of reading plain JSON lines. Digests that others
// promise in manifests are SHA-256, and are checked as such.
func NewDigest() hash.Hash { return &digest{} }

// digestGroup is how many bytes are compressed at once: a subtree of sixteen chunks.
const digestGroup = guts.MaxSIMD * guts.ChunkSize

// digest is BLAKE3 over the library's compression of chunks. The library's own hash starts goroutines for the subtrees of
// each write, and falls out of step with the groups of its vectors after the first: beside other work on all processors that
// costs twice as much again as the compression.
type digest struct {
	// subtrees[i] is a finished subtree of 1<<i groups where groups has that bit.
	subtrees [64][8]uint32
	groups   uint64
	// held is what is not compressed yet: the last group is another node if it is the root.
	held [digestGroup]byte
	n    int
	// each, where it is not nil, is told the sum of each group but the last.
	each func(sum [8]uint32)
}

// Write implements [hash.Hash].
func (d *digest) Write(p []byte) (int, error) {
	size := len(p)
	if d.n > 0 {
		n := copy(d.held[d.n:], p)
		d.n += n
		p = p[n:]
		if len(p) == 0 {
			return size, nil
		}
		d.add(&d.held)
	}
	for len(p) > digestGroup {
		d.add((*[digestGroup]byte)(p))
		p = p[digestGroup:]
	}
	d.n = copy(d.held[:], p)
	return size, nil
}

// add adds a group that is not the last, and joins what it completes.
func (d *digest) add(group *[digestGroup]byte) {
	node := guts.CompressBuffer(group, digestGroup, &guts.IV, d.groups*guts.MaxSIMD, 0)
	if d.each != nil {
		d.each(guts.ChainingValue(node))
	}
	i := 0
	for ; d.groups>>i&1 == 1; i++ {
		node = guts.ParentNode(d.subtrees[i], guts.ChainingValue(node), &guts.IV, 0)
	}
	d.subtrees[i] = guts.ChainingValue(node)
	d.groups++
}

// Sum implements [hash.Hash].
func (d *digest) Sum(b []byte) []byte {
	node := guts.CompressBuffer(&d.held, d.n, &guts.IV, d.groups*guts.MaxSIMD, 0)
	for i := range bits.Len64(d.groups) {
		if d.groups>>i&1 == 1 {
			node = guts.ParentNode(d.subtrees[i], guts.ChainingValue(node), &guts.IV, 0)
		}
	}
	node.Flags |= guts.FlagRoot
	out := guts.WordsToBytes(guts.CompressNode(node))
	return append(b, out[:d.Size()]...)
}

// Reset implements [hash.Hash].
func (d *digest) Reset() { d.groups, d.n = 0, 0 }

// Size implements [hash.Hash].
func (*digest) Size() int { return 32 }

// BlockSize implements [hash.Hash].
func (*digest) BlockSize() int { return guts.BlockSize }
