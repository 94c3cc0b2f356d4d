package store

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Over returns a store that writes to top alone and reads what is not there from base, but for the objects of base that hidden
// names: what is done in it leaves base as it is. Nobody else is to write to top meanwhile.
func Over(base, top Store, hidden func(key string) bool) Store {
	return &over{base: base, top: top, hidden: hidden}
}

type over struct {
	base, top Store
	hidden    func(key string) bool
}

// Get implements [Store].
func (o *over) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	object, err := o.top.Get(ctx, key, off, n)
	if errors.Is(err, ErrNotFound) && !o.hidden(key) {
		return o.base.Get(ctx, key, off, n)
	}
	return object, err
}

// Create implements [Store]. What base has and shows is there already.
func (o *over) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	if !o.hidden(key) {
		if _, err := Stat(ctx, o.base, key); !errors.Is(err, ErrNotFound) {
			if err != nil {
				return Info{}, err
			}
			return same(ctx, o.base, key, body)
		}
	}
	return o.top.Create(ctx, key, body)
}

// Swap implements [Store]: of an object that only base has, it writes the new state to top.
func (o *over) Swap(ctx context.Context, key string, body []byte, old Version) (Version, error) {
	_, err := Stat(ctx, o.top, key)
	if errors.Is(err, ErrNotFound) && !o.hidden(key) {
		info, err := Stat(ctx, o.base, key)
		switch {
		case err == nil && info.Version != old:
			return "", ErrStale
		case err == nil:
			return o.top.Swap(ctx, key, body, "")
		case !errors.Is(err, ErrNotFound):
			return "", err
		}
	}
	return o.top.Swap(ctx, key, body, old)
}

// List implements [Store]: both lists as one, in order.
func (o *over) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		next, stop := iter.Pull2(o.top.List(ctx, prefix))
		defer stop()
		above, err, more := next()
		for below, errBelow := range o.base.List(ctx, prefix) {
			if errBelow == nil && o.hidden(below.Key) {
				continue
			}
			for ; more && (err != nil || above.Key <= below.Key); above, err, more = next() {
				if !yield(above, err) {
					return
				}
				if above.Key == below.Key {
					below.Key = "" // it stands above
				}
			}
			if (errBelow != nil || below.Key != "") && !yield(below, errBelow) {
				return
			}
		}
		for ; more; above, err, more = next() {
			if !yield(above, err) {
				return
			}
		}
	}
}
