package parquet

import (
	"errors"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"

	"github.com/parquet-go/parquet-go/format"
)

// columnScanner reads one column into vectors.
type columnScanner struct {
	from, to int
	leaf     *leaf
	chunk    int
	kind     schemas.ColumnType

	*columnBuffers

	// The dictionary of the chunk, raw and as the batch's column holds it; the latter is good for one Dictionary only.
	hasDictionary bool
	entries       int
	mapped        *dataset.Dictionary

	// null says that the chunk is null throughout, so that none of its pages is read.
	null bool
	// behind counts the rows of the row group before those at hand that are not read, because nobody asked for them.
	behind int
	// unread counts the rows of the row group that no page has brought yet.
	unread int
	// The page being read: rows are left of it, and values are all it has.
	rows, values int
	mixed        bool // some are null and some are not: present says which
	allNull      bool
	levels       []uint32 // of the entries of maps left; then rows are of entries, too
	repeats      []uint32 // of the same
	indexed      bool
	plainDict    *dataset.Dictionary
	used         int // values of the page taken so far
}

// columnBuffers is the memory of a columnScanner.
type columnBuffers struct {
	pages               chunkReader
	dictionary          values
	meant               converted
	index               []uint32
	raw                 values
	plain               converted
	present             packed.Presence
	spare, spareRepeats []uint32 // the buffers of levels and repeats
}

// open begins with a row group. What the footer says of nulls is believed where it is ours: a file of somebody else's may
// count wrong, and its pages are read.
func (c *columnScanner) open(in io.ReaderAt, g *format.RowGroup, ours bool) {
	m := &g.Columns[c.chunk].MetaData
	c.pages.open(in, m)
	c.unread, c.rows, c.values, c.hasDictionary, c.mapped, c.behind = int(g.NumRows), 0, 0, false, nil, 0
	c.null = ours && c.leaf.repeated == 0 && c.leaf.maxLevel > 0 && onlyNulls(m)
	if c.leaf.repeated > 0 {
		c.unread = int(m.NumValues)
	}
}

// labelBytes is how many bytes the column has in a row group, if it is read as labels.
func (c *columnScanner) labelBytes(g *format.RowGroup) int64 {
	if c.kind != schemas.Label {
		return 0
	}
	return g.Columns[c.chunk].MetaData.TotalUncompressedSize
}

// read appends n rows to v.
func (c *columnScanner) read(v *dataset.Vector, n int, s *Scanner) error {
	if c.null {
		v.AppendNulls(n)
		return nil
	}
	for done := 0; done < n; {
		if c.rows == 0 {
			whole, err := c.nextPage(v.Dict, v, n-done)
			if err != nil {
				return err
			}
			done += whole
			continue
		}
		take := min(n-done, c.rows)
		if err := c.take(v, take, s, s.before+int64(done)); err != nil {
			return err
		}
		done += take
		c.rows -= take
	}
	return nil
}

// nextPage decodes the next data page. If v wants at least as many rows as it has and can take them as they are, it is
// given them, and their number is returned.
func (c *columnScanner) nextPage(dict *dataset.Dictionary, v *dataset.Vector, want int) (whole int, err error) {
	for {
		p, err := c.pages.next()
		if err != nil {
			return 0, err
		}
		switch p.kind {
		case format.DictionaryPage:
			if err := c.takeDictionary(&p); err != nil {
				return 0, err
			}
		case format.DataPage, format.DataPageV2:
			return c.dataPage(&p, dict, v, want)
		default: // an index page holds no values
		}
	}
}

func (c *columnScanner) takeDictionary(p *page) error {
	if c.hasDictionary {
		return errors.New("it has two dictionaries")
	}
	c.hasDictionary, c.entries, c.mapped = true, p.values, nil
	return c.dictionary.decode(c.leaf, p.encoding, p.data, p.values)
}

