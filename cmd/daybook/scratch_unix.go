//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// claim takes the scratch directory of a run for this process alone. If another process has it, this one gets a private
// one. The lock goes with the process, however it ends, so a directory left by a killed one is taken over with what it
// holds. release removes the directory.
func claim(dir, run string) (path string, release func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, run+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		path = filepath.Join(dir, run)
		return path, func() error { return errors.Join(os.RemoveAll(path), lock.Close()) }, os.MkdirAll(path, 0o755)
	case errors.Is(err, syscall.EWOULDBLOCK):
		if path, err = os.MkdirTemp(dir, "private-"); err != nil {
			return "", nil, errors.Join(err, lock.Close())
		}
		return path, func() error { return errors.Join(os.RemoveAll(path), lock.Close()) }, nil
	default:
		return "", nil, errors.Join(err, lock.Close())
	}
}
