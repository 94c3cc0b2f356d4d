package shuffle

import (
	"bytes"
	"math/bits"
	"sort"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// nameTable finds the first row of each name by open addressing. A slot holds the upper half of the name's hash and
// row + 1; equality is always decided by the rows themselves.
type nameTable struct {
	slots []uint64
	// fetched is what fetch has read, and says nothing.
	fetched uint64
}

func (t *nameTable) reset(rows int) {
	size := 1 << bits.Len(uint(2*rows))
	if cap(t.slots) < size {
		t.slots = make([]uint64, size)
		return
	}
	t.slots = t.slots[:size]
	clear(t.slots)
}

// fetch reads the slots at which names with these hashes are looked for. Each lies anywhere, and what is read here one after the
// other arrives at the same time.
func (t *nameTable) fetch(hashes []uint64) {
	slots, mask, all := t.slots, uint64(len(t.slots)-1), uint64(0)
	for _, h := range hashes {
		all ^= slots[h&mask]
	}
	t.fetched = all
}

// dropDuplicates fills j.keep with the rows of j.rows that are nobody's duplicate, and counts the others.
func (j *job) dropDuplicates() error {
	b := j.rows
	j.keep = dataset.Grow(j.keep[:0], b.Rows)[:0]
	last := -1
	if n := len(j.what.Identity); n > 0 {
		last = j.what.Identity[n-1]
	}
	if last < 0 || b.Columns[last].Absent {
		for i := range b.Rows {
			j.keep = append(j.keep, uint32(i))
		}
		return nil
	}
	j.names.reset(b.Rows)
	slots, mask := j.names.slots, uint64(len(j.names.slots)-1)
	var hashes [atOnce]uint64
	for i := range b.Rows {
		if i%atOnce == 0 {
			n := min(atOnce, b.Rows-i)
			for k := range n {
				hashes[k] = j.nameHash(b, i+k)
			}
			j.names.fetch(hashes[:n])
		}
		if b.Columns[last].IsNull(i) {
			j.keep = append(j.keep, uint32(i))
			continue
		}
		h := hashes[i%atOnce]
		tag := h >> 32 << 32
		at := h & mask
		duplicate := false
		for ; slots[at] != 0; at = (at + 1) & mask {
			if slots[at]>>32<<32 == tag {
				if first := int(uint32(slots[at]) - 1); sameValues(b, first, i, j.what.Identity) {
					duplicate = true
					if err := j.duplicate(b, first, i, j.fileOf(first), j.fileOf(i)); err != nil {
						return err
					}
					break
				}
			}
		}
		if !duplicate {
			slots[at] = tag | uint64(i+1)
			j.keep = append(j.keep, uint32(i))
		}
	}
	return nil
}

// nameHash hashes the identity of row i. Labels count by their code, which is the same for the same text in one batch.
func (j *job) nameHash(b *dataset.Batch, i int) uint64 {
	h := uint64(dataset.MixC)
	for _, c := range j.what.Identity {
		v := &b.Columns[c]
		switch {
		case v.IsNull(i):
			h = dataset.Fold(h^dataset.MixA, dataset.MixB)
		case v.Type == schemas.Label:
			h = dataset.Fold(h^uint64(v.Codes[i]+1), dataset.MixA)
		default:
			h = dataset.Fold(h^dataset.Hash(v.BytesAt(i)), dataset.MixA)
		}
	}
	return h
}

func sameValues(b *dataset.Batch, i, k int, columns []int) bool {
	for _, c := range columns {
		if !sameValue(&b.Columns[c], i, k) {
			return false
		}
	}
	return true
}

// sameValue reports whether rows i and k are equal; null equals null.
func sameValue(v *dataset.Vector, i, k int) bool {
	if a, b := v.IsNull(i), v.IsNull(k); a || b {
		return a && b
	}
	switch v.Type {
	case schemas.Label:
		return v.Codes[i] == v.Codes[k]
	case schemas.Text:
		return bytes.Equal(v.BytesAt(i), v.BytesAt(k))
	case schemas.Decimal:
		return v.Decs[i] == v.Decs[k]
	default:
		return v.Ints[i] == v.Ints[k]
	}
}

// duplicate counts row i of b, a duplicate of the earlier row first, and reports it if it says something else. The files
// are those that the rows came from.
func (j *job) duplicate(b *dataset.Batch, first, i, firstFile, file int) error {
	j.stats.Kept[file]--
	if err := j.tallies[file].AddRow(b, i, j.what.Measures); err != nil {
		return err
	}
	var differs []int
	for c := range b.Columns {
		if !j.skip[c] && !sameValue(&b.Columns[c], first, i) {
			differs = append(differs, c)
		}
	}
	if differs == nil {
		return nil
	}
	return j.report(Conflict{Kept: j.place(b, first, firstFile), Dropped: j.place(b, i, file), Differs: differs})
}

func (j *job) report(c Conflict) error {
	j.stats.Conflicts++
	if j.conflict == nil {
		return nil
	}
	if j.stats.Conflicts > mostNamed {
		c.Differs = nil
	}
	return j.conflict(c)
}

// fileOf returns the file that row i of the shard came from.
func (j *job) fileOf(i int) int {
	// The last file that begins at or before i: files without rows begin where the next one does.
	return sort.Search(len(j.first), func(f int) bool { return int(j.first[f]) > i }) - 1
}

func (j *job) place(b *dataset.Batch, i, file int) Place {
	p := Place{File: file, Object: string(b.Columns[j.what.Object].TextAt(i))}
	if v := &b.Columns[j.what.Row]; !v.IsNull(i) {
		p.Row = v.Ints[i]
	}
	return p
}
