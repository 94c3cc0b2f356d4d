package shuffle

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// A shuffle file carries rows from the task that decoded an object to the tasks that own shards of accounts. It is a
// row of blocks, each the rows of one shard, in order, as a complete Arrow IPC stream: only the columns that are not
// all null, labels by dictionary, the rest in few bytes, by extension types that the fields name (extension.go). Behind the
// blocks stand an index as JSON and a tail of sixteen bytes: the index's length and CRC-32C, and the magic word. So a shard
// reads its own blocks and nothing else, and knows them undamaged.
const shuffleMagic = "DAYBOOK3"

const shuffleTail = 16

// bounds say when rows that are held become blocks. They are the same for every file, whatever memory a process has: what
// is written may depend on the rows alone.
type bounds struct {
	// block is the most bytes, as the rows take them in a batch, that are held for a shard, and all that for all of them.
	// Both may be exceeded by the batch that comes last.
	block, all int
}

// usualBounds hold a quarter of the usual budget of memory: less costs time, for blocks become many and each repeats its
// labels (a third of it a tenth of writing and reading), and more saves next to none.
var usualBounds = bounds{block: 4 << 20, all: 32 << 20}

// Stats is what a finished shuffle file holds.
type Stats struct {
	Rows, Bytes int64
	Blocks      int
	// ShardRows is the number of rows by shard.
	ShardRows []int64
}

// Writer routes the rows of one object to shards.
type Writer struct {
	table  *schemas.Table
	out    *bufio.Writer
	at     int64
	err    error
	bounds bounds
	index  shuffleIndex

	shards []*dataset.Batch
	// sizes is about what the rows of each shard take, in bytes.
	sizes []int
	held  int
	order []int32
	start []int32
	block blockEncoder
}

// shuffleIndex is the index of a shuffle file.
type shuffleIndex struct {
	Table   string  `json:"table"`
	Version string  `json:"version"`
	Shards  int     `json:"shards"`
	Rows    int64   `json:"rows"`
	Blocks  []Block `json:"blocks"`
}

