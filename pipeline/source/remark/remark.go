// Package remark keeps remarks about an object that is decoded, each with how many rows it concerns, and makes findings of them.
package remark

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
)

// Notes are remarks about columns of an object. The zero value has none.
type Notes struct {
	byKind map[Kind]*Note
	list   []*Note
	// beyond counts the remarks for which there was no more room.
	beyond int64
}

// most bounds the remarks about one object; a hostile one could have a new column in every row.
const most = 4096

// Kind tells remarks apart: by the source's column and the usage column, and what is said of them.
type Kind struct {
	Column string
	Use    int
	Code   schemas.Code
	What   string
}

// Note is one remark, with the first value that it is about.
type Note struct {
	Kind
	Value    string
	Severity schemas.Severity
	// rows counts the rows, first is the number of the first of them; 0 for a remark on the column as a whole.
	rows, first int64
}

// Hit counts a row, given by its number.
func (n *Note) Hit(row int64) {
	if n.rows == 0 {
		n.first = row
	}
	n.rows++
}

// All says that it concerns all of so many rows.
func (n *Note) All(rows int64) { n.rows, n.first = rows, min(1, rows) }

// Of returns the remark of a kind, making it at its first use.
func (s *Notes) Of(kind Kind, value string) *Note {
	if n, known := s.byKind[kind]; known {
		return n
	}
	n := &Note{Kind: kind, Value: value}
	if len(s.list) >= most {
		s.beyond++
		return n
	}
	if s.byKind == nil {
		s.byKind = map[Kind]*Note{}
	}
	s.byKind[kind] = n
	s.list = append(s.list, n)
	return n
}

// Emit makes a finding of each remark about an object of a source, by usage column, code and text.
func (s *Notes) Emit(source schemas.SourceID, object string, emit func(schemas.Finding) error) error {
	slices.SortStableFunc(s.list, func(a, b *Note) int {
		return cmp.Or(cmp.Compare(a.Use, b.Use), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.What, b.What))
	})
	for _, n := range s.list {
		f := schemas.Finding{
			Code: n.Code, Severity: n.Severity, Source: source, Object: object, Row: n.first, Column: n.Column, Value: n.Value,
			Message: n.Column + ": " + n.What,
		}
		if n.Column == "" {
			f.Message = n.What
		}
		if into := schemas.Usage.Columns[n.Use].Name; into != n.Column && n.Use != schemas.UseExtra && n.Column != "" {
			f.Message = n.Column + " as " + into + ": " + n.What
		}
		if n.rows > 0 {
			f.Message += fmt.Sprintf(", in %d %s", n.rows, schemas.OneOrMany(n.rows, "row", "rows"))
		}
		if err := emit(f.WithFix()); err != nil {
			return err
		}
	}
	if s.beyond > 0 {
		return emit(schemas.Finding{
			Code: schemas.CodeUnknownColumn, Source: source, Object: object,
			Message: fmt.Sprintf("there are %d more remarks like these than can be listed", s.beyond),
		}.WithFix())
	}
	return nil
}
