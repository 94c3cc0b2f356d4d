package emit

import (
	"context"
	"fmt"
	"io"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating/invoice"
	"daybook/schemas"
)

// invoicesPerFile is how many accounts share one printable page: few enough to open quickly, many enough that a hundred
// thousand accounts do not make a hundred thousand files.
const invoicesPerFile = 100

// invoiced is what the invoices of one shard leave for the index.
type invoiced struct {
	Entries []document.IndexEntry `json:"entries,omitempty"`
}

// Invoices drafts the invoices of one shard's accounts: JSON lines for machines, printable pages for people.
func Invoices(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	charged, err := in.Results(ctx, "rate/shard")
	if err != nil {
		return nil, err
	}
	left, err := comparedOf(ctx, in)
	if err != nil {
		return nil, err
	}
	e := &invoiceEmitter{in: in, ctx: ctx, res: &run.Result{}, billing: Billing(in.Book(), in.Period(), in.AsOf(), left.Unwhole)}
	key := fmt.Sprintf("reports/%s/%s/invoices/invoices-%04d.jsonl", in.Period(), in.RunID(), in.Part)
	out, err := in.WriteObject(ctx, "invoices", key, 0, func(w io.Writer) error {
		e.lines = w
		err := run.EachOutput(charged, schemas.Charges.Name, func(o run.Output) error {
			return rows.ReadCharges(ctx, in.Store(), o.Key, rows.BriefCharge, e.charge)
		})
		if err != nil {
			return err
		}
		if err := e.account(); err != nil {
			return err
		}
		return e.page()
	})
	if err != nil {
		return nil, err
	}
	if err := run.ReadWhole(schemas.Charges.Name, &e.read, charged, run.ChargedTotals); err != nil {
		return nil, err
	}
	if e.res.Control.Invoiced, err = countInvoices(ctx, in.Store(), key); err != nil {
		return nil, err
	}
	if diff := e.res.Control.Invoiced.Diff(e.read); diff != "" {
		return nil, fmt.Errorf("%w: %s does not hold the charges that it was made of: %s", run.ErrUnbalanced, key, diff)
	}
	out.Rows = int64(len(e.left.Entries))
	e.res.Outputs = append(e.res.Outputs, out)
	if err := e.res.Leave(&e.left); err != nil {
		return nil, err
	}
	return e.res, nil
}

// invoiceEmitter gathers charges by account, which they are sorted by, and invoices by page.
type invoiceEmitter struct {
	in      *run.Inputs
	ctx     context.Context
	res     *run.Result
	billing *invoice.Terms
	lines   io.Writer
	// read counts the charges as they come, for comparison with what rating wrote.
	read    dataset.Totals
	charges []schemas.Charge
	pending []schemas.Invoice
	pages   int
	left    invoiced
	buffer  []byte
}

func (e *invoiceEmitter) charge(c *schemas.Charge) error {
	if len(e.charges) > 0 && e.charges[0].Account != c.Account {
		if err := e.account(); err != nil {
			return err
		}
	}
	e.charges = append(e.charges, *c)
	return run.CountCharge(&e.read, c)
}

// account drafts the invoices of the account whose charges are all there.
func (e *invoiceEmitter) account() error {
	if len(e.charges) == 0 {
		return nil
	}
	id := e.charges[0].Account
	account, customer, ok := e.in.Book().Account(id)
	if !ok {
		return fmt.Errorf("account %s has charges and is not in the book", id)
	}
	name := account.Name
	if name == "" {
		name = customer.Name
	}
	drafts, err := e.billing.Invoices(Buyer(customer), id, name, e.charges)
	if err != nil {
		return err
	}
	e.charges = e.charges[:0]
	e.buffer = document.InvoicesJSON(e.buffer[:0], drafts)
	if _, err := e.lines.Write(e.buffer); err != nil {
		return err
	}
	e.pending = append(e.pending, drafts...)
	if len(e.pending) >= invoicesPerFile {
		return e.page()
	}
	return nil
}

// page writes the pending invoices as one printable page.
func (e *invoiceEmitter) page() error {
	if len(e.pending) == 0 {
		return nil
	}
	name := fmt.Sprintf("invoices-%04d-%03d.html", e.in.Part, e.pages)
	e.pages++
	title := fmt.Sprintf("Draft invoices %s, %s", e.in.Period(), e.in.Book().Provider().Name)
	e.buffer = document.InvoicesHTML(e.buffer[:0], title, e.pending)
	key := fmt.Sprintf("reports/%s/%s/invoices/%s", e.in.Period(), e.in.RunID(), name)
	out, err := e.in.WriteObject(e.ctx, "invoices", key, int64(len(e.pending)), func(w io.Writer) error {
		_, err := w.Write(e.buffer)
		return err
	})
	if err != nil {
		return err
	}
	e.res.Outputs = append(e.res.Outputs, out)
	for i := range e.pending {
		e.left.Entries = append(e.left.Entries, document.Entry(&e.pending[i], "invoices/"+name))
	}
	e.pending = e.pending[:0]
	return nil
}

// comparedOf returns what the comparison left. It is not to be changed.
func comparedOf(ctx context.Context, in *run.Inputs) (*compare.Compared, error) {
	totals, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, err
	}
	return run.Left[compare.Compared](totals[0])
}

// Billing is what all invoices of the run share.
func Billing(book run.Book, period schemas.Period, asOf schemas.Date, provisional bool) *invoice.Terms {
	p := book.Provider()
	b := &invoice.Terms{
		Seller: seller(p), Period: period, Zone: book.Zone(), AsOf: asOf, Provisional: provisional, Notes: p.Invoicing.Notes,
	}
	if rounding := book.Catalogue().Policy.Rounding; len(rounding) > 0 {
		b.Rounding = rounding
	}
	for _, bank := range p.Invoicing.Bank {
		line := bank.Holder + ", IBAN " + bank.IBAN
		if bank.BIC != "" {
			line += ", BIC " + bank.BIC
		}
		if bank.Currency != "" {
			line += " (" + string(bank.Currency) + ")"
		}
		b.Payment = append(b.Payment, line)
	}
	return b
}

func seller(p *schemas.Provider) *schemas.Party {
	address := append([]string{}, p.Address.Street...)
	for _, line := range []string{p.Address.PostalCode + " " + p.Address.City, p.Address.Region, p.Address.Country} {
		if line != "" && line != " " {
			address = append(address, line)
		}
	}
	return &schemas.Party{
		Name: p.Name, LegalName: p.LegalName, Address: address, TaxID: p.TaxID, Registration: p.Registration, Email: p.Contact.Email,
	}
}

func Buyer(c *schemas.Customer) *schemas.Party {
	return &schemas.Party{Name: c.Name, LegalName: c.LegalName, Address: c.Address, TaxID: c.TaxID, Email: c.Email}
}
