package diff

import (
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/run"
	"daybook/schemas/money"
)

// Writer lays differences out as Parquet, as Differences. It holds a batch of rows and what the file's row group takes.
type Writer struct {
	to    *parquet.Writer
	batch *dataset.Batch
}

// writtenRows is how many rows a batch has.
const writtenRows = 8192

// NewWriter begins a file of what differs between two runs.
func NewWriter(w io.Writer, before, after *run.Manifest) (*Writer, error) {
	t := &Differences
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
	text(DiffBillingAccountId, string(c.Account))
	text(DiffBillingCurrency, string(c.Currency))
	text(DiffChargeCategory, string(c.Category))
	text(DiffChargeClass, string(c.Class))
	text(DiffChargeDescription, c.Description)
	b.AppendTime(DiffChargePeriodStart, c.Start)
	b.AppendTime(DiffChargePeriodEnd, c.End)
	text(DiffPricingUnit, c.Unit)
	text(DiffRegionId, c.Region)
	text(DiffSkuId, string(c.SKU))
	text(DiffChange, string(d.Kind()))
	text(DiffOfferingId, string(c.Offering))
	text(DiffPriceId, string(c.Price))
	text(DiffSubscriptionId, string(c.Subscription))
	text(DiffMeterId, string(c.Meter))
	text(DiffMeterGroup, c.Group)
	text(DiffModel, c.Model)
	text(DiffCorrectedPeriod, string(c.Corrects))
	text(DiffProviderCurrency, string(c.Provider))
	w.side(d.Before, [...]int{
		DiffChargeIdBefore, DiffPriceVersionBefore, DiffQuantityBefore, DiffBilledCostBefore,
		DiffBilledValueBefore, DiffPeerCostBefore,
	})
	w.side(d.After, [...]int{
		DiffChargeIdAfter, DiffPriceVersionAfter, DiffQuantityAfter, DiffBilledCostAfter,
		DiffBilledValueAfter, DiffPeerCostAfter,
	})
	for _, x := range [...]struct {
		col           int
		after, before money.Fixed
	}{
		{DiffBilledCostDifference, d.after().Amount, d.before().Amount},
		{DiffBilledValueDifference, d.after().Value, d.before().Value},
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
