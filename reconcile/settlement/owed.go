package settlement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// Sum is what one party owes another for one thing, in all rows that say so. No peer is ourselves.
type Sum struct {
	Agreement intercloud.AgreementID
	From, To  schemas.PeerID
	Basis     intercloud.Basis
	Good      string
	Currency  money.Currency
	Exact     money.Decimal
	Rows      int64
	// Steps are how Exact comes about; none where it is a sum of rows.
	Steps []schemas.Step
}

// Case is what is settled for a period.
type Case struct {
	Period schemas.Period
	// Us is our identifier.
	Us         Party
	Agreements []*intercloud.Agreement
	Sums       []Sum
	// Withheld is what of each peer's bill is disputed, by currency.
	Withheld map[schemas.PeerID]map[money.Currency]money.Decimal
	// Provisional reports of a peer whether more of what it bills may come; no peer stands for ourselves.
	Provisional func(schemas.PeerID) bool
}

// Settle makes debts of sums, and nets those of one agreement, currency and due day that are undisputed: between us and each peer, or
// among all members of a federation. Rows are sorted as their datasets say.
func Settle(c *Case) ([]intercloud.Settlement, []intercloud.Net, []schemas.Finding, error) {
	var debts []intercloud.Settlement
	var nets []intercloud.Net
	var found []schemas.Finding
	for _, a := range slices.SortedFunc(slices.Values(c.Agreements), func(a, b *intercloud.Agreement) int { return cmp.Compare(a.ID, b.ID) }) {
		owed, err := c.owed(a)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("settle agreement %s: %w", a.ID, err)
		}
		for i := range owed {
			if owed[i].Standing == intercloud.OtherCurrency {
				found = append(found, notSettled(&owed[i]))
			}
		}
		of, err := c.net(a, owed)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("settle agreement %s: %w", a.ID, err)
		}
		debts, nets = append(debts, owed...), append(nets, of...)
	}
	return debts, nets, found, nil
}

func notSettled(d *intercloud.Settlement) schemas.Finding {
	return schemas.Remark(schemas.CodeNotSettled, d.ID, fmt.Sprintf("%s owes %s %s %s under agreement %s, in a currency in which nothing is settled; add %s to currencies of the agreement",
		d.From, d.To, d.Amount, d.Currency, d.Agreement, d.Currency), d.Amount, d.Currency)
}

// owed are the debts under an agreement, in order.
func (c *Case) owed(a *intercloud.Agreement) ([]intercloud.Settlement, error) {
	var out []intercloud.Settlement
	for i := range c.Sums {
		x := &c.Sums[i]
		if x.Agreement != a.ID {
			continue
		}
		d, err := c.debt(a, x)
		if err != nil {
			return nil, err
		}
		withheld := c.Withheld[x.To][x.Currency]
		if d.Standing != intercloud.Netted || d.Basis != intercloud.BilledByPeer || !withheld.IsPositive() || !d.Amount.IsPositive() {
			out = append(out, d)
			continue
		}
		disputed := c.split(&d, withheld)
		if !d.Amount.IsZero() {
			out = append(out, d)
		}
		out = append(out, disputed)
	}
	slices.SortStableFunc(out, func(a, b intercloud.Settlement) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.Good, b.Good),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Standing, b.Standing))
	})
	for i := range out {
		d := &out[i]
		d.ID = schemas.JoinID(string(d.Period), string(d.Agreement), d.From, d.To, string(d.Basis), d.Good, string(d.Currency), string(d.Standing))
	}
	return out, nil
}

// name is that of a party in the datasets.
func (c *Case) name(p schemas.PeerID) string {
	if p == "" {
		return string(c.Us)
	}
	return string(p)
}

// debt rounds a sum to what can be paid.
func (c *Case) debt(a *intercloud.Agreement, x *Sum) (intercloud.Settlement, error) {
	payable := x.From == "" || a.Pattern == intercloud.Federation
	d := intercloud.Settlement{
		Period: c.Period, Agreement: a.ID, Pattern: a.Pattern, From: c.name(x.From), To: c.name(x.To), Basis: x.Basis, Good: x.Good,
		Exact: x.Exact, Currency: x.Currency, Due: a.Due(c.Period, payable), Standing: intercloud.Netted, Rows: x.Rows,
		Provisional: c.Provisional(x.To) || c.Provisional(x.From),
	}
	s := &sheet.Sheet{Steps: slices.Clone(x.Steps)}
	if len(s.Steps) == 0 {
		s.Given(fmt.Sprintf("%d %s of the %s", x.Rows, schemas.OneOrMany(x.Rows, "row", "rows"), x.Basis), "sum", x.Exact)
	}
	places, ok := money.MinorUnits(x.Currency)
	if !ok {
		places = money.Scale
	}
	d.Amount = s.RoundTo("in units that can be paid", sheet.Named("exact", x.Exact), places)
	if !slices.Contains(a.Currencies, x.Currency) {
		d.Standing = intercloud.OtherCurrency
	}
	d.Steps = s.Steps
	return d, s.Err
}

