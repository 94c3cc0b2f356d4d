package issue

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/money"
)

// mayNote reports whether the book lets any correction stand on a note.
func mayNote(b *book.Book) bool {
	is := func(by schemas.CorrectBy) bool { return by == schemas.CorrectByNote }
	for a := range b.Accounts {
		if is(a.Corrections) {
			return true
		}
	}
	return is(b.Provider.Invoicing.Corrections) ||
		slices.ContainsFunc(b.Catalogue.Offerings, func(o schemas.Offering) bool { return is(o.Corrections) })
}

// corrected is what a run corrects of a document of a closed month.
type corrected struct {
	sum       money.Fixed
	offerings map[schemas.OfferingID]bool
	accounts  map[schemas.AccountID]bool
}

// correctedBy adds up what a run corrects, by month and document: accounts are those that pay.
func correctedBy(ctx context.Context, s store.Store, m *run.Manifest, b *book.Book) (map[schemas.Period]map[register.DraftKey]*corrected, error) {
	out := map[schemas.Period]map[register.DraftKey]*corrected{}
	columns := []int{schemas.ChargeBillingAccountId, schemas.ChargeCorrectedPeriod, schemas.ChargeBillingCurrency, schemas.ChargeBilledCost, schemas.ChargeOfferingId}
	each := func(x *dataset.Batch) error {
		of := &x.Columns[schemas.ChargeCorrectedPeriod]
		for i := range x.Rows {
			if of.IsNull(i) {
				continue
			}
			p, account := schemas.Period(of.TextAt(i)), schemas.AccountID(x.Columns[schemas.ChargeBillingAccountId].TextAt(i))
			key := register.DraftKey{Account: b.Payer(account), Currency: money.Currency(x.Columns[schemas.ChargeBillingCurrency].TextAt(i))}
			if out[p] == nil {
				out[p] = map[register.DraftKey]*corrected{}
			}
			c := out[p][key]
			if c == nil {
				c = &corrected{offerings: map[schemas.OfferingID]bool{}, accounts: map[schemas.AccountID]bool{}}
				out[p][key] = c
			}
			var err error
			if c.sum, err = c.sum.Add(x.Columns[schemas.ChargeBilledCost].Decs[i]); err != nil {
				return err
			}
			c.offerings[schemas.OfferingID(x.Columns[schemas.ChargeOfferingId].StringAt(i))] = true
			c.accounts[account] = true
		}
		return nil
	}
	for i := range m.Outputs {
		if o := &m.Outputs[i]; o.Dataset == schemas.Charges.Name {
			if err := rows.ScanTable(ctx, s, o.Key, &schemas.Charges, columns, each); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// noteworthy reports whether corrections of a document stand on a note, by what is said of the account, or else of the offerings, or
// else of all, and by what they come to.
func (c *Closer) noteworthy(key register.DraftKey, x *corrected) bool {
	policy := &c.Book.Provider.Invoicing
	by := policy.Corrections
	for id := range x.offerings {
		if o, ok := c.Book.Offering(id); ok && o.Corrections == schemas.CorrectByNote {
			by = schemas.CorrectByNote
		}
	}
	if all := slices.Collect(maps.Keys(x.offerings)); by == schemas.CorrectByNote && !slices.ContainsFunc(all, func(id schemas.OfferingID) bool {
		o, ok := c.Book.Offering(id)
		return id != "" && (!ok || o.Corrections != schemas.CorrectOnInvoice)
	}) && slices.ContainsFunc(all, func(id schemas.OfferingID) bool { return id != "" }) {
		by = schemas.CorrectOnInvoice // all that is corrected is of offerings of which the book says so
	}
	if a, _, ok := c.Book.Account(key.Account); ok && a.Corrections != "" {
		by = a.Corrections
	}
	if by != schemas.CorrectByNote {
		return false
	}
	least := policy.NoteFrom
	return least == nil || !x.sum.Decimal().Abs().LessThan(*least)
}

// notedIn finds which corrections in a run, of months that are closed, stand on notes: by what the book says, those of documents that
// there are, and those of which there are notes already.
func (c *Closer) notedIn(ctx context.Context, all register.Register, m *run.Manifest) (noted []register.Noted, err error) {
	var by map[schemas.Period]map[register.DraftKey]*corrected
	if mayNote(c.Book) {
		b, err := run.OpenBook(ctx, c.Store, &m.Spec)
		if err != nil {
			return nil, err
		}
		if by, err = correctedBy(ctx, c.Store, m, b); err != nil {
			return nil, err
		}
	}
	for _, e := range m.Spec.Earlier {
		if _, closed := all.Issued(e.Period); !closed {
			continue
		}
		keys := map[register.DraftKey]bool{}
		for key := range notedBefore(all, e.Period, m.Spec.Period) {
			keys[key] = true
		}
		var there map[register.DraftKey]money.Fixed
		for key, x := range by[e.Period] {
			if keys[key] || !c.noteworthy(key, x) {
				continue
			}
			if there == nil {
				if there, err = leftOf(ctx, c.Store, all, e.Period); err != nil {
					return nil, err
				}
			}
			if _, is := there[key]; is {
				keys[key] = true
			}
		}
		for _, key := range slices.SortedFunc(maps.Keys(keys), compareKeys) {
			noted = append(noted, register.Noted{DraftKey: key, Corrects: e.Period})
		}
	}
	return noted, nil
}

// notedBefore are the documents of a month for which there are notes of what runs for a later one corrected, each with the last of these.
func notedBefore(all register.Register, p, in schemas.Period) map[register.DraftKey]schemas.RunID {
	out := map[register.DraftKey]schemas.RunID{}
	for _, e := range all.NotesOf(p) {
		for i := range e.Notes {
			if n := &e.Notes[i]; n.Period == in {
				for _, a := range n.Accounts {
					out[a.DraftKey] = n.Run
				}
			}
		}
	}
	return out
}

// leftOf is what is left of the documents of a month: what they came to, less what notes have given back of them, and with what notes
// have charged.
func leftOf(ctx context.Context, s store.Store, all register.Register, p schemas.Period) (map[register.DraftKey]money.Fixed, error) {
	out := map[register.DraftKey]money.Fixed{}
	for _, e := range slices.Concat(all.Of(p), all.NotesOf(p)) {
		for i := range e.Done.Objects {
			_, err := register.EachDocument(ctx, s, e.Done.Objects[i].Key, func(line []byte) (err error) {
				var d struct {
					register.DraftKey
					Totals struct {
						Total money.Fixed `json:"total"`
						Due   money.Fixed `json:"due"`
					} `json:"totals"`
				}
				if err := json.Unmarshal(line, &d); err != nil {
					return err
				}
				amount := d.Totals.Total
				if len(e.Notes) > 0 { // without what is in favour of the customer beyond the document
					amount = d.Totals.Due
				}
				out[d.DraftKey], err = out[d.DraftKey].Add(amount)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// notedOf tells the corrections that a month was closed without, by document.
func notedOf(closings []register.Entry) map[register.DraftKey]map[schemas.Period]bool {
	out := map[register.DraftKey]map[schemas.Period]bool{}
	for i := range closings {
		for _, n := range closings[i].Noted {
			if out[n.DraftKey] == nil {
				out[n.DraftKey] = map[schemas.Period]bool{}
			}
			out[n.DraftKey][n.Corrects] = true
		}
	}
	return out
}

// without takes what stands on notes off a draft, and reports whether anything is left on it.
func without(inv *schemas.Invoice, noted map[register.DraftKey]map[schemas.Period]bool) (left bool, err error) {
	months := noted[register.DraftKey{Account: inv.Account, Currency: inv.Currency}]
	if len(months) == 0 {
		return true, nil
	}
	return invoice.Without(inv, func(p schemas.Period) bool { return months[p] })
}
