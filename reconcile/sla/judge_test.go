package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/reconcile/sheet"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

const month = schemas.Period("2026-09") // thirty days of 43,200 minutes

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dec(s string) money.Decimal { return money.MustDecimal(s) }

func pointer(s string) *money.Decimal {
	d := dec(s)
	return &d
}

// when reads "2 10:00", a day of the month and a time; "-" is no time.
func when(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "-" {
		return time.Time{}
	}
	var day, hour, minute, second int
	n, err := fmt.Sscanf(s, "%d %d:%d:%d", &day, &hour, &minute, &second)
	if n < 3 {
		t.Fatalf("%q is no time: %v", s, err)
	}
	return time.Date(2026, 9, day, hour, minute, second, 0, time.UTC)
}

// usual is a promise that leaves nothing open: minutes of incidents, below 99.9 percent 10, below 99 percent 25.
func usual() service.SLA {
	return service.SLA{
		ID: "vm", Version: "1", Zone: "UTC",
		Measure: service.SLAMeasure{
			Method: service.MethodMinutes, Evidence: service.EvidenceIncidents, Denominator: service.DenominatorCalendar, PartialMonth: service.PartialExisted,
			Unmeasured: service.UnmeasuredExclude, IntervalSeconds: 300,
		},
		Exclusions: []service.SLAExclusion{
			{Kind: service.NoticeMaintenance, NoticeHours: 24}, {Kind: service.NoticeCustomer, Effect: service.EffectScheduled}, {Kind: service.NoticeEmergency, Effect: service.EffectCounts},
		},
		Credit: service.SLACredit{Ladder: []service.SLARung{{Below: dec("99.9"), Credit: dec("10")}, {Below: dec("99"), Credit: dec("25")}}},
	}
}

// asked is a question under construction.
type asked struct {
	*testing.T
	sla.Question
}

func ask(t *testing.T, versions ...service.SLA) *asked {
	return &asked{t, sla.Question{Versions: versions, Zone: time.UTC, Period: month, Service: "vm", Fees: []sla.Fee{{Place: service.Place{Service: "vm"}, Amount: dec("200"), Currency: "EUR"}}}}
}

func (a *asked) down(from, to string) *service.Incident {
	list := &a.Evidence.Incidents
	*list = append(*list, service.Incident{ID: fmt.Sprint("i", len(*list)+1), Start: when(a, from), End: when(a, to)})
	return &(*list)[len(*list)-1]
}

func (a *asked) notice(kind service.NoticeKind, from, to, announced string) {
	list := &a.Evidence.Notices
	*list = append(*list, service.MaintenanceNotice{ID: fmt.Sprint("n", len(*list)+1), Kind: kind, Start: when(a, from), End: when(a, to), Announced: when(a, announced)})
}

func (a *asked) probe(up bool, at string, seconds int64) {
	a.Evidence.Probes = append(a.Evidence.Probes, service.Probe{At: when(a, at), Seconds: seconds, Up: up})
}

func (a *asked) read(at string, total, errors int64) {
	a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "s", At: when(a, at), Total: total, Errors: errors})
}

func (a *asked) rate(s string) { a.HourlyRate, a.Currency = pointer(s), "EUR" }

