package standing

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// answersTo are what the peer says of a dispute, in order of their days, each once however often it was delivered.
func (q *Question) answersTo(d *dispute.Dispute) (out []*dispute.Answer) {
	c := q.contract(d.Contract)
	for i := range q.Answers {
		a := &q.Answers[i]
		if a.Dispute != d.ID || a.Peer != c.Peer || a.Amount != nil && a.Currency != c.Currency || slices.ContainsFunc(out, func(b *dispute.Answer) bool { return repeats(a, b) }) {
			continue
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b *dispute.Answer) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row))
	})
	return out
}

// repeats reports whether two answers say the same.
func repeats(a, b *dispute.Answer) bool {
	same := a.Amount == nil && b.Amount == nil || a.Amount != nil && b.Amount != nil && a.Amount.Equal(*b.Amount)
	return same && a.Day == b.Day && a.Kind == b.Kind && a.Reason == b.Reason
}

// strange are findings of answers that are about no dispute of the book, or of which not all can count.
func (q *Question) strange() (out []schemas.Finding) {
	for i := range q.Answers {
		a := &q.Answers[i]
		if a.Day.Period() != q.Period {
			continue
		}
		why := ""
		at := slices.IndexFunc(q.Disputes, func(d dispute.Dispute) bool { return d.ID == a.Dispute })
		switch {
		case at < 0 || q.contract(q.Disputes[at].Contract) == nil:
			why = "and the book has no such dispute; add it to disputes, or ask the peer which it means"
		case q.contract(q.Disputes[at].Contract).Peer != a.Peer:
			why = "which is with another peer; ask the peer which it means"
		case a.Amount != nil && a.Currency != q.contract(q.Disputes[at].Contract).Currency:
			why = fmt.Sprintf("in %s, and the dispute is in %s; ask the peer for the amount in that", a.Currency, q.contract(q.Disputes[at].Contract).Currency)
		case a.Amount != nil && a.Amount.GreaterThan(q.Disputes[at].Amount):
			why = fmt.Sprintf("and %s were raised; the rest counts for nothing: ask the peer what it is for", q.Disputes[at].Amount)
		default:
			continue
		}
		amount, of := money.Zero, ""
		if a.Amount != nil {
			amount, of = *a.Amount, fmt.Sprintf(" of %s %s", a.Amount, a.Currency)
		}
		f := schemas.Remark(schemas.CodeDisputeUnknown, a.Dispute, fmt.Sprintf("%s answers dispute %s: %s%s, %s", a.Peer, a.Dispute, a.Kind, of, why), amount, a.Currency)
		f.Object, f.Row = a.Object, a.Row
		out = append(out, f)
	}
	return out
}

// find is what somebody has to do about a dispute; false where nothing is due.
func (q *Question) find(s *dispute.Standing) (schemas.Finding, bool) {
	late := func(by schemas.Date) bool { return !by.IsZero() && q.today().After(by) }
	var text string
	amount := s.Open
	switch {
	case s.State == dispute.Expired:
		amount = s.Unraised
		text = fmt.Sprintf("the bill of %s is %s %s too dear, which was to be raised by %s; ask the peer all the same, or let it go", s.Bill, amount, s.Currency, s.RaiseBy)
	case s.State == dispute.Detected && !s.RaiseBy.IsZero():
		amount = s.Unraised
		text = fmt.Sprintf("the bill of %s is %s %s too dear; raise it by %s, and add it to disputes", s.Bill, amount, s.Currency, s.RaiseBy)
	case late(s.AnswerBy):
		text = fmt.Sprintf("dispute %s of %s %s has no answer, which was due by %s; remind the peer", s.ID, amount, s.Currency, s.AnswerBy)
	case late(s.CreditBy):
		amount = s.Accepted.Sub(s.Credited)
		text = fmt.Sprintf("dispute %s: %s %s were accepted and are not credited, which was due by %s; remind the peer", s.ID, amount, s.Currency, s.CreditBy)
	case s.State == dispute.Rejected || s.State == dispute.PartlyAccepted && s.Open.IsZero() && s.Rejected.GreaterThan(s.GivenUp):
		amount = s.Rejected.Sub(s.GivenUp)
		text = fmt.Sprintf("dispute %s: %s %s were rejected; give them up by write_off of the dispute, or go on with the peer", s.ID, amount, s.Currency)
	default:
		return schemas.Finding{}, false
	}
	return schemas.Remark(schemas.CodeDisputeDue, s.ID, string(s.Peer)+": "+text, amount, s.Currency), true
}

// termsOf are the deadlines of a contract.
func termsOf(c *agreed.Contract) agreed.DisputeTerms {
	if c.Detail == nil || c.Detail.Disputes == nil {
		return agreed.DisputeTerms{}
	}
	return *c.Detail.Disputes
}

// raiseBy is the last day on which a bill may be challenged; zero where the contract sets none.
func raiseBy(c *agreed.Contract, bill schemas.Period, issued schemas.Date) schemas.Date {
	if issued.IsZero() {
		_, issued = bill.Days()
	}
	return after(issued, termsOf(c).WindowDays)
}

// after is so many days after another; none where that is no day, or the days are none.
func after(day schemas.Date, days int64) schemas.Date {
	if day.IsZero() || days == 0 {
		return schemas.Date{}
	}
	return day.AddDays(int(days))
}
