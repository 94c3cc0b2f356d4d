package pipeline

import (
	"encoding/json"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// rowWriter lays small tables out. It keeps the first value that does not fit.
type rowWriter struct {
	b   *dataset.Batch
	err error
}

func (w *rowWriter) text(col int, s string) {
	if s != "" {
		w.b.AppendText(col, s)
	}
}

func (w *rowWriter) decimal(col int, d money.Decimal) {
	// A quotient may have more places than a dataset; percentages and shares are figures to look at, rounded here by name.
	f, err := money.FixedFromDecimal(money.RoundTo(d, money.Scale, money.HalfEven))
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("column %s of %s: %s: %w", w.b.Table.Columns[col].Name, w.b.Table.Name, d, err)
	}
	w.b.AppendDecimal(col, f)
}

func (w *rowWriter) optional(col int, d *money.Decimal) {
	if d != nil {
		w.decimal(col, *d)
	}
}

func (w *rowWriter) steps(col int, steps []schemas.Step) {
	b, err := json.Marshal(steps)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.b.AppendText(col, string(b))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// appendRows lays n rows out and writes them in batches.
func appendRows(n int, table *schemas.Table, write func(*dataset.Batch) error, fill func(w *rowWriter, i int)) error {
	w := &rowWriter{}
	err := inBatches(n, table, write, func(b *dataset.Batch, i int) {
		w.b = b
		fill(w, i)
	})
	if w.err != nil {
		return w.err
	}
	return err
}

func appendMargins(rows []schemas.MarginRow, write func(*dataset.Batch) error) error {
	return appendRows(len(rows), &schemas.Margins, write, func(w *rowWriter, i int) {
		m := &rows[i]
		w.text(schemas.MarginMarginId, m.ID)
		w.text(schemas.MarginBillingPeriod, string(m.Period))
		w.text(schemas.MarginAccountId, string(m.Account))
		w.b.AppendText(schemas.MarginOfferingId, string(m.Offering))
		w.text(schemas.MarginCurrency, string(m.Currency))
		w.decimal(schemas.MarginRevenue, m.Revenue)
		w.decimal(schemas.MarginCost, m.Cost)
		w.decimal(schemas.MarginMargin, m.Margin)
		w.optional(schemas.MarginPercent, m.Percent)
		w.b.AppendInt(schemas.MarginCharges, m.Charges)
	})
}

func appendVariances(rows []schemas.Variance, write func(*dataset.Batch) error) error {
	return appendRows(len(rows), &schemas.Variances, write, func(w *rowWriter, i int) {
		v := &rows[i]
		w.text(schemas.VarVarianceId, v.ID)
		w.text(schemas.VarBillingPeriod, string(v.Period))
		w.b.AppendText(schemas.VarOfferingId, string(v.Offering))
		w.text(schemas.VarRegionId, v.Region)
		w.text(schemas.VarMeasure, string(v.Measure))
		w.text(schemas.VarUnit, v.Unit)
		w.text(schemas.VarStatus, string(v.Status))
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
		w.optional(schemas.VarRunRate, v.RunRate)
		w.b.AppendText(schemas.VarAccrual, string(v.Accrual))
		w.b.AppendText(schemas.VarThrough, v.Through.String())
		w.text(schemas.VarEffect, effect(v))
		w.text(schemas.VarMaterial, yes(v.Material))
		w.text(schemas.VarProvisional, yes(v.Provisional))
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

func appendMatches(rows []schemas.PeerMatch, write func(*dataset.Batch) error) error {
	return appendRows(len(rows), &schemas.PeerMatches, write, func(w *rowWriter, i int) {
		m := &rows[i]
		w.text(schemas.MatchMatchId, m.ID)
		w.text(schemas.MatchBillingPeriod, string(m.Period))
		w.text(schemas.MatchPeerId, string(m.Peer))
		w.text(schemas.MatchContractId, string(m.Contract))
		w.text(schemas.MatchServiceName, m.Service)
		w.text(schemas.MatchSkuId, string(m.SKU))
		w.text(schemas.MatchRegionId, m.Region)
		w.text(schemas.MatchChargeCategory, string(m.Category))
		w.b.AppendText(schemas.MatchFrom, m.From.String())
		w.text(schemas.MatchBasis, string(m.Basis))
		w.text(schemas.MatchStatusColumn, string(m.Status))
		w.decimal(schemas.MatchMeteredQuantity, m.Metered)
		w.decimal(schemas.MatchBilledQuantity, m.Billed)
		w.text(schemas.MatchUnit, m.Unit)
		w.decimal(schemas.MatchExpected, m.Expected)
		w.decimal(schemas.MatchActual, m.Actual)
		w.b.AppendText(schemas.MatchCurrency, string(m.Currency))
		w.decimal(schemas.MatchBilledCost, m.ActualBilled)
		w.b.AppendText(schemas.MatchBillingCurrency, string(m.BilledCurrency))
		w.decimal(schemas.MatchDifference, m.Difference)
		w.decimal(schemas.MatchQuantityPart, m.QuantityPart)
		w.decimal(schemas.MatchPricePart, m.PricePart)
		w.b.AppendInt(schemas.MatchBillRows, m.BillRows)
		w.b.AppendInt(schemas.MatchMeterRows, m.MeterRows)
		w.steps(schemas.MatchSteps, m.Steps)
	})
}

func appendDays(rows []schemas.DayRow, write func(*dataset.Batch) error) error {
	return appendRows(len(rows), &schemas.Days, write, func(w *rowWriter, i int) {
		d := &rows[i]
		w.text(schemas.DayVarianceId, d.Variance)
		w.text(schemas.DayBillingPeriod, string(d.Period))
		w.b.AppendText(schemas.DayOfferingId, string(d.Offering))
		w.text(schemas.DayRegionId, d.Region)
		w.text(schemas.DayDay, d.Day.String())
		w.decimal(schemas.DayRevenue, d.Revenue)
		w.decimal(schemas.DayToDate, d.ToDate)
		w.decimal(schemas.DayExpected, d.Expected)
		w.text(schemas.DayCurrency, string(d.Currency))
	})
}
