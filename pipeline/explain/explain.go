package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/explain/formula"
	"daybook/pipeline/rate"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Look is a committed run that somebody looks at. Nothing of it writes, and it reads what the run's manifest names, never
// a listing.
type Look struct {
	Manifest *run.Manifest
	// Changed are the parts of the book that are not as they were when the run was made.
	Changed []book.Part

	book           *book.Book
	unkept         error // why the book is today's though it has changed
	store, landing store.Store
	setting        *rate.Setting // see [Look.set]
}

// OpenLook opens a committed run of a period; an empty id is the one that the period points at, and one may be cut short as
// far as it is the only one that begins so. Where today's book, b, has changed since, Changed says so, and the run is looked at with
// the book that it used, which the store keeps. landing may be nil if the deliveries are not looked at. An error wrapping store.ErrNotFound says that there is no such run, and a
// *schemas.AmbiguousError that there are several.
func OpenLook(ctx context.Context, b *book.Book, s, landing store.Store, p schemas.Period, id schemas.RunID) (*Look, error) {
	var m *run.Manifest
	var err error
	if id == "" {
		m, err = run.ReadPointed(ctx, s, p)
	} else if id, err = run.Named(ctx, s, p, string(id)); err == nil {
		m, err = run.ReadManifest(ctx, s, p, id)
	}
	if err != nil {
		return nil, fmt.Errorf("find the run of %s: %w", p, err)
	}
	l := &Look{Manifest: m, book: b, store: s, landing: landing}
	if l.Changed = m.Spec.ChangedParts(b); len(l.Changed) > 0 {
		if used, err := run.OpenBook(ctx, s, &m.Spec); err == nil {
			l.book = used
		} else {
			l.unkept = err
		}
	}
	return l, nil
}

// Book is the book that the run is looked at with: the one that it used, or today's where the store does not keep that.
func (l *Look) Book() *book.Book { return l.book }

// Options say how much an explanation shows and whether it proves it.
type Options struct {
	// Rows is how many usage rows, charges or findings are listed at most, the largest; below 0 lists all. Usage rows are in
	// the order of their objects and rows; charges and findings have the largest first, or are in order if all are listed.
	Rows int
	// Check computes everything again: each step, the rating of the account or the comparison, and, where the landing
	// place is open, the digest of every source object behind the figure, and every row of it that is.
	Check bool
	// Record decodes the record of the first row that is listed out of its source object again.
	Record bool
}

// Explanation is where a figure comes from: facts, arithmetic, and the rows behind it. Numbers are exact decimal text.
type Explanation struct {
	// Kind is charge, variance, match, margin, promise, account, findings, or what else of the reports is explained, such as settlement.
	Kind        string          `json:"kind"`
	ID          string          `json:"id"`
	Title       string          `json:"title"`
	Period      schemas.Period  `json:"period"`
	Run         schemas.RunID   `json:"run"`
	Provisional bool            `json:"provisional"`
	Warnings    []string        `json:"warnings,omitempty"`
	Facts       []Fact          `json:"facts,omitempty"`
	Steps       []ExplainedStep `json:"steps,omitempty"`
	Figures     []Figure        `json:"figures,omitempty"`
	Usage       *UsageBehind    `json:"usage,omitempty"`
	Charges     *ChargesBehind  `json:"charges,omitempty"`
	Corrected   *Corrected      `json:"corrected,omitempty"`
	// Promise is the arithmetic of what became of the promise that a service credit is for, and Evidence what that was judged by.
	Promise  []ExplainedStep `json:"promise,omitempty"`
	Evidence *EvidenceBehind `json:"evidence,omitempty"`
	Findings []ListedFinding `json:"findings,omitempty"`
	Record   *SourceRecord   `json:"record,omitempty"`
	Checks   []Verdict       `json:"checks,omitempty"`
	Exchange []Exchange      `json:"exchange,omitempty"`
}

