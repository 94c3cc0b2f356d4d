// Package access judges who uses peers' services: by which identity, by a credential that held, for which customer, and whether that
// was allowed. It reads no data: bills come to it row by row, and what it finds are values.
//
// Start with Register.Judge.
package access

import (
	"cmp"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/access"
)

// Facts are what rows of bills are held against.
type Facts struct {
	// AsOf is the day as of which the book is read, no day is all there is; days are those of Zone.
	AsOf         schemas.Date
	Zone         *time.Location
	Identities   []access.Identity
	Entitlements []access.Entitlement
	Customers    []schemas.Customer
	// Credentials are those of the peers' lists; of those of one peer and one ID the last counts.
	Credentials []access.Credential
}

// Register finds what facts say of a row. It remembers what it has found, and serves one caller at a time.
type Register struct {
	facts *Facts
	// names are identities by what a bill may call them: their name, or one of their credentials.
	names map[named][]*access.Identity
	// listed are the credentials of the peers' lists, by their ID, and held the same by their holder.
	listed map[named]*access.Credential
	held   map[named][]*access.Credential
	// entitled are those of a customer or an account, or of all.
	entitled  map[owner][]*access.Entitlement
	customers map[string]*schemas.Customer
	// judged are the peers of which there are identities or entitlements.
	identified, allowed map[schemas.PeerID]bool
	ended               map[customerOn]bool
}

type named struct {
	peer schemas.PeerID
	name string
}

type owner struct {
	peer     schemas.PeerID
	customer string
	account  schemas.AccountID
}

type customerOn struct {
	customer string
	day      schemas.Date
}

// NewRegister makes one of facts, which it keeps.
func NewRegister(facts *Facts) *Register {
	r := &Register{
		facts: facts, names: map[named][]*access.Identity{}, listed: map[named]*access.Credential{}, held: map[named][]*access.Credential{},
		entitled: map[owner][]*access.Entitlement{}, customers: map[string]*schemas.Customer{},
		identified: map[schemas.PeerID]bool{}, allowed: map[schemas.PeerID]bool{}, ended: map[customerOn]bool{},
	}
	for i := range facts.Customers {
		r.customers[facts.Customers[i].ID] = &facts.Customers[i]
	}
	for i := range facts.Identities {
		x := &facts.Identities[i]
		r.identified[x.Peer] = true
		called := append([]string{x.Name}, x.Credentials...)
		slices.Sort(called)
		for _, name := range slices.Compact(called) {
			r.names[named{x.Peer, name}] = append(r.names[named{x.Peer, name}], x)
		}
	}
	for i := range facts.Entitlements {
		x := &facts.Entitlements[i]
		r.allowed[x.Peer] = true
		of := owner{x.Peer, x.Customer, x.Account}
		r.entitled[of] = append(r.entitled[of], x)
	}
	for i := range facts.Credentials {
		c := &facts.Credentials[i]
		r.listed[named{c.Peer, c.ID}] = c
	}
	for i := range facts.Credentials {
		c := &facts.Credentials[i]
		if r.listed[named{c.Peer, c.ID}] == c {
			r.held[named{c.Peer, c.Holder}] = append(r.held[named{c.Peer, c.Holder}], c)
		}
	}
	return r
}

// Judges reports whether the register has anything to say of a peer's use.
func (r *Register) Judges(peer schemas.PeerID) bool { return r.identified[peer] || r.allowed[peer] }

// Row is what a row of a bill says of who used what.
type Row struct {
	Peer schemas.PeerID
	// Account is ours, and Customer whose it is; both are empty where the use is nobody's, or our own.
	Account         schemas.AccountID
	Customer        string
	Service, Region string
	SKU             schemas.SKU
	// User is whom the row names.
	User string
	// Start is when its charge period begins.
	Start time.Time
}

// Verdict is what became of a row.
type Verdict struct {
	Identity, Credential string
	ByIdentity           access.IdentityVerdict
	Entitlement          string
	ByEntitlement        access.EntitlementVerdict
	Detail               string
}

// Judge says what became of a row, by whom it was and by whether it was allowed. Of what is wrong by one of the two the first counts,
// in the order of the verdicts.
func (r *Register) Judge(x *Row) (v Verdict) {
	day := schemas.DateOf(x.Start, r.facts.Zone)
	if r.identified[x.Peer] {
		r.identify(x, day, &v)
	}
	if r.allowed[x.Peer] {
		r.entitle(x, day, &v)
	}
	return v
}

