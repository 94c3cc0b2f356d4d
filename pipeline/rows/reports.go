package rows

import (
	"encoding/json"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// RowWriter lays small tables out. It keeps the first value that does not fit.
type RowWriter struct {
	Batch *dataset.Batch
	err   error
}

// Text fills a column of the row at hand; an empty text is null.
func (w *RowWriter) Text(col int, s string) {
	if s != "" {
		w.Batch.AppendText(col, s)
	}
}

func (w *RowWriter) decimal(col int, d money.Decimal) {
	// A quotient may have more places than a dataset; percentages and shares are figures to look at, rounded here by name.
	f, err := money.FixedFromDecimal(money.RoundTo(d, money.Scale, money.HalfEven))
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("column %s of %s: %s: %w", w.Batch.Table.Columns[col].Name, w.Batch.Table.Name, d, err)
	}
	w.Batch.AppendDecimal(col, f)
}

func (w *RowWriter) optional(col int, d *money.Decimal) {
	if d != nil {
		w.decimal(col, *d)
	}
}

func (w *RowWriter) steps(col int, steps []schemas.Step) {
	b, err := json.Marshal(steps)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.Batch.AppendText(col, string(b))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// AppendRows lays n rows out and writes them in batches.
func AppendRows(n int, table *schemas.Table, write func(*dataset.Batch) error, fill func(w *RowWriter, i int)) error {
	w := &RowWriter{}
	err := inBatches(n, table, write, func(b *dataset.Batch, i int) {
		w.Batch = b
		fill(w, i)
	})
	if w.err != nil {
		return w.err
	}
	return err
}

// AppendMargins writes margins in batches.
func AppendMargins(rows []schemas.MarginRow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.Margins, write, func(w *RowWriter, i int) {
		m := &rows[i]
		w.Text(schemas.MarginMarginId, m.ID)
		w.Text(schemas.MarginBillingPeriod, string(m.Period))
		w.Text(schemas.MarginAccountId, string(m.Account))
		w.Batch.AppendText(schemas.MarginOfferingId, string(m.Offering))
		w.Text(schemas.MarginCurrency, string(m.Currency))
		w.decimal(schemas.MarginRevenue, m.Revenue)
		w.decimal(schemas.MarginCost, m.Cost)
		w.decimal(schemas.MarginMargin, m.Margin)
		w.optional(schemas.MarginPercent, m.Percent)
		w.Batch.AppendInt(schemas.MarginCharges, m.Charges)
		w.Batch.AppendText(schemas.MarginProviderCurrency, string(m.ValueCurrency))
		w.optional(schemas.MarginExchangeRate, m.Rate)
		if m.Rate != nil {
			w.Batch.AppendText(schemas.MarginExchangeDay, m.RateDay.String())
		}
		w.optional(schemas.MarginRevenueValue, m.RevenueValue)
		w.optional(schemas.MarginCostValue, m.CostValue)
		w.optional(schemas.MarginMarginValue, m.MarginValue)
		w.optional(schemas.MarginRevenueToDate, m.RevenueToDate)
		w.Batch.AppendInt(schemas.MarginUnvalued, m.Unvalued)
	})
}

