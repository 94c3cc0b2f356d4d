package compare

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/rating"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Whether what is wrong with a bill is in what a customer is charged is found when so many discrepancies are known: their accounts'
// usage is read once more, and each row that is wrong is found in its charge, as each meter takes it.

// mostPending is how many discrepancies are held for that.
const mostPending = 1 << 16

// reached says of discrepancies what of them is in what customers are charged, and writes them.
type reached struct {
	*detailing
	to      *rows.DiscrepancyWriter
	plan    *rating.Plan
	pending []peerbill.Discrepancy
	// wrong are the rows of pending discrepancies, and of whom accounts have some, by what they are.
	wrong map[bills.BillRow]int
	of    map[schemas.AccountID]bool
	// sold are the accounts' charges of usage, parts what these hold, and hits the wrong rows among it.
	sold  map[soldKey][]sold
	parts map[partKey]*part
	hits  []hit
	takes map[string][]rating.Take
	key   []byte
}

// soldKey is what meters take of an account's usage for one group.
type soldKey struct {
	account schemas.AccountID
	meter   schemas.MeterID
	group   string
}

// sold is a charge of usage.
type sold struct {
	draft, unit string
	start, end  int64
	rows        int64
	quantity    money.Decimal
	amount      money.Decimal
	currency    money.Currency
	ofCost      bool
}

// partKey is one charge's part of it: from when on, and in which currency the peer bills it.
type partKey struct {
	soldKey
	start    int64
	currency string
}

// part adds up what a charge holds: what its meter takes, and what the peer charges.
type part struct {
	key         partKey
	rows        int64
	value, cost money.Decimal
	ofCost      bool // value is what the peer charges
}

// hit is a wrong row in a charge.
type hit struct {
	of          int // which discrepancy's
	in          *part
	value, cost money.Decimal
}

func newReached(d *detailing, to *rows.DiscrepancyWriter) *reached {
	r := &reached{detailing: d, to: to}
	r.clear()
	return r
}

func (r *reached) clear() {
	r.pending, r.hits = r.pending[:0], r.hits[:0]
	r.wrong, r.of = map[bills.BillRow]int{}, map[schemas.AccountID]bool{}
	r.sold, r.parts, r.takes = map[soldKey][]sold{}, map[partKey]*part{}, map[string][]rating.Take{}
}

// add takes a discrepancy, and the rows of the bill that it is of.
func (r *reached) add(ctx context.Context, x *peerbill.Discrepancy, at []bills.BillRow) error {
	if len(r.pending) == mostPending {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	r.pending = append(r.pending, *x)
	_, cost := bills.WrongPart(x, true)
	if _, quantity := bills.WrongPart(x, false); x.Account == "" || !cost && !quantity {
		return nil
	}
	for _, row := range at {
		r.wrong[row] = len(r.pending) - 1
		r.of[x.Account] = true
	}
	return nil
}

// flush finds what of the discrepancies at hand is in charges, and writes them.
func (r *reached) flush(ctx context.Context) error {
	if len(r.wrong) > 0 {
		if err := r.find(ctx); err != nil {
			return err
		}
	}
	for i := range r.pending {
		x := &r.pending[i]
		if !x.Note && x.Reached == "" {
			x.Reached = peerbill.NotReached
		}
		if f, ok := bills.DiscrepancyFinding(x); ok {
			r.found.Add(f)
		}
		if err := r.to.Add(x); err != nil {
			return err
		}
	}
	r.clear()
	return nil
}

func (r *reached) find(ctx context.Context) error {
	var err error
	if r.plan, err = rate.PlanOf(ctx, r.in); err != nil {
		return err
	}
	charged, err := r.in.Results(ctx, "rate/shard")
	if err != nil {
		return err
	}
	err = run.EachOutput(charged, schemas.Charges.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, r.in.Store(), o.Key, &schemas.Charges, soldColumns, r.addCharges)
	})
	if err != nil {
		return err
	}
	for _, list := range r.sold {
		slices.SortStableFunc(list, func(a, b sold) int { return cmp.Compare(a.start, b.start) })
	}
	columns := slices.Concat(rate.RatingColumns(r.in.Book(), r.plan), []int{schemas.UseObjectKey, schemas.UseObjectRow})
	err = run.EachOutput(r.usage, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, r.in.Store(), o.Key, &schemas.Usage, columns, r.addUsage)
	})
	if err != nil {
		return err
	}
	for i := range r.hits {
		if err := r.hit(&r.hits[i]); err != nil {
			return err
		}
	}
	return nil
}

