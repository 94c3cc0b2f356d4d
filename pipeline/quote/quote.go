package quote

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/pipeline/rate"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Request asks what use would cost an account. Either Meter or SKU is given, or Source, or an Offering alone.
type Request struct {
	Account schemas.AccountID
	// Day is when the use is; its month is rated.
	Day schemas.Date
	// AsOf hides what the book knows only since a later day; no day hides nothing.
	AsOf schemas.Date
	// Through is the last day whose exchange rates may be asked for; no day is the last of the month, as in a bill run.
	Through schemas.Date

	// Carried is what the account takes into the period from the run of the one before; nil starts from the balances of the
	// book.
	Carried *rate.CarriedIn
	// Offering, if set, is quoted as if the account subscribed to it on Day, in addition to what it has.
	Offering schemas.OfferingID

	// Meter and Quantity are a hypothetical use; Dimensions give label columns of its rows, such as RegionId. SKU narrows the
	// meter to one that it counts, or stands for the only meter that counts it.
	Meter      schemas.MeterID
	SKU        schemas.SKU
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
	Account schemas.AccountID `json:"account"`
	Day     schemas.Date      `json:"day"`
	Period  schemas.Period    `json:"period"`
	AsOf    *schemas.Date     `json:"as_of,omitempty"`
	// Offering is what the account is taken to have subscribed to on the day; Carried is the run whose balances it starts
	// from, nil for those of the book.
	Offering schemas.OfferingID `json:"offering,omitempty"`
	Carried  *Carried           `json:"carried_from,omitempty"`
	Currency money.Currency     `json:"currency"`
	// Lines are what the use adds to the account's bill of the period, and Total is their sum.
	Lines []Line        `json:"lines"`
	Total money.Decimal `json:"total"`
	// Anyway is what falls due in the period without the use.
	Anyway   money.Decimal           `json:"due_anyway"`
	Rows     Rows                    `json:"rows"`
	Findings []explain.ListedFinding `json:"findings,omitempty"`
	// PricedBy are the offerings with a price for a use that the account has no subscription for.
	PricedBy []schemas.OfferingID `json:"priced_by,omitempty"`
}

// Carried names a committed run that left balances.
type Carried struct {
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
}

// Rows says where the rows of a usage file went.
type Rows struct {
	Taken        int64 `json:"taken"`
	Rejected     int64 `json:"rejected"`
	Duplicates   int64 `json:"duplicates"`
	OtherPeriods int64 `json:"other_periods"`
	OtherAccount int64 `json:"other_accounts"`
}

// Line is one charge as far as the use makes it.
type Line struct {
	Category     schemas.ChargeCategory `json:"category"`
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
	// Quantity is what is charged, in Unit; Metered what was used, before allowances and conversion, in MeteredUnit.
	Quantity    *money.Decimal `json:"quantity,omitempty"`
	Unit        string         `json:"unit,omitempty"`
	Metered     *money.Decimal `json:"metered,omitempty"`
	MeteredUnit string         `json:"metered_unit,omitempty"`
	// Amount is With less Without the use.
	Amount  money.Decimal           `json:"amount"`
	With    money.Decimal           `json:"with"`
	Without money.Decimal           `json:"without"`
	Steps   []explain.ExplainedStep `json:"steps,omitempty"`
}

// AskError says that a question cannot be answered as it was put.
type AskError struct{ Reason string }

// Error says what to write instead.
func (e *AskError) Error() string { return e.Reason }

func ask(format string, args ...any) error { return &AskError{fmt.Sprintf(format, args...)} }

// MakeQuote prices use that is in no delivery, for an account and a day, by the rating of the bill run and nothing else.
// An *AskError says what is wrong with the question.
func MakeQuote(ctx context.Context, b *book.Book, q *Request) (*Quote, error) {
	account, _, ok := b.Account(q.Account)
	if !ok {
		return nil, unknownAccount(b, q.Account)
	}
	period := schemas.PeriodOf(q.Day.Time(b.Zone), b.Zone)
	x := quoter{book: b, ask: q, out: &Quote{
		Account: q.Account, Day: q.Day, Period: period, Offering: q.Offering, Currency: account.Currency, Lines: []Line{},
	}}
	if !q.AsOf.IsZero() {
		x.out.AsOf = &q.AsOf
	}
	if q.Carried != nil {
		x.out.Carried = &Carried{q.Carried.Period, q.Carried.Run}
	}
	without, err := x.without(account)
	if err != nil {
		return nil, err
	}
	if x.plan, err = x.compile(account, q.Offering); err != nil {
		return nil, err
	}
	x.tally = x.plan.NewTally()
	if err := x.use(ctx, account); err != nil {
		return nil, err
	}
	with, err := x.plan.Rate(x.tally, q.Carried.Of(q.Account))
	if err != nil {
		return nil, err
	}
	for i := range with.Findings {
		if err := x.unpriced(&with.Findings[i]); err != nil {
			return nil, err
		}
		x.found(&with.Findings[i])
	}
	x.lines(without.Charges, with.Charges)
	return x.out, nil
}