// AppendVariances writes variances in batches.
func AppendVariances(rows []schemas.Variance, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.Variances, write, func(w *RowWriter, i int) {
		v := &rows[i]
		w.Text(schemas.VarVarianceId, v.ID)
		w.Text(schemas.VarBillingPeriod, string(v.Period))
		w.Batch.AppendText(schemas.VarOfferingId, string(v.Offering))
		w.Text(schemas.VarRegionId, v.Region)
		w.Text(schemas.VarSegment, v.Segment)
		w.Text(schemas.VarPeerId, string(v.Peer))
		w.Text(schemas.VarMeasure, string(v.Measure))
		w.Text(schemas.VarUnit, v.Unit)
		w.Text(schemas.VarStatus, string(v.Status))
		w.decimal(schemas.VarPlan, v.Plan)
		w.decimal(schemas.VarExpected, v.Expected)
		w.decimal(schemas.VarActual, v.Actual)
		w.decimal(schemas.VarVariance, v.Variance)
		w.optional(schemas.VarVariancePercent, v.Percent)
		w.decimal(schemas.VarPriceCause, v.Causes.Price)
		w.decimal(schemas.VarVolumeCause, v.Causes.Volume)
		w.decimal(schemas.VarMixCause, v.Causes.Mix)
		w.decimal(schemas.VarFxCause, v.Causes.FX)
		w.decimal(schemas.VarUnplannedCause, v.Causes.Unplanned)
		w.decimal(schemas.VarMissingCause, v.Causes.Missing)
		w.decimal(schemas.VarUnsplitCause, v.Causes.Unsplit)
		w.Batch.AppendText(schemas.VarMixAt, string(v.MixAt))
		w.decimal(schemas.VarUsageBased, v.UsageBased)
		w.optional(schemas.VarRunRate, v.RunRate)
		w.decimal(schemas.VarComing, v.Coming)
		w.decimal(schemas.VarPending, v.Pending)
		w.Batch.AppendText(schemas.VarAccrual, string(v.Accrual))
		w.Batch.AppendText(schemas.VarThrough, v.Through.String())
		w.Text(schemas.VarEffect, effect(v))
		w.Text(schemas.VarMaterial, yes(v.Material))
		w.Text(schemas.VarProvisional, yes(v.Provisional))
		w.Text(schemas.VarPlanVersion, v.PlanVersion)
		w.steps(schemas.VarSteps, v.Steps)
	})
}

func effect(v *schemas.Variance) string {
	switch {
	case v.Variance.IsZero():
		return "none"
	case v.Favourable:
		return "favourable"
	}
	return "unfavourable"
}

// AppendMatches writes peer matches in batches.
func AppendMatches(rows []schemas.PeerMatch, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.PeerMatches, write, func(w *RowWriter, i int) {
		m := &rows[i]
		w.Text(schemas.MatchMatchId, m.ID)
		w.Text(schemas.MatchBillingPeriod, string(m.Period))
		w.Text(schemas.MatchPeerId, string(m.Peer))
		w.Text(schemas.MatchContractId, string(m.Contract))
		w.Text(schemas.MatchServiceName, m.Service)
		w.Text(schemas.MatchSkuId, string(m.SKU))
		w.Text(schemas.MatchRegionId, m.Region)
		w.Text(schemas.MatchChargeCategory, string(m.Category))
		w.Batch.AppendText(schemas.MatchFrom, m.From.String())
		w.Text(schemas.MatchBasis, string(m.Basis))
		w.Text(schemas.MatchStatusColumn, string(m.Status))
		w.decimal(schemas.MatchMeteredQuantity, m.Metered)
		w.decimal(schemas.MatchBilledQuantity, m.Billed)
		w.Text(schemas.MatchUnit, m.Unit)
		w.decimal(schemas.MatchExpected, m.Expected)
		w.decimal(schemas.MatchActual, m.Actual)
		w.Batch.AppendText(schemas.MatchCurrency, string(m.Currency))
		w.decimal(schemas.MatchBilledCost, m.ActualBilled)
		w.Batch.AppendText(schemas.MatchBillingCurrency, string(m.BilledCurrency))
		w.decimal(schemas.MatchDifference, m.Difference)
		w.decimal(schemas.MatchQuantityPart, m.QuantityPart)
		w.decimal(schemas.MatchPricePart, m.PricePart)
		w.Batch.AppendInt(schemas.MatchBillRows, m.BillRows)
		w.Batch.AppendInt(schemas.MatchMeterRows, m.MeterRows)
		w.steps(schemas.MatchSteps, m.Steps)
	})
}

// AppendDays writes days in batches.
func AppendDays(rows []schemas.DayRow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.Days, write, func(w *RowWriter, i int) {
		d := &rows[i]
		w.Text(schemas.DayVarianceId, d.Variance)
		w.Text(schemas.DayBillingPeriod, string(d.Period))
		w.Batch.AppendText(schemas.DayOfferingId, string(d.Offering))
		w.Text(schemas.DayRegionId, d.Region)
		w.Text(schemas.DaySegment, d.Segment)
		w.Text(schemas.DayPeerId, string(d.Peer))
		w.Text(schemas.DayDay, d.Day.String())
		w.decimal(schemas.DayRevenue, d.Revenue)
		w.decimal(schemas.DayToDate, d.ToDate)
		w.decimal(schemas.DayExpected, d.Expected)
		w.Text(schemas.DayCurrency, string(d.Currency))
		w.optional(schemas.DayCostToDate, d.Cost)
	})
}
