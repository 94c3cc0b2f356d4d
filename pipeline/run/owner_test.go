package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"daybook/pipeline/store"
)

func put(t *testing.T, s store.Store, key, text string) {
	t.Helper()
	if _, err := s.Create(t.Context(), key, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func TestClaim(t *testing.T) {
	s := new(store.Memory)
	for _, c := range []struct {
		provider string
		other    bool
	}{{"north", false}, {"north", false}, {"south", true}, {"north", false}} {
		if err := Claim(t.Context(), s, c.provider); errors.Is(err, ErrOtherProvider) != c.other || !c.other && err != nil {
			t.Errorf("claimed by %s: %v", c.provider, err)
		}
	}
	// One that was written before stores said whose they are.
	old := new(store.Memory)
	m := &Manifest{Run: "0123456789abcdef", Spec: Spec{Provider: "north", Period: "2024-09"}}
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Create(t.Context(), manifestKey("2024-09", m.Run), bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	put(t, old, currentKey("2024-08"), "{")
	put(t, old, currentKey("2024-09"), `{"period": "2024-09", "run": "0123456789abcdef"}`)
	if err := Claim(t.Context(), old, "south"); !errors.Is(err, ErrOtherProvider) {
		t.Errorf("another's old store was claimed: %v", err)
	}
	if err := Claim(t.Context(), old, "north"); err != nil {
		t.Error(err)
	}
	damaged := new(store.Memory)
	put(t, damaged, ownerKey, "north")
	if err := Claim(t.Context(), damaged, "north"); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("a damaged claim is taken: %v", err)
	}
}
