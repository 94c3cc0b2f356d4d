// Package standing says how disputes stand: with peers by what the book has decided, what peers answer, and what their bills credit; of
// customers by what the book has decided. What was raised is always what is accepted, rejected or open.
//
// It is pure: it reads no clock, file or network. Start with Of.
package standing

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Question is all that the standing of disputes in a period hangs on.
type Question struct {
	Period schemas.Period
	// AsOf is the day on which it is asked; on none, the last of the period.
	AsOf      schemas.Date
	Contracts []agreed.Contract
	Disputes  []dispute.Dispute
	// Answers are all that came up to the end of the period.
	Answers []dispute.Answer
	// Detected is what of the period's bills is too dear, by contract, and Before what stood in the period before.
	Detected map[schemas.ContractID]money.Decimal
	Before   []dispute.Standing
	// Issued is when the period's bill was issued, by peer; without a day it is as old as the end of its month.
	Issued map[schemas.PeerID]schemas.Date
	// Given is what bills of earlier periods have credited, and Now what those of this one do, by dispute.
	Given, Now map[string]money.Decimal
}

// today is the day by which deadlines are judged.
func (q *Question) today() schemas.Date {
	if !q.AsOf.IsZero() {
		return q.AsOf
	}
	_, last := q.Period.Days()
	return last
}

