package rating_test

import (
	"strings"
	"testing"
)

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
