package access

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/money"
)

// Wrong reports whether something is wrong with use that a finding says.
func Wrong(u *access.Use) bool {
	return wrongBy(u.ByIdentity) || denied(u.ByEntitlement)
}

func wrongBy(v access.IdentityVerdict) bool {
	return v != "" && v != access.IdentityKnown && v != access.IdentityUnnamed
}

func denied(v access.EntitlementVerdict) bool {
	return v != "" && v != access.EntitlementGiven && v != access.EntitlementNobody
}

// group is use that one finding is about.
type group struct {
	code  schemas.Code
	peer  schemas.PeerID
	value string
	// what says what is wrong, and what to do.
	what     string
	account  schemas.AccountID
	currency money.Currency
}

func (g group) compare(h group) int {
	return cmp.Or(cmp.Compare(g.code, h.code), cmp.Compare(g.peer, h.peer), cmp.Compare(g.value, h.value), cmp.Compare(g.what, h.what),
		cmp.Compare(g.account, h.account), cmp.Compare(g.currency, h.currency))
}

type sum struct {
	rows        int64
	billed      money.Decimal
	first, last time.Time
}

// OfUse are the findings about use that is not in order, one for each user or account and thing that is wrong with it, with what
// is billed for it.
func (r *Register) OfUse(uses []access.Use) (out []schemas.Finding) {
	sums := map[group]*sum{}
	add := func(g group, u *access.Use) {
		s := sums[g]
		if s == nil {
			s = &sum{first: u.First, last: u.Last}
			sums[g] = s
		}
		s.rows += u.Rows
		s.billed = s.billed.Add(u.Billed.Decimal())
		if u.First.Before(s.first) {
			s.first = u.First
		}
		if u.Last.After(s.last) {
			s.last = u.Last
		}
	}
	for i := range uses {
		u := &uses[i]
		if wrongBy(u.ByIdentity) {
			add(r.byIdentity(u), u)
		}
		if denied(u.ByEntitlement) {
			add(byEntitlement(u), u)
		}
	}
	for _, g := range slices.SortedFunc(maps.Keys(sums), group.compare) {
		s := sums[g]
		when := fmt.Sprintf("on %s", r.dayOf(s.first))
		if last := r.dayOf(s.last); last != r.dayOf(s.first) {
			when = fmt.Sprintf("from %s to %s", r.dayOf(s.first), last)
		}
		f := schemas.Remark(g.code, g.value, fmt.Sprintf("%s bills %s %s in %d %s %s %s", g.peer, s.billed, g.currency,
			s.rows, schemas.OneOrMany(s.rows, "row", "rows"), when, g.what), s.billed, g.currency)
		f.Account = g.account
		out = append(out, f)
	}
	return out
}

func (r *Register) dayOf(t time.Time) schemas.Date { return schemas.DateOf(t, r.facts.Zone) }

// byIdentity is the group of use that is wrong by whom it is by.
func (r *Register) byIdentity(u *access.Use) group {
	g := group{peer: u.Peer, value: string(u.Peer) + "/" + u.User, currency: u.Currency}
	end := func(how string) string {
		c := r.listed[named{u.Peer, u.Credential}]
		at, _ := c.Ends()
		return fmt.Sprintf("for identity %s by credential %q, which %s at %s; have the peer end its use, and find out who has it", u.Identity, u.Credential, how, at.UTC().Format("2006-01-02 15:04 UTC"))
	}
	switch u.ByIdentity {
	case access.IdentityNobody:
		g.code = schemas.CodeIdentityUnknown
		g.what = fmt.Sprintf("for %q, whom the register does not have; add an identity with name %q and peer %s, or have the peer take the user away", u.User, u.User, u.Peer)
		if u.Identity != "" {
			g.what = fmt.Sprintf("for identity %s, which is not in force then; correct its from and to, or have the peer take it away", u.Identity)
		}
	case access.IdentityTwoCustomers:
		g.code = schemas.CodeIdentityShared
		g.what = fmt.Sprintf("for %s by identity %s, which is for %s; give each customer an identity of its own", nameOf(u.Customer), u.Identity, nameOf(r.customersOf(u)))
	case access.IdentityEndedCustomer:
		g.code = schemas.CodeIdentityOutlives
		g.what = fmt.Sprintf("for identity %s, though the last subscription of its customer %s has ended; have the peer take it away", u.Identity, r.customersOf(u))
	case access.IdentityRevoked:
		g.code, g.what = schemas.CodeCredentialEnded, end("was revoked")
	case access.IdentityExpired:
		g.code, g.what = schemas.CodeCredentialEnded, end("expired")
	case access.IdentityKnown, access.IdentityUnnamed:
	}
	return g
}

