package run

import (
	"iter"
	"time"

	"daybook/pipeline/book"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/agreed"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

// Book is a book as a task sees it: what it asks for of a part that its row of the table does not declare is refused with
// its result. A book that is read by no task, as to explain a run, has all parts.
type Book struct {
	book *book.Book
	in   *Inputs // nil where everything may be asked for
}

// WholeBook has all parts.
func WholeBook(b *book.Book) Book { return Book{book: b} }

func (b Book) ask(parts ...book.Part) *book.Book {
	if b.in != nil {
		for _, p := range parts {
			_ = b.in.ask(need{part: p}) // it is kept, and refuses the result
		}
	}
	return b.book
}

// ForRating is the book itself, with all that rating depends on, for those who rate by another in which parts are replaced by it.
func (b Book) ForRating() *book.Book {
	return b.ask(book.PartSources, book.PartCatalogue, book.PartCustomers, book.PartPeers, book.PartDisputes, book.PartFX, book.PartProvider)
}

// Provider is who we are, with the policies.
func (b Book) Provider() *schemas.Provider { return &b.ask(book.PartProvider).Provider }

// Zone is the provider's.
func (b Book) Zone() *time.Location { return b.ask(book.PartProvider).Zone }

// Sources are where deliveries appear, in order.
func (b Book) Sources() []schemas.Source { return b.ask(book.PartSources).Sources }

// Source returns a source by its identifier.
func (b Book) Source(id schemas.SourceID) (*schemas.Source, bool) {
	return b.ask(book.PartSources).Source(id)
}

// Catalogue is what is sold, with all its versions.
func (b Book) Catalogue() *schemas.Catalogue { return &b.ask(book.PartCatalogue).Catalogue }

// CatalogueAsOf is the catalogue as it was known on a day; no day is today.
func (b Book) CatalogueAsOf(day schemas.Date) schemas.Catalogue {
	return b.ask(book.PartCatalogue).CatalogueAsOf(day)
}

// Customers are all customers, in order.
func (b Book) Customers() []schemas.Customer { return b.ask(book.PartCustomers).Customers }

// Accounts are those of all customers, in their order.
func (b Book) Accounts() iter.Seq2[*schemas.Account, *schemas.Customer] {
	return b.ask(book.PartCustomers).Accounts
}

// Account returns an account and the customer it belongs to.
func (b Book) Account(id schemas.AccountID) (*schemas.Account, *schemas.Customer, bool) {
	return b.ask(book.PartCustomers).Account(id)
}

// Payer is the account on whose invoice the charges of an account stand.
func (b Book) Payer(id schemas.AccountID) schemas.AccountID {
	return b.ask(book.PartCustomers).Payer(id)
}

// Payers are the accounts that pay, by those whose charges they pay.
func (b Book) Payers() map[schemas.AccountID]schemas.AccountID {
	return b.ask(book.PartCustomers).Payers()
}

// Owner says whose a row of a day is, by what it says of itself.
func (b Book) Owner(src *schemas.Source, row schemas.Identity, day schemas.Date) (schemas.AccountID, bool) {
	return b.ask(book.PartPeers, book.PartCustomers).Owner(src, row, day)
}

// Claims are the mappings that claim a row on a day, all of one order, in the words of the book.
func (b Book) Claims(src *schemas.Source, row schemas.Identity, day schemas.Date) []string {
	return b.ask(book.PartPeers).Claims(src, row, day)
}

// Suggest says which mapping would give a row of nobody's to an account.
func (b Book) Suggest(src *schemas.Source, row schemas.Identity) string {
	return b.ask(book.PartPeers).Suggest(src, row)
}

// OwnerByRule reports whether several mappings may claim a row of the source.
func (b Book) OwnerByRule(src *schemas.Source) bool {
	return b.ask(book.PartPeers).OwnerByRule(src)
}

// OwnerByRow reports whether the owner of the source's rows depends on their resources or tags.
func (b Book) OwnerByRow(src *schemas.Source) bool {
	return b.ask(book.PartPeers).OwnerByRow(src)
}

// RowOwners are the accounts that a source's mappings by resource or tag name, with a digest of these mappings.
func (b Book) RowOwners(src *schemas.Source) ([]schemas.AccountID, []byte) {
	return b.ask(book.PartPeers).RowOwners(src)
}

// OwnersDigest digests what decides whose the rows of a source are, with the names of accounts where that is asked for.
func (b Book) OwnersDigest(src *schemas.Source, names bool) []byte {
	return b.ask(book.PartPeers, book.PartCustomers).OwnersDigest(src, names)
}

// OwnerByDay reports whether the owner of these accounts depends on the day.
func (b Book) OwnerByDay(src *schemas.Source, billing, sub string) bool {
	return b.ask(book.PartPeers).OwnerByDay(src, billing, sub)
}

// OwnUse reports whether a peer's account is declared to be used by ourselves.
func (b Book) OwnUse(peer schemas.PeerID, billing, sub string) bool {
	return b.ask(book.PartPeers).OwnUse(peer, billing, sub)
}

// Peers are the other providers, in order.
func (b Book) Peers() []schemas.Peer { return b.ask(book.PartPeers).Peers }

// Contracts are those with peers, in order.
func (b Book) Contracts() []agreed.Contract { return b.ask(book.PartPeers).Contracts }

// Plan is the business plan, with all its versions.
func (b Book) Plan() *schemas.Plan { return &b.ask(book.PartPlan).Plan }

// PlanAsOf is the business plan as it was known on a day; no day is today.
func (b Book) PlanAsOf(day schemas.Date) *schemas.Plan { return b.Plan().AsOf(day) }

// SLAs are what is promised, all versions of it.
func (b Book) SLAs() []service.SLA { return b.ask(book.PartPromises).SLAs }

// Promises are what SLAs are held to, in order.
func (b Book) Promises() []service.Promise { return b.ask(book.PartPromises).Promises }

// Challenges are disputes of customers about our bills, in order.
func (b Book) Challenges() []dispute.Dispute { return b.ask(book.PartDisputes).Challenges }

// Disputes are challenges to peers' bills, in order.
func (b Book) Disputes() []dispute.Dispute { return b.ask(book.PartDisputes).Disputes }

// Requests are what customers ask, report or have suffered, in order.
func (b Book) Requests() []request.Request { return b.ask(book.PartRequests).Requests }

// Identities are the register of who acts at peers, in order.
func (b Book) Identities() []access.Identity { return b.ask(book.PartAccess).Identities }

// Entitlements say who may use peers' services, in order.
func (b Book) Entitlements() []access.Entitlement { return b.ask(book.PartAccess).Entitlements }

// Agreements are those with other providers, in order.
func (b Book) Agreements() []intercloud.Agreement { return b.ask(book.PartAgreements).Agreements }

// Problems are what was raised with peers about their services, in order.
func (b Book) Problems() []service.Problem { return b.ask(book.PartPromises).Raised }

// Rates are the rates of exchange.
func (b Book) Rates() *schemas.Rates { return b.ask(book.PartFX).Rates }

// Convert returns the exact conversion between two currencies on a day, by the provider's exchange policy and what was
// known on asOf (no day: now). It reports false where the book has no rate that is fresh enough.
func (b Book) Convert(from, to money.Currency, day, asOf schemas.Date) (schemas.Conversion, bool) {
	return b.ask(book.PartFX, book.PartProvider).Convert(from, to, day, asOf)
}
