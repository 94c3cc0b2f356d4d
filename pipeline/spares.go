package pipeline

import (
	"sync"

	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/dataset/shuffle"
)

// spares keeps what tasks that are done leave for those to come. Unlike a [sync.Pool] it loses nothing to the collector
// while a step goes on. Its zero value is ready for use, from any number of goroutines.
type spares[T any] struct {
	mu   sync.Mutex
	free []T
}

// take returns what was left last, if there is anything.
func (s *spares[T]) take() (x T, ok bool) {
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

// leave keeps x for another task.
func (s *spares[T]) leave(x T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, x)
}

// buffers are those that the tasks of a step hand on. The next step has no use for them, and needs their room.
type buffers struct {
	shufflers spares[*shuffle.Writer]
	reducers  spares[*shuffle.Reducer]
	writers   spares[*parquet.WriterBuffers]
	raters    spares[*raterRoom]
	counters  spares[*dayCounter]
}
