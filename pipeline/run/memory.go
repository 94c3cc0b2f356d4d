package run

import (
	"sync"

	"daybook/pipeline/store"
)

// memory is what a process remembers of a run: nothing that it could not make anew, and nothing that makes a difference to
// what is written.
type memory struct {
	planOnce sync.Once
	plan     []Wave
	planErr  error
	results  resultCache

	mu sync.Mutex
	// made is what [Shared] made, by name, and lent what [Lent] lends, of the step that is under way.
	made map[string]*made
	lent map[string]any
	// spoilt are the objects of the store that were found damaged, and are to be made again.
	spoilt map[string]store.Version
}

// made is something that was made of inputs, and what was asked for to make it, or is still by those who use it.
type made struct {
	once  sync.Once
	value any
	err   error
	asked asked
}

// Shared returns what all tasks of the run that ask for it by name have in common: by makes it of the inputs of the first
// of them, once in this process. Those that come later must declare what was asked for, as if they had made it themselves,
// and it may not depend on the results of one shard. It is not to be changed.
func Shared[T any](in *Inputs, name string, by func(in *Inputs) (T, error)) (T, error) {
	x := in.run.memory.find(name)
	x.once.Do(func() {
		own := *in
		own.shared, own.asked = true, &x.asked
		x.value, x.err = by(&own)
	})
	in.asked.take(x)
	if err := in.undeclared(); err != nil {
		return *new(T), err
	}
	value, _ := x.value.(T) // the zero value where making it failed
	return value, x.err
}

func (m *memory) find(name string) *made {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made == nil {
		m.made = map[string]*made{}
	}
	if m.made[name] == nil {
		m.made[name] = new(made)
	}
	return m.made[name]
}

// Lent returns the list of that name in which tasks of the step under way that are done leave buffers for those to come.
// The next step has no use for them, and needs their room.
func Lent[T any](in *Inputs, name string) *Spares[T] {
	m := in.run.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.lent[name].(*Spares[T]); ok {
		return s
	}
	if m.lent == nil {
		m.lent = map[string]any{}
	}
	s := new(Spares[T])
	m.lent[name] = s
	return s
}

// endStep lets go of what was lent.
func (m *memory) endStep() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lent = nil
}

// Spares keeps what tasks that are done leave for those to come. Unlike a [sync.Pool] it loses nothing to the collector
// while a step goes on. Its zero value is ready for use, from any number of goroutines.
type Spares[T any] struct {
	mu   sync.Mutex
	free []T
}

// Take returns what was left last, if there is anything.
func (s *Spares[T]) Take() (x T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return x, false
	}
	x = s.free[n-1]
	s.free = s.free[:n-1]
	return x, true
}

// Leave keeps x for another task.
func (s *Spares[T]) Leave(x T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, x)
}
