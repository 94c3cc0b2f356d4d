// Package asked checks what a book says of customers' requests. Package check lends it the names that the book has. Start with
// [Book.Check].
package asked

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/request"
)

// Book is what a request may refer to. Its functions complain of a name that the book does not have, and report whether it has it.
type Book struct {
	*parse.Reader
	Account, Subscription, Offering, Source, Dispute func(at parse.Spot, key, id string) bool
	// Owner is the account of a subscription, and Format what a source delivers.
	Owner  func(schemas.SubscriptionID) schemas.AccountID
	Format func(schemas.SourceID) schemas.Format
	// Identifier complains of what cannot be one, and Change of what is wrong with a change by itself.
	Identifier func(at parse.Spot, id string)
	Change     func(at parse.Spot, c *request.Asked)
}

// Applied is a row of changes.csv that has a request's number, and where it stands.
type Applied struct {
	Subscription schemas.SubscriptionID
	Request      string
	At           parse.Spot
}

// Check complains of requests that say too little, or twice the same, and of changes that were made without a decision.
func (b *Book) Check(list *parse.List[request.Request], applied []Applied) {
	type key struct {
		source schemas.SourceID
		id     string
	}
	first := map[key]parse.Spot{}
	byID := map[string][]int{}
	for i := range list.Items {
		r, at := &list.Items[i], list.Spots[i]
		k := key{r.Source, r.ID}
		b.Identifier(at.Field("id"), r.ID)
		if was, twice := first[k]; twice && r.ID != "" {
			b.Complain(at.Field("id"), "rename one of them, or make one of them", "there are two of request %s; the first is at %s", parse.Clip(r.ID), was.Where())
		} else {
			first[k] = at
		}
		byID[r.ID] = append(byID[r.ID], i)
		b.said(at, r)
		b.links(at, r)
		b.changes(at, r)
		b.days(at, r)
	}
	made := map[string]bool{}
	for _, a := range applied {
		made[a.Request] = true
		if at := byID[a.Request]; len(at) == 1 {
			b.applied(&a, &list.Items[at[0]])
		}
	}
	for i := range list.Items {
		if r := &list.Items[i]; r.Decision != nil && r.Decision.Outcome == request.Accepted && len(r.Changes) > 0 && !made[r.ID] {
			b.Complain(list.Spots[i].Field("decision"), "write them into changes.csv, with "+r.ID+" in the column request", "the changes of request %s are accepted, and none of changes.csv has its number", parse.Clip(r.ID))
		}
	}
}

// said checks that a request says what it is, or who delivers that.
func (b *Book) said(at parse.Spot, r *request.Request) {
	keys := map[string]bool{"account": r.Account != "", "kind": r.Kind != "", "received": !r.Received.IsZero(), "text": r.Text != ""}
	if r.Source == "" {
		for _, key := range []string{"account", "kind", "received", "text"} {
			if !keys[key] && !at.Field(key).Stands() {
				b.Complain(at, "write "+key+", or source where a source delivers the request", "%s is missing", key)
			}
		}
	} else if b.Source(at, "source", string(r.Source)) {
		if f := b.Format(r.Source); f != schemas.CustomerRequests10 {
			b.Complain(at.Field("source"), "name one of format "+string(schemas.CustomerRequests10), "source %s delivers %s, and no requests", parse.Clip(string(r.Source)), f)
		}
		for _, key := range []string{"account", "kind", "received", "by", "text", "period", "lines"} {
			if at.Field(key).Stands() {
				b.Complain(at.Field(key), "remove it, or remove source", "%s is what source %s delivers", key, parse.Clip(string(r.Source)))
			}
		}
	}
	b.Account(at, "account", string(r.Account))
}

// links checks what a request is said to be about.
func (b *Book) links(at parse.Spot, r *request.Request) {
	for i, l := range r.Lines {
		here := at.Field("lines").At(i)
		if l == (request.Subject{}) {
			b.Complain(here, "write subscription, offering or price; or leave lines out", "it names no line")
		}
		b.ofAccount(here, r.Account, l.Subscription)
		b.Offering(here, "offering", string(l.Offering))
	}
	for i, id := range r.Disputes {
		b.Dispute(at.Field("disputes").At(i), "", id)
	}
}

// changes checks what is asked for, and what was decided about it.
func (b *Book) changes(at parse.Spot, r *request.Request) {
	for i := range r.Changes {
		c, here := &r.Changes[i], at.Field("changes").At(i)
		b.Change(here, c)
		if c.Request != "" {
			b.Complain(here.Field("request"), "remove it", "a change that is asked for is of this request")
		}
		if owner := b.Owner(c.Subscription); r.Account != "" && owner != "" && owner != r.Account {
			b.Complain(here.Field("subscription"), "name one of the account", "subscription %s is of account %s", parse.Clip(string(c.Subscription)), parse.Clip(string(owner)))
		}
	}
	if r.Kind == request.Change && r.Source == "" && len(r.Changes) == 0 {
		b.Complain(at.Field("kind"), "write changes, or another kind", "a request of kind change asks for changes")
	}
	if r.Decision != nil && len(r.Changes) == 0 {
		b.Complain(at.Field("decision"), "write changes, or answer instead", "a decision is about changes, and none are asked for")
	}
}

// days checks that what was done came after the request.
func (b *Book) days(at parse.Spot, r *request.Request) {
	after := func(at parse.Spot, d schemas.Date) {
		if !d.IsZero() && d.Before(r.Received) {
			b.Complain(at, "correct one of them", "%s is before it was received", d)
		}
	}
	if r.Answer != nil {
		after(at.Field("answer").Field("on"), r.Answer.On)
	}
	if r.Decision != nil {
		after(at.Field("decision").Field("on"), r.Decision.On)
	}
	after(at.Field("closed"), r.Closed)
}

// applied checks that a change that was made was decided.
func (b *Book) applied(a *Applied, r *request.Request) {
	at := a.At.Field("request")
	switch {
	case r.Decision == nil:
		b.Complain(at, "write decision into the request, or remove the row", "request %s is not decided", parse.Clip(a.Request))
	case r.Decision.Outcome != request.Accepted:
		b.Complain(at, "remove the row, or correct the decision", "request %s was rejected", parse.Clip(a.Request))
	default:
		if owner := b.Owner(a.Subscription); r.Account != "" && owner != "" && owner != r.Account {
			b.Complain(at, "correct one of them", "request %s is of account %s, and the subscription of %s", parse.Clip(a.Request), parse.Clip(string(r.Account)), parse.Clip(string(owner)))
		}
	}
}

// ofAccount complains of a subscription that is another account's.
func (b *Book) ofAccount(at parse.Spot, id schemas.AccountID, s schemas.SubscriptionID) {
	if s != "" && b.Subscription(at, "subscription", string(s)) {
		if owner := b.Owner(s); id != "" && owner != id {
			b.Complain(at.Field("subscription"), "name one of the account", "subscription %s is of account %s", parse.Clip(string(s)), parse.Clip(string(owner)))
		}
	}
}
