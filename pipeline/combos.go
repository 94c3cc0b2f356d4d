package pipeline

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// combos adds rows up by the combination of their labels, which is all that decides how a row is metered. A row costs one
// look-up of its packed dictionary codes and one addition; text is looked at once per combination and account.
type combos struct {
	tally   *rating.Tally
	labels  []int
	batch   *dataset.Batch
	account uint32

	// active are the label columns that the batch has, and place is where each one's code goes in the key.
	active []*dataset.Vector
	place  []place
	layout layout
	// wide numbers the first parts of keys that do not fit into 64 bits.
	wide map[wideKey]uint64

	table map[uint64]int32
	slots []combo
	// touched are the combinations of the account at hand, in order of first appearance.
	touched []int32
	texts   []string
	found   []schemas.Finding
	last    int32
	lastKey uint64
	some    bool
}

// place is where a code goes in a key: shifted, after what is there has been replaced by its number if fold is set.
type place struct {
	shift uint8
	fold  bool
}

// wideKey is the first part of a key, up to the column.
type wideKey struct {
	column int
	key    uint64
}

// layout is what packed keys depend on: with another one they mean something else.
type layout struct {
	dicts  [maxLabels]*dataset.Dictionary
	widths [maxLabels]uint8
}

// maxLabels bounds the label columns of usage.
const maxLabels = schemas.UseColumns

// combo is one combination of labels, with the sums of the account at hand.
type combo struct {
	account uint32
	parts   []part
}

