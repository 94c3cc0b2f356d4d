package goods

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/reconcile/bills"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// Market is what an arbitrage is made of.
type Market struct {
	Period    schemas.Period
	Agreement *intercloud.Agreement
	// Sums are those of use of the agreement's goods, and Billed all that each peer billed, by currency.
	Sums        []Sum
	Billed      map[schemas.PeerID]map[money.Currency]money.Decimal
	Contracts   *bills.Contracts
	FX          schemas.FX
	Provisional func(schemas.PeerID) bool
}

// Arbitrage prices the month's use of each good as it was, at the rates of the peer that it was had of, and then as if all of it had
// been had of each candidate, at that peer's rates of the same days. Use that a candidate has no price for stays where it is, and is
// named. What minimums and commitments of all candidates add, and what moving costs, counts for all goods together.
func Arbitrage(m *Market) ([]intercloud.Choice, []schemas.Finding, error) {
	w := &weighing{Market: m, currency: m.Agreement.Currency()}
	if err := w.gather(); err != nil {
		return nil, nil, err
	}
	var out []intercloud.Choice
	for _, u := range w.used {
		c, err := w.asUsed(u)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, c)
	}
	before := w.floors(&scenario{})
	best := -1
	for i := range m.Agreement.Candidates {
		rows, err := w.choices(&m.Agreement.Candidates[i], before)
		if err != nil {
			return nil, nil, fmt.Errorf("price the use of %s at %s: %w", m.Agreement.ID, m.Agreement.Candidates[i].Peer, err)
		}
		out = append(out, rows...)
		last := len(out) - 1
		if len(rows) > 0 && out[last].Saving.IsPositive() && (best < 0 || out[last].Saving.GreaterThan(out[best].Saving)) {
			best = last
		}
	}
	var found []schemas.Finding
	if best >= 0 {
		out[best].Best = true
		c := &out[best]
		found = append(found, schemas.Remark(schemas.CodeCheaperPeer, c.ID, fmt.Sprintf(
			"the use of agreement %s that %s has a price for was billed with %s %s, and would have come to %s there, %s less, minimums, commitments and egress included; see the dataset of arbitrage for what could not be compared",
			c.Agreement, c.Peer, c.Billed, c.Currency, c.Total, c.Saving), c.Saving, c.Currency))
	}
	slices.SortStableFunc(out, func(a, b intercloud.Choice) int {
		return cmp.Or(cmp.Compare(yes(a.Hypothetical), yes(b.Hypothetical)), cmp.Compare(a.Peer, b.Peer), cmp.Compare(yes(a.Good == ""), yes(b.Good == "")), cmp.Compare(a.Good, b.Good))
	})
	return out, found, nil
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// weighing is an arbitrage at work. Amounts are in its currency.
type weighing struct {
	*Market
	currency money.Currency
	used     []*use
	// spent is what each peer billed in all.
	spent map[schemas.PeerID]money.Decimal
}

// use is what was had of one good from one peer.
type use struct {
	good   *intercloud.Good
	peer   schemas.PeerID
	parts  []part
	billed money.Decimal
	rows   int64
	why    string // why it cannot be priced at all
}

// part is use of one item on one day, in the item's unit.
type part struct {
	item     *intercloud.Item
	day      schemas.Date
	quantity money.Decimal
}

