package explain

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// explainDiscrepancy explains what is wrong with a row of a peer's bill: its arithmetic, and the rows on either side.
func (l *Look) explainDiscrepancy(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var x peerbill.Discrepancy
	err := l.row(ctx, &peerbill.Discrepancies, begins, func(c cells) (err error) {
		x, err = rows.DiscrepancyAt(c.b, c.i)
		return err
	})
	if err != nil || x.ID == "" {
		return err
	}
	e.Kind = "discrepancy"
	l.discrepancyFacts(e, &x)
	d, matches, err := l.detail(ctx)
	if err != nil {
		return err
	}
	for i := range matches {
		if m := &matches[i]; m.Contract == x.Contract && m.Service == x.Service && (m.SKU == "" || m.SKU == x.SKU) && (m.Region == "" || m.Region == x.Region) {
			e.fact("match", m.ID, "what its rate comes to over all accounts", "")
		}
	}
	steps, err := d.Steps(&x)
	if err != nil {
		return err
	}
	e.Steps = Steps(steps)
	e.figure("expected", x.Expected, string(x.Currency))
	e.figure("actual", x.Actual, string(x.Currency))
	e.figure("effect of usage", x.UsageEffect, string(x.Currency))
	e.figure("effect of the rate", x.RateEffect, string(x.Currency))
	e.figure("other effects", x.OtherEffect, string(x.Currency))
	e.figure("amount", x.Amount, string(x.Currency))
	found, err := l.behindDiscrepancy(ctx, e, d, &x, o)
	if err != nil || !o.Check {
		return err
	}
	e.check("steps", checkReconciled(steps), fmt.Sprintf("%d steps give what they say", len(steps)))
	var differs error
	if last := steps[len(steps)-1].Out; last != x.Actual.Sub(x.Expected).String() {
		differs = fmt.Errorf("the effects come to %s; actual less expected is %s", last, x.Actual.Sub(x.Expected))
	}
	e.check("effects", differs, "the effects add up to what is billed less what is expected")
	if ofWholeBill(&x) {
		return nil
	}
	differs = fmt.Errorf("the run's usage and today's contracts make no discrepancy %s", x.ID)
	if found != nil {
		differs = nil
		if !found.Amount.Equal(x.Amount) || !found.Expected.Equal(x.Expected) || !found.UsageEffect.Equal(x.UsageEffect) || found.BillRows != x.BillRows {
			differs = fmt.Errorf("compared again it is %s where %s is expected; the row has %s and %s", found.Actual, found.Expected, x.Actual, x.Expected)
		}
	}
	e.check("discrepancy", differs, "the account's usage, compared with the bill again, gives the same")
	return nil
}

// ofWholeBill reports whether a discrepancy is of taxes, credits, minimums or commitments, which are compared over all accounts.
func ofWholeBill(x *peerbill.Discrepancy) bool { return x.Account == "" && x.Object == "" }

func (l *Look) discrepancyFacts(e *Explanation, x *peerbill.Discrepancy) {
	e.Title = fmt.Sprintf("Bill of %s: %s, %s", x.Peer, x.Class, x.Class.Objection())
	e.fact("peer", string(x.Peer), "", l.book.Where(book.KindPeer, string(x.Peer)))
	e.fact("contract", string(x.Contract), "", l.book.Where(book.KindContract, string(x.Contract)))
	e.fact("service", x.Service, "", "")
	e.fact("SKU", string(x.SKU), "", "")
	e.fact("region", x.Region, "", "")
	e.fact("account", string(x.Account), "", l.book.Where(book.KindAccount, string(x.Account)))
	e.fact("resource", x.Resource, "", "")
	e.fact("day", x.Day.String(), "", "")
	e.fact("invoice", x.Invoice, "", "")
	if x.Note {
		e.fact("note", "yes", "another class owns the amount of these rows", "")
	}
	if x.Tolerated {
		e.fact("tolerated", "yes", "the contract lets it pass", "")
	}
	if x.Reached == peerbill.ReachedCustomer {
		e.fact("reached the customer", x.Draft, fmt.Sprintf("%s %s of it", x.ReachedAmount, x.ReachedCurrency), "")
	}
}

