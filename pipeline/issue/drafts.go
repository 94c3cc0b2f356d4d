package issue

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// drafts are the drafts of a run, as its step emit/invoices wrote them: files of JSON lines, a file a shard, each of a few stretches
// in account order.
type drafts struct {
	of        schemas.RunID
	list      []draft
	stretches []stretch
}

// draft is what is known of a draft without its lines.
type draft struct {
	register.DraftKey
	// total is what it comes to with tax, and due what of that is to be paid.
	total, due money.Fixed
}

// stretch is a part of a file in which drafts are in order, in bytes.
type stretch struct {
	key      string
	from, to int64
}

// draftsOf looks at the drafts of a run, once.
func (c *Closer) draftsOf(ctx context.Context, m *run.Manifest) (*drafts, error) {
	if c.drafts != nil && c.drafts.of == m.Run {
		return c.drafts, nil
	}
	found, err := lookAt(ctx, c.Store, m)
	if err == nil {
		c.drafts = found
	}
	return found, err
}

// lookAt looks at the drafts of a run.
func lookAt(ctx context.Context, s store.Store, m *run.Manifest) (*drafts, error) {
	found := &drafts{of: m.Run}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		if o.Dataset != "invoices" || !strings.HasSuffix(o.Key, ".jsonl") {
			continue
		}
		if err := found.look(ctx, s, o); err != nil {
			return nil, fmt.Errorf("read the drafts of run %s of %s: %w", m.Run, m.Spec.Period, err)
		}
	}
	slices.SortFunc(found.list, func(a, b draft) int { return compareKeys(a.DraftKey, b.DraftKey) })
	return found, nil
}

// look reads a file of drafts, which must be as it was written.
func (d *drafts) look(ctx context.Context, s store.Store, o *run.Output) error {
	var at int64
	var last register.DraftKey
	at0 := len(d.stretches)
	digest, err := register.EachDocument(ctx, s, o.Key, func(line []byte) error {
		var x struct {
			register.DraftKey
			Totals struct {
				Total money.Fixed `json:"total"`
				Due   money.Fixed `json:"due"`
			} `json:"totals"`
		}
		if err := json.Unmarshal(line, &x); err != nil {
			return err
		}
		if len(d.stretches) == at0 || compareKeys(x.DraftKey, last) < 0 {
			d.stretches = append(d.stretches, stretch{key: o.Key, from: at})
		}
		at += int64(len(line)) + 1
		d.stretches[len(d.stretches)-1].to, last = at, x.DraftKey
		d.list = append(d.list, draft{x.DraftKey, x.Totals.Total, x.Totals.Due})
		return nil
	})
	if err == nil && digest != o.Digest {
		err = fmt.Errorf("%s is damaged; run its period again, and it is made anew", o.Key)
	}
	return err
}

// each calls with every draft, in the order of accounts and currencies. Memory is that of one draft a stretch.
func (d *drafts) each(ctx context.Context, s store.Store, each func(*schemas.Invoice) error) (err error) {
	var open merge
	defer func() {
		for _, c := range open {
			err = errors.Join(err, c.body.Close())
		}
	}()
	for _, x := range d.stretches {
		body, err := s.Get(ctx, x.key, x.from, x.to-x.from)
		if err != nil {
			return err
		}
		c := &cursor{key: x.key, body: body, in: bufio.NewReaderSize(body, 1<<14)}
		open = append(open, c)
		if err := c.next(); err != nil {
			return err
		}
	}
	heap.Init(&open)
	for len(open) > 0 {
		c := open[0]
		if err := each(c.invoice); err != nil {
			return err
		}
		switch err := c.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&open)
			if err := c.body.Close(); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			heap.Fix(&open, 0)
		}
	}
	return nil
}

// cursor is at a draft of a stretch.
type cursor struct {
	key     string
	body    io.ReadCloser
	in      *bufio.Reader
	invoice *schemas.Invoice
}

// next goes to the next draft; io.EOF is the end.
func (c *cursor) next() error {
	line, err := c.in.ReadBytes('\n')
	if err != nil {
		if errors.Is(err, io.EOF) && len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("read %s: %w", c.key, err)
	}
	d, err := issued.Read(bytes.TrimSuffix(line, []byte{'\n'}))
	if err != nil {
		return fmt.Errorf("%s: %w", c.key, err)
	}
	c.invoice = &d.Invoice
	return nil
}

// merge is a heap of cursors, that at the first draft on top.
type merge []*cursor

func (m merge) Len() int      { return len(m) }
func (m merge) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m merge) Less(i, j int) bool {
	x, y := m[i].invoice, m[j].invoice
	return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Currency, y.Currency)) < 0
}
func (m *merge) Push(x any) { *m = append(*m, x.(*cursor)) }
func (m *merge) Pop() any {
	old := *m
	last := old[len(old)-1]
	*m = old[:len(old)-1]
	return last
}

// appendDocument appends the document that a draft becomes.
func appendDocument(dst []byte, x *register.Closing, w *register.Writer, inv *schemas.Invoice, preceding []document.Preceding) []byte {
	number, previous := w.Next()
	d := document.Issued{
		Kind: document.KindInvoice, Number: x.NumberText(number), Date: x.Issued, Entity: x.Entity, Closing: x.Number, Run: x.Run,
		Previous: previous, Preceding: preceding, Invoice: *inv,
	}
	switch {
	case inv.Total.Sign() < 0:
		d.Kind = document.KindCreditNote
	case len(x.Notes) > 0:
		d.Kind = document.KindDebitNote
		if inv.PaymentDays > 0 {
			d.Due = x.Issued.AddDays(inv.PaymentDays)
		}
	case inv.PaymentDays > 0:
		d.Due = x.Issued.AddDays(inv.PaymentDays)
	}
	return document.AppendDocumentJSON(dst, &d)
}
