package diff

import (
	"cmp"
	"context"
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Options say what of two runs is compared, and how much is kept of what differs.
type Options struct {
	// Account limits the comparison to one account; empty is all.
	Account schemas.AccountID
	// Lines is how many lines are kept, those that differ most; below 0 keeps all, in order.
	Lines int
	// SpillDir is where files for sorting lie; empty is the system's directory for them.
	SpillDir string
	// Budget is the memory that sorting takes, in bytes, beside the distinct texts of labels; 0 is 64 MiB.
	Budget int64
	// Each hears of every difference, in order; nil is allowed.
	Each func(*Difference) error
	// Hear hears of every charge of both runs that is compared, in the order in which they lie; nil is allowed.
	Hear func(c *Charge, later bool) error
}

// Comparison is what differs between two runs of a period.
type Comparison struct {
	Period schemas.Period    `json:"period"`
	Before schemas.RunID     `json:"before"`
	After  schemas.RunID     `json:"after"`
	Only   schemas.AccountID `json:"account,omitempty"`
	Causes []Cause           `json:"causes"`
	Sums   []Sum             `json:"sums"`
	// Lines are what differs, by account, offering, price and currency; More is how many are not listed.
	Lines []Line `json:"lines"`
	More  int64  `json:"more"`
}

// usualBudget is that of sorting.
const usualBudget = 64 << 20

// Runs compares two runs of a period, by the charges that their manifests name. Both are streamed through one sort, so that memory
// does not grow with the charges, however many shards divide those of each run. The error wraps ErrUntied if the
// differences do not lead from the one total to the other, or if what is read is not what a run says that it charged.
func Runs(ctx context.Context, s store.Store, before, after *run.Manifest, o Options) (*Comparison, error) {
	c := &Comparison{
		Period: after.Spec.Period, Before: before.Run, After: after.Run, Only: o.Account, Causes: Causes(&before.Spec, &after.Spec), Lines: []Line{},
	}
	x := &comparing{options: o, kept: lines{most: o.Lines}}
	err := x.read(ctx, s, before, after)
	if err == nil {
		err = x.sorted(ctx)
	}
	if x.file != nil {
		_ = x.file.Close() // it was read, and is gone
	}
	if err == nil && o.Account == "" {
		err = x.whole(before, after)
	}
	if err == nil {
		c.Sums, err = x.ledger.Sums()
	}
	if err != nil {
		return nil, fmt.Errorf("compare runs %s and %s of %s: %w", before.Run, after.Run, c.Period, err)
	}
	c.Lines, c.More = append(c.Lines, x.kept.listed...), x.kept.all-int64(len(x.kept.listed))
	return c, nil
}

// comparing is a comparison under way.
type comparing struct {
	options Options
	ledger  Ledger
	kept    lines

	file  shuffle.SpillFile
	out   *shuffle.Writer
	route []uint16
	// totals are what was read of each run.
	totals [2]dataset.Tally

	// key is that of the charges at hand.
	key    Key
	charge [2][]Charge
}

// Rows go to one of two shards: those that are compared, and those of other accounts.
const (
	wanted = iota
	others
	ways
)

// read puts the charges of both runs into the file that is sorted. An object that both runs have holds the same charges in both,
// and only counts.
func (x *comparing) read(ctx context.Context, s store.Store, before, after *run.Manifest) (err error) {
	if x.file, err = shuffle.TempSpill(x.options.SpillDir)(); err != nil {
		return err
	}
	if x.out, err = shuffle.NewWriter(x.file, &compared, ways); err != nil {
		return err
	}
	parts := [2][]run.Output{partsOf(before, x.options.Account), partsOf(after, x.options.Account)}
	shared := map[string]bool{}
	for _, o := range parts[earlier] {
		shared[o.Key+o.Digest] = false
	}
	for _, o := range parts[later] {
		if _, both := shared[o.Key+o.Digest]; both {
			shared[o.Key+o.Digest] = true
		}
	}
	for at := range parts {
		b := dataset.NewBatch(&compared)
		for _, o := range parts[at] {
			both := shared[o.Key+o.Digest]
			if both && at == later {
				continue
			}
			err := x.scan(ctx, s, o.Key, b, func() error {
				if both {
					return x.both(b)
				}
				return x.add(b, at)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// partsOf are the objects of a run in which charges of the account lie, or all.
func partsOf(m *run.Manifest, account schemas.AccountID) (out []run.Output) {
	keys := map[string]bool{}
	if account != "" {
		for _, key := range m.FilesOf(&schemas.Charges)(account) {
			keys[key] = true
		}
	}
	for _, o := range m.Outputs {
		if o.Dataset == schemas.Charges.Name && (account == "" || keys[o.Key]) {
			out = append(out, o)
		}
	}
	return out
}

// scan reads an object batch by batch into b, but for the row groups that cannot hold the account that is asked for.
func (x *comparing) scan(ctx context.Context, s store.Store, key string, b *dataset.Batch, each func() error) error {
	at, size, err := store.OpenReaderAt(ctx, s, key)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	defer at.Close()
	f, err := parquet.Open(at, size)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	options := parquet.ScanOptions{From: f.From(&compared), Groups: []int{}}
	in := f.Column(compared.Columns[account].Name)
	for g := range f.Groups() {
		if x.options.Account == "" || in < 0 || f.MayHold(g, in, []byte(x.options.Account)) {
			options.Groups = append(options.Groups, g)
		}
	}
	scanner, err := f.Scan(&compared, options)
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	for {
		more, err := scanner.Next(b)
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if faults := scanner.Faults(); len(faults) > 0 {
			return fmt.Errorf("read %s, row %d: %w", key, faults[0].Row, faults[0].Err)
		}
		if !more {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(); err != nil {
			return err
		}
	}
}

// amounts are how totals are counted.
var amounts = dataset.Measures{Quantity: -1, Unit: -1, Cost: amount, Currency: currency}

// add takes a batch of one run.
func (x *comparing) add(b *dataset.Batch, at int) error {
	if err := x.totals[at].AddBatch(b, amounts); err != nil {
		return err
	}
	x.route = dataset.Grow(x.route[:0], b.Rows)
	sides := &b.Columns[side]
	sides.Absent, sides.Ints = false, dataset.Grow(sides.Ints[:0], b.Rows)
	for i := range b.Rows {
		sides.Ints[i], x.route[i] = int64(at), others
		if !x.asked(b, i) {
			continue
		}
		x.route[i] = wanted
		c := chargeAt(b, i)
		if err := x.count(&c, at == later); err != nil {
			return err
		}
	}
	return x.out.Add(b, x.route)
}

// both takes a batch of an object that both runs have.
func (x *comparing) both(b *dataset.Batch) error {
	for at := range x.totals {
		if err := x.totals[at].AddBatch(b, amounts); err != nil {
			return err
		}
	}
	for i := range b.Rows {
		if !x.asked(b, i) {
			continue
		}
		c := chargeAt(b, i)
		for at := range x.totals {
			if err := x.count(&c, at == later); err != nil {
				return err
			}
		}
		if err := x.ledger.Same(&c); err != nil {
			return err
		}
	}
	return nil
}

// count counts a charge of the earlier run, or of the later one.
func (x *comparing) count(c *Charge, later bool) error {
	if x.options.Hear != nil {
		if err := x.options.Hear(c, later); err != nil {
			return err
		}
	}
	return x.ledger.Read(c, later)
}

// asked reports whether row i is of the account that is asked for.
func (x *comparing) asked(b *dataset.Batch, i int) bool {
	return x.options.Account == "" || string(b.Columns[account].TextAt(i)) == string(x.options.Account)
}

// sorted goes through the charges of both runs in the order of their keys.
func (x *comparing) sorted(ctx context.Context) error {
	stats, err := x.out.Close()
	if err != nil {
		return err
	}
	f, err := shuffle.Open(x.file, stats.Bytes, &compared)
	if err != nil {
		return err
	}
	options := shuffle.ReduceOptions{BudgetBytes: cmp.Or(x.options.Budget, usualBudget), BatchRows: 8192, Spill: shuffle.TempSpill(x.options.SpillDir)}
	if _, err := new(shuffle.Reducer).Reduce(ctx, sorting(), []*shuffle.File{f}, wanted, options, x.batch, nil); err != nil {
		return err
	}
	if err := x.pair(); err != nil {
		return err
	}
	x.kept.end()
	return nil
}

// batch takes rows in order.
func (x *comparing) batch(b *dataset.Batch) error {
	for i := range b.Rows {
		c := chargeAt(b, i)
		if c.Key != x.key {
			if err := x.pair(); err != nil {
				return err
			}
			x.key = c.Key
		}
		at := b.Columns[side].Ints[i]
		x.charge[at] = append(x.charge[at], c)
	}
	return nil
}

// pair compares the charges of the key at hand.
func (x *comparing) pair() error {
	differs, same := Pair(x.charge[earlier], x.charge[later])
	for i := range same {
		if err := x.ledger.Same(&same[i]); err != nil {
			return err
		}
	}
	for i := range differs {
		d := &differs[i]
		if err := x.ledger.Differs(d); err != nil {
			return err
		}
		if err := x.kept.add(d); err != nil {
			return err
		}
		if x.options.Each != nil {
			if err := x.options.Each(d); err != nil {
				return err
			}
		}
	}
	x.charge[earlier], x.charge[later] = x.charge[earlier][:0], x.charge[later][:0]
	return nil
}

// whole proves that of each run all charges were read that it says it has.
func (x *comparing) whole(runs ...*run.Manifest) error {
	for at, m := range runs {
		read, err := x.totals[at].Totals()
		if err != nil {
			return err
		}
		if differs := read.Diff(m.Control.Charged); differs != "" {
			return fmt.Errorf("%w: the charges of run %s are not those of its manifest: %s", ErrUntied, m.Run, differs)
		}
	}
	return nil
}
