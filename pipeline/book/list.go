package book

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
)

// list finds the files of the book, in name order, and reads them. Those that no book has are noted, to be complained of
// once the provider has said which directories are not part of it.
func (l *loader) list(fsys fs.FS) {
	patterns := kinds()
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			l.Refuse(dir, "the directory cannot be read: "+reason(err), "look at its permissions")
			return
		}
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case strings.HasPrefix(e.Name(), "."), isNotes(e.Name()):
			case isDir(fsys, name, e):
				if slices.Contains(l.Folders, name) {
					walk(name)
					continue
				}
				l.strays = append(l.strays, stray{name, "directory"})
			default:
				l.take(fsys, name, patterns)
			}
		}
	}
	walk(".")
}

// take reads a file if a book has one of that name.
func (l *loader) take(fsys fs.FS, name string, patterns []kind) {
	i := slices.IndexFunc(patterns, func(k kind) bool { ok, _ := path.Match(k.pattern, name); return ok })
	if i < 0 {
		l.strays = append(l.strays, stray{name, "file"})
		return
	}
	if len(l.files) == mostFiles {
		l.Refuse(name, fmt.Sprintf("a book has at most %d files", mostFiles), "join some")
	}
	if len(l.files) >= mostFiles {
		return
	}
	if text, ok := l.readFile(fsys, name); ok {
		l.files = append(l.files, parse.NewFile(name, text))
		l.sums = append(l.sums, digestFile(name, patterns[i].part, text))
	}
}

// isNotes reports whether a file is for people alone.
func isNotes(name string) bool {
	return path.Ext(name) == ".md" || strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "README")
}

// isDir follows links, so that a book may be mounted as a tree of links.
func isDir(fsys fs.FS, name string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(fsys, name)
	return err == nil && info.IsDir()
}

// folders are the directories in which files of a book may lie.
func folders() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, path.Dir(k.pattern))
	}
	return out
}

// stray is a file or directory that no book has.
type stray struct{ name, what string }

// checkStrays complains of what no book has.
func (l *loader) checkStrays() {
	// Without the provider nothing says which directories are aside.
	_, said := l.ProviderAt.Given()
	for _, s := range l.strays {
		if s.what == "file" || said && !l.isAside(s.name) {
			l.complainOfStray(s.name, s.what)
		}
	}
}

func (l *loader) complainOfStray(name, what string) {
	var known []string
	for _, k := range kinds() {
		candidate := k.pattern
		if strings.Contains(candidate, "*") {
			stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
			candidate = strings.ReplaceAll(candidate, "*", stem)
			if what == "directory" {
				candidate = path.Dir(candidate)
			}
		}
		known = append(known, candidate)
	}
	hint := "move it out of the book"
	if what == "directory" {
		hint += ", or name it as landing or store in provider.yaml"
	}
	if near := parse.Nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	l.Report(parse.Problem{File: name, Line: 1, Column: 1, Message: "a book has no such " + what, Suggestion: hint})
}

// isAside reports whether a directory is where deliveries arrive or results go, or leads there: such a one lies inside the
// book but is no part of it.
func (l *loader) isAside(dir string) bool {
	for _, where := range []string{l.Provider.Landing, l.Provider.Store} {
		if where == "" || strings.Contains(where, "://") {
			continue
		}
		if where = path.Clean(where); where == dir || strings.HasPrefix(where, dir+"/") {
			return true
		}
	}
	return false
}
