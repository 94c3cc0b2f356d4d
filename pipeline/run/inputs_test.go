package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestUndeclared has a task ask for one thing after another that its row of the table does not declare: each time it fails by
// the name of the row and of what it asked for, and leaves no result. With the row mended it succeeds.
func TestUndeclared(t *testing.T) {
	for _, c := range []struct {
		what   string
		ask    func(ctx context.Context, in *Inputs) error
		mended func(*Step)
	}{
		{"the results of first/step", func(ctx context.Context, in *Inputs) error {
			_, err := in.Results(ctx, "first/step")
			return err
		}, func(s *Step) { s.Reads = []string{"first/step"} }},
		{`the part "fx" of the book`, func(_ context.Context, in *Inputs) error {
			in.Book().Rates()
			return nil
		}, func(s *Step) { s.Book = []book.Part{book.PartFX} }},
		{`the part "peers" of the book`, func(_ context.Context, in *Inputs) error {
			in.Book().OwnUse("p", "a", "b")
			return nil
		}, func(s *Step) { s.Book = []book.Part{book.PartPeers} }},
		{"the spec's as-of", func(_ context.Context, in *Inputs) error {
			in.AsOf()
			return nil
		}, func(s *Step) { s.Spec = []Given{AsOf} }},
		{"the spec's what was carried over", func(_ context.Context, in *Inputs) error {
			in.Carried()
			return nil
		}, func(s *Step) { s.Spec = []Given{CarriedOver} }},
		{"the spec's earlier runs", func(_ context.Context, in *Inputs) error {
			in.Earlier()
			return nil
		}, func(s *Step) { s.Spec = []Given{EarlierRuns} }},
		{"the spec's periods that were run earlier", func(_ context.Context, in *Inputs) error {
			in.RanEarlier("2024-08")
			return nil
		}, func(s *Step) { s.Spec = []Given{EarlierPeriods} }},
		{"the spec's arrivals for earlier periods", func(_ context.Context, in *Inputs) error {
			in.Arrived()
			return nil
		}, func(s *Step) { s.Spec = []Given{Arrivals} }},
		{"the spec's families", func(_ context.Context, in *Inputs) error {
			in.Home()("a")
			return nil
		}, func(s *Step) { s.Spec = []Given{Families} }},
		{"the name of the run", func(_ context.Context, in *Inputs) error {
			in.RunID()
			return nil
		}, func(s *Step) { s.Named = true }},
		{"the results of first/step", func(ctx context.Context, in *Inputs) error {
			_, err := Shared(in, "sum", func(in *Inputs) (int, error) {
				results, err := in.Results(ctx, "first/step")
				return len(results), err
			})
			return err
		}, func(s *Step) { s.Reads = []string{"first/step"} }},
		// What another task made for all is asked for later, by a book that it holds.
		{`the part "provider" of the book`, func(_ context.Context, in *Inputs) error {
			b, err := Shared(in, "book", func(in *Inputs) (Book, error) { return in.Book(), nil })
			b.Zone()
			return err
		}, func(s *Step) { s.Book = []book.Part{book.PartProvider} }},
	} {
		ask := Step{Name: "step", Width: Once, Do: func(ctx context.Context, in *Inputs) (*Result, error) {
			return &Result{}, c.ask(ctx, in)
		}}
		r, task := runOf(t, ask)
		_, _, err := Do(t.Context(), r, task)
		if !errors.Is(err, ErrUndeclared) || !strings.Contains(err.Error(), "second/step asks for "+c.what) {
			t.Errorf("asking for %s ended with %v", c.what, err)
		}
		if res, err := ReadResult(t.Context(), r, &task); res != nil || err != nil {
			t.Errorf("asking for %s left a result (%v)", c.what, err)
		}
		c.mended(&ask)
		r, task = runOf(t, ask)
		if _, _, err := Do(t.Context(), r, task); err != nil {
			t.Errorf("asking for %s, which is declared, ended with %v", c.what, err)
		}
	}
}

