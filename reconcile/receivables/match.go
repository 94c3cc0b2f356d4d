package receivables

import (
	"cmp"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
	"daybook/schemas/receivable"
)

// Question is what is to be matched, as of a day.
type Question struct {
	Documents []receivable.Document
	// Payments are those that count, in order: see Count.
	Payments []payment.Row
	Policy   receivable.Policy
	AsOf     schemas.Date
	// Convert changes an amount on a day into another currency, rounded to its places; false where there is no rate. Nil has no rates.
	Convert func(amount money.Decimal, from, to money.Currency, on schemas.Date) (money.Decimal, bool)
}

// Ledger is what became of documents and payments.
type Ledger struct {
	Documents   []receivable.Document
	Payments    []payment.Row
	Allocations []receivable.Allocation
	Unapplied   []receivable.Unapplied
	// Fees are what we paid the bank beyond what a charge-back took back, by payment.
	Fees map[string]money.Decimal
	// IDs are those of the payments, in their order: that of the content, with a number where several say the same.
	IDs []string
}

// open is a document on the way.
type open struct {
	*receivable.Document
	// left is what is open of it, with its sign.
	left money.Decimal
}

// left is money of a payment that belongs to no document.
type left struct {
	at      int
	account schemas.AccountID
	amount  money.Decimal
	why     string
}

type matcher struct {
	q   *Question
	out *Ledger
	// docs are in the order of issue, and byPlain finds them by number or reference.
	docs    []*open
	byPlain map[string]*open
	// of are the documents of an account by the day on which they are due, issued so far.
	of map[schemas.AccountID][]*open
	// payers are whose an IBAN is, as references have shown.
	payers map[string]schemas.AccountID
	// left are by payment, in order.
	left []left
}

// Match goes through the days: of each it issues documents, then takes payments, then decisions.
func Match(q *Question) *Ledger {
	m := &matcher{q: q, out: &Ledger{Fees: map[string]money.Decimal{}}, byPlain: map[string]*open{}, of: map[schemas.AccountID][]*open{}, payers: map[string]schemas.AccountID{}}
	for i := range q.Documents {
		if d := &q.Documents[i]; !d.Issued.After(q.AsOf) {
			m.docs = append(m.docs, &open{d, d.Amount})
			m.out.Documents = append(m.out.Documents, *d)
		}
	}
	slices.SortStableFunc(m.docs, func(a, b *open) int { return cmp.Or(a.Issued.Compare(b.Issued), cmp.Compare(a.Number, b.Number)) })
	offs := slices.Clone(q.Policy.WriteOffs)
	slices.SortStableFunc(offs, func(a, b receivable.WriteOff) int { return a.On.Compare(b.On) })
	docs, repeats := m.docs, map[string]int{}
	for i := range q.Payments {
		p := &q.Payments[i]
		if p.Booked.After(q.AsOf) {
			break
		}
		for len(docs) > 0 && !docs[0].Issued.After(p.Booked) {
			m.issue(docs[0])
			docs = docs[1:]
		}
		for len(offs) > 0 && offs[0].On.Before(p.Booked) {
			m.writeOff(&offs[0])
			offs = offs[1:]
		}
		id := p.ID()
		if repeats[id]++; repeats[id] > 1 {
			id += "-" + money.NewDecimal(int64(repeats[id]), 0).String()
		}
		m.out.Payments, m.out.IDs = append(m.out.Payments, *p), append(m.out.IDs, id)
		if p.Amount.IsNegative() {
			m.outgoing(len(m.out.Payments) - 1)
		} else {
			m.incoming(len(m.out.Payments) - 1)
		}
	}
	for _, d := range docs {
		m.issue(d)
	}
	for i := range offs {
		if !offs[i].On.After(q.AsOf) {
			m.writeOff(&offs[i])
		}
	}
	m.finish()
	return m.out
}

// issue makes a document payable. A note that corrects a document takes of it what is open; money that waits for the account pays it.
func (m *matcher) issue(d *open) {
	m.byPlain[payment.Plain(d.Number)] = d
	if ref := payment.CreditorReference(d.Number); ref != "" {
		m.byPlain[ref] = d
	}
	list := m.of[d.Account]
	at, _ := slices.BinarySearchFunc(list, d, func(a, b *open) int {
		return cmp.Or(due(a.Document).Compare(due(b.Document)), a.Issued.Compare(b.Issued), cmp.Compare(a.Number, b.Number))
	})
	m.of[d.Account] = slices.Insert(list, at, d)
	for _, number := range d.Corrects {
		if x := m.byPlain[payment.Plain(number)]; x != nil && d.left.IsNegative() && x.left.IsPositive() && x.Currency == d.Currency {
			m.net(x, d, d.Issued)
		}
	}
	if !m.q.Policy.ApplyUnapplied {
		return
	}
	for i := range m.left {
		l := &m.left[i]
		p := &m.out.Payments[l.at]
		if l.account == d.Account && l.amount.IsPositive() && d.left.IsPositive() && p.Currency == d.Currency {
			m.pay(l, d, receivable.ByAge, d.Issued)
		}
	}
}

