package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// ownerKey is where a store says whose runs it holds.
const ownerKey = "provider.json"

// ErrOtherProvider says that a store holds the runs of another provider, whose pointers and datasets a run would mix with its
// own.
var ErrOtherProvider = errors.New("a store holds the runs of one provider")

type owned struct {
	Provider string `json:"provider"`
	Digest   string `json:"digest"`
}

// Claim makes a store the provider's, by the identifier in its book, if it is nobody's yet. The error wraps ErrOtherProvider
// for one that is another's: one that says so, or that was written before stores did and points at another's run. Where
// nothing may be written nothing can be taken over, and the store is left as it is.
func Claim(ctx context.Context, s store.Store, provider string) error {
	has, err := owner(ctx, s)
	if errors.Is(err, store.ErrNotFound) {
		var other string
		if other, err = pointedOwner(ctx, s); err != nil {
			return err
		}
		if other != "" && other != provider {
			return sameOwner(provider, other)
		}
		body, err := json.Marshal(owned{Provider: provider})
		if err != nil {
			return err
		}
		_, err = s.Create(ctx, ownerKey, bytes.NewReader(Seal(append(body, '\n'))))
		switch {
		case err == nil, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
			return nil
		case !errors.Is(err, store.ErrExists):
			return fmt.Errorf("say whose the store is: %w", err)
		}
		if has, err = owner(ctx, s); err != nil { // another claimed it just now
			return err
		}
	} else if err != nil {
		return err
	}
	return sameOwner(provider, has)
}

// owner is whose a store says that it is; an error wrapping store.ErrNotFound that it says nothing.
func owner(ctx context.Context, s store.Store) (string, error) {
	var has owned
	version, err := store.ReadDecoded(ctx, s, ownerKey, func(body []byte) error {
		has = owned{}
		if sealed, sound := Unseal(body); sealed && !sound { // it had no seal once
			return errAltered
		}
		return json.Unmarshal(body, &has)
	})
	switch {
	case err != nil && version != "":
		return "", fmt.Errorf("%s is damaged; remove it, and the next run writes it: %w", ownerKey, err)
	case err != nil:
		return "", fmt.Errorf("see whose the store is: %w", err)
	}
	return has.Provider, nil
}

func sameOwner(provider, has string) error {
	if has == provider {
		return nil
	}
	return fmt.Errorf("the store is of provider %s and the book of %s: %w; name another store, or correct id in provider.yaml", has, provider, ErrOtherProvider)
}

// pointedOwner is whose run some period of a store points at; empty where none does.
func pointedOwner(ctx context.Context, s store.Store) (string, error) {
	for info, err := range s.List(ctx, "periods/") {
		if err != nil {
			return "", fmt.Errorf("see whose the store is: %w", err)
		}
		period, found := strings.CutSuffix(strings.TrimPrefix(info.Key, "periods/"), "/current.json")
		if !found {
			continue
		}
		m, err := ReadPointed(ctx, s, schemas.Period(period))
		if err != nil {
			continue // it is damaged, and says nothing of whose it is
		}
		return m.Spec.Provider, nil
	}
	return "", nil
}
