package shuffle

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// File reads a shuffle file, shard by shard. It may be used from many goroutines if the io.ReaderAt may.
type File struct {
	in    io.ReaderAt
	index shuffleIndex
	// sorted are the index's blocks by shard; those of shard k are sorted[start[k]:start[k+1]].
	sorted []Block
	start  []int
}

// shuffleIndexBytes and shuffleBlockBytes bound what a damaged tail can claim.
const (
	shuffleIndexBytes = 256 << 20
	shuffleBlockBytes = 1 << 30
)

// Open reads the index of a shuffle file of table t. A file that is damaged or of another table or version is an
// error wrapping ErrDamaged.
func Open(r io.ReaderAt, size int64, t *schemas.Table) (*File, error) {
	if size < shuffleTail+int64(len(shuffleMagic)) {
		return nil, fmt.Errorf("open shuffle: %d bytes are too few: %w", size, dataset.ErrDamaged)
	}
	var tail [shuffleTail]byte
	if err := dataset.ReadFull(r, tail[:], size-shuffleTail); err != nil {
		return nil, fmt.Errorf("open shuffle: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	end := size - shuffleTail - length // of the blocks
	if string(tail[8:]) != shuffleMagic || end < int64(len(shuffleMagic)) || length > shuffleIndexBytes {
		return nil, fmt.Errorf("open shuffle: it has no tail: %w", dataset.ErrDamaged)
	}
	index := make([]byte, length)
	if err := dataset.ReadFull(r, index, end); err != nil {
		return nil, fmt.Errorf("open shuffle: %w", err)
	}
	if crc32.Checksum(index, castagnoli) != binary.LittleEndian.Uint32(tail[4:]) {
		return nil, fmt.Errorf("open shuffle: the index's checksum is wrong: %w", dataset.ErrDamaged)
	}
	s := &File{in: r}
	if err := json.Unmarshal(index, &s.index); err != nil {
		return nil, fmt.Errorf("open shuffle: %w: %w", err, dataset.ErrDamaged)
	}
	if err := s.check(t, end); err != nil {
		return nil, fmt.Errorf("open shuffle: %w: %w", err, dataset.ErrDamaged)
	}
	s.sort()
	return s, nil
}

func (s *File) check(t *schemas.Table, end int64) error {
	x := &s.index
	if x.Table != t.Name || x.Version != t.Version {
		return fmt.Errorf("it holds table %s version %s, not %s version %s", x.Table, x.Version, t.Name, t.Version)
	}
	var rows int64
	at := int64(len(shuffleMagic))
	for i, b := range x.Blocks {
		if b.Shard < 0 || b.Shard >= x.Shards || b.Rows < 1 || b.At != at || b.Bytes < 1 || b.Bytes > shuffleBlockBytes || b.Memory < 0 || b.Labels < 0 {
			return fmt.Errorf("block %d cannot be", i)
		}
		at += b.Bytes
		rows += int64(b.Rows)
	}
	if at != end || rows != x.Rows || x.Shards < 1 || x.Shards > dataset.MaxShards {
		return errors.New("the blocks do not add up to the file")
	}
	return nil
}

// sort fills s.sorted and s.start.
func (s *File) sort() {
	s.sorted = slices.Clone(s.index.Blocks)
	slices.SortStableFunc(s.sorted, func(a, b Block) int { return cmp.Compare(a.Shard, b.Shard) })
	s.start = make([]int, s.index.Shards+1)
	for _, b := range s.sorted {
		s.start[b.Shard+1]++
	}
	for k := range s.index.Shards {
		s.start[k+1] += s.start[k]
	}
}

// On returns the same file read by way of another reader, which must have the same bytes.
func (s *File) On(r io.ReaderAt) *File {
	other := *s
	other.in = r
	return &other
}

// Shards returns the number of shards.
func (s *File) Shards() int { return s.index.Shards }

// Rows returns the number of rows of all shards.
func (s *File) Rows() int64 { return s.index.Rows }

// Blocks returns the blocks of a shard, in the order of their rows. They must not be changed.
func (s *File) Blocks(shard int) []Block { return s.sorted[s.start[shard]:s.start[shard+1]] }

// ShardRows returns the number of rows of a shard.
func (s *File) ShardRows(shard int) (rows int64) {
	for _, b := range s.Blocks(shard) {
		rows += int64(b.Rows)
	}
	return rows
}

// Read appends the rows of a block to b, translating labels to b's dictionaries. An error of damage wraps ErrDamaged.
func (s *File) Read(block Block, b *dataset.Batch, buffer *BlockBuffer) error {
	return s.read(block, b, buffer, nil)
}

// read is Read for a part of a block.
func (s *File) read(block Block, b *dataset.Batch, buffer *BlockBuffer, want *part) error {
	if err := buffer.read(s.in, block, b, want); err != nil {
		return fmt.Errorf("read shuffle block at %d: %w", block.At, err)
	}
	return nil
}

// read reads and decodes what is wanted of a block of any file.
func (m *BlockBuffer) read(in io.ReaderAt, block Block, b *dataset.Batch, want *part) (err error) {
	defer dataset.Recovered(&err)
	m.stream = dataset.Grow(m.stream[:0], int(block.Bytes))
	if err := dataset.ReadFull(in, m.stream, block.At); err != nil {
		return err
	}
	if crc32.Checksum(m.stream, castagnoli) != block.CRC {
		return fmt.Errorf("its checksum is wrong: %w", dataset.ErrDamaged)
	}
	if err := m.decode(block.Rows, b, want); err != nil {
		return fmt.Errorf("%w: %w", err, dataset.ErrDamaged)
	}
	return nil
}
