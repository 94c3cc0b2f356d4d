package schemas_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestTidySeesFaults plants one fault of each kind and expects the rules to name it and nothing else.
func TestTidySeesFaults(t *testing.T) {
	long := "package p\nfunc f() {" + strings.Repeat("\n", mostFunctionLines+2) + "}\n"
	for _, c := range []struct{ path, text, want string }{
		{"rating/a.go", "package rating\nimport \"daybook/schemas\"", ""},
		{"rating/a.go", "package rating\nimport \"daybook/reconcile\"", "rating/a.go:2: rating imports reconcile"},
		{"schemas/a.go", "package schemas\nimport \"github.com/shopspring/decimal\"", "schemas/a.go:2: schemas imports github.com"},
		{"schemas/a.go", "package schemas\nimport \"daybook/fixtures/random\"", "schemas/a.go:2: schemas imports fixtures/random"},
		{"schemas/a_test.go", "package schemas\nimport \"daybook/fixtures/random\"", ""},
		{"pipeline/utils/a.go", "package utils", "pipeline/utils/a.go:1: package pipeline/utils is not in the floor plan"},
		{"rating/a.go", "package p\nvar x float64", "rating/a.go:2: float64 where money lives"},
		{"rating/a.go", "package p\nvar x = d.InexactFloat64()", "rating/a.go:2: InexactFloat64 where money lives"},
		{"rating/a_test.go", "package p\nvar x float64", ""},
		{"rating/a.go", "package p\nimport clock \"time\"\nvar x = clock.Now()", "rating/a.go:3: clock.Now outside a program"},
		{"rating/a.go", "package p\nimport \"time\"\nvar x = time.UTC", ""},
		{"rating/a.go", "package p\nimport \"math/rand/v2\"", "rating/a.go:2: math/rand/v2 outside a program"},
		{"pipeline/a.go", "package p\nimport \"fmt\"\nfunc f() { fmt.Println() }", "pipeline/a.go:3: fmt.Println outside a program"},
		{"pipeline/a.go", "package p\nimport \"fmt\"\nfunc f() { fmt.Errorf(``) }", ""},
		{"fixtures/bulk/a.go", "package main\nimport \"os\"\nfunc f() { os.Exit(1) }", ""},
		{"cmd/daybook/a.go", "package main\nimport \"time\"\nvar x = time.Now()", ""},
		{"rating/a.go", "package p\nvar x = c.Category == \"Tax\"", "rating/a.go:2: \"Tax\" as a bare text"},
		{"cmd/daybook/a.go", "package main\nvar x = `Usage-Based`", "cmd/daybook/a.go:2: `Usage-Based` as a bare text"},
		{"rating/a_test.go", "package p\nvar x = c.Category == \"Tax\"", ""},
		{"fixtures/bulk/a.go", "package bulk\nvar x = \"Usage\"", ""},
		{"schemas/a.go", "package schemas\nvar x = \"Usage\"", ""},
		{"rating/a.go", "package p\nfunc init() {}", "rating/a.go:2: an init function"},
		{"rating/a.go", "package p\n// TO" + "DO: later", "rating/a.go:2: TO" + "DO: finish it"},
		{"rating/a.go", long, "rating/a.go:2: f has 71 lines"},
		{"rating/a_test.go", long, ""},
		{"rating/a_test.go", "package p" + strings.Repeat("\n", mostFileLines+1), "rating/a_test.go:1: 501 lines"},
	} {
		complaints := faultsOf(t, c.path, c.text)
		if c.want == "" && len(complaints) > 0 || c.want != "" && (len(complaints) != 1 || !strings.HasPrefix(complaints[0], c.want)) {
			t.Errorf("%s\n%s\ngot  %q\nwant %q", c.path, c.text, complaints, c.want)
		}
	}
}

// faultsOf applies every rule for single files to one.
func faultsOf(t *testing.T, name, text string) (complaints []string) {
	t.Helper()
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	s := source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), []byte(text), tree}
	checkFile(s, fset, func(s source, at ast.Node, format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf("%s:%d: ", s.path, fset.Position(at.Pos()).Line)+fmt.Sprintf(format, args...))
	})
	return slices.Compact(complaints)
}
