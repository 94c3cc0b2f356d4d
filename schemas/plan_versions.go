package schemas

import (
	"cmp"
	"slices"

	"daybook/schemas/money"
)

// PlanVersion is a state of the plan: the lines that bear its name, over those of the versions known before. What a run has
// compared with is not changed any more: what is decided later is a version of its own.
type PlanVersion struct {
	ID string `yaml:"id"`
	// KnownSince is the day on which it was decided. A run as of a day compares with the last version known by then, and a run
	// without one with the last of all. No two versions are known since the same day.
	KnownSince Date `yaml:"known_since"`
	// By is who decided it, and Reason why.
	By     string `yaml:"by"`
	Reason string `yaml:"reason"`
}

// AsOf is the plan as it was known on a day (no day: now): each line as the last version known by then has it, and the versions
// known by then, in the order in which they became known. A plan without versions is itself on every day. The rest is shared
// with p.
func (p *Plan) AsOf(day Date) *Plan {
	if len(p.Versions) == 0 {
		return p
	}
	out := *p
	out.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v PlanVersion) bool { return !Validity{KnownSince: v.KnownSince}.Known(day) })
	slices.SortFunc(out.Versions, func(a, b PlanVersion) int {
		return cmp.Or(a.KnownSince.Compare(b.KnownSince), cmp.Compare(a.ID, b.ID))
	})
	out.Lines = nil
	at := map[PlanLine]int{}
	for _, v := range out.Versions {
		for _, l := range p.Lines {
			if l.Version != v.ID {
				continue
			}
			if i, planned := at[l.place()]; planned {
				out.Lines[i] = l
				continue
			}
			at[l.place()] = len(out.Lines)
			out.Lines = append(out.Lines, l)
		}
	}
	return &out
}

// place is what the line is for, and nothing of what it expects of it.
func (l *PlanLine) place() PlanLine {
	return PlanLine{Period: l.Period, Offering: l.Offering, Region: l.Region}
}

// Version names the last of the plan's versions that were known; empty where it has none.
func (p *Plan) Version() string {
	if len(p.Versions) == 0 {
		return ""
	}
	return p.Versions[len(p.Versions)-1].ID
}

// VersionRow is a version of the plan as a run has used it.
type VersionRow struct {
	PlanVersion
	// Lines is how many lines bear its name, and Digest is of all that the version says, so that it can be told whether it was
	// changed.
	Lines  int64
	Digest string
	// Compared is that with which the run compares.
	Compared bool
}

// Positions of the columns of PlanVersions.
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

// PlanVersions is the dataset of the versions of the plan that were known, in the order in which they became so. Runs of books
// without versions do not write it.
var PlanVersions = Table{Name: "plan_versions", Version: "1", Columns: []Column{
	VersionPlanVersion: {Name: "PlanVersion", Type: Label, Required: true},
	VersionKnownSince:  {Name: "KnownSince", Type: Label, Required: true},
	VersionBy:          {Name: "By", Type: Text, Required: true},
	VersionReason:      {Name: "Reason", Type: Text, Required: true},
	VersionLines:       {Name: "Lines", Type: Integer, Required: true},
	VersionDigest:      {Name: "Digest", Type: Text, Required: true},
	VersionCompared:    {Name: "Compared", Type: Label, Required: true},
}}

// ChangeCauses are the parts of what a version of the plan changes in a row. They add up to it exactly.
type ChangeCauses struct {
	// Price is what another planned price per unit does, at the later volume; Volume what more or less planned volume does, at the
	// earlier price.
	Price, Volume money.Decimal
	// Added and Dropped are whole lines that only the later version has, or only the earlier.
	Added, Dropped money.Decimal
	// Unsplit is what cannot be divided into price and volume, because one of the versions counts no units, or other ones.
	Unsplit money.Decimal
}

// Sum returns the total of the causes.
func (c *ChangeCauses) Sum() money.Decimal {
	return c.Price.Add(c.Volume).Add(c.Added).Add(c.Dropped).Add(c.Unsplit)
}

// PlanChange is what a version of the plan changes against the one before it, in one measure of one offering in one region, and
// what that makes of the variance.
type PlanChange struct {
	// ID is the period, From, To, offering, region and measure, joined by slashes; a slash within one is written %2F.
	ID       string
	Period   Period
	From, To string
	Offering OfferingID
	Region   string
	Measure  Measure
	Unit     string
	// Before and After are planned for the month; Change is their difference and the sum of Causes.
	Before, After, Change money.Decimal
	Causes                ChangeCauses
	// VarianceBefore is actual minus what From expects to date. Less ExpectedChange, and with Moved, it is VarianceAfter, by what
	// To expects. Moved is the actual that stands in another row by To, because that plans by other regions, or counts earlier or
	// later, because it accrues otherwise.
	VarianceBefore, ExpectedChange, Moved, VarianceAfter money.Decimal
	// Steps is the arithmetic, with numbers.
	Steps []Step
}

// Positions of the columns of PlanChanges.
const (
	ChangeChangeId = iota
	ChangeBillingPeriod
	ChangeFromVersion
	ChangeToVersion
	ChangeOfferingId
	ChangeRegionId
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

// PlanChanges is the dataset of the bridges between versions of the plan, each to the next: the rows that a version changes, sorted
// by version, offering, region and measure. Runs of books without versions do not write it. Steps is a JSON array of Step.
var PlanChanges = Table{Name: "plan_changes", Version: "1", Columns: []Column{
	ChangeChangeId:       {Name: "ChangeId", Type: Text, Required: true},
	ChangeBillingPeriod:  {Name: "BillingPeriod", Type: Label, Required: true},
	ChangeFromVersion:    {Name: "FromVersion", Type: Label, Required: true},
	ChangeToVersion:      {Name: "ToVersion", Type: Label, Required: true},
	ChangeOfferingId:     {Name: "OfferingId", Type: Label, Required: true},
	ChangeRegionId:       {Name: "RegionId", Type: Label},
	ChangeMeasure:        {Name: "Measure", Type: Label, Required: true},
	ChangeUnit:           {Name: "Unit", Type: Label},
	ChangePlanBefore:     {Name: "PlanBefore", Type: Decimal, Required: true},
	ChangePlanAfter:      {Name: "PlanAfter", Type: Decimal, Required: true},
	ChangeChange:         {Name: "Change", Type: Decimal, Required: true},
	ChangePriceCause:     {Name: "PriceCause", Type: Decimal, Required: true},
	ChangeVolumeCause:    {Name: "VolumeCause", Type: Decimal, Required: true},
	ChangeAddedCause:     {Name: "AddedCause", Type: Decimal, Required: true},
	ChangeDroppedCause:   {Name: "DroppedCause", Type: Decimal, Required: true},
	ChangeUnsplitCause:   {Name: "UnsplitCause", Type: Decimal, Required: true},
	ChangeVarianceBefore: {Name: "VarianceBefore", Type: Decimal, Required: true},
	ChangeExpectedChange: {Name: "ExpectedChange", Type: Decimal, Required: true},
	ChangeActualMoved:    {Name: "ActualMoved", Type: Decimal, Required: true},
	ChangeVarianceAfter:  {Name: "VarianceAfter", Type: Decimal, Required: true},
	ChangeSteps:          {Name: "Steps", Type: Text, Required: true},
}}
