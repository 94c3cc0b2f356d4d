package explain

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/explain/problems"
	"daybook/pipeline/normalise"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// proof gathers the usage rows behind a figure by the objects that they came from, with a digest of what each says: sixteen
// bytes a row.
type proof struct {
	objects map[pinnedAt][]provenRow
	cells   []byte
}

// pinnedAt names an object of a source.
type pinnedAt struct{ source, key string }

// provenRow is a row of an object, and a digest of the columns that come from its record.
type provenRow struct {
	row  int64
	says uint64
}

func newProof() *proof { return &proof{objects: map[pinnedAt][]provenRow{}} }

// notOfRecord are the columns of a usage row that do not come from its record.
var notOfRecord = dataset.SkipColumns(len(schemas.Usage.Columns), []int{
	schemas.UseAccountId, schemas.UsePeerId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseLatePeriod,
})

// digest is that of what row i of a batch with all columns says.
func (p *proof) digest(b *dataset.Batch, i int) uint64 {
	p.cells = dataset.AppendRow(p.cells[:0], b, i, notOfRecord)
	return dataset.Hash(p.cells)
}

// add takes row i of a batch of usage with all columns; a nil proof takes none.
func (p *proof) add(b *dataset.Batch, i int) {
	if p == nil {
		return
	}
	c := cells{b, i}
	at := pinnedAt{c.text(schemas.UseSourceId), c.text(schemas.UseObjectKey)}
	p.objects[at] = append(p.objects[at], provenRow{c.integer(schemas.UseObjectRow), p.digest(b, i)})
}

// prove looks at every object that holds rows behind the figure: whether it still has the digest that was pinned, and whether those
// rows, decoded again, are the usage rows. Each that is gone, has changed or says something else is named.
func (l *Look) prove(ctx context.Context, e *Explanation, p *proof) error {
	if len(p.objects) == 0 {
		return nil
	}
	if l.landing == nil {
		e.Warnings = append(e.Warnings, "the landing place is not open, so the source objects were not looked at")
		return nil
	}
	pinned, all := map[pinnedAt]*run.Object{}, 0
	for i := range l.Manifest.Spec.Sources {
		s := &l.Manifest.Spec.Sources[i]
		all += len(s.Objects)
		for j := range s.Objects {
			if at := (pinnedAt{string(s.Source), s.Objects[j].Key}); p.objects[at] != nil {
				pinned[at] = &s.Objects[j]
			}
		}
	}
	var objects, records problems.List
	looked := 0
	for _, at := range slices.SortedFunc(maps.Keys(p.objects), func(a, b pinnedAt) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.key, b.key))
	}) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if pinned[at] == nil {
			objects.Add(fmt.Errorf("%s of source %s is not among the objects that the run pinned", at.key, at.source))
			continue
		}
		if err := l.asPinned(ctx, pinned[at]); err != nil {
			objects.Add(err)
			continue
		}
		rows := slices.CompactFunc(sortedRows(p.objects[at]), func(a, b provenRow) bool { return a.row == b.row })
		looked += len(rows)
		records.Add(l.decodedAgain(ctx, at, rows, p))
	}
	n := len(p.objects)
	e.check("source objects", objects.Err(), fmt.Sprintf("%d %s the rows, of %d that the run pinned, and %s the digest that was pinned",
		n, schemas.OneOrMany(n, "object holds", "objects hold"), all, schemas.OneOrMany(n, "has", "each has")))
	if looked > 0 {
		e.check("source records", records.Err(), fmt.Sprintf("%d %s, decoded again, %s in all columns",
			looked, schemas.OneOrMany(looked, "row", "rows"), schemas.OneOrMany(looked, "is the usage row", "are the usage rows")))
	}
	return nil
}

func sortedRows(rows []provenRow) []provenRow {
	slices.SortFunc(rows, func(a, b provenRow) int { return cmp.Compare(a.row, b.row) })
	return rows
}