// detail is what compares rows under the contracts of the run, without any rows, and the matches of its whole use.
func (l *Look) detail(ctx context.Context) (*bills.Detail, []schemas.PeerMatch, error) {
	var matches []schemas.PeerMatch
	for _, out := range l.outputs(&schemas.PeerMatches, "") {
		err := l.scan(ctx, out.Key, scanning{table: &schemas.PeerMatches, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				m, err := matchAt(cells{b, i})
				if err != nil {
					return err
				}
				matches = append(matches, *m)
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	fx := compare.Exchange(run.WholeBook(l.book), l.Manifest.Spec.Period, l.through(), l.asOf())
	return bills.NewDetail(l.contracts(), fx, matches), matches, nil
}

// behindDiscrepancy compares the account again, and lists the rows of the bill, and of our meters where these are what is wrong. It
// returns the discrepancy that was found.
func (l *Look) behindDiscrepancy(ctx context.Context, e *Explanation, d *bills.Detail, x *peerbill.Discrepancy, o Options) (found *peerbill.Discrepancy, err error) {
	at, contracts := map[bills.BillRow]bool{}, l.contracts()
	if !ofWholeBill(x) {
		spec := &l.Manifest.Spec
		err := compare.DiscrepanciesBefore(ctx, l.store, spec.Earlier, spec.Period, func(w *peerbill.Discrepancy) error {
			if w.Account == "" || w.Account != x.Account {
				return nil
			}
			return d.Earlier(w)
		})
		if err != nil {
			return nil, err
		}
		err = l.detailRows(ctx, x.Account, compare.DetailColumns, func(_ *dataset.Batch, _ int, r *bills.DetailRow) error { return d.Add(r) })
		if err != nil {
			return nil, err
		}
		err = d.Match(func(w *peerbill.Discrepancy, rows []bills.BillRow) error {
			if w.ID != x.ID && (!x.Note || w.Note || w.Object != x.Object || w.Row != x.Row || w.Day != x.Day || w.Service != x.Service || w.Resource != x.Resource) {
				return nil
			}
			if w.ID == x.ID {
				again := *w
				found = &again
			}
			for _, row := range rows {
				at[row] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	own, counted := x.BillRows == 0, money.Zero
	unit := string(x.BilledCurrency)
	if own {
		unit = x.Unit
	}
	err = l.listBill(ctx, e, x.Account, unit, o, func(r *bills.DetailRow) bool {
		switch {
		case r.Peer == "":
			rate, ok := contracts.MeteredBy(&r.UseRow)
			if !ok || ofWholeBill(x) {
				return false
			}
			q, ok := d.Counts(rate, r, x)
			counted = counted.Add(q)
			return ok && own
		case own || r.Peer != x.Peer:
			return false
		case ofWholeBill(x):
			return d.OfWhole(r, x)
		}
		return at[bills.BillRow{Object: r.Object, Row: r.Row}]
	})
	if err == nil && o.Check {
		l.checkSides(e, x, counted)
	}
	return found, err
}

// listBill lists the rows that count, of an account or of all.
func (l *Look) listBill(ctx context.Context, e *Explanation, account schemas.AccountID, unit string, o Options, counts func(*bills.DetailRow) bool) error {
	u := &UsageBehind{Unit: unit, How: schemas.AggregateSum}
	columns := slices.Concat(compare.DetailColumns, lineColumns)
	var proved *proof
	if o.Check {
		proved, columns = newProof(), nil
	}
	err := l.detailRows(ctx, account, columns, func(b *dataset.Batch, i int, r *bills.DetailRow) error {
		if !counts(r) {
			return nil
		}
		line := matchLine(cells{b, i}, r.Peer == "")
		u.Rows++
		u.Sum = u.Sum.Add(line.size.Decimal())
		proved.add(b, i)
		u.add(&line, o.Rows)
		return nil
	})
	if err != nil {
		return err
	}
	u.end()
	e.Usage = u
	return l.checkSource(ctx, e, o, proved)
}

// checkSides holds the rows on both sides against what a discrepancy says of them.
func (l *Look) checkSides(e *Explanation, x *peerbill.Discrepancy, counted money.Decimal) {
	var differs error
	u := e.Usage
	if x.BillRows > 0 && (u.Rows != x.BillRows || !u.Sum.Equal(x.ActualBilled)) {
		differs = fmt.Errorf("%d rows come to %s; the discrepancy has %d and %s", u.Rows, u.Sum, x.BillRows, x.ActualBilled)
	}
	e.check("bill", differs, fmt.Sprintf("%d %s of the bill", x.BillRows, schemas.OneOrMany(x.BillRows, "row", "rows")))
	first, _ := x.Period.Days()
	if ofWholeBill(x) || x.Metered.IsZero() || x.Day.Before(first) {
		return // what is of the bill alone, or was counted in another month
	}
	differs = nil
	if !counted.Equal(x.Metered) && (!counted.IsZero() || x.Metered.Cmp(x.Billed) != 0) {
		differs = fmt.Errorf("our meters counted %s; the discrepancy has %s", counted, x.Metered)
	}
	e.check("meter", differs, "what our meters counted adds up")
}

// detailRows calls each with the rows of an account that the comparison of bills takes; of no account, with those of nobody, and
// with all of them where what is wrong is of a whole bill.
func (l *Look) detailRows(ctx context.Context, account schemas.AccountID, columns []int, each func(*dataset.Batch, int, *bills.DetailRow) error) error {
	contracts, days := l.contracts(), rows.DayFinder{Zone: l.book.Zone}
	q := scanning{table: &schemas.Usage, columns: columns, column: -1}
	if account != "" {
		q.column, q.text = schemas.UseAccountId, string(account)
	}
	for _, out := range l.outputs(&schemas.Usage, account) {
		err := l.scan(ctx, out.Key, q, func(b *dataset.Batch, _ int) error {
			return compare.EachDetailRow(b, contracts, &days, run.WholeBook(l.book), func(i int, r *bills.DetailRow) error {
				if account != "" && r.Account != account {
					return nil
				}
				return each(b, i, r)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// explainBill explains what a peer's bill comes to, and what of it is safe to pay.
func (l *Look) explainBill(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var bill *peerbill.Bill
	for _, out := range l.outputs(&peerbill.Bills, "") {
		err := l.scan(ctx, out.Key, scanning{table: &peerbill.Bills, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				x := rows.PeerBillAt(b, i)
				if begins.Offer(x.ID()); x.ID() == begins.Text {
					bill = x
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if bill == nil {
		return nil
	}
	e.Kind = "bill"
	e.Title = fmt.Sprintf("Bill of %s under %s: %s %s, of which %s %s are safe to pay", bill.Peer, bill.Contract, bill.Billed, bill.BilledCurrency, bill.SafeToPay, bill.Currency)
	e.fact("peer", string(bill.Peer), "", l.book.Where(book.KindPeer, string(bill.Peer)))
	e.fact("contract", string(bill.Contract), "", l.book.Where(book.KindContract, string(bill.Contract)))
	t := bills.BillTrace{Bill: bill}
	for _, part := range l.outputs(&peerbill.Discrepancies, "") {
		err := rows.ReadDiscrepancies(ctx, l.store, part.Key, func(x *peerbill.Discrepancy) error {
			if t.Add(x) && len(e.Facts) < mostFacts {
				e.fact(string(x.Class), x.ID, fmt.Sprintf("%s %s", x.Amount, x.Currency), "")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	steps, differs := t.Steps()
	e.Steps = Steps(steps)
	for _, f := range []struct {
		name string
		v    money.Decimal
	}{
		{"actual", bill.Actual},
		{"expected", bill.Expected},
		{"disputed", bill.Disputed},
		{"tolerated", bill.Tolerated},
		{"rounding", bill.Rounding},
		{"withheld", bill.Withheld},
		{"safe to pay", bill.SafeToPay},
		{"accrued", bill.Accrued},
	} {
		e.figure(f.name, f.v, string(bill.Currency))
	}
	if o.Check {
		e.check("steps", checkReconciled(steps), fmt.Sprintf("%d steps give what they say", len(steps)))
		e.check("bill", differs, "its discrepancies add up to what is disputed, tolerated, withheld and safe to pay")
	}
	return l.rowsOfBill(ctx, e, bill, o)
}

// mostFacts bounds the discrepancies that are named beside a bill.
const mostFacts = 50

// rowsOfBill lists the rows of a bill.
func (l *Look) rowsOfBill(ctx context.Context, e *Explanation, bill *peerbill.Bill, o Options) error {
	d, _, err := l.detail(ctx)
	if err != nil {
		return err
	}
	err = l.listBill(ctx, e, "", string(bill.BilledCurrency), o, func(r *bills.DetailRow) bool {
		return r.Peer == bill.Peer && r.Currency == bill.BilledCurrency && d.ContractOf(r) == bill.Contract
	})
	if u := e.Usage; err == nil && o.Check {
		var differs error
		if u.Rows != bill.BillRows || !u.Sum.Equal(bill.Billed) {
			differs = fmt.Errorf("%d rows come to %s; the bill has %d and %s", u.Rows, u.Sum, bill.BillRows, bill.Billed)
		}
		e.check("rows", differs, "the rows add up to what was billed")
	}
	return err
}
