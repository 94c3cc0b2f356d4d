package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"daybook/pipeline/store"
)

// A manifest names every object of the landing place and every output. Where these are very many they lie in lists beside it, so
// that no document is larger than one that is read and replaced whole.

// mostListed is how many a manifest holds of one kind, and each list: some ten megabytes.
const mostListed = 1 << 15

// list is a document that holds a part of what is too much for a manifest. Digest seals it.
type list[T any] struct {
	Items  []T    `json:"items"`
	Digest string `json:"digest"`
}

// part returns the manifest as it lies in the store, after it has written its lists.
func (r *Run) part(ctx context.Context, m *Manifest) (*Manifest, error) {
	lies := *m
	lies.Spec.Sources = slices.Clone(m.Spec.Sources)
	var err error
	for i := range lies.Spec.Sources {
		p := &lies.Spec.Sources[i]
		if p.Objects, p.Lists, err = writeLists(ctx, r, m, fmt.Sprintf("objects-%s", p.Source), p.Objects); err != nil {
			return nil, err
		}
	}
	lies.Outputs, lies.Lists, err = writeLists(ctx, r, m, "outputs", m.Outputs)
	return &lies, err
}

// gather puts into a manifest what its lists hold.
func (m *Manifest) gather(ctx context.Context, s store.Store) error {
	for i := range m.Spec.Sources {
		p := &m.Spec.Sources[i]
		if err := readLists(ctx, s, m, &p.Lists, &p.Objects); err != nil {
			return err
		}
	}
	return readLists(ctx, s, m, &m.Lists, &m.Outputs)
}

// writeLists writes lists of what is too much for a manifest, and returns what is left for that and their keys.
func writeLists[T any](ctx context.Context, r *Run, m *Manifest, name string, items []T) (left []T, keys []string, err error) {
	if len(items) <= mostListed {
		return items, nil, nil
	}
	for part := range slices.Chunk(items, mostListed) {
		body, err := json.Marshal(list[T]{Items: part})
		if err != nil {
			return nil, nil, err
		}
		key := fmt.Sprintf("runs/%s/%s/%s-%04d.json", m.Spec.Period, m.Run, name, len(keys))
		sealed := Seal(body)
		if _, err := r.create(ctx, key, func(w io.Writer) error { _, err := w.Write(sealed); return err }); err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	return []T{}, keys, nil
}

// readLists appends what lists hold, and forgets the lists. One that is not there is damage of the manifest.
func readLists[T any](ctx context.Context, s store.Store, m *Manifest, keys *[]string, items *[]T) error {
	for _, key := range *keys {
		var part list[T]
		err := readSealed(ctx, s, m.Spec.Period, key, func(body []byte) error {
			part = list[T]{}
			if _, sound := Unseal(body); !sound {
				return errAltered
			}
			return json.Unmarshal(body, &part)
		})
		if errors.Is(err, store.ErrNotFound) {
			err = &DamagedError{Key: key, Period: m.Spec.Period, Reason: errors.New("it is gone")}
		}
		if err != nil {
			return err
		}
		*items = append(*items, part.Items...)
	}
	*keys = nil
	return nil
}