// customersOf are the customers for whom the register has the user of a row, in order, joined by "and".
func (r *Register) customersOf(u *access.Use) (out string) {
	var all []string
	for _, x := range r.namedBy(u.Peer, u.User) {
		all = append(all, x.Customer)
	}
	slices.Sort(all)
	for i, c := range slices.Compact(all) {
		if i > 0 {
			out += " and "
		}
		out += nameOf(c)
	}
	return out
}

func nameOf(customer string) string { return cmp.Or(customer, "ourselves") }

// byEntitlement is the group of use that was not allowed.
func byEntitlement(u *access.Use) group {
	g := group{code: schemas.CodeNotEntitled, peer: u.Peer, value: string(u.Peer) + "/" + u.Service, account: u.Account, currency: u.Currency}
	of := fmt.Sprintf("for %s by account %s of %s, ", cmp.Or(u.Service, "no service"), u.Account, u.Customer)
	switch u.ByEntitlement {
	case access.EntitlementNone:
		g.what = of + "which no entitlement allows; add one, or have the use ended"
	case access.EntitlementRegion:
		g.what = of + fmt.Sprintf("in region %q, which its entitlements do not allow; add it to regions of one, or have the use moved", u.Detail)
	case access.EntitlementSKU:
		g.what = of + fmt.Sprintf("of SKU %q, which its entitlements do not allow; add it to skus of one, or have the use ended", u.Detail)
	case access.EntitlementSubscription:
		g.what = of + "whose entitlement needs a subscription that was not active then; look at offering of the entitlement, or have the use ended"
	case access.EntitlementGiven, access.EntitlementNobody:
	}
	return g
}

// Spent is what a peer bills for an identity.
type Spent struct {
	Identity string         `json:"identity"`
	Currency money.Currency `json:"currency"`
	Billed   money.Fixed    `json:"billed"`
}

// OfRegister are the findings about the register and the peers' lists at a moment: credentials that are about to expire or are to be
// replaced, those of nobody, identities that nobody answers for, and customers with entitlements and without an identity. They have
// what the identity has spent as their amount, in each currency, which is in order.
func (r *Register) OfRegister(held []access.Held, spent []Spent, at time.Time) (out []schemas.Finding) {
	amounts := map[string][]Spent{}
	for _, s := range spent {
		amounts[s.Identity] = append(amounts[s.Identity], s)
	}
	add := func(code schemas.Code, value, identity, message string) {
		of := amounts[identity]
		if identity == "" || len(of) == 0 {
			of = []Spent{{}}
		}
		for _, s := range of {
			out = append(out, schemas.Remark(code, value, message, s.Billed.Decimal(), s.Currency))
		}
	}
	owned := map[string]bool{}
	for i := range held {
		h := &held[i]
		value := string(h.Peer) + "/" + cmp.Or(h.CredentialID(), h.IdentityID())
		if x := h.Identity; x != nil && x.Owner == "" && !owned[x.ID] {
			owned[x.ID] = true
			add(schemas.CodeIdentityUnowned, string(h.Peer)+"/"+x.ID, x.ID, fmt.Sprintf("nobody answers for identity %s at %s; write owner of the identity", x.ID, h.Peer))
		}
		switch h.State {
		case access.StateExpiring:
			end, _ := h.Credential.Ends()
			add(schemas.CodeCredentialDue, value, h.IdentityID(), fmt.Sprintf("credential %q of identity %s at %s ends at %s; have a new one issued before", h.CredentialID(), h.IdentityID(), h.Peer, end.UTC().Format("2006-01-02 15:04 UTC")))
		case access.StateOverdue:
			add(schemas.CodeCredentialDue, value, h.IdentityID(), fmt.Sprintf("credential %q of identity %s at %s was to be replaced by %s, %d days after its issue; have a new one issued", h.CredentialID(), h.IdentityID(), h.Peer, r.dayOf(h.RotateBy), h.Identity.RotateDays))
		case access.StateUnregistered:
			add(schemas.CodeCredentialUnknown, value, "", fmt.Sprintf("%s has issued credential %q to %q, whom the register does not have; add an identity with that name, or have the peer revoke it", h.Peer, h.CredentialID(), h.Credential.Holder))
		case access.StateValid, access.StateExpired, access.StateRevoked, access.StateUnlisted:
		}
	}
	day := schemas.DateOf(at.Add(-time.Microsecond), r.facts.Zone)
	for _, peer := range slices.Sorted(maps.Keys(r.allowed)) {
		if !r.identified[peer] {
			continue
		}
		for _, customer := range r.entitledNow(peer, day) {
			if !slices.ContainsFunc(held, func(h access.Held) bool {
				return h.Peer == peer && h.Identity != nil && h.Identity.Customer == customer
			}) {
				add(schemas.CodeIdentityMissing, string(peer)+"/"+customer, "", fmt.Sprintf("customer %s may use %s, and no identity acts for it there; add one to the register", customer, peer))
			}
		}
	}
	return out
}
