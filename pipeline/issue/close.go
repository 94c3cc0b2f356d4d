package issue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/closing"
	"daybook/schemas/money"
)

// Closer closes months of a book.
type Closer struct {
	run.Places
	Book *book.Book
	// Now is when it is asked: a month must be over, and the date of its documents have come.
	Now     time.Time
	Workers int
	// PerObject is how many documents an object of the register holds; 0 is register.DocumentsPerObject.
	PerObject int64
	// Only, if set, is the account that pays whose notes are issued; those of others wait.
	Only schemas.AccountID

	// drafts are those of the run that was looked at last.
	drafts *drafts
}

// Result is how a month stands after it was asked to be closed.
type Result struct {
	Period schemas.Period
	// Closings are all of the month; those from Fresh on were not done before.
	Closings []register.Entry
	Fresh    int
	// Held are the drafts that wait for their findings to go, and Decided says whether the book has a closing for them.
	Held    []register.Left
	Decided bool
}

// NotDecidedError says that the book does not say that a month is to be closed.
type NotDecidedError struct {
	Period schemas.Period
	// Notes says that it is notes of which nothing is said.
	Notes bool
}

// Error says what to write.
func (e *NotDecidedError) Error() string {
	if e.Notes {
		return fmt.Sprintf("closings.csv has no further row for notes of %s: who issues them, and with which date? Add one, with true under notes", e.Period)
	}
	return fmt.Sprintf("closings.csv has no row for %s: who issues its documents, and with which date? Add one, under period,issued,by", e.Period)
}

// GateError says why a month is not closed yet.
type GateError struct {
	Period  schemas.Period
	Reasons []string
	// Findings says that it has more findings than the book lets pass, and that nothing else keeps it open.
	Findings bool
}

// Error names the first reason, and how many more there are.
func (e *GateError) Error() string {
	more := ""
	if n := len(e.Reasons) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d %s more)", n, schemas.OneOrMany(n, "reason", "reasons"))
	}
	return fmt.Sprintf("%s cannot be closed yet: %s%s", e.Period, e.Reasons[0], more)
}

// Close issues the documents of a month, as far as the book decides it: all, or of a month that is closed those that were held and
// are not any more. Closings that were begun and not done, whatever their month, it ends first. Interrupted, or done by several at
// once, it ends in one chain without gaps when it is called again; of a month of which everything is issued it does nothing. The
// error is a *NotDecidedError, a *GateError, or a *register.DamagedError, or another of the store.
func (c *Closer) Close(ctx context.Context, p schemas.Period) (*Result, error) {
	return c.closing(ctx, p, register.Register.Of, c.decide)
}

// closing does closings of a month, those that of picks, as long as decide finds a next one.
func (c *Closer) closing(ctx context.Context, p schemas.Period, of func(register.Register, schemas.Period) []register.Entry,
	decide func(context.Context, register.Register, schemas.Period) (*register.Closing, bool, error),
) (*Result, error) {
	if err := run.Claim(ctx, c.Store, c.Book.Provider.ID); err != nil {
		return nil, err
	}
	out := &Result{Period: p, Fresh: -1}
	for {
		all, err := register.Read(ctx, c.Store, c.Book.Provider.ID)
		if err != nil {
			return nil, err
		}
		if out.Fresh < 0 {
			out.Fresh = len(slices.DeleteFunc(of(all, p), func(e register.Entry) bool { return e.Done == nil }))
		}
		if begun := all.Unfinished(); begun != nil {
			if err := c.finish(ctx, all, begun); err != nil {
				return nil, fmt.Errorf("issue the documents of %s: %w", begun.Period, err)
			}
			continue
		}
		next, decided, err := decide(ctx, all, p)
		if err != nil {
			return nil, err
		}
		if next == nil {
			out.Closings, out.Held, out.Decided = of(all, p), all.Waiting(p, register.Held), decided
			return out, nil
		}
		if _, err := register.Begin(ctx, c.Store, next); err != nil {
			return nil, err
		}
	}
}

// decide finds the next closing of a month, nil where there is nothing to be issued. decided says whether the book has a row for it.
func (c *Closer) decide(ctx context.Context, all register.Register, p schemas.Period) (next *register.Closing, decided bool, err error) {
	row, err := c.rowOf(all, p)
	if row == nil || err != nil {
		return nil, false, err
	}
	if len(all.Of(p)) == 0 {
		next, err = c.whole(ctx, all, row)
	} else {
		next, err = c.released(ctx, all, row)
	}
	return next, true, err
}

// rowOf is the first row of closings.csv for a month that the register does not have; nil where it has all. Rows that it has must be
// as they were.
func (c *Closer) rowOf(all register.Register, p schemas.Period) (*closing.Closing, error) {
	rows := slices.DeleteFunc(slices.Clone(c.Book.Closings), func(r closing.Closing) bool { return r.Period != p || r.Notes })
	for i, e := range all.Of(p) {
		if i == len(rows) {
			return nil, nil
		}
		if rows[i].Issued != e.Issued {
			return nil, fmt.Errorf("closings.csv dates closing %d of %s %s, and it was issued on %s; put the row back as it was", i+1, p, rows[i].Issued, e.Issued)
		}
	}
	n := len(all.Of(p))
	if len(rows) == 0 {
		return nil, &NotDecidedError{Period: p}
	}
	if n == len(rows) {
		return nil, nil
	}
	return &rows[n], nil
}

