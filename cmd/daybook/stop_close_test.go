package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/fixtures/small"
	"daybook/pipeline/store"
)

// closable is a book with a run of August that is to be closed, in a store of its own.
type closable struct{ book, landing, store string }

var closableOnce = sync.OnceValues(func() (closable, error) {
	dir := filepath.Join(made, "closable")
	c := closable{dir, filepath.Join(dir, "landing"), dir + "-results"}
	if err := small.Write(dir); err != nil {
		return c, err
	}
	if err := os.WriteFile(filepath.Join(dir, "closings.csv"), []byte("period,issued,by\n2024-08,2024-09-03,Controller\n"), 0o600); err != nil {
		return c, err
	}
	out, err := exec.Command("daybook", "run", c.book, "--period", "2024-08", "--quiet", "--landing", c.landing, "--store", c.store).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return c, err
})

// contents are the objects of a store below a prefix.
func contents(t *testing.T, place, prefix string) map[string]string {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := store.ReadAll(t.Context(), s, info.Key)
		if err != nil {
			t.Fatal(err)
		}
		out[info.Key] = string(body)
	}
	return out
}

// places are those that a store may have, each new whenever it is asked for.
func storePlaces(t *testing.T) map[string]func(t *testing.T) string {
	all := map[string]func(t *testing.T) string{
		"directory": func(t *testing.T) string { return filepath.Join(t.TempDir(), "store") },
	}
	if text := os.Getenv("DAYBOOK_TEST_S3"); text != "" {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all["bucket"] = func(t *testing.T) string {
			here := *u
			here.Path = path.Join("/", u.Path, path.Base(path.Dir(t.TempDir())), fmt.Sprint(rand.Uint64()))
			return here.String()
		}
	}
	return all
}

// fill puts objects into a new store.
func fill(t *testing.T, place string, objects map[string]string) {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for key, body := range objects {
		if _, err := s.Create(t.Context(), key, strings.NewReader(body)); err != nil {
			t.Fatal(err)
		}
	}
}

// closeIn begins to close August in a store, as a process of its own.
func (c closable) closeIn(t *testing.T, place string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = exec.Command("daybook", "close", c.book, "--period", "2024-08", "--landing", c.landing, "--store", place), new(bytes.Buffer)
	cmd.Env, cmd.Stderr = append(os.Environ(), "TMPDIR="+t.TempDir()), stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stderr
}

// undisturbed is what is in the store before the month is closed, the register that one closing leaves, and how long it takes.
func undisturbed(t *testing.T) (c closable, before, register map[string]string, took time.Duration) {
	t.Helper()
	c, err := closableOnce()
	if err != nil {
		t.Fatal(err)
	}
	before = contents(t, c.store, "")
	place := filepath.Join(t.TempDir(), "store")
	fill(t, place, before)
	begun := time.Now()
	cmd, stderr := c.closeIn(t, place)
	wantExit(t, cmd, exitDone, stderr)
	took, register = time.Since(begun), contents(t, place, "register/")
	if len(register) < 4 {
		t.Fatalf("one closing leaves %v", slices.Sorted(maps.Keys(register)))
	}
	return c, before, register, took
}

func sameRegister(t *testing.T, place string, want map[string]string) {
	t.Helper()
	if got := contents(t, place, "register/"); !maps.Equal(got, want) {
		t.Fatalf("the register is not that of one closing: %v, and not %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// awaitRegister waits until something is in the register, or so long that it ought to be.
func awaitRegister(t *testing.T, place string, most time.Duration) {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(most); time.Now().Before(until); {
		for _, err := range s.List(t.Context(), "register/") {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// TestCloseKilled kills closings, as a machine does that loses its power, at moments spread over their time, and lets another one
// end them: the register is that of a closing that nobody disturbed, over a directory and over a bucket.
func TestCloseKilled(t *testing.T) {
	t.Parallel()
	c, before, want, took := undisturbed(t)
	for name, place := range storePlaces(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(10, 5))
			tries, killed, partly := effort.Count(t, 6, 200), 0, 0
			for i := range tries {
				at := place(t)
				fill(t, at, before)
				for range 1 + chance.IntN(2) {
					cmd, _ := c.closeIn(t, at)
					if i%2 == 0 {
						time.Sleep(took * 11 / 10 * time.Duration(1000*i+chance.IntN(1000)) / time.Duration(1000*tries))
					} else {
						awaitRegister(t, at, took)
						time.Sleep(time.Duration(chance.Int64N(int64(took / 20))))
					}
					if cmd.Process.Kill() == nil {
						killed++
					}
					_ = cmd.Wait() // killed, or done before that
				}
				if n := len(contents(t, at, "register/")); n > 0 && n < len(want) {
					partly++
				}
				cmd, stderr := c.closeIn(t, at)
				wantExit(t, cmd, exitDone, stderr)
				sameRegister(t, at, want)
			}
			if killed == 0 {
				t.Error("no closing was killed")
			}
			t.Logf("%d killed, %d amid their documents", killed, partly)
		})
	}
}

// TestCloseRaces closes a month by several processes at once.
func TestCloseRaces(t *testing.T) {
	t.Parallel()
	c, before, want, _ := undisturbed(t)
	for name, place := range storePlaces(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range effort.Count(t, 2, 50) {
				at := place(t)
				fill(t, at, before)
				var all [3]*exec.Cmd
				var said [3]*bytes.Buffer
				for i := range all {
					all[i], said[i] = c.closeIn(t, at)
				}
				for i := range all {
					wantExit(t, all[i], exitDone, said[i])
				}
				sameRegister(t, at, want)
			}
		})
	}
}
