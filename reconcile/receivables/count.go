package receivables

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// Counted are the rows of banks that move money, each once, in the order of their days, and what was set aside.
type Counted struct {
	Rows []payment.Row
	// Duplicates were delivered before; Superseded are of reports and notifications for days of which the statement is there; Apart are pending
	// or for information.
	Duplicates, Superseded, Apart int
	Findings                      []schemas.Finding
	// Closing is the balance with which the last statement of each account closes.
	Closing map[BankAccount]money.Decimal
}

// BankAccount is an account of ours in a currency.
type BankAccount struct {
	Account  string
	Currency money.Currency
}

// Count says which rows count. A row that another object has with the same content is that of the other; two of one object are two.
// What a report of the day (camt.052) or a notification (camt.054) says counts until a statement of the account reaches that day, and
// then no more: so it is never counted beside the statement.
func Count(rows []payment.Row) *Counted {
	c := &Counted{Closing: map[BankAccount]money.Decimal{}}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b payment.Row) int {
		return cmp.Or(a.Booked.Compare(b.Booked), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Number, b.Number))
	})
	reached := map[string]schemas.Date{}
	var statements []payment.Row
	seen := newSeen()
	for i := range rows {
		r := &rows[i]
		if r.Kind == payment.Statement && (r.Opening != nil || r.Closing != nil) && seen.first(r) {
			statements = append(statements, *r)
		}
		on := r.Booked
		if r.Kind == payment.Statement {
			on = r.Valued
		}
		if (r.Kind == payment.Booked || r.Kind == payment.Statement && r.Closing != nil) && on.After(reached[r.Account]) {
			reached[r.Account] = on
		}
	}
	for i := range rows {
		r := &rows[i]
		switch r.Kind {
		case payment.Statement:
		case payment.Pending, payment.Information:
			c.Apart++
		case payment.Intraday, payment.Advice:
			if !r.Booked.After(reached[r.Account]) || !seen.first(r) {
				c.Superseded++
				continue
			}
			c.Rows = append(c.Rows, *r)
		case payment.Booked:
			if !seen.first(r) {
				c.Duplicates++
				continue
			}
			c.Rows = append(c.Rows, *r)
		}
	}
	c.chain(statements)
	return c
}

// seen tells rows that were delivered before.
type seen struct {
	// most is how often a row was seen in any one object before, and at in the object at hand.
	most map[string]int
	at   map[string]int
}

func newSeen() *seen { return &seen{map[string]int{}, map[string]int{}} }

// first reports whether a row is no other object's: the second that says the same in one object is a second one, unless another
// object had two.
func (s *seen) first(r *payment.Row) bool {
	kind := *r
	if kind.Kind == payment.Intraday || kind.Kind == payment.Advice { // the same of both is one
		kind.Kind, kind.Statement = payment.Intraday, ""
	}
	id := kind.ID()
	at := string(r.Source) + "\x00" + r.Object + "\x00" + id
	s.at[at]++
	if s.at[at] <= s.most[id] {
		return false
	}
	s.most[id] = s.at[at]
	return true
}

// chain holds every statement's opening against the closing before it.
func (c *Counted) chain(statements []payment.Row) {
	slices.SortStableFunc(statements, func(a, b payment.Row) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency), a.Valued.Compare(b.Valued), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Number, b.Number))
	})
	for i := range statements {
		s := &statements[i]
		if i > 0 && s.Opening != nil {
			before := &statements[i-1]
			if before.Account == s.Account && before.Currency == s.Currency && before.Closing != nil && !before.Closing.Equal(*s.Opening) {
				off, _ := money.FixedFromDecimal(s.Opening.Sub(*before.Closing))
				c.Findings = append(c.Findings, schemas.Finding{
					Code: schemas.CodeStatementUnbalanced, Source: s.Source, Object: s.Object, Row: s.Number, Value: s.Statement, Currency: s.Currency, Cost: off,
					Message: fmt.Sprintf("statement %q opens with %s, and %q before it closes with %s: one between them may not be there", schemas.ClipValue(s.Statement), s.Opening, schemas.ClipValue(before.Statement), before.Closing),
				}.WithFix())
			}
		}
		if s.Closing != nil {
			c.Closing[BankAccount{s.Account, s.Currency}] = *s.Closing
		}
	}
}