// soldColumns are those of charges that say what rows they hold, and what these cost.
var soldColumns = []int{
	schemas.ChargeBillingAccountId, schemas.ChargeMeterId, schemas.ChargeMeterGroup, schemas.ChargeChargePeriodStart, schemas.ChargeChargePeriodEnd,
	schemas.ChargeConsumedQuantity, schemas.ChargeConsumedUnit, schemas.ChargeExactCost, schemas.ChargeBillingCurrency, schemas.ChargeDraftInvoiceId, schemas.ChargeUsageRows,
	schemas.ChargeCorrectedPeriod, schemas.ChargeModel,
}

// addCharges keeps the accounts' charges of the period's usage.
func (r *reached) addCharges(b *dataset.Batch) error {
	text := func(col, i int) string { return string(b.Columns[col].TextAt(i)) }
	for i := range b.Rows {
		account := schemas.AccountID(b.Columns[schemas.ChargeBillingAccountId].TextAt(i))
		if !r.of[account] || b.Columns[schemas.ChargeUsageRows].Ints[i] == 0 || !b.Columns[schemas.ChargeCorrectedPeriod].IsNull(i) {
			continue
		}
		amount, err := money.ParseDecimal(text(schemas.ChargeExactCost, i))
		if err != nil {
			return fmt.Errorf("the amount of a charge of account %s: %w", account, err)
		}
		k := soldKey{account, schemas.MeterID(text(schemas.ChargeMeterId, i)), text(schemas.ChargeMeterGroup, i)}
		r.sold[k] = append(r.sold[k], sold{
			draft: text(schemas.ChargeDraftInvoiceId, i), unit: text(schemas.ChargeConsumedUnit, i),
			start: b.Columns[schemas.ChargeChargePeriodStart].Ints[i], end: b.Columns[schemas.ChargeChargePeriodEnd].Ints[i],
			rows: b.Columns[schemas.ChargeUsageRows].Ints[i], quantity: decimalOrZero(b, schemas.ChargeConsumedQuantity, i), amount: amount,
			currency: money.Currency(text(schemas.ChargeBillingCurrency, i)), ofCost: rating.PricesCost(schemas.Model(text(schemas.ChargeModel, i))),
		})
	}
	return nil
}

