package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestAllIsSaid holds the program to the functions of say.go: nothing else prints, so that nothing of a delivery reaches a
// terminal as it came. The writers that only hand on what was said are named with their reason.
func TestAllIsSaid(t *testing.T) {
	handsOn := map[string]string{
		"main.go":        "remembers that something could not be printed",
		"quote_print.go": "drops blanks at the ends of lines",
	}
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files (%v)", len(names), err)
	}
	fset := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "say.go" {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			of, _ := call.X.(*ast.Ident)
			pkg := of != nil && (of.Name == "fmt" || of.Name == "io" || of.Name == "json")
			prints := strings.HasPrefix(call.Sel.Name, "Fprint") || strings.HasPrefix(call.Sel.Name, "Print") || call.Sel.Name == "NewEncoder" || call.Sel.Name == "WriteString"
			writes := call.Sel.Name == "Write" && handsOn[name] == ""
			if pkg && prints || writes {
				t.Errorf("%s: %s prints; say it by a function of say.go", fset.Position(call.Pos()), call.Sel.Name)
			}
			return true
		})
	}
}

func TestSay(t *testing.T) {
	var out strings.Builder
	say(&out, "%s\t%d\n%v\n", "a\x1b[31m\nb\u202ec\xff", 7, errSaid)
	if want := "a\ufffd[31m\ufffdb\ufffdc\ufffd\t7\nsaid already\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	if err := sayJSON(&out, map[string]string{"a": "\x1b\u009b\u202e\U000e0001\n<é"}, ""); err != nil {
		t.Fatal(err)
	}
	if want := `{"a":"\u001b\u009b\u202e\udb40\udc01\n<é"}` + "\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