func (q *Question) contract(id schemas.ContractID) *agreed.Contract {
	i := slices.IndexFunc(q.Contracts, func(c agreed.Contract) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &q.Contracts[i]
}

// known are the disputes that have been raised by the day on which it is asked, of bills up to the period.
func (q *Question) known() (out []*dispute.Dispute) {
	for i := range q.Disputes {
		if d := &q.Disputes[i]; d.Period <= q.Period && !d.Raised.After(q.today()) && q.contract(d.Contract) != nil {
			out = append(out, d)
		}
	}
	return out
}

// Claimed is what has been raised by the day on which it is asked, by currency.
func (q *Question) Claimed() map[money.Currency]money.Decimal {
	out := map[money.Currency]money.Decimal{}
	for _, d := range q.known() {
		c := q.contract(d.Contract).Currency
		out[c] = out[c].Add(d.Amount)
	}
	return out
}

// Due is what a bill should credit of a dispute.
type Due struct {
	Dispute  string
	Peer     schemas.PeerID
	Service  string
	Amount   money.Decimal
	Currency money.Currency
	raised   schemas.Date
}

// Due are the accepted parts of disputes about earlier bills that have not been credited yet, those raised first before others.
func (q *Question) Due() (out []Due) {
	before := *q
	before.Now = nil
	for _, d := range before.known() {
		s := before.stand(d)
		if rest := s.Accepted.Sub(s.Credited); rest.IsPositive() && d.Period < q.Period {
			out = append(out, Due{d.ID, s.Peer, d.Service, rest, s.Currency, d.Raised})
		}
	}
	slices.SortFunc(out, func(a, b Due) int { return cmp.Or(a.raised.Compare(b.raised), cmp.Compare(a.Dispute, b.Dispute)) })
	return out
}

// Of returns how each dispute stands, and what of bills may still be challenged, with what needs somebody.
func Of(q *Question) (out []dispute.Standing, findings []schemas.Finding) {
	raised := map[string]money.Decimal{}
	for _, d := range q.known() {
		s := q.stand(d)
		out = append(out, s)
		bill := billID(d.Period, s.Peer, d.Contract)
		raised[bill] = raised[bill].Add(d.Amount)
	}
	for i := range q.Contracts {
		c := &q.Contracts[i]
		if amount := q.Detected[c.ID]; amount.IsPositive() {
			s := dispute.Standing{
				ID: billID(q.Period, c.Peer, c.ID), Bill: q.Period, Peer: c.Peer, Contract: c.ID, Currency: c.Currency, Detected: amount,
				RaiseBy: raiseBy(c, q.Period, q.Issued[c.Peer]),
			}
			out = q.unraised(out, s, raised)
		}
	}
	for _, s := range q.Before {
		if s.State == dispute.Detected && s.Bill < q.Period {
			out = q.unraised(out, s, raised)
		}
	}
	slices.SortFunc(out, func(a, b dispute.Standing) int { return cmp.Compare(a.ID, b.ID) })
	for i := range out {
		if f, ok := q.find(&out[i]); ok {
			findings = append(findings, f)
		}
	}
	return out, append(findings, q.strange()...)
}

// billID names what was detected of a bill.
func billID(p schemas.Period, peer schemas.PeerID, c schemas.ContractID) string {
	return schemas.JoinID(string(p), string(peer), string(c))
}

// unraised adds what of a bill no dispute is about, if there is any.
func (q *Question) unraised(out []dispute.Standing, s dispute.Standing, raised map[string]money.Decimal) []dispute.Standing {
	s.Period, s.State, s.Unraised = q.Period, dispute.Detected, s.Detected.Sub(raised[s.ID])
	if !s.RaiseBy.IsZero() && q.today().After(s.RaiseBy) {
		s.State = dispute.Expired
	}
	if !s.Unraised.IsPositive() {
		return out
	}
	return append(out, s)
}

// stand says how a dispute stands.
func (q *Question) stand(d *dispute.Dispute) dispute.Standing {
	c := q.contract(d.Contract)
	s := dispute.Standing{
		ID: d.ID, Period: q.Period, Bill: d.Period, Peer: c.Peer, Contract: c.ID, Invoice: d.Invoice, Currency: c.Currency, Claimed: d.Amount,
		RaisedOn: d.Raised, By: d.By, Reason: d.Reason, CreditedNow: q.Now[d.ID],
	}
	s.Credited = q.Given[d.ID].Add(s.CreditedNow)
	accepted := schemas.Date{}
	for _, a := range q.answersTo(d) {
		s.Answered, s.Answer = a.Day, cmp.Or(a.Reason, s.Answer)
		if a.Kind == dispute.Accepts {
			accepted = a.Day
		}
		take(&s, a)
	}
	given := q.writeOff(d, &s)
	s.Open = s.Claimed.Sub(s.Accepted).Sub(s.Rejected)
	s.State = q.state(&s, given)
	if terms := termsOf(c); s.Open.IsPositive() && s.Answered.IsZero() {
		s.AnswerBy = after(s.RaisedOn, terms.AnswerDays)
	} else if s.Accepted.Sub(s.GivenUp).GreaterThan(s.Credited) {
		s.CreditBy = after(accepted, terms.CreditDays)
	}
	return s
}

// take counts an answer. What is accepted is of what is open, and beyond that of what had been rejected.
func take(s *dispute.Standing, a *dispute.Answer) {
	open := s.Claimed.Sub(s.Accepted).Sub(s.Rejected)
	amount := open
	if a.Amount != nil {
		amount = *a.Amount
	}
	switch a.Kind {
	case dispute.Acknowledges:
	case dispute.Rejects:
		s.Rejected = s.Rejected.Add(least(amount, open))
	case dispute.Accepts:
		amount = least(amount, open.Add(s.Rejected))
		s.Accepted = s.Accepted.Add(amount)
		if more := amount.Sub(open); more.IsPositive() {
			s.Rejected = s.Rejected.Sub(more)
		}
	}
}

// writeOff gives up what the book has decided to, of what has been rejected first, and then of what is open: that is rejected from
// then on. It returns the day.
func (q *Question) writeOff(d *dispute.Dispute, s *dispute.Standing) schemas.Date {
	w := d.WriteOff
	if w == nil || w.On.After(q.today()) {
		return schemas.Date{}
	}
	s.GivenUp = s.Claimed.Sub(s.Credited)
	if w.Amount != nil {
		s.GivenUp = least(*w.Amount, s.GivenUp)
	}
	if more := s.GivenUp.Sub(s.Rejected); more.IsPositive() {
		s.Rejected = s.Rejected.Add(least(more, s.Claimed.Sub(s.Accepted).Sub(s.Rejected)))
	}
	s.GivenUpOn, s.GivenUpBy, s.GivenUpReason = w.On, w.By, w.Reason
	return w.On
}

// state is that of a dispute, of which what was given up was on a day.
func (q *Question) state(s *dispute.Standing, given schemas.Date) dispute.State {
	if !s.Credited.Add(s.GivenUp).LessThan(s.Claimed) { // all of it is settled
		switch {
		case !s.CreditedNow.IsZero():
			return dispute.Credited
		case !s.GivenUp.IsZero() && given.Period() >= q.Period:
			return dispute.WrittenOff
		}
		return dispute.Closed
	}
	switch {
	case !s.Accepted.IsZero() && s.Accepted.Equal(s.Claimed):
		return dispute.Accepted
	case !s.Accepted.IsZero():
		return dispute.PartlyAccepted
	case s.Open.IsZero():
		return dispute.Rejected
	case !s.Answered.IsZero():
		return dispute.Acknowledged
	}
	return dispute.Raised
}

func least(a, b money.Decimal) money.Decimal {
	if b.LessThan(a) {
		return b
	}
	return a
}
