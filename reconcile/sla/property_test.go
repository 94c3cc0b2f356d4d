package sla_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/reconcile/sla"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// minutesOf marks the minutes of September that a stretch of time holds; evidence of these tests is in whole minutes.
func minutesOf(marked []bool, from, to time.Time) {
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for i := max(0, int(from.Sub(start)/time.Minute)); i < len(marked) && start.Add(time.Duration(i)*time.Minute).Before(to); i++ {
		if !start.Add(time.Duration(i) * time.Minute).Before(from) {
			marked[i] = true
		}
	}
}

// stretches are random stretches of minutes in and around September.
func stretches(d *rand.Rand, n, longest int) [][2]time.Time {
	out := make([][2]time.Time, n)
	for i := range out {
		from := time.Date(2026, 9, 1, 0, d.IntN(44_000)-400, 0, 0, time.UTC)
		out[i] = [2]time.Time{from, from.Add(time.Duration(d.IntN(longest)) * time.Minute)}
	}
	return out
}

// TestMinutesOneByOne judges random incidents, notices and probes against a month that is marked minute by minute.
func TestMinutesOneByOne(t *testing.T) {
	for seed := range uint64(effort.Count(t, 60, 3_000)) {
		d := rand.New(rand.NewPCG(seed, 9))
		down, excused, away, exists := make([]bool, 43_200), make([]bool, 43_200), make([]bool, 43_200), make([]bool, 43_200)
		a := ask(t, usual())
		from := time.Date(2026, 9, 1, 0, d.IntN(20_000)-10_000, 0, 0, time.UTC)
		until := from.AddDate(0, 0, 1+d.IntN(40))
		a.Resources = []sla.Resource{{ID: "x", From: from, To: until}}
		minutesOf(exists, from, until)
		for _, s := range stretches(d, d.IntN(30), 900) {
			a.Evidence.Incidents = append(a.Evidence.Incidents, service.Incident{ID: "i", Start: s[0], End: s[1]})
			minutesOf(down, s[0], s[1])
		}
		for _, s := range stretches(d, d.IntN(6), 600) {
			a.Evidence.Notices = append(a.Evidence.Notices, service.MaintenanceNotice{ID: "n", Kind: service.NoticeMaintenance, Start: s[0], End: s[1], Announced: s[0].AddDate(0, 0, -2)})
			minutesOf(excused, s[0], s[1])
		}
		for _, s := range stretches(d, d.IntN(3), 3000) {
			a.Evidence.Notices = append(a.Evidence.Notices, service.MaintenanceNotice{ID: "c", Kind: service.NoticeCustomer, Start: s[0], End: s[1]})
			minutesOf(excused, s[0], s[1])
			minutesOf(away, s[0], s[1])
		}
		lost, whole := int64(0), int64(0)
		for i := range exists {
			if exists[i] && !away[i] {
				whole++
				if down[i] && !excused[i] {
					lost++
				}
			}
		}
		results, err := sla.Judge(&a.Question)
		must(t, err)
		if whole == 0 {
			continue
		}
		r := results[0]
		want := big.NewRat(whole-lost, whole)
		got := new(big.Rat).Quo(r.Least.Uptime.Num.Rat(), r.Least.Uptime.Den.Rat())
		if got.Cmp(want) != 0 || r.Status == service.SLAReview {
			t.Fatalf("seed %d: %s (%s, %q), want %s", seed, got.RatString(), r.Status, r.Reviews, want.RatString())
		}
		before := describe(t, results)
		d.Shuffle(len(a.Evidence.Incidents), func(i, j int) {
			a.Evidence.Incidents[i], a.Evidence.Incidents[j] = a.Evidence.Incidents[j], a.Evidence.Incidents[i]
		})
		slices.Reverse(a.Evidence.Notices)
		results, err = sla.Judge(&a.Question)
		must(t, err)
		if after := describe(t, results); after != before {
			t.Fatalf("seed %d: in another order %s, before %s", seed, after, before)
		}
	}
}