// Fact is something that an explanation names, and where it stands in the book.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Text is the name that people know it by.
	Text string `json:"text,omitempty"`
	// Where is file:line of the book.
	Where string `json:"where,omitempty"`
}

// ExplainedStep is a step with its formula: what it is = expression = value.
type ExplainedStep = formula.Step

// Steps adds to each step its formula.
func Steps(steps []schemas.Step) []ExplainedStep { return formula.Steps(steps) }

// Figure is a number of a report, and the step (from 1) that makes it; 0 where none does.
type Figure struct {
	Name  string        `json:"name"`
	Value money.Decimal `json:"value"`
	Unit  string        `json:"unit,omitempty"`
	Step  int           `json:"step,omitempty"`
}

// Verdict is one thing that was computed again.
type Verdict struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Detail is how it was found right, or what differs.
	Detail string `json:"detail,omitempty"`
}

// Holds reports whether everything that was computed again came out the same.
func (e *Explanation) Holds() bool {
	return !slices.ContainsFunc(e.Checks, func(v Verdict) bool { return !v.OK })
}

func (e *Explanation) check(what string, err error, detail string) {
	v := Verdict{What: what, OK: err == nil, Detail: detail}
	if err != nil {
		v.Detail = err.Error()
	}
	e.Checks = append(e.Checks, v)
}

func (e *Explanation) fact(name, value, text, where string) {
	if value != "" || text != "" {
		e.Facts = append(e.Facts, Fact{name, value, text, where})
	}
}

func (e *Explanation) figure(name string, v money.Decimal, unit string) {
	e.Figures = append(e.Figures, Figure{Name: name, Value: v, Unit: unit})
}

// link tells each figure which step made it: the last one that came to its value.
func (e *Explanation) link() {
	for i := range e.Figures {
		f := &e.Figures[i]
		for n := len(e.Steps); n > 0 && f.Step == 0; n-- {
			if out, err := money.ParseDecimal(e.Steps[n-1].Out); err == nil && out.Equal(f.Value) {
				f.Step = n
			}
		}
	}
}

// ErrNothing says that the run has nothing of that name.
var ErrNothing = errors.New("there is nothing of that name")

// Explain says where the thing comes from that id names: a charge, an identifier of the reports
// (period/offering/region/measure of a variance, with the segment after the region where there is one, those of peer matches and of margins, period/total/measure), a beginning
// that only one of these has, an account, a code of findings, or findings for all of them. The error wraps ErrNothing if
// there is no such thing in the run, and is an *AmbiguousError if there are several.
func (l *Look) Explain(ctx context.Context, id string, o Options) (*Explanation, error) {
	e := &Explanation{ID: id, Period: l.Manifest.Spec.Period, Run: l.Manifest.Run, Provisional: l.Manifest.Provisional}
	if len(l.Changed) > 0 {
		names := make([]string, len(l.Changed))
		for i, p := range l.Changed {
			names[i] = string(p)
		}
		said := "what is shown is from the book as it was, which the store keeps"
		if l.unkept != nil {
			said = fmt.Sprintf("places in it are today's, and what is computed again may differ, for %v", l.unkept)
		}
		e.Warnings = append(e.Warnings, fmt.Sprintf("the book has changed since the run (%s): %s", strings.Join(names, ", "), said))
	}
	err := l.dispatch(ctx, e, o)
	if err == nil && o.Check && ofAll(e.Kind) {
		err = l.provePinned(ctx, e)
	}
	if err != nil {
		return nil, err
	}
	e.link()
	return e, nil
}

// ofAll reports whether what is explained rests on all deliveries of the run, rather than on rows that can be told.
func ofAll(kind string) bool {
	return kind == "variance" || kind == "margin" || kind == "findings" || kind == "promise" ||
		kind == "settlement" || kind == "chain" || kind == "arbitrage" || kind == "share" ||
		kind == "integration" || kind == "anomaly" || kind == "identity"
}

