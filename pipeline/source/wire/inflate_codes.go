package wire

import (
	"encoding/binary"
	"math/bits"
)

// codes are the two prefix codes of a block as tables, looked up by the bits to come. Codes longer than a table's bits
// continue in tables behind it. Both are large enough for the worst code, and so powers of two that no place is beyond
// them: every table behind has room for the longest code, and at least two codes.
type codes struct {
	symbols   [8192]uint32
	distances [4096]uint64
	isFixed   bool
	ordered   ordered // by which the tables of the block at hand are made
}

// An entry of symbols: how many bits it takes in all (6), the length of the code alone (4, from bit 8), flags, and from bit 16 on
//
//	literals   one or two bytes; how many stands where the length of the code does
//	copies     the least length (9 bits), and from bit 27 a mask of the bits that add to it
//	elsewhere  the place of a table behind the first, whose index has as many bits as stand where the length of the code does
//
// Two literals that fit the bits of the table are one entry, so that text without repetitions takes half the steps. An
// entry of distances is like that of a copy, with a base of 15 bits and the mask from bit 32.
const (
	symbolBits   = 10
	distanceBits = 8

	literal   = 1 << 15
	unusualOf = 1 << 14 // neither literals nor a copy
	elsewhere = 1 << 13
	blockEnd  = 1 << 12
)

// wrongCode is the entry of a code that none has.
const wrongCode = unusualOf | 1

// decode unpacks symbols of a block until the room or the bytes at hand are used up, or the block ends. All that it works
// on is in variables of its own, which are registers: what is looked up and shifted here is most of the time of unpacking.
func (z *inflater) decode() (ended bool, err error) {
	in, out, symbols, distances := z.ahead, z.out, &z.codes.symbols, &z.codes.distances
	w, count, next, to, base := z.bits, z.count, z.next, z.to, z.base
	inLast, outLast := len(in)-2*8, len(out)-longestCopy-copySlack
	for next <= inLast && to <= outLast {
		w, count, next = refill(in, w, count, next)
		e := symbols[w&(1<<symbolBits-1)]
		if e&literal != 0 {
			w, count, to = put(out, w, count, to, e)
			e = symbols[w&(1<<symbolBits-1)]
			if e&literal != 0 {
				w, count, to = put(out, w, count, to, e)
				e = symbols[w&(1<<symbolBits-1)]
				if e&literal != 0 {
					w, count, to = put(out, w, count, to, e)
					continue
				}
			}
			w, count, next = refill(in, w, count, next)
		}
		if e&unusualOf != 0 {
			if e&elsewhere != 0 {
				e = symbols[(e>>16+uint32(w>>symbolBits)&(1<<(e>>8&15)-1))%uint32(len(symbols))]
			}
			if e&literal != 0 {
				w, count, to = put(out, w, count, to, e)
				continue
			}
			if e&unusualOf != 0 {
				w, count = w>>(e&63), count-uint(e&63)
				if ended = e&blockEnd != 0; !ended {
					err = errDeflate
				}
				break
			}
		}
		length := int(e>>16&511 + uint32(w>>(e>>8&15))&(e>>27))
		w, count = w>>(e&63), count-uint(e&63)
		d := distances[w&(1<<distanceBits-1)]
		if d&elsewhere != 0 {
			d = distances[(d>>16+w>>distanceBits&(1<<(d>>8&15)-1))%uint64(len(distances))]
		}
		distance := int(d>>16&0x7fff + w>>(d>>8&15)&(d>>32))
		w, count = w>>(d&63), count-uint(d&63)
		from, end := to-distance, to+length
		if from < base || d&unusualOf != 0 {
			err = errDeflate
			break
		}
		switch {
		case distance >= 16:
			*(*[16]byte)(out[to : to+16]) = *(*[16]byte)(out[from : from+16])
			for to, from = to+16, from+16; to < end; to, from = to+16, from+16 {
				*(*[16]byte)(out[to : to+16]) = *(*[16]byte)(out[from : from+16])
			}
		case distance >= 8:
			for ; to < end; to, from = to+8, from+8 {
				*(*[8]byte)(out[to : to+8]) = *(*[8]byte)(out[from : from+8])
			}
		default:
			for ; to < end; to, from = to+1, from+1 {
				out[to] = out[from]
			}
		}
		to = end
	}
	z.bits, z.count, z.next, z.to = w, count, next, to
	return ended, z.within(err)
}

