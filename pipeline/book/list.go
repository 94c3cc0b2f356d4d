package book

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// list finds the files of the book, in name order, reads them, and complains of those that no book has.
func (l *loader) list(fsys fs.FS) {
	patterns := kinds()
	l.aside = l.placesAside(fsys)
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			l.refuse(&file{name: dir}, "the directory cannot be read: "+reason(err), "look at its permissions")
			return
		}
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case strings.HasPrefix(e.Name(), "."), slices.Contains(l.aside, name), isNotes(e.Name()):
			case isDir(fsys, name, e):
				if isRoom(name, patterns) {
					walk(name)
					continue
				}
				l.stray(name, patterns, "directory")
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
		l.stray(name, patterns, "file")
		return
	}
	f := &file{name: name, part: patterns[i].part}
	if len(l.files) == mostFiles {
		l.refuse(f, fmt.Sprintf("a book has at most %d files", mostFiles), "join some")
	}
	if len(l.files) < mostFiles && l.readFile(fsys, f) {
		l.files = append(l.files, f)
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

// isRoom reports whether files of a book may lie in a directory.
func isRoom(dir string, patterns []kind) bool {
	return slices.ContainsFunc(patterns, func(k kind) bool { return path.Dir(k.pattern) == dir })
}

// stray complains of a file or directory that no book has.
func (l *loader) stray(name string, patterns []kind, what string) {
	var known []string
	for _, k := range patterns {
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
	if near := nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	l.found.add(Problem{File: name, Line: 1, Column: 1, Message: "a book has no such " + what, Suggestion: hint})
}

// placesAside returns the directories inside the book where deliveries arrive and results go: those that the provider
// names. They are looked up before anything is checked, so that a book with problems does not complain of them too.
func (l *loader) placesAside(fsys fs.FS) []string {
	var p struct {
		Landing string `yaml:"landing"`
		Store   string `yaml:"store"`
	}
	f := &file{name: "provider.yaml"}
	if text, err := readLimited(fsys, f.name, mostYAMLBytes); err == nil && len(text) <= mostYAMLBytes {
		f.text = text
		quiet := &loader{shapes: shapes{}}
		quiet.decodeYAML(f, &p)
	}
	out := []string{}
	for _, place := range []string{p.Landing, p.Store} {
		if place == "" || strings.Contains(place, "://") || path.IsAbs(place) {
			continue
		}
		if dir := path.Clean(place); dir != "." && !isRoom(dir, kinds()) {
			out = append(out, dir)
		}
	}
	return out
}
