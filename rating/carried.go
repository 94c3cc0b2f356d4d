package rating

import (
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Carried is what one period hands to the next for an account. It is plain data; the zero value starts afresh.
type Carried struct {
	// Levels are those on which latest and time-weighted meters ended.
	Levels []CarriedLevel `json:"levels,omitempty"`
	// Allowances are what is left of allowances that roll over, oldest first.
	Allowances []CarriedAllowance `json:"allowances,omitempty"`
	// Grants are balances of prepaid credits, Coupons what redemptions took off so far. They replace what the book says.
	Grants  []CarriedGrant  `json:"grants,omitempty"`
	Coupons []CarriedCoupon `json:"coupons,omitempty"`
}

// CarriedLevel is the level of one series, and of one resource where the meter keeps a level for each.
type CarriedLevel struct {
	Series string      `json:"series"`
	ID     string      `json:"id,omitempty"`
	Level  money.Fixed `json:"level"`
}

// CarriedAllowance is what one period left of an allowance, and for how many more periods it may be used.
type CarriedAllowance struct {
	Subscription schemas.SubscriptionID `json:"subscription"`
	Price        schemas.PriceID        `json:"price"`
	Group        string                 `json:"group,omitempty"`
	Quantity     money.Decimal          `json:"quantity"`
	Periods      int                    `json:"periods"`
}

// CarriedGrant is the balance of a grant.
type CarriedGrant struct {
	Grant   string        `json:"grant"`
	Balance money.Decimal `json:"balance"`
}

// CarriedCoupon is what a redeemed coupon took off in earlier periods, and in how many.
type CarriedCoupon struct {
	Coupon  string        `json:"coupon"`
	Used    money.Decimal `json:"used"`
	Periods int           `json:"periods"`
}

// levels are the levels at which a series starts.
func (c *Carried) levels(series string) []levelAt {
	var out []levelAt
	for _, l := range c.Levels {
		if l.Series == series {
			out = append(out, levelAt{l.ID, l.Level})
		}
	}
	return out
}

// next is what is carried on before the period changes any of it.
func (c *Carried) next() Carried {
	return Carried{Grants: slices.Clone(c.Grants), Coupons: slices.Clone(c.Coupons)}
}
