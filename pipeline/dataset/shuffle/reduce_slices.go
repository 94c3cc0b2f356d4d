package shuffle

import (
	"errors"
	"fmt"
	"math"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// A shard that is a few times as large as the budget is read several times. The first time only what decides over names
// and order counts, and of that there is room for all rows: it yields the place of each row in the result. Then every
// slice of the result that fits the budget is gathered by reading the blocks again, and that costs less than to write
// the rows to temporary files and read those.

const (
	// narrowBytes is what is kept of a row besides the columns of the order: the hash of its name, its weight, and either a
	// place in the table of names or the means to sort it.
	narrowBytes = 52
	// placeBytes is what is kept of a row while slices are gathered.
	placeBytes = 20
	noPlace    = math.MaxUint32
)

// errNames says that the names cannot be told apart by what is kept of them: different ones have the same hash, or too many
// are duplicates to be looked at.
var errNames = errors.New("names cannot be told apart by their hashes")

// duplicatePair are rows of the shard by number: both have the same name.
type duplicatePair struct{ kept, dropped uint32 }

// slicer reduces a shard slice by slice.
type slicer struct {
	*job
	// hashes are those of the rows' names, 0 for rows without one; weights are the bytes of the rows' texts.
	hashes  []uint64
	weights []uint32
	// places are those of the rows in the result, noPlace for duplicates.
	places []uint32
	pairs  []duplicatePair
	// paired has both rows of every pair, until they have been looked at.
	paired marks
	// fixed is about what a row takes besides its texts, in bytes.
	fixed int64
	text  int64
}

// fitsSliced reports whether the shard can be reduced slice by slice; total is its memory.
func (j *job) fitsSliced(total int64) bool {
	const mostSlices = 16
	rows := j.stats.Rows
	if rows == 0 || rows >= noPlace {
		return false
	}
	perRow := int64(narrowBytes)
	for _, c := range j.what.Order {
		perRow += 8
		if j.what.Table.Columns[c].Type == schemas.Label {
			perRow -= 4
		}
	}
	room := j.options.BudgetBytes - rows*placeBytes - total/rows*min(rows, int64(j.options.BatchRows))
	return rows*perRow <= j.options.BudgetBytes && room > 0 && total/room < mostSlices
}

// sliced reduces the shard slice by slice. The error is errNames, before anything is handed out, if the shard has to be
// reduced in another way.
func (j *job) sliced(total int64) error {
	s := &slicer{job: j, hashes: make([]uint64, 0, j.stats.Rows), weights: make([]uint32, 0, j.stats.Rows)}
	if err := s.readNames(); err != nil {
		return err
	}
	s.fixed = max(total-s.text, 0)/j.stats.Rows + 1
	if err := s.pairUp(); err != nil {
		return err
	}
	j.names.slots, s.hashes = nil, nil // they are large, and not wanted any more
	sorted := j.sortRows(j.rows, j.keep)
	j.order.two = nil
	s.places = make([]uint32, j.stats.Rows)
	for i := range s.places {
		s.places[i] = noPlace
	}
	for i, r := range sorted {
		s.places[r.row] = uint32(i)
	}
	// The first slice is gathered even if it is empty: the duplicates are looked at with it.
	for from := 0; from == 0 || from < len(sorted); {
		to := s.end(sorted, from)
		if err := s.gatherSlice(sorted[from:to], uint32(from)); err != nil {
			return err
		}
		s.stats.Slices++
		from = max(to, 1)
	}
	return nil
}

// eachOf visits the blocks of the shard; base is the number of the block's first row.
func (s *slicer) eachOf(visit func(file int, block Block, base uint32) error) error {
	base := uint32(0)
	for i, f := range s.files {
		for _, block := range f.Blocks(s.shard) {
			if err := s.ctx.Err(); err != nil {
				return err
			}
			if err := visit(i, block, base); err != nil {
				return fmt.Errorf("file %d: %w", i, err)
			}
			base += uint32(block.Rows)
		}
	}
	return nil
}

// readNames fills s.hashes, s.weights and the columns of the order in j.rows.
func (s *slicer) readNames() error {
	rows, block := s.rows, s.out
	block.Clear()
	want := &part{columns: make([]bool, len(block.Columns))}
	for c := range block.Columns {
		block.Columns[c].Dict = rows.Columns[c].Dict
		want.columns[c] = block.Columns[c].Type == schemas.Text
	}
	for _, c := range append(append([]int{}, s.what.Identity...), s.what.Order...) {
		want.columns[c] = true
	}
	s.first = append(s.first[:0], make([]uint32, len(s.files))...)
	files := 0
	err := s.eachOf(func(file int, b Block, base uint32) error {
		for ; files <= file; files++ {
			s.first[files] = base
		}
		block.Reset()
		forget(block)
		if err := s.files[file].read(b, block, &s.buffer, want); err != nil {
			return err
		}
		if s.options.Progress != nil {
			s.options.Progress(int64(b.Rows))
		}
		s.takeNames(block)
		for _, c := range s.what.Order {
			v := &rows.Columns[c]
			if !block.Columns[c].Absent {
				v.Fill(rows.Rows)
				v.Reserve(int(s.stats.Rows))
			}
			v.AppendRange(&block.Columns[c], 0, b.Rows, rows.Rows)
		}
		rows.Rows += b.Rows
		return nil
	})
	for ; files < len(s.files); files++ {
		s.first[files] = uint32(rows.Rows)
	}
	return err
}

// takeNames notes the hashes of the names of a block, and the bytes of its texts.
func (s *slicer) takeNames(block *dataset.Batch) {
	last := -1
	if n := len(s.what.Identity); n > 0 {
		last = s.what.Identity[n-1]
	}
	at := len(s.weights)
	s.weights = dataset.Grow(s.weights, block.Rows)
	weights := s.weights[at:]
	clear(weights)
	for c := range block.Columns {
		if v := &block.Columns[c]; v.Type == schemas.Text && !v.Absent {
			start := uint32(0)
			for i, end := range v.Ends {
				weights[i] += end - start
				start = end
			}
			s.text += int64(len(v.Bytes))
		}
	}
	for i := range block.Rows {
		h := uint64(0)
		if last >= 0 && !block.Columns[last].IsNull(i) {
			h = max(s.nameHash(block, i), 1)
		}
		s.hashes = append(s.hashes, h)
	}
}

// pairUp finds the duplicates by the hashes of their names, and fills j.keep with the other rows.
func (s *slicer) pairUp() error {
	// What they are held in comes out of the same budget.
	most := s.options.BudgetBytes / 8 / (2 * (s.fixed + s.text/s.stats.Rows))
	s.paired = make(marks, s.stats.Rows/64+1)
	s.keep = dataset.Grow(s.keep[:0], len(s.hashes))[:0]
	s.names.reset(len(s.hashes))
	slots, mask := s.names.slots, uint64(len(s.names.slots)-1)
	for i, h := range s.hashes {
		if i%atOnce == 0 {
			s.names.fetch(s.hashes[i:min(i+atOnce, len(s.hashes))])
		}
		if h == 0 {
			s.keep = append(s.keep, uint32(i))
			continue
		}
		at, tag := h&mask, h>>32<<32
		for ; slots[at] != 0; at = (at + 1) & mask {
			if first := uint32(slots[at]) - 1; slots[at]>>32<<32 == tag && s.hashes[first] == h {
				s.pairs = append(s.pairs, duplicatePair{first, uint32(i)})
				s.paired.set(uint64(first))
				s.paired.set(uint64(i))
				break
			}
		}
		if slots[at] == 0 {
			slots[at] = tag | uint64(i+1)
			s.keep = append(s.keep, uint32(i))
		} else if int64(len(s.pairs)) > most {
			return errNames
		}
	}
	return nil
}

// end returns where the slice that begins at from ends. Slices are whole batches if they can be: what is left over would
// have to be copied once more.
func (s *slicer) end(sorted []keyedRow, from int) int {
	batch := s.options.BatchRows
	average := s.fixed + s.text/s.stats.Rows
	room := s.options.BudgetBytes - s.stats.Rows*placeBytes - average*int64(min(batch, len(sorted))) -
		int64(len(s.pairs))*2*average
	to, size := from, int64(0)
	for ; to < len(sorted); to++ {
		if size += s.fixed + int64(s.weights[sorted[to].row]); size > room && to > from {
			break
		}
	}
	if to < len(sorted) && to-from > batch {
		to -= (to - from) % batch
	}
	return to
}

// gatherSlice reads the rows of a slice of the result, whose first place is from, and hands them out.
func (s *slicer) gatherSlice(slice []keyedRow, from uint32) error {
	b := s.rows
	b.Reset()
	forget(b)
	b.Room = len(slice)
	var want part
	at := map[uint32]int{} // where the rows of pairs are in b
	err := s.eachOf(func(file int, block Block, base uint32) error {
		want.rows = want.rows[:0]
		for i := range block.Rows {
			row := base + uint32(i)
			place := s.places[row] - from // wraps below the slice
			if s.paired != nil && s.paired.has(uint64(row)) {
				at[row] = b.Rows + len(want.rows)
			} else if place >= uint32(len(slice)) {
				continue
			}
			if place < uint32(len(slice)) {
				slice[place].row = uint32(b.Rows + len(want.rows))
			}
			want.rows = append(want.rows, int32(i))
		}
		if len(want.rows) == 0 {
			return nil
		}
		return s.files[file].read(block, b, &s.buffer, &want)
	})
	if err != nil {
		return err
	}
	if s.paired != nil {
		if err := s.checkPairs(b, at); err != nil {
			return err
		}
		s.paired = nil
	}
	return s.handOut(slice, b)
}

// checkPairs makes sure that the duplicates are such, and counts and reports them. The rows of pairs are in b, at tells
// where.
func (s *slicer) checkPairs(b *dataset.Batch, at map[uint32]int) error {
	for _, p := range s.pairs {
		if !sameValues(b, at[p.kept], at[p.dropped], s.what.Identity) {
			return errNames
		}
	}
	for i := range s.first {
		end := uint32(s.stats.Rows)
		if i+1 < len(s.first) {
			end = s.first[i+1]
		}
		s.stats.Kept[i] = int64(end - s.first[i])
	}
	for _, p := range s.pairs {
		kept, dropped := int(p.kept), int(p.dropped)
		if err := s.duplicate(b, at[p.kept], at[p.dropped], s.fileOf(kept), s.fileOf(dropped)); err != nil {
			return err
		}
	}
	return nil
}