// addUsage adds the accounts' usage up by charge, and keeps the rows that are wrong.
func (r *reached) addUsage(b *dataset.Batch) error {
	accounts := &b.Columns[schemas.UseAccountId]
	for i := range b.Rows {
		if accounts.IsNull(i) || !r.of[schemas.AccountID(accounts.TextAt(i))] {
			continue
		}
		peer := !b.Columns[schemas.UsePeerId].IsNull(i)
		at := -1
		if peer {
			row := bills.BillRow{Object: string(b.Columns[schemas.UseObjectKey].TextAt(i)), Row: b.Columns[schemas.UseObjectRow].Ints[i]}
			if n, wrong := r.wrong[row]; wrong {
				at = n
			}
		}
		for _, take := range r.takesOf(b, i) {
			if err := r.take(b, i, &take, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// take counts row i in the charge that holds what a meter takes of it; at is the discrepancy that the row is of, below 0 of none.
func (r *reached) take(b *dataset.Batch, i int, take *rating.Take, at int) error {
	k := partKey{soldKey: soldKey{schemas.AccountID(b.Columns[schemas.UseAccountId].TextAt(i)), take.Meter, take.Group}}
	start, ok := startOf(r.sold[k.soldKey], b.Columns[schemas.UseChargePeriodStart].Ints[i])
	if !ok {
		return nil
	}
	value, err := take.Convert(rate.MeasuredAt(b, take.Value, i))
	if err != nil {
		return nil //nolint:nilerr // rating has a finding of what does not convert, and no charge holds it
	}
	k.start = start
	var cost money.Decimal
	if take.Cost >= 0 {
		k.currency = string(b.Columns[schemas.UseBillingCurrency].TextAt(i))
		cost = rate.MeasuredAt(b, take.Cost, i).Decimal()
	}
	p := r.parts[k]
	if p == nil {
		p = &part{key: k, ofCost: take.OfCost}
		r.parts[k] = p
	}
	p.rows, p.value, p.cost = p.rows+1, p.value.Add(value.Decimal()), p.cost.Add(cost)
	if at >= 0 {
		r.hits = append(r.hits, hit{at, p, value.Decimal(), cost})
	}
	return nil
}

// startOf is when the charge begins that holds what starts at an instant; what is outside of all counts with the nearer.
func startOf(list []sold, at int64) (int64, bool) {
	if len(list) == 0 {
		return 0, false
	}
	first, last := list[0].start, list[len(list)-1].end
	at = min(max(at, first), last-1)
	for _, s := range slices.Backward(list) {
		if s.start <= at {
			return s.start, at < s.end
		}
	}
	return 0, false
}

// takesOf is what meters take of row i.
func (r *reached) takesOf(b *dataset.Batch, i int) []rating.Take {
	r.key = r.key[:0]
	for _, col := range r.plan.Columns() {
		r.key = append(append(r.key, b.Columns[col].TextAt(i)...), 0)
	}
	found, ok := r.takes[string(r.key)]
	if !ok {
		var texts []string
		for _, col := range r.plan.Columns() {
			texts = append(texts, string(b.Columns[col].TextAt(i)))
		}
		found = r.plan.Sums(texts)
		r.takes[string(r.key)] = found
	}
	return found
}

// hit adds the part of a charge that a wrong row makes to its discrepancy.
func (r *reached) hit(h *hit) error {
	p, x := h.in, &r.pending[h.of]
	charge := chargeOf(r.sold[p.key.soldKey], p)
	if charge == nil {
		return nil
	}
	ofCost := p.ofCost || charge.ofCost
	wrong, some := bills.WrongPart(x, ofCost)
	value, whole := h.value, p.value
	if ofCost && !p.ofCost {
		value, whole = h.cost, p.cost
	}
	if !some || whole.IsZero() {
		return nil
	}
	amount, err := money.MulDivRound(charge.amount.Mul(value), wrong.Num, whole.Mul(wrong.Den), money.Scale, money.HalfEven)
	if err != nil || amount.IsZero() {
		return err
	}
	x.Reached, x.Draft, x.ReachedCurrency = peerbill.ReachedCustomer, charge.draft, charge.currency
	x.ReachedAmount = x.ReachedAmount.Add(amount)
	return nil
}

// chargeOf finds the charge of a part: charges that differ by the peers' currency alone are told by it, or by what they hold.
func chargeOf(list []sold, p *part) *sold {
	var found *sold
	for i := range list {
		switch s := &list[i]; {
		case s.start != p.key.start, p.ofCost && s.unit != p.key.currency:
		case found == nil || s.rows == p.rows && s.quantity.Equal(p.value):
			found = s
		}
	}
	return found
}

// decimalOrZero is the number in a column, 0 where it is null.
func decimalOrZero(b *dataset.Batch, col, i int) (d money.Decimal) {
	if v := &b.Columns[col]; !v.IsNull(i) {
		d = v.Decs[i].Decimal()
	}
	return d
}
