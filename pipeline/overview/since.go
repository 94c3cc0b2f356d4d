package overview

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/diff"
	"daybook/pipeline/document"
	"daybook/pipeline/document/since"
	"daybook/pipeline/emit"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// SinceName is what the page is called, beside a run's reports, that says what has changed since the run before.
const SinceName = "since.html"

const sinceCSV = "since.csv"

func reportKey(p schemas.Period, id schemas.RunID, name string) string {
	return fmt.Sprintf("reports/%s/%s/%s", p, id, name)
}

// Since writes what has changed since the run that was current before, and the index anew, for when a run has been committed. It is a view of the store, and
// no part of the run: that depends on what was delivered, and not on how often somebody looked. The error is a store that cannot be read
// or written; a run before that is damaged is none.
func Since(ctx context.Context, s store.Store, provider string, m *run.Manifest) error {
	page, err := sincePage(ctx, s, provider, m)
	if err != nil {
		return err
	}
	write := func(name string, body []byte) error {
		return renew(ctx, s, reportKey(m.Spec.Period, m.Run, name), func() ([]byte, error) { return body, nil })
	}
	if page == nil {
		return Renew(ctx, s, provider)
	}
	if err := write(SinceName, page.HTML()); err != nil {
		return err
	}
	if err := Renew(ctx, s, provider); err != nil { // which leads to the page
		return err
	}
	return write(sinceCSV, sinceLines(page)) // the last, by which Shown knows that all are there
}

// Shown reports whether the views of a run are there, of which the lines of what changed are the last: a process may have ended between the commit of
// the run and them.
func Shown(ctx context.Context, s store.Store, m *run.Manifest) (bool, error) {
	_, _, err := store.ReadAll(ctx, s, reportKey(m.Spec.Period, m.Run, sinceCSV))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// sincePage is nil for a run that left no figures.
func sincePage(ctx context.Context, s store.Store, provider string, m *run.Manifest) (*since.Page, error) {
	var now, was emit.Figures
	if json.Unmarshal(m.Summary, &now) != nil || now.Open == "" {
		return nil, nil //nolint:nilnil // there is nothing to show
	}
	page := &since.Page{
		Provider: provider, Period: m.Spec.Period, Run: m.Run, Provisional: m.Provisional, Currency: now.Currency, Places: now.Places, Through: now.Through,
		Command: document.ExplainCommand(m.Run),
	}
	var err error
	if page.Things, err = thingsOf(ctx, s, m, "attention.csv"); err != nil {
		return nil, err
	}
	before, err := beforeOf(ctx, s, m)
	if err != nil {
		return nil, err
	}
	if before == nil || json.Unmarshal(before.Summary, &was) != nil || was.Open == "" {
		page.Compare(nil)
		return page, nil
	}
	page.Before, page.ThroughBefore = before.Run, was.Through
	total := func(name string, measure schemas.Measure, before, now money.Decimal) since.Move {
		return since.Move{ID: string(m.Spec.Period) + "/total/" + string(measure), Name: name, Before: before, Now: now, Less: measure == schemas.Cost}
	}
	page.Measures = []since.Move{
		total("Revenue", schemas.Revenue, was.Revenue, now.Revenue), total("Cost of peers", schemas.Cost, was.Cost, now.Cost),
		total("Margin", schemas.Margin, was.Margin, now.Margin),
	}
	for _, c := range diff.Causes(&before.Spec, &m.Spec) {
		page.Causes = append(page.Causes, since.Cause{Kind: causeNames[c.Kind], Words: c.Words()})
	}
	things, err := thingsOf(ctx, s, before, sinceCSV)
	if err != nil {
		return nil, err
	}
	page.Compare(things)
	if page.Products, err = products(ctx, s, before, m); err != nil {
		return nil, err
	}
	page.Customers, page.More, err = customers(ctx, s, before, m)
	return page, err
}

// causeNames are words for what two specs differ in.
var causeNames = map[diff.CauseKind]string{
	diff.Book: "The book", diff.Deliveries: "Deliveries", diff.AsOf: "As of", diff.Progress: "Whether the month is over", diff.Code: "The code",
	diff.EarlierRuns: "Runs of earlier months", diff.CarriedOver: "What was carried over", diff.Families: "Families of accounts", diff.Shards: "The number of shards",
}

// beforeOf is the run that one is compared with: that which was current before it, or, of one that has not become current, the current
// one; nil where there is none that can be read.
func beforeOf(ctx context.Context, s store.Store, m *run.Manifest) (*run.Manifest, error) {
	c, _, err := run.ReadCurrent(ctx, s, m.Spec.Period)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
		return nil, nil //nolint:nilnil // status says so
	}
	if err != nil {
		return nil, err
	}
	id := c.Run
	if id == m.Run {
		if id, err = run.Before(ctx, s, c); errors.Is(err, store.ErrNotFound) {
			return nil, nil //nolint:nilnil // it is the first
		}
		if err != nil {
			return nil, err
		}
	}
	before, err := run.ReadManifest(ctx, s, m.Spec.Period, id)
	if _, damaged := errors.AsType[*run.DamagedError](err); damaged || errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // status says so
	}
	return before, err
}

