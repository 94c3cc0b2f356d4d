// Package access is the vocabulary of who may use peers' services, and who does: the register of identities and the entitlements
// of the book, the credentials that peers have issued, and what became of each row of a bill.
//
// It is vocabulary alone: package reconcile/access judges.
package access

import (
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Identity is who acts at a peer for one of our customers, or for ourselves: a person, a role, a program.
type Identity struct {
	ID string `yaml:"id"`
	// Kind is what it is.
	Kind Kind           `yaml:"kind"`
	Peer schemas.PeerID `yaml:"peer"`
	// Name is what the peer calls it: the user whom its bill names, as users of the peer tells them, and the holder in its list of
	// credentials.
	Name string `yaml:"name"`
	// Customer is whom it acts for; empty is ourselves.
	Customer string `yaml:"customer,omitempty"`
	// Credentials name those that it acts by, as the peer's list of credentials does: names or ARNs, never secrets. Those of which
	// the list says that Name holds them need not stand here.
	Credentials []string `yaml:"credentials,omitempty"`
	// Owner is who answers for it with us.
	Owner string `yaml:"owner,omitempty"`
	// RotateDays is how many days after its issue a credential is to be replaced; 0 is never.
	RotateDays int64 `yaml:"rotate_days,omitempty"`
	// WarnDays is how many days before its end a credential is about to expire; 0 means 30.
	WarnDays int64 `yaml:"warn_days,omitempty"`
	// Validity says from when to when it acts.
	Validity schemas.Validity `yaml:",inline"`
}

// Kind is what an identity is.
type Kind string

// The kinds of identity.
const (
	User           Kind = "user"
	Role           Kind = "role"
	ServiceAccount Kind = "service_account"
)

// Values lists what a book may say.
func (Kind) Values() []string {
	return schemas.Texts(User, Role, ServiceAccount)
}

// Warning is how many days before the end of its credentials an identity is warned of.
func (x *Identity) Warning() int {
	if x.WarnDays == 0 {
		return 30
	}
	return int(x.WarnDays)
}

// Entitlement allows a customer, or an account, the use of a peer's services. Once a peer has one, all use of it that
// belongs to an account of ours needs one.
type Entitlement struct {
	ID   string         `yaml:"id"`
	Peer schemas.PeerID `yaml:"peer"`
	// Customer and Account say whose use is allowed, by one of the two; without either it is that of all accounts.
	Customer string            `yaml:"customer,omitempty"`
	Account  schemas.AccountID `yaml:"account,omitempty"`
	// Services (FOCUS ServiceName), Regions (RegionId) and SKUs (SkuId) are those that may be used; an empty list takes any.
	Services []string      `yaml:"services,omitempty"`
	Regions  []string      `yaml:"regions,omitempty"`
	SKUs     []schemas.SKU `yaml:"skus,omitempty"`
	// Offering is the one to which the account, or one of the customer's, must have a subscription on the day; empty needs none.
	Offering schemas.OfferingID `yaml:"offering,omitempty"`
	// Validity says from when to when the use is allowed: by the day on which its charge period begins.
	Validity schemas.Validity `yaml:",inline"`
}

// Credential is one that a peer says that it has issued.
type Credential struct {
	Peer   schemas.PeerID
	Source schemas.SourceID
	Object string
	Row    int64
	// ID names it, and Holder whom it was issued to; neither is a secret.
	ID, Holder string
	Issued     time.Time
	// Expires and Revoked are when it ends; no time where nobody says that it does.
	Expires, Revoked time.Time
}

// Ends is when the credential ends, by whichever comes first, and how; no time where it does not.
func (c *Credential) Ends() (at time.Time, how IdentityVerdict) {
	if !c.Revoked.IsZero() && (c.Expires.IsZero() || !c.Expires.Before(c.Revoked)) {
		return c.Revoked, IdentityRevoked
	}
	if !c.Expires.IsZero() {
		return c.Expires, IdentityExpired
	}
	return time.Time{}, ""
}

// ValidAt reports whether the credential could be used at a moment.
func (c *Credential) ValidAt(t time.Time) bool {
	end, _ := c.Ends()
	return !t.Before(c.Issued) && (end.IsZero() || t.Before(end))
}

// IdentityVerdict is what became of use by who it was by. The first that holds owns the amount.
type IdentityVerdict string

// The verdicts, gravest first; a peer of which the register has no identity is not judged, and its rows have none.
const (
	// IdentityUnnamed use names no user.
	IdentityUnnamed IdentityVerdict = "unnamed"
	// IdentityNobody is of a user whom the register does not have.
	IdentityNobody IdentityVerdict = "nobody"
	// IdentityTwoCustomers is of one that the register has for two customers, or that acted for another than its own.
	IdentityTwoCustomers IdentityVerdict = "two_customers"
	// IdentityEndedCustomer acts for a customer all of whose subscriptions had ended.
	IdentityEndedCustomer IdentityVerdict = "ended_customer"
	// IdentityRevoked and IdentityExpired had no credential any more: the last to end was revoked, or had expired.
	IdentityRevoked IdentityVerdict = "revoked"
	IdentityExpired IdentityVerdict = "expired"
	IdentityKnown   IdentityVerdict = "known"
)

// EntitlementVerdict is what became of use by whether it was allowed.
type EntitlementVerdict string

// The verdicts; a peer without entitlements is not judged, and its rows have none.
const (
	// EntitlementNobody is of use that belongs to no account, or to ourselves, which needs none.
	EntitlementNobody EntitlementVerdict = "nobody"
	// EntitlementNone: no entitlement takes the account and the service on the day.
	EntitlementNone EntitlementVerdict = "not_entitled"
	// EntitlementRegion and EntitlementSKU: those that do are for other regions, or for other SKUs in it.
	EntitlementRegion EntitlementVerdict = "region"
	EntitlementSKU    EntitlementVerdict = "sku"
	// EntitlementSubscription: those that allow it need a subscription that was not active.
	EntitlementSubscription EntitlementVerdict = "no_subscription"
	EntitlementGiven        EntitlementVerdict = "entitled"
)

// Use is what a peer bills of one service for one user, with what became of it.
type Use struct {
	Period   schemas.Period
	Peer     schemas.PeerID
	Customer string
	Account  schemas.AccountID
	Service  string
	// Billing and Sub are the peer's numbers.
	Billing, Sub string
	// User is whom the bill names; empty where it names none, where more are named than are told apart, or where identities are not judged.
	User string
	// Identity and Credential are those of the register and of the peer's list; Credential is the one that ended last where that is
	// what is wrong.
	Identity, Credential string
	ByIdentity           IdentityVerdict
	Entitlement          string
	ByEntitlement        EntitlementVerdict
	// Detail is the region or the SKU that is not allowed.
	Detail string
	// First and Last are when the first and the last charge period of it begin.
	First, Last time.Time
	Rows        int64
	Billed      money.Fixed
	Currency    money.Currency
}

// ByID is what explain calls all of a user's use of one verdict and currency: the period, the word access, the peer, the user, the verdict
// and the currency, joined by slashes.
func (u *Use) ByID() string {
	return schemas.JoinID(string(u.Period), "access", string(u.Peer), u.User, string(u.ByIdentity), string(u.Currency))
}

// AllowedID is what explain calls all of an account's use of a service that has one verdict, with what is not allowed, in one currency.
func (u *Use) AllowedID() string {
	return schemas.JoinID(string(u.Period), "entitlement", string(u.Peer), u.Service, string(u.Account), string(u.ByEntitlement), u.Detail, string(u.Currency))
}

// State is what of a credential there is to do.
type State string

// The states of a row of Identities.
const (
	StateValid State = "valid"
	// StateExpiring ends within the days of warning, and StateOverdue is older than it should be.
	StateExpiring State = "expiring"
	StateOverdue  State = "overdue"
	StateExpired  State = "expired"
	StateRevoked  State = "revoked"
	// StateUnlisted: the peer's list has no credential of the identity. StateUnregistered: the register has no identity of the credential.
	StateUnlisted     State = "unlisted"
	StateUnregistered State = "unregistered"
)

// Held is an identity of the register with one of its credentials, or one of the two alone.
type Held struct {
	Period     schemas.Period
	Peer       schemas.PeerID
	Identity   *Identity
	Credential *Credential
	State      State
	// RotateBy is when the credential is to be replaced; no time where it never is.
	RotateBy time.Time
}

// Coverage is how much of a peer's use is accounted for by the register and by entitlements.
type Coverage struct {
	Period schemas.Period
	Peer   schemas.PeerID
	// Identities are those in force, of which Listed have a credential in the peer's list. Credentials are those of the list that had not
	// ended, of which Registered are of an identity in force.
	Identities, Listed, Credentials, Registered int64
	// Billed in Currency is the peer's bill, of which ByKnown is by identities of whom nothing is wrong, and Entitled is allowed.
	Billed, ByKnown, Entitled money.Fixed
	Currency                  money.Currency
}

// IdentityID is that of the identity; empty where there is none.
func (h *Held) IdentityID() string {
	if h.Identity == nil {
		return ""
	}
	return h.Identity.ID
}

// CredentialID is that of the credential; empty where there is none.
func (h *Held) CredentialID() string {
	if h.Credential == nil {
		return ""
	}
	return h.Credential.ID
}

// ID is the period, the word identity, the peer, the credential and the identity, joined by slashes: what explain takes.
func (h *Held) ID() string {
	return schemas.JoinID(string(h.Period), "identity", string(h.Peer), h.CredentialID(), h.IdentityID())
}

// ID is the period, the word coverage, the peer and the currency, joined by slashes: what explain takes.
func (c *Coverage) ID() string {
	return schemas.JoinID(string(c.Period), "coverage", string(c.Peer), string(c.Currency))
}

// Judge says what there is to do of the credential at a moment.
func (h *Held) Judge(at time.Time) {
	c, x := h.Credential, h.Identity
	if x.RotateDays > 0 {
		h.RotateBy = c.Issued.AddDate(0, 0, int(x.RotateDays))
	}
	end, how := c.Ends()
	switch {
	case !end.IsZero() && !at.Before(end) && how == IdentityRevoked:
		h.State = StateRevoked
	case !end.IsZero() && !at.Before(end):
		h.State = StateExpired
	case !h.RotateBy.IsZero() && at.After(h.RotateBy):
		h.State = StateOverdue
	case !end.IsZero() && end.Before(at.AddDate(0, 0, x.Warning())):
		h.State = StateExpiring
	default:
		h.State = StateValid
	}
}
