package issue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/emit"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/closing"
	"daybook/schemas/money"
)

// Notes issues credit and debit notes for a closed month, of what the runs that stand of the months after it have found and no note has
// yet, as far as the book says that it stands on notes. As Close it ends in one chain whoever does it, how often, and however often it
// is interrupted, and does nothing where there is nothing to be issued. Its errors are those of Close.
func (c *Closer) Notes(ctx context.Context, p schemas.Period) (*Result, error) {
	r, err := c.closing(ctx, p, register.Register.NotesOf, c.decideNotes)
	if err == nil {
		r.Held = nil // which are documents of the month itself
	}
	return r, err
}

// decideNotes finds the next closing that issues notes of a month; nil where there are none.
func (c *Closer) decideNotes(ctx context.Context, all register.Register, p schemas.Period) (next *register.Closing, decided bool, err error) {
	if _, closed := all.Issued(p); !closed {
		return nil, false, &GateError{Period: p, Reasons: []string{"it is to be closed before notes are issued of it"}}
	}
	notes, reasons, err := c.outstanding(ctx, all, p)
	if err != nil || len(notes)+len(reasons) == 0 {
		return nil, false, err
	}
	var list []closing.Closing
	for _, row := range c.Book.Closings {
		if row.Period == p && row.Notes {
			list = append(list, row)
		}
	}
	done := all.NotesOf(p)
	for i := range min(len(list), len(done)) {
		if list[i].Issued != done[i].Issued {
			return nil, false, fmt.Errorf("closings.csv dates notes %d of %s %s, and they were issued on %s; put the row back as it was", i+1, p, list[i].Issued, done[i].Issued)
		}
	}
	if len(list) <= len(done) {
		return nil, false, &NotDecidedError{Period: p, Notes: true}
	}
	row := &list[len(done)]
	if reasons = append(reasons, c.dated(all, row)...); len(reasons) > 0 {
		return nil, true, &GateError{Period: p, Reasons: reasons}
	}
	last := notes[len(notes)-1]
	x := c.begin(all, row, &run.Manifest{Run: last.Run, Digest: last.Manifest})
	x.Notes = notes
	documents, err := notesOf(ctx, c.Store, &x)
	if err != nil {
		return nil, true, err
	}
	left, err := leftOf(ctx, c.Store, all, p)
	if err != nil {
		return nil, true, err
	}
	for i := range documents {
		b, is := beyond(&documents[i], left)
		if is {
			x.Balances = append(x.Balances, b)
		}
	}
	x.Documents = int64(len(documents))
	return &x, true, nil
}

// beyond is what a note comes to beyond what is left of its document, if it does.
func beyond(inv *schemas.Invoice, left map[register.DraftKey]money.Fixed) (register.Balance, bool) {
	key := register.DraftKey{Account: inv.Account, Currency: inv.Currency}
	have := left[key]
	if have.Sign() < 0 {
		have = money.Fixed{}
	}
	rest, err := have.Add(inv.Total)
	if err != nil || rest.Sign() >= 0 || inv.Total.Sign() >= 0 {
		return register.Balance{}, false
	}
	return register.Balance{DraftKey: key, Amount: rest.Neg()}, true
}

// outstanding are the runs of later months whose corrections of a closed one are to be noted, with the documents that they are of; and
// why they cannot be yet.
func (c *Closer) outstanding(ctx context.Context, all register.Register, p schemas.Period) (notes []register.NotesOf, reasons []string, err error) {
	standing, err := pipeline.ReadStanding(ctx, c.Store, c.Book.Provider.ID)
	if err != nil {
		return nil, nil, err
	}
	in := p
	for range run.MostEarlier {
		in = in.Next()
		id, closed, err := standing.Of(ctx, in)
		if isGone(err) || errors.Is(err, run.ErrPointer) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		m, err := run.ReadManifest(ctx, c.Store, in, id)
		if err != nil {
			return nil, nil, err
		}
		n, err := c.notesIn(ctx, all, m, p, closed)
		if err != nil {
			return nil, nil, err
		}
		if len(n.Accounts) == 0 {
			continue
		}
		notes = append(notes, n)
		outdated, err := standing.Outdated(ctx, m)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range outdated {
			reasons = append(reasons, fmt.Sprintf("run %.8s of %s, which says what is to be corrected, was computed %s; run it again", m.Run, in, x))
		}
	}
	return notes, reasons, nil
}

