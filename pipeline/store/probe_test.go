package store

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// careless is a server of objects that heeds some conditions, and counts how often the probe is written or tried.
type careless struct {
	none, match bool // which conditions it heeds
	mu          sync.Mutex
	objects     map[string]bool
	probes      int
}

func (c *careless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, probeName) {
		c.probes++
	}
	switch {
	case r.Method != http.MethodPut:
		w.WriteHeader(http.StatusNotFound)
	case c.none && r.Header.Get("If-None-Match") != "" && c.objects[r.URL.Path],
		c.match && r.Header.Get("If-Match") != "":
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		c.objects[r.URL.Path] = true
		w.Header().Set("ETag", `"one"`)
	}
}

// TestServersWithoutConditions refuses a server that writes whatever the condition is, before anything but the probe is
// written, and asks one that heeds them once.
func TestServersWithoutConditions(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	for _, c := range []struct {
		name        string
		none, match bool
		probed      bool // by an earlier process
		probes      int
	}{
		{"heeds both", true, true, false, 3},
		{"heeds both, and was asked before", true, true, true, 2},
		{"heeds neither", false, false, false, 2},
		{"heeds neither, and was asked before", false, false, true, 2},
		{"heeds If-None-Match alone", true, false, false, 3},
		{"heeds If-Match alone", false, true, false, 2},
	} {
		s := &careless{none: c.none, match: c.match, objects: map[string]bool{"/bucket/p/" + probeName: c.probed}}
		server := httptest.NewServer(s)
		defer server.Close()
		b, err := OpenBucket(t.Context(), "s3://bucket/p?endpoint="+server.URL)
		if err != nil {
			t.Fatal(err)
		}
		for i, write := range []func() error{
			func() error { _, err := b.Create(t.Context(), "a", strings.NewReader("x")); return err },
			func() error { _, err := b.Swap(t.Context(), "b", []byte("x"), ""); return err },
		} {
			err := write()
			if heeds := c.none && c.match; heeds && err != nil || !heeds && !errors.Is(err, ErrUnconditional) {
				t.Errorf("%s: write %d: %v", c.name, i, err)
			} else if !heeds && !strings.Contains(err.Error(), "s3://bucket/p/") {
				t.Errorf("%s: %v does not name the place", c.name, err)
			}
		}
		if (!c.none || !c.match) && (s.objects["/bucket/p/a"] || s.objects["/bucket/p/b"]) {
			t.Errorf("%s: something was written nonetheless", c.name)
		}
		if s.probes != c.probes {
			t.Errorf("%s: the probe was tried %d times, want %d", c.name, s.probes, c.probes)
		}
	}
}
