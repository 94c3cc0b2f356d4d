package pipeline

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// QuoteRequest asks what use would cost an account. Either Meter or Source is given.
type QuoteRequest struct {
	Account schemas.AccountID
	// Day is when the use is; its month is rated.
	Day schemas.Date
	// AsOf hides what the book knows only since a later day; no day hides nothing.
	AsOf schemas.Date
	// Through is the last day whose exchange rates may be asked for; no day is the last of the month, as in a bill run.
	Through schemas.Date

	// Meter and Quantity are a hypothetical use; Dimensions give label columns of its rows, such as RegionId.
	Meter      schemas.MeterID
	Quantity   money.Decimal
	Dimensions map[string]string

	// Source declares the format of a usage file, File is its name, and Body its bytes.
	Source schemas.SourceID
	File   string
	Body   io.ReaderAt
	Size   int64
}

// Quote is what use would cost an account: a preview that nothing keeps.
type Quote struct {
	Account  schemas.AccountID `json:"account"`
	Day      schemas.Date      `json:"day"`
	Period   schemas.Period    `json:"period"`
	AsOf     *schemas.Date     `json:"as_of,omitempty"`
	Currency money.Currency    `json:"currency"`
	// Lines are what the use adds to the account's bill of the period, and Total is their sum.
	Lines []QuoteLine   `json:"lines"`
	Total money.Decimal `json:"total"`
	// Anyway is what falls due in the period without the use.
	Anyway   money.Decimal   `json:"due_anyway"`
	Rows     QuoteRows       `json:"rows"`
	Findings []ListedFinding `json:"findings,omitempty"`
}

// QuoteRows says where the rows of a usage file went.
type QuoteRows struct {
	Taken        int64 `json:"taken"`
	Rejected     int64 `json:"rejected"`
	Duplicates   int64 `json:"duplicates"`
	OtherPeriods int64 `json:"other_periods"`
	OtherAccount int64 `json:"other_accounts"`
}

// QuoteLine is one charge as far as the use makes it.
type QuoteLine struct {
	Category     string                 `json:"category"`
	Description  string                 `json:"description"`
	Offering     schemas.OfferingID     `json:"offering,omitempty"`
	Subscription schemas.SubscriptionID `json:"subscription,omitempty"`
	Price        schemas.PriceID        `json:"price,omitempty"`
	Version      string                 `json:"version,omitempty"`
	Where        string                 `json:"where,omitempty"`
	Meter        schemas.MeterID        `json:"meter,omitempty"`
	Group        string                 `json:"group,omitempty"`
	Model        string                 `json:"model,omitempty"`
	From         string                 `json:"from"`
	To           string                 `json:"to"`
	Quantity     *money.Decimal         `json:"quantity,omitempty"`
	Unit         string                 `json:"unit,omitempty"`
	// Amount is With less Without the use.
	Amount  money.Decimal   `json:"amount"`
	With    money.Decimal   `json:"with"`
	Without money.Decimal   `json:"without"`
	Steps   []ExplainedStep `json:"steps,omitempty"`
}

// AskError says that a question cannot be answered as it was put.
type AskError struct{ Reason string }

// Error says what to write instead.
func (e *AskError) Error() string { return e.Reason }

func ask(format string, args ...any) error { return &AskError{fmt.Sprintf(format, args...)} }