// identify says by whom a row is.
func (r *Register) identify(x *Row, day schemas.Date, v *Verdict) {
	if x.User == "" {
		v.ByIdentity = access.IdentityUnnamed
		return
	}
	all := r.namedBy(x.Peer, x.User)
	var in []*access.Identity
	for _, i := range all {
		if i.Validity.Holds(day, r.facts.AsOf) {
			in = append(in, i)
		}
	}
	if len(in) == 0 {
		v.ByIdentity = access.IdentityNobody
		if len(all) > 0 {
			v.Identity = all[0].ID
		}
		return
	}
	first := in[0]
	v.Identity = first.ID
	several := slices.ContainsFunc(in, func(i *access.Identity) bool { return i.Customer != first.Customer })
	switch {
	case several || x.Account != "" && x.Customer != first.Customer:
		v.ByIdentity = access.IdentityTwoCustomers
	case first.Customer != "" && r.hasEnded(first.Customer, day):
		v.ByIdentity = access.IdentityEndedCustomer
	default:
		v.Credential, v.ByIdentity = r.credential(x, first)
	}
}

// namedBy are the identities that a bill may mean by a user: those of that name or with a credential of that name, or those whom
// the peer's list names as the holder of such a credential; by their ID.
func (r *Register) namedBy(peer schemas.PeerID, user string) []*access.Identity {
	if found := r.names[named{peer, user}]; len(found) > 0 {
		return found
	}
	if c := r.listed[named{peer, user}]; c != nil {
		return r.names[named{peer, c.Holder}]
	}
	return nil
}

// credential says whether one of those by which a row can have been used held when it began. A list may leave out what has been
// replaced, so that an identity without any, and use of before all that are listed, is known.
func (r *Register) credential(x *Row, by *access.Identity) (id string, verdict access.IdentityVerdict) {
	of := r.credentialsOf(by)
	if c := r.listed[named{x.Peer, x.User}]; c != nil {
		of = []*access.Credential{c}
	}
	var last *access.Credential
	var ended time.Time
	for _, c := range of {
		if c.ValidAt(x.Start) {
			return c.ID, access.IdentityKnown
		}
		if end, _ := c.Ends(); !end.IsZero() && !x.Start.Before(end) && (last == nil || end.After(ended)) {
			last, ended = c, end
		}
	}
	if last == nil {
		return "", access.IdentityKnown
	}
	_, how := last.Ends()
	return last.ID, how
}

// credentialsOf are those of the peer's list that an identity acts by, by their ID.
func (r *Register) credentialsOf(x *access.Identity) []*access.Credential {
	out := slices.Clone(r.held[named{x.Peer, x.Name}])
	for _, id := range x.Credentials {
		if c := r.listed[named{x.Peer, id}]; c != nil {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *access.Credential) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(out)
}

// entitle says whether the use of a row was allowed. A row that names no region, or no SKU, is of none that is not allowed.
func (r *Register) entitle(x *Row, day schemas.Date, v *Verdict) {
	if x.Account == "" {
		v.ByEntitlement = access.EntitlementNobody
		return
	}
	var of []*access.Entitlement
	for _, who := range [...]owner{{x.Peer, "", x.Account}, {x.Peer, x.Customer, ""}, {x.Peer, "", ""}} {
		of = append(of, r.entitled[who]...)
	}
	for _, narrow := range [...]struct {
		short  access.EntitlementVerdict
		detail string
		takes  func(*access.Entitlement) bool
	}{
		{access.EntitlementNone, "", func(e *access.Entitlement) bool {
			return e.Validity.Holds(day, r.facts.AsOf) && among(e.Services, x.Service)
		}},
		{access.EntitlementRegion, x.Region, func(e *access.Entitlement) bool { return x.Region == "" || among(e.Regions, x.Region) }},
		{access.EntitlementSKU, string(x.SKU), func(e *access.Entitlement) bool { return x.SKU == "" || among(e.SKUs, x.SKU) }},
		{access.EntitlementSubscription, "", func(e *access.Entitlement) bool { return r.subscribed(e, x, day) }},
	} {
		of = slices.DeleteFunc(of, func(e *access.Entitlement) bool { return !narrow.takes(e) })
		if len(of) == 0 {
			v.ByEntitlement, v.Detail = narrow.short, narrow.detail
			return
		}
	}
	v.ByEntitlement = access.EntitlementGiven
	v.Entitlement = slices.MinFunc(of, func(a, b *access.Entitlement) int { return cmp.Compare(a.ID, b.ID) }).ID
}

// among reports whether a list takes a text; an empty one takes any.
func among[T ~string](list []T, text T) bool { return len(list) == 0 || slices.Contains(list, text) }
