package proof

import (
	"daybook/pipeline/disputed"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
)

// The files of a proof.
const (
	readmeFile  = "README.md"
	disputeFile = "dispute.json"
	pricesFile  = "prices.json"
	usageFile   = "usage.csv"
	takesFile   = "takes.csv"
	chargesFile = "charges.csv"
	stepsFile   = "steps.jsonl"
	linesFile   = "lines.csv"
	sumsFile    = "SHA256SUMS"
)

// names are the files that have digests, in the order of SHA256SUMS.
var names = []string{readmeFile, chargesFile, disputeFile, linesFile, pricesFile, stepsFile, takesFile, usageFile}

// head is what dispute.json holds.
type head struct {
	Form    string   `json:"form"`
	Stages  []string `json:"stages"`
	Dispute any      `json:"dispute"`
	// Decisions are those of the dispute, the same as in it, in the form that is read again.
	Standing   disputed.Row        `json:"standing"`
	Run        schemas.RunID       `json:"run"`
	Closed     bool                `json:"closed"`
	Spec       spec                `json:"spec"`
	Documents  []disputed.Document `json:"documents"`
	Notes      []disputed.Document `json:"notes"`
	Scope      []disputed.Shared   `json:"scope"`
	Reproduced bool                `json:"reproduced"`
	Total      disputed.Figures    `json:"total"`
}

// formName says what a directory is.
const formName = "daybook dispute proof 1"

// spec is of the run's what its charges of the accounts hang on.
type spec struct {
	Provider string           `json:"provider"`
	Period   schemas.Period   `json:"period"`
	AsOf     string           `json:"as_of,omitempty"`
	Zone     string           `json:"zone"`
	Book     []run.PartDigest `json:"book"`
	Code     []run.PartDigest `json:"code"`
	// Objects are those that hold the usage records.
	Objects []object `json:"objects"`
}

// object is a delivered one, as the run pinned it.
type object struct {
	Source schemas.SourceID `json:"source"`
	Key    string           `json:"key"`
	Size   int64            `json:"size"`
	SHA256 string           `json:"sha256"`
}

// terms is what prices.json holds: prices and meters by the stages in which they stand.
type terms struct {
	Prices []priced  `json:"prices"`
	Meters []metered `json:"meters"`
}

type priced struct {
	Stages       []string               `json:"stages"`
	Offering     schemas.OfferingID     `json:"offering"`
	Subscription schemas.SubscriptionID `json:"subscription,omitempty"`
	Price        any                    `json:"price"`
}

type metered struct {
	Stages []string `json:"stages"`
	Meter  any      `json:"meter"`
}

// stepsOf is a line of steps.jsonl.
type stepsOf struct {
	Stage  string           `json:"stage"`
	Charge schemas.ChargeID `json:"charge"`
	Steps  []schemas.Step   `json:"steps"`
}

// The columns of the tables. Amounts and quantities are exact decimals.
var (
	usageColumns = []string{
		"Row", "Account", "Source", "Object", "ObjectRow", "Record", "Start", "End", "Service", "Sku", "Region", "Resource", "ConsumedQuantity", "ConsumedUnit",
		"PricingQuantity", "PricingUnit", "EffectiveCost", "BilledCost", "ContractedCost", "ListCost", "Currency", "Dispute", "CountsAs", "PricingCountsAs",
	}
	takesColumns   = []string{"Stage", "Charge", "Row", "Meter", "Says", "Unit", "Metered", "Distinct"}
	chargesColumns = []string{
		"Stage", "Charge", "Line", "Account", "Subscription", "Offering", "Price", "Version", "Model", "Meter", "Group", "Category", "Description", "Start", "End",
		"Consumed", "ConsumedUnit", "Priced", "PricingUnit", "Exact", "Amount", "Residue", "Currency", "UsageRows",
	}
	linesColumns = []string{"Line", "Account", "Subscription", "Offering", "Price", "Category", "Group", "Called", "Disputed", "Currency", "Issued", "Again", "Book", "Decision", "Difference"}
)

// text is an amount that may be missing.
func text(d *money.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}
