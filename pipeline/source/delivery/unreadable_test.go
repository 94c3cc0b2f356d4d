package delivery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"testing"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// denying is a landing place in which some objects and a folder may not be read.
type denying struct{ store.Store }

func (d denying) Get(ctx context.Context, key string, off, n int64) (*store.Object, error) {
	if strings.Contains(key, "secret") {
		return nil, fmt.Errorf("get %q: %w", key, fs.ErrPermission)
	}
	return d.Store.Get(ctx, key, off, n)
}

func (d denying) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		if !yield(store.Info{Key: "x/2024-09/closed"}, fs.ErrPermission) {
			return
		}
		d.Store.List(ctx, prefix)(yield)
	}
}

// What may not be read is refused by name, and is no failure of the landing place: others go on.
func TestUnreadableIsRefused(t *testing.T) {
	place, arrived := landing(t, `
		x/2024-09/v1/a.csv 1 0: one
		x/2024-09/v2/secret.csv 2 0: two
		y/2024-09/a.csv 1 0: one
		y/2024-09/secret.csv 1 0: two
		z/2024-09/r1/a.csv 1 0: one
		z/2024-09/r1/manifest.json 1 0: {"billing_period": "2024-09", "complete": true, "objects": [{"key": "a.csv"}]}
		z/2024-09/secret/manifest.json 1 0: {}`)
	for _, c := range []struct {
		src    schemas.Source
		counts string
		secret string
	}{
		{schemas.Source{ID: "x", Semantics: schemas.Snapshot, Prefix: "x", Pattern: "{period}/{version}/*.csv"}, "x/2024-09/v1/a.csv", "x/2024-09/v2/secret.csv"},
		{schemas.Source{ID: "y", Semantics: schemas.Append, Prefix: "y", Pattern: "{period}/*.csv"}, "y/2024-09/a.csv", "y/2024-09/secret.csv"},
		{schemas.Source{ID: "z", Semantics: schemas.Snapshot, Prefix: "z", Pattern: "{period}/{version}/*.csv", Manifest: "manifest.json"}, "z/2024-09/r1/a.csv", "z/2024-09/secret/manifest.json"},
	} {
		found, err := Discover(t.Context(), denying{place}, &c.src, Query{Period: "2024-09", Arrived: arrived})
		if err != nil {
			t.Fatal(err)
		}
		var counts, refused []string
		for _, d := range found.Deliveries {
			for _, o := range d.Objects {
				counts = append(counts, o.Key)
			}
		}
		for _, f := range found.Findings {
			if f.Code == schemas.CodeUnreadableObject {
				refused = append(refused, f.Object)
			}
		}
		if got := strings.Join(counts, " "); got != c.counts || !found.Incomplete {
			t.Errorf("%s counts %q, incomplete %v", c.src.ID, got, found.Incomplete)
		}
		if got := strings.Join(refused, " "); got != "x/2024-09/closed "+c.secret && got != c.secret+" x/2024-09/closed" {
			t.Errorf("%s refuses %q", c.src.ID, got)
		}
	}
	broken := func(store.Info) Digests { return Digests{} }
	src := schemas.Source{ID: "y", Semantics: schemas.Append, Prefix: "y", Pattern: "{period}/*.csv"}
	if _, err := Discover(t.Context(), failing{place}, &src, Query{Period: "2024-09", Digest: broken}); !errors.Is(err, errBroken) {
		t.Errorf("a landing place that fails: %v", err)
	}
}

var errBroken = errors.New("broken")

// failing is a landing place that cannot be read.
type failing struct{ store.Store }

func (failing) Get(context.Context, string, int64, int64) (*store.Object, error) {
	return nil, errBroken
}
