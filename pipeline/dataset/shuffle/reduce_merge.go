package shuffle

import (
	"bufio"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// run is a temporary file of rows in order.
type run struct {
	file   SpillFile
	out    *bufio.Writer
	blocks []Block
	at     int64
}

// spiller writes runs and merges them.
type spiller struct {
	job   *job
	runs  []*run
	block blockEncoder
	open  []SpillFile
	// ranges are those of the integers by which rows are ordered.
	ranges []intRange
}

func (s *spiller) close() {
	for _, f := range s.open {
		_ = f.Close() // whatever was worth keeping has been read
	}
}

// blockRows returns the rows of a run's block: of all the runs that are merged at once, one block each is in memory.
func (s *spiller) blockRows() int {
	total := int64(0)
	for _, f := range s.job.files {
		for _, b := range f.Blocks(s.job.shard) {
			total += b.Memory
			if s.job.labelled {
				total += b.Labels
			}
		}
	}
	perRow := total/max(s.job.stats.Rows, 1) + 1
	return int(min(max(s.job.options.BudgetBytes/4/mergeFanIn/perRow, 16), maxRunBlock))
}

func (s *spiller) begin() (*run, error) {
	f, err := s.job.options.Spill()
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	s.open = append(s.open, f)
	return &run{file: f, out: bufio.NewWriterSize(f, 1<<16)}, nil
}

func (s *spiller) write(r *run, b *dataset.Batch) error {
	rows := b.Rows
	size, crc, err := s.block.encode(r.out, b)
	if err == nil {
		err = r.out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write sorted rows to a temporary file: %w", err)
	}
	r.blocks = append(r.blocks, Block{Rows: rows, At: r.at, Bytes: size, CRC: crc})
	r.at += size
	return nil
}

// merge hands out the rows of all runs in order. While there are too many to be merged at once, neighbours are merged
// into longer runs.
func (s *spiller) merge() error {
	for len(s.runs) > mergeFanIn {
		var longer []*run
		for from := 0; from < len(s.runs); from += mergeFanIn {
			part := s.runs[from:min(from+mergeFanIn, len(s.runs))]
			r, err := s.begin()
			if err != nil {
				return err
			}
			if err := s.mergeRuns(part, s.blockRows(), func(b *dataset.Batch) error { return s.write(r, b) }); err != nil {
				return err
			}
			for _, old := range part {
				old.blocks = nil
			}
			longer = append(longer, r)
		}
		s.runs = longer
	}
	return s.mergeRuns(s.runs, s.job.options.BatchRows, s.job.emit)
}

// cursor is a run that is being merged: a block of it in memory, and the row that is next.
type cursor struct {
	run   *run
	batch *dataset.Batch
	keys  []uint64 // words by row
	next  int
}

// picked is a row of a cursor's block that is next in the merged order.
type picked struct{ cursor, row uint32 }

// merger merges runs.
type merger struct {
	spill   *spiller
	words   int
	cursors []*cursor
	heap    []int
	picks   []picked
	most    int
	emit    func(*dataset.Batch) error
}

func (s *spiller) mergeRuns(runs []*run, most int, emit func(*dataset.Batch) error) error {
	j := s.job
	m := &merger{spill: s, words: j.order.words, most: most, emit: emit}
	j.out.Reset()
	for c := range j.out.Columns {
		j.out.Columns[c].Absent, j.out.Columns[c].Dict = true, j.rows.Columns[c].Dict
	}
	j.forgetLabels(j.out)
	for _, r := range runs {
		c := &cursor{run: r, batch: dataset.NewBatch(j.what.Table)}
		for i := range c.batch.Columns {
			if !j.labelled {
				c.batch.Columns[i].Dict = j.rows.Columns[i].Dict
			}
		}
		m.cursors = append(m.cursors, c)
		if more, err := m.load(c); err != nil {
			return err
		} else if more {
			m.push(len(m.cursors) - 1)
		}
	}
	for len(m.heap) > 0 {
		if err := m.step(); err != nil {
			return err
		}
	}
	if err := m.take(); err != nil {
		return err
	}
	if j.out.Rows > 0 {
		return emit(j.out)
	}
	return nil
}

// step moves the least row of all cursors to the picks.
func (m *merger) step() error {
	top := m.heap[0]
	c := m.cursors[top]
	m.picks = append(m.picks, picked{uint32(top), uint32(c.next)})
	c.next++
	if m.spill.job.out.Rows+len(m.picks) == m.most {
		if err := m.take(); err != nil {
			return err
		}
	}
	if c.next == c.batch.Rows {
		if err := m.take(); err != nil { // before the block goes
			return err
		}
		more, err := m.load(c)
		if err != nil {
			return err
		}
		if !more {
			m.heap[0] = m.heap[len(m.heap)-1]
			m.heap = m.heap[:len(m.heap)-1]
		}
	}
	m.sink()
	return nil
}

// load reads the next block of a run; false if there is none.
func (m *merger) load(c *cursor) (bool, error) {
	if len(c.run.blocks) == 0 {
		return false, nil
	}
	j := m.spill.job
	if err := j.ctx.Err(); err != nil {
		return false, err
	}
	block := c.run.blocks[0]
	c.run.blocks = c.run.blocks[1:]
	c.batch.Reset()
	forget(c.batch)
	j.forgetLabels(c.batch)
	if err := j.buffer.read(c.run.file, block, c.batch, nil); err != nil {
		return false, fmt.Errorf("read sorted rows from a temporary file: %w", err)
	}
	if c.next = 0; j.labelled {
		return true, nil
	}
	c.keys = dataset.Grow(c.keys[:0], block.Rows*m.words)
	for i := range block.Rows {
		j.order.key(c.batch, i, c.keys[i*m.words:(i+1)*m.words])
	}
	return true, nil
}

// less orders cursors by their next row; of equal rows the earlier run's comes first, as it was read first.
func (m *merger) less(a, b int) bool {
	x, y := m.cursors[a], m.cursors[b]
	if j := m.spill.job; j.labelled {
		d := compareApart(x.batch, x.next, y.batch, y.next, j.what.Order)
		return d < 0 || d == 0 && a < b
	}
	p, q := x.keys[x.next*m.words:(x.next+1)*m.words], y.keys[y.next*m.words:(y.next+1)*m.words]
	for i, w := range p {
		if w != q[i] {
			return w < q[i]
		}
	}
	return a < b
}

func (m *merger) push(c int) {
	m.heap = append(m.heap, c)
	for i := len(m.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !m.less(m.heap[i], m.heap[parent]) {
			return
		}
		m.heap[i], m.heap[parent] = m.heap[parent], m.heap[i]
		i = parent
	}
}

// sink puts the heap in order after its top has changed.
func (m *merger) sink() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(m.heap) {
			return
		}
		if child+1 < len(m.heap) && m.less(m.heap[child+1], m.heap[child]) {
			child++
		}
		if !m.less(m.heap[child], m.heap[i]) {
			return
		}
		m.heap[i], m.heap[child] = m.heap[child], m.heap[i]
		i = child
	}
}

