package service

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// PromiseID identifies what an SLA is held to.
type PromiseID string

// Promise says about what an SLA was promised, and to whom: a service of a peer that we use, or one of ours that customers have
// bought. Each is judged every month by the evidence of the service.
type Promise struct {
	ID PromiseID `yaml:"id"`
	// SLA is what was promised: a peer's where the SLA names a peer, else ours.
	SLA SLAID `yaml:"sla"`
	// Service is what the evidence calls the service; of a peer it is also the ServiceName of its bill.
	Service string `yaml:"service"`
	// Region is where, as evidence and bill call it; empty is everywhere.
	Region string `yaml:"region,omitempty"`
	// Resources are the parts that are judged, each by itself or together as the SLA says; none is the whole.
	Resources []PromisedResource `yaml:"resources,omitempty"`
	// SubAccounts are those of the peer whose fees count; empty is all.
	SubAccounts []string `yaml:"sub_accounts,omitempty"`
	// Offering is what customers have bought: of our own promise its charges are the fees. Of a peer's whose credit is passed on, it
	// is what the service is sold in, and who was charged for it has a part of the credit.
	Offering schemas.OfferingID `yaml:"offering,omitempty"`
	// Accounts are those that our promise was made to; empty is all that are charged for the offering.
	Accounts []schemas.AccountID `yaml:"accounts,omitempty"`
	// HourlyRate is the fee of an hour, for credits by time lost or by hour, in Currency.
	HourlyRate *money.Decimal `yaml:"hourly_rate,omitempty"`
	Currency   money.Currency `yaml:"currency,omitempty"`
	// Claims are those that were made: by us to the peer, or by a customer to us.
	Claims []Claim `yaml:"claims,omitempty"`
}

// PromisedResource is a part of a service, and on which days it existed; no day is without end on that side.
type PromisedResource struct {
	ID   string       `yaml:"id"`
	From schemas.Date `yaml:"from,omitempty"`
	To   schemas.Date `yaml:"to,omitempty"`
}

// Claim says that a credit was asked for.
type Claim struct {
	// Period is the month for which it was.
	Period schemas.Period `yaml:"period"`
	// Account is the customer's, where it is our promise.
	Account schemas.AccountID `yaml:"account,omitempty"`
	// On is the day on which it was received; a run as of an earlier day does not know it.
	On schemas.Date `yaml:"on"`
	// Reference is what the other side calls it.
	Reference string `yaml:"reference,omitempty"`
	// Problem is that of problems.csv with which we claimed it of a peer.
	Problem ProblemID `yaml:"problem,omitempty"`
}

// NoticeKind is the reason of a notice.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeMaintenance is the provider's planned work, NoticeEmergency its work that could not wait.
	NoticeMaintenance NoticeKind = "maintenance"
	NoticeEmergency   NoticeKind = "emergency"
	// NoticeCustomer is downtime that the customer planned or caused.
	NoticeCustomer NoticeKind = "customer"
	// NoticeSuspension is a suspended account, and NoticeForceMajeure what nobody could have kept off.
	NoticeSuspension   NoticeKind = "suspension"
	NoticeForceMajeure NoticeKind = "force_majeure"
)

// Values lists what evidence may say.
func (NoticeKind) Values() []string {
	return schemas.Texts(NoticeMaintenance, NoticeEmergency, NoticeCustomer, NoticeSuspension, NoticeForceMajeure)
}
