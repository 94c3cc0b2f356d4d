package check

import (
	"cmp"
	"strings"
	"unicode"

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

// Entries is what the files of a book say, taken apart: each entry with its spot, whatever file it stands in.
type Entries struct {
	// folders are the directories in which files of a book may lie.
	Folders []string

	Provider   schemas.Provider
	ProviderAt parse.Spot
	Sources    parse.List[schemas.Source]

	Meters    parse.List[schemas.Meter]
	Offerings parse.List[schemas.Offering]
	Coupons   parse.List[schemas.Coupon]
	Taxes     parse.List[schemas.TaxRate]
	Units     parse.List[schemas.UnitFactor]
	Policy    schemas.RatingPolicy
	PolicyAt  parse.Spot

	Customers     parse.List[schemas.Customer]
	Accounts      parse.List[AccountRow]
	Subscriptions parse.List[SubscriptionRow]
	Changes       parse.List[ChangeRow]

	Peers     parse.List[schemas.Peer]
	Contracts parse.List[agreed.Contract]
	Mappings  parse.List[schemas.Mapping]

	Plan         schemas.Plan
	PlanAt       parse.Spot
	PlanLines    parse.List[schemas.PlanLine]
	PlanVersions parse.List[schemas.PlanVersion]
	PlanRates    parse.List[schemas.PlanRate]
	Rates        parse.List[schemas.Rate]

	Closings  parse.List[closing.Closing]
	Sending   sending.Sending
	SendingAt parse.Spot
	Sent      parse.List[sending.Ruling]

	SLAs     parse.List[service.SLA]
	Promises parse.List[service.Promise]
	Raised   parse.List[service.Problem]

	Disputes     parse.List[dispute.Dispute]
	Requests     parse.List[request.Request]
	Identities   parse.List[access.Identity]
	Entitlements parse.List[access.Entitlement]
	Agreements   parse.List[intercloud.Agreement]
}

// Pivot is the currency that cross rates go through.
func (e *Entries) Pivot() money.Currency {
	return cmp.Or(e.Provider.Exchange.Pivot, e.Provider.Currency)
}

// AccountRow is an account with the customer it belongs to.
type AccountRow struct {
	Customer        string `yaml:"customer"`
	schemas.Account `yaml:",inline"`
}

// SubscriptionRow is a subscription with its account.
type SubscriptionRow struct {
	Account              schemas.AccountID `yaml:"account"`
	schemas.Subscription `yaml:",inline"`
}

// ChangeRow is a change with its subscription.
type ChangeRow struct {
	Subscription   schemas.SubscriptionID `yaml:"subscription"`
	schemas.Change `yaml:",inline"`
}

// Origin is an account number of a peer or of one source.
type Origin struct {
	Peer         schemas.PeerID
	Source       schemas.SourceID
	Billing, Sub string
}

// OriginOf is the account number that a mapping is about.
func OriginOf(m schemas.Mapping) Origin {
	return Origin{Peer: m.Peer, Source: m.Source, Billing: m.BillingAccount, Sub: m.SubAccount}
}

// Fold is equal for texts that differ in the case of letters alone, as strings.EqualFold has it.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, s)
}

// claimOf is equal for mappings that take the same rows.
func claimOf(m *schemas.Mapping) schemas.Mapping {
	out := schemas.Mapping{
		Peer: m.Peer, Source: m.Source, BillingAccount: m.BillingAccount, SubAccount: m.SubAccount,
		Resource: m.Resource, Tag: m.Tag, Value: m.Value, Match: m.Match,
	}
	if m.Match == schemas.MatchFold {
		for _, text := range [...]*string{&out.BillingAccount, &out.SubAccount, &out.Resource, &out.Tag, &out.Value} {
			*text = Fold(*text)
		}
	}
	if !m.ByNumber() {
		out.Order = m.Order
	} else {
		out.Match = ""
	}
	return out
}

// PlanKey is equal for lines of one version of the plan for the same thing.
func PlanKey(p schemas.PlanLine) string {
	parts := []string{string(p.Period), string(p.Offering), p.Region, p.Segment, string(p.Peer)}
	for len(parts) > 3 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	key := schemas.JoinID(parts...)
	if p.Version != "" {
		key += "@" + p.Version
	}
	return key
}
