package reconcile_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/published"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

func slaMinimum(t *testing.T, c published.Case) {
	one := money.One
	for i, fee := range c.Input.List("charge") {
		p := promised(c, service.MethodMinutes)
		p.Credit = service.SLACredit{Minimum: &one, Ladder: []service.SLARung{{Below: money.NewDecimal(99, 0), Credit: c.Input.Dec("credit_pct")}}}
		p.fee(fmt.Sprint(fee))
		p.down(money.NewDecimal(1000, 0), time.Minute)
		r := p.judge(t)
		if r.Least.Credit.IsPositive() != c.Expected.At("issued", i) {
			t.Errorf("of %v: credit %s, want issued %v", fee, r.Least.Credit, c.Expected.At("issued", i))
		}
	}
}

func slaCap(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).minutes(t, c.Input.Dec("month_minutes"))
	half := money.NewDecimal(50, 0)
	p.Measure.Denominator = service.DenominatorThirtyDays
	p.Credit.Base, p.Credit.CapPercent = service.BaseDue, &half
	p.fee(c.Input.Text("amount_due"))
	p.down(c.Input.Dec("downtime"), time.Minute)
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaFormula(t *testing.T, c published.Case) {
	p := promised(c, service.MethodAffected).minutes(t, firstOf(c.Input, "month_minutes", "scheduled_availability_minutes"))
	places, factor := int32(4), money.One
	if c.Input.At("multiplier") != nil {
		factor = c.Input.Dec("multiplier")
	}
	p.Credit = service.SLACredit{Rule: service.CreditShare, Factor: &factor, Places: &places}
	if c.Input.At("monthly_fee") != nil {
		p.fee(c.Input.Text("monthly_fee"))
	} else {
		p.fee("5000")
	}
	p.down(c.Input.Dec("outage_minutes"), time.Minute)
	share := c.Input.Dec("affected_customer_ratio")
	p.ask.Evidence.Incidents[0].Share = &share
	if planned := c.Input.Dec("customer_planned_downtime"); planned.IsPositive() {
		p.Exclusions = []service.SLAExclusion{{Kind: service.NoticeCustomer, Effect: service.EffectScheduled}}
		from := p.start.Add(p.next)
		p.ask.Evidence.Notices = []service.MaintenanceNotice{{ID: "n", Kind: service.NoticeCustomer, Start: from, End: from.Add(time.Duration(planned.IntPart()) * time.Minute)}}
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
	if v := c.Expected.Text("credit_fraction"); v != "" {
		want := money.MustDecimal(v)
		lost, err := money.DivRound(r.Least.Lost, r.Least.Whole, -want.Exponent(), money.HalfEven)
		must(t, err)
		same(t, "credit as a fraction", lost, v)
	}
	if v := c.Expected.At("credit_on_fee_5000"); v != nil {
		same(t, "credit", r.Least.Credit, v)
	}
}

func slaShortLived(t *testing.T, c published.Case) {
	days := c.Input.Dec("window_days").Mul(money.NewDecimal(1440, 0))
	for policy, want := range map[service.SLAPartial]string{service.PartialExisted: "measured_only_pct", service.PartialAssumeUp: "extended_pct"} {
		p := promised(c, service.MethodMinutes).minutes(t, days).exists(c.Input.Dec("alive_minutes"))
		p.Measure.PartialMonth = policy
		p.down(c.Input.Dec("down_minutes"), time.Minute)
		r := p.judge(t)
		same(t, want, r.Least.UptimePercent, c.Expected.At(want))
	}
}

func slaUnmeasured(t *testing.T, c published.Case) {
	for policy, want := range map[service.SLAUnmeasured]string{
		service.UnmeasuredExclude: "exclude_pct", service.UnmeasuredUp: "assume_up_pct", service.UnmeasuredDown: "assume_down_pct",
	} {
		p := promised(c, service.MethodMinutes).minutes(t, c.Input.Dec("month_minutes"))
		p.Measure.Evidence, p.Measure.Unmeasured = service.EvidenceProbes, policy
		for i := range c.Input.Dec("measured").IntPart() {
			p.ask.Evidence.Probes = append(p.ask.Evidence.Probes, service.Probe{At: p.start.Add(time.Duration(i) * time.Minute), Seconds: 60, Up: i >= c.Input.Dec("down").IntPart()})
		}
		r := p.judge(t)
		same(t, want, r.Least.UptimePercent, c.Expected.At(want))
		coverage, err := r.Coverage.Apply(money.NewDecimal(100, 0), 6, money.HalfEven)
		must(t, err)
		same(t, "coverage", coverage, c.Expected.At("coverage_pct"))
	}
}

func slaClipped(t *testing.T, c published.Case) {
	var times []time.Time
	for _, x := range c.Input.List("incident") {
		at, err := time.Parse(time.RFC3339, x.(string))
		must(t, err)
		times = append(times, at)
	}
	for i, name := range []string{"july_minutes", "august_minutes"} {
		p := promised(c, service.MethodMinutes).in(schemas.PeriodOf(times[i], time.UTC), "UTC")
		p.ask.Evidence.Incidents = []service.Incident{{ID: "i", Start: times[0], End: times[1]}}
		r := p.judge(t)
		same(t, name, r.Least.Lost, c.Expected.Dec(name).Mul(money.NewDecimal(60, 0)))
	}
}

func slaZone(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).in(schemas.Period(c.Input.Text("month")), c.Input.Text("zone"))
	p.down(c.Input.Dec("down"), time.Minute)
	r := p.judge(t)
	same(t, "minutes", r.Least.Whole, c.Input.Dec("month_minutes").Mul(money.NewDecimal(60, 0)))
	expect(t, &r, c.Expected)
}

