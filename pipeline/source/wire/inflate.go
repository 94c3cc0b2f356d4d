package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// inflater reads gzip (RFC 1952) of any number of members, and DEFLATE (RFC 1951) within. It is our own because unpacking
// is the dearest step of all: see the decoding of symbols in inflate_codes.go. What is wrong with a stream is an error;
// text of which the sum has not been compared yet may have been handed out before, as any reader does.
type inflater struct {
	r *bufio.Reader
	// ahead is packed bytes at hand, of which the first end are the stream's and the others zeros; next is the place behind
	// those that are in bits.
	ahead     []byte
	end, next int
	// bits are the bits to come, the first lowest; count says how many. Those above are 0 or as the stream has them.
	bits  uint64
	count uint
	// rest holds the last bytes of the stream, with zeros behind them.
	rest [3 * leastAhead]byte

	// out is unpacked text: the history that copies refer to, then what is not read yet, out[read:to]. Of the member at hand
	// it holds out[base:to].
	out            []byte
	read, to, base int
	stage          stage
	// final says that the block at hand is the member's last, and stored is how much of a stored block is to come.
	final  bool
	stored int
	// summed is the place up to which the member's text is in sum and size.
	summed    int
	sum, size uint32
	wrong     error

	codes codes
}

// stage is what comes next in a stream.
type stage uint8

const (
	atMember stage = iota
	atBlock
	inStored
	inCodes
	atTrailer
)

const (
	// historyBytes is how far back a copy may reach.
	historyBytes = 32 << 10
	// chunkBytes is how much text is unpacked at a time.
	chunkBytes = 128 << 10
	// leastAhead is how many packed bytes there are at hand, unless the stream ends.
	leastAhead = 64
	// longestCopy is the length of the longest copy; copySlack is what one may write beyond its end, and literals before.
	longestCopy = 258
	copySlack   = 32
)

var (
	errGzipHeader = errors.New("gzip: a member's header is wrong")
	errGzipSum    = errors.New("gzip: the text is not as its checksum has it")
	errDeflate    = errors.New("gzip: a block is wrong")
)

// newInflater returns a reader of the gzip stream that begins in r. It fails if there is no header.
func newInflater(r *bufio.Reader) (*inflater, error) {
	z := &inflater{r: r, out: make([]byte, historyBytes+chunkBytes+longestCopy+copySlack)}
	return z, z.member()
}

// Read implements io.Reader.
func (z *inflater) Read(p []byte) (int, error) {
	for z.read == z.to {
		if z.wrong != nil {
			return 0, z.wrong
		}
		if z.wrong = z.more(); z.wrong != nil && !errors.Is(z.wrong, io.EOF) {
			z.read = z.to // what was unpacked last is in doubt
		}
	}
	n := copy(p, z.out[z.read:z.to])
	z.read += n
	return n, nil
}

// more unpacks text until the room is used up or the stream ends, which is io.EOF.
func (z *inflater) more() error {
	if excess := z.to - historyBytes; excess > 0 {
		copy(z.out, z.out[excess:z.to])
		z.to, z.base, z.summed = historyBytes, max(0, z.base-excess), historyBytes
	}
	z.read = z.to
	for z.to <= len(z.out)-longestCopy-copySlack {
		if err := z.step(); err != nil {
			return err
		}
	}
	z.addSum()
	return nil
}

// step takes what comes next in the stream.
func (z *inflater) step() error {
	switch z.stage {
	case atMember:
		if err := z.need(1); err != nil {
			return err
		}
		if z.left() == 0 {
			return io.EOF
		}
		return z.member()
	case atBlock:
		return z.within(z.block())
	case inStored:
		return z.copyStored()
	case inCodes:
		ended, err := z.decode()
		if err != nil {
			return err
		}
		if ended {
			z.endBlock()
			return nil
		}
		if z.next+leastAhead/2 > len(z.ahead) {
			return z.advance()
		}
		return nil
	default:
		return z.trailer()
	}
}

func (z *inflater) endBlock() {
	z.stage = atBlock
	if z.final {
		z.stage = atTrailer
	}
}

// addSum takes the text that is new into the checksum.
func (z *inflater) addSum() {
	text := z.out[z.summed:z.to]
	z.sum = crc32.Update(z.sum, crc32.IEEETable, text)
	z.size += uint32(len(text))
	z.summed = z.to
}

// unload gives the whole bytes in bits back to ahead.
func (z *inflater) unload() {
	z.next -= int(z.count >> 3)
	z.count &= 7
	z.bits &= 1<<z.count - 1
}

// advance brings more packed bytes to hand. It fails if more were taken than there are.
func (z *inflater) advance() error {
	z.unload()
	if z.next > z.end {
		return io.ErrUnexpectedEOF
	}
	if _, err := z.r.Discard(z.next); err != nil {
		return err
	}
	z.next = 0
	ahead, err := z.r.Peek(leastAhead)
	switch {
	case err == nil:
		z.ahead, err = z.r.Peek(z.r.Buffered())
		z.end = len(z.ahead)
		return err
	case errors.Is(err, io.EOF):
		z.end = copy(z.rest[:], ahead)
		clear(z.rest[z.end:])
		z.ahead = z.rest[:]
		return nil
	default:
		return err
	}
}

