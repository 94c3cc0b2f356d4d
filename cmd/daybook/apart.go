package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// storeApart refuses a store that would spoil what a run reads, or be spoilt: the landing place, a folder of it or one around
// it, and the book or a folder of it, where what is not of the book is a mistake; but the folder that the book itself names as
// its store is no part of it.
func storeApart(dir, inBook, landingURL, storeURL string) error {
	store, isLocal := localPath(storeURL)
	landing, landingIsLocal := localPath(landingURL)
	shownStore, shownLanding := store, landing
	if !isLocal && !landingIsLocal {
		store, landing = bucketPath(storeURL), bucketPath(landingURL)
		shownStore, shownLanding = withoutQuery(storeURL), withoutQuery(landingURL)
	}
	meet := isLocal == landingIsLocal
	if meet && within(store, landing) {
		return wrong("the store %s lies in the landing place %s: what a run writes would lie among deliveries; name another with --store", shownStore, shownLanding)
	}
	if isLocal {
		if bookHolds(dir, inBook, store) {
			return wrong("the store %s lies in the book %s: what a run writes would lie among its files; name another, or set store: in its provider.yaml", store, realPath(dir))
		}
	}
	if meet && within(landing, store) {
		return wrong("the landing place %s lies in the store %s: who delivers could write what runs read as their own; name another with --store", shownLanding, shownStore)
	}
	return nil
}

// scratchApart refuses a scratch directory among the files of the book, where it would be a mistake, or among deliveries.
func scratchApart(dir, inBook, landingURL, scratch string) error {
	scratch = realPath(scratch)
	if landing, local := localPath(landingURL); local && within(scratch, landing) {
		return wrong("the scratch directory %s lies in the landing place %s: what a run writes would lie among deliveries; name another with --scratch", scratch, landing)
	}
	if bookHolds(dir, inBook, scratch) {
		return wrong("the scratch directory %s lies in the book %s: it would lie among its files; name another with --scratch", scratch, realPath(dir))
	}
	return nil
}

// bookHolds reports whether a directory lies in the book, but for the one that the book names as its store.
func bookHolds(dir, inBook, place string) bool {
	book := realPath(dir)
	if own, local := localPath(inBook); local && inBook != "" {
		if !strings.Contains(inBook, "://") && !filepath.IsAbs(inBook) {
			own = realPath(filepath.Join(dir, inBook))
		}
		if own != book && within(place, own) {
			return false
		}
	}
	return within(place, book)
}

// localPath returns the directory that a place names, if it names one, as realPath has it.
func localPath(place string) (string, bool) {
	dir, local := directoryOf(place)
	if !local {
		return "", false
	}
	return realPath(dir), true
}

// directoryOf returns the directory that a place names, if it names one: a path as it is, for it may hold any character, and
// that of a file URL with what stands in it as %XX.
func directoryOf(place string) (dir string, local bool) {
	if !strings.Contains(place, "://") {
		return place, true
	}
	u, err := url.Parse(place)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	return u.Path, true
}

// realPath is a path without links, absolute; what is not there yet keeps its name.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	if to, err := filepath.EvalSymlinks(abs); err == nil {
		return to
	}
	if parent := filepath.Dir(abs); parent != abs {
		return filepath.Join(realPath(parent), filepath.Base(abs))
	}
	return abs
}

// bucketPath is where a place in a bucket lies, as a path: below its server, none for Amazon's, and its bucket.
func bucketPath(place string) string {
	u, err := url.Parse(place)
	if err != nil { // it was opened, so it parses
		return place
	}
	server := ""
	if endpoint, err := url.Parse(u.Query().Get("endpoint")); err == nil && !strings.HasSuffix(endpoint.Hostname(), ".amazonaws.com") {
		server = strings.ToLower(endpoint.Host) + strings.TrimSuffix(endpoint.Path, "/")
	}
	return strings.TrimSuffix(filepath.Join("/", server, ":", u.Host, u.Path), "/")
}

// within reports whether a path is dir or lies in it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(os.PathSeparator))+string(os.PathSeparator))
}

// withoutQuery is a URL without what may hold a secret.
func withoutQuery(place string) string {
	bare, _, _ := strings.Cut(place, "?")
	return bare
}
