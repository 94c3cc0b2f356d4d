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

// combos adds rows up by the combination of the labels that decide how a row is metered. Usage is sorted by account,
// service and SKU, so such rows mostly follow each other: a run of them costs one look-up and a loop over their numbers.
// Text is looked at once per combination and account.
type combos struct {
	tally   *rating.Tally
	labels  []int
	batch   *dataset.Batch
	account uint32
	// load brings columns of the batch that are read only where they are wanted; nil if all are there.
	load   func(columns ...int) error
	loaded bool

	// decisive says which of labels tell combinations apart. Of these the batch has the active ones, and place is where each
	// one's code goes in the key; told are the other labels, and reads the codes of a row in them, counted from 1 with 0 for
	// null.
	decisive []bool
	active   []*dataset.Vector
	place    []place
	told     []told
	reads    []uint32
	// runs are the stretches of rows that were found to agree in each active label.
	runs   [][2]int
	layout layout
	// wide numbers the first parts of keys that do not fit into 64 bits.
	wide map[wideKey]uint64

	table map[uint64]int32
	slots []combo
	// touched are the combinations of the account at hand, in order of first appearance.
	touched []int32
	texts   []string
	// strings are the texts of each label by code, from 1, as far as they were needed.
	strings [][]string
	found   []schemas.Finding
}

// told is a label that only describes rows: its place among the labels, and its column.
type told struct {
	label  int
	vector *dataset.Vector
}

// place is where a code goes in a key: shifted, after what is there has been replaced by its number if fold is set.
type place struct {
	label int
	shift uint8
	fold  bool
}

// wideKey is the first part of a key, up to the label.
type wideKey struct {
	label int
	key   uint64
}

// layout is what keys and codes depend on: with another one they mean something else. Widths are of decisive labels.
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
	// codes are those of the labels that only describe; differ has a bit for each in which rows differ.
	codes  []uint32
	differ uint64
	// known are the labels as the tally knows them: the decisive ones and codes, which are one of variants.
	known    *rating.Labels
	variants []variant
}

// variant is what the tally knows of a combination with some values of the labels that only describe.
type variant struct {
	codes []uint32
	known *rating.Labels
}

// mostVariants is how many of these are kept; the labels of others are looked up by their text.
const mostVariants = 32

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

func (c *combos) init(t *rating.Tally, p *rating.Plan) {
	c.tally, c.labels, c.decisive = t, p.Columns(), p.Decisive()
	c.texts = make([]string, len(c.labels))
	c.forget()
}

// forget empties the table of combinations.
func (c *combos) forget() {
	c.table, c.wide, c.layout = map[uint64]int32{}, map[wideKey]uint64{}, layout{}
	c.slots, c.touched, c.found = nil, nil, nil
	c.strings = make([][]string, len(c.labels))
}

// begin takes the next batch. As long as batches share their dictionaries, the combinations of earlier ones are found
// again.
func (c *combos) begin(b *dataset.Batch) {
	const numberBits, spareBits = 32, 2
	c.batch, c.loaded = b, false
	var next layout
	c.active, c.place, c.told = c.active[:0], c.place[:0], c.told[:0]
	at := 0
	for k, col := range c.labels {
		v := &b.Columns[col]
		if next.dicts[k] = v.Dict; c.layout.dicts[k] != v.Dict {
			c.strings[k] = nil
		}
		if !c.decisive[k] && k < 64 {
			c.told = append(c.told, told{k, v})
			continue
		}
		// Code 0 is null, so there is one more than there are entries. There is room for more of them to come.
		w := bits.Len(uint(v.Dict.Len()))
		if known := int(c.layout.widths[k]); c.layout.dicts[k] == v.Dict && known >= w {
			w = known
		} else {
			w += spareBits
		}
		p := place{label: k, shift: uint8(at)}
		if at+w > 64 {
			p.shift, p.fold, at = numberBits, true, numberBits
		}
		at += w
		next.widths[k] = uint8(w)
		if !v.Absent || p.fold {
			c.active, c.place = append(c.active, v), append(c.place, p)
		}
	}
	c.runs = append(c.runs[:0], make([][2]int, len(c.active))...)
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
			key = c.number(p.label, key)
		}
		key |= uint64(codeAt(v, i)) << p.shift
	}
	return key
}

// codeAt is the code of row i counted from 1, 0 for null.
func codeAt(v *dataset.Vector, i int) uint32 {
	if v.Absent || len(v.Nulls) > 0 && v.IsNull(i) {
		return 0
	}
	return v.Codes[i] + 1
}

// number stands for the first part of a key in fewer bits.
func (c *combos) number(label int, key uint64) uint64 {
	w := wideKey{label, key}
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
	c.touched = c.touched[:0]
	c.tally.Begin(id)
}

// add adds rows [from, to) of the batch, all of one account.
func (c *combos) add(from, to int) error {
	for i := from; i < to; {
		end := c.runEnd(i, to)
		x := &c.slots[c.find(c.key(i), i)]
		c.compare(x, i, end)
		for k := range x.parts {
			if err := c.addRun(&x.parts[k], i, end); err != nil {
				return err
			}
		}
		i = end
	}
	return nil
}