func (l *Look) dispatch(ctx context.Context, e *Explanation, o Options) error {
	if rest, ok := strings.CutPrefix(e.ID, string(e.Period)+"/"); ok {
		for _, measure := range measures {
			if rest == "total/"+string(measure) {
				return l.explainTotal(ctx, e, measure, o)
			}
		}
		return l.explainReported(ctx, e, o)
	}
	return l.explainNamed(ctx, e, o)
}

// allFindings stands for the findings of all codes.
const allFindings = "findings"

// explainNamed tries what has names of its own: codes of findings, accounts and charges, of which the name may be a beginning.
func (l *Look) explainNamed(ctx context.Context, e *Explanation, o Options) error {
	begins := schemas.Beginning{Text: e.ID}
	begins.Offer(allFindings)
	for _, c := range schemas.Codes {
		begins.Offer(string(c.Code))
	}
	for a, customer := range l.book.Accounts {
		if customer.ID != e.ID || string(a.ID) == e.ID { // a customer is named by the whole of its name
			begins.Offer(string(a.ID))
		}
	}
	var charges map[string]*schemas.Charge
	if found := begins.Found(); len(found) != 1 || found[0] != e.ID {
		var err error
		if charges, err = l.findCharges(ctx, &begins); err != nil {
			return err
		}
	}
	id, err := begins.Meant(func(id string) string {
		if c := charges[id]; c != nil {
			return fmt.Sprintf("%s  %s %s, %s: %s", id, c.Amount, c.Currency, c.Account, c.Description)
		}
		return id
	})
	if err != nil {
		return err
	}
	if c := charges[id]; c != nil {
		return l.explainCharge(ctx, e, c, o)
	}
	if account, customer, ok := l.book.Account(schemas.AccountID(id)); ok {
		return l.explainAccount(ctx, e, account, customer, o)
	}
	if id != "" {
		e.ID = id
		return l.explainFindings(ctx, e, o)
	}
	if !mayBeCharge(e.ID) {
		return fmt.Errorf("explain %q: it is no charge (32 hexadecimal digits, or the first %d or more), no identifier of a report, no account and no code of a finding: %w", e.ID, leastPrefix, ErrNothing)
	}
	return fmt.Errorf("explain %q: no charge of run %s of %s begins so: %w", e.ID, l.Manifest.Run, l.Manifest.Spec.Period, ErrNothing)
}

var measures = []schemas.Measure{schemas.Units, schemas.Revenue, schemas.Cost, schemas.Margin}

// explainReported tries the reports, each of which has identifiers of its own.
func (l *Look) explainReported(ctx context.Context, e *Explanation, o Options) error {
	begins := schemas.Beginning{Text: e.ID}
	for _, try := range []func(context.Context, *Explanation, *schemas.Beginning, Options) error{
		l.explainVariance, l.explainMatch, l.explainMargin, l.explainChange, l.explainForecast, l.explainPromise,
		l.explainChain, l.explainSettlement, l.explainNet, l.explainChoice, l.explainUse, l.explainBill, l.explainDiscrepancy,
	} {
		if err := try(ctx, e, &begins, o); err != nil || e.Kind != "" {
			return err
		}
	}
	id, err := begins.Meant(nil)
	if err != nil {
		return err
	}
	if id != "" && id != e.ID { // as the beginning of a charge's identifier names the charge
		e.ID = id
		return l.explainReported(ctx, e, o)
	}
	return fmt.Errorf("explain %q in run %s of %s: %w", e.ID, e.Run, e.Period, ErrNothing)
}

// Try looks at a committed run as it would be by a book that is not in force.
func Try(b *book.Book, s store.Store, m *run.Manifest) *Look {
	return &Look{Manifest: m, book: b, store: s}
}

// Rated are the charges of an account by the usage of the run and the book that it is looked at with, and what they leave for the next
// month.
func (l *Look) Rated(ctx context.Context, id schemas.AccountID) ([]schemas.Charge, rating.Carried, error) {
	x, err := l.rateAgain(ctx, id)
	if err != nil {
		return nil, rating.Carried{}, err
	}
	return x.charges, x.carried, nil
}