// describe writes results as the cases do.
func describe(t *testing.T, results []service.SLAResult) string {
	t.Helper()
	var out []string
	for i := range results {
		r := &results[i]
		text := fmt.Sprintf("%s %s", strings.TrimSpace(r.Version+" "+r.Resource), strings.ToLower(string(r.Status)))
		for j, reading := range []*service.SLAReading{&r.Least, &r.Most} {
			if j > 0 && r.Status != service.SLAReview {
				break
			}
			text += fmt.Sprintf("; %s of %s lost, %s excluded, %s", reading.Lost, reading.Whole, reading.Excluded, reading.Credit)
			for _, s := range reading.Steps {
				got, err := sheet.Recompute(s)
				if err != nil || got.String() != s.Out {
					t.Errorf("step %q gives %s, %v; it says %s", s.Note, got, err, s.Out)
				}
			}
		}
		if r.Status == service.SLAReview {
			text += "; " + strings.Join(r.Reviews, "; ")
		} else if fmt.Sprint(r.Least) != fmt.Sprint(r.Most) {
			t.Errorf("two readings of what nobody doubts: %+v, %+v", r.Least, r.Most)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

func (a *asked) want(want string) {
	a.Helper()
	results, err := sla.Judge(&a.Question)
	must(a, err)
	if got := describe(a.T, results); got != want {
		a.Errorf("got\n %s\nwant\n %s", got, want)
	}
}

// judgements are what evidence and terms come to, a case each.
var judgements = map[string]func(a *asked) string{
	"nothing happened": func(*asked) string { return "1 kept; 0 of 2592000 lost, 0 excluded, 0" },
	"incidents that touch and overlap count once": func(a *asked) string {
		a.down("1 10:00", "1 10:30")
		a.down("1 10:10", "1 10:20")
		a.down("1 10:30", "1 11:00")
		return "1 breached; 3600 of 2592000 lost, 0 excluded, 20"
	},
	"exactly on the bound is not below it": func(a *asked) string {
		a.down("1 00:00", "1 00:43:12")
		return "1 kept; 2592 of 2592000 lost, 0 excluded, 0"
	},
	"a second more is": func(a *asked) string {
		a.down("1 00:00", "1 00:43:13")
		return "1 breached; 2593 of 2592000 lost, 0 excluded, 20"
	},
	"maintenance that was announced in time": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeMaintenance, "3 00:30", "3 03:00", "2 00:30")
		return "1 kept; 1800 of 2592000 lost, 5400 excluded, 0"
	},
	"and a second too late": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeMaintenance, "3 00:30", "3 03:00", "2 00:30:01")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"time that the customer planned leaves the denominator": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeCustomer, "3 01:00", "4 00:00", "-")
		return "1 breached; 3600 of 2509200 lost, 3600 excluded, 20"
	},
	"an emergency counts by the text": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeEmergency, "3 00:00", "4 00:00", "1 00:00")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"a notice of which the text says nothing": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeSuspension, "3 00:00", "3 02:00", "1 00:00")
		return "1 review_required; 0 of 2592000 lost, 7200 excluded, 0; 7200 of 2592000 lost, 0 excluded, 20; " +
			"notice n1 is of suspension, and the SLA does not say what becomes of that; add it to exclusions"
	},
	"is no matter where nothing hangs on it": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeSuspension, "5 00:00", "5 02:00", "1 00:00")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"nobody knows when maintenance was announced": func(a *asked) string {
		a.down("3 00:00", "3 02:00")
		a.notice(service.NoticeMaintenance, "3 00:00", "3 02:00", "-")
		return "1 review_required; 0 of 2592000 lost, 7200 excluded, 0; 7200 of 2592000 lost, 0 excluded, 20; " +
			"notice n1 does not say when it was announced, which the SLA wants 24 hours before; have that delivered"
	},
	"an incident without an end": func(a *asked) string {
		a.down("30 00:00", "-")
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 86400 of 2592000 lost, 0 excluded, 50; incident i1 has no end; have its end delivered"
	},
	"an incident that ends before it begins": func(a *asked) string {
		a.down("2 10:00", "2 08:00")
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 7200 of 2592000 lost, 0 excluded, 20; incident i1 ends before it begins; have it delivered anew"
	},
	"a month without a length": func(a *asked) string {
		a.Versions[0].Measure.Denominator = ""
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 0 of 2592000 lost, 0 excluded, 0; the SLA does not say how long a month is; set measure.denominator"
	},
	"thirty days whatever the month": func(a *asked) string {
		a.Versions[0].Measure.Denominator = service.DenominatorThirtyDays
		a.Period = "2026-10"
		return "1 kept; 0 of 2592000 lost, 0 excluded, 0"
	},
	"a resource that came later, and a text that does not say": func(a *asked) string {
		a.Versions[0].Measure.PartialMonth = ""
		a.Resources = []sla.Resource{{ID: "x", From: when(a, "30 00:00")}}
		a.down("30 00:00", "30 00:30")
		return "1 x review_required; 1800 of 2592000 lost, 0 excluded, 0; 1800 of 86400 lost, 0 excluded, 50; " +
			"x existed in a part of the window, and the SLA does not say how the rest counts; set measure.partial_month"
	},
	"each resource by itself, and none that did not exist": func(a *asked) string {
		a.Resources = []sla.Resource{{ID: "x"}, {ID: "y", To: when(a, "2 00:00")}, {ID: "z", From: when(a, "30 00:00").AddDate(0, 0, 1)}}
		a.down("1 00:00", "1 01:00").Resource = "y"
		a.down("5 00:00", "5 10:00").Resource = "y"
		return "1 x kept; 0 of 2592000 lost, 0 excluded, 0\n1 y breached; 3600 of 86400 lost, 0 excluded, 50"
	},
	"one replica is enough": func(a *asked) string {
		a.Versions[0].Measure.Combine = service.CombineAllDown
		a.Resources = []sla.Resource{{ID: "x"}, {ID: "y"}, {ID: "z", To: when(a, "1 01:00")}}
		a.down("1 00:00", "1 03:00").Resource = "x"
		a.down("1 01:30", "1 04:00").Resource = "y"
		a.down("1 00:30", "1 01:00").Resource = "z"
		return "1 breached; 5400 of 2592000 lost, 0 excluded, 20"
	},
	"two probers, two answers": func(a *asked) string {
		a.Versions[0].Measure.Evidence = service.EvidenceProbes
		a.probe(true, "1 00:00", 86400*30)
		a.probe(false, "1 00:00", 3600)
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 3600 of 2592000 lost, 0 excluded, 20; probes contradict each other for 3600 seconds; deliver one prober's, or their verdict"
	},
	"time that nobody probed": func(a *asked) string {
		a.Versions[0].Measure.Evidence, a.Versions[0].Measure.Unmeasured = service.EvidenceProbes, ""
		a.probe(true, "1 12:00", 86400*30)
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 43200 of 2592000 lost, 0 excluded, 50; " +
			"43200 seconds were not measured, and the SLA does not say how they count; set measure.unmeasured"
	},
	"incidents against probes": func(a *asked) string {
		a.Versions[0].Measure.Evidence = ""
		a.down("1 00:00", "1 02:00")
		a.probe(false, "1 00:00", 1800)
		a.probe(true, "1 00:30", 1800)
		return "1 review_required; 5400 of 2592000 lost, 0 excluded, 20; 7200 of 2592000 lost, 0 excluded, 20; " +
			"incidents and probes differ for 1800 seconds, and the SLA does not say whose word counts; set measure.evidence"
	},
	"no evidence is none": func(a *asked) string {
		a.Versions[0].Measure.Evidence = ""
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 0 of 2592000 lost, 0 excluded, 0; " +
			"no evidence was delivered, and the SLA does not say that none means no incident; set measure.evidence"
	},
	"evidence of a part that the question does not name": func(a *asked) string {
		a.down("1 00:00", "1 02:00").Resource = "x"
		a.down("1 00:00", "1 02:00").Region = "north"
		a.down("1 00:00", "1 02:00").Service = "disk" // which nobody asks about
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 0 of 2592000 lost, 0 excluded, 0; " +
			"2 pieces of evidence are of a region or a resource, and the question names none; judge each by itself"
	},
	"an incident of everything, and one of a resource": func(a *asked) string {
		a.Resources = []sla.Resource{{ID: "x"}, {ID: "y"}}
		a.down("1 00:00", "1 02:00").Service = "vm"
		a.down("1 01:00", "1 03:00").Resource = "y"
		return "1 x breached; 7200 of 2592000 lost, 0 excluded, 20\n1 y breached; 10800 of 2592000 lost, 0 excluded, 20"
	},
	"no fees to take a part of": func(a *asked) string {
		a.Fees = nil
		a.down("1 00:00", "1 02:00")
		return "1 review_required; 7200 of 2592000 lost, 0 excluded, 0; 7200 of 2592000 lost, 0 excluded, 0; no fees are known of which the credit is a part; deliver the bill"
	},
	"fees in two currencies": func(a *asked) string {
		a.Fees = append(a.Fees, sla.Fee{Place: service.Place{Service: "vm"}, Amount: dec("1"), Currency: "USD"})
		return "1 review_required; 0 of 2592000 lost, 0 excluded, 0; 0 of 2592000 lost, 0 excluded, 0; the fees are in EUR and USD, of which no percentage can be taken; judge each by itself"
	},
	"fees of other services and paid upfront do not count": func(a *asked) string {
		a.Versions[0].Credit.Without = []schemas.ChargeCategory{schemas.CategoryPurchase}
		a.Fees = append(a.Fees, sla.Fee{Place: service.Place{Service: "disk"}, Amount: dec("1000"), Currency: "EUR"},
			sla.Fee{Place: service.Place{Service: "vm"}, Category: schemas.CategoryPurchase, Amount: dec("1000"), Currency: "EUR"})
		a.down("1 00:00", "1 02:00")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 20"
	},
	"the cap of a year, of which most is used": func(a *asked) string {
		a.Versions[0].Credit.CapPercent, a.Versions[0].Credit.CapMonths, a.Credited = pointer("100"), 12, dec("195")
		a.down("1 00:00", "1 02:00")
		return "1 breached; 7200 of 2592000 lost, 0 excluded, 5"
	},
	"lost time fifty times over, up to the fees of a month": func(a *asked) string {
		a.Versions[0].Credit = service.SLACredit{Rule: service.CreditLostTime, Factor: pointer("50"), CapPercent: pointer("100")}
		a.rate("0.27")
		a.down("1 00:00", "1 02:00:01")
		return "1 breached; 7201 of 2592000 lost, 0 excluded, 27"
	},
	"lost time of an unknown price": func(a *asked) string {
		a.Versions[0].Credit = service.SLACredit{Rule: service.CreditLostTime}
		a.down("1 00:00", "1 02:00")
		return "1 review_required; 7200 of 2592000 lost, 0 excluded, 0; 7200 of 2592000 lost, 0 excluded, 0; what an hour costs is not known; give the contract's rate by the hour"
	},
	"an hour with two outages is one hour": func(a *asked) string {
		a.Versions[0].Measure.Window = service.WindowOfHour
		a.Versions[0].Credit = service.SLACredit{Ladder: []service.SLARung{{Below: dec("90"), Credit: dec("100")}}}
		a.rate("0.50")
		a.down("1 00:00", "1 00:03")
		a.down("1 00:50", "1 02:06")
		return "1 breached; 4740 of 2592000 lost, 0 excluded, 1"
	},
	"an outage by two versions": func(a *asked) string {
		next := usual()
		next.Version, next.Validity.From = "2", schemas.NewDate(2026, 9, 15)
		next.Credit.Ladder = []service.SLARung{{Below: dec("99.9"), Credit: dec("50")}}
		a.Versions[0].Validity.To = next.Validity.From
		a.Versions = append(a.Versions, next)
		a.down("15 00:00", "15 02:00")
		return "2 breached; 7200 of 2592000 lost, 0 excluded, 100"
	},
	"outages on both sides of a new version": func(a *asked) string {
		next := usual()
		next.Version, next.Validity.From = "2", schemas.NewDate(2026, 9, 15)
		next.Credit.Ladder = []service.SLARung{{Below: dec("99.9"), Credit: dec("50")}}
		a.Versions = append(a.Versions, next)
		a.down("15 00:00", "15 02:00")
		a.down("14 00:00", "14 01:00")
		return "1, 2 review_required; 3600 of 2592000 lost, 0 excluded, 20; 7200 of 2592000 lost, 0 excluded, 100; " +
			"there was downtime under the versions 1 and 2, and no text says how a month with several is judged"
	},
	"a promise that ended": func(a *asked) string {
		a.Versions[0].Validity.To = schemas.NewDate(2026, 9, 1)
		a.down("15 00:00", "15 02:00")
		return ""
	},
	"a counter that restarts loses nothing": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.GapSeconds = service.MethodRequests, 86400*40
		a.read("1 00:00", 1000, 10)
		a.read("10 00:00", 1100, 12)
		a.read("20 00:00", 50, 1)
		a.read("30 23:59:59", 250, 1)
		return "1 breached; 3 of 350 lost, 0 excluded, 20"
	},
	"errors that vanish": func(a *asked) string {
		a.Versions[0].Measure.Method = service.MethodRequests
		a.read("1 00:00", 1000, 10)
		a.read("10 00:00", 2000, 4)
		return "1 review_required; 0 of 1000 lost, 0 excluded, 0; 4 of 1000 lost, 0 excluded, 20; series \"s\" lost errors without a restart, at 2026-09-10T00:00:00Z; look at the counter"
	},
	"more errors than requests": func(a *asked) string {
		a.Versions[0].Measure.Method = service.MethodRequests
		a.read("1 00:00", 1000, 10)
		a.read("10 00:00", 1005, 30)
		return "1 review_required; 5 of 5 lost, 0 excluded, 50; 5 of 5 lost, 0 excluded, 50; 20 errors of 5 requests were counted up to 2026-09-10T00:00:00Z; look at the counters"
	},
	"a gap in the counters is not measured": func(a *asked) string {
		a.Versions[0].Measure.Method, a.Versions[0].Measure.IntervalSeconds = service.MethodErrorRates, 86400
		for day := 1; day < 30; day++ {
			if day < 10 || day > 12 {
				a.read(fmt.Sprint(day, " 00:00"), int64(day*100), int64(day))
			}
		}
		return "1 breached; 0.24 of 24 lost, 0 excluded, 20" // not the 9th to the 12th, which are not told apart, nor what comes after the last reading
	},
	"an affected share that nobody states": func(a *asked) string {
		a.Versions[0].Measure.Method = service.MethodAffected
		a.Versions[0].Credit = service.SLACredit{Rule: service.CreditShare}
		share := dec("0.5")
		a.down("1 00:00", "1 02:00").Share = &share
		a.down("1 01:00", "1 03:00")
		return "1 review_required; 3600 of 2592000 lost, 0 excluded, 0.28; 9000 of 2592000 lost, 0 excluded, 0.69; incident i2 does not say which share was affected; have that delivered"
	},
}

func TestJudgements(t *testing.T) {
	for name, lay := range judgements {
		t.Run(name, func(t *testing.T) {
			a := ask(t, usual())
			a.want(lay(a))
		})
	}
}
