package service

import (
	"cmp"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Owed is a credit that we owe an account for an earlier month, because we did not keep a promise or because a peer's credit is
// passed on.
type Owed struct {
	// Result is that of the promise, of the month Of.
	Result string
	Of     schemas.Period
	Peer   schemas.PeerID
	Place
	Account  schemas.AccountID
	Offering schemas.OfferingID
	Currency money.Currency
	// Due is the whole credit by what is known now, and Given what drafts have given of it, of which Booked is the last.
	Due, Given money.Decimal
	Booked     schemas.Period
	// Claimed is when it was asked for, where it does not come by itself.
	Claimed schemas.Date
	// FuturePayments says that it is set off against what is to be paid, and never paid out.
	FuturePayments bool
}

// Rest is what the account is still to be given; below zero it was given too much.
func (o *Owed) Rest() money.Decimal { return o.Due.Sub(o.Given) }

// Ledger holds what we owe for earlier months against what drafts have given of it.
type Ledger struct {
	in   schemas.Period
	ran  map[schemas.Period]bool
	owed map[string]*Owed
	// undecided are results whose credit hangs on a person.
	undecided map[string]bool
}

// NewLedger is that of a month.
func NewLedger(in schemas.Period) *Ledger {
	return &Ledger{in: in, ran: map[schemas.Period]bool{}, owed: map[string]*Owed{}, undecided: map[string]bool{}}
}

// Ran says that the results of an earlier month are known. Of other months nothing is owed: what was given for them stays given.
func (l *Ledger) Ran(p schemas.Period) { l.ran[p] = true }

// Judged takes a result of an earlier month, as it stands by what the book knows now; zone is that of its promise. What is no
// account's is not ours to give.
func (l *Ledger) Judged(r *SLARow, zone *time.Location) {
	if r.Account == "" {
		return
	}
	if r.State == ClaimReview {
		l.undecided[r.ID] = true
	}
	if credit, _ := r.Credit(); !r.State.Due() || !credit.IsPositive() || r.BookedIn(zone) > l.in {
		return
	}
	o := l.of(r.ID)
	o.Of, o.Peer, o.Place, o.Account, o.Offering, o.Currency = r.Period, r.Peer, r.Place, r.Account, r.Offering, r.Currency
	o.Due, o.Claimed, o.FuturePayments = r.Least.Credit, r.Claimed, r.FuturePayments
}

// Gave takes what a draft of an earlier month gave.
func (l *Ledger) Gave(c *SLACreditRow) {
	if c.Account == "" || c.Credited.IsZero() {
		return
	}
	o := l.of(c.Result)
	if o.Account == "" { // no result says so any more
		o.Of, o.Peer, o.Account, o.Offering, o.Currency = c.Of, c.Peer, c.Account, c.Offering, c.Currency
		o.Place = Place{Service: c.Service, Region: c.Region}
	}
	o.Given, o.Booked = o.Given.Add(c.Credited), max(o.Booked, c.Period)
}

func (l *Ledger) of(result string) *Owed {
	o := l.owed[result]
	if o == nil {
		o = &Owed{Result: result}
		l.owed[result] = o
	}
	return o
}

// Accounts are the credits of which something is still to be given, or to be taken back, by account, each account's by month and
// result. While a person must decide what a credit comes to, what was given of it stays given.
func (l *Ledger) Accounts() map[schemas.AccountID][]Owed {
	out := map[schemas.AccountID][]Owed{}
	for _, o := range l.owed {
		if l.ran[o.Of] && !l.undecided[o.Result] && !o.Rest().IsZero() {
			out[o.Account] = append(out[o.Account], *o)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Owed) int { return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Result, b.Result)) })
	}
	return out
}
