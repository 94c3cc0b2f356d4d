package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// TestDeadlines has when a claim, or a notice, is too late.
func TestDeadlines(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	m := sla.Moments{
		Awareness: time.Date(2026, 10, 22, 15, 30, 0, 0, time.UTC), // a Thursday
		Incident:  time.Date(2026, 10, 22, 14, 0, 0, 0, time.UTC),
		MonthEnd:  time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC),
		CycleEnd:  time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC),
	}
	holidays := []schemas.Date{schemas.NewDate(2026, 10, 26)}
	for _, c := range []struct {
		count int64
		unit  service.DeadlineUnit
		from  service.DeadlineFrom
		want  string
	}{
		{24, service.UnitHours, service.FromAwareness, "2026-10-23T17:30:00+02:00"},
		{5, service.UnitBusinessDays, service.FromAwareness, "2026-10-31T00:00:00+01:00"}, // Fri, Tue to Fri; the clocks go back
		{15, service.UnitDays, service.FromIncident, "2026-11-06T16:00:00+01:00"},
		{30, service.UnitDays, service.FromMonthEnd, "2026-12-01T00:00:00+01:00"},
		{2, service.UnitMonths, service.FromCycleEnd, "2027-01-01T00:00:00+01:00"},
		{2, service.UnitCycles, service.FromIncident, "2027-01-01T00:00:00+01:00"},
		{1, service.UnitCycles, service.FromMonthEnd, "2026-12-01T00:00:00+01:00"},
	} {
		d := &service.SLADeadline{Count: c.count, Unit: c.unit, From: c.from}
		if got := sla.Deadline(d, &m, berlin, holidays).In(berlin).Format(time.RFC3339); got != c.want {
			t.Errorf("%d %s from %s: %s, want %s", c.count, c.unit, c.from, got, c.want)
		}
	}
	if got := sla.Deadline(&service.SLADeadline{Count: 1, Unit: service.UnitCycles, From: service.FromAwareness}, &sla.Moments{}, berlin, nil); !got.IsZero() {
		t.Errorf("from what is not known: %s", got)
	}
}

// A notice and a claim have deadlines of their own; one that counts from when an incident was known needs to know that.
func TestClaims(t *testing.T) {
	v := usual()
	v.Notice = &service.SLADeadline{Count: 24, Unit: service.UnitHours, From: service.FromAwareness}
	v.Claim = &service.SLADeadline{Count: 2, Unit: service.UnitCycles, From: service.FromIncident}
	a := ask(t, v)
	a.down("3 10:00", "3 12:00")
	results, err := sla.Judge(&a.Question)
	must(t, err)
	r := results[0]
	if r.Status != service.SLAReview || !strings.Contains(r.Reviews[0], "when it was known") || r.NoticeBy != when(t, "4 10:00") {
		t.Errorf("nobody knows when it was known: %s, %q, notice by %s", r.Status, r.Reviews, r.NoticeBy)
	}
	a.Evidence.Incidents[0].Known = when(t, "3 11:00")
	a.down("3 09:00", "3 09:00") // of no length, and known to nobody
	results, err = sla.Judge(&a.Question)
	must(t, err)
	r = results[0]
	if due, sure := r.Credit(); !sure || due.String() != "20" || r.NoticeBy != when(t, "4 11:00") || !r.ClaimBy.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) || fmt.Sprint(r.Incidents) != "[i1]" {
		t.Errorf("%s %t, notice by %s, claim by %s, for %v", due, sure, r.NoticeBy, r.ClaimBy, r.Incidents)
	}
	v.Automatic = true
	a.Versions = []service.SLA{v}
	results, err = sla.Judge(&a.Question)
	must(t, err)
	if r := results[0]; !r.ClaimBy.IsZero() || !r.Automatic {
		t.Errorf("what comes by itself must be claimed by %s", r.ClaimBy)
	}
}

