package check

import (
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/agreed"
)

func (c *checker) checkPeers() {
	spelling := map[string]parse.Spot{}
	budgets, goals, shared := map[string]parse.Spot{}, map[string]parse.Spot{}, map[string]parse.Spot{}
	for i, p := range c.Peers.Items {
		at := c.Peers.Spots[i]
		c.users(at.Field("users"), p.Users)
		c.anomalies(at.Field("anomalies"), p.Anomalies)
		for j := range p.Goals {
			c.goal(at.Field("goals").At(j), &p.Goals[j], &p, goals)
		}
		for j := range p.Shared {
			c.sharedCost(at.Field("shared").At(j), &p.Shared[j], &p, shared)
		}
		for j := range p.Budgets {
			c.budget(at.Field("budgets").At(j), &p.Budgets[j], &p, budgets)
		}
		if first, twice := spelling[p.Provider]; twice && p.Provider != "" {
			c.Complain(at.Field("provider"), "a ProviderName belongs to one peer", "%q is the spelling of the peer in %s already", parse.Clip(p.Provider), first.FileName())
		}
		spelling[p.Provider] = at
		seen := map[string]bool{}
		for j, number := range p.OwnUse {
			if seen[number] {
				c.Complain(at.Field("own_use").At(j), "remove it", "%q is listed already", parse.Clip(number))
			}
			seen[number] = true
		}
	}
	for i := range c.Contracts.Items {
		c.contract(c.Contracts.Spots[i], &c.Contracts.Items[i])
	}
	c.detailOfAll()
	c.overlappingRates()
	c.meteredTwice()
	c.floorsTwice()
}

// users complains of a way to tell users apart that names no tag, or one in vain.
func (c *checker) users(at parse.Spot, u *schemas.UserKey) {
	switch {
	case u == nil:
	case u.By == schemas.UserByTag && u.Tag == "":
		c.Complain(at, "write tag: the key of the tag that names the user", "users are told by a tag, and tag is missing")
	case u.By != schemas.UserByTag && u.Tag != "":
		c.Complain(at.Field("tag"), "write by: tag, or remove it", "only by: tag reads tag")
	}
}

// anomalies complains of what no day can be judged by.
func (c *checker) anomalies(at parse.Spot, a *schemas.AnomalyPolicy) {
	if a == nil {
		return
	}
	c.atMost(at.Field("least"), a.Least, mostDays)
	c.notNegative(at.Field("score"), a.Score)
	c.threshold(at.Field("floor"), a.Floor)
}

// goal complains of one whose identifier another has, wherever it stands, or that nothing can be held against.
func (c *checker) goal(at parse.Spot, g *schemas.Goal, p *schemas.Peer, seen map[string]parse.Spot) {
	c.identifier(at.Field("id"), g.ID)
	if first, twice := seen[g.ID]; twice && g.ID != "" {
		c.Complain(at.Field("id"), "give it another", "goal %s stands in %s already", parse.Clip(g.ID), first.FileName())
	}
	seen[g.ID] = at
	c.refer(at, "offering", &c.names.offerings, string(g.Offering))
	c.validity(at, g.Validity)
	c.notNegative(at.Field("use"), g.Use)
	c.notNegative(at.Field("cost"), g.Cost)
	c.percentage(at.Field("availability"), g.Availability)
	if g.Use == nil && g.Availability == nil && g.Cost == nil && g.MarginPercent == nil {
		c.Complain(at, "write use, availability, cost or margin_percent", "the goal says nothing that could be missed")
	}
	measured := slices.ContainsFunc(c.Sources.Items, func(s schemas.Source) bool {
		return s.Peer == p.ID && (s.Format == schemas.Incidents10 || s.Format == schemas.Probes10)
	})
	if g.Availability != nil && !measured {
		c.Complain(at.Field("availability"), "add a source with format: incidents-1.0 or probes-1.0 of the peer", "nothing says when the services of %s are not available", p.ID)
	}
}

