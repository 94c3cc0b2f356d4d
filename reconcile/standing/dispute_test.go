package standing

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

func day(t *testing.T, text string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// random is a question about disputes of one contract, with decisions, answers and credits at random, some of them absurd.
func random(t *testing.T, r *rand.Rand) *Question {
	t.Helper()
	first := day(t, "2024-09-01")
	amount := func() money.Decimal { return money.NewDecimal(1+r.Int64N(2000), -2) }
	q := &Question{
		Period: "2024-10", Given: map[string]money.Decimal{}, Now: map[string]money.Decimal{},
		Contracts: []agreed.Contract{{ID: "c", Peer: "p", Currency: "EUR", Detail: &agreed.ContractDetail{Disputes: &agreed.DisputeTerms{WindowDays: r.Int64N(90), AnswerDays: r.Int64N(30), CreditDays: r.Int64N(30)}}}},
		Detected:  map[schemas.ContractID]money.Decimal{"c": amount()},
	}
	for i := range 1 + r.IntN(4) {
		d := dispute.Dispute{ID: fmt.Sprint("D", i), Contract: "c", Period: []schemas.Period{"2024-09", "2024-10", "2024-11"}[r.IntN(3)], Amount: amount(), Raised: first.AddDays(r.IntN(80))}
		if r.IntN(3) == 0 {
			d.WriteOff = &dispute.WriteOff{On: d.Raised.AddDays(r.IntN(40))}
			if part := money.NewDecimal(1+r.Int64N(100), -2); r.IntN(2) == 0 && !part.GreaterThan(d.Amount) {
				d.WriteOff.Amount = &part
			}
		}
		q.Disputes = append(q.Disputes, d)
		for range r.IntN(5) {
			a := dispute.Answer{Peer: "p", Dispute: d.ID, Day: d.Raised.AddDays(r.IntN(30)), Kind: dispute.AnswerKind(kindOf(r)), Currency: "EUR", Row: r.Int64N(9)}
			if r.IntN(2) == 0 {
				part := amount()
				a.Amount = &part
			}
			q.Answers = append(q.Answers, a)
		}
	}
	for _, due := range q.Due() {
		q.Now[due.Dispute] = due.Amount
	}
	return q
}

func kindOf(r *rand.Rand) string {
	kinds := dispute.AnswerKind("").Values()
	return kinds[r.IntN(len(kinds))]
}

// TestRaisedIsAllThatBecameOfIt holds the identity on random disputes, and what goes with it: no part is below zero, nobody credits
// or gives up more than was raised, and what is settled is at its end.
func TestRaisedIsAllThatBecameOfIt(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2))
	states := map[dispute.State]int{}
	for range effort.Count(t, 300, 3000) {
		q := random(t, r)
		stand, findings := Of(q)
		claimed, all := money.Zero, money.Zero
		for _, x := range q.Claimed() {
			claimed = claimed.Add(x)
		}
		for i := range stand {
			s := &stand[i]
			states[s.State]++
			all = all.Add(s.Accepted).Add(s.Rejected).Add(s.Open)
			if !s.Claimed.Equal(s.Accepted.Add(s.Rejected).Add(s.Open)) {
				t.Fatalf("%+v: %s is not %s + %s + %s", s.ID, s.Claimed, s.Accepted, s.Rejected, s.Open)
			}
			for _, part := range []money.Decimal{s.Accepted, s.Rejected, s.Open, s.Credited, s.GivenUp, s.Unraised} {
				if part.IsNegative() {
					t.Fatalf("%s has a part of %s: %+v", s.ID, part, s)
				}
			}
			settled := s.Credited.Add(s.GivenUp)
			if settled.GreaterThan(s.Claimed) {
				t.Fatalf("%s: %s is settled of %s", s.ID, settled, s.Claimed)
			}
			end := s.State == dispute.Credited || s.State == dispute.WrittenOff || s.State == dispute.Closed
			if s.Detected.IsZero() && end != settled.Equal(s.Claimed) {
				t.Fatalf("%s is %s, and %s of %s is settled", s.ID, s.State, settled, s.Claimed)
			}
		}
		if !claimed.Equal(all) {
			t.Fatalf("%s was raised, and %s stands", claimed, all)
		}
		for i := range findings {
			if findings[i].Message == "" {
				t.Fatalf("a finding without words: %+v", findings[i])
			}
		}
	}
	for _, s := range []dispute.State{dispute.Detected, dispute.Raised, dispute.Acknowledged, dispute.Accepted, dispute.PartlyAccepted, dispute.Rejected, dispute.Credited, dispute.WrittenOff} {
		if states[s] == 0 {
			t.Errorf("no dispute came to %s: %v", s, states)
		}
	}
}

