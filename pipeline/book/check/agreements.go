package check

import (
	"cmp"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// checkAgreements holds agreements to what can be made of them, and complains of what two of them claim at once.
func (c *checker) checkAgreements() {
	var ids register
	var peers, accounts, offerings []dated
	registerList(c, &ids, "agreement", &c.Agreements, func(a *intercloud.Agreement) string { return string(a.ID) })
	for i := range c.Agreements.Items {
		a, at := &c.Agreements.Items[i], c.Agreements.Spots[i]
		c.agreement(at, a)
		for j, p := range a.Parties {
			here := at.Field("parties").At(j)
			peers = append(peers, dated{string(p.Peer), a.Validity, here.Field("peer")})
			for n, account := range p.Accounts {
				accounts = append(accounts, dated{string(account), a.Validity, here.Field("accounts").At(n)})
			}
		}
		for j, o := range a.Offerings {
			offerings = append(offerings, dated{string(o), a.Validity, at.Field("offerings").At(j)})
		}
	}
	c.underOne(peers, "peer", "settle with it under one of them; an agreement needs no parties to have offerings")
	c.underOne(accounts, "account", "what it owes is one party's; remove it from the other")
	c.underOne(offerings, "offering", "a charge is of one cost chain; remove it from one of them")
}

// underOne complains of what stands in two agreements, or in one twice, that are in force on one day.
func (c *checker) underOne(list []dated, what, hint string) {
	slices.SortStableFunc(list, func(a, b dated) int { return cmp.Compare(a.key, b.key) })
	for i := 1; i < len(list); i++ {
		for j := i - 1; j >= 0 && list[j].key == list[i].key && list[i].key != ""; j-- {
			if day, both := Overlap(list[i].validity, list[j].validity); both {
				other := list[j].at
				c.Complain(list[i].at, hint, "%s %s stands at %s already, in force from %s", what, parse.Clip(list[i].key), other.Where(), beginning(day))
			}
		}
	}
}

func (c *checker) agreement(at parse.Spot, a *intercloud.Agreement) {
	c.validity(at, a.Validity)
	if len(a.Currencies) == 0 {
		c.Complain(at.Field("currencies"), "list at least one, such as [EUR]", "the agreement has no currency")
	}
	for i, currency := range a.Currencies {
		c.payable(at.Field("currencies").At(i), currency)
	}
	once(c, at.Field("currencies"), a.Currencies)
	c.atMost(at.Field("payable_days"), int64(a.PayableDays), mostDays)
	if a.ReceivableDays != nil {
		c.atMost(at.Field("receivable_days"), int64(*a.ReceivableDays), mostDays)
	}
	for i, p := range a.Parties {
		here := at.Field("parties").At(i)
		if c.refer(here, "peer", &c.names.peers, string(p.Peer)) && string(p.Peer) == c.Provider.ID {
			c.Complain(here.Field("peer"), "give the peer an identifier of its own", "%s is what we are called ourselves, so that nobody could tell who owes whom", p.Peer)
		}
		for j, account := range p.Accounts {
			c.refer(here.Field("accounts").At(j), "", &c.names.accounts, string(account))
		}
	}
	for i, o := range a.Offerings {
		c.refer(at.Field("offerings").At(i), "", &c.names.offerings, string(o))
	}
	for i, m := range a.CreditMeters {
		c.refer(at.Field("credit_meters").At(i), "", &c.names.meters, string(m))
	}
	once(c, at.Field("credit_meters"), a.CreditMeters)
	c.agreementKeys(at, a)
	c.legs(at, a)
	c.goods(at, a)
	c.candidates(at, a)
}

// agreementKeys complains of keys that the pattern does not read, and of those that it needs and that are missing.
func (c *checker) agreementKeys(at parse.Spot, a *intercloud.Agreement) {
	given := func(key string) bool {
		_, there := at.Field(key).Given()
		return there
	}
	if a.Pattern == "" { // which has been complained of
		return
	}
	for _, x := range []struct {
		key      string
		patterns []intercloud.Pattern
	}{
		{"legs", []intercloud.Pattern{intercloud.Aggregation}},
		{"key", []intercloud.Pattern{intercloud.Aggregation}},
		{"goods", []intercloud.Pattern{intercloud.Federation, intercloud.Arbitrage}},
		{"candidates", []intercloud.Pattern{intercloud.Arbitrage}},
	} {
		if given(x.key) && !slices.Contains(x.patterns, a.Pattern) {
			c.Complain(at.Field(x.key), "remove it, or correct pattern", "%s does not read %s", a.Pattern, x.key)
		}
	}
	for _, key := range map[intercloud.Pattern][]string{
		intercloud.Peering: {"parties"}, intercloud.Federation: {"parties", "goods"}, intercloud.Intermediation: {"offerings"},
		intercloud.Aggregation: {"offerings", "legs"}, intercloud.Arbitrage: {"goods", "candidates"},
	}[a.Pattern] {
		if !given(key) {
			c.Complain(at, "add "+key, "%s needs %s, and there is none", a.Pattern, key)
		}
	}
	if given("receivable_days") && a.Pattern == intercloud.Federation {
		c.Complain(at.Field("receivable_days"), "remove it", "in a federation all that is owed is due by payable_days")
	}
}

func (c *checker) legs(at parse.Spot, a *intercloud.Agreement) {
	list := at.Field("legs")
	twins(c, list, a.Legs, "id", "leg", func(l *intercloud.Leg) string { return l.ID })
	seen, weighs := map[schemas.MeterID]bool{}, false
	byWeight := cmp.Or(a.Key, intercloud.ByWeight) == intercloud.ByWeight
	for i := range a.Legs {
		l, here := &a.Legs[i], list.At(i)
		c.identifier(here.Field("id"), l.ID)
		c.refer(here, "peer", &c.names.peers, string(l.Peer))
		c.notNegative(here.Field("weight"), l.Weight)
		switch {
		case byWeight && l.Weight == nil:
			c.Complain(here.Field("weight"), "add weight, or set key of the agreement to cost or even", "the revenue is divided by weight, and the leg has none")
		case !byWeight && l.Weight != nil:
			c.Complain(here.Field("weight"), "remove it, or set key of the agreement to weight", "the revenue is divided by %s", a.Key)
		}
		weighs = weighs || !byWeight || l.Weight != nil && l.Weight.IsPositive()
		for j, m := range l.Meters {
			c.refer(here.Field("meters").At(j), "", &c.names.meters, string(m))
			if seen[m] {
				c.Complain(here.Field("meters").At(j), "remove it from one of them", "meter %s is of a leg already", m)
			}
			seen[m] = true
		}
	}
	if len(a.Legs) > 0 && !weighs {
		c.Complain(list, "give one of them a weight above zero", "no leg has a weight, so that nothing can be divided by it")
	}
}

func (c *checker) goods(at parse.Spot, a *intercloud.Agreement) {
	list := at.Field("goods")
	twins(c, list, a.Goods, "id", "good", func(g *intercloud.Good) string { return g.ID })
	seen := map[string]parse.Spot{}
	for i := range a.Goods {
		g, here := &a.Goods[i], list.At(i)
		c.identifier(here.Field("id"), g.ID)
		if len(g.Items) == 0 {
			c.Complain(here.Field("items"), "say what each provider calls it", "the good has no items")
		}
		for j := range g.Items {
			x, spot := &g.Items[j], here.Field("items").At(j)
			c.item(spot, a, x)
			key := keyOf(string(x.Peer), x.Service, string(x.SKU), x.Region)
			if first, twice := seen[key]; twice {
				c.Complain(spot, "remove one of them", "the same item stands at %s already", first.Where())
			}
			seen[key] = spot
		}
		var prices []dated
		for j, p := range g.Prices {
			spot := here.Field("prices").At(j)
			c.validity(spot, p.Validity)
			c.notNegative(spot.Field("price"), &g.Prices[j].Price)
			prices = append(prices, dated{g.ID, p.Validity, spot})
		}
		c.underOne(prices, "a price of", "end one of them with to:, on the first day of the other")
		_, given := here.Field("prices").Given()
		switch {
		case given && a.Pattern == intercloud.Arbitrage:
			c.Complain(here.Field("prices"), "remove it; peers' prices are those of their contracts", "arbitrage does not read prices")
		case !given && a.Pattern == intercloud.Federation:
			c.Complain(here, "add prices", "the good has no price in the common price list")
		}
	}
}

func (c *checker) item(at parse.Spot, a *intercloud.Agreement, x *intercloud.Item) {
	c.refer(at, "peer", &c.names.peers, string(x.Peer))
	if x.Factor != nil {
		c.divisor(at.Field("factor"), *x.Factor)
	}
	c.notNegative(at.Field("egress"), x.Egress)
	switch {
	case a.Pattern == intercloud.Federation && x.Egress != nil:
		c.Complain(at.Field("egress"), "remove it", "federation does not read egress")
	case a.Pattern == intercloud.Federation && x.Peer != "" && !slices.ContainsFunc(a.Parties, func(p intercloud.AgreementParty) bool { return p.Peer == x.Peer }):
		c.Complain(at.Field("peer"), "add it to parties of the agreement", "%s is no party of the federation", x.Peer)
	case a.Pattern == intercloud.Arbitrage && x.Service == "":
		c.Complain(at.Field("service"), "add service, as the rates of the peer's contract spell it", "nothing says by which rate the item is priced")
	case a.Pattern == intercloud.Arbitrage && x.Peer == "":
		c.Complain(at, "add peer", "an item of an arbitrage is a peer's, and this one names none")
	}
}

func (c *checker) candidates(at parse.Spot, a *intercloud.Agreement) {
	list := at.Field("candidates")
	twins(c, list, a.Candidates, "peer", "candidate", func(k *intercloud.Candidate) string { return string(k.Peer) })
	for i := range a.Candidates {
		k, here := &a.Candidates[i], list.At(i)
		for key, amount := range map[string]*money.Decimal{"minimum": k.Minimum, "commitment": k.Commitment} {
			if amount != nil {
				c.positive(here.Field(key), *amount)
			}
		}
		known := c.refer(here, "peer", &c.names.peers, string(k.Peer))
		if known && !slices.ContainsFunc(a.Goods, func(g intercloud.Good) bool {
			return slices.ContainsFunc(g.Items, func(x intercloud.Item) bool { return x.Peer == k.Peer })
		}) {
			c.Complain(here.Field("peer"), "add an item of it to a good", "no good has an item of %s, so that nothing can be compared", k.Peer)
		}
	}
}
