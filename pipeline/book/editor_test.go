package book

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and the table of descriptions")

// TestDescriptions keeps the table that the editor schemas are made with, and FIELDS.md, equal to the structs of packages
// schemas and those below it, and their comments.
func TestDescriptions(t *testing.T) {
	texts := map[string]string{}
	var files []*ast.File
	for _, pattern := range []string{"../../schemas/*.go", "../../schemas/service/*.go", "../../schemas/access/*.go", "../../schemas/intake/*.go", "../../schemas/dispute/*.go", "../../schemas/request/*.go", "../../schemas/intercloud/*.go", "../../schemas/closing/*.go", "../../schemas/einvoice/*.go", "../../schemas/agreed/*.go", "../../schemas/sending/*.go", "rows.go", "check/entries.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, name := range names {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	words := bookWords(files)
	for _, f := range files {
		collectComments(f, texts, words)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		b.WriteString(name + "\t" + texts[name] + "\n")
	}
	for name, fresh := range map[string]string{"descriptions.txt": b.String(), "FIELDS.md": fieldTables(texts)} {
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(old) == fresh {
			continue
		}
		if !*update {
			t.Errorf("%s is older than package schemas: go test ./pipeline/book -run Descriptions -update", name)
			continue
		}
		if err := os.WriteFile(name, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// bookWords are what files say for names of Go that are no plain words: constants, and fields of any struct.
func bookWords(files []*ast.File) map[string]string {
	words := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.ValueSpec:
				for i, id := range x.Names {
					if i < len(x.Values) {
						if value, ok := x.Values[i].(*ast.BasicLit); ok && value.Kind == token.STRING {
							words[id.Name] = strings.Trim(value.Value, `"`)
						}
					}
				}
			case *ast.StructType:
				for name, key := range fieldKeys(x) {
					if strings.ToLower(name[1:]) != name[1:] {
						words[name] = key
					}
				}
			}
			return true
		})
	}
	return words
}

// collectComments adds the comments of the structs of a file that have yaml tags.
func collectComments(f *ast.File, texts, words map[string]string) {
	ast.Inspect(f, func(n ast.Node) bool {
		d, ok := n.(*ast.GenDecl)
		if !ok || d.Tok != token.TYPE {
			return true
		}
		for _, spec := range d.Specs {
			ts := spec.(*ast.TypeSpec)
			st, ok := ts.Type.(*ast.StructType)
			if !ok {
				continue
			}
			tagged := false
			keys := maps.Clone(words)
			maps.Copy(keys, fieldKeys(st))
			for _, field := range st.Fields.List {
				if field.Tag == nil || !strings.Contains(field.Tag.Value, "yaml:") {
					continue
				}
				tagged = true
				text := oneLine(field.Doc.Text())
				if text == "" {
					text = oneLine(field.Comment.Text())
				}
				for _, id := range field.Names {
					if text != "" {
						texts[ts.Name.Name+"."+id.Name] = forBooks(text, keys)
					}
				}
			}
			doc := ts.Doc.Text()
			if doc == "" {
				doc = d.Doc.Text()
			}
			if tagged && doc != "" {
				name, rest, _ := strings.Cut(oneLine(doc), " ")
				texts[ts.Name.Name] = name + " " + forBooks(rest, keys)
			}
		}
		return true
	})
}

// fieldKeys returns the key in the file of every field of a struct.
func fieldKeys(st *ast.StructType) map[string]string {
	keys := map[string]string{}
	for _, field := range st.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("yaml")
		for _, id := range field.Names {
			if key, _, _ := strings.Cut(tag, ","); key != "" {
				keys[id.Name] = key
			}
		}
	}
	return keys
}

var goWord = regexp.MustCompile(`\b[A-Za-z]+\b`)

// forBooks turns a comment on Go into one on files: fields by their keys, and none for nil.
func forBooks(text string, keys map[string]string) string {
	return goWord.ReplaceAllStringFunc(text, func(word string) string {
		if key, ok := keys[word]; ok && word[0] < 'a' {
			return key
		}
		if word == "nil" {
			return "none"
		}
		return word
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestSchemasKnowEveryType looks for open or silent schemas, and for two that differ from call to call.
func TestSchemasKnowEveryType(t *testing.T) {
	all := Schemas()
	for name, text := range all {
		if !strings.Contains(string(text), `"additionalProperties": false`) || !strings.Contains(string(text), `"description"`) {
			t.Errorf("%s neither closes nor describes anything", name)
		}
	}
	again := Schemas()
	if !reflect.DeepEqual(all, again) {
		t.Error("two calls give two schemas")
	}
	if len(all) != 11 {
		t.Errorf("%d schemas, want one for each kind of YAML file, 11", len(all))
	}
}
