package explain

import (
	"context"
	"errors"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// SourceRecord is a record of a source object, decoded again.
type SourceRecord struct {
	Source string `json:"source"`
	Object string `json:"object"`
	Row    int64  `json:"row"`
	Digest string `json:"digest"`
	// Columns are the columns of usage that the record fills, in their order.
	Columns []Fact `json:"columns"`
}

// checkSource looks at the source objects of the rows behind a figure, where that is asked for, and decodes the record of the first
// row that is listed.
func (l *Look) checkSource(ctx context.Context, e *Explanation, o Options, p *proof) error {
	if p != nil {
		if err := l.prove(ctx, e, p); err != nil {
			return err
		}
	}
	if !o.Record || l.landing == nil || e.Usage == nil || len(e.Usage.Listed) == 0 {
		return nil
	}
	line := &e.Usage.Listed[0]
	if line.in != nil {
		l = line.in
	}
	src, ok := l.book.Source(schemas.SourceID(line.Source))
	for i := range l.Manifest.Spec.Sources {
		s := &l.Manifest.Spec.Sources[i]
		for j := range s.Objects {
			if !ok || string(s.Source) != line.Source || s.Objects[j].Key != line.Object {
				continue
			}
			if err := l.asPinned(ctx, &s.Objects[j]); err != nil {
				if o.Check { // which has said so
					return nil
				}
				return err
			}
			record, err := l.decodeRow(ctx, src, line.Object, line.Row)
			if err != nil {
				return err
			}
			record.Digest, e.Record = s.Objects[j].Digest, record
			return nil
		}
	}
	return fmt.Errorf("object %s of source %s is not among those that the run pinned, or the source is no longer in the book", line.Object, line.Source)
}

// decodeRow decodes an object as far as one row.
func (l *Look) decodeRow(ctx context.Context, src *schemas.Source, key string, row int64) (*SourceRecord, error) {
	record := &SourceRecord{Source: string(src.ID), Object: key, Row: row}
	err := l.decode(ctx, src, key, func(b *dataset.Batch) error {
		for i, n := range b.Columns[schemas.UseObjectRow].Ints[:b.Rows] {
			if n == row {
				record.Columns = filled(cells{b, i})
				return errFound
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, err
	}
	if record.Columns == nil {
		return nil, fmt.Errorf("%s has no row %d that decodes, though the run took it", key, row)
	}
	return record, nil
}

// filled lists the columns of a usage row that are not null and come from the record.
func filled(c cells) []Fact {
	var out []Fact
	for col := range c.b.Columns {
		if !notOfRecord[col] && !c.b.Columns[col].IsNull(c.i) {
			out = append(out, Fact{Name: c.b.Table.Columns[col].Name, Value: c.shown(col)})
		}
	}
	return out
}
