package schemas

import "cmp"

// Mapping says whose use it is that arrives under an account number of a peer, under a resource or with a tag, or from a source
// of our own that has its own numbers. Of several that claim a row, that of the lowest order counts, of those in force on the day
// on which the use begins. Of one order, mappings by account number alone make one claim, that of the one that names most:
// billing account and sub-account, then sub-account, then billing account. If what claims a row then names two accounts, it is
// nobody's, and the finding two_owners says so.
type Mapping struct {
	// Peer is whose numbers these are; Source narrows it to one source, or stands alone for an own meter.
	Peer   PeerID   `yaml:"peer,omitempty"`
	Source SourceID `yaml:"source,omitempty"`
	// BillingAccount and SubAccount are as the deliveries spell them (FOCUS BillingAccountId and SubAccountId); an empty one takes any.
	BillingAccount string `yaml:"billing_account,omitempty"`
	SubAccount     string `yaml:"sub_account,omitempty"`
	// Resource is the ResourceId of rows; an empty one takes any.
	Resource string `yaml:"resource,omitempty"`
	// Tag is the key of a tag that rows carry, and Value what the tag says; an empty one takes any.
	Tag   string `yaml:"tag,omitempty"`
	Value string `yaml:"value,omitempty"`
	// Match is how the texts above are compared with those of a row.
	Match Match `yaml:"match,omitempty"`
	// Order says which of several mappings that claim a row counts: that of the lowest. Empty means 0.
	Order int `yaml:"order,omitempty"`
	// Account is the account of ours that it belongs to.
	Account AccountID `yaml:"account"`
	// From is the first day of which the use is the account's, To the first of which it is no longer; no day means always.
	// An account that changes hands has an entry for each owner.
	From Date `yaml:"from,omitempty"`
	To   Date `yaml:"to,omitempty"`
}

// Match is how the texts of a mapping are compared with those of a row.
type Match string

// The ways to compare, the default first.
const (
	// MatchExact takes what is equal, byte by byte.
	MatchExact Match = "exact"
	// MatchPrefix takes what begins so. The key of a tag must be equal.
	MatchPrefix Match = "prefix"
	// MatchFold takes what is equal but for the case of letters, the key of a tag included.
	MatchFold Match = "fold"
)

// Values lists what a book may say, the default first.
func (Match) Values() []string { return Texts(MatchExact, MatchPrefix, MatchFold) }

// Validity is when the mapping is in force.
func (m *Mapping) Validity() Validity { return Validity{From: m.From, To: m.To} }

// ByNumber reports whether the mapping looks at account numbers alone, which must be equal.
func (m *Mapping) ByNumber() bool {
	return m.Resource == "" && m.Tag == "" && cmp.Or(m.Match, MatchExact) == MatchExact
}

// Identity is what a row says of whose it is, as its source spells it; an empty text is one that it lacks.
type Identity struct {
	// Billing and Sub are its BillingAccountId and SubAccountId.
	Billing, Sub string
	// Resource is its ResourceId, and Tags are its Tags, a JSON object. Both may be left empty where no mapping asks for them.
	Resource, Tags string
}
