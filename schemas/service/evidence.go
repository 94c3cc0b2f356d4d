package service

import (
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Place is what a piece of evidence is about. What is empty is all there is: no region means every region of the service.
type Place struct {
	Service  string
	Region   string
	Resource string
}

// Evidence is what was delivered about services: facts, in any order.
type Evidence struct {
	Incidents []Incident
	Probes    []Probe
	Counters  []CounterReading
	Requests  []RequestCount
	Samples   []Sample
	Notices   []MaintenanceNotice
}

// Incident is an interruption that somebody states.
type Incident struct {
	ID string
	Place
	// Start is within, End is not; no End means that it goes on, or that nobody said when it ended.
	Start, End time.Time
	// Known is when we became aware of it; no time where nobody wrote that down.
	Known time.Time
	// Share is the part of customers, or requests, that was affected, from 0 to 1; nil where it is not stated.
	Share *money.Decimal
}

// Probe is one measurement, which stands for the Seconds from At on.
type Probe struct {
	Place
	At      time.Time
	Seconds int64
	Up      bool
}

// CounterReading is two counters of one series (a process, say) as they stood at a moment. They only grow, but for a restart,
// after which they begin at 0.
type CounterReading struct {
	Place
	Series string
	At     time.Time
	Total  int64
	Errors int64
}

// RequestCount is how many requests, or objects, there were in a stretch of time, and how many of them failed.
type RequestCount struct {
	Place
	Start, End time.Time
	Total      int64
	Errors     int64
}

// Sample is the value of a metric, which stands for the Seconds from At on.
type Sample struct {
	Place
	Metric  string
	At      time.Time
	Seconds int64
	Value   money.Decimal
}

// MaintenanceNotice says that a service may be down from Start to End without that being held against its provider, if the
// SLA agrees.
type MaintenanceNotice struct {
	ID string
	Place
	Kind       NoticeKind
	Start, End time.Time
	// Announced is when it was; no time where that is not known.
	Announced time.Time
}

// SLAStatus is what became of a promise.
type SLAStatus string

// The statuses.
const (
	SLAKept     SLAStatus = "kept"
	SLABreached SLAStatus = "breached"
	// SLAReview is for a person to decide: evidence or text can be read in more than one way.
	SLAReview SLAStatus = "REVIEW_REQUIRED"
)

// SLAReading is what one way to read the evidence comes to.
type SLAReading struct {
	// Reported is what the evidence says was lost, Excluded what of it notices take out or is too short, and Lost what counts of Whole; all are in
	// the result's Unit.
	Reported, Excluded, Lost, Whole money.Decimal
	// Uptime is exact and compared as it is; UptimePercent is rounded to six places, for readers alone.
	Uptime        money.Ratio
	UptimePercent money.Decimal
	// CreditPercent is what the ladder gives, 0 for other rules; Events are the hours or incidents that earn something.
	CreditPercent money.Decimal
	Events        int64
	Credit        money.Decimal
	// Steps is the arithmetic, with numbers.
	Steps []schemas.Step
}

// SLAResult is what became of a promise in one period, for one resource or for several as one.
type SLAResult struct {
	// ID is the period, SLA, service, region and resource, joined by slashes.
	ID       string
	Period   schemas.Period
	SLA      SLAID
	Version  string
	Verified bool
	Peer     schemas.PeerID
	Place
	Method SLAMethod
	// From is the first moment of the window, and To the first after it.
	From, To time.Time
	// Unit is that of Lost and Whole: seconds, intervals or requests.
	Unit   string
	Target *money.Decimal
	Status SLAStatus
	// Reviews say what a person must decide, each in one sentence; empty but for SLAReview.
	Reviews []string
	// Least reads what is doubtful for the provider, and Most against it. They are the same where nothing is.
	Least, Most SLAReading
	// Coverage is the part of the time that was measured.
	Coverage money.Ratio
	Base     money.Decimal
	Currency money.Currency
	// Incidents are those in which something was lost.
	Incidents []string
	// NoticeBy and ClaimBy are the first moments that are too late; no time where there is no deadline or nothing to claim.
	NoticeBy, ClaimBy time.Time
	Automatic         bool
	FuturePayments    bool
	Resale            Resale
	// Family and Stacking are for the credits of several promises for the same fees.
	Family   string
	Stacking SLAStacking
}

// Credit is what is due, and whether that is beyond doubt.
func (r *SLAResult) Credit() (money.Decimal, bool) {
	return r.Least.Credit, r.Status != SLAReview
}
