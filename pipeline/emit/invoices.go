package emit

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating/invoice"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/einvoice"
)

// invoicesPerFile is how many accounts share one printable page: few enough to open quickly, many enough that a hundred
// thousand accounts do not make a hundred thousand files.
const invoicesPerFile = 100

// rowsPerFile bounds a page by the rows of its tables: some two megabytes, which a telephone opens at once.
const rowsPerFile = 4000

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
	e.shared, e.payers = map[schemas.AccountID]*invoice.Draft{}, in.Book().Payers()
	e.paid = PaidBy(e.payers)
	key := fmt.Sprintf("reports/%s/%s/invoices/invoices-%04d.jsonl", in.Period(), in.RunID(), in.Part)
	out, err := in.WriteObject(ctx, "invoices", key, 0, func(w io.Writer) error {
		e.lines = w
		err := run.EachOutput(charged, schemas.Charges.Name, func(o run.Output) error {
			return rows.ReadCharges(ctx, in.Store(), o.Key, nil, e.charge)
		})
		if err != nil {
			return err
		}
		if err := e.finish(); err != nil {
			return err
		}
		if err := e.finishShared(); err != nil {
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
	read dataset.Totals
	// draft is the account's whose charges are coming.
	account schemas.AccountID
	draft   *invoice.Draft
	// shared are the drafts of accounts that pay for others, by those; payers are the accounts that pay, by the others.
	shared  map[schemas.AccountID]*invoice.Draft
	payers  map[schemas.AccountID]schemas.AccountID
	paid    map[schemas.AccountID][]schemas.AccountID
	pending []schemas.Invoice
	// rows is how many rows of a table the pending invoices take.
	rows   int
	pages  int
	left   invoiced
	buffer []byte
}

func (e *invoiceEmitter) charge(c *schemas.Charge) error {
	if err := e.take(c); err != nil {
		return err
	}
	return run.CountCharge(&e.read, c)
}

// take puts a charge on the draft on which it stands.
func (e *invoiceEmitter) take(c *schemas.Charge) error {
	if e.draft != nil && e.account != c.Account {
		if err := e.finish(); err != nil {
			return err
		}
	}
	payer := cmp.Or(e.payers[c.Account], c.Account)
	if shared := e.shared[payer]; shared != nil {
		return shared.Add(c)
	}
	if e.draft == nil {
		to, err := BuyerOf(e.in.Book(), payer, e.paid[payer])
		if err != nil {
			return err
		}
		draft := e.billing.Begin(to)
		if len(to.PaysFor) > 0 { // others' charges are still to come, or came before
			e.shared[payer] = draft
			return draft.Add(c)
		}
		e.account, e.draft = c.Account, draft
	}
	return e.draft.Add(c)
}

// finishShared writes the invoices that hold charges of several accounts, in order of those that pay.
func (e *invoiceEmitter) finishShared() error {
	for _, payer := range slices.Sorted(maps.Keys(e.shared)) {
		e.draft = e.shared[payer]
		if err := e.finish(); err != nil {
			return err
		}
	}
	return nil
}

// finish writes the invoices of the draft whose charges are all there.
func (e *invoiceEmitter) finish() error {
	if e.draft == nil {
		return nil
	}
	drafts, err := e.draft.Invoices()
	if err != nil {
		return err
	}
	e.draft = nil
	for i := range drafts {
		e.buffer = document.InvoicesJSON(e.buffer[:0], drafts[i:i+1])
		if _, err := e.lines.Write(e.buffer); err != nil {
			return err
		}
		if err := e.print(&drafts[i]); err != nil {
			return err
		}
	}
	return nil
}

// print puts an invoice on the page at hand, or on pages of its own if it is too long for one.
func (e *invoiceEmitter) print(inv *schemas.Invoice) error {
	n := document.Rows(inv)
	if len(e.pending) >= invoicesPerFile || len(e.pending) > 0 && e.rows+n > rowsPerFile {
		if err := e.page(); err != nil {
			return err
		}
	}
	if n <= rowsPerFile {
		e.pending = append(e.pending, *inv)
		e.rows += n
		return nil
	}
	sheets, err := document.Sheets(inv, rowsPerFile)
	if err != nil {
		return err
	}
	first := e.pages
	for i := range sheets {
		if i > 0 {
			sheets[i].Before = e.pageName(e.pages - 1)
		}
		if i+1 < len(sheets) {
			sheets[i].After = e.pageName(e.pages + 1)
		}
		if err := e.write(sheets[i : i+1]); err != nil {
			return err
		}
	}
	e.left.Entries = append(e.left.Entries, document.Entry(inv, "invoices/"+e.pageName(first)))
	return nil
}

// page writes the pending invoices as one printable page.
func (e *invoiceEmitter) page() error {
	if len(e.pending) == 0 {
		return nil
	}
	sheets := make([]document.Sheet, 0, len(e.pending))
	for i := range e.pending {
		sheets = append(sheets, document.Whole(&e.pending[i]))
		e.left.Entries = append(e.left.Entries, document.Entry(&e.pending[i], "invoices/"+e.pageName(e.pages)))
	}
	e.pending, e.rows = e.pending[:0], 0
	return e.write(sheets)
}

func (e *invoiceEmitter) pageName(n int) string {
	return fmt.Sprintf("invoices-%04d-%03d.html", e.in.Part, n)
}

// write writes the next page.
func (e *invoiceEmitter) write(sheets []document.Sheet) error {
	title := fmt.Sprintf("Draft invoices %s, %s", e.in.Period(), e.in.Book().Provider().Name)
	e.buffer = document.SheetsHTML(e.buffer[:0], title, sheets)
	key := fmt.Sprintf("reports/%s/%s/invoices/%s", e.in.Period(), e.in.RunID(), e.pageName(e.pages))
	e.pages++
	out, err := e.in.WriteObject(e.ctx, "invoices", key, int64(len(sheets)), func(w io.Writer) error {
		_, err := w.Write(e.buffer)
		return err
	})
	e.res.Outputs = append(e.res.Outputs, out)
	return err
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
	p, catalogue := book.Provider(), book.Catalogue()
	t := &invoice.Terms{
		Seller: seller(p), Series: p.Invoicing.Series, Period: period, Zone: book.Zone(), AsOf: asOf, Provisional: provisional,
		CreditTax: catalogue.Policy.CreditTax, CostMeters: map[schemas.MeterID]bool{},
		PaymentDays: p.Invoicing.PaymentDays, PaymentTerms: p.Invoicing.PaymentTerms, Notes: p.Invoicing.Notes,
	}
	for i := range catalogue.Meters {
		if m := &catalogue.Meters[i]; m.Value.IsCost() {
			t.CostMeters[m.ID] = true
		}
	}
	if rounding := catalogue.Policy.Rounding; len(rounding) > 0 {
		t.Rounding = rounding
	}
	if p.Invoicing.Electronic {
		t.Electronic = &invoice.Electronic{Taxes: catalogue.Taxes, UnitCodes: p.Invoicing.UnitCodes, Bank: p.Invoicing.Bank}
	}
	for _, bank := range p.Invoicing.Bank {
		line := "IBAN " + bank.IBAN
		if bank.Holder != "" {
			line = bank.Holder + ", " + line
		}
		if bank.BIC != "" {
			line += ", BIC " + bank.BIC
		}
		if bank.Currency != "" {
			line += " (" + string(bank.Currency) + ")"
		}
		t.Payment = append(t.Payment, invoice.Payment{Currency: bank.Currency, Text: line})
	}
	return t
}

func seller(p *schemas.Provider) *einvoice.Party {
	return &einvoice.Party{
		Name: p.Name, LegalName: p.LegalName, Address: p.Address.Lines(), TaxID: p.TaxID, Registration: p.Registration,
		Endpoint: p.Endpoint, Postal: &p.Address,
		Contact: p.Contact.Name, Email: p.Contact.Email, Phone: p.Contact.Phone, Website: p.Contact.Website,
	}
}

// PaidBy turns the accounts that pay around: those whose charges each of them pays, in order.
func PaidBy(payers map[schemas.AccountID]schemas.AccountID) map[schemas.AccountID][]schemas.AccountID {
	out := map[schemas.AccountID][]schemas.AccountID{}
	for _, id := range slices.Sorted(maps.Keys(payers)) {
		out[payers[id]] = append(out[payers[id]], id)
	}
	return out
}

// BuyerOf is whom an account's invoices are for. The error is an account that is not in the book.
func BuyerOf(b run.Book, id schemas.AccountID, paid []schemas.AccountID) (*invoice.Buyer, error) {
	account, c, ok := b.Account(id)
	if !ok {
		return nil, fmt.Errorf("account %s has charges and is not in the book", id)
	}
	to := &invoice.Buyer{
		Party: &einvoice.Party{
			Name: c.Name, LegalName: c.LegalName, Address: c.Address, TaxID: c.TaxID, Email: c.Email,
			Registration: c.Registration, Endpoint: c.Endpoint, Postal: c.Postal,
		},
		Account: id, Name: cmp.Or(account.Name, c.Name), Zone: b.Zone(), Paper: c.Paper,
		References: einvoice.References{
			Buyer: cmp.Or(account.BuyerReference, c.BuyerReference), Order: account.Order, Contract: account.Contract, CostCentre: account.CostCentre,
		},
		Taxed: map[schemas.AccountID]invoice.Taxed{id: taxed(account)},
	}
	if len(c.Address) == 0 && c.Postal != nil {
		to.Party.Address = c.Postal.Lines()
	}
	for _, other := range paid {
		if account, c, ok := b.Account(other); ok {
			if to.PaysFor == nil {
				to.PaysFor = map[schemas.AccountID]string{}
			}
			to.PaysFor[other] = cmp.Or(account.Name, c.Name)
			to.Taxed[other] = taxed(account)
		}
	}
	if account.TaxExempt {
		to.TaxReason = account.TaxReason
	}
	if account.TimeZone != "" {
		zone, err := time.LoadLocation(account.TimeZone)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", id, err)
		}
		to.Zone = zone
	}
	return to, nil
}

// taxed is how an account is taxed.
func taxed(a *schemas.Account) invoice.Taxed {
	return invoice.Taxed{
		Place: taxes.Place{Country: a.Country, Region: a.Region}, Exempt: a.TaxExempt,
		Category: a.VATCategory, Reason: a.TaxReason, Code: a.ExemptionCode,
	}
}
