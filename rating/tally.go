package rating

import (
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Tally adds up the usage of one account at a time: what comes between usage rows and Plan.Rate. It keeps what it
// allocated from account to account. It is not safe for concurrent use; each worker has its own.
//
//	t := plan.NewTally()
//	for each account {
//		t.Begin(account)
//		for each row {
//			for _, h := range handles of the row's labels, from t.Resolve on first sight in this account {
//				code := t.Add(h, &row)
//			}
//		}
//		out, err := plan.Rate(t, carried)
//	}
type Tally struct {
	plan    *Plan
	id      schemas.AccountID
	account *account // nil where the book does not know it
	near    int      // its place among those of the plan
	context context
	known   map[string]*Labels // over all accounts
	ids     map[string]int     // of the keys of series, over all accounts
	byID    []stamped
	combos  []combo
	series  []series
	handles []handle
	numbers []Handle
	totals  []totals
	rows    int64
	key     []byte
	room    model.Room
	lines   []*line
	drawn   int // of lines
	bill    bill
	order   []int // of series
	named   []named
	rules   []ruleFor
	carried Carried
	// stretches are those of the series at hand.
	stretches []stretch
	// stamp numbers the accounts.
	stamp int
	// unrated counts the sets of labels of the account at hand that cannot be rated, up to mostUnrated; others are what stands for
	// those beyond.
	unrated, mostUnrated int
	others               map[string]*Labels
	// family is what Join says of the account at hand.
	family *Family
}

// Labels are labels that a tally has seen, and what it made of them: for callers who see the same ones again in the next
// account.
type Labels struct {
	found   []match
	stamped // of their combo
	// beyond says that they stand for others: see Tally.beyond.
	beyond bool
}

// stamped is where something is within the account that has the stamp.
type stamped struct{ stamp, at int }

// Handle names, within one account of a tally, one meter's part in the rows of one set of labels.
type Handle int32

type handle struct {
	series int
	match  *match
	combo  int // whose rows the handle takes
	part   int // its place among the handles of the combo
}

// combo is a set of labels with the totals of its rows, by slice of its first meter: what a finding carries when none of
// its meters has a price.
type combo struct {
	handles []Handle
	labels  []string
	totals  []totals
	shared  *shared // in the place of totals, where several meters take the rows
}

// totals are what control totals balance.
type totals struct {
	rows     int64
	quantity money.Fixed
	cost     money.Fixed
	hasCost  bool
}

// add takes one row, or what the caller added up. It fails on overflow only.
func (a *totals) add(rows int64, quantity, cost money.Fixed, hasCost bool) error {
	sum, ok := money.AddOK(a.quantity, quantity)
	costs, fits := money.AddOK(a.cost, cost)
	if !ok || !fits {
		return money.ErrOverflow
	}
	a.rows, a.quantity, a.cost, a.hasCost = a.rows+rows, sum, costs, a.hasCost || hasCost
	return nil
}

// NewTally returns an empty tally.
func (p *Plan) NewTally() *Tally {
	return &Tally{plan: p, known: map[string]*Labels{}, ids: map[string]int{}, stamp: 1, mostUnrated: mostUnrated}
}

// Begin starts an account, forgetting the one before. An account that the book does not know suspends all its rows.
func (t *Tally) Begin(id schemas.AccountID) {
	t.family = nil
	t.id, t.rows, t.unrated = id, 0, 0
	t.near, t.account = t.plan.find(id, t.near)
	t.series, t.handles = t.series[:0], t.handles[:0]
	t.combos, t.numbers, t.totals, t.drawn = t.combos[:0], t.numbers[:0], t.totals[:0], 0
	t.stamp++
	t.context.begin(t.plan, t.account)
}

// line returns a line that is empty but for its charge, in the room of one of an earlier account.
func (t *Tally) line() *line {
	if t.drawn == len(t.lines) {
		t.lines = append(t.lines, &line{})
	}
	l := t.lines[t.drawn]
	t.drawn++
	// The results of the trail are as many as its steps, so they need not be cleared; a charge is written as a whole.
	l.t.Steps, l.t.Quiet, l.t.Room = nil, false, nil
	l.amount, l.price, l.sub, l.phase, l.fx, l.windows, l.taxes, l.tax, l.rounded = model.Number{}, nil, nil, nil, nil, nil, nil, "", false
	return l
}

// Trim forgets the labels of earlier accounts where they are very many, such as those of a meter that groups by resource.
// It reports whether it did: what Known returned before must not be used any more.
func (t *Tally) Trim() bool {
	const most = 1 << 16
	if len(t.known) <= most && len(t.ids) <= most {
		return false
	}
	t.known, t.ids, t.byID, t.others = map[string]*Labels{}, map[string]int{}, nil, nil
	return true
}

// Rows returns how many rows were added since Begin, each counted once however many meters took it.
func (t *Tally) Rows() int64 { return t.rows }

// Resolve returns a handle for each meter that takes rows with these labels, which are in the order of Plan.Columns, the
// empty text for null; never none: rows that cannot be rated have a handle, too, and become findings. The labels are
// copied. The caller resolves each combination once per account.
func (t *Tally) Resolve(labels []string) []Handle { return t.ResolveAgain(t.Known(labels)) }

// Known returns the labels for ResolveAgain, in this account and in those to come.
func (t *Tally) Known(labels []string) *Labels {
	t.key = t.key[:0]
	for _, l := range labels {
		t.key = append(append(t.key, l...), 0)
	}
	x, ok := t.known[string(t.key)]
	if !ok {
		x = &Labels{found: t.plan.match(slices.Clone(labels))}
	}
	if y := t.beyond(x); y != nil {
		return y
	}
	if !ok {
		for i := range x.found {
			x.found[i].id = t.idOf(x.found[i].key)
		}
		t.known[string(t.key)] = x
	}
	return x
}

// KnownLike is Known for labels that agree with those of x in every column that is decisive.
func (t *Tally) KnownLike(x *Labels, labels []string) *Labels {
	for i := range x.found {
		if x.found[i].meter < 0 || x.found[i].code != "" {
			return t.Known(labels) // rows that cannot be rated are told apart by all their labels
		}
	}
	y := &Labels{found: slices.Clone(x.found)}
	own := slices.Clone(labels)
	for i := range y.found {
		y.found[i].labels = own
	}
	return y
}

// idOf numbers the keys of series.
func (t *Tally) idOf(key string) int {
	id, ok := t.ids[key]
	if !ok {
		id = len(t.byID)
		t.ids[key] = id
		t.byID = append(t.byID, stamped{})
	}
	return id
}

// ResolveAgain is Resolve for labels that are known.
func (t *Tally) ResolveAgain(x *Labels) []Handle {
	if x.stamp == t.stamp {
		return t.combos[x.at].handles
	}
	if y := t.beyond(x); y != nil {
		return t.ResolveAgain(y)
	}
	if !x.beyond && t.unratable(x) {
		t.unrated++
	}
	x.stamp, x.at = t.stamp, len(t.combos)
	first := len(t.numbers)
	for i := range x.found {
		h := handle{series: t.seriesOf(&x.found[i]), match: &x.found[i], combo: x.at, part: i}
		t.numbers = append(t.numbers, Handle(len(t.handles)))
		t.handles = append(t.handles, h)
	}
	c := combo{labels: x.found[0].labels, handles: t.numbers[first:len(t.numbers):len(t.numbers)]}
	if len(c.handles) > 1 {
		c.shared = t.share(c.handles)
		t.combos = append(t.combos, c)
		return c.handles
	}
	n := len(t.series[t.handles[c.handles[0]].series].slices)
	for range n {
		t.totals = append(t.totals, totals{})
	}
	c.totals = t.totals[len(t.totals)-n : len(t.totals) : len(t.totals)]
	t.combos = append(t.combos, c)
	return c.handles
}

// seriesOf finds or makes the series of a match.
func (t *Tally) seriesOf(m *match) int {
	key, id, code := m.key, m.id, m.code
	if t.account == nil {
		code = schemas.CodeUnknownAccount
		key = t.plan.keyOf(m, code)
		id = t.idOf(key)
	}
	i := t.byID[id].at
	if t.byID[id].stamp != t.stamp {
		i = t.grow()
		s := &t.series[i]
		s.meter, s.code, s.group, s.currency, s.key = m.meter, code, m.group, m.currency, key
		if code != "" {
			s.meter = -1
		}
		s.labels = m.labels
		if cut := t.context.slicesOf(s.meter); cut != nil && len(cut.starts) > 1 {
			s.starts = cut.starts
		}
		s.slices = emptied(s.slices, max(1, len(s.starts)))
		s.priced = zeros(s.priced, len(s.slices))
		t.byID[id] = stamped{t.stamp, i}
		return i
	}
	for k, l := range m.labels {
		if t.series[i].labels[k] != l {
			t.series[i].empty(k)
		}
	}
	return i
}

// Reads returns the columns of Usage from which the caller fills the rows of a handle.
func (t *Tally) Reads(h Handle) Reads { return t.handles[h].match.reads }

// Shared reports whether several meters take a handle's rows. The caller hands the same rows, added up alike or not at
// all, to each of their handles in turn; what one of them refuses is in the findings of Plan.Rate, and its rows in Output's.
func (t *Tally) Shared(h Handle) bool { return t.sharing(h) != nil }

// Additive reports whether the caller may add rows up itself, within each of Slices, and hand in the totals by AddTotal.
func (t *Tally) Additive(h Handle) bool {
	if c := t.sharing(h); c != nil {
		return !slices.ContainsFunc(c.handles, func(o Handle) bool { return !t.additive(o) })
	}
	return t.additive(h)
}

func (t *Tally) additive(h Handle) bool {
	m := t.handles[h].match
	return t.account == nil || m.additive && (t.context.windows == nil || m.meter < 0 || t.context.commitWindow(&t.plan.meters[m.meter]) == "")
}

// addsUp reports whether sums are all that the meter takes of rows.
func (m *meter) addsUp() bool {
	return m.Window == "" && (m.Aggregation == "" || m.Aggregation == schemas.AggregateSum || m.Aggregation == schemas.AggregateCount)
}

// DropsLate reports whether the meter of a handle bills nothing that began before the period: then rows that did and rows
// that did not must not be added up together.
func (t *Tally) DropsLate(h Handle) bool {
	if c := t.sharing(h); c != nil {
		return slices.ContainsFunc(c.handles, t.dropsLate)
	}
	return t.dropsLate(h)
}

func (t *Tally) dropsLate(h Handle) bool {
	return t.account != nil && t.handles[h].match.dropsLate
}

// Slices returns the times in microseconds at which the slices of a handle begin: a price or plan change begins a new
// one, and rows that are added up must not cross it. There is at least one.
func (t *Tally) Slices(h Handle) []int64 { return t.AppendSlices(nil, h) }

// AppendSlices appends what Slices returns.
func (t *Tally) AppendSlices(dst []int64, h Handle) []int64 {
	if c := t.sharing(h); c != nil {
		if len(c.shared.starts) > 0 {
			return append(dst, c.shared.starts...)
		}
		return append(dst, t.plan.start.UnixMicro())
	}
	if s := t.context.slicesOf(t.series[t.handles[h].series].meter); s != nil {
		return append(dst, s.starts...)
	}
	return append(dst, t.plan.start.UnixMicro())
}

// AddTotal adds rows that the caller added up: total holds their sums, from the earliest start to the latest end. It is
// for additive handles. The code says what is wrong, and is empty when the rows were added.
func (t *Tally) AddTotal(h Handle, rows int64, total *Row) schemas.Code {
	return t.addRows(h, rows, total)
}

// Add adds one row. The code says what is wrong with it, and is empty when it was added: too_precise where its unit does
// not convert within 18 decimal places, other_period where it began before the period and its meter drops late usage,
// bad_decimal where a sum leaves 38 digits.
func (t *Tally) Add(h Handle, r *Row) schemas.Code { return t.addRows(h, 1, r) }

// AddEach is Add for rows of which nothing but their times and quantities is read, such as events of our own meters: row i
// is of starts[i], ends[i] and quantities[i]. It stops at a row that Add would not take, and returns how many it added before
// that, and the code.
func (t *Tally) AddEach(h Handle, starts, ends []int64, quantities []money.Fixed) (n int, code schemas.Code) {
	if t.addEvents(&t.handles[h], starts, ends, quantities) {
		return len(quantities), ""
	}
	for n < len(quantities) {
		row := Row{Start: starts[n], End: ends[n], Quantity: quantities[n]}
		if code := t.Add(h, &row); code != "" {
			return n, code
		}
		n++
	}
	return n, ""
}

// addEvents adds rows all at once to a meter of events that takes them as they are. It reports false, and has added none,
// where anything else is to be done to a row.
func (t *Tally) addEvents(x *handle, starts, ends []int64, quantities []money.Fixed) bool {
	s, c := &t.series[x.series], &t.combos[x.combo]
	if s.meter < 0 || len(s.slices) != 1 || c.shared != nil || x.match.factor != (money.Fixed{}) || x.match.dropsLate || len(quantities) == 0 {
		return false
	}
	if m := &t.plan.meters[s.meter]; m.Aggregation != schemas.AggregateEvents || m.Window != "" || t.context.commitWindow(m) != "" {
		return false
	}
	sum, ok := money.Sum(quantities)
	if !ok {
		return false
	}
	a, total := &s.slices[0], &c.totals[0]
	all, fits := money.AddOK(a.sum, sum)
	of, fit := money.AddOK(total.quantity, sum)
	if !fits || !fit {
		return false
	}
	a.sum, total.quantity = all, of
	a.points = slices.Grow(a.points, len(quantities))
	for i := range quantities {
		if a.rows == 0 || starts[i] < a.first {
			a.first = starts[i]
		}
		a.last = max(a.last, ends[i])
		a.points = append(a.points, model.Point{At: starts[i], End: ends[i], Value: quantities[i]})
		a.rows++
	}
	total.rows, t.rows = total.rows+int64(len(quantities)), t.rows+int64(len(quantities))
	return true
}

func (t *Tally) addRows(h Handle, rows int64, r *Row) schemas.Code {
	x := &t.handles[h]
	c := &t.combos[x.combo]
	k, code := t.addTo(x, rows, r)
	if c.shared != nil {
		code, counted := c.shared.add(x.part, rows, r, code)
		t.rows += counted
		return code
	}
	if code != "" {
		return code
	}
	if c.totals[k].add(rows, r.Quantity, r.Cost, r.HasCost) != nil {
		return schemas.CodeBadDecimal
	}
	t.rows += rows
	return ""
}

// addTo adds rows to the series of a handle, and returns the slice.
func (t *Tally) addTo(x *handle, rows int64, r *Row) (int, schemas.Code) {
	s := &t.series[x.series]
	if x.match.factor != (money.Fixed{}) {
		converted, err := convertExact(r.Quantity, x.match.factor)
		if err != nil {
			return 0, schemas.CodeTooPrecise
		}
		row := *r
		row.Quantity, r = converted, &row
	}
	k := s.sliceAt(r.Start)
	if s.meter >= 0 {
		if x.match.dropsLate && r.Start < t.plan.start.UnixMicro() {
			return k, schemas.CodeOtherPeriod
		}
		if t.addSeries(&s.slices[k], &t.plan.meters[s.meter], rows, r) != nil {
			return k, schemas.CodeBadDecimal
		}
	}
	return k, ""
}

// addSeries adds rows to a slice by the meter's aggregation.
func (t *Tally) addSeries(a *accumulator, m *meter, rows int64, r *Row) error {
	if m.Window != "" {
		return t.addWindow(a, m, r)
	}
	if w := t.context.commitWindow(m); w != "" {
		if err := a.window(t.plan.spentIn(r.Start, w), m.Aggregation).add(m.Aggregation, r); err != nil {
			return err
		}
	}
	if err := a.add(m.Aggregation, r); err != nil {
		return err
	}
	a.rows += rows - 1
	return nil
}

// addWindow adds a row to the window in which it starts, and to the totals of the slice.
func (t *Tally) addWindow(a *accumulator, m *meter, r *Row) error {
	if err := a.add(schemas.AggregateSum, r); err != nil {
		return err
	}
	zone := t.context.zone
	if m.Window == schemas.WindowMonth {
		zone = t.plan.book.Zone // months are the provider's: by another clock the month at hand would have two, or a part of one
	}
	return a.window(windowStart(r.Start, m.Window, zone), m.WindowAggregation).add(m.WindowAggregation, r)
}

// window returns the window that starts at a time, making it where it is new.
func (a *accumulator) window(start int64, how schemas.Aggregation) *accumulator {
	w := a.windows[start]
	if w == nil {
		if a.windows == nil {
			a.windows = map[int64]*accumulator{}
		}
		w = &accumulator{how: how}
		a.windows[start] = w
	}
	return w
}

// convertExact is quantity × factor where it fits 18 decimal places without rounding.
func convertExact(quantity, factor money.Fixed) (money.Fixed, error) {
	wide := money.MulWide(quantity, factor)
	down, err := wide.Round(money.ProductScale, money.Scale, money.Floor)
	if err != nil {
		return money.Fixed{}, err
	}
	if up, err := wide.Round(money.ProductScale, money.Scale, money.Ceiling); err != nil || up != down {
		return money.Fixed{}, money.ErrPrecision
	}
	return down, nil
}