// MakeQuote prices use that is in no delivery, for an account and a day, by the rating of the bill run and nothing else.
// Balances that a run would carry into the period are those of the book. An *AskError says what is wrong with the
// question.
func MakeQuote(ctx context.Context, b *book.Book, q *QuoteRequest) (*Quote, error) {
	account, _, ok := b.Account(q.Account)
	if !ok {
		return nil, ask("the book has no account %s; its accounts are in accounts.csv or customers.yaml", q.Account)
	}
	period := schemas.PeriodOf(q.Day.Time(b.Zone), b.Zone)
	plan, err := rating.Compile(rating.Book{
		Catalogue: b.CatalogueAsOf(q.AsOf), Customers: b.Customers, Zone: b.Zone, Rates: b.Rates, Exchange: b.Provider.Exchange,
	}, rating.Spec{Period: period, AsOf: q.AsOf, Through: q.Through})
	if err != nil {
		return nil, err
	}
	x := quoter{book: b, ask: q, plan: plan, tally: plan.NewTally(), out: &Quote{
		Account: q.Account, Day: q.Day, Period: period, Currency: account.Currency, Lines: []QuoteLine{},
	}}
	if !q.AsOf.IsZero() {
		x.out.AsOf = &q.AsOf
	}
	x.tally.Begin(q.Account)
	without, err := plan.Rate(x.tally, rating.Carried{})
	if err != nil {
		return nil, err
	}
	if err := x.use(ctx, account); err != nil {
		return nil, err
	}
	with, err := plan.Rate(x.tally, rating.Carried{})
	if err != nil {
		return nil, err
	}
	for i := range with.Findings {
		x.found(&with.Findings[i])
	}
	x.lines(without.Charges, with.Charges)
	return x.out, nil
}

// quoter makes one quote.
type quoter struct {
	book  *book.Book
	ask   *QuoteRequest
	plan  *rating.Plan
	tally *rating.Tally
	out   *Quote
}

// use adds the use up.
func (x *quoter) use(ctx context.Context, account *schemas.Account) error {
	switch {
	case x.ask.Meter != "" && x.ask.Source != "":
		return ask("either a usage file or a meter with a quantity, not both")
	case x.ask.Source != "":
		return x.file(ctx)
	case x.ask.Meter != "":
		x.tally.Begin(x.ask.Account)
		return x.hypothetical(account)
	}
	return ask("say what is used: a usage file and its source, or a meter and a quantity")
}

// hypothetical adds a quantity of a meter, in a row such as the meter takes.
func (x *quoter) hypothetical(account *schemas.Account) error {
	m, ok := x.book.Meter(x.ask.Meter)
	if !ok {
		return ask("the book has no meter %s; its meters are %s", x.ask.Meter, namesOf(x.book.Catalogue.Meters, func(m *schemas.Meter) string { return string(m.ID) }))
	}
	labels, err := x.labels(m, account)
	if err != nil {
		return err
	}
	for _, h := range x.tally.Resolve(labels) {
		if x.tally.Held(h, 0).Meter == m.ID {
			return x.add(m, h)
		}
	}
	return ask("meter %s does not take a row with these dimensions; look at its filters at %s and give --dimension COLUMN=VALUE", m.ID, x.book.Where(book.KindMeter, string(m.ID)))
}

// add adds the quantity as the meter's aggregation wants it.
func (x *quoter) add(m *schemas.Meter, h rating.Handle) error {
	start := x.ask.Day.Time(x.book.Zone)
	row := rating.Row{Start: start.UnixMicro(), End: x.ask.Day.AddDays(1).Time(x.book.Zone).UnixMicro()}
	whole := m.Aggregation == schemas.AggregateCount || m.Aggregation == schemas.AggregateUnique
	if whole && (!x.ask.Quantity.IsInteger() || x.ask.Quantity.IsNegative() || x.ask.Quantity.GreaterThan(money.NewDecimal(mostCounted, 0))) {
		return ask("meter %s counts, so its quantity is a whole number from 0 to %d, not %s", m.ID, mostCounted, x.ask.Quantity)
	}
	code := schemas.Code("")
	switch m.Aggregation {
	case schemas.AggregateCount:
		if n := x.ask.Quantity.IntPart(); n > 0 {
			code = x.tally.AddTotal(h, n, &row)
		}
	case schemas.AggregateUnique:
		for n := range x.ask.Quantity.IntPart() {
			row.ID = fmt.Append(row.ID[:0], n)
			if code = x.tally.Add(h, &row); code != "" {
				break
			}
		}
	default:
		var err error
		if row.Quantity, err = money.FixedFromDecimal(x.ask.Quantity); err != nil {
			return ask("quantity %s: %v", x.ask.Quantity, err)
		}
		if isCost(m.Value) {
			row.Cost, row.HasCost = row.Quantity, true
		}
		code = x.tally.Add(h, &row)
	}
	x.out.Rows.Taken = x.tally.Rows()
	if code != "" {
		info, _ := code.Info()
		return ask("the quantity cannot be metered: %s; %s", info.Meaning, info.Fix)
	}
	return nil
}

