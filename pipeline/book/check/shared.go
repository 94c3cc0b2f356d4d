package check

import (
	"cmp"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// sharedCost complains of one whose identifier another has, wherever it stands, that takes nothing, or whose key divides nothing.
func (c *checker) sharedCost(at parse.Spot, s *schemas.SharedCost, p *schemas.Peer, seen map[string]parse.Spot) {
	c.identifier(at.Field("id"), s.ID)
	if first, twice := seen[s.ID]; twice && s.ID != "" {
		c.Complain(at.Field("id"), "give it another", "shared cost %s stands in %s already", parse.Clip(s.ID), first.FileName())
	}
	seen[s.ID] = at
	c.validity(at, s.Validity)
	switch {
	case len(p.OwnUse) == 0:
		c.Complain(at, "list the accounts that we use ourselves in own_use of the peer", "only our own use is shared, and %s has none", p.ID)
	case s.Account != "" && !slices.Contains(p.OwnUse, s.Account):
		c.Complain(at.Field("account"), "write one of own_use of the peer", "%q is not our own use", parse.Clip(s.Account))
	}
	key := cmp.Or(s.Key, schemas.ShareByUsage)
	useless := func(field string, wrong bool, hint, why string) {
		if _, given := at.Field(field).Given(); given && wrong {
			c.Complain(at.Field(field), hint, "%s", why)
		}
	}
	useless("unit", key != schemas.ShareByUsage, "write key: usage, or remove it", "only use has a unit")
	useless("of", key == schemas.ShareFixed, "remove it", "fixed shares do not hang on use")
	useless("of", key == schemas.ShareEven && len(s.Among) > 0, "remove it, or among", "those among whom the cost is divided evenly are named")
	if key == schemas.ShareFixed && len(s.Among) == 0 {
		c.Complain(at, "write among: the customers with the share of each", "the shares are fixed, and there are none")
	}
	c.sharers(at.Field("among"), s, key)
}

// sharers complains of customers that stand twice or in vain, and of shares that are missing or mean nothing.
func (c *checker) sharers(at parse.Spot, s *schemas.SharedCost, key schemas.ShareKey) {
	seen := map[string]bool{}
	for i := range s.Among {
		a, at := &s.Among[i], at.At(i)
		c.refer(at, "customer", &c.names.customers, a.Customer)
		if seen[a.Customer] {
			c.Complain(at.Field("customer"), "keep one of them", "%s is listed already", parse.Clip(a.Customer))
		}
		seen[a.Customer] = true
		switch {
		case key == schemas.ShareFixed && a.Share == nil:
			c.Complain(at, "write share: its part of the sum of all shares", "the customer has no share")
		case key != schemas.ShareFixed && a.Share != nil:
			c.Complain(at.Field("share"), "write key: fixed, or remove it", "only fixed shares read it")
		case a.Share != nil:
			c.positive(at.Field("share"), *a.Share)
		}
	}
}