var number = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// plain writes every number of a text the same way.
func plain(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string { return money.MustDecimal(n).String() })
}

func slaGap(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes)
	p.Credit = service.SLACredit{}
	for rung := range strings.SplitSeq(c.Input.Text("tiers_text"), ";") {
		var n []money.Decimal
		for _, x := range number.FindAllString(rung, -1) {
			n = append(n, money.MustDecimal(x))
		}
		x := service.SLARung{Below: n[0], Credit: n[len(n)-1]}
		if len(n) > 2 {
			x.From = &n[1]
		}
		p.Credit.Ladder = append(p.Credit.Ladder, x)
	}
	slices.Reverse(p.Credit.Ladder)
	if err := sla.Check(&p.SLA); err == nil || !strings.Contains(plain(err.Error()), plain(c.Expected.Text("validation_error"))) {
		t.Errorf("check: %v, want %s", err, c.Expected.Text("validation_error"))
	}
	lost := money.NewDecimal(100, 0).Sub(c.Input.Dec("uptime_pct")).Shift(-2).Mul(money.NewDecimal(43_200*60, 0))
	p.down(lost, time.Second)
	p.ask.Versions = []service.SLA{p.SLA}
	results, err := sla.Judge(&p.ask)
	must(t, err)
	if r := results[0]; r.Status != service.SLAReview || r.Least.Credit.Equal(r.Most.Credit) {
		t.Errorf("in the gap: %s, credit %s to %s", r.Status, r.Least.Credit, r.Most.Credit)
	}
}

func slaClaim(t *testing.T, c published.Case) {
	eligible, err := time.Parse(time.RFC3339, c.Input.Text("eligible_at"))
	must(t, err)
	p := promised(c, service.MethodMinutes).in(schemas.PeriodOf(eligible, time.UTC).Previous(), "UTC")
	p.Credit = service.SLACredit{Ladder: []service.SLARung{{Below: money.NewDecimal(99, 0), Credit: money.NewDecimal(10, 0)}}}
	p.Claim = &service.SLADeadline{Count: c.Input.Dec("rule_days").IntPart(), Unit: service.UnitDays, From: service.FromMonthEnd}
	p.down(money.NewDecimal(1000, 0), time.Minute)
	r := p.judge(t)
	if got := r.ClaimBy.Format(time.RFC3339); got != c.Expected.Text("claim_deadline") {
		t.Errorf("claim by %s, want %s", got, c.Expected.Text("claim_deadline"))
	}
}

