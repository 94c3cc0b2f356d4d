package rows

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
)

func sameSteps(a, b []schemas.Step) bool {
	return slices.EqualFunc(a, b, func(a, b schemas.Step) bool {
		return a.Op == b.Op && a.Out == b.Out && a.Note == b.Note && slices.Equal(a.In, b.In)
	})
}

func TestStepsRead(t *testing.T) {
	steps := []schemas.Step{
		{Op: "given", In: []schemas.Operand{{Name: "quantity", Value: "1715.5"}}, Out: "1715.5", Note: "metered from 16 rows"},
		{Op: "tier", In: []schemas.Operand{{Name: "quantity@1", Value: "1715.5"}, {Name: "from", Value: "0"}, {Name: "to"}, {Name: "unit_price", Value: "0.02"}}, Out: "34.31", Note: "tier 1 prices 1715.5"},
		{Op: "round", In: []schemas.Operand{{Name: "exact@2", Value: "34.31"}, {Name: "mode", Value: "half_up"}}, Out: "34.3", Note: `say "{so}"`},
	}
	const formula = `given(quantity {1}) "metered from {2} rows"; tier(quantity@1, from {3}, to "", unit_price {4}) = {5} "tier {6} prices {7}"; ` +
		`round(exact@2, mode half_up) = {8} "say \"\u007bso}\""`
	const numbers = "1715.5;16;0;0.02;34.31;1;1715.5;34.3"
	f := newStepsForm(steps)
	got, ok := f.appendNumbers(nil, steps)
	if f.text != formula || !ok || string(got) != numbers {
		t.Errorf("formula %s\nwant    %s\nnumbers %s\nwant    %s", f.text, formula, got, numbers)
	}
	back, err := stepsOf(formula, numbers)
	if err != nil || !sameSteps(back, steps) {
		t.Errorf("they come back as %+v, %v", back, err)
	}
}

// randomSteps are steps of words, numbers and odd texts, many of them like each other.
func randomSteps(r *rand.Rand) []schemas.Step {
	texts := []string{
		"", "0", "1", "12.5", "-3", "-", "half_up", "1;2", "1 2 3", "-1 x", "2024-09-01", "a b", `"`, `\`, "{1}", "}", "größer", "\n", "x@1", "a@2", "a@0", "a@9", "@", "\u007f", " ", "  7 ", "7 ", " 7",
		"metered from 12 rows", "tier 2 prices 3", "{", `\u007b`, "(", ")", ", ", "; ", " = ", "1,5", "é5",
	}
	text := func() string { return texts[r.IntN(len(texts))] }
	steps := make([]schemas.Step, r.IntN(5))
	for i := range steps {
		s := &steps[i]
		s.Op, s.Out, s.Note = []string{"given", "sum", text()}[r.IntN(3)], text(), text()
		for range r.IntN(4) {
			o := schemas.Operand{Name: text(), Value: text()}
			if i > 0 && r.IntN(3) == 0 {
				at := r.IntN(i)
				o.Name, o.Value = "amount@"+string(rune('1'+at)), steps[at].Out
			}
			s.In = append(s.In, o)
		}
		if len(s.In) == 1 && r.IntN(2) == 0 {
			s.Out = s.In[0].Value
		}
	}
	return steps
}

// Any steps come back from their cells, and what a form says of steps does not depend on which steps it was made of.
func TestStepsComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	byText, known := map[string]*stepsForm{}, formulas{}
	var forms []*stepsForm
	for range 40_000 {
		steps := randomSteps(r)
		f := newStepsForm(steps)
		numbers, ok := f.appendNumbers([]byte("before"), steps)
		if !ok {
			t.Fatalf("%+v are not of their own form %s", steps, f.text)
		}
		back, err := stepsOf(f.text, strings.TrimPrefix(string(numbers), "before"))
		if err != nil || !sameSteps(back, steps) {
			t.Fatalf("%+v\ncome back from %s and %s as\n%+v, %v", steps, f.text, numbers, back, err)
		}
		// One reader puts them where others of the formula were.
		if back, err = known.steps(f.text, strings.TrimPrefix(string(numbers), "before")); err != nil || !sameSteps(back, steps) {
			t.Fatalf("%+v\ncome back after others as\n%+v, %v", steps, back, err)
		}
		for range 5 {
			if len(forms) == 0 {
				break
			}
			other := forms[r.IntN(len(forms))]
			got, ok := other.appendNumbers([]byte("before"), steps)
			if ok != (other.text == f.text) || ok && string(got) != string(numbers) {
				t.Fatalf("%+v of form %s are taken for %s: %t", steps, f.text, other.text, ok)
			}
		}
		if first := byText[f.text]; first == nil {
			byText[f.text] = f
			forms = append(forms, f)
		} else if got, ok := first.appendNumbers([]byte("before"), steps); !ok || string(got) != string(numbers) {
			t.Fatalf("%+v are not of the equal form of other steps", steps)
		}
	}
}

func TestDamagedSteps(t *testing.T) {
	for _, c := range [][2]string{
		{"given(quantity {1})", ""},
		{"given(quantity {1})", "1;2"},
		{"given(quantity {2})", "1"},
		{"given(quantity x)", "1"},
		{"given(quantity {1}", "1"},
		{"given(quantity)", ""},
		{"given(quantity@1)", ""},
		{"given() ", ""},
		{"given()", ""},
		{`given() = x "open`, ""},
		{`given() = x "odd\`, ""},
		{`given() = "word"`, ""},
		{`[{"op":"given","out":"1"}]`, ""},
	} {
		if steps, err := stepsOf(c[0], c[1]); !errors.Is(err, errSteps) {
			t.Errorf("%s with %q is read as %+v, %v", c[0], c[1], steps, err)
		}
	}
}

func FuzzSteps(f *testing.F) {
	f.Add(`given(quantity {1}) "metered from {2} rows"; mul(quantity@1, unit_price {3}) = {4}`, "1;2;3;4")
	f.Fuzz(func(t *testing.T, text, numbers string) {
		steps, err := stepsOf(text, numbers)
		if err != nil {
			return
		}
		form := newStepsForm(steps)
		got, ok := form.appendNumbers(nil, steps)
		if back, err := stepsOf(form.text, string(got)); !ok || err != nil || !sameSteps(back, steps) {
			t.Fatalf("%+v come back as %+v, %v", steps, back, err)
		}
	})
}

// BenchmarkSteps reads the steps of charges with graduated prices.
func BenchmarkSteps(b *testing.B) {
	const formula = `given(quantity {1}) "metered from {2} rows"; tier(quantity@1, from {3}, to {4}, unit_price {5}, flat_fee {6}) = {7}; ` +
		`tier(quantity@1, from {8}, to none, unit_price {9}, flat_fee {10}) = {11}; sum(tier_1@2, tier_2@3) = {12} "the sum of the tiers"; ` +
		`round(exact@4, places {13}, mode half_up) = {14}; sub(exact@4, amount@5) = {15} "what rounding left"`
	const numbers = "1120542.967;16;0;486;0.161475504;0;78.477094944;486;0.090426282;0;101282.591;101361.069;2;101361.07;-0.001"
	known := formulas{}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := known.steps(formula, numbers); err != nil {
			b.Fatal(err)
		}
	}
}
