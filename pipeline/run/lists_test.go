package run

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestManifestsAreParted writes manifests of few objects and outputs, and of more than one holds: what is read is what was
// written, no document is large, and a list that is gone or damaged is named, and made anew by the next run.
func TestManifestsAreParted(t *testing.T) {
	for _, n := range []int{3, 2*mostListed + 5} {
		s := new(store.Memory)
		m := &Manifest{Run: "0123456789abcdef", Spec: Spec{Period: "2024-09", Sources: []Pinned{{Source: "meter"}, {Source: "other"}}}}
		for i := range n {
			m.Spec.Sources[0].Objects = append(m.Spec.Sources[0].Objects, Object{Key: fmt.Sprintf("own/2024-09/%06d.jsonl", i), Size: int64(i), Digest: fmt.Sprintf("%064d", i), Rows: -1})
			m.Outputs = append(m.Outputs, Output{Dataset: "findings", Key: fmt.Sprintf("datasets/findings/%06d.parquet", i), Rows: 1})
		}
		write := func() *Manifest {
			r := &Run{Places: Places{Store: s}, Spec: m.Spec, ID: m.Run, memory: new(memory)}
			if _, err := ReadManifest(t.Context(), s, "2024-09", m.Run); r.memory.spoil(err) != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			if _, err := r.writeManifest(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			got, err := ReadManifest(t.Context(), s, "2024-09", m.Run)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := write()
		got.Digest = m.Digest
		for i := range got.Spec.Sources {
			if len(got.Spec.Sources[i].Objects) == 0 {
				got.Spec.Sources[i].Objects = m.Spec.Sources[i].Objects
			}
		}
		if !reflect.DeepEqual(got, m) {
			t.Errorf("%d objects: another manifest is read than was written", n)
		}
		was, _ := m.Spec.RunID()
		if is, _ := got.Spec.RunID(); is != was {
			t.Errorf("%d objects: the spec is of run %s, and was of %s", n, is, was)
		}
		lists := 0
		for info, err := range s.List(t.Context(), "runs/") {
			if err != nil {
				t.Fatal(err)
			}
			if info.Size > 16<<20 {
				t.Errorf("%d objects: %s has %d bytes", n, info.Key, info.Size)
			}
			if strings.HasSuffix(info.Key, "/manifest.json") {
				continue
			}
			lists++
			body, version, err := store.ReadAll(t.Context(), s, info.Key)
			if err != nil {
				t.Fatal(err)
			}
			body[len(body)/2] ^= 1
			if _, err := s.Swap(t.Context(), info.Key, body, version); err != nil {
				t.Fatal(err)
			}
			damaged, is := errors.AsType[*DamagedError](readError(t, s, m.Run))
			if !is || damaged.Key != info.Key {
				t.Errorf("a flipped bit of %s: %v", info.Key, damaged)
			}
			write()
		}
		if want := map[bool]int{true: 6}[n > mostListed]; lists != want {
			t.Errorf("%d objects lie in %d lists, want %d", n, lists, want)
		}
	}
}

func readError(t *testing.T, s store.Store, id schemas.RunID) error {
	t.Helper()
	_, err := ReadManifest(t.Context(), s, "2024-09", id)
	return err
}
