//go:build !unix

package main

import "os"

// scratch is a directory for the files between the tasks of a run, held by this process alone.
type scratch struct{ path string }

// claim makes a private scratch directory: without locks that go with the process, none can be taken over.
func claim(dir, period, run string) (*scratch, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(dir, period+"-"+run+"-")
	return &scratch{path}, err
}

// release removes the directory too, for nobody could take it over.
func (s *scratch) release() error { return s.remove() }

func (s *scratch) remove() error { return os.RemoveAll(s.path) }

func makeOwn(dir string) error { return os.MkdirAll(dir, 0o700) }
