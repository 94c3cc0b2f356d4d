package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"
)

// temp is a file in the making, in the same file system as the objects. While its process lives it is locked, which tells
// it from the leftovers of the dead.
type temp struct {
	*os.File
	home *Directory
	root *os.Root
	name string
}

// temp returns a file with what write wrote, which durable makes last, making the directory if need be.
func (d *Directory) temp(ctx context.Context, write func(io.Writer) error) (*temp, error) {
	root, err := d.open(true)
	if err != nil {
		return nil, err
	}
	if err := d.makeFolders(root, tempFolder); err != nil {
		return nil, fmt.Errorf("make a place for temporary files: %w", err)
	}
	t, err := d.newTemp(root)
	if err != nil {
		return nil, fmt.Errorf("open a temporary file: %w", err)
	}
	if err := writeBuffered(ctx, t.File, write); err != nil {
		t.discard()
		return nil, err
	}
	return t, nil
}

// durable has what was written reach the disk.
func (t *temp) durable() error {
	if t.home.scratch {
		return nil
	}
	return t.Sync()
}

// newTemp returns a new locked file. Names come from the process and a count, and whoever finds one taken counts on.
func (d *Directory) newTemp(root *os.Root) (*temp, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweepOnce(root)
	for {
		d.temps++
		name := fmt.Sprintf("%s/%d-%d", tempFolder, os.Getpid(), d.temps)
		f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t := &temp{f, d, root, name}
		ours, err := t.claim()
		if err != nil {
			t.discard()
			return nil, err
		}
		if ours {
			return t, nil
		}
		f.Close()
	}
}

// claim locks the file and reports whether it could and the file still has its name: a sweep may have come between its
// making, or opening, and the lock.
func (t *temp) claim() (bool, error) {
	locked, err := tryLock(t.File)
	if err != nil || !locked {
		return false, err
	}
	mine, err := t.Stat()
	if err != nil {
		return false, err
	}
	named, err := t.root.Stat(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, named), err
}

// Sweep removes the temporary files that processes left in s when they were killed, and none of a process at work. A first
// write does so too; a process that finds all written before has none. It makes nothing, and what it cannot remove is
// harmless. Stores other than directories keep nothing of the kind.
func Sweep(s Store) {
	own, ok := s.(sweeper)
	if !ok {
		return
	}
	own.sweepLeft()
}

// sweeper is a store in which killed processes leave temporary files.
type sweeper interface{ sweepLeft() }

func (d *Directory) sweepLeft() {
	root, err := d.open(false)
	if err != nil {
		return // nothing is there, or the first to read hears why not
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweepOnce(root)
}

// sweepOnce sweeps unless this was done before; the caller holds d.mu.
func (d *Directory) sweepOnce(root *os.Root) {
	if !d.swept {
		sweep(root)
		d.swept = true
	}
}

// sweep removes temporary files that nobody has locked. They are harmless, so one that cannot be removed is left to the
// next sweep.
func sweep(root *os.Root) {
	folder, err := root.Open(tempFolder)
	if err != nil {
		return
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(-1)
	for _, name := range names {
		f, err := root.OpenFile(path.Join(tempFolder, name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		// Another sweep may have taken it away since, and a live process the name.
		t := &temp{f, nil, root, path.Join(tempFolder, name)}
		if dead, _ := t.claim(); dead {
			_ = root.Remove(t.name)
		}
		f.Close()
	}
}

// discard closes the file and takes away its temporary name, if it still has that.
func (t *temp) discard() {
	_ = t.root.Remove(t.name)
	t.Close()
}

// link gives the file the name key, durably, or returns an error wrapping fs.ErrExist if that is taken.
func (t *temp) link(key string) error {
	folder := path.Dir(key)
	err := t.root.Link(t.name, key)
	if errors.Is(err, fs.ErrNotExist) {
		if err := t.home.makeFolders(t.root, folder); err != nil {
			return fmt.Errorf("make the folder %q: %w", folder, err)
		}
		err = t.root.Link(t.name, key)
	}
	if err != nil {
		return err
	}
	return t.home.syncFolder(t.root, folder)
}

// replace puts the file in place of the one at key if that has the version old, durably; the caller holds the lock.
func (t *temp) replace(key string, old Version) error {
	if old == "" {
		err := t.link(key)
		if errors.Is(err, fs.ErrExist) {
			return ErrStale
		}
		return err
	}
	have, err := t.root.Stat(key)
	if missing(err) || (err == nil && fileInfo(key, have).Version != old) {
		return ErrStale
	}
	if err != nil {
		return err
	}
	if err := t.modifyAfter(have.ModTime()); err != nil {
		return fmt.Errorf("set the time of the new version: %w", err)
	}
	if err := t.root.Rename(t.name, key); err != nil {
		return err
	}
	return t.home.syncFolder(t.root, path.Dir(key))
}

// modifyAfter makes the file's time later than that of the version it replaces, by the smallest step that the file system
// can tell: clocks tick in milliseconds, and may be set back.
func (t *temp) modifyAfter(last time.Time) error {
	for step := time.Nanosecond; ; step *= 10 {
		fi, err := t.Stat()
		if err != nil {
			return err
		}
		if fi.ModTime().After(last) {
			return t.Sync()
		}
		if step > 10*time.Second {
			return errors.New("the file system does not keep times")
		}
		if err := t.root.Chtimes(t.name, last.Add(step), last.Add(step)); err != nil {
			return err
		}
	}
}
