package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Reader reads a Parquet file, our own or anybody's, flat columns only. It may be used from many goroutines if the
// io.ReaderAt may.
type Reader struct {
	in      io.ReaderAt
	size    int64
	meta    format.FileMetaData
	columns []FileColumn
	// ordered says that the footer's bounds are by the columns' own order.
	ordered bool
}

// ErrUnsupported is wrapped by errors about what a file may hold, but is not read here: it is no damage.
var ErrUnsupported = packed.ErrUnsupported

// footerBytes is the longest footer that is read: a tenth of it is far more than any dataset of ours has.
const footerBytes = 16 << 20

// Open reads and checks the footer of the Parquet file of the given size. A file that is none or is
// damaged is an error wrapping dataset.ErrDamaged; one that is encrypted, or has its pages elsewhere, is ErrUnsupported.
func Open(r io.ReaderAt, size int64) (f *Reader, err error) {
	defer dataset.Recovered(&err)
	if size < 12 {
		return nil, fmt.Errorf("open Parquet: %d bytes are too few: %w", size, dataset.ErrDamaged)
	}
	var tail [8]byte
	if err := dataset.ReadFull(r, tail[:], size-8); err != nil {
		return nil, fmt.Errorf("open Parquet: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		return nil, fmt.Errorf("open Parquet: the footer is encrypted, which %w", ErrUnsupported)
	case string(tail[4:]) != magic:
		return nil, fmt.Errorf("open Parquet: it does not end in %s: %w", magic, dataset.ErrDamaged)
	case length > size-12 || length > footerBytes:
		return nil, fmt.Errorf("open Parquet: a footer of %d bytes cannot be in a file of %d (at most %d are read): %w", length, size, footerBytes, dataset.ErrDamaged)
	}
	footer := make([]byte, length)
	if err := dataset.ReadFull(r, footer, size-8-length); err != nil {
		return nil, fmt.Errorf("open Parquet: %w", err)
	}
	f = &Reader{in: r, size: size}
	if err := f.parse(footer); err != nil {
		return nil, fmt.Errorf("open Parquet: %w", judged(err))
	}
	return f, nil
}

// judged makes damage of an error about the contents of a file, unless it is about something else.
func judged(err error) error {
	if errors.Is(err, ErrUnsupported) || errors.Is(err, dataset.ErrRead) || errors.Is(err, dataset.ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", err, dataset.ErrDamaged)
}

// parse fills f from the footer and checks what decoding relies on.
func (f *Reader) parse(footer []byte) error {
	rest, err := packed.CheckThrift(footer)
	if err != nil {
		return err
	}
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer[:len(footer)-len(rest)], &f.meta); err != nil {
		return err
	}
	if f.columns, err = schemaColumns(f.meta.Schema); err != nil {
		return err
	}
	leaves := 0
	for i := range f.columns {
		leaves += len(f.columns[i].parts())
	}
	f.ordered = len(f.meta.ColumnOrders) == leaves
	for i := range f.meta.ColumnOrders {
		_, ok := f.meta.ColumnOrders[i].Value.(*format.TypeDefinedOrder)
		f.ordered = f.ordered && ok
	}
	end := f.size - 8 - int64(len(footer))
	var rows int64
	for i := range f.meta.RowGroups {
		g := &f.meta.RowGroups[i]
		if g.NumRows < 0 || rows+g.NumRows < rows {
			return fmt.Errorf("row group %d has %d rows", i, g.NumRows)
		}
		rows += g.NumRows
		if err := f.checkGroup(g, end); err != nil {
			return fmt.Errorf("row group %d: %w", i, err)
		}
	}
	if rows != f.meta.NumRows {
		return fmt.Errorf("the row groups have %d rows, the file %d", rows, f.meta.NumRows)
	}
	return nil
}

func (f *Reader) checkGroup(g *format.RowGroup, end int64) error {
	chunks := 0
	for k := range f.columns {
		c := &f.columns[k]
		leaves := c.parts()
		chunks += len(leaves)
		for i := range leaves {
			l := &leaves[i]
			if l.chunk >= len(g.Columns) {
				break
			}
			if err := checkChunk(&g.Columns[l.chunk], &l.leaf, g.NumRows, end); err != nil {
				return fmt.Errorf("column %q: %w", c.Name, err)
			}
		}
	}
	if chunks != len(g.Columns) {
		return fmt.Errorf("it has %d columns, the schema %d", len(g.Columns), chunks)
	}
	return nil
}

func checkChunk(chunk *format.ColumnChunk, l *leaf, rows, end int64) error {
	m := &chunk.MetaData
	start := chunkStart(m)
	switch {
	case chunk.FilePath != "":
		return fmt.Errorf("its pages are in another file, which %w", ErrUnsupported)
	case len(chunk.EncryptedColumnMetadata) > 0 || chunk.CryptoMetadata.Value != nil:
		return fmt.Errorf("it is encrypted, which %w", ErrUnsupported)
	case strings.Join(m.PathInSchema, ".") != l.path:
		return fmt.Errorf("it is called %q here", strings.Join(m.PathInSchema, "."))
	case m.Type != l.physical:
		return fmt.Errorf("it is %v in the schema and %v here", l.physical, m.Type)
	case l.repeated == 0 && m.NumValues != rows, m.NumValues < 0:
		return fmt.Errorf("it has %d values for %d rows", m.NumValues, rows)
	case m.NumValues == 0: // some writers say of a chunk without data pages that they begin at byte 0; none is read
		return nil
	case m.TotalCompressedSize < 0, start < int64(len(magic)), start > end, m.TotalCompressedSize > end-start:
		return fmt.Errorf("its pages, %d bytes at %d, lie outside the file", m.TotalCompressedSize, start)
	}
	return nil
}

// chunkStart returns where the pages of a chunk begin.
func chunkStart(m *format.ColumnMetaData) int64 {
	if d := m.DictionaryPageOffset; d > 0 && d < m.DataPageOffset {
		return d
	}
	return m.DataPageOffset
}

// Columns returns the file's columns in their order. They are the reader's own: do not change them.
func (f *Reader) Columns() []FileColumn { return f.columns }

// Column returns the position of the named column, or -1.
func (f *Reader) Column(name string) int {
	for i := range f.columns {
		if f.columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Rows returns the number of rows of the file.
func (f *Reader) Rows() int64 { return f.meta.NumRows }

// Groups returns the number of row groups.
func (f *Reader) Groups() int { return len(f.meta.RowGroups) }

// GroupRows returns the number of rows of a row group.
func (f *Reader) GroupRows(group int) int64 { return f.meta.RowGroups[group].NumRows }

// Meta returns the value of a key of the file's metadata.
func (f *Reader) Meta(key string) (string, bool) {
	for _, kv := range f.meta.KeyValueMetadata {
		if kv.Key == key {
			return kv.Value, true
		}
	}
	return "", false
}

// ours reports whether the file says that it was written here.
func (f *Reader) ours() bool { return strings.HasPrefix(f.meta.CreatedBy, "daybook version ") }

// CreatedBy returns the name of the program that wrote the file, as the footer gives it.
func (f *Reader) CreatedBy() string { return f.meta.CreatedBy }

// MayHold reports whether a row group can hold a row whose text column has the given value, as far as the footer
// tells: false is certain. Rows of null never count.
func (f *Reader) MayHold(group, column int, text []byte) bool {
	c := &f.columns[column]
	if !f.ordered || c.leaf.physical != format.ByteArray || c.leaf.meaning != meansBytes || c.leaf.repeated > 0 {
		return true
	}
	m := &f.meta.RowGroups[group].Columns[c.chunk].MetaData
	if onlyNulls(m) && m.NumValues > 0 {
		return false
	}
	least, most := m.Statistics.MinValue, m.Statistics.MaxValue
	return (least == nil || string(least) <= string(text)) && (most == nil || string(text) <= string(most))
}

// Below reports whether every value of a text column in a row group sorts before the given one, as far as the footer tells:
// true is certain. A group of nulls alone is below everything.
func (f *Reader) Below(group, column int, text []byte) bool {
	c := &f.columns[column]
	if !f.ordered || c.leaf.physical != format.ByteArray || c.leaf.meaning != meansBytes || c.leaf.repeated > 0 {
		return false
	}
	m := &f.meta.RowGroups[group].Columns[c.chunk].MetaData
	if onlyNulls(m) {
		return true
	}
	return m.Statistics.MaxValue != nil && string(m.Statistics.MaxValue) < string(text)
}

// onlyNulls reports whether a chunk says so twice: by its count, and by having neither a least nor a greatest value. The
// footer has no checksum, and one bit must not take a column away.
func onlyNulls(m *format.ColumnMetaData) bool {
	s := &m.Statistics
	return s.NullCount == m.NumValues && s.MinValue == nil && s.MaxValue == nil
}
