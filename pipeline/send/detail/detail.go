// Package detail writes the usage behind a document as its customer may see it: what was used, by which resource and when, and not what
// it costs us nor where we have it from.
//
// Start reading at [Write].
package detail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// columns are those of the usage that customers see.
var columns = []int{
	schemas.UseAccountId, schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd, schemas.UseServiceName, schemas.UseSkuId, schemas.UseRegionId,
	schemas.UseResourceId, schemas.UseResourceName, schemas.UseChargeDescription, schemas.UseConsumedQuantity, schemas.UseConsumedUnit, schemas.UseTags,
}

// table is what is written.
var table = func() schemas.Table {
	t := schemas.Table{Name: "usage_detail", Version: "1"}
	for _, c := range columns {
		t.Columns = append(t.Columns, schemas.Usage.Columns[c])
	}
	t.Columns[0].Name = "AccountId" // of which x_ would say nothing to a customer
	return t
}()

// MostBytes is how large a file is at most: more goes into no mail.
const MostBytes = 64 << 20

// ErrTooLarge says that the usage of an account makes a file that is too large.
var ErrTooLarge = fmt.Errorf("the usage takes more than %d MiB", MostBytes>>20)

// Write returns the usage of accounts in a run as a file, Parquet or CSV, in the order of the accounts, which is ascending. The same run
// has the same bytes. The error wraps [ErrTooLarge] for too much.
func Write(ctx context.Context, s store.Store, m *run.Manifest, accounts []schemas.AccountID, asParquet bool) ([]byte, error) {
	var out limited
	w, err := newWriter(&out, asParquet)
	if err != nil {
		return nil, err
	}
	for _, id := range accounts {
		for _, key := range m.FilesOf(&schemas.Usage)(id) {
			file, err := rows.OpenAccounts(ctx, s, key, &schemas.Usage, schemas.UseAccountId, columns)
			if err != nil {
				return nil, err
			}
			if err = errors.Join(file.Read(id, w.add), file.Close()); err != nil {
				return nil, fmt.Errorf("write the usage of account %s: %w", id, err)
			}
		}
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// limited is a file in memory that does not grow beyond its limit.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > MostBytes {
		return 0, ErrTooLarge
	}
	return l.Buffer.Write(p)
}

// writer writes rows of usage in one form.
type writer struct {
	out     *limited
	parquet *parquet.Writer
	batch   *dataset.Batch
	line    []byte
	cells   []document.Cell
}

func newWriter(out *limited, asParquet bool) (*writer, error) {
	w := &writer{out: out, cells: make([]document.Cell, len(columns))}
	var err error
	if asParquet {
		w.batch = dataset.NewBatch(&table)
		w.parquet, err = parquet.NewWriter(out, &table, nil, parquet.WriterOptions{})
		return w, err
	}
	head := document.Grid{}
	for _, c := range table.Columns {
		head.Columns = append(head.Columns, document.GridColumn{Name: c.Name})
	}
	_, err = out.Write(document.AppendCSVHead(nil, &head))
	return w, err
}

// add writes some rows of a batch of usage.
func (w *writer) add(b *dataset.Batch, from, to int) error {
	if w.parquet == nil {
		return w.lines(b, from, to)
	}
	w.batch.Clear()
	for i, c := range columns {
		w.batch.Columns[i].AppendRange(&b.Columns[c], from, to, 0)
	}
	w.batch.Rows = to - from
	return w.parquet.Append(w.batch)
}

func (w *writer) lines(b *dataset.Batch, from, to int) error {
	for row := from; row < to; row++ {
		for i, c := range columns {
			w.cells[i] = cellOf(&b.Columns[c], row)
		}
		w.line = document.AppendCSVRow(w.line[:0], w.cells)
		if _, err := w.out.Write(w.line); err != nil {
			return err
		}
	}
	return nil
}

// cellOf is a value as CSV has it: quantities in full, times in UTC.
func cellOf(v *dataset.Vector, row int) document.Cell {
	switch {
	case v.IsNull(row):
		return document.Cell{}
	case v.Type == schemas.Decimal:
		return document.Cell{Text: v.Decs[row].Decimal().String(), Number: true}
	case v.Type == schemas.Time:
		return document.Cell{Text: rows.TimeOf(v.Ints[row]).Format(time.RFC3339Nano)}
	}
	return document.Cell{Text: v.StringAt(row)}
}

func (w *writer) close() error {
	if w.parquet == nil {
		return nil
	}
	_, err := w.parquet.Close()
	return err
}
