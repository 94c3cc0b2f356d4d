package service

import (
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ClaimState says how a credit stands.
type ClaimState string

// The states of a credit.
const (
	// ClaimNone has nothing to claim.
	ClaimNone ClaimState = "none"
	// ClaimReview waits for a person to decide.
	ClaimReview ClaimState = "review"
	// ClaimOpen can be claimed until its deadline, if there is one, and ClaimExpired could have been.
	ClaimOpen    ClaimState = "open"
	ClaimExpired ClaimState = "expired"
	// ClaimMade was claimed in time, and ClaimAutomatic comes without.
	ClaimMade      ClaimState = "claimed"
	ClaimAutomatic ClaimState = "automatic"
)

// Due reports whether the credit is to be given.
func (s ClaimState) Due() bool { return s == ClaimMade || s == ClaimAutomatic }

// SLARow is what became of a promise in a month, as the dataset has it: a result with what it is about and how its credit stands.
type SLARow struct {
	SLAResult
	Promise PromiseID
	// Account is the customer's of our own promise, or who has a part of a peer's credit; PassedOn is then the result of the peer.
	Account  schemas.AccountID
	PassedOn string
	Offering schemas.OfferingID
	URL      string
	Read     schemas.Date
	State    ClaimState
	Claimed  schemas.Date
	// Reference is the claim's, and ClaimProblem the problem that it names.
	Reference    string
	ClaimProblem ProblemID
	// Problems are those that were raised with the peer about it, by identifier.
	Problems []string
}

// Positions of the columns of SLAResults.
const (
	SLAResultId = iota
	SLABillingPeriod
	SLAPromiseId
	SLASLAId
	SLAVersionColumn
	SLAVerified
	SLAEvidenceURL
	SLADateRead
	SLAPeerId
	SLAAccountId
	SLAOfferingId
	SLAPassedOn
	SLAServiceName
	SLARegionId
	SLAResourceId
	SLAMethodColumn
	SLAFrom
	SLATo
	SLAUnit
	SLATarget
	SLAStatusColumn
	SLAReviews
	SLAReported
	SLAExcluded
	SLALost
	SLAWhole
	SLAUptimePercent
	SLACreditPercent
	SLAEvents
	SLACreditColumn
	SLAMostLost
	SLAMostWhole
	SLAMostUptimePercent
	SLAMostCredit
	SLACoveragePercent
	SLABaseColumn
	SLACurrency
	SLAIncidents
	SLANoticeBy
	SLAClaimBy
	SLAClaimState
	SLAClaimedOn
	SLAClaimReference
	SLAProblems
	SLAFuturePayments
	SLAResale
	SLASteps
	SLAMostSteps
	SLAColumns
)

// SLAResults is the dataset of what became of promises, peers' and ours, sorted by identifier. Figures without Most read what is
// doubtful for whoever promised, those with it against them; they are the same where nothing is.
var SLAResults = schemas.Table{Name: "sla_results", Version: "2", Columns: []schemas.Column{
	// ResultId is the period, promise, SLA, service, region, resource and account, joined by slashes.
	SLAResultId:      {Name: "ResultId", Type: schemas.Text, Required: true},
	SLABillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	SLAPromiseId:     {Name: "PromiseId", Type: schemas.Label, Required: true},
	SLASLAId:         {Name: "SlaId", Type: schemas.Label, Required: true},
	SLAVersionColumn: {Name: "SlaVersion", Type: schemas.Label, Required: true},
	// Verified says that somebody has held the whole text of the promise against what the book says of it.
	SLAVerified:    {Name: "Verified", Type: schemas.Label, Required: true},
	SLAEvidenceURL: {Name: "EvidenceUrl", Type: schemas.Label},
	SLADateRead:    {Name: "DateRead", Type: schemas.Label},
	// PeerId is who promised; null where we did.
	SLAPeerId: {Name: "PeerId", Type: schemas.Label},
	// AccountId is the customer's, of our own promise or of a peer's credit that is passed on; PassedOn is then the ResultId of that.
	SLAAccountId:    {Name: "AccountId", Type: schemas.Label},
	SLAOfferingId:   {Name: "OfferingId", Type: schemas.Label},
	SLAPassedOn:     {Name: "PassedOn", Type: schemas.Text},
	SLAServiceName:  {Name: "ServiceName", Type: schemas.Label, Required: true},
	SLARegionId:     {Name: "RegionId", Type: schemas.Label},
	SLAResourceId:   {Name: "ResourceId", Type: schemas.Text},
	SLAMethodColumn: {Name: "Method", Type: schemas.Label, Required: true},
	// From and To bound the window, the latter excluded.
	SLAFrom: {Name: "From", Type: schemas.Time, Required: true},
	SLATo:   {Name: "To", Type: schemas.Time, Required: true},
	// Unit is that of Reported, Excluded, Lost and Whole: seconds, intervals or requests.
	SLAUnit:         {Name: "Unit", Type: schemas.Label, Required: true},
	SLATarget:       {Name: "TargetPercent", Type: schemas.Decimal},
	SLAStatusColumn: {Name: "Status", Type: schemas.Label, Required: true},
	// Reviews are what a person must decide, on a line each.
	SLAReviews:  {Name: "Reviews", Type: schemas.Text},
	SLAReported: {Name: "Reported", Type: schemas.Decimal, Required: true},
	SLAExcluded: {Name: "Excluded", Type: schemas.Decimal, Required: true},
	SLALost:     {Name: "Lost", Type: schemas.Decimal, Required: true},
	SLAWhole:    {Name: "Whole", Type: schemas.Decimal, Required: true},
	// UptimePercent is rounded to six places; what is compared is not.
	SLAUptimePercent:     {Name: "UptimePercent", Type: schemas.Decimal, Required: true},
	SLACreditPercent:     {Name: "CreditPercent", Type: schemas.Decimal, Required: true},
	SLAEvents:            {Name: "Events", Type: schemas.Integer, Required: true},
	SLACreditColumn:      {Name: "Credit", Type: schemas.Decimal, Required: true},
	SLAMostLost:          {Name: "MostLost", Type: schemas.Decimal, Required: true},
	SLAMostWhole:         {Name: "MostWhole", Type: schemas.Decimal, Required: true},
	SLAMostUptimePercent: {Name: "MostUptimePercent", Type: schemas.Decimal, Required: true},
	SLAMostCredit:        {Name: "MostCredit", Type: schemas.Decimal, Required: true},
	// CoveragePercent is the part of the time that was measured.
	SLACoveragePercent: {Name: "CoveragePercent", Type: schemas.Decimal, Required: true},
	// Base are the fees of which a credit is a part.
	SLABaseColumn: {Name: "Base", Type: schemas.Decimal, Required: true},
	SLACurrency:   {Name: "Currency", Type: schemas.Label},
	SLAIncidents:  {Name: "Incidents", Type: schemas.Text},
	// NoticeBy and ClaimBy are the first moments that are too late.
	SLANoticeBy:       {Name: "NoticeBy", Type: schemas.Time},
	SLAClaimBy:        {Name: "ClaimBy", Type: schemas.Time},
	SLAClaimState:     {Name: "ClaimState", Type: schemas.Label, Required: true},
	SLAClaimedOn:      {Name: "ClaimedOn", Type: schemas.Label},
	SLAClaimReference: {Name: "ClaimReference", Type: schemas.Text},
	// Problems are those of the dataset problems that are about it, on a line each.
	SLAProblems:       {Name: "Problems", Type: schemas.Text},
	SLAFuturePayments: {Name: "FuturePaymentsOnly", Type: schemas.Label, Required: true},
	SLAResale:         {Name: "Resale", Type: schemas.Label, Required: true},
	SLASteps:          {Name: "Steps", Type: schemas.Text, Required: true},
	SLAMostSteps:      {Name: "MostSteps", Type: schemas.Text, Required: true},
}}

// SLACreditRow is how a credit for an earlier month stands by the bill of this one: a peer's by the peer's bill, ours by the account's
// draft.
type SLACreditRow struct {
	Period schemas.Period
	// Result is that of the promise, of the month Of.
	Result string
	Of     schemas.Period
	// Peer owes it to us; of a row with an Account, to which we owe it, it is the peer whose credit is passed on.
	Peer     schemas.PeerID
	Account  schemas.AccountID
	Offering schemas.OfferingID
	Service  string
	Region   string
	Currency money.Currency
	// Expected is the whole credit, Before what bills of months between gave of it, Credited what this one does, and Missing the rest. Of
	// ours that turned out smaller than what was given, Credited is below zero.
	Expected, Before, Credited, Missing money.Decimal
	Status                              SLACreditStatus
	// Since is when it was claimed.
	Since schemas.Date
}

// SLACreditStatus is how a credit stands by a bill.
type SLACreditStatus string

// The statuses.
const (
	CreditCredited SLACreditStatus = "credited"
	CreditPartly   SLACreditStatus = "partly"
	CreditMissing  SLACreditStatus = "missing"
	// CreditAwaited has no bill of the peer in the month yet; of ours, it waits for a draft that it can be set off against.
	CreditAwaited SLACreditStatus = "awaited"
)

// Positions of the columns of SLACredits.
const (
	SLACreditBillingPeriod = iota
	SLACreditResultId
	SLACreditOf
	SLACreditPeerId
	SLACreditAccountId
	SLACreditOfferingId
	SLACreditServiceName
	SLACreditRegionId
	SLACreditCurrency
	SLACreditExpected
	SLACreditBefore
	SLACreditCredited
	SLACreditMissing
	SLACreditStatusColumn
	SLACreditClaimedOn
	SLACreditColumns
)

// SLACredits is the dataset of credits for earlier months that are due, peers' against their bills of this one and ours against the
// accounts' drafts, sorted by month and identifier.
var SLACredits = schemas.Table{Name: "sla_credits", Version: "2", Columns: []schemas.Column{
	SLACreditBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	SLACreditResultId:      {Name: "ResultId", Type: schemas.Text, Required: true},
	// CreditOf is the month in which the promise was broken.
	SLACreditOf:     {Name: "CreditOf", Type: schemas.Label, Required: true},
	SLACreditPeerId: {Name: "PeerId", Type: schemas.Label},
	// AccountId is whom we owe the credit; null where a peer owes it to us.
	SLACreditAccountId:   {Name: "AccountId", Type: schemas.Label},
	SLACreditOfferingId:  {Name: "OfferingId", Type: schemas.Label},
	SLACreditServiceName: {Name: "ServiceName", Type: schemas.Label, Required: true},
	SLACreditRegionId:    {Name: "RegionId", Type: schemas.Label},
	SLACreditCurrency:    {Name: "Currency", Type: schemas.Label, Required: true},
	// Expected = CreditedBefore + Credited + Missing.
	SLACreditExpected:     {Name: "Expected", Type: schemas.Decimal, Required: true},
	SLACreditBefore:       {Name: "CreditedBefore", Type: schemas.Decimal, Required: true},
	SLACreditCredited:     {Name: "Credited", Type: schemas.Decimal, Required: true},
	SLACreditMissing:      {Name: "Missing", Type: schemas.Decimal, Required: true},
	SLACreditStatusColumn: {Name: "Status", Type: schemas.Label, Required: true},
	SLACreditClaimedOn:    {Name: "ClaimedOn", Type: schemas.Label},
}}

// Settle says how the credit of a result stands by the claims of its promise that are known on a day, no day for all: an open claim
// has expired once the day is past its deadline, of which a claim that came too late is no better. Zone is that of the promise.
func Settle(p *Promise, r *SLARow, zone *time.Location, asOf schemas.Date) {
	credit, sure := r.Credit()
	switch {
	case !sure:
		r.State = ClaimReview
		return
	case !credit.IsPositive():
		r.State = ClaimNone
		return
	case r.Automatic:
		r.State = ClaimAutomatic
		return
	}
	r.State, r.Claimed, r.Reference, r.ClaimProblem = ClaimOpen, schemas.Date{}, "", ""
	if !r.ClaimBy.IsZero() && !asOf.IsZero() && !asOf.Time(zone).Before(r.ClaimBy) {
		r.State = ClaimExpired
	}
	whose := r.Account
	if r.PassedOn != "" {
		whose = ""
	}
	for i := range p.Claims {
		c := &p.Claims[i]
		if c.Period != r.Period || c.Account != whose || !asOf.IsZero() && asOf.Before(c.On) {
			continue
		}
		r.Claimed, r.Reference, r.ClaimProblem, r.State = c.On, c.Reference, c.Problem, ClaimMade
		if !r.ClaimBy.IsZero() && !c.On.Time(zone).Before(r.ClaimBy) {
			r.State = ClaimExpired
		}
	}
}

// BookedIn is the month whose bill has the credit of a result that is due: the one behind the month of the result, or that in which
// it was claimed where that is later.
func (r *SLARow) BookedIn(zone *time.Location) schemas.Period {
	next := r.Period.Next()
	if r.Claimed.IsZero() {
		return next
	}
	return max(next, schemas.PeriodOf(r.Claimed.Time(zone), zone))
}

// SLAClaims is the dataset of credits that peers owe us and that are yet to be claimed, of this month and of earlier ones, with all that
// a claim needs; its columns are those of SLAResults.
var SLAClaims = schemas.Table{Name: "sla_claims", Version: SLAResults.Version, Columns: SLAResults.Columns}
