package rating

import (
	"maps"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Carried is what one period hands to the next for an account. It is plain data; the zero value starts afresh.
type Carried struct {
	// Levels are those on which latest and time-weighted meters ended, sorted by series and identifier.
	Levels []CarriedLevel `json:"levels,omitempty"`
	// Series describe what has these levels, sorted.
	Series []CarriedSeries `json:"series,omitempty"`
	// Allowances are what is left of allowances that roll over, oldest first.
	Allowances []CarriedAllowance `json:"allowances,omitempty"`
	// Grants are balances of prepaid credits, Coupons what redemptions took off so far. They replace what the book says.
	Grants  []CarriedGrant  `json:"grants,omitempty"`
	Coupons []CarriedCoupon `json:"coupons,omitempty"`
	// Commitments are how far those came whose cycle goes on.
	Commitments []CarriedCommitment `json:"commitments,omitempty"`
	// Credits are due for promises of earlier months. They are found anew in each period, and not handed on.
	Credits []ServiceCredit `json:"-"`
}

// IsEmpty reports whether there is nothing to carry.
func (c *Carried) IsEmpty() bool {
	return len(c.Levels)+len(c.Allowances)+len(c.Grants)+len(c.Coupons)+len(c.Commitments) == 0
}

// CarriedLevel is the level of one series, and of one resource where the meter keeps a level for each.
type CarriedLevel struct {
	Series string      `json:"series"`
	ID     string      `json:"id,omitempty"`
	Level  money.Fixed `json:"level"`
}

// CarriedSeries is what all that made the levels of a series has in common beside the meter's groups, so that charges of levels
// that nothing changed any more say whose and where they are. A text is empty where there is no such thing.
type CarriedSeries struct {
	Series          string         `json:"series"`
	Service         string         `json:"service,omitempty"`
	ServiceCategory string         `json:"service_category,omitempty"`
	SKU             schemas.SKU    `json:"sku,omitempty"`
	SkuMeter        string         `json:"sku_meter,omitempty"`
	Region          string         `json:"region,omitempty"`
	Peer            schemas.PeerID `json:"peer,omitempty"`
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

// CarriedCommitment is what counted so far towards a commitment, in the cycle that began on the day Since.
type CarriedCommitment struct {
	Commitment string        `json:"commitment"`
	Since      schemas.Date  `json:"since"`
	Spent      money.Decimal `json:"spent"`
	// Tax is the tax category of the last charge that counted.
	Tax string `json:"tax,omitempty"`
}

// next is what is carried on before the period changes any of it.
func (c *Carried) next() Carried {
	return Carried{Grants: slices.Clone(c.Grants), Coupons: slices.Clone(c.Coupons)}
}

// carry keeps the levels and allowances with which the next period starts.
func (b *bill) carry() error {
	if b.plan.carries || len(b.carried.Levels) > 0 {
		b.carryLevels()
	}
	b.rollOver()
	return nil
}

// rollOver carries on what the period leaves of allowances that roll over.
func (b *bill) rollOver() {
	for _, m := range b.tally.context.swept() {
		s := b.tally.context.slicesOf(m)
		for j := 0; s != nil && j < len(s.entries); j++ {
			e := &s.entries[j]
			if e.price.joint || e.price.Allowance == nil || e.price.Allowance.Rollover == 0 || e.end != b.plan.end.UnixMicro() {
				continue
			}
			b.rollEntry(e, s.grantedBy(e))
		}
	}
}

// grantedBy are the stretches of the period in which a price granted its allowance, whatever its versions.
func (s *meterSlices) grantedBy(last *entry) []granted {
	var out []granted
	for i := range s.entries {
		e := &s.entries[i]
		if e == last || e.sub == last.sub && e.price.ID == last.price.ID && e.end <= last.start {
			if st := (stretch{entry: e, start: e.start, end: e.end}); last.price.startsAnew() {
				out = append(out, granted{e.start, e.end, e.quantity})
			} else {
				out = grant(out, &st)
			}
		}
	}
	return out
}

// rollEntry carries on the allowances of one price: one for each group, or one for all.
func (b *bill) rollEntry(e *entry, stretches []granted) {
	groups := map[string]money.Decimal{}
	for key, s := range b.states {
		if key.sub == e.sub && key.price == e.price.ID {
			for _, list := range s.used {
				for i := range list {
					if i == len(list)-1 || e.price.startsAnew() {
						groups[key.group] = groups[key.group].Add(list[i].quantity)
					}
				}
			}
		}
	}
	for _, c := range b.carried.Allowances {
		if c.Subscription == e.sub.ID && c.Price == e.price.ID {
			groups[c.Group] = groups[c.Group].Add(money.Zero)
		}
	}
	if len(groups) == 0 && (e.price.Allowance.Shared || len(b.plan.meters[e.price.meter].GroupBy) == 0) {
		groups[b.soleGroup(e)] = money.Zero
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		var earlier []CarriedAllowance
		for _, c := range b.carried.Allowances {
			if c.Subscription == e.sub.ID && c.Price == e.price.ID && c.Group == group {
				earlier = append(earlier, c)
			}
		}
		quiet := model.Trail{Quiet: true}
		own := b.ownAllowance(&quiet, e, stretches)
		for _, c := range Rollover(*e.price.Allowance, own.V, earlier, groups[group]) {
			c.Subscription, c.Price, c.Group = e.sub.ID, e.price.ID, group
			b.out.Carried.Allowances = append(b.out.Carried.Allowances, c)
		}
	}
}

// soleGroup is the key of the allowance of a meter without groups, or of a shared one.
func (b *bill) soleGroup(e *entry) string {
	if e.price.Allowance.Shared {
		return ""
	}
	return b.plan.seriesKey(e.price.meter, "", "", nil)
}