// TestSharedIsDeclaredByAll: a task that takes what another made for all must declare what that asked for.
func TestSharedIsDeclaredByAll(t *testing.T) {
	zone := func(in *Inputs) (string, error) { return in.Book().Zone().String(), nil }
	take := func(_ context.Context, in *Inputs) (*Result, error) {
		_, err := Shared(in, "zone", zone)
		return &Result{}, err
	}
	r, _ := runOf(t, Step{Name: "step", Width: Once, Book: []book.Part{book.PartProvider}, Do: take})
	r.Stages = append(r.Stages, Stage{Name: "third", Steps: []Step{{Name: "step", Width: Once, Do: take}}})
	if err := r.Fix(r.Spec); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Do(t.Context(), r, Task{Stage: "second", Step: "step", Key: "2"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Do(t.Context(), r, Task{Stage: "third", Step: "step", Key: "3"}); !errors.Is(err, ErrUndeclared) {
		t.Errorf("it ended with %v", err)
	}
}

// TestKeyOfRow: a task's key differs with each thing that its row declares, and with nothing else.
func TestKeyOfRow(t *testing.T) {
	base := Spec{Period: "2024-09", Shards: 1, Book: []PartDigest{{"fx", "1"}, {"peers", "1"}}}
	keyOf := func(step Step, s Spec) string {
		plan, err := NewPlan([]Stage{{"first", []Step{{Name: "step", Width: Once}}}, {"second", []Step{step}}}, &s)
		if err != nil {
			t.Fatal(err)
		}
		return plan[1].Tasks[0].Key
	}
	step := Step{Name: "step", Width: Once, Book: []book.Part{book.PartFX}, Spec: []Given{EarlierRuns}}
	want := keyOf(step, base)
	for _, c := range []struct {
		what   string
		other  bool
		change func(*Spec)
	}{
		{"a part that it declares", true, func(s *Spec) { s.Book = []PartDigest{{"fx", "2"}, {"peers", "1"}} }},
		{"a part that it does not", false, func(s *Spec) { s.Book = []PartDigest{{"fx", "1"}, {"peers", "2"}} }},
		{"a fact that it declares", true, func(s *Spec) { s.Earlier = []Earlier{{"2024-08", "a"}} }},
		{"a fact that it does not", false, func(s *Spec) { s.Families = []Kin{{"a", "b"}} }},
		{"the period", true, func(s *Spec) { s.Period = "2024-10" }},
	} {
		s := base
		c.change(&s)
		if got := keyOf(step, s); (got != want) != c.other {
			t.Errorf("with %s changed the key is %s, and was %s", c.what, got, want)
		}
	}
}

// TestTableInOrder: a row that reads what does not come before it is no table.
func TestTableInOrder(t *testing.T) {
	table := []Stage{{"first", []Step{{Name: "step", Width: Once, Reads: []string{"second/step"}}}}, {"second", []Step{{Name: "step", Width: Once}}}}
	if _, err := NewPlan(table, &Spec{}); err == nil || !strings.Contains(err.Error(), "does not come before it") {
		t.Errorf("the plan was made, with %v", err)
	}
}

// runOf is a run of two steps, of which the first has been done, and the task of the second.
func runOf(t *testing.T, second Step) (*Run, Task) {
	t.Helper()
	first := Step{Name: "step", Width: Once, Do: func(context.Context, *Inputs) (*Result, error) { return &Result{}, nil }}
	b := &book.Book{Provider: schemas.Provider{ID: "p"}}
	b.Zone = time.UTC
	r := &Run{
		Book: b, Stages: []Stage{{"first", []Step{first}}, {"second", []Step{second}}},
		Places: Places{Store: new(store.Memory), Scratch: new(store.Memory)},
	}
	if err := r.Fix(Spec{Period: "2024-09", Shards: 1}); err != nil {
		t.Fatal(err)
	}
	plan, err := r.Layout()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Do(t.Context(), r, plan[0].Tasks[0]); err != nil {
		t.Fatal(err)
	}
	return r, plan[1].Tasks[0]
}
