package check

import (
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// slaSpot is the first version of an SLA in the book.
type slaSpot struct {
	sla *service.SLA
	at  parse.Spot
}

// checkSLAs holds every version of what is promised to what can be judged by it.
func (c *checker) checkSLAs() {
	first := map[service.SLAID]slaSpot{}
	versions := map[string]parse.Spot{}
	var at []dated
	for i := range c.SLAs.Items {
		s, here := &c.SLAs.Items[i], c.SLAs.Spots[i]
		c.sla(here, s)
		c.slaKeys(here, s)
		at = append(at, dated{string(s.ID), s.Validity, here})
		key := keyOf(string(s.ID), s.Version)
		if other, twice := versions[key]; twice && s.ID != "" {
			c.Complain(here.Field("version"), "name it otherwise, by the day of its text", "there are two versions %s of %s; the first is at %s", parse.Clip(s.Version), parse.Clip(string(s.ID)), other.Where())
		}
		versions[key] = here
		before, known := first[s.ID]
		switch {
		case !known:
			first[s.ID] = slaSpot{s, here}
			c.names.slas.add(string(s.ID), here)
		case before.sla.Peer != s.Peer:
			c.Complain(here.Field("peer"), "give the SLA a name of its own", "the version at %s is of another", before.at.Where())
		case before.sla.Zone != s.Zone:
			c.Complain(here.Field("zone"), "write "+before.sla.Zone+", or give the SLA a name of its own", "the months of the version at %s begin in another zone", before.at.Where())
		}
	}
	c.names.slas.kind = "SLA"
	c.atOnce(at, func(key string) string { return "version of SLA " + parse.Clip(key) })
	c.checkPromises(first)
}

// add registers a name that was complained of elsewhere where it stands twice.
func (r *register) add(id string, at parse.Spot) {
	if r.spots == nil {
		r.spots = map[string]parse.Spot{}
	}
	if id != "" {
		r.spots[id], r.list = at, append(r.list, id)
	}
}

func (c *checker) sla(at parse.Spot, s *service.SLA) {
	c.identifier(at.Field("id"), string(s.ID))
	c.refer(at, "peer", &c.names.peers, string(s.Peer))
	c.zone(at.Field("zone"), s.Zone)
	c.validity(at, s.Validity)
	once(c, at.Field("services"), s.Services)
	once(c, at.Field("skus"), s.SKUs)
	if s.Verified && (s.URL == "" || s.Read.IsZero()) {
		c.Complain(at.Field("verified"), "add url and read, or remove verified", "what was held against its text has the text's address, and the day on which it was read")
	}
	for _, x := range sla.Complaints(s) {
		if unread(s) {
			break
		}
		here := at
		for key := range strings.SplitSeq(x.Key, ".") {
			here = here.Field(key)
		}
		text, hint, found := strings.Cut(x.Text, "; ")
		if !found {
			hint = "see the measures and credits in MEANING.md"
		}
		c.Complain(here, hint, "%s", text)
	}
	m, credit := at.Field("measure"), at.Field("credit")
	for key, n := range map[string]int64{
		"minimum_seconds": s.Measure.MinimumSeconds, "whole_seconds": s.Measure.WholeSeconds, "interval_seconds": s.Measure.IntervalSeconds, "gap_seconds": s.Measure.GapSeconds,
	} {
		c.atMost(m.Field(key), n, mostDays*daySeconds)
	}
	for key, n := range map[string]int64{
		"longer_seconds": s.Credit.LongerSeconds, "every_seconds": s.Credit.EverySeconds, "most_per_day": s.Credit.MostPerDay, "cap_months": s.Credit.CapMonths,
	} {
		c.atMost(credit.Field(key), n, mostDays*daySeconds)
	}
	for key, d := range map[string]*money.Decimal{"target": s.Measure.Target, "error_percent": s.Measure.ErrorPercent} {
		c.percentage(m.Field(key), d)
	}
	for key, d := range map[string]*money.Decimal{
		"factor": s.Credit.Factor, "percent": s.Credit.Percent, "cap_percent": s.Credit.CapPercent, "cap_amount": s.Credit.CapAmount, "minimum": s.Credit.Minimum,
	} {
		c.notNegative(credit.Field(key), d)
	}
	if s.Credit.Places != nil {
		c.atMost(credit.Field("places"), int64(*s.Credit.Places), mostPlaces)
	}
	for i := range s.Credit.Ladder {
		x, here := &s.Credit.Ladder[i], credit.Field("ladder").At(i)
		c.percentage(here.Field("below"), &x.Below)
		c.percentage(here.Field("from"), x.From)
		c.notNegative(here.Field("credit"), &x.Credit)
	}
	twins(c, at.Field("exclusions"), s.Exclusions, "kind", "the kind", func(x *service.SLAExclusion) string { return string(x.Kind) })
	for i := range s.Exclusions {
		c.atMost(at.Field("exclusions").At(i).Field("notice_hours"), s.Exclusions[i].NoticeHours, mostDays*24)
	}
	for key, d := range map[string]*service.SLADeadline{"notice": s.Notice, "claim": s.Claim} {
		if d != nil {
			c.atMost(at.Field(key).Field("count"), d.Count, mostMonths*31*24)
		}
	}
}

// unread reports whether an SLA is measured by an SLO of which was complained already.
func unread(s *service.SLA) bool { return s.Measure.OpenSLO != "" && s.Measure.Method == "" }

// percentage complains of what lies outside of 0 to 100; nil passes.
func (c *checker) percentage(at parse.Spot, d *money.Decimal) {
	if d != nil && (d.IsNegative() || d.GreaterThan(money.NewDecimal(100, 0))) {
		c.Complain(at, "write a percentage from 0 to 100, such as 99.95", "%s is none", d)
	}
}

// slaKeys complains of keys that mean nothing beside what else an SLA says.
func (c *checker) slaKeys(at parse.Spot, s *service.SLA) {
	if unread(s) {
		return
	}
	m, k := &s.Measure, &s.Credit
	useless := func(wrong bool, group, key, why string) {
		here := at
		if group != "" {
			here = here.Field(group)
		}
		if _, given := here.Field(key).Given(); given && wrong {
			c.Complain(here.Field(key), "remove it", "it means nothing %s", why)
		}
	}
	requests := m.Method == service.MethodRequests || m.Method == service.MethodErrorRates
	intervals := m.Method == service.MethodThreshold || m.Method == service.MethodErrorRates
	useless(m.Method != service.MethodThreshold, "measure", "error_percent", "but to the method threshold")
	useless(!intervals, "measure", "idle", "but to the methods threshold and error_rates")
	useless(m.Method == service.MethodMinutes || m.Method == service.MethodAffected, "measure", "interval_seconds", "to a method of incidents and probes")
	useless(m.Method == service.MethodMinutes || m.Method == service.MethodAffected, "measure", "gap_seconds", "to a method of incidents and probes")
	useless(m.Method != service.MethodMinutes, "measure", "evidence", "but to the method minutes")
	useless(requests, "measure", "minimum_seconds", "to a method of requests")
	useless(requests, "measure", "whole_seconds", "to a method of requests")
	useless(requests, "measure", "denominator", "to a method of requests")
	useless(requests, "measure", "partial_month", "to a method of requests")
	rule := k.Rule
	if rule == "" {
		rule = service.CreditLadder
	}
	useless(rule != service.CreditLadder, "credit", "ladder", "but to the rule ladder")
	useless(rule != service.CreditLostTime && rule != service.CreditShare, "credit", "factor", "but to the rules lost_time and share")
	for _, key := range []string{"percent", "longer_seconds", "every_seconds", "most_per_day"} {
		useless(rule != service.CreditIncident, "credit", key, "but to the rule incident")
	}
	hourly := rule == service.CreditLostTime || m.Window == service.WindowOfHour
	for _, key := range []string{"base", "without"} {
		useless(hourly && k.CapPercent == nil, "credit", key, "to a credit by the hour")
	}
	for _, key := range []string{"cap_percent", "cap_amount", "minimum", "places", "family", "future_payments"} {
		useless(rule == service.CreditNone, "credit", key, "without a credit")
	}
	useless(k.CapPercent == nil && k.CapAmount == nil, "credit", "cap_months", "without cap_percent or cap_amount")
	useless(k.Family == "", "credit", "stacking", "without a family")
	useless(s.Automatic, "", "notice", "where the credit comes by itself")
	useless(s.Automatic, "", "claim", "where the credit comes by itself")
	days := func(d *service.SLADeadline) bool { return d != nil && d.Unit == service.UnitBusinessDays }
	useless(!days(s.Notice) && !days(s.Claim), "", "holidays", "but to a deadline in business days")
	useless(s.Peer == "", "", "resale", "for our own promise")
}

// checkPromises holds what SLAs are held to against them.
func (c *checker) checkPromises(slas map[service.SLAID]slaSpot) {
	c.checkProblems()
	var names register
	registerList(c, &names, "promise", &c.Promises, func(p *service.Promise) string { return string(p.ID) })
	for i := range c.Promises.Items {
		p, at := &c.Promises.Items[i], c.Promises.Spots[i]
		for _, key := range []string{"offering"} {
			c.refer(at, key, &c.names.offerings, string(p.Offering))
		}
		for j, id := range p.Accounts {
			c.refer(at.Field("accounts").At(j), "", &c.names.accounts, string(id))
		}
		once(c, at.Field("accounts"), p.Accounts)
		once(c, at.Field("sub_accounts"), p.SubAccounts)
		twins(c, at.Field("resources"), p.Resources, "id", "the resource", func(x *service.PromisedResource) string { return x.ID })
		for j, x := range p.Resources {
			c.validity(at.Field("resources").At(j), schemas.Validity{From: x.From, To: x.To})
		}
		c.notNegative(at.Field("hourly_rate"), p.HourlyRate)
		c.payable(at.Field("currency"), p.Currency)
		if (p.HourlyRate == nil) != (p.Currency == "") {
			c.Complain(at.Field("currency"), "write both, or none", "hourly_rate and its currency stand together")
		}
		if !c.refer(at, "sla", &c.names.slas, string(p.SLA)) {
			continue
		}
		for j := range c.SLAs.Items {
			if c.SLAs.Items[j].ID == p.SLA {
				c.promise(at, p, &c.SLAs.Items[j])
			}
		}
		c.claims(at.Field("claims"), p, slas[p.SLA].sla)
	}
}

// promise holds a promise against one version of its SLA.
func (c *checker) promise(at parse.Spot, p *service.Promise, s *service.SLA) {
	hourly := s.Credit.Rule == service.CreditLostTime || s.Measure.Window == service.WindowOfHour
	together := s.Measure.Combine != "" && s.Measure.Combine != service.CombineEach
	switch {
	case len(s.Services) > 0 && !sla.Covers(&service.SLA{Services: s.Services}, p.Service, ""):
		c.Complain(at.Field("service"), parse.DidYouMean(p.Service, s.Services, "add it to services of the SLA"), "version %s of %s is not about %q", parse.Clip(s.Version), s.ID, parse.Clip(p.Service))
	case hourly && p.HourlyRate == nil:
		c.Complain(at.Field("hourly_rate"), "add hourly_rate and currency", "the credit of %s is by the hour, and nothing says what an hour costs", s.ID)
	case together && len(p.Resources) == 0:
		c.Complain(at.Field("resources"), "list its resources, or set measure.combine of the SLA to each", "%s judges resources together, and the promise has none", s.ID)
	case s.Credit.Base == service.BaseResource && len(p.Resources) == 0:
		c.Complain(at.Field("resources"), "list its resources, or set credit.base of the SLA to service", "the credit of %s is of the fees of a resource, and the promise has none", s.ID)
	}
	_, accounts := at.Field("accounts").Given()
	_, subs := at.Field("sub_accounts").Given()
	if s.Peer == "" {
		if p.Offering == "" {
			c.Complain(at.Field("offering"), "name the offering whose customers have the promise", "%s is ours, and nothing says whom it was made to", s.ID)
		}
		if subs {
			c.Complain(at.Field("sub_accounts"), "remove it; accounts says whom our promise was made to", "only a peer has sub-accounts, and %s is ours", s.ID)
		}
		return
	}
	if accounts {
		c.Complain(at.Field("accounts"), "remove it; sub_accounts says which fees of a peer count", "%s is a peer's promise to us", s.ID)
	}
	if passed := s.Resale == service.ResalePassedOn; passed != (p.Offering != "") {
		hint, what := "remove it, or set resale of the SLA to passed_on", "the credit of %s is ours to keep, and no offering has a part of it"
		if passed {
			hint, what = "name the offering in which the service is sold, or set resale of the SLA to reseller", "the credit of %s is passed on, and nothing says to whom"
		}
		c.Complain(at.Field("offering"), hint, what, s.ID)
	}
}

// claims complains of claims that nobody can have made.
func (c *checker) claims(list parse.Spot, p *service.Promise, s *service.SLA) {
	seen := map[string]bool{}
	for i := range p.Claims {
		x, at := &p.Claims[i], list.At(i)
		switch {
		case s.Automatic:
			c.Complain(at, "remove it", "the credit of %s comes without a claim", s.ID)
		case s.Peer == "" && x.Account == "":
			c.Complain(at.Field("account"), "name the account that claims", "a claim to us is a customer's")
		case s.Peer != "" && x.Account != "":
			c.Complain(at.Field("account"), "remove it", "a claim to a peer is ours")
		}
		c.refer(at, "account", &c.names.accounts, string(x.Account))
		if c.refer(at, "problem", &c.names.problems, string(x.Problem)) {
			raised := slices.IndexFunc(c.Raised.Items, func(p service.Problem) bool { return p.ID == x.Problem })
			if whose := c.Raised.Items[raised].Peer; whose != s.Peer {
				c.Complain(at.Field("problem"), "name a problem of the SLA's peer, or remove it", "%s was raised with %s", x.Problem, parse.Clip(string(whose)))
			}
		}
		key := keyOf(string(x.Period), string(x.Account))
		if seen[key] {
			c.Complain(at.Field("period"), "keep one of them", "the month is claimed already")
		}
		seen[key] = true
	}
}

// evidenceSource complains of keys that say how usage is read: evidence has columns of its own.
func (c *checker) evidenceSource(at parse.Spot) {
	for _, key := range []string{"key", "columns", "types", "constants", "ignore", "tolerate", "view", "mapping", "take"} {
		if _, given := at.Field(key).Given(); given {
			c.Complain(at.Field(key), "remove it", "%s is for usage, and evidence has columns of its own", key)
		}
	}
	if _, given := at.Field("limits").Field("depth").Given(); given {
		c.Complain(at.Field("limits").Field("depth"), "remove it", "a line of evidence does not nest")
	}
	if _, given := at.Field("bearable").Field("cost").Given(); given {
		c.Complain(at.Field("bearable").Field("cost"), "remove it; rows bounds what may be rejected", "evidence has no cost")
	}
}

// checkProblems holds what was raised with peers to what a problem is.
func (c *checker) checkProblems() {
	registerList(c, &c.names.problems, "problem", &c.Raised, func(p *service.Problem) string { return string(p.ID) })
	for i := range c.Raised.Items {
		p, at := &c.Raised.Items[i], c.Raised.Spots[i]
		c.refer(at, "peer", &c.names.peers, string(p.Peer))
		once(c, at.Field("incidents"), p.Incidents)
		for _, x := range []struct {
			key string
			day schemas.Date
		}{{"answered", p.Answered}, {"resolved", p.Resolved}} {
			if !x.day.IsZero() && x.day.Before(p.Opened) {
				c.Complain(at.Field(x.key), "correct the day, or that of opened", "%s lies before the day on which it was opened, %s", x.day, p.Opened)
			}
		}
	}
}
