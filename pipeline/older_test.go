package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// versions is a landing place with the starter's own use and versions of its peer's bill, each with a manifest that promises
// so many rows more than there are.
func versions(t *testing.T, w *world, wrong ...int) store.Store {
	t.Helper()
	landing := new(store.Memory)
	for i := range 5 {
		put(t, landing, fmt.Sprintf("own/compute/2024-09/%d.jsonl", i), event(i, "1"))
	}
	text, err := os.ReadFile(path.Join(w.deliveries, "peers/atlas/2024-09/v1/part-1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(text)), "\n")
	for i, more := range wrong {
		rows := lines[:len(lines)-i] // each version has a row less than the one before
		for part, body := range []string{strings.Join(rows, ""), strings.Join(rows[:2], "")} {
			put(t, landing, fmt.Sprintf("peers/atlas/2024-09/v%d/part-%d.csv", i+1, part), body)
		}
		put(t, landing, fmt.Sprintf("peers/atlas/2024-09/v%d/manifest.json", i+1), fmt.Sprintf(
			`{"billing_period":"2024-09","complete":true,"objects":[{"key":"part-0.csv","rows":%d},{"key":"part-1.csv","rows":1}]}`, len(rows)-1+more))
	}
	return landing
}

// withManifests is the starter whose peer's bills come with manifests.
func withManifests(t *testing.T) *world {
	t.Helper()
	w := *need(t, starter)
	b := *w.book
	b.Sources = slices.Clone(b.Sources)
	for i := range b.Sources {
		if b.Sources[i].ID == "atlas-bills" {
			b.Sources[i].Manifest = "manifest.json"
		}
	}
	w.book = &b
	return &w
}

// counts lists the versions that a run pinned, and what it says of its deliveries.
func counts(m *run.Manifest) (versions, said []string) {
	for _, s := range m.Spec.Sources {
		for _, o := range s.Objects {
			if o.Version != "" {
				versions = append(versions, o.Version)
			}
		}
		for _, f := range s.Findings {
			said = append(said, fmt.Sprintf("%s %s: %s", f.Code, f.Object, f.Message))
		}
	}
	return slices.Compact(versions), said
}

// TestOlderVersionCounts asserts that of a snapshot the newest version counts whose rows are as many as its manifest promises,
// that the run says so, and that it is the same whether it finds out or is told by what another one found out.
func TestOlderVersionCounts(t *testing.T) {
	w := withManifests(t)
	for _, c := range []struct {
		name  string
		wrong []int // by version: how many rows its manifest promises too many
		want  string
		said  []string
	}{
		{"newest", []int{0, 0, 0}, "v3", []string{"superseded_version", "superseded_version"}},
		{"second", []int{0, 0, 1}, "v2", []string{`v3/part-0.csv: it has`, `until then version "v2" counts`, "superseded_version"}},
		{"third", []int{0, -1, 2}, "v1", []string{`v3/part-0.csv: it has`, `v2/part-0.csv: it has`, `until then version "v1" counts`}},
		{"none", []int{1, 2}, "v1", []string{"v2/part-0.csv: it has"}},
		{"only one", []int{1}, "v1", nil},
	} {
		sum, s := w.must(t, night{landing: versions(t, w, c.wrong...), shards: 2})
		m := sum.Manifest
		got, said := counts(m)
		text := strings.Join(said, "\n")
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q count, want %s", c.name, got, c.want)
		}
		for _, want := range c.said {
			if !strings.Contains(text, want) {
				t.Errorf("%s: nothing says %q:\n%s", c.name, want, text)
			}
		}
		best := slices.Index(c.wrong, 0) >= 0
		if refused := c.wrong[len(c.wrong)-1] != 0; m.Provisional != refused || found(sum, schemas.CodeManifestMismatch) != refused {
			t.Errorf("%s: provisional %t, %+v", c.name, m.Provisional, m.Codes)
		}
		if hasBill := slices.ContainsFunc(m.Sources, func(s run.SourceControl) bool {
			return s.Source == "atlas-bills" && s.Control.Delivered.Rows > 0
		}); hasBill != best {
			t.Errorf("%s: the bill counts %t, want %t", c.name, hasBill, best)
		}
		want := left(t, s)
		again, _ := w.must(t, night{landing: versions(t, w, c.wrong...), store: s, shards: 2})
		if !again.Reused || again.Manifest.Run != m.Run {
			t.Errorf("%s: the second run is %s, reused %t, and the first %s", c.name, again.Manifest.Run, again.Reused, m.Run)
		}
		same(t, left(t, s), want)

		for _, at := range []run.EventKind{run.TaskDone, run.StepEnds} { // some or all is known when it is killed
			part := new(store.Memory)
			ctx, kill := context.WithCancel(t.Context())
			stop := func(e run.Event) {
				if e.Step == "object" && e.Kind == at {
					kill()
				}
			}
			if _, err := w.run(ctx, t, night{landing: versions(t, w, c.wrong...), store: part, shards: 2, progress: stop}); err == nil {
				t.Errorf("%s: the run was not killed", c.name)
			}
			sum, _ = w.must(t, night{landing: versions(t, w, c.wrong...), store: part, shards: 2, workers: 3})
			if sum.Manifest.Run != m.Run {
				t.Errorf("%s: after a stop the run is %s, and without %s", c.name, sum.Manifest.Run, m.Run)
			}
			for key, digest := range left(t, part) {
				if want[key] != digest {
					t.Errorf("%s: %s is another after a stop", c.name, key)
				}
			}
			for _, o := range m.Outputs {
				if left(t, part)[o.Key] != want[o.Key] {
					t.Errorf("%s: %s is another after a stop", c.name, o.Key)
				}
			}
		}
	}
}

// TestMendedVersionCounts mends a version whose rows were miscounted: it counts in the next run.
func TestMendedVersionCounts(t *testing.T) {
	w := withManifests(t)
	sum, s := w.must(t, night{landing: versions(t, w, 0, 1)})
	if got, _ := counts(sum.Manifest); strings.Join(got, " ") != "v1" {
		t.Errorf("%q count, want v1", got)
	}
	mended, _ := w.must(t, night{landing: versions(t, w, 0, 0), store: s})
	if got, said := counts(mended.Manifest); strings.Join(got, " ") != "v2" || mended.Manifest.Provisional {
		t.Errorf("%q count, want v2: %q", got, said)
	}
}

// TestOlderVersionOfDamage takes the older version where the newest is no CSV at all, too.
func TestOlderVersionOfDamage(t *testing.T) {
	w := need(t, starter)
	landing := new(store.Memory)
	copyStore(t, w.landing(t), landing, nil)
	if _, err := landing.Create(t.Context(), "peers/atlas/2024-09/v7/part-1.csv", bytes.NewReader([]byte("PK\x03\x04 and so on"))); err != nil {
		t.Fatal(err)
	}
	want, without := w.plain(t)
	sum, s := w.must(t, night{landing: landing})
	_, said := counts(sum.Manifest)
	if !sum.Manifest.Provisional || !strings.Contains(strings.Join(said, "\n"), `v7/part-1.csv: it is a damaged ZIP archive`) {
		t.Errorf("provisional %t, %q", sum.Manifest.Provisional, said)
	}
	if got, want := rows(t, s, sum.Manifest)["charges"], rows(t, without, want.Manifest)["charges"]; got != want {
		t.Errorf("charges are %s, want %s", got, want)
	}
	if got := sum.Manifest.Control.Usage.Rows; got != want.Manifest.Control.Usage.Rows {
		t.Errorf("%d rows of usage, want %d", got, want.Manifest.Control.Usage.Rows)
	}
}
