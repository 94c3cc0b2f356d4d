package packed

import (
	"encoding/binary"
	"math/bits"

	"daybook/pipeline/dataset"
)

// Presence says of the rows of a page which have a value: a bit for each, the first lowest. Rows before at have been taken.
type Presence struct {
	words []uint64
	at    int
}

// Take passes over n rows.
func (p *Presence) Take(n int) { p.at += n }

// Read makes it of the definition levels of n rows of a column that is not repeated; all is the level of a value. It
// returns how many values there are.
func (p *Presence) Read(levels []byte, n int, all uint32, spare *[]uint32) (values int, err error) {
	p.words, p.at = dataset.Grow(p.words[:0], (n+63)/64), 0
	clear(p.words)
	if all == 1 {
		return p.readBits(levels, n)
	}
	// Of nested columns every level but the highest is a null.
	*spare = dataset.Grow((*spare)[:0], n)
	if err := ReadHybrid(*spare, levels, BitWidth(int(all)+1)); err != nil {
		return 0, err
	}
	for i, l := range *spare {
		if l > all {
			return 0, ErrHybrid
		}
		if l == all {
			p.set(i, 1)
			values++
		}
	}
	return values, nil
}

// readBits is read for levels of one bit, which lie in runs and groups of eight as they are wanted here.
func (p *Presence) readBits(b []byte, n int) (values int, err error) {
	for at := 0; at < n; {
		head, k := binary.Uvarint(b)
		if k <= 0 {
			return 0, ErrHybrid
		}
		b = b[k:]
		if head&1 == 0 {
			if len(b) == 0 || b[0] > 1 {
				return 0, ErrHybrid
			}
			run := int(min(head>>1, uint64(n-at)))
			if b[0] == 1 {
				p.set(at, run)
				values += run
			}
			b = b[1:]
			at += run
			continue
		}
		groups, count := head>>1, n-at
		if groups < uint64(count+7)/8 {
			count = int(groups) * 8
		}
		// Some writers leave off the bytes that only fill up the last group.
		if len(b) < (count+7)/8 {
			return 0, ErrHybrid
		}
		for i := 0; i < count; i += 64 {
			word := upTo8(b[i/8:]) & Ones(min(64, count-i))
			p.or(at+i, word)
			values += bits.OnesCount64(word)
		}
		at += count
		b = b[min(uint64(len(b)), groups):]
	}
	return values, nil
}

// upTo8 is the number that the first eight bytes make, or all if there are fewer.
func upTo8(b []byte) (word uint64) {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b)
	}
	for i, c := range b {
		word |= uint64(c) << (8 * i)
	}
	return word
}

// Ones is a word of n bits, at most 64.
func Ones(n int) uint64 {
	if n == 0 {
		return 0
	}
	return ^uint64(0) >> (64 - n)
}

// set sets n bits from i on.
func (p *Presence) set(i, n int) {
	for n > 0 {
		k := min(64-i&63, n)
		p.words[i>>6] |= Ones(k) << (i & 63)
		i, n = i+k, n-k
	}
}

// or sets the bits of word from i on. There is room for those that are set.
func (p *Presence) or(i int, word uint64) {
	p.words[i>>6] |= word << (i & 63)
	if high := word >> (63 - i&63) >> 1; high != 0 {
		p.words[i>>6+1] |= high
	}
}

// Next returns the n bits, at most 64, that are i rows behind the first that is not taken.
func (p *Presence) Next(i, n int) uint64 {
	i += p.at
	word := p.words[i>>6] >> (i & 63)
	if rest := 64 - i&63; rest < n {
		word |= p.words[i>>6+1] << rest
	}
	return word & Ones(n)
}

// Has reports whether row i of those not taken has a value.
func (p *Presence) Has(i int) bool {
	i += p.at
	return p.words[i>>6]>>(i&63)&1 == 1
}

// Values counts the values of the next n rows.
func (p *Presence) Values(n int) (count int) {
	for i := 0; i < n; i += 64 {
		count += bits.OnesCount64(p.Next(i, min(64, n-i)))
	}
	return count
}
