package rating_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"daybook/schemas/money"
)

// oracle is one case of rating.json: a model, its inputs, and what comes out of it, with its parts where it has any.
type oracle struct {
	ID        string
	Model     string
	Raw       given `json:"-"` // the names of what the case gives
	Params    params
	Usage     usage
	Amount    string `json:"expected_amount"`
	Notes     string
	Kind      string          `json:"expected_kind"`
	Breakdown json.RawMessage `json:"expected_breakdown"`
	Currency  string
}

// result is what a model gave: the amount, and its parts by the names that cases use.
type result struct {
	amount string
	parts  map[string]any
}

// TestOracles bills every case: our own of testdata, and the published ones of rating.json where they are. A case that is not
// of a known model fails.
func TestOracles(t *testing.T) {
	_, rows := readRules(t)
	own := &tried{t: t, from: rulesFile, passed: map[string]int{}, failed: map[string]int{}}
	for _, i := range slices.Sorted(maps.Keys(rows)) {
		own.run(&rows[i].oracle)
	}
	all := []*tried{own}
	dir := os.Getenv("DAYBOOK_ORACLES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data", "oracles")
	}
	file := filepath.Join(dir, "rating.json")
	text, err := os.ReadFile(file)
	switch {
	case os.IsNotExist(err):
	case err != nil:
		t.Fatal(err)
	default:
		published := &tried{t: t, from: file, passed: map[string]int{}, failed: map[string]int{}}
		for _, c := range readOracles(t, text) {
			published.run(c)
		}
		all = append(all, published)
	}
	report(t, all)
}

// readOracles reads the cases of rating.json.
func readOracles(t *testing.T, text []byte) []*oracle {
	t.Helper()
	var cases []*oracle
	var raw []given
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatalf("read the cases: %v", err)
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatalf("read the cases: %v", err)
	}
	for i := range cases {
		cases[i].Raw = raw[i]
	}
	return cases
}

// tried counts the cases of one place by their models.
type tried struct {
	t              *testing.T
	from           string
	passed, failed map[string]int
}

func (x *tried) run(c *oracle) {
	run, ok := oracleModels[c.Model]
	if !ok {
		x.t.Errorf("%s: no model %q", c.ID, c.Model)
		x.failed[c.Model]++
		return
	}
	if err := runOracle(run, c); err != nil {
		x.t.Errorf("%s (%s): %v", c.ID, c.Model, err)
		x.failed[c.Model]++
		return
	}
	x.passed[c.Model]++
}

// runOracle runs one case. What it gives must be read by its model: a parameter that is passed over might change the result.
func runOracle(run func(*oracle) (result, error), c *oracle) error {
	if err := c.Raw.check(c.Model); err != nil {
		return err
	}
	got, err := run(c)
	if err != nil {
		return err
	}
	return compareOracle(c, got)
}

// report prints how many cases of each model passed and failed, of each place.
func report(t *testing.T, all []*tried) {
	t.Helper()
	models := map[string]bool{}
	for _, x := range all {
		for m := range x.passed {
			models[m] = true
		}
		for m := range x.failed {
			models[m] = true
		}
	}
	for _, m := range slices.Sorted(maps.Keys(models)) {
		fmt.Printf("%-32s", m)
		for _, x := range all {
			fmt.Printf(" %5d passed, %d failed", x.passed[m], x.failed[m])
		}
		fmt.Println()
	}
	for _, x := range all {
		passed, failed := 0, 0
		for m := range models {
			passed, failed = passed+x.passed[m], failed+x.failed[m]
		}
		fmt.Printf("%d cases of %s: %d passed, %d failed\n", passed+failed, x.from, passed, failed)
	}
}

// compareOracle compares by value, not by text: 10.00 is 10, and 45/31 is a fraction.
func compareOracle(c *oracle, got result) error {
	if !sameValue(c.Amount, got.amount) {
		return fmt.Errorf("got %s, want %s", got.amount, c.Amount)
	}
	if c.Breakdown == nil {
		return nil
	}
	var want map[string]any
	if err := json.Unmarshal(c.Breakdown, &want); err != nil {
		return err
	}
	for name, w := range want {
		g, ok := got.parts[name]
		if !ok {
			return fmt.Errorf("the part %s is missing", name)
		}
		if err := samePart(w, g); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// samePart compares a text, a list or a map of texts. A map may hold more than is asked for.
func samePart(want, got any) error {
	switch w := want.(type) {
	case string:
		if g, ok := got.(string); !ok || !sameValue(w, g) {
			return fmt.Errorf("got %v, want %s", got, w)
		}
	case []any:
		g, ok := got.([]string)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for i := range w {
			if err := samePart(w[i], g[i]); err != nil {
				return fmt.Errorf("%d of %v: %w", i+1, g, err)
			}
		}
	case map[string]any:
		g, ok := got.(map[string]string)
		if !ok {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for _, name := range keysOf(w) {
			if err := samePart(w[name], g[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	default:
		return fmt.Errorf("cannot compare with %v", want)
	}
	return nil
}

func keysOf(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sameValue compares numbers as numbers, fractions as fractions and other texts as texts.
func sameValue(a, b string) bool {
	x, ok := new(big.Rat).SetString(a)
	y, also := new(big.Rat).SetString(b)
	if ok && also {
		return x.Cmp(y) == 0
	}
	return a == b
}

func texts(values []money.Decimal) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return out
}
