package book

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// vocabulary is all that a file of a book may say that is not free text.
type vocabulary struct {
	// keys are those of a struct, by its name as messages have it (source, meter, price); under no name all of them.
	keys map[string]map[string]bool
	// words are keys and the values of closed lists.
	words map[string]bool
}

// vocabularyOfBooks finds it by the structs that books are read into.
func vocabularyOfBooks() vocabulary {
	v := vocabulary{keys: map[string]map[string]bool{"": {}}, words: map[string]bool{}}
	for _, k := range NewKeys().All() {
		holder := k.Place
		if _, last, nested := strings.Cut(k.Place, "."); nested {
			holder = strings.TrimSuffix(last, "s")
		}
		holder = strings.ToLower(holder)
		if v.keys[holder] == nil {
			v.keys[holder] = map[string]bool{}
		}
		v.keys[holder][k.Key], v.keys[""][k.Key], v.words[k.Key] = true, true, true
		for _, t := range []reflect.Type{k.Type, elementOf(k.Type)} {
			if parse.IsScalar(t) {
				for _, value := range parse.AllowedValues(pointed(t)) {
					v.words[value] = true
				}
			}
		}
	}
	return v
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func elementOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		return t.Elem()
	}
	return t
}

var (
	// compound is a word that can be nothing but a key or a value: with an underscore.
	compound = regexp.MustCompile(`\b[a-z]+(?:_[a-z0-9]+)+\b`)
	// sent is a key that a message sends somebody to, with its path, and what it is of: tolerate.times of the source.
	sent = regexp.MustCompile(`\b(?:set|raise|to|in|by|under) ([a-z_]+(?:\.[a-z_]+)*)(?: or ([a-z_]+))? of (?:a|an|the|its) ([a-z]+)\b`)
	// declare is a word for what has no name in a book.
	declare = regexp.MustCompile(`\bdeclare [a-z]+\b`)
)

// noKeys are words of messages that look like keys and are none, with where they are from.
var noKeys = map[string]string{
	"read_parquet": "DuckDB", "regexp_extract": "DuckDB", "regexp_replace": "DuckDB", "hive_partitioning": "DuckDB", "list_reduce": "DuckDB",
	"round_step": "an operation of steps", "tier_percent": "an operation of steps", "list_prepend": "DuckDB", "list_transform": "DuckDB", "string_split": "DuckDB", "path_style": "the URL of a bucket",
	"billing_period": "a manifest, and the folders of datasets", "peer_use": "a dataset", "shared_costs": "a dataset", "operating_currency": "beancount",
}

// TestMessagesNameKeys collects the keys that messages name, in all of the program, and looks each up: what a message sends
// somebody to must be there.
func TestMessagesNameKeys(t *testing.T) {
	v := vocabularyOfBooks()
	kinds := map[string]bool{}
	for holder := range v.keys {
		kinds[holder] = true
	}
	found := map[string]bool{}
	for at, text := range messages(t) {
		for _, word := range compound.FindAllString(text, -1) {
			if !v.words[word] && noKeys[word] == "" && !strings.HasPrefix(word, "x_") {
				t.Errorf("%s: %q names %s, which no book can say", at, text, word)
			}
			found[word] = true
		}
		for _, m := range sent.FindAllStringSubmatch(text, -1) {
			if !kinds[m[3]] {
				continue
			}
			for _, path := range slices.DeleteFunc([]string{m[1], m[2]}, func(s string) bool { return s == "" }) {
				holder := m[3]
				for key := range strings.SplitSeq(path, ".") {
					if !v.keys[holder][key] {
						t.Errorf("%s: %q sends to %s of the %s, and there is none", at, text, key, holder)
					}
					holder, found[key] = key, true
				}
			}
		}
		if word := declare.FindString(text); word != "" && !strings.Contains(text, "of stages does not") {
			t.Errorf("%s: %q says %q; name the key that does it", at, text, word)
		}
	}
	if len(found) < 60 {
		t.Errorf("only %d keys and values were looked up", len(found))
	}
}

// messages are the texts of the program with words in them, by where they stand.
func messages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, root := range []string{"cmd", "pipeline", "rating", "reconcile", "schemas"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(name string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() && strings.HasSuffix(filepath.ToSlash(name), "reconcile/sla") { // no file of a book says yet what is promised about services
				return filepath.SkipDir
			}
			if err != nil || e.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if _, tag := n.(*ast.Field); tag {
					return false
				}
				x, ok := n.(*ast.BasicLit)
				if !ok || x.Kind != token.STRING {
					return true
				}
				if text, err := strconv.Unquote(x.Value); err == nil && strings.Contains(strings.TrimSpace(text), " ") {
					at := files.Position(x.Pos())
					out[at.String()] = text
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestFieldsNameKeys looks up what the descriptions of the keys name: other keys and values, columns, and structs. Names of Go
// mean nothing to who writes a book.
func TestFieldsNameKeys(t *testing.T) {
	v := vocabularyOfBooks()
	known := map[string]bool{"CloudEvents": true, "MiB": true, "GiB": true, "ProductOffering": true, "ProductOfferingPrice": true}
	for _, table := range []*schemas.Table{&schemas.Usage, &schemas.Charges} {
		for _, c := range table.Columns {
			known[c.Name] = true
		}
	}
	inBook := structsOfBooks()
	texts := map[string]string{}
	for line := range strings.Lines(descriptions) {
		name, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if of, _, _ := strings.Cut(name, "."); inBook[of] {
			texts[name], known[of] = text, true
		}
	}
	camel := regexp.MustCompile(`\b[A-Z][a-z]+[A-Z]\w*`)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		for _, word := range camel.FindAllString(texts[name], -1) {
			if !known[word] {
				t.Errorf("%s: %q names %s, which is neither a column nor a struct", name, texts[name], word)
			}
		}
		for _, word := range compound.FindAllString(texts[name], -1) {
			if !v.words[word] && !strings.HasPrefix(word, "x_") {
				t.Errorf("%s: %q names %s, which no book can say", name, texts[name], word)
			}
		}
	}
}

// structsOfBooks are the names of the structs that files of a book are read into, those written inline among them.
func structsOfBooks() map[string]bool {
	out := map[string]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		if out[t.Name()] {
			return
		}
		out[t.Name()] = true
		for f := range t.Fields() {
			if group := groupOf(f.Type); group != nil && f.Tag.Get("yaml") != "" {
				walk(group)
			}
		}
	}
	for _, k := range FileKinds() {
		walk(k.Shape)
	}
	return out
}
