package book

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

func (c *checker) checkPeers() {
	spelling := map[string]spot{}
	for i, p := range c.peers.items {
		at := c.peers.spots[i]
		if first, twice := spelling[p.Provider]; twice && p.Provider != "" {
			c.complain(at.field("provider"), "a ProviderName belongs to one peer", "%q is the spelling of the peer in %s already", clip(p.Provider), first.fileName())
		}
		spelling[p.Provider] = at
		seen := map[string]bool{}
		for j, number := range p.OwnUse {
			if seen[number] {
				c.complain(at.field("own_use").at(j), "remove it", "%q is listed already", clip(number))
			}
			seen[number] = true
		}
	}
	for i := range c.contracts.items {
		c.contract(c.contracts.spots[i], &c.contracts.items[i])
	}
	c.overlappingRates()
	c.meteredTwice()
}

func (c *checker) contract(at spot, k *schemas.Contract) {
	c.validity(at, k.Validity)
	c.payable(at.field("currency"), k.Currency)
	c.threshold(at.field("tolerance"), k.Tolerance)
	for i, accepted := range k.Accepted {
		category := string(accepted)
		if !slices.Contains(schemas.ChargeCategories, category) {
			c.complain(at.field("accepted").at(i), didYouMean(category, schemas.ChargeCategories, "write one of "+strings.Join(schemas.ChargeCategories, ", ")), "%q is not a charge category of FOCUS", clip(category))
		}
	}
	once(c, at.field("accepted"), k.Accepted)
	for i := range k.Rates {
		r, here := &k.Rates[i], at.field("rates").at(i)
		c.validity(here, r.Validity)
		c.contractRate(here, r)
		if _, ok := overlap(r.Validity, k.Validity); !ok && lasts(r.Validity) && lasts(k.Validity) {
			c.complain(here.field("from"), "correct one of them", "the rate is never in force while contract %s is", k.ID)
		}
	}
}

// overlappingRates complains of two rates of a peer for the same service, SKU and region, in one contract or two, that are
// in force on one day.
func (c *checker) overlappingRates() {
	var rates []dated
	for i, k := range c.contracts.items {
		for j, r := range k.Rates {
			v := within(r.Validity, k.Validity)
			if _, ever := overlap(r.Validity, k.Validity); ever {
				rates = append(rates, dated{keyOf(string(k.Peer), r.Service, string(r.SKU), r.Region), v, c.contracts.spots[i].field("rates").at(j)})
			}
		}
	}
	c.atOnce(rates, func(key string) string { return "rate of " + clip(strings.Split(key, "\x00")[1]) })
}

// meteredTwice complains of one of our own SKUs that counts for two services in one region at once, such as those of two
// peers: what our meters count can be held against one bill alone.
func (c *checker) meteredTwice() {
	var skus []dated
	named := map[string]bool{}
	for i, k := range c.contracts.items {
		for j, r := range k.Rates {
			at := c.contracts.spots[i].field("rates").at(j).field("metered")
			once(c, at, r.Metered)
			if _, ever := overlap(r.Validity, k.Validity); !ever || r.Basis != schemas.BasisMeter {
				continue
			}
			for n, sku := range r.Metered {
				// Two rates for one service, SKU and region are complained of as such.
				if rate := keyOf(string(k.Peer), r.Service, string(r.SKU), r.Region, string(sku)); !named[rate] {
					named[rate] = true
					skus = append(skus, dated{keyOf(string(sku), r.Region), within(r.Validity, k.Validity), at.at(n)})
				}
			}
		}
	}
	c.atOnce(skus, func(key string) string { return "use of SKU " + clip(strings.Split(key, "\x00")[0]) })
}

// within bounds a validity by another; it is known since both are.
func within(v, outer schemas.Validity) schemas.Validity {
	if outer.From.After(v.From) {
		v.From = outer.From
	}
	if v.To.IsZero() || !outer.To.IsZero() && outer.To.Before(v.To) {
		v.To = outer.To
	}
	if outer.KnownSince.After(v.KnownSince) {
		v.KnownSince = outer.KnownSince
	}
	return v
}

