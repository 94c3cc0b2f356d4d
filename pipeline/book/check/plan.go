package check

import (
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// planPlace names what a line is for.
func planPlace(p *schemas.PlanLine) string {
	switch {
	case p.Peer != "":
		return fmt.Sprintf("%s, %s, region %q, segment %q and peer %s", p.Period, p.Offering, parse.Clip(p.Region), parse.Clip(p.Segment), p.Peer)
	case p.Segment != "":
		return fmt.Sprintf("%s, %s, region %q and segment %q", p.Period, p.Offering, parse.Clip(p.Region), parse.Clip(p.Segment))
	}
	return fmt.Sprintf("%s, %s and region %q", p.Period, p.Offering, parse.Clip(p.Region))
}

func (c *checker) checkPlan() {
	if c.PlanAt.There() {
		c.planPolicy(c.PlanAt.Field("policy"), &c.Plan.Policy)
	}
	c.accruals()
	c.planVersions()
	seen := map[string]parse.Spot{}
	for i := range c.PlanLines.Items {
		p, at := &c.PlanLines.Items[i], c.PlanLines.Spots[i]
		if !c.refer(at, "offering", &c.names.offerings, string(p.Offering)) || p.Period == "" {
			continue
		}
		if len(c.PlanVersions.Items) == 0 && p.Version != "" {
			c.Complain(at.Field("version"), "add it to versions of plan.yaml, with known_since, by and reason", "the plan has no versions, and the line is of %q", parse.Clip(p.Version))
			continue
		}
		if len(c.PlanVersions.Items) > 0 && p.Version == "" {
			c.Complain(at.Field("version"), "write one of versions in plan.yaml", "the plan has versions, and the line is of none")
			continue
		}
		if p.Version != "" && !c.refer(at, "version", &c.names.planVersions, p.Version) || p.Peer != "" && !c.refer(at, "peer", &c.names.peers, string(p.Peer)) {
			continue
		}
		key := PlanKey(*p)
		if first, twice := seen[key]; twice {
			c.Complain(at, "add them up into one", "%s are planned at %s already", planPlace(p), first.Where())
			continue
		}
		seen[key] = at
		if !p.Units.IsZero() && p.Unit == "" {
			c.Complain(at.Field("unit"), "write the pricing unit, such as vCPU-hour", "unit is missing: %s of what?", p.Units)
		}
	}
	rates := map[[2]string]bool{}
	for i, r := range c.PlanRates.Items {
		at, key := c.PlanRates.Spots[i], [2]string{string(r.Period), string(r.Currency)}
		c.positive(at.Field("rate"), r.Rate)
		if rates[key] && r.Currency != "" {
			c.Complain(at, "keep one of them", "%s has a rate for %s already", r.Period, r.Currency)
		}
		rates[key] = true
	}
}

// planVersions complains of versions of the plan of which it cannot be told which is the later.
func (c *checker) planVersions() {
	seen := map[schemas.Date]string{}
	for i := range c.PlanVersions.Items {
		v, at := &c.PlanVersions.Items[i], c.PlanVersions.Spots[i]
		if v.KnownSince.IsZero() {
			continue // what is missing has been complained of
		}
		if first, twice := seen[v.KnownSince]; twice {
			c.Complain(at.Field("known_since"), "make one version of both, or write the day on which the later was decided",
				"version %q is known since %s, as %q is", parse.Clip(v.ID), v.KnownSince, parse.Clip(first))
			continue
		}
		seen[v.KnownSince] = v.ID
	}
}

// accruals complains of a way to accrue by which the days of a month would weigh nothing: by profile without weekdays, or
// by working days in a month of holidays.
func (c *checker) accruals() {
	p := &c.Plan.Policy
	if p.Accrual == schemas.AccrueProfile && len(p.Weekdays) == 0 {
		c.Complain(c.PlanAt.Field("policy").Field("weekdays"), "write seven weights, from Monday to Sunday", "a plan that accrues by profile needs weekdays")
	}
	working := p.Accrual == schemas.AccrueWorkingDays
	for i, l := range c.PlanLines.Items {
		working = working || l.Accrual == schemas.AccrueWorkingDays
		if l.Accrual == schemas.AccrueProfile && p.Accrual != schemas.AccrueProfile && len(p.Weekdays) == 0 {
			c.Complain(c.PlanLines.Spots[i].Field("accrual"), "write seven weights under policy.weekdays of plan.yaml, from Monday to Sunday", "a line that accrues by profile needs weekdays")
		}
	}
	if !working || !c.PlanAt.There() {
		return
	}
	seen := map[schemas.Period]bool{}
	for i, day := range p.Holidays {
		month := schemas.PeriodOf(day.Time(time.UTC), time.UTC)
		if !seen[month] && allHolidays(month, p.Holidays) {
			c.Complain(c.PlanAt.Field("policy").Field("holidays").At(i), "leave one working day, or let the plan accrue otherwise", "every working day of %s is a holiday, so no day of it counts", month)
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

func (c *checker) planPolicy(at parse.Spot, p *schemas.PlanPolicy) {
	if n := len(p.Weekdays); n != 0 && n != 7 {
		c.Complain(at.Field("weekdays"), "write seven, from Monday to Sunday", "there are %d weights", n)
	}
	sum := money.Zero
	for i := range p.Weekdays {
		c.notNegative(at.Field("weekdays").At(i), &p.Weekdays[i])
		sum = sum.Add(p.Weekdays[i])
	}
	if len(p.Weekdays) == 7 && !sum.IsPositive() {
		c.Complain(at.Field("weekdays"), "give at least one day a weight above zero", "the weights add up to %s", sum)
	}
	if p.Places != nil {
		c.atMost(at.Field("places"), int64(*p.Places), mostPlaces)
	}
	c.threshold(at.Field("materiality"), p.Materiality)
	if p.YearFrom < 0 || p.YearFrom > 12 {
		c.Complain(at.Field("year_from"), "write the month in which the business year begins, from 1 to 12", "there is no month %d", p.YearFrom)
	}
	if len(p.ForecastSteps) > 0 && p.YearFrom == 0 {
		c.Complain(at.Field("forecast_steps"), "write year_from: 1, or the month in which the business year begins", "without year_from nothing is forecast, and steps say nothing")
	}
	for i := range p.ForecastSteps {
		c.refer(at.Field("forecast_steps").At(i), "offering", &c.names.offerings, string(p.ForecastSteps[i].Offering))
		c.refer(at.Field("forecast_steps").At(i), "peer", &c.names.peers, string(p.ForecastSteps[i].Peer))
	}
}

func (c *checker) checkRates() {
	seen := make(map[schemas.Rate]parse.Spot, len(c.Rates.Items))
	for i, r := range c.Rates.Items {
		at := c.Rates.Spots[i]
		if r.Value.Sign() <= 0 {
			c.Complain(rateCell(at), "write a number above zero", "%s is not above zero", r.Value)
		}
		if r.Base != "" && r.Base == r.Quote {
			c.Complain(at.Field("quote"), "remove the row", "a currency needs no rate to itself")
		}
		r.Value = money.Decimal{}
		if first, twice := seen[r]; twice {
			c.Complain(at, "keep one of them, or say by known_since which replaces the other", "%s has a rate from %s to %s at %s already", r.Day, r.Base, r.Quote, first.Where())
			continue
		}
		seen[r] = at
	}
}

// rateCell is the place of a rate's number: in the wide layout the rate's place is its cell already.
func rateCell(at parse.Spot) parse.Spot {
	if at.InCell() {
		return at
	}
	return at.Field("rate")
}

// checkCurrencies complains of each currency in use that no exchange rate leads to from the provider's: reports and
// margins need one. The first use of a currency is the place of the complaint.
func (c *checker) checkCurrencies() {
	home := c.Provider.Currency
	if home == "" {
		return
	}
	rates := schemas.NewRates(c.Rates.Items, c.Pivot())
	done := map[money.Currency]bool{home: true, "": true}
	use := func(at parse.Spot, currency money.Currency, what string) {
		if done[currency] {
			return
		}
		done[currency] = true
		if !rates.Has(currency, home) {
			c.Complain(at.Field("currency"), fmt.Sprintf("add a row to fx.csv: date,%s,%s,rate", home, currency),
				"%s is in %s, and no exchange rate leads from there to %s", what, currency, home)
		}
	}
	for i := range c.Offerings.Items {
		for j := range c.Offerings.Items[i].Prices {
			p := &c.Offerings.Items[i].Prices[j]
			use(c.Offerings.Spots[i].Field("prices").At(j), p.Currency, "price "+string(p.ID))
		}
	}
	for i := range c.Accounts.Items {
		if a := &c.Accounts.Items[i]; !done[a.Currency] {
			use(c.Accounts.Spots[i], a.Currency, "account "+string(a.ID))
		}
	}
	for i := range c.Contracts.Items {
		use(c.Contracts.Spots[i], c.Contracts.Items[i].Currency, "contract "+string(c.Contracts.Items[i].ID))
	}
	for _, r := range c.PlanRates.Items {
		done[r.Currency] = true // the plan has a rate of its own
	}
	for i := range c.PlanLines.Items {
		use(c.PlanLines.Spots[i], c.PlanLines.Items[i].Currency, "the plan")
	}
}
