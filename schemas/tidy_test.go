package schemas_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybook/schemas"
)

// inTests is what the tests of every package may import besides.
var inTests = room{ours: "fixtures/...", friends: "github.com/rogpeppe/go-internal/..."}

// moneyless lists the files under the roof of money that may use floats, each with the reason.
var moneyless = map[string]string{
	"pipeline/dataset/parquet/convert.go": "turns the DOUBLE columns of peers' files into their shortest decimal text, once, at the edge",
}

// binary matches the names of binary floating point: its types, and the functions that convert to and from it.
var binary = regexp.MustCompile(`^(float(32|64)|(Inexact)?Float(32|64)((from)?bits)?|(Parse|Append|Format|New)Float|NewFromFloat\w*)$`)

// topLevel is all that the root of the module holds, beside dot-files and what .gitignore names.
const topLevel = "cmd pipeline rating reconcile schemas fixtures go.mod go.sum Makefile README.md LICENSE"

const (
	mostPackageLines  = 4500 // tests aside: a room that one person can hold in mind
	mostFileLines     = 500
	mostFunctionLines = 70 // after the first and before the last, outside tests; .golangci.yml says the same
)

// largePackages are the packages that may have more lines than others, each with how many, and the reason.
var largePackages = map[string]struct {
	lines  int
	reason string
}{
	"cmd/daybook": {6_500, "a verb a file: they share how a command finds its places, speaks and ends, and nothing else"},

	"rating": {8_000, "one account at work, in one order of application: what is metered, discounted, bounded and pooled shares its lines"},
}

// outsideWorld is what only programs may touch, for a run is a function of its inputs and its engines do not speak:
// clock, chance, environment and terminal. A name ending in a star stands for all that begin so.
var outsideWorld = map[string]string{
	"time":         "Now Since Until",
	"os":           "Getenv LookupEnv Environ ExpandEnv Exit Stdin Stdout Stderr",
	"fmt":          "Print*",
	"log":          "*",
	"log/slog":     "*",
	"math/rand":    "*",
	"math/rand/v2": "*",
	"crypto/rand":  "*",
}

// worldly lists the rooms besides the programs that may touch it, each with the reason.
var worldly = map[string]string{
	"fixtures/effort":    "tells tests how often to repeat themselves, by one variable for all packages",
	"fixtures/published": "finds the published cases where the environment says that they lie",
}

// source is one Go file.
type source struct {
	path string // from the module root, with slashes
	room string // its directory
	test bool
	text []byte
	tree *ast.File
}

// TestTidy holds the tree to the house rules that a machine can see.
func TestTidy(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	sources := parseTree(t, root, fset)
	complain := func(s source, at ast.Node, format string, args ...any) {
		t.Errorf("%s:%d: "+format, append([]any{s.path, fset.Position(at.Pos()).Line}, args...)...)
	}
	documented, lines := map[string]bool{}, map[string]int{}
	for _, s := range sources {
		if !s.test {
			lines[s.room] += bytes.Count(s.text, []byte("\n"))
		}
		documented[s.room] = documented[s.room] || !s.test && s.tree.Doc != nil
		checkFile(s, fset, complain)
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if !documented[name] {
			t.Errorf("%s: no package comment: say what the package is for, what it never does, and where to start reading", name)
		}
	}
	checkPackages(t, lines)
	checkTopLevel(t, root)
	checkUnfinished(t, root)
	checkWay(t, root, sources)
}

// checkPackages holds packages to a size; lines is that of each, tests aside. A package that has become small is
// taken off the list of the large.
func checkPackages(t *testing.T, lines map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		large, listed := largePackages[name]
		limit := max(mostPackageLines, large.lines)
		switch n := lines[name]; {
		case n > limit:
			t.Errorf("%s: %d lines in a package, at most %d: give a part of it a room below", name, n, limit)
		case listed && n <= mostPackageLines:
			t.Errorf("%s: %d lines are few enough, so take the package off the list of the large", name, n)
		}
	}
	for name, large := range largePackages {
		if lines[name] == 0 {
			t.Errorf("%s: there is no such package, so take it off the list of the large (%s)", name, large.reason)
		}
	}
}

