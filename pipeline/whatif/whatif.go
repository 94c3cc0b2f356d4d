package whatif

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/diff"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Outcome is what a month would come to by another book.
type Outcome struct {
	Period schemas.Period `json:"period"`
	// Run is the run whose deliveries are rated, and Charges how many charges the two books make of them.
	Run     schemas.RunID `json:"run"`
	Charges [2]int64      `json:"charges"`
	// Causes are in what the books differ, in the order in which the one's is replaced by the other's. Where what lies between two
	// is no book, they are one cause.
	Causes []string `json:"causes"`
	// Apart are the parts of which the books do not say the same, and that are not tried: they stay as they are.
	Apart []book.Part `json:"not_tried,omitempty"`
	// Sums are what all customers are charged, taxes included, by currency, and the revenue of it in the provider's.
	Sums []Sum `json:"sums"`
	// Customers are those with a difference, by identifier and currency; where accounts are asked for, these.
	Customers []Row   `json:"customers"`
	Counts    []Count `json:"counts"`
	// Offerings are those with a difference, by what is revenue of them in the provider's currency.
	Offerings []Row `json:"offerings"`
}

// Figures are what something comes to by both books: Before, and what each cause and the correction of earlier months changes of it,
// add up to After.
type Figures struct {
	Before     money.Decimal `json:"before"`
	After      money.Decimal `json:"after"`
	Difference money.Decimal `json:"difference"`
	// By is what each cause changes of the month itself, in the order of the causes.
	By []money.Decimal `json:"by_cause"`
	// Earlier is by how much more the other book's run would correct earlier months.
	Earlier money.Decimal `json:"corrects_earlier_months"`
}

// Corrects reports whether the other book's run would correct earlier months otherwise.
func (o *Outcome) Corrects() bool {
	return slices.ContainsFunc(o.Customers, func(r Row) bool { return !r.Earlier.IsZero() })
}

// Sum is a measure of all, in one currency.
type Sum struct {
	Measure  diff.Measure   `json:"measure"`
	Currency money.Currency `json:"currency"`
	Figures
}

// Row is a customer, an account or an offering, in one currency.
type Row struct {
	Customer string             `json:"customer,omitempty"`
	Account  schemas.AccountID  `json:"account,omitempty"`
	Offering schemas.OfferingID `json:"offering,omitempty"`
	Name     string             `json:"name,omitempty"`
	Currency money.Currency     `json:"currency"`
	Figures
	// Value is the difference in the provider's currency, by which rows are ranked.
	Value money.Decimal `json:"difference_value"`
}

// Count is how many customers of a currency pay more, less, or the same by the other book; and what those pay more and less.
type Count struct {
	Currency money.Currency `json:"currency"`
	More     int            `json:"pay_more"`
	Less     int            `json:"pay_less"`
	Same     int            `json:"pay_the_same"`
	Gains    money.Decimal  `json:"more"`
	Losses   money.Decimal  `json:"less"`
}

// Options say how a month is tried.
type Options struct {
	// Accounts asks for rows by account instead of by customer.
	Accounts bool
	Workers  int
	// SpillDir is where files for sorting lie.
	SpillDir string
}

// Compare rates the month of a committed run by its book as it is today, r.Book, and by another, from what the run pinned, in aside,
// which begins empty; r has places, of which the store is not written to, and what may be spent. What differs between the books is
// replaced part by part, so that what each changes can be told. The error wraps [diff.ErrUntied] if the causes do not lead from
// the one total to the other.
func Compare(ctx context.Context, r *run.Run, other *book.Book, m *run.Manifest, aside store.Store, o Options) (*Outcome, error) {
	x := &trying{ctx: ctx, run: r, was: m, options: o, tally: newTally(r.Book, other, o.Accounts)}
	x.store = &store.Over{Base: r.Store, Top: aside}
	out := &Outcome{Period: m.Spec.Period, Run: m.Run, Causes: []string{}, Apart: apart(r.Book, other)}
	before, err := x.rate(r.Book)
	if err != nil {
		return nil, err
	}
	out.Charges = [2]int64{before.Control.Charged.Rows, before.Control.Charged.Rows}
	if err := x.through(before, r.Book, other, out); err != nil {
		return nil, fmt.Errorf("rate %s by the other book: %w", m.Spec.Period, err)
	}
	return out, x.tally.fill(out)
}

// trying is a comparison under way.
type trying struct {
	ctx     context.Context
	run     *run.Run
	was     *run.Manifest
	store   store.Store
	options Options
	tally   *tally
}

// apart are the parts that books differ in and that are not tried.
func apart(b, other *book.Book) (out []book.Part) {
	for _, part := range []book.Part{book.PartSources, book.PartPromises} {
		if b.Digest(part) != other.Digest(part) {
			out = append(out, part)
		}
	}
	return out
}

// through goes from the one book to the other, cut by cut.
func (x *trying) through(last *run.Manifest, b, other *book.Book, out *Outcome) error {
	var cuts, differing []book.Cut
	for _, c := range book.Cuts() {
		if !b.Says(c, other) {
			differing = append(differing, c)
		}
	}
	if len(differing) == 0 {
		return x.compare(last, last, true, true)
	}
	var between []string // causes that wait for the next, for what lies between is no book
	for i, c := range differing {
		cuts = append(cuts, c)
		whole := i == len(differing)-1
		next, err := x.rate(b.Trial(other, whole, cuts...))
		if err != nil && !whole && x.ctx.Err() == nil {
			between = append(between, string(c))
			continue
		}
		if err != nil {
			return err
		}
		first := len(out.Causes) == 0
		out.Causes = append(out.Causes, strings.Join(append(between, string(c)), " and "))
		between = nil
		x.tally.begin(len(out.Causes))
		if err := x.compare(last, next, first, whole); err != nil {
			return err
		}
		last = next
	}
	out.Charges[1] = last.Control.Charged.Rows
	return nil
}

// compare adds up in what two ratings differ, and of the first and the last one what they come to.
func (x *trying) compare(before, after *run.Manifest, first, last bool) error {
	_, err := diff.Runs(x.ctx, x.store, before, after, diff.Options{
		SpillDir: x.options.SpillDir, Each: x.tally.differs,
		Hear: func(c *diff.Charge, later bool) error {
			if !later && first || later && last {
				x.tally.hear(c, later)
			}
			return nil
		},
	})
	return err
}

// rate does the run by a book as far as its charges, of which the manifest is not committed.
func (x *trying) rate(b *book.Book) (*run.Manifest, error) {
	spec := x.was.Spec
	spec.Book = slices.Clone(spec.Book)
	for i := range spec.Book {
		spec.Book[i].Digest = b.Digest(book.Part(spec.Book[i].Part))
	}
	spec.Families = pipeline.Families(b)
	r := &run.Run{Stages: pipeline.Stages(), Book: b, Places: x.run.Places, Budget: x.run.Budget, Progress: x.run.Progress}
	r.Store = x.store
	spec.Code = run.CodeOf(r.Stages)
	if err := r.Fix(spec); err != nil {
		return nil, err
	}
	sum, err := run.Execute(x.ctx, r, x.options.Workers, "rate", func(*run.Wave, []*run.Result) error { return nil })
	if err != nil {
		return nil, err
	}
	return sum.Manifest, nil
}