// without is the account's bill of the period without the use.
func (x *quoter) without(account *schemas.Account) (rating.Output, error) {
	plan, err := x.compile(account, "")
	if err != nil {
		return rating.Output{}, err
	}
	tally := plan.NewTally()
	tally.Begin(account.ID)
	return plan.Rate(tally, x.ask.Carried.Of(account.ID))
}

// quoteSubscription is the identifier of a subscription that there is only in a quote.
const quoteSubscription = "quote"

// compile prepares the catalogue for the account alone, as if it subscribed to an offering on the day of use, if any.
func (x *quoter) compile(account *schemas.Account, offering schemas.OfferingID) (*rating.Plan, error) {
	alone := *account
	if offering != "" {
		o, ok := x.book.Offering(offering)
		if !ok {
			return nil, unknownOffering(x.book, offering)
		}
		if !o.Validity.Holds(x.ask.Day, x.ask.AsOf) {
			return nil, ask("offering %s is not in force on %s; look at %s", offering, x.ask.Day, x.book.Where(book.KindOffering, string(offering)))
		}
		subscription := schemas.Subscription{ID: quoteSubscription, Offering: offering, Start: x.ask.Day}
		alone.Subscriptions = append(slices.Clone(alone.Subscriptions), subscription)
	}
	return rating.Compile(rating.Book{
		Catalogue: x.book.CatalogueAsOf(x.ask.AsOf), Customers: []schemas.Customer{{Accounts: []schemas.Account{alone}}},
		Zone: x.book.Zone, Rates: x.book.Rates, Exchange: x.book.Provider.Exchange,
	}, rating.Spec{Period: x.out.Period, AsOf: x.ask.AsOf, Through: x.ask.Through})
}

// quoter makes one quote.
type quoter struct {
	book  *book.Book
	ask   *Request
	plan  *rating.Plan
	tally *rating.Tally
	out   *Quote
	// hypothesis is the meter of a hypothetical use, and given are the labels of its row by column.
	hypothesis *schemas.Meter
	given      map[string]string
}

// unpriced looks why a hypothetical use has no price. A dimension that prices want and the question does not say makes it a
// question that cannot be answered; what the account would have to subscribe to is noted on the quote.
func (x *quoter) unpriced(f *schemas.Finding) error {
	if x.hypothesis == nil {
		return nil
	}
	m := x.hypothesis
	if f.Code == schemas.CodeNoPrice {
		if narrower := x.narrower(m, x.given); narrower != "" {
			return ask("no price of meter %s takes a row without more dimensions; give %s", m.ID, narrower)
		}
	}
	if f.Code == schemas.CodeNoSubscription {
		x.out.PricedBy = x.pricing(m.ID)
	}
	return nil
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
	l := Line{
		Category: c.Category, Description: c.Description, Offering: c.Offering, Subscription: c.Subscription, Price: c.Price, Version: c.Version,
		Where: x.book.WherePrice(c.Offering, c.Price, c.Version), Meter: c.Meter, Group: c.Group, Model: c.Model,
		From: schemas.DateOf(c.Start, x.book.Zone).String(), To: schemas.DateOf(c.End.Add(-1), x.book.Zone).String(),
		Amount: with.Sub(without), With: with, Without: without, Steps: explain.Steps(c.Steps), Unit: c.PricingUnit,
	}
	if c.HasQuantity {
		l.Quantity, l.Metered, l.MeteredUnit = &c.Priced, &c.Consumed, c.ConsumedUnit
	}
	x.out.Lines = append(x.out.Lines, l)
	x.out.Total = x.out.Total.Add(l.Amount)
}

// lineKey is the same for a charge with the use and without it.
func lineKey(c *schemas.Charge) string {
	return strings.Join([]string{
		string(c.Category), string(c.Subscription), string(c.Offering), string(c.Price), c.Version, string(c.Meter), c.Group, c.Region, c.Model, c.Start.String(),
	}, "\x00")
}

func (x *quoter) found(f *schemas.Finding) {
	x.out.Findings = append(x.out.Findings, explain.Listed(f))
}
