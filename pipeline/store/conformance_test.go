package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Every implementation is held to the same suite. The bucket's run needs a server and is skipped by name without one.

func TestMemory(t *testing.T) {
	conform(t, func(*testing.T) Store { return new(Memory) })
}

func TestDirectory(t *testing.T) {
	conform(t, func(t *testing.T) Store { return openDirectory(t, path.Join(t.TempDir(), "made", "on demand")) })
}

func TestScratch(t *testing.T) {
	conform(t, func(t *testing.T) Store {
		d, err := OpenScratch(path.Join(t.TempDir(), "made", "on demand"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func TestBucket(t *testing.T) {
	needBucket(t)
	conform(t, func(t *testing.T) Store { return openBucket(t, nil) })
}

func openDirectory(t *testing.T, path string) *Directory {
	t.Helper()
	d, err := OpenDirectory(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bucketVariable names the environment variable with the URL of a place for tests. The server behind it takes the
// credentials of the usual AWS variables.
const bucketVariable = "DAYBOOK_TEST_S3"

func needBucket(t *testing.T) {
	t.Helper()
	if os.Getenv(bucketVariable) == "" {
		t.Skipf("%s is not set: it names a place on an S3 server, as s3://bucket/prefix?endpoint=http://127.0.0.1:7070&region=us-east-1",
			bucketVariable)
	}
}

// openBucket returns a store below the test place that no other test or run uses.
func openBucket(t *testing.T, client httpClient) *Bucket {
	t.Helper()
	p, err := parsePlace(os.Getenv(bucketVariable))
	if err != nil {
		t.Fatal(err)
	}
	p.prefix += path.Base(path.Dir(t.TempDir())) + "/" // a name that the testing package made unique
	b, err := p.open(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// conform runs the suite over stores from open, each empty.
func conform(t *testing.T, open func(*testing.T) Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"empty", testEmpty},
		{"create", testCreate},
		{"create from", testCreateFrom},
		{"ranges", testRanges},
		{"list", testList},
		{"list many", testListMany},
		{"swap", testSwap},
		{"reader keeps its version", testReaderKeepsVersion},
		{"odd keys", testOddKeys},
		{"hostile keys", testHostileKeys},
		{"large", testLarge},
		{"reader at", testReaderAt},
		{"cancelled", testCancelled},
		{"race to create", testCreateRace},
		{"race to create the same", testCreateSameRace},
		{"race to swap", testSwapRace},
		{"count by swaps", testCount},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func create(t *testing.T, s Store, key, body string) Info {
	t.Helper()
	info, err := s.Create(t.Context(), key, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func swap(t *testing.T, s Store, key, body string, old Version) Version {
	t.Helper()
	v, err := s.Swap(t.Context(), key, []byte(body), old)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wantBody fails unless the object at key holds body.
func wantBody(t *testing.T, s Store, key, body string) Version {
	t.Helper()
	got, v, err := ReadAll(t.Context(), s, key)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != body {
		t.Fatalf("%q holds %.80q, want %.80q", key, got, body)
	}
	return v
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got the error %v, want one wrapping %q", err, want)
	}
}

// keys returns the keys of a listing that must not fail.
func keys(t *testing.T, list iter.Seq2[Info, error]) []string {
	t.Helper()
	got := []string{}
	for info, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Key)
	}
	return got
}

func testEmpty(t *testing.T, s Store) {
	if got := keys(t, s.List(t.Context(), "")); len(got) != 0 {
		t.Errorf("an empty store lists %q", got)
	}
	for _, n := range []int64{-1, 0, 1} {
		_, err := s.Get(t.Context(), "a/b", 0, n)
		wantError(t, err, ErrNotFound)
	}
	_, err := Stat(t.Context(), s, "a")
	wantError(t, err, ErrNotFound)
	_, _, err = ReadAll(t.Context(), s, "a")
	wantError(t, err, ErrNotFound)
	_, _, err = OpenReaderAt(t.Context(), s, "a")
	wantError(t, err, ErrNotFound)
	if !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("the error does not name the key: %v", err)
	}
}

func testCreate(t *testing.T, s Store) {
	first := create(t, s, "a/b", "hello")
	if first.Key != "a/b" || first.Size != 5 || first.Version == "" {
		t.Errorf("created %+v", first)
	}
	again := create(t, s, "a/b", "hello")
	if again.Version != first.Version || again.Size != 5 || again.Key != "a/b" {
		t.Errorf("created again %+v, was %+v", again, first)
	}
	// A body need not be at its start.
	moved := strings.NewReader("hello")
	if _, err := moved.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), "a/b", moved); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		body   string
		offset int64
	}{{"hellO", 4}, {"hello!", 5}, {"hell", 4}, {"", 0}, {"Hello", 0}} {
		_, err := s.Create(t.Context(), "a/b", strings.NewReader(c.body))
		wantError(t, err, ErrExists)
		conflict, ok := errors.AsType[*ConflictError](err)
		if !ok {
			t.Fatalf("creating %q: %v is no ConflictError", c.body, err)
		}
		if want := (ConflictError{"a/b", 5, int64(len(c.body)), c.offset}); *conflict != want {
			t.Errorf("creating %q: %+v, want %+v", c.body, *conflict, want)
		}
	}
	if v := wantBody(t, s, "a/b", "hello"); v != first.Version {
		t.Errorf("the version went from %q to %q", first.Version, v)
	}
	info, err := Stat(t.Context(), s, "a/b")
	if err != nil || info.Size != 5 || info.Version != first.Version || info.Modified.IsZero() {
		t.Errorf("stat %+v, %v", info, err)
	}
	create(t, s, "nothing", "")
	create(t, s, "nothing", "")
	wantBody(t, s, "nothing", "")
	_, err = s.Create(t.Context(), "nothing", strings.NewReader("x"))
	wantError(t, err, ErrExists)
}

func testCreateFrom(t *testing.T, s Store) {
	write := func(body string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			for _, r := range body {
				if _, err := io.WriteString(w, string(r)); err != nil {
					return err
				}
			}
			return err
		}
	}
	info, err := CreateFrom(t.Context(), s, "a/b", write("hello", nil))
	if err != nil || info.Size != 5 || info.Key != "a/b" {
		t.Fatalf("created %+v, %v", info, err)
	}
	wantBody(t, s, "a/b", "hello")
	if again, err := CreateFrom(t.Context(), s, "a/b", write("hello", nil)); err != nil || again.Version != info.Version {
		t.Errorf("created again %+v, %v", again, err)
	}
	_, err = CreateFrom(t.Context(), s, "a/b", write("help", nil))
	wantError(t, err, ErrExists)
	broken := errors.New("the writer broke")
	_, err = CreateFrom(t.Context(), s, "a/c", write("half", broken))
	wantError(t, err, broken)
	_, err = CreateFrom(t.Context(), s, "../c", write("", nil))
	wantError(t, err, ErrKey)
	if got, want := keys(t, s.List(t.Context(), "")), []string{"a/b"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func testRanges(t *testing.T, s Store) {
	const body = "0123456789"
	info := create(t, s, "a", body)
	create(t, s, "nothing", "")
	for _, c := range []struct {
		off, n int64
		want   string
	}{
		{0, -1, body},
		{0, 10, body},
		{0, 11, body},
		{0, 0, ""},
		{0, 1, "0"},
		{9, 1, "9"},
		{9, 5, "9"},
		{9, -1, "9"},
		{3, 4, "3456"},
		{5, 0, ""},
		{10, -1, ""},
		{10, 0, ""},
		{10, 1, ""},
		{11, -1, ""},
		{1 << 40, 1, ""},
		{3, 1 << 40, body[3:]},
	} {
		o, err := s.Get(t.Context(), "a", c.off, c.n)
		if err != nil {
			t.Fatalf("get %d from %d: %v", c.n, c.off, err)
		}
		got, err := io.ReadAll(o)
		if err != nil || string(got) != c.want || o.Size != 10 || o.Version != info.Version {
			t.Errorf("get %d from %d: %q of %+v, %v; want %q", c.n, c.off, got, o.Info, err, c.want)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, n := range []int64{-1, 0, 1} {
		o, err := s.Get(t.Context(), "nothing", 0, n)
		if err != nil {
			t.Fatalf("get %d of nothing: %v", n, err)
		}
		if got, err := io.ReadAll(o); err != nil || len(got) != 0 || o.Size != 0 {
			t.Errorf("get %d of nothing: %q, %v", n, got, err)
		}
		o.Close()
	}
	if _, err := s.Get(t.Context(), "a", -1, 1); err == nil {
		t.Error("a negative offset was taken")
	}
}

func testList(t *testing.T, s Store) {
	// In byte order "-" comes before "/" and that before digits and letters: a folder sorts by its slash.
	all := []string{"a-b", "a/b/1", "a/b/2", "a/bc/1", "a/bc0", "a0", "b", "runs/2024-09/x", "é"}
	for _, i := range []int{4, 0, 8, 2, 1, 7, 3, 6, 5} {
		create(t, s, all[i], all[i])
	}
	for _, c := range []struct {
		prefix string
		want   []string
	}{
		{"", all},
		{"a", all[:6]},
		{"a/", all[1:5]},
		{"a/b", all[1:5]},
		{"a/b/", all[1:3]},
		{"a/bc", all[3:5]},
		{"a/bc/", all[3:4]},
		{"a/b/1", all[1:2]},
		{"a/b/1/", nil},
		{"a/c", nil},
		{"c/d/e", nil},
		{"é", all[8:]},
	} {
		if got := keys(t, s.List(t.Context(), c.prefix)); !slices.Equal(got, c.want) {
			t.Errorf("list %q: %q, want %q", c.prefix, got, c.want)
		}
	}
	for info, err := range s.List(t.Context(), "a/b") {
		stat, statErr := Stat(t.Context(), s, "a/b/1")
		if err != nil || statErr != nil || info != stat {
			t.Errorf("listed %+v, %v; stat %+v, %v", info, err, stat, statErr)
		}
		break // a listing may be left
	}
	for _, prefix := range []string{"/", "../", "a//", "a\\", "a/.", ".daybook/"} {
		for _, err := range s.List(t.Context(), prefix) {
			wantError(t, err, ErrKey)
		}
	}
}

func testListMany(t *testing.T, s Store) {
	const many = 1030 // a bucket lists in pages of 1000
	var want []string
	var group sync.WaitGroup
	work := make(chan string)
	for range 8 {
		group.Go(func() {
			for key := range work {
				if _, err := s.Create(t.Context(), key, strings.NewReader("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range many {
		want = append(want, fmt.Sprintf("many/part=%d/%05d", i/100, i))
		work <- want[i]
	}
	close(work)
	group.Wait()
	slices.Sort(want)
	if got := keys(t, s.List(t.Context(), "many/")); !slices.Equal(got, want) {
		t.Errorf("listed %d keys, want %d in order", len(got), len(want))
	}
}

func testSwap(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Swap(ctx, "p/current", []byte("1"), "no such version")
	wantError(t, err, ErrStale)
	one := swap(t, s, "p/current", "1", "")
	if v := wantBody(t, s, "p/current", "1"); v != one {
		t.Errorf("read version %q, swapped %q", v, one)
	}
	_, err = s.Swap(ctx, "p/current", []byte("1"), "")
	wantError(t, err, ErrStale)
	two := swap(t, s, "p/current", "2", one)
	if two == one {
		t.Error("the version did not change with the bytes")
	}
	_, err = s.Swap(ctx, "p/current", []byte("3"), one)
	wantError(t, err, ErrStale)
	if !strings.Contains(err.Error(), "p/current") {
		t.Errorf("the error does not name the key: %v", err)
	}
	three := swap(t, s, "p/current", "", two)
	if v := wantBody(t, s, "p/current", ""); v != three {
		t.Errorf("read version %q, swapped %q", v, three)
	}
	for info, err := range s.List(ctx, "p/") {
		if err != nil || info.Version != three {
			t.Errorf("listed %+v, %v; want version %q", info, err, three)
		}
	}
	// What was created can be swapped, and what was swapped meets a create.
	info := create(t, s, "p/made", "x")
	swap(t, s, "p/made", "y", info.Version)
	create(t, s, "p/made", "y")
	_, err = s.Create(ctx, "p/made", strings.NewReader("x"))
	wantError(t, err, ErrExists)
	_, err = s.Swap(ctx, "p/large", make([]byte, maxWhole+1), "")
	if err == nil {
		t.Error("a body that cannot be read back whole was taken")
	}
}

func testReaderKeepsVersion(t *testing.T, s Store) {
	old, young := strings.Repeat("old ", 5000), strings.Repeat("new ", 5000)
	v := swap(t, s, "a", old, "")
	o, err := s.Get(t.Context(), "a", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(o, head); err != nil {
		t.Fatal(err)
	}
	swap(t, s, "a", young, v)
	rest, err := io.ReadAll(o)
	if got := string(head) + string(rest); err != nil || got != old {
		t.Errorf("the open reader got %d bytes, %.12q..., %v", len(got), got, err)
	}
	wantBody(t, s, "a", young)
}

// noise returns the same n bytes for the same seed, unlike those of any other.
func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func testCancelled(t *testing.T, s Store) {
	create(t, s, "a", "x")
	v := wantBody(t, s, "a", "x")
	large := noise(3, 8<<20)
	if _, err := s.Create(t.Context(), "large", bytes.NewReader(large)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o, err := s.Get(ctx, "large", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	r, _, err := OpenReaderAt(ctx, s, "large")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = CreateFrom(ctx, s, "half", func(w io.Writer) error {
		if _, err := w.Write(large); err != nil {
			return err
		}
		cancel()
		return nil
	})
	wantError(t, err, context.Canceled)
	_, err = io.Copy(io.Discard, o)
	wantError(t, err, context.Canceled)
	for name, do := range map[string]func() error{
		"get":    func() error { _, err := s.Get(ctx, "a", 0, -1); return err },
		"stat":   func() error { _, err := Stat(ctx, s, "a"); return err },
		"create": func() error { _, err := s.Create(ctx, "b", strings.NewReader("x")); return err },
		"empty":  func() error { _, err := s.Create(ctx, "b", strings.NewReader("")); return err },
		"swap":   func() error { _, err := s.Swap(ctx, "a", []byte("y"), v); return err },
		"list": func() error {
			for _, err := range s.List(ctx, "") {
				return err
			}
			return nil
		},
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantBody(t, s, "a", "x")
	if got, want := keys(t, s.List(t.Context(), "")), []string{"a", "large"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}
