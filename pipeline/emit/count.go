package emit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas/money"
)

// written is what an invoice says about money, as whoever receives the JSON lines reads it, and what its lines sum to.
type written struct {
	account, currency []byte
	rows              int64
	// net, tax and paid are the sums of its lines, taxes and applied credits.
	net, tax, paid money.Fixed
	totals         struct{ net, tax, total, paid, due money.Fixed }
}

// countInvoices reads back the invoices that lie under a key, one JSON object a line, and counts their lines: a row for each,
// with what it bills. It knows nothing of the charges that they were made of. The error is ErrUnbalanced (wrapped) for an
// invoice whose totals are not the sums of its lines.
func countInvoices(ctx context.Context, s store.Store, key string) (t dataset.Totals, err error) {
	object, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return t, err
	}
	defer object.Close()
	if err := countLines(object, &t); err != nil {
		return t, fmt.Errorf("read %s: %w", key, err)
	}
	return t, nil
}

// countLines is countInvoices of what is read.
func countLines(from io.Reader, t *dataset.Totals) error {
	lines := bufio.NewReaderSize(from, 1<<16)
	var line []byte
	for {
		piece, err := lines.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("the last line has no end")
		case err != nil:
			return err
		}
		r := wire{text: line[:len(line)-1]}
		w, err := r.invoice()
		if err == nil {
			err = w.count(t)
		}
		if err != nil {
			return fmt.Errorf("invoice of account %s in %s: %w", w.account, w.currency, err)
		}
		line = line[:0]
	}
}

// count adds the lines to totals, and compares what the invoice says that they sum to.
func (w *written) count(t *dataset.Totals) error {
	total, err := w.net.Add(w.tax)
	if err != nil {
		return err
	}
	due, err := total.Add(w.paid)
	if err != nil {
		return err
	}
	for _, x := range [...]struct {
		name      string
		have, sum money.Fixed
	}{{"net", w.totals.net, w.net}, {"tax", w.totals.tax, w.tax}, {"total", w.totals.total, total}, {"paid", w.totals.paid, w.paid}, {"due", w.totals.due, due}} {
		if x.have != x.sum {
			return fmt.Errorf("%w: it says %s %s, and its lines sum to %s", run.ErrUnbalanced, x.name, x.have, x.sum)
		}
	}
	t.Rows += w.rows
	return t.AddCost(string(w.currency), due)
}
