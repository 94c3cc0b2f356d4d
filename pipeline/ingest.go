package pipeline

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// ingestSource writes down what one source had delivered: its pinned objects as rows of the deliveries dataset, and what
// was wrong with its deliveries as findings. The pinning itself comes before, in Prepare, because everything else follows
// from it.
func ingestSource(ctx context.Context, r *Run, t Task) (*Result, error) {
	p := &r.Spec.Sources[t.Source]
	res := &Result{}
	out, err := writeTable(ctx, r, &t, &schemas.Deliveries, func(write func(*dataset.Batch) error) error {
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
	for i := range p.Findings {
		found.add(p.Findings[i])
	}
	return res, found.write(ctx, r, &t, res)
}