// split takes what is disputed out of a debt.
func (c *Case) split(d *intercloud.Settlement, withheld money.Decimal) intercloud.Settlement {
	places, _ := money.MinorUnits(d.Currency)
	part := money.RoundTo(withheld, places, money.HalfEven)
	if part.GreaterThan(d.Amount) {
		part = d.Amount
	}
	out := *d
	out.Standing, out.Exact, out.Amount, out.Rows = intercloud.Disputed, part, part, 0
	s := &sheet.Sheet{}
	s.Given("what is withheld of the bill", "withheld", withheld)
	s.RoundTo("in units that can be paid, and no more than the debt", sheet.Named("withheld", part), places)
	out.Steps = s.Steps
	if part.Equal(d.Amount) { // all of it is disputed
		out.Exact, out.Rows = d.Exact, d.Rows
		d.Exact, d.Amount = money.Zero, money.Zero
		return out
	}
	rest := &sheet.Sheet{Steps: d.Steps}
	d.Amount = rest.Subtract("without what is disputed", sheet.Named("debt", d.Amount), sheet.Named("disputed", part))
	d.Exact, d.Steps = d.Exact.Sub(part), rest.Steps
	return out
}

// net nets the debts of an agreement.
func (c *Case) net(a *intercloud.Agreement, owed []intercloud.Settlement) ([]intercloud.Net, error) {
	circles := map[Party][]Debt{} // by the peer that is netted with; all together under none
	open := map[string]bool{}
	var order []Party
	for i := range owed {
		d := &owed[i]
		open[d.ID] = d.Provisional
		if d.Standing != intercloud.Netted {
			continue
		}
		with := Party("")
		if a.Pattern != intercloud.Federation {
			with = Party(d.From)
			if with == c.Us {
				with = Party(d.To)
			}
		}
		if circles[with] == nil {
			order = append(order, with)
		}
		circles[with] = append(circles[with], Debt{From: Party(d.From), To: Party(d.To), Amount: d.Amount, Currency: d.Currency, Due: d.Due, Reference: d.ID})
	}
	var out []intercloud.Net
	for _, with := range order {
		pools, _, err := Net(circles[with])
		if err != nil {
			return nil, err
		}
		for i := range pools {
			out = append(out, c.statements(a, &pools[i], with, open)...)
		}
	}
	slices.SortFunc(out, func(a, b intercloud.Net) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), a.Due.Compare(b.Due), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Counterparty, b.Counterparty))
	})
	return out, nil
}

// statements are what each party has of a pool.
func (c *Case) statements(a *intercloud.Agreement, p *Pool, with Party, open map[string]bool) []intercloud.Net {
	provisional := slices.ContainsFunc(p.Debts, func(d Debt) bool { return open[d.Reference] })
	var out []intercloud.Net
	for _, x := range p.Positions {
		n := intercloud.Net{Period: c.Period, Agreement: a.ID, Pattern: a.Pattern, Party: string(x.Party), Currency: p.Currency, Due: p.Due, Provisional: provisional}
		switch {
		case with == "":
		case x.Party == with:
			n.Counterparty = string(c.Us)
		default:
			n.Counterparty = string(with)
		}
		n.ID = schemas.JoinID(string(n.Period), string(n.Agreement), n.Party, n.Counterparty, string(n.Currency), n.Due.String())
		s := &sheet.Sheet{}
		var in, from []sheet.Amount
		for _, d := range p.Debts {
			switch x.Party {
			case d.To:
				in = append(in, sheet.Named(d.Reference, d.Amount))
			case d.From:
				from = append(from, sheet.Named(d.Reference, d.Amount))
			}
		}
		n.Receivable, n.Payable = s.Add("what is owed to "+n.Party, in...), s.Add("what "+n.Party+" owes", from...)
		net := s.Subtract("net", sheet.Named("receivable", n.Receivable), sheet.Named("payable", n.Payable))
		if net.IsNegative() {
			n.Pays = net.Neg()
			n.Netted = s.Subtract("needs no payment", sheet.Named("payable", n.Payable), sheet.Named("pays", n.Pays))
		} else {
			n.Receives = net
			n.Netted = s.Subtract("needs no payment", sheet.Named("receivable", n.Receivable), sheet.Named("receives", n.Receives))
		}
		n.Steps, n.PaysTo = s.Steps, paysTo(p, x.Party)
		out = append(out, n)
	}
	return out
}

// paysTo says whom a party pays what.
func paysTo(p *Pool, from Party) string {
	var to []string
	for _, x := range p.Payments {
		if x.From == from {
			to = append(to, fmt.Sprintf("%s %s", x.To, x.Amount))
		}
	}
	return strings.Join(to, ", ")
}
