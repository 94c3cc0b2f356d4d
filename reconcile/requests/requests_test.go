package requests_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/reconcile/requests"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/request"
)

func day(t *testing.T, text string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// asked is a question about requests in every state: of the book, delivered, of both, twice, and of somebody else.
func asked(t *testing.T) *requests.Question {
	t.Helper()
	on := func(text string) schemas.Date { return day(t, "2024-"+text) }
	delivered := func(id, changed string, s request.State, text string, row int64) request.Delivered {
		return request.Delivered{
			ID: id, Source: "tickets", Account: "a", Kind: request.Report, Received: on("09-02"), Text: text, State: s, Changed: on(changed), Object: "o", Row: row,
			Lines: []request.Subject{{Subscription: "s"}},
		}
	}
	return &requests.Question{
		Period: "2024-09", Day: on("09-30"),
		Book: []request.Request{
			{ID: "B-1", Account: "a", Kind: request.Question, Received: on("08-01"), Closed: on("08-31")},
			{ID: "B-2", Account: "a", Kind: request.Question, Received: on("08-01"), Closed: on("09-01")},
			{ID: "B-3", Account: "a", Kind: request.Question, Received: on("10-01")},
			{ID: "B-4", Account: "a", Kind: request.Change, Received: on("09-10"), Decision: &request.Resolution{On: on("09-20"), Outcome: request.Accepted}, Disputes: []string{"Y"}},
			{ID: "D-1", Source: "tickets", Answer: &request.Reply{On: on("09-15")}},
			{ID: "D-9", Source: "tickets"},
		},
		Delivered: []request.Delivered{
			delivered("D-1", "09-03", request.Open, "second", 2), delivered("D-1", "09-02", request.Open, "first", 9), delivered("D-1", "09-03", request.Open, "third", 3),
			delivered("D-2", "09-12", request.Closed, "done", 4),
			{ID: "D-3", Source: "tickets", Account: "nobody", Received: on("09-02"), Changed: on("09-02"), State: request.Open},
			{ID: "D-2", Source: "mails", Account: "a", Received: on("09-02"), Changed: on("09-02"), State: request.Answered},
		},
		Disputes: []dispute.Dispute{{ID: "X", Account: "a", Case: "B-4", Raised: on("09-25")}, {ID: "Z", Account: "other", Case: "B-4", Raised: on("09-25")}},
		Changes:  map[string][]request.Asked{"B-4": {{Subscription: "s", Change: schemas.Change{On: on("09-21"), KnownSince: on("09-20")}}}},
		Known:    func(id schemas.AccountID) bool { return id == "a" },
	}
}

func said(q *requests.Question) string {
	stand, findings := q.Stand()
	var out []string
	for i := range stand {
		s := &stand[i]
		done := ""
		if !s.Done.IsZero() {
			done = s.Done.String()
		}
		out = append(out, fmt.Sprintf("%s/%s %s %d %s %q %s %v %d %t", s.Source, s.ID, s.State, s.Age, s.Month, s.Text, done, s.Disputes, len(s.Applied), s.Decision != nil))
	}
	for i := range findings {
		out = append(out, string(findings[i].Code)+" "+findings[i].Value)
	}
	return strings.Join(out, "\n")
}

func TestStand(t *testing.T) {
	const want = `/B-2 closed 31 2024-08 "" 2024-09-01 [] 0 false
/B-4 open 20 2024-09 "" [X Y] 1 true
tickets/D-1 answered 28 2024-09 "third" [] 0 false
mails/D-2 answered 28 2024-09 "" [] 0 false
tickets/D-2 closed 10 2024-09 "done" 2024-09-12 [] 0 false
tickets/D-3 open 28 2024-09 "" [] 0 false
request_unmatched D-9
request_unmatched D-3`
	if got := strings.ReplaceAll(said(asked(t)), "  ", " "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestAsOf looks from a day on which less was known: no answer, decision, dispute or change that came later.
func TestAsOf(t *testing.T) {
	q := asked(t)
	q.AsOf = day(t, "2024-09-14")
	q.Day = q.AsOf
	const want = `/B-2 closed 31 2024-08 "" 2024-09-01 [] 0 false
/B-4 open 4 2024-09 "" [Y] 0 false
tickets/D-1 open 12 2024-09 "third" [] 0 false`
	if got := strings.ReplaceAll(said(q), "  ", " "); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
