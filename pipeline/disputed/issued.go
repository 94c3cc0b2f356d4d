package disputed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/register"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Amiss is a dispute that names a document which was not issued, or was to another account, or challenges more than was billed.
type Amiss struct {
	Where, Text, Fix string
}

// Error implements error.
func (a *Amiss) Error() string { return fmt.Sprintf("%s: %s (%s)", a.Where, a.Text, a.Fix) }

// Held is what open disputes hold of an account's documents of a month.
type Held struct {
	Dispute string         `json:"dispute"`
	Period  schemas.Period `json:"period"`
	// Account is the one that pays, and Number the document that is named or is the only one; empty where it cannot be told.
	Account  schemas.AccountID `json:"account"`
	Number   string            `json:"number,omitempty"`
	Amount   money.Decimal     `json:"amount"`
	Currency money.Currency    `json:"currency"`
}

// onDocument is what of a document disputes are held against.
type onDocument struct {
	account  schemas.AccountID
	period   schemas.Period
	total    money.Decimal
	currency money.Currency
	note     bool
}

// Issued holds the disputes of a book against what was issued: what each open one holds of documents, and what is amiss. A dispute about
// a month that has no closing yet is not looked at.
func Issued(ctx context.Context, b *book.Book, s store.Store, all register.Register) (held []Held, amiss error, err error) {
	documents := map[string]onDocument{}
	for i := range all {
		e := &all[i]
		if e.Done == nil || len(b.Challenges) == 0 {
			continue
		}
		for k := range e.Done.Objects {
			_, err := register.EachDocument(ctx, s, e.Done.Objects[k].Key, func(line []byte) error {
				d, err := issued.Read(line)
				if err == nil {
					documents[d.Number] = onDocument{d.Invoice.Account, e.Period, d.Invoice.Total.Decimal(), d.Invoice.Currency, len(e.Notes) > 0}
				}
				return err
			})
			if err != nil {
				return nil, nil, err
			}
		}
	}
	rows := Disputes(b, schemas.Date{})
	for i := range b.Challenges {
		d := &b.Challenges[i]
		if len(all.Of(d.Period)) == 0 {
			continue
		}
		number, wrong := against(b, d, documents)
		if wrong != nil {
			amiss = errors.Join(amiss, wrong)
			continue
		}
		if at := slices.IndexFunc(rows, func(r Row) bool { return r.ID == d.ID }); at >= 0 && rows[at].Open.IsPositive() {
			held = append(held, Held{d.ID, d.Period, b.Payer(d.Account), number, rows[at].Open, rows[at].Currency})
		}
	}
	return held, amiss, nil
}

// against holds a dispute against documents, and returns the number of the one that it is about.
func against(b *book.Book, d *dispute.Dispute, documents map[string]onDocument) (string, error) {
	payer := b.Payer(d.Account)
	var own []string
	billed := money.Zero
	for number, x := range documents {
		if x.account == payer && x.period == d.Period && !x.note {
			own, billed = append(own, number), billed.Add(x.total)
		}
	}
	slices.Sort(own)
	a := &Amiss{Where: b.Where(book.KindDispute, d.ID), Fix: fmt.Sprintf("of account %s and %s there is %s", payer, d.Period, strings.Join(own, ", "))}
	if len(own) == 0 {
		a.Fix = fmt.Sprintf("nothing was issued to account %s for %s: correct account or period, or leave invoice out", payer, d.Period)
	}
	if d.Invoice == "" {
		if len(own) == 1 {
			return own[0], excess(a, d, billed, own[0])
		}
		return "", excess(a, d, billed, "the documents of the month")
	}
	switch x, there := documents[d.Invoice]; {
	case !there:
		a.Text = fmt.Sprintf("dispute %s is about document %s, which was not issued", d.ID, d.Invoice)
	case x.account != payer:
		a.Text = fmt.Sprintf("dispute %s of account %s is about document %s, which is of account %s", d.ID, d.Account, d.Invoice, x.account)
	case x.period != d.Period:
		a.Text, a.Fix = fmt.Sprintf("dispute %s is about %s, and document %s is of %s", d.ID, d.Period, d.Invoice, x.period), "write period: "+string(x.period)
	default:
		return d.Invoice, excess(a, d, x.total, d.Invoice)
	}
	return "", a
}

// excess complains of a dispute of more than was billed.
func excess(a *Amiss, d *dispute.Dispute, billed money.Decimal, of string) error {
	if !billed.IsPositive() || !d.Amount.GreaterThan(billed) {
		return nil
	}
	a.Text, a.Fix = fmt.Sprintf("dispute %s challenges %s, and %s comes to %s", d.ID, d.Amount, of, billed), "write at most that as amount"
	return a
}
