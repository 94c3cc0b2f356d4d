package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline"
	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas/money"
)

// miscount is a fault in what a step says that it counted.
type miscount struct {
	field string // of run.Control
	how   string
	rows  int64
	// quantity and cost are changed in the first unit or currency that there is, or else in one of their own.
	quantity, cost string
}

var miscounts = []miscount{
	{how: "a row less", rows: -1},
	{how: "a row more", rows: 1},
	{how: "a cent less", cost: "-0.01"},
	{how: "a cent more", cost: "0.01"},
	{how: "a hair less", quantity: "-0.000000000000000001"},
	{how: "a hair more", quantity: "0.000000000000000001"},
}

// plant spoils a field of c.
func (m *miscount) plant(t *testing.T, c *run.Control) {
	t.Helper()
	switch f := reflect.ValueOf(c).Elem().FieldByName(m.field).Addr().Interface().(type) {
	case *int64:
		*f += m.rows
	case *dataset.Totals:
		f.Rows += m.rows
		f.Quantities, f.Costs = added(t, f.Quantities, m.quantity), added(t, f.Costs, m.cost)
	case *run.Roundings:
		sum := f.Of("BilledCost", "EUR")
		sum.Found += m.rows
		for what, into := range map[string]*money.Decimal{m.cost: &sum.Residue, m.quantity: &sum.Out} {
			if what != "" {
				*into = into.Add(money.MustDecimal(what))
			}
		}
	default:
		t.Fatalf("%s is %T: how is that spoiled?", m.field, f)
	}
}

// added is a copy of sums with something added to the first of them.
func added(t *testing.T, sums map[string]money.Fixed, what string) map[string]money.Fixed {
	t.Helper()
	if what == "" {
		return sums
	}
	out, key := maps.Clone(sums), "EUR"
	for k := range sums {
		key = min(key, k)
	}
	if out == nil {
		out = map[string]money.Fixed{}
	}
	by, err := money.FixedFromDecimal(money.MustDecimal(what))
	if err == nil {
		out[key], err = out[key].Add(by)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// uncontrolled are the fields of Control that no balance can tell a fault of, with the reason.
var uncontrolled = map[string]string{
	"LateRows": "these rows are among the usage, which is balanced whatever is late of it",
}

// watched is the table of stages, of which every result is seen by a function before it is written. It may change it.
func watched(see func(step string, in *run.Inputs, res *run.Result) error) []run.Stage {
	stages := pipeline.Stages()
	for i := range stages {
		for j := range stages[i].Steps {
			s, name := &stages[i].Steps[j], stages[i].Name+"/"+stages[i].Steps[j].Name
			do := s.Do
			s.Do = func(ctx context.Context, in *run.Inputs) (*run.Result, error) {
				res, err := do(ctx, in)
				if err == nil {
					err = see(name, in, res)
				}
				return res, err
			}
		}
	}
	return stages
}

// TestEveryTotalIsControlled plants a wrong count, in each direction, into every total that any step counts, in what it left: each
// time the run that goes on from there fails, and commits nothing. A total of which the book has nothing is planted into the first
// step that could count it.
func TestEveryTotalIsControlled(t *testing.T) {
	w := need(t, starter)
	_, plain := w.plain(t)
	results := map[string]string{}   // the first of each step, by its key in the store
	counted := map[string][]string{} // by field of Control: the steps that count something in it
	for key, body := range bodiesOf(t, plain, "runs/") {
		_, name, is := strings.Cut(key, "/tasks/")
		if !is {
			continue
		}
		step := path.Dir(name)
		if old, known := results[step]; !known || key < old {
			results[step] = key
		}
		for field, value := range reflect.ValueOf(&resultIn(t, body).Control).Elem().Fields() {
			if !value.IsZero() && !slices.Contains(counted[field.Name], step) {
				counted[field.Name] = append(counted[field.Name], step)
			}
		}
	}
	for field := range reflect.TypeFor[run.Control]().Fields() {
		if uncontrolled[field.Name] != "" {
			continue
		}
		places := counted[field.Name]
		if len(places) == 0 {
			places = []string{"normalise-object"}
		}
		for _, at := range places {
			for _, m := range miscounts {
				if m.field = field.Name; m.rows == 0 && field.Type.Kind() == reflect.Int64 {
					continue // a number of rows, and nothing else
				}
				t.Run(fmt.Sprintf("%s of %s, %s", at, m.field, m.how), func(t *testing.T) {
					s := new(store.Memory)
					for key, body := range bodiesOf(t, plain, "") {
						switch {
						case strings.HasSuffix(key, "/manifest.json"), strings.HasSuffix(key, "/current.json"):
							continue // as if the run had been stopped just before
						case key == results[at]:
							res := resultIn(t, body)
							m.plant(t, &res.Control)
							body = sealed(t, res)
						}
						put(t, s, key, string(body))
					}
					sum, err := w.run(t.Context(), t, night{store: s, shards: 1})
					if !errors.Is(err, run.ErrUnbalanced) || sum.Did > 0 {
						t.Errorf("the run ended with %v, and %+v", err, sum)
					}
					committedNothing(t, s)
				})
			}
		}
	}
}

func resultIn(t *testing.T, body []byte) *run.Result {
	t.Helper()
	res := new(run.Result)
	if err := json.Unmarshal(body, res); err != nil {
		t.Fatal(err)
	}
	return res
}

// sealed is a result as a task would have written it.
func sealed(t *testing.T, res *run.Result) []byte {
	t.Helper()
	res.Digest = ""
	body, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	return run.Seal(body)
}