// checkFile applies the rules that look at one file alone.
func checkFile(s source, fset *token.FileSet, complain complainer) {
	checkImports(s, complain)
	checkWords(s, complain)
	checkLengths(s, fset, complain)
	if s.test {
		return
	}
	checkFloats(s, complain)
	checkCategories(s, complain)
	if s.tree.Name.Name != "main" && worldly[s.room] == "" {
		checkOutsideWorld(s, complain)
	}
}

// complainer reports what is wrong at a place in a file.
type complainer = func(s source, at ast.Node, format string, args ...any)

// parseTree reads every Go file of the module.
func parseTree(t *testing.T, root string, fset *token.FileSet) (sources []source) {
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch base := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (base[0] == '.' || base[0] == '_' || base == "testdata" || ignored(root, base)):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(base) != ".go":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(fset, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		sources = append(sources, source{rel, path.Dir(rel), strings.HasSuffix(rel, "_test.go"), text, tree})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 20 {
		t.Fatalf("only %d Go files found from %s", len(sources), root)
	}
	return sources
}

// checkImports holds a file to the floor plan.
func checkImports(s source, complain complainer) {
	plan, ok := floorPlan[s.room]
	if !ok && within("fixtures/...", s.room) {
		plan, ok = floorPlan["fixtures/..."], true
	}
	if !ok {
		complain(s, s.tree.Name, "package %s is not in the floor plan: find its room, or plan one in schemas/floor_plan_test.go", s.room)
		return
	}
	for _, spec := range s.tree.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		allowed, name := plan.friends, target
		if s.test {
			allowed += " " + inTests.friends
		}
		if ours, found := strings.CutPrefix(target, "daybook/"); found {
			allowed, name = plan.ours, ours
			if s.test {
				allowed += " " + inTests.ours + " " + s.room + "/..." // its own room, and those below it
				if within("pipeline/...", s.room) {                   // a test of the flow looks at what any of its rooms left
					allowed += " pipeline/... schemas/..."
				}
			}
		} else if !strings.Contains(strings.Split(target, "/")[0], ".") {
			continue // the standard library
		}
		if !slices.ContainsFunc(strings.Fields(allowed), func(pattern string) bool { return within(pattern, name) }) {
			complain(s, spec, "%s imports %s, which the floor plan does not allow: only %q", s.room, name, allowed)
		}
	}
}

// within reports whether an import path is the pattern or, where that ends in /..., at or below it.
func within(pattern, name string) bool {
	tree, all := strings.CutSuffix(pattern, "/...")
	return name == tree || all && strings.HasPrefix(name, tree+"/")
}

// unfinished matches the words that mark work left over. They are put together here so that this file has none.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// checkWords looks for unfinished work in comments; code and data may spell such words, as a currency does.
func checkWords(s source, complain complainer) {
	for _, group := range s.tree.Comments {
		for _, comment := range group.List {
			if word := unfinished.FindString(comment.Text); word != "" {
				complain(s, comment, "%s: finish it, or write down elsewhere what is left", word)
			}
		}
	}
}

// checkLengths holds files and functions to a size that can be read at once.
func checkLengths(s source, fset *token.FileSet, complain complainer) {
	if n := bytes.Count(s.text, []byte("\n")); n > mostFileLines {
		complain(s, s.tree.Name, "%d lines in a file, at most %d: is it one room or two?", n, mostFileLines)
	}
	for _, decl := range s.tree.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil || s.test {
			continue
		}
		if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line - 1; n > mostFunctionLines {
			complain(s, f, "%s has %d lines, at most %d: take its steps apart", f.Name.Name, n, mostFunctionLines)
		}
		if f.Name.Name == "init" && f.Recv == nil {
			complain(s, f, "an init function: make the value where it is declared, or pass it")
		}
	}
}