// Only the greatest credit of a family stands, the first among equals, and none is taken back while one is undecided.
func TestStack(t *testing.T) {
	result := func(family, credit string, stacking service.SLAStacking, status service.SLAStatus) service.SLAResult {
		reading := service.SLAReading{Credit: dec(credit)}
		return service.SLAResult{ID: family + credit, Family: family, Stacking: stacking, Status: status, Least: reading, Most: reading}
	}
	for _, c := range []struct {
		results []service.SLAResult
		want    string
	}{
		{[]service.SLAResult{result("a", "5", "largest", "breached"), result("a", "9", "largest", "breached"), result("a", "9.00", "largest", "breached"), result("b", "2", "largest", "breached")}, "0 9 0 2"},
		{[]service.SLAResult{result("a", "5", "sum", "breached"), result("a", "9", "sum", "breached"), result("", "5", "largest", "breached"), result("", "9", "largest", "breached")}, "5 9 5 9"},
		{[]service.SLAResult{result("a", "5", "largest", service.SLAReview), result("a", "9", "largest", "breached")}, "5? 9?"},
		{[]service.SLAResult{result("a", "0", "largest", service.SLAReview), result("a", "9", "largest", "breached")}, "0? 9"},
	} {
		sla.Stack(c.results)
		var got []string
		for i := range c.results {
			text := c.results[i].Least.Credit.String()
			if c.results[i].Status == service.SLAReview {
				text += "?"
			}
			got = append(got, text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
}

func TestPassOn(t *testing.T) {
	parts, err := sla.PassOn(dec("10"), []money.Decimal{dec("1"), dec("0"), dec("2")}, 2)
	must(t, err)
	if fmt.Sprint(parts) != "[3.33 0 6.67]" {
		t.Errorf("%v", parts)
	}
	if _, err := sla.PassOn(dec("10"), []money.Decimal{dec("0")}, 2); err == nil {
		t.Error("nobody was charged, and somebody has the credit")
	}
}

// TestCheck has the complaint for each promise that cannot be judged.
func TestCheck(t *testing.T) {
	if v := usual(); sla.Check(&v) != nil {
		t.Errorf("%v", sla.Check(&v))
	}
	for want, spoil := range map[string]func(v *service.SLA){
		"measure.method is empty":                           func(v *service.SLA) { v.Measure.Method = "" },
		"measure.method error_rates needs interval_seconds": func(v *service.SLA) { v.Measure.Method, v.Measure.IntervalSeconds = service.MethodErrorRates, 0 },
		"measure.method threshold needs error_percent":      func(v *service.SLA) { v.Measure.Method = service.MethodThreshold },
		"measure.idle exclude needs unmeasured exclude": func(v *service.SLA) {
			v.Measure.Method, v.Measure.ErrorPercent, v.Measure.Idle, v.Measure.Unmeasured = service.MethodThreshold, pointer("5"), service.IdleExclude, service.UnmeasuredUp
		},
		"measure.unmeasured down: requests": func(v *service.SLA) {
			v.Measure.Method, v.Measure.Unmeasured = service.MethodRequests, service.UnmeasuredDown
		},
		"measure.whole_seconds has no effect": func(v *service.SLA) { v.Measure.Method, v.Measure.WholeSeconds = service.MethodAffected, 60 },
		"measure.combine all_down knows no affected share": func(v *service.SLA) {
			v.Measure.Method, v.Measure.Combine = service.MethodAffected, service.CombineAllDown
		},
		"measure.combine all_down needs a method of time": func(v *service.SLA) {
			v.Measure.Method, v.Measure.Combine = service.MethodRequests, service.CombineAllDown
		},
		"measure.window hour needs a method of time": func(v *service.SLA) {
			v.Measure.Method, v.Measure.Window = service.MethodRequests, service.WindowOfHour
		},
		"measure.window hour has no effect with": func(v *service.SLA) {
			v.Measure.Window, v.Measure.Combine = service.WindowOfHour, service.CombineSerial
		},
		"credit.rule lost_time needs a method of time": func(v *service.SLA) { v.Measure.Method, v.Credit.Rule = service.MethodRequests, service.CreditLostTime },
		"measure.denominator thirty_days is of a month": func(v *service.SLA) {
			v.Measure.Denominator, v.Measure.Window = service.DenominatorThirtyDays, service.WindowOfYear
		},
		"credit.rule incident needs percent":              func(v *service.SLA) { v.Credit.Rule = service.CreditIncident },
		"credit.rule ladder needs ladder":                 func(v *service.SLA) { v.Credit.Ladder = nil },
		"measure.window hour needs credit.rule ladder":    func(v *service.SLA) { v.Measure.Window, v.Credit.Rule = service.WindowOfHour, service.CreditNone },
		"begin with the highest bound":                    func(v *service.SLA) { v.Credit.Ladder[1].Below = dec("99.9") },
		"credit.ladder: 99 and the rung above it overlap": func(v *service.SLA) { v.Credit.Ladder[0].From = pointer("98") },
		"credit.ladder: from 99.9 is not below 99.9":      func(v *service.SLA) { v.Credit.Ladder[0].From = pointer("99.9") },
		"credit.ladder: tier gap [99,99.5)":               func(v *service.SLA) { v.Credit.Ladder[0].From = pointer("99.5") },
		"credit.ladder: tier gap [0,95)":                  func(v *service.SLA) { v.Credit.Ladder[1].From = pointer("95") },
		"claim needs count, unit and from":                func(v *service.SLA) { v.Claim = &service.SLADeadline{Count: 3} },
	} {
		v := usual()
		spoil(&v)
		if err := sla.Check(&v); err == nil || !strings.HasPrefix(err.Error(), "sla vm, version 1: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	a := ask(t, usual())
	a.Versions[0].Zone = "Europe/Berlin"
	if _, err := sla.Judge(&a.Question); err == nil || !strings.Contains(err.Error(), `begin in zone "Europe/Berlin", and it is judged in UTC`) {
		t.Errorf("another zone: %v", err)
	}
}
