package book

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/agreed"
	"daybook/schemas/closing"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/request"
	"daybook/schemas/sending"
	"daybook/schemas/service"
)

// Book is all that is known of one provider, checked. It is read-only and safe for concurrent use.
//
// Lists are sorted by identifier, so that they do not depend on which file an entry stands in; what has no identifier of
// its own keeps the order of the files. Subscriptions and changes stand with their accounts, whatever file they came from.
type Book struct {
	Provider  schemas.Provider
	Sources   []schemas.Source
	Catalogue schemas.Catalogue
	Customers []schemas.Customer
	Peers     []schemas.Peer
	Contracts []agreed.Contract
	Mappings  []schemas.Mapping
	Plan      schemas.Plan
	Rates     *schemas.Rates
	// Closings are by month and date.
	Closings []closing.Closing
	// Sending is how documents are sent, nil where the book does not say; Sent are the decisions about those that were.
	Sending *sending.Sending
	Sent    []sending.Ruling
	// SLAs are all versions of them, by identifier and version.
	SLAs     []service.SLA
	Promises []service.Promise
	// Raised are the problems that were raised with peers, by identifier.
	Raised []service.Problem
	// Disputes are challenges to peers' bills.
	Disputes []dispute.Dispute
	// Challenges are disputes of customers about our bills.
	Challenges []dispute.Dispute
	// Requests are what customers ask, report or have suffered, as far as the book says something of it.
	Requests []request.Request
	// Identities are the register of who acts at peers, and Entitlements say who may use their services.
	Identities   []access.Identity
	Entitlements []access.Entitlement
	// Agreements are those with other providers, by inter-cloud pattern.
	Agreements []intercloud.Agreement

	// Zone is the provider's time zone.
	Zone *time.Location

	files    []digested
	where    map[Kind]map[string]standing
	accounts map[schemas.AccountID]accountAt
	aliases  map[string]schemas.AccountID
	owners   map[check.Origin][]owner
	rules    map[schemas.SourceID]*rules
	ownUse   map[check.Origin]bool
}

// Problems is everything that is wrong with a book, each with its file, line and column.
type Problems = parse.Problems

// accountAt is where an account stands in Customers.
type accountAt struct{ customer, account int }

// Source returns a source by its identifier.
func (b *Book) Source(id schemas.SourceID) (*schemas.Source, bool) {
	return find(b.Sources, func(s *schemas.Source) schemas.SourceID { return s.ID }, id)
}

// Meter returns a meter by its identifier.
func (b *Book) Meter(id schemas.MeterID) (*schemas.Meter, bool) {
	return find(b.Catalogue.Meters, func(m *schemas.Meter) schemas.MeterID { return m.ID }, id)
}

// Offering returns an offering by its identifier.
func (b *Book) Offering(id schemas.OfferingID) (*schemas.Offering, bool) {
	return find(b.Catalogue.Offerings, func(o *schemas.Offering) schemas.OfferingID { return o.ID }, id)
}

// Peer returns a peer by its identifier.
func (b *Book) Peer(id schemas.PeerID) (*schemas.Peer, bool) {
	return find(b.Peers, func(p *schemas.Peer) schemas.PeerID { return p.ID }, id)
}

// Contract returns a contract by its identifier.
func (b *Book) Contract(id schemas.ContractID) (*agreed.Contract, bool) {
	return find(b.Contracts, func(c *agreed.Contract) schemas.ContractID { return c.ID }, id)
}

// Account returns an account and the customer it belongs to.
func (b *Book) Account(id schemas.AccountID) (*schemas.Account, *schemas.Customer, bool) {
	at, ok := b.accounts[id]
	if !ok {
		return nil, nil, false
	}
	customer := &b.Customers[at.customer]
	return &customer.Accounts[at.account], customer, true
}

// Payer returns the account on whose invoice the charges of an account stand: itself, or the one above that pays for it.
func (b *Book) Payer(id schemas.AccountID) schemas.AccountID {
	for { // the book has no circles
		a, _, ok := b.Account(id)
		if !ok || !a.PaidByParent {
			return id
		}
		id = a.Parent
	}
}

// Payers returns the accounts that pay, by those whose charges they pay.
func (b *Book) Payers() map[schemas.AccountID]schemas.AccountID {
	out := map[schemas.AccountID]schemas.AccountID{}
	for a := range b.Accounts {
		if payer := b.Payer(a.ID); payer != a.ID {
			out[a.ID] = payer
		}
	}
	return out
}

// Accounts calls yield with every account and its customer, in the order of Customers, until it returns false.
func (b *Book) Accounts(yield func(*schemas.Account, *schemas.Customer) bool) {
	for i := range b.Customers {
		c := &b.Customers[i]
		for j := range c.Accounts {
			if !yield(&c.Accounts[j], c) {
				return
			}
		}
	}
}

// Convert returns the exact conversion between two currencies on a day, by the provider's exchange policy and what was
// known on asOf (no day: now). It reports false where the book has no rate that is fresh enough.
func (b *Book) Convert(from, to money.Currency, day, asOf schemas.Date) (schemas.Conversion, bool) {
	return b.Rates.Find(schemas.FXQuery{From: from, To: to, Day: day, MaxAgeDays: b.Provider.Exchange.MaxAge(), AsOf: asOf})
}

// Summary says in one line how much the book holds.
func (b *Book) Summary() string {
	prices := 0
	for i := range b.Catalogue.Offerings {
		prices += len(b.Catalogue.Offerings[i].Prices)
	}
	parts := []string{
		count(len(b.Sources), "source"), count(len(b.Catalogue.Meters), "meter"),
		count(len(b.Catalogue.Offerings), "offering") + " with " + count(prices, "price"),
		count(len(b.Customers), "customer") + " with " + count(len(b.accounts), "account"),
		count(len(b.Peers), "peer"), count(len(b.Plan.Lines), "plan line"),
	}
	return b.Provider.Name + ": " + strings.Join(parts, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// find looks an entry up in a list that is sorted by identifier.
func find[T any, K ~string](list []T, id func(*T) K, want K) (*T, bool) {
	i, ok := slices.BinarySearchFunc(list, want, func(e T, want K) int { return strings.Compare(string(id(&e)), string(want)) })
	if !ok {
		return nil, false
	}
	return &list[i], true
}
