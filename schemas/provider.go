package schemas

import (
	"fmt"
	"slices"
	"time"

	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Provider is the cloud service provider whose book this is: who it is, in what it counts, and the policies of its runs.
// Like all facts of the book, its fields are written under their yaml names; those without omitempty must be there.
//
// What difference from the plan matters is the plan's to say (PlanPolicy), how amounts are rounded the catalogue's
// (RatingPolicy).
type Provider struct {
	// ID names the legal entity in the register of documents; it never changes.
	ID string `yaml:"id"`
	// Name is what customers know it by.
	Name string `yaml:"name"`
	// LegalName is the name in the company register.
	LegalName string `yaml:"legal_name"`
	// Registration is the number in the company register, with the register's name.
	Registration string `yaml:"registration,omitempty"`
	// TaxID is the VAT or other tax number that invoices show.
	TaxID   string           `yaml:"tax_id,omitempty"`
	Address einvoice.Address `yaml:"address"`
	Contact einvoice.Contact `yaml:"contact,omitempty"`
	// Endpoint is where electronic invoices come from, written as that of a customer is.
	Endpoint string `yaml:"endpoint,omitempty"`

	// Currency is what the plan, the reports and the margins are in.
	Currency money.Currency `yaml:"currency"`
	// InvoiceCurrencies are those that customers may be invoiced in besides Currency.
	InvoiceCurrencies []money.Currency `yaml:"invoice_currencies,omitempty"`
	// Zone is the IANA time zone in which months and days begin.
	Zone string `yaml:"time_zone"`
	// FirstPeriod is the earliest month that daybook runs.
	FirstPeriod Period `yaml:"first_period"`

	// Landing is where deliveries arrive and Store where daybook keeps its work: a path relative to the book, or a URL
	// (file://, s3://). A flag of the command overrides either.
	Landing string `yaml:"landing,omitempty"`
	Store   string `yaml:"store,omitempty"`

	Exchange  Exchange  `yaml:"exchange,omitempty"`
	Invoicing Invoicing `yaml:"invoicing,omitempty"`
	Schedule  Schedule  `yaml:"schedule,omitempty"`
	// FindingLimits is how many findings of a severity a run may have before its exit code says so. A severity that is not
	// named may have none, but notes and warnings any number.
	FindingLimits map[Severity]int64 `yaml:"finding_limits,omitempty"`
	Waivers       []Waiver           `yaml:"waivers,omitempty"`
}

// Location returns the time zone. The error names the zone.
func (p *Provider) Location() (*time.Location, error) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil || p.Zone == "" || p.Zone == "Local" {
		return nil, fmt.Errorf("find time zone %q of provider %s: it is not in the IANA database; write it like Europe/Berlin", p.Zone, p.ID)
	}
	return zone, nil
}

// Invoices reports whether customers may be invoiced in c.
func (p *Provider) Invoices(c money.Currency) bool {
	return c == p.Currency || slices.Contains(p.InvoiceCurrencies, c)
}

// RateDay says which day's exchange rate a charge is converted at.
type RateDay string

const (
	// AtPeriodEnd converts a whole period at the rate of its last day. The default.
	AtPeriodEnd RateDay = "period_end"
	// AtUsage converts each charge at the rate of the day on which its charge period begins.
	AtUsage RateDay = "usage"
)

// Values lists what a book may say, the default first.
func (RateDay) Values() []string { return []string{string(AtPeriodEnd), string(AtUsage)} }

// Exchange is the policy by which exchange rates are chosen.
type Exchange struct {
	// Pivot is the currency that cross rates go through; empty is the provider's currency.
	Pivot money.Currency `yaml:"pivot,omitempty"`
	// Day is the day whose rate counts: period_end is the last day of the period, or, in a month that goes on, the newest day
	// with rates; usage is the day on which a charge begins.
	Day RateDay `yaml:"day,omitempty"`
	// MaxAgeDays is how old a rate may be, for week-ends and holidays; nil is 7.
	MaxAgeDays *int `yaml:"max_age_days,omitempty"`
}