func (c *checker) contractRate(at spot, r *schemas.ContractRate) {
	c.notNegative(at.field("price"), &r.Price)
	c.tiers(at.field("tiers"), len(r.Tiers), func(i int) *money.Decimal { return r.Tiers[i].UpTo })
	if len(r.Tiers) > 0 && !r.Price.IsZero() {
		c.complain(at.field("price"), "keep one of them", "a rate has either a price or tiers")
	}
	if _, there := at.field("price").given(); !there && len(r.Tiers) == 0 {
		c.complain(at.field("price"), "add price: a decimal such as 0.018, or tiers", "the rate has no price")
	}
	if r.Basis == schemas.BasisMeter && len(r.Metered) == 0 {
		c.complain(at.field("metered"), "list the SKUs of our own meters that count the service", "a rate on the basis of our meter needs metered")
	}
	if r.Basis != schemas.BasisMeter && len(r.Metered) > 0 {
		c.complain(at.field("metered"), "write basis: meter, or remove it", "only a rate on the basis of our meter reads metered")
	}
	if r.Basis != schemas.BasisList && r.Unit == "" && r.Service != "" {
		c.complain(at.field("unit"), "write the unit as the bill does, such as GB-month", "unit is missing: the price of one what?")
	}
}

func (c *checker) threshold(at spot, t schemas.Threshold) {
	c.notNegative(at.field("absolute"), t.Absolute)
	c.notNegative(at.field("percent"), t.Percent)
}

func (c *checker) checkMappings() {
	seen := make(map[origin][]int, len(c.mappings.items))
	sources := map[schemas.SourceID]*schemas.Source{}
	for i := range c.sources.items {
		sources[c.sources.items[i].ID] = &c.sources.items[i]
	}
	for i := range c.mappings.items {
		m, at := &c.mappings.items[i], c.mappings.spots[i]
		c.refer(at, "peer", &c.names.peers, string(m.Peer))
		c.refer(at, "account", &c.names.accounts, string(m.Account))
		if c.refer(at, "source", &c.names.sources, string(m.Source)) && m.Peer != "" {
			if s := sources[m.Source]; s.Peer != m.Peer {
				c.complain(at.field("source"), "correct one of them", "source %s is not of peer %s", s.ID, m.Peer)
			}
		}
		if m.Peer == "" && m.Source == "" {
			c.complain(at, "say of which peer or source the numbers are", "peer and source are both empty")
		}
		if m.BillingAccount == "" && m.SubAccount == "" {
			c.complain(at, "write at least one of them", "billing_account and sub_account are both empty")
			continue
		}
		c.validity(at, m.Validity())
		key := originOf(*m)
		for _, j := range seen[key] {
			other := &c.mappings.items[j]
			day, both := overlap(m.Validity(), other.Validity())
			if !both || !lasts(m.Validity()) || !lasts(other.Validity()) {
				continue
			}
			first := c.mappings.spots[j]
			if day.IsZero() {
				c.complain(at, "keep one of them, or say from when to when each holds", "the account is mapped at %s already", first.where())
			} else {
				c.complain(at, "let one end where the other begins", "the account is mapped for %s at %s already", day, first.where())
			}
			break
		}
		seen[key] = append(seen[key], i)
	}
	for i, p := range c.peers.items {
		for j, number := range p.OwnUse {
			// On the days that no mapping holds on, it may well be our own.
			for _, k := range seen[origin{peer: p.ID, sub: number}] {
				if v := c.mappings.items[k].Validity(); !v.From.IsZero() || !v.To.IsZero() {
					continue
				}
				first := c.mappings.spots[k]
				c.complain(c.peers.spots[i].field("own_use").at(j), "keep one of them", "%q is a customer's at %s", clip(number), first.where())
			}
		}
	}
}