func slaStack(t *testing.T, c published.Case) {
	var all []service.SLAResult
	for _, name := range []string{"single_db_credit", "multi_az_credit"} {
		p := promised(c, service.MethodMinutes)
		p.ID = service.SLAID(name)
		p.Credit = service.SLACredit{Family: "databases", Ladder: []service.SLARung{{Below: money.NewDecimal(99, 0), Credit: money.NewDecimal(100, 0)}}}
		p.fee(c.Input.Text(name))
		p.down(money.NewDecimal(1000, 0), time.Minute)
		all = append(all, p.judge(t))
	}
	sla.Stack(all)
	same(t, "credit", all[0].Least.Credit.Add(all[1].Least.Credit), c.Expected.At("credit"))
}

func slaAnnual(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).in("2026-12", "UTC")
	p.Measure.Window, p.Measure.WholeSeconds = service.WindowOfYear, 300
	target := money.MustDecimal("99.95")
	p.Measure.Target = &target
	p.start = p.start.AddDate(0, -11, 0)
	for range c.Input.Dec("periods_region_unavailable").IntPart() {
		p.down(money.NewDecimal(5, 0), time.Minute)
	}
	r := p.judge(t)
	same(t, "periods", r.Least.Whole, c.Input.Dec("periods_total").Mul(money.NewDecimal(300, 0)))
	expect(t, &r, c.Expected)
}

func slaBase(t *testing.T, c published.Case) {
	ladders := map[string]string{"Standard": "99.9 10 99 25 95 100", "StandardIA": "99 10 98 25 95 100"}
	total := money.Zero
	for _, class := range []string{"Standard", "StandardIA"} {
		p := promised(c, service.MethodMinutes)
		p.Services, p.Credit = []string{class}, service.SLACredit{}
		f := strings.Fields(ladders[class])
		for i := 0; i < len(f); i += 2 {
			p.Credit.Ladder = append(p.Credit.Ladder, service.SLARung{Below: money.MustDecimal(f[i]), Credit: money.MustDecimal(f[i+1])})
		}
		region := c.Input.Text("region")
		p.ask.Service, p.ask.Region, p.ask.Fees = class, region, nil
		for _, other := range []string{"Standard", "StandardIA"} {
			p.ask.Fees = append(p.ask.Fees,
				sla.Fee{Place: service.Place{Service: other, Region: region}, Amount: c.Input.Dec("charges", other), Currency: "USD"},
				sla.Fee{Place: service.Place{Service: other, Region: "elsewhere"}, Amount: c.Input.Dec("other_region_charges"), Currency: "USD"})
		}
		p.down(money.NewDecimal(100, 0).Sub(c.Input.Dec("uptime_pct")).Shift(-2).Mul(money.NewDecimal(43_200*60, 0)), time.Second)
		r := p.judge(t)
		same(t, class, r.Least.Credit, c.Expected.At("credit", class))
		total = total.Add(r.Least.Credit)
	}
	same(t, "total", total, c.Expected.At("total"))
}

// parts are resources, each with an incident of its own.
func (p *promise) parts(exists, down money.Decimal, unit time.Duration) {
	p.exists(exists)
	before := len(p.ask.Evidence.Incidents)
	p.next = 0
	p.down(down, unit)
	for i := before; i < len(p.ask.Evidence.Incidents); i++ {
		p.ask.Evidence.Incidents[i].Resource = p.ask.Resources[len(p.ask.Resources)-1].ID
	}
}