// DefaultRateAgeDays is how old an exchange rate may be where the book does not say.
const DefaultRateAgeDays = 7

// MaxAge is MaxAgeDays or its default.
func (e Exchange) MaxAge() int {
	if e.MaxAgeDays == nil {
		return DefaultRateAgeDays
	}
	return *e.MaxAgeDays
}

// Invoicing is what invoices of every customer share.
type Invoicing struct {
	// Series is the prefix of the numbers of documents; letters, digits and hyphens. Drafts for machines name it.
	Series string `yaml:"series,omitempty"`
	// PaymentDays counts from the date of the invoice to the day it is due; a customer may have its own.
	PaymentDays int `yaml:"payment_days,omitempty"`
	// PaymentTerms says in a sentence how and when to pay, such as discounts for paying early; invoices of which something is due have it.
	PaymentTerms string `yaml:"payment_terms,omitempty"`
	// Notes are printed at the foot, one paragraph each.
	Notes []string `yaml:"notes,omitempty"`
	// Bank is where to pay.
	Bank []einvoice.BankAccount `yaml:"bank,omitempty"`
	// Hold are the codes of findings whose accounts are left out when a month is closed, until the finding is gone. Without it
	// every account is left out of which usage is suspended.
	Hold []Code `yaml:"hold,omitempty"`
	// Zero and Negative say what is issued of a draft whose total is zero or below.
	Zero     ZeroTotals     `yaml:"zero,omitempty"`
	Negative NegativeTotals `yaml:"negative,omitempty"`
	// Electronic says that documents are sent as electronic invoices of EN 16931, but to customers who get paper; they then hold what
	// that asks for. UnitCodes are the codes of units that have no usual one; without either, a quantity counts pieces.
	Electronic bool                `yaml:"electronic,omitempty"`
	UnitCodes  []einvoice.UnitCode `yaml:"unit_codes,omitempty"`
	// Corrections says where corrections of closed months are issued; an account or an offering may say otherwise. NoteFrom is what the
	// corrections of a document come to at least, charged or given back, for a note of their own; less stands on the next invoice.
	Corrections CorrectBy      `yaml:"corrections,omitempty"`
	NoteFrom    *money.Decimal `yaml:"note_from,omitempty"`
	// DisputeDays is within how many days a customer's dispute is to be decided.
	DisputeDays int `yaml:"dispute_days,omitempty"`
}

// Schedule is when runs wake up, and which periods they then find due.
type Schedule struct {
	// Cron has five fields (minute, hour, day of month, month, day of week) and is in UTC.
	Cron string `yaml:"cron,omitempty"`
	// CloseAfterDays is how many days after its last one a period is still run each night; from then on it is due once
	// more only when its inputs change.
	CloseAfterDays int `yaml:"close_after_days,omitempty"`
}

// Waiver lets a period close although something is missing. It needs a name and a reason, and both are printed wherever the waiver counts.
type Waiver struct {
	// Name is who waives.
	Name   string `yaml:"name"`
	Reason string `yaml:"reason"`
	Period Period `yaml:"period"`
	// Code is the kind of finding waived, one of those that keep a period provisional.
	Code Code `yaml:"code"`
	// Source narrows the waiver; empty covers all.
	Source SourceID `yaml:"source,omitempty"`
}

// ExceedsLimit reports whether a run has more findings of a severity than the book lets pass.
func (p *Provider) ExceedsLimit(s Severity, count int64) bool {
	limit, named := p.FindingLimits[s]
	if !named && (s == Note || s == Warning) {
		return false
	}
	return count > limit
}

// Covers reports whether the waiver lets the finding pass in a period.
func (w Waiver) Covers(p Period, f *Finding) bool {
	return w.Period == p && w.Code == f.Code && (w.Source == "" || w.Source == f.Source)
}
