package rows

import (
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/peeruse"
)

// UserAt is the user whom row i of usage names.
func UserAt(b *dataset.Batch, i int, of *schemas.UserKey) string {
	return of.User(b.Columns[of.Column()].StringAt(i))
}

// AppendPeerUses writes who uses what peers bill in batches.
func AppendPeerUses(lines []peeruse.Use, write func(*dataset.Batch) error) error {
	return AppendRows(len(lines), &peeruse.Uses, write, func(w *RowWriter, i int) {
		u := &lines[i]
		w.Text(peeruse.UseBillingPeriod, string(u.Period))
		w.Text(peeruse.UseCustomerId, u.Customer)
		w.Text(peeruse.UseAccountId, string(u.Account))
		w.Text(peeruse.UsePeerId, string(u.Peer))
		w.Text(peeruse.UseServiceName, u.Service)
		w.Text(peeruse.UseUser, u.User)
		w.Text(peeruse.UseBillingAccountId, u.Billing)
		w.Text(peeruse.UseSubAccountId, u.Sub)
		w.Batch.AppendInt(peeruse.UseRows, u.Rows)
		w.decimal(peeruse.UseBilledCost, u.Billed.Decimal())
		w.Text(peeruse.UseBillingCurrency, string(u.Currency))
	})
}

// AppendShares writes what becomes of shared costs in batches.
func AppendShares(parts []peeruse.Share, write func(*dataset.Batch) error) error {
	return AppendRows(len(parts), &peeruse.Shares, write, func(w *RowWriter, i int) {
		x := &parts[i]
		w.Batch.AppendText(peeruse.ShareShareId, x.ID)
		w.Text(peeruse.ShareBillingPeriod, string(x.Period))
		w.Text(peeruse.SharePeerId, string(x.Peer))
		w.Text(peeruse.ShareSharedId, x.Shared)
		w.Text(peeruse.ShareStandingColumn, string(x.Standing))
		w.Text(peeruse.ShareCustomerId, x.Customer)
		w.Text(peeruse.ShareKey, string(x.Key))
		if x.Standing == peeruse.Borne {
			w.decimal(peeruse.ShareWeight, x.Weight)
			w.decimal(peeruse.ShareWeights, x.Weights)
		}
		w.Text(peeruse.ShareUnit, x.Unit)
		w.decimal(peeruse.ShareBilledCost, x.Billed)
		w.Batch.AppendInt(peeruse.ShareRows, x.Rows)
		w.decimal(peeruse.ShareAmount, x.Amount)
		w.Text(peeruse.ShareCurrency, string(x.Currency))
		w.optional(peeruse.ShareValue, x.Value)
		w.Text(peeruse.ShareValueCurrency, string(x.ValueCurrency))
		w.steps(peeruse.ShareSteps, x.Steps)
	})
}

// AppendBudgets writes the thresholds of budgets in batches.
func AppendBudgets(lines []peeruse.BudgetLine, write func(*dataset.Batch) error) error {
	return AppendRows(len(lines), &peeruse.Budgets, write, func(w *RowWriter, i int) {
		l := &lines[i]
		w.Text(peeruse.BudgetBillingPeriod, string(l.Period))
		w.Text(peeruse.BudgetPeerId, string(l.Peer))
		w.Text(peeruse.BudgetBudgetId, l.Budget.ID)
		w.decimal(peeruse.BudgetThreshold, l.Threshold)
		w.Text(peeruse.BudgetThrough, l.Through.String())
		w.decimal(peeruse.BudgetAmount, l.Budget.Amount)
		w.decimal(peeruse.BudgetActual, l.Actual)
		w.decimal(peeruse.BudgetForecast, l.Forecast)
		w.Text(peeruse.BudgetCurrency, string(l.Budget.Currency))
		for col, day := range map[int]schemas.Date{peeruse.BudgetActualOn: l.ActualOn, peeruse.BudgetForecastOn: l.ForecastOn} {
			if !day.IsZero() {
				w.Text(col, day.String())
			}
		}
	})
}
