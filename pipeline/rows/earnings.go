package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// AppendEarnings writes rows of schemas.Customers or schemas.Accounts in batches.
func AppendEarnings(table *schemas.Table, rows []schemas.Earning, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), table, write, func(w *RowWriter, i int) {
		r := &rows[i]
		w.Text(schemas.EarningBillingPeriod, string(r.Period))
		w.Batch.AppendText(schemas.EarningCustomerId, r.Customer)
		w.Text(schemas.EarningCustomerName, r.CustomerName)
		w.Text(schemas.EarningCurrency, string(r.Currency))
		w.decimal(schemas.EarningRevenue, r.Revenue)
		w.decimal(schemas.EarningComing, r.Coming)
		w.decimal(schemas.EarningCost, r.Cost)
		w.decimal(schemas.EarningMargin, r.Margin)
		if r.Month != "" {
			w.Text(schemas.EarningMonthBefore, string(r.Month))
			w.decimal(schemas.EarningRevenueBefore, r.Before)
			w.decimal(schemas.EarningChange, r.Change)
			w.optional(schemas.EarningChangePercent, r.Percent)
		}
		w.Batch.AppendInt(schemas.EarningCharges, r.Charges)
		w.Batch.AppendInt(schemas.EarningUnvalued, r.Unvalued)
		if table == &schemas.Customers {
			w.Batch.AppendInt(schemas.EarningAccounts, r.Accounts)
			w.optional(schemas.EarningShared, r.Shared)
			w.optional(schemas.EarningFull, r.Full)
			return
		}
		w.Text(schemas.EarningAccountId, string(r.Account))
		w.Text(schemas.EarningAccountName, r.AccountName)
	})
}

// ReadEarnings calls each for every row of a file of schemas.Customers or schemas.Accounts, in its order. What each gets is valid
// until it returns.
func ReadEarnings(ctx context.Context, s store.Store, key string, table *schemas.Table, each func(*schemas.Earning) error) error {
	return ScanTable(ctx, s, key, table, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			r := earningAt(b, i)
			if err := each(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

func earningAt(b *dataset.Batch, i int) schemas.Earning {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	optional := func(col int) *money.Decimal {
		if v := &b.Columns[col]; !v.IsNull(i) {
			d := v.Decs[i].Decimal()
			return &d
		}
		return nil
	}
	decimal := func(col int) (d money.Decimal) {
		if v := optional(col); v != nil {
			d = *v
		}
		return d
	}
	r := schemas.Earning{
		Period: schemas.Period(text(schemas.EarningBillingPeriod)), Customer: text(schemas.EarningCustomerId), CustomerName: text(schemas.EarningCustomerName),
		Currency: money.Currency(text(schemas.EarningCurrency)), Revenue: decimal(schemas.EarningRevenue), Coming: decimal(schemas.EarningComing),
		Cost: decimal(schemas.EarningCost), Margin: decimal(schemas.EarningMargin),
		Month: schemas.Period(text(schemas.EarningMonthBefore)), Before: decimal(schemas.EarningRevenueBefore),
		Change: decimal(schemas.EarningChange), Percent: optional(schemas.EarningChangePercent),
		Charges: b.Columns[schemas.EarningCharges].Ints[i], Unvalued: b.Columns[schemas.EarningUnvalued].Ints[i],
	}
	if b.Table == &schemas.Customers {
		r.Accounts = b.Columns[schemas.EarningAccounts].Ints[i]
		r.Shared, r.Full = optional(schemas.EarningShared), optional(schemas.EarningFull)
		return r
	}
	r.Account, r.AccountName = schemas.AccountID(text(schemas.EarningAccountId)), text(schemas.EarningAccountName)
	return r
}
