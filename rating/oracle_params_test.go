package rating_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// number is an optional decimal of a case: text, a JSON number, or null.
type number = *money.Decimal

// params are the parameters of all models; each reads its own.
type params struct {
	Tiers          []tierParam
	FlatFeeCharged string `json:"flat_fee_charged"`
	ZeroUsage      string `json:"zero_usage"`
	From           number
	To             number
	UnitPrice      number `json:"unit_price"`
	FlatFee        number `json:"flat_fee"`
	RatePct        number `json:"rate_pct"`
	Amount         number
	Ratio          []money.Decimal
	MinSpend       number `json:"min_spend"`
	MaxSpend       number `json:"max_spend"`
	Credits        []money.Decimal
	Round          string
	TaxPct         number `json:"tax_pct"`
	TaxPctDefault  number `json:"tax_pct_default"`
	TaxRound       string `json:"tax_round"`

	PackageSize  number `json:"package_size"`
	PackagePrice number `json:"package_price"`
	FreeUnits    number `json:"free_units"`
	Rounding     string

	FixedPerEvent number `json:"fixed_per_event"`
	FreeEvents    number `json:"free_events"`
	FreeAmount    number `json:"free_amount"`
	PerEventMin   number `json:"per_event_min"`
	PerEventMax   number `json:"per_event_max"`

	Multiplier    number
	BilledBefore  number `json:"billed_before"`
	AlreadyBilled number `json:"already_billed"`
	AlreadyUsed   number `json:"already_used"`
	FreeQuantity  number `json:"free_quantity"`
	DiscountPct   number `json:"discount_pct"`
	Discount      number
	Min, Max      number
	Kind          string
	Value         number

	StubRule      string `json:"stub_rule"`
	DivideBy      number `json:"divide_by"`
	RoundQuantity string `json:"round_quantity"`
	Op            string
	Factor        number

	Mode       string
	Units      map[string][]blockParam
	Decimals   int32
	TieBreak   string `json:"tie_break"`
	Charge     *chargeParam
	MinApplies string `json:"min_applies"`

	Commitment  number
	Coefficient []money.Decimal

	Order   json.RawMessage
	Wallets []grantParam
	Grants  []grantParam
	Coupons []couponParam
	Spread  string

	FeeTaxRound     string `json:"fee_tax_round"`
	InvoiceTaxRound string `json:"invoice_tax_round"`

	Period       string
	Interval     int
	Anchor       string
	Timezone     string
	N            int
	BillCycleDay int `json:"bill_cycle_day"`

	Rule        string
	PeriodStart string `json:"period_start"`
	PeriodEnd   string `json:"period_end"`
	FixedDays   int    `json:"fixed_days"`
	PeriodDays  number `json:"period_days"`
	Remaining   number `json:"remaining_days"`
	CarriedIn   number `json:"carried_in"`

	OriginalPaid       number `json:"original_paid"`
	PreviouslyCredited number `json:"previously_credited"`

	ConnectFee number `json:"connect_fee"`
	Bands      []bandParam
	Groups     []groupParam
}

type chargeParam struct {
	Model string
	params
}

type tierParam struct {
	UpTo      number        `json:"up_to"`
	UnitPrice money.Decimal `json:"unit_price"`
	FlatFee   money.Decimal `json:"flat_fee"`
	RatePct   money.Decimal `json:"rate_pct"`
	Limits    map[string]number
	Price     money.Decimal
}

type blockParam struct {
	Size  money.Decimal `json:"block_size"`
	Price money.Decimal `json:"block_price"`
	Max   number        `json:"max_blocks"`
}

type grantParam struct {
	ID       string
	Balance  money.Decimal
	Priority int
	Created  json.RawMessage
	Expires  json.RawMessage
}

type couponParam struct {
	ID, Kind  string
	Amount    number
	Value     number
	AppliesTo []string `json:"applies_to"`
}

type bandParam struct {
	Start     money.Decimal `json:"start_s"`
	From, To  string
	Rate      money.Decimal
	RateUnit  money.Decimal `json:"rate_unit_s"`
	Increment money.Decimal `json:"increment_s"`
}

type groupParam struct {
	Flat, Rate       []money.Decimal
	FieldThreshold   number `json:"field_threshold"`
	ServiceThreshold number `json:"service_threshold"`
}

