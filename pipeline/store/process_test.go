package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
)

// The tests here start this test binary again as other processes, which do one of these jobs in a directory.
const (
	jobVariable = "DAYBOOK_STORE_JOB" // "job directory seed"
	raceJob     = "race"              // create and swap against other processes, one round for each line of input
	countJob    = "count"             // increment a number
	churnJob    = "churn"             // create and swap until killed
)

func TestMain(m *testing.M) {
	job, place, _ := strings.Cut(os.Getenv(jobVariable), " ")
	if job == "" {
		os.Exit(m.Run())
	}
	place, seed, _ := strings.Cut(place, " ")
	if err := doJob(context.Background(), job, place, seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func doJob(ctx context.Context, job, place, seed string) error {
	s, err := Open(ctx, place)
	if err != nil {
		return err
	}
	switch job {
	case raceJob:
		return raceByLines(ctx, s, seed)
	case countJob:
		for range 25 {
			if err := increment(ctx, s, "count"); err != nil {
				return err
			}
		}
		return nil
	case churnJob:
		return churn(ctx, s, seed)
	}
	return fmt.Errorf("no job %q", job)
}

// child starts this binary on a job; its output comes through the reader.
func child(t *testing.T, job, place string, seed int) (*exec.Cmd, io.WriteCloser, *bufio.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", jobVariable, job, place, seed))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, in, bufio.NewReader(out)
}

// raceByLines races once for every line of input, which holds the round and the version to swap, and answers with the
// outcome of the create and of the swap.
func raceByLines(ctx context.Context, s Store, seed string) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		round, old, _ := strings.Cut(lines.Text(), " ")
		_, created := s.Create(ctx, "race/"+round, strings.NewReader(round+" by "+seed))
		_, swapped := s.Swap(ctx, "current", []byte(round+" by "+seed), Version(old))
		for _, err := range []error{created, swapped} {
			if err != nil && !errors.Is(err, ErrExists) && !errors.Is(err, ErrStale) {
				return err
			}
		}
		fmt.Println(created == nil, swapped == nil)
	}
	return lines.Err()
}

func TestDirectoryRaceOfProcesses(t *testing.T) {
	place := t.TempDir()
	var ins [raceWriters]io.WriteCloser
	var outs [raceWriters]*bufio.Reader
	for i := range raceWriters {
		_, ins[i], outs[i] = child(t, raceJob, place, i)
		defer ins[i].Close()
	}
	s := openDirectory(t, place)
	var now Version
	for round := range raceRounds {
		for _, in := range ins {
			if _, err := fmt.Fprintln(in, round, now); err != nil {
				t.Fatal(err)
			}
		}
		creators, swappers := []int{}, []int{}
		for i, out := range outs {
			var created, swapped bool
			if _, err := fmt.Fscanln(out, &created, &swapped); err != nil {
				t.Fatal(err)
			}
			if created {
				creators = append(creators, i)
			}
			if swapped {
				swappers = append(swappers, i)
			}
		}
		if len(creators) != 1 || len(swappers) != 1 {
			t.Fatalf("round %d was won by creators %d and swappers %d", round, creators, swappers)
		}
		wantBody(t, s, fmt.Sprintf("race/%d", round), fmt.Sprintf("%d by %d", round, creators[0]))
		now = wantBody(t, s, "current", fmt.Sprintf("%d by %d", round, swappers[0]))
	}
}