func (c *columnScanner) dataPage(p *page, dict *dataset.Dictionary, v *dataset.Vector, want int) (whole int, err error) {
	repeats, levels, data, err := p.split(c.leaf)
	if err != nil {
		return 0, err
	}
	if p.values > c.unread {
		return 0, errMoreValues
	}
	c.unread -= p.values
	c.rows, c.values, c.used, c.mixed, c.allNull = p.values, p.values, 0, false, false
	if c.leaf.maxLevel > 0 {
		if err := c.readLevels(levels, p.values); err != nil {
			return 0, err
		}
	}
	if c.leaf.repeated > 0 {
		c.repeats = dataset.Grow(c.spareRepeats[:0], p.values)
		c.spareRepeats = c.repeats
		if err := packed.ReadHybrid(c.repeats, repeats, packed.BitWidth(c.leaf.repeats+1)); err != nil {
			return 0, err
		}
	}
	c.indexed = p.encoding == format.RLEDictionary || p.encoding == plainDictionary
	switch {
	case c.values == 0:
		return 0, nil
	case c.indexed && (!c.hasDictionary || len(data) == 0):
		return 0, errors.New("a page refers to a dictionary that is not there")
	}
	if v != nil && c.rows <= want && c.values == c.rows && c.leaf.repeated == 0 {
		if done, err := c.direct(v, p.encoding, data); done || err != nil {
			whole, c.rows = c.rows, 0
			return whole, err
		}
	}
	if !c.indexed {
		if err := c.raw.decode(c.leaf, p.encoding, data, c.values); err != nil {
			return 0, err
		}
		c.plainDict = dict
		return 0, c.plain.fill(c.leaf, &c.raw, c.values, c.kind, dict)
	}
	c.index = dataset.Grow(c.index[:0], c.values)
	if err := packed.ReadHybrid(c.index, data[1:], int(data[0])); err != nil {
		return 0, err
	}
	top := uint32(0)
	for _, x := range c.index {
		top = max(top, x)
	}
	if int(top) >= c.entries {
		return 0, errEntry
	}
	return 0, nil
}

var (
	errMoreValues = errors.New("it has more values than rows")
	errEntry      = errors.New("a page refers to an entry that its dictionary does not have")
)

// readLevels finds out which of the rows are null. Most pages hold none or nothing else, in a single run.
func (c *columnScanner) readLevels(levels []byte, rows int) error {
	all := uint32(c.leaf.maxLevel)
	if c.leaf.repeated > 0 {
		return c.readEntries(levels, rows, all)
	}
	one, level, err := packed.OneRun(levels, rows, packed.BitWidth(c.leaf.maxLevel+1))
	switch {
	case err != nil:
		return err
	case one && level > all:
		return packed.ErrHybrid
	case one && level == all:
		return nil
	case one:
		c.values = 0
	default:
		if c.values, err = c.present.Read(levels, rows, all, &c.spare); err != nil {
			return err
		}
	}
	c.allNull = c.values == 0
	c.mixed = c.values > 0 && c.values < rows
	return nil
}

// readEntries is readLevels for maps, whose entries are told apart by their levels.
func (c *columnScanner) readEntries(levels []byte, entries int, all uint32) error {
	c.levels = dataset.Grow(c.spare[:0], entries)
	if err := packed.ReadHybrid(c.levels, levels, packed.BitWidth(c.leaf.maxLevel+1)); err != nil {
		return err
	}
	c.values = 0
	for _, l := range c.levels {
		if l > all {
			return packed.ErrHybrid
		}
		if l == all {
			c.values++
		}
	}
	c.spare = c.levels
	c.allNull = c.values == 0
	return nil
}

