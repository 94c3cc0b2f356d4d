package store

import (
	"context"
	"io"
)

// Yielding returns s for one who works while others wait for a turn: where what is created is whole and only waits for a
// disk, it calls leave, and what that returns before it goes on. A store that does not know when it waits comes back as it
// is.
func Yielding(s Store, leave func() (back func())) Store {
	if d, ok := s.(*Directory); ok && !d.scratch { // scratch waits for nothing
		return &yielding{Directory: d, leave: leave}
	}
	return s
}

// yielding is a directory that lets others work while it waits.
type yielding struct {
	*Directory
	leave func() (back func())
}

// Create implements [Store].
func (y *yielding) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	return y.create(ctx, key, body, y.leave)
}

func (y *yielding) createFrom(ctx context.Context, key string, write func(io.Writer) error) (Info, error) {
	return y.createYielding(ctx, key, write, y.leave)
}