// notesIn are the documents of a month for which a run has corrections that are to be noted and are not yet.
func (c *Closer) notesIn(ctx context.Context, all register.Register, m *run.Manifest, p schemas.Period, closed bool) (register.NotesOf, error) {
	out := register.NotesOf{Period: m.Spec.Period, Run: m.Run, Manifest: m.Digest}
	keys := map[register.DraftKey]bool{}
	if closed {
		for key, months := range notedOf(all.Of(m.Spec.Period)) {
			keys[key] = months[p]
		}
	} else {
		noted, err := c.notedIn(ctx, all, m)
		if err != nil {
			return out, err
		}
		for _, n := range noted {
			keys[n.DraftKey] = keys[n.DraftKey] || n.Corrects == p
		}
	}
	before := notedBefore(all, p, m.Spec.Period)
	for _, key := range slices.SortedFunc(maps.Keys(keys), compareKeys) {
		if keys[key] && before[key] != m.Run && (c.Only == "" || key.Account == c.Only) {
			out.Accounts = append(out.Accounts, register.NoteFor{DraftKey: key, Before: before[key]})
		}
	}
	if len(out.Accounts) == 0 {
		return out, nil
	}
	charges, err := toNote(ctx, c.Store, p, &out)
	out.Accounts = slices.DeleteFunc(out.Accounts, func(a register.NoteFor) bool { return len(charges[a.DraftKey]) == 0 })
	return out, err
}

// toNote are the charges of the notes of a month by one run, by document: what the run corrects, and what earlier notes corrected taken
// back; what is in both is in neither.
func toNote(ctx context.Context, s store.Store, p schemas.Period, n *register.NotesOf) (map[register.DraftKey][]schemas.Charge, error) {
	out, before := map[register.DraftKey][]schemas.Charge{}, map[schemas.RunID]map[register.DraftKey]bool{}
	now := map[register.DraftKey]bool{}
	for _, a := range n.Accounts {
		now[a.DraftKey] = true
		if a.Before != "" {
			if before[a.Before] == nil {
				before[a.Before] = map[register.DraftKey]bool{}
			}
			before[a.Before][a.DraftKey] = true
		}
	}
	if err := readCorrections(ctx, s, n.Period, n.Run, p, now, out); err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		was := map[register.DraftKey][]schemas.Charge{}
		if err := readCorrections(ctx, s, n.Period, id, p, before[id], was); err != nil {
			return nil, err
		}
		for key, charges := range was {
			for i := range charges {
				same := func(c schemas.Charge) bool { return c.ID == charges[i].ID }
				if at := slices.IndexFunc(out[key], same); at >= 0 {
					out[key] = slices.Delete(out[key], at, at+1)
				} else {
					out[key] = append(out[key], takenBack(charges[i]))
				}
			}
		}
	}
	return out, nil
}

// takenBack is a charge that an earlier note has, and that is not right any more.
func takenBack(c schemas.Charge) schemas.Charge {
	for _, d := range []*money.Decimal{&c.Amount, &c.Exact, &c.Residue, &c.List, &c.PeerCost, &c.Consumed, &c.Priced, &c.Value.Amount, &c.Value.Cost} {
		*d = d.Neg()
	}
	c.UsageRows, c.Steps = -c.UsageRows, nil
	if c.Category != schemas.CategoryTax {
		c.Description = "Taken back: " + c.Description
	}
	return c
}

