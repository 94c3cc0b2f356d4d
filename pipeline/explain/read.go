package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/rating/decided"
	"daybook/schemas"
	"daybook/schemas/money"
)

// outputs returns the run's Parquet objects of a dataset. With an account it is the one of that account's shard.
func (l *Look) outputs(table *schemas.Table, account schemas.AccountID) []run.Output {
	shard := fmt.Sprintf("/part-%04d.parquet", l.Manifest.Spec.Home()(account))
	var out []run.Output
	for _, o := range l.Manifest.Outputs {
		if o.Dataset == table.Name && strings.HasSuffix(o.Key, ".parquet") && (account == "" || strings.HasSuffix(o.Key, shard)) {
			out = append(out, o)
		}
	}
	return out
}

// scanning says what of a dataset is read.
type scanning struct {
	table   *schemas.Table
	columns []int // none: all
	// column and text leave out row groups in which no row of that column has the text; a negative column leaves out none.
	column int
	text   string
	// group, if set, reads that row group alone.
	group *int
}

// scan calls each with the batches of one object that can hold what is looked for, and the row group of each batch.
func (l *Look) scan(ctx context.Context, key string, q scanning, each func(b *dataset.Batch, group int) error) error {
	at, size, err := store.OpenReaderAt(ctx, l.store, key)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	defer at.Close()
	f, err := parquet.Open(at, size)
	if err != nil {
		return fmt.Errorf("open %s: %w", key, err)
	}
	column := -1
	if q.column >= 0 {
		column = f.Column(q.table.Columns[q.column].Name)
	}
	b := dataset.NewBatch(q.table)
	for g := range f.Groups() {
		if q.group != nil && *q.group != g || column >= 0 && !f.MayHold(g, column, []byte(q.text)) {
			continue
		}
		s, err := f.Scan(q.table, parquet.ScanOptions{From: f.From(q.table, q.columns...), Groups: []int{g}})
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		for {
			more, err := s.Next(b)
			if err != nil {
				return fmt.Errorf("read %s: %w", key, err)
			}
			if !more {
				break
			}
			if err := each(b, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// account calls each with the runs of rows [from, to) of batches that belong to an account, reading its shard's object
// and in that only the row groups that may hold the account.
func (l *Look) account(ctx context.Context, id schemas.AccountID, columns []int, each func(b *dataset.Batch, from, to int) error) error {
	q := scanning{table: &schemas.Usage, columns: columns, column: schemas.UseAccountId, text: string(id)}
	for _, o := range l.outputs(&schemas.Usage, id) {
		err := l.scan(ctx, o.Key, q, func(b *dataset.Batch, _ int) error {
			v := &b.Columns[schemas.UseAccountId]
			for from := 0; from < b.Rows; {
				to := v.RunEnd(from, b.Rows)
				if !v.IsNull(from) && string(v.TextAt(from)) == string(id) {
					if err := each(b, from, to); err != nil {
						return err
					}
				}
				from = to
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ratedAgain is an account rated once more from its usage.
type ratedAgain struct {
	tally   *rating.Tally
	columns []int
	charges []schemas.Charge
	carried rating.Carried
	handles map[string][]rating.Handle
	key     []byte
	texts   []string
	// late is what became of what came late for the account, and decided what was decided about its records.
	late    *rate.Taken
	decided *decided.Month
}

// set is what accounts of the run are rated in, by today's book.
func (l *Look) set(ctx context.Context) (*rate.Setting, error) {
	if l.setting != nil {
		return l.setting, nil
	}
	set, err := rate.SettingIn(ctx, l.Manifest, run.WholeBook(l.book), l.store)
	if err != nil {
		return nil, err
	}
	l.setting = set
	return set, nil
}

// asOf is the day as of which the run read the book; the zero day is all there is.
func (l *Look) asOf() schemas.Date { return l.Manifest.Spec.AsOfDay(l.book.Zone) }

// rateAgain rates an account from the usage of the run.
func (l *Look) rateAgain(ctx context.Context, id schemas.AccountID) (*ratedAgain, error) {
	set, err := l.set(ctx)
	if err != nil {
		return nil, err
	}
	carried, err := set.Carried(id)
	if err != nil {
		return nil, err
	}
	plan := set.Plan
	x := &ratedAgain{tally: plan.NewTally(), columns: plan.Columns(), handles: map[string][]rating.Handle{}, late: &rate.Taken{}, decided: plan.Decided(id)}
	x.texts = make([]string, len(x.columns))
	var c rate.Combos
	c.Init(x.tally, plan)
	c.BeginAccount(id)
	late := int64(0)
	err = l.account(ctx, id, rate.RatingColumns(set.Book, plan), func(b *dataset.Batch, from, to int) error {
		c.Begin(b)
		n, err := rate.LeaveLate(b, from, to, c.Add)
		late += n
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Flush()
	kin, again, err := l.again(ctx, id, set, late > 0)
	if err != nil {
		return nil, err
	}
	if again.Any() {
		if x.late, err = l.takeAgain(ctx, id, set, x.tally, again); err != nil {
			return nil, err
		}
		if x.late.Carried != nil {
			carried = *x.late.Carried
		}
	}
	x.tally.Join(kin.Of(id))
	if carried.Credits, err = set.ServiceCredits(ctx, id); err != nil {
		return nil, err
	}
	out, err := plan.Rate(x.tally, carried)
	x.charges, x.carried = append(out.Charges, x.late.Corrections...), out.Carried
	return x, err
}

// RatedBy are the charges of its own month that the usage of an account in the run comes to by a book, without corrections.
func (l *Look) RatedBy(ctx context.Context, b *book.Book, id schemas.AccountID) ([]schemas.Charge, error) {
	by := *l
	by.book, by.setting = b, nil
	x, err := by.rateAgain(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(x.charges, func(c schemas.Charge) bool { return c.Corrects != "" }), nil
}

// again is why earlier periods of an account were rated again, and what its family used.
func (l *Look) again(ctx context.Context, id schemas.AccountID, set *rate.Setting, late bool) (kin rate.Kinship, again rate.Again, err error) {
	members := set.KinOf(id)
	of := members
	if len(members) == 0 {
		of = []schemas.AccountID{id}
	}
	learned, err := set.Learned(ctx, of)
	if err != nil {
		return nil, again, err
	}
	if learned, err = set.Restatements(ctx, l.Manifest.FilesOf, of, learned); err != nil {
		return nil, again, err
	}
	if len(members) > 0 {
		kin, err = rate.GatherFamilies(ctx, set, members, l.Manifest.FilesOf, learned)
	}
	return kin, kin.Again(id, learned[id], late), err
}

// handlesOf returns what meters take row i, as the rating did.
func (x *ratedAgain) handlesOf(b *dataset.Batch, i int) []rating.Handle {
	x.key = x.key[:0]
	for _, col := range x.columns {
		x.key = append(append(x.key, b.Columns[col].TextAt(i)...), 0)
	}
	if known, ok := x.handles[string(x.key)]; ok {
		return known
	}
	for k, col := range x.columns {
		x.texts[k] = string(b.Columns[col].TextAt(i))
	}
	found := x.tally.Resolve(x.texts)
	x.handles[string(x.key)] = found
	return found
}

// cells reads row i of a batch.
type cells struct {
	b *dataset.Batch
	i int
}

func (c cells) text(col int) string { return string(c.b.Columns[col].TextAt(c.i)) }

func (c cells) decimal(col int) money.Decimal {
	if d := c.optional(col); d != nil {
		return *d
	}
	return money.Zero
}

func (c cells) optional(col int) *money.Decimal {
	v := &c.b.Columns[col]
	if v.IsNull(c.i) {
		return nil
	}
	d := v.Decs[c.i].Decimal()
	return &d
}

func (c cells) integer(col int) int64 {
	if v := &c.b.Columns[col]; !v.IsNull(c.i) {
		return v.Ints[c.i]
	}
	return 0
}

// shown is a value as text, empty for null.
func (c cells) shown(col int) string {
	v := &c.b.Columns[col]
	if v.IsNull(c.i) {
		return ""
	}
	switch v.Type {
	case schemas.Time:
		return timeText(v.Ints[c.i])
	case schemas.Decimal:
		return v.Decs[c.i].String()
	case schemas.Integer:
		return strconv.FormatInt(v.Ints[c.i], 10)
	case schemas.Label, schemas.Text:
	}
	return string(v.TextAt(c.i))
}

// timeText is an instant in UTC, as precise as it is.
func timeText(micros int64) string {
	return rows.TimeOf(micros).Format("2006-01-02T15:04:05.999999Z07:00")
}

func (c cells) steps(col int) (steps []schemas.Step, err error) {
	if err := json.Unmarshal([]byte(c.text(col)), &steps); err != nil {
		return nil, fmt.Errorf("read the steps of %s: %w", c.b.Table.Name, err)
	}
	return steps, nil
}
