package compare

import (
	"context"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/peerbill"
	"daybook/schemas/service"
)

// invoiceLines are what peers delivered of their invoices of the period, in the order of the objects' names and rows.
func invoiceLines(ctx context.Context, in *run.Inputs) ([]peerbill.InvoiceLine, error) {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	if objects, err = normalise.Taken(objects); err != nil {
		return nil, err
	}
	var found []service.EvidenceRow
	err = run.EachOutput(objects, service.EvidenceTable.Name, func(o run.Output) error {
		return rows.ReadEvidence(ctx, in.Store(), o.Key, func(r *service.EvidenceRow) error {
			if r.Format.IsAboutBills() {
				found = append(found, *r)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, service.EvidenceRow.Compare)
	day := func(t time.Time) schemas.Date {
		if t.IsZero() {
			return schemas.Date{}
		}
		return schemas.DateOf(t, time.UTC)
	}
	out := make([]peerbill.InvoiceLine, 0, len(found))
	for i := range found {
		r := &found[i]
		out = append(out, peerbill.InvoiceLine{
			Peer: r.Peer, Invoice: r.Invoice, Item: r.ID, Currency: r.Currency, Amount: *r.Amount, Issued: day(r.Known), Due: day(r.Due),
		})
	}
	return out, nil
}

// writeInvoices writes them beside the bills, if there are any.
func writeInvoices(ctx context.Context, in *run.Inputs, res *run.Result, invoices []peerbill.Invoice) error {
	if len(invoices) == 0 {
		return nil
	}
	out, err := in.WriteRead(ctx, &peerbill.Invoices, func(write func(*dataset.Batch) error) error {
		return rows.AppendPeerInvoices(invoices, write)
	}, nil)
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	return nil
}
