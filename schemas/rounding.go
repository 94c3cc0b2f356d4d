package schemas

import "daybook/schemas/money"

// RoundingLevel is what is rounded: a line, a document, or a tax.
type RoundingLevel string

// The levels, the default first. With RoundDocument the exact total is rounded and spread over the lines by largest
// remainder, so that they still add up.
const (
	RoundLine     RoundingLevel = "line"
	RoundDocument RoundingLevel = "document"
	RoundTax      RoundingLevel = "tax"
)

// Values lists what a book may say, the default first.
func (RoundingLevel) Values() []string { return Texts(RoundLine, RoundDocument, RoundTax) }

// RoundingRule says how amounts of a currency are rounded at a level. Rounding is data with versions: the rule that
// applied is named on every rounding step of a charge.
type RoundingRule struct {
	// Version is text that explain shows.
	Version string `yaml:"version,omitempty"`
	// Currency and Level narrow the rule; empty covers all.
	Currency money.Currency `yaml:"currency,omitempty"`
	Level    RoundingLevel  `yaml:"level,omitempty"`
	Mode     money.Mode     `yaml:"mode,omitempty"`
	// Places overrides the currency's minor digits; nil keeps them.
	Places *int32 `yaml:"places,omitempty"`
	// Step, if set, rounds to its multiples instead, such as 0.05 (cash rounding).
	Step     *money.Decimal `yaml:"step,omitempty"`
	Validity Validity       `yaml:",inline"`
}

// Rounding is a list of rules; the first that covers a case counts. An empty list rounds half up to the minor unit of ISO 4217.
type Rounding []RoundingRule

// For returns the rule for a currency and level on a day, as known on asOf (no day: now), with Places filled in. It
// reports false for a currency that has no minor unit and no rule that gives Places.
func (r Rounding) For(c money.Currency, level RoundingLevel, day, asOf Date) (RoundingRule, bool) {
	rule := RoundingRule{Version: "iso4217", Currency: c, Level: level}
	for _, x := range r {
		if (x.Currency == "" || x.Currency == c) && (x.Level == "" || x.Level == level) && x.Validity.Holds(day, asOf) {
			rule = x
			break
		}
	}
	if rule.Places == nil {
		places, ok := money.MinorUnits(c)
		if !ok && rule.Step == nil {
			return rule, false
		}
		rule.Places = &places
	}
	return rule, true
}

// Apply returns amount rounded by the rule, whose Places are set.
func (r *RoundingRule) Apply(amount money.Decimal) money.Decimal {
	if r.Step != nil && !r.Step.IsZero() {
		return money.RoundToStep(amount, *r.Step, r.Mode)
	}
	return money.RoundTo(amount, *r.Places, r.Mode)
}

// Holds reports whether the entry is in force on day and was known on asOf; no asOf means whatever is known now.
func (v Validity) Holds(day, asOf Date) bool {
	return v.Known(asOf) && !day.Before(v.From) && (v.To.IsZero() || day.Before(v.To))
}

// Known reports whether the entry was known on asOf; no asOf means whatever is known now.
func (v Validity) Known(asOf Date) bool {
	return asOf.IsZero() || v.KnownSince.IsZero() || !v.KnownSince.After(asOf)
}
