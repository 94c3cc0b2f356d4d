package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// forbidden is a store that counts how often it is asked, and lets nobody read.
type forbidden struct {
	*Memory
	asked int
	group func(key string) string
}

func (f *forbidden) readable(context.Context, string) error {
	f.asked++
	return fs.ErrPermission
}

func (f *forbidden) guardedWith(key string) string { return f.group(key) }

func TestPermissionsAskOncePerGroup(t *testing.T) {
	for _, c := range []struct {
		name  string
		group func(string) string
		asked int
	}{
		{"a bucket's folders", (&Bucket{}).guardedWith, 2},
		{"a directory's files", (&Directory{}).guardedWith, 4},
	} {
		s := &forbidden{Memory: new(Memory), group: c.group}
		p := NewPermissions(s)
		for key := range strings.FieldsSeq("a/1 a/2 b/1 a/1") {
			if err := p.Readable(t.Context(), key); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: %s: %v, want that it may not be read", c.name, key, err)
			}
		}
		if s.asked != c.asked {
			t.Errorf("%s: asked %d times, want %d", c.name, s.asked, c.asked)
		}
	}
	if err := NewPermissions(new(Memory)).Readable(t.Context(), "a/1"); err != nil {
		t.Errorf("memory has no permissions, and says %v", err)
	}
}
