package diff

import (
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Writer lays differences out as Parquet, as schemas.Differences. It holds a batch of rows and what the file's row group takes.
type Writer struct {
	to    *parquet.Writer
	batch *dataset.Batch
}

// writtenRows is how many rows a batch has.
const writtenRows = 8192

// NewWriter begins a file of what differs between two runs.
func NewWriter(w io.Writer, before, after *run.Manifest) (*Writer, error) {
	t := &schemas.Differences
	to, err := parquet.NewWriter(w, t, []parquet.KeyValue{
		{Key: "daybook.after", Value: string(after.Run)},
		{Key: "daybook.before", Value: string(before.Run)},
		{Key: "daybook.period", Value: string(after.Spec.Period)},
		{Key: "daybook.table", Value: t.Name},
		{Key: "daybook.version", Value: t.Version},
	}, parquet.WriterOptions{})
	return &Writer{to: to, batch: dataset.NewBatch(t)}, err
}

// Add writes a difference.
func (w *Writer) Add(d *Difference) error {
	b, c := w.batch, d.Latest()
	text := func(col int, s string) {
		if s != "" {
			b.AppendText(col, s)
		}
	}
	text(schemas.DiffBillingAccountId, string(c.Account))
	text(schemas.DiffBillingCurrency, string(c.Currency))
	text(schemas.DiffChargeCategory, string(c.Category))
	text(schemas.DiffChargeClass, string(c.Class))
	text(schemas.DiffChargeDescription, c.Description)
	b.AppendTime(schemas.DiffChargePeriodStart, c.Start)
	b.AppendTime(schemas.DiffChargePeriodEnd, c.End)
	text(schemas.DiffPricingUnit, c.Unit)
	text(schemas.DiffRegionId, c.Region)
	text(schemas.DiffSkuId, string(c.SKU))
	text(schemas.DiffChange, string(d.Kind()))
	text(schemas.DiffOfferingId, string(c.Offering))
	text(schemas.DiffPriceId, string(c.Price))
	text(schemas.DiffSubscriptionId, string(c.Subscription))
	text(schemas.DiffMeterId, string(c.Meter))
	text(schemas.DiffMeterGroup, c.Group)
	text(schemas.DiffModel, c.Model)
	text(schemas.DiffCorrectedPeriod, string(c.Corrects))
	text(schemas.DiffProviderCurrency, string(c.Provider))
	w.side(d.Before, [...]int{
		schemas.DiffChargeIdBefore, schemas.DiffPriceVersionBefore, schemas.DiffQuantityBefore, schemas.DiffBilledCostBefore,
		schemas.DiffBilledValueBefore, schemas.DiffPeerCostBefore,
	})
	w.side(d.After, [...]int{
		schemas.DiffChargeIdAfter, schemas.DiffPriceVersionAfter, schemas.DiffQuantityAfter, schemas.DiffBilledCostAfter,
		schemas.DiffBilledValueAfter, schemas.DiffPeerCostAfter,
	})
	for _, x := range [...]struct {
		col           int
		after, before money.Fixed
	}{
		{schemas.DiffBilledCostDifference, d.after().Amount, d.before().Amount},
		{schemas.DiffBilledValueDifference, d.after().Value, d.before().Value},
	} {
		difference, err := x.after.Sub(x.before)
		if err != nil {
			return fmt.Errorf("charge %s: %w", c.ID, err)
		}
		b.AppendDecimal(x.col, difference)
	}
	if err := b.EndRow(); err != nil {
		return err
	}
	if b.Rows < writtenRows {
		return nil
	}
	err := w.to.Append(b)
	b.Reset()
	return err
}

// side fills the columns of one run: identifier, version, quantity, amount, value and cost.
func (w *Writer) side(c *Charge, to [6]int) {
	if c == nil {
		return
	}
	w.batch.AppendText(to[0], string(c.ID))
	if c.Version != "" {
		w.batch.AppendText(to[1], c.Version)
	}
	w.batch.AppendDecimal(to[3], c.Amount)
	for _, x := range [...]struct {
		has bool
		col int
		f   money.Fixed
	}{{c.HasQuantity, to[2], c.Quantity}, {c.HasValue, to[4], c.Value}, {c.HasCost, to[5], c.Cost}} {
		if x.has {
			w.batch.AppendDecimal(x.col, x.f)
		}
	}
}

// Close ends the file, and returns how many rows it has.
func (w *Writer) Close() (int64, error) {
	if err := w.to.Append(w.batch); err != nil {
		return 0, err
	}
	stats, err := w.to.Close()
	return stats.Rows, err
}
