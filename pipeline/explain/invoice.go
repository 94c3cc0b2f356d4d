package explain

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/emit"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating/invoice"
	"daybook/schemas"
)

// Invoices returns the draft invoices of an account as the run wrote them, one JSON object for each currency. The error
// wraps ErrNothing if the run has none.
func (l *Look) Invoices(ctx context.Context, id schemas.AccountID) ([]json.RawMessage, error) {
	if payer := l.book.Payer(id); payer != id {
		return nil, fmt.Errorf("account %s is paid by %s, on whose invoice its charges stand: %w", id, payer, ErrNothing)
	}
	name := fmt.Sprintf("/invoices-%04d.jsonl", l.Manifest.Spec.Home()(id))
	var out []json.RawMessage
	for _, o := range l.Manifest.Outputs {
		if o.Dataset != "invoices" || !strings.HasSuffix(o.Key, name) {
			continue
		}
		found, err := l.invoicesIn(ctx, &o, id)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", o.Key, err)
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("run %s of %s has no invoice for account %s: %w", l.Manifest.Run, l.Manifest.Spec.Period, id, ErrNothing)
	}
	return out, nil
}

// invoicesIn reads JSON lines as far as the account's, which stand together, once it has seen that they are as the run wrote
// them.
func (l *Look) invoicesIn(ctx context.Context, o *run.Output, id schemas.AccountID) (out []json.RawMessage, err error) {
	if _, err := o.There(ctx, l.store, l.Manifest.Spec.Period); err != nil {
		return nil, err
	}
	object, err := l.store.Get(ctx, o.Key, 0, -1)
	if err != nil {
		return nil, err
	}
	defer object.Close()
	lines := bufio.NewReaderSize(object, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		var head struct {
			Account schemas.AccountID `json:"account"`
		}
		if err := json.Unmarshal(line, &head); err != nil {
			return nil, err
		}
		if head.Account == id {
			out = append(out, bytes.TrimSpace(line))
		} else if len(out) > 0 {
			return out, nil
		}
	}
}

// InvoicePage renders the draft invoices of an account as one printable page. They are made again from the run's charges;
// a book that has changed since, so that they are not the run's to the byte, is an error.
func (l *Look) InvoicePage(ctx context.Context, id schemas.AccountID) ([]byte, error) {
	want, err := l.Invoices(ctx, id)
	if err != nil {
		return nil, err
	}
	paid := emit.PaidBy(l.book.Payers())[id]
	to, err := emit.BuyerOf(run.WholeBook(l.book), id, paid)
	if err != nil {
		return nil, fmt.Errorf("render the invoice of %s: the account is no longer in the book; the run's own pages are in reports/%s/%s/invoices", id, l.Manifest.Spec.Period, l.Manifest.Run)
	}
	draft := emit.Billing(run.WholeBook(l.book), l.Manifest.Spec.Period, l.asOf(), l.Manifest.Provisional).Begin(to)
	for _, account := range slices.Sorted(slices.Values(append(paid, id))) {
		if err := l.addCharges(ctx, draft, account); err != nil {
			return nil, err
		}
	}
	drafts, err := draft.Invoices()
	if err != nil {
		return nil, err
	}
	for i := range max(len(drafts), len(want)) {
		if i >= len(want) || i >= len(drafts) || !bytes.Equal(document.AppendInvoiceJSON(nil, &drafts[i]), want[i]) {
			return nil, fmt.Errorf("render the invoice of %s: the book has changed since the run, which would show on it; the run's own pages are in reports/%s/%s/invoices", id, l.Manifest.Spec.Period, l.Manifest.Run)
		}
	}
	title := fmt.Sprintf("Draft invoice %s, %s", l.Manifest.Spec.Period, to.Name)
	return document.InvoicesHTML(nil, title, drafts), nil
}

// addCharges puts the charges of an account on a draft.
func (l *Look) addCharges(ctx context.Context, draft *invoice.Draft, id schemas.AccountID) error {
	q := scanning{table: &schemas.Charges, column: schemas.ChargeBillingAccountId, text: string(id)}
	for _, o := range l.outputs(&schemas.Charges, id) {
		err := l.scan(ctx, o.Key, q, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				if string(b.Columns[schemas.ChargeBillingAccountId].TextAt(i)) != string(id) {
					continue
				}
				c, err := rows.ChargeAt(b, i)
				if err != nil {
					return fmt.Errorf("%s, row %d: %w", o.Key, i+1, err)
				}
				if err := draft.Add(c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