// part is what one meter takes of a combination.
type part struct {
	handle   rating.Handle
	reads    rating.Reads
	additive bool
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

func (c *combos) init(t *rating.Tally, labels []int) {
	c.tally, c.labels = t, labels
	c.table, c.wide, c.texts = map[uint64]int32{}, map[wideKey]uint64{}, make([]string, len(labels))
}

// begin takes the next batch.
func (c *combos) begin(b *dataset.Batch) {
	const numberBits = 32
	c.batch, c.some = b, false
	var next layout
	c.active, c.place = c.active[:0], c.place[:0]
	at := 0
	for k, col := range c.labels {
		v := &b.Columns[col]
		if v.Absent {
			continue
		}
		// Code 0 is null, so there is one more than there are entries.
		w := bits.Len(uint(v.Dict.Len()))
		p := place{shift: uint8(at)}
		if at+w > 64 {
			p, at = place{shift: numberBits, fold: true}, numberBits
		}
		at += w
		c.active, c.place = append(c.active, v), append(c.place, p)
		next.dicts[k], next.widths[k] = v.Dict, uint8(w)
	}
	if next != c.layout {
		c.layout = next
		clear(c.table)
		clear(c.wide)
	}
}

// key packs the codes of row i.
func (c *combos) key(i int) uint64 {
	var key uint64
	for k, v := range c.active {
		p := c.place[k]
		if p.fold {
			key = c.number(k, key)
		}
		if len(v.Nulls) == 0 || !v.IsNull(i) {
			key |= uint64(v.Codes[i]+1) << p.shift
		}
	}
	return key
}

// number stands for the first part of a key in fewer bits.
func (c *combos) number(column int, key uint64) uint64 {
	w := wideKey{column, key}
	n, ok := c.wide[w]
	if !ok {
		n = uint64(len(c.wide))
		c.wide[w] = n
	}
	return n
}

// beginAccount forgets the sums of the account before.
func (c *combos) beginAccount(id schemas.AccountID) {
	c.account++
	c.touched, c.some = c.touched[:0], false
	c.tally.Begin(id)
}

// add adds rows [from, to) of the batch, all of one account.
func (c *combos) add(from, to int) error {
	starts, ends := c.batch.Columns[schemas.UseChargePeriodStart].Ints, c.batch.Columns[schemas.UseChargePeriodEnd].Ints
	for i := from; i < to; i++ {
		key := c.key(i)
		if key != c.lastKey || !c.some {
			c.last, c.lastKey, c.some = c.find(key, i), key, true
		}
		x := &c.slots[c.last]
		for k := range x.parts {
			p := &x.parts[k]
			if err := c.addPart(p, i, starts[i], ends[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// find returns the slot of a key, resolved for the account at hand; row i has its labels.
func (c *combos) find(key uint64, i int) int32 {
	n, ok := c.table[key]
	if !ok {
		n = int32(len(c.slots))
		c.slots = append(c.slots, combo{})
		c.table[key] = n
	}
	x := &c.slots[n]
	if ok && x.account == c.account {
		return n
	}
	for k, col := range c.labels {
		c.texts[k] = string(c.batch.Columns[col].TextAt(i))
	}
	x.account, x.parts = c.account, x.parts[:0]
	for _, h := range c.tally.Resolve(c.texts) {
		p := part{handle: h, reads: c.tally.Reads(h), additive: c.tally.Additive(h)}
		if p.additive {
			p.starts = c.tally.Slices(h)
		}
		x.parts = append(x.parts, p)
	}
	c.touched = append(c.touched, n)
	return n
}

// addPart gives row i to one meter: to the sums of its slice where it adds up, else at once.
func (c *combos) addPart(p *part, i int, start, end int64) error {
	row := rating.Row{Start: start, End: end}
	var err error
	if row.Quantity, err = c.measured(p.reads.Value, i, start, end); err != nil {
		return err
	}
	if p.reads.Cost >= 0 {
		row.Cost, row.HasCost = c.number128(p.reads.Cost, i)
	}
	if !p.additive {
		if p.reads.ID >= 0 {
			row.ID = c.batch.Columns[p.reads.ID].TextAt(i)
		}
		c.note(p, 1, c.tally.Add(p.handle, &row), &row)
		return nil
	}
	if p.rows == 0 || start < p.from || start >= p.to {
		c.flushPart(p)
		p.enter(start)
		p.first, p.last = start, end
	}
	p.first, p.last, p.rows = min(p.first, start), max(p.last, end), p.rows+1
	sum, ok := money.AddOK(p.quantity, row.Quantity)
	cost, fits := money.AddOK(p.cost, row.Cost)
	if !ok || !fits {
		return fmt.Errorf("add up usage: %w", money.ErrOverflow)
	}
	p.quantity, p.cost, p.hasCost = sum, cost, p.hasCost || row.HasCost
	return nil
}

// measured is what a meter takes of row i: a column, or what rating names in place of one.
func (c *combos) measured(col, i int, start, end int64) (money.Fixed, error) {
	switch col {
	case rating.ReadsRow:
		return money.FixedFromInt(1), nil
	case rating.ReadsSeconds:
		return money.FixedFromDecimal(money.NewDecimal(end-start, -6))
	}
	d, _ := c.number128(col, i)
	return d, nil
}

// number128 is the decimal in a column, 0 where it is null or there is no such column.
func (c *combos) number128(col, i int) (d money.Fixed, ok bool) {
	if col < 0 {
		return d, false
	}
	v := &c.batch.Columns[col]
	if v.Absent || v.IsNull(i) {
		return d, false
	}
	return v.Decs[i], true
}

// flushPart hands the sums of a part to the tally.
func (c *combos) flushPart(p *part) {
	if p.rows == 0 {
		return
	}
	total := rating.Row{Start: p.first, End: p.last, Quantity: p.quantity, Cost: p.cost, HasCost: p.hasCost}
	c.note(p, p.rows, c.tally.AddTotal(p.handle, p.rows, &total), &total)
	*p = part{handle: p.handle, reads: p.reads, additive: true, starts: p.starts}
}

// enter finds the slice that holds an instant. What is before the first slice counts with it.
func (p *part) enter(at int64) {
	n, found := slices.BinarySearch(p.starts, at)
	if found {
		n++
	}
	p.from, p.to = math.MinInt64, math.MaxInt64
	if n > 1 {
		p.from = p.starts[n-1]
	}
	if n := max(n, 1); n < len(p.starts) {
		p.to = p.starts[n]
	}
}

// note keeps what the tally would not take.
func (c *combos) note(p *part, rows int64, code schemas.Code, r *rating.Row) {
	if code == "" {
		return
	}
	info, _ := code.Info()
	f := schemas.Finding{Code: code, Severity: schemas.Suspended, Rows: rows, Quantity: r.Quantity, Cost: r.Cost,
		Message: "the usage cannot be metered: " + info.Meaning + "; " + info.Fix}
	c.found = append(c.found, f)
}

// flush hands over what is left of the account, in order of first appearance, and returns what the tally would not take.
func (c *combos) flush() []schemas.Finding {
	for _, n := range c.touched {
		for k := range c.slots[n].parts {
			c.flushPart(&c.slots[n].parts[k])
		}
	}
	found := c.found
	c.found = nil
	return found
}