// within returns err, unless more was taken than the stream has: then whatever is wrong, it is that.
func (z *inflater) within(err error) error {
	if z.next-int(z.count>>3) > z.end {
		return io.ErrUnexpectedEOF
	}
	return err
}

// left returns how many bytes of the stream are at hand. There are no whole bytes in bits.
func (z *inflater) left() int { return z.end - z.next }

// need brings n bytes to hand, at most leastAhead, unless the stream ends; whole bytes in bits are given back.
func (z *inflater) need(n int) error {
	z.unload()
	if z.left() >= n {
		return nil
	}
	return z.advance()
}

// load fills bits: at least 56 are there, be they zeros behind the end.
func (z *inflater) load() error {
	if z.next+8 > len(z.ahead) {
		if err := z.advance(); err != nil {
			return err
		}
	}
	z.bits |= binary.LittleEndian.Uint64(z.ahead[z.next:]) << (z.count & 63)
	z.next += int(63-z.count) >> 3
	z.count |= 56
	return nil
}

// take returns the next n bits, at most 16, of those loaded.
func (z *inflater) take(n uint) uint {
	v := uint(z.bits & (1<<n - 1))
	z.bits >>= n
	z.count -= n
	return v
}

// bytes returns the next n bytes, at most leastAhead.
func (z *inflater) bytes(n int) ([]byte, error) {
	if err := z.need(n); err != nil {
		return nil, err
	}
	if z.left() < n {
		return nil, io.ErrUnexpectedEOF
	}
	z.next += n
	return z.ahead[z.next-n : z.next], nil
}

// The flags of a member's header: RFC 1952, section 2.3.1.
const (
	gzipSum, gzipExtra, gzipName, gzipComment, gzipReserved = 0x02, 0x04, 0x08, 0x10, 0xe0
)

// member reads the header of a member.
func (z *inflater) member() error {
	b, err := z.bytes(10)
	if err != nil {
		return err
	}
	flags := b[3]
	if b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 || flags&gzipReserved != 0 {
		return errGzipHeader
	}
	sum := crc32.ChecksumIEEE(b)
	if flags&gzipExtra != 0 {
		if b, err = z.bytes(2); err != nil {
			return err
		}
		sum = crc32.Update(sum, crc32.IEEETable, b)
		for n := int(binary.LittleEndian.Uint16(b)); n > 0; n -= len(b) {
			if b, err = z.bytes(min(n, leastAhead)); err != nil {
				return err
			}
			sum = crc32.Update(sum, crc32.IEEETable, b)
		}
	}
	for _, text := range []byte{gzipName, gzipComment} {
		for more := flags&text != 0; more; more = b[0] != 0 {
			if b, err = z.bytes(1); err != nil {
				return err
			}
			sum = crc32.Update(sum, crc32.IEEETable, b)
		}
	}
	if flags&gzipSum != 0 {
		if b, err = z.bytes(2); err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(b) != uint16(sum) {
			return errGzipHeader
		}
	}
	z.stage, z.base, z.summed, z.sum, z.size = atBlock, z.to, z.to, 0, 0
	return nil
}

// trailer compares what stands at the end of a member with its text.
func (z *inflater) trailer() error {
	z.addSum()
	z.take(z.count & 7)
	b, err := z.bytes(8)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(b) != z.sum || binary.LittleEndian.Uint32(b[4:]) != z.size {
		return errGzipSum
	}
	z.stage = atMember
	return nil
}

// block reads the header of a block.
func (z *inflater) block() error {
	if err := z.load(); err != nil {
		return err
	}
	z.final = z.take(1) == 1
	switch z.take(2) {
	case 0:
		z.take(z.count & 7)
		b, err := z.bytes(4)
		if err != nil {
			return err
		}
		z.stored = int(binary.LittleEndian.Uint16(b))
		if uint16(z.stored) != ^binary.LittleEndian.Uint16(b[2:]) {
			return errDeflate
		}
		z.stage = inStored
		return nil
	case 1:
		z.stage = inCodes
		return z.codes.fixed()
	case 2:
		z.stage = inCodes
		return z.lengths()
	default:
		return errDeflate
	}
}

// copyStored copies what is at hand of a stored block.
func (z *inflater) copyStored() error {
	if z.stored == 0 {
		z.endBlock()
		return nil
	}
	if err := z.need(1); err != nil {
		return err
	}
	if z.left() == 0 {
		return io.ErrUnexpectedEOF
	}
	n := copy(z.out[z.to:], z.ahead[z.next:z.next+min(z.stored, z.left())])
	z.to, z.next, z.stored = z.to+n, z.next+n, z.stored-n
	return nil
}
