package correct

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/correction"
	"daybook/schemas/money"
)

// Shard writes what is corrected of a shard's accounts, line by line and by cause. Where nothing is, nothing is read and nothing written.
func Shard(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	rated, err := in.Results(ctx, "rate/shard")
	if err != nil {
		return nil, err
	}
	who, err := rate.RetakenIn(rated)
	res := &run.Result{}
	if err != nil || len(who) == 0 {
		return res, err
	}
	x := &shard{ctx: ctx, in: in, control: &res.Control, charged: map[chargedFor]money.Decimal{}}
	defer x.close()
	for _, step := range []func() error{
		func() error { return x.sumCorrections(rated, who) },
		func() error { return x.prepare(who) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	out, err := in.WriteRead(ctx, &correction.Corrections, func(write func(*dataset.Batch) error) error {
		return rows.EachCorrection(write, func(add func(*correction.Row) error) error {
			for i := range who {
				if err := x.account(who[i].Account, add); err != nil {
					return err
				}
			}
			return nil
		})
	}, x.count)
	if err != nil {
		return nil, err
	}
	for k, amount := range x.charged {
		if !amount.IsZero() {
			return nil, fmt.Errorf("account %s, %s: %w: corrections come to %s %s more than the causes of them", k.account, k.period, run.ErrUnbalanced, amount, k.currency)
		}
	}
	res.Outputs = append(res.Outputs, out)
	return res, nil
}

// chargedFor is what corrections of a run are told apart by when they are held against their causes.
type chargedFor struct {
	account  schemas.AccountID
	period   schemas.Period
	currency money.Currency
}

// shard is a shard at work.
type shard struct {
	ctx     context.Context
	in      *run.Inputs
	control *run.Control
	basis   schemas.RunID
	stages  []stage
	proof   *evidence
	// charged is what the run charges as corrections, less what causes have been told of.
	charged map[chargedFor]money.Decimal
}

func (x *shard) close() {
	for i := range x.stages {
		if !x.stages[i].shared {
			x.stages[i].recast.Close()
		}
	}
}

// sumCorrections adds up what rating charges the accounts as corrections, from what it wrote.
func (x *shard) sumCorrections(rated []*run.Result, who []rate.Retaken) error {
	columns := []int{
		schemas.ChargeBillingAccountId, schemas.ChargeCorrectedPeriod, schemas.ChargeBillingCurrency, schemas.ChargeBilledCost, schemas.ChargeChargeClass, schemas.ChargeModel,
	}
	return run.EachOutput(rated, schemas.Charges.Name, func(o run.Output) error {
		file, err := rows.OpenAccounts(x.ctx, x.in.Store(), o.Key, &schemas.Charges, schemas.ChargeBillingAccountId, columns)
		if err != nil {
			return err
		}
		defer file.Close()
		for i := range who {
			err := file.Read(who[i].Account, func(b *dataset.Batch, from, to int) error {
				for k := from; k < to; k++ {
					// What a promise gives more or less is no rating: sla_credits says what it is due to.
					if b.Columns[schemas.ChargeCorrectedPeriod].IsNull(k) || string(b.Columns[schemas.ChargeModel].TextAt(k)) == schemas.ServiceCredit {
						continue
					}
					currency := money.Currency(b.Columns[schemas.ChargeBillingCurrency].TextAt(k))
					key := chargedFor{who[i].Account, schemas.Period(b.Columns[schemas.ChargeCorrectedPeriod].TextAt(k)), currency}
					cost := b.Columns[schemas.ChargeBilledCost].Decs[k]
					x.charged[key] = x.charged[key].Add(cost.Decimal())
					if err := addCost(&x.control.Corrections, currency, cost); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func addCost(t *dataset.Totals, currency money.Currency, cost money.Fixed) error {
	if cost.IsZero() {
		return nil
	}
	return t.AddCost(string(currency), cost)
}

// count adds up rows as they lie.
func (x *shard) count(b *dataset.Batch) error {
	c := x.control
	for i := range b.Rows {
		currency := money.Currency(b.Columns[correction.BillingCurrency].TextAt(i))
		for _, sum := range []struct {
			of   *dataset.Totals
			cols []int
		}{
			{&c.Rerated, []int{correction.RightCost}},
			{&c.ChargedBefore, []int{correction.IssuedCost, correction.CorrectedCost}},
			{&c.Differences, []int{correction.DifferenceCost}},
			{&c.Causes, causeColumns},
		} {
			for _, col := range sum.cols {
				if err := addCost(sum.of, currency, b.Columns[col].Decs[i]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// causeColumns are the columns of amounts by cause.
var causeColumns = func() (columns []int) {
	for i := range correction.Causes() {
		columns = append(columns, correction.ByCode+i)
	}
	return columns
}()

// account tells the causes of what is corrected of an account.
func (x *shard) account(id schemas.AccountID, add func(*correction.Row) error) error {
	taken := make([]*rate.Taken, len(x.stages))
	for i := range x.stages {
		if s := &x.stages[i]; s.shared {
			taken[i] = taken[i-1]
			continue
		}
		var err error
		if taken[i], err = x.stages[i].recast.Take(id); err != nil {
			return err
		}
	}
	last := taken[len(taken)-1]
	for k := range last.Again {
		p := last.Again[k].Run.Period
		ratings := make([][]schemas.Charge, len(x.stages))
		for i, t := range taken {
			ratings[i] = t.Again[k].Charges
			if x.stages[i].without {
				ratings[i] = t.Again[k].Without
			}
		}
		lines := correct.Split(last.Again[k].Issued, ratings)
		for i := range lines {
			row, err := x.row(&lines[i], p)
			if err != nil {
				return err
			}
			key := chargedFor{id, p, row.Currency}
			x.charged[key] = x.charged[key].Sub(row.Difference)
			if err := add(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// row is a line as the dataset has it.
func (x *shard) row(l *correct.Line, p schemas.Period) (*correction.Row, error) {
	c := &l.Charge
	row := &correction.Row{
		Period: x.in.Period(), Corrects: p, Basis: x.basis, Account: c.Account, Subscription: c.Subscription, Offering: c.Offering,
		Price: c.Price, Version: c.Version, Meter: c.Meter, Group: c.Group, Category: c.Category, Description: c.Description,
		Start: c.Start, End: c.End, Currency: c.Currency,
		Issued: l.Issued, Corrected: l.Corrected, RightNow: l.RightNow(), Difference: l.Difference(),
		By: make([]money.Decimal, len(correction.Causes())),
	}
	for i, amount := range l.Causes() {
		s := &x.stages[i]
		if amount.IsZero() {
			continue
		}
		row.By[s.at] = amount
		why, err := x.proof.of(s.cause, c, p)
		if err != nil {
			return nil, err
		}
		row.Evidence = append(row.Evidence, string(s.cause)+": "+why)
	}
	return row, nil
}
