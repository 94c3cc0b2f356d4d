package ingest

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// Delivered is what ingest leaves for later steps of one source.
type Delivered struct {
	// Missing says in a sentence each what of its deliveries keeps the period from being complete.
	Missing []string `json:"missing,omitempty"`
	// Source is whose they are, and Expected what is expected of it and came.
	Source   schemas.SourceID   `json:"source"`
	Expected []feed.Expectation `json:"expected,omitempty"`
}

// Source writes down what one source had delivered: its pinned objects as rows of the deliveries dataset, and what
// was wrong with its deliveries as findings. The pinning itself comes before, in Prepare, because everything else follows
// from it.
func Source(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	p, err := in.Pinned()
	if err != nil {
		return nil, err
	}
	res := &run.Result{Incomplete: p.Incomplete}
	out, err := in.WriteRead(ctx, &schemas.Deliveries, func(write func(*dataset.Batch) error) error {
		return rows.AppendRows(len(p.Objects), &schemas.Deliveries, write, func(w *rows.RowWriter, i int) {
			o := &p.Objects[i]
			w.Text(schemas.DeliverySourceId, string(p.Source))
			w.Text(schemas.DeliveryDeliveryId, o.Delivery)
			w.Text(schemas.DeliveryVersion, o.Version)
			w.Text(schemas.DeliveryObjectKey, o.Key)
			w.Batch.AppendInt(schemas.DeliverySize, o.Size)
			w.Text(schemas.DeliveryDigest, o.Digest)
			if o.Rows >= 0 {
				w.Batch.AppendInt(schemas.DeliveryPromisedRows, o.Rows)
			}
		})
	}, nil)
	if err == nil && out.Rows != int64(len(p.Objects)) {
		err = fmt.Errorf("%w: %s has %d objects of the %d that were pinned", run.ErrUnbalanced, out.Key, out.Rows, len(p.Objects))
	}
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	var found run.Findings
	left := Delivered{Source: p.Source, Expected: p.Expected}
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Severity == schemas.Blocking {
			left.Missing = append(left.Missing, fmt.Sprintf("%s: %s", f.Source, f.Message))
		}
		found.Add(*f)
	}
	if err := res.Leave(left); err != nil {
		return nil, err
	}
	return res, found.Write(ctx, in, res)
}