func TestDirectoryCountByProcesses(t *testing.T) {
	place := t.TempDir()
	var children []*exec.Cmd
	for i := range raceWriters {
		cmd, in, _ := child(t, countJob, place, i)
		in.Close()
		children = append(children, cmd)
	}
	for _, cmd := range children {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	wantBody(t, openDirectory(t, place), "count", strconv.Itoa(25*raceWriters))
}

// churnBody is what an object of the churn must hold: its key says how much of which noise, from two bytes to 600 kB.
func churnBody(key string) ([]byte, error) {
	var seed, n, size int
	if _, err := fmt.Sscanf(key, "churn/%d/%d-%d", &seed, &n, &size); err != nil {
		return nil, fmt.Errorf("key %q: %w", key, err)
	}
	return noise(byte(seed*31+n), size), nil
}

// churn says that it is at work, then creates objects, by Create and CreateFrom in turn, and replaces a pointer to the last
// of them, for ever.
func churn(ctx context.Context, s Store, seed string) error {
	number, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(number, 0))
	fmt.Println("at work")
	for n := 0; ; n++ {
		key := fmt.Sprintf("churn/%d/%d-%d", number, n, 2+random.IntN(600_000))
		body, err := churnBody(key)
		if err != nil {
			return err
		}
		if n%2 == 0 {
			_, err = s.Create(ctx, key, bytes.NewReader(body))
		} else {
			_, err = CreateFrom(ctx, s, key, func(w io.Writer) error {
				_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{bytes.NewReader(body)}, make([]byte, 4096))
				return err
			})
		}
		if err != nil {
			return err
		}
		_, now, err := ReadAll(ctx, s, "current")
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if _, err := s.Swap(ctx, "current", []byte(key), now); err != nil && !errors.Is(err, ErrStale) {
			return err
		}
	}
}

// checkChurn fails unless every object below prefix is whole and the pointer points to a whole one, and returns how many
// there are.
func checkChurn(t *testing.T, s Store, prefix string) int {
	t.Helper()
	objects := 0
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		want, err := churnBody(info.Key)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := ReadAll(t.Context(), s, info.Key)
		if err != nil || !bytes.Equal(got, want) || info.Size != int64(len(want)) {
			t.Fatalf("%q has %d bytes of %d, or others (%v)", info.Key, len(got), len(want), err)
		}
		objects++
	}
	if objects > 0 {
		last, _, err := ReadAll(t.Context(), s, "current")
		if errors.Is(err, ErrNotFound) {
			return objects // killed between the first create and the first swap
		}
		if err != nil {
			t.Fatal(err)
		}
		want, err := churnBody(string(last))
		if err != nil {
			t.Fatal(err)
		}
		wantBody(t, s, string(last), string(want))
	}
	return objects
}

// A reader looks on all the while; whenever a writer dies, it has never seen and never will see a part of an object.
func TestKill(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(*testing.T) (Store, string)
	}{
		{"directory", func(t *testing.T) (Store, string) {
			place := t.TempDir()
			return openDirectory(t, place), place
		}},
		{"bucket", func(t *testing.T) (Store, string) {
			needBucket(t)
			b := openBucket(t, nil)
			_, query, _ := strings.Cut(os.Getenv(bucketVariable), "?")
			return b, b.String() + "?" + query
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, place := c.open(t)
			random := rand.New(rand.NewPCG(1, 2))
			rounds := effort.Count(t, 6, 200)
			for round := range rounds {
				cmd, in, out := child(t, churnJob, place, round)
				other, otherIn, otherOut := child(t, churnJob, place, 100+round)
				for _, out := range []*bufio.Reader{out, otherOut} {
					if _, err := out.ReadString('\n'); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Duration(random.IntN(80)) * time.Millisecond)
				checkChurn(t, s, fmt.Sprintf("churn/%d/", round))
				for _, doomed := range []*exec.Cmd{cmd, other} {
					if err := doomed.Process.Kill(); err != nil {
						t.Error(err)
					}
					if err := doomed.Wait(); err == nil || doomed.ProcessState.Exited() {
						t.Errorf("the writer ended by itself: %v", err)
					}
				}
				in.Close()
				otherIn.Close()
			}
			objects := checkChurn(t, s, "churn/")
			if objects < rounds {
				t.Errorf("only %d objects were made: the killing came too early to show anything", objects)
			}
			t.Logf("%d objects, all whole", objects)
			if _, ok := s.(*Directory); ok {
				left := len(temporaries(t, place))
				create(t, openDirectory(t, place), "after", "x")
				if now := temporaries(t, place); len(now) != 0 {
					t.Errorf("%q of %d leftovers stayed", now, left)
				}
				t.Logf("%d leftovers swept", left)
			}
		})
	}
}
