package model

import (
	"fmt"

	"daybook/schemas"
)

// anyValue matches every value in a dimension table.
const anyValue = "*"

// dimension prices by a table: the first entry whose conditions all hold costs q × unit price + flat fee. Where none
// holds, the terms' own unit price does; where there is none, nothing prices the usage.
func (m *Model) dimension(t *Trail, u *Usage) Number {
	q := m.step(u.Quantity)
	for i := range m.Terms.Dimensions {
		d := &m.Terms.Dimensions[i]
		if !matches(d.When, u.Labels) {
			continue
		}
		amount := t.Mul(t.Note("row ", int64(i+1), " of the table matches", nil), In("quantity", q), Fact("unit_price", d.UnitPrice))
		if d.FlatFee.IsZero() {
			return amount
		}
		return t.Sum("with the row's flat fee", In("amount", amount), Fact("flat_fee", d.FlatFee))
	}
	return t.Mul("no row of the table matches, so the default holds", In("quantity", q), Fact("unit_price", OrZero(m.Terms.UnitPrice)))
}

// Prices reports whether the model has a price for the labels of a usage; only a dimension table may lack one.
func (m *Model) Prices(labels []schemas.DimensionMatch) bool {
	if m.Terms.Model != schemas.ModelDimension || m.Terms.UnitPrice != nil {
		return true
	}
	for i := range m.Terms.Dimensions {
		if matches(m.Terms.Dimensions[i].When, labels) {
			return true
		}
	}
	return false
}

// matches reports whether every condition holds. A column that the usage lacks has the empty value.
func matches(when, labels []schemas.DimensionMatch) bool {
	for _, w := range when {
		if w.Value != anyValue && w.Value != LabelOf(labels, w.Column) {
			return false
		}
	}
	return true
}

// LabelOf is the value of a column among labels, empty where it is not there.
func LabelOf(labels []schemas.DimensionMatch, column string) string {
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
