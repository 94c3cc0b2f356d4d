package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/fixtures/bulk"
	"daybook/fixtures/effort"
	"daybook/pipeline/book"
	"daybook/pipeline/overview"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
)

// site is a book with deliveries, a store, and a directory for temporary files that nobody else uses.
type site struct{ book, landing, store, temp string }

// sites share the book and the deliveries of s.
func (s site) another(t *testing.T) site {
	s.store, s.temp = filepath.Join(t.TempDir(), "store"), t.TempDir()
	return s
}

// bulky is enough rows for a run to take a moment, in a store of the test's own. The book and the deliveries are made once.
func bulky(t *testing.T) site {
	t.Helper()
	s, err := bulkyOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s.another(t)
}

var bulkyOnce = sync.OnceValues(func() (site, error) {
	s := site{book: filepath.Join(made, "book"), landing: filepath.Join(made, "landing")}
	spec := bulk.Spec{Rows: 3_000, PartRows: 1_000, Accounts: 40, SKUs: 30, Seed: 11, Redelivered: 500}
	if err := bulk.WriteBook(s.book, "csv.gz", spec); err != nil {
		return s, err
	}
	_, err := bulk.Write(filepath.Join(s.landing, "meter/2024-09"), "csv.gz", spec, 2, nil)
	return s, err
})

// begin starts the command as a process of its own.
func (s site) begin(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	cmd = exec.Command("daybook", append([]string{"run", s.book, "--landing", s.landing, "--store", s.store}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+s.temp)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stdout, stderr
}

// run runs the command to its end, which must have the exit code.
func (s site) run(t *testing.T, code int, args ...string) (stdout string) {
	t.Helper()
	cmd, out, errs := s.begin(t, args...)
	wantExit(t, cmd, code, errs)
	return out.String()
}

func wantExit(t *testing.T, cmd *exec.Cmd, code int, stderr *bytes.Buffer) {
	t.Helper()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s: exit code %d, want %d; it said\n%s", strings.Join(cmd.Args, " "), got, code, stderr)
	}
}

// files are the digests of all files of the store by name. What a process keeps for itself begins with a dot, and must be
// gone but for the lock.
func (s site) files(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, dir := range []string{s.store, s.temp} {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			name := strings.TrimPrefix(path, s.store+"/")
			if err != nil || e.IsDir() || name == ".daybook/lock" {
				return err
			}
			if strings.HasPrefix(name, ".") || strings.HasPrefix(path, s.temp) {
				t.Errorf("%s is left", path)
			}
			body, err := os.ReadFile(path)
			sum := sha256.Sum256(body)
			sums[name] = hex.EncodeToString(sum[:])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sums
}

// whole fails if a reader of the store can see a run of which something is missing or half-written.
func (s site) whole(t *testing.T) {
	t.Helper()
	at, err := store.Open(t.Context(), s.store)
	if err != nil {
		t.Fatal(err)
	}
	current, _, err := run.ReadCurrent(t.Context(), at, "2024-09")
	if errors.Is(err, store.ErrNotFound) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.ReadManifest(t.Context(), at, "2024-09", current.Run)
	if err != nil {
		t.Fatalf("the period points at a run that cannot be read: %v", err)
	}
	for _, o := range m.Outputs {
		body, _, err := store.ReadAll(t.Context(), at, o.Key)
		sum := sha256.Sum256(body)
		if err != nil || int64(len(body)) != o.Size || hex.EncodeToString(sum[:]) != o.Digest {
			t.Errorf("%s is in the manifest with %d bytes and has %d: %v", o.Key, o.Size, len(body), err)
		}
	}
}

func sameFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is not what an undisturbed run leaves\n%s\nWANT\n%s", name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] == "" {
			t.Errorf("%s is left, and an undisturbed run leaves no such file", name)
		}
	}
}

// TestKilledAndRunAgain kills a run at moments spread over its time and a little more, and lets the next one finish.
func TestKilledAndRunAgain(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	args := []string{"--period", "2024-09", "--quiet", "--shards", "3", "--workers", "2"}
	begun := time.Now()
	s.run(t, exitDone, args...)
	took := time.Since(begun)
	want := s.files(t)
	moments := effort.Count(t, 4, 100)
	chance := rand.New(rand.NewPCG(20, 9))
	var killed int
	for i := range moments {
		at := took * 11 / 10 * time.Duration(1000*i+int(chance.Int32N(1000))) / time.Duration(1000*moments)
		s := s.another(t)
		cmd, _, _ := s.begin(t, args...)
		time.Sleep(at)
		if err := cmd.Process.Kill(); err == nil {
			killed++
		}
		_ = cmd.Wait() // killed, or done before that
		s.whole(t)
		s.run(t, exitDone, args...)
		s.whole(t)
		sameFiles(t, s.files(t), want)
		if t.Failed() {
			t.Fatalf("killed after %s of %s", at, took)
		}
	}
	if killed == 0 {
		t.Error("no run was killed")
	}
}