// mostCounted bounds a hypothetical count.
const mostCounted = 1_000_000

func isCost(v schemas.MeterValue) bool {
	return slices.Contains([]schemas.MeterValue{schemas.ValueEffective, schemas.ValueBilled, schemas.ValueContracted, schemas.ValueList}, v)
}

// labels are those of a row that the meter takes, with the dimensions asked for.
func (x *quoter) labels(m *schemas.Meter, account *schemas.Account) ([]string, error) {
	values := map[int]string{
		schemas.UseSourceId: string(m.Source), schemas.UsePeerId: string(m.Peer),
		schemas.UseConsumedUnit: m.Unit, schemas.UsePricingUnit: m.Unit, schemas.UseBillingCurrency: string(account.Currency),
	}
	if src, ok := x.book.Source(m.Source); ok && m.Peer == "" {
		values[schemas.UsePeerId] = string(src.Peer)
	}
	if len(m.SKUs) > 0 {
		values[schemas.UseSkuId] = string(m.SKUs[0])
	}
	if len(m.Services) > 0 {
		values[schemas.UseServiceName] = m.Services[0]
	}
	if len(m.SkuMeters) > 0 {
		values[schemas.UseSkuMeter] = m.SkuMeters[0]
	}
	for i := range m.Filters {
		if f := &m.Filters[i]; len(f.Values) > 0 && f.Op != schemas.FilterNotIn {
			values[schemas.Usage.Index(f.Column)] = f.Values[0]
		}
	}
	columns := x.plan.Columns()
	for name, value := range x.ask.Dimensions {
		column := schemas.Usage.Index(name)
		if !slices.Contains(columns, column) {
			return nil, ask("no meter or price of the catalogue looks at %s; it looks at %s", name,
				namesOf(columns, func(c *int) string { return schemas.Usage.Columns[*c].Name }))
		}
		values[column] = value
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = values[c]
	}
	return out, nil
}

func namesOf[T any](list []T, name func(*T) string) string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = name(&list[i])
	}
	return strings.Join(names, ", ")
}

// lines holds the bill with the use against that without it, charge by charge.
func (x *quoter) lines(without, with []schemas.Charge) {
	before := map[string][]schemas.Charge{}
	for i := range without {
		c := &without[i]
		before[lineKey(c)] = append(before[lineKey(c)], *c)
		x.out.Anyway = x.out.Anyway.Add(c.Amount)
	}
	for i := range with {
		c := &with[i]
		old := money.Zero
		if twins := before[lineKey(c)]; len(twins) > 0 {
			before[lineKey(c)] = twins[1:]
			if old = twins[0].Amount; twins[0].ID == c.ID {
				continue
			}
		}
		x.line(c, c.Amount, old)
	}
	// What the use makes unnecessary, such as the rest of a minimum.
	for i := range without {
		c := &without[i]
		if twins := before[lineKey(c)]; len(twins) > 0 && twins[0].ID == c.ID {
			before[lineKey(c)] = twins[1:]
			x.line(c, money.Zero, c.Amount)
		}
	}
}

func (x *quoter) line(c *schemas.Charge, with, without money.Decimal) {
	l := QuoteLine{
		Category: c.Category, Description: c.Description, Offering: c.Offering, Subscription: c.Subscription, Price: c.Price, Version: c.Version,
		Where: x.book.WherePrice(c.Offering, c.Price, c.Version), Meter: c.Meter, Group: c.Group, Model: c.Model,
		From: schemas.DateOf(c.Start, x.book.Zone).String(), To: schemas.DateOf(c.End.Add(-1), x.book.Zone).String(),
		Amount: with.Sub(without), With: with, Without: without, Steps: explainSteps(c.Steps), Unit: c.PricingUnit,
	}
	if c.HasQuantity {
		l.Quantity = &c.Priced
	}
	x.out.Lines = append(x.out.Lines, l)
	x.out.Total = x.out.Total.Add(l.Amount)
}