// begin is the closing by a row, without what it issues.
func (c *Closer) begin(all register.Register, row *closing.Closing, m *run.Manifest) register.Closing {
	next := all.Next(c.Book.Provider.ID, c.Book.Provider.Invoicing.Series, row.Issued)
	next.PerObject = cmp.Or(c.PerObject, next.PerObject)
	next.Period, next.Run, next.Manifest, next.By, next.Reason = row.Period, m.Run, m.Digest, row.By, row.Reason
	return next
}

// whole is the closing that issues a month for the first time: of every draft of its current run, but of those that are held or for
// which the book has no document.
func (c *Closer) whole(ctx context.Context, all register.Register, row *closing.Closing) (*register.Closing, error) {
	m, err := c.gate(ctx, all, row)
	if err != nil {
		return nil, err
	}
	held, err := c.heldIn(ctx, m)
	if err != nil {
		return nil, err
	}
	found, err := c.draftsOf(ctx, m)
	if err != nil {
		return nil, err
	}
	next, forward := c.begin(all, row, m), all.Forward()
	if next.Noted, err = c.notedIn(ctx, all, m); err != nil {
		return nil, err
	}
	rest, err := c.restOf(ctx, found, next.Noted)
	if err != nil {
		return nil, err
	}
	favour, err := all.InFavour()
	if err != nil {
		return nil, err
	}
	for _, d := range found.list {
		left := register.Left{DraftKey: d.DraftKey, Total: d.total}
		if r, is := rest[d.DraftKey]; is {
			left.Total, d.due = r.total, r.due
		}
		if r, is := rest[d.DraftKey]; is && r.empty {
			left.Why = register.Zero
		} else if code, is := held[d.Account]; is {
			left.Why, left.Code = register.Held, code
		} else if left.Why, err = c.without(left.Total, forward[d.DraftKey]); err != nil {
			return nil, fmt.Errorf("account %s: %w", d.Account, err)
		}
		if left.Why != "" {
			next.Left = append(next.Left, left)
			continue
		}
		next.Documents++
		for _, before := range forward[d.DraftKey] {
			next.Brought = append(next.Brought, before.Brought)
		}
		used, err := uses(favour[d.DraftKey], d.due, forward[d.DraftKey])
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", d.Account, err)
		}
		if !used.IsZero() {
			next.Used = append(next.Used, register.Balance{DraftKey: d.DraftKey, Amount: used})
		}
	}
	slices.SortFunc(next.Left, func(a, b register.Left) int { return compareKeys(a.DraftKey, b.DraftKey) })
	return &next, nil
}

// remains is what is left of a draft without what stands on notes.
type remains struct {
	total, due money.Fixed
	empty      bool
}

// restOf are those of drafts of which something stands on notes.
func (c *Closer) restOf(ctx context.Context, found *drafts, noted []register.Noted) (map[register.DraftKey]remains, error) {
	if len(noted) == 0 {
		return nil, nil
	}
	out, off := map[register.DraftKey]remains{}, notedOf([]register.Entry{{Closing: register.Closing{Noted: noted}}})
	return out, found.each(ctx, c.Store, func(inv *schemas.Invoice) error {
		key := register.DraftKey{Account: inv.Account, Currency: inv.Currency}
		if off[key] == nil {
			return nil
		}
		left, err := without(inv, off)
		out[key] = remains{inv.Total, inv.Due, !left}
		return err
	})
}

// without says why there is no document of a draft, by what it comes to with what was carried forward to it; empty where there is one.
func (c *Closer) without(total money.Fixed, forward []register.Carry) (why register.Why, err error) {
	for i := range forward {
		if total, err = total.Add(forward[i].Total); err != nil {
			return "", err
		}
	}
	policy := &c.Book.Provider.Invoicing
	switch {
	case total.Sign() < 0 && policy.Negative == schemas.NegativeCarry:
		return register.Carried, nil
	case total.IsZero() && len(forward) == 0 && policy.Zero != schemas.ZeroDocument:
		return register.Zero, nil
	}
	return "", nil
}

