package service

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// SLAID identifies a promise about a service; all versions of it share the identifier.
type SLAID string

// SLA is one version of what a provider promises about its services, as data: how availability is measured, what is
// credited when it falls short, and by when that must be claimed. The version in force on the day of an incident holds.
type SLA struct {
	ID      SLAID  `yaml:"id"`
	Version string `yaml:"version"`
	// Peer made the promise to us; empty where we made it to our customers.
	Peer schemas.PeerID `yaml:"peer,omitempty"`
	// Services (FOCUS ServiceName) and SKUs are what it covers; an empty list covers all.
	Services []string      `yaml:"services,omitempty"`
	SKUs     []schemas.SKU `yaml:"skus,omitempty"`
	// Validity is by the day on which an incident begins, in Zone.
	Validity schemas.Validity `yaml:",inline"`
	// URL is where the text stands, and Read the day on which it was read there. Verified says that all of it was, exclusions
	// among it, and that this row says the same.
	URL      string       `yaml:"url,omitempty"`
	Read     schemas.Date `yaml:"read,omitempty"`
	Verified bool         `yaml:"verified,omitempty"`
	// Zone names the time zone (IANA) in which the promise's months, days and hours begin.
	Zone       string         `yaml:"zone"`
	Measure    SLAMeasure     `yaml:"measure"`
	Exclusions []SLAExclusion `yaml:"exclusions,omitempty"`
	Credit     SLACredit      `yaml:"credit,omitempty"`
	// Automatic credits come without a claim. Otherwise Notice is by when the provider must have been told of an incident,
	// and Claim by when the credit must have been asked for; nil where the text has no such deadline.
	Automatic bool         `yaml:"automatic,omitempty"`
	Notice    *SLADeadline `yaml:"notice,omitempty"`
	Claim     *SLADeadline `yaml:"claim,omitempty"`
	// Holidays are no business days.
	Holidays []schemas.Date `yaml:"holidays,omitempty"`
	// Resale says who has the credit for what we resell; empty means ResaleReseller.
	Resale Resale `yaml:"resale,omitempty"`
}

// SLAMeasure says how evidence becomes a ratio of availability. What a text leaves open stays empty here: where it matters,
// the result is for a person to decide.
type SLAMeasure struct {
	// OpenSLO names an SLO of slos/*.yaml, from which Method, Samples, Target, IntervalSeconds and ErrorPercent follow, and the
	// Denominator of time slices.
	OpenSLO string `yaml:"openslo,omitempty"`
	// Method is how is measured; it must be there without OpenSLO.
	Method SLAMethod `yaml:"method,omitempty"`
	// Samples says that what is counted are samples of a metric, and which of them are good: each is a request, and one that is not good
	// an error. Nil counts what counters and counts of requests say.
	Samples *SLASamples `yaml:"samples,omitempty"`
	// Target is the promise, in percent; nil takes the highest bound of the ladder.
	Target *money.Decimal `yaml:"target,omitempty"`
	// Window is what one ratio is of; empty means WindowOfMonth.
	Window SLAWindow `yaml:"window,omitempty"`
	// Combine says how several resources make one ratio; empty means CombineEach.
	Combine SLACombine `yaml:"combine,omitempty"`
	// Evidence says whose word counts for MethodMinutes; empty leaves it open.
	Evidence SLAEvidence `yaml:"evidence,omitempty"`
	// Denominator is how long a whole window is; empty leaves it open.
	Denominator SLADenominator `yaml:"denominator,omitempty"`
	// PartialMonth is for resources that existed in a part of the window; empty leaves it open.
	PartialMonth SLAPartial `yaml:"partial_month,omitempty"`
	// Unmeasured is for time of which there is no measurement; empty leaves it open.
	Unmeasured SLAUnmeasured `yaml:"unmeasured,omitempty"`
	// Idle is for intervals without requests; empty means IdleUp.
	Idle SLAIdle `yaml:"idle,omitempty"`
	// MinimumSeconds is the shortest downtime that counts, without interruption and after exclusions.
	MinimumSeconds int64 `yaml:"minimum_seconds,omitempty"`
	// WholeSeconds, where above 0, is the unit of which only whole ones count of each downtime: 60 for whole minutes.
	WholeSeconds int64 `yaml:"whole_seconds,omitempty"`
	// IntervalSeconds is the length of an interval in which requests are counted, from the start of the window on.
	IntervalSeconds int64 `yaml:"interval_seconds,omitempty"`
	// ErrorPercent is the rate of errors above which an interval is down, for MethodThreshold.
	ErrorPercent *money.Decimal `yaml:"error_percent,omitempty"`
	// GapSeconds is the longest time between two readings of a counter that is no gap; 0 means IntervalSeconds.
	GapSeconds int64 `yaml:"gap_seconds,omitempty"`
}

