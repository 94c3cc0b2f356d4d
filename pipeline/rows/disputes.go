package rows

import (
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// dayText is a day as datasets have it; empty for none.
func dayText(d schemas.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// AppendDisputes writes how disputes stand in batches.
func AppendDisputes(rows []dispute.Standing, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &dispute.Disputes, write, func(w *RowWriter, i int) {
		s := &rows[i]
		w.Text(dispute.DispDisputeId, s.ID)
		w.Text(dispute.DispBillingPeriod, string(s.Period))
		w.Text(dispute.DispBillPeriod, string(s.Bill))
		w.Text(dispute.DispPeerId, string(s.Peer))
		w.Text(dispute.DispContractId, string(s.Contract))
		w.Text(dispute.DispInvoiceId, s.Invoice)
		w.Text(dispute.DispState, string(s.State))
		w.Text(dispute.DispCurrency, string(s.Currency))
		for _, x := range disputeAmounts {
			w.decimal(x.col, *x.of(s))
		}
		for _, x := range disputeDays {
			w.Text(x.col, dayText(*x.of(s)))
		}
		w.Text(dispute.DispBy, s.By)
		w.Text(dispute.DispReason, s.Reason)
		w.Text(dispute.DispAnswer, s.Answer)
		w.Text(dispute.DispWrittenOffBy, s.GivenUpBy)
		w.Text(dispute.DispWrittenOffReason, s.GivenUpReason)
	})
}

var disputeAmounts = []struct {
	col int
	of  func(*dispute.Standing) *money.Decimal
}{
	{dispute.DispDetected, func(s *dispute.Standing) *money.Decimal { return &s.Detected }},
	{dispute.DispUnraised, func(s *dispute.Standing) *money.Decimal { return &s.Unraised }},
	{dispute.DispRaised, func(s *dispute.Standing) *money.Decimal { return &s.Claimed }},
	{dispute.DispAccepted, func(s *dispute.Standing) *money.Decimal { return &s.Accepted }},
	{dispute.DispRejected, func(s *dispute.Standing) *money.Decimal { return &s.Rejected }},
	{dispute.DispOpen, func(s *dispute.Standing) *money.Decimal { return &s.Open }},
	{dispute.DispCredited, func(s *dispute.Standing) *money.Decimal { return &s.Credited }},
	{dispute.DispCreditedNow, func(s *dispute.Standing) *money.Decimal { return &s.CreditedNow }},
	{dispute.DispWrittenOff, func(s *dispute.Standing) *money.Decimal { return &s.GivenUp }},
}

var disputeDays = []struct {
	col int
	of  func(*dispute.Standing) *schemas.Date
}{
	{dispute.DispRaisedOn, func(s *dispute.Standing) *schemas.Date { return &s.RaisedOn }},
	{dispute.DispRaiseBy, func(s *dispute.Standing) *schemas.Date { return &s.RaiseBy }},
	{dispute.DispAnswerBy, func(s *dispute.Standing) *schemas.Date { return &s.AnswerBy }},
	{dispute.DispCreditBy, func(s *dispute.Standing) *schemas.Date { return &s.CreditBy }},
	{dispute.DispWrittenOffOn, func(s *dispute.Standing) *schemas.Date { return &s.GivenUpOn }},
	{dispute.DispAnsweredOn, func(s *dispute.Standing) *schemas.Date { return &s.Answered }},
}

// ReadDisputes calls each for every row of a file of disputes. What each gets is valid until it returns.
func ReadDisputes(ctx context.Context, s store.Store, key string, each func(*dispute.Standing) error) error {
	return ScanTable(ctx, s, key, &dispute.Disputes, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
			d := dispute.Standing{
				ID: text(dispute.DispDisputeId), Period: schemas.Period(text(dispute.DispBillingPeriod)), Bill: schemas.Period(text(dispute.DispBillPeriod)),
				Peer: schemas.PeerID(text(dispute.DispPeerId)), Contract: schemas.ContractID(text(dispute.DispContractId)), Invoice: text(dispute.DispInvoiceId),
				State: dispute.State(text(dispute.DispState)), Currency: money.Currency(text(dispute.DispCurrency)), By: text(dispute.DispBy),
				Reason: text(dispute.DispReason), Answer: text(dispute.DispAnswer), GivenUpBy: text(dispute.DispWrittenOffBy), GivenUpReason: text(dispute.DispWrittenOffReason),
			}
			for _, x := range disputeAmounts {
				*x.of(&d) = b.Columns[x.col].Decs[i].Decimal()
			}
			for _, x := range disputeDays {
				if day := text(x.col); day != "" {
					var err error
					if *x.of(&d), err = schemas.ParseDate(day); err != nil {
						return fmt.Errorf("%s, row %d: %w", key, i+1, err)
					}
				}
			}
			if err := each(&d); err != nil {
				return err
			}
		}
		return nil
	})
}
