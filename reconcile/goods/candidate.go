package goods

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/bills"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// itemAt is the item of a good at a peer; nil where it has none.
func itemAt(g *intercloud.Good, peer schemas.PeerID) *intercloud.Item {
	for i := range g.Items {
		if g.Items[i].Peer == peer {
			return &g.Items[i]
		}
	}
	return nil
}

// rated is a quantity that one rate prices.
type rated struct {
	rate  bills.Rate
	item  *intercloud.Item
	parts []sheet.Amount
}

// priced is a part of a use as a rate of a peer counts it.
type priced struct {
	rate     bills.Rate
	item     *intercloud.Item
	quantity money.Decimal
}

// at finds the rate of a peer for a part of a use on its day, and converts the quantity to what the rate counts; why says why there is
// none.
func (w *weighing) at(u *use, p part, peer schemas.PeerID, s *sheet.Sheet) (x priced, why string) {
	x.item, x.quantity = p.item, p.quantity
	if u.peer != peer {
		if x.item = itemAt(u.good, peer); x.item == nil {
			return x, fmt.Sprintf("%s has no item of it", peer)
		}
	}
	rate, ok := w.Contracts.RateOn(peer, x.item.Service, x.item.SKU, x.item.Region, p.day)
	switch {
	case !ok:
		return x, fmt.Sprintf("no contract with %s has a rate for it on %s", peer, p.day)
	case rate.OfList():
		return x, fmt.Sprintf("contract %s prices it by a list cost that nobody has stated", rate.Contract())
	}
	x.rate = rate
	if x.item != p.item {
		x.quantity = s.ShareRounded(fmt.Sprintf("%s: as %s of %s", p.day, x.item.SKU, peer), sheet.Named("quantity", x.quantity), sheet.Named("worth", p.item.Worth()), sheet.Named("per", x.item.Worth()), money.Scale)
	}
	if rate.Unit() == "" {
		return x, ""
	}
	factor, ok := w.Contracts.Convert(x.item.Unit, rate.Unit())
	if !ok {
		return x, fmt.Sprintf("contract %s rates it in %s, and units of the catalogue have no factor from %s", rate.Contract(), rate.Unit(), x.item.Unit)
	}
	x.quantity = inUnit(s, x.quantity, x.item.Unit, rate.Unit(), factor)
	return x, ""
}

// price prices use at a peer's rates, each day's at that of the day; why says what it cannot be priced for.
func (w *weighing) price(used []*use, peer schemas.PeerID, s *sheet.Sheet) (cost money.Decimal, why string, err error) {
	var all []rated
	for _, u := range used {
		for _, p := range u.parts {
			x, why := w.at(u, p, peer, s)
			if why != "" {
				return money.Zero, why, nil
			}
			i := slices.IndexFunc(all, func(r rated) bool { return r.rate == x.rate && r.item == x.item })
			if i < 0 {
				i, all = len(all), append(all, rated{rate: x.rate, item: x.item})
			}
			all[i].parts = append(all[i].parts, sheet.Named(p.day.String(), x.quantity))
		}
	}
	var parts []sheet.Amount
	for _, x := range all {
		name := fmt.Sprintf("%s of %s by contract %s", x.item.SKU, peer, x.rate.Contract())
		amount := x.rate.Price(s, name, s.Add("quantity of "+name, x.parts...))
		converted, ok, err := w.convert(amount, x.rate.Currency(), s)
		if err != nil {
			return money.Zero, "", err
		}
		if !ok {
			return money.Zero, fmt.Sprintf("there is no exchange rate from %s to %s", x.rate.Currency(), w.currency), nil
		}
		parts = append(parts, sheet.Named(name, converted))
	}
	return s.Add("at the rates of "+string(peer), parts...), "", s.Err
}

// scenario is use that was moved to a peer; the zero value moves nothing.
type scenario struct {
	peer  schemas.PeerID
	cost  money.Decimal
	moved []*use
}

// added is what minimums and commitments add.
type added struct{ minimum, commitment money.Decimal }

// floors are what minimums and commitments of all candidates add to what each bills in a scenario.
func (w *weighing) floors(sc *scenario) (out added) {
	for i := range w.Agreement.Candidates {
		c := &w.Agreement.Candidates[i]
		spent := w.spent[c.Peer]
		for _, u := range sc.moved {
			if u.peer == c.Peer {
				spent = spent.Sub(u.billed)
			}
		}
		if c.Peer == sc.peer {
			spent = spent.Add(sc.cost)
		}
		held := spent
		if c.Commitment != nil && c.Commitment.GreaterThan(held) {
			out.commitment = out.commitment.Add(c.Commitment.Sub(held))
			held = *c.Commitment
		}
		if c.Minimum != nil && spent.IsPositive() && c.Minimum.GreaterThan(held) {
			out.minimum = out.minimum.Add(c.Minimum.Sub(held))
		}
	}
	return out
}