// refill returns w with at least 56 bits, of which count were there.
func refill(in []byte, w uint64, count uint, next int) (more uint64, have uint, behind int) {
	return w | binary.LittleEndian.Uint64(in[next:next+8])<<(count&63), count | 56, next + int(63-count)>>3
}

// put writes the literals of an entry, and takes its bits.
func put(out []byte, w uint64, count uint, to int, e uint32) (rest uint64, left uint, behind int) {
	binary.LittleEndian.PutUint16(out[to:to+2], uint16(e>>16))
	return w >> (e & 63), count - uint(e&63), to + int(e>>8&3)
}

// Lengths and distances of copies: RFC 1951, section 3.2.5. The templates are entries without the length of a code.
const (
	mostSymbols   = 286
	mostDistances = 30
	endSymbol     = 256
	longestCode   = 15
)

// symbolEntry returns the entry of a symbol, but for the length of its code.
func symbolEntry(symbol int) uint32 {
	switch {
	case symbol < endSymbol:
		return literal | uint32(symbol)<<16
	case symbol == endSymbol:
		return unusualOf | blockEnd
	case symbol < 265:
		return uint32(symbol-254) << 16
	case symbol < 285:
		extra := uint(symbol-261) >> 2
		return (3+(4+uint32(symbol-261)&3)<<extra)<<16 | (1<<extra-1)<<27 | uint32(extra)
	case symbol == 285:
		return longestCopy << 16
	default:
		return wrongCode
	}
}

// distanceEntry returns the entry of a distance's symbol, but for the length of its code.
func distanceEntry(symbol int) uint64 {
	switch {
	case symbol < 2:
		return uint64(symbol+1) << 16
	case symbol < mostDistances:
		extra := uint(symbol-2) >> 1
		return (1+(2+uint64(symbol)&1)<<extra)<<16 | (1<<extra-1)<<32 | uint64(extra)
	default:
		return wrongCode
	}
}

// ordered is a prefix code: symbols in the order of their codes.
type ordered struct {
	symbols []uint16
	// counts says how many codes have each length.
	counts [longestCode + 1]int
	// longest is the length of the longest code, 0 if there is none.
	longest uint
	memory  [288]uint16
}

// order makes the code of some lengths. It reports false if they are not the lengths of a code: one that is complete, or
// has one symbol of one bit, or none.
func (o *ordered) order(lengths []uint8) bool {
	o.counts = [longestCode + 1]int{}
	for _, n := range lengths {
		o.counts[n&15]++
	}
	used := len(lengths) - o.counts[0]
	o.counts[0], o.longest = 0, 0
	var places [longestCode + 2]int
	room := 1
	for n, count := range o.counts {
		places[n+1] = places[n] + count
		if n > 0 {
			room = room<<1 - count
		}
		if room < 0 {
			return false
		}
		if count > 0 {
			o.longest = uint(n)
		}
	}
	o.symbols = o.memory[:used]
	for symbol, n := range lengths {
		if n > 0 {
			o.symbols[places[n&15]] = uint16(symbol)
			places[n&15]++
		}
	}
	return room == 0 || used == 0 || used == 1 && o.longest == 1
}

// each calls put for every symbol with the length of its code and the code, its first bit lowest.
func (o *ordered) each(put func(symbol int, code, length uint)) {
	code, at := uint(0), 0
	for length := uint(1); length <= o.longest; length++ {
		for range o.counts[length] {
			put(int(o.symbols[at]), uint(bits.Reverse16(uint16(code)))>>(16-length), length)
			at++
			code++
		}
		code <<= 1
	}
}

