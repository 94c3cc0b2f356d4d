package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// temporaries returns the names of temporary files in the store at root.
func temporaries(t *testing.T, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, tempFolder))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A landing place may hold anything; what leads out of it or is no file is named and never read.
func TestDirectoryLinks(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	try(os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	try(os.MkdirAll(filepath.Join(root, "in"), 0o750))
	try(os.WriteFile(filepath.Join(root, "in", "a"), []byte("inside"), 0o600))
	try(os.WriteFile(filepath.Join(root, "in", ".DS_Store"), nil, 0o600))
	try(os.WriteFile(filepath.Join(root, "in", "bad\nname"), nil, 0o600))
	try(os.Symlink("a", filepath.Join(root, "in", "b")))
	try(os.Symlink(filepath.Join(outside, "secret"), filepath.Join(root, "in", "c")))
	try(os.Symlink("../../"+filepath.Base(outside)+"/secret", filepath.Join(root, "in", "d")))
	try(os.Symlink("nowhere", filepath.Join(root, "in", "e")))
	try(os.Symlink(outside, filepath.Join(root, "out")))
	try(os.Symlink(".", filepath.Join(root, "loop")))
	try(syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600))

	d := openDirectory(t, root)
	wantBody(t, d, "in/b", "inside")
	for _, key := range []string{"in/c", "in/d", "in/e", "out/secret", "pipe", "in", "in/a/b"} {
		if o, err := d.Get(t.Context(), key, 0, -1); err == nil {
			o.Close()
			t.Errorf("%q was opened", key)
		}
	}
	for _, key := range []string{"in/a/b", "in/e", "in"} {
		_, err := Stat(t.Context(), d, key)
		wantError(t, err, ErrNotFound)
	}
	for _, key := range []string{"in/c", "out/new", "in", "in/a/b", "pipe"} {
		if _, err := d.Create(t.Context(), key, strings.NewReader("x")); err == nil {
			t.Errorf("%q was created", key)
		}
	}
	var got []string
	for info, err := range d.List(t.Context(), "") {
		if err != nil && !errors.Is(err, ErrKey) {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %v", info.Key, err == nil))
	}
	want := []string{
		"in/a true", "in/b true", "in/bad\nname false", "in/c false", "in/d false", "in/e false", "loop false", "out false", "pipe false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q\nwant   %q", got, want)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside there is now %v, %v", entries, err)
	}
}

// A read must not change a landing place, which may belong to another.
func TestDirectoryReadsLeaveNoTrace(t *testing.T) {
	root := filepath.Join(t.TempDir(), "landing")
	d := openDirectory(t, root)
	testEmpty(t, d)
	if _, err := os.Stat(root); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading made the directory: %v", err)
	}
	if err := os.Mkdir(root, 0o750); err != nil {
		t.Fatal(err)
	}
	testEmpty(t, d)
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
		t.Errorf("reading made %v, %v", entries, err)
	}
}