// provePinned looks at every object that the run pinned.
func (l *Look) provePinned(ctx context.Context, e *Explanation) error {
	if l.landing == nil {
		e.Warnings = append(e.Warnings, "the landing place is not open, so the source objects were not looked at")
		return nil
	}
	var found problems.List
	n := 0
	for i := range l.Manifest.Spec.Sources {
		s := &l.Manifest.Spec.Sources[i]
		for j := range s.Objects {
			if err := ctx.Err(); err != nil {
				return err
			}
			found.Add(l.asPinned(ctx, &s.Objects[j]))
			n++
		}
	}
	e.check("source objects", found.Err(), fmt.Sprintf("%d %s that the run pinned, and %s the digest that was pinned",
		n, schemas.OneOrMany(n, "object is all", "objects are all"), schemas.OneOrMany(n, "it has", "each has")))
	return nil
}

// asPinned reports an object of the landing place that is gone, or is not the one that was pinned.
func (l *Look) asPinned(ctx context.Context, o *run.Object) error {
	at, size, err := store.OpenReaderAt(ctx, l.landing, o.Key)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%s is gone: it is not in the landing place any more", o.Key)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", o.Key, err)
	}
	defer at.Close()
	sum := delivery.NewDigest()
	if _, err := io.Copy(sum, io.NewSectionReader(at, 0, size)); err != nil {
		return fmt.Errorf("read %s: %w", o.Key, err)
	}
	if have := hex.EncodeToString(sum.Sum(nil)); have != o.Digest {
		return fmt.Errorf("%s has changed: its digest was %.12s… when it was pinned and is %.12s…", o.Key, o.Digest, have)
	}
	return nil
}

// decodedAgain decodes an object as far as the last of its rows that are asked for, and reports the first that is not what the
// usage says. The rows are in order.
func (l *Look) decodedAgain(ctx context.Context, at pinnedAt, rows []provenRow, p *proof) error {
	src, ok := l.book.Source(schemas.SourceID(at.source))
	if !ok {
		return fmt.Errorf("%s: source %s is no longer in the book, so it cannot be decoded again", at.key, at.source)
	}
	var differs error
	next := 0
	err := l.decode(ctx, src, at.key, func(b *dataset.Batch) error {
		for i, n := range b.Columns[schemas.UseObjectRow].Ints[:b.Rows] {
			if n < rows[next].row {
				continue
			}
			if n > rows[next].row {
				return errFound // that row does not decode any more
			}
			if p.digest(b, i) != rows[next].says {
				differs = fmt.Errorf("%s, row %d says something else, decoded again, than the usage row; --record shows what", at.key, n)
				return errFound
			}
			if next++; next == len(rows) {
				return errFound
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return fmt.Errorf("decode %s again: %w", at.key, err)
	}
	if differs == nil && next < len(rows) {
		differs = fmt.Errorf("%s has no row %d that decodes, though the run took it", at.key, rows[next].row)
	}
	return differs
}

// decode hands the rows of an object out as usage, until an error comes back.
func (l *Look) decode(ctx context.Context, src *schemas.Source, key string, each func(*dataset.Batch) error) error {
	at, size, err := store.OpenReaderAt(ctx, l.landing, key)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	defer at.Close()
	in := source.Input{Key: key, At: at, Size: size}
	if src.Semantics == schemas.Snapshot {
		in.Period = l.Manifest.Spec.BillOf(key)
	}
	var labels normalise.Constants
	_, err = source.Decode(ctx, src, in, source.Sink{Finding: func(schemas.Finding) error { return nil }, Rows: func(b *dataset.Batch) error {
		filled := dataset.Batch{Table: b.Table, Rows: b.Rows, Columns: slices.Clone(b.Columns)} // the decoder goes on with its own
		labels.Provider(&filled, l.book.Peers, src)
		return each(&filled)
	}})
	return err
}
