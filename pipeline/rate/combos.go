package rate

import (
	"math/bits"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/rating"
	"daybook/schemas"
)

// Combos adds rows up by the combination of the labels that decide how a row is metered. Usage is sorted by account,
// service and SKU, so such rows mostly follow each other: a run of them costs one look-up and a loop over their numbers.
// Text is looked at once per combination and account.
type Combos struct {
	tally   *rating.Tally
	plan    *rating.Plan
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
	// others are the slots of what stands for combinations that are not told apart: their keys are not remembered.
	others map[*rating.Labels]int32
	// touched are the combinations of the account at hand, in order of first appearance.
	touched []int32
	texts   []string
	// strings are the texts of each label by code, from 1, as far as they were needed.
	strings [][]string
	found   []schemas.Finding
	// decision is what was decided about records of the account at hand.
	decision decision
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

// Init readies c to add up rows for a tally of the plan.
func (c *Combos) Init(t *rating.Tally, p *rating.Plan) {
	c.tally, c.plan, c.labels, c.decisive = t, p, p.Columns(), p.Decisive()
	c.texts = make([]string, len(c.labels))
	c.forget()
}

// forget empties the table of combinations.
func (c *Combos) forget() {
	c.table, c.wide, c.layout = map[uint64]int32{}, map[wideKey]uint64{}, layout{}
	c.slots, c.touched, c.found, c.others = nil, nil, nil, nil
	c.strings = make([][]string, len(c.labels))
}

// Begin takes the next batch. As long as batches share their dictionaries, the combinations of earlier ones are found
// again.
func (c *Combos) Begin(b *dataset.Batch) {
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
func (c *Combos) key(i int) uint64 {
	var key uint64
	for k, v := range c.active {
		p := c.place[k]
		if p.fold {
			key = c.number(p.label, key)
		}
		key |= uint64(CodeAt(v, i)) << p.shift
	}
	return key
}

// CodeAt is the code of row i counted from 1, 0 for null.
func CodeAt(v *dataset.Vector, i int) uint32 {
	if v.Absent || len(v.Nulls) > 0 && v.IsNull(i) {
		return 0
	}
	return v.Codes[i] + 1
}

// number stands for the first part of a key in fewer bits.
func (c *Combos) number(label int, key uint64) uint64 {
	w := wideKey{label, key}
	n, ok := c.wide[w]
	if !ok {
		n = uint64(len(c.wide))
		c.wide[w] = n
	}
	return n
}

// BeginAccount forgets the sums of the account before.
func (c *Combos) BeginAccount(id schemas.AccountID) {
	c.account++
	if len(c.others) > 0 || len(c.slots) > MostLabels {
		c.forget() // what was not told apart may be in this account
	}
	c.touched = c.touched[:0]
	c.tally.Begin(id)
	c.decide(id)
}

// Add adds rows [from, to) of the batch, all of one account, as far as it is not decided that they are something else.
func (c *Combos) Add(from, to int) error {
	if c.decision.month != nil {
		return c.addDecided(from, to)
	}
	return c.addAs(from, to)
}

// addAs adds rows as they are.
func (c *Combos) addAs(from, to int) error {
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
func (c *Combos) runEnd(i, to int) int {
	for k, v := range c.active {
		// A long run is looked through once, however short the runs of other labels within it are.
		if r := &c.runs[k]; i < r[0] || i >= r[1] {
			*r = [2]int{i, v.RunEnd(i, to)}
		}
		to = min(to, c.runs[k][1])
	}
	return to
}

// compare notes the labels in which rows [i, end) differ from those of their combination before, or from each other.
func (c *Combos) compare(x *combo, i, end int) {
	for k := range c.told {
		label, v := c.told[k].label, c.told[k].vector
		if x.differ>>label&1 == 1 || CodeAt(v, i) == x.codes[k] && v.RunEnd(i, end) == end {
			continue
		}
		x.differ |= 1 << label
		for p := range x.parts {
			c.tally.Differ(x.parts[p].handle, label)
		}
	}
}

// find returns the slot of a key, resolved for the account at hand; row i has its labels.
func (c *Combos) find(key uint64, i int) int32 {
	n, ok := c.table[key]
	if !ok {
		first := c.lookUp(i)
		if n, ok = c.others[first.known]; !ok {
			n = c.newSlot(key, first)
		}
	}
	x := &c.slots[n]
	if ok && x.account == c.account {
		return n
	}
	if ok {
		c.know(x, i)
	}
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

// newSlot makes room for the combination of a key, with the labels of its first row.
func (c *Combos) newSlot(key uint64, first variant) int32 {
	n := int32(len(c.slots))
	c.slots = append(c.slots, combo{codes: first.codes, known: first.known, variants: []variant{first}})
	if !first.known.Beyond() {
		c.table[key] = n
		return n
	}
	if c.others == nil {
		c.others = map[*rating.Labels]int32{}
	}
	c.others[first.known] = n
	return n
}

// lookUp asks the tally for the labels of row i.
func (c *Combos) lookUp(i int) variant {
	c.readTexts(i)
	return variant{slices.Clone(c.reads), c.tally.Known(c.texts)}
}

// readTexts reads the labels of row i, and the codes of those that only describe.
func (c *Combos) readTexts(i int) {
	c.readCodes(i)
	for k, col := range c.labels {
		c.texts[k] = c.textAt(k, &c.batch.Columns[col], i)
	}
}

func (c *Combos) readCodes(i int) {
	c.reads = c.reads[:0]
	for k := range c.told {
		c.reads = append(c.reads, CodeAt(c.told[k].vector, i))
	}
}

// know looks the labels of row i up, unless the combination had them in an earlier account.
func (c *Combos) know(x *combo, i int) {
	c.readCodes(i)
	for v := range x.variants {
		if slices.Equal(x.variants[v].codes, c.reads) {
			x.codes, x.known = x.variants[v].codes, x.variants[v].known
			return
		}
	}
	c.readTexts(i)
	x.known = c.tally.KnownLike(x.variants[0].known, c.texts)
	x.codes = slices.Clone(c.reads)
	if len(x.variants) < mostVariants {
		x.variants = append(x.variants, variant{x.codes, x.known})
	}
}

// textAt is the text of label k in row i, made once for each code.
func (c *Combos) textAt(k int, v *dataset.Vector, i int) string {
	code := int(CodeAt(v, i))
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
