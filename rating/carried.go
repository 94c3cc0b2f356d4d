package rating

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"daybook/rating/model"
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
	// Commitments are how far those came whose cycle goes on.
	Commitments []CarriedCommitment `json:"commitments,omitempty"`
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

// carry keeps the levels and allowances with which the next period starts.
func (b *bill) carry() error {
	for i := 0; b.plan.carries && i < len(b.tally.series); i++ {
		s := &b.tally.series[i]
		if s.meter >= 0 && b.plan.meters[s.meter].CarryIn {
			b.out.Carried.Levels = append(b.out.Carried.Levels, b.endLevels(s)...)
		}
	}
	for _, l := range b.carried.Levels { // series without rows in this period keep their level
		if !slices.ContainsFunc(b.tally.series, func(s series) bool { return s.key == l.Series }) {
			b.out.Carried.Levels = append(b.out.Carried.Levels, l)
		}
	}
	slices.SortFunc(b.out.Carried.Levels, func(x, y CarriedLevel) int {
		return cmp.Or(cmp.Compare(x.Series, y.Series), cmp.Compare(x.ID, y.ID))
	})
	b.rollOver()
	return nil
}

// endLevels are the levels on which a series ends.
func (b *bill) endLevels(s *series) []CarriedLevel {
	m := &b.plan.meters[s.meter]
	var all accumulator
	for k := range s.slices {
		// A sum beyond 38 digits was refused row by row; of levels only the points matter here.
		all.points = append(all.points, s.slices[k].points...)
		if s.slices[k].rows > 0 {
			all.extreme, all.rows = s.slices[k].extreme, all.rows+s.slices[k].rows
		}
	}
	if m.Aggregation == schemas.AggregateLatest {
		return []CarriedLevel{{Series: s.key, Level: all.extreme}}
	}
	var out []CarriedLevel
	for _, tr := range levels(all.points, &m.Meter, b.carried.levels(s.key)) {
		level := tr.level
		if n := len(tr.changes); n > 0 {
			level = tr.changes[n-1].Value
		}
		if !level.IsZero() {
			out = append(out, CarriedLevel{s.key, tr.id, level})
		}
	}
	return out
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

// seed makes the series that have a level carried in and no row, so that what stayed as it was is charged, too.
func (t *Tally) seed(c *Carried) {
	for _, l := range c.Levels {
		if id, there := t.ids[l.Series]; there && t.byID[id].stamp == t.stamp {
			continue
		}
		parts := strings.Split(l.Series, "\x00")
		at, known := t.plan.meterAt[schemas.MeterID(parts[0])]
		if !known || len(parts) < 3 || len(parts)-3 != len(t.plan.meters[at].GroupBy) {
			continue
		}
		m := match{meter: at, reads: Reads{Value: t.plan.meters[at].value, Cost: -1, ID: t.plan.meters[at].id}, labels: make([]string, len(t.plan.columns))}
		m.labels[labelCurrency] = parts[2]
		for i, value := range parts[3:] {
			m.group = append(m.group, schemas.DimensionMatch{Column: t.plan.meters[at].GroupBy[i], Value: value})
			m.labels[t.plan.meters[at].groups[i]] = value
		}
		if parts[2] != "" {
			m.reads.Cost = schemas.UseEffectiveCost
		}
		m.key = t.plan.keyOf(&m, "")
		m.id = t.idOf(m.key)
		t.seriesOf(&m)
	}
}
