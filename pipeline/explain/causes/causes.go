// Package causes reads what a run says that its corrections are due to. It reckons nothing, and reads the rows of one account.
package causes

import (
	"context"
	"errors"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating/correct"
	"daybook/schemas"
	"daybook/schemas/correction"
	"daybook/schemas/money"
)

// Cause is a part of a correction, and what is behind it: objects and rows, or files and lines of the book.
type Cause struct {
	Cause    correction.Cause `json:"cause"`
	Amount   money.Decimal    `json:"amount"`
	Currency money.Currency   `json:"currency"`
	Evidence string           `json:"evidence,omitempty"`
}

// Of are the causes of a correction in a run, in the order in which they are told; they add up to it. A run of before causes were told
// has none.
func Of(ctx context.Context, s store.Store, m *run.Manifest, c *schemas.Charge) (out []Cause, err error) {
	for _, o := range m.Outputs {
		if o.Dataset != correction.Corrections.Name {
			continue
		}
		file, err := rows.OpenAccounts(ctx, s, o.Key, &correction.Corrections, correction.AccountId, nil)
		if err != nil {
			return nil, err
		}
		err = file.Read(c.Account, func(b *dataset.Batch, from, to int) error {
			for i := from; i < to; i++ {
				if line := lineAt(b, i); line.Corrects == c.Corrects && (correct.SameLine(c, line) || correct.SameLine(line, c)) {
					out = append(out, causesAt(b, i)...)
				}
			}
			return nil
		})
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lineAt is the line of row i, as a charge of it.
func lineAt(b *dataset.Batch, i int) *schemas.Charge {
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	at := func(col int) int64 { return b.Columns[col].Ints[i] }
	return &schemas.Charge{
		Account: schemas.AccountID(text(correction.AccountId)), Corrects: schemas.Period(text(correction.CorrectedPeriod)),
		Subscription: schemas.SubscriptionID(text(correction.SubscriptionId)), Offering: schemas.OfferingID(text(correction.OfferingId)),
		Price: schemas.PriceID(text(correction.PriceId)), Meter: schemas.MeterID(text(correction.MeterId)), Group: text(correction.MeterGroup),
		Category: schemas.ChargeCategory(text(correction.ChargeCategory)), Description: text(correction.ChargeDescription),
		Currency: money.Currency(text(correction.BillingCurrency)),
		Start:    rows.TimeOf(at(correction.ChargePeriodStart)), End: rows.TimeOf(at(correction.ChargePeriodEnd)),
	}
}

// causesAt are those of row i.
func causesAt(b *dataset.Batch, i int) (out []Cause) {
	left := b.Columns[correction.EvidenceText].StringAt(i)
	for n, cause := range correction.Causes() {
		x := Cause{Cause: cause, Amount: b.Columns[correction.ByCode+n].Decs[i].Decimal(), Currency: money.Currency(b.Columns[correction.BillingCurrency].StringAt(i))}
		if x.Amount.IsZero() {
			continue
		}
		if of, is := strings.CutPrefix(left, string(cause)+": "); is {
			x.Evidence, left = of, ""
			for _, next := range correction.Causes()[n+1:] {
				if before, after, more := strings.Cut(of, "; "+string(next)+": "); more {
					x.Evidence, left = before, string(next)+": "+after
					break
				}
			}
		}
		out = append(out, x)
	}
	return out
}
