package peeruse

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Use is what a peer bills of one service for one user.
type Use struct {
	Period schemas.Period
	// Account is ours, and Customer whose it is; both are empty where the use is nobody's.
	Account  schemas.AccountID
	Customer string
	Peer     schemas.PeerID
	Service  string
	// User is what the peer's users name; empty where a row names none.
	User string
	// Billing and Sub are the peer's numbers.
	Billing, Sub string
	Rows         int64
	Billed       money.Fixed
	Currency     money.Currency
}

// ID is the period, the word use, the peer, the account, the service, the user, the peer's numbers and the currency, joined by
// slashes: what explain takes.
func (u *Use) ID() string {
	return schemas.JoinID(string(u.Period), "use", string(u.Peer), string(u.Account), u.Service, u.User, u.Billing, u.Sub, string(u.Currency))
}

// Positions of the columns of Uses.
const (
	UseBillingPeriod = iota
	UseCustomerId
	UseAccountId
	UsePeerId
	UseServiceName
	UseUser
	UseBillingAccountId
	UseSubAccountId
	UseRows
	UseBilledCost
	UseBillingCurrency
	UseColumns
)

// Uses is the dataset of what peers bill by service, user and customer, sorted by account, peer, service, user, billing
// account, sub-account and currency. A run has it if a peer of the book has users or budgets. Its sums by currency are what peers
// bill; a row without an account is nobody's, or our own use.
var Uses = schemas.Table{Name: "peer_use", Version: "1", Columns: []schemas.Column{
	UseBillingPeriod:    {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	UseCustomerId:       {Name: "CustomerId", Type: schemas.Label},
	UseAccountId:        {Name: "AccountId", Type: schemas.Label},
	UsePeerId:           {Name: "PeerId", Type: schemas.Label, Required: true},
	UseServiceName:      {Name: "ServiceName", Type: schemas.Label},
	UseUser:             {Name: "User", Type: schemas.Text},
	UseBillingAccountId: {Name: "BillingAccountId", Type: schemas.Label},
	UseSubAccountId:     {Name: "SubAccountId", Type: schemas.Label},
	UseRows:             {Name: "UsageRows", Type: schemas.Integer, Required: true},
	UseBilledCost:       {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	UseBillingCurrency:  {Name: "BillingCurrency", Type: schemas.Label},
}}
