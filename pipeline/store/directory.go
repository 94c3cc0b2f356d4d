package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Directory is a store in a directory of a local file system; its keys are the paths of its files. What lies there may
// have come by other hands, so it serves for a landing place too. It writes nothing until something is created or
// swapped, and what is not there is an empty store until then.
//
// Creating writes and syncs a temporary file and links it to its name: a link fails where a rename would silently lose
// the race. Swapping renames under a lock that the system releases when its holder dies. Symbolic links are followed
// only while they stay inside.
type Directory struct {
	path string
	// scratch says that nothing need outlive the system.
	scratch bool

	mu    sync.Mutex
	root  *os.Root // nil until the directory is known to exist
	swept bool     // leftovers of dead processes were removed
	temps uint64   // temporary files made so far
}

// OpenDirectory returns the store at path, absolute or relative to the working directory. The directory need not exist,
// but nothing else may have its name.
func OpenDirectory(path string) (*Directory, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", path, err)
	}
	d := &Directory{path: abs}
	if _, err := d.open(false); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return d, nil
}

// OpenScratch is OpenDirectory for files that are made anew if they are lost or damaged. What is created there is whole for
// every process, however its maker ends, but nothing is synced: it waits for no disk, and what is removed soon may never
// reach one.
func OpenScratch(path string) (*Directory, error) {
	d, err := OpenDirectory(path)
	if err == nil {
		d.scratch = true
	}
	return d, err
}

// String returns the directory as a file URL.
func (d *Directory) String() string { return "file://" + filepath.ToSlash(d.path) }

// open returns the root, making the directory if it is missing and to be made, else an error wrapping ErrNotFound.
func (d *Directory) open(create bool) (*os.Root, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.root != nil {
		return d.root, nil
	}
	if create {
		if err := os.MkdirAll(d.path, 0o755); err != nil {
			return nil, fmt.Errorf("make directory %q: %w", d.path, err)
		}
	}
	root, err := os.OpenRoot(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open directory %q: %w", d.path, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open directory %q: %w", d.path, err)
	}
	d.root = root
	return root, nil
}

// fileInfo describes the file at key. Its version is its time and size: Swap makes the time grow with each write, so that
// no two versions are alike even where the clock is coarse or stands still.
func fileInfo(key string, fi fs.FileInfo) Info {
	return Info{
		Key: key, Size: fi.Size(), Modified: fi.ModTime().UTC(), Identity: identity(fi),
		Version: Version(fmt.Sprintf("%x-%x", fi.ModTime().UnixNano(), fi.Size())),
	}
}

// missing reports whether err means that there is no such file; a file where a folder should be means that too.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// file opens the file at key.
func (d *Directory) file(key string) (*os.File, Info, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, Info{}, fmt.Errorf("get %q: %w", key, err)
	}
	// Opening a named pipe would wait for its writer; it is no object and must not hold up the run.
	f, err := root.OpenFile(key, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if missing(err) {
		return nil, Info{}, fmt.Errorf("get %q in %s: %w", key, d, ErrNotFound)
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("get %q in %s: %w", key, d, err)
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%w: it is a %s", ErrNotFound, kind(fi.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, Info{}, fmt.Errorf("get %q in %s: %w", key, d, err)
	}
	return f, fileInfo(key, fi), nil
}

// kind names what is not a regular file.
func kind(m fs.FileMode) string {
	if m.IsDir() {
		return "folder"
	}
	return "special file"
}

// fileRange is a part of an open file.
type fileRange struct {
	contextReader
	io.Closer
}

// Get implements [Store].
func (d *Directory) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	if err := checkGet(ctx, key, off); err != nil {
		return nil, err
	}
	f, info, err := d.file(key)
	if err != nil {
		return nil, err
	}
	r := io.NewSectionReader(f, off, cut(info.Size, off, n))
	return &Object{info, &fileRange{contextReader{ctx, r}, f}}, nil
}

// List implements [Store].
func (d *Directory) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, fmt.Errorf("list: %w", err))
			return
		}
		root, err := d.open(false)
		if errors.Is(err, ErrNotFound) {
			return
		}
		if err != nil {
			yield(Info{}, fmt.Errorf("list %q: %w", prefix, err))
			return
		}
		folder, start := path.Split(prefix)
		w := walk{ctx, root, yield}
		if _, err := w.folder(folder, start); err != nil {
			yield(Info{}, fmt.Errorf("list %q in %s: %w", prefix, d, err))
		}
	}
}

// walk yields the files of a tree.
type walk struct {
	ctx   context.Context
	root  *os.Root
	yield func(Info, error) bool
}

// folder yields the files below folder ("" or with a slash at its end) whose path goes on with start, and reports whether
// more are wanted.
func (w walk) folder(folder, start string) (more bool, err error) {
	if err := w.ctx.Err(); err != nil {
		return false, err
	}
	entries, err := w.read(folder)
	name := strings.TrimSuffix(folder, "/")
	switch {
	case missing(err):
		return true, nil
	case name != "" && errors.Is(err, fs.ErrPermission):
		return w.yield(Info{Key: name}, fmt.Errorf("%q cannot be read: %w", name, err)), nil
	case err != nil && w.linked(name):
		return w.yield(Info{Key: name}, fmt.Errorf("%w: %q is behind a link that cannot be followed inside the store: %w", ErrKey, name, err)), nil
	case err != nil:
		return false, err
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), ".") || !strings.HasPrefix(e.Name(), start):
			continue
		case e.IsDir():
			more, err = w.folder(folder+e.Name()+"/", "")
		default:
			more, err = w.file(folder + e.Name())
		}
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// linked reports whether a folder or one above it is a symbolic link.
func (w walk) linked(folder string) bool {
	for ; folder != "." && folder != ""; folder = path.Dir(folder) {
		if fi, err := w.root.Lstat(folder); err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}

// read returns the entries of folder in the order of the keys below them: a folder sorts as its name and a slash.
func (w walk) read(folder string) ([]fs.DirEntry, error) {
	f, err := w.root.Open(cmp.Or(strings.TrimSuffix(folder, "/"), "."))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	order := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(order(a), order(b)) })
	return entries, err
}

// file yields what is at key.
func (w walk) file(key string) (more bool, err error) {
	if err := CheckKey(key); err != nil {
		return w.yield(Info{Key: key}, err), nil
	}
	fi, err := w.root.Lstat(key)
	if missing(err) {
		return true, nil // it went while we looked
	}
	if err != nil {
		return false, err
	}
	if fi.Mode()&fs.ModeSymlink != 0 {
		if fi, err = w.root.Stat(key); err != nil {
			return w.yield(Info{Key: key}, fmt.Errorf("%w: %q is a link that cannot be followed inside the store: %w", ErrKey, key, err)), nil
		}
	}
	if !fi.Mode().IsRegular() {
		return w.yield(Info{Key: key}, fmt.Errorf("%w: %q is a link to a folder or a special file, not an object", ErrKey, key)), nil
	}
	return w.yield(fileInfo(key, fi), nil), nil
}