// SLASamples are the samples of a metric by which availability is measured.
type SLASamples struct {
	// Metric is as the evidence names it; empty for a source whose samples name none.
	Metric string `yaml:"metric,omitempty"`
	// Op and Value say which samples are good: those whose value is, by op, so to Value.
	Op    SampleOp      `yaml:"op"`
	Value money.Decimal `yaml:"value"`
}

// Good reports whether a value is as it was promised.
func (s *SLASamples) Good(value money.Decimal) bool {
	switch s.Op {
	case OpBelow:
		return value.LessThan(s.Value)
	case OpAtMost:
		return !value.GreaterThan(s.Value)
	case OpAbove:
		return value.GreaterThan(s.Value)
	case OpAtLeast:
		return !value.LessThan(s.Value)
	}
	return false
}

// SLAExclusion says what becomes of downtime that a notice covers.
type SLAExclusion struct {
	Kind NoticeKind `yaml:"kind"`
	// NoticeHours is how long before its start it must have been announced to be excluded.
	NoticeHours int64 `yaml:"notice_hours,omitempty"`
	// Effect is what becomes of the time; empty means EffectExcluded.
	Effect SLAEffect `yaml:"effect,omitempty"`
}

// SLACredit says what a window that falls short of the promise earns.
type SLACredit struct {
	// Rule is how; empty means CreditLadder.
	Rule SLACreditRule `yaml:"rule,omitempty"`
	// Ladder is in order of its bounds, the highest first.
	Ladder []SLARung `yaml:"ladder,omitempty"`
	// Factor multiplies what CreditLostTime and CreditShare give; nil is 1.
	Factor *money.Decimal `yaml:"factor,omitempty"`
	// For CreditIncident: each downtime longer than LongerSeconds earns Percent of the base, for each whole EverySeconds of it
	// where that is above 0, at most MostPerDay times a day where that is.
	Percent       *money.Decimal `yaml:"percent,omitempty"`
	LongerSeconds int64          `yaml:"longer_seconds,omitempty"`
	EverySeconds  int64          `yaml:"every_seconds,omitempty"`
	MostPerDay    int64          `yaml:"most_per_day,omitempty"`
	// Base is which fees a percentage is of, empty for BaseService; those of the categories of Without do not count.
	Base    SLABase                  `yaml:"base,omitempty"`
	Without []schemas.ChargeCategory `yaml:"without,omitempty"`
	// CapPercent of the base and CapAmount bound the credit; both with what was credited in the CapMonths-1 months before, where
	// that is above 1.
	CapPercent *money.Decimal `yaml:"cap_percent,omitempty"`
	CapAmount  *money.Decimal `yaml:"cap_amount,omitempty"`
	CapMonths  int64          `yaml:"cap_months,omitempty"`
	// Minimum is an amount that a credit must exceed to be given.
	Minimum *money.Decimal `yaml:"minimum,omitempty"`
	// Places is how many decimal places a credit has, rounded half to even; nil for the currency's minor unit.
	Places *int32 `yaml:"places,omitempty"`
	// Family names promises that are for the same fees; Stacking says whether their credits add up, empty for StackLargest.
	Family   string      `yaml:"family,omitempty"`
	Stacking SLAStacking `yaml:"stacking,omitempty"`
	// FuturePayments says that the credit is set off against later bills and never paid out.
	FuturePayments bool `yaml:"future_payments,omitempty"`
}

// SLARung is one step of a ladder: availability below Below, and not below From, earns Credit; all in percent. From nil
// reaches down to the next rung, of the last to 0.
type SLARung struct {
	Below  money.Decimal  `yaml:"below"`
	From   *money.Decimal `yaml:"from,omitempty"`
	Credit money.Decimal  `yaml:"credit"`
}

