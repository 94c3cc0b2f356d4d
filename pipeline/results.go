package pipeline

import (
	"context"
	"fmt"
	"sync"
)

// resultCache remembers the results that tasks of this process have read or made, so that a wave of shards does not
// fetch each object's result once per shard.
type resultCache struct {
	mu    sync.Mutex
	byKey map[string]*Result
}

func (c *resultCache) get(key string) *Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byKey[key]
}

func (c *resultCache) put(key string, res *Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[string]*Result{}
	}
	c.byKey[key] = res
}

// reads returns the results of an earlier step that task t may read: its own shard's where both are sharded, else all,
// in the order of their parts.
func (r *Run) reads(ctx context.Context, t *Task, stage, name string) ([]*Result, error) {
	own, err := findStep(t.Stage, t.Step)
	if err != nil {
		return nil, err
	}
	if own.Width == PerShard {
		return r.results(ctx, stage, name, t.Part)
	}
	return r.results(ctx, stage, name, -1)
}

// results returns the results of a step, or only that of one shard if the step is sharded and shard is not below 0.
func (r *Run) results(ctx context.Context, stage, name string, shard int) ([]*Result, error) {
	plan, err := r.layout()
	if err != nil {
		return nil, err
	}
	for i := range plan {
		w := &plan[i]
		if w.Stage != stage || w.Step != name {
			continue
		}
		var out []*Result
		for j := range w.Tasks {
			if shard >= 0 && w.Width == PerShard && j != shard {
				continue
			}
			res := r.cache.get(w.Tasks[j].Key)
			if res == nil {
				if res, err = readResult(ctx, r, &w.Tasks[j]); err != nil {
					return nil, err
				}
				if res == nil {
					return nil, fmt.Errorf("%s has no result to be read", w.Tasks[j].Name())
				}
				r.cache.put(w.Tasks[j].Key, res)
			}
			out = append(out, res)
		}
		return out, nil
	}
	return nil, fmt.Errorf("%s/%s is not in the plan", stage, name)
}

// layout returns the run's plan, laid out once.
func (r *Run) layout() ([]Wave, error) {
	r.planOnce.Do(func() { r.plan, r.planErr = NewPlan(&r.Spec) })
	return r.plan, r.planErr
}
