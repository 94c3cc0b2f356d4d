// Package use says where figures about peers' use come from: who uses what, budgets, days that are unlike others, goals, access, and shared
// costs. It finds the row of a dataset, says which rows of bills it is made of, and computes it again by what the run computed it by.
// It only reads.
//
// Start with Find.
package use

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Run is a committed run that is looked at with the book that it used.
type Run struct {
	Manifest *run.Manifest
	Book     *book.Book
	Store    store.Store
}

// Subject is a figure that is explained.
type Subject struct {
	Kind, Title string
	Facts       []Fact
	Figures     []Figure
	// Unit is that of the sum of the rows; none where these are in several currencies.
	Unit string
	// Peer, if not empty, is that of all rows, and Columns are those of usage that Takes reads; without Takes there are no rows.
	Peer    schemas.PeerID
	Columns []int
	// Takes reports whether row i of a batch is one of those that the figure is made of. It is asked of every row of the run.
	Takes func(b *dataset.Batch, i int) (bool, error)
	// Told returns the arithmetic once Takes has been asked of all rows, what these are, and what computing again came to.
	Told func(taken *Taken) ([]schemas.Step, []Verdict, error)
	// Evidence is what else was delivered that the figure rests on.
	Evidence []Evidence
}

// Fact is something that an explanation names, and where it stands in the book.
type Fact struct{ Name, Value, Text, Where string }

// Figure is a number of the row.
type Figure struct {
	Name  string
	Value money.Decimal
	Unit  string
}

// Verdict is one thing that was computed again; Err says what differs.
type Verdict struct {
	What, Detail string
	Err          error
}

// Taken are the rows that were taken, and what is billed for them by currency.
type Taken struct {
	Rows int64
	Sums map[money.Currency]money.Decimal
}

// Evidence is a row of a delivery that is no usage.
type Evidence struct {
	Source, Object string
	Row            int64
	Kind, ID       string
	Start, End     time.Time
	Says           string
}

// Find finds what is called so, nil where nothing is. Whatever begins so is offered.
func Find(ctx context.Context, r *Run, begins *schemas.Beginning) (*Subject, error) {
	kinds := map[string]func(context.Context, *Run, *schemas.Beginning) (*Subject, error){
		"use": findUse, "budget": findBudget, "anomaly": findAnomaly, "integration": findIntegration, "access": findAccess, "entitlement": findEntitlement,
		"identity": findIdentity, "coverage": findCoverage, "shared": findShare,
	}
	rest, of := strings.CutPrefix(begins.Text, string(r.period())+"/")
	kind, _, named := strings.Cut(rest, "/")
	if find := kinds[kind]; of && named && find != nil {
		return find(ctx, r, begins)
	}
	return nil, nil
}

// Called is the identifier, or the beginning of those, by which a finding about use is explained; empty of other findings.
func Called(p schemas.Period, code schemas.Code, value string) string {
	peer, of, _ := strings.Cut(value, "/")
	switch code {
	case schemas.CodeBudgetReached:
		return string(p) + "/budget/" + value
	case schemas.CodeGoalMissed:
		return string(p) + "/integration/" + value
	case schemas.CodeUseAnomaly:
		if strings.Count(value, "/") == 3 { // or else a name has one, and it is not known which
			return string(p) + "/anomaly/" + value + "/"
		}
	case schemas.CodeIdentityUnknown, schemas.CodeIdentityShared, schemas.CodeIdentityOutlives, schemas.CodeCredentialEnded:
		return schemas.JoinID(string(p), "access", peer, of) + "/"
	case schemas.CodeNotEntitled:
		return schemas.JoinID(string(p), "entitlement", peer, of) + "/"
	case schemas.CodeCredentialDue, schemas.CodeCredentialUnknown:
		return schemas.JoinID(string(p), "identity", peer, of) + "/"
	default:
	}
	return ""
}

func (r *Run) period() schemas.Period { return r.Manifest.Spec.Period }

func (r *Run) whole() run.Book { return run.WholeBook(r.Book) }

// asOf is the day as of which the run read the book; the zero day is all there is.
func (r *Run) asOf() schemas.Date { return r.Manifest.Spec.AsOfDay(r.Book.Zone) }

