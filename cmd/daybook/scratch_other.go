//go:build !unix

package main

import "os"

// claim makes a private scratch directory: without locks that go with the process, none can be shared.
func claim(dir, _ string) (path string, release func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	if path, err = os.MkdirTemp(dir, "private-"); err != nil {
		return "", nil, err
	}
	return path, func() error { return os.RemoveAll(path) }, nil
}