// gather puts use together by good and peer, and converts what was billed.
func (w *weighing) gather() error {
	w.spent = map[schemas.PeerID]money.Decimal{}
	for _, peer := range slices.Sorted(maps.Keys(w.Billed)) {
		for _, currency := range slices.Sorted(maps.Keys(w.Billed[peer])) {
			amount, ok, err := w.convert(w.Billed[peer][currency], currency, nil)
			if err != nil {
				return err
			}
			if ok {
				w.spent[peer] = w.spent[peer].Add(amount)
			}
		}
	}
	at := map[[2]string]*use{}
	for i := range w.Sums {
		x := &w.Sums[i]
		g := w.Agreement.GoodOf(x.Good)
		if x.Agreement != w.Agreement.ID || g == nil || g.Items[x.Item].Peer == "" {
			continue // our own is not bought
		}
		item := &g.Items[x.Item]
		k := [2]string{x.Good, string(item.Peer)}
		u := at[k]
		if u == nil {
			u = &use{good: g, peer: item.Peer}
			at[k], w.used = u, append(w.used, u)
		}
		u.rows += x.Rows
		if err := w.take(u, x, item); err != nil {
			return err
		}
	}
	slices.SortFunc(w.used, func(a, b *use) int { return cmp.Or(cmp.Compare(a.peer, b.peer), cmp.Compare(a.good.ID, b.good.ID)) })
	return nil
}

// take adds a sum to its use.
func (w *weighing) take(u *use, x *Sum, item *intercloud.Item) error {
	billed, ok, err := w.convert(x.Billed.Decimal(), x.Currency, nil)
	if err != nil {
		return err
	}
	factor, fits := w.Contracts.Convert(x.Unit, item.Unit)
	switch {
	case !ok:
		u.why = fmt.Sprintf("there is no exchange rate from %s to %s", x.Currency, w.currency)
	case !fits:
		u.why = fmt.Sprintf("it is in %s, and units of the catalogue have no factor to %s", cmp.Or(x.Unit, "no unit"), item.Unit)
	}
	u.billed = u.billed.Add(billed)
	if !fits {
		return nil
	}
	q, err := money.MulDivRound(x.Quantity.Decimal(), factor.Num, factor.Den, money.Scale, money.HalfEven)
	if err != nil {
		return err
	}
	u.parts = append(u.parts, part{item, x.Day, q})
	return nil
}

// convert converts an amount to the currency of the comparison at the rate of the period; false where there is none.
func (w *weighing) convert(amount money.Decimal, from money.Currency, s *sheet.Sheet) (money.Decimal, bool, error) {
	if from == w.currency || amount.IsZero() {
		return amount, true, nil
	}
	rate, ok := w.FX.Rate(from, w.currency, schemas.Date{})
	if !ok {
		return money.Zero, false, nil
	}
	if s == nil {
		s = &sheet.Sheet{}
	}
	out := s.ShareRounded("in "+string(w.currency), sheet.Named(string(from), amount), sheet.Named("rate", rate.Num), sheet.Named("per", rate.Den), money.Scale)
	return out, true, s.Err
}

// total is the quantity of a use in units of its good.
func (u *use) total() money.Decimal {
	sum := money.Zero
	for _, p := range u.parts {
		sum = sum.Add(p.quantity.Mul(p.item.Worth()))
	}
	return sum
}

func (w *weighing) choice(peer schemas.PeerID, good string, status intercloud.Comparability) intercloud.Choice {
	return intercloud.Choice{
		ID:     schemas.JoinID(string(w.Period), string(w.Agreement.ID), string(peer), good, string(status)),
		Period: w.Period, Agreement: w.Agreement.ID, Peer: peer, Good: good, Status: status, Currency: w.currency, Hypothetical: status != intercloud.AsUsed,
		Provisional: w.Provisional(peer) || w.Provisional(""),
	}
}

// asUsed prices a use at the rates of its own peer.
func (w *weighing) asUsed(u *use) (intercloud.Choice, error) {
	c := w.choice(u.peer, u.good.ID, intercloud.AsUsed)
	c.Billed, c.Quantity, c.Unit, c.Reason = u.billed, u.total(), u.good.Unit, u.why
	s := &sheet.Sheet{}
	cost, why, err := w.price([]*use{u}, u.peer, s)
	if err != nil {
		return c, err
	}
	c.Reason = cmp.Or(c.Reason, why)
	c.Cost, c.Total = cost, cost
	c.Saving = s.Subtract("billed above the peer's own rates", sheet.Named("billed", c.Billed), sheet.Named("cost", c.Cost))
	c.Steps = s.Steps
	return c, s.Err
}
