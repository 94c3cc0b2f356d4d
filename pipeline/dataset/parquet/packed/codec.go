package packed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/golang/snappy"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// ErrUnsupported is wrapped by errors about what a file may hold, but is not read here: it is no damage.
var ErrUnsupported = errors.New("is not read here")

// mostUnpacked bounds the memory of those who unpack, whatever a header says.
const mostUnpacked = 128 << 20

// Unpacker decompresses pages, one after another. Its zero value is ready.
type Unpacker struct {
	body   []byte
	unzstd *zstd.Decoder
	ungzip *gzip.Reader
	brotli *brotli.Reader
	input  bytes.Reader
}

// Decompress returns exactly size bytes, valid until the next page, and makes room for few more.
func (u *Unpacker) Decompress(codec format.CompressionCodec, body []byte, size int) ([]byte, error) {
	if codec == format.Uncompressed {
		if len(body) != size {
			return nil, errSize
		}
		return body, nil
	}
	if len(body) == 0 && size == 0 { // some writers compress nothing to nothing
		return nil, nil
	}
	if cap(u.body) < size {
		u.body = make([]byte, size+size/4)
	}
	var n int
	var err error
	switch codec {
	case format.Zstd:
		n, err = u.zstd(body, size)
	case format.Snappy:
		if n, err = snappy.DecodedLen(body); err == nil && n == size {
			_, err = snappy.Decode(u.body[:size], body)
		}
	case format.Gzip:
		n, err = u.gunzip(body, size)
	case format.Brotli:
		n, err = u.unbrotli(body, size)
	case format.Lz4Raw:
		n, err = lz4.UncompressBlock(body, u.body[:size])
	case format.Lz4:
		n, err = u.unlz4(body, size)
	default:
		return nil, fmt.Errorf("compression %v %w: write the file with zstd, snappy, gzip, brotli, lz4 or none", codec, ErrUnsupported)
	}
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, errSize
	}
	return u.body[:size], nil
}

var errSize = errors.New("a page has another size than its header says")

func (u *Unpacker) zstd(body []byte, size int) (int, error) {
	if u.unzstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(mostUnpacked), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return 0, err
		}
		u.unzstd = d
	}
	out, err := u.unzstd.DecodeAll(body, u.body[:0:size])
	return len(out), err
}

func (u *Unpacker) gunzip(body []byte, size int) (int, error) {
	u.input.Reset(body)
	if u.ungzip == nil {
		u.ungzip = new(gzip.Reader)
	}
	if err := u.ungzip.Reset(&u.input); err != nil {
		return 0, err
	}
	return readExactly(u.ungzip, u.body[:size])
}

func (u *Unpacker) unbrotli(body []byte, size int) (int, error) {
	u.input.Reset(body)
	if u.brotli == nil {
		u.brotli = brotli.NewReader(&u.input)
	} else if err := u.brotli.Reset(&u.input); err != nil {
		return 0, err
	}
	return readExactly(u.brotli, u.body[:size])
}

// readExactly fills body from r, which holds no more.
func readExactly(r io.Reader, body []byte) (int, error) {
	n, err := io.ReadFull(r, body)
	if err != nil {
		return n, err
	}
	var one [1]byte
	if k, err := io.ReadFull(r, one[:]); k != 0 || !errors.Is(err, io.EOF) {
		return n, errSize
	}
	return n, nil
}

// unlz4 reads what files call LZ4 that were written before LZ4_RAW: a block as LZ4_RAW has it or, as Hadoop writes it, blocks
// with the size of each in front, unpacked and packed. Only trying tells.
func (u *Unpacker) unlz4(body []byte, size int) (int, error) {
	n, rest := 0, body
	for len(rest) >= 8 {
		raw, small := int(binary.BigEndian.Uint32(rest)), int(binary.BigEndian.Uint32(rest[4:]))
		rest = rest[8:]
		if raw > size-n || small > len(rest) {
			break
		}
		k, err := lz4.UncompressBlock(rest[:small], u.body[n:n+raw])
		if err != nil || k != raw {
			break
		}
		n, rest = n+raw, rest[small:]
		if len(rest) == 0 && n == size {
			return n, nil
		}
	}
	return lz4.UncompressBlock(body, u.body[:size])
}
