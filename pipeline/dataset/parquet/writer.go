package parquet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"

	"github.com/klauspost/compress/zstd"
)

// RowGroupRows is how many rows a row group holds unless the options say otherwise: small enough to be held in memory
// several times over, large enough for dictionaries to pay.
const RowGroupRows = 1 << 17

// pageRows is how many rows a data page holds at most, and pageBytes how many bytes of text: what a reader that skips
// by the page index has to read at least.
const (
	pageRows  = 1 << 15
	pageBytes = 1 << 20
)

// createdBy is the same for every file that this format version writes, whatever the program's own version is: that
// belongs to the run's metadata.
const createdBy = "daybook version 1.0.0 (build 0)"

// KeyValue is an entry of a Parquet file's metadata.
type KeyValue struct{ Key, Value string }

// WriterOptions are the choices of a Parquet file. The zero value is good.
type WriterOptions struct {
	// RowGroupRows is the number of rows in every row group but the last; 0 is RowGroupRows.
	RowGroupRows int
	// RowGroupTextBytes is the most free text that a row group holds, unless one row alone has more; 0 is 256 MiB. It
	// keeps rows of long texts from taking any amount of memory.
	RowGroupTextBytes int
	// RowGroupLabelBytes is how much text the labels of a row group may have before it ends, with the row that brings more; 0
	// is 16 MiB.
	RowGroupLabelBytes int
	// Sorted lists the columns, by position, by which the rows are in ascending order with nulls first. It is recorded
	// in the file and not checked.
	Sorted []int
	// Plain leaves out compression.
	Plain bool
	// Buffers are those of a writer that is closed, whose memory this one uses again; nil makes new ones.
	Buffers *WriterBuffers
}

// WriterBuffers is the memory of a Writer. The zero value is ready for use, by one writer after another.
type WriterBuffers struct {
	held   *dataset.Batch // rows of a row group that is not full yet
	column columnEncoder
	zstd   *zstd.Encoder
	packed []byte // the page at hand
	// tried is what the codecs make of sampled, a sample that may be a whole page.
	tried   [codecZstd + 1][]byte
	sampled []byte
	head    packed.Thrift
	// written are chunks of the row group at hand that another column may repeat; copied is what is written of the next.
	written []writtenChunk
	copied  []byte
	copying bool
}

// begin readies the buffers for a table.
func (w *WriterBuffers) begin(t *schemas.Table) error {
	if w.held != nil && w.held.Table == t {
		w.held.Clear()
	} else {
		w.held = nil
	}
	if w.zstd != nil {
		return nil
	}
	var err error
	w.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(pageBytes), zstd.WithLowerEncoderMem(true),
		zstd.WithAllLitEntropyCompression(true)) // digits of identifiers repeat nothing, and still are but sixteen
	return err
}

// WriterStats is what a finished file holds.
type WriterStats struct {
	Rows, Bytes int64
	RowGroups   int
}

// Writer writes one Parquet file of a table: flat, with page checksums, statistics and page indexes, and nothing in it
// that depends on anything but the rows, the metadata and the options. How the rows were divided into batches leaves no
// trace.
type Writer struct {
	table   *schemas.Table
	options WriterOptions
	meta    []KeyValue
	out     io.Writer
	at      int64
	err     error

	*WriterBuffers

	// codecs are those of the columns, from the first row group on.
	codecs []int
	groups []groupInfo
	rows   int64
}

type groupInfo struct {
	rows   int
	at     int64
	chunks []chunkInfo
}

// NewWriter begins a Parquet file of table t on w. To the file's metadata, which need not be in order, it adds the
// table's name and version, as daybook.table and daybook.version, unless they are there. Writes are large, so w needs no buffer of its own. It fails on a table that cannot be.
func NewWriter(w io.Writer, t *schemas.Table, meta []KeyValue, options WriterOptions) (*Writer, error) {
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("write Parquet: %w", err)
	}
	for _, col := range options.Sorted {
		if col < 0 || col >= len(t.Columns) {
			return nil, fmt.Errorf("write Parquet of table %s: there is no column %d to be sorted by", t.Name, col)
		}
	}
	if options.RowGroupRows <= 0 {
		options.RowGroupRows = RowGroupRows
	}
	if options.RowGroupTextBytes <= 0 {
		options.RowGroupTextBytes = 256 << 20
	}
	if options.RowGroupLabelBytes <= 0 {
		options.RowGroupLabelBytes = 16 << 20
	}
	buffers := options.Buffers
	if buffers == nil {
		buffers = new(WriterBuffers)
	}
	if err := buffers.begin(t); err != nil {
		return nil, fmt.Errorf("write Parquet of table %s: %w", t.Name, err)
	}
	meta = slices.Clone(meta)
	for _, own := range []KeyValue{{"daybook.table", t.Name}, {"daybook.version", t.Version}} {
		if !slices.ContainsFunc(meta, func(kv KeyValue) bool { return kv.Key == own.Key }) {
			meta = append(meta, own)
		}
	}
	slices.SortStableFunc(meta, func(a, b KeyValue) int { return strings.Compare(a.Key, b.Key) })
	p := &Writer{table: t, options: options, meta: meta, out: w, WriterBuffers: buffers, codecs: make([]int, len(t.Columns))}
	p.write([]byte(magic))
	return p, p.err
}

// magic begins and ends a Parquet file.
const magic = "PAR1"

