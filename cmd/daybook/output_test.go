package main

import (
	"bytes"
	"errors"
	"io"
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
