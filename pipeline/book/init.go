package book

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed starter
var starter embed.FS

// Starter returns a small commented book that runs, with a little usage to run it on: contents by name, with slashes.
func Starter() map[string][]byte {
	out := map[string][]byte{}
	// The files are part of the program, so reading them cannot fail; a test holds them to what a book must be.
	_ = fs.WalkDir(starter, "starter", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := starter.ReadFile(name)
		out[strings.TrimPrefix(name, "starter/")] = text
		return err
	})
	for name, text := range Schemas() {
		out[path.Join(".schemas", name)] = text
	}
	return out
}

// Init writes the starter book into a directory, which it makes if need be. It overwrites nothing: if any of the files is
// there already, it says which and writes none.
func Init(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("write a book into %s: it is a file; choose an empty directory, or one that is not there yet", dir)
	}
	files := Starter()
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return fmt.Errorf("write a book into %s: %s is there already; choose an empty directory", dir, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write a book into %s: %w", dir, err)
		}
	}
	for _, name := range names {
		if err := writeNew(filepath.Join(dir, filepath.FromSlash(name)), files[name]); err != nil {
			return fmt.Errorf("write a book into %s: %w", dir, err)
		}
	}
	return nil
}

// writeNew writes a file that is not there yet.
func writeNew(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Close())
}