// setSymbols makes the table of literals and lengths.
func (c *codes) setSymbols(o *ordered) {
	t := &c.symbols
	if len(o.symbols) < 2 {
		for i := range t[:1<<symbolBits] {
			t[i] = wrongCode
		}
	}
	behind, prefix := uint(1<<symbolBits), ^uint(0)
	o.each(func(symbol int, code, length uint) {
		e := symbolEntry(symbol)
		e += uint32(length)
		if e&literal != 0 {
			e |= 1 << 8
		} else {
			e |= uint32(length) << 8
		}
		if length <= symbolBits {
			for i := code; i < 1<<symbolBits; i += 1 << length {
				t[i] = e
			}
			return
		}
		more := o.longest - symbolBits
		if p := code & (1<<symbolBits - 1); p != prefix {
			prefix = p
			t[p] = unusualOf | elsewhere | uint32(more)<<8 | uint32(behind)<<16
			behind += 1 << more
		}
		for i := code >> symbolBits; i < 1<<more; i += 1 << (length - symbolBits) {
			t[behind-1<<more+i] = e
		}
	})
	// Join pairs of literals, from the end, so that what is looked at is not joined yet.
	for i := len(t[:1<<symbolBits]) - 1; i >= 0; i-- {
		e := t[i]
		n := e & 63
		if e&literal == 0 || n >= symbolBits {
			continue
		}
		if f := t[i>>n]; f&literal != 0 && n+f&63 <= symbolBits {
			t[i] = literal | 2<<8 | e&0xff0000 | f&0xff0000<<8 | n + f&63
		}
	}
}

// setDistances makes the table of distances.
func (c *codes) setDistances(o *ordered) {
	t := &c.distances
	if len(o.symbols) < 2 {
		for i := range t[:1<<distanceBits] {
			t[i] = wrongCode
		}
	}
	behind, prefix := uint(1<<distanceBits), ^uint(0)
	o.each(func(symbol int, code, length uint) {
		e := distanceEntry(symbol) + uint64(length) | uint64(length)<<8
		if length <= distanceBits {
			for i := code; i < 1<<distanceBits; i += 1 << length {
				t[i] = e
			}
			return
		}
		more := o.longest - distanceBits
		if p := code & (1<<distanceBits - 1); p != prefix {
			prefix = p
			t[p] = unusualOf | elsewhere | uint64(more)<<8 | uint64(behind)<<16
			behind += 1 << more
		}
		for i := code >> distanceBits; i < 1<<more; i += 1 << (length - distanceBits) {
			t[behind-1<<more+i] = e
		}
	})
}

// fixed makes the tables of the code that needs no lengths: RFC 1951, section 3.2.6.
func (c *codes) fixed() error {
	if c.isFixed {
		return nil
	}
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	var o ordered
	o.order(lengths[:])
	c.setSymbols(&o)
	for i := range lengths[:32] {
		lengths[i] = 5
	}
	o.order(lengths[:32])
	c.setDistances(&o)
	c.isFixed = true
	return nil
}

// lengthOrder is the order in which the lengths of the code of lengths come: RFC 1951, section 3.2.7.
var lengthOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengths reads the lengths of a block's codes and makes its tables.
func (z *inflater) lengths() error {
	if err := z.load(); err != nil {
		return err
	}
	symbols, distances, n := 257+int(z.take(5)), 1+int(z.take(5)), 4+int(z.take(4))
	if symbols > mostSymbols || distances > mostDistances {
		return errDeflate
	}
	var lengths [320]uint8
	for _, at := range lengthOrder[:n] {
		if z.count < 3 {
			if err := z.load(); err != nil {
				return err
			}
		}
		lengths[at] = uint8(z.take(3))
	}
	o := &z.codes.ordered
	if !o.order(lengths[:len(lengthOrder)]) || len(o.symbols) == 0 {
		return errDeflate
	}
	var table [128]uint8 // the symbol above its length
	o.each(func(symbol int, code, length uint) {
		for i := code; i < uint(len(table)); i += 1 << length {
			table[i] = uint8(symbol)<<3 | uint8(length)
		}
	})
	clear(lengths[:])
	for i := 0; i < symbols+distances; {
		if err := z.load(); err != nil {
			return err
		}
		e := table[z.bits&127]
		z.take(max(1, uint(e&7)))
		if e == 0 {
			return errDeflate
		}
		value, times := e>>3, 1
		switch value {
		case 16:
			if i == 0 {
				return errDeflate
			}
			value, times = lengths[i-1], 3+int(z.take(2))
		case 17:
			value, times = 0, 3+int(z.take(3))
		case 18:
			value, times = 0, 11+int(z.take(7))
		}
		if i+times > symbols+distances {
			return errDeflate
		}
		for range times {
			lengths[i] = value
			i++
		}
	}
	z.codes.isFixed = false
	if lengths[endSymbol] == 0 || !o.order(lengths[:symbols]) {
		return errDeflate
	}
	z.codes.setSymbols(o)
	if !o.order(lengths[symbols : symbols+distances]) {
		return errDeflate
	}
	z.codes.setDistances(o)
	return nil
}