// Block is the place of some rows of one shard in a shuffle file.
type Block struct {
	Shard int `json:"shard"`
	Rows  int `json:"rows"`
	// At and Bytes are its place, and CRC the checksum (CRC-32C) of what is there.
	At    int64  `json:"at"`
	Bytes int64  `json:"bytes"`
	CRC   uint32 `json:"crc"`
	// Memory is about how many bytes the rows take in a batch, and Labels how many the texts of their labels do.
	Memory int64 `json:"memory"`
	Labels int64 `json:"labels"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// NewWriter begins a shuffle file of table t on w.
func NewWriter(w io.Writer, t *schemas.Table, shards int) (*Writer, error) {
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("write shuffle: %w", err)
	}
	if shards < 1 || shards > dataset.MaxShards {
		return nil, fmt.Errorf("write shuffle of table %s: %d shards are not between 1 and %d", t.Name, shards, dataset.MaxShards)
	}
	s := &Writer{table: t, bounds: usualBounds, shards: make([]*dataset.Batch, shards), sizes: make([]int, shards)}
	return s, s.Reset(w)
}

// Reset begins another file of the same table and shards on w, whatever became of the last. Its buffers are used again,
// which leaves no trace in the file.
func (s *Writer) Reset(w io.Writer) error {
	s.out, s.at, s.err, s.held = bufio.NewWriterSize(w, 1<<18), 0, nil, 0
	s.index = shuffleIndex{Table: s.table.Name, Version: s.table.Version, Shards: len(s.shards), Blocks: []Block{}}
	clear(s.sizes)
	for _, b := range s.shards {
		if b != nil {
			b.Reset()
			forget(b)
		}
	}
	s.write([]byte(shuffleMagic))
	return s.err
}

// forget makes every column of an empty batch absent.
func forget(b *dataset.Batch) {
	for c := range b.Columns {
		b.Columns[c].Absent = true
	}
}

// Add routes row i of b to shard[i], which is below the number of shards. It copies the rows; the batches' dictionaries
// may grow meanwhile but must not change otherwise. The file depends on the rows and their division into batches, so
// give it the same batches each time. The error is that of the output.
func (s *Writer) Add(b *dataset.Batch, shard []uint16) error {
	if s.err != nil {
		return s.err
	}
	if len(shard) != b.Rows || len(b.Columns) != len(s.table.Columns) {
		s.err = fmt.Errorf("write shuffle of table %s: %d shard numbers for %d rows, %d columns for %d",
			s.table.Name, len(shard), b.Rows, len(b.Columns), len(s.table.Columns))
		return s.err
	}
	s.group(shard)
	for k := range s.shards {
		if s.start[k] == s.start[k+1] {
			continue
		}
		if s.shards[k] == nil {
			s.shards[k] = dataset.NewBatch(s.table)
		}
		s.sameDictionaries(k, b)
	}
	for c := range b.Columns {
		if b.Columns[c].Absent {
			s.absent(c)
			continue
		}
		s.route(c, &b.Columns[c])
	}
	for k, to := range s.shards {
		if n := int(s.start[k+1] - s.start[k]); n > 0 {
			to.Rows += n
		}
		if s.sizes[k] > s.bounds.block {
			s.flush(k)
		}
	}
	for s.held > s.bounds.all && s.err == nil {
		s.flush(s.largest())
	}
	return s.err
}

// sameDictionaries makes the rows held for shard k ready to take codes of b. Rows with codes of other dictionaries are
// written first.
func (s *Writer) sameDictionaries(k int, b *dataset.Batch) {
	held := s.shards[k]
	for c := range held.Columns {
		if held.Columns[c].Dict != b.Columns[c].Dict && held.Rows > 0 {
			s.flush(k)
			break
		}
	}
	for c := range held.Columns {
		held.Columns[c].Dict = b.Columns[c].Dict
	}
}

// group sorts the rows by shard into s.order; those of shard k are order[start[k]:start[k+1]], in their old order.
func (s *Writer) group(shard []uint16) {
	s.start = dataset.Grow(s.start[:0], len(s.shards)+1)
	clear(s.start)
	for _, k := range shard {
		s.start[k+1]++
	}
	for k := range s.shards {
		s.start[k+1] += s.start[k]
	}
	s.order = dataset.Grow(s.order[:0], len(shard))
	for i, k := range shard {
		s.order[s.start[k]] = int32(i)
		s.start[k]++
	}
	copy(s.start[1:], s.start)
	s.start[0] = 0
}

// absent gives the rows' places in column c nulls where the shard has that column.
func (s *Writer) absent(c int) {
	for k, to := range s.shards {
		if to == nil || to.Columns[c].Absent {
			continue
		}
		for range s.start[k+1] - s.start[k] {
			to.Columns[c].AppendNull()
		}
	}
}

// route moves column c, shard by shard.
func (s *Writer) route(c int, from *dataset.Vector) {
	nulls := from.CountNulls(0, max(len(from.Codes), len(from.Ends), len(from.Ints), len(from.Decs)))
	width := from.TextWidth()
	for k, to := range s.shards {
		rows := s.order[s.start[k]:s.start[k+1]]
		if len(rows) == 0 {
			continue
		}
		v := &to.Columns[c]
		before := memoryOf(v)
		v.Fill(to.Rows)
		if nulls > 0 {
			for i, row := range rows {
				if from.IsNull(int(row)) {
					v.SetNull(to.Rows + i)
				}
			}
		}
		doubleRoom(v, from, len(rows))
		gatherRows(v, from, rows, width)
		size := memoryOf(v) - before
		s.sizes[k] += size
		s.held += size
	}
}

// doubleRoom makes room for about n rows of src more, and where there is too little, for twice as many as there was: blocks grow
// batch by batch, and every step in between is copied and left to the collector.
func doubleRoom(v *dataset.Vector, src *dataset.Vector, n int) {
	switch v.Type {
	case schemas.Label:
		v.Codes = doubled(v.Codes, n)
	case schemas.Text:
		v.Bytes = doubled(v.Bytes, len(src.Bytes)/max(1, len(src.Ends))*n*9/8+textStep)
		v.Ends = doubled(v.Ends, n)
	case schemas.Decimal:
		v.Decs = doubled(v.Decs, n)
	case schemas.Time, schemas.Integer:
		v.Ints = doubled(v.Ints, n)
	}
}

func doubled[T any](s []T, n int) []T {
	if len(s)+n <= cap(s) {
		return s
	}
	return dataset.WithRoom(s, max(len(s)+n, 2*cap(s)))
}

// memoryOf returns about how many bytes the rows of v take.
func memoryOf(v *dataset.Vector) int {
	return 8*len(v.Nulls) + 4*len(v.Codes) + len(v.Bytes) + 4*len(v.Ends) + 8*len(v.Ints) + 16*len(v.Decs)
}

// largest returns the shard that holds most, the first of equals.
func (s *Writer) largest() int {
	best := 0
	for k, size := range s.sizes {
		if size > s.sizes[best] {
			best = k
		}
	}
	return best
}

// flush writes the rows held for shard k as a block.
func (s *Writer) flush(k int) {
	b := s.shards[k]
	if s.err != nil || b == nil || b.Rows == 0 {
		return
	}
	size, crc, err := s.block.encode(s.out, b)
	if err != nil {
		s.err = fmt.Errorf("write shuffle of table %s: %w", s.table.Name, err)
		return
	}
	s.index.Blocks = append(s.index.Blocks, Block{Shard: k, Rows: b.Rows, At: s.at, Bytes: size, CRC: crc, Memory: int64(s.sizes[k]), Labels: s.block.labelBytes})
	s.index.Rows += int64(b.Rows)
	s.at += size
	b.Reset()
	forget(b)
	s.held -= s.sizes[k]
	s.sizes[k] = 0
}

// Close writes what is held and the index. It does not close the output.
func (s *Writer) Close() (Stats, error) {
	for k := range s.shards {
		s.flush(k)
	}
	index, err := json.Marshal(&s.index)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("write shuffle of table %s: %w", s.table.Name, err)
	}
	s.write(index)
	s.write(appendTail(nil, index))
	if err := s.out.Flush(); err != nil && s.err == nil {
		s.err = fmt.Errorf("write shuffle of table %s: %w", s.table.Name, err)
	}
	stats := Stats{Rows: s.index.Rows, Bytes: s.at, Blocks: len(s.index.Blocks), ShardRows: make([]int64, len(s.shards))}
	for _, b := range s.index.Blocks {
		stats.ShardRows[b.Shard] += int64(b.Rows)
	}
	if s.err == nil {
		s.err = errors.New("write shuffle: the file is closed already")
		return stats, nil
	}
	return stats, s.err
}

func (s *Writer) write(b []byte) {
	if s.err != nil {
		return
	}
	n, err := s.out.Write(b)
	s.at += int64(n)
	if err != nil {
		s.err = fmt.Errorf("write shuffle of table %s at byte %d: %w", s.table.Name, s.at, err)
	}
}
