package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// findings gathers what a task finds wrong, and counts it by code.
type findings struct {
	rows   []schemas.Finding
	counts map[schemas.Code]CodeCount
}

func (f *findings) add(x schemas.Finding) {
	if f.counts == nil {
		f.counts = map[schemas.Code]CodeCount{}
	}
	x.Message = clipped(x.Message)
	addCode(f.counts, CodeCount{Code: x.Code, Severity: x.Severity, Findings: 1, Rows: x.Rows})
	f.rows = append(f.rows, x)
}

// clipped cuts a message that quotes a source too long, at the start of a character.
func clipped(message string) string {
	const most = 2000
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "…"
}

// codes returns the counts by code, in the order of schemas.Codes.
func (f *findings) codes() []CodeCount { return sortedCodes(f.counts) }

// write writes the findings as the task's part of their dataset, sorted; without any it writes nothing.
func (f *findings) write(ctx context.Context, r *Run, t *Task, res *Result) error {
	res.Codes = f.codes()
	if len(f.rows) == 0 {
		return nil
	}
	slices.SortStableFunc(f.rows, func(a, b schemas.Finding) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Value, b.Value))
	})
	out, err := writeTable(ctx, r, t, &schemas.Findings, func(write func(*dataset.Batch) error) error {
		return inBatches(len(f.rows), &schemas.Findings, write, func(b *dataset.Batch, i int) { appendFinding(b, &f.rows[i]) })
	})
	res.Outputs = append(res.Outputs, out)
	return err
}

// inBatches fills batches of a table row by row and writes them.
func inBatches(n int, table *schemas.Table, write func(*dataset.Batch) error, fill func(b *dataset.Batch, i int)) error {
	const rows = 8192
	b := dataset.NewBatch(table)
	for i := range n {
		fill(b, i)
		if err := b.EndRow(); err != nil {
			return err
		}
		if b.Rows == rows || i == n-1 {
			if err := write(b); err != nil {
				return err
			}
			b.Reset()
		}
	}
	return nil
}

func appendFinding(b *dataset.Batch, f *schemas.Finding) {
	text := func(col int, s string) {
		if s != "" {
			b.AppendText(col, s)
		}
	}
	text(schemas.FindCode, string(f.Code))
	text(schemas.FindSeverity, string(f.Severity))
	text(schemas.FindSourceId, string(f.Source))
	text(schemas.FindObjectKey, f.Object)
	if f.Row > 0 {
		b.AppendInt(schemas.FindObjectRow, f.Row)
	}
	text(schemas.FindColumn, f.Column)
	text(schemas.FindAccountId, string(f.Account))
	text(schemas.FindValue, f.Value)
	text(schemas.FindMessage, f.Message)
	b.AppendInt(schemas.FindRows, f.Rows)
	if f.Unit != "" {
		b.AppendDecimal(schemas.FindQuantity, f.Quantity)
	}
	text(schemas.FindUnit, f.Unit)
	if f.Currency != "" {
		b.AppendDecimal(schemas.FindCost, f.Cost)
	}
	text(schemas.FindCurrency, string(f.Currency))
}
