package normalise

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// divided takes a shard's rows apart: those of bills of closed months are no usage of the run's own, and lie beside it.
type divided struct {
	// of are the objects of these bills, and told what is known of the codes of their keys.
	of    map[string]bool
	dict  *dataset.Dictionary
	told  map[uint32]bool
	parts [2]*dataset.Batch
	// usage and again count what is written.
	usage, again dataset.Tally

	toUsage, toAgain func(*dataset.Batch) error
}

// split writes the usage of a task, and what bills of closed months are made of now where there are any.
func split(ctx context.Context, in *run.Inputs, res *run.Result, fill func(*divided) error) error {
	d := &divided{}
	for _, r := range in.Restated() {
		for _, key := range r.Objects {
			if d.of == nil {
				d.of, d.told = map[string]bool{}, map[uint32]bool{}
			}
			d.of[key] = true
		}
	}
	out, err := in.WriteTable(ctx, &schemas.Usage, func(write func(*dataset.Batch) error) error {
		if d.toUsage = write; d.of == nil {
			return fill(d)
		}
		again, err := in.WriteTable(ctx, &schemas.Restated, func(write func(*dataset.Batch) error) error {
			d.toAgain = write
			return fill(d)
		})
		if err == nil {
			res.Outputs = append(res.Outputs, again)
		}
		return err
	})
	if err == nil {
		res.Outputs = append(res.Outputs, out)
	}
	return err
}

// restated writes the rows of a batch that are of bills of closed months, and returns the others.
func (d *divided) restated(b *dataset.Batch) (*dataset.Batch, error) {
	if d.of == nil {
		return b, nil
	}
	keys := &b.Columns[schemas.UseObjectKey]
	if d.dict != keys.Dict {
		clear(d.told)
		d.dict = keys.Dict
	}
	for i := range d.parts {
		if d.parts[i] == nil {
			d.parts[i] = dataset.NewBatch(b.Table)
		}
		d.parts[i].Clear()
	}
	for from := 0; from < b.Rows; {
		to, code := keys.RunEnd(from, b.Rows), keys.Codes[from]
		is, known := d.told[code]
		if !known {
			is = d.of[string(keys.TextAt(from))]
			d.told[code] = is
		}
		part := d.parts[0]
		if is {
			part = d.parts[1]
		}
		part.AppendRange(b, from, to)
		from = to
	}
	if d.parts[1].Rows > 0 {
		if err := d.again.AddBatch(d.parts[1], dataset.UsageMeasures()); err != nil {
			return nil, err
		}
		if err := d.toAgain(d.parts[1]); err != nil {
			return nil, err
		}
	}
	return d.parts[0], nil
}

// write writes rows of usage.
func (d *divided) write(b *dataset.Batch) error {
	if err := d.usage.AddBatch(b, dataset.UsageMeasures()); err != nil {
		return err
	}
	return d.toUsage(b)
}

// count counts what was written.
func (d *divided) count(c *run.Control) (err error) {
	if c.Usage, err = d.usage.Totals(); err == nil {
		c.Restated, err = d.again.Totals()
	}
	return err
}
