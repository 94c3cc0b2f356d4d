package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/rows"
	"daybook/schemas"
)

// Shuffled is the dataset name of files that only later steps of the run read.
const Shuffled = "shuffle"

// DatasetKey is where a task's part of a dataset lies. The task's key is in the path, so that a part written twice is one
// object, and parts of different runs never mix.
func (in *Inputs) DatasetKey(name, extension string) string {
	return fmt.Sprintf("datasets/%s/billing_period=%s/%s/part-%04d.%s", name, in.Period(), in.Key[:12], in.Shard, extension)
}

// WriteTable writes rows as a part of table's dataset. fill appends batches; a table without rows is written too, so that
// readers find its columns.
func (in *Inputs) WriteTable(ctx context.Context, table *schemas.Table, fill func(write func(*dataset.Batch) error) error) (Output, error) {
	return in.WriteTableWith(ctx, table, func(w *parquet.Writer) error { return fill(w.Append) })
}

// WriteTableWith is writeTable for those who need more of the writer than Append.
func (in *Inputs) WriteTableWith(ctx context.Context, table *schemas.Table, fill func(*parquet.Writer) error) (Output, error) {
	out := Output{Dataset: table.Name, Key: in.DatasetKey(table.Name, "parquet")}
	sum := sha256.New()
	info, err := in.run.create(ctx, out.Key, func(w io.Writer) error {
		lent := Lent[*parquet.WriterBuffers](in, "writers")
		buffers, ok := lent.Take()
		if !ok {
			buffers = new(parquet.WriterBuffers)
		}
		defer lent.Leave(buffers) // not after the store has waited for its disk
		meta := []parquet.KeyValue{
			{Key: "daybook.period", Value: string(in.Period())},
			{Key: "daybook.table", Value: table.Name},
			{Key: "daybook.task", Value: in.Key},
			{Key: "daybook.version", Value: table.Version},
		}
		pw, err := parquet.NewWriter(io.MultiWriter(w, sum), table, meta, parquet.WriterOptions{Sorted: sortedBy(table), Buffers: buffers})
		if err != nil {
			return err
		}
		if err := fill(pw); err != nil {
			return err
		}
		stats, err := pw.Close()
		out.Rows = stats.Rows
		return err
	})
	if err != nil {
		return out, fmt.Errorf("write %s: %w", out.Key, err)
	}
	out.Size, out.Digest = info.Size, hex.EncodeToString(sum.Sum(nil))
	return out, nil
}

// WriteRead writes rows as WriteTable does, of a table that no later step reads whole, and reads back what lies there: read, which
// may be nil, gets it batch by batch, to be counted. The error is ErrUnbalanced, wrapped, where that are not the rows that were
// handed in.
func (in *Inputs) WriteRead(ctx context.Context, table *schemas.Table, fill func(write func(*dataset.Batch) error) error, read func(*dataset.Batch) error) (Output, error) {
	var wrote, lies dataset.Digest
	out, err := in.WriteTable(ctx, table, func(write func(*dataset.Batch) error) error {
		return fill(func(b *dataset.Batch) error {
			wrote.AddBatch(b)
			return write(b)
		})
	})
	if err != nil {
		return out, err
	}
	err = rows.ScanTable(ctx, in.run.Store, out.Key, table, nil, func(b *dataset.Batch) error {
		lies.AddBatch(b)
		if read == nil {
			return nil
		}
		return read(b)
	})
	if err == nil && lies.String() != wrote.String() {
		err = fmt.Errorf("%w: %s is not as it was written: it has %d rows of %d, or others", ErrUnbalanced, out.Key, lies.Rows(), wrote.Rows())
	}
	return out, err
}

// sortedBy are the columns by which the rows of a table stand in order, for the footer.
func sortedBy(t *schemas.Table) []int {
	if t == &schemas.Usage || t == &schemas.Restated {
		return shuffle.UsageReduction().Order
	}
	return nil
}

// WriteObject writes one small object of a report and returns its reference.
func (in *Inputs) WriteObject(ctx context.Context, name, key string, rows int64, write func(io.Writer) error) (Output, error) {
	out := Output{Dataset: name, Key: key, Rows: rows}
	sum := sha256.New()
	info, err := in.run.create(ctx, key, func(w io.Writer) error { return write(io.MultiWriter(w, sum)) })
	if err != nil {
		return out, fmt.Errorf("write %s: %w", key, err)
	}
	out.Size, out.Digest = info.Size, hex.EncodeToString(sum.Sum(nil))
	return out, nil
}

// EachOutput calls each for every output of the named dataset.
func EachOutput(results []*Result, name string, each func(Output) error) error {
	for _, res := range results {
		for _, o := range res.Outputs {
			if o.Dataset == name {
				if err := each(o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
