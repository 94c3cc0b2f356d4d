package source

import (
	"errors"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/remark"
	"daybook/pipeline/source/times"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

// column is a usage column and where its values come from.
type column struct {
	use int
	// field is the field of the row, or -1 for a constant.
	field int
	// name is the source's own name for it.
	name string
	rule
	// binary says that the column holds binary fractions, naive that its times are those of clocks in the source's zone,
	// written without an offset.
	binary, naive bool
	// labels are the texts seen in a label column, as they stand in the object; verdicts what became of the unusual.
	labels   wire.Interner
	verdicts []verdict
	// clock remembers the last time parsed, and form is how the book says that times are written; nil is as the standards say.
	clock clock
	form  *times.Form
	// lacking counts the rows that lack a value which they must have.
	lacking int64
	// emptied and tokens are the notes of tolerated nulls, the latter by the place of the token in the book's list.
	emptied *remark.Note
	tokens  []*remark.Note
	// constant is the value of a column without a field; null says that it has none.
	constant constant
	null     bool
}

// constant is one value for every row.
type constant struct {
	text    []byte
	time    int64
	decimal money.Fixed
}

// fill appends the constant n times.
func (d *decoder) fill(c *column, v *dataset.Vector, n int) {
	if c.null {
		d.fillNull(v, n)
		return
	}
	switch v.Type {
	case schemas.Label:
		code := v.Dict.Code(c.constant.text)
		for range n {
			v.Codes = append(v.Codes, code)
		}
	case schemas.Text:
		for range n {
			v.Bytes = append(v.Bytes, c.constant.text...)
			v.Ends = append(v.Ends, uint32(len(v.Bytes)))
		}
	case schemas.Time:
		for range n {
			v.Ints = append(v.Ints, c.constant.time)
		}
	case schemas.Decimal:
		for range n {
			v.Decs = append(v.Decs, c.constant.decimal)
		}
	case schemas.Integer: // no integer comes from outside
	}
}

// fillNull appends n nulls.
func (d *decoder) fillNull(v *dataset.Vector, n int) {
	for i := range n {
		v.SetNull(d.batch.Rows + i)
	}
	switch v.Type {
	case schemas.Label:
		v.Codes = append(v.Codes, make([]uint32, n)...)
	case schemas.Text:
		for range n {
			v.Ends = append(v.Ends, uint32(len(v.Bytes)))
		}
	case schemas.Decimal:
		v.Decs = append(v.Decs, make([]money.Fixed, n)...)
	case schemas.Time, schemas.Integer:
		v.Ints = append(v.Ints, make([]int64, n)...)
	}
}

// grown returns s with n more elements.
func grown[T any](s []T, n int) []T { return slices.Grow(s, n)[:len(s)+n] }

func (d *decoder) parseDecimals(c *column, v *dataset.Vector, x *cells, base int) {
	v.Decs = grown(v.Decs, x.n)
	out := v.Decs[base:]
	text, pos, skip, p := x.text, x.pos, x.skip, x.at
	for r := range out {
		start, end := pos[p]+skip, pos[p+1]
		p += x.stride
		if start == end {
			out[r] = money.Fixed{}
			d.null(c, v, x, base, r)
			continue
		}
		f, err := money.ParseFixed(text[start:end])
		if err != nil || f.Hi >= doubtfulHi || f.Hi < -doubtfulHi {
			f = d.carefulDecimal(c, v, x, base, r)
		}
		out[r] = f
	}
}

// A number of this size or more is no use and no cost, but a counter that ran below zero (2^64 - 1) or a wrong unit: it would
// fill the sums of a whole month, which hold less than 10^20, and stop everybody's run. Numbers whose upper half is below
// doubtfulHi are smaller.
const (
	implausible = 1_000_000_000_000_000_000 // 10^18
	doubtfulHi  = 0x00C097CE7BC90715        // 10^18 units of 10^-18, without the lower 64 bits
)

// carefulDecimal reads a decimal that is not simply one: in quotes, a null token, or wrong.
func (d *decoder) carefulDecimal(c *column, v *dataset.Vector, x *cells, base, r int) money.Fixed {
	text := d.value(x, r)
	if d.nullToken(c, v, x, text, base, r) {
		return money.Fixed{}
	}
	f, err := money.ParseFixed(text)
	if err == nil && f.Abs().Cmp(money.FixedFromInt(implausible)) < 0 {
		return f
	}
	code, what := schemas.CodeBadDecimal, "it is not a decimal number"
	if errors.Is(err, money.ErrPrecision) {
		if f, ok := d.roundLong(c, text, r); ok {
			if _, declared := d.roundingOf(c); !declared { // the row is a finding, which says what it holds nearly
				d.defect(x, r, c, schemas.CodeTooPrecise, "it has more than 18 fraction digits", text)
			}
			return f
		}
		err = money.ErrLimit
	}
	v.SetNull(base + r)
	switch {
	case err == nil, errors.Is(err, money.ErrOverflow), errors.Is(err, money.ErrLimit):
		what = "it is too large or too long a number"
	case !wire.WellEncoded(text): // a field of those that it is made of
		code, what = schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL"
	}
	d.defect(x, r, c, code, what, text)
	return money.Fixed{}
}

func (d *decoder) parseTimes(c *column, v *dataset.Vector, x *cells, base int) {
	v.Ints = grown(v.Ints, x.n)
	out := v.Ints[base:]
	k := &c.clock
	text, pos, skip, p := x.text, x.pos, x.skip, x.at
	for r := range out {
		start, end := pos[p]+skip, pos[p+1]
		p += x.stride
		if start == end {
			out[r] = 0
			d.null(c, v, x, base, r)
			continue
		}
		t, ok := int64(0), false
		if c.form == nil {
			if t, ok = k.Instant(text, start, end); !ok {
				t, ok = k.Like(text, start, end)
			}
		}
		if !ok {
			t = d.carefulTime(c, v, x, base, r)
		}
		out[r] = t
	}
}

// carefulTime reads a time that is not of the plain form: in quotes, with a fraction or offset, in a declared format, a
// null token, or wrong.
func (d *decoder) carefulTime(c *column, v *dataset.Vector, x *cells, base, r int) int64 {
	start, end := x.cell(r)
	k := &c.clock
	if at, known := k.memo.Find(x.text, start, end); known {
		t := &k.read[at]
		for _, n := range t.notes {
			n.Hit(x.numbers[r])
		}
		return t.micros
	}
	text := d.value(x, r)
	if d.nullToken(c, v, x, text, base, r) {
		return 0
	}
	m, ok := d.readColumnTime(c, text)
	if !ok {
		v.SetNull(base + r)
		d.defect(x, r, c, schemas.CodeBadTime, "it is not a time in a declared format", text)
		return 0
	}
	t := readTime{micros: m.Micros}
	if m.Layout != "" {
		t.notes = append(t.notes, d.note(c.name, c.use, schemas.CodeToleratedTime, "times read in the format "+m.Layout, string(text)))
	}
	if m.Doubt != "" {
		n := d.note(c.name, c.use, schemas.CodeToleratedTime, m.Doubt, string(text))
		n.Severity = schemas.Warning
		t.notes = append(t.notes, n)
	}
	if m.Cut {
		t.notes = append(t.notes, d.note(c.name, c.use, schemas.CodeToleratedTime, "times finer than a microsecond, cut to it", string(text)))
	}
	for _, n := range t.notes {
		n.Hit(x.numbers[r])
	}
	if k.memo.Full() {
		k.memo.Forget()
		k.read = k.read[:0]
	}
	if len(t.notes) == 0 && c.form == nil && !c.naive {
		k.Learn(x.text, start, end, t.micros, d.zone == time.UTC)
	}
	if k.memo.Learn(x.text, start, end, uint32(len(k.read))) {
		k.read = append(k.read, t)
	}
	return m.Micros
}

// readColumnTime is readTime for a value of a column.
func (d *decoder) readColumnTime(c *column, text []byte) (times.Moment, bool) {
	if c.form != nil {
		return c.form.Read(text, d.readTime)
	}
	if !c.naive {
		return d.readTime(string(text))
	}
	return c.clock.zoned.ReadNaive(text, d.zone)
}

func (d *decoder) parseTexts(c *column, v *dataset.Vector, x *cells, base int) {
	v.Ends = grown(v.Ends, x.n)
	out := v.Ends[base:]
	buf := x.reserve(v.Bytes)
	text, pos, skip, p := x.text, x.pos, x.skip, x.at
	for r := range out {
		start, end := pos[p]+skip, pos[p+1]
		p += x.stride
		if start == end {
			out[r] = uint32(len(buf))
			d.null(c, v, x, base, r)
			continue
		}
		from := len(buf)
		if text[start] == '"' && x.quoted {
			buf = wire.AppendUnquoted(buf, text, start, end)
		} else {
			buf = buf[:wire.CopyWords(buf[:cap(buf)], from, text, int(start), int(end))]
		}
		if size := len(buf) - from; size <= d.longestNull || !x.plain || c.json {
			if !d.goodText(c, v, x, buf[from:], base, r) {
				buf = buf[:from]
			}
		}
		out[r] = uint32(len(buf))
	}
	v.Bytes = buf
}

// reserve makes room in buf for all of the cells' texts, and for padding behind them.
func (c *cells) reserve(buf []byte) []byte {
	size, pos, p := uint32(wire.Padding), c.pos, c.at
	for range c.n {
		size += pos[p+1] - pos[p]
		p += c.stride
	}
	return slices.Grow(buf, int(size))
}

// goodText checks a text that may be a null token, ill encoded or bad JSON, and reports whether it may stay.
func (d *decoder) goodText(c *column, v *dataset.Vector, x *cells, text []byte, base, r int) bool {
	if len(text) <= d.longestNull && (len(text) == 0 || d.isNull(text)) {
		d.nullToken(c, v, x, text, base, r)
		return false
	}
	if !x.plain && !wire.WellEncoded(text) {
		v.SetNull(base + r)
		d.defect(x, r, c, schemas.CodeBadEncoding, "it is not UTF-8, or holds a NUL", text)
		return false
	}
	if c.json && x.rawJSON && !d.json.Valid(slices.Grow(text, wire.Padding)) {
		v.SetNull(base + r)
		d.defect(x, r, c, schemas.CodeBadJSON, "it is not a JSON object", text)
		return false
	}
	return true
}

// value returns a cell's text without its quotes. It is valid until the next call.
func (d *decoder) value(x *cells, r int) []byte {
	start, end := x.cell(r)
	if x.quoted && start < end && x.text[start] == '"' {
		d.scratch = wire.AppendUnquoted(slices.Grow(d.scratch[:0], int(end-start)+wire.Padding), x.text, start, end)
		return d.scratch
	}
	return x.text[start:end]
}

// null makes row r of the column null, and says so where the format forbids it.
func (d *decoder) null(c *column, v *dataset.Vector, x *cells, base, r int) {
	v.SetNull(base + r)
	switch {
	case !c.notNull:
	case c.nullsNoted:
		if c.emptied == nil {
			c.emptied = d.note(c.name, c.use, schemas.CodeToleratedNull, "null, though the format forbids it", "")
		}
		c.emptied.Hit(x.numbers[r])
	default:
		what := "it is empty"
		if !schemas.Usage.Columns[c.use].Required && c.use != schemas.UseRecordId {
			what += ", and tolerate.null_columns of the source does not name the column"
		}
		c.lacking++
		d.defect(x, r, c, schemas.CodeMissingValue, what, nil)
	}
}

// nullToken reports whether text means null, and makes row r null if so.
func (d *decoder) nullToken(c *column, v *dataset.Vector, x *cells, text []byte, base, r int) bool {
	if len(text) == 0 { // empty quotes
		d.null(c, v, x, base, r)
		return true
	}
	if !d.isNull(text) {
		return false
	}
	if n := d.tokenNote(c, text); n != nil {
		n.Hit(x.numbers[r])
	}
	d.null(c, v, x, base, r)
	return true
}

// isNull reports whether text is a null token of the format's or a declared one.
func (d *decoder) isNull(text []byte) bool {
	return len(text) <= d.longestNull && (slices.Contains(d.src.Tolerate.Nulls, string(text)) || slices.Contains(d.format.nulls, string(text)))
}

// tokenNote returns the note of a null token in a column; nil where the format itself has it.
func (d *decoder) tokenNote(c *column, text []byte) *remark.Note {
	if slices.Contains(d.format.nulls, string(text)) {
		return nil
	}
	nulls := d.src.Tolerate.Nulls
	if c.tokens == nil {
		c.tokens = make([]*remark.Note, len(nulls))
	}
	for i, t := range nulls {
		if t == string(text) {
			if c.tokens[i] == nil {
				c.tokens[i] = d.note(c.name, c.use, schemas.CodeToleratedNull, "the text "+t+" read as null", t)
			}
			return c.tokens[i]
		}
	}
	return d.note(c.name, c.use, schemas.CodeToleratedNull, "a text read as null", string(text))
}

// checkPeriods looks at what a row's times say together: a period does not end before it begins, and the row belongs to
// the billing period of its delivery, by BillingPeriodStart where the source has it, else by when the charge begins.
func (d *decoder) checkPeriods(s *rows, base int) {
	x := cells{rows: s}
	d.checkOrder(&x, base, schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd)
	d.checkOrder(&x, base, schemas.UseBillingPeriodStart, schemas.UseBillingPeriodEnd)
	if d.from == d.until {
		return
	}
	use := schemas.UseBillingPeriodStart
	if d.vector(use).Absent {
		use = schemas.UseChargePeriodStart
	}
	v := d.vector(use)
	for r, t := range v.Ints[base:] {
		if t < d.from || t >= d.until {
			if v.IsNull(base + r) {
				continue
			}
			d.defect(&x, r, d.columnOf(use), schemas.CodeOtherPeriod, "the row is not of "+string(d.in.Period), formatTime(t))
		}
	}
}

func (d *decoder) checkOrder(x *cells, base, start, end int) {
	v, w := d.vector(start), d.vector(end)
	if v.Absent || w.Absent {
		return
	}
	ends := w.Ints[base:]
	for r, t := range v.Ints[base:] {
		if ends[r] < t && !v.IsNull(base+r) && !w.IsNull(base+r) {
			d.defect(x, r, d.columnOf(end), schemas.CodeBadPeriod, "the period ends before it begins at "+string(formatTime(t)), formatTime(ends[r]))
		}
	}
}

// columnOf returns the column that fills a usage column.
func (d *decoder) columnOf(use int) *column {
	for i := range d.columns {
		if d.columns[i].use == use {
			return &d.columns[i]
		}
	}
	return &column{use: use, name: schemas.Usage.Columns[use].Name}
}
