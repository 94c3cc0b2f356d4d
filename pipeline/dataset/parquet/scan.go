package parquet

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"
)

// ScanOptions say what to read of a file.
type ScanOptions struct {
	// From holds, for each column of the table, the position in the file of the column to be read into it, or -1 for a
	// column that stays absent.
	From []int
	// Groups are the row groups to be read, in this order; nil is all of them.
	Groups []int
	// Lazy lists columns of the table that Next leaves absent: they are read by Load, for the batches that need them, and
	// pages that no batch needs are passed over. A map or list cannot be lazy.
	Lazy []int
	// BatchRows is the most rows that Next yields at once; 0 is a good choice.
	BatchRows int
	// Buffers are those of a scanner that is done, whose memory this one uses again; nil makes new ones.
	Buffers *ScanBuffers
}

// ScanBuffers is the memory of a Scanner. The zero value is ready for use, by one scanner after another.
type ScanBuffers struct {
	unpacker packed.Unpacker
	columns  []columnBuffers // by position in the table
}

// Fault is a value that the batch's column cannot hold: a decimal with too many digits, a float that is no number. The
// row has a null in its place.
type Fault struct {
	Row    int64 // in the file, from 1
	Column int   // in the table
	Text   string
	Err    error
}

// Scanner reads rows of a file in order, some columns only.
type Scanner struct {
	file    *Reader
	table   *schemas.Table
	groups  []int
	most    int
	columns []columnScanner
	nested  []nestedScanner
	lazy    []lazyColumn
	left    int   // rows of the current row group that are not read yet
	rows    int   // of the batch at hand
	before  int64 // rows of the file before the batch at hand
	row     int64 // rows of the file before the next
	labels  int64 // bytes of the current row group that are read as labels
	first   []int64
	faults  []Fault
	err     error
}

// lazyColumn is a column that is read when it is asked for.
type lazyColumn struct {
	columnScanner
	loaded bool
}

// Scan prepares to read columns of the file into batches of table t. Each column of t takes what its type can hold of
// the file's column; a Label or Text column takes anything. The error names a pair that does not go together.
func (f *Reader) Scan(t *schemas.Table, options ScanOptions) (*Scanner, error) {
	s := &Scanner{file: f, table: t, groups: options.Groups, most: options.BatchRows}
	if s.most <= 0 {
		s.most = pageRows
	}
	if len(options.From) != len(t.Columns) {
		return nil, fmt.Errorf("scan Parquet into table %s: %d columns are given, it has %d", t.Name, len(options.From), len(t.Columns))
	}
	if s.groups == nil {
		for i := range f.meta.RowGroups {
			s.groups = append(s.groups, i)
		}
	}
	s.first = make([]int64, len(f.meta.RowGroups)+1)
	for i := range f.meta.RowGroups {
		s.first[i+1] = s.first[i] + f.meta.RowGroups[i].NumRows
	}
	buffers := options.Buffers
	if buffers == nil {
		buffers = new(ScanBuffers)
	}
	if len(buffers.columns) < len(t.Columns) {
		buffers.columns = make([]columnBuffers, len(t.Columns))
	}
	for to, from := range options.From {
		if from < 0 {
			continue
		}
		if from >= len(f.columns) {
			return nil, fmt.Errorf("scan Parquet into table %s: the file has no column %d", t.Name, from)
		}
		c := &f.columns[from]
		if !c.canConvert(t.Columns[to].Type) {
			return nil, fmt.Errorf("scan Parquet column %q (%s) as %s.%s: read it as text instead", c.Name, c.Description, t.Name, t.Columns[to].Name)
		}
		scanner := columnScanner{
			from: from, to: to, leaf: &c.leaf, chunk: c.chunk, kind: t.Columns[to].Type, columnBuffers: &buffers.columns[to],
		}
		scanner.pages.unpacker = &buffers.unpacker
		lazy := slices.Contains(options.Lazy, to)
		switch {
		case c.nested != nil && lazy:
			return nil, fmt.Errorf("scan Parquet into table %s: column %q is repeated, and so is read with its row", t.Name, c.Name)
		case c.nested != nil:
			s.nested = append(s.nested, newNestedScanner(scanner, c))
		case lazy:
			s.lazy = append(s.lazy, lazyColumn{columnScanner: scanner, loaded: true})
		default:
			s.columns = append(s.columns, scanner)
		}
	}
	return s, nil
}

// From returns where the columns of t lie in the file, by name: what ScanOptions.From wants for a file of ours. Columns
// that the file lacks are -1. If any of wanted is given, only those positions of the table are read.
func (f *Reader) From(t *schemas.Table, wanted ...int) []int {
	from := make([]int, len(t.Columns))
	for i := range from {
		from[i] = -1
	}
	if len(wanted) == 0 {
		for i := range from {
			from[i] = f.Column(t.Columns[i].Name)
		}
	}
	for _, i := range wanted {
		from[i] = f.Column(t.Columns[i].Name)
	}
	return from
}

