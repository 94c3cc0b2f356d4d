package rows

import (
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// WriteFindings lays findings out in batches.
func WriteFindings(rows []schemas.Finding, write func(*dataset.Batch) error) error {
	return inBatches(len(rows), &schemas.Findings, write, func(b *dataset.Batch, i int) { appendFinding(b, &rows[i]) })
}

// batchRows is how many rows a batch has before it is written.
const batchRows = 8192

// inBatches fills batches of a table row by row and writes them.
func inBatches(n int, table *schemas.Table, write func(*dataset.Batch) error, fill func(b *dataset.Batch, i int)) error {
	b := dataset.NewBatch(table)
	for i := range n {
		fill(b, i)
		if err := b.EndRow(); err != nil {
			return err
		}
		if b.Rows == batchRows || i == n-1 {
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
