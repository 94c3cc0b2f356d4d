package schemas

// Mapping says whose use it is that arrives under an account number of a peer, or of a source of our own that has its own
// numbers. The mapping that names most counts, of those in force on the day on which the use begins: billing account and
// sub-account, then sub-account, then billing account.
type Mapping struct {
	// Peer is whose numbers these are; Source narrows it to one source, or stands alone for an own meter.
	Peer   PeerID   `yaml:"peer,omitempty"`
	Source SourceID `yaml:"source,omitempty"`
	// BillingAccount and SubAccount are as the deliveries spell them (FOCUS BillingAccountId and SubAccountId); an empty
	// one takes any.
	BillingAccount string `yaml:"billing_account,omitempty"`
	SubAccount     string `yaml:"sub_account,omitempty"`
	// Account is the account of ours that it belongs to.
	Account AccountID `yaml:"account"`
	// From is the first day of which the use is the account's, To the first of which it is no longer; no day means always.
	// An account that changes hands has an entry for each owner.
	From Date `yaml:"from,omitempty"`
	To   Date `yaml:"to,omitempty"`
}

// Validity is when the mapping is in force.
func (m *Mapping) Validity() Validity { return Validity{From: m.From, To: m.To} }
