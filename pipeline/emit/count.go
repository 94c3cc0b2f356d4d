package emit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// writtenInvoice is what an invoice says about money, as whoever receives the JSON lines reads it.
type writtenInvoice struct {
	Account  schemas.AccountID `json:"account"`
	Currency money.Currency    `json:"currency"`
	Lines    []writtenLine     `json:"lines"`
	Taxes    []writtenLine     `json:"taxes"`
	Applied  []writtenLine     `json:"applied"`
	Totals   struct {
		Net   money.Fixed `json:"net"`
		Tax   money.Fixed `json:"tax"`
		Total money.Fixed `json:"total"`
		Paid  money.Fixed `json:"paid"`
		Due   money.Fixed `json:"due"`
	} `json:"totals"`
}

// writtenLine is a charge, or a row of several that names them.
type writtenLine struct {
	Charges []schemas.ChargeID `json:"charges"`
	Amount  money.Fixed        `json:"amount"`
	Parts   []struct {
		Amount money.Fixed `json:"amount"`
	} `json:"parts"`
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
	lines := bufio.NewReaderSize(object, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
			return t, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return t, fmt.Errorf("read %s: %w", key, err)
		}
		var inv writtenInvoice
		if err := json.Unmarshal(line, &inv); err != nil {
			return t, fmt.Errorf("read %s: %w", key, err)
		}
		if err := inv.count(&t); err != nil {
			return t, fmt.Errorf("%s, invoice of account %s in %s: %w", key, inv.Account, inv.Currency, err)
		}
	}
}

// count adds the lines to totals, and compares what the invoice says that they sum to.
func (inv *writtenInvoice) count(t *dataset.Totals) error {
	net, err := addLines(t, inv.Currency, inv.Lines)
	if err != nil {
		return err
	}
	tax, err := addLines(t, inv.Currency, inv.Taxes)
	if err != nil {
		return err
	}
	paid, err := addLines(t, inv.Currency, inv.Applied)
	if err != nil {
		return err
	}
	total, err := net.Add(tax)
	if err != nil {
		return err
	}
	due, err := total.Add(paid)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		name      string
		have, sum money.Fixed
	}{{"net", inv.Totals.Net, net}, {"tax", inv.Totals.Tax, tax}, {"total", inv.Totals.Total, total}, {"paid", inv.Totals.Paid, paid}, {"due", inv.Totals.Due, due}} {
		if x.have != x.sum {
			return fmt.Errorf("%w: it says %s %s, and its lines sum to %s", run.ErrUnbalanced, x.name, x.have, x.sum)
		}
	}
	return nil
}

func addLines(t *dataset.Totals, currency money.Currency, lines []writtenLine) (sum money.Fixed, err error) {
	for i := range lines {
		l := &lines[i]
		if sum, err = sum.Add(l.Amount); err != nil {
			return sum, err
		}
		t.Rows += int64(max(len(l.Charges), 1))
		var parts money.Fixed
		for k := range l.Parts {
			if parts, err = parts.Add(l.Parts[k].Amount); err != nil {
				return sum, err
			}
		}
		if len(l.Parts) > 0 && parts != l.Amount {
			return sum, fmt.Errorf("%w: line %d says %s, and its parts sum to %s", run.ErrUnbalanced, i+1, l.Amount, parts)
		}
	}
	return sum, t.AddCost(string(currency), sum)
}
