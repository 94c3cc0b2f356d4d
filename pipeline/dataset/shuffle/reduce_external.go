package shuffle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// A shard that does not fit the budget is read twice. The first time only names count: each row leaves 32 bytes, which
// are divided by hash into parts small enough to be sorted, and yield a bit per row for duplicates. The second time the
// other rows are sorted in runs as large as the budget allows, written to temporary files, and merged. Where the texts of
// its labels alone do not fit, each run, block and batch has dictionaries of its own, and the merge compares texts.

const (
	nameEntryBytes = 32
	maxNameParts   = 256
	mergeFanIn     = 32
	maxRunBlock    = 8192 // rows
)

// nameEntry is what is kept of a row while names are compared. There is no second look at the texts here, so the hash is
// one that nobody can make collide: 128 bits of SHA-256.
type nameEntry struct {
	name    [16]byte
	content uint64 // SHA-256 of what the row says, cut to 64 bits: equal names and contents make a plain duplicate
	row     uint64 // in the shard
}

// conflictPair are rows of the shard.
type conflictPair struct{ kept, dropped uint64 }

// marks is a set of rows.
type marks []uint64

func (m marks) has(i uint64) bool { return m[i>>6]>>(i&63)&1 == 1 }
func (m marks) set(i uint64)      { m[i>>6] |= 1 << (i & 63) }

// external reduces a shard of any size.
func (j *job) external() error {
	if j.options.Spill == nil {
		return fmt.Errorf("its %d rows take more than the %d bytes allowed, and there is nowhere to put them: raise the budget or name a directory for temporary files",
			j.stats.Rows, j.options.BudgetBytes)
	}
	dropped := make(marks, j.stats.Rows/64+1)
	ranges := make([]intRange, len(j.what.Order))
	conflicts, err := j.findDuplicates(dropped, ranges)
	if err != nil {
		return err
	}
	if !j.labelled {
		j.order.prepare(j.rows, j.what.Order, ranges)
	}
	spill := &spiller{job: j, ranges: ranges}
	defer spill.close()
	if err := j.writeRuns(spill, dropped, conflicts); err != nil {
		return err
	}
	j.stats.Runs = len(spill.runs)
	return spill.merge()
}