// TestKilledOftenGetsOn kills one run again and again, each time a little later, until it is done.
func TestKilledOftenGetsOn(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	args := []string{"--period", "2024-09", "--quiet", "--shards", "3"}
	begun := time.Now()
	s.run(t, exitDone, args...)
	step := time.Since(begun) / time.Duration(effort.Count(t, 4, 40))
	want := s.files(t)
	s = s.another(t)
	for wait := step / 2; ; wait += step {
		cmd, _, _ := s.begin(t, args...)
		stop := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		stop.Stop()
		s.whole(t)
		if err == nil {
			break
		}
		if wait > time.Minute {
			t.Fatal("the run does not get on")
		}
	}
	sameFiles(t, s.files(t), want)
}

// TestLeftoversAreSwept plants what a kill leaves between the link of an object and the removal of its temporary name: the
// next run takes it away, also where it finds that all is done and writes nothing, and with it the lock of a dead run.
func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	args := []string{"--period", "2024-09", "--quiet", "--shards", "2"}
	s.run(t, exitDone, args...)
	want := s.files(t)
	var object string
	for name := range want {
		object = name
	}
	if err := os.Link(filepath.Join(s.store, object), filepath.Join(s.store, ".daybook/tmp/1-1")); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(s.store, ".scratch/2024-09-dead.lock")
	if err := errors.Join(os.MkdirAll(filepath.Dir(lock), 0o755), os.WriteFile(lock, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if said := s.run(t, exitDone, append(args, "--json")...); !strings.Contains(said, `"reused": true`) {
		t.Errorf("the second run was not reused: %s", said)
	}
	sameFiles(t, s.files(t), want)
}

// TestDamagedScratchIsMadeAnew kills a run and damages what it left between its tasks, as a machine may that loses its
// power. The next run says so and ends with 1, and the one after that needs no help.
func TestDamagedScratchIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	args := []string{"--period", "2024-09", "--quiet", "--shards", "3", "--workers", "1"}
	s.run(t, exitDone, args...)
	want := s.files(t)
	for name, damage := range map[string]func([]byte) []byte{
		"empty": func([]byte) []byte { return nil },
		"block": func(body []byte) []byte { body[len(body)/3] ^= 4; return body },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var left []string
			s := s.another(t)
			for tries := 0; len(left) == 0; s = s.another(t) {
				if tries++; tries > 100 {
					t.Fatal("no kill left anything between tasks")
				}
				cmd, _, _ := s.begin(t, args...)
				for begun := time.Now(); len(left) == 0 && time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
					left, _ = filepath.Glob(filepath.Join(s.store, "runs/2024-09/tasks/normalise-object/*"))
				}
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				// What a shard has gathered is not read again: a run that was killed late would not meet the damage.
				if gathered, _ := filepath.Glob(filepath.Join(s.store, "runs/2024-09/tasks/normalise-shard/*")); len(gathered) > 0 {
					left = nil
					continue
				}
				if left, _ = filepath.Glob(filepath.Join(s.store, ".scratch/*/*.shuffle")); len(left) > 0 {
					break
				}
			}
			for _, file := range left { // of those, one task at least had said that it was done
				body, err := os.ReadFile(file)
				if err == nil {
					err = os.WriteFile(file, damage(body), 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			cmd, _, stderr := s.begin(t, args...)
			wantExit(t, cmd, exitBroke, stderr)
			if !strings.Contains(stderr.String(), "run again, and they are made anew") {
				t.Errorf("it said\n%s", stderr)
			}
			s.run(t, exitDone, args...)
			sameFiles(t, s.files(t), want)
		})
	}
}

