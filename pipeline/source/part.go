package source

import (
	"slices"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// parting is what records of several quantities are parted into, a row for each.
type parting struct {
	pos     []uint32
	numbers []int64
	which   []int
	first   []bool
}

// again reports whether a row is a part of the record that the row before it is of.
func (s *rows) again(r int) bool { return s.first != nil && !s.first[r] }

// placed reports whether the book says where a usage column is from, or that there is none. Where it says so of the quantity, records
// are not parted.
func (d *decoder) placed(use int) bool {
	name := schemas.Usage.Columns[use].Name
	_, mapped := d.src.Columns[name]
	_, constant := d.src.Constants[name]
	return mapped || constant || d.ignores(name)
}

// lacking are those of the fields that are not there, where some are.
func (h *header) lacking(fields []string) (missing []string) {
	for _, name := range fields {
		if !h.has(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == len(fields) {
		return nil
	}
	return missing
}

// part parts records of several quantities into rows, one for each that a record holds, and one without any where it holds none. So
// that each has a number of its own, those of record n begin behind as many for each record before it as the object has columns of
// quantities.
func (d *decoder) part(s *rows, bad []wire.BadRow) {
	at := slices.IndexFunc(d.made, func(m madeColumn) bool { return m.parts && m.use == schemas.UseConsumedQuantity })
	if at < 0 {
		return
	}
	m, x := &d.made[at], &d.parting
	var there []int
	for k, field := range m.inputs {
		if field >= 0 {
			there = append(there, k)
			m.cells[k] = s.column(field)
		}
	}
	each := int64(len(there))
	for i := range bad {
		bad[i].Number = (bad[i].Number-1)*each + 1
	}
	x.pos, x.numbers, x.which, x.first = x.pos[:0], x.numbers[:0], x.which[:0], x.first[:0]
	from := 0
	add := func(r, i int) {
		x.first = append(x.first, len(x.which) == from)
		x.pos = append(x.pos, s.pos[r*s.stride:(r+1)*s.stride]...)
		x.numbers, x.which = append(x.numbers, (s.numbers[r]-1)*each+int64(i)+1), append(x.which, there[i])
	}
	for r := range s.n {
		from = len(x.which)
		for i, k := range there {
			if len(d.input(m, k, r)) > 0 {
				add(r, i)
			}
		}
		if len(x.which) == from {
			add(r, 0)
		}
	}
	d.stats.Parted += int64(len(x.which) - s.n)
	s.pos, s.numbers, s.which, s.first, s.n = x.pos, x.numbers, x.which, x.first, len(x.which)
}
