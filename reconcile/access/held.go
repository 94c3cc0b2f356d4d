package access

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/money"
)

// Held are the identities in force at a moment beside the credentials of the peers' lists: a row for each pair, and for what is in
// one of them alone; by peer, identity and credential. Of credentials that have ended those are left out that no identity has.
func (r *Register) Held(p schemas.Period, at time.Time) (out []access.Held) {
	day := schemas.DateOf(at.Add(-time.Microsecond), r.facts.Zone)
	used := map[*access.Credential]bool{}
	for i := range r.facts.Identities {
		x := &r.facts.Identities[i]
		if !x.Validity.Holds(day, r.facts.AsOf) {
			continue
		}
		of := r.credentialsOf(x)
		for _, c := range of {
			used[c] = true
			h := access.Held{Period: p, Peer: x.Peer, Identity: x, Credential: c}
			h.Judge(at)
			out = append(out, h)
		}
		if len(of) == 0 {
			out = append(out, access.Held{Period: p, Peer: x.Peer, Identity: x, State: access.StateUnlisted})
		}
	}
	for _, c := range r.listed {
		if r.identified[c.Peer] && !used[c] && c.ValidAt(at) {
			out = append(out, access.Held{Period: p, Peer: c.Peer, Credential: c, State: access.StateUnregistered})
		}
	}
	slices.SortFunc(out, func(a, b access.Held) int {
		return cmp.Or(cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.IdentityID(), b.IdentityID()), cmp.Compare(a.CredentialID(), b.CredentialID()))
	})
	return out
}

// Counted is what a peer bills in one currency, and what of it is in order.
type Counted struct {
	Peer     schemas.PeerID `json:"peer"`
	Currency money.Currency `json:"currency"`
	Billed   money.Fixed    `json:"billed"`
	ByKnown  money.Fixed    `json:"by_known"`
	Entitled money.Fixed    `json:"entitled"`
}

// Cover says how much of each peer's use is accounted for: a row for each peer and currency, in order, and one for a peer that
// bills nothing.
func (r *Register) Cover(p schemas.Period, held []access.Held, billed []Counted) (out []access.Coverage) {
	peers := map[schemas.PeerID]*access.Coverage{}
	for _, of := range [...]map[schemas.PeerID]bool{r.identified, r.allowed} {
		for peer := range of {
			peers[peer] = &access.Coverage{Period: p, Peer: peer}
		}
	}
	identities, credentials := map[*access.Identity]bool{}, map[*access.Credential]bool{}
	for i := range held {
		h := &held[i]
		c := peers[h.Peer]
		if x := h.Identity; x != nil && !identities[x] {
			identities[x] = true
			c.Identities++
			if h.Credential != nil {
				c.Listed++
			}
		}
		ended := h.State == access.StateExpired || h.State == access.StateRevoked
		if x := h.Credential; x != nil && !ended && !credentials[x] {
			credentials[x] = true
			c.Credentials++
			if h.Identity != nil {
				c.Registered++
			}
		}
	}
	for _, peer := range slices.Sorted(maps.Keys(peers)) {
		one := *peers[peer]
		n := len(out)
		for i := range billed {
			if b := &billed[i]; b.Peer == peer {
				row := one
				row.Currency, row.Billed, row.ByKnown, row.Entitled = b.Currency, b.Billed, b.ByKnown, b.Entitled
				out = append(out, row)
			}
		}
		if len(out) == n {
			out = append(out, one)
		}
	}
	return out
}
