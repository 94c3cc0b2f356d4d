package journal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"daybook/reconcile/receivables"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

// Posting is one line of an entry: above zero is a debit.
type Posting struct {
	Account  string
	Amount   money.Decimal
	Currency money.Currency
	// Value is Amount in the provider's currency.
	Value money.Decimal
	// Customer is whose it is, of receivables and unapplied money.
	Customer schemas.AccountID
}

// Entry is what is posted at once; the values of its postings sum to zero.
type Entry struct {
	ID string
	// On is the day of what it is about, and Posted that on which it is posted: a later one where On lies in a month that is locked.
	On, Posted schemas.Date
	Kind       string
	Document   string
	Payment    string
	Text       string
	Postings   []Posting
}

// The kinds of entry that are not kinds of documents or allocations.
const (
	KindBank = "bank"
	KindFee  = "bank_fee"
)

// Question is what is to be posted.
type Question struct {
	Ledger *receivables.Ledger
	Chart  Chart
	// Currency is the provider's, of so many Places.
	Currency money.Currency
	Places   int32
	// Convert changes an amount on a day into the provider's currency, rounded; false where there is no rate.
	Convert func(amount money.Decimal, from money.Currency, on schemas.Date) (money.Decimal, bool)
}

// worth is what something that is settled bit by bit is worth: its last bit takes what is left, so that nothing stays.
type worth struct {
	amount, value         money.Decimal
	leftAmount, leftValue money.Decimal
}

// take settles an amount and returns its value.
func (w *worth) take(amount money.Decimal, places int32) (money.Decimal, error) {
	w.leftAmount = w.leftAmount.Sub(amount)
	value := w.leftValue
	if !w.leftAmount.IsZero() {
		ratio, err := money.NewRatio(w.value.Abs(), w.amount.Abs()) // which have one sign
		if err != nil {
			return value, err
		}
		if value, err = ratio.Apply(amount, places, money.HalfEven); err != nil {
			return value, err
		}
	}
	w.leftValue = w.leftValue.Sub(value)
	return value, nil
}

type poster struct {
	q        *Question
	entries  []Entry
	docs     map[string]*receivable.Document
	worths   map[string]*worth // of documents by number, of payments by identifier
	payments map[string]*payment.Row
}

// Post makes the entries of a ledger, in the order of their days. The error is a day without a rate of exchange.
func Post(q *Question) ([]Entry, error) {
	p := &poster{q: q, docs: map[string]*receivable.Document{}, worths: map[string]*worth{}, payments: map[string]*payment.Row{}}
	l := q.Ledger
	for i := range l.Documents {
		if err := p.document(&l.Documents[i]); err != nil {
			return nil, err
		}
	}
	for i := range l.Payments {
		if err := p.bank(&l.Payments[i], l.IDs[i]); err != nil {
			return nil, err
		}
	}
	for i := range l.Allocations {
		if err := p.allocation(&l.Allocations[i], i); err != nil {
			return nil, err
		}
	}
	for _, id := range l.IDs {
		if fee, is := l.Fees[id]; is {
			if err := p.fee(id, fee); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(p.entries, func(a, b Entry) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.ID, b.ID)) })
	return p.entries, nil
}

func (p *poster) value(amount money.Decimal, in money.Currency, on schemas.Date) (money.Decimal, error) {
	if in == p.q.Currency {
		return amount, nil
	}
	if p.q.Convert != nil {
		if v, known := p.q.Convert(amount, in, on); known {
			return v, nil
		}
	}
	return money.Zero, fmt.Errorf("there is no rate of %s in %s on %s; add it to fx.csv", in, p.q.Currency, on)
}

