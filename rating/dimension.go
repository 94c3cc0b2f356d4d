package rating

import (
	"fmt"

	"daybook/schemas"
)

// anyValue matches every value in a dimension table.
const anyValue = "*"

// dimension prices by a table: the first entry whose conditions all hold costs q × unit price + flat fee. Where none
// holds, the terms' own unit price does; where there is none, nothing prices the usage.
func (m *model) dimension(t *trail, u *Usage) number {
	q := m.step(u.Quantity)
	for i := range m.terms.Dimensions {
		d := &m.terms.Dimensions[i]
		if !matches(d.When, u.Labels) {
			continue
		}
		amount := t.mul(t.note("row ", int64(i+1), " of the table matches", nil), in("quantity", q), fact("unit_price", d.UnitPrice))
		if d.FlatFee.IsZero() {
			return amount
		}
		return t.sum("with the row's flat fee", in("amount", amount), fact("flat_fee", d.FlatFee))
	}
	return t.mul("no row of the table matches, so the default holds", in("quantity", q), fact("unit_price", value(m.terms.UnitPrice)))
}

// prices reports whether the model has a price for the labels of a usage; only a dimension table may lack one.
func (m *model) prices(labels []schemas.DimensionMatch) bool {
	if m.terms.Model != schemas.ModelDimension || m.terms.UnitPrice != nil {
		return true
	}
	for i := range m.terms.Dimensions {
		if matches(m.terms.Dimensions[i].When, labels) {
			return true
		}
	}
	return false
}

// matches reports whether every condition holds. A column that the usage lacks has the empty value.
func matches(when, labels []schemas.DimensionMatch) bool {
	for _, w := range when {
		if w.Value != anyValue && w.Value != labelOf(labels, w.Column) {
			return false
		}
	}
	return true
}

func labelOf(labels []schemas.DimensionMatch, column string) string {
	for _, l := range labels {
		if l.Column == column {
			return l.Value
		}
	}
	return ""
}

func checkDimensions(terms *schemas.Terms) error {
	if len(terms.Dimensions) == 0 {
		return fmt.Errorf("it has no dimensions: add at least one row")
	}
	for i := range terms.Dimensions {
		for j := range i {
			if covers(terms.Dimensions[j].When, terms.Dimensions[i].When) {
				return fmt.Errorf("row %d of the table is never reached, row %d takes all of it: put the special before the general", i+1, j+1)
			}
		}
	}
	return nil
}

// covers reports whether whatever b matches, a matches.
func covers(a, b []schemas.DimensionMatch) bool {
	for _, w := range a {
		if w.Value == anyValue {
			continue
		}
		same := false
		for _, x := range b {
			same = same || x == w
		}
		if !same {
			return false
		}
	}
	return true
}
