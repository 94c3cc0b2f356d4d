package access

import (
	"slices"

	"daybook/schemas"
	"daybook/schemas/access"
)

// life is what has become of a subscription.
type life uint8

const (
	before life = iota
	active
	paused
	over
)

// lifeOf says what has become of a subscription on a day, by what was known on asOf, and which offering it is for. A change counts
// from the day on which it is dated.
func lifeOf(s *schemas.Subscription, day, asOf schemas.Date) (schemas.OfferingID, life) {
	known := func(since schemas.Date) bool { return asOf.IsZero() || !since.After(asOf) }
	if !known(s.KnownSince) || day.Before(s.Start) {
		return s.Offering, before
	}
	offering, now := s.Offering, active
	for i := range s.Changes { // they stand in the order of their days
		c := &s.Changes[i]
		if c.On.After(day) || !known(c.KnownSince) {
			continue
		}
		switch c.Kind {
		case schemas.ChangePlan:
			offering = c.Offering
		case schemas.ChangePause:
			now = paused
		case schemas.ChangeResume:
			now = active
		case schemas.ChangeCancel:
			return offering, over
		case schemas.ChangeQuantity:
		}
	}
	if !s.End.IsZero() && day.After(s.End) {
		return offering, over
	}
	return offering, now
}

// subscriptions calls each with those of a customer, or of one of its accounts, until it returns false.
func (r *Register) subscriptions(customer string, account schemas.AccountID, each func(*schemas.Subscription) bool) {
	c := r.customers[customer]
	if c == nil {
		return
	}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		if account != "" && a.ID != account {
			continue
		}
		for j := range a.Subscriptions {
			if !each(&a.Subscriptions[j]) {
				return
			}
		}
	}
}

// hasEnded reports whether a customer has had subscriptions and has none any more on a day.
func (r *Register) hasEnded(customer string, day schemas.Date) bool {
	on := customerOn{customer, day}
	ended, found := r.ended[on]
	if found {
		return ended
	}
	r.subscriptions(customer, "", func(s *schemas.Subscription) bool {
		switch _, now := lifeOf(s, day, r.facts.AsOf); now {
		case active, paused:
			ended = false
			return false
		case over:
			ended = true
		case before:
		}
		return true
	})
	r.ended[on] = ended
	return ended
}

// subscribed reports whether the subscription is active on a day that an entitlement needs for a row.
func (r *Register) subscribed(e *access.Entitlement, x *Row, day schemas.Date) (yes bool) {
	if e.Offering == "" {
		return true
	}
	r.subscriptions(x.Customer, e.Account, func(s *schemas.Subscription) bool {
		offering, now := lifeOf(s, day, r.facts.AsOf)
		yes = now == active && offering == e.Offering
		return !yes
	})
	return yes
}

// entitledNow are the customers that a peer's entitlements in force on a day allow its use, and that have not ended, in order.
func (r *Register) entitledNow(peer schemas.PeerID, day schemas.Date) (out []string) {
	seen := map[string]bool{}
	add := func(customer string) {
		if customer != "" && !seen[customer] && !r.hasEnded(customer, day) {
			seen[customer] = true
			out = append(out, customer)
		}
	}
	owners := map[schemas.AccountID]string{}
	for i := range r.facts.Customers {
		for j := range r.facts.Customers[i].Accounts {
			owners[r.facts.Customers[i].Accounts[j].ID] = r.facts.Customers[i].ID
		}
	}
	for i := range r.facts.Entitlements {
		e := &r.facts.Entitlements[i]
		if e.Peer != peer || !e.Validity.Holds(day, r.facts.AsOf) {
			continue
		}
		add(e.Customer)
		add(owners[e.Account])
	}
	slices.Sort(out)
	return out
}
