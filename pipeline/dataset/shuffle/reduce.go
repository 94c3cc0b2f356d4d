package shuffle

import (
	"context"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Reduction says how the rows that were routed to a shard become a dataset: which are duplicates, and in what order the
// others stand.
type Reduction struct {
	Table *schemas.Table
	// Identity are the columns, labels and texts, that together name a record: of two rows that agree in them the later
	// is a duplicate. A row with a null in the last of them has no name and is nobody's duplicate.
	Identity []int
	// Order are the columns by which rows are sorted, labels and integers or times; nulls stand first, texts are
	// compared by bytes. Rows that are equal in all of them keep the order in which they came.
	Order []int
	// Object and Row are the columns, a label and an integer, that say where a row came from. They and the columns of
	// Lineage are no part of what a row says: duplicates that differ in others are conflicts.
	Object, Row int
	Lineage     []int
	Measures    dataset.Measures
}

// UsageReduction is that of schemas.Usage: records are named by account, source and record id.
func UsageReduction() Reduction {
	return Reduction{
		Table:    &schemas.Usage,
		Identity: []int{schemas.UseAccountId, schemas.UseSourceId, schemas.UseRecordId},
		Order: []int{
			schemas.UseAccountId, schemas.UseServiceName, schemas.UseSkuId, schemas.UseChargePeriodStart,
			schemas.UseObjectKey, schemas.UseObjectRow,
		},
		Object: schemas.UseObjectKey, Row: schemas.UseObjectRow,
		// What nothing reads is no part of what a record says: the attributes of an event that carry it, such as traces and
		// times of delivery, differ from one attempt to the next.
		Lineage:  []int{schemas.UseExtra},
		Measures: dataset.UsageMeasures(),
	}
}

// SpillFile is a temporary file: it is written once, then read, and gone when closed.
type SpillFile interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// BatchRows is how many rows a batch handed out has unless the options say otherwise: as many as a row group of Parquet.
const BatchRows = 1 << 17

// ReduceOptions bound what a reduction takes.
type ReduceOptions struct {
	// BudgetBytes is about how much memory the rows of the shard, the means to sort them and the batches handed out may
	// take; 0 is 160 MiB. The distinct texts of labels come on top.
	BudgetBytes int64
	// LabelBytes is how much text the labels of all blocks may have for that; 0 is half of BudgetBytes. A shard with more is
	// gathered through temporary files, with the labels of some rows at a time.
	LabelBytes int64
	// BatchRows is the number of rows of each batch handed out but the last; 0 is BatchRows.
	BatchRows int
	// Spill makes a temporary file. It is needed only when the shard is larger than the budget.
	Spill func() (SpillFile, error)
	// Progress is told how many rows were read, and may be nil. Rows that go through temporary files count twice.
	Progress func(rows int64)
}

// ReduceStats is what a reduction did. Kept and Duplicates are by input file, so that each file's rows balance.
type ReduceStats struct {
	Rows       int64
	Kept       []int64
	Duplicates []dataset.Totals
	Conflicts  int64
	// Slices is in how many slices a shard larger than the budget was gathered, 0 if it was not. Runs is the number of sorted
	// runs that went through temporary files, 0 if none did.
	Slices, Runs int
}

// Place is where a row came from.
type Place struct {
	File   int // number of the shuffle file
	Object string
	Row    int64
}

// Conflict is a duplicate that says something else than the row that was kept.
type Conflict struct {
	Kept, Dropped Place
	// Differs are the columns in which the two are not equal, for as many conflicts of a shard as mostNamed says.
	Differs []int
}

// mostNamed bounds the conflicts of a shard of which the differing columns are looked for: what is known of their first rows
// is held in memory.
const mostNamed = 1 << 14

// Reducer reduces shards, one after the other; its buffers serve them all. Its zero value is ready.
type Reducer struct {
	rows   *dataset.Batch
	out    *dataset.Batch
	buffer BlockBuffer
	order  sorter
	keep   []uint32
	names  nameTable
	first  []uint32 // of rows: the row of each input file's first
}

// job is one shard on its way.
type job struct {
	*Reducer
	ctx      context.Context
	what     Reduction
	files    []*File
	shard    int
	options  ReduceOptions
	emit     func(*dataset.Batch) error
	conflict func(Conflict) error
	stats    ReduceStats
	tallies  []dataset.Tally
	skip     []bool // columns that are no part of a row's content
	cell     []byte
	// labelled says that the shard has too many texts of labels to hold them all at once.
	labelled bool
}

// Reduce merges the rows of one shard from shuffle files: duplicates are dropped, of each record the first row of the
// first file is kept, and the rest is handed to emit in order, in batches that are valid until emit returns. The files
// are in the order of their objects, and all of the same number of shards. conflict, which may be nil, is told of each
// duplicate that contradicts the row that is kept, in the order of the rows; the result and what is told are the same
// for any budget.
//
// The error is that of reading, of the spill, of emit or conflict, or the context's.
func (r *Reducer) Reduce(ctx context.Context, what Reduction, files []*File, shard int, options ReduceOptions,
	emit func(*dataset.Batch) error, conflict func(Conflict) error,
) (ReduceStats, error) {
	if options.BudgetBytes <= 0 {
		options.BudgetBytes = 160 << 20
	}
	if options.LabelBytes <= 0 {
		options.LabelBytes = options.BudgetBytes / 2
	}
	if options.BatchRows <= 0 {
		options.BatchRows = BatchRows
	}
	j := &job{
		Reducer: r, ctx: ctx, what: what, files: files, shard: shard, options: options, emit: emit, conflict: conflict,
		stats:   ReduceStats{Kept: make([]int64, len(files)), Duplicates: make([]dataset.Totals, len(files))},
		tallies: make([]dataset.Tally, len(files)),
		skip:    dataset.SkipColumns(len(what.Table.Columns), append(append([]int{what.Object, what.Row}, what.Lineage...), what.Identity...)),
	}
	if err := j.run(); err != nil {
		return ReduceStats{}, fmt.Errorf("reduce shard %d of table %s: %w", shard, what.Table.Name, err)
	}
	return j.stats, nil
}

func (j *job) run() error {
	if err := j.what.check(); err != nil {
		return err
	}
	var total, memory, labels int64
	for i, f := range j.files {
		if f.Shards() <= j.shard || f.Shards() != j.files[0].Shards() {
			return fmt.Errorf("file %d has %d shards, the first %d", i, f.Shards(), j.files[0].Shards())
		}
		for _, b := range f.Blocks(j.shard) {
			j.stats.Rows += int64(b.Rows)
			total += j.need(b)
			memory += b.Memory
			labels += b.Labels
		}
	}
	j.labelled = labels > j.options.LabelBytes && j.options.Spill != nil
	if j.rows == nil || j.rows.Table != j.what.Table {
		j.rows, j.out = dataset.NewBatch(j.what.Table), dataset.NewBatch(j.what.Table)
	}
	j.rows.Clear()
	var err error
	fits, sliceable := total <= j.options.BudgetBytes && !j.labelled, j.fitsSliced(memory) && !j.labelled
	switch {
	case fits:
		err = j.inMemory()
	case sliceable:
		err = j.sliced(memory)
	}
	if !fits && (!sliceable || errors.Is(err, errNames)) {
		j.rows.Clear()
		j.rows.Room = int(j.stats.Rows * j.options.BudgetBytes / 2 / total)
		err = j.external()
	}
	for i := range j.tallies {
		var foldErr error
		j.stats.Duplicates[i], foldErr = j.tallies[i].Totals()
		err = errors.Join(err, foldErr)
	}
	return err
}

// rowOverhead is what sorting and looking for duplicates takes for a row besides its values.
const rowOverhead = 48

// need returns about how much memory a block takes: its rows, the same again for a part of them in the batches handed
// out, and what sorting takes.
func (j *job) need(b Block) int64 {
	n := b.Memory + b.Memory/4 + int64(b.Rows)*rowOverhead
	if j.labelled {
		n += b.Labels + b.Labels/4
	}
	return n
}

// forgetLabels gives an empty batch new dictionaries where the texts of all rows are too many to be held. The old ones stay as
// they are, for tallies know sums by them.
func (j *job) forgetLabels(b *dataset.Batch) {
	for c := range b.Columns {
		if b.Columns[c].Dict != nil && j.labelled {
			b.Columns[c].Dict = dataset.NewDictionary()
		}
	}
}

func (w *Reduction) check() error {
	for _, c := range w.Identity {
		if t := w.Table.Columns[c].Type; t != schemas.Label && t != schemas.Text {
			return fmt.Errorf("column %s cannot name a record", w.Table.Columns[c].Name)
		}
	}
	for _, c := range w.Order {
		if t := w.Table.Columns[c].Type; t == schemas.Text || t == schemas.Decimal {
			return fmt.Errorf("rows cannot be sorted by column %s", w.Table.Columns[c].Name)
		}
	}
	if w.Table.Columns[w.Object].Type != schemas.Label || w.Table.Columns[w.Row].Type != schemas.Integer {
		return errors.New("the columns of object and row are not a label and an integer")
	}
	return nil
}

// eachBlock reads the blocks of the shard in order. The rows of each are appended to b; visit is told the file.
func (j *job) eachBlock(b *dataset.Batch, before func(Block) error, after func(file, from int) error) error {
	for i, f := range j.files {
		for _, block := range f.Blocks(j.shard) {
			if err := j.ctx.Err(); err != nil {
				return err
			}
			if err := before(block); err != nil {
				return err
			}
			from := b.Rows
			if err := f.Read(block, b, &j.buffer); err != nil {
				return fmt.Errorf("file %d: %w", i, err)
			}
			if j.options.Progress != nil {
				j.options.Progress(int64(block.Rows))
			}
			if err := after(i, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// inMemory holds all rows of the shard at once.
func (j *job) inMemory() error {
	b := j.rows
	b.Room = int(j.stats.Rows)
	j.first = append(j.first[:0], make([]uint32, len(j.files))...)
	err := j.eachBlock(b, func(Block) error { return nil }, func(file, from int) error {
		j.stats.Kept[file] += int64(b.Rows - from)
		return nil
	})
	if err != nil {
		return err
	}
	at := uint32(0)
	for i, n := range j.stats.Kept {
		j.first[i] = at
		at += uint32(n)
	}
	if err := j.dropDuplicates(); err != nil {
		return err
	}
	return j.handOut(j.sortRows(b, j.keep), b)
}

// sortRows sorts the given rows of b, leaving out the last columns if the rows are in their order already: the object
// and row mostly are, because that is how they were read.
func (j *job) sortRows(b *dataset.Batch, rows []uint32) []keyedRow {
	columns := j.what.Order
	for n := 1; n < len(columns); n++ {
		if inOrder(b, columns[n:]) {
			columns = columns[:n]
			break
		}
	}
	ranges := make([]intRange, len(columns))
	for i, c := range columns {
		if b.Columns[c].Type != schemas.Label {
			ranges[i].include(&b.Columns[c])
		}
	}
	j.order.prepare(b, columns, ranges)
	return j.order.sort(b, rows)
}

// handOut gathers sorted rows into batches.
func (j *job) handOut(sorted []keyedRow, from *dataset.Batch) error {
	for len(sorted) > 0 {
		n := min(j.options.BatchRows, len(sorted))
		for n > 1 && picksBytes(from, sorted[:n], j.outTextBytes()) > j.outTextBytes() {
			n = (n + 1) / 2
		}
		gatherFrom(j.out, from, sorted[:n])
		sorted = sorted[n:]
		if err := j.ctx.Err(); err != nil {
			return err
		}
		if err := j.emit(j.out); err != nil {
			return err
		}
	}
	return nil
}

// outTextBytes is the most text that a batch handed out holds, unless one row alone has more.
func (j *job) outTextBytes() int { return int(j.options.BudgetBytes / 4) }

// picksBytes returns how much text the rows hold; if all rows together have no more than enough, that will do.
func picksBytes(b *dataset.Batch, rows []keyedRow, enough int) int {
	if all := b.TextBytes(0, b.Rows); all <= enough {
		return all
	}
	size := 0
	for c := range b.Columns {
		if v := &b.Columns[c]; v.Type == schemas.Text && !v.Absent {
			for _, r := range rows {
				size += int(v.Ends[r.row] - v.TextStart(int(r.row)))
			}
		}
	}
	return size
}
