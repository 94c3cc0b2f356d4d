package rows

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// DiscrepancyWriter lays discrepancies out and hands them on batch by batch.
type DiscrepancyWriter struct {
	w     RowWriter
	write func(*dataset.Batch) error
}

// NewDiscrepancyWriter returns a writer to write, which gets a batch that is valid during the call.
func NewDiscrepancyWriter(write func(*dataset.Batch) error) *DiscrepancyWriter {
	return &DiscrepancyWriter{RowWriter{Batch: dataset.NewBatch(&peerbill.Discrepancies)}, write}
}

// Add writes a discrepancy.
func (d *DiscrepancyWriter) Add(x *peerbill.Discrepancy) error {
	w := &d.w
	w.Batch.AppendText(peerbill.DiscDiscrepancyId, x.ID)
	w.Text(peerbill.DiscBillingPeriod, string(x.Period))
	w.Text(peerbill.DiscPeerId, string(x.Peer))
	w.Text(peerbill.DiscContractId, string(x.Contract))
	w.Text(peerbill.DiscServiceName, x.Service)
	w.Text(peerbill.DiscSkuId, string(x.SKU))
	w.Text(peerbill.DiscRegionId, x.Region)
	w.Text(peerbill.DiscAccountId, string(x.Account))
	w.Text(peerbill.DiscResourceId, x.Resource)
	w.Text(peerbill.DiscDay, x.Day.String())
	w.Text(peerbill.DiscClass, string(x.Class))
	w.Text(peerbill.DiscNote, yes(x.Note))
	w.Text(peerbill.DiscTolerated, yes(x.Tolerated))
	w.decimal(peerbill.DiscMeteredQuantity, x.Metered)
	w.decimal(peerbill.DiscBilledQuantity, x.Billed)
	w.Text(peerbill.DiscUnit, x.Unit)
	w.decimal(peerbill.DiscExpected, x.Expected)
	w.decimal(peerbill.DiscActual, x.Actual)
	w.Batch.AppendText(peerbill.DiscCurrency, string(x.Currency))
	w.decimal(peerbill.DiscBilledCost, x.ActualBilled)
	w.Batch.AppendText(peerbill.DiscBillingCurrency, string(x.BilledCurrency))
	w.decimal(peerbill.DiscAmount, x.Amount)
	w.decimal(peerbill.DiscUsageEffect, x.UsageEffect)
	w.decimal(peerbill.DiscRateEffect, x.RateEffect)
	w.decimal(peerbill.DiscOtherEffect, x.OtherEffect)
	w.Batch.AppendInt(peerbill.DiscBillRows, x.BillRows)
	if x.Object != "" {
		w.Text(peerbill.DiscObjectKey, x.Object)
		w.Batch.AppendInt(peerbill.DiscObjectRow, x.Row)
	}
	w.Text(peerbill.DiscInvoiceId, x.Invoice)
	w.Text(peerbill.DiscReached, string(x.Reached))
	if x.Reached == peerbill.ReachedCustomer {
		w.Text(peerbill.DiscDraftInvoiceId, x.Draft)
		w.decimal(peerbill.DiscReachedAmount, x.ReachedAmount)
		w.Text(peerbill.DiscReachedCurrency, string(x.ReachedCurrency))
	}
	if err := w.Batch.EndRow(); err != nil {
		return err
	}
	if w.err == nil && w.Batch.Rows == batchRows {
		return d.Flush()
	}
	return w.err
}

// Flush writes what has not been written.
func (d *DiscrepancyWriter) Flush() error {
	if d.w.err != nil || d.w.Batch.Rows == 0 {
		return d.w.err
	}
	err := d.write(d.w.Batch)
	d.w.Batch.Reset()
	return err
}

// ReadDiscrepancies calls each for every discrepancy of a file. What each gets is valid until it returns.
func ReadDiscrepancies(ctx context.Context, s store.Store, key string, each func(*peerbill.Discrepancy) error) error {
	return ScanTable(ctx, s, key, &peerbill.Discrepancies, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			x, err := DiscrepancyAt(b, i)
			if err != nil {
				return fmt.Errorf("%s, row %d: %w", key, i+1, err)
			}
			if err := each(&x); err != nil {
				return err
			}
		}
		return nil
	})
}

