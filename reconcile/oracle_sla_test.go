package reconcile_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"daybook/fixtures/published"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// serviceLevels run the cases of each method, from evidence to credit.
var serviceLevels = map[string]caseRunner{
	"time_minutes":                                     slaMinutes,
	"(MaxAvailable-Downtime)/MaxAvailable":             slaMinutes,
	"same":                                             slaMinutes,
	"deployed-minutes denominator":                     slaDeployed,
	"clock_hour_no_charge":                             slaHours,
	"hourly_uptime>=90%":                               slaHourly,
	"mean_of_5min_error_rates":                         slaErrorRates,
	"minimum credit > USD 1":                           slaMinimum,
	"minutes with error rate >5%":                      slaThreshold,
	"downtime minute = error rate >5% in a minute":     slaThreshold,
	"30-day month, cap 50% of amount due":              slaCap,
	"formula x multiplier":                             slaFormula,
	"customer planned downtime shrinks denominator":    slaFormula,
	"credit=(outage_min*affected_ratio)/scheduled_min": slaFormula,
	"mean 5-min error rate, trailing 30 days":          slaTrailing,
	"short-lived resource":                             slaShortLived,
	"unmeasured-minute policy":                         slaUnmeasured,
	"month clipping UTC":                               slaClipped,
	"month length in contract zone":                    slaZone,
	"tier validation":                                  slaGap,
	"claim window":                                     slaClaim,
	"no stacking across commitment families":           slaStack,
	"annual 5-minute periods":                          slaAnnual,
	"credit base per storage class per Region":         slaBase,
	"full-month denominator; not-running time counts as 100% available":            slaAssumeUp,
	"sum of deployment minutes over resources":                                     slaPooled,
	"product of availabilities":                                                    slaSerial,
	"sub-minute exclusion":                                                         slaWholeMinutes,
	"downtime period >= 10 consecutive minutes":                                    slaConsecutive,
	"per incident 5% per 30+ consecutive min if >1h, max 1/day, cap one week fees": slaIncidents,
	"event ratio vs mean of slice ratios":                                          slaEvents,
	"good/total and (total-bad)/total":                                             slaRequests,
	"interval union minus exclusions":                                              slaUnion,
}

// promise is a promise under test and what is known of its service: 100 EUR a month, by incidents, in September 2026.
type promise struct {
	service.SLA
	ask   sla.Question
	start time.Time
	// next is where the next incident is put.
	next time.Duration
}

func promised(c published.Case, m service.SLAMethod) *promise {
	p := &promise{SLA: service.SLA{
		ID: "availability", Version: "1", Zone: "UTC",
		Measure: service.SLAMeasure{
			Method: m, Evidence: service.EvidenceIncidents, Denominator: service.DenominatorCalendar, PartialMonth: service.PartialExisted,
			Unmeasured: service.UnmeasuredExclude,
		},
	}}
	for _, x := range c.Tiers {
		tier := published.Tree(x.(map[string]any))
		p.Credit.Ladder = append(p.Credit.Ladder, service.SLARung{Below: tier.Dec("uptime_below_pct"), Credit: tier.Dec("credit_pct")})
	}
	if len(c.Tiers) == 0 {
		p.Credit.Rule = service.CreditNone
	}
	p.fee("100")
	return p.in("2026-09", "UTC")
}

func (p *promise) fee(amount string) {
	p.ask.Fees = []sla.Fee{{Amount: money.MustDecimal(amount), Currency: "EUR"}}
}

func (p *promise) in(month schemas.Period, zone string) *promise {
	p.Zone = zone
	p.ask.Period, p.ask.Zone = month, time.UTC
	if zone != "UTC" {
		p.ask.Zone, _ = time.LoadLocation(zone)
	}
	p.start, _ = month.Bounds(p.ask.Zone)
	return p
}

// minutes chooses a month of that many minutes.
func (p *promise) minutes(t *testing.T, n money.Decimal) *promise {
	t.Helper()
	months := map[int64]schemas.Period{43_200: "2026-09", 44_640: "2026-08", 40_320: "2026-02"}
	m, ok := months[n.IntPart()]
	if !ok {
		t.Fatalf("no month has %s minutes", n)
	}
	return p.in(m, "UTC")
}

