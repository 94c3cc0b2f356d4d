package store

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// A directory lets others work when an object is whole, not while it is written, and a scratch directory waits for nothing.
func TestDirectoryYields(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(string) (*Directory, error)
		want []string
	}{
		{"durable", OpenDirectory, []string{"write", "leave", "back"}},
		{"scratch", OpenScratch, []string{"write"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := c.open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			var heard []string
			key := "a"
			s := Yielding(d, func() func() {
				heard = append(heard, "leave")
				if _, err := Stat(context.Background(), d, key); err == nil {
					heard = append(heard, "linked before it is durable")
				}
				return func() { heard = append(heard, "back") }
			})
			if _, err := CreateFrom(t.Context(), s, key, func(w io.Writer) error {
				heard = append(heard, "write")
				_, err := fmt.Fprint(w, "x")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(heard, c.want) {
				t.Errorf("heard %q, want %q", heard, c.want)
			}
			wantBody(t, d, "a", "x")
			heard, key = nil, "b"
			if _, err := s.Create(t.Context(), key, strings.NewReader("y")); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(heard, c.want[1:]) {
				t.Errorf("creating b, heard %q, want %q", heard, c.want[1:])
			}
		})
	}
}
