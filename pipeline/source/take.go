package source

import (
	"fmt"

	"daybook/schemas"
)

// taking is a column by which rows are taken or left out.
type taking struct {
	field int
	texts map[string]bool
	// takes says that rows with one of the texts are taken, and not that they are left out.
	takes bool
}

// layOutTaking finds the columns by which rows are taken.
func (d *decoder) layOutTaking(h *header, missing *[]string) error {
	for i := range d.src.Take {
		t := &d.src.Take[i]
		field, several := h.find(t.Column)
		switch {
		case several:
			return d.refuse(schemas.CodeUnreadableObject, "several of its columns could be %s", t.Column)
		case field < 0:
			*missing = append(*missing, t.Column)
			continue
		}
		x := taking{field: field, texts: map[string]bool{}, takes: len(t.Is) > 0}
		for _, list := range [][]string{t.Is, t.Not} {
			for _, text := range list {
				x.texts[text] = true
			}
		}
		d.taking = append(d.taking, x)
	}
	return nil
}

// leaveOut closes up the rows at hand over those that the book leaves out, before any of their fields is read.
func (d *decoder) leaveOut(s *rows) {
	to, extra, extras := 0, 0, []extraCell(nil)
	if d.event != nil {
		extras = d.event.extras
	}
	rest := extras[:0]
	for r := range s.n {
		taken := d.takes(s, r)
		for ; extra < len(extras) && extras[extra].row <= r; extra++ {
			if taken {
				cell := extras[extra]
				cell.row = to
				rest = append(rest, cell)
			}
		}
		if !taken {
			continue
		}
		if to < r {
			copy(s.pos[to*s.stride:(to+1)*s.stride], s.pos[r*s.stride:(r+1)*s.stride])
			s.numbers[to] = s.numbers[r]
		}
		to++
	}
	if d.event != nil {
		d.event.extras = rest
	}
	left := int64(s.n - to)
	d.stats.LeftOut += left
	d.stats.Rows += left
	s.n, s.numbers = to, s.numbers[:to]
}

// takes reports whether the book takes row r.
func (d *decoder) takes(s *rows, r int) bool {
	for i := range d.taking {
		t := &d.taking[i]
		x := s.column(t.field)
		if t.texts[string(d.value(&x, r))] != t.takes {
			return false
		}
	}
	return true
}

// emitLeftOut says how many rows were left out.
func (d *decoder) emitLeftOut() error {
	n := d.stats.LeftOut
	if n == 0 {
		return nil
	}
	return d.out.Finding(schemas.Finding{
		Code: schemas.CodeLeftOut, Source: d.src.ID, Object: d.in.Key, Rows: n,
		Message: fmt.Sprintf("%d %s left out, as take of the source says", n, schemas.OneOrMany(n, "row is", "rows are")),
	}.WithFix())
}
