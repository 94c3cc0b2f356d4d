package check

import (
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/access"
)

// checkAccess holds the register of identities and the entitlements to what bills can be held against.
func (c *checker) checkAccess() {
	var identities, entitlements register
	registerList(c, &identities, "identity", &c.Identities, func(v *access.Identity) string { return v.ID })
	registerList(c, &entitlements, "entitlement", &c.Entitlements, func(v *access.Entitlement) string { return v.ID })
	users := map[schemas.PeerID]bool{}
	for i := range c.Peers.Items {
		users[c.Peers.Items[i].ID] = c.Peers.Items[i].Users != nil
	}
	var at []dated
	for i := range c.Identities.Items {
		x, here := &c.Identities.Items[i], c.Identities.Spots[i]
		if c.refer(here, "peer", &c.names.peers, string(x.Peer)) && !users[x.Peer] {
			c.Complain(here.Field("peer"), "write users of the peer: by sub_account, resource or tag", "peer %s does not say what tells its users apart", parse.Clip(string(x.Peer)))
		}
		c.refer(here, "customer", &c.names.customers, x.Customer)
		c.atMost(here.Field("rotate_days"), x.RotateDays, mostDays)
		c.atMost(here.Field("warn_days"), x.WarnDays, mostDays)
		c.validity(here, x.Validity)
		once(c, here.Field("credentials"), x.Credentials)
		at = append(at, dated{keyOf(string(x.Peer), x.Name, x.Customer), x.Validity, here})
	}
	// One name may stand for two customers: that is what a run finds.
	c.atOnceBut(at, "let one end where the other begins", func(string) string { return "identity of this name and customer" })
	for i := range c.Entitlements.Items {
		c.entitlement(c.Entitlements.Spots[i], &c.Entitlements.Items[i])
	}
}

func (c *checker) entitlement(at parse.Spot, e *access.Entitlement) {
	c.refer(at, "peer", &c.names.peers, string(e.Peer))
	c.refer(at, "customer", &c.names.customers, e.Customer)
	c.refer(at, "account", &c.names.accounts, string(e.Account))
	c.refer(at, "offering", &c.names.offerings, string(e.Offering))
	if e.Customer != "" && e.Account != "" {
		c.Complain(at.Field("account"), "keep customer for all of its accounts, or account for one", "an entitlement is for a customer or for an account")
	}
	c.validity(at, e.Validity)
	once(c, at.Field("services"), e.Services)
	once(c, at.Field("regions"), e.Regions)
	once(c, at.Field("skus"), e.SKUs)
}

// credentialSource complains of a source of a peer's list that says of it what a list has not.
func (c *checker) credentialSource(at parse.Spot, s *schemas.Source) {
	if s.Format != schemas.Credentials10 {
		return
	}
	if s.Peer == "" {
		c.Complain(at.Field("peer"), "name the peer that has issued them", "a list of credentials is a peer's")
	}
	if s.Semantics != schemas.Snapshot && s.Semantics != "" {
		c.Complain(at.Field("semantics"), "write semantics: snapshot", "a list of credentials is whole: the newest takes the place of those before it")
	}
	if _, given := at.Field("zone").Given(); given {
		c.Complain(at.Field("zone"), "remove it", "a list of credentials is of the month that it is delivered for, in whatever zone")
	}
}
