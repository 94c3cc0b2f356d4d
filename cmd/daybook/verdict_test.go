package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
)

// TestOvertaken: a run that does not become current says so, and why. One that was overtaken ends with 4; one of the past was not
// meant to become current.
func TestOvertaken(t *testing.T) {
	then := time.Date(2024, 10, 3, 0, 0, 0, 0, time.UTC)
	other := &run.Current{Period: "2024-09", Run: "0123456789abcdef"}
	for _, c := range []struct {
		name    string
		asOf    *time.Time
		instead *run.Current
		code    int
		says    string
	}{
		{"current", nil, nil, exitDone, ""},
		{"overtaken", nil, other, exitIncomplete, "Readers go on reading run 0123456789abcdef, which became current while this one was at work"},
		{"of the past", &then, other, exitDone, "Readers go on reading run 0123456789abcdef: a run with --as-of is for looking at."},
	} {
		sum := &run.Summary{Instead: c.instead, Manifest: &run.Manifest{Spec: run.Spec{AsOf: c.asOf}}}
		code := exitDone
		if exit, ok := errors.AsType[*exitError](verdict(&book.Book{}, sum)); ok {
			code = exit.code
		}
		text := insteadText(sum)
		if code != c.code || !strings.HasPrefix(text, c.says) || (text == "") != (c.says == "") {
			t.Errorf("%s: exit code %d, %q", c.name, code, text)
		}
		var out strings.Builder
		printSummary(&out, sum, nil, "store", "")
		if !strings.Contains(out.String(), text) {
			t.Errorf("%s: the summary does not say so:\n%s", c.name, out.String())
		}
	}
}
