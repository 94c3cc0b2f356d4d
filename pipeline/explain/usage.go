package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// UsageBehind is the usage that a charge or a match was made of. Rows and sums are of all of it; Listed is what is shown.
type UsageBehind struct {
	Rows int64 `json:"rows"`
	// Sum adds up what the meter takes of each row, in Unit.
	Sum  money.Decimal `json:"sum"`
	Unit string        `json:"unit,omitempty"`
	// How is the meter's aggregation; Quantity what it makes of the rows, where that can be shown row by row.
	How      schemas.Aggregation `json:"how,omitempty"`
	Quantity *money.Decimal      `json:"quantity,omitempty"`
	// Earlier is the usage of the same meter and group earlier in the period, which went first through the tiers.
	Earlier *UsageSum `json:"earlier,omitempty"`
	// Costs is what peers charge us for these rows.
	Costs []CurrencySum `json:"costs,omitempty"`
	// Objects are the Parquet objects that hold the rows.
	Objects []string `json:"objects"`
	// Listed are by source object and row.
	Listed []UsageLine `json:"listed"`
	// More is how many rows are not listed.
	More int64 `json:"more"`
}

// UsageSum is a number of rows and the sum of what the meter takes of them.
type UsageSum struct {
	Rows int64         `json:"rows"`
	Sum  money.Decimal `json:"sum"`
}

// CurrencySum is a sum of money.
type CurrencySum struct {
	Currency money.Currency `json:"currency"`
	Amount   money.Decimal  `json:"amount"`
}

// UsageLine is one usage row and the place in a delivery that it came from.
type UsageLine struct {
	Account  string `json:"account,omitempty"`
	Source   string `json:"source"`
	Object   string `json:"object"`
	Row      int64  `json:"row"`
	Record   string `json:"record,omitempty"`
	Resource string `json:"resource,omitempty"`
	Start    string `json:"start"`
	End      string `json:"end"`
	// Quantity is what the row says, in Unit; Metered what the meter takes of it, in the meter's unit.
	Quantity string `json:"quantity"`
	Unit     string `json:"unit,omitempty"`
	Metered  string `json:"metered"`
	Cost     string `json:"cost,omitempty"`
	Currency string `json:"currency,omitempty"`

	size money.Fixed
	in   *Look // whose run has the row, where that is another
}

// lineColumns are those that a UsageLine shows.
var lineColumns = []int{
	schemas.UseAccountId, schemas.UseSourceId, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseRecordId, schemas.UseResourceId,
	schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd, schemas.UseBillingCurrency,
}

func usageLine(c cells) UsageLine {
	return UsageLine{
		Account: c.text(schemas.UseAccountId), Source: c.text(schemas.UseSourceId), Object: c.text(schemas.UseObjectKey), Row: c.integer(schemas.UseObjectRow),
		Record: c.text(schemas.UseRecordId), Resource: c.text(schemas.UseResourceId),
		Start: timeText(c.integer(schemas.UseChargePeriodStart)), End: timeText(c.integer(schemas.UseChargePeriodEnd)),
	}
}

// add lists a row if it is among those to show: all, or the largest.
func (u *UsageBehind) add(line *UsageLine, most int) {
	if most < 0 {
		u.Listed = append(u.Listed, *line)
		return
	}
	i, _ := slices.BinarySearchFunc(u.Listed, line, func(x UsageLine, y *UsageLine) int {
		return cmp.Or(y.size.Abs().Cmp(x.size.Abs()), x.place(y))
	})
	if i < most {
		u.Listed = slices.Insert(u.Listed, i, *line)
		u.Listed = u.Listed[:min(len(u.Listed), most)]
	}
}

// end puts the list into the order in which the rows stand in their objects, and says how many are not on it.
func (u *UsageBehind) end() {
	slices.SortStableFunc(u.Listed, func(a, b UsageLine) int { return a.place(&b) })
	u.More = u.Rows - int64(len(u.Listed))
}

// place compares two rows by where they stand.
func (x *UsageLine) place(y *UsageLine) int {
	return cmp.Or(cmp.Compare(x.Object, y.Object), cmp.Compare(x.Row, y.Row), cmp.Compare(x.Source, y.Source))
}

func addCurrency(list []CurrencySum, c money.Currency, v money.Decimal) []CurrencySum {
	i := slices.IndexFunc(list, func(x CurrencySum) bool { return x.Currency == c })
	if i < 0 {
		return append(list, CurrencySum{c, v})
	}
	list[i].Amount = list[i].Amount.Add(v)
	return list
}