// findDuplicates reads all names and marks the rows to be dropped. It also learns the ranges of the order's integers and
// all labels.
func (j *job) findDuplicates(dropped marks, ranges []intRange) ([]conflictPair, error) {
	parts := newNameParts(j)
	defer parts.close()
	row := uint64(0)
	empty := func(Block) error {
		j.rows.Reset()
		j.forgetLabels(j.rows)
		return nil
	}
	err := j.eachBlock(j.rows, empty, func(_, _ int) error {
		for i, c := range j.what.Order {
			if j.rows.Columns[c].Type != schemas.Label {
				ranges[i].include(&j.rows.Columns[c])
			}
		}
		for i := range j.rows.Rows {
			if err := parts.add(j.rows, i, row); err != nil {
				return err
			}
			row++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var conflicts []conflictPair
	err = parts.each(func(entries []nameEntry) {
		slices.SortFunc(entries, func(a, b nameEntry) int {
			return cmp.Or(bytes.Compare(a.name[:], b.name[:]), cmp.Compare(a.row, b.row))
		})
		for i, first := 1, 0; i < len(entries); i++ {
			if entries[i].name != entries[first].name {
				first = i
				continue
			}
			dropped.set(entries[i].row)
			if entries[i].content != entries[first].content {
				conflicts = append(conflicts, conflictPair{entries[first].row, entries[i].row})
			}
		}
	})
	slices.SortFunc(conflicts, func(a, b conflictPair) int { return cmp.Compare(a.dropped, b.dropped) })
	return conflicts, err
}

// nameParts holds name entries, in memory or divided among temporary files.
type nameParts struct {
	job     *job
	held    [][]nameEntry // by part
	most    int           // entries held of a part before they are written
	files   []SpillFile   // nil if all are held
	written []int
	skip    []bool // columns that are no part of the content
	named   []bool // columns that are no part of the name
	scratch []byte
}

func newNameParts(j *job) *nameParts {
	p := &nameParts{job: j, skip: j.skip, named: make([]bool, len(j.skip))}
	for c := range p.named {
		p.named[c] = !slices.Contains(j.what.Identity, c)
	}
	room := max(j.options.BudgetBytes/2, 1)
	n := min(int((j.stats.Rows*nameEntryBytes+room-1)/room), maxNameParts)
	p.held, p.written = make([][]nameEntry, n), make([]int, n)
	p.most = int(max(room/nameEntryBytes/int64(n), 16))
	if n == 1 {
		p.most = int(j.stats.Rows)
	} else {
		p.files = make([]SpillFile, n)
	}
	return p
}

// add takes in row i of b unless it has no name.
func (p *nameParts) add(b *dataset.Batch, i int, row uint64) error {
	if n := len(p.job.what.Identity); n == 0 || b.Columns[p.job.what.Identity[n-1]].IsNull(i) {
		return nil
	}
	p.scratch = dataset.AppendRow(p.scratch[:0], b, i, p.named)
	name := sha256.Sum256(p.scratch)
	p.scratch = dataset.AppendRow(p.scratch[:0], b, i, p.skip)
	content := sha256.Sum256(p.scratch)
	part := int(uint64(binary.LittleEndian.Uint32(name[16:])) * uint64(len(p.held)) >> 32)
	p.held[part] = dataset.WithRoom(p.held[part], p.most)
	p.held[part] = append(p.held[part], nameEntry{[16]byte(name[:16]), binary.LittleEndian.Uint64(content[:]), row})
	if len(p.held[part]) >= p.most && p.files != nil {
		return p.write(part)
	}
	return nil
}

func (p *nameParts) write(part int) error {
	if len(p.held[part]) == 0 {
		return nil
	}
	if p.files[part] == nil {
		f, err := p.job.options.Spill()
		if err != nil {
			return fmt.Errorf("make a temporary file: %w", err)
		}
		p.files[part] = f
	}
	p.scratch = p.scratch[:0]
	for _, e := range p.held[part] {
		p.scratch = append(p.scratch, e.name[:]...)
		p.scratch = binary.LittleEndian.AppendUint64(p.scratch, e.content)
		p.scratch = binary.LittleEndian.AppendUint64(p.scratch, e.row)
	}
	p.written[part] += len(p.held[part])
	p.held[part] = p.held[part][:0]
	if _, err := p.files[part].Write(p.scratch); err != nil {
		return fmt.Errorf("write names to a temporary file: %w", err)
	}
	return nil
}

// each visits the entries of every part.
func (p *nameParts) each(visit func([]nameEntry)) error {
	if p.files == nil {
		visit(p.held[0])
		return nil
	}
	for part := range p.held {
		if err := p.write(part); err != nil {
			return err
		}
		p.held[part] = nil
	}
	var entries []nameEntry
	var buffer []byte
	for part, f := range p.files {
		if f == nil {
			continue
		}
		buffer = dataset.Grow(buffer[:0], p.written[part]*nameEntryBytes)
		if err := dataset.ReadFull(f, buffer, 0); err != nil {
			return fmt.Errorf("read names from a temporary file: %w", err)
		}
		entries = dataset.Grow(entries[:0], p.written[part])
		for i := range entries {
			b := buffer[i*nameEntryBytes:]
			entries[i] = nameEntry{[16]byte(b[:16]), binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])}
		}
		visit(entries)
	}
	return nil
}

func (p *nameParts) close() {
	for _, f := range p.files {
		if f != nil {
			_ = f.Close() // a temporary file that was read already has nothing left to lose
		}
	}
}

// keptRow is what is remembered of a row that others contradict.
type keptRow struct {
	Place
	// named says that the columns in which others differ are looked for, by the sums of its cells.
	named bool
	sums  []uint64
}

// cellSums returns a digest of each cell of row i.
func (j *job) cellSums(b *dataset.Batch, i int) []uint64 {
	sums, only := make([]uint64, len(b.Columns)), make([]bool, len(b.Columns))
	for c := range only {
		only[c] = true
	}
	for c := range sums {
		if !j.skip[c] {
			only[c] = false
			j.cell = dataset.AppendRow(j.cell[:0], b, i, only)
			only[c] = true
			sums[c] = dataset.Hash(j.cell)
		}
	}
	return sums
}

// differs returns the columns in which row i is not equal to a row that was kept.
func (j *job) differs(first *keptRow, b *dataset.Batch, i int) (columns []int) {
	if !first.named {
		return nil
	}
	for c, sum := range j.cellSums(b, i) {
		if sum != first.sums[c] {
			columns = append(columns, c)
		}
	}
	return columns
}

// writeRuns reads the rows again, counts and reports those that are dropped, and writes the others in sorted runs.
func (j *job) writeRuns(spill *spiller, dropped marks, conflicts []conflictPair) error {
	b := j.rows
	b.Reset()
	j.forgetLabels(b)
	kept := make(map[uint64]*keptRow)
	for k, c := range conflicts {
		if _, known := kept[c.kept]; !known {
			kept[c.kept] = &keptRow{named: k < mostNamed}
		}
	}
	row, held := uint64(0), int64(0)
	j.keep = j.keep[:0]
	before := func(block Block) error {
		if b.Rows == 0 || held+j.need(block) <= j.options.BudgetBytes/2 {
			held += j.need(block)
			return nil
		}
		held = j.need(block)
		return j.endRun(spill)
	}
	after := func(file, from int) error {
		for i := from; i < b.Rows; i++ {
			if first, ok := kept[row]; ok {
				first.Place = j.place(b, i, file)
				if first.named {
					first.sums = j.cellSums(b, i)
				}
			}
			if !dropped.has(row) {
				j.stats.Kept[file]++
				j.keep = append(j.keep, uint32(i))
				row++
				continue
			}
			if err := j.tallies[file].AddRow(b, i, j.what.Measures); err != nil {
				return err
			}
			if len(conflicts) > 0 && conflicts[0].dropped == row {
				first := kept[conflicts[0].kept]
				if err := j.report(Conflict{first.Place, j.place(b, i, file), j.differs(first, b, i)}); err != nil {
					return err
				}
				conflicts = conflicts[1:]
			}
			row++
		}
		return nil
	}
	if err := j.eachBlock(b, before, after); err != nil {
		return err
	}
	return j.endRun(spill)
}

// endRun sorts and writes the rows held.
func (j *job) endRun(spill *spiller) error {
	if len(j.keep) > 0 {
		run, err := spill.begin()
		if err != nil {
			return err
		}
		if j.labelled {
			j.order.prepare(j.rows, j.what.Order, spill.ranges)
		}
		sorted := j.order.sort(j.rows, j.keep)
		for len(sorted) > 0 {
			n := min(spill.blockRows(), len(sorted))
			gatherFrom(j.out, j.rows, sorted[:n])
			sorted = sorted[n:]
			if err := spill.write(run, j.out); err != nil {
				return err
			}
		}
		spill.runs = append(spill.runs, run)
	}
	j.rows.Reset()
	j.forgetLabels(j.rows)
	j.keep = j.keep[:0]
	return nil
}
