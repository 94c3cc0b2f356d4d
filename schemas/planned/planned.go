// Package planned has the rows that runs write about the plan: its versions, what each changes against the one before, and forecasts. It is
// nothing but data, as package schemas, whose rows these stand beside.
package planned

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Version is a version of the plan as a run has used it.
type Version struct {
	schemas.PlanVersion
	// Lines is how many lines bear its name, and Digest is of all that the version says, so that it can be told whether it was
	// changed.
	Lines  int64
	Digest string
	// Compared is that with which the run compares.
	Compared bool
}

// Positions of the columns of Versions.
const (
	VersionPlanVersion = iota
	VersionKnownSince
	VersionBy
	VersionReason
	VersionLines
	VersionDigest
	VersionCompared
	VersionColumns
)

// Versions is the dataset of the versions of the plan that were known, in the order in which they became so. Runs of books
// without versions do not write it.
var Versions = schemas.Table{Name: "plan_versions", Version: "1", Columns: []schemas.Column{
	VersionPlanVersion: {Name: "PlanVersion", Type: schemas.Label, Required: true},
	VersionKnownSince:  {Name: "KnownSince", Type: schemas.Label, Required: true},
	VersionBy:          {Name: "By", Type: schemas.Text, Required: true},
	VersionReason:      {Name: "Reason", Type: schemas.Text, Required: true},
	VersionLines:       {Name: "Lines", Type: schemas.Integer, Required: true},
	VersionDigest:      {Name: "Digest", Type: schemas.Text, Required: true},
	VersionCompared:    {Name: "Compared", Type: schemas.Label, Required: true},
}}

// Causes are the parts of what a version of the plan changes in a row. They add up to it exactly.
type Causes struct {
	// Price is what another planned price per unit does, at the later volume; Volume what more or less planned volume does, at the
	// earlier price.
	Price, Volume money.Decimal
	// Added and Dropped are whole lines that only the later version has, or only the earlier.
	Added, Dropped money.Decimal
	// Unsplit is what cannot be divided into price and volume, because one of the versions counts no units, or other ones.
	Unsplit money.Decimal
}

// Sum returns the total of the causes.
func (c *Causes) Sum() money.Decimal {
	return c.Price.Add(c.Volume).Add(c.Added).Add(c.Dropped).Add(c.Unsplit)
}

// Change is what a version of the plan changes against the one before it, in one measure of one offering in one region and
// segment, of one peer's services, and what that makes of the variance.
type Change struct {
	// ID is the period, From, To, offering, region, segment and peer if there is one, and measure, joined by slashes; a slash within one is written %2F.
	ID       string
	Period   schemas.Period
	From, To string
	Offering schemas.OfferingID
	Region   string
	Segment  string
	Peer     schemas.PeerID
	Measure  schemas.Measure
	Unit     string
	// Before and After are planned for the month; Change is their difference and the sum of Causes.
	Before, After, Change money.Decimal
	Causes                Causes
	// VarianceBefore is actual minus what From expects to date. Less ExpectedChange, and with Moved, it is VarianceAfter, by what
	// To expects. Moved is the actual that stands in another row by To, because that plans by other regions, or counts earlier or
	// later, because it accrues otherwise.
	VarianceBefore, ExpectedChange, Moved, VarianceAfter money.Decimal
	// Steps is the arithmetic, with numbers.
	Steps []schemas.Step
}

// Positions of the columns of Changes.
const (
	ChangeChangeId = iota
	ChangeBillingPeriod
	ChangeFromVersion
	ChangeToVersion
	ChangeOfferingId
	ChangeRegionId
	ChangeSegment
	ChangePeerId
	ChangeMeasure
	ChangeUnit
	ChangePlanBefore
	ChangePlanAfter
	ChangeChange
	ChangePriceCause
	ChangeVolumeCause
	ChangeAddedCause
	ChangeDroppedCause
	ChangeUnsplitCause
	ChangeVarianceBefore
	ChangeExpectedChange
	ChangeActualMoved
	ChangeVarianceAfter
	ChangeSteps
	ChangeColumns
)

// Changes is the dataset of the bridges between versions of the plan, each to the next: the rows that a version changes, sorted
// by version, offering, region, segment, peer and measure. Runs of books without versions do not write it. Steps is a JSON array of Step.
var Changes = schemas.Table{Name: "plan_changes", Version: "3", Columns: []schemas.Column{
	ChangeChangeId:       {Name: "ChangeId", Type: schemas.Text, Required: true},
	ChangeBillingPeriod:  {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ChangeFromVersion:    {Name: "FromVersion", Type: schemas.Label, Required: true},
	ChangeToVersion:      {Name: "ToVersion", Type: schemas.Label, Required: true},
	ChangeOfferingId:     {Name: "OfferingId", Type: schemas.Label, Required: true},
	ChangeRegionId:       {Name: "RegionId", Type: schemas.Label},
	ChangeSegment:        {Name: "Segment", Type: schemas.Label},
	ChangePeerId:         {Name: "PeerId", Type: schemas.Label},
	ChangeMeasure:        {Name: "Measure", Type: schemas.Label, Required: true},
	ChangeUnit:           {Name: "Unit", Type: schemas.Label},
	ChangePlanBefore:     {Name: "PlanBefore", Type: schemas.Decimal, Required: true},
	ChangePlanAfter:      {Name: "PlanAfter", Type: schemas.Decimal, Required: true},
	ChangeChange:         {Name: "Change", Type: schemas.Decimal, Required: true},
	ChangePriceCause:     {Name: "PriceCause", Type: schemas.Decimal, Required: true},
	ChangeVolumeCause:    {Name: "VolumeCause", Type: schemas.Decimal, Required: true},
	ChangeAddedCause:     {Name: "AddedCause", Type: schemas.Decimal, Required: true},
	ChangeDroppedCause:   {Name: "DroppedCause", Type: schemas.Decimal, Required: true},
	ChangeUnsplitCause:   {Name: "UnsplitCause", Type: schemas.Decimal, Required: true},
	ChangeVarianceBefore: {Name: "VarianceBefore", Type: schemas.Decimal, Required: true},
	ChangeExpectedChange: {Name: "ExpectedChange", Type: schemas.Decimal, Required: true},
	ChangeActualMoved:    {Name: "ActualMoved", Type: schemas.Decimal, Required: true},
	ChangeVarianceAfter:  {Name: "VarianceAfter", Type: schemas.Decimal, Required: true},
	ChangeSteps:          {Name: "Steps", Type: schemas.Text, Required: true},
}}