// TestRemoveFolders empties a scratch directory of what lay between tasks, not of what tasks at work hold.
func TestRemoveFolders(t *testing.T) {
	dir := t.TempDir()
	err := errors.Join(
		os.MkdirAll(filepath.Join(dir, "1024/deep"), 0o755), os.MkdirAll(filepath.Join(dir, ".daybook/tmp"), 0o755),
		os.WriteFile(filepath.Join(dir, "1024/deep/a.shuffle"), []byte("x"), 0o644), os.WriteFile(filepath.Join(dir, "held.spill"), nil, 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := removeFolders(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "held.spill" {
		t.Errorf("%q are left, %v", left, err)
	}
	if err := removeFolders(filepath.Join(dir, "none")); err == nil {
		t.Error("a directory that is not there was emptied")
	}
}

// TestInterrupted sends the signal of Ctrl-C: the run says so, ends with 1, and goes on when it is asked again.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	args := []string{"--period", "2024-09", "--shards", "3"}
	s.run(t, exitDone, append(args, "--quiet")...)
	want := s.files(t)
	for range effort.Count(t, 1, 20) {
		s := s.another(t)
		cmd, _, stderr := s.begin(t, args...)
		// The first object that is done says that the run is amid its work.
		for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
			if names, _ := filepath.Glob(filepath.Join(s.store, "runs/2024-09/tasks/normalise-object/*")); len(names) > 0 {
				break
			}
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		wantExit(t, cmd, exitBroke, stderr)
		const says = "daybook: interrupted: nothing half-done is visible, and the same command goes on from here\n"
		if !strings.HasSuffix(stderr.String(), says) {
			t.Errorf("it said\n%s", stderr)
		}
		s.run(t, exitDone, args...)
		sameFiles(t, s.files(t), want)
	}
}

// TestTwoProcesses starts two runs of one period together: exactly one says that it committed, also where the run is one of
// the past, which leaves the period's readers with the run that they have.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	s := bulky(t)
	night := []string{"--period", "2024-09", "--quiet", "--json", "--shards", "2"}
	past := append(slices.Clone(night), "--as-of", "2099-01-01")
	s.run(t, exitDone, night...)
	want := s.files(t)
	s.run(t, exitDone, past...)
	wantPast := s.files(t)
	for round := range effort.Count(t, 1, 40) {
		s := s.another(t)
		s.together(t, fmt.Sprintf("round %d", round), night...)
		sameFiles(t, s.files(t), want)
		s.together(t, fmt.Sprintf("round %d, as of a day", round), past...)
		sameFiles(t, s.files(t), wantPast)
	}
}

// together starts the command twice at once; of the two exactly one must say that it committed the run.
func (s site) together(t *testing.T, name string, args ...string) {
	t.Helper()
	outs := make([]string, 2)
	var both sync.WaitGroup
	for i := range outs {
		both.Go(func() { outs[i] = s.run(t, exitDone, args...) })
	}
	both.Wait()
	if t.Failed() {
		t.FailNow()
	}
	committed := 0
	for _, out := range outs {
		var said struct{ Reused, Raced bool }
		if err := json.Unmarshal([]byte(out), &said); err != nil {
			t.Fatal(err)
		}
		if !said.Reused && !said.Raced {
			committed++
		}
	}
	if committed != 1 {
		t.Errorf("%s: %d processes say that they committed the run", name, committed)
	}
}

// TestTwoPeriodsAndTwoShapesAtOnce starts runs that differ over one store: none is in the way of another.
func TestTwoPeriodsAndTwoShapesAtOnce(t *testing.T) {
	t.Parallel()
	s := site{book: filepath.Join(t.TempDir(), "book")}
	if err := book.Init(s.book); err != nil {
		t.Fatal(err)
	}
	s.landing = filepath.Join(s.book, "landing")
	nights := []struct {
		args []string
		code int
	}{
		{[]string{"--period", "2024-09", "--quiet", "--shards", "1"}, exitDone},
		{[]string{"--period", "2024-09", "--quiet", "--shards", "5"}, exitDone},
		{[]string{"--period", "2024-10", "--quiet"}, exitIncomplete},
	}
	one, all := s.another(t), s.another(t)
	for _, n := range nights {
		one.run(t, n.code, n.args...)
	}
	var together sync.WaitGroup
	for _, n := range nights {
		together.Go(func() { all.run(t, n.code, n.args...) })
	}
	together.Wait()
	if t.Failed() {
		return
	}
	// Which of the two runs of September came last is open, and October may have come before it. The views show in what order they came.
	all.whole(t)
	for name, sum := range one.files(t) {
		view := name == overview.Key || strings.Contains(name, "/since.")
		if got := all.files(t)[name]; got != sum && !view && !strings.HasPrefix(name, "periods/") && !strings.Contains(name, "2024-10") {
			t.Errorf("%s is not what the runs leave one after the other", name)
		}
	}
	current, _, err := run.ReadCurrent(context.Background(), openStore(t, all.store), "2024-10")
	if err != nil || !current.Provisional {
		t.Errorf("the current run of October: %v, %v", current, err)
	}
}

func openStore(t *testing.T, dir string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