// Append writes the rows of b. Whole row groups go to the file from b itself; what is left over is copied, so b may be
// reset afterwards. The error is that of the output, or of a null in a required column; after an error the file is
// lost.
func (p *Writer) Append(b *dataset.Batch) error {
	if p.err == nil && len(b.Columns) != len(p.table.Columns) {
		p.err = fmt.Errorf("write Parquet of table %s: the batch has %d columns, not %d", p.table.Name, len(b.Columns), len(p.table.Columns))
	}
	for from := 0; from < b.Rows && p.err == nil; {
		room := p.options.RowGroupRows
		if p.held != nil {
			room -= p.held.Rows
		}
		n := min(room, b.Rows-from)
		full := n == room
		if fit := p.fitting(b, from, n); fit < n {
			n, full = fit, true
		}
		switch {
		case p.manyLabels(b):
			n = p.holdSome(b, from, n, full)
		case full && (p.held == nil || p.held.Rows == 0):
			p.group(b, from, from+n)
		default:
			p.hold(b, from, from+n)
			if full {
				p.flush()
			}
		}
		from += n
	}
	return p.err
}

// hold keeps rows [from, to) of b.
func (p *Writer) hold(b *dataset.Batch, from, to int) {
	if p.held == nil {
		p.held = dataset.NewBatch(p.table)
	}
	p.held.AppendRange(b, from, to)
}

// manyLabels reports whether the row group may have to end among the rows of b for the texts of its labels.
func (p *Writer) manyLabels(b *dataset.Batch) bool {
	size := b.LabelBytes()
	if p.held != nil {
		size += p.held.LabelBytes()
	}
	return size > p.options.RowGroupLabelBytes
}

// holdSome keeps up to n rows of b, from the given one, row by row, until the texts of the labels of the row group are too
// many. It returns how many those are. The row group ends with the last of them, or if it is full with all.
func (p *Writer) holdSome(b *dataset.Batch, from, n int, full bool) int {
	for i := range n {
		p.hold(b, from+i, from+i+1)
		if p.held.LabelBytes() > p.options.RowGroupLabelBytes {
			p.flush()
			return i + 1
		}
	}
	if full {
		p.flush()
	}
	return n
}

// AppendLast is Append for the last rows, which go to the file as they are where nothing is held.
func (p *Writer) AppendLast(b *dataset.Batch) error {
	if p.err == nil && len(b.Columns) == len(p.table.Columns) && (p.held == nil || p.held.Rows == 0) && b.Rows > 0 &&
		b.Rows <= p.options.RowGroupRows && p.fitting(b, 0, b.Rows) == b.Rows && !p.manyLabels(b) {
		p.group(b, 0, b.Rows)
		return p.err
	}
	return p.Append(b)
}

// fitting returns how many of n rows of b, from the given one, still go into the row group by their text: the same
// number however the rows came in batches.
func (p *Writer) fitting(b *dataset.Batch, from, n int) int {
	held, least := 0, 1
	if p.held != nil && p.held.Rows > 0 {
		held, least = p.held.TextBytes(0, p.held.Rows), 0
	}
	if held+b.TextBytes(from, from+n) <= p.options.RowGroupTextBytes {
		return n
	}
	return max(least, sort.Search(n, func(k int) bool { return held+b.TextBytes(from, from+k+1) > p.options.RowGroupTextBytes }))
}

// Close writes what is held and the footer. A file without rows is valid. It does not close the output.
func (p *Writer) Close() (WriterStats, error) {
	p.flush()
	if p.err == nil {
		p.writeIndexes()
		p.writeFooter()
	}
	stats := WriterStats{Rows: p.rows, Bytes: p.at, RowGroups: len(p.groups)}
	if p.err == nil {
		p.err = errClosed
		return stats, nil
	}
	return stats, p.err
}

var errClosed = errors.New("write Parquet: the file is closed already")

func (p *Writer) flush() {
	if p.err == nil && p.held != nil && p.held.Rows > 0 {
		p.group(p.held, 0, p.held.Rows)
		// The dictionaries go, too: codes of rows that are written would only make them grow.
		p.held.Clear()
	}
}

// group writes rows [from, to) of b as one row group.
func (p *Writer) group(b *dataset.Batch, from, to int) {
	g := groupInfo{rows: to - from, at: p.at, chunks: make([]chunkInfo, len(b.Columns))}
	p.written, p.copied = p.written[:0], p.copied[:0]
	for i := range b.Columns {
		if twin := p.twin(b, i, from, to); twin != nil {
			g.chunks[i] = p.repeat(twin)
			continue
		}
		if err := p.column.encode(&b.Columns[i], p.table.Columns[i].Required, from, to); err != nil {
			p.err = fmt.Errorf("write column %s of table %s: %w", p.table.Columns[i].Name, p.table.Name, err)
			return
		}
		g.chunks[i] = p.chunkOnce(b, i)
		if p.err != nil {
			return
		}
	}
	p.groups = append(p.groups, g)
	p.rows += int64(g.rows)
}

func (p *Writer) write(b []byte) {
	if p.err != nil {
		return
	}
	if p.copying {
		p.copied = append(p.copied, b...)
	}
	n, err := p.out.Write(b)
	p.at += int64(n)
	if err != nil {
		p.err = fmt.Errorf("write Parquet of table %s at byte %d: %w", p.table.Name, p.at, err)
	}
}