// runEnd returns the end of the run of rows from i on that agree in every decisive label.
func (c *combos) runEnd(i, to int) int {
	for k, v := range c.active {
		// A long run is looked through once, however short the runs of other labels within it are.
		if r := &c.runs[k]; i < r[0] || i >= r[1] {
			*r = [2]int{i, sameUntil(v, i, to)}
		}
		to = min(to, c.runs[k][1])
	}
	return to
}

// sameUntil returns the end of the run of rows from i on that agree in a label.
func sameUntil(v *dataset.Vector, i, to int) int {
	const block = 32 // rows compared at once
	switch {
	case v.Absent:
		return to
	case len(v.Nulls) > 0:
		code, end := codeAt(v, i), i+1
		for end < to && codeAt(v, end) == code {
			end++
		}
		return end
	}
	codes := v.Codes[i:to]
	n := 1
	// What is equal to itself moved by one is all the same.
	for n+block <= len(codes) && *(*[block]uint32)(codes[n:]) == *(*[block]uint32)(codes[n-1:]) {
		n += block
	}
	for n < len(codes) && codes[n] == codes[0] {
		n++
	}
	return i + n
}

// compare notes the labels in which rows [i, end) differ from those of their combination before, or from each other.
func (c *combos) compare(x *combo, i, end int) {
	for k := range c.told {
		label, v := c.told[k].label, c.told[k].vector
		if x.differ>>label&1 == 1 || codeAt(v, i) == x.codes[k] && sameUntil(v, i, end) == end {
			continue
		}
		x.differ |= 1 << label
		for p := range x.parts {
			c.tally.Differ(x.parts[p].handle, label)
		}
	}
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
	c.know(x, i)
	x.account, x.differ = c.account, 0
	handles := c.tally.ResolveAgain(x.known)
	x.parts = slices.Grow(x.parts[:0], len(handles))[:len(handles)]
	for k, h := range handles {
		p := &x.parts[k]
		*p = part{handle: h, reads: c.tally.Reads(h), additive: c.tally.Additive(h), starts: p.starts[:0]}
		if p.additive {
			p.starts = c.tally.AppendSlices(p.starts, h)
		}
		p.dropsLate, p.shared = c.tally.DropsLate(h), len(handles) > 1
		p.timed = !p.additive || len(p.starts) > 1 || p.reads.Value == rating.ReadsSeconds || p.dropsLate
	}
	c.touched = append(c.touched, n)
	return n
}

// know looks the labels of row i up, unless the combination had them in an earlier account.
func (c *combos) know(x *combo, i int) {
	c.reads = c.reads[:0]
	for k := range c.told {
		c.reads = append(c.reads, codeAt(c.told[k].vector, i))
	}
	for v := range x.variants {
		if slices.Equal(x.variants[v].codes, c.reads) {
			x.codes, x.known = x.variants[v].codes, x.variants[v].known
			return
		}
	}
	for k, col := range c.labels {
		c.texts[k] = c.textAt(k, &c.batch.Columns[col], i)
	}
	if len(x.variants) > 0 {
		x.known = c.tally.KnownLike(x.variants[0].known, c.texts)
	} else {
		x.known = c.tally.Known(c.texts)
	}
	x.codes = slices.Clone(c.reads)
	if len(x.variants) < mostVariants {
		x.variants = append(x.variants, variant{x.codes, x.known})
	}
}

// textAt is the text of label k in row i, made once for each code.
func (c *combos) textAt(k int, v *dataset.Vector, i int) string {
	code := int(codeAt(v, i))
	if code == 0 {
		return ""
	}
	if missing := code + 1 - len(c.strings[k]); missing > 0 {
		c.strings[k] = append(c.strings[k], make([]string, missing)...)
	}
	if c.strings[k][code] == "" {
		c.strings[k][code] = string(v.TextAt(i))
	}
	return c.strings[k][code]
}

// addRun gives rows [i, end) to one meter: to the sums of their slice where it adds up, else one by one.
func (c *combos) addRun(p *part, i, end int) error {
	if !p.timed {
		return c.addAll(p, i, end)
	}
	if !c.loaded && c.load != nil {
		if err := c.load(schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd); err != nil {
			return err
		}
	}
	c.loaded = true
	starts, ends := c.batch.Columns[schemas.UseChargePeriodStart].Ints, c.batch.Columns[schemas.UseChargePeriodEnd].Ints
	if !p.additive {
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

var errUsageSum = fmt.Errorf("add up usage: %w", money.ErrOverflow)

// addAll adds rows [i, end) up for a meter that does not ask when they were: all begin with the period.
func (c *combos) addAll(p *part, i, end int) error {
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
func (c *combos) sum(col, i, end int) (money.Fixed, bool) {
	decs := c.batch.Columns[col].Decs
	return money.Sum(decs[min(i, len(decs)):min(end, len(decs))])
}

func (c *combos) measured(col, i int) money.Fixed { return measuredAt(c.batch, col, i) }

// measuredAt is what a meter takes of row i: a column, or what rating names in its place.
func measuredAt(b *dataset.Batch, col, i int) money.Fixed {
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

func (c *combos) decimal(col, i int) money.Fixed { return decimalAt(c.batch, col, i) }

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
func (c *combos) has(col, i int) bool { return !c.batch.Columns[col].IsNull(i) }

// flushPart hands the sums of a part to the tally.
func (c *combos) flushPart(p *part) {
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
func (c *combos) note(p *part, rows int64, code schemas.Code, r *rating.Row) {
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
