package explain

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
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

// checkSource looks at the source object of the first row that is listed: its digest is the one that was pinned, and its
// record, decoded again, is the usage row.
func (l *Look) checkSource(ctx context.Context, e *Explanation, o Options) error {
	if !o.Check && !o.Record || e.Usage == nil || len(e.Usage.Listed) == 0 {
		return nil
	}
	line := &e.Usage.Listed[0]
	if l.landing == nil {
		if o.Check {
			e.Warnings = append(e.Warnings, "the landing place is not open, so the source object was not looked at")
		}
		return nil
	}
	src, pinned, ok := l.pinned(line.Source, line.Object)
	if !ok {
		return fmt.Errorf("object %s of source %s is not among those that the run pinned, or the source is no longer in the book", line.Object, line.Source)
	}
	sum, err := l.digest(ctx, pinned.Key)
	if err == nil && sum != pinned.Digest {
		err = fmt.Errorf("%s: its digest was %.12s… when it was pinned and is %.12s…", pinned.Key, pinned.Digest, sum)
	}
	if o.Check {
		e.check("source object", err, fmt.Sprintf("%s still has the digest that was pinned, %.12s…", pinned.Key, pinned.Digest))
	} else if err != nil {
		return err
	}
	if err != nil {
		return nil
	}
	record, err := l.decodeRow(ctx, src, pinned.Key, line.Row)
	if err != nil {
		return err
	}
	record.Digest = sum
	if o.Record {
		e.Record = record
	}
	if o.Check {
		differs, err := l.compareRecord(ctx, record)
		if err != nil {
			return err
		}
		e.check("source record", differs, fmt.Sprintf("row %d, decoded again, is the usage row in all of its %d columns", line.Row, len(record.Columns)))
	}
	return nil
}

// pinned finds an object of a source as the run pinned it.
func (l *Look) pinned(id, key string) (*schemas.Source, *run.Object, bool) {
	for i := range l.Manifest.Spec.Sources {
		p := &l.Manifest.Spec.Sources[i]
		for j := range p.Objects {
			if string(p.Source) == id && p.Objects[j].Key == key {
				src, ok := l.book.Source(p.Source)
				return src, &p.Objects[j], ok
			}
		}
	}
	return nil, nil, false
}

// digest is that by which an object of the landing place is pinned.
func (l *Look) digest(ctx context.Context, key string) (string, error) {
	at, size, err := store.OpenReaderAt(ctx, l.landing, key)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", key, err)
	}
	defer at.Close()
	sum := delivery.NewDigest()
	if _, err := io.Copy(sum, io.NewSectionReader(at, 0, size)); err != nil {
		return "", fmt.Errorf("read %s: %w", key, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// decodeRow decodes an object as far as one row.
func (l *Look) decodeRow(ctx context.Context, src *schemas.Source, key string, row int64) (*SourceRecord, error) {
	at, size, err := store.OpenReaderAt(ctx, l.landing, key)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", key, err)
	}
	defer at.Close()
	in := source.Input{Key: key, At: at, Size: size}
	if src.Semantics == schemas.Snapshot {
		in.Period = l.Manifest.Spec.Period
	}
	record := &SourceRecord{Source: string(src.ID), Object: key, Row: row}
	_, err = source.Decode(ctx, src, in, source.Sink{
		Finding: func(schemas.Finding) error { return nil },
		Rows: func(b *dataset.Batch) error {
			for i, n := range b.Columns[schemas.UseObjectRow].Ints {
				if n == row {
					record.Columns = filled(cells{b, i})
					return errFound
				}
			}
			return nil
		},
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
		switch col {
		case schemas.UseAccountId, schemas.UsePeerId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseLatePeriod:
			continue
		}
		if !c.b.Columns[col].IsNull(c.i) {
			out = append(out, Fact{Name: c.b.Table.Columns[col].Name, Value: c.shown(col)})
		}
	}
	return out
}

// compareRecord holds a record against the usage row that came of it. The first error says how they differ.
func (l *Look) compareRecord(ctx context.Context, r *SourceRecord) (differs, err error) {
	have, err := l.usageRow(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(have) != len(r.Columns) {
		return fmt.Errorf("the record fills %d columns, the usage row %d", len(r.Columns), len(have)), nil
	}
	for i, f := range r.Columns {
		if f != have[i] {
			return fmt.Errorf("%s is %q in the source object and %q in the usage", f.Name, f.Value, have[i].Value), nil
		}
	}
	return nil, nil
}

// usageRow reads the usage row of a record: its place by three columns, then that row group whole.
func (l *Look) usageRow(ctx context.Context, r *SourceRecord) (have []Fact, err error) {
	is := func(c cells) bool {
		return c.integer(schemas.UseObjectRow) == r.Row && c.text(schemas.UseObjectKey) == r.Object && c.text(schemas.UseSourceId) == r.Source
	}
	place := []int{schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow}
	for _, o := range l.outputs(&schemas.Usage, "") {
		in := -1
		find := func(found func(cells)) func(*dataset.Batch, int) error {
			return func(b *dataset.Batch, group int) error {
				for i := range b.Rows {
					if c := (cells{b, i}); is(c) {
						in = group
						found(c)
						return errFound
					}
				}
				return nil
			}
		}
		q := scanning{table: &schemas.Usage, columns: place, column: schemas.UseObjectKey, text: r.Object}
		if err := l.scan(ctx, o.Key, q, find(func(cells) {})); err != nil && !errors.Is(err, errFound) {
			return nil, err
		}
		if in < 0 {
			continue
		}
		q = scanning{table: &schemas.Usage, column: -1, group: &in}
		if err := l.scan(ctx, o.Key, q, find(func(c cells) { have = filled(c) })); err != nil && !errors.Is(err, errFound) {
			return nil, err
		}
		return have, nil
	}
	return nil, nil
}
