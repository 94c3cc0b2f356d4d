package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// places are where a verb reads and writes: flags that most verbs share.
type places struct {
	landing, store string
}

func (p *places) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.landing, "landing", "", "where deliveries appear: a directory, file:// or s3:// (default: the book's)")
	cmd.Flags().StringVar(&p.store, "store", "", "where results go: a directory, file:// or s3:// (default: the book's)")
}

// rerun is the command that runs a period of a book in these places.
func (p *places) rerun(dir string, period schemas.Period) string {
	words := []string{"daybook run", quoted(dir), "--period", string(period)}
	for _, flag := range []struct{ name, value string }{{"--landing", p.landing}, {"--store", p.store}} {
		if flag.value != "" {
			words = append(words, flag.name, quoted(flag.value))
		}
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:=,@+", r)
	}
	if word != "" && strings.TrimFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// readBook reads a book, or says why the directory holds none.
func readBook(dir string) (*book.Book, book.Problems, error) {
	info, err := os.Stat(dir)
	switch around := filepath.Join(dir, ".."); {
	case errors.Is(err, fs.ErrPermission):
		return nil, nil, wrong("the book %s cannot be read; look at its permissions: %w", dir, err)
	case err != nil:
		return nil, nil, wrong("%s is not a directory that holds a book; daybook init %s writes one that runs", dir, dir)
	case !info.IsDir():
		return nil, nil, wrong("%s is a file, and a book is a directory; did you mean %s?", dir, around)
	case !holdsBook(dir) && holdsBook(around):
		return nil, nil, wrong("%s is a part of the book %s; name the whole of it", dir, around)
	}
	b, problems, err := book.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		err = wrong("the book %s cannot be read; look at its permissions: %w", dir, err)
	}
	return b, problems, err
}

func holdsBook(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "provider.yaml"))
	return err == nil
}

// openBook reads a book and says everything that is wrong with it at once.
func openBook(cmd *cobra.Command, dir string) (*book.Book, error) {
	b, problems, err := readBook(dir)
	if err != nil {
		return nil, err
	}
	if len(problems) == 0 {
		return b, nil
	}
	for _, p := range problems {
		say(cmd.ErrOrStderr(), "%s\n", filepath.Join(dir, p.String()))
	}
	return nil, wrong("the book %s has %d problem%s; nothing was run", dir, len(problems), plural(len(problems)))
}

// plural ends a noun after a count.
func plural[N int | int64](n N) string { return schemas.OneOrMany(n, "", "s") }

// openPlace opens a landing place or store; path is the flag's value, or else the book's, which is relative to the book.
func openPlace(ctx context.Context, what, flag, inBook, dir string) (store.Store, string, error) {
	url := flag
	if url == "" {
		url = inBook
		if url == "" {
			return nil, "", wrong("say where the %s is: --%s, or %s: in the book's provider.yaml", what, what, what)
		}
		if !strings.Contains(url, "://") && !filepath.IsAbs(url) {
			url = filepath.Join(dir, url)
		}
	}
	// Opening asks nobody, so what goes wrong is what was written.
	if local, is := directoryOf(url); is {
		if info, err := os.Stat(local); err == nil && !info.IsDir() {
			return nil, "", wrong("the %s %s is a file; name a directory with --%s", what, local, what)
		}
	}
	s, err := store.Open(ctx, url)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, "", wrong("open the %s: %w; look at its permissions, or name another with --%s", what, err, what)
	case err != nil:
		return nil, "", wrong("open the %s: %w", what, err)
	}
	return s, url, nil
}

// openLanding opens the landing place. A directory that is not there is no landing place without deliveries: it may be a
// slip of the pen, or a disk that is not mounted.
func (p *places) openLanding(ctx context.Context, inBook, dir string) (store.Store, string, error) {
	s, url, err := openPlace(ctx, "landing", p.landing, inBook, dir)
	if err != nil {
		return nil, "", err
	}
	if local, is := directoryOf(url); is {
		if _, err := os.Stat(local); errors.Is(err, fs.ErrNotExist) {
			return nil, "", wrong("the landing place %s is not there; make it, mount it, or name another with --landing", local)
		}
	}
	return s, url, nil
}

// parsePeriod reads a --period flag.
func parsePeriod(s string) (schemas.Period, error) {
	p, err := schemas.ParsePeriod(s)
	if err != nil {
		return "", &exitError{exitWrong, err}
	}
	return p, nil
}

// parseAsOf reads an --as-of flag: a day, which means its end in the provider's zone, or an instant.
func parseAsOf(s string, zone *time.Location) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		t = t.UTC()
		return &t, nil
	}
	d, err := schemas.ParseDate(s)
	if err != nil {
		return nil, wrong("--as-of %q is neither a day (2024-10-03) nor an instant (2024-10-03T04:00:00Z)", s)
	}
	t := d.AddDays(1).Time(zone).UTC()
	return &t, nil
}