// checkFloats keeps binary floating point, by type and by conversion, out of the rooms where money lives.
func checkFloats(s source, complain complainer) {
	if !slices.ContainsFunc([]string{"rating/...", "reconcile/...", "schemas/...", "pipeline/..."}, func(pattern string) bool {
		return within(pattern, s.room)
	}) {
		return
	}
	reason, allowed := moneyless[s.path]
	seen := false
	ast.Inspect(s.tree, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		if !ok || !binary.MatchString(name.Name) {
			return true
		}
		seen = true
		if !allowed {
			complain(s, name, "%s where money lives: use money.Decimal or money.Fixed", name.Name)
		}
		return true
	})
	if allowed && !seen {
		complain(s, s.tree.Name, "no float is left here, so take the file off the list (%s)", reason)
	}
}

// checkCategories keeps what FOCUS calls a charge in the vocabulary. Fixtures write such texts as peers do, by themselves.
func checkCategories(s source, complain complainer) {
	if within("schemas/...", s.room) || within("fixtures/...", s.room) {
		return
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, _ := strconv.Unquote(literal.Value)
		for _, known := range [][]string{schemas.ChargeCategories, schemas.ChargeClasses, schemas.ChargeFrequencies} {
			if slices.Contains(known, text) {
				complain(s, literal, "%s as a bare text: it is a constant of schemas", literal.Value)
			}
		}
		return true
	})
}

// checkOutsideWorld keeps a package a function of its inputs.
func checkOutsideWorld(s source, complain complainer) {
	local := map[string]string{} // what this file calls a package, to the names that are forbidden
	for _, spec := range s.tree.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		names, ok := outsideWorld[target]
		if !ok {
			continue
		}
		if names == "*" {
			complain(s, spec, "%s outside a program: take it as an argument or return a value", target)
			continue
		}
		name := path.Base(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		local[name] = names
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		for pattern := range strings.FieldsSeq(local[name.Name]) {
			stem, prefix := strings.CutSuffix(pattern, "*")
			if selector.Sel.Name == stem || prefix && strings.HasPrefix(selector.Sel.Name, stem) {
				complain(s, selector, "%s.%s outside a program: take it as an argument or return it", name.Name, selector.Sel.Name)
			}
		}
		return true
	})
}

// checkTopLevel keeps the root of the module to what a visitor expects there.
func checkTopLevel(t *testing.T, root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if name[0] != '.' && !slices.Contains(strings.Fields(topLevel), name) && !ignored(root, name) {
			t.Errorf("%s: not an entry of the top level, which holds %s and dot-files", name, topLevel)
		}
	}
}

// ignored reports whether .gitignore names an entry of the top level.
func ignored(root, name string) bool {
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		return false
	}
	for pattern := range strings.FieldsSeq(string(text)) {
		if ok, _ := path.Match(strings.Trim(pattern, "/"), name); ok {
			return true
		}
	}
	return false
}

// checkUnfinished looks for unfinished work in the files that are not Go.
func checkUnfinished(t *testing.T, root string) {
	for _, pattern := range []string{"Makefile", "README.md", ".golangci.yml", ".ci/*"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			number := 0
			for line := range strings.Lines(string(text)) {
				number++
				if word := unfinished.FindString(line); word != "" {
					t.Errorf("%s:%d: %s: finish it, or write down elsewhere what is left", name, number, word)
				}
			}
		}
	}
}

// checkWay holds the README's way of one row to the code: each room and name that it gives is declared so.
func checkWay(t *testing.T, root string, sources []source) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, way, _ := strings.Cut(string(text), "### The way of one row\n")
	way, _, found := strings.Cut(way, "\n### ")
	if !found {
		t.Fatal("README.md: the way of one row is not there")
	}
	declared := map[string]bool{}
	for _, s := range sources {
		for _, decl := range s.tree.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				declared[path.Base(s.room)+"."+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if x, ok := spec.(*ast.TypeSpec); ok {
						declared[path.Base(s.room)+"."+x.Name.Name] = true
					}
				}
			}
		}
	}
	names := regexp.MustCompile("`([a-z]+\\.[A-Z][A-Za-z]+)`").FindAllStringSubmatch(way, -1)
	for _, name := range names {
		if !declared[name[1]] {
			t.Errorf("README.md: the way of one row goes by %s, which the code does not have", name[1])
		}
	}
	if len(names) < 15 {
		t.Errorf("README.md: the way of one row has only %d names", len(names))
	}
}