// DiscrepancyAt is row i of a batch of discrepancies.
func DiscrepancyAt(b *dataset.Batch, i int) (peerbill.Discrepancy, error) {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	decimal := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
	x := peerbill.Discrepancy{
		ID: text(peerbill.DiscDiscrepancyId), Period: schemas.Period(text(peerbill.DiscBillingPeriod)), Peer: schemas.PeerID(text(peerbill.DiscPeerId)),
		Contract: schemas.ContractID(text(peerbill.DiscContractId)), Service: text(peerbill.DiscServiceName), SKU: schemas.SKU(text(peerbill.DiscSkuId)),
		Region: text(peerbill.DiscRegionId), Account: schemas.AccountID(text(peerbill.DiscAccountId)), Resource: text(peerbill.DiscResourceId),
		Class: peerbill.Class(text(peerbill.DiscClass)), Note: text(peerbill.DiscNote) == "yes", Tolerated: text(peerbill.DiscTolerated) == "yes",
		Metered: decimal(peerbill.DiscMeteredQuantity), Billed: decimal(peerbill.DiscBilledQuantity), Unit: text(peerbill.DiscUnit),
		Expected: decimal(peerbill.DiscExpected), Actual: decimal(peerbill.DiscActual), Currency: money.Currency(text(peerbill.DiscCurrency)),
		ActualBilled: decimal(peerbill.DiscBilledCost), BilledCurrency: money.Currency(text(peerbill.DiscBillingCurrency)),
		Amount: decimal(peerbill.DiscAmount), UsageEffect: decimal(peerbill.DiscUsageEffect), RateEffect: decimal(peerbill.DiscRateEffect),
		OtherEffect: decimal(peerbill.DiscOtherEffect), BillRows: b.Columns[peerbill.DiscBillRows].Ints[i],
	}
	if v := &b.Columns[peerbill.DiscObjectKey]; !v.IsNull(i) {
		x.Object, x.Row = text(peerbill.DiscObjectKey), b.Columns[peerbill.DiscObjectRow].Ints[i]
	}
	x.Invoice = text(peerbill.DiscInvoiceId)
	if x.Reached = peerbill.Reach(text(peerbill.DiscReached)); x.Reached == peerbill.ReachedCustomer {
		x.Draft, x.ReachedAmount = text(peerbill.DiscDraftInvoiceId), decimal(peerbill.DiscReachedAmount)
		x.ReachedCurrency = money.Currency(text(peerbill.DiscReachedCurrency))
	}
	var err error
	x.Day, err = schemas.ParseDate(text(peerbill.DiscDay))
	return x, err
}

// PeerBillAt is row i of a batch of peers' bills.
func PeerBillAt(b *dataset.Batch, i int) *peerbill.Bill {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	decimal := func(col int) money.Decimal { return b.Columns[col].Decs[i].Decimal() }
	return &peerbill.Bill{
		Period: schemas.Period(text(peerbill.BillBillingPeriod)), Peer: schemas.PeerID(text(peerbill.BillPeerId)),
		Contract: schemas.ContractID(text(peerbill.BillContractId)), BilledCurrency: money.Currency(text(peerbill.BillBillingCurrency)),
		Billed: decimal(peerbill.BillBilledCost), BillRows: b.Columns[peerbill.BillBillRows].Ints[i], Currency: money.Currency(text(peerbill.BillCurrency)),
		Actual: decimal(peerbill.BillActual), Expected: decimal(peerbill.BillExpected), Disputed: decimal(peerbill.BillDisputed),
		Tolerated: decimal(peerbill.BillTolerated), Rounding: decimal(peerbill.BillRounding), Rolled: decimal(peerbill.BillRolled),
		SafeToPay: decimal(peerbill.BillSafeToPay), Withheld: decimal(peerbill.BillWithheld), Accrued: decimal(peerbill.BillAccrued),
		LaterBilled: decimal(peerbill.BillLaterBilled), LaterAccrued: decimal(peerbill.BillLaterAccrued),
		Discrepancies: b.Columns[peerbill.BillDiscrepancies].Ints[i],
	}
}

// AppendPeerBills writes peers' bills in batches.
func AppendPeerBills(rows []peerbill.Bill, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &peerbill.Bills, write, func(w *RowWriter, i int) {
		r := &rows[i]
		w.Text(peerbill.BillBillingPeriod, string(r.Period))
		w.Text(peerbill.BillPeerId, string(r.Peer))
		w.Text(peerbill.BillContractId, string(r.Contract))
		w.Batch.AppendText(peerbill.BillBillingCurrency, string(r.BilledCurrency))
		w.decimal(peerbill.BillBilledCost, r.Billed)
		w.Batch.AppendInt(peerbill.BillBillRows, r.BillRows)
		w.Batch.AppendText(peerbill.BillCurrency, string(r.Currency))
		w.decimal(peerbill.BillActual, r.Actual)
		w.decimal(peerbill.BillExpected, r.Expected)
		w.decimal(peerbill.BillDisputed, r.Disputed)
		w.decimal(peerbill.BillTolerated, r.Tolerated)
		w.decimal(peerbill.BillRounding, r.Rounding)
		w.decimal(peerbill.BillRolled, r.Rolled)
		w.decimal(peerbill.BillSafeToPay, r.SafeToPay)
		w.decimal(peerbill.BillWithheld, r.Withheld)
		w.decimal(peerbill.BillAccrued, r.Accrued)
		w.decimal(peerbill.BillLaterBilled, r.LaterBilled)
		w.decimal(peerbill.BillLaterAccrued, r.LaterAccrued)
		w.Batch.AppendInt(peerbill.BillDiscrepancies, r.Discrepancies)
	})
}

// AppendPeerInvoices writes peers' invoices in batches.
func AppendPeerInvoices(rows []peerbill.Invoice, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &peerbill.Invoices, write, func(w *RowWriter, i int) {
		r := &rows[i]
		w.Text(peerbill.InvBillingPeriod, string(r.Period))
		w.Text(peerbill.InvPeerId, string(r.Peer))
		w.Text(peerbill.InvInvoiceId, r.Number)
		w.Text(peerbill.InvBillingCurrency, string(r.Currency))
		w.Text(peerbill.InvIssued, dayText(r.Issued))
		w.Text(peerbill.InvDue, dayText(r.Due))
		w.decimal(peerbill.InvInvoiced, r.Invoiced)
		w.Batch.AppendInt(peerbill.InvLines, r.Lines)
		w.decimal(peerbill.InvDetail, r.Detail)
		w.Batch.AppendInt(peerbill.InvDetailRows, r.DetailRows)
		w.decimal(peerbill.InvDifference, r.Difference)
	})
}
