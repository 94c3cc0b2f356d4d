package schemas

import (
	"encoding/json"
	"slices"
	"strings"

	"daybook/schemas/money"
)

// UserKey says what tells the users of a peer's services apart: people, teams, machines.
type UserKey struct {
	// By is what names the user of a row; empty means its sub-account.
	By UserBy `yaml:"by,omitempty"`
	// Tag is the key of the tag that names the user; for by: tag.
	Tag string `yaml:"tag,omitempty"`
}

// Column is the column of usage that names the user.
func (u *UserKey) Column() int {
	switch u.By {
	case UserByResource:
		return UseResourceId
	case UserByTag:
		return UseTags
	default:
		return UseSubAccountId
	}
}

// User is whom a text of that column names.
func (u *UserKey) User(text string) string {
	if u.By != UserByTag {
		return text
	}
	for _, t := range TagsOf(text) {
		if t.Key == u.Tag {
			return t.Value
		}
	}
	return ""
}

// UserBy is what of a row names its user.
type UserBy string

// The names of users, the default first.
const (
	UserBySubAccount UserBy = "sub_account"
	UserByResource   UserBy = "resource"
	UserByTag        UserBy = "tag"
)

// Values lists what a book may say, the default first.
func (UserBy) Values() []string { return Texts(UserBySubAccount, UserByResource, UserByTag) }

// Budget bounds what a peer may bill in each billing period, for all of its use or for some of it.
type Budget struct {
	ID string `yaml:"id"`
	// Service, User, Customer and Account narrow it to the peer's service (its ServiceName), to one of the users that the peer's
	// users tell apart, and to the use of one of our customers or accounts; an empty one takes any.
	Service  string    `yaml:"service,omitempty"`
	User     string    `yaml:"user,omitempty"`
	Customer string    `yaml:"customer,omitempty"`
	Account  AccountID `yaml:"account,omitempty"`
	// Amount in Currency is for the whole of a billing period. What is billed in another currency is converted at the rate of the period.
	Amount   money.Decimal  `yaml:"amount"`
	Currency money.Currency `yaml:"currency"`
	// Thresholds are what of it, in a hundred, is a finding when it is reached; none means 50, 75, 90 and 100.
	Thresholds []money.Decimal `yaml:"thresholds,omitempty"`
	// Validity says from when to when the budget holds: by the first day of the billing period.
	Validity Validity `yaml:",inline"`
}

// AnomalyPolicy says which days of a peer's use are unlike those before them.
type AnomalyPolicy struct {
	// By says what is looked at by itself within each of the peer's services.
	By AnomalyBy `yaml:"by,omitempty"`
	// Least is how many days there must be to compare with; 0 means 10.
	Least int64 `yaml:"least,omitempty"`
	// Score is the modified z-score above which a day is unusual; 3.5 by default.
	Score *money.Decimal `yaml:"score,omitempty"`
	// Floor is the difference from the median that is borne, however rare it is; its absolute is in the currency of the bill.
	Floor Threshold `yaml:"floor,omitempty"`
}

// AnomalyBy is what of a service's use is looked at by itself.
type AnomalyBy string

// What is looked at, the default first.
const (
	AnomalyByService  AnomalyBy = "service"
	AnomalyByCustomer AnomalyBy = "customer"
)

// Values lists what a book may say, the default first.
func (AnomalyBy) Values() []string { return Texts(AnomalyByService, AnomalyByCustomer) }

// Goal is what a peer's service is to do for one of our offerings on each day. The leg is what our customers use of the service; fees,
// taxes, credits and use of longer than a day are no part of it.
type Goal struct {
	ID string `yaml:"id"`
	// Offering is what the service is sold in, and Service the peer's ServiceName. Several goals for one offering are its legs, which
	// have its revenue by their cost.
	Offering OfferingID `yaml:"offering"`
	Service  string     `yaml:"service"`
	// Unit is that of the use: the bill's PricingUnit. What is in another counts for the cost alone.
	Unit string `yaml:"unit"`
	// Use is the least on a day.
	Use *money.Decimal `yaml:"use,omitempty"`
	// Availability is the least in a hundred of a day, by the incidents and failed probes that are delivered for the service.
	Availability *money.Decimal `yaml:"availability,omitempty"`
	// Cost is the most on a day, in the provider's currency.
	Cost *money.Decimal `yaml:"cost,omitempty"`
	// MarginPercent is the least margin in a hundred of revenue, which is spread over days by use.
	MarginPercent *money.Decimal `yaml:"margin_percent,omitempty"`
	// Validity says on which days the goal holds.
	Validity Validity `yaml:",inline"`
}

// SharedCost divides what a peer bills for our own use among customers. Of several that take a row, by the day on which its charge
// period begins, the first counts.
type SharedCost struct {
	ID string `yaml:"id"`
	// Account is one of own_use, Service a ServiceName and Category a ChargeCategory; an empty one takes any.
	Account  string         `yaml:"account,omitempty"`
	Service  string         `yaml:"service,omitempty"`
	Category ChargeCategory `yaml:"category,omitempty"`
	// Key is what it is divided by.
	Key ShareKey `yaml:"key,omitempty"`
	// Of is the peer's service whose use by customers is the key, or, of an even key without among, makes them be among those who
	// share; an empty one is any.
	Of string `yaml:"of,omitempty"`
	// Unit is the PricingUnit in which use is the key; empty is what is billed for it.
	Unit string `yaml:"unit,omitempty"`
	// Among are the customers that share; none is all whose use is of Of.
	Among    []Sharer `yaml:"among,omitempty"`
	Validity Validity `yaml:",inline"`
}

// Sharer is a customer that bears a part of a shared cost.
type Sharer struct {
	Customer string `yaml:"customer"`
	// Share is its part of the sum of all shares; for key: fixed.
	Share *money.Decimal `yaml:"share,omitempty"`
}

// ShareKey is what a shared cost is divided by.
type ShareKey string

// The keys, the default first.
const (
	ShareByUsage ShareKey = "usage"
	ShareFixed   ShareKey = "fixed"
	ShareEven    ShareKey = "even"
)

// Values lists what a book may say, the default first.
func (ShareKey) Values() []string { return Texts(ShareByUsage, ShareFixed, ShareEven) }

// Tag is one of a row's.
type Tag struct{ Key, Value string }

// TagsOf takes the tags of a row apart, a JSON object, in the order of their keys. A value that is no text is as JSON spells it;
// what is no object has no tags.
func TagsOf(text string) []Tag {
	if text == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return nil
	}
	out := make([]Tag, 0, len(members))
	for key, raw := range members {
		var value string
		if json.Unmarshal(raw, &value) != nil {
			value = strings.TrimSpace(string(raw))
		}
		out = append(out, Tag{key, value})
	}
	slices.SortFunc(out, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}