// readCorrections reads what a run corrects of a month, for some documents.
func readCorrections(ctx context.Context, s store.Store, in schemas.Period, id schemas.RunID, p schemas.Period, keys map[register.DraftKey]bool, into map[register.DraftKey][]schemas.Charge) error {
	m, err := run.ReadManifest(ctx, s, in, id)
	if err != nil {
		return err
	}
	b, err := run.OpenBook(ctx, s, &m.Spec)
	if err != nil {
		return err
	}
	by, err := correctedBy(ctx, s, m, b)
	if err != nil {
		return err
	}
	accounts := map[schemas.AccountID]bool{}
	for key, x := range by[p] {
		if keys[key] {
			maps.Copy(accounts, x.accounts)
		}
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		if o.Dataset != schemas.Charges.Name || len(accounts) == 0 {
			continue
		}
		file, err := rows.OpenAccounts(ctx, s, o.Key, &schemas.Charges, schemas.ChargeBillingAccountId, nil)
		if err != nil {
			return err
		}
		for _, account := range slices.Sorted(maps.Keys(accounts)) {
			err = errors.Join(err, file.Read(account, func(x *dataset.Batch, from, to int) error {
				for k := from; k < to; k++ {
					c, err := rows.ChargeAt(x, k)
					if err != nil {
						return err
					}
					if key := (register.DraftKey{Account: b.Payer(c.Account), Currency: c.Currency}); c.Corrects == p && keys[key] {
						into[key] = append(into[key], *c)
					}
				}
				return nil
			}))
		}
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// notesOf drafts the notes of a closing, in order: by the charges of its runs, and the book of each.
func notesOf(ctx context.Context, s store.Store, x *register.Closing) ([]schemas.Invoice, error) {
	found := map[register.DraftKey]*schemas.Invoice{}
	for i := range x.Notes {
		n := &x.Notes[i]
		m, err := run.ReadManifest(ctx, s, n.Period, n.Run)
		if err != nil {
			return nil, err
		}
		if m.Digest != n.Manifest {
			return nil, fmt.Errorf("the manifest of run %s of %s is not the one of which notes were issued", n.Run, n.Period)
		}
		book, err := run.OpenBook(ctx, s, &m.Spec)
		if err != nil {
			return nil, err
		}
		charges, err := toNote(ctx, s, x.Period, n)
		if err != nil {
			return nil, err
		}
		b := run.WholeBook(book)
		terms, paid := emit.Billing(b, x.Period, m.Spec.AsOfDay(b.Zone()), false), emit.PaidBy(b.Payers())
		for _, a := range n.Accounts {
			inv, err := draftNote(terms, b, paid, a.DraftKey, charges[a.DraftKey])
			if err != nil {
				return nil, err
			}
			if before := found[a.DraftKey]; before != nil {
				if err := invoice.Join(inv, before); err != nil {
					return nil, err
				}
			}
			found[a.DraftKey] = inv
		}
	}
	out := make([]schemas.Invoice, 0, len(found))
	for _, key := range slices.SortedFunc(maps.Keys(found), compareKeys) {
		inv := found[key]
		for _, b := range x.Balances {
			if b.DraftKey == key {
				if err := apply(inv, schemas.AppliedRow{Description: "Balance in your favour", Corrects: x.Period, Amount: b.Amount}); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, *inv)
	}
	return out, nil
}

// draftNote drafts one.
func draftNote(terms *invoice.Terms, b run.Book, paid map[schemas.AccountID][]schemas.AccountID, key register.DraftKey, charges []schemas.Charge) (*schemas.Invoice, error) {
	buyer, err := emit.BuyerOf(b, key.Account, paid[key.Account])
	if err != nil {
		return nil, err
	}
	draft := terms.Begin(buyer)
	for i := range charges {
		if err := draft.Add(&charges[i]); err != nil {
			return nil, err
		}
	}
	all, err := draft.Invoices()
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("account %s: the note in %s is of %d currencies", key.Account, key.Currency, len(all))
	}
	return &all[0], nil
}

// finishNotes writes the notes of a closing that was begun.
func (c *Closer) finishNotes(ctx context.Context, x *register.Closing) error {
	w := register.NewWriter(ctx, c.Store, x)
	w.Pages = pagesOf
	notes, err := notesOf(ctx, c.Store, x)
	if err != nil {
		return err
	}
	corrects, err := c.precedingOf(ctx, x)
	if err != nil {
		return err
	}
	for i := range notes {
		preceding, err := corrects.to(ctx, &notes[i])
		if err != nil {
			return err
		}
		if err := w.Add(appendDocument(nil, x, w, &notes[i], preceding), notes[i].Total, notes[i].Currency); err != nil {
			return err
		}
	}
	return w.Finish()
}

// notesDiffer says in what the notes of a closing are not what its runs correct; empty where they are. Each is reckoned again.
func notesDiffer(ctx context.Context, s store.Store, x *register.Closing, lines [][]byte) string {
	notes, err := notesOf(ctx, s, x)
	if err != nil {
		return fmt.Sprintf("the notes of closing %d for %s cannot be reckoned again: %v", x.Number, x.Period, err)
	}
	same := len(notes) == len(lines)
	for i := 0; same && i < len(notes); i++ {
		d, err := issued.Read(lines[i])
		if err == nil {
			d.Invoice = notes[i]
			same = bytes.Equal(document.AppendDocumentJSON(nil, d), lines[i])
		}
		same = same && err == nil
	}
	if same {
		return ""
	}
	return fmt.Sprintf("the notes of closing %d for %s are not what the runs of later months correct", x.Number, x.Period)
}
