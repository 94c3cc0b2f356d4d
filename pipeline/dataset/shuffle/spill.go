package shuffle

import (
	"errors"
	"fmt"
	"os"
)

// TempSpill makes temporary files in a directory, for ReduceOptions.Spill; the empty name is the system's own. Where the
// system allows it a file has no name from the start, so that even a killed process leaves none behind.
func TempSpill(directory string) func() (SpillFile, error) {
	return func() (SpillFile, error) {
		f, err := os.CreateTemp(directory, "daybook-*.spill")
		if err != nil {
			return nil, fmt.Errorf("make a temporary file: %w", err)
		}
		return &tempFile{File: f, named: os.Remove(f.Name()) != nil}, nil
	}
}

// tempFile is gone when it is closed.
type tempFile struct {
	*os.File
	named bool
}

// Close removes the file, too.
func (f *tempFile) Close() error {
	err := f.File.Close()
	if f.named {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
