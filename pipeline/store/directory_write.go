package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// Where a directory keeps what is not an object; the leading dot keeps it out of the keys.
const (
	ownFolder  = ".daybook"
	tempFolder = ownFolder + "/tmp"
	lockFile   = ownFolder + "/lock"
)

// Create implements [Store].
func (d *Directory) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	return d.create(ctx, key, body, nil)
}

// create is Create that leaves to others while it waits for the disk, unless leave is nil.
func (d *Directory) create(ctx context.Context, key string, body io.ReadSeeker, leave func() (back func())) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, fmt.Errorf("create: %w", err)
	}
	// Mostly there is nothing, but a repeated run need not write all again to find that there is.
	info, err := same(ctx, d, key, body)
	if !errors.Is(err, ErrNotFound) {
		return info, d.secure(key, err)
	}
	return d.createYielding(ctx, key, func(w io.Writer) error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("rewind its body: %w", err)
		}
		_, err := io.Copy(w, body)
		return err
	}, leave)
}

// secure makes sure that an object found in place stays there: whoever linked it may have died before syncing its folder.
func (d *Directory) secure(key string, err error) error {
	if err != nil {
		return err
	}
	if err := d.syncFolder(d.root, path.Dir(key)); err != nil {
		return fmt.Errorf("create %q in %s: %w", key, d, err)
	}
	return nil
}

// createFrom is CreateFrom for a directory.
func (d *Directory) createFrom(ctx context.Context, key string, write func(io.Writer) error) (Info, error) {
	return d.createYielding(ctx, key, write, nil)
}

// createYielding is createFrom that leaves to others while it waits for the disk, unless leave is nil.
func (d *Directory) createYielding(ctx context.Context, key string, write func(io.Writer) error, leave func() (back func())) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, fmt.Errorf("create: %w", err)
	}
	t, err := d.temp(ctx, write)
	if err != nil {
		return Info{}, fmt.Errorf("create %q in %s: %w", key, d, err)
	}
	defer t.discard()
	if leave != nil {
		defer leave()()
	}
	if err = t.durable(); err == nil {
		err = t.link(key)
	}
	if errors.Is(err, fs.ErrExist) {
		info, err := same(ctx, d, key, t.File)
		if errors.Is(err, ErrNotFound) {
			return Info{}, fmt.Errorf("create %q in %s: its name is taken by a folder or special file", key, d)
		}
		return info, d.secure(key, err)
	}
	if err != nil {
		return Info{}, fmt.Errorf("create %q in %s: %w", key, d, err)
	}
	fi, err := t.Stat()
	if err != nil {
		return Info{}, fmt.Errorf("create %q in %s: %w", key, d, err)
	}
	return fileInfo(key, fi), nil
}

// Swap implements [Store].
func (d *Directory) Swap(ctx context.Context, key string, body []byte, old Version) (Version, error) {
	if err := checkSwap(ctx, key, body); err != nil {
		return "", err
	}
	t, err := d.temp(ctx, func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("swap %q in %s: %w", key, d, err)
	}
	defer t.discard()
	if err := t.durable(); err != nil {
		return "", fmt.Errorf("swap %q in %s: %w", key, d, err)
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return "", fmt.Errorf("swap %q in %s: %w", key, d, err)
	}
	defer unlock()
	if err := t.replace(key, old); err != nil {
		return "", fmt.Errorf("swap %q in %s: %w", key, d, err)
	}
	fi, err := t.Stat()
	if err != nil {
		return "", fmt.Errorf("swap %q in %s: %w", key, d, err)
	}
	return fileInfo(key, fi).Version, nil
}

// lock waits until no other swap is under way here, in any process. The system releases the lock when its holder dies.
func (d *Directory) lock(ctx context.Context) (unlock func(), err error) {
	f, err := d.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 32*time.Millisecond) {
		got, err := tryLock(f)
		if err == nil && !got {
			err = pause(ctx, wait)
		}
		switch {
		case err != nil:
			f.Close()
			return nil, fmt.Errorf("take the lock: %w", err)
		case got:
			return func() { f.Close() }, nil
		}
	}
}

// pause waits, or returns the reason why ctx is done.
func pause(ctx context.Context, wait time.Duration) error {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// makeFolders makes the folder and those above it, each durable in the one that holds it.
func (d *Directory) makeFolders(root *os.Root, folder string) error {
	if folder == "." {
		return nil
	}
	err := root.Mkdir(folder, 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		if err := d.makeFolders(root, path.Dir(folder)); err != nil {
			return err
		}
		err = root.Mkdir(folder, 0o755)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.syncFolder(root, path.Dir(folder))
}

// syncFolder makes the names in folder durable.
func (d *Directory) syncFolder(root *os.Root, folder string) error {
	if d.scratch {
		return nil
	}
	f, err := root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
