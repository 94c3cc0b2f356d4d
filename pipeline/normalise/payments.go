package normalise

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/ingest"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/source/bank"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// payments writes what was booked in the period as it came; the rest is out of scope.
func (s *sending) payments(ctx context.Context) (run.Output, error) {
	return s.in.WriteRead(ctx, &payment.Payments, func(write func(*dataset.Batch) error) error {
		return rows.EachPayment(s.in.Period(), write, func(add func(*payment.Row) error) error {
			return s.each(func(obj *run.Object) (ingest.Held, error) { return s.newNormaliser(obj).paid(ctx, s, add) })
		})
	}, func(b *dataset.Batch) error {
		for i := range b.Rows {
			if err := countPayment(&s.control.Banked, b.Columns[payment.CurrencyOf].StringAt(i), b.Columns[payment.AmountOf].Decs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// paid adds those of one object, and returns what it holds of each month where its source adds to what was there.
func (n *normaliser) paid(ctx context.Context, s *sending, add func(*payment.Row) error) (held ingest.Held, err error) {
	holds := map[schemas.Period]dataset.Totals{}
	x, err := open(ctx, n.in.Landing(), n.obj)
	if err != nil {
		return "", err
	}
	defer x.close()
	read, err := bank.Decode(ctx, n.src, bank.Input{Key: n.obj.Key, Body: x.body}, bank.Sink{Finding: n.finding, Row: func(r *payment.Row) error {
		n.seen++
		amount, err := money.FixedFromDecimal(r.Amount)
		if err != nil {
			return err
		}
		in := string(r.Currency)
		if err := countPayment(&n.control.Delivered, in, amount); err != nil {
			return err
		}
		p := r.Booked.Period()
		of := holds[p]
		if err := countPayment(&of, in, amount); err != nil {
			return err
		}
		if holds[p] = of; p != n.in.Period() {
			return countPayment(&n.control.OutOfScope, in, amount)
		}
		return add(r)
	}})
	if err := x.check(err); err != nil {
		return "", n.tooLarge(err)
	}
	n.in.Handled(read)
	if err := n.whole(read, 0); err != nil {
		return "", err
	}
	if n.src.Semantics == schemas.Append {
		if n.obj.Filed == "" {
			n.noteLost(holds)
		}
		if held, err = ingest.HeldOf(holds); err != nil {
			return "", err
		}
	}
	return held, s.control.Merge(&n.control)
}

// countPayment counts a row with its amount. A statement has none.
func countPayment(t *dataset.Totals, currency string, amount money.Fixed) error {
	t.Rows++
	if amount.IsZero() {
		return nil
	}
	return t.AddCost(currency, amount)
}

// surveyPayments is Survey for payments.
func surveyPayments(ctx context.Context, src *schemas.Source, x *opened) (map[schemas.Period]dataset.Totals, error) {
	holds := map[schemas.Period]dataset.Totals{}
	_, err := bank.Decode(ctx, src, bank.Input{Key: x.obj.Key, Body: x.body}, bank.Sink{
		Finding: func(schemas.Finding) error { return nil },
		Row: func(r *payment.Row) error {
			amount, err := money.FixedFromDecimal(r.Amount)
			if err != nil {
				return err
			}
			of := holds[r.Booked.Period()]
			err = countPayment(&of, string(r.Currency), amount)
			holds[r.Booked.Period()] = of
			return err
		},
	})
	return settled(holds, x.check(err))
}