// down adds an incident after the last one, an hour apart.
func (p *promise) down(length money.Decimal, unit time.Duration) {
	d := time.Duration(length.Mul(money.NewDecimal(int64(unit), 0)).IntPart())
	if d <= 0 {
		return
	}
	p.outage(p.next, d)
	p.next += d + time.Hour
}

func (p *promise) outage(after, d time.Duration) {
	from := p.start.Add(after)
	p.ask.Evidence.Incidents = append(p.ask.Evidence.Incidents, service.Incident{ID: fmt.Sprint("i", len(p.ask.Evidence.Incidents)), Start: from, End: from.Add(d)})
}

// exists adds a resource that exists for so many minutes from the start of the month.
func (p *promise) exists(minutes money.Decimal) *promise {
	id := fmt.Sprint("r", len(p.ask.Resources))
	p.ask.Resources = append(p.ask.Resources, sla.Resource{ID: id, From: p.start, To: p.start.Add(time.Duration(minutes.IntPart()) * time.Minute)})
	return p
}

// judge asks about the promise; the answer is beyond doubt, and its arithmetic can be done again.
func (p *promise) judge(t *testing.T) service.SLAResult {
	t.Helper()
	p.ask.Versions = []service.SLA{p.SLA}
	results, err := sla.Judge(&p.ask)
	must(t, err)
	if len(results) != 1 {
		t.Fatalf("%d results: %+v", len(results), results)
	}
	r := results[0]
	if r.Status == service.SLAReview {
		t.Errorf("to be reviewed: %q", r.Reviews)
	}
	checkSteps(t, r.ID, r.Least.Steps)
	return r
}

// percentOf is an availability in percent, exact.
func percentOf(r *service.SLAResult) *big.Rat {
	u := new(big.Rat).Quo(r.Least.Uptime.Num.Rat(), r.Least.Uptime.Den.Rat())
	return u.Mul(u, big.NewRat(100, 1))
}

// expect compares what every case states: availability and credit.
func expect(t *testing.T, r *service.SLAResult, want published.Tree) {
	t.Helper()
	if text := want.Text("uptime_pct_exact"); text != "" {
		exact, _ := new(big.Rat).SetString(text)
		if percentOf(r).Cmp(exact) != 0 {
			t.Errorf("availability is %s percent, want %s", percentOf(r).RatString(), text)
		}
	}
	if want.Text("uptime_pct") != "" {
		same(t, "availability in percent", r.Least.UptimePercent, want.At("uptime_pct"))
	}
	if v := want.At("credit_pct"); v != nil {
		same(t, "credit in percent", r.Least.CreditPercent, v)
	}
	if v := want.At("breach"); v != nil && v != (r.Status == service.SLABreached) {
		t.Errorf("status %s, want a breach: %v", r.Status, v)
	}
	if v := want.At("credit_amount"); v != nil {
		same(t, "credit", r.Least.Credit, v)
	}
}

// firstOf is the first of the numbers that a case has.
func firstOf(in published.Tree, names ...string) money.Decimal {
	for _, n := range names {
		if in.At(n) != nil {
			return in.Dec(n)
		}
	}
	return money.Zero
}

func slaMinutes(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).minutes(t, firstOf(c.Input, "month_minutes", "max_available_minutes"))
	p.down(firstOf(c.Input, "region_unavailable_minutes", "instance_unavailable_minutes", "down", "downtime"), time.Minute)
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaDeployed(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).exists(c.Input.Dec("max_available_minutes"))
	p.down(c.Input.Dec("downtime"), time.Minute)
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaAssumeUp(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).minutes(t, c.Input.Dec("month_minutes")).exists(c.Input.Dec("running_minutes"))
	p.Measure.PartialMonth = service.PartialAssumeUp
	p.down(c.Input.Dec("down"), time.Minute)
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

// byHour waives every hour that is down for more than six minutes.
func byHour(c published.Case) *promise {
	p := promised(c, service.MethodMinutes)
	p.Measure.Window = service.WindowOfHour
	p.Credit = service.SLACredit{Ladder: []service.SLARung{{Below: money.NewDecimal(90, 0), Credit: money.NewDecimal(100, 0)}}}
	rate := money.MustDecimal("0.10")
	p.ask.HourlyRate, p.ask.Currency = &rate, "EUR"
	return p
}

