//go:build unix

// Package scratch keeps the directories for the files between the tasks of runs: each is one process's alone.
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Directory is a directory for the files between the tasks of a run, held by this process alone.
type Directory struct {
	Path string
	lock *os.File
}

// Claim takes the scratch directory of a run. If another process has it, this one gets the next by number. The lock goes
// with the process, however it ends, so a directory left by a killed one is taken over with what it holds; what killed
// runs of the same period left, and this one has no use for, is removed.
func Claim(dir, period, run string) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var s *Directory
	for n := 1; s == nil; n++ {
		name := period + "-" + run
		if n > 1 {
			name += fmt.Sprintf("-%d", n)
		}
		var err error
		if s, err = tryClaim(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(sweep(dir, period), os.MkdirAll(s.Path, 0o755)); err != nil {
		return nil, errors.Join(err, s.Release())
	}
	return s, nil
}

// tryClaim takes a directory unless another process has it, then it returns nil.
func tryClaim(path string) (*Directory, error) {
	for {
		lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, lock.Close()
		}
		if err != nil {
			return nil, errors.Join(err, lock.Close())
		}
		// Whoever had it may have removed the file between its opening and the lock; then the name is another's.
		mine, err := lock.Stat()
		named, missing := os.Stat(path + ".lock")
		switch {
		case err == nil && missing == nil && os.SameFile(mine, named):
			return &Directory{path, lock}, nil
		case err == nil && (missing == nil || errors.Is(missing, fs.ErrNotExist)):
			err = lock.Close()
		default:
			err = errors.Join(err, missing, lock.Close())
		}
		if err != nil {
			return nil, err
		}
	}
}

// sweep removes what dead processes left of a period's runs.
func sweep(dir, period string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		name, isLock := strings.CutSuffix(e.Name(), ".lock")
		if !isLock || !strings.HasPrefix(name, period+"-") {
			continue
		}
		dead, tried := tryClaim(filepath.Join(dir, name))
		if dead != nil {
			tried = dead.Remove()
		}
		err = errors.Join(err, tried)
	}
	return err
}

// Release lets another process have the directory with what it holds.
func (s *Directory) Release() error { return s.lock.Close() }

// Remove removes the directory and lets it go.
func (s *Directory) Remove() error {
	return errors.Join(os.RemoveAll(s.Path), os.Remove(s.Path+".lock"), s.lock.Close())
}

// MakeOwn makes a directory that nobody else can look into, and refuses one that is another's: in a directory that all
// share, anybody could have made it first.
func MakeOwn(dir string) error {
	if err := os.Mkdir(dir, 0o700); err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a directory of this user alone; name another with --scratch", dir)
	}
	return nil
}
