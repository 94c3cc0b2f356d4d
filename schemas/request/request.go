// Package request is the vocabulary of what customers ask of us, report or have suffered, however it came: what a book or a delivery says
// of it, what was answered and decided, and the dataset of how each stands. It holds no rule; how a request stands, reconcile/requests
// finds.
//
// Start with Request.
package request

import (
	"strings"

	"daybook/schemas"
)

// Request is what a customer wrote to us.
type Request struct {
	// ID is its number.
	ID string `yaml:"id"`
	// Source is the source that delivers it, from a ticket system, say: account, kind, received, by, period, text and lines are then what
	// it delivers, and are left out here.
	Source   schemas.SourceID  `yaml:"source,omitempty"`
	Account  schemas.AccountID `yaml:"account,omitempty"`
	Kind     Kind              `yaml:"kind,omitempty"`
	Received schemas.Date      `yaml:"received,omitempty"`
	// By is who of the customer wrote it.
	By string `yaml:"by,omitempty"`
	// Text is what they wrote.
	Text string `yaml:"text,omitempty"`
	// Period is the month that it is about; without it, the one in which it was received.
	Period schemas.Period `yaml:"period,omitempty"`
	// Lines are what of that month's charges it is about: all that they name by what charges say of themselves.
	Lines []Subject `yaml:"lines,omitempty"`
	// Charges are further ones that it is about, by identifier; Findings the codes of findings about the account, Results those of promises, and
	// Disputes what came of it, beside those whose case is its number.
	Charges  []schemas.ChargeID `yaml:"charges,omitempty"`
	Findings []schemas.Code     `yaml:"findings,omitempty"`
	Results  []string           `yaml:"results,omitempty"`
	Disputes []string           `yaml:"disputes,omitempty"`
	// Changes are those of subscriptions that are asked for. They have no effect on any charge: once it is decided so, they stand in
	// changes.csv with the request's number.
	Changes  []Asked     `yaml:"changes,omitempty"`
	Decision *Resolution `yaml:"decision,omitempty"`
	// Answer is what we wrote back.
	Answer *Reply `yaml:"answer,omitempty"`
	// Closed is the day on which nothing more was to be done.
	Closed schemas.Date `yaml:"closed,omitempty"`
}

// Subject is what of a month's charges a request is about: all that it names by what they say of themselves.
type Subject struct {
	Subscription schemas.SubscriptionID `yaml:"subscription,omitempty"`
	Offering     schemas.OfferingID     `yaml:"offering,omitempty"`
	Price        schemas.PriceID        `yaml:"price,omitempty"`
}

// String is the line as deliveries and datasets have it: subscription/offering/price, without the slashes that nothing is behind.
func (l Subject) String() string {
	return strings.TrimRight(string(l.Subscription)+"/"+string(l.Offering)+"/"+string(l.Price), "/")
}

// ParseLines reads lines as a delivery has them, separated by semicolons or line breaks, and reports whether they are some.
func ParseLines(text string) (out []Subject, ok bool) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		parts := strings.Split(strings.TrimSpace(one), "/")
		if len(parts) > 3 || strings.Join(parts, "") == "" {
			return nil, false
		}
		parts = append(parts, "", "")
		out = append(out, Subject{schemas.SubscriptionID(parts[0]), schemas.OfferingID(parts[1]), schemas.PriceID(parts[2])})
	}
	return out, true
}

// Names reports whether a charge is of the line.
func (l Subject) Names(c *schemas.Charge) bool {
	return (l.Subscription == "" || l.Subscription == c.Subscription) && (l.Offering == "" || l.Offering == c.Offering) && (l.Price == "" || l.Price == c.Price)
}

// Kind is what a request is.
type Kind string

// The kinds.
const (
	// Question asks for something, Report says that something is wrong, and Incident that something did not work; Change asks for a change
	// of subscriptions.
	Question Kind = "request"
	Report   Kind = "report"
	Incident Kind = "incident"
	Change   Kind = "change"
)

// Values lists what a book or a delivery may say.
func (Kind) Values() []string { return schemas.Texts(Question, Report, Incident, Change) }

// State is how far a request is.
type State string

// The states, in their order.
const (
	Open     State = "open"
	Answered State = "answered"
	Closed   State = "closed"
)

// Values lists what a delivery may say.
func (State) Values() []string { return schemas.Texts(Open, Answered, Closed) }

// Asked is a change of a subscription that is asked for, as a row of changes.csv has it.
type Asked struct {
	Subscription   schemas.SubscriptionID `yaml:"subscription"`
	schemas.Change `yaml:",inline"`
}

// String is the change in words, as datasets have it.
func (a Asked) String() string {
	out := string(a.Subscription) + ": " + string(a.Kind)
	if a.Quantity != nil {
		out += " " + a.Quantity.String()
	}
	if a.Offering != "" {
		out += " " + string(a.Offering)
	}
	out += " from " + a.On.String()
	if a.Time != "" {
		out += " " + a.Time
	}
	if a.Effect != "" {
		out += ", " + string(a.Effect)
	}
	if !a.KnownSince.IsZero() {
		out += ", known since " + a.KnownSince.String()
	}
	if a.ID != "" {
		out += " (" + a.ID + ")"
	}
	return out
}

// Resolution is what was decided about the changes that are asked for.
type Resolution struct {
	On      schemas.Date `yaml:"on"`
	By      string       `yaml:"by"`
	Outcome Outcome      `yaml:"outcome"`
	Reason  string       `yaml:"reason,omitempty"`
}

// Outcome is what becomes of changes that are asked for.
type Outcome string

// The outcomes.
const (
	Accepted Outcome = "accepted"
	Rejected Outcome = "rejected"
)

// Values lists what a book may say.
func (Outcome) Values() []string { return schemas.Texts(Accepted, Rejected) }

// Reply is what was written to the customer.
type Reply struct {
	On   schemas.Date `yaml:"on"`
	By   string       `yaml:"by"`
	Text string       `yaml:"text"`
}

// Delivered is a request as a source says that it is.
type Delivered struct {
	ID       string
	Source   schemas.SourceID
	Account  schemas.AccountID
	Kind     Kind
	Received schemas.Date
	By, Text string
	Period   schemas.Period
	Lines    []Subject
	State    State
	// Changed is the day since which it is so.
	Changed schemas.Date
	Object  string
	Row     int64
}

// Standing is a request as it stands on a day.
type Standing struct {
	Request
	// At is where it was delivered; nil of one that the book alone has.
	At *Delivered
	// Applied are the changes of changes.csv that have its number.
	Applied []Asked
	State   State
	// Month is the month that it is about, Age how many days it lasted up to the day, and Done the day on which it was closed.
	Month schemas.Period
	Age   int
	Done  schemas.Date
	// Linked are Charges, and those of Month that its lines name.
	Linked []schemas.ChargeID
}
