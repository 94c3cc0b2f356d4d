package check

import (
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
)

// placed is a rate of a contract, bounded by the price list that it is of, and where it stands; ever says that the two share a day.
type placed struct {
	agreed.ContractRate
	of   string
	ever bool
	at   parse.Spot
}

// ratesOf are the rates of a contract and of its price lists.
func ratesOf(at parse.Spot, k *agreed.Contract) (out []placed) {
	for i := range k.Rates {
		out = append(out, placed{k.Rates[i], "", true, at.Field("rates").At(i)})
	}
	for i := range k.PriceLists {
		list := &k.PriceLists[i]
		for j := range list.Rates {
			r := placed{list.Rates[j], "list", true, at.Field("price_lists").At(i).Field("rates").At(j)}
			_, r.ever = Overlap(r.Validity, list.Validity)
			r.Validity = Within(r.Validity, list.Validity)
			out = append(out, r)
		}
	}
	return out
}

// contractRates complains of rates that price nothing.
func (c *checker) contractRates(at parse.Spot, k *agreed.Contract) {
	if _, there := at.Field("rates").Given(); !there && len(k.PriceLists) == 0 {
		c.Complain(at.Field("rates"), "add rates: what the peer may charge, or price_lists", "contract %s has no rates", k.ID)
	}
	check := func(at parse.Spot, rates []agreed.ContractRate, v schemas.Validity, of string) {
		for i := range rates {
			r, here := &rates[i], at.Field("rates").At(i)
			c.validity(here, r.Validity)
			c.contractRate(here, r)
			if _, ok := Overlap(r.Validity, v); !ok && lasts(r.Validity) && lasts(v) {
				c.Complain(here.Field("from"), "correct one of them", "the rate is never in force while %s is", of)
			}
		}
	}
	check(at, k.Rates, k.Validity, "contract "+string(k.ID))
	ids := make([]string, len(k.PriceLists))
	for i := range k.PriceLists {
		list, here := &k.PriceLists[i], at.Field("price_lists").At(i)
		c.validity(here, list.Validity)
		if ids[i] = list.ID; slices.Contains(ids[:i], list.ID) {
			c.Complain(here.Field("id"), "give it another", "price list %s stands in the contract already", parse.Clip(list.ID))
		}
		if _, ok := Overlap(list.Validity, k.Validity); !ok && lasts(list.Validity) && lasts(k.Validity) {
			c.Complain(here.Field("from"), "correct one of them", "the price list is never in force while contract %s is", k.ID)
		}
		check(here, list.Rates, list.Validity, "price list "+parse.Clip(list.ID))
	}
}

