package run

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

// ResultsOf returns the results of tasks, from the store where this process has not met them.
func (r *Run) ResultsOf(ctx context.Context, tasks []Task) ([]*Result, error) {
	out := make([]*Result, 0, len(tasks))
	for i := range tasks {
		res := r.memory.results.get(tasks[i].Key)
		if res == nil {
			var err error
			if res, err = ReadResult(ctx, r, &tasks[i]); err != nil {
				return nil, err
			}
			if res == nil {
				return nil, fmt.Errorf("%s has no result to be read", tasks[i].Name())
			}
			r.memory.results.put(tasks[i].Key, res)
		}
		out = append(out, res)
	}
	return out, nil
}

// Layout returns the run's plan, laid out once.
func (r *Run) Layout() ([]Wave, error) {
	m := r.memory
	m.planOnce.Do(func() { m.plan, m.planErr = NewPlan(r.Stages, &r.Spec) })
	return m.plan, m.planErr
}
