package model_test

import (
	"strings"
	"testing"

	"daybook/rating/model"
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
		first, err := model.Recompute(step)
		second, err2 := model.Recompute(step)
		if first != second || (err == nil) != (err2 == nil) {
			t.Errorf("%v: %s %v, then %s %v", step, first, err, second, err2)
		}
	})
}