// contractTerms complains of discounts, minimums and commitments without an effect.
func (c *checker) contractTerms(at parse.Spot, k *agreed.Contract) {
	var kinds []string
	services := map[string]bool{}
	for _, r := range k.AllRates() {
		services[r.Service] = true
		if r.Kind != "" {
			kinds = append(kinds, r.Kind)
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	kind := func(at parse.Spot, kind string) {
		if kind != "" && !slices.Contains(kinds, kind) {
			c.Complain(at.Field("kind"), parse.DidYouMean(kind, kinds, "write kind into a rate of the contract"), "no rate of the contract is of kind %s", parse.Clip(kind))
		}
	}
	var discounts []dated
	for i := range k.Discounts {
		d, here := &k.Discounts[i], at.Field("discounts").At(i)
		kind(here, d.Kind)
		c.validity(here, d.Validity)
		if c.positive(here.Field("percent"), d.Percent); d.Percent.IsPositive() {
			c.percent(here.Field("percent"), &d.Percent)
		}
		discounts = append(discounts, dated{keyOf(d.Kind), d.Validity, here})
	}
	c.atOnce(discounts, func(string) string { return "discount" })
	bills := func(at parse.Spot, service string) {
		if services[service] && service != "" {
			c.Complain(at.Field("service"), "name the service by which the peer bills what is missing", "a rate of the contract is of service %s", parse.Clip(service))
		}
	}
	for i := range k.Minimums {
		m, here := &k.Minimums[i], at.Field("minimums").At(i)
		kind(here, m.Kind)
		bills(here, m.Service)
		c.validity(here, m.Validity)
		c.positive(here.Field("amount"), m.Amount)
	}
	for i := range k.Commitments {
		m, here := &k.Commitments[i], at.Field("commitments").At(i)
		kind(here, m.Kind)
		bills(here, m.Service)
		c.positive(here.Field("amount"), m.Amount)
		c.notNegative(here.Field("spent"), &m.Spent)
		c.commitmentTerm(here, m)
	}
}

// commitmentTerm complains of a commitment that has no last month on whose bill could be trued up.
func (c *checker) commitmentTerm(at parse.Spot, m *agreed.ContractCommitment) {
	if m.Months < 1 {
		c.Complain(at.Field("months"), "write how many months a term has, such as 12", "%d is no number of months", m.Months)
		return
	}
	c.atMost(at.Field("months"), m.Months, mostMonths)
	if m.To == "" || m.From == "" || m.Months > mostMonths {
		return
	}
	p := m.From
	for p < m.To {
		for range m.Months {
			p = p.Next()
		}
	}
	if p != m.To || m.To <= m.From {
		c.Complain(at.Field("to"), "to is the first month in no term, such as "+string(p), "it ends before %s, which is not at the end of a term of %d months from %s", m.To, m.Months, m.From)
	}
}

// floorsTwice complains of two minimums or commitments with a peer that are billed by one service.
func (c *checker) floorsTwice() {
	seen := map[string]parse.Spot{}
	var minimums []dated
	for i := range c.Contracts.Items {
		k, at := &c.Contracts.Items[i], c.Contracts.Spots[i]
		for j := range k.Minimums {
			m, here := &k.Minimums[j], at.Field("minimums").At(j)
			minimums = append(minimums, dated{keyOf(string(k.Peer), m.Service), Within(m.Validity, k.Validity), here})
			seen[keyOf(string(k.Peer), m.Service)] = here
		}
	}
	c.atOnce(minimums, func(key string) string { return "minimum billed as " + parse.Clip(key[strings.IndexByte(key, 0)+1:]) })
	for i := range c.Contracts.Items {
		k, at := &c.Contracts.Items[i], c.Contracts.Spots[i]
		for j := range k.Commitments {
			here, key := at.Field("commitments").At(j), keyOf(string(k.Peer), k.Commitments[j].Service)
			if first, twice := seen[key]; twice {
				c.Complain(here.Field("service"), "give each a service of its own", "what is missing of another is billed as %s already, at %s", parse.Clip(k.Commitments[j].Service), first.Where())
			}
			seen[key] = here
		}
	}
}

// overlappingRates complains of two rates of a peer for the same service, SKU and region, in one contract or two, that are
// in force on one day; a contract's own rate goes before that of a price list.
func (c *checker) overlappingRates() {
	var rates []dated
	for i, k := range c.Contracts.Items {
		for _, r := range ratesOf(c.Contracts.Spots[i], &k) {
			if _, ever := Overlap(r.Validity, k.Validity); ever && r.ever {
				rates = append(rates, dated{keyOf(string(k.Peer), r.Service, string(r.SKU), r.Region, r.of), Within(r.Validity, k.Validity), r.at})
			}
		}
	}
	c.atOnce(rates, func(key string) string { return "rate of " + parse.Clip(strings.Split(key, "\x00")[1]) })
}

// meteredTwice complains of one of our own SKUs that counts for two services in one region at once, such as those of two
// peers: what our meters count can be held against one bill alone.
func (c *checker) meteredTwice() {
	var skus []dated
	named := map[string]bool{}
	for i, k := range c.Contracts.Items {
		for _, r := range ratesOf(c.Contracts.Spots[i], &k) {
			at := r.at.Field("metered")
			once(c, at, r.Metered)
			if _, ever := Overlap(r.Validity, k.Validity); !ever || !r.ever || r.Basis != schemas.BasisMeter {
				continue
			}
			for n, sku := range r.Metered {
				// Two rates for one service, SKU and region are complained of as such.
				if rate := keyOf(string(k.Peer), r.Service, string(r.SKU), r.Region, string(sku)); !named[rate] {
					named[rate] = true
					skus = append(skus, dated{keyOf(string(sku), r.Region), Within(r.Validity, k.Validity), at.At(n)})
				}
			}
		}
	}
	c.atOnce(skus, func(key string) string { return "use of SKU " + parse.Clip(strings.Split(key, "\x00")[0]) })
}

func (c *checker) contractRate(at parse.Spot, r *agreed.ContractRate) {
	c.notNegative(at.Field("price"), &r.Price)
	c.tiers(at.Field("tiers"), len(r.Tiers), func(i int) *money.Decimal { return r.Tiers[i].UpTo })
	if len(r.Tiers) > 0 && !r.Price.IsZero() {
		c.Complain(at.Field("price"), "keep one of them", "a rate has either a price or tiers")
	}
	if _, there := at.Field("price").Given(); !there && len(r.Tiers) == 0 {
		c.Complain(at.Field("price"), "add price: a decimal such as 0.018, or tiers", "the rate has no price")
	}
	if r.Basis == schemas.BasisMeter && len(r.Metered) == 0 {
		c.Complain(at.Field("metered"), "list the SKUs of our own meters that count the service", "a rate on the basis of our meter needs metered")
	}
	if r.Basis != schemas.BasisMeter && len(r.Metered) > 0 {
		c.Complain(at.Field("metered"), "write basis: meter, or remove it", "only a rate on the basis of our meter reads metered")
	}
	if r.Basis != schemas.BasisList && r.Unit == "" && r.Service != "" {
		c.Complain(at.Field("unit"), "write the unit as the bill does, such as GB-month", "unit is missing: the price of one what?")
	}
}
