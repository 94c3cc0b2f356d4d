package main

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errFull = errors.New("no space left on device")

// full is an output that takes so many bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return 0, errFull
	}
	f.room -= len(p)
	return len(p), nil
}

// TestOutputThatIsFull prints an invoice, and what a run did, to where there is no room: the exit code tells.
func TestOutputThatIsFull(t *testing.T) {
	dir := t.TempDir()
	book, results := filepath.Join(dir, "book"), filepath.Join(dir, "store")
	for _, c := range []struct {
		args []string
		out  io.Writer
		code int
	}{
		{[]string{"init", book}, new(bytes.Buffer), exitDone},
		{[]string{"run", book, "--period", "2024-09", "--store", results, "-q"}, &full{20}, exitBroke},
		{[]string{"run", book, "--period", "2024-09", "--store", results, "-q"}, new(bytes.Buffer), exitDone},
		{[]string{"invoice", book, "birch-prod", "--period", "2024-09", "--store", results}, new(bytes.Buffer), exitDone},
		{[]string{"invoice", book, "birch-prod", "--period", "2024-09", "--store", results}, &full{20}, exitBroke},
	} {
		var complaint bytes.Buffer
		if code := execute(t.Context(), c.args, c.out, &complaint); code != c.code || (code == exitBroke) != strings.Contains(complaint.String(), errFull.Error()) {
			t.Errorf("%q: exit code %d, %s", c.args, code, complaint.String())
		}
	}
}

// TestStoreOfAnother looks at a store whose pointer somebody else wrote: what it says reaches no terminal as it is, and one
// sentence says what is wrong.
func TestStoreOfAnother(t *testing.T) {
	dir := t.TempDir()
	book, results := filepath.Join(dir, "book"), filepath.Join(dir, "store")
	if code := execute(t.Context(), []string{"init", book}, io.Discard, io.Discard); code != exitDone {
		t.Fatal(code)
	}
	pointer := filepath.Join(results, "periods/2024-09/current.json")
	if err := os.MkdirAll(filepath.Dir(pointer), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{`../../../secret`, `\u001b[31mred`, `0123456789abcdef`, ``} {
		if err := os.WriteFile(pointer, []byte(`{"period":"2024-09","run":"`+run+`"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"status", book}, {"digest", book, "--period", "2024-09"}, {"invoice", book, "birch-prod", "--period", "2024-09"},
		} {
			var complaint bytes.Buffer
			code := execute(t.Context(), append(args, "--store", results), io.Discard, &complaint)
			text := complaint.String()
			if code != exitBroke || strings.Count(text, "\n") != 1 || !strings.Contains(text, "periods/2024-09/current.json is damaged") ||
				strings.Contains(text, "\x1b") {
				t.Errorf("%s with run %q: exit code %d, %q", args[0], run, code, text)
			}
		}
	}
}

// TestPlacesOfAnyName runs a book whose landing place and store have names that a URL would write otherwise, as paths and as
// URLs: the same directories are meant throughout, and the places that the run names are there.
func TestPlacesOfAnyName(t *testing.T) {
	base := filepath.Join(t.TempDir(), `who's "it"?; naïve #1 100%25`)
	book := filepath.Join(base, "book")
	if code := execute(t.Context(), []string{"init", book}, io.Discard, io.Discard); code != exitDone {
		t.Fatal(code)
	}
	url := func(parts ...string) string {
		return (&url.URL{Scheme: "file", Path: filepath.Join(append([]string{base}, parts...)...)}).String()
	}
	for _, places := range [][]string{
		nil,
		{"--store", filepath.Join(base, "store?")},
		{"--store", url("by URL?"), "--landing", url("book", "landing")},
	} {
		var out, complaint bytes.Buffer
		if code := execute(t.Context(), append([]string{"run", book, "--period", "2024-09", "-q"}, places...), &out, &complaint); code != exitDone {
			t.Fatalf("%q: exit code %d, %s", places, code, complaint.String())
		}
		_, where, _ := strings.Cut(out.String(), "look at ")
		_, sql, _ := strings.Cut(where, "in DuckDB ")
		page, _, _ := strings.Cut(where, "\n")
		for _, file := range []string{page, sql} {
			if _, err := os.Stat(strings.TrimSpace(file)); err != nil {
				t.Errorf("%q: %v", places, err)
			}
		}
	}
	if found, err := os.ReadDir(base); err != nil || len(found) != 3 {
		t.Errorf("%v, %v", found, err)
	}
}
