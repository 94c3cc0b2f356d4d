package book

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"daybook/pipeline/book/parse"
)

// Files that nobody writes by hand are refused with one complaint each, before they cost memory.
func TestHostileFiles(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, want string
	}{
		"a long line": {
			"accounts.csv", "customer,id,currency\nbirch,birch-prod,EUR\n" + strings.Repeat("a", parse.MostLineBytes+1),
			"accounts.csv:3:1: the line is longer than 1 MiB (look for line breaks that are missing)",
		},
		"a long header": {
			"accounts.csv", strings.Repeat(",", parse.MostLineBytes+1) + "\n",
			"accounts.csv:1:1: the line is longer than 1 MiB (look for line breaks that are missing)",
		},
		"many columns": {
			"plan.csv", strings.Repeat("c,", 400_000) + "c\n",
			"plan.csv:1:1: the header has 400001 columns (the columns are version, period, offering, region, segment, peer, unit, units, revenue, cost, currency, accrual, mix)",
		},
		"a large file": {
			"catalogue/big.yaml", strings.Repeat("#", parse.MostYAMLBytes+1),
			"catalogue/big.yaml:1:1: the file is larger than 2 MiB (write big lists as CSV)",
		},
		"another encoding": {
			"provider.yaml", "\xff\xfei\x00d\x00",
			"provider.yaml:1:1: the byte 0xff is not UTF-8 (save the file as UTF-8)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			// With the provider unread nothing says that landing is aside, and nothing should be said of it.
			fsys := bookOf(baseBook(t), map[string][]byte{c.file: []byte(c.text)})
			fsys["landing/x"] = &fstest.MapFile{Data: []byte("x")}
			fsys["provider.yaml"].Data = append(bytes.Clone(fsys["provider.yaml"].Data), "\nlanding: landing\n"...)
			if _, problems := Load(fsys); problems.Error() != c.want {
				t.Errorf("complaints are\n%s\nwant\n%s", problems.Error()[:min(len(problems.Error()), 500)], c.want)
			}
		})
	}
}

// A pipe is not opened: the check would wait for its writer for ever.
func TestPipesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir); err != nil {
		t.Fatal(err)
	}
	if err := makePipe(filepath.Join(dir, "catalogue", "pipe.yaml")); err != nil {
		t.Skip("no pipes here:", err)
	}
	_, problems, err := Open(dir)
	if want := "catalogue/pipe.yaml:1:1: it is not a plain file (put a file in its place, or move it out of the book)"; err != nil || problems.Error() != want {
		t.Errorf("complaints are %v %v, want %s", err, problems, want)
	}
	if err := os.Remove(filepath.Join(dir, "catalogue", "pipe.yaml")); err != nil {
		t.Fatal(err)
	}
}

// endless is a file of one byte, as long as it says, that counts how much of it was read.
type endless struct {
	fs.File
	size, read int64
}

func (e *endless) Stat() (fs.FileInfo, error) { return e, nil }
func (e *endless) Close() error               { return nil }
func (e *endless) Name() string               { return "accounts.csv" }
func (e *endless) Size() int64                { return e.size }
func (e *endless) Mode() fs.FileMode          { return 0o444 }
func (e *endless) ModTime() time.Time         { return time.Time{} }
func (e *endless) IsDir() bool                { return false }
func (e *endless) Sys() any                   { return nil }

func (e *endless) Read(p []byte) (int, error) {
	n := min(int64(len(p)), e.size-e.read)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.read += n
	return int(n), nil
}

// withEndless is a book with one such file.
type withEndless struct {
	fstest.MapFS
	file *endless
}

func (w withEndless) Open(name string) (fs.File, error) {
	if name == "accounts.csv" {
		return w.file, nil
	}
	return w.MapFS.Open(name)
}

// A line that is too long costs no more than it takes to see that, however long it is and whatever the file says of its size.
func TestLongLineIsNotRead(t *testing.T) {
	for _, size := range []int64{300 << 20, 3 << 30} {
		book := withEndless{bookOf(baseBook(t)), &endless{size: size}}
		_, problems := Load(book)
		if len(problems) != 1 || !strings.Contains(problems[0].Message, "longer than 1 MiB") {
			t.Errorf("complaints are %v", problems)
		}
		if book.file.read > 4<<20 {
			t.Errorf("%d of %d bytes were read", book.file.read, size)
		}
	}
}
