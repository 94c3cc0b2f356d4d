package peerbill

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// InvoiceLine is what a peer delivered of an invoice: a line of it, or all of it.
type InvoiceLine struct {
	Peer    schemas.PeerID
	Invoice string
	// Item is the line's identifier, empty where the row is the whole invoice.
	Item     string
	Currency money.Currency
	Amount   money.Decimal
	// Issued and Due are zero where the row does not say.
	Issued, Due schemas.Date
}

// Invoice is a peer's invoice of a period held against the rows of its bill, in the currency of both.
type Invoice struct {
	Period schemas.Period
	Peer   schemas.PeerID
	// Number is empty for all invoices and rows of the peer that cannot be told apart by their number.
	Number      string
	Currency    money.Currency
	Issued, Due schemas.Date
	// Invoiced is the sum of Lines lines, Detail that of DetailRows rows of the bill, and Difference Invoiced - Detail.
	Invoiced   money.Decimal
	Lines      int64
	Detail     money.Decimal
	DetailRows int64
	Difference money.Decimal
}

// Positions of the columns of Invoices.
const (
	InvBillingPeriod = iota
	InvPeerId
	InvInvoiceId
	InvBillingCurrency
	InvIssued
	InvDue
	InvInvoiced
	InvLines
	InvDetail
	InvDetailRows
	InvDifference
	InvColumns
)

// Invoices is the dataset of peers' invoices beside the rows of their bills, sorted by peer, number and currency: of peers that
// delivered invoices of the period. Detail per peer and currency is the sum of that peer's bill.
var Invoices = schemas.Table{Name: "peer_invoices", Version: "1", Columns: []schemas.Column{
	InvBillingPeriod:   {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	InvPeerId:          {Name: "PeerId", Type: schemas.Label, Required: true},
	InvInvoiceId:       {Name: "InvoiceId", Type: schemas.Label},
	InvBillingCurrency: {Name: "BillingCurrency", Type: schemas.Label, Required: true},
	InvIssued:          {Name: "Issued", Type: schemas.Label},
	InvDue:             {Name: "Due", Type: schemas.Label},
	InvInvoiced:        {Name: "Invoiced", Type: schemas.Decimal, Required: true},
	InvLines:           {Name: "InvoiceLines", Type: schemas.Integer, Required: true},
	InvDetail:          {Name: "Detail", Type: schemas.Decimal, Required: true},
	InvDetailRows:      {Name: "DetailRows", Type: schemas.Integer, Required: true},
	InvDifference:      {Name: "Difference", Type: schemas.Decimal, Required: true},
}}
