package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Limits on what one page may claim.
const (
	maxPageBytes = 128 << 20
	maxPageRows  = 1 << 24
	headerBytes  = 1 << 16
	chunkWindow  = 1 << 18 // bytes read at once
)

// chunkReader yields the pages of one column chunk, decompressed. Its buffers serve one chunk after the other.
type chunkReader struct {
	in       io.ReaderAt
	codec    format.CompressionCodec
	at, end  int64 // what is not read yet
	window   []byte
	pos      int
	start    int // of the page at hand, in window
	protocol thrift.CompactProtocol
	unpacker *unpacker
}

// unpacker decompresses pages. One serves all columns of a scan, because a page is decoded before the next is read.
type unpacker struct {
	body      []byte
	unzstd    *zstd.Decoder
	ungzip    *gzip.Reader
	gzipInput bytes.Reader
}

// page is a page's header and its bytes: levels and values as they are encoded. They are valid until the next page of
// any column.
type page struct {
	kind     format.PageType
	encoding format.Encoding
	values   int // nulls included
	// repeats and levels, the encoded repetition and definition levels, are apart in pages of version 2; in version 1 they
	// are the first of data.
	version2 bool
	repeats  []byte
	levels   []byte
	data     []byte
}

func (c *chunkReader) open(in io.ReaderAt, m *format.ColumnMetaData) {
	c.in, c.codec = in, m.Codec
	c.at = chunkStart(m)
	c.end = c.at + m.TotalCompressedSize
	c.window, c.pos = c.window[:0], 0
}

// peek makes n bytes available, or as many as there are.
func (c *chunkReader) peek(n int) ([]byte, error) {
	if have := c.window[c.pos:]; len(have) >= n || c.at == c.end {
		return have, nil
	}
	kept := copy(c.window[:cap(c.window)], c.window[c.pos:])
	want := kept + int(min(c.end-c.at, int64(max(n-kept, chunkWindow))))
	if want > cap(c.window) {
		bigger := make([]byte, want)
		copy(bigger, c.window[:kept])
		c.window = bigger
	}
	c.window, c.pos = c.window[:want], 0
	if err := dataset.ReadFull(c.in, c.window[kept:], c.at); err != nil {
		return nil, err
	}
	c.at += int64(want - kept)
	return c.window, nil
}

// next returns the next page, or io.EOF at the end of the chunk.
func (c *chunkReader) next() (page, error) {
	h, err := c.header()
	if err != nil {
		return page{}, err
	}
	size := int(h.CompressedPageSize)
	body, err := c.peek(size)
	if err != nil {
		return page{}, err
	}
	body = body[:size]
	c.pos += size
	if want := uint32(h.CRC); want != 0 && crc32.ChecksumIEEE(body) != want {
		return page{}, errors.New("a page's checksum is wrong")
	}
	return c.unpack(&h, body, int(h.UncompressedPageSize))
}

// header reads the header of the next page, which begins at c.start and whose body is in the rest of the chunk.
func (c *chunkReader) header() (h format.PageHeader, err error) {
	head, err := c.peek(headerBytes)
	if err != nil {
		return h, err
	}
	if len(head) == 0 {
		return h, io.EOF
	}
	c.start = c.pos
	rest, err := packed.CheckThrift(head)
	if err != nil {
		return h, err
	}
	if err := thrift.Unmarshal(&c.protocol, head[:len(head)-len(rest)], &h); err != nil {
		return h, err
	}
	c.pos += len(head) - len(rest)
	size, raw := int(h.CompressedPageSize), int(h.UncompressedPageSize)
	if size < 0 || raw < 0 || size > maxPageBytes || raw > maxPageBytes || int64(size) > c.end-c.at+int64(len(c.window)-c.pos) {
		return h, fmt.Errorf("a page claims %d bytes, %d uncompressed", size, raw)
	}
	return h, nil
}