// add adds an entry; postings of nothing are left out.
func (p *poster) add(e Entry, about ...string) {
	e.Postings = slices.DeleteFunc(e.Postings, func(x Posting) bool { return x.Amount.IsZero() && x.Value.IsZero() })
	if len(e.Postings) == 0 {
		return
	}
	parts := append([]string{e.Kind, e.Document, e.Payment, e.On.String()}, about...)
	for _, x := range e.Postings {
		parts = append(parts, x.Account, x.Amount.String(), string(x.Currency), x.Value.String())
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	e.ID, e.Posted = hex.EncodeToString(sum[:10]), e.On
	p.entries = append(p.entries, e)
}

// document posts an invoice or a note. What receivables are worth is what all else is.
func (p *poster) document(d *receivable.Document) error {
	p.docs[d.Number] = d
	e := Entry{On: d.Issued, Kind: d.Kind, Document: d.Number, Text: d.Name}
	sum := money.Zero
	post := func(account string, amount money.Decimal, customer schemas.AccountID) error {
		v, err := p.value(amount.Neg(), d.Currency, d.Issued)
		if err != nil {
			return err
		}
		sum = sum.Add(v)
		e.Postings = append(e.Postings, Posting{Account: account, Amount: amount.Neg(), Currency: d.Currency, Value: v, Customer: customer})
		return nil
	}
	total := money.Zero
	for _, x := range d.Lines {
		total = total.Add(x.Amount)
		if err := post(p.q.Chart.revenue(x.Offering, x.Category), x.Amount, ""); err != nil {
			return err
		}
	}
	for _, x := range d.Taxes {
		total = total.Add(x.Amount)
		if err := post(p.q.Chart.tax(x.Country, x.Percent), x.Amount, ""); err != nil {
			return err
		}
	}
	for _, x := range d.Applied {
		total = total.Add(x.Amount)
		if err := post(p.q.Chart.Prepaid, x.Amount, d.Account); err != nil {
			return err
		}
	}
	if !total.Equal(d.Amount) {
		return fmt.Errorf("document %s is to be paid with %s, and its lines, taxes and what was paid before come to %s", d.Number, d.Amount, total)
	}
	e.Postings = append([]Posting{{Account: p.q.Chart.Receivable, Amount: d.Amount, Currency: d.Currency, Value: sum.Neg(), Customer: d.Account}}, e.Postings...)
	p.worths[d.Number] = &worth{d.Amount, sum.Neg(), d.Amount, sum.Neg()}
	p.add(e)
	return nil
}

// bank posts what was booked on an account of ours.
func (p *poster) bank(r *payment.Row, id string) error {
	v, err := p.value(r.Amount, r.Currency, r.Booked)
	if err != nil {
		return err
	}
	p.payments[id], p.worths[id] = r, &worth{r.Amount, v, r.Amount, v}
	p.add(Entry{On: r.Booked, Kind: KindBank, Payment: id, Text: r.Party, Postings: []Posting{
		{Account: p.q.Chart.bank(r.Account), Amount: r.Amount, Currency: r.Currency, Value: v},
		{Account: p.q.Chart.Unapplied, Amount: r.Amount.Neg(), Currency: r.Currency, Value: v.Neg()},
	}})
	return nil
}

// allocation moves what settles a document: money from what is unapplied, or else what we bear.
func (p *poster) allocation(a *receivable.Allocation, at int) error {
	if a.Document == "" { // between what is left of two payments
		return p.meet(a)
	}
	d := p.docs[a.Document]
	released, err := p.worths[a.Document].take(a.Amount, p.q.Places)
	if err != nil {
		return err
	}
	e := Entry{On: a.On, Kind: string(a.Kind), Document: a.Document, Payment: a.Payment, Text: cmp.Or(a.Reason, d.Name)}
	e.Postings = []Posting{{Account: p.q.Chart.Receivable, Amount: a.Amount.Neg(), Currency: a.Currency, Value: released.Neg(), Customer: a.Account}}
	kind := a.Kind
	if kind == receivable.Returned && receivable.Kind(a.Reason) != receivable.Paid {
		kind = receivable.Kind(a.Reason)
	}
	switch kind {
	case receivable.Paid, receivable.Refund, receivable.Returned:
		moved, err := p.worths[a.Payment].take(a.Moved, p.q.Places)
		if err != nil {
			return err
		}
		e.Postings = append(
			e.Postings, Posting{Account: p.q.Chart.Unapplied, Amount: a.Moved, Currency: a.MovedIn, Value: moved, Customer: a.Account},
			p.difference(released.Sub(moved)),
		)
	case receivable.Netted:
		v, err := p.value(a.Amount, a.Currency, a.On)
		if err != nil {
			return err
		}
		e.Postings = append(e.Postings, Posting{Account: p.q.Chart.Netting, Amount: a.Amount, Currency: a.Currency, Value: v, Customer: a.Account}, p.difference(released.Sub(v)))
	case receivable.Discount:
		e.Postings = append(e.Postings, p.discount(d, a.Amount, released)...)
	case receivable.Charges, receivable.Difference, receivable.WrittenOff:
		account := map[receivable.Kind]string{receivable.Charges: p.q.Chart.BankCharges, receivable.Difference: p.q.Chart.Rounding, receivable.WrittenOff: p.q.Chart.BadDebt}[kind]
		e.Postings = append(e.Postings, Posting{Account: account, Amount: a.Amount, Currency: a.Currency, Value: released})
	}
	p.add(e, fmt.Sprint(at))
	return nil
}

// difference is what exchange rates made of money between two days, in the provider's currency.
func (p *poster) difference(value money.Decimal) Posting {
	account := p.q.Chart.ExchangeLoss
	if value.IsNegative() {
		account = p.q.Chart.ExchangeGain
	}
	return Posting{Account: account, Amount: value, Currency: p.q.Currency, Value: value}
}

// meet posts the exchange difference between money that came and money that went back, and else nothing: both lie in one account.
func (p *poster) meet(a *receivable.Allocation) error {
	moved, err := p.worths[a.Payment].take(a.Moved, p.q.Places)
	if err != nil {
		return err
	}
	v, err := p.value(a.Moved, a.MovedIn, a.On)
	if err != nil {
		return err
	}
	p.add(Entry{On: a.On, Kind: string(a.Kind), Payment: a.Payment, Postings: []Posting{
		{Account: p.q.Chart.Unapplied, Amount: a.Moved, Currency: a.MovedIn, Value: moved, Customer: a.Account},
		{Account: p.q.Chart.Netting, Amount: a.Moved.Neg(), Currency: a.MovedIn, Value: v.Neg(), Customer: a.Account},
		p.difference(v.Sub(moved)),
	}})
	return nil
}

// discount divides what is given for paying early into what was sold and its taxes, so that the sum of the parts is the whole.
func (p *poster) discount(d *receivable.Document, amount, value money.Decimal) []Posting {
	accounts, weights := []string{p.q.Chart.Discounts}, []money.Decimal{d.Amount}
	for _, t := range d.Taxes {
		if !t.Amount.IsPositive() || !d.Amount.IsPositive() {
			continue
		}
		accounts, weights = append(accounts, p.q.Chart.tax(t.Country, t.Percent)), append(weights, t.Amount)
		weights[0] = weights[0].Sub(t.Amount)
	}
	amounts, err := money.Allocate(amount, weights, d.Places)
	values, err2 := money.Allocate(value, weights, p.q.Places)
	if err != nil || err2 != nil || weights[0].IsNegative() {
		return []Posting{{Account: p.q.Chart.Discounts, Amount: amount, Currency: d.Currency, Value: value}}
	}
	var out []Posting
	for i, account := range accounts {
		out = append(out, Posting{Account: account, Amount: amounts[i], Currency: d.Currency, Value: values[i]})
	}
	return out
}

// fee posts what a bank kept for taking money back.
func (p *poster) fee(id string, fee money.Decimal) error {
	r := p.payments[id]
	v, err := p.worths[id].take(fee.Neg(), p.q.Places)
	if err != nil {
		return err
	}
	p.add(Entry{On: r.Booked, Kind: KindFee, Payment: id, Text: r.Party, Postings: []Posting{
		{Account: p.q.Chart.BankCharges, Amount: fee, Currency: r.Currency, Value: v.Neg()},
		{Account: p.q.Chart.Unapplied, Amount: fee.Neg(), Currency: r.Currency, Value: v},
	}})
	return nil
}
