package rating_test

import (
	"strings"
	"testing"

	"daybook/rating"
	"daybook/schemas"
)

// FuzzRecompute: whatever a step holds, recomputing it gives a number or an error, and the same each time.
func FuzzRecompute(f *testing.F) {
	for _, seed := range []string{
		"sum 1 2", "tier 12 10 20 5 3", "tier 12 10 _ 5 3", "tier_percent 5 0 _ 2 1", "div 1 3 24 half_even", "round 1.005 2 half_up",
		"round_step 1.07 0.05 half_up", "prorate 100 0 10 31", "blocks 101 100 up", "events 1.3 2 _ _ 50,400", "band 60,30 0.6 60 1",
		"share 100 2 1 50,30,20", "overage 100 1.5 150,50", "true_up 100 2 150,50", "percent 10 20", "neg 1", "min 1 2", "max 1 2", "mul 2 3",
		"given 7", "div 1 0 2 up", "share 1 99999 1 1", "sub 1e64 1e-64",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fields := strings.Fields(text)
		if len(fields) == 0 {
			return
		}
		step := schemas.Step{Op: fields[0]}
		for _, v := range fields[1:] {
			v = strings.ReplaceAll(strings.ReplaceAll(v, "_", ""), ",", " ")
			step.In = append(step.In, schemas.Operand{Name: "x", Value: v})
		}
		first, err := rating.Recompute(step)
		second, err2 := rating.Recompute(step)
		if first != second || (err == nil) != (err2 == nil) {
			t.Errorf("%v: %s %v, then %s %v", step, first, err, second, err2)
		}
	})
}

// FuzzTerms: whatever numbers terms hold, they are refused or can be billed, and what they are billed at recomputes.
func FuzzTerms(f *testing.F) {
	f.Add("graduated tiers=10:10:2,20:5:3,*:1:4", "25")
	f.Add("package package_size=10 package_price=15 free_units=5", "26")
	f.Add("block_tiers blocks=u=100:1:10,1000:1:*", "5325")
	f.Add("elapsed_bands connect_fee=0.15 elapsed_bands=0:0.6:60:60,60:0.3:60:1", "90")
	f.Add("time_of_day day_bands=08:00-18:00@1@1,18:00-08:00@0.5@1", "2024-03-31T00:30/UTC+28800")
	f.Add("percentage percent=1.3 fixed_per_event=2 free_events=3 free_amount=250", "[50;100;250;400]")
	f.Fuzz(func(t *testing.T, price, usage string) {
		var s setting
		if len(price) > 200 || len(usage) > 60 || setPrice(&s, strings.Fields(price)) != nil {
			return
		}
		s.kind = "price"
		if _, err := s.run([]string{usage}); err != nil && (strings.HasPrefix(err.Error(), "rate account") || strings.HasPrefix(err.Error(), "check charge")) {
			t.Error(err)
		}
	})
}