// budget complains of one whose identifier another has, wherever it stands, or that no use can be held against.
func (c *checker) budget(at parse.Spot, b *schemas.Budget, p *schemas.Peer, seen map[string]parse.Spot) {
	c.identifier(at.Field("id"), b.ID)
	if first, twice := seen[b.ID]; twice && b.ID != "" {
		c.Complain(at.Field("id"), "give it another", "budget %s stands in %s already", parse.Clip(b.ID), first.FileName())
	}
	seen[b.ID] = at
	c.refer(at, "customer", &c.names.customers, b.Customer)
	if c.refer(at, "account", &c.names.accounts, string(b.Account)) && b.Customer != "" {
		for i := range c.Accounts.Items {
			if a := &c.Accounts.Items[i]; a.ID == b.Account && a.Customer != b.Customer {
				c.Complain(at.Field("account"), "correct one of them", "account %s is of customer %s", a.ID, parse.Clip(a.Customer))
			}
		}
	}
	if b.User != "" && p.Users == nil {
		c.Complain(at.Field("user"), "write users of the peer: by sub_account, resource or tag", "the peer does not say what tells its users apart")
	}
	c.positive(at.Field("amount"), b.Amount)
	c.payable(at.Field("currency"), b.Currency)
	c.validity(at, b.Validity)
	for i, t := range b.Thresholds {
		here := at.Field("thresholds").At(i)
		if c.positive(here, t); i > 0 && !t.GreaterThan(b.Thresholds[i-1]) {
			c.Complain(here, "list each once, the smallest first", "%s stands behind %s", t, b.Thresholds[i-1])
		}
	}
}

func (c *checker) contract(at parse.Spot, k *agreed.Contract) {
	c.validity(at, k.Validity)
	c.payable(at.Field("currency"), k.Currency)
	c.threshold(at.Field("tolerance"), k.Tolerance)
	for i, accepted := range k.Accepted {
		category := string(accepted)
		if !slices.Contains(schemas.ChargeCategories, category) {
			c.Complain(at.Field("accepted").At(i), parse.DidYouMean(category, schemas.ChargeCategories, "write one of "+strings.Join(schemas.ChargeCategories, ", ")), "%q is not a charge category of FOCUS", parse.Clip(category))
		}
	}
	once(c, at.Field("accepted"), k.Accepted)
	if k.Detail != nil {
		c.detail(at.Field("detail"), k.Detail)
	}
	c.contractRates(at, k)
	c.contractTerms(at, k)
}

// detail complains of what a bill cannot be compared by.
func (c *checker) detail(at parse.Spot, d *agreed.ContractDetail) {
	c.notNegative(at.Field("cap"), d.Cap)
	c.notNegative(at.Field("rolling"), d.Rolling)
	c.notNegative(at.Field("tax_percent"), d.TaxPercent)
	if t := d.Disputes; t != nil {
		c.atMost(at.Field("disputes").Field("window_days"), t.WindowDays, mostDays)
		c.atMost(at.Field("disputes").Field("answer_days"), t.AnswerDays, mostDays)
		c.atMost(at.Field("disputes").Field("credit_days"), t.CreditDays, mostDays)
	}
	for i, credit := range d.Credits {
		here := at.Field("credits").At(i)
		c.positive(here.Field("amount"), credit.Amount)
		if credit.Reason == "" {
			c.Complain(here.Field("reason"), "say what the peer promised it for", "the credit has no reason")
		}
	}
}

// invoiceSource complains of a source of invoices, or of answers to disputes, that nothing is held against.
func (c *checker) invoiceSource(at parse.Spot, s *schemas.Source) {
	if !s.Format.IsAboutBills() {
		return
	}
	if s.Peer == "" {
		c.Complain(at.Field("peer"), "name the peer whose bills they are", "what is about a peer's bills is that peer's, and peer is missing")
		return
	}
	if !slices.ContainsFunc(c.Contracts.Items, func(k agreed.Contract) bool { return k.Peer == s.Peer && k.Detail != nil }) {
		c.Complain(at.Field("format"), "write detail: {} into a contract with the peer", "it is about bills that are compared in detail, and no contract with %s has detail", s.Peer)
	}
}

