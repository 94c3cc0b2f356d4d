package book

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

// readArchive returns the files of a txtar file by name, without its problems, and the problems that it expects.
func readArchive(t *testing.T, name string) (a *txtar.Archive, files map[string][]byte, problems string) {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range a.Files {
		if f.Name == "problems" {
			problems = string(f.Data)
			continue
		}
		files[f.Name] = f.Data
	}
	return a, files, problems
}

// bookOf lays files over others; an empty file takes one away.
func bookOf(layers ...map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, files := range layers {
		for name, text := range files {
			if len(text) == 0 {
				delete(fsys, name)
				continue
			}
			fsys[name] = &fstest.MapFile{Data: text}
		}
	}
	return fsys
}

func baseBook(t *testing.T) map[string][]byte {
	t.Helper()
	_, files, _ := readArchive(t, "testdata/base.txtar")
	return files
}

func TestBaseIsSound(t *testing.T) {
	if _, problems := Load(bookOf(baseBook(t))); len(problems) > 0 {
		t.Fatal(problems)
	}
}

// TestErrors lays each case of testdata/errors over the small sound book and compares every complaint, to the letter.
func TestErrors(t *testing.T) {
	names, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d cases (%v), want 40 or more", len(names), err)
	}
	base := baseBook(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files, want := readArchive(t, name)
			b, problems := Load(bookOf(base, files))
			if len(problems) == 0 || b != nil {
				t.Fatal("the book is taken for sound")
			}
			for _, p := range problems {
				if p.File == "" || p.Line < 1 || p.Column < 1 || p.Message == "" {
					t.Errorf("a complaint lacks its place or message: %+v", p)
				}
			}
			got := problems.Error() + "\n"
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("complaints are\n%swant\n%s", got, want)
			}
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "problems" })
			a.Files = append(a.Files, txtar.File{Name: "problems", Data: []byte(got)})
			if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestPlacesExist reads every place that the cases complain of: the line is in the file, and the column in the line.
func TestPlacesExist(t *testing.T) {
	names, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	base := baseBook(t)
	for _, name := range names {
		_, files, _ := readArchive(t, name)
		fsys := bookOf(base, files)
		_, problems := Load(fsys)
		for _, p := range problems {
			f, ok := fsys[p.File]
			if !ok {
				if p.Line != 1 || p.Column != 1 {
					t.Errorf("%s: %s is in a file that is not there", name, p)
				}
				continue
			}
			lines := strings.Split(string(f.Data), "\n")
			if p.Line > len(lines) || p.Column > len([]rune(lines[p.Line-1]))+1 {
				t.Errorf("%s: %s points outside its file", name, p)
			}
		}
	}
}

// TestOrderDoesNotMatter loads a broken book many times: the complaints come out the same.
func TestOrderDoesNotMatter(t *testing.T) {
	base := baseBook(t)
	all := maps.Clone(base)
	all["catalogue/main.yaml"] = []byte("meters: [{id: m, sourc: x}, {id: m, source: y}]\nofferings: 3\n")
	all["accounts.csv"] = []byte("customer,id,currency\nx,y,eur\n")
	_, first := Load(bookOf(all))
	if len(first) < 5 {
		t.Fatalf("only %d complaints", len(first))
	}
	for range 20 {
		if _, again := Load(bookOf(all)); again.Error() != first.Error() {
			t.Fatalf("complaints differ:\n%s\n\n%s", first, again)
		}
	}
}