// TestTheWay takes one dispute from the bill to its end, month by month.
func TestTheWay(t *testing.T) {
	half := money.NewDecimal(4, 0)
	d := dispute.Dispute{ID: "D", Contract: "c", Period: "2024-09", Amount: money.NewDecimal(10, 0), Raised: day(t, "2024-10-05"), WriteOff: &dispute.WriteOff{On: day(t, "2024-12-03")}}
	contract := agreed.Contract{ID: "c", Peer: "p", Currency: "EUR", Detail: &agreed.ContractDetail{Disputes: &agreed.DisputeTerms{WindowDays: 30, AnswerDays: 20, CreditDays: 30}}}
	answer := func(on string, kind dispute.AnswerKind, amount *money.Decimal) dispute.Answer {
		return dispute.Answer{Peer: "p", Dispute: "D", Day: day(t, on), Kind: kind, Amount: amount, Currency: "EUR"}
	}
	var got []string
	var before []dispute.Standing
	given := map[string]money.Decimal{}
	for _, month := range []struct {
		period  schemas.Period
		answers []dispute.Answer
		credit  bool
	}{
		{period: "2024-09"},
		{period: "2024-10", answers: []dispute.Answer{answer("2024-10-20", dispute.Acknowledges, nil)}},
		{period: "2024-11", answers: []dispute.Answer{
			answer("2024-10-20", dispute.Acknowledges, nil), answer("2024-11-02", dispute.Accepts, &half), answer("2024-11-02", dispute.Accepts, &half), answer("2024-11-09", dispute.Rejects, nil),
		}},
		{period: "2024-12", credit: true, answers: []dispute.Answer{answer("2024-11-02", dispute.Accepts, &half), answer("2024-11-09", dispute.Rejects, nil)}},
		{period: "2025-01", answers: []dispute.Answer{answer("2024-11-02", dispute.Accepts, &half), answer("2024-11-09", dispute.Rejects, nil)}},
	} {
		q := &Question{
			Period: month.period, Contracts: []agreed.Contract{contract}, Disputes: []dispute.Dispute{d}, Answers: month.answers, Before: before,
			Given: given, Now: map[string]money.Decimal{}, Detected: map[schemas.ContractID]money.Decimal{},
		}
		if month.period == "2024-09" {
			q.Detected["c"] = money.NewDecimal(12, 0)
		}
		if month.credit {
			for _, due := range q.Due() {
				q.Now[due.Dispute] = due.Amount
			}
		}
		stand, _ := Of(q)
		for _, s := range stand {
			got = append(got, fmt.Sprintf("%s %s %s: %s of %s open, %s accepted, %s rejected, %s credited, %s given up, %s unraised", s.Period, s.ID, s.State, s.Open, s.Claimed, s.Accepted, s.Rejected, s.Credited, s.GivenUp, s.Unraised))
			given[s.ID] = given[s.ID].Add(s.CreditedNow)
		}
		before = stand
	}
	want := []string{
		"2024-09 2024-09/p/c detected: 0 of 0 open, 0 accepted, 0 rejected, 0 credited, 0 given up, 12 unraised",
		"2024-10 2024-09/p/c expired: 0 of 0 open, 0 accepted, 0 rejected, 0 credited, 0 given up, 2 unraised",
		"2024-10 D acknowledged: 10 of 10 open, 0 accepted, 0 rejected, 0 credited, 0 given up, 0 unraised",
		"2024-11 D partly_accepted: 0 of 10 open, 4 accepted, 6 rejected, 0 credited, 0 given up, 0 unraised",
		"2024-12 D credited: 0 of 10 open, 4 accepted, 6 rejected, 4 credited, 6 given up, 0 unraised",
		"2025-01 D closed: 0 of 10 open, 4 accepted, 6 rejected, 4 credited, 6 given up, 0 unraised",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		for i := range max(len(got), len(want)) {
			t.Errorf("line %d", i)
			if i < len(got) {
				t.Logf(" got %s", got[i])
			}
			if i < len(want) {
				t.Logf("want %s", want[i])
			}
		}
	}
}

// TestWhoseTurnItIs says until when the peer is to answer a dispute, and then to credit what it accepted: one of the two at most.
func TestWhoseTurnItIs(t *testing.T) {
	d := dispute.Dispute{ID: "D", Contract: "c", Period: "2024-09", Amount: money.NewDecimal(10, 0), Raised: day(t, "2024-10-05")}
	contract := agreed.Contract{ID: "c", Peer: "p", Currency: "EUR", Detail: &agreed.ContractDetail{Disputes: &agreed.DisputeTerms{WindowDays: 30, AnswerDays: 20, CreditDays: 30}}}
	part := money.NewDecimal(4, 0)
	answer := func(kind dispute.AnswerKind, amount *money.Decimal) []dispute.Answer {
		return []dispute.Answer{{Peer: "p", Dispute: "D", Day: day(t, "2024-10-20"), Kind: kind, Amount: amount, Currency: "EUR"}}
	}
	for _, c := range []struct {
		name               string
		answers            []dispute.Answer
		credited           int64
		answerBy, creditBy string
	}{
		{"raised", nil, 0, "2024-10-25", ""},
		{"acknowledged", answer(dispute.Acknowledges, nil), 0, "", ""},
		{"accepted in part", answer(dispute.Accepts, &part), 0, "", "2024-11-19"},
		{"accepted in part, and credited in part", answer(dispute.Accepts, &part), 3, "", "2024-11-19"},
		{"accepted in part, and credited", answer(dispute.Accepts, &part), 4, "", ""},
		{"rejected", answer(dispute.Rejects, nil), 0, "", ""},
	} {
		q := &Question{
			Period: "2024-11", Contracts: []agreed.Contract{contract}, Disputes: []dispute.Dispute{d}, Answers: c.answers,
			Given: map[string]money.Decimal{"D": money.NewDecimal(c.credited, 0)}, Now: map[string]money.Decimal{}, Detected: map[schemas.ContractID]money.Decimal{},
		}
		stand, _ := Of(q)
		text := func(d schemas.Date) string {
			if d.IsZero() {
				return ""
			}
			return d.String()
		}
		if len(stand) != 1 || text(stand[0].AnswerBy) != c.answerBy || text(stand[0].CreditBy) != c.creditBy {
			t.Errorf("%s: %+v, want an answer by %q and a credit by %q", c.name, stand, c.answerBy, c.creditBy)
		}
	}
}
