package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestOverConforms(t *testing.T) {
	conform(t, func(*testing.T) Store {
		return &Over{Base: new(Memory), Top: new(Memory), Hidden: func(key string) bool { return strings.HasPrefix(key, "b") }}
	})
}

// TestOver reads what lies below but for what is hidden, writes above, and leaves what lies below as it is.
func TestOver(t *testing.T) {
	base, top, ctx := new(Memory), new(Memory), t.Context()
	for _, key := range []string{"a", "c", "hidden/x", "z"} {
		if _, err := base.Create(ctx, key, strings.NewReader("below")); err != nil {
			t.Fatal(err)
		}
	}
	s := &Over{base, top, func(key string) bool { return strings.HasPrefix(key, "hidden/") }}
	if _, _, err := ReadAll(ctx, s, "hidden/x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what is hidden is read: %v", err)
	}
	for key, want := range map[string]error{"hidden/x": nil, "b": nil, "a": ErrExists} {
		if _, err := s.Create(ctx, key, strings.NewReader("above")); !errors.Is(err, want) {
			t.Errorf("create %s: %v, want %v", key, err, want)
		}
	}
	if _, err := s.Create(ctx, "c", strings.NewReader("below")); err != nil {
		t.Errorf("create what is there: %v", err)
	}
	_, version, err := ReadAll(ctx, s, "z")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap(ctx, "z", []byte("above"), "another"); !errors.Is(err, ErrStale) {
		t.Errorf("swap by another version: %v", err)
	}
	if version, err = s.Swap(ctx, "z", []byte("above"), version); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Swap(ctx, "z", []byte("above again"), version); err != nil {
		t.Fatal(err)
	}
	var got []string
	for info, err := range s.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := ReadAll(ctx, s, info.Key)
		if err != nil || int64(len(body)) != info.Size {
			t.Errorf("%s: %v, %d bytes, listed with %d", info.Key, err, len(body), info.Size)
		}
		got = append(got, info.Key+" "+string(body))
	}
	if want := "a below, b above, c below, hidden/x above, z above again"; strings.Join(got, ", ") != want {
		t.Errorf("lists %q, want %q", got, want)
	}
	for info, err := range base.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		if body, _, err := ReadAll(ctx, base, info.Key); err != nil || !bytes.Equal(body, []byte("below")) {
			t.Errorf("%s was written to: %q, %v", info.Key, body, err)
		}
	}
}