type usage struct {
	Quantity     money.Decimal
	Total        money.Decimal `json:"total_quantity"`
	FullQuantity money.Decimal `json:"full_quantity"`
	Prorated     json.RawMessage
	ProratedQty  money.Decimal `json:"prorated_quantity"`
	Full         []money.Decimal
	Events       []money.Decimal
	EventAmounts []money.Decimal `json:"event_amounts"`
	Quantities   map[string]money.Decimal
	Before       money.Decimal
	After        money.Decimal
	Amount       money.Decimal
	Base         money.Decimal
	Net          money.Decimal
	Value        money.Decimal
	Cumulative   []money.Decimal
	ByRun        [][]money.Decimal `json:"cumulative_by_run"`
	Fees         json.RawMessage
	CreditNotes  []money.Decimal `json:"credit_notes"`
	Lines        []money.Decimal
	Usage        money.Decimal
	AmountDue    money.Decimal `json:"amount_due"`
	Weights      []struct {
		Key    string
		Weight money.Decimal
	}
	Items   []planItem
	Changes []struct {
		At    string
		Delta money.Decimal
	}
	Recurring       money.Decimal `json:"recurring_fee"`
	PotentialCredit money.Decimal `json:"potential_credit"`
	From, To        string
	ActiveFrom      money.Decimal `json:"active_from"`
	ActiveTo        money.Decimal `json:"active_to"`
	Start, End      string
	Target          string
	PeriodStart     string        `json:"period_start"`
	Duration        money.Decimal `json:"duration_s"`
}

// rule reads half_up_2 and the like: a mode and decimal places; empty is no rounding.
func rule(s string) (*schemas.RoundingRule, error) {
	s = strings.TrimSuffix(s, "_per_line")
	if s == "" || s == "none" {
		return nil, nil
	}
	i := strings.LastIndexByte(s, '_')
	places, err := strconv.Atoi(s[i+1:])
	if err != nil {
		return nil, fmt.Errorf("rounding %q: %w", s, err)
	}
	mode, err := modeOf(s[:max(i, 0)])
	p := int32(places)
	return &schemas.RoundingRule{Mode: mode, Places: &p}, err
}

// modeOf reads a mode, also by its other common names.
func modeOf(s string) (money.Mode, error) {
	switch s {
	case "ceil":
		return money.Ceiling, nil
	case "bankers", "half_to_even":
		return money.HalfEven, nil
	case "truncate", "trunc":
		return money.Down, nil
	}
	return money.ParseMode(s)
}

func zero(v number) money.Decimal {
	if v == nil {
		return money.Zero
	}
	return *v
}

func quantityRounding(s string) schemas.QuantityRounding {
	if mode, err := modeOf(s); err == nil {
		return schemas.QuantityRounding(mode.String())
	}
	return schemas.QuantityRounding(s)
}

// policy reads the choices of a case.
func (p *params) policy() (schemas.RatingPolicy, error) {
	out := schemas.RatingPolicy{ZeroUsage: schemas.ZeroFirstFlat}
	switch p.ZeroUsage {
	case "", "first_tier_flat", "unspecified":
	case "zero", "none", "nothing", "no_charge":
		out.ZeroUsage = schemas.ZeroNothing
	default:
		return out, fmt.Errorf("no way to charge zero usage is called %q", p.ZeroUsage)
	}
	switch p.FlatFeeCharged {
	case "", "on_tier_entry":
	case "top_tier", "last_tier":
		out.TierFlatFee = schemas.FlatFeeTop
	case "never", "none":
		out.TierFlatFee = schemas.FlatFeeNever
	default:
		return out, fmt.Errorf("no way to charge flat fees is called %q", p.FlatFeeCharged)
	}
	return out, nil
}

func (p *params) tiers() []schemas.Tier {
	var out []schemas.Tier
	for _, t := range p.Tiers {
		out = append(out, schemas.Tier{UpTo: t.UpTo, UnitPrice: t.UnitPrice, FlatFee: t.FlatFee, Percent: t.RatePct})
	}
	return out
}

// terms reads the price model of a case.
func (p *params) terms(model string) (schemas.Terms, error) {
	t := schemas.Terms{Model: schemas.Model(model), Tiers: p.tiers(), UnitPrice: p.UnitPrice, Amount: p.Amount, Multiplier: p.Multiplier}
	switch model {
	case "flat", "per_unit", "graduated", "volume", "stairstep", "dynamic", "graduated_percentage":
	case "package":
		t.PackageSize, t.PackagePrice, t.FreeUnits = p.PackageSize, p.PackagePrice, p.FreeUnits
		t.PackageRound = quantityRounding(p.Rounding)
	case "percentage":
		t.Percent, t.FixedPerEvent, t.FreeAmount = p.RatePct, p.FixedPerEvent, p.FreeAmount
		t.EventMinimum, t.EventMaximum = p.PerEventMin, p.PerEventMax
		if p.FreeEvents != nil {
			n := p.FreeEvents.IntPart()
			t.FreeEvents = &n
		}
	default:
		return t, fmt.Errorf("no terms for model %q", model)
	}
	return t, nil
}

// price reads a price with what stands around its model.
func (p *params) price(model string) (*schemas.Price, error) {
	terms, err := p.terms(model)
	if err != nil {
		return nil, err
	}
	policy, err := p.policy()
	if err != nil {
		return nil, err
	}
	out := &schemas.Price{ID: "case", Currency: "EUR", Terms: terms, FreeQuantity: p.FreeQuantity, Minimum: p.MinSpend, Maximum: p.MaxSpend, Policy: policy}
	if p.DiscountPct != nil {
		out.Discounts = []schemas.Discount{{Percent: p.DiscountPct}}
	}
	return out, nil
}
