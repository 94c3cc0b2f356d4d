//go:build !unix || solaris || illumos || aix

package store

import (
	"errors"
	"fmt"
	"os"
)

// tryLock fails: without a lock that goes with its holder, a directory cannot be shared by processes.
func tryLock(f *os.File) (bool, error) {
	return false, fmt.Errorf("lock %q: %w on this system; keep the store in a bucket", f.Name(), errors.ErrUnsupported)
}
