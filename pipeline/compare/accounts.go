package compare

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Earned is what Accounts leaves for the reports: the month before that revenue stands beside.
type Earned struct {
	Before schemas.Period `json:"before"`
	Run    schemas.RunID  `json:"run,omitempty"`
	// Why says in a sentence why there is none, or what is to be known of it; empty where there is nothing to say.
	Why string `json:"why,omitempty"`
	// Known is false where there is none.
	Known bool `json:"known"`
}

// Accounts writes what customers and accounts earn us, beside what the current run of the month before has.
func Accounts(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	var earnings reconcile.Earnings
	shards, err := in.Results(ctx, "reconcile/shard")
	if err != nil {
		return nil, err
	}
	err = run.EachOutput(shards, schemas.Margins.Name, func(o run.Output) error {
		return addMargins(ctx, in, o.Key, &earnings)
	})
	if err != nil {
		return nil, err
	}
	if err := addShares(ctx, in, &earnings); err != nil {
		return nil, err
	}
	left, err := addBefore(ctx, in, &earnings)
	if err != nil {
		return nil, err
	}
	of := reconcile.EarningsOf{Period: in.Period(), Currency: in.Book().Provider().Currency, Owner: ownerIn(in.Book())}
	if left.Known {
		of.Month = left.Before
	}
	customers, accounts := earnings.Rows(of)
	res := &run.Result{}
	for _, x := range []struct {
		table *schemas.Table
		rows  []schemas.Earning
		count func(*dataset.Batch) error
	}{
		{&schemas.Customers, customers, func(b *dataset.Batch) error { return countBearing(&res.Control.Bearing, b) }},
		{&schemas.Accounts, accounts, nil},
	} {
		out, err := in.WriteRead(ctx, x.table, func(write func(*dataset.Batch) error) error {
			return rows.AppendEarnings(x.table, x.rows, write)
		}, x.count)
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	return res, res.Leave(left)
}

// ownerIn finds whose accounts are.
func ownerIn(b run.Book) func(schemas.AccountID) (reconcile.Owner, bool) {
	return func(id schemas.AccountID) (reconcile.Owner, bool) {
		account, customer, ok := b.Account(id)
		if !ok {
			return reconcile.Owner{}, false
		}
		return reconcile.Owner{Customer: customer.ID, CustomerName: customer.Name, AccountName: account.Name}, true
	}
}

// addMargins adds the margins of a shard up by account.
func addMargins(ctx context.Context, in *run.Inputs, key string, to *reconcile.Earnings) error {
	columns := []int{schemas.MarginAccountId, schemas.MarginCharges, schemas.MarginUnvalued, schemas.MarginRevenueValue, schemas.MarginCostValue, schemas.MarginRevenueToDate}
	return rows.ScanTable(ctx, in.Store(), key, &schemas.Margins, columns, func(b *dataset.Batch) error {
		amount := func(col, i int) (f money.Fixed) {
			if v := &b.Columns[col]; !v.IsNull(i) {
				f = v.Decs[i]
			}
			return f
		}
		for i := range b.Rows {
			id := schemas.AccountID(b.Columns[schemas.MarginAccountId].TextAt(i))
			charges, unvalued := b.Columns[schemas.MarginCharges].Ints[i], b.Columns[schemas.MarginUnvalued].Ints[i]
			whole, toDate, cost := amount(schemas.MarginRevenueValue, i), amount(schemas.MarginRevenueToDate, i), amount(schemas.MarginCostValue, i)
			if err := to.Add(id, charges, unvalued, whole, toDate, cost); err != nil {
				return err
			}
		}
		return nil
	})
}

// addBefore adds the revenue that the run of the month before has. The error is a run that is not as it was written.
func addBefore(ctx context.Context, in *run.Inputs, to *reconcile.Earnings) (*Earned, error) {
	left := &Earned{Before: in.Period().Previous()}
	at := slices.IndexFunc(in.Earlier(), func(e run.Earlier) bool { return e.Period == left.Before })
	if at < 0 {
		left.Why = fmt.Sprintf("%s has no run in the store.", left.Before)
		return left, nil
	}
	left.Run = in.Earlier()[at].Run
	m, err := run.ReadEarlier(ctx, in.Store(), in.Earlier()[at])
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, o := range m.Outputs {
		if o.Dataset == schemas.Accounts.Name {
			keys = append(keys, o.Key)
		}
	}
	if len(keys) == 0 {
		left.Why = fmt.Sprintf("Run %.8s of %s is of an earlier version, which kept no revenue by account: run it again.", left.Run, left.Before)
		return left, nil
	}
	currency, other := in.Book().Provider().Currency, money.Currency("")
	var read dataset.Totals
	for _, key := range keys {
		err := rows.ReadEarnings(ctx, in.Store(), key, &schemas.Accounts, func(r *schemas.Earning) error {
			if err := countEarning(&read, r); err != nil {
				return err
			}
			if r.Currency != currency {
				other = r.Currency
				return nil
			}
			revenue, err := money.FixedFromDecimal(r.Revenue)
			if err != nil {
				return err
			}
			return to.AddBefore(r.Account, reconcile.Owner{Customer: r.Customer, CustomerName: r.CustomerName, AccountName: r.AccountName}, revenue)
		})
		if err != nil {
			return nil, err
		}
	}
	if diff := read.Diff(m.Control.ByAccount); diff != "" {
		return nil, fmt.Errorf("%v of run %s of %s are not as they were written: %s; run that month again", keys, left.Run, left.Before, diff)
	}
	switch left.Known = other == ""; {
	case !left.Known:
		left.Why = fmt.Sprintf("Run %.8s of %s has its revenue in %s.", left.Run, left.Before, other)
	case m.Spec.Open:
		left.Why = fmt.Sprintf("Run %.8s of %s was made while that month went on, and has it to date: run it again.", left.Run, left.Before)
	case m.Provisional:
		left.Why = fmt.Sprintf("Run %.8s of %s is provisional.", left.Run, left.Before)
	}
	return left, nil
}

// countEarning counts the charges behind a row, with all that they come to.
func countEarning(t *dataset.Totals, r *schemas.Earning) error {
	t.Rows += r.Charges
	whole, err := money.FixedFromDecimal(r.Revenue.Add(r.Coming))
	if err != nil {
		return err
	}
	return t.AddQuantity(string(schemas.Revenue), whole)
}
