package quote

import (
	"context"
	"errors"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rate"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/schemas"
)

// mostFindings bounds the findings about a usage file that a quote lists.
const mostFindings = 100

// file adds the rows of a usage file up, as the bill run would if it came from the source.
func (x *quoter) file(ctx context.Context) error {
	src, ok := x.book.Source(x.ask.Source)
	if !ok {
		known := namesOf(x.book.Sources, func(s *schemas.Source) string { return string(s.ID) })
		return ask("the book has no source %s; %s", x.ask.Source, didYouMean(string(x.ask.Source), known, "its sources are"))
	}
	x.tally.Begin(x.ask.Account)
	one := func(schemas.AccountID) uint16 { return 0 }
	f := fileQuoter{
		quoter: x, src: src, owners: normalise.NewOwners(run.WholeBook(x.book), src, one, 1), month: normalise.MonthOf(x.out.Period, x.book.Zone), seen: map[string]bool{},
	}
	f.combos.Init(x.tally, x.plan)
	f.combos.BeginAccount(x.ask.Account)
	in := source.Input{Key: x.ask.File, At: x.ask.Body, Size: x.ask.Size}
	_, err := source.Decode(ctx, src, in, source.Sink{Rows: f.rows, Finding: f.finding})
	if refused, ok := errors.AsType[*schemas.RefusedError](err); ok {
		return ask("%s cannot be read as a file of source %s: %s", x.ask.File, src.ID, refused.Reason)
	}
	if err != nil {
		return err
	}
	for _, left := range f.combos.Flush() {
		x.found(&left)
	}
	return nil
}

// fileQuoter takes the batches of a usage file.
type fileQuoter struct {
	*quoter
	src    *schemas.Source
	labels normalise.Constants
	owners normalise.Owners
	month  normalise.Month
	combos rate.Combos
	seen   map[string]bool
}

func (f *fileQuoter) finding(found schemas.Finding) error {
	if found.Code != schemas.CodeLeftOut {
		f.out.Rows.Rejected += found.Rows
	}
	if len(f.out.Findings) < mostFindings {
		f.found(&found)
	}
	return nil
}

// rows takes the rows of the account, or of nobody, in the period; all others are counted and left out.
func (f *fileQuoter) rows(b *dataset.Batch) error {
	view := dataset.Batch{Table: b.Table, Rows: b.Rows, Columns: append([]dataset.Vector(nil), b.Columns...)}
	f.labels.Label(&view, schemas.UseSourceId, string(f.src.ID))
	f.labels.Label(&view, schemas.UseObjectKey, f.ask.File)
	f.labels.Label(&view, schemas.UsePeerId, string(f.src.Peer))
	f.owners.Assign(&view, make([]uint16, b.Rows))
	f.combos.Begin(&view)
	owner := &view.Columns[schemas.UseAccountId]
	for i := range view.Rows {
		switch {
		case !f.month.Holds(&view, i):
			f.out.Rows.OtherPeriods++
		case !owner.IsNull(i) && string(owner.TextAt(i)) != string(f.ask.Account):
			f.out.Rows.OtherAccount++
		case f.again(&view, i):
			f.out.Rows.Duplicates++
		default:
			f.out.Rows.Taken++
			if err := f.combos.Add(i, i+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// again reports whether a row has the identifier of an earlier one.
func (f *fileQuoter) again(b *dataset.Batch, i int) bool {
	v := &b.Columns[schemas.UseRecordId]
	if v.IsNull(i) {
		return false
	}
	if id := string(v.TextAt(i)); !f.seen[id] {
		f.seen[id] = true
		return false
	}
	return true
}
