package schemas

// Mapping says whose use it is that arrives under an account number of a peer, or of a source of our own that has its own
// numbers. The mapping that names most counts: billing account and sub-account, then sub-account, then billing account.
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
}