// gatherer finds the rows of one charge among those of its account, by the rating's own word for it.
type gatherer struct {
	again   *ratedAgain
	charge  *schemas.Charge
	twins   []schemas.ChargeID
	most    int
	out     UsageBehind
	series  int
	unique  map[string]bool
	extreme money.Fixed
	latest  int64
	meter   *schemas.Meter
	// before sums, by series, the rows of other charges that began earlier.
	before map[int]UsageSum
	// proof gathers the rows where they are to be proven.
	proof *proof
	// in is whose run is read, where that is another.
	in *Look
}

// usageOf lists the rows behind a charge and adds them up.
func (l *Look) usageOf(ctx context.Context, e *Explanation, c *schemas.Charge, again *ratedAgain, o Options) error {
	set, err := l.set(ctx)
	if err != nil {
		return err
	}
	g := gatherer{again: again, charge: c, most: o.Rows, series: -1, before: map[int]UsageSum{}, unique: map[string]bool{}}
	meter, ok := l.book.Meter(c.Meter)
	if !ok {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the book no longer has the meter %s, so its rows cannot be told apart", c.Meter))
		return nil
	}
	twin := again.twin(c)
	if twin == nil {
		e.Warnings = append(e.Warnings, "by today's book no charge is made in its place, so its rows cannot be told apart")
		return nil
	}
	g.meter, g.twins = meter, []schemas.ChargeID{twin.ID}
	columns := slices.Concat(rate.LateColumns(set.Book, set.Plan), lineColumns)
	if o.Check {
		g.proof, columns = newProof(), nil // all
	}
	if err := l.account(ctx, c.Account, columns, g.rows); err != nil {
		return err
	}
	u := &g.out
	u.Unit, u.How = cmp.Or(meter.Unit, c.ConsumedUnit), cmp.Or(meter.Aggregation, schemas.AggregateSum)
	u.Quantity = g.quantity()
	if earlier := g.before[g.series]; earlier.Rows > 0 {
		u.Earlier = &earlier
	}
	for _, o := range l.outputs(&schemas.Usage, c.Account) {
		u.Objects = append(u.Objects, o.Key)
	}
	u.end()
	e.Usage = u
	for _, x := range u.Costs {
		l.exchange(e, x.Currency, c)
	}
	if o.Check {
		err := u.agree(c, e.Steps)
		e.check("usage", err, fmt.Sprintf("%d %s up to the metered quantity", u.Rows, schemas.OneOrMany(u.Rows, "row adds", "rows add")))
	}
	return l.checkSource(ctx, e, o, g.proof)
}

// rows takes the rows [from, to) of a batch that the charge holds.
func (g *gatherer) rows(b *dataset.Batch, from, to int) error {
	for i := from; i < to; i++ {
		if name, ok := rate.NameOf(b, i); ok && !b.Columns[schemas.UseLatePeriod].IsNull(i) && g.again.late.Repeats[name] {
			continue // an earlier run had it
		}
		if at := rate.DecidedAt(g.again.decided, b, i); at != nil && at.Void() {
			continue
		}
		start := b.Columns[schemas.UseChargePeriodStart].Ints[i]
		for _, h := range g.again.handlesOf(b, i) {
			held := g.again.tally.Held(h, start)
			if held.Charge == "" || held.Meter != g.charge.Meter {
				continue
			}
			line := usageLine(cells{b, i})
			line.in = g.in
			if err := g.fill(&line, cells{b, i}, h); err != nil {
				return err
			}
			if !slices.Contains(g.twins, held.Charge) {
				if start < g.charge.Start.UnixMicro() {
					sum := g.before[held.Series]
					g.before[held.Series] = UsageSum{sum.Rows + 1, sum.Sum.Add(line.size.Decimal())}
				}
				continue
			}
			g.series = held.Series
			g.take(&line, b, i, h)
		}
	}
	return nil
}