// reach is how far the run's data go.
func (r *Run) reach() *normalise.Reach {
	if reach := normalise.ReachIn(r.Manifest, r.Book.Zone); r.Manifest.Spec.Open {
		return reach
	}
	_, last := r.period().Days()
	return &normalise.Reach{Through: last}
}

// sums are new ones of who uses what.
func (r *Run) sums() *compare.UseSums {
	return compare.NewUseSums(r.whole(), r.period(), r.asOf(), r.reach().Through)
}

// keys are the run's files of a dataset.
func (r *Run) keys(table *schemas.Table) (out []string) {
	for _, o := range r.Manifest.Outputs {
		if o.Dataset == table.Name && strings.HasSuffix(o.Key, ".parquet") {
			out = append(out, o.Key)
		}
	}
	return out
}

// each calls each with every row of a dataset of the run.
func (r *Run) each(ctx context.Context, table *schemas.Table, each func(cells) error) error {
	for _, key := range r.keys(table) {
		err := rows.ScanTable(ctx, r.Store, key, table, nil, func(b *dataset.Batch) error {
			for i := range b.Rows {
				if err := each(cells{b, i}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cells reads row i of a batch.
type cells struct {
	b *dataset.Batch
	i int
}

func (c cells) text(col int) string { return c.b.Columns[col].StringAt(c.i) }

func (c cells) optional(col int) *money.Decimal {
	v := &c.b.Columns[col]
	if v.IsNull(c.i) {
		return nil
	}
	d := v.Decs[c.i].Decimal()
	return &d
}

func (c cells) decimal(col int) (d money.Decimal) {
	if v := c.optional(col); v != nil {
		d = *v
	}
	return d
}

func (c cells) integer(col int) int64 { return c.b.Columns[col].Ints[c.i] }

// day is none where there is none.
func (c cells) day(col int) (d schemas.Date) {
	d, err := schemas.ParseDate(c.text(col))
	if err != nil {
		return schemas.Date{}
	}
	return d
}

func (c cells) currency(col int) money.Currency { return money.Currency(c.text(col)) }

func (s *Subject) fact(name, value, text, where string) {
	if value != "" || text != "" {
		s.Facts = append(s.Facts, Fact{name, value, text, where})
	}
}

func (s *Subject) figure(name string, v *money.Decimal, unit string) {
	if v != nil {
		s.Figures = append(s.Figures, Figure{name, *v, unit})
	}
}

// peer names the peer of a figure.
func (s *Subject) peer(r *Run, id schemas.PeerID) {
	name := ""
	if p, ok := r.Book.Peer(id); ok {
		name = p.Name
	}
	s.Peer = id
	s.fact("peer", string(id), name, r.Book.Where(book.KindPeer, string(id)))
}

// same is a verdict about two things that are to be the same.
func same(what string, is bool, detail, differs string, args ...any) Verdict {
	v := Verdict{What: what, Detail: detail}
	if !is {
		v.Err = fmt.Errorf(differs, args...)
	}
	return v
}

// of holds the rows that were taken against how many there are to be, and what is billed for them.
func (t *Taken) of(n int64, billed money.Decimal, c money.Currency) Verdict {
	is := t.Rows == n && t.Sums[c].Equal(billed)
	for other, sum := range t.Sums {
		is = is && (other == c || sum.IsZero())
	}
	return same("rows", is, fmt.Sprintf("%d %s up to it", n, schemas.OneOrMany(n, "row of the bill adds", "rows of the bill add")),
		"%d %s to %s %s; the run has %d and %s", t.Rows, schemas.OneOrMany(t.Rows, "row comes", "rows come"), t.Sums[c], c, n, billed)
}

// errNoRow says that computing again makes no such row.
var errNoRow = errors.New("the run's usage and the book make no such row")

// converted records what is billed in the currency in which it counts.
func converted(s *sheet.Sheet, note string, billed money.Decimal, c money.Currency, factor *money.Ratio) money.Decimal {
	if factor == nil {
		return billed
	}
	return s.ShareRounded(note, sheet.Named(string(c), billed), sheet.Named("rate", factor.Num), sheet.Named("per", factor.Den), money.Scale)
}

// sorted are the keys of amounts, in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
