package store

import "context"

type giveWayKey struct{}

// WithGiveWay returns a context for one who works while others wait for a turn. When a Create or CreateFrom under it has
// its object whole and only waits for a disk, the store calls leave, and what that returns before it goes on. A store may
// not know when it waits, and then calls neither.
func WithGiveWay(ctx context.Context, leave func() (back func())) context.Context {
	return context.WithValue(ctx, giveWayKey{}, leave)
}

// giveWay lets others work until back is called.
func giveWay(ctx context.Context) (back func()) {
	if leave, ok := ctx.Value(giveWayKey{}).(func() func()); ok {
		return leave()
	}
	return func() {}
}
