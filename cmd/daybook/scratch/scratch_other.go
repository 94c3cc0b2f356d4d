//go:build !unix

package scratch

import "os"

// Directory is a directory for the files between the tasks of a run, held by this process alone.
type Directory struct{ Path string }

// Claim makes a private scratch directory: without locks that go with the process, none can be taken over.
func Claim(dir, period, run string) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(dir, period+"-"+run+"-")
	return &Directory{path}, err
}

// Release removes the directory too, for nobody could take it over.
func (s *Directory) Release() error { return s.Remove() }

// Remove removes the directory.
func (s *Directory) Remove() error { return os.RemoveAll(s.Path) }

// MakeOwn makes a directory for this user alone.
func MakeOwn(dir string) error { return os.MkdirAll(dir, 0o700) }