// lineKey is the same for a charge with the use and without it.
func lineKey(c *schemas.Charge) string {
	return strings.Join([]string{
		c.Category, string(c.Subscription), string(c.Offering), string(c.Price), c.Version, string(c.Meter), c.Group, c.Region, c.Model, c.Start.String(),
	}, "\x00")
}

func (x *quoter) found(f *schemas.Finding) {
	x.out.Findings = append(x.out.Findings, ListedFinding{
		Code: f.Code, Severity: f.Severity, Source: string(f.Source), Object: f.Object, Row: f.Row, Column: f.Column,
		Account: string(f.Account), Value: f.Value, Message: f.Message, Rows: f.Rows,
	})
}

// QuoteComparison is one question answered twice.
type QuoteComparison struct {
	Left  *Quote         `json:"left"`
	Right *Quote         `json:"right"`
	Lines []ComparedLine `json:"lines"`
	// Difference is Right less Left, and Percent that in a hundred of Left, rounded to two places; nil where that is 0.
	Difference money.Decimal  `json:"difference"`
	Percent    *money.Decimal `json:"percent,omitempty"`
}

// ComparedLine is what one price costs on either side, over all its stretches of the period.
type ComparedLine struct {
	Category    string             `json:"category"`
	Description string             `json:"description"`
	Offering    schemas.OfferingID `json:"offering,omitempty"`
	Price       schemas.PriceID    `json:"price,omitempty"`
	Group       string             `json:"group,omitempty"`
	// LeftVersions and RightVersions are the versions of the price that applied.
	LeftVersions  []string       `json:"left_versions,omitempty"`
	RightVersions []string       `json:"right_versions,omitempty"`
	Left          money.Decimal  `json:"left"`
	Right         money.Decimal  `json:"right"`
	Difference    money.Decimal  `json:"difference"`
	Percent       *money.Decimal `json:"percent,omitempty"`
}

// CompareQuotes pairs the lines of two quotes by price. The error is that of two currencies, which do not compare.
func CompareQuotes(left, right *Quote) (*QuoteComparison, error) {
	if left.Currency != right.Currency {
		return nil, ask("the account pays in %s on one side and in %s on the other; amounts of two currencies do not compare", left.Currency, right.Currency)
	}
	out := &QuoteComparison{Left: left, Right: right, Lines: []ComparedLine{}, Difference: right.Total.Sub(left.Total)}
	out.Percent = percentOf(out.Difference, left.Total)
	at := map[string]int{}
	line := func(l *QuoteLine) *ComparedLine {
		key := strings.Join([]string{l.Category, string(l.Subscription), string(l.Offering), string(l.Price), string(l.Meter), l.Group}, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(out.Lines)
			at[key] = i
			out.Lines = append(out.Lines, ComparedLine{Category: l.Category, Description: l.Description, Offering: l.Offering, Price: l.Price, Group: l.Group})
		}
		return &out.Lines[i]
	}
	for i := range left.Lines {
		c := line(&left.Lines[i])
		c.Left = c.Left.Add(left.Lines[i].Amount)
		c.LeftVersions = addVersion(c.LeftVersions, left.Lines[i].Version)
	}
	for i := range right.Lines {
		c := line(&right.Lines[i])
		c.Right = c.Right.Add(right.Lines[i].Amount)
		c.RightVersions = addVersion(c.RightVersions, right.Lines[i].Version)
	}
	for i := range out.Lines {
		c := &out.Lines[i]
		c.Difference = c.Right.Sub(c.Left)
		c.Percent = percentOf(c.Difference, c.Left)
	}
	return out, nil
}

func addVersion(list []string, v string) []string {
	if v != "" && !slices.Contains(list, v) {
		list = append(list, v)
	}
	return list
}

// percentOf is part in a hundred of the size of base, rounded to two places; nil for a base of 0.
func percentOf(part, base money.Decimal) *money.Decimal {
	p, err := money.MulDivRound(part, money.NewDecimal(100, 0), base.Abs(), 2, money.HalfEven)
	if err != nil {
		return nil
	}
	return &p
}