// fill states what the meter takes of a row.
func (g *gatherer) fill(line *UsageLine, c cells, h rating.Handle) error {
	defer rate.SetQuantities(c.b, c.i, rate.DecidedAt(g.again.decided, c.b, c.i))()
	reads := g.again.tally.Reads(h)
	switch g.meter.Value {
	case schemas.ValueRows:
		line.size, line.Quantity = money.FixedFromInt(1), "1"
		return g.convert(line, h)
	case schemas.ValueSeconds:
		micros := c.integer(schemas.UseChargePeriodEnd) - c.integer(schemas.UseChargePeriodStart)
		seconds, err := money.FixedFromDecimal(money.NewDecimal(micros, -6))
		if err != nil {
			return err
		}
		line.size, line.Quantity, line.Unit = seconds, seconds.String(), "seconds"
		return g.convert(line, h)
	case schemas.ValuePriced:
		line.Unit = c.text(schemas.UsePricingUnit)
	case "", schemas.ValueConsumed:
		line.Unit = c.text(schemas.UseConsumedUnit)
	case schemas.ValueEffective, schemas.ValueBilled, schemas.ValueContracted, schemas.ValueList:
		line.Unit = c.text(schemas.UseBillingCurrency)
	}
	if v := &c.b.Columns[reads.Value]; !v.IsNull(c.i) {
		line.size = v.Decs[c.i]
	}
	line.Quantity = line.size.String()
	if reads.Cost >= 0 {
		line.Cost, line.Currency = c.shown(reads.Cost), c.text(schemas.UseBillingCurrency)
	}
	return g.convert(line, h)
}

func (g *gatherer) convert(line *UsageLine, h rating.Handle) error {
	metered, err := g.again.tally.Convert(h, line.size)
	if err != nil {
		return fmt.Errorf("%s, row %d: convert %s %s to the unit of meter %s: %w", line.Object, line.Row, line.Quantity, line.Unit, g.meter.ID, err)
	}
	line.size, line.Metered = metered, metered.String()
	return nil
}

// take adds a row of the charge up.
func (g *gatherer) take(line *UsageLine, b *dataset.Batch, i int, h rating.Handle) {
	u, start := &g.out, b.Columns[schemas.UseChargePeriodStart].Ints[i]
	switch {
	case u.Rows == 0,
		g.meter.Aggregation == schemas.AggregateMax && line.size.Cmp(g.extreme) > 0,
		g.meter.Aggregation == schemas.AggregateMin && line.size.Cmp(g.extreme) < 0,
		g.meter.Aggregation == schemas.AggregateLatest && start >= g.latest:
		g.extreme, g.latest = line.size, start
	}
	if id := g.again.tally.Reads(h).ID; id >= 0 {
		g.unique[string(b.Columns[id].TextAt(i))] = true
	}
	u.Rows++
	u.Sum = u.Sum.Add(line.size.Decimal())
	if line.Cost != "" {
		if cost, err := money.ParseDecimal(line.Cost); err == nil {
			u.Costs = addCurrency(u.Costs, money.Currency(line.Currency), cost)
		}
	}
	g.proof.add(b, i)
	u.add(line, g.most)
}

// quantity is what the meter makes of the rows where each row can be seen in it, else nil.
func (g *gatherer) quantity() *money.Decimal {
	var q money.Decimal
	switch how := g.meter.Aggregation; {
	case g.meter.Window != "":
		return nil
	case how == "" || how == schemas.AggregateSum || how == schemas.AggregateEvents:
		q = g.out.Sum
	case how == schemas.AggregateCount:
		q = money.NewDecimal(g.out.Rows, 0)
	case how == schemas.AggregateUnique:
		q = money.NewDecimal(int64(len(g.unique)), 0)
	case how == schemas.AggregateMax, how == schemas.AggregateMin, how == schemas.AggregateLatest:
		q = g.extreme.Decimal()
	default:
		return nil
	}
	return &q
}

// agree holds the rows against the charge: their number, what they come to, and the quantity that its arithmetic begins
// with, which counts what came earlier in the period where tiers run through it.
func (u *UsageBehind) agree(c *schemas.Charge, steps []ExplainedStep) error {
	if u.Rows != c.UsageRows {
		return fmt.Errorf("%d %s found, and the charge says that it is made of %d", u.Rows, schemas.OneOrMany(u.Rows, "row is", "rows are"), c.UsageRows)
	}
	if u.Quantity == nil {
		return nil
	}
	if !money.RoundTo(*u.Quantity, money.Scale, money.HalfEven).Equal(c.Consumed) {
		return fmt.Errorf("the rows come to %s, and the charge has metered %s", u.Quantity, c.Consumed)
	}
	if len(steps) == 0 {
		return nil
	}
	first, err := money.ParseDecimal(steps[0].Out)
	if err != nil {
		return fmt.Errorf("step 1: %w", err)
	}
	if first.Equal(*u.Quantity) || u.Earlier != nil && first.Equal(u.Earlier.Sum.Add(*u.Quantity)) {
		return nil
	}
	return fmt.Errorf("the rows come to %s, and the arithmetic begins with %s", u.Quantity, first)
}