// released is the closing that issues the drafts of a closed month whose findings are gone from its current run; nil where there
// are none. What is issued is what the month was closed with: what was learned since is a correction.
func (c *Closer) released(ctx context.Context, all register.Register, row *closing.Closing) (*register.Closing, error) {
	waiting := all.Waiting(row.Period, register.Held)
	if len(waiting) == 0 {
		return nil, nil
	}
	now, err := run.ReadPointed(ctx, c.Store, row.Period)
	if err != nil {
		return nil, err
	}
	held, err := c.heldIn(ctx, now)
	if err != nil {
		return nil, err
	}
	id, _ := all.Issued(row.Period)
	m, err := run.ReadManifest(ctx, c.Store, row.Period, id)
	if err != nil {
		return nil, err
	}
	next := c.begin(all, row, m)
	for _, l := range waiting {
		if _, still := held[l.Account]; !still {
			next.Only = append(next.Only, l.DraftKey)
		}
	}
	if len(next.Only) == 0 {
		return nil, nil
	}
	if reasons := c.dated(all, row); len(reasons) > 0 {
		return nil, &GateError{Period: row.Period, Reasons: reasons}
	}
	next.Documents = int64(len(next.Only))
	slices.SortFunc(next.Only, compareKeys)
	return &next, nil
}

func compareKeys(a, b register.DraftKey) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
}

// finish writes the documents of a closing that was begun: all follows from it, and from the drafts of its run.
func (c *Closer) finish(ctx context.Context, all register.Register, x *register.Closing) error {
	if len(x.Notes) > 0 {
		return c.finishNotes(ctx, x)
	}
	m, err := run.ReadManifest(ctx, c.Store, x.Period, x.Run)
	if err != nil {
		return err
	}
	if m.Digest != x.Manifest {
		return fmt.Errorf("the manifest of run %s is not the one of which closing %d was begun", x.Run, x.Number)
	}
	found, err := c.draftsOf(ctx, m)
	if err != nil {
		return err
	}
	before, err := c.broughtBy(ctx, all, x)
	if err != nil {
		return err
	}
	corrected, err := c.precedingOf(ctx, x)
	if err != nil {
		return err
	}
	w, line := register.NewWriter(ctx, c.Store, x), []byte(nil)
	w.Pages = pagesOf
	chosen, noted, used := chosenOf(x), notedOf(all.Of(x.Period)), usedIn(x)
	err = found.each(ctx, c.Store, func(inv *schemas.Invoice) error {
		key := register.DraftKey{Account: inv.Account, Currency: inv.Currency}
		if !chosen(key) {
			return nil
		}
		if _, err := without(inv, noted); err != nil {
			return fmt.Errorf("account %s: %w", key.Account, err)
		}
		for _, earlier := range slices.Backward(before[key]) {
			if err := invoice.Join(inv, earlier); err != nil {
				return fmt.Errorf("account %s: %w", key.Account, err)
			}
		}
		if err := use(inv, used[key]); err != nil {
			return fmt.Errorf("account %s: %w", key.Account, err)
		}
		preceding, err := corrected.to(ctx, inv)
		if err != nil {
			return err
		}
		line = appendDocument(line[:0], x, w, inv, preceding)
		return w.Add(line, inv.Total, inv.Currency)
	})
	if err != nil {
		return err
	}
	return w.Finish()
}

// broughtBy reads the drafts of earlier months that stand on documents of a closing, oldest first.
func (c *Closer) broughtBy(ctx context.Context, all register.Register, x *register.Closing) (map[register.DraftKey][]*schemas.Invoice, error) {
	byRun := map[run.Earlier]map[register.DraftKey]bool{}
	for _, b := range x.Brought {
		e := run.Earlier{Period: b.Period, Run: b.Run}
		if byRun[e] == nil {
			byRun[e] = map[register.DraftKey]bool{}
		}
		byRun[e][b.DraftKey] = true
	}
	out := map[register.DraftKey][]*schemas.Invoice{}
	for _, e := range slices.SortedFunc(maps.Keys(byRun), func(a, b run.Earlier) int { return cmp.Compare(a.Period, b.Period) }) {
		m, err := run.ReadManifest(ctx, c.Store, e.Period, e.Run)
		if err != nil {
			return nil, err
		}
		found, err := lookAt(ctx, c.Store, m)
		if err != nil {
			return nil, err
		}
		noted := notedOf(all.Of(e.Period))
		err = found.each(ctx, c.Store, func(inv *schemas.Invoice) error {
			key := register.DraftKey{Account: inv.Account, Currency: inv.Currency}
			if !byRun[e][key] {
				return nil
			}
			out[key] = append(out[key], inv)
			_, err := without(inv, noted)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// chosenOf tells the drafts of which a closing issues documents.
func chosenOf(x *register.Closing) func(register.DraftKey) bool {
	only, left := map[register.DraftKey]bool{}, map[register.DraftKey]bool{}
	for _, k := range x.Only {
		only[k] = true
	}
	for i := range x.Left {
		left[x.Left[i].DraftKey] = true
	}
	return func(k register.DraftKey) bool { return !left[k] && (len(only) == 0 || only[k]) }
}

// sumOf adds amounts by currency.
func sumOf(sums map[money.Currency]money.Fixed, currency money.Currency, amount money.Fixed) (err error) {
	if sums[currency], err = sums[currency].Add(amount); err != nil {
		return fmt.Errorf("sum in %s: %w", currency, err)
	}
	return nil
}

// isGone reports whether nothing is there.
func isGone(err error) bool { return errors.Is(err, store.ErrNotFound) }
