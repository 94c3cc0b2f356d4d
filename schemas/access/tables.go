package access

import "daybook/schemas"

// Positions of the columns of Credentials.
const (
	CredentialPeerId = iota
	CredentialSourceId
	CredentialObjectKey
	CredentialObjectRow
	CredentialId
	CredentialHolder
	CredentialIssued
	CredentialExpires
	CredentialRevoked
	CredentialColumns
)

// Credentials is the dataset of the credentials that peers have issued, in the order in which they were delivered.
var Credentials = schemas.Table{Name: "credentials", Version: "1", Columns: []schemas.Column{
	CredentialPeerId:    {Name: "PeerId", Type: schemas.Label},
	CredentialSourceId:  {Name: "SourceId", Type: schemas.Label, Required: true},
	CredentialObjectKey: {Name: "ObjectKey", Type: schemas.Label, Required: true},
	CredentialObjectRow: {Name: "ObjectRow", Type: schemas.Integer, Required: true},
	CredentialId:        {Name: "CredentialId", Type: schemas.Text, Required: true},
	CredentialHolder:    {Name: "Holder", Type: schemas.Text, Required: true},
	CredentialIssued:    {Name: "Issued", Type: schemas.Time, Required: true},
	CredentialExpires:   {Name: "Expires", Type: schemas.Time},
	CredentialRevoked:   {Name: "Revoked", Type: schemas.Time},
}}

// Positions of the columns of Uses.
const (
	UseBillingPeriod = iota
	UsePeerId
	UseCustomerId
	UseAccountId
	UseServiceName
	UseBillingAccountId
	UseSubAccountId
	UseUser
	UseIdentityId
	UseCredentialId
	UseIdentityVerdict
	UseEntitlementId
	UseEntitlementVerdict
	UseDetail
	UseFirst
	UseLast
	UseRows
	UseBilledCost
	UseBillingCurrency
	UseColumns
)

// Uses is the dataset of what became of peers' use, sorted by account, peer, service, the peer's numbers, user, identity,
// credential, the verdicts, entitlement, detail and currency. A run has it if its book has identities or entitlements. Its sums by currency are what these
// peers bill.
var Uses = schemas.Table{Name: "peer_access", Version: "1", Columns: []schemas.Column{
	UseBillingPeriod:    {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	UsePeerId:           {Name: "PeerId", Type: schemas.Label, Required: true},
	UseCustomerId:       {Name: "CustomerId", Type: schemas.Label},
	UseAccountId:        {Name: "AccountId", Type: schemas.Label},
	UseServiceName:      {Name: "ServiceName", Type: schemas.Label},
	UseBillingAccountId: {Name: "BillingAccountId", Type: schemas.Label},
	UseSubAccountId:     {Name: "SubAccountId", Type: schemas.Label},
	UseUser:             {Name: "User", Type: schemas.Text},
	UseIdentityId:       {Name: "IdentityId", Type: schemas.Label},
	UseCredentialId:     {Name: "CredentialId", Type: schemas.Text},
	// IdentityVerdict and EntitlementVerdict are those of the types of these names.
	UseIdentityVerdict:    {Name: "IdentityVerdict", Type: schemas.Label},
	UseEntitlementId:      {Name: "EntitlementId", Type: schemas.Label},
	UseEntitlementVerdict: {Name: "EntitlementVerdict", Type: schemas.Label},
	UseDetail:             {Name: "Detail", Type: schemas.Label},
	UseFirst:              {Name: "FirstUse", Type: schemas.Time, Required: true},
	UseLast:               {Name: "LastUse", Type: schemas.Time, Required: true},
	UseRows:               {Name: "UsageRows", Type: schemas.Integer, Required: true},
	UseBilledCost:         {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	UseBillingCurrency:    {Name: "BillingCurrency", Type: schemas.Label},
}}

// Positions of the columns of Identities.
const (
	HeldBillingPeriod = iota
	HeldPeerId
	HeldIdentityId
	HeldKind
	HeldName
	HeldCustomerId
	HeldOwner
	HeldCredentialId
	HeldIssued
	HeldExpires
	HeldRevoked
	HeldRotateBy
	HeldState
	HeldColumns
)

// Identities is the dataset of the register of identities beside the credentials that peers have issued, a row for each pair and for
// what is in one of them alone, sorted by peer, identity and credential.
var Identities = schemas.Table{Name: "identities", Version: "1", Columns: []schemas.Column{
	HeldBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	HeldPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	HeldIdentityId:    {Name: "IdentityId", Type: schemas.Label},
	HeldKind:          {Name: "Kind", Type: schemas.Label},
	// Name is the identity's, or the holder of a credential that no identity has.
	HeldName:         {Name: "Name", Type: schemas.Text, Required: true},
	HeldCustomerId:   {Name: "CustomerId", Type: schemas.Label},
	HeldOwner:        {Name: "Owner", Type: schemas.Text},
	HeldCredentialId: {Name: "CredentialId", Type: schemas.Text},
	HeldIssued:       {Name: "Issued", Type: schemas.Time},
	HeldExpires:      {Name: "Expires", Type: schemas.Time},
	HeldRevoked:      {Name: "Revoked", Type: schemas.Time},
	HeldRotateBy:     {Name: "RotateBy", Type: schemas.Time},
	HeldState:        {Name: "State", Type: schemas.Label, Required: true},
}}

// Positions of the columns of Coverages.
const (
	CoverBillingPeriod = iota
	CoverPeerId
	CoverIdentities
	CoverListed
	CoverCredentials
	CoverRegistered
	CoverBilled
	CoverByKnown
	CoverEntitled
	CoverCurrency
	CoverColumns
)

// Coverages is the dataset of how much of each peer's use the register and the entitlements account for, sorted by peer and currency.
var Coverages = schemas.Table{Name: "access_coverage", Version: "1", Columns: []schemas.Column{
	CoverBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	CoverPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	CoverIdentities:    {Name: "Identities", Type: schemas.Integer, Required: true},
	CoverListed:        {Name: "IdentitiesWithCredential", Type: schemas.Integer, Required: true},
	CoverCredentials:   {Name: "Credentials", Type: schemas.Integer, Required: true},
	CoverRegistered:    {Name: "CredentialsWithIdentity", Type: schemas.Integer, Required: true},
	CoverBilled:        {Name: "BilledCost", Type: schemas.Decimal, Required: true},
	CoverByKnown:       {Name: "BilledByIdentity", Type: schemas.Decimal, Required: true},
	CoverEntitled:      {Name: "BilledAsEntitled", Type: schemas.Decimal, Required: true},
	CoverCurrency:      {Name: "BillingCurrency", Type: schemas.Label},
}}
