package rows

import (
	"strings"

	"daybook/pipeline/dataset"
	"daybook/schemas/correction"
)

// EachCorrection writes the rows that each adds in batches of correction.Corrections.
func EachCorrection(write func(*dataset.Batch) error, each func(add func(*correction.Row) error) error) error {
	return inTurn(&correction.Corrections, write, func(add func(func(*RowWriter)) error) error {
		return each(func(r *correction.Row) error { return add(func(w *RowWriter) { w.correction(r) }) })
	})
}

func (w *RowWriter) correction(r *correction.Row) {
	w.Text(correction.BillingPeriod, string(r.Period))
	w.Text(correction.CorrectedPeriod, string(r.Corrects))
	w.Text(correction.BasisRun, string(r.Basis))
	w.Text(correction.AccountId, string(r.Account))
	w.Text(correction.SubscriptionId, string(r.Subscription))
	w.Text(correction.OfferingId, string(r.Offering))
	w.Text(correction.PriceId, string(r.Price))
	w.Text(correction.PriceVersion, r.Version)
	w.Text(correction.MeterId, string(r.Meter))
	w.Text(correction.MeterGroup, r.Group)
	w.Text(correction.ChargeCategory, string(r.Category))
	w.Text(correction.ChargeDescription, r.Description)
	w.Batch.AppendTime(correction.ChargePeriodStart, r.Start.UnixMicro())
	w.Batch.AppendTime(correction.ChargePeriodEnd, r.End.UnixMicro())
	w.Text(correction.BillingCurrency, string(r.Currency))
	w.decimal(correction.IssuedCost, r.Issued)
	w.decimal(correction.CorrectedCost, r.Corrected)
	w.decimal(correction.RightCost, r.RightNow)
	w.decimal(correction.DifferenceCost, r.Difference)
	for i := range correction.Causes() {
		w.decimal(correction.ByCode+i, r.By[i])
	}
	w.Text(correction.EvidenceText, strings.Join(r.Evidence, "; "))
}