// SLADeadline is Count units of time from an event.
type SLADeadline struct {
	Count int64        `yaml:"count"`
	Unit  DeadlineUnit `yaml:"unit"`
	From  DeadlineFrom `yaml:"from"`
}

// The types of an SLA's choices.
type (
	// SLAMethod is how availability is measured.
	SLAMethod string
	// SampleOp is how the value of a good sample compares.
	SampleOp string
	// SLAWindow is a stretch of time that is judged as one.
	SLAWindow string
	// SLACombine makes one ratio of several resources.
	SLACombine string
	// SLAEvidence is whose word counts.
	SLAEvidence string
	// SLADenominator is how long a window counts as.
	SLADenominator string
	// SLAPartial is what counts of time in which a resource did not exist.
	SLAPartial string
	// SLAUnmeasured is what counts of time without measurements.
	SLAUnmeasured string
	// SLAIdle is what counts of intervals without requests.
	SLAIdle string
	// SLAEffect is what becomes of downtime that was announced.
	SLAEffect string
	// SLACreditRule is how a credit is computed.
	SLACreditRule string
	// SLABase is which fees a credit is a percentage of.
	SLABase string
	// SLAStacking says whether credits for the same fees add up.
	SLAStacking string
	// DeadlineUnit is what a deadline counts.
	DeadlineUnit string
	// DeadlineFrom is the event from which a deadline counts.
	DeadlineFrom string
	// Resale is who has the credit for what is resold.
	Resale string
)

// The values of an SLA's choices, the default first where there is one.
const (
	// MethodMinutes is the time not lost over the whole time: the union of incidents, or what probes found down.
	MethodMinutes SLAMethod = "minutes"
	// MethodThreshold is the same, lost being the intervals in which the rate of errors exceeds ErrorPercent.
	MethodThreshold SLAMethod = "threshold"
	// MethodErrorRates is 1 less the mean over intervals of errors ÷ requests: every interval weighs the same.
	MethodErrorRates SLAMethod = "error_rates"
	// MethodRequests is good requests, or objects, over all of them.
	MethodRequests SLAMethod = "requests"
	// MethodAffected is MethodMinutes with each moment weighed by the affected share that the incident states.
	MethodAffected SLAMethod = "affected"

	// The comparisons of values, as OpenSLO names them.
	OpBelow   SampleOp = "lt"
	OpAtMost  SampleOp = "lte"
	OpAbove   SampleOp = "gt"
	OpAtLeast SampleOp = "gte"

	WindowOfMonth SLAWindow = "month"
	// WindowOfHour judges every clock hour of the month by itself.
	WindowOfHour SLAWindow = "hour"
	// WindowOfThirtyDays and WindowOfYear are the 30 days, or 12 months, up to the end of the month.
	WindowOfThirtyDays SLAWindow = "thirty_days"
	WindowOfYear       SLAWindow = "year"

	// CombineEach judges every resource by itself.
	CombineEach SLACombine = "each"
	// CombinePooled adds up what is lost and what is whole before dividing.
	CombinePooled SLACombine = "pooled"
	// CombineSerial multiplies the ratios: all parts must work.
	CombineSerial SLACombine = "serial"
	// CombineAllDown loses only the time in which every replica is down.
	CombineAllDown SLACombine = "all_down"

	EvidenceIncidents SLAEvidence = "incidents"
	EvidenceProbes    SLAEvidence = "probes"

	// DenominatorCalendar is the window's true length in the zone, DenominatorThirtyDays 30 days whatever the month.
	DenominatorCalendar   SLADenominator = "calendar"
	DenominatorThirtyDays SLADenominator = "thirty_days"

	// PartialExisted counts only the time of existence, PartialAssumeUp the rest of the window as available.
	PartialExisted  SLAPartial = "existed"
	PartialAssumeUp SLAPartial = "assume_up"

	UnmeasuredExclude SLAUnmeasured = "exclude"
	UnmeasuredUp      SLAUnmeasured = "up"
	UnmeasuredDown    SLAUnmeasured = "down"

	IdleUp      SLAIdle = "up"
	IdleExclude SLAIdle = "exclude"

	// EffectExcluded counts the time as available, EffectScheduled leaves it out of the denominator too, and EffectCounts
	// says that the notice changes nothing.
	EffectExcluded  SLAEffect = "excluded"
	EffectScheduled SLAEffect = "scheduled"
	EffectCounts    SLAEffect = "counts"

	CreditLadder SLACreditRule = "ladder"
	// CreditLostTime is lost time × the fee of an hour × Factor.
	CreditLostTime SLACreditRule = "lost_time"
	// CreditShare is lost ÷ whole × base × Factor.
	CreditShare SLACreditRule = "share"
	// CreditIncident is a percentage of the base for each downtime.
	CreditIncident SLACreditRule = "incident"
	// CreditNone promises without a credit.
	CreditNone SLACreditRule = "none"

	// BaseService is the fees of the services covered, in the region; BaseResource those of the resource alone; BaseDue all.
	BaseService  SLABase = "service"
	BaseResource SLABase = "resource"
	BaseDue      SLABase = "due"

	StackLargest SLAStacking = "largest"
	StackSum     SLAStacking = "sum"

	UnitHours DeadlineUnit = "hours"
	UnitDays  DeadlineUnit = "days"
	// UnitBusinessDays end with the last of so many days from Monday to Friday but for Holidays, after that of the event.
	UnitBusinessDays DeadlineUnit = "business_days"
	UnitMonths       DeadlineUnit = "months"
	// UnitCycles end with so many billing cycles after the one of the event.
	UnitCycles DeadlineUnit = "cycles"

	FromAwareness DeadlineFrom = "awareness"
	FromIncident  DeadlineFrom = "incident"
	FromMonthEnd  DeadlineFrom = "month_end"
	FromCycleEnd  DeadlineFrom = "cycle_end"

	ResaleReseller Resale = "reseller"
	ResalePassedOn Resale = "passed_on"
)

