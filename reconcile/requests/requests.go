// Package requests says how customers' requests stand: what the book and deliveries say of each, as one. Start with [Question.Stand].
package requests

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
	"daybook/schemas/request"
)

// Question is all that the standing of requests hangs on.
type Question struct {
	// Period is the month of which requests are asked for: those that were received by its last day and not closed before its first; none is
	// for all.
	Period schemas.Period
	// AsOf is the day by which all is known; on none, all that the book says is. Day is the one to which age is counted.
	AsOf, Day schemas.Date
	Book      []request.Request
	Delivered []request.Delivered
	Disputes  []dispute.Dispute
	// Changes are those that have a number of a request.
	Changes map[string][]request.Asked
	// Known reports whether the book has an account.
	Known func(schemas.AccountID) bool
}

// key is what tells requests apart: two sources may use the same numbers.
type key struct {
	source schemas.SourceID
	id     string
}

// Stand returns how each stands, by number and source, with findings of those of which two places do not go together.
func (q *Question) Stand() (out []request.Standing, findings []schemas.Finding) {
	at, latest := map[key]int{}, q.latest()
	for i := range q.Book {
		r := q.Book[i]
		k := key{r.Source, r.ID}
		d := latest[k]
		switch {
		case r.Source == "":
		case d == nil:
			findings = append(findings, unmatched(&r, fmt.Sprintf("request %s: source %s has not delivered it; correct id or source, or leave source out and say the rest", r.ID, r.Source)))
			continue
		default:
			r.Account, r.Kind, r.Received, r.By, r.Text, r.Period, r.Lines = d.Account, d.Kind, d.Received, d.By, d.Text, d.Period, d.Lines
		}
		at[k] = len(out)
		out = append(out, request.Standing{Request: r, At: d})
	}
	for k, d := range latest {
		if _, there := at[k]; !there {
			out = append(out, request.Standing{At: d, Request: request.Request{
				ID: d.ID, Source: d.Source, Account: d.Account, Kind: d.Kind, Received: d.Received, By: d.By, Text: d.Text, Period: d.Period, Lines: d.Lines,
			}})
		}
	}
	slices.SortFunc(out, func(a, b request.Standing) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source))
	})
	out = slices.DeleteFunc(out, func(s request.Standing) bool { return q.after(s.Received) })
	for i := range out {
		q.stand(&out[i])
	}
	out = slices.DeleteFunc(out, q.elsewhere)
	for i := range out {
		if s := &out[i]; s.At != nil && !q.Known(s.Account) {
			findings = append(findings, unmatched(&s.Request, fmt.Sprintf("request %s of source %s is about account %s, which is not in the book; add the account, or ask who wrote it", s.ID, s.Source, schemas.ClipValue(string(s.Account)))))
		}
	}
	return out, findings
}

func unmatched(r *request.Request, message string) schemas.Finding {
	f := schemas.Remark(schemas.CodeRequestUnmatched, r.ID, message, money.Zero, "")
	f.Account, f.Source = r.Account, r.Source
	return f
}

// latest is what was said last of each that is delivered.
func (q *Question) latest() map[key]*request.Delivered {
	out := map[key]*request.Delivered{}
	for i := range q.Delivered {
		d := &q.Delivered[i]
		k := key{d.Source, d.ID}
		if was := out[k]; was == nil || cmp.Or(was.Changed.Compare(d.Changed), cmp.Compare(was.Object, d.Object), cmp.Compare(was.Row, d.Row)) <= 0 {
			out[k] = d
		}
	}
	return out
}

// after reports whether a day is not known of yet.
func (q *Question) after(day schemas.Date) bool { return !q.AsOf.IsZero() && day.After(q.AsOf) }

// elsewhere reports whether a request is not of the month.
func (q *Question) elsewhere(s request.Standing) bool {
	if q.Period == "" {
		return false
	}
	first, last := q.Period.Days()
	return s.Received.After(last) || !s.Done.IsZero() && s.Done.Before(first)
}

// stand fills in how one stands.
func (q *Question) stand(s *request.Standing) {
	if s.Month = s.Period; s.Month == "" {
		s.Month = s.Received.Period()
	}
	if s.Answer != nil && q.after(s.Answer.On) {
		s.Answer = nil
	}
	if s.Decision != nil && q.after(s.Decision.On) {
		s.Decision = nil
	}
	if q.after(s.Closed) {
		s.Closed = schemas.Date{}
	}
	s.State, s.Done = request.Open, s.Closed
	if s.At != nil {
		s.State = s.At.State
		if s.State == request.Closed && s.Done.IsZero() {
			s.Done = s.At.Changed
		}
	}
	if s.Answer != nil && s.State == request.Open {
		s.State = request.Answered
	}
	if !s.Done.IsZero() {
		s.State = request.Closed
	}
	until := q.Day
	if !s.Done.IsZero() {
		until = s.Done
	}
	s.Age = max(0, until.Sub(s.Received))
	s.Disputes = slices.Clone(s.Disputes)
	for i := range q.Disputes {
		d := &q.Disputes[i]
		if d.Case == s.ID && d.Account == s.Account && !q.after(d.Raised) && !slices.Contains(s.Disputes, d.ID) {
			s.Disputes = append(s.Disputes, d.ID)
		}
	}
	slices.Sort(s.Disputes)
	for _, c := range q.Changes[s.ID] {
		if !q.after(c.KnownSince) {
			s.Applied = append(s.Applied, c)
		}
	}
}
