package disputed

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/explain"
	"daybook/pipeline/rate"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/rating/correct"
	"daybook/reconcile/standing"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Cause is what a part of the difference is due to.
type Cause string

// The causes, in their order: each is what replacing one thing changes, so that they add up.
const (
	// Code is what today's code makes of the facts of then, less what was issued.
	Code Cause = "code"
	// Book is what the book has learned of the month otherwise.
	Book Cause = "book"
	// Decision is what the decisions about the dispute change.
	Decision Cause = "decision"
)

// Causes lists them.
func Causes() []Cause { return []Cause{Code, Book, Decision} }

// View is a dispute as it stands, with what it is about.
type View struct {
	Dispute  *dispute.Dispute `json:"-"`
	Standing dispute.Standing `json:"-"`
	Row
	// Run is the run that was issued, or the current one of a month that is open; it is empty where the month has none.
	Run    schemas.RunID `json:"run,omitempty"`
	Closed bool          `json:"closed"`
	// Documents are the account's of the month, and Notes those that correct them.
	Documents []Document `json:"documents"`
	Notes     []Document `json:"notes"`
	// Reproduced says that the run's charges come out the same from what it used; Differs names those that do not.
	Reproduced bool     `json:"reproduced"`
	Differs    []string `json:"differs,omitempty"`
	Scope      []Shared `json:"scope"`
	Lines      []Line   `json:"lines"`
	// Total is the sum of the lines.
	Total   Figures `json:"total"`
	Matches []Match `json:"matches,omitempty"`

	name     string
	provider string
	look     *explain.Look
	// costs are the meters of what peers charge us.
	costs map[schemas.MeterID]bool
	// before are the charges as the run made them, with their steps.
	before []schemas.Charge
	// family are the accounts whose lines are looked at, and books those by which the stages after the first are rated.
	family []schemas.AccountID
	books  []*book.Book
}

// Document is one that was issued.
type Document struct {
	Number   string         `json:"number"`
	Issued   schemas.Date   `json:"issued"`
	Total    money.Fixed    `json:"total"`
	Currency money.Currency `json:"currency"`
}

// Figures are what something was issued as and is now, and what each cause changes of it, in their order.
type Figures struct {
	Issued     money.Decimal   `json:"issued"`
	Now        money.Decimal   `json:"now"`
	Difference money.Decimal   `json:"difference"`
	By         []money.Decimal `json:"by_cause"`
}

// Line is a line of the month, before and after.
type Line struct {
	Account      schemas.AccountID      `json:"account"`
	Subscription schemas.SubscriptionID `json:"subscription,omitempty"`
	Offering     schemas.OfferingID     `json:"offering,omitempty"`
	Price        schemas.PriceID        `json:"price,omitempty"`
	Category     schemas.ChargeCategory `json:"category"`
	Group        string                 `json:"group,omitempty"`
	Called       string                 `json:"called"`
	Currency     money.Currency         `json:"currency"`
	// Disputed says that the customer challenges it.
	Disputed bool `json:"disputed"`
	Figures
	// Quantity is what was priced, and Rows the usage records behind it, before and after.
	Quantity [2]*money.Decimal `json:"quantity"`
	Unit     string            `json:"unit,omitempty"`
	Rows     [2]int64          `json:"usage_records"`
	// charges are those of the line, stage by stage.
	charges [stageCount][]schemas.Charge
	// ofCost says that what was priced is what peers charge us, which is not the customer's to see.
	ofCost bool
}

// Disputes says how all of a book's stand on a day; no day is by all that the book says.
func Disputes(b *book.Book, today schemas.Date) []Row {
	q := ask(b)
	stand, _ := q.Stand()
	out := make([]Row, len(stand))
	for i := range stand {
		out[i] = rowOf(&stand[i], today)
	}
	return out
}

// ask is the question about all disputes of a book.
func ask(b *book.Book) *standing.Customers {
	return &standing.Customers{
		Period: "9999-12", Disputes: b.Challenges, Days: b.Provider.Invoicing.DisputeDays,
		Currency: func(id schemas.AccountID) money.Currency {
			if a, _, ok := b.Account(id); ok {
				return a.Currency
			}
			return ""
		},
	}
}

// Row is a dispute in a list.
type Row struct {
	ID       string            `json:"dispute"`
	Account  schemas.AccountID `json:"account"`
	Case     string            `json:"case,omitempty"`
	Period   schemas.Period    `json:"period"`
	State    dispute.State     `json:"state"`
	Currency money.Currency    `json:"currency"`
	Claimed  money.Decimal     `json:"claimed"`
	Accepted money.Decimal     `json:"accepted"`
	Rejected money.Decimal     `json:"rejected"`
	Open     money.Decimal     `json:"open"`
	Raised   schemas.Date      `json:"raised"`
	// DecideBy is the last day for a decision, and DaysLeft how many days are left; both are missing where nothing is waited for.
	DecideBy *schemas.Date `json:"decide_by,omitempty"`
	DaysLeft *int          `json:"days_left,omitempty"`
}

