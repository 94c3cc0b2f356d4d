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
	"daybook/schemas/dispute"
	"daybook/schemas/peerbill"
	"daybook/schemas/service"
)

// said is what peers delivered about their bills.
type said struct {
	lines   []peerbill.InvoiceLine
	answers []dispute.Answer
}

// saidOfBills is what peers delivered of the period, in the order of the objects' names and rows.
func saidOfBills(ctx context.Context, in *run.Inputs) (*said, error) {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	if objects, err = normalise.Taken(objects); err != nil {
		return nil, err
	}
	var keys []string
	err = run.EachOutput(objects, service.EvidenceTable.Name, func(o run.Output) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return readSaid(ctx, in, keys)
}

// readSaid reads what is about bills from files of evidence.
func readSaid(ctx context.Context, in *run.Inputs, keys []string) (*said, error) {
	var found []service.EvidenceRow
	for _, key := range keys {
		err := rows.ReadEvidence(ctx, in.Store(), key, func(r *service.EvidenceRow) error {
			if r.Format.IsAboutBills() {
				found = append(found, *r)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, service.EvidenceRow.Compare)
	day := func(t time.Time) schemas.Date {
		if t.IsZero() {
			return schemas.Date{}
		}
		return schemas.DateOf(t, time.UTC)
	}
	out := &said{}
	for i := range found {
		r := &found[i]
		if r.Format == schemas.DisputeAnswers10 {
			out.answers = append(out.answers, dispute.Answer{
				Peer: r.Peer, Dispute: r.ID, Day: schemas.DateOf(r.Start, in.Book().Zone()), Kind: dispute.AnswerKind(r.Answer), Amount: r.Amount,
				Currency: r.Currency, Reason: r.Reason, Object: r.Object, Row: r.Row,
			})
			continue
		}
		out.lines = append(out.lines, peerbill.InvoiceLine{
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