// choices are what each good, and all that can be compared, would have cost at a candidate.
func (w *weighing) choices(k *intercloud.Candidate, before added) ([]intercloud.Choice, error) {
	var out []intercloud.Choice
	sc := scenario{peer: k.Peer}
	all := w.choice(k.Peer, "", intercloud.Compared)
	s := &sheet.Sheet{}
	var billed, cost, egress []sheet.Amount
	for i := range w.Agreement.Goods {
		g := &w.Agreement.Goods[i]
		used := w.usedOf(g)
		if len(used) == 0 {
			continue
		}
		c, err := w.ofGood(g, used, k.Peer)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		if c.Status != intercloud.Compared {
			continue
		}
		sc.moved, sc.cost = append(sc.moved, used...), sc.cost.Add(c.Cost)
		billed, cost, egress = append(billed, sheet.Named(g.ID, c.Billed)), append(cost, sheet.Named(g.ID, c.Cost)), append(egress, sheet.Named(g.ID, c.Egress))
	}
	if len(sc.moved) == 0 {
		return out, nil
	}
	after := w.floors(&sc)
	all.Billed = s.Add("billed, with what minimums and commitments would have added", append(billed, sheet.Named("minimums", before.minimum), sheet.Named("commitments", before.commitment))...)
	all.Cost, all.Egress = s.Add("at the rates of "+string(k.Peer), cost...), s.Add("moving", egress...)
	all.Minimum = s.Given("what minimums of all candidates add then", "minimums", after.minimum)
	all.Commitment = s.Given("what commitments to all candidates add then", "commitments", after.commitment)
	all.Total = s.Add("total", sheet.Named("cost", all.Cost), sheet.Named("minimums", all.Minimum), sheet.Named("commitments", all.Commitment), sheet.Named("egress", all.Egress))
	all.Saving = s.Subtract("saving", sheet.Named("billed", all.Billed), sheet.Named("total", all.Total))
	all.Steps = s.Steps
	return append(out, all), s.Err
}

// usedOf is the use of a good, by peer.
func (w *weighing) usedOf(g *intercloud.Good) (out []*use) {
	for _, u := range w.used {
		if u.good == g {
			out = append(out, u)
		}
	}
	return out
}

// ofGood is what all use of a good would have cost at a peer.
func (w *weighing) ofGood(g *intercloud.Good, used []*use, peer schemas.PeerID) (intercloud.Choice, error) {
	c := w.choice(peer, g.ID, intercloud.Compared)
	c.Unit = g.Unit
	s := &sheet.Sheet{}
	var egress []sheet.Amount
	for _, u := range used {
		c.Quantity, c.Billed, c.Reason = c.Quantity.Add(u.total()), c.Billed.Add(u.billed), cmp.Or(c.Reason, u.why)
		for _, p := range u.parts {
			if e := p.item.Egress; e != nil && u.peer != peer {
				egress = append(egress, sheet.Named(string(u.peer)+" "+p.day.String(), s.Multiply(p.day.String()+": moving it away from "+string(u.peer), sheet.Named("quantity", p.quantity), sheet.Named("egress", *e))))
			}
		}
	}
	cost, why, err := w.price(used, peer, s)
	if err != nil {
		return c, err
	}
	if why = cmp.Or(c.Reason, why); why != "" {
		return w.left(g, used, peer, why), nil
	}
	c.Cost = cost
	if len(egress) > 0 {
		c.Egress = s.Add("moving", egress...)
	}
	c.Total = s.Add("total", sheet.Named("cost", c.Cost), sheet.Named("egress", c.Egress))
	c.Saving = s.Subtract("saving", sheet.Named("billed", c.Billed), sheet.Named("total", c.Total))
	c.Steps = s.Steps
	return c, s.Err
}

// left is use that cannot be compared, and stays where it is.
func (w *weighing) left(g *intercloud.Good, used []*use, peer schemas.PeerID, why string) intercloud.Choice {
	c := w.choice(peer, g.ID, intercloud.NotComparable)
	c.Unit, c.Reason = g.Unit, why
	s := &sheet.Sheet{}
	for _, u := range used {
		c.Quantity, c.Billed = c.Quantity.Add(u.total()), c.Billed.Add(u.billed)
	}
	s.Given("what was billed and stays as it is", "billed", c.Billed)
	c.Steps = s.Steps
	return c
}
