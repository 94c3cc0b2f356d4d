package book

import (
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

func (c *checker) checkPlan() {
	if c.planAt.there() {
		c.planPolicy(c.planAt.field("policy"), &c.plan.Policy)
	}
	c.accruals()
	seen := map[string]spot{}
	for i := range c.planLines.items {
		p, at := &c.planLines.items[i], c.planLines.spots[i]
		if !c.refer(at, "offering", &c.names.offerings, string(p.Offering)) || p.Period == "" {
			continue
		}
		key := planKey(*p)
		if first, twice := seen[key]; twice {
			c.complain(at, "add them up into one", "%s, %s and region %q are planned at %s already", p.Period, p.Offering, clip(p.Region), first.where())
			continue
		}
		seen[key] = at
		if !p.Units.IsZero() && p.Unit == "" {
			c.complain(at.field("unit"), "write the pricing unit, such as vCPU-hour", "unit is missing: %s of what?", p.Units)
		}
	}
	type rateKey struct {
		period   schemas.Period
		currency money.Currency
	}
	rates := map[rateKey]bool{}
	for i, r := range c.planRates.items {
		at, key := c.planRates.spots[i], rateKey{r.Period, r.Currency}
		c.positive(at.field("rate"), r.Rate)
		if rates[key] && r.Currency != "" {
			c.complain(at, "keep one of them", "%s has a rate for %s already", r.Period, r.Currency)
		}
		rates[key] = true
	}
}

// accruals complains of a way to accrue by which the days of a month would weigh nothing: by profile without weekdays, or
// by working days in a month of holidays.
func (c *checker) accruals() {
	p := &c.plan.Policy
	if p.Accrual == schemas.AccrueProfile && len(p.Weekdays) == 0 {
		c.complain(c.planAt.field("policy").field("weekdays"), "write seven weights, from Monday to Sunday", "a plan that accrues by profile needs weekdays")
	}
	working := p.Accrual == schemas.AccrueWorkingDays
	for i, l := range c.planLines.items {
		working = working || l.Accrual == schemas.AccrueWorkingDays
		if l.Accrual == schemas.AccrueProfile && p.Accrual != schemas.AccrueProfile && len(p.Weekdays) == 0 {
			c.complain(c.planLines.spots[i].field("accrual"), "write seven weights under policy.weekdays of plan.yaml, from Monday to Sunday", "a line that accrues by profile needs weekdays")
		}
	}
	if !working || !c.planAt.there() {
		return
	}
	seen := map[schemas.Period]bool{}
	for i, day := range p.Holidays {
		month := schemas.PeriodOf(day.Time(time.UTC), time.UTC)
		if !seen[month] && allHolidays(month, p.Holidays) {
			c.complain(c.planAt.field("policy").field("holidays").at(i), "leave one working day, or let the plan accrue otherwise", "every working day of %s is a holiday, so no day of it counts", month)
		}
		seen[month] = true
	}
}

func allHolidays(month schemas.Period, holidays []schemas.Date) bool {
	start, end := month.Bounds(time.UTC)
	for d := start; d.Before(end); d = d.AddDate(0, 0, 1) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if !weekend && !slices.Contains(holidays, schemas.DateOf(d, time.UTC)) {
			return false
		}
	}
	return true
}

func (c *checker) planPolicy(at spot, p *schemas.PlanPolicy) {
	if n := len(p.Weekdays); n != 0 && n != 7 {
		c.complain(at.field("weekdays"), "write seven, from Monday to Sunday", "there are %d weights", n)
	}
	sum := money.Zero
	for i := range p.Weekdays {
		c.notNegative(at.field("weekdays").at(i), &p.Weekdays[i])
		sum = sum.Add(p.Weekdays[i])
	}
	if len(p.Weekdays) == 7 && !sum.IsPositive() {
		c.complain(at.field("weekdays"), "give at least one day a weight above zero", "the weights add up to %s", sum)
	}
	if p.Places != nil {
		c.atMost(at.field("places"), int64(*p.Places), mostPlaces)
	}
	c.threshold(at.field("materiality"), p.Materiality)
}

func (c *checker) checkRates() {
	seen := make(map[schemas.Rate]spot, len(c.rates.items))
	for i, r := range c.rates.items {
		at := c.rates.spots[i]
		if r.Value.Sign() <= 0 {
			c.complain(rateCell(at), "write a number above zero", "%s is not above zero", r.Value)
		}
		if r.Base != "" && r.Base == r.Quote {
			c.complain(at.field("quote"), "remove the row", "a currency needs no rate to itself")
		}
		r.Value = money.Decimal{}
		if first, twice := seen[r]; twice {
			c.complain(at, "keep one of them, or say by known_since which replaces the other", "%s has a rate from %s to %s at %s already", r.Day, r.Base, r.Quote, first.where())
			continue
		}
		seen[r] = at
	}
}

// rateCell is the place of a rate's number: in the wide layout the rate's place is its cell already.
func rateCell(at spot) spot {
	if at.inCell() {
		return at
	}
	return at.field("rate")
}

// checkCurrencies complains of each currency in use that no exchange rate leads to from the provider's: reports and
// margins need one. The first use of a currency is the place of the complaint.
func (c *checker) checkCurrencies() {
	home := c.provider.Currency
	if home == "" {
		return
	}
	rates := schemas.NewRates(c.rates.items, c.pivot())
	done := map[money.Currency]bool{home: true, "": true}
	use := func(at spot, currency money.Currency, what string) {
		if done[currency] {
			return
		}
		done[currency] = true
		if !rates.Has(currency, home) {
			c.complain(at.field("currency"), fmt.Sprintf("add a row to fx.csv: date,%s,%s,rate", home, currency),
				"%s is in %s, and no exchange rate leads from there to %s", what, currency, home)
		}
	}
	for i := range c.offerings.items {
		for j := range c.offerings.items[i].Prices {
			p := &c.offerings.items[i].Prices[j]
			use(c.offerings.spots[i].field("prices").at(j), p.Currency, "price "+string(p.ID))
		}
	}
	for i := range c.accounts.items {
		if a := &c.accounts.items[i]; !done[a.Currency] {
			use(c.accounts.spots[i], a.Currency, "account "+string(a.ID))
		}
	}
	for i := range c.contracts.items {
		use(c.contracts.spots[i], c.contracts.items[i].Currency, "contract "+string(c.contracts.items[i].ID))
	}
	for _, r := range c.planRates.items {
		done[r.Currency] = true // the plan has a rate of its own
	}
	for i := range c.planLines.items {
		use(c.planLines.spots[i], c.planLines.items[i].Currency, "the plan")
	}
}
