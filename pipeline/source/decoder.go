package source

import (
	"context"
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/native"
	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/times"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// A batch goes to the sink once it holds so many rows, or came from so much text: a text column counts its bytes in 32
// bits, and memory is bounded whatever the rows are like.
const (
	batchRows  = 16 << 10
	batchBytes = 16 << 20
)

// Dictionaries begin anew, between batches, when they have more entries than mostLabels, or when all of them have more bytes than
// mostLabelBytes: then those that have a part in it worth mentioning.
const (
	mostLabelBytes = 16 << 20
	someLabelBytes = mostLabelBytes / schemas.UseColumns
)

// mostLabels is lower in tests, so that they need no quarter of a million rows.
var mostLabels = 1 << 18

// decoder is the decoding of one object.
type decoder struct {
	ctx    context.Context
	src    *schemas.Source
	format *format
	in     Input
	out    Sink
	limits schemas.Limits
	stats  Stats
	zone   *time.Location
	// from and until bound the billing period in microseconds; both 0 checks nothing.
	from, until int64

	wire *wire.Reader
	win  wire.Window

	rules [schemas.UseColumns]rule
	// forms are those of times that are written as the book says, by usage column, and taking is by what it takes rows.
	forms  [schemas.UseColumns]*times.Form
	taking []taking
	// columns are what is filled, in the order of the usage table.
	columns []column
	made    []madeColumn
	parting parting
	context native.Context
	extra   extra
	key     key

	// event is set for CloudEvents and rows of JSON.
	event *eventScanner

	batch *dataset.Batch
	// batchText counts the bytes of text behind the batch.
	batchText int64
	defects   []defect
	residues  []residue
	rounded   map[roundedKey]*Rounded
	// cells are the rounded values of the batch, where the sink asks for them.
	cells   []RoundedCell
	notes   remark.Notes
	scratch []byte
	// careful lists rows of a column that need a second look.
	careful []uint32
	json    wire.ObjectChecker
	// longestNull is the length of the longest null token.
	longestNull int
}

func newDecoder(ctx context.Context, src *schemas.Source, in Input, out Sink) (*decoder, error) {
	f, err := formatFor(src)
	if err != nil {
		return nil, err
	}
	d := &decoder{ctx: ctx, src: src, format: f, in: in, out: out, limits: src.Limits.WithDefaults(), zone: time.UTC}
	if src.Zone != "" {
		zone, err := time.LoadLocation(src.Zone)
		if err != nil {
			return nil, fmt.Errorf("its zone %q is not known: %w", src.Zone, err)
		}
		d.zone = zone
	}
	if in.Period != "" {
		if _, err := schemas.ParsePeriod(string(in.Period)); err != nil {
			return nil, err
		}
		from, until := in.Period.Bounds(d.zone)
		d.from, d.until = from.UnixMicro(), until.UnixMicro()
	}
	for _, t := range slices.Concat(f.nulls, src.Tolerate.Nulls) {
		d.longestNull = max(d.longestNull, len(t))
	}
	d.json.Depth = d.limits.Depth
	d.rules = d.format.rules(src)
	if err := d.setForms(); err != nil {
		return nil, err
	}
	d.context = native.Context{Zone: d.zone, Instant: d.instant}
	d.batch = dataset.NewBatch(&schemas.Usage)
	d.batch.Columns[schemas.UseObjectRow].Absent = false
	d.key.column = -1
	return d, nil
}

// rows is some rows whose fields are known.
type rows struct {
	n int
	// numbers are the row numbers in the object, from 1.
	numbers []int64
	// text holds the fields, with slack behind them, and pos where they lie: stride places per row; see cells. Where
	// fields come a column at a time, columns has them instead.
	text    []byte
	pos     []uint32
	stride  int
	columns []cells
	// made holds the columns that are made of fields, and which says of rows that are parts of records which.
	made  []cells
	which []int
	// first says of each of these whether it is the first of its record.
	first []bool
	// quoted says that fields may stand in quotes, as in CSV.
	quoted bool
	// rawJSON says that JSON in fields is yet to be checked.
	rawJSON bool
	// plain says that the text is ASCII without NUL.
	plain bool
}

// cells is one column of rows: cell r is text[pos[at+r*stride]+skip : pos[at+r*stride+1]].
type cells struct {
	*rows
	text       []byte
	pos        []uint32
	at, stride int
	skip       uint32
}

// column returns the cells of a field. CSV fields are told apart by the places of their delimiters, others by places of
// their own.
func (s *rows) column(field int) cells {
	switch {
	case field >= madeField:
		return s.made[field-madeField]
	case s.columns != nil:
		x := s.columns[field]
		x.rows = s
		return x
	case s.quoted:
		return cells{s, s.text, s.pos, field, s.stride, 1}
	default:
		return cells{s, s.text, s.pos, 2 * field, s.stride, 0}
	}
}

// cell returns the bounds of a row's field in the text.
func (c *cells) cell(r int) (start, end uint32) {
	p := c.at + r*c.stride
	return c.pos[p] + c.skip, c.pos[p+1]
}

// take parses rows into the batch, a column at a time, and turns what is wrong with them into findings. bad are rows of
// the same stretch that have no fields.
func (d *decoder) take(s *rows, bad []wire.BadRow, textBytes int) error {
	base := d.batch.Rows
	d.defects, d.residues = d.defects[:0], d.residues[:0]
	if len(d.taking) > 0 {
		d.leaveOut(s)
	}
	if len(d.made) > 0 {
		d.part(s, bad)
		d.makeColumns(s)
	}
	for i := range d.columns {
		d.parse(&d.columns[i], s, base)
	}
	if d.key.column >= 0 {
		d.parseKey(s, base)
	}
	if d.event == nil {
		d.parseExtra(s, base)
	} else {
		d.checkEnvelope(s)
		d.parseEventExtra(s, base)
	}
	numbers := &d.batch.Columns[schemas.UseObjectRow]
	numbers.Ints = append(numbers.Ints, s.numbers...)
	d.checkPeriods(s, base)
	d.batch.Rows = base + s.n
	d.stats.Rows += int64(s.n + len(bad))
	if err := d.addResidues(s, base); err != nil {
		return err
	}
	rejected, err := d.reject(s, bad, base)
	d.stats.Rejected += int64(rejected)
	d.stats.Kept += int64(s.n + len(bad) - rejected)
	if err != nil {
		return err
	}
	if d.stats.Rejected > d.limits.RejectedRows {
		return d.refuse(schemas.CodeHostileObject, "more than %d of its rows would be rejected; it is not what its source declares", d.limits.RejectedRows)
	}
	d.batchText += int64(textBytes)
	if d.batch.Rows >= batchRows || d.batchText >= batchBytes {
		return d.flush()
	}
	return nil
}

// flush hands the batch to the sink and empties it.
func (d *decoder) flush() error {
	if d.batch.Rows > 0 {
		if len(d.cells) > 0 {
			d.out.Rounded(d.cells)
		}
		if err := d.out.Rows(d.batch); err != nil {
			return err
		}
	}
	d.batch.Reset()
	d.batchText, d.cells = 0, d.cells[:0]
	d.forgetLabels()
	return nil
}

// vector returns the batch's column of a usage column.
func (d *decoder) vector(use int) *dataset.Vector { return &d.batch.Columns[use] }

// parse reads one column of the rows.
func (d *decoder) parse(c *column, s *rows, base int) {
	v := d.vector(c.use)
	if c.field < 0 {
		d.fill(c, v, s.n)
		return
	}
	x := s.column(c.field)
	switch v.Type {
	case schemas.Label:
		d.parseLabels(c, v, &x, base)
	case schemas.Text:
		d.parseTexts(c, v, &x, base)
	case schemas.Time:
		d.parseTimes(c, v, &x, base)
	case schemas.Decimal:
		d.parseDecimals(c, v, &x, base)
	case schemas.Integer: // no integer comes from outside
	}
}
