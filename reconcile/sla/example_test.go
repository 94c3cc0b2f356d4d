package sla_test

import (
	"fmt"
	"time"

	"daybook/reconcile/sla"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Two replicas of which one is enough, and an hour and a half in which both are down.
func ExampleJudge() {
	at := func(hour, minute int) time.Time { return time.Date(2026, 9, 4, hour, minute, 0, 0, time.UTC) }
	percent := func(n int64, exponent int32) money.Decimal { return money.NewDecimal(n, exponent) }
	results, err := sla.Judge(&sla.Question{
		Versions: []service.SLA{{
			ID: "database", Version: "2026-01", Peer: "cloudy", Services: []string{"SQL"}, Zone: "UTC",
			Measure: service.SLAMeasure{
				Method: service.MethodMinutes, Evidence: service.EvidenceIncidents, Combine: service.CombineAllDown, WholeSeconds: 60,
				Denominator: service.DenominatorCalendar, PartialMonth: service.PartialAssumeUp,
			},
			Exclusions: []service.SLAExclusion{{Kind: service.NoticeMaintenance, NoticeHours: 72}},
			Credit: service.SLACredit{Ladder: []service.SLARung{
				{Below: percent(9995, -2), Credit: percent(10, 0)}, {Below: percent(99, 0), Credit: percent(25, 0)},
			}},
			Claim: &service.SLADeadline{Count: 2, Unit: service.UnitCycles, From: service.FromIncident},
		}},
		Zone: time.UTC, Period: "2026-09", Service: "SQL", Resources: []sla.Resource{{ID: "north"}, {ID: "south"}},
		Evidence: service.Evidence{
			Incidents: []service.Incident{
				{ID: "I-7", Place: service.Place{Resource: "north"}, Start: at(8, 0), End: at(12, 0)},
				{ID: "I-8", Place: service.Place{Resource: "south"}, Start: at(10, 30), End: at(14, 0)},
			},
		},
		Fees: []sla.Fee{{Place: service.Place{Service: "SQL"}, Amount: money.NewDecimal(480, 0), Currency: "EUR"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := results[0]
	fmt.Printf("%s: %s of %s seconds lost, %s%%, credit %s %s\n", r.Status, r.Least.Lost, r.Least.Whole, r.Least.UptimePercent, r.Least.Credit, r.Currency)
	fmt.Printf("for %v, claim before %s\n", r.Incidents, r.ClaimBy.Format(time.DateOnly))
	// Output:
	// breached: 5400 of 2592000 seconds lost, 99.791667%, credit 48 EUR
	// for [I-7 I-8], claim before 2026-12-01
}