func slaHours(t *testing.T, c published.Case) {
	p := byHour(c)
	rate := c.Input.Dec("hourly_rate")
	p.ask.HourlyRate = &rate
	for i, m := range c.Input.List("unavailable_minutes_in_clock_hours") {
		p.outage(time.Duration(i)*time.Hour, time.Duration(published.Dec(m).IntPart())*time.Minute)
	}
	r := p.judge(t)
	same(t, "hours", money.NewDecimal(r.Least.Events, 0), c.Expected.At("hours_not_charged"))
	same(t, "waived", r.Least.Credit, c.Expected.At("waived_charge"))
}

func slaHourly(t *testing.T, c published.Case) {
	waived := int64(0)
	for i, m := range c.Input.List("unavailable_minutes") {
		p := byHour(c).exists(money.NewDecimal(60, 0))
		p.down(published.Dec(m), time.Minute)
		r := p.judge(t)
		same(t, "availability of the hour", r.Least.UptimePercent, c.Expected.At("hourly_uptime_pct", i))
		waived += r.Least.Events
	}
	same(t, "hours", money.NewDecimal(waived, 0), c.Expected.At("hours_not_charged"))
}

// count makes a counter grow by requests and errors in each interval.
func (p *promise) count(seconds, intervals int64, of func(i int64) (total, errors int64)) {
	p.Measure.IntervalSeconds = seconds
	total, errors := int64(1000), int64(7)
	for i := range intervals + 1 {
		if i > 0 {
			n, bad := of(i - 1)
			total, errors = total+n, errors+bad
		}
		if i == intervals/2 { // a restart, seen with the interval's requests only
			total, errors = 0, 0
			if i > 0 {
				total, errors = of(i - 1)
			}
		}
		p.ask.Evidence.Counters = append(p.ask.Evidence.Counters, service.CounterReading{
			At: p.start.Add(time.Duration(i*seconds) * time.Second), Total: total, Errors: errors,
		})
	}
}

func slaErrorRates(t *testing.T, c published.Case) {
	n := c.Input.Dec("intervals").IntPart()
	p := promised(c, service.MethodErrorRates).minutes(t, money.NewDecimal(n*5, 0))
	p.count(300, n, func(i int64) (int64, int64) {
		if c.Input.At("failed_interval") != nil {
			if i == 17 {
				return c.Input.Dec("failed_interval", "requests").IntPart(), c.Input.Dec("failed_interval", "errors").IntPart()
			}
			return c.Input.Dec("other_intervals", "requests").IntPart(), c.Input.Dec("other_intervals", "errors").IntPart()
		}
		if i < c.Input.Dec("intervals_100pct_error").IntPart() {
			return 3 + i%5, 3 + i%5
		}
		return i % 3 * 100, 0 // every third interval is idle
	})
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaTrailing(t *testing.T, c published.Case) {
	n := c.Input.Dec("intervals").IntPart()
	p := promised(c, service.MethodErrorRates).in("2026-08", "UTC")
	p.Measure.Window = service.WindowOfThirtyDays
	target := c.Input.Dec("slo_pct")
	p.Measure.Target = &target
	p.start = p.start.AddDate(0, 0, 1)
	bad := c.Input.Dec("intervals_100pct_error").IntPart()
	p.count(300, n, func(i int64) (int64, int64) { return 4, 4 * max(0, min(1, bad-i)) })
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaThreshold(t *testing.T, c published.Case) {
	p := promised(c, service.MethodThreshold).minutes(t, c.Input.Dec("month_minutes"))
	five := money.NewDecimal(5, 0)
	p.Measure.ErrorPercent = &five
	over, even := firstOf(c.Input, "minutes_error_rate_6pct", "downtime_minutes").IntPart(), c.Input.Dec("minutes_error_rate_5pct").IntPart()
	if c.Expected.At("credit_pct") != nil && len(c.Tiers) == 0 { // a published sentence in place of a ladder: below 99.9 percent, 10
		p.Credit = service.SLACredit{Ladder: []service.SLARung{{Below: money.MustDecimal("99.9"), Credit: money.NewDecimal(10, 0)}}}
	}
	p.count(60, c.Input.Dec("month_minutes").IntPart(), func(i int64) (int64, int64) {
		switch {
		case i < over:
			return 100, 6
		case i < over+even:
			return 100, 5
		}
		return 100, 0
	})
	r := p.judge(t)
	expect(t, &r, c.Expected)
}