func rowOf(s *dispute.Standing, today schemas.Date) Row {
	r := Row{
		ID: s.ID, Account: s.Account, Case: s.Case, Period: s.Bill, State: s.State, Currency: s.Currency, Claimed: s.Claimed, Accepted: s.Accepted,
		Rejected: s.Rejected, Open: s.Open, Raised: s.RaisedOn,
	}
	if by := s.AnswerBy; !by.IsZero() {
		left := by.Sub(today)
		r.DecideBy, r.DaysLeft = &by, &left
	}
	return r
}

// ErrUnknown says that a book has no such dispute.
var ErrUnknown = errors.New("the book has no such dispute of a customer")

// Open looks at a dispute of a book. The error wraps [ErrUnknown] where there is no such.
func Open(ctx context.Context, b *book.Book, s store.Store, id string, today schemas.Date) (*View, error) {
	at := slices.IndexFunc(b.Challenges, func(d dispute.Dispute) bool { return d.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("dispute %s: %w", id, ErrUnknown)
	}
	d := &b.Challenges[at]
	v := &View{costs: CostMeters(b), Dispute: d, provider: b.Provider.Name, Documents: []Document{}, Notes: []Document{}, Scope: []Shared{}, Lines: []Line{}}
	stand, _ := ask(b).Stand()
	for i := range stand {
		if stand[i].ID == id {
			v.Standing, v.Row = stand[i], rowOf(&stand[i], today)
		}
	}
	if a, c, ok := b.Account(d.Account); ok {
		v.name = a.Name
		if v.name == "" {
			v.name = c.Name
		}
	}
	now, err := pipeline.ReadStanding(ctx, s, b.Provider.ID)
	if err != nil {
		return nil, err
	}
	if v.Run, v.Closed, err = now.Of(ctx, d.Period); err != nil {
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
			return v, nil // the month has no run yet
		}
		return nil, err
	}
	if v.look, err = explain.OpenLook(ctx, b, s, nil, d.Period, v.Run); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return v.documents(ctx, b, s, now.Register) },
		func() error { return v.rate(ctx, b, s) },
		func() error { return v.find(ctx, b, s) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	v.Scope = scopeOf(v, b)
	return v, nil
}

// documents finds those of the account's month, and the notes that correct them.
func (v *View) documents(ctx context.Context, b *book.Book, s store.Store, all register.Register) error {
	documents, notes, err := DocumentsOf(ctx, s, all, b.Payer(v.Dispute.Account), v.Dispute.Period)
	v.Documents, v.Notes = append(v.Documents, documents...), append(v.Notes, notes...)
	return err
}

// DocumentsOf are those of a payer's month, and the notes that correct them.
func DocumentsOf(ctx context.Context, s store.Store, all register.Register, payer schemas.AccountID, p schemas.Period) (documents, notes []Document, err error) {
	documents, notes = []Document{}, []Document{}
	for _, x := range []struct {
		entries []register.Entry
		into    *[]Document
	}{{all.Of(p), &documents}, {all.NotesOf(p), &notes}} {
		for _, e := range x.entries {
			if e.Done == nil {
				continue
			}
			for i := range e.Done.Objects {
				_, err := register.EachDocument(ctx, s, e.Done.Objects[i].Key, func(line []byte) error {
					doc, err := issued.Read(line)
					if err == nil && doc.Invoice.Account == payer {
						*x.into = append(*x.into, Document{Number: doc.Number, Issued: doc.Date, Total: doc.Invoice.Total, Currency: doc.Invoice.Currency})
					}
					return err
				})
				if err != nil {
					return nil, nil, err
				}
			}
		}
	}
	return documents, notes, nil
}

// rate rates the account, and those that it is priced with, as the run did, by today's book without the decisions, and with them.
func (v *View) rate(ctx context.Context, b *book.Book, s store.Store) error {
	set, err := rate.SettingIn(ctx, v.look.Manifest, run.WholeBook(b), s)
	if err != nil {
		return err
	}
	family := set.KinOf(v.Dispute.Account)
	if len(family) == 0 {
		family = []schemas.AccountID{v.Dispute.Account}
	}
	v.Reproduced = true
	v.Total.By = make([]money.Decimal, len(Causes()))
	v.family, v.books = family, []*book.Book{v.look.Book(), b.WithoutDispute(v.Dispute.ID), b}
	for _, id := range family {
		issued, err := chargesOf(ctx, s, v.look.Manifest, id)
		if err != nil {
			return err
		}
		var stages [][]schemas.Charge
		for _, by := range v.books {
			charges, err := v.look.RatedBy(ctx, by, id)
			if err != nil {
				return fmt.Errorf("rate account %s again: %w", id, err)
			}
			stages = append(stages, charges)
		}
		v.hold(id, issued, stages[0])
		v.before = append(v.before, stages[0]...)
		v.lines(id, issued, stages)
	}
	return nil
}

