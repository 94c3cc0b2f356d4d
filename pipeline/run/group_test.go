package run

import (
	"fmt"
	"slices"
	"testing"
)

// collected are so many small objects that came one by one.
func collected(n int) (out []Object) {
	for i := range n {
		key := fmt.Sprintf("own/2024-09/minute-%06d.jsonl", i)
		out = append(out, Object{Key: key, Delivery: key, Size: 700, Digest: fmt.Sprintf("%064d", i), Rows: -1})
	}
	return out
}

// tasksOf are the keys of the tasks that decode objects, and how many objects these have.
func tasksOf(t *testing.T, objects []Object) (keys []string, have int) {
	t.Helper()
	stages := []Stage{{Name: "normalise", Steps: []Step{{Name: "object", Version: "1", Width: PerObject}}}}
	plan, err := NewPlan(stages, &Spec{Sources: []Pinned{{Source: "m", Objects: objects}}, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range plan[0].Tasks {
		task := &plan[0].Tasks[i]
		if task.Object != have {
			t.Fatalf("task %d begins with object %d, and those before it end at %d", i, task.Object, have)
		}
		have += task.Objects
		keys = append(keys, task.Key)
	}
	return keys, have
}

// TestGroups gives every object to one task: small ones by the group where there are many, and others by themselves.
func TestGroups(t *testing.T) {
	for _, n := range []int{0, 1, fewObjects} {
		if keys, have := tasksOf(t, collected(n)); len(keys) != n || have != n {
			t.Errorf("%d objects: %d tasks have %d", n, len(keys), have)
		}
	}
	const n = 20_000
	keys, have := tasksOf(t, collected(n))
	if have != n || len(keys) > n/usualGroup*2 || len(keys) < n/fullGroup {
		t.Errorf("%d objects: %d tasks have %d", n, len(keys), have)
	}
	mixed := collected(n)
	alone := []int{0, 77, 78, 5_000, n - 1}
	for _, i := range alone {
		mixed[i].Size = smallObject + 1
	}
	mixed[9_000].Delivery = "own/2024-09/manifest.json"
	for i := 12_000; i < 13_000; i++ { // two deliveries of many objects
		mixed[i].Delivery = fmt.Sprintf("own/2024-09/v%d", i/12_500)
	}
	ends := groups(mixed)
	first := 0
	for _, end := range ends {
		if one := OneDelivery(mixed[first:end]); one == "" {
			for _, o := range mixed[first:end] {
				if o.Delivery != o.Key {
					t.Errorf("objects %d to %d are no delivery each, and not of one", first, end-1)
				}
			}
		}
		first = end
	}
	if had := len(ends); had > n/usualGroup*2 {
		t.Errorf("%d objects: %d tasks", n, had)
	}
	for _, i := range append(alone, 9_000, 11_999, 12_499, 12_999) {
		if !slices.Contains(ends, i+1) {
			t.Errorf("a task goes on behind object %d", i)
		}
	}
	for _, i := range append(alone, 9_000) {
		if !slices.Contains(ends, i+1) || i > 0 && !slices.Contains(ends, i) {
			t.Errorf("object %d is not alone", i)
		}
	}
	if ends[len(ends)-1] != n {
		t.Errorf("%d of %d objects have a task", ends[len(ends)-1], n)
	}
}

// TestGroupsStay adds, takes away and replaces one object at a time: hardly any task but its own is another then.
func TestGroupsStay(t *testing.T) {
	const n, most = 5_000, 2
	before, _ := tasksOf(t, collected(n))
	for _, at := range []int{0, 1, 1_234, n - 1} {
		for how, change := range map[string]func([]Object) []Object{
			"comes":       func(o []Object) []Object { return slices.Insert(o, at, Object{Key: "new", Delivery: "new", Rows: -1}) },
			"goes":        func(o []Object) []Object { return slices.Delete(o, at, at+1) },
			"is replaced": func(o []Object) []Object { o[at].Digest = "another"; return o },
		} {
			after, _ := tasksOf(t, change(collected(n)))
			fresh := 0
			for _, key := range after {
				if !slices.Contains(before, key) {
					fresh++
				}
			}
			if fresh > most || fresh == 0 && how == "is replaced" {
				t.Errorf("object %d %s: %d tasks of %d are others", at, how, fresh, len(after))
			}
		}
	}
}
