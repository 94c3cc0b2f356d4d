package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"

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
	unpacker *packed.Unpacker
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
	// levelsAs and repeatsAs are how pages of version 1 encode them; in version 2 it is always RLE.
	levelsAs, repeatsAs format.Encoding
	repeats             []byte
	levels              []byte
	data                []byte
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
	head, rest, err := c.wholeHeader()
	if err != nil {
		return h, err
	}
	c.start = c.pos
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

// wholeHeader returns what is read from the next header on, and what of it follows the header. Headers are short, but for
// those that hold the least and the greatest of long texts, which a page has room for.
func (c *chunkReader) wholeHeader() (head, rest []byte, err error) {
	for n := headerBytes; ; n *= 8 {
		if head, err = c.peek(n); err != nil {
			return nil, nil, err
		}
		if len(head) == 0 {
			return nil, nil, io.EOF
		}
		if rest, err = packed.CheckThrift(head); !errors.Is(err, packed.ErrThriftEnds) || len(head) < n || n >= maxPageBytes {
			return head, rest, err
		}
	}
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
		p.data, err = c.unpacker.Decompress(c.codec, body, raw)
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		p.values, p.encoding = int(h.DataPageHeader.V.NumValues), h.DataPageHeader.V.Encoding
		p.levelsAs, p.repeatsAs = h.DataPageHeader.V.DefinitionLevelEncoding, h.DataPageHeader.V.RepetitionLevelEncoding
		p.data, err = c.unpacker.Decompress(c.codec, body, raw)
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
			p.data, err = c.unpacker.Decompress(c.codec, p.data, raw-repetition-definition)
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

// split returns a data page's encoded repetition levels, definition levels and values. Levels that the column does not
// have are empty.
func (p *page) split(l *leaf) (repeats, levels, values []byte, err error) {
	if p.version2 {
		return p.repeats, p.levels, p.data, nil
	}
	values = p.data
	if l.repeated > 0 {
		if repeats, values, err = splitLevels(values, p.repeatsAs, p.values, l.repeats); err != nil {
			return nil, nil, nil, err
		}
	}
	if l.maxLevel > 0 {
		levels, values, err = splitLevels(values, p.levelsAs, p.values, l.maxLevel)
	}
	return repeats, levels, values, err
}

// splitLevels parts n levels up to most from what follows them. Old files have them in as few bits as they take, the
// highest first; those are written anew.
func splitLevels(data []byte, encoding format.Encoding, n, most int) (levels, rest []byte, err error) {
	switch encoding {
	case format.RLE:
	case format.BitPacked:
		width := packed.BitWidth(most + 1)
		size := (n*width + 7) / 8
		if len(data) < size {
			return nil, nil, packed.ErrHybrid
		}
		return packed.AppendHybrid(nil, packed.HighestFirst(data[:size], n, width), width), data[size:], nil
	default:
		return nil, nil, fmt.Errorf("levels encoded as %v, which %w", encoding, ErrUnsupported)
	}
	if len(data) < 4 {
		return nil, nil, packed.ErrHybrid
	}
	size := int(binary.LittleEndian.Uint32(data))
	if size > len(data)-4 {
		return nil, nil, packed.ErrHybrid
	}
	return data[4 : 4+size], data[4+size:], nil
}