// hold says whether what was issued comes out the same.
func (v *View) hold(id schemas.AccountID, issued, again []schemas.Charge) {
	ids := map[schemas.ChargeID]money.Decimal{}
	for i := range again {
		ids[again[i].ID] = again[i].Amount
	}
	for i := range issued {
		if amount, there := ids[issued[i].ID]; !there || !amount.Equal(issued[i].Amount) {
			v.Differs = append(v.Differs, fmt.Sprintf("charge %s of account %s, %s %s, does not come out again", issued[i].ID, id, issued[i].Amount, issued[i].Currency))
		}
		delete(ids, issued[i].ID)
	}
	for _, c := range again {
		if _, more := ids[c.ID]; more {
			v.Differs = append(v.Differs, fmt.Sprintf("charge %s of account %s, %s %s, was not issued", c.ID, id, c.Amount, c.Currency))
		}
	}
	v.Reproduced = len(v.Differs) == 0
}

// chargesOf are those of an account in a run, of its own month.
func chargesOf(ctx context.Context, s store.Store, m *run.Manifest, id schemas.AccountID) (out []schemas.Charge, err error) {
	err = eachRow(ctx, s, m, &schemas.Charges, schemas.ChargeBillingAccountId, id, func(b *dataset.Batch, from, to int) error {
		for i := from; i < to; i++ {
			c, err := rows.ChargeAt(b, i)
			if err != nil {
				return err
			}
			if c.Corrects == "" {
				out = append(out, *c)
			}
		}
		return nil
	})
	return out, err
}

// eachRow calls with the rows of an account in a table of a run.
func eachRow(ctx context.Context, s store.Store, m *run.Manifest, table *schemas.Table, column int, id schemas.AccountID, each func(b *dataset.Batch, from, to int) error) error {
	for _, key := range m.FilesOf(table)(id) {
		file, err := rows.OpenAccounts(ctx, s, key, table, column, nil)
		if err != nil {
			return err
		}
		if err = errors.Join(file.Read(id, each), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// CostMeters are the meters of what peers charge us, of which a customer does not see how much.
func CostMeters(b *book.Book) map[schemas.MeterID]bool {
	out := map[schemas.MeterID]bool{}
	for i := range b.Catalogue.Meters {
		if m := &b.Catalogue.Meters[i]; m.Value.IsCost() {
			out[m.ID] = true
		}
	}
	return out
}

// OfCost reports whether what a charge prices is what peers charge us.
func OfCost(costs map[schemas.MeterID]bool, c *schemas.Charge) bool {
	return rating.PricesCost(schemas.Model(c.Model)) || costs[c.Meter]
}

// lines divides what was issued and what is right now into lines, with what each cause changes.
func (v *View) lines(id schemas.AccountID, issued []schemas.Charge, stages [][]schemas.Charge) {
	for _, x := range correct.Lines(issued, stages) {
		c := &x.Charge
		l := Line{
			Account: id, Subscription: c.Subscription, Offering: c.Offering, Price: c.Price, Category: c.Category, Group: c.Group, Called: c.Description,
			Currency: c.Currency, Disputed: id == v.Dispute.Account && v.challenges(c), Unit: c.PricingUnit,
			ofCost:  OfCost(v.costs, c),
			Figures: Figures{Issued: x.Issued, Now: x.RightNow(), Difference: x.Difference(), By: x.Causes()},
		}
		for stage, list := range slices.Concat([][]schemas.Charge{issued}, stages) {
			for i := range list {
				if y := &list[i]; correct.SameLine(c, y) {
					l.charges[stage] = append(l.charges[stage], *y)
				}
			}
		}
		for k, stage := range beforeAndAfter {
			for i := range l.charges[stage] {
				y := &l.charges[stage][i]
				if l.Rows[k] += y.UsageRows; y.HasQuantity {
					sum := y.Priced
					if l.Quantity[k] != nil {
						sum = sum.Add(*l.Quantity[k])
					}
					l.Quantity[k] = &sum
				}
			}
		}
		v.Lines = append(v.Lines, l)
		v.Total.Issued, v.Total.Now = v.Total.Issued.Add(l.Issued), v.Total.Now.Add(l.Now)
		v.Total.Difference = v.Total.Difference.Add(l.Difference)
		for i := range l.By {
			v.Total.By[i] = v.Total.By[i].Add(l.By[i])
		}
	}
}

// challenges reports whether a charge is of a line that is challenged: without any, all are.
func (v *View) challenges(c *schemas.Charge) bool {
	if len(v.Dispute.Lines) == 0 {
		return true
	}
	return slices.ContainsFunc(v.Dispute.Lines, func(l dispute.Line) bool {
		return (l.Subscription == "" || l.Subscription == c.Subscription) && (l.Offering == "" || l.Offering == c.Offering) && (l.Price == "" || l.Price == c.Price)
	})
}
