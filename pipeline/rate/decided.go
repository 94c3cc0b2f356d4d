package rate

import (
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/rating/decided"
	"daybook/schemas"
	"daybook/schemas/money"
)

// decision applies what disputes have decided about records of an account to its rows, as they are added up.
type decision struct {
	month *decided.Month
	// void counts rows that count for nothing, and met all rows by what was decided about them.
	void int64
	met  map[*decided.Row]int64
}

// decidedColumns are those by which a record is known that disputes have decided about.
var decidedColumns = []int{schemas.UseSourceId, schemas.UseRecordId, schemas.UseObjectKey, schemas.UseObjectRow}

// decide looks up what was decided about the account at hand.
func (c *Combos) decide(id schemas.AccountID) {
	c.decision = decision{}
	if month := c.plan.Decided(id); month.AboutRecords() {
		c.decision = decision{month: month, met: map[*decided.Row]int64{}}
	}
}

// Voided is how many rows of the account at hand were left out because they are decided to be void.
func (c *Combos) Voided() int64 { return c.decision.void }

// DecidedAt is what was decided about row i of a batch; nil for nothing.
func DecidedAt(month *decided.Month, b *dataset.Batch, i int) *decided.Row {
	if !month.AboutRecords() {
		return nil
	}
	var row int64
	if v := &b.Columns[schemas.UseObjectRow]; !v.Absent {
		row = v.Ints[i]
	}
	return month.Row(b.Columns[schemas.UseSourceId].TextAt(i), b.Columns[schemas.UseRecordId].TextAt(i), b.Columns[schemas.UseObjectKey].TextAt(i), row)
}

// addDecided is Add for an account about whose records something was decided.
func (c *Combos) addDecided(from, to int) error {
	for from < to {
		at, end := DecidedAt(c.decision.month, c.batch, from), from+1
		if at == nil {
			for end < to && DecidedAt(c.decision.month, c.batch, end) == nil {
				end++
			}
			if err := c.addAs(from, end); err != nil {
				return err
			}
			from = end
			continue
		}
		c.decision.met[at]++
		if at.Void() {
			c.decision.void++
		} else if err := c.addSet(from, at); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// addSet adds a row with other quantities than it says.
func (c *Combos) addSet(i int, at *decided.Row) error {
	defer SetQuantities(c.batch, i, at)()
	return c.addAs(i, i+1)
}

// SetQuantities lets a row have the quantities that were decided about it, if any were, and returns what undoes that.
func SetQuantities(b *dataset.Batch, i int, at *decided.Row) (undo func()) {
	if at == nil {
		return func() {}
	}
	was := [2]dataset.Vector{b.Columns[schemas.UseConsumedQuantity], b.Columns[schemas.UsePricingQuantity]}
	for col, to := range map[int]*money.Fixed{schemas.UseConsumedQuantity: at.Quantity, schemas.UsePricingQuantity: at.Pricing} {
		if to == nil || b.Columns[col].Absent {
			continue
		}
		v := b.Columns[col]
		v.Decs, v.Nulls = slices.Clone(v.Decs), slices.Clone(v.Nulls)
		v.Decs[i] = *to
		if len(v.Nulls) > 0 {
			v.Nulls[i/64] &^= 1 << (i % 64)
		}
		b.Columns[col] = v
	}
	return func() { b.Columns[schemas.UseConsumedQuantity], b.Columns[schemas.UsePricingQuantity] = was[0], was[1] }
}

// noteDecided says how many rows of a period disputes have decided about, and which records they name that are not there.
func noteDecided(id schemas.AccountID, p schemas.Period, d *decision) (out []schemas.Finding) {
	if d.month == nil {
		return nil
	}
	void, other, gone := map[string]int64{}, map[string]int64{}, map[string][]string{}
	for at, n := range d.met {
		if at.Void() {
			void[at.Dispute] += n
		} else {
			other[at.Dispute] += n
		}
	}
	about := map[string]bool{}
	for _, name := range d.month.Named() {
		at := d.month.Of(name)
		about[at.Dispute] = true
		if d.met[at] == 0 {
			gone[at.Dispute] = append(gone[at.Dispute], decided.Words(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(about)) {
		info, _ := schemas.CodeUsageDecided.Info()
		if n, m := void[name], other[name]; n+m > 0 {
			out = append(out, schemas.Finding{
				Code: info.Code, Severity: info.Severity, Account: id, Value: name,
				Message: fmt.Sprintf("account %s, %s: by the decision about dispute %s %d %s void, and %d %s as another quantity", id, p, name, n, schemas.OneOrMany(n, "row is", "rows are"), m, schemas.OneOrMany(m, "counts", "count")),
			})
		}
		if missing := gone[name]; len(missing) > 0 {
			info, _ = schemas.CodeDecidedGone.Info()
			text := missing[0]
			if more := len(missing) - 1; more > 0 {
				text = fmt.Sprintf("%s and %d more", text, more)
			}
			out = append(out, schemas.Finding{
				Code: info.Code, Severity: info.Severity, Account: id, Value: name,
				Message: fmt.Sprintf("account %s, %s: the decision about dispute %s names %s, and the account's usage of the month has nothing of it; %s", id, p, name, text, info.Fix),
			})
		}
	}
	return out
}
