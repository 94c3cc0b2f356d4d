package standing

import (
	"fmt"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Customers is all that the standing of customers' disputes hangs on.
type Customers struct {
	Period schemas.Period
	// AsOf is the day by which they are known; on none, all that the book says is, and days are judged by the last of the period.
	AsOf     schemas.Date
	Disputes []dispute.Dispute
	// Currency is that of an account.
	Currency func(schemas.AccountID) money.Currency
	// Days is within how many a dispute is to be decided; 0 for none.
	Days int
}

// known are the disputes about months up to the period that were raised by then.
func (q *Customers) known() (out []*dispute.Dispute) {
	for i := range q.Disputes {
		if d := &q.Disputes[i]; d.Account != "" && d.Period <= q.Period && (q.AsOf.IsZero() || !d.Raised.After(q.AsOf)) {
			out = append(out, d)
		}
	}
	return out
}

// Claimed is what they come to, by currency.
func (q *Customers) Claimed() map[money.Currency]money.Decimal {
	out := map[money.Currency]money.Decimal{}
	for _, d := range q.known() {
		c := q.Currency(d.Account)
		out[c] = out[c].Add(d.Amount)
	}
	return out
}

// Stand returns how each stands, in order, with a finding of each that is to be decided and is late.
func (q *Customers) Stand() (out []dispute.Standing, findings []schemas.Finding) {
	today := q.AsOf
	if today.IsZero() {
		_, today = q.Period.Days()
	}
	for _, d := range q.known() {
		s := q.stand(d)
		out = append(out, s)
		if !s.AnswerBy.IsZero() && today.After(s.AnswerBy) {
			f := schemas.Remark(schemas.CodeDisputeDue, s.ID, fmt.Sprintf("account %s: dispute %s of %s %s was to be decided by %s; write a decision into disputes", s.Account, s.ID, s.Open, s.Currency, s.AnswerBy), s.Open, s.Currency)
			f.Account = s.Account
			findings = append(findings, f)
		}
	}
	slices.SortFunc(out, func(a, b dispute.Standing) int { return strings.Compare(a.ID, b.ID) })
	return out, findings
}

// stand takes the decisions about a dispute as answers to it.
func (q *Customers) stand(d *dispute.Dispute) dispute.Standing {
	s := dispute.Standing{
		ID: d.ID, Period: q.Period, Bill: d.Period, Account: d.Account, Case: d.Case, Invoice: d.Invoice, Currency: q.Currency(d.Account),
		Claimed: d.Amount, RaisedOn: d.Raised, By: d.By, Reason: d.Reason, Lines: linesOf(d),
	}
	var why, effects []string
	for i := range d.Decisions {
		x := &d.Decisions[i]
		if !q.AsOf.IsZero() && x.On.After(q.AsOf) {
			continue
		}
		switch x.Outcome {
		case dispute.AcceptedOutcome:
			take(&s, &dispute.Answer{Kind: dispute.Accepts, Amount: x.Amount})
		case dispute.RejectedOutcome:
			take(&s, &dispute.Answer{Kind: dispute.Rejects, Amount: x.Amount})
		case dispute.PartlyOutcome:
			take(&s, &dispute.Answer{Kind: dispute.Accepts, Amount: x.Amount})
			take(&s, &dispute.Answer{Kind: dispute.Rejects})
		}
		s.Answered, s.DecidedBy = x.On, x.By
		why, effects = append(why, x.Reason), append(effects, effectsOf(x)...)
	}
	s.Answer, s.Effects = strings.Join(why, "; "), strings.Join(effects, "; ")
	s.Open = s.Claimed.Sub(s.Accepted).Sub(s.Rejected)
	switch {
	case s.Answered.IsZero():
		s.State = dispute.Raised
	case s.Accepted.Equal(s.Claimed):
		s.State = dispute.Accepted
	case s.Rejected.Equal(s.Claimed):
		s.State = dispute.Rejected
	default:
		s.State = dispute.PartlyAccepted
	}
	if s.Open.IsPositive() {
		s.AnswerBy = after(s.RaisedOn, int64(q.Days))
	}
	return s
}

// words joins those that are not empty.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// linesOf says what of a bill is challenged.
func linesOf(d *dispute.Dispute) string {
	var out []string
	for i := range d.Lines {
		l := &d.Lines[i]
		amount := ""
		if l.Amount != nil {
			amount = l.Amount.String()
		}
		out = append(out, words(string(l.Subscription), string(l.Offering), string(l.Price), amount))
	}
	return strings.Join(out, "; ")
}

// effectsOf says what follows from a decision.
func effectsOf(x *dispute.Decision) (out []string) {
	for i := range x.Usage {
		r := &x.Usage[i]
		n := len(r.Records) + len(r.Rows)
		if n == 0 {
			continue // only a selector, which finds what is to be named
		}
		what := "void"
		if !r.Void() {
			what = "set"
			for _, q := range []struct {
				name string
				to   *money.Decimal
			}{{"quantity", r.Quantity}, {"pricing quantity", r.PricingQuantity}} {
				if q.to != nil {
					what += " " + q.name + " " + q.to.String()
				}
			}
		}
		out = append(out, fmt.Sprintf("%d %s of source %s %s", n, schemas.OneOrMany(int64(n), "record", "records"), r.Source, what))
	}
	for i := range x.Prices {
		p := &x.Prices[i]
		out = append(out, fmt.Sprintf("subscription %s pays an agreed price %s", p.Subscription, p.Price.ID))
	}
	for i := range x.Goodwill {
		g := &x.Goodwill[i]
		out = append(out, words("goodwill", g.Amount.String(), "for", string(g.Offering), string(g.Subscription), g.Name))
	}
	return out
}
