// Package feed is the vocabulary of how complete deliveries are: what is expected of each source, day by day, and what came of it.
//
// It holds no rule. Start with Expectation.
package feed

import "daybook/schemas"

// State says how complete what is expected of a day or month is.
type State string

// The states.
const (
	Complete State = "complete"
	// Unasked is that of a source of which nothing is expected.
	Unasked State = "nothing_expected"
	// Open is of a day or month that goes on, and Due of one that is over and whose deliveries are not due yet.
	Open State = "open"
	Due  State = "due"
	// Missing is that nothing came, Short that it was fewer than expected, and Gap that numbers are missing between what came.
	Missing State = "missing"
	Short   State = "short"
	Gap     State = "gap"
	// Unsettled is what came and is not whole yet, and Refused what cannot be trusted.
	Unsettled State = "unsettled"
	Refused   State = "refused"
	// Waived is what is not complete, and counts as such by a waiver of the book.
	Waived State = "waived"
)

// Whole reports whether nothing is lacking.
func (s State) Whole() bool { return s == Complete || s == Unasked || s == Waived }

// Expectation is what is expected of a source for a day or for a month, and what came of it.
type Expectation struct {
	// Day is empty for the month.
	Day string `json:"day,omitempty"`
	// Want is how many objects are expected at least, 0 where nothing is, and Came how many there are that count.
	Want int `json:"want,omitempty"`
	Came int `json:"came,omitempty"`
	// Late, Unsettled and Refused count deliveries.
	Late      int `json:"late,omitempty"`
	Unsettled int `json:"unsettled,omitempty"`
	Refused   int `json:"refused,omitempty"`
	// Gaps is how many numbers are missing in the sequence of what came, and FirstGap the first of them that follow each other.
	Gaps     int64  `json:"gaps,omitempty"`
	FirstGap string `json:"first_gap,omitempty"`
	State    State  `json:"state"`
}

// Row is how complete a source is on a day, or in a month.
type Row struct {
	Period schemas.Period
	Source schemas.SourceID
	// Expectation is nil of a day of a source whose pattern tells no days.
	*Expectation
	// Day is no day for the month.
	Day schemas.Date
	// Rows are those of usage that were delivered for the day, duplicates included; nil of what is no usage.
	Rows *int64
	// Fresh says whether the source's data go as far as this day; nil of what is no usage.
	Fresh *bool
	State State
}

// Positions of the columns of Completeness.
const (
	FeedBillingPeriod = iota
	FeedSourceId
	FeedDay
	FeedExpected
	FeedCame
	FeedLate
	FeedUnsettled
	FeedRefused
	FeedGaps
	FeedFirstGap
	FeedRows
	FeedFresh
	FeedState
	FeedComplete
	FeedColumns
)

// Completeness is the dataset of how complete deliveries are by source, month and day, of the period and, as their runs have it, of the
// twelve months before; in the order of months, of the sources of the book and of days, the month itself first. The period is provisional if a row of the month
// itself is not complete.
var Completeness = schemas.Table{Name: "completeness", Version: "1", Columns: []schemas.Column{
	FeedBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	FeedSourceId:      {Name: "SourceId", Type: schemas.Label, Required: true},
	// Day is null for the month as a whole.
	FeedDay: {Name: "Day", Type: schemas.Label},
	// The counts are null of a day that the names of a source's objects do not tell.
	FeedExpected:  {Name: "ExpectedObjects", Type: schemas.Integer},
	FeedCame:      {Name: "Objects", Type: schemas.Integer},
	FeedLate:      {Name: "LateDeliveries", Type: schemas.Integer},
	FeedUnsettled: {Name: "UnsettledDeliveries", Type: schemas.Integer},
	FeedRefused:   {Name: "RefusedDeliveries", Type: schemas.Integer},
	FeedGaps:      {Name: "SequenceGaps", Type: schemas.Integer},
	FeedFirstGap:  {Name: "FirstGap", Type: schemas.Label},
	// UsageRows are those delivered for the day, and Fresh says whether the data go as far; null of what is no usage.
	FeedRows:     {Name: "UsageRows", Type: schemas.Integer},
	FeedFresh:    {Name: "Fresh", Type: schemas.Label},
	FeedState:    {Name: "State", Type: schemas.Label, Required: true},
	FeedComplete: {Name: "Complete", Type: schemas.Label, Required: true},
}}