// mostLabelBytes is how many bytes of labels, as they stand in pages, a row group may have before it begins dictionaries anew:
// those of a file of many such groups would hold all of its texts at once. It goes by the file alone, so that whoever reads it
// gets the same.
const mostLabelBytes = 12 << 20

// Next resets b and fills it with the next rows, never of two row groups. Where a row group has many texts of labels, its
// columns get dictionaries of their own. It reports false at the end. An error is
// about the whole file: dataset.ErrDamaged, ErrUnsupported, or that of reading it, dataset.ErrRead.
func (s *Scanner) Next(b *dataset.Batch) (more bool, err error) {
	defer func() {
		if err != nil {
			s.err, more = err, false
		}
	}()
	defer dataset.Recovered(&err)
	if s.err != nil {
		return false, s.err
	}
	b.Reset()
	opened := s.left == 0
	for i := range s.lazy {
		if c := &s.lazy[i]; !c.loaded {
			c.behind += s.rows
		}
	}
	for s.left == 0 {
		if len(s.groups) == 0 {
			return false, nil
		}
		if err := s.open(s.groups[0]); err != nil {
			return false, err
		}
		s.groups = s.groups[1:]
	}
	if opened && s.labels > mostLabelBytes {
		for i := range b.Columns {
			if b.Columns[i].Dict != nil {
				b.Columns[i].Dict = dataset.NewDictionary()
			}
		}
	}
	n := min(s.most, s.left)
	s.rows, s.before = n, s.row
	for i := range b.Columns {
		b.Columns[i].Absent = true
	}
	for i := range s.lazy {
		s.lazy[i].loaded = false
	}
	for i := range s.columns {
		c := &s.columns[i]
		if err := s.fill(&b.Columns[c.to], c, n, c.read); err != nil {
			return false, err
		}
	}
	for i := range s.nested {
		c := &s.nested[i]
		if err := s.fill(&b.Columns[c.leaves[0].to], &c.leaves[0], n, c.read); err != nil {
			return false, err
		}
	}
	b.Rows = n
	s.left -= n
	s.row += int64(n)
	return true, s.checkRest()
}

// checkRest makes sure at the end of a row group that rows have taken all that its maps and lists hold.
func (s *Scanner) checkRest() error {
	if s.left > 0 {
		return nil
	}
	for i := range s.nested {
		if c := &s.nested[i]; c.rest() > 0 {
			return s.wrap(&c.leaves[0], errMoreValues)
		}
	}
	return nil
}

// Load reads lazy columns of the batch that Next filled last; those that are there already stay. The error is as Next's.
func (s *Scanner) Load(b *dataset.Batch, columns ...int) (err error) {
	defer func() {
		if err != nil {
			s.err = err
		}
	}()
	defer dataset.Recovered(&err)
	if s.err != nil {
		return s.err
	}
	for i := range s.lazy {
		c := &s.lazy[i]
		if c.loaded || !slices.Contains(columns, c.to) {
			continue
		}
		c.loaded = true
		if err := c.skip(c.behind, b.Columns[c.to].Dict); err != nil {
			return s.wrap(&c.columnScanner, err)
		}
		c.behind = 0
		if err := s.fill(&b.Columns[c.to], &c.columnScanner, s.rows, c.read); err != nil {
			return err
		}
	}
	return nil
}

// fill reads n rows of a column into v, which stays absent if all of them are null.
func (s *Scanner) fill(v *dataset.Vector, c *columnScanner, n int, read func(*dataset.Vector, int, *Scanner) error) error {
	if c.null {
		return nil
	}
	v.Absent = false
	if err := read(v, n, s); err != nil {
		return s.wrap(c, err)
	}
	if v.CountNulls(0, n) == n {
		v.Truncate(0)
		v.Absent = true
	}
	return nil
}

func (s *Scanner) wrap(c *columnScanner, err error) error {
	name := s.file.columns[c.from].Name
	if errors.Is(err, io.EOF) {
		err = errors.New("it has fewer values than rows")
	}
	return fmt.Errorf("read Parquet column %q after row %d: %w", name, s.before, judged(err))
}

// Row returns the number of rows of the file that lie before those of the next batch, whether read or skipped.
func (s *Scanner) Row() int64 { return s.row }

// Faults returns the values that had to be left out since it was last called.
func (s *Scanner) Faults() []Fault {
	faults := s.faults
	s.faults = nil
	return faults
}

func (s *Scanner) open(group int) error {
	if group < 0 || group >= len(s.file.meta.RowGroups) {
		return fmt.Errorf("read Parquet: the file has no row group %d", group)
	}
	g := &s.file.meta.RowGroups[group]
	s.row, s.left, s.labels = s.first[group], int(g.NumRows), 0
	ours := s.file.ours()
	for i := range s.columns {
		s.columns[i].open(s.file.in, g, ours)
		s.labels += s.columns[i].labelBytes(g)
	}
	for i := range s.lazy {
		s.lazy[i].open(s.file.in, g, ours)
		s.labels += s.lazy[i].labelBytes(g)
	}
	for i := range s.nested {
		for k := range s.nested[i].leaves {
			s.nested[i].leaves[k].open(s.file.in, g, ours)
		}
	}
	return nil
}
