package run

import (
	"fmt"

	"daybook/schemas"
)

// Task is one unit of work: small plain data that says what to do and refers to everything else.
type Task struct {
	// Stage and Step find the function in the table.
	Stage string `json:"stage"`
	Step  string `json:"step"`
	// Part numbers the task within its step, from 0; Of is how many there are.
	Part int `json:"part"`
	Of   int `json:"of"`
	// Key is a digest of all that the result depends on: it is known before anything runs.
	Key string `json:"key"`
	// Shard is the part of a sharded step, and 0 in others: there a part's number follows from what else was delivered,
	// and is no part of a result that runs share.
	Shard int `json:"shard"`
	// Source and Object index the spec's pinned objects, for tasks that read the landing place: so many Objects from that one on,
	// one or, where there are very many small ones, a group of them.
	Source  int `json:"source"`
	Object  int `json:"object"`
	Objects int `json:"objects,omitempty"`
	// Temporary results live in the scratch store.
	Temporary bool `json:"temporary"`
}

// Name is how progress and errors call the task.
func (t *Task) Name() string {
	return fmt.Sprintf("%s/%s %d of %d", t.Stage, t.Step, t.Part+1, t.Of)
}

// Wave is a set of tasks that may run side by side once the waves they read are done.
type Wave struct {
	Stage, Step string
	// Reads are the indices of earlier waves.
	Reads []int
	Tasks []Task

	step *Step
}

// Width is how the wave's step divides into tasks.
func (w *Wave) Width() Width { return w.step.Width }

// findWave finds the wave of a step, stage/step; nil if there is none.
func findWave(plan []Wave, name string) *Wave {
	for i := range plan {
		if plan[i].Stage+"/"+plan[i].Step == name {
			return &plan[i]
		}
	}
	return nil
}

// NewPlan lays out a run: pure, and cheap enough to do anew wherever it is wanted.
func NewPlan(stages []Stage, s *Spec) ([]Wave, error) {
	digests := make(map[string]string, len(s.Book))
	for _, p := range s.Book {
		digests[p.Part] = p.Digest
	}
	id, err := s.RunID() // a spec may be large
	if err != nil {
		return nil, err
	}
	var waves []Wave
	number := map[string]int{}
	for _, stage := range stages {
		for i := range stage.Steps {
			step := &stage.Steps[i]
			w := Wave{Stage: stage.Name, Step: step.Name, step: step, Tasks: width(s, stage.Name, step)}
			for _, name := range step.Reads {
				earlier, ok := number[name]
				if !ok {
					return nil, fmt.Errorf("%s/%s reads %s, which does not come before it in the table of stages", stage.Name, step.Name, name)
				}
				w.Reads = append(w.Reads, earlier)
			}
			for i := range w.Tasks {
				key, err := taskKey(s, id, &w, i, waves, digests)
				if err != nil {
					return nil, err
				}
				w.Tasks[i].Key = key
			}
			number[stage.Name+"/"+step.Name] = len(waves)
			waves = append(waves, w)
		}
	}
	return waves, nil
}

func width(s *Spec, stage string, step *Step) []Task {
	t := Task{Stage: stage, Step: step.Name, Temporary: step.Temporary}
	var tasks []Task
	add := func(source, object int) {
		t.Part, t.Source, t.Object = len(tasks), source, object
		tasks = append(tasks, t)
	}
	switch step.Width {
	case PerSource:
		for i := range s.Sources {
			add(i, 0)
		}
	case PerObject:
		for i := range s.Sources {
			first := 0
			for _, end := range groups(s.Sources[i].Objects) {
				t.Objects = end - first
				add(i, first)
				first = end
			}
		}
	case PerShard:
		for t.Shard = range s.Shards {
			add(0, 0)
		}
	case Once:
		add(0, 0)
	}
	for i := range tasks {
		tasks[i].Of = len(tasks)
	}
	return tasks
}

// keyed is what a task's key digests: what its row of the table declares.
type keyed struct {
	Stage, Step, Version string
	Period               schemas.Period
	Shards, Part         int
	Pinned               any
	Book                 []PartDigest
	Spec                 []any
	Reads                []string
	Run                  schemas.RunID
}

// version is the one that the run's spec names for a step: what an earlier version of the program left is found by its own
// keys, so that its runs can still be explained. A spec that names none is of today.
func (s *Spec) version(stage string, step *Step) string {
	for _, c := range s.Code {
		if c.Part == stage+"/"+step.Name {
			return c.Digest
		}
	}
	return step.Version
}

// taskKey derives a key from what the task may ask for. A task of a sharded step gets only its own shard of an earlier
// sharded step; everything else it gets whole.
func taskKey(s *Spec, id schemas.RunID, w *Wave, i int, waves []Wave, digests map[string]string) (string, error) {
	t, step := &w.Tasks[i], w.step
	k := keyed{Stage: t.Stage, Step: t.Step, Version: s.version(t.Stage, step), Period: s.Period, Shards: s.Shards}
	switch step.Width {
	case PerSource:
		k.Pinned = s.Sources[t.Source]
	case PerObject:
		objects := t.pinned(s)
		k.Pinned = []any{s.Sources[t.Source].Source, objects}
		if len(objects) == 1 {
			k.Pinned = []any{s.Sources[t.Source].Source, objects[0]}
		}
	case PerShard, Once:
		k.Part = t.Part
	}
	if step.Named {
		k.Run = id
	}
	for _, p := range step.Book {
		k.Book = append(k.Book, PartDigest{string(p), digests[string(p)]})
	}
	for _, f := range step.Spec {
		k.Spec = append(k.Spec, []any{f, f.of(s)})
	}
	for _, r := range w.Reads {
		for j := range waves[r].Tasks {
			if step.Width == PerShard && waves[r].step.Width == PerShard && j != t.Part {
				continue
			}
			k.Reads = append(k.Reads, waves[r].Tasks[j].Key)
		}
	}
	key, err := digestJSON(k)
	if err != nil {
		return "", fmt.Errorf("key of %s: %w", t.Name(), err)
	}
	return key[:32], nil
}
