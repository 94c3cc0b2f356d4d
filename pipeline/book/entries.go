package book

import (
	"cmp"

	"daybook/schemas"
	"daybook/schemas/money"
)

// entries is what the files of a book say, taken apart: each entry with its spot, whatever file it stands in.
type entries struct {
	// folders are the directories in which files of a book may lie.
	folders []string

	provider   schemas.Provider
	providerAt spot
	sources    listed[schemas.Source]

	meters    listed[schemas.Meter]
	offerings listed[schemas.Offering]
	coupons   listed[schemas.Coupon]
	taxes     listed[schemas.TaxRate]
	units     listed[schemas.UnitFactor]
	policy    schemas.RatingPolicy
	policyAt  spot

	customers     listed[schemas.Customer]
	accounts      listed[accountRow]
	subscriptions listed[subscriptionRow]
	changes       listed[changeRow]

	peers     listed[schemas.Peer]
	contracts listed[schemas.Contract]
	mappings  listed[schemas.Mapping]

	plan      schemas.Plan
	planAt    spot
	planLines listed[schemas.PlanLine]
	planRates listed[schemas.PlanRate]
	rates     listed[schemas.Rate]
}

// pivot is the currency that cross rates go through.
func (e *entries) pivot() money.Currency {
	return cmp.Or(e.provider.Exchange.Pivot, e.provider.Currency)
}

// accountRow is an account with the customer it belongs to.
type accountRow struct {
	Customer        string `yaml:"customer"`
	schemas.Account `yaml:",inline"`
}

// subscriptionRow is a subscription with its account.
type subscriptionRow struct {
	Account              schemas.AccountID `yaml:"account"`
	schemas.Subscription `yaml:",inline"`
}

// changeRow is a change with its subscription.
type changeRow struct {
	Subscription   schemas.SubscriptionID `yaml:"subscription"`
	schemas.Change `yaml:",inline"`
}

// origin is an account number of a peer or of one source.
type origin struct {
	peer         schemas.PeerID
	source       schemas.SourceID
	billing, sub string
}

// originOf is the account number that a mapping is about.
func originOf(m schemas.Mapping) origin {
	return origin{peer: m.Peer, source: m.Source, billing: m.BillingAccount, sub: m.SubAccount}
}

// planKey is equal for lines of the plan for the same thing.
func planKey(p schemas.PlanLine) string {
	return string(p.Period) + "/" + string(p.Offering) + "/" + p.Region
}