// TestErrorRatesOneByOne judges random counts against sums of fractions.
func TestErrorRatesOneByOne(t *testing.T) {
	for seed := range uint64(effort.Count(t, 20, 500)) {
		d := rand.New(rand.NewPCG(seed, 10))
		v := usual()
		v.Measure.Method, v.Measure.IntervalSeconds = service.MethodErrorRates, 3600
		a := ask(t, v)
		sum, n := new(big.Rat), int64(0)
		total, errors := int64(0), int64(0)
		for i := range 24*30 + 1 {
			if i > 0 {
				more := d.Int64N(50) * d.Int64N(2)
				bad := int64(0)
				if more > 0 {
					bad = d.Int64N(more + 1)
					sum.Add(sum, big.NewRat(bad, more))
				}
				n++
				if d.IntN(20) == 0 && more < total { // a restart, which shows where less was counted since than before
					total, errors = 0, 0
				}
				total, errors = total+more, errors+bad
			}
			a.Evidence.Counters = append(a.Evidence.Counters, service.CounterReading{Series: "s", At: time.Date(2026, 9, 1, i, 0, 0, 0, time.UTC), Total: total, Errors: errors})
		}
		results, err := sla.Judge(&a.Question)
		must(t, err)
		got := new(big.Rat).Quo(results[0].Least.Uptime.Num.Rat(), results[0].Least.Uptime.Den.Rat())
		want := new(big.Rat).Sub(big.NewRat(1, 1), sum.Quo(sum, big.NewRat(n, 1)))
		if got.Cmp(want) != 0 {
			t.Fatalf("seed %d: %s, want %s", seed, got.FloatString(12), want.FloatString(12))
		}
	}
}

// TestReadings draws evidence that may be read in two ways: the reading against the provider never gives less, and where none is
// doubtful both are the same.
func TestReadings(t *testing.T) {
	doubtful := 0
	for seed := range uint64(effort.Count(t, 200, 5_000)) {
		d := rand.New(rand.NewPCG(seed, 11))
		v := usual()
		v.Measure.Evidence = service.SLAEvidence([]string{"", "incidents", "probes"}[d.IntN(3)])
		v.Measure.Unmeasured = service.SLAUnmeasured([]string{"", "exclude", "up", "down"}[d.IntN(4)])
		v.Measure.Denominator = service.SLADenominator([]string{"", "calendar", "thirty_days"}[d.IntN(3)])
		v.Measure.PartialMonth = service.SLAPartial([]string{"", "existed", "assume_up"}[d.IntN(3)])
		a := ask(t, v)
		a.Period = []schemas.Period{"2026-08", "2026-09", "2026-02"}[d.IntN(3)]
		for _, s := range stretches(d, d.IntN(5), 900) {
			i := service.Incident{ID: fmt.Sprint(len(a.Evidence.Incidents)), Start: s[0], End: s[1]}
			if d.IntN(6) == 0 {
				i.End = time.Time{}
			}
			a.Evidence.Incidents = append(a.Evidence.Incidents, i)
		}
		for _, s := range stretches(d, d.IntN(5), 40_000) {
			a.Evidence.Probes = append(a.Evidence.Probes, service.Probe{At: s[0], Seconds: int64(s[1].Sub(s[0]) / time.Second), Up: d.IntN(3) > 0})
		}
		results, err := sla.Judge(&a.Question)
		must(t, err)
		for _, r := range results {
			least, most := r.Least.Credit, r.Most.Credit
			if least.GreaterThan(most) || r.Least.Lost.GreaterThan(r.Most.Lost) && r.Least.Whole.Equal(r.Most.Whole) {
				t.Fatalf("seed %d: %s to %s lost, %s to %s credited: %q", seed, r.Least.Lost, r.Most.Lost, least, most, r.Reviews)
			}
			if r.Status == service.SLAReview {
				doubtful++
			} else if !least.Equal(most) || fmt.Sprint(r.Least.Uptime) != fmt.Sprint(r.Most.Uptime) {
				t.Fatalf("seed %d: nobody doubts, and it may be %s or %s", seed, least, most)
			}
		}
	}
	if doubtful == 0 {
		t.Error("nothing was doubtful")
	}
}

// TestLadderIsStrict holds ladders against availabilities next to their bounds.
func TestLadderIsStrict(t *testing.T) {
	for seed := range uint64(effort.Count(t, 50, 1_000)) {
		d := rand.New(rand.NewPCG(seed, 12))
		v := usual()
		lost := 1 + d.Int64N(100_000) // seconds of 2,592,000
		bound, err := money.MulDivRound(dec("100"), money.NewDecimal(2_592_000-lost, 0), money.NewDecimal(2_592_000, 0), 12, money.Ceiling)
		must(t, err)
		v.Credit.Ladder = []service.SLARung{{Below: bound, Credit: dec("10")}}
		exact := money.NewDecimal(2_592_000-lost, 2).Equal(bound.Mul(money.NewDecimal(2_592_000, 0)))
		a := ask(t, v)
		from := time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC)
		a.Evidence.Incidents = []service.Incident{{ID: "i", Start: from, End: from.Add(time.Duration(lost) * time.Second)}}
		results, err := sla.Judge(&a.Question)
		must(t, err)
		if got := results[0].Least.CreditPercent.IsPositive(); got == exact {
			t.Fatalf("seed %d: %d seconds lost, below %s: %t", seed, lost, bound, got)
		}
	}
}