// Values lists what a book may say, the default first where there is one.
func (SLAMethod) Values() []string {
	return schemas.Texts(MethodMinutes, MethodThreshold, MethodErrorRates, MethodRequests, MethodAffected)
}

// Values lists what a book may say.
func (SampleOp) Values() []string { return schemas.Texts(OpBelow, OpAtMost, OpAbove, OpAtLeast) }

// Values lists what a book may say, the default first.
func (SLAWindow) Values() []string {
	return schemas.Texts(WindowOfMonth, WindowOfHour, WindowOfThirtyDays, WindowOfYear)
}

// Values lists what a book may say, the default first.
func (SLACombine) Values() []string {
	return schemas.Texts(CombineEach, CombinePooled, CombineSerial, CombineAllDown)
}

// Values lists what a book may say.
func (SLAEvidence) Values() []string { return schemas.Texts(EvidenceIncidents, EvidenceProbes) }

// Values lists what a book may say.
func (SLADenominator) Values() []string {
	return schemas.Texts(DenominatorCalendar, DenominatorThirtyDays)
}

// Values lists what a book may say.
func (SLAPartial) Values() []string { return schemas.Texts(PartialExisted, PartialAssumeUp) }

// Values lists what a book may say.
func (SLAUnmeasured) Values() []string {
	return schemas.Texts(UnmeasuredExclude, UnmeasuredUp, UnmeasuredDown)
}

// Values lists what a book may say, the default first.
func (SLAIdle) Values() []string { return schemas.Texts(IdleUp, IdleExclude) }

// Values lists what a book may say, the default first.
func (SLAEffect) Values() []string {
	return schemas.Texts(EffectExcluded, EffectScheduled, EffectCounts)
}

// Values lists what a book may say, the default first.
func (SLACreditRule) Values() []string {
	return schemas.Texts(CreditLadder, CreditLostTime, CreditShare, CreditIncident, CreditNone)
}

// Values lists what a book may say, the default first.
func (SLABase) Values() []string { return schemas.Texts(BaseService, BaseResource, BaseDue) }

// Values lists what a book may say, the default first.
func (SLAStacking) Values() []string { return schemas.Texts(StackLargest, StackSum) }

// Values lists what a book may say.
func (DeadlineUnit) Values() []string {
	return schemas.Texts(UnitHours, UnitDays, UnitBusinessDays, UnitMonths, UnitCycles)
}

// Values lists what a book may say.
func (DeadlineFrom) Values() []string {
	return schemas.Texts(FromAwareness, FromIncident, FromMonthEnd, FromCycleEnd)
}

// Values lists what a book may say, the default first.
func (Resale) Values() []string { return schemas.Texts(ResaleReseller, ResalePassedOn) }
