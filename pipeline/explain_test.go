package pipeline_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/emit"
	"daybook/pipeline/explain"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// shown is the JSON of an explanation, as anybody reads it.
type shown struct {
	Kind    string      `json:"kind"`
	ID      string      `json:"id"`
	Steps   []shownStep `json:"steps"`
	Figures []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		Step  int    `json:"step"`
	} `json:"figures"`
	Usage *struct {
		Rows     int    `json:"rows"`
		Sum      string `json:"sum"`
		How      string `json:"how"`
		Quantity string `json:"quantity"`
		Earlier  *struct {
			Sum string `json:"sum"`
		} `json:"earlier"`
		Listed []struct {
			Object  string `json:"object"`
			Row     int    `json:"row"`
			Metered string `json:"metered"`
		} `json:"listed"`
	} `json:"usage"`
	Checks []struct {
		What   string `json:"what"`
		OK     bool   `json:"ok"`
		Detail string `json:"detail"`
	} `json:"checks"`
}

func (s *shown) figure(name string) (value string, step int) {
	for _, f := range s.Figures {
		if f.Name == name {
			return f.Value, f.Step
		}
	}
	return "", 0
}

// lookAtExample opens the run of the worked example; a landing place that is given takes the place of its own.
func lookAtExample(t *testing.T, landing store.Store) *explain.Look {
	t.Helper()
	w := need(t, worked)
	_, s := w.plain(t)
	if landing == nil {
		landing = w.landing(t)
	}
	l, err := explain.OpenLook(t.Context(), w.book, s, landing, period, "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func explainJSON(t *testing.T, l *explain.Look, id string, o explain.Options) *shown {
	t.Helper()
	e, err := l.Explain(t.Context(), id, o)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	s := new(shown)
	if err := json.Unmarshal(body, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestExplainRecomputes takes a random sample of everything that a report shows and computes each figure from what
// explain shows of it alone, in fractions.
func TestExplainRecomputes(t *testing.T) {
	l := lookAtExample(t, nil)
	random := rand.New(rand.NewPCG(2, 9))
	for _, kind := range []struct {
		name string
		ids  []string
		most int
	}{
		{"charge", chargeIDs(t, l), effort.Count(t, 20, 600)},
		{"variance", identifiers(t, l, &schemas.Variances), effort.Count(t, 10, 300)},
		{"match", identifiers(t, l, &schemas.PeerMatches), effort.Count(t, 6, 120)},
		{"margin", marginIDs(t, l), effort.Count(t, 6, 120)},
	} {
		random.Shuffle(len(kind.ids), func(i, j int) { kind.ids[i], kind.ids[j] = kind.ids[j], kind.ids[i] })
		if len(kind.ids) == 0 {
			t.Fatalf("the example has no %s", kind.name)
		}
		for _, id := range kind.ids[:min(len(kind.ids), kind.most)] {
			s := explainJSON(t, l, id, explain.Options{Rows: -1})
			if s.Kind != kind.name {
				t.Errorf("%s is a %s, not a %s", id, s.Kind, kind.name)
			}
			if err := s.recompute(); err != nil {
				t.Errorf("%s %s: %v", kind.name, id, err)
			}
		}
	}
}

// recompute evaluates all steps, ties the figures to them and the usage rows to the first.
func (s *shown) recompute() error {
	for i, step := range s.Steps {
		for _, o := range step.In {
			if _, link, ok := strings.Cut(o.Name, "@"); ok {
				var n int
				if _, err := fmt.Sscan(link, &n); err != nil || n < 1 || n > i || s.Steps[n-1].Out != o.Value {
					return fmt.Errorf("step %d takes %s as step %s, which is not that", i+1, o.Value, link)
				}
			}
		}
		v := evaluator{step: step}
		got := v.evaluate()
		want, ok := new(big.Rat).SetString(step.Out)
		if v.err != nil || !ok || got.Cmp(want) != 0 || v.next != len(step.In) {
			return fmt.Errorf("step %d (%s = %s) gives %s; %v", i+1, step.Formula, step.Out, got.FloatString(24), v.err)
		}
	}
	return errors.Join(s.tied(), s.added())
}

// tied holds the figures that are the result against the last step that made them.
func (s *shown) tied() error {
	want := map[string][]string{
		"charge": {"exact", "amount", "residue"}, "variance": {"variance"}, "match": {"difference"}, "margin": {"margin"},
	}
	for _, name := range want[s.Kind] {
		value, step := s.figure(name)
		if step == 0 {
			if s.Kind == "variance" && len(s.Steps) == 0 {
				continue
			}
			return fmt.Errorf("no step makes the %s %s", name, value)
		}
		if !equal(value, s.Steps[step-1].Out) {
			return fmt.Errorf("the %s is %s, step %d makes %s", name, value, step, s.Steps[step-1].Out)
		}
	}
	if s.Kind == "charge" {
		exact, _ := s.figure("exact")
		amount, _ := s.figure("amount")
		residue, _ := s.figure("residue")
		if !equal(exact, sum(amount, residue)) {
			return fmt.Errorf("amount %s and residue %s are not %s", amount, residue, exact)
		}
	}
	return nil
}

// added holds the usage rows against the quantity, or the bill, that the arithmetic begins with.
func (s *shown) added() error {
	u := s.Usage
	if u == nil {
		return nil
	}
	rows := make([]string, 0, len(u.Listed))
	for _, r := range u.Listed {
		rows = append(rows, r.Metered)
	}
	total := sum(rows...)
	if len(u.Listed) != u.Rows || !equal(total, u.Sum) {
		return fmt.Errorf("%d rows with %s are listed of %d with %s", len(u.Listed), total, u.Rows, u.Sum)
	}
	billed, _ := s.figure("billed")
	switch {
	case s.Kind == "match" && u.Rows > 0 && billed != "0" && !equal(total, billed):
		return fmt.Errorf("the rows come to %s, the bill to %s", total, billed)
	case s.Kind != "charge" || u.Quantity == "" || u.How != "sum":
		return nil
	case u.Earlier != nil && equal(s.Steps[0].Out, sum(total, u.Earlier.Sum)), equal(s.Steps[0].Out, total):
		return nil
	}
	return fmt.Errorf("the rows come to %s, the arithmetic begins with %s", total, s.Steps[0].Out)
}

func equal(a, b string) bool {
	x, okA := new(big.Rat).SetString(a)
	y, okB := new(big.Rat).SetString(b)
	return okA && okB && x.Cmp(y) == 0
}

func sum(numbers ...string) string {
	total := new(big.Rat)
	for _, n := range numbers {
		if x, ok := new(big.Rat).SetString(n); ok {
			total.Add(total, x)
		}
	}
	return total.RatString()
}

// chargeIDs are those that the explanation of the whole revenue lists, and with them all that a few accounts are charged,
// taxes among them.
func chargeIDs(t *testing.T, l *explain.Look) []string {
	t.Helper()
	exampleCharges.once.Do(func() { exampleCharges.ids = listCharges(t, l) })
	return slices.Clone(exampleCharges.ids)
}

// exampleCharges are what chargeIDs returns: of the example, which is the only run that it is asked of.
var exampleCharges struct {
	once sync.Once
	ids  []string
}

func listCharges(t *testing.T, l *explain.Look) []string {
	t.Helper()
	listed := func(id string) []explain.ChargeLine {
		e, err := l.Explain(t.Context(), id, explain.Options{Rows: -1})
		if err != nil {
			t.Fatal(err)
		}
		return e.Charges.Listed
	}
	var ids []string
	revenue := listed(string(period) + "/total/Revenue")
	for _, c := range revenue {
		ids = append(ids, string(c.ID))
	}
	for i := 0; i < len(revenue); i += 100 {
		for _, c := range listed(string(revenue[i].Account)) {
			if c.Category == "Tax" {
				ids = append(ids, string(c.ID))
			}
		}
	}
	return ids
}

// marginIDs are those of the margins: of an account's use of an offering, then those of all accounts, which the report
// lists.
func marginIDs(t *testing.T, l *explain.Look) []string {
	t.Helper()
	ids := identifiers(t, l, &schemas.Margins)
	all := map[string]bool{}
	for _, id := range ids {
		part := strings.Split(id, "/")
		all[part[0]+"//"+part[2]+"/"+part[3]] = true
	}
	return append(ids, slices.Sorted(maps.Keys(all))...)
}

// TestExplainChecks has every kind of figure computed again, down to the source object, by explain itself.
func TestExplainChecks(t *testing.T) {
	l := lookAtExample(t, nil)
	ids := chargeIDs(t, l)
	random := rand.New(rand.NewPCG(7, 1))
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	sample := append(ids[:min(len(ids), effort.Count(t, 4, 120))], string(period)+"/total/Cost")
	sample = append(sample, identifiers(t, l, &schemas.Variances)[:6]...)
	sample = append(sample, identifiers(t, l, &schemas.PeerMatches)[:4]...)
	margins := marginIDs(t, l)
	sample = append(append(sample, margins[:4]...), margins[len(margins)-4:]...)
	for _, id := range sample {
		s := explainJSON(t, l, id, explain.Options{Rows: 3, Check: true})
		if len(s.Checks) == 0 {
			t.Errorf("%s: nothing was computed again", id)
		}
		for _, c := range s.Checks {
			if !c.OK {
				t.Errorf("%s: %s: %s", id, c.What, c.Detail)
			}
		}
	}
}

// TestExplainNames holds explain to the identifiers that the reports carry.
func TestExplainNames(t *testing.T) {
	l := lookAtExample(t, nil)
	m := l.Manifest
	var f emit.Figures
	if err := json.Unmarshal(m.Summary, &f); err != nil {
		t.Fatal(err)
	}
	for _, item := range f.Attention {
		if item.Explain != "" {
			explainJSON(t, l, item.Explain, explain.Options{Rows: 1})
		}
	}
	for _, c := range m.Codes {
		if s := explainJSON(t, l, string(c.Code), explain.Options{Rows: -1}); s.Figures[0].Value != fmt.Sprint(c.Findings) {
			t.Errorf("explain %s finds %s, the manifest counts %d", c.Code, s.Figures[0].Value, c.Findings)
		}
	}
	if _, err := l.Explain(t.Context(), "no-such-thing", explain.Options{}); !errors.Is(err, explain.ErrNothing) {
		t.Errorf("of nothing explain says %v", err)
	}
	var several *schemas.AmbiguousError
	if _, err := l.Explain(t.Context(), string(period)+"/", explain.Options{}); !errors.As(err, &several) || len(several.Candidates) < 2 {
		t.Errorf("of a beginning of several explain says %v", err)
	}
	whole := string(period) + "/compute//Revenue"
	e, err := l.Explain(t.Context(), strings.TrimSuffix(whole, "ue"), explain.Options{})
	if err != nil || e.ID != whole || e.Kind == "" {
		t.Errorf("of the beginning of one identifier explain says %+v, %v", e, err)
	}
}

// TestExplainListsInOrder asserts that usage rows are listed as they stand in their objects, whether all are or the largest.
func TestExplainListsInOrder(t *testing.T) {
	type listed = struct {
		Object  string `json:"object"`
		Row     int    `json:"row"`
		Metered string `json:"metered"`
	}
	place := func(a, b listed) int { return cmp.Or(strings.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row)) }
	size := func(x listed) *big.Rat {
		r, ok := new(big.Rat).SetString(x.Metered)
		if !ok {
			t.Fatalf("%q is no number", x.Metered)
		}
		return r.Abs(r)
	}
	l := lookAtExample(t, nil)
	random, several := rand.New(rand.NewPCG(5, 1)), 0
	ids := chargeIDs(t, l)
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for _, id := range ids[:min(len(ids), effort.Count(t, 30, 800))] {
		all := explainJSON(t, l, id, explain.Options{Rows: -1})
		if all.Usage == nil || len(all.Usage.Listed) < 2 {
			continue
		}
		several++
		want := slices.Clone(all.Usage.Listed)
		if !slices.IsSortedFunc(want, place) {
			t.Errorf("%s: all rows are listed as %v", id, want)
		}
		slices.SortFunc(want, func(a, b listed) int { return cmp.Or(size(b).Cmp(size(a)), place(a, b)) })
		want = want[:min(len(want), 3)]
		slices.SortFunc(want, place)
		if some := explainJSON(t, l, id, explain.Options{Rows: 3}).Usage.Listed; !slices.Equal(some, want) {
			t.Errorf("%s: the largest rows are %v, want %v", id, some, want)
		}
	}
	if several < 5 {
		t.Fatalf("only %d charges have several rows", several)
	}
}

// TestExplainSeesAChange takes the source objects away and wants the check to fail.
func TestExplainSeesAChange(t *testing.T) {
	l := lookAtExample(t, new(store.Memory))
	for _, id := range chargeIDs(t, l) {
		e, err := l.Explain(t.Context(), id, explain.Options{Rows: 1, Check: true})
		if err != nil {
			t.Fatal(err)
		}
		if e.Usage == nil {
			continue
		}
		if e.Holds() || !slices.ContainsFunc(e.Checks, func(v explain.Verdict) bool { return v.What == "source objects" && !v.OK }) {
			t.Errorf("the source object is gone, and the checks say %+v", e.Checks)
		}
		return
	}
	t.Fatal("no charge of the example has usage")
}

// identifiers reads the first column of a dataset of the run.
func identifiers(t *testing.T, l *explain.Look, table *schemas.Table) (ids []string) {
	t.Helper()
	_, example := need(t, worked).plain(t)
	for _, o := range l.Manifest.Outputs {
		if o.Dataset != table.Name {
			continue
		}
		at, size, err := store.OpenReaderAt(t.Context(), example, o.Key)
		if err != nil {
			t.Fatal(err)
		}
		defer at.Close()
		f, err := parquet.Open(at, size)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.Scan(table, parquet.ScanOptions{From: f.From(table, 0)})
		if err != nil {
			t.Fatal(err)
		}
		b := dataset.NewBatch(table)
		for {
			more, err := s.Next(b)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			for i := range b.Rows {
				ids = append(ids, string(b.Columns[0].TextAt(i)))
			}
		}
	}
	return ids
}
