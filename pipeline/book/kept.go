package book

import (
	"bytes"
	"encoding/hex"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// File is a file of a book as it was read.
type File struct {
	// Name is where it lies below the book, with slashes.
	Name string
	// Sum is the SHA-256 of the text in hex.
	Sum  string
	Text []byte // not to be changed
}

// Files are the files of a part, in name order. From those of all parts the same book can be loaded again: see [Texts].
func (b *Book) Files(part Part) iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, f := range b.files {
			if f.part == part && !yield(File{f.name, hex.EncodeToString(f.sum[:]), f.text}) {
				return
			}
		}
	}
}

// Texts is a book in memory, for [Load]: the text of each file by its name. Names that [fs.ValidPath] refuses are not there.
type Texts map[string][]byte

// Open implements [fs.FS].
func (t Texts) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if text, ok := t[name]; ok {
		return &openText{textInfo: textInfo{name: path.Base(name), size: len(text)}, Reader: bytes.NewReader(text)}, nil
	}
	entries := t.entries(name)
	if len(entries) == 0 && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openFolder{textInfo: textInfo{name: path.Base(name), folder: true}, left: entries}, nil
}

// entries are what lies in a folder, in name order.
func (t Texts) entries(folder string) (out []fs.DirEntry) {
	found := map[string]textInfo{}
	for name, text := range t {
		rest, below := name, true
		if folder != "." {
			rest, below = strings.CutPrefix(name, folder+"/")
		}
		if !below || !fs.ValidPath(name) {
			continue
		}
		entry, _, deeper := strings.Cut(rest, "/")
		info := textInfo{name: entry, folder: deeper}
		if !deeper {
			info.size = len(text)
		}
		found[entry] = info
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name])
	}
	return out
}

// textInfo is what is known of a file or folder: nothing of times and owners.
type textInfo struct {
	name   string
	size   int
	folder bool
}

func (i textInfo) Name() string               { return i.name }
func (i textInfo) Size() int64                { return int64(i.size) }
func (i textInfo) ModTime() time.Time         { return time.Time{} }
func (i textInfo) IsDir() bool                { return i.folder }
func (i textInfo) Sys() any                   { return nil }
func (i textInfo) Type() fs.FileMode          { return i.Mode().Type() }
func (i textInfo) Info() (fs.FileInfo, error) { return i, nil }
func (i textInfo) Stat() (fs.FileInfo, error) { return i, nil }
func (i textInfo) Close() error               { return nil }

// Mode is that of something to be read and not written.
func (i textInfo) Mode() fs.FileMode {
	const readable = 0o444
	if i.folder {
		return fs.ModeDir | readable
	}
	return readable
}

// openText is a file being read.
type openText struct {
	textInfo
	*bytes.Reader
}

// Size is that of the whole file: the reader has a method of that name as well.
func (o *openText) Size() int64 { return o.textInfo.Size() }

// openFolder is a folder being listed.
type openFolder struct {
	textInfo
	left []fs.DirEntry
}

func (o *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.name, Err: fs.ErrInvalid}
}

// ReadDir implements [fs.ReadDirFile].
func (o *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(o.left)
	} else if len(o.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.left))
	out := o.left[:n]
	o.left = o.left[n:]
	return out, nil
}