func slaPooled(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes)
	p.Measure.Combine = service.CombinePooled
	for i := range c.Input.List("deployment_minutes") {
		p.parts(c.Input.Dec("deployment_minutes", i), c.Input.Dec("downtime", i), time.Minute)
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaSerial(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes)
	p.Measure.Combine = service.CombineSerial
	for _, x := range c.Input.List("components_pct") {
		lost := money.NewDecimal(100, 0).Sub(published.Dec(x)).Shift(-2).Mul(money.NewDecimal(43_200*60, 0))
		p.parts(money.NewDecimal(43_200, 0), lost, time.Second)
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaWholeMinutes(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).minutes(t, c.Input.Dec("month_minutes"))
	p.Measure.MinimumSeconds, p.Measure.WholeSeconds = 60, 60
	for _, x := range c.Input.List("outages_seconds") {
		p.down(published.Dec(x), time.Second)
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaConsecutive(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes).minutes(t, c.Input.Dec("month_minutes"))
	p.Measure.MinimumSeconds = 600
	for _, x := range c.Input.List("outages_minutes") {
		p.down(published.Dec(x), time.Minute)
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
}

func slaIncidents(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes)
	five, week := money.NewDecimal(5, 0), c.Input.Dec("week_cap")
	p.Credit = service.SLACredit{Rule: service.CreditIncident, Percent: &five, LongerSeconds: 3600, EverySeconds: 1800, MostPerDay: 1, CapAmount: &week}
	p.fee(c.Input.Text("monthly_fee"))
	for i := range c.Input.List("outages") {
		day := time.Duration(c.Input.Dec("outages", i, "day").IntPart()) * 24 * time.Hour
		p.outage(day+time.Duration(i)*3*time.Hour, time.Duration(c.Input.Dec("outages", i, "minutes").IntPart())*time.Minute)
	}
	r := p.judge(t)
	expect(t, &r, c.Expected)
	same(t, "credits", money.NewDecimal(r.Least.Events, 0), c.Expected.At("credits"))
}

func slaEvents(t *testing.T, c published.Case) {
	for method, want := range map[service.SLAMethod]string{service.MethodRequests: "event_based_pct", service.MethodErrorRates: "time_based_pct"} {
		p := promised(c, method)
		p.Measure.Idle = service.IdleExclude
		p.Measure.IntervalSeconds = 300
		for i := range c.Input.List("good") {
			from := p.start.Add(time.Duration(i) * 5 * time.Minute)
			total := c.Input.Dec("total", i).IntPart()
			p.ask.Evidence.Requests = append(p.ask.Evidence.Requests, service.RequestCount{Start: from, End: from.Add(5 * time.Minute), Total: total, Errors: total - c.Input.Dec("good", i).IntPart()})
		}
		r := p.judge(t)
		same(t, want, r.Least.UptimePercent, c.Expected.At(want))
	}
}

func slaRequests(t *testing.T, c published.Case) {
	total := c.Input.Dec("total").IntPart()
	for _, errors := range []int64{total - c.Input.Dec("good").IntPart(), c.Input.Dec("bad").IntPart()} {
		p := promised(c, service.MethodRequests)
		p.ask.Evidence.Requests = []service.RequestCount{{Start: p.start, End: p.start.AddDate(0, 1, 0), Total: total, Errors: errors}}
		r := p.judge(t)
		expect(t, &r, c.Expected)
	}
}

func slaUnion(t *testing.T, c published.Case) {
	p := promised(c, service.MethodMinutes)
	p.Exclusions = []service.SLAExclusion{{Kind: service.NoticeMaintenance}}
	clock := func(path ...any) time.Time {
		at, err := time.Parse("15:04", c.Input.At(path...).(string))
		must(t, err)
		return p.start.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	}
	for i := range c.Input.List("incidents") {
		p.ask.Evidence.Incidents = append(p.ask.Evidence.Incidents, service.Incident{ID: fmt.Sprint(i), Start: clock("incidents", i, 0), End: clock("incidents", i, 1)})
	}
	for i := range c.Input.List("exclusions") {
		p.ask.Evidence.Notices = append(p.ask.Evidence.Notices, service.MaintenanceNotice{ID: fmt.Sprint(i), Kind: service.NoticeMaintenance, Start: clock("exclusions", i, 0), End: clock("exclusions", i, 1)})
	}
	r := p.judge(t)
	sixty := money.NewDecimal(60, 0)
	for name, got := range map[string]money.Decimal{"gross_minutes": r.Least.Reported, "excluded_minutes": r.Least.Excluded, "eligible_minutes": r.Least.Lost} {
		same(t, name, got, c.Expected.Dec(name).Mul(sixty))
	}
}
