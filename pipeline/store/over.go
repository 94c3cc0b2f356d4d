package store

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Over is a store that writes to Top alone and reads what is not there from Base: what is done in it leaves Base as it is. Nobody else is
// to write to Top meanwhile.
type Over struct {
	Base, Top Store
	// Hidden says of a key whether what Base has there is not to be seen; nil hides nothing.
	Hidden func(key string) bool
}

func (o *Over) hides(key string) bool { return o.Hidden != nil && o.Hidden(key) }

// Get implements [Store].
func (o *Over) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	object, err := o.Top.Get(ctx, key, off, n)
	if errors.Is(err, ErrNotFound) && !o.hides(key) {
		return o.Base.Get(ctx, key, off, n)
	}
	return object, err
}

// Create implements [Store]. What Base has and shows is there already.
func (o *Over) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	if !o.hides(key) {
		if _, err := Stat(ctx, o.Base, key); !errors.Is(err, ErrNotFound) {
			if err != nil {
				return Info{}, err
			}
			return same(ctx, o.Base, key, body)
		}
	}
	return o.Top.Create(ctx, key, body)
}

// Swap implements [Store]: of an object that only Base has, it writes the new state to Top.
func (o *Over) Swap(ctx context.Context, key string, body []byte, old Version) (Version, error) {
	_, err := Stat(ctx, o.Top, key)
	if errors.Is(err, ErrNotFound) && !o.hides(key) {
		info, err := Stat(ctx, o.Base, key)
		switch {
		case err == nil && info.Version != old:
			return "", ErrStale
		case err == nil:
			return o.Top.Swap(ctx, key, body, "")
		case !errors.Is(err, ErrNotFound):
			return "", err
		}
	}
	return o.Top.Swap(ctx, key, body, old)
}

// List implements [Store]: both lists as one, in order.
func (o *Over) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		next, stop := iter.Pull2(o.Top.List(ctx, prefix))
		defer stop()
		above, err, more := next()
		for below, errBelow := range o.Base.List(ctx, prefix) {
			if errBelow == nil && o.hides(below.Key) {
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
