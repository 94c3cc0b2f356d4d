package source

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"daybook/schemas"
)

// TestDocumentedColumns holds the table of MEANING.md against what FOCUS 1.2 is asked for.
func TestDocumentedColumns(t *testing.T) {
	text, err := os.ReadFile("../book/MEANING.md")
	if err != nil {
		t.Fatal(err)
	}
	const head = "| Column | Demanded | Never null | Closed list | Side column |\n|---|---|---|---|---|\n"
	_, rest, found := strings.Cut(string(text), head)
	got, _, ended := strings.Cut(rest, "\n\n")
	if !found || !ended {
		t.Fatal("MEANING.md has no such table")
	}
	f, err := formatOf(schemas.FOCUS12)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for use, r := range f.columns {
		if !r.mandatory && !r.notNull && r.allowed == nil && !r.currency {
			continue
		}
		mark := func(yes bool) string { return map[bool]string{true: "yes"}[yes] }
		beside := mark(r.side)
		if r.besideBilled {
			beside = "beside BilledCost"
		}
		list := mark(r.allowed != nil)
		if r.currency {
			list = "ISO 4217"
		}
		fmt.Fprintf(&want, "| %s | %s | %s | %s | %s |\n", schemas.Usage.Columns[use].Name, mark(r.mandatory), mark(r.notNull), list, beside)
	}
	if got+"\n" != want.String() {
		t.Errorf("the table of MEANING.md is\n%s\nwant\n%s", got, want.String())
	}
}