// pass leaves out the next page if it is a data page of at most so many values, and returns how many; 0 leaves it there.
func (c *chunkReader) pass(most int) (int, error) {
	h, err := c.header()
	if err != nil {
		return 0, err
	}
	values := -1
	switch {
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		values = int(h.DataPageHeader.V.NumValues)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		values = int(h.DataPageHeaderV2.V.NumValues)
	}
	if values <= 0 || values > most {
		c.pos = c.start
		return 0, nil
	}
	size := int(h.CompressedPageSize)
	here := min(size, len(c.window)-c.pos)
	c.pos += here
	c.at += int64(size - here)
	return values, nil
}

// unpack decompresses a page's body to the given size.
func (c *chunkReader) unpack(h *format.PageHeader, body []byte, raw int) (page, error) {
	p := page{kind: h.Type}
	var err error
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		p.values, p.encoding = int(h.DictionaryPageHeader.V.NumValues), h.DictionaryPageHeader.V.Encoding
		p.data, err = c.unpacker.decompress(c.codec, body, raw)
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		p.values, p.encoding = int(h.DataPageHeader.V.NumValues), h.DataPageHeader.V.Encoding
		if e := h.DataPageHeader.V.DefinitionLevelEncoding; e != format.RLE {
			return page{}, fmt.Errorf("definition levels encoded as %v are not read", e)
		}
		p.data, err = c.unpacker.decompress(c.codec, body, raw)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		v := &h.DataPageHeaderV2.V
		p.values, p.encoding, p.version2 = int(v.NumValues), v.Encoding, true
		repetition, definition := int(v.RepetitionLevelsByteLength), int(v.DefinitionLevelsByteLength)
		if repetition < 0 || definition < 0 || repetition+definition > min(len(body), raw) {
			return page{}, errors.New("a page's levels are longer than the page")
		}
		p.repeats, p.levels = body[:repetition], body[repetition:repetition+definition]
		p.data = body[repetition+definition:]
		if !v.IsCompressed.Valid || v.IsCompressed.V {
			p.data, err = c.unpacker.decompress(c.codec, p.data, raw-repetition-definition)
		}
	case h.Type == format.IndexPage:
		return page{kind: h.Type}, nil
	default:
		return page{}, fmt.Errorf("a page of type %d has no header of its type", h.Type)
	}
	if p.values < 0 || p.values > maxPageRows {
		return page{}, fmt.Errorf("a page claims %d values", p.values)
	}
	return p, err
}

// decompress returns exactly size bytes, and never makes room for more.
func (u *unpacker) decompress(codec format.CompressionCodec, body []byte, size int) ([]byte, error) {
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
	default:
		return nil, fmt.Errorf("compression %v is not read: write the file with zstd, snappy, gzip or none", codec)
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

func (u *unpacker) zstd(body []byte, size int) (int, error) {
	if u.unzstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(maxPageBytes), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return 0, err
		}
		u.unzstd = d
	}
	out, err := u.unzstd.DecodeAll(body, u.body[:0:size])
	return len(out), err
}

func (u *unpacker) gunzip(body []byte, size int) (int, error) {
	u.gzipInput.Reset(body)
	if u.ungzip == nil {
		u.ungzip = new(gzip.Reader)
	}
	if err := u.ungzip.Reset(&u.gzipInput); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(u.ungzip, u.body[:size])
	if err != nil {
		return n, err
	}
	var one [1]byte
	if k, err := u.ungzip.Read(one[:]); k != 0 || !errors.Is(err, io.EOF) {
		return n, errSize
	}
	return n, nil
}

// split returns a data page's encoded repetition levels, definition levels and values. Levels that the column does not
// have are empty.
func (p *page) split(l *leaf) (repeats, levels, values []byte, err error) {
	if p.version2 {
		return p.repeats, p.levels, p.data, nil
	}
	values = p.data
	if l.repeated > 0 {
		if repeats, values, err = splitLevels(values); err != nil {
			return nil, nil, nil, err
		}
	}
	if l.maxLevel > 0 {
		levels, values, err = splitLevels(values)
	}
	return repeats, levels, values, err
}

func splitLevels(data []byte) (levels, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, packed.ErrHybrid
	}
	n := int(binary.LittleEndian.Uint32(data))
	if n > len(data)-4 {
		return nil, nil, packed.ErrHybrid
	}
	return data[4 : 4+n], data[4+n:], nil
}
