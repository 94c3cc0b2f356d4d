package sla_test

import (
	"fmt"
	"testing"
	"time"

	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/service"
)

// corners are judgements in which one rule meets another.
var corners = map[string]func(a *asked) string{
	"all of a month of 31 days that counts as 30": func(a *asked) string {
		a.Versions[0].Measure.Denominator, a.Period = service.DenominatorThirtyDays, "2026-10"
		a.down("1 00:00", "1 00:01").End = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
		return "1 breached; 2592000 of 2592000 lost, 0 excluded, 50"
	},
	"what is down before it exists is not": func(a *asked) string {
		a.Versions[0].Measure.PartialMonth = service.PartialAssumeUp
		a.Resources = []sla.Resource{{ID: "x", From: when(a, "2 00:00")}}
		a.down("1 12:00", "2 01:00")
		return "1 x breached; 3600 of 2592000 lost, 0 excluded, 20"
	},
	"planned for one replica, and down with the other": func(a *asked) string {
		a.Versions[0].Measure.Combine = service.CombineAllDown
		a.Resources = []sla.Resource{{ID: "x"}, {ID: "y"}}
		a.down("1 00:00", "1 03:00")
		a.notice(service.NoticeCustomer, "1 00:00", "1 01:00", "-")
		a.Evidence.Notices[0].Resource = "x"
		return "1 breached; 7200 of 2592000 lost, 3600 excluded, 20"
	},
	"time without any replica makes no downtime longer": func(a *asked) string {
		a.Versions[0].Measure.Combine, a.Versions[0].Measure.MinimumSeconds = service.CombineAllDown, 600
		a.Resources = []sla.Resource{{ID: "x", From: when(a, "2 00:00")}, {ID: "y", From: when(a, "2 00:05")}}
		a.down("2 00:00", "2 00:30").Resource = "x"
		return "1 kept; 0 of 2505600 lost, 300 excluded, 0"
	},
	"two that touch are long enough together": func(a *asked) string {
		a.Versions[0].Measure.MinimumSeconds = 3000
		a.down("2 00:00", "2 00:30")
		a.down("2 00:30", "2 01:00")
		return "1 breached; 3600 of 2592000 lost, 0 excluded, 20"
	},
	"half in the month before, and long enough in all": func(a *asked) string {
		a.Versions[0].Measure.MinimumSeconds = 3600
		a.down("1 00:00", "1 00:50").Start = time.Date(2026, 8, 31, 23, 50, 0, 0, time.UTC)
		return "1 breached; 3000 of 2592000 lost, 0 excluded, 20"
	},
	"an incident of another month is no evidence of this one": func(a *asked) string {
		a.Versions[0].Measure.Evidence = ""
		a.down("1 00:00", "1 00:00").Start = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 0 of 2592000 lost, 0 excluded, 0; " +
			"no evidence was delivered, and the SLA does not say that none means no incident; set measure.evidence"
	},
	"errors before the promise began": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.IntervalSeconds = service.MethodErrorRates, 86400
		a.Versions[0].Validity.From = schemas.NewDate(2026, 9, 15)
		for day := 1; day <= 31; day++ {
			a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{At: when(a, "1 00:00").AddDate(0, 0, day-1), Total: int64(day * 100), Errors: int64(day)})
		}
		return "1 breached; 0.16 of 30 lost, 0 excluded, 20"
	},
	"errors in an interval that a notice covers in part": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.IntervalSeconds = service.MethodErrorRates, 86400*10
		a.notice(service.NoticeMaintenance, "2 00:00", "3 00:00", "1 00:00")
		a.read("1 00:00", 0, 0)
		a.read("11 00:00", 100, 10)
		a.read("21 00:00", 200, 10)
		a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "s", At: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Total: 300, Errors: 10})
		return "1 review_required; 0 of 3 lost, 0.1 excluded, 0; 0.1 of 3 lost, 0 excluded, 50; requests failed in an interval that a notice covers in part, at 2026-09-01T00:00:00Z; count them in shorter intervals"
	},
	"one of two series stops for days": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.IntervalSeconds = service.MethodErrorRates, 86400
		for day := 1; day <= 32; day++ { // beyond the month's end
			at := when(a, "1 00:00").AddDate(0, 0, day-1)
			a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "s", At: at, Total: int64(day * 100)})
			if day < 5 || day > 7 {
				a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "t", At: at, Total: int64(day * 100), Errors: int64(day * 10)})
			}
		}
		return "1 breached; 1.3 of 26 lost, 0 excluded, 50"
	},
	"counts that go on beyond the month are the next one's": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.IntervalSeconds = service.MethodErrorRates, 86400
		for day := range 32 {
			at := time.Date(2026, 8, 31+day, 12, 0, 0, 0, time.UTC)
			a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "s", At: at, Total: int64(day * 100), Errors: int64(max(0, day-29))})
		}
		return "1 kept; 0.01 of 30 lost, 0 excluded, 0"
	},
	"a cap of one month does not look at others": func(a *asked) string {
		a.Versions[0].Credit.CapPercent, a.Credited = pointer("50"), dec("195")
		a.down("1 00:00", "1 10:00")
		return "1 breached; 36000 of 2592000 lost, 0 excluded, 50"
	},
	"the tighter of two caps": func(a *asked) string {
		a.Versions[0].Credit.CapPercent, a.Versions[0].Credit.CapAmount = pointer("10"), pointer("30")
		a.down("1 00:00", "1 10:00")
		return "1 breached; 36000 of 2592000 lost, 0 excluded, 20"
	},
	"more was credited than the cap has": func(a *asked) string {
		a.Versions[0].Credit.CapAmount, a.Versions[0].Credit.CapMonths, a.Credited = pointer("30"), 12, dec("31")
		a.down("1 00:00", "1 10:00")
		return "1 breached; 36000 of 2592000 lost, 0 excluded, 0"
	},
	"a month without downtime is the last version's": func(a *asked) string {
		next := usual()
		next.Version, next.Validity.From = "0", schemas.NewDate(2026, 9, 15)
		a.Versions = []service.SLA{next, a.Versions[0]}
		return "0 kept; 0 of 2592000 lost, 0 excluded, 0"
	},
	"of two versions for a day the one that was known later": func(a *asked) string {
		next := usual()
		next.Version, next.Validity.KnownSince = "0", schemas.NewDate(2026, 9, 20)
		a.Versions[0].Validity.From = schemas.NewDate(2026, 1, 1)
		a.Versions = append(a.Versions, next)
		a.down("15 00:00", "15 02:00")
		return "0 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"unless nobody knew it yet": func(a *asked) string {
		next := usual()
		next.Version, next.Validity.KnownSince = "0", schemas.NewDate(2026, 9, 20)
		a.Versions = append(a.Versions, next)
		a.AsOf = schemas.NewDate(2026, 9, 19)
		a.down("15 00:00", "15 02:00")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"requests that an excluded stretch takes away": func(a *asked) string {
		a.Versions[0].Measure.Method = service.MethodRequests
		a.notice(service.NoticeCustomer, "1 00:00", "2 00:00", "-")
		a.notice(service.NoticeMaintenance, "2 00:00", "3 00:00", "1 00:00")
		for day := 1; day <= 4; day++ {
			from := when(a, fmt.Sprint(day, " 00:00"))
			a.Evidence.Requests = append(a.Evidence.Requests, service.RequestCount{Start: from, End: from.AddDate(0, 0, 1), Total: 1000, Errors: 7})
		}
		return "1 breached; 14 of 3000 lost, 14 excluded, 20"
	},
}

