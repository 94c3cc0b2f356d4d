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

// at is the item of a good at a peer; nil where it has none.
func at(g *intercloud.Good, peer schemas.PeerID) *intercloud.Item {
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

// price prices use at a peer's rates, each day's at that of the day; why says what it cannot be priced for.
func (w *weighing) price(used []*use, peer schemas.PeerID, s *sheet.Sheet) (cost money.Decimal, why string, err error) {
	var all []rated
	for _, u := range used {
		for _, p := range u.parts {
			item := p.item
			if u.peer != peer {
				if item = at(u.good, peer); item == nil {
					return money.Zero, fmt.Sprintf("%s has no item of it", peer), nil
				}
			}
			rate, ok := w.Contracts.RateOn(peer, item.Service, item.SKU, item.Region, p.day)
			switch {
			case !ok:
				return money.Zero, fmt.Sprintf("no contract with %s has a rate for it on %s", peer, p.day), nil
			case rate.OfList():
				return money.Zero, fmt.Sprintf("contract %s prices it by a list cost that nobody has stated", rate.Contract()), nil
			}
			factor, ok := w.Contracts.Convert(item.Unit, rate.Unit())
			if !ok && rate.Unit() != "" {
				return money.Zero, fmt.Sprintf("contract %s rates it in %s, and units of the catalogue have no factor from %s", rate.Contract(), rate.Unit(), item.Unit), nil
			}
			if !ok {
				factor = money.Ratio{Num: money.One, Den: money.One}
			}
			q := p.quantity
			if item != p.item {
				q = s.ShareRounded(fmt.Sprintf("%s: as %s of %s", p.day, item.SKU, peer), sheet.Named("quantity", q), sheet.Named("worth", p.item.Worth()), sheet.Named("per", item.Worth()), money.Scale)
			}
			q = inUnit(s, q, item.Unit, cmp.Or(rate.Unit(), item.Unit), factor)
			i := slices.IndexFunc(all, func(x rated) bool { return x.rate == rate && x.item == item })
			if i < 0 {
				i, all = len(all), append(all, rated{rate: rate, item: item})
			}
			all[i].parts = append(all[i].parts, sheet.Named(p.day.String(), q))
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
func (w *weighing) floors(sc *scenario) (out added, err error) {
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
	return out, nil
}

// choices are what each good, and all that can be compared, would have cost at a candidate.
func (w *weighing) choices(k *intercloud.Candidate, before added) ([]intercloud.Choice, error) {
	var out []intercloud.Choice
	sc := scenario{peer: k.Peer}
	all := w.choice(k.Peer, "", intercloud.Compared)
	s := &sheet.Sheet{}
	var billed, cost, egress []sheet.Amount
	for i := 0; i < len(w.Agreement.Goods); i++ {
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
	after, err := w.floors(&sc)
	if err != nil {
		return nil, err
	}
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
	if c.Reason = cmp.Or(c.Reason, why); c.Reason != "" {
		c = w.choice(peer, g.ID, intercloud.NotComparable)
		return w.left(c, g, used, cmp.Or(why, c.Reason)), nil
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
func (w *weighing) left(c intercloud.Choice, g *intercloud.Good, used []*use, why string) intercloud.Choice {
	c.Unit, c.Reason = g.Unit, why
	s := &sheet.Sheet{}
	for _, u := range used {
		c.Quantity, c.Billed = c.Quantity.Add(u.total()), c.Billed.Add(u.billed)
		c.Reason = cmp.Or(c.Reason, u.why)
	}
	s.Given("what was billed and stays as it is", "billed", c.Billed)
	c.Steps = s.Steps
	return c
}