// take moves n rows of the page to v.
func (c *columnScanner) take(v *dataset.Vector, n int, s *Scanner, row int64) error {
	from := &c.plain
	if !c.indexed && c.kind == schemas.Label && c.values > 0 && c.plainDict != v.Dict {
		c.plainDict = v.Dict
		if err := c.plain.fill(c.leaf, &c.raw, c.values, c.kind, v.Dict); err != nil {
			return err
		}
	}
	if c.indexed && c.values > 0 {
		if err := c.meaning(v.Dict); err != nil {
			return err
		}
		from = &c.meant
	}
	at := v.Len()
	count := n
	if c.allNull {
		v.AppendNulls(n)
		return nil
	}
	if c.mixed {
		count = setNullsBy(v, at, n, &c.present)
	}
	if len(from.bad) > 0 {
		c.report(from, at, n, row, s, v)
	}
	if err := c.checkText(v, from, count); err != nil {
		return err
	}
	if c.indexed {
		c.gather(v, from, c.index[c.used:c.used+count])
	} else {
		c.copy(v, from, c.used, count)
	}
	c.used += count
	if count < n {
		spreadValues(v, at, n, count, &c.present)
	}
	c.present.Take(n)
	return nil
}

// meaning converts the chunk's dictionary, unless that was done for the same dictionary of the batch.
func (c *columnScanner) meaning(dict *dataset.Dictionary) error {
	if c.kind != schemas.Label || dict == nil {
		dict = noDictionary
	}
	if c.mapped == dict {
		return nil
	}
	c.mapped = dict
	return c.meant.fill(c.leaf, &c.dictionary, c.entries, c.kind, dict)
}

// batchTextBytes is the most text that a batch takes of one column. A dictionary can hold a single long text that every
// row refers to, so a small file can claim any amount.
const batchTextBytes = 512 << 20

var errText = errors.New("its texts are too long to be held: read fewer rows at once")

// checkText refuses to take the page's next count texts if that would be too much.
func (c *columnScanner) checkText(v *dataset.Vector, from *converted, count int) error {
	size := 0
	switch {
	case c.kind == schemas.Label:
		if v.Dict.Size() > batchTextBytes {
			return errText
		}
	case c.kind != schemas.Text || count == 0:
	case c.indexed:
		for _, x := range c.index[c.used : c.used+count] {
			size += len(from.textAt(x))
		}
	default:
		size = len(from.bytes)
	}
	if len(v.Bytes)+size > batchTextBytes {
		return errText
	}
	return nil
}

// textAt returns text i.
func (c *converted) textAt(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.bytes[start:c.ends[i]]
}

// noDictionary stands for the dictionary of columns that need none.
var noDictionary = &dataset.Dictionary{}

func (c *columnScanner) copy(v *dataset.Vector, from *converted, at, n int) {
	switch c.kind {
	case schemas.Label:
		v.Codes = append(v.Codes, from.codes[at:at+n]...)
	case schemas.Text:
		start := uint32(0)
		if at > 0 {
			start = from.ends[at-1]
		}
		base := uint32(len(v.Bytes)) - start
		if n > 0 {
			v.Bytes = append(v.Bytes, from.bytes[start:from.ends[at+n-1]]...)
		}
		for _, end := range from.ends[at : at+n] {
			v.Ends = append(v.Ends, end+base)
		}
	case schemas.Decimal:
		v.Decs = append(v.Decs, from.decs[at:at+n]...)
	case schemas.Time, schemas.Integer:
		v.Ints = append(v.Ints, from.ints[at:at+n]...)
	}
}

func (c *columnScanner) gather(v *dataset.Vector, from *converted, index []uint32) {
	n := len(index)
	switch c.kind {
	case schemas.Label:
		at := len(v.Codes)
		v.Codes = dataset.Grow(v.Codes, n)
		out := v.Codes[at:]
		for i, x := range index {
			out[i] = from.codes[x]
		}
	case schemas.Text:
		for _, x := range index {
			v.Bytes = append(v.Bytes, from.textAt(x)...)
			v.Ends = append(v.Ends, uint32(len(v.Bytes)))
		}
	case schemas.Decimal:
		at := len(v.Decs)
		v.Decs = dataset.Grow(v.Decs, n)
		out := v.Decs[at:]
		for i, x := range index {
			out[i] = from.decs[x]
		}
	case schemas.Time, schemas.Integer:
		at := len(v.Ints)
		v.Ints = dataset.Grow(v.Ints, n)
		out := v.Ints[at:]
		for i, x := range index {
			out[i] = from.ints[x]
		}
	}
}
