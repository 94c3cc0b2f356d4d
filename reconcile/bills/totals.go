package bills

import (
	"fmt"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Totals are the bills of a period under contracts that ask for detail, and what only shows over all accounts.
type Totals struct {
	Bills         []peerbill.Bill
	Discrepancies []peerbill.Discrepancy
	Findings      []schemas.Finding
	// Credited is what the bills credit of disputes, by their identifiers.
	Credited map[string]money.Decimal

	due     []Due
	matches []schemas.PeerMatch
}

// Due is what a peer has accepted of a dispute and not credited yet. A row of the category Credit or Adjustment counts for it that
// has its service, as far as nothing else is due there; of which contract it is, no row says.
type Due struct {
	Dispute  string
	Peer     schemas.PeerID
	Service  string
	Amount   money.Decimal
	Currency money.Currency
}

// Total compares what is of a bill as a whole, taxes and credits, with what the contracts say, and adds up. Rolled gives what was
// tolerated up to the end of the period before and not raised, by contract, and due what is to be credited of disputes, in the order
// in which it is served. Matches are those of the period, which have what minimums and commitments add.
func (s *BillSums) Total(rolled map[schemas.ContractID]money.Decimal, due []Due, matches []schemas.PeerMatch) (*Totals, error) {
	out := &Totals{Credited: map[string]money.Decimal{}, due: due, matches: matches}
	for i := range s.contracts.all {
		c := &s.contracts.all[i]
		if c.Detail == nil {
			continue
		}
		for _, compare := range []func(*agreed.Contract, *Totals) error{s.credits, s.floors, s.taxes} {
			if err := compare(c, out); err != nil {
				return nil, fmt.Errorf("contract %s: %w", c.ID, err)
			}
		}
		s.total(c, rolled[c.ID], out)
	}
	return out, nil
}

// besidesOf are the sums of a contract's rows that no rate covers, by whether they are taxes, but for those of minimums and
// commitments.
func (s *BillSums) besidesOf(c *agreed.Contract, taxes bool) (out []*asideLine) {
	for _, a := range s.besides() {
		if a.contract == c.ID && (a.category == schemas.CategoryTax) == taxes && !s.contracts.bills(c, a) {
			out = append(out, a)
		}
	}
	return out
}

// credits holds credits and adjustments against those that were promised for the period, by service.
func (s *BillSums) credits(c *agreed.Contract, out *Totals) error {
	asides := s.besidesOf(c, false)
	var services []string
	for _, a := range asides {
		services = append(services, a.service)
	}
	for _, p := range c.Detail.Credits {
		if p.Month == s.contracts.period {
			services = append(services, p.Service)
		}
	}
	slices.Sort(services)
	for _, service := range slices.Compact(services) {
		due := money.Zero
		var reasons []string
		for _, p := range c.Detail.Credits {
			if p.Month == s.contracts.period && p.Service == service {
				due = due.Add(p.Amount)
				reasons = append(reasons, fmt.Sprintf("%s for %s", p.Amount, p.Reason))
			}
		}
		var rows []*asideLine
		for _, a := range asides {
			if a.service == service {
				rows = append(rows, a)
			}
		}
		class := peerbill.MissingCredit
		x := s.whole(c, rows, due.Neg())
		if served := out.serve(c, service, x.Amount.Neg()); !served.IsZero() {
			due = due.Add(served)
			x = s.whole(c, rows, due.Neg())
		}
		switch {
		case x.Amount.IsNegative():
			class = peerbill.CreditNotDue
		case x.Actual.IsPositive():
			class = peerbill.MissingInMeter // a charge, and nobody knows what for
		}
		x.Service = service
		before := len(out.Findings)
		if err := s.file(c, x, rows, class, out); err != nil {
			return err
		}
		if len(out.Findings) > before && len(reasons) > 0 {
			out.Findings[before].Message += "; due is " + strings.Join(reasons, ", ")
		}
	}
	return nil
}

// serve takes from a credit beyond what was promised for a service what is due of disputes, and returns how much that is.
func (t *Totals) serve(c *agreed.Contract, service string, credit money.Decimal) money.Decimal {
	served := money.Zero
	for i := range t.due {
		d := &t.due[i]
		rest := d.Amount.Sub(t.Credited[d.Dispute])
		if left := credit.Sub(served); left.LessThan(rest) {
			rest = left
		}
		if d.Peer == c.Peer && d.Currency == c.Currency && d.Service == service && rest.IsPositive() {
			t.Credited[d.Dispute] = t.Credited[d.Dispute].Add(rest)
			served = served.Add(rest)
		}
	}
	return served
}

// taxes holds the taxes on a bill against the contract's percentage of the rest of it; without one they are taken as billed.
func (s *BillSums) taxes(c *agreed.Contract, out *Totals) error {
	rows := s.besidesOf(c, true)
	n := int64(0)
	expected := money.Zero
	for _, a := range rows {
		expected = expected.Add(a.actual.Decimal())
		n += a.rows
	}
	if c.Detail.TaxPercent != nil {
		base := money.Zero
		for _, b := range s.lines() {
			if b.contract == c.ID {
				base = base.Add(b.actual.Decimal())
			}
		}
		places, _ := money.MinorUnits(c.Currency)
		expected = money.RoundTo(base.Mul(*c.Detail.TaxPercent).Shift(-2), places, money.HalfEven)
	}
	if len(rows) == 0 && expected.IsZero() {
		return nil
	}
	x := s.whole(c, rows, expected)
	class := peerbill.WrongTax
	if places, _ := money.MinorUnits(c.Currency); !x.Amount.Abs().GreaterThan(money.NewDecimal(max(n, 1), -places)) {
		class = peerbill.WrongRounding
		if !x.Amount.Abs().GreaterThan(money.NewDecimal(5*n, -places-1)) {
			class = ""
		}
	}
	return s.file(c, x, rows, class, out)
}

// whole is what a contract's rows come to beside what they should.
func (s *BillSums) whole(c *agreed.Contract, rows []*asideLine, expected money.Decimal) *peerbill.Discrepancy {
	first, _ := s.contracts.period.Days()
	x := &peerbill.Discrepancy{
		Period: s.contracts.period, Peer: c.Peer, Contract: c.ID, Day: first, Currency: c.Currency, BilledCurrency: c.Currency, Expected: expected,
	}
	for _, a := range rows {
		x.Actual = x.Actual.Add(a.actual.Decimal())
		x.ActualBilled, x.BilledCurrency = x.ActualBilled.Add(a.billed.Decimal()), a.currency
		x.BillRows += a.rows
	}
	x.Amount = x.Actual.Sub(expected)
	x.OtherEffect = x.Amount
	return x
}

// file counts rows in their bills, and what they have wrong, of a class; none where it is rounding's.
func (s *BillSums) file(c *agreed.Contract, x *peerbill.Discrepancy, rows []*asideLine, class peerbill.Class, out *Totals) error {
	for _, a := range rows {
		if err := s.addBill(&billLine{billKey: billKey{c.ID, a.currency}, billed: a.billed, rows: a.rows}); err != nil {
			return err
		}
	}
	x.Class, x.ID = class, ""
	if class == "" || x.Amount.IsZero() {
		more := billLine{billKey: billKey{c.ID, c.Currency}}
		if err := fixedAll([]*money.Fixed{&more.actual, &more.expected, &more.rounding}, x.Actual, x.Expected, x.Amount); err != nil {
			return err
		}
		return s.addBill(&more)
	}
	x.ID = discrepancyID(x)
	x.Tolerated = !c.Tolerance.Beyond(x.Amount, x.Expected)
	if err := s.discrepancy(x, nil); err != nil {
		return err
	}
	out.Discrepancies = append(out.Discrepancies, *x)
	if f, ok := DiscrepancyFinding(x); ok {
		out.Findings = append(out.Findings, f)
	}
	return nil
}

// total makes the rows of a contract, and says where what is tolerated comes to too much.
func (s *BillSums) total(c *agreed.Contract, rolled money.Decimal, out *Totals) {
	tolerated := money.Zero
	lines := s.lines()
	if !rolled.IsZero() && !slices.ContainsFunc(lines, func(b *billLine) bool { return b.billKey == billKey{c.ID, c.Currency} }) {
		lines = append(lines, &billLine{billKey: billKey{c.ID, c.Currency}})
	}
	for _, b := range lines {
		if b.contract == c.ID {
			tolerated = tolerated.Add(b.tolerated.Decimal())
		}
	}
	rolled = rolled.Add(tolerated)
	raise := func(limit *money.Decimal, sum money.Decimal, key string) bool {
		if limit == nil || !sum.Abs().GreaterThan(limit.Abs()) {
			return false
		}
		out.Findings = append(out.Findings, schemas.Remark(schemas.CodePeerTolerated, schemas.JoinID(string(s.contracts.period), string(c.Peer), string(c.ID), key),
			fmt.Sprintf("%s: differences that contract %s lets pass come to %s %s, beyond its %s of %s; raise the sum with the peer", c.Peer, c.ID, sum, c.Currency, key, limit), sum, c.Currency))
		return true
	}
	raise(c.Detail.Cap, tolerated, "cap")
	if c.Detail.Rolling == nil || raise(c.Detail.Rolling, rolled, "rolling") {
		rolled = money.Zero
	}
	for _, b := range lines {
		if b.contract != c.ID {
			continue
		}
		row := peerbill.Bill{
			Period: s.contracts.period, Peer: c.Peer, Contract: c.ID, BilledCurrency: b.currency, Billed: b.billed.Decimal(), BillRows: b.rows,
			Currency: c.Currency, Actual: b.actual.Decimal(), Expected: b.expected.Decimal(), Disputed: b.disputed.Decimal(),
			Tolerated: b.tolerated.Decimal(), Rounding: b.rounding.Decimal(), Withheld: b.withheld.Decimal(), Accrued: b.accrued.Decimal(),
			LaterBilled: b.laterBilled.Decimal(), LaterAccrued: b.laterAccrued.Decimal(), Discrepancies: b.discrepancies,
		}
		row.SafeToPay = row.Actual.Sub(row.Withheld)
		if b.currency == c.Currency {
			row.Rolled = rolled
		}
		out.Bills = append(out.Bills, row)
	}
}