func TestDirectoryLeftovers(t *testing.T) {
	root := t.TempDir()
	left := openDirectory(t, root)
	create(t, left, "a", "x")
	if got := temporaries(t, root); len(got) != 0 {
		t.Fatalf("creating left %q", got)
	}
	for _, name := range []string{"1-1", fmt.Sprintf("%d-1", os.Getpid()), "odd"} {
		if err := os.WriteFile(filepath.Join(root, tempFolder, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := keys(t, left.List(t.Context(), "")); !slices.Equal(got, []string{"a"}) {
		t.Errorf("leftovers are listed: %q", got)
	}
	// While one writer is at work another comes: it removes what the dead left, and nothing else.
	_, err := CreateFrom(t.Context(), left, "b", func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("whole", 200_000)); err != nil {
			return err
		}
		if got := temporaries(t, root); len(got) != 4 {
			t.Errorf("a writer at work among leftovers: %q", got)
		}
		create(t, openDirectory(t, root), "c", "y")
		if got := temporaries(t, root); len(got) != 1 {
			t.Errorf("after a sweep there are %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantBody(t, left, "b", strings.Repeat("whole", 200_000))
	if got := temporaries(t, root); len(got) != 0 {
		t.Errorf("creating left %q", got)
	}
}

// A sweep takes what the dead left and nothing of a writer at work, and makes no directory.
func TestSweep(t *testing.T) {
	root := filepath.Join(t.TempDir(), "store")
	Sweep(openDirectory(t, root))
	if _, err := os.Stat(root); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a sweep of nothing made the directory: %v", err)
	}
	Sweep(&Memory{})
	_, err := CreateFrom(t.Context(), openDirectory(t, root), "a", func(w io.Writer) error {
		live := temporaries(t, root)
		for _, name := range []string{"1-1", "odd"} {
			if err := os.WriteFile(filepath.Join(root, tempFolder, name), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Link(filepath.Join(root, tempFolder, "odd"), filepath.Join(root, "whole")); err != nil {
			t.Fatal(err)
		}
		Sweep(openDirectory(t, root))
		if got := temporaries(t, root); len(live) != 1 || !slices.Equal(got, live) {
			t.Errorf("a sweep left %q where %q was at work", got, live)
		}
		_, err := io.WriteString(w, "body")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantBody(t, openDirectory(t, root), "a", "body")
	wantBody(t, openDirectory(t, root), "whole", "half")
}

// Time goes forward from version to version even if the clock stands still or was set back, so that no version recurs.
func TestDirectoryVersionsDoNotRecur(t *testing.T) {
	root := t.TempDir()
	d := openDirectory(t, root)
	now := swap(t, d, "p", "same", "")
	for i := range 40 {
		if i == 20 {
			ahead := time.Date(2200, 1, 1, 0, 0, 0, 999_999_999, time.UTC)
			if err := os.Chtimes(filepath.Join(root, "p"), ahead, ahead); err != nil {
				t.Fatal(err)
			}
			now = wantBody(t, d, "p", "same")
		}
		before, err := Stat(t.Context(), d, "p")
		if err != nil {
			t.Fatal(err)
		}
		now = swap(t, d, "p", "same", now)
		after, err := Stat(t.Context(), d, "p")
		if err != nil || after.Version != now || !after.Modified.After(before.Modified) {
			t.Fatalf("swap %d went from %+v to %+v, %v", i, before, after, err)
		}
	}
}

// The lock is waited for, and only as long as the caller likes.
func TestDirectoryLock(t *testing.T) {
	root := t.TempDir()
	d := openDirectory(t, root)
	v := swap(t, d, "p", "1", "")
	holder, err := os.OpenFile(filepath.Join(root, lockFile), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tryLock(holder); err != nil || !got {
		t.Fatalf("lock: %v, %v", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.Swap(ctx, "p", []byte("2"), v); !errors.Is(err, ctx.Err()) || err == nil {
		t.Errorf("a swap under another's lock: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { holder.Close() })
	swap(t, d, "p", "2", v)
}

// What may not be read, and what lies behind a link outward, is named in a listing, which goes on.
func TestDirectoryListsPastWhatIsClosed(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	d := openDirectory(t, root)
	create(t, d, "a/closed/x", "x")
	create(t, d, "a/open", "y")
	if err := os.Symlink(outside, filepath.Join(root, "out")); err != nil {
		t.Skip(err)
	}
	list := func(prefix string, is error) (named, listed []string) {
		for info, err := range d.List(t.Context(), prefix) {
			if err != nil && !errors.Is(err, is) && !errors.Is(err, ErrKey) {
				t.Errorf("list %q: %v", prefix, err)
			}
			if err != nil {
				named = append(named, info.Key)
			} else {
				listed = append(listed, info.Key)
			}
		}
		return named, listed
	}
	for _, prefix := range []string{"out/", "out/2024-09/"} {
		if named, listed := list(prefix, ErrKey); !slices.Equal(named, []string{strings.TrimSuffix(prefix, "/")}) || len(listed) > 0 {
			t.Errorf("behind a link outward %q is named and %q listed", named, listed)
		}
	}
	if os.Getuid() == 0 {
		t.Skip("nothing is closed to the superuser")
	}
	closed := filepath.Join(root, "a/closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	named, listed := list("", fs.ErrPermission)
	if err := os.Chmod(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	slices.Sort(named)
	if !slices.Equal(named, []string{"a/closed", "out"}) || !slices.Equal(listed, []string{"a/open"}) {
		t.Errorf("%q is named and %q listed", named, listed)
	}
	if err := os.Chmod(filepath.Join(root, "a/open"), 0); err != nil {
		t.Fatal(err)
	}
	if err := NewPermissions(d).Readable(t.Context(), "a/open"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a closed file is readable: %v", err)
	}
}
