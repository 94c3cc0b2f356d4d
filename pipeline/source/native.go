package source

import (
	"encoding/binary"
	"slices"
	"time"

	"daybook/pipeline/source/native"
	"daybook/pipeline/source/times"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// madeField is the number of the first field that is made; those of the object are below.
const madeField = 1 << 20

// madeColumn is a column of an object that is made.
type madeColumn struct {
	use     int
	parts   bool
	write   native.Writer
	members *extra
	// inputs are the fields that it is made of, -1 for one that the object does not have; cells, in and scratch hold them and
	// their texts, without quotes.
	inputs  []int
	cells   []cells
	in      [][]byte
	scratch [][]byte
	// of is where the format has it from, rows is what was made of the rows at hand, and key the fields of one of them.
	of   *native.Column
	rows wire.Made
	key  []byte
	// only is the place of the one field that the column is made of, -1 where there are several or it depends on the part.
	only int
}

// nativeFormats are the rows of peers' own formats.
func nativeFormats() []format {
	var rows []format
	for i := range native.Formats {
		rows = append(rows, nativeFormat(&native.Formats[i]))
	}
	return rows
}

// nativeFormat is the row of a peer's own format.
func nativeFormat(of *native.Format) format {
	f := format{
		name: of.Name, text: (*decoder).csv, key: of.Key, native: of, nulls: of.Nulls, times: of.Times,
	}
	if of.JSON {
		f.text = (*decoder).textRows
	}
	if of.Parquet {
		f.parquet = (*decoder).parquet
	}
	for use := range f.columns {
		like := focusColumns[use]
		r := rule{absent: true, allowed: like.allowed, currency: like.currency, json: like.json, side: like.side, besideBilled: like.besideBilled}
		if c, there := of.Columns[use]; there {
			r.absent, r.from = false, &c
			r.mandatory = slices.Contains(nativeDemands, use) || slices.Contains(of.Demands, use)
			r.notNull = r.mandatory || use == schemas.UseBillingPeriodStart
		}
		f.columns[use] = r
	}
	return f
}

// nativeDemands are the columns without which a row of a peer says nothing: what it costs, in what, and when. Where a format has
// them, they must be there.
var nativeDemands = []int{
	schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd, schemas.UseBilledCost, schemas.UseEffectiveCost, schemas.UseBillingCurrency,
}

// placeNative decides what fills a usage column of a peer's own format.
func (d *decoder) placeNative(h *header, use int, missing *[]string) error {
	switch from := d.rules[use].from; {
	case from.Made():
		return d.placeMade(h, use, missing)
	case from.Constant != "":
		return d.placeConstant(use, from.Constant)
	default:
		return d.placeField(h, use, h.firstOf(from.Names, ""), missing)
	}
}

// placeMade decides what a usage column is made of.
func (d *decoder) placeMade(h *header, use int, missing *[]string) error {
	from := d.rules[use].from
	if i := slices.IndexFunc(d.made, func(m madeColumn) bool { return m.of != nil && from.IsLike(m.of) }); i >= 0 {
		d.addColumn(column{use: use, field: madeField + i, name: d.columnOf(d.made[i].use).name})
		return nil
	}
	c := madeColumn{use: use, of: from, write: from.Write, parts: from.Parts}
	if from.Prefix != "" {
		d.placeMembers(h, &c, from.Prefix)
		return nil
	}
	if from.Parts && d.placed(schemas.UseConsumedQuantity) {
		return nil
	}
	name := ""
	for _, names := range from.Of {
		if name == "" && len(c.inputs) > 0 && !from.Parts {
			break
		}
		field, several := h.find(h.firstOf(names, ""))
		switch {
		case several:
			return d.refuse(schemas.CodeUnreadableObject, "several of its columns could be %s", names[0])
		case field >= 0 && name == "":
			name = h.names[field]
		}
		c.inputs = append(c.inputs, field)
	}
	if name == "" {
		if d.placeGroup(h, use, from.Of[0][0]) {
			return nil
		}
		if d.rules[use].mandatory {
			*missing = append(*missing, from.Of[0][0])
		}
		return nil
	}
	c.makeRoom()
	d.addMade(c, name)
	return nil
}

// makeRoom makes room for the texts of the fields that the column is made of.
func (m *madeColumn) makeRoom() {
	n := len(m.inputs)
	there := func(field int) bool { return field >= 0 }
	if m.only = slices.IndexFunc(m.inputs, there); m.parts || m.use == schemas.UseRecordId || slices.ContainsFunc(m.inputs[m.only+1:], there) {
		m.only = -1
	}
	m.cells, m.in, m.scratch = make([]cells, n), make([][]byte, n), make([][]byte, n)
}

// placeGroup makes a column of what stands in Parquet as a group of columns, one for each member, and reports whether it does.
func (d *decoder) placeGroup(h *header, use int, name string) bool {
	if !d.rules[use].json || d.wire.Packing != wire.Parquet {
		return false
	}
	before := len(d.made)
	d.placeMembers(h, &madeColumn{use: use}, name+".")
	return len(d.made) > before
}

// placeMembers makes a column of all fields whose names begin with a prefix.
func (d *decoder) placeMembers(h *header, c *madeColumn, prefix string) {
	var found extra
	for i, n := range h.names {
		if rest, is := native.CutPrefix(n, prefix); is && rest != "" {
			h.used[i] = true
			found.add(i, rest)
		}
	}
	if found.sort(); len(found.fields) > 0 {
		c.members = &found
		d.addMade(*c, prefix)
	}
}

// addMade adds a column that is made to those that are filled.
func (d *decoder) addMade(c madeColumn, name string) {
	d.addColumn(column{use: c.use, field: madeField + len(d.made), name: name})
	d.made = append(d.made, c)
}

// makeColumns makes the columns of the rows that are made.
func (d *decoder) makeColumns(s *rows) {
	bare := *s
	bare.quoted = false
	s.made = s.made[:0]
	for i := range d.made {
		m := &d.made[i]
		for k, field := range m.inputs {
			if field >= 0 {
				m.cells[k] = s.column(field)
			}
		}
		m.rows.Begin()
		for r := range s.n {
			if s.which != nil {
				d.context.Part = s.which[r]
			}
			switch {
			case s.again(r) && !m.parts && m.use != schemas.UseRecordId:
				m.rows.Again()
			case m.members == nil && m.rows.Remembers():
				text, start, end := d.inputs(m, r)
				if !m.rows.Known(text, start, end) {
					m.rows.Add(d.makeCell(m, s, r))
					m.rows.Learn(text, start, end)
				}
			default:
				m.rows.Add(d.makeCell(m, s, r))
			}
		}
		m.rows.End()
		s.made = append(s.made, cells{rows: &bare, text: m.rows.Text, pos: m.rows.Pos, stride: 2})
	}
}

// inputs returns a text that tells apart what a column is made of: that of its only field, or of several with the length of each, and
// before them which part the row is.
func (d *decoder) inputs(m *madeColumn, r int) (text []byte, start, end uint32) {
	if m.only >= 0 {
		x := &m.cells[m.only]
		start, end = x.cell(r)
		return x.text, start, end
	}
	m.key = append(m.key[:0], byte(d.context.Part))
	for k, field := range m.inputs {
		if field >= 0 {
			x := &m.cells[k]
			start, end := x.cell(r)
			m.key = append(binary.AppendUvarint(m.key, uint64(end-start)), x.text[start:end]...)
		}
	}
	end = uint32(len(m.key))
	m.key = append(m.key, slackOf[:]...)
	return m.key, 0, end
}

var slackOf [wire.Padding]byte

// makeCell appends the column of row r to the texts of the rows before it.
func (d *decoder) makeCell(m *madeColumn, s *rows, r int) []byte {
	if m.members != nil {
		return d.appendMembers(m.rows.Text, s, r, m.members)
	}
	if clear(m.in); m.parts { // of which a row has one
		m.in[d.context.Part] = d.input(m, d.context.Part, r)
	} else {
		for k := range m.inputs {
			m.in[k] = d.input(m, k, r)
		}
	}
	return d.writeMade(m, s.plain)
}

// writeMade writes the column of the row at hand, or a field that is no UTF-8 as it stands, which is found fault with then.
func (d *decoder) writeMade(m *madeColumn, plain bool) []byte {
	ill := func(text []byte) bool { return !wire.WellEncoded(text) }
	if !plain && slices.ContainsFunc(m.in, ill) {
		return append(m.rows.Text, m.in[slices.IndexFunc(m.in, ill)]...)
	}
	return m.write(&d.context, m.rows.Text, m.in)
}

// input returns the text of a field that a column is made of.
func (d *decoder) input(m *madeColumn, k, r int) []byte {
	if m.inputs[k] < 0 {
		return nil
	}
	x := &m.cells[k]
	start, end := x.cell(r)
	text := x.text[start:end]
	if x.quoted && start < end && text[0] == '"' {
		m.scratch[k] = wire.AppendUnquoted(slices.Grow(m.scratch[k][:0], int(end-start)+wire.Padding), x.text, start, end)
		text = m.scratch[k]
	}
	if d.isNull(text) {
		return nil
	}
	return text
}

// instant reads a time as columns of times are read, and one without an offset by the clocks of the source's zone.
func (d *decoder) instant(text string) (time.Time, bool) {
	m, ok := d.readTime(text)
	if !ok {
		m, ok = new(times.Zoned).ReadNaive([]byte(text), d.zone)
	}
	return time.UnixMicro(m.Micros).UTC(), ok
}