// thingsOf is what needs attention by a run: of the first of these files that it has, the view or what the run itself left.
func thingsOf(ctx context.Context, s store.Store, m *run.Manifest, name string) (out []since.Thing, err error) {
	body, _, err := store.ReadAll(ctx, s, reportKey(m.Spec.Period, m.Run, name))
	if errors.Is(err, store.ErrNotFound) {
		if name == sinceCSV {
			return thingsOf(ctx, s, m, "attention.csv")
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(body))
	head, err := r.Read()
	if err != nil {
		return nil, nil //nolint:nilerr // it is empty or damaged, and tells nothing
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, nil //nolint:nilerr // as far as it goes
		}
		at := func(name string) string {
			if i := slices.Index(head, name); i >= 0 {
				return row[i]
			}
			return ""
		}
		t := since.Thing{
			Topic: at("Topic"), Title: at("What"), Detail: at("Detail"), Action: at("Action"), Owner: at("Owner"), Explain: at("Explain"),
			Amount: at("Amount"), Currency: at("Currency"),
		}
		if day, err := schemas.ParseDate(at("Since")); err == nil {
			t.Since = day
		}
		out = append(out, t)
	}
}

// sinceLines are the things as CSV, which the next run reads.
func sinceLines(page *since.Page) []byte {
	g := document.Grid{}
	for _, name := range []string{"Topic", "What", "Amount", "Currency", "Detail", "Action", "Explain", "Owner", "State", "Since"} {
		g.Columns = append(g.Columns, document.GridColumn{Name: name})
	}
	for i := range page.Things {
		t := &page.Things[i]
		text := func(s string) document.Cell { return document.Cell{Text: strings.TrimPrefix(s, "'")} } // which is put before formulas anew
		g.Rows = append(g.Rows, []document.Cell{
			text(t.Topic), text(t.Title),
			{Text: t.Amount, Number: true},
			text(t.Currency), text(t.Detail), text(t.Action), text(t.Explain), text(t.Owner),
			text(page.State(t)), text(t.Since.String()),
		})
	}
	return document.AppendCSV(nil, &g)
}

// products compares the revenue of two runs by offering.
func products(ctx context.Context, s store.Store, before, after *run.Manifest) ([]since.Move, error) {
	moves := map[schemas.OfferingID]*since.Move{}
	for at, m := range []*run.Manifest{before, after} {
		for _, o := range m.Outputs {
			if o.Dataset != schemas.Variances.Name {
				continue
			}
			variances, err := rows.ReadVariances(ctx, s, o.Key)
			if err != nil {
				return nil, err
			}
			for i := range variances {
				v := &variances[i]
				if v.Measure != schemas.Revenue {
					continue
				}
				add(moves, v.Offering, string(v.Offering), at, v.Actual)
			}
		}
	}
	out, _ := differing(moves)
	return out, nil
}

// customers compares the revenue of two runs by customer.
func customers(ctx context.Context, s store.Store, before, after *run.Manifest) ([]since.Move, int, error) {
	moves := map[string]*since.Move{}
	for at, m := range []*run.Manifest{before, after} {
		for _, o := range m.Outputs {
			if o.Dataset != schemas.Customers.Name {
				continue
			}
			err := rows.ReadEarnings(ctx, s, o.Key, &schemas.Customers, func(e *schemas.Earning) error {
				name := e.CustomerName
				if name == "" {
					name = e.Customer
				}
				add(moves, e.Customer, name, at, e.Revenue)
				return nil
			})
			if err != nil {
				return nil, 0, err
			}
		}
	}
	out, more := differing(moves)
	return out, more, nil
}

// add puts an amount of the run before, or of this one, to its move.
func add[K comparable](moves map[K]*since.Move, key K, name string, at int, amount money.Decimal) {
	m := moves[key]
	if m == nil {
		m = &since.Move{}
		moves[key] = m
	}
	m.Name = name
	if at == 0 {
		m.Before = m.Before.Add(amount)
	} else {
		m.Now = m.Now.Add(amount)
	}
}

// mostMoved is how many products and customers the page lists.
const mostMoved = 50

// differing are the moves that are none of zero, the largest of them, and how many more there are.
func differing[K comparable](moves map[K]*since.Move) (out []since.Move, more int) {
	for m := range maps.Values(moves) {
		if !m.Change().IsZero() {
			out = append(out, *m)
		}
	}
	all := len(out)
	out = since.Largest(out, mostMoved)
	return out, all - len(out)
}
