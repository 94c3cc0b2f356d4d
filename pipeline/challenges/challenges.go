// Package challenges is the step of the stage reconcile that says how customers' disputes about our bills stand. What follows from the
// decisions about them for what is charged is rating's; the judging is package reconcile/standing's. Start with [Total].
package challenges

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/standing"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Total writes how the disputes stand, of a book that has some, and counts what lies there.
func Total(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	all := in.Book().Challenges()
	if len(all) == 0 {
		return res, nil
	}
	b := in.Book()
	q := standing.Customers{
		Period: in.Period(), AsOf: in.AsOf(), Disputes: all, Days: b.Provider().Invoicing.DisputeDays,
		Currency: func(id schemas.AccountID) money.Currency {
			if a, _, ok := b.Account(id); ok {
				return a.Currency
			}
			return ""
		},
	}
	for currency, amount := range q.Claimed() {
		f, err := money.FixedFromDecimal(amount)
		if err != nil {
			return nil, fmt.Errorf("add up the disputes: %w", err)
		}
		if err := res.Control.Challenged.AddCost(string(currency), f); err != nil {
			return nil, err
		}
	}
	stand, findings := q.Stand()
	out, err := in.WriteRead(ctx, &dispute.Challenges, func(write func(*dataset.Batch) error) error {
		return rows.AppendChallenges(stand, write)
	}, func(x *dataset.Batch) error {
		for i := range x.Rows {
			for _, col := range []int{dispute.ChalAccepted, dispute.ChalRejected, dispute.ChalOpen} {
				if err := res.Control.Answered.AddCost(x.Columns[dispute.ChalCurrency].StringAt(i), x.Columns[col].Decs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	found := in.NewFindings()
	defer found.Close()
	for i := range findings {
		found.Add(findings[i])
	}
	return res, found.Write(ctx, in, res)
}
