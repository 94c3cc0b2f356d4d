package book

import (
	"fmt"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/request"
)

// Kind is a kind of entry that has an identifier.
type Kind string

// The kinds of entry.
const (
	KindSource       Kind = "source"
	KindMeter        Kind = "meter"
	KindOffering     Kind = "offering"
	KindPrice        Kind = "price" // offering/price, or offering/price@version
	KindCustomer     Kind = "customer"
	KindAccount      Kind = "account"
	KindSubscription Kind = "subscription"
	KindCommitment   Kind = "commitment" // account/commitment
	KindPeer         Kind = "peer"
	KindContract     Kind = "contract"
	KindCoupon       Kind = "coupon"
	KindSLA          Kind = "SLA" // SLA@version
	KindSLO          Kind = "SLO" // of OpenSLO
	KindPromise      Kind = "promise"
	KindProblem      Kind = "problem"
	KindTax          Kind = "tax"
	KindDispute      Kind = "dispute"
	KindRequest      Kind = "request" // source/number, of one that a source delivers
	KindAgreement    Kind = "agreement"
	KindMapping      Kind = "mapping"
	KindChange       Kind = "change"
	KindPolicy       Kind = "policy"
	KindPlanLine     Kind = "plan line" // period/offering/region, with /segment, /peer and @version where there are any
)

// RequestKey is what KindRequest calls a request.
func RequestKey(r *request.Request) string {
	if r.Source == "" {
		return r.ID
	}
	return string(r.Source) + "/" + r.ID
}

// standing is a line of a file of the book.
type standing struct {
	file int32
	line int32
}

// Where returns the file and line of an entry, such as catalogue/compute.yaml:42, or the empty text for one that is not in
// the book.
func (b *Book) Where(kind Kind, id string) string {
	s, ok := b.where[kind][id]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s:%d", b.files[s.file].name, s.line)
}

// WherePlanLine is Where for a line of the plan, of its version.
func (b *Book) WherePlanLine(l schemas.PlanLine) string {
	return b.Where(KindPlanLine, check.PlanKey(l))
}

// WherePrice is Where for a version of a price; an empty version is the first of that name.
func (b *Book) WherePrice(offering schemas.OfferingID, price schemas.PriceID, version string) string {
	return b.Where(KindPrice, priceKey(offering, price, version))
}

func priceKey(offering schemas.OfferingID, price schemas.PriceID, version string) string {
	key := string(offering) + "/" + string(price)
	if version != "" {
		key += "@" + version
	}
	return key
}

// WhereCommitment is Where for a commitment of an account.
func (b *Book) WhereCommitment(account schemas.AccountID, commitment string) string {
	return b.Where(KindCommitment, commitmentKey(account, commitment))
}

func commitmentKey(account schemas.AccountID, commitment string) string {
	return string(account) + "/" + commitment
}

// marker notes where entries stand while a book is put together.
type marker struct {
	files map[string]int32
	where map[Kind]map[string]standing
}

// mark keeps the first place of an identifier.
func (m *marker) mark(kind Kind, id string, at parse.Spot) {
	spots := m.where[kind]
	if spots == nil {
		spots = map[string]standing{}
		m.where[kind] = spots
	}
	if _, twice := spots[id]; !twice && id != "" {
		spots[id] = standing{m.files[at.FileName()], int32(at.Line())}
	}
}
