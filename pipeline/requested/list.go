package requested

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/document/screen"
	stage "daybook/pipeline/requests"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/requests"
	"daybook/schemas"
	"daybook/schemas/request"
)

// Desk is all requests of a book, as they stand on a day.
type Desk struct {
	All []request.Standing
	// Findings are about what does not go together.
	Findings []schemas.Finding

	book  *book.Book
	store store.Store
	now   *pipeline.Standing
}

// Read gathers the requests of a book, and those that the runs which stand have had delivered; s may be nil.
func Read(ctx context.Context, b *book.Book, s store.Store, today schemas.Date) (*Desk, error) {
	d := &Desk{book: b, store: s}
	q := requests.Question{
		Day: today, Book: b.Requests, Disputes: b.Challenges, Changes: stage.Applied(b.Accounts),
		Known: func(id schemas.AccountID) bool {
			_, _, known := b.Account(id)
			return known
		},
	}
	if len(b.Requests) == 0 && !slices.ContainsFunc(b.Sources, func(x schemas.Source) bool { return x.Format == schemas.CustomerRequests10 }) {
		return d, nil
	}
	if s != nil {
		var err error
		if d.now, err = pipeline.ReadStanding(ctx, s, b.Provider.ID); err != nil {
			return nil, err
		}
		periods, err := run.Periods(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, p := range periods {
			m, err := run.ReadPointed(ctx, s, p)
			if err != nil {
				if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
					continue
				}
				return nil, err
			}
			for _, o := range m.Outputs {
				if o.Dataset != request.Requests.Name {
					continue
				}
				if err := rows.ReadDelivered(ctx, s, o.Key, func(x request.Delivered) { q.Delivered = append(q.Delivered, x) }); err != nil {
					return nil, err
				}
			}
		}
	}
	d.All, d.Findings = q.Stand()
	return d, nil
}

// Row is a request in a list.
type Row struct {
	ID       string            `json:"request"`
	Source   schemas.SourceID  `json:"source,omitempty"`
	Account  schemas.AccountID `json:"account"`
	Kind     request.Kind      `json:"kind"`
	State    request.State     `json:"state"`
	Received schemas.Date      `json:"received"`
	// Age is in days, up to the day on which it was closed, or today.
	Age      int            `json:"age_days"`
	By       string         `json:"by,omitempty"`
	Period   schemas.Period `json:"period"`
	Text     string         `json:"text"`
	Disputes []string       `json:"disputes,omitempty"`
	// Decided is what became of the changes that it asks for; empty where nothing is decided.
	Decided request.Outcome `json:"decided,omitempty"`
}

// Rows lists the requests: open ones first, then answered and closed, and of each the oldest first.
func (d *Desk) Rows() []Row {
	out := make([]Row, len(d.All))
	for i := range d.All {
		out[i] = rowOf(&d.All[i])
	}
	states := request.State("").Values()
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(slices.Index(states, string(a.State)), slices.Index(states, string(b.State))), cmp.Compare(b.Age, a.Age))
	})
	return out
}

func rowOf(s *request.Standing) Row {
	r := Row{
		ID: s.ID, Source: s.Source, Account: s.Account, Kind: s.Kind, State: s.State, Received: s.Received, Age: s.Age, By: s.By, Period: s.Month, Text: s.Text,
		Disputes: s.Disputes,
	}
	if s.Decision != nil {
		r.Decided = s.Decision.Outcome
	}
	return r
}

// longest is how much of a text a list shows.
const longest = 40

// Table lists requests for the screen, with a heading.
func Table(all []Row) [][]string {
	out := [][]string{{"request", "account", "kind", "state", "received", "month", "what", "days"}}
	for i := range all {
		r := &all[i]
		text := screen.Clip(strings.Join(strings.Fields(r.Text), " "), longest)
		out = append(out, []string{r.ID, string(r.Account), string(r.Kind), string(r.State), r.Received.String(), string(r.Period), text, strconv.Itoa(r.Age)})
	}
	return out
}

// ErrUnknown says that there is no such request.
var ErrUnknown = errors.New("neither the book nor a run that stands has such a request")

// Find returns a request by its number, or by source/number where several sources use it.
func (d *Desk) Find(id string) (*request.Standing, error) {
	var found []*request.Standing
	for i := range d.All {
		if s := &d.All[i]; s.ID == id || book.RequestKey(&s.Request) == id {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("request %s: %w", id, ErrUnknown)
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i := range found {
		names[i] = book.RequestKey(&found[i].Request)
	}
	return nil, fmt.Errorf("request %s is one of %s: %w", id, strings.Join(names, ", "), ErrUnknown)
}
