package rate

import (
	"fmt"
	"math"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// part is what one meter takes of a combination.
type part struct {
	handle   rating.Handle
	reads    rating.Reads
	additive bool
	// timed says that it matters when rows begin; dropsLate that those before the period are not billed.
	timed, dropsLate bool
	// shared says that other meters take the rows, too; then the tally keeps what it would not take.
	shared bool
	// starts are where slices begin; the rows at hand lie in [from, to).
	starts   []int64
	from, to int64
	rows     int64
	first    int64
	last     int64
	quantity money.Fixed
	cost     money.Fixed
	hasCost  bool
}

// loadTimes brings the times of the batch at hand.
func (c *Combos) loadTimes() error {
	if !c.loaded && c.load != nil {
		if err := c.load(schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd); err != nil {
			return err
		}
	}
	c.loaded = true
	return nil
}

// addRun gives rows [i, end) to one meter: to the sums of their slice where it adds up, else one by one.
func (c *Combos) addRun(p *part, i, end int) error {
	if !p.timed {
		return c.addAll(p, i, end)
	}
	if err := c.loadTimes(); err != nil {
		return err
	}
	starts, ends := c.batch.Columns[schemas.UseChargePeriodStart].Ints, c.batch.Columns[schemas.UseChargePeriodEnd].Ints
	if !p.additive {
		c.addEach(p, i, end)
		return nil
	}
	for ; i < end; i++ {
		if p.rows == 0 || starts[i] < p.from || starts[i] >= p.to {
			c.flushPart(p)
			p.enter(starts[i])
			p.first, p.last = starts[i], ends[i]
		}
		p.first, p.last, p.rows = min(p.first, starts[i]), max(p.last, ends[i]), p.rows+1
		var ok bool
		if p.quantity, ok = money.AddOK(p.quantity, c.measured(p.reads.Value, i)); !ok {
			return errUsageSum
		}
		if p.reads.Cost >= 0 {
			p.hasCost = p.hasCost || c.has(p.reads.Cost, i)
			if p.cost, ok = money.AddOK(p.cost, c.decimal(p.reads.Cost, i)); !ok {
				return errUsageSum
			}
		}
	}
	return nil
}

// addEach gives rows [i, end) to a meter one by one: many at once where nothing but times and quantities is read.
func (c *Combos) addEach(p *part, i, end int) {
	starts, ends := c.batch.Columns[schemas.UseChargePeriodStart].Ints, c.batch.Columns[schemas.UseChargePeriodEnd].Ints
	if decs := c.quantities(p.reads.Value); p.reads.Cost < 0 && p.reads.ID < 0 && end <= len(decs) {
		n, _ := c.tally.AddEach(p.handle, starts[i:end], ends[i:end], decs[i:end])
		i += n
	}
	for ; i < end; i++ {
		row := rating.Row{Start: starts[i], End: ends[i], Quantity: c.measured(p.reads.Value, i)}
		if p.reads.Cost >= 0 {
			row.Cost, row.HasCost = c.decimal(p.reads.Cost, i), c.has(p.reads.Cost, i)
		}
		if p.reads.ID >= 0 {
			row.ID = c.batch.Columns[p.reads.ID].TextAt(i)
		}
		c.note(p, 1, c.tally.Add(p.handle, &row), &row)
	}
}

// quantities are the numbers of a column; none of what is no column, or has no number in this batch.
func (c *Combos) quantities(col int) []money.Fixed {
	if col < 0 {
		return nil
	}
	return c.batch.Columns[col].Decs
}

var errUsageSum = fmt.Errorf("add up usage: %w", money.ErrOverflow)

// addAll adds rows [i, end) up for a meter that does not ask when they were: all begin with the period.
func (c *Combos) addAll(p *part, i, end int) error {
	if p.rows == 0 {
		p.first, p.last = p.starts[0], p.starts[0]
	}
	p.rows += int64(end - i)
	sum, ok := money.FixedFromInt(int64(end-i)), true
	if p.reads.Value != rating.ReadsRow {
		sum, ok = c.sum(p.reads.Value, i, end)
	}
	if ok {
		p.quantity, ok = money.AddOK(p.quantity, sum)
	}
	if ok && p.reads.Cost >= 0 {
		for k := i; k < end && !p.hasCost; k++ {
			p.hasCost = c.has(p.reads.Cost, k)
		}
		if sum, ok = c.sum(p.reads.Cost, i, end); ok {
			p.cost, ok = money.AddOK(p.cost, sum)
		}
	}
	if !ok {
		return errUsageSum
	}
	return nil
}

// sum adds up rows [i, end) of a column as decimal has them.
func (c *Combos) sum(col, i, end int) (money.Fixed, bool) {
	decs := c.batch.Columns[col].Decs
	return money.Sum(decs[min(i, len(decs)):min(end, len(decs))])
}

func (c *Combos) measured(col, i int) money.Fixed { return MeasuredAt(c.batch, col, i) }

// MeasuredAt is what a meter takes of row i: a column, or what rating names in its place.
func MeasuredAt(b *dataset.Batch, col, i int) money.Fixed {
	switch col {
	case rating.ReadsRow:
		return money.FixedFromInt(1)
	case rating.ReadsSeconds:
		micros := b.Columns[schemas.UseChargePeriodEnd].Ints[i] - b.Columns[schemas.UseChargePeriodStart].Ints[i]
		// Every difference of two instants fits: it has 13 digits of seconds, and 6 of a fraction.
		seconds, err := money.FixedFromDecimal(money.NewDecimal(micros, -6))
		if err != nil {
			return money.Fixed{}
		}
		return seconds
	}
	return decimalAt(b, col, i)
}

func (c *Combos) decimal(col, i int) money.Fixed { return decimalAt(c.batch, col, i) }

// decimalAt is the number in a column, 0 where it is null or there is no such column: nulls hold zeros.
func decimalAt(b *dataset.Batch, col, i int) money.Fixed {
	if col < 0 {
		return money.Fixed{}
	}
	if decs := b.Columns[col].Decs; i < len(decs) {
		return decs[i]
	}
	return money.Fixed{}
}

// has reports whether a column holds a number.
func (c *Combos) has(col, i int) bool { return !c.batch.Columns[col].IsNull(i) }

// flushPart hands the sums of a part to the tally.
func (c *Combos) flushPart(p *part) {
	if p.rows == 0 {
		return
	}
	total := rating.Row{Start: p.first, End: p.last, Quantity: p.quantity, Cost: p.cost, HasCost: p.hasCost}
	c.note(p, p.rows, c.tally.AddTotal(p.handle, p.rows, &total), &total)
	p.rows, p.quantity, p.cost, p.hasCost = 0, money.Fixed{}, money.Fixed{}, false
}

// enter finds the slice that holds an instant. What is before the first slice counts with it, unless it is dropped.
func (p *part) enter(at int64) {
	n, found := slices.BinarySearch(p.starts, at)
	if found {
		n++
	}
	if n == 0 && !p.dropsLate {
		n = 1
	}
	p.from, p.to = math.MinInt64, math.MaxInt64
	if n > 1 || n == 1 && p.dropsLate {
		p.from = p.starts[n-1]
	}
	if n < len(p.starts) {
		p.to = p.starts[n]
	}
}

// note keeps what the tally would not take.
func (c *Combos) note(p *part, rows int64, code schemas.Code, r *rating.Row) {
	if code == "" || p.shared {
		return
	}
	info, _ := code.Info()
	f := schemas.Finding{
		Code: code, Severity: schemas.Suspended, Rows: rows, Quantity: r.Quantity, Cost: r.Cost,
		Message: "the usage cannot be metered: " + info.Meaning + "; " + info.Fix,
	}
	c.found = append(c.found, f)
}

// Flush hands over what is left of the account, in order of first appearance, and returns what the tally would not take.
func (c *Combos) Flush() []schemas.Finding {
	for _, n := range c.touched {
		for k := range c.slots[n].parts {
			c.flushPart(&c.slots[n].parts[k])
		}
	}
	found := c.found
	c.found = nil
	return found
}