// due is when a document is to be paid: at once, where the book does not say.
func due(d *receivable.Document) schemas.Date {
	if d.Due.IsZero() {
		return d.Issued
	}
	return d.Due
}

// net has a document and a note take what both have of one another.
func (m *matcher) net(d, note *open, on schemas.Date) {
	amount := least(d.left, note.left.Neg())
	m.allocate(receivable.Allocation{Document: d.Number, Account: d.Account, On: on, Kind: receivable.Netted, Rule: receivable.ByNote, Amount: amount, Currency: d.Currency, Reason: note.Number})
	m.allocate(receivable.Allocation{Document: note.Number, Account: d.Account, On: on, Kind: receivable.Netted, Rule: receivable.ByNote, Amount: amount.Neg(), Currency: d.Currency, Reason: d.Number})
	d.left, note.left = d.left.Sub(amount), note.left.Add(amount)
}

func (m *matcher) allocate(a receivable.Allocation) {
	if a.MovedIn == "" {
		a.MovedIn = a.Currency
	}
	m.out.Allocations = append(m.out.Allocations, a)
}

func least(a, b money.Decimal) money.Decimal {
	if a.LessThan(b) {
		return a
	}
	return b
}

// incoming finds the documents that money pays, by the first rule that finds any; what is left is the account's.
func (m *matcher) incoming(at int) {
	p := &m.out.Payments[at]
	l := left{at: at, amount: p.Amount}
	named, rule := m.named(p)
	for _, d := range named {
		if l.account = d.Account; p.PartyAccount != "" {
			m.payers[p.PartyAccount] = d.Account
		}
		m.settle(&l, d, rule, len(named) == 1)
	}
	if len(named) > 0 {
		l.why = "more was paid than the documents that it names come to"
		if l.amount.IsPositive() && m.q.Policy.ApplyUnapplied {
			m.oldest(&l)
		}
		m.leave(l)
		return
	}
	l.why = "nothing says what it is for, nor whose it is"
	if account, known := m.payers[p.PartyAccount]; known && p.PartyAccount != "" {
		l.account, l.why = account, "it names no document"
		if !m.byAmount(&l) && m.q.Policy.ApplyUnapplied {
			m.oldest(&l)
		}
	}
	m.leave(l)
}

func (m *matcher) leave(l left) { m.left = append(m.left, l) }

// named are the documents that a payment names: by the creditor's reference, the payer's identifier, or in the text.
func (m *matcher) named(p *payment.Row) ([]*open, receivable.Rule) {
	if ref, sound := payment.CheckedReference(p.Structured); sound && m.byPlain[ref] != nil {
		return []*open{m.byPlain[ref]}, receivable.ByReference
	}
	if d := m.byPlain[payment.Plain(p.EndToEnd)]; d != nil {
		return []*open{d}, receivable.ByEndToEnd
	}
	var found []*open
	for _, text := range []string{p.Structured, p.Document, p.Text} {
		for _, d := range m.numbersIn(text) {
			if !slices.Contains(found, d) {
				found = append(found, d)
			}
		}
	}
	return found, receivable.ByNumber
}

// mostWords is how many words of a text a number or reference may be written in: RF18 5390 0754 7034 21.
const mostWords = 7

// numbersIn are the documents whose numbers or references a text holds, however it spaces them. References count only with their check digits.
func (m *matcher) numbersIn(text string) (found []*open) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	for i := 0; i < len(words); {
		n := 0
		for k := min(mostWords, len(words)-i); k > 0 && n == 0; k-- {
			plain := payment.Plain(strings.Join(words[i:i+k], ""))
			if d := m.byPlain[plain]; d != nil && !slices.Contains(found, d) {
				found, n = append(found, d), k
			}
		}
		i += max(n, 1)
	}
	return found
}

// byAmount finds the one document of the account that is open with just that amount, or all of its documents.
func (m *matcher) byAmount(l *left) bool {
	p, sum := &m.out.Payments[l.at], money.Zero
	var all []*open
	for _, d := range m.of[l.account] {
		if d.Currency != p.Currency || d.left.IsZero() {
			continue
		}
		if d.left.Equal(l.amount) {
			m.pay(l, d, receivable.ByAmount, p.Booked)
			return true
		}
		all, sum = append(all, d), sum.Add(d.left)
	}
	if !sum.Equal(l.amount) || len(all) == 0 {
		return false
	}
	for _, d := range all { // notes among them lend what they have
		if d.left.IsNegative() {
			m.pay(l, d, receivable.ByAmount, p.Booked)
		}
	}
	for _, d := range all {
		if d.left.IsPositive() {
			m.pay(l, d, receivable.ByAmount, p.Booked)
		}
	}
	return true
}

// oldest pays the account's documents in the order in which they are due.
func (m *matcher) oldest(l *left) {
	p := &m.out.Payments[l.at]
	for _, d := range m.of[l.account] {
		if d.Currency == p.Currency && d.left.IsPositive() && l.amount.IsPositive() {
			m.pay(l, d, receivable.ByAge, p.Booked)
		}
	}
}