// detailOfAll complains of a peer of whose contracts some ask for its bill by detail and some do not: a row that no rate covers is
// of no contract in particular.
func (c *checker) detailOfAll() {
	with := map[schemas.PeerID]schemas.ContractID{}
	for _, k := range c.Contracts.Items {
		if k.Detail != nil {
			with[k.Peer] = k.ID
		}
	}
	for i, k := range c.Contracts.Items {
		if other := with[k.Peer]; k.Detail == nil && other != "" {
			c.Complain(c.Contracts.Spots[i], "write detail: {} into it, or take detail out of the other", "contract %s with the same peer has detail, and contract %s has none", other, k.ID)
		}
	}
}

// Within bounds a validity by another; it is known since both are.
func Within(v, outer schemas.Validity) schemas.Validity {
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

func (c *checker) threshold(at parse.Spot, t schemas.Threshold) {
	c.notNegative(at.Field("absolute"), t.Absolute)
	c.notNegative(at.Field("percent"), t.Percent)
}

// condition complains of a mapping that does not say which rows it takes, or says it without effect.
func (c *checker) condition(at parse.Spot, m *schemas.Mapping) bool {
	switch {
	case m.Value != "" && m.Tag == "":
		c.Complain(at.Field("value"), "write tag: the key of the tag that has this value", "value stands without a tag")
	case m.BillingAccount == "" && m.SubAccount == "" && m.Resource == "" && m.Tag == "":
		c.Complain(at, "write at least one of them", "billing_account, sub_account, resource and tag are all empty")
	case m.Match == schemas.MatchPrefix && m.BillingAccount == "" && m.SubAccount == "" && m.Resource == "" && m.Value == "":
		c.Complain(at.Field("match"), "write value: what the tag's value begins with, or remove match", "there is no text that could begin a row's: the key of a tag must be equal")
	case m.Order < 0:
		c.Complain(at.Field("order"), "write 0 or more", "%d is less than 0", m.Order)
	default:
		return true
	}
	return false
}

func (c *checker) checkMappings() {
	seen := make(map[schemas.Mapping][]int, len(c.Mappings.Items))
	sources := map[schemas.SourceID]*schemas.Source{}
	for i := range c.Sources.Items {
		sources[c.Sources.Items[i].ID] = &c.Sources.Items[i]
	}
	for i := range c.Mappings.Items {
		m, at := &c.Mappings.Items[i], c.Mappings.Spots[i]
		c.refer(at, "peer", &c.names.peers, string(m.Peer))
		c.refer(at, "account", &c.names.accounts, string(m.Account))
		if c.refer(at, "source", &c.names.sources, string(m.Source)) && m.Peer != "" {
			if s := sources[m.Source]; s.Peer != m.Peer {
				c.Complain(at.Field("source"), "correct one of them", "source %s is not of peer %s", s.ID, m.Peer)
			}
		}
		if m.Peer == "" && m.Source == "" {
			c.Complain(at, "say of which peer or source the numbers are", "peer and source are both empty")
		}
		if !c.condition(at, m) {
			continue
		}
		c.validity(at, m.Validity())
		key := claimOf(m)
		for _, j := range seen[key] {
			other := &c.Mappings.Items[j]
			day, both := Overlap(m.Validity(), other.Validity())
			if !both || !lasts(m.Validity()) || !lasts(other.Validity()) {
				continue
			}
			first := c.Mappings.Spots[j]
			if day.IsZero() {
				c.Complain(at, "keep one of them, or say from when to when each holds", "the account is mapped at %s already", first.Where())
			} else {
				c.Complain(at, "let one end where the other begins", "the account is mapped for %s at %s already", day, first.Where())
			}
			break
		}
		seen[key] = append(seen[key], i)
	}
	for i, p := range c.Peers.Items {
		for j, number := range p.OwnUse {
			// On the days that no mapping holds on, it may well be our own.
			for _, k := range seen[schemas.Mapping{Peer: p.ID, SubAccount: number}] {
				if v := c.Mappings.Items[k].Validity(); !v.From.IsZero() || !v.To.IsZero() {
					continue
				}
				first := c.Mappings.Spots[k]
				c.Complain(c.Peers.Spots[i].Field("own_use").At(j), "keep one of them", "%q is a customer's at %s", parse.Clip(number), first.Where())
			}
		}
	}
}
