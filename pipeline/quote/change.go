package quote

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/pipeline/rate"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Preview is what changes of subscriptions do to invoices, before they are decided.
type Preview struct {
	// Request is the request that they answer, if they answer one.
	Request  string          `json:"request,omitempty"`
	Accounts []ChangePreview `json:"accounts"`
}

// ChangePreview is what changes do to the invoices of an account: to that of the first month that they count in and is not closed, and to the
// next.
type ChangePreview struct {
	Account  schemas.AccountID `json:"account"`
	Currency money.Currency    `json:"currency"`
	Changes  []ChangeOf        `json:"changes"`
	Invoices []ChangedInvoice  `json:"invoices"`
}

// ChangeOf is a change of a subscription; Gone says that the book has it now and would not.
type ChangeOf struct {
	Subscription schemas.SubscriptionID `json:"subscription"`
	Gone         bool                   `json:"gone,omitempty"`
	On           schemas.Date           `json:"on"`
	Kind         schemas.ChangeKind     `json:"kind"`
	Quantity     *money.Decimal         `json:"quantity,omitempty"`
	Offering     schemas.OfferingID     `json:"offering,omitempty"`
	Effect       schemas.ChangeEffect   `json:"effect,omitempty"`
}

// ChangedInvoice is a month's charges before and after.
type ChangedInvoice struct {
	Period schemas.Period `json:"period"`
	// Usage is the run whose usage is rated; without one, the month is what falls due without use.
	Usage schemas.RunID `json:"usage_of_run,omitempty"`
	// Lines are those that differ, and Same is how many do not.
	Lines      []ChangedLine `json:"lines"`
	Same       int           `json:"same_lines"`
	Before     money.Decimal `json:"before"`
	After      money.Decimal `json:"after"`
	Difference money.Decimal `json:"difference"`
}

// ChangedLine is a line before and after; Before or After is nil where there is none.
type ChangedLine struct {
	Before     *InvoiceLine  `json:"before,omitempty"`
	After      *InvoiceLine  `json:"after,omitempty"`
	Difference money.Decimal `json:"difference"`
}

// InvoiceLine is a charge as it would be billed.
type InvoiceLine struct {
	Category     schemas.ChargeCategory `json:"category"`
	Description  string                 `json:"description"`
	Subscription schemas.SubscriptionID `json:"subscription,omitempty"`
	Price        schemas.PriceID        `json:"price,omitempty"`
	// From is the first day, To the last, and Days how many they are.
	From schemas.Date `json:"from"`
	To   schemas.Date `json:"to"`
	Days int          `json:"days"`
	// Proration is what part of a whole is charged, in words, such as 12 of 30 days.
	Proration string         `json:"proration,omitempty"`
	Quantity  *money.Decimal `json:"quantity,omitempty"`
	Unit      string         `json:"unit,omitempty"`
	Amount    money.Decimal  `json:"amount"`
	// Corrects is the closed month that the line corrects.
	Corrects schemas.Period `json:"corrects,omitempty"`
}

// MakePreview says what the accounts are charged by a book that differs from another in changes of subscriptions, and by that. Months that
// have been run are rated with the usage of their runs in s, as the next run of them does; s may be nil. An *AskError says that the
// books differ in no change.
func MakePreview(ctx context.Context, before, after *book.Book, s store.Store) (*Preview, error) {
	x := &previewer{ctx: ctx, books: [2]*book.Book{before, after}, store: s}
	if s != nil {
		var err error
		if x.standing, err = pipeline.ReadStanding(ctx, s, before.Provider.ID); err != nil {
			return nil, err
		}
	}
	out := &Preview{}
	for account := range after.Accounts {
		was, _, known := before.Account(account.ID)
		if !known {
			continue
		}
		changes := changesBetween(was, account)
		if len(changes) == 0 {
			continue
		}
		p := ChangePreview{Account: account.ID, Currency: account.Currency, Changes: changes}
		first := slices.MinFunc(changes, func(a, b ChangeOf) int { return a.On.Compare(b.On) }).On
		var err error
		if p.Invoices, err = x.invoices(account.ID, schemas.PeriodOf(first.Time(before.Zone), before.Zone)); err != nil {
			return nil, fmt.Errorf("account %s: %w", account.ID, err)
		}
		out.Accounts = append(out.Accounts, p)
	}
	if len(out.Accounts) == 0 {
		return nil, ask("no change is left to preview: the book says the same with it and without")
	}
	return out, nil
}

// changesBetween are the changes that only one of two books has of an account.
func changesBetween(was, is *schemas.Account) (out []ChangeOf) {
	of := func(a *schemas.Account, id schemas.SubscriptionID) []schemas.Change {
		i := slices.IndexFunc(a.Subscriptions, func(s schemas.Subscription) bool { return s.ID == id })
		if i < 0 {
			return nil
		}
		return a.Subscriptions[i].Changes
	}
	for _, s := range is.Subscriptions {
		for k, lists := range [2][2][]schemas.Change{{of(was, s.ID), s.Changes}, {s.Changes, of(was, s.ID)}} {
			for _, c := range lists[1] {
				if !slices.ContainsFunc(lists[0], func(o schemas.Change) bool { return reflect.DeepEqual(o, c) }) {
					out = append(out, ChangeOf{s.ID, k == 1, c.On, c.Kind, c.Quantity, c.Offering, c.Effect})
				}
			}
		}
	}
	return out
}

// previewer makes one preview; of two things the first is before, and the second after.
type previewer struct {
	ctx      context.Context
	books    [2]*book.Book
	store    store.Store
	standing *pipeline.Standing
}

