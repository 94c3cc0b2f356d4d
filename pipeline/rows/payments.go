package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// EachPayment writes the rows that each adds, of a period, in batches of payment.Payments.
func EachPayment(p schemas.Period, write func(*dataset.Batch) error, each func(add func(*payment.Row) error) error) error {
	return inTurn(&payment.Payments, write, func(add func(func(*RowWriter)) error) error {
		return each(func(r *payment.Row) error { return add(func(w *RowWriter) { w.payment(p, r) }) })
	})
}

func (w *RowWriter) payment(p schemas.Period, r *payment.Row) {
	w.Text(payment.Period, string(p))
	w.Text(payment.ID, r.ID())
	w.Text(payment.KindOf, string(r.Kind))
	w.Text(payment.SourceId, string(r.Source))
	w.Text(payment.ObjectKey, r.Object)
	w.Batch.AppendInt(payment.ObjectRow, r.Number)
	w.Text(payment.AccountIBAN, r.Account)
	w.Text(payment.StatementId, r.Statement)
	if r.Sequence != 0 {
		w.Batch.AppendInt(payment.StatementNumber, r.Sequence)
	}
	w.Text(payment.BankReference, r.Reference)
	if r.Part != 0 {
		w.Batch.AppendInt(payment.EntryPart, r.Part)
	}
	w.Text(payment.BookedOn, dayText(r.Booked))
	w.Text(payment.ValuedOn, dayText(r.Valued))
	w.decimal(payment.AmountOf, r.Amount)
	w.Text(payment.CurrencyOf, string(r.Currency))
	if r.Reversal {
		w.Text(payment.IsReversal, "yes")
	}
	w.Text(payment.ReturnReason, r.Return)
	w.Text(payment.PartyName, r.Party)
	w.Text(payment.PartyIBAN, r.PartyAccount)
	w.Text(payment.StructuredReference, r.Structured)
	w.Text(payment.EndToEndId, r.EndToEnd)
	w.Text(payment.DocumentNumber, r.Document)
	w.Text(payment.RemittanceText, r.Text)
	w.decimal(payment.ChargesOf, r.Charges)
	if r.InstructedCurrency != "" {
		w.decimal(payment.InstructedAmount, r.Instructed)
	}
	w.Text(payment.InstructedIn, string(r.InstructedCurrency))
	w.optional(payment.OpeningBalance, r.Opening)
	w.optional(payment.ClosingBalance, r.Closing)
}

// ReadPayments calls each for every row of a file of payment.Payments, in its order. What each gets is valid until it returns.
func ReadPayments(ctx context.Context, s store.Store, key string, each func(*payment.Row) error) error {
	return ScanTable(ctx, s, key, &payment.Payments, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			r, err := paymentAt(b, i)
			if err != nil {
				return err
			}
			if err := each(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

func paymentAt(b *dataset.Batch, i int) (payment.Row, error) {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	count := func(col int) int64 {
		if v := &b.Columns[col]; !v.IsNull(i) {
			return v.Ints[i]
		}
		return 0
	}
	number := func(col int) *money.Decimal {
		if v := &b.Columns[col]; !v.IsNull(i) {
			d := v.Decs[i].Decimal()
			return &d
		}
		return nil
	}
	zero := func(d *money.Decimal) money.Decimal {
		if d == nil {
			return money.Zero
		}
		return *d
	}
	r := payment.Row{
		Kind: payment.Kind(text(payment.KindOf)), Source: schemas.SourceID(text(payment.SourceId)), Object: text(payment.ObjectKey), Number: count(payment.ObjectRow),
		Account: text(payment.AccountIBAN), Statement: text(payment.StatementId), Sequence: count(payment.StatementNumber), Reference: text(payment.BankReference),
		Part: count(payment.EntryPart), Amount: zero(number(payment.AmountOf)), Currency: money.Currency(text(payment.CurrencyOf)), Reversal: text(payment.IsReversal) != "",
		Return: text(payment.ReturnReason), Party: text(payment.PartyName), PartyAccount: text(payment.PartyIBAN), Structured: text(payment.StructuredReference),
		EndToEnd: text(payment.EndToEndId), Document: text(payment.DocumentNumber), Text: text(payment.RemittanceText), Charges: zero(number(payment.ChargesOf)),
		Instructed: zero(number(payment.InstructedAmount)), InstructedCurrency: money.Currency(text(payment.InstructedIn)),
		Opening: number(payment.OpeningBalance), Closing: number(payment.ClosingBalance),
	}
	var err error
	if r.Booked, err = schemas.ParseDate(text(payment.BookedOn)); err != nil {
		return r, err
	}
	if valued := text(payment.ValuedOn); valued != "" {
		r.Valued, err = schemas.ParseDate(valued)
	}
	return r, err
}
