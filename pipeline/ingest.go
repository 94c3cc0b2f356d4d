package pipeline

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Delivered is what ingest leaves for later steps of one source.
type Delivered struct {
	// Missing says in a sentence each what of its deliveries keeps the period from being complete.
	Missing []string `json:"missing,omitempty"`
}

// ingestSource writes down what one source had delivered: its pinned objects as rows of the deliveries dataset, and what
// was wrong with its deliveries as findings. The pinning itself comes before, in Prepare, because everything else follows
// from it.
func ingestSource(ctx context.Context, in *Inputs) (*Result, error) {
	p, err := in.Pinned()
	if err != nil {
		return nil, err
	}
	res := &Result{Incomplete: p.Incomplete}
	out, err := in.writeTable(ctx, &schemas.Deliveries, func(write func(*dataset.Batch) error) error {
		return appendRows(len(p.Objects), &schemas.Deliveries, write, func(w *rowWriter, i int) {
			o := &p.Objects[i]
			w.text(schemas.DeliverySourceId, string(p.Source))
			w.text(schemas.DeliveryDeliveryId, o.Delivery)
			w.text(schemas.DeliveryVersion, o.Version)
			w.text(schemas.DeliveryObjectKey, o.Key)
			w.b.AppendInt(schemas.DeliverySize, o.Size)
			w.text(schemas.DeliveryDigest, o.Digest)
			if o.Rows >= 0 {
				w.b.AppendInt(schemas.DeliveryPromisedRows, o.Rows)
			}
		})
	})
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	var found findings
	var left Delivered
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Severity == schemas.Blocking {
			left.Missing = append(left.Missing, fmt.Sprintf("%s: %s", f.Source, f.Message))
		}
		found.add(*f)
	}
	if err := res.Leave(left); err != nil {
		return nil, err
	}
	return res, found.write(ctx, in, res)
}