// rated is a month of an account by both books.
type rated struct {
	run     schemas.RunID
	closed  bool
	charges [2][]schemas.Charge
	carried [2]rating.Carried
}

// mostClosed bounds how many closed months a preview goes through.
const mostClosed = run.MostEarlier

// invoices are that of the first month that is not closed, and the next. What changes of closed months stands as a correction on the
// first of them.
func (x *previewer) invoices(id schemas.AccountID, p schemas.Period) (out []ChangedInvoice, err error) {
	var previous *rated
	var corrections []schemas.Charge
	seen := []schemas.Period{}
	for range mostClosed {
		month, err := x.month(id, p, previous)
		if err != nil {
			return nil, err
		}
		for k := range month.charges { // what is previewed itself is not also a correction
			month.charges[k] = slices.DeleteFunc(month.charges[k], func(c schemas.Charge) bool { return c.Corrects != "" && slices.Contains(seen, c.Corrects) })
		}
		seen = append(seen, p)
		if month.closed {
			corrections = append(corrections, correct.Difference(p, p.Next(), month.charges[0], month.charges[1])...)
		} else {
			month.charges[1] = append(month.charges[1], corrections...)
			corrections = nil
			out = append(out, x.invoice(p, month))
		}
		if len(out) == 2 {
			break
		}
		previous, p = month, p.Next()
	}
	return out, nil
}

// month rates a month of an account by both books.
func (x *previewer) month(id schemas.AccountID, p schemas.Period, previous *rated) (*rated, error) {
	out := &rated{}
	var m *run.Manifest
	if x.standing != nil {
		name, closed, err := x.standing.Of(x.ctx, p)
		if err == nil {
			m, err = run.ReadManifest(x.ctx, x.store, p, name)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		out.closed = closed
		if m != nil {
			out.run = m.Run
		}
	}
	for k, b := range x.books {
		var err error
		if m != nil {
			out.charges[k], out.carried[k], err = explain.Try(b, x.store, m).Rated(x.ctx, id)
		} else {
			out.charges[k], out.carried[k], err = x.alone(b, id, p, previous, k)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// alone rates a month that has not been run: without use, from what the month before left.
func (x *previewer) alone(b *book.Book, id schemas.AccountID, p schemas.Period, previous *rated, k int) ([]schemas.Charge, rating.Carried, error) {
	account, _, ok := b.Account(id)
	if !ok {
		return nil, rating.Carried{}, unknownAccount(b, id)
	}
	plan, err := rating.Compile(rating.Book{
		Catalogue: b.Catalogue, Customers: []schemas.Customer{{Accounts: []schemas.Account{*account}}}, Zone: b.Zone, Rates: b.Rates, Exchange: b.Provider.Exchange,
	}, rating.Spec{Period: p})
	if err != nil {
		return nil, rating.Carried{}, err
	}
	var carried rating.Carried
	if previous != nil {
		carried = previous.carried[k]
	} else if x.store != nil {
		in, err := rate.ReadCarriedIn(x.ctx, x.store, p)
		if err != nil {
			return nil, carried, err
		}
		carried = in.Of(id)
	}
	tally := plan.NewTally()
	tally.Begin(id)
	out, err := plan.Rate(tally, carried)
	return out.Charges, out.Carried, err
}

// invoice pairs the lines of a month.
func (x *previewer) invoice(p schemas.Period, m *rated) ChangedInvoice {
	out := ChangedInvoice{Period: p, Usage: m.run, Lines: []ChangedLine{}}
	waiting := map[string][]*schemas.Charge{}
	for i := range m.charges[0] {
		c := &m.charges[0][i]
		waiting[changedKey(c)] = append(waiting[changedKey(c)], c)
		out.Before = out.Before.Add(c.Amount)
	}
	add := func(before, after *schemas.Charge) {
		l := ChangedLine{}
		if before != nil {
			l.Before, l.Difference = x.line(before), before.Amount.Neg()
		}
		if after != nil {
			l.After, l.Difference = x.line(after), l.Difference.Add(after.Amount)
		}
		out.Lines = append(out.Lines, l)
	}
	for i := range m.charges[1] {
		c := &m.charges[1][i]
		out.After = out.After.Add(c.Amount)
		var was *schemas.Charge
		if twins := waiting[changedKey(c)]; len(twins) > 0 {
			was, waiting[changedKey(c)] = twins[0], twins[1:]
		}
		if was != nil && was.Amount.Equal(c.Amount) && was.Priced.Equal(c.Priced) && was.End.Equal(c.End) {
			out.Same++
			continue
		}
		add(was, c)
	}
	for i := range m.charges[0] {
		c := &m.charges[0][i]
		if twins := waiting[changedKey(c)]; slices.Contains(twins, c) {
			add(c, nil)
		}
	}
	out.Difference = out.After.Sub(out.Before)
	return out
}

// changedKey is the same for a charge before and after.
func changedKey(c *schemas.Charge) string {
	return lineKey(c) + "\x00" + c.Description + string(c.Corrects)
}

func (x *previewer) line(c *schemas.Charge) *InvoiceLine {
	zone := x.books[1].Zone
	first, end := schemas.DateOf(c.Start, zone), schemas.DateOf(c.End.Add(-1), zone).AddDays(1)
	l := &InvoiceLine{
		Category: c.Category, Description: c.Description, Subscription: c.Subscription, Price: c.Price, From: first, To: end.AddDays(-1), Days: end.Sub(first),
		Unit: c.PricingUnit, Amount: c.Amount, Corrects: c.Corrects,
	}
	if c.HasQuantity {
		l.Quantity = &c.Priced
	}
	for _, s := range c.Steps {
		if s.Op == model.OpProrate {
			l.Proration = s.Note
		}
	}
	return l
}