// take copies the picks to the batch that is handed out, and hands it out when it is full.
func (m *merger) take() error {
	out := m.spill.job.out
	for c := range out.Columns {
		m.takeColumn(&out.Columns[c], c, out.Rows)
	}
	out.Rows += len(m.picks)
	m.picks = m.picks[:0]
	j := m.spill.job
	if out.Rows < m.most && out.TextBytes(0, out.Rows) <= j.outTextBytes() && (!j.labelled || out.LabelBytes() <= j.outTextBytes()) {
		return nil
	}
	if err := m.emit(out); err != nil {
		return err
	}
	out.Reset()
	j.forgetLabels(out)
	return nil
}

func (m *merger) takeColumn(v *dataset.Vector, c, rows int) {
	present := !v.Absent
	for _, cur := range m.cursors {
		present = present || !cur.batch.Columns[c].Absent
	}
	if !present {
		return
	}
	v.Fill(rows)
	v.Reserve(m.most)
	for _, p := range m.picks {
		from := &m.cursors[p.cursor].batch.Columns[c]
		row := int(p.row)
		if from.IsNull(row) {
			v.AppendNull()
			continue
		}
		switch v.Type {
		case schemas.Label:
			if v.Dict != from.Dict {
				v.Codes = append(v.Codes, v.Dict.Code(from.BytesAt(row)))
				continue
			}
			v.Codes = append(v.Codes, from.Codes[row])
		case schemas.Text:
			v.Bytes = append(v.Bytes, from.BytesAt(row)...)
			v.Ends = append(v.Ends, uint32(len(v.Bytes)))
		case schemas.Decimal:
			v.Decs = append(v.Decs, from.Decs[row])
		case schemas.Time, schemas.Integer:
			v.Ints = append(v.Ints, from.Ints[row])
		}
	}
}
