package bank

import (
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// endEntry makes the rows of an entry.
func (c *camtReader) endEntry() error {
	e, s := &c.entry, &c.stmt
	row := payment.Row{Account: s.row.Account, Statement: s.row.Statement, Sequence: s.row.Sequence, Reference: e.reference, Part: 1, Reversal: e.reversal == "true" || e.reversal == "1", Text: e.more}
	var wrong *wrongValue
	if row.Amount, row.Currency, wrong = e.read("Amt"); wrong == nil {
		row.Kind, wrong = c.kindOf(e.status)
	}
	if wrong == nil {
		row.Booked, row.Valued, wrong = e.days(s)
	}
	if wrong != nil {
		return c.d.reject(wrong.column, wrong.code, wrong.what, wrong.value)
	}
	row.Charges = chargesOf(e.charges, e.chargesIn, nil, string(row.Currency))
	if row.Kind == c.kind {
		s.check.booked = s.check.booked.Add(row.Amount)
		s.check.mixed = s.check.mixed || s.opening.amount != "" && s.opening.currency != string(row.Currency)
	}
	parts, whole := e.split(&row)
	if !whole {
		if err := c.d.note(schemas.Finding{
			Code: schemas.CodePaymentNotSplit, Value: row.Reference,
			Message: "the transactions of an entry do not come to its amount in its currency, so it is taken as one",
		}); err != nil {
			return err
		}
	}
	for i := range parts {
		if err := c.d.row(&parts[i]); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is what a status makes of an entry.
func (c *camtReader) kindOf(status string) (payment.Kind, *wrongValue) {
	switch status {
	case "BOOK":
		return c.kind, nil
	case "PDNG", "FUTR":
		return payment.Pending, nil
	case "INFO":
		return payment.Information, nil
	}
	return "", &wrongValue{"Sts", schemas.CodeBadValue, "it is none of BOOK, PDNG, INFO and FUTR", status}
}

// days are those of an entry: where the bank does not say when it was booked, that of its value or of the statement.
func (e *entryOf) days(s *statementOf) (booked, valued schemas.Date, wrong *wrongValue) {
	if e.valued != "" {
		if valued, wrong = day("ValDt", e.valued); wrong != nil {
			return booked, valued, wrong
		}
	}
	switch {
	case e.booked != "":
		booked, wrong = day("BookgDt", e.booked)
	case e.valued != "":
		booked = valued
	default:
		booked, wrong = day("BookgDt", firstOf(s.to, s.closingDay, s.created))
	}
	if valued.IsZero() {
		valued = booked
	}
	return booked, valued, wrong
}

// firstOf is the first text that says something.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// split makes rows of an entry's transactions, where they come to its amount; otherwise it is one row, and whole is false where
// there are several that it cannot be split into.
func (e *entryOf) split(of *payment.Row) (rows []payment.Row, whole bool) {
	if len(e.parts) == 0 {
		return []payment.Row{*of}, true
	}
	if len(e.parts) == 1 {
		return []payment.Row{e.parts[0].of(of, e, 1, of.Amount)}, true
	}
	amounts, ok := e.amounts(of)
	if !ok {
		one := *of
		for _, t := range e.parts {
			one.Text = strings.TrimSpace(one.Text + " " + strings.Join(t.texts, " "))
		}
		if len(one.Text) > mostText {
			one.Text = schemas.ClipValue(one.Text)
		}
		return []payment.Row{one}, false
	}
	for i, t := range e.parts {
		rows = append(rows, t.of(of, e, int64(i+1), amounts[i]))
	}
	return rows, true
}

// amounts are those of the transactions, and whether they come to that of the entry. Some banks leave out which way one goes, or
// state it from the payer's side: where the amounts themselves come to the entry's, all go its way.
func (e *entryOf) amounts(of *payment.Row) (out []money.Decimal, ok bool) {
	signed, plain := money.Zero, money.Zero
	for _, t := range e.parts {
		text, in := t.amount, t.currency
		if text == "" {
			text, in = t.transaction, t.transI
		}
		a, wrong := amount("Amt", text)
		if wrong != nil || in != string(of.Currency) || a.IsNegative() {
			return nil, false
		}
		plain = plain.Add(a)
		if sign := firstOf(t.sign, e.sign); sign == "DBIT" {
			a = a.Neg()
		}
		signed = signed.Add(a)
		out = append(out, a)
	}
	if signed.Equal(of.Amount) {
		return out, true
	}
	for i := range out {
		if out[i] = out[i].Abs(); of.Amount.IsNegative() {
			out[i] = out[i].Neg()
		}
	}
	return out, plain.Equal(of.Amount.Abs())
}

// of is the row of a transaction of an entry.
func (t *transactionOf) of(entry *payment.Row, e *entryOf, part int64, amount money.Decimal) payment.Row {
	t.row.Currency = entry.Currency
	sign := e.sign
	if amount.IsNegative() != (sign == "DBIT") && !amount.IsZero() {
		sign = firstOf(t.sign, sign)
	}
	t.fill(sign)
	r := t.row
	r.Kind, r.Account, r.Statement, r.Sequence, r.Part = entry.Kind, entry.Account, entry.Statement, entry.Sequence, part
	r.Booked, r.Valued, r.Amount, r.Reversal = entry.Booked, entry.Valued, amount, entry.Reversal
	if entry.Reference != "" { // the transactions of one entry share it, and Part tells them apart
		r.Reference = entry.Reference
	}
	if len(e.parts) == 1 {
		if r.Charges.IsZero() {
			r.Charges = entry.Charges
		}
		r.Text = strings.TrimSpace(r.Text + " " + entry.Text)
	}
	return r
}

// endStatement makes the row of a statement.
func (c *camtReader) endStatement() error {
	s := &c.stmt
	row := s.row
	if row.Account == "" {
		return c.d.reject("Acct/Id", schemas.CodeMissingValue, "a statement names no account", "")
	}
	for _, x := range []struct {
		column string
		from   *sum
		to     **money.Decimal
		in     *money.Currency
	}{{"Bal/OPBD", &s.opening, &s.check.opening, &s.check.openingIn}, {"Bal/CLBD", &s.closing, &s.check.closing, &s.check.closingIn}} {
		if x.from.amount == "" {
			continue
		}
		a, in, wrong := x.from.read(x.column)
		if wrong != nil {
			return c.d.reject(wrong.column, wrong.code, wrong.what, wrong.value)
		}
		*x.to, *x.in = &a, in
	}
	var wrong *wrongValue
	if row.Booked, wrong = day("CreDtTm", firstOf(s.from, s.openingDay, s.created)); wrong == nil {
		row.Valued, wrong = day("CreDtTm", firstOf(s.closingDay, s.to, s.created))
	}
	if wrong != nil {
		return c.d.reject(wrong.column, wrong.code, wrong.what, wrong.value)
	}
	if row.Valued.Before(row.Booked) {
		row.Booked = row.Valued
	}
	if c.kind != payment.Booked { // reports and notifications are between no balances of their own
		s.check.opening, s.check.closing = nil, nil
	}
	return c.d.statement(&row, &s.check)
}