func TestCorners(t *testing.T) {
	for name, lay := range corners {
		t.Run(name, func(t *testing.T) {
			a := ask(t, usual())
			a.want(lay(a))
		})
	}
}

// The first who knew counts, and what was not measured and counts as down began with the first such interval.
func TestFirstOfAll(t *testing.T) {
	v := usual()
	v.Notice = &service.SLADeadline{Count: 24, Unit: service.UnitHours, From: service.FromAwareness}
	a := ask(t, v)
	a.down("3 10:00", "3 12:00").Known = when(t, "3 11:00")
	a.down("5 10:00", "5 12:00").Known = when(t, "5 11:00")
	a.down("2 10:00", "2 12:00").Known = when(t, "4 11:00")
	results, err := sla.Judge(&a.Question)
	must(t, err)
	if r := results[0]; r.NoticeBy != when(t, "4 11:00") {
		t.Errorf("notice by %s", r.NoticeBy)
	}
	v = usual()
	v.Measure.Method, v.Measure.IntervalSeconds, v.Measure.Unmeasured = service.MethodErrorRates, 86400, service.UnmeasuredDown
	v.Claim = &service.SLADeadline{Count: 15, Unit: service.UnitDays, From: service.FromIncident}
	a = ask(t, v)
	a.read("1 00:00", 0, 0)
	a.read("2 00:00", 10, 0)
	results, err = sla.Judge(&a.Question)
	must(t, err)
	if r := results[0]; r.ClaimBy != when(t, "17 00:00") || r.Least.Lost.String() != "29" || r.Coverage.String() != "86400/2592000" {
		t.Errorf("claim by %s, %s lost, %s measured", r.ClaimBy, r.Least.Lost, r.Coverage)
	}
}
