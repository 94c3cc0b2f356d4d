package bills

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// invoiceKey is what the rows of a bill, and invoices, are told by.
type invoiceKey struct {
	peer     schemas.PeerID
	number   string
	currency money.Currency
}

func (k invoiceKey) compare(o invoiceKey) int {
	return cmp.Or(cmp.Compare(k.peer, o.peer), cmp.Compare(k.number, o.number), cmp.Compare(k.currency, o.currency))
}

// invoiceSum adds the rows of a bill up that name one invoice.
type invoiceSum struct {
	invoiceKey
	billed money.Fixed
	rows   int64
}

// Numbered counts rows of a peer's bill by the number of the invoice that they name, which may be empty.
func (s *BillSums) Numbered(peer schemas.PeerID, number string, currency money.Currency, billed money.Fixed, rows int64) error {
	return s.addNumbered(&invoiceSum{invoiceKey{peer, number, currency}, billed, rows})
}

func (s *BillSums) addNumbered(more *invoiceSum) error {
	sum := s.numbered[more.invoiceKey]
	if sum == nil {
		sum = &invoiceSum{invoiceKey: more.invoiceKey}
		s.numbered[sum.invoiceKey] = sum
	}
	sum.rows += more.rows
	return tally.AddAll("invoice", more.number, []*money.Fixed{&sum.billed}, []money.Fixed{more.billed})
}

func (s *BillSums) numbers() (out []*invoiceSum) {
	for _, k := range slices.SortedFunc(maps.Keys(s.numbered), invoiceKey.compare) {
		out = append(out, s.numbered[k])
	}
	return out
}

func (s *BillSums) exchangeNumbered(p *tally.Pack) {
	var sums []*invoiceSum
	if !p.Reads() {
		sums = s.numbers()
	}
	tally.Exchange(p, sums, func(n **invoiceSum, p *tally.Pack) {
		if p.Reads() {
			*n = &invoiceSum{}
		}
		tally.Text(p, &(*n).peer)
		tally.Text(p, &(*n).number)
		tally.Text(p, &(*n).currency)
		p.Numbers(&(*n).billed)
		p.Count(&(*n).rows)
	}, func(n **invoiceSum) error { return s.addNumbered(*n) })
}

// Invoices holds the invoices of peers against the rows of their bills that name them. What names none, and invoices that no row
// names, are of one row together: that of the one invoice, where there is one, and otherwise a row without a number. Of lines with one
// number and item the last counts, and of an invoice that came as a whole and in lines the whole. Peers that delivered no invoice
// are left out.
func (s *BillSums) Invoices(lines []peerbill.InvoiceLine) ([]peerbill.Invoice, []schemas.Finding) {
	invoices := gatherInvoices(s.contracts.period, lines)
	delivered := map[schemas.PeerID]bool{}
	for k := range invoices {
		delivered[k.peer] = true
	}
	rest := map[invoiceKey]*peerbill.Invoice{}
	for _, k := range slices.SortedFunc(maps.Keys(invoices), invoiceKey.compare) {
		if s.numbered[k] == nil {
			one := invoiceKey{k.peer, "", k.currency}
			if rest[one] != nil {
				join(rest[one], invoices[k])
			} else {
				rest[one] = invoices[k]
			}
			delete(invoices, k)
		}
	}
	for _, n := range s.numbers() {
		if !delivered[n.peer] {
			continue
		}
		x := invoices[n.invoiceKey]
		if x == nil {
			one := invoiceKey{n.peer, "", n.currency}
			if rest[one] == nil {
				rest[one] = &peerbill.Invoice{Period: s.contracts.period, Peer: n.peer, Currency: n.currency}
			}
			x = rest[one]
		}
		x.Detail, x.DetailRows = x.Detail.Add(n.billed.Decimal()), x.DetailRows+n.rows
	}
	out := make([]peerbill.Invoice, 0, len(invoices)+len(rest))
	for _, list := range []map[invoiceKey]*peerbill.Invoice{invoices, rest} {
		for _, x := range list {
			x.Difference = x.Invoiced.Sub(x.Detail)
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b peerbill.Invoice) int {
		return cmp.Or(cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Currency, b.Currency))
	})
	var findings []schemas.Finding
	for i := range out {
		if f, ok := invoiceFinding(&out[i]); ok {
			findings = append(findings, f)
		}
	}
	return out, findings
}

// gatherInvoices adds the lines of each invoice up.
func gatherInvoices(period schemas.Period, lines []peerbill.InvoiceLine) map[invoiceKey]*peerbill.Invoice {
	type item struct {
		invoiceKey
		item string
	}
	last, order := map[item]*peerbill.InvoiceLine{}, []item(nil)
	for i := range lines {
		l := &lines[i]
		k := item{invoiceKey{l.Peer, l.Invoice, l.Currency}, l.Item}
		if last[k] == nil {
			order = append(order, k)
		}
		last[k] = l
	}
	out := map[invoiceKey]*peerbill.Invoice{}
	for _, k := range order {
		l := last[k]
		if whole := last[item{k.invoiceKey, ""}]; whole != nil && whole != l {
			continue
		}
		x := out[k.invoiceKey]
		if x == nil {
			x = &peerbill.Invoice{Period: period, Peer: l.Peer, Number: l.Invoice, Currency: l.Currency, Issued: l.Issued, Due: l.Due}
			out[k.invoiceKey] = x
		}
		x.Invoiced, x.Lines = x.Invoiced.Add(l.Amount), x.Lines+1
	}
	return out
}

// join adds an invoice to others that cannot be told apart.
func join(x, more *peerbill.Invoice) {
	if x.Issued != more.Issued {
		x.Issued = schemas.Date{}
	}
	if x.Due != more.Due {
		x.Due = schemas.Date{}
	}
	x.Number, x.Invoiced, x.Lines = "", x.Invoiced.Add(more.Invoiced), x.Lines+more.Lines
}

// invoiceFinding names what an invoice comes to beside the rows of its bill; false where they agree but for half a minor unit.
func invoiceFinding(x *peerbill.Invoice) (schemas.Finding, bool) {
	places, _ := money.MinorUnits(x.Currency)
	if !x.Difference.Abs().GreaterThan(money.NewDecimal(5, -places-1)) {
		return schemas.Finding{}, false
	}
	what := "invoice " + x.Number
	if x.Number == "" {
		what = "its invoices"
		if x.Lines == 0 {
			what = "what no invoice is for"
		}
	}
	advice := "ask the peer for the rows of the other " + x.Difference.String()
	if x.Difference.IsNegative() {
		advice = "expect an invoice, or a credit, for the other " + x.Difference.Neg().String()
	}
	return schemas.Remark(schemas.CodePeerInvoice, schemas.JoinID(string(x.Period), string(x.Peer), x.Number, string(x.Currency)),
		fmt.Sprintf("%s: %s comes to %s %s, and the rows of the bill to %s; %s", x.Peer, what, x.Invoiced, x.Currency, x.Detail, advice), x.Difference, x.Currency), true
}
