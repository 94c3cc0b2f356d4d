package store

import (
	"context"
	"path"
	"sync"
)

// Permissions asks a store whether what it lists may be read: that may change while the object does not, so whoever has read
// it before cannot know. It remembers answers that
// hold for other objects too, and may be used by many goroutines.
type Permissions struct {
	store Store
	mu    sync.Mutex
	asked map[string]error
}

// NewPermissions returns one that has asked nothing yet.
func NewPermissions(s Store) *Permissions { return &Permissions{store: s, asked: map[string]error{}} }

// guarded is a store that may list what it does not let everyone read.
type guarded interface {
	// readable returns an error wrapping fs.ErrPermission if the object at key may not be read.
	readable(ctx context.Context, key string) error
	// guardedWith names the keys of which one answers for all; the key itself if it is the only one.
	guardedWith(key string) string
}

// Readable returns an error wrapping fs.ErrPermission if the object at key may not be read. A store without permissions
// lets everyone read.
func (p *Permissions) Readable(ctx context.Context, key string) error {
	s, ok := p.store.(guarded)
	if !ok {
		return nil
	}
	group := s.guardedWith(key)
	if group == key {
		return s.readable(ctx, key)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	err, asked := p.asked[group]
	if !asked {
		err = s.readable(ctx, key)
		p.asked[group] = err
	}
	return err
}

func (d *Directory) readable(ctx context.Context, key string) error { return openSome(ctx, d, key, 0) }

// guardedWith implements [guarded]: every file has permissions of its own.
func (d *Directory) guardedWith(key string) string { return key }

// readable asks for a byte: the answer to a request for none does not say why.
func (b *Bucket) readable(ctx context.Context, key string) error { return openSome(ctx, b, key, 1) }

// guardedWith implements [guarded]: permissions are by prefix, and asking costs a request, so one object of each folder
// answers for the others.
func (b *Bucket) guardedWith(key string) string { return path.Dir(key) }

// openSome opens so many bytes of an object, and closes them.
func openSome(ctx context.Context, s Store, key string, bytes int64) error {
	o, err := s.Get(ctx, key, 0, bytes)
	if err != nil {
		return err
	}
	return o.Close()
}
