package issue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/fixtures/small"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/issue"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

const entity = "small-cloud"

// site is the two months of a small provider, whose documents are to be issued.
type site struct {
	t   *testing.T
	dir string
	now time.Time
	run.Places
}

func newSite(t *testing.T, closings string) *site {
	t.Helper()
	dir := t.TempDir()
	if err := small.Write(dir); err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: dir, now: time.Date(2024, 12, 1, 3, 0, 0, 0, time.UTC)}
	s.write("closings.csv", closings)
	s.Landing, s.Store = open(t, filepath.Join(dir, "landing")), new(store.Memory)
	return s
}

const bothMonths = "period,issued,by,reason\n2024-08,2024-09-03,Controller,\n2024-09,2024-10-02,Controller,all is there\n"

func open(t *testing.T, place string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) write(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// edit replaces a text in a file of the book.
func (s *site) edit(name, old, changed string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil || !strings.Contains(string(text), old) {
		s.t.Fatalf("%s does not hold %q: %v", name, old, err)
	}
	s.write(name, strings.Replace(string(text), old, changed, 1))
}

func (s *site) book() *book.Book {
	s.t.Helper()
	b, problems, err := book.Open(s.dir)
	if err != nil || len(problems) > 0 {
		s.t.Fatal(err, problems)
	}
	return b
}

// bill runs a month.
func (s *site) bill(p schemas.Period) *run.Manifest {
	s.t.Helper()
	r := &run.Run{Book: s.book(), Places: s.Places}
	r.Scratch, r.SpillDir = new(store.Memory), s.t.TempDir()
	prepared, err := pipeline.Prepare(s.t.Context(), r, pipeline.Request{Period: p, Now: s.now, Shards: 3})
	if err != nil {
		s.t.Fatal(err)
	}
	sum, err := pipeline.Execute(s.t.Context(), prepared, 2, "")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := run.KeepBook(s.t.Context(), s.Store, r.Book); err != nil {
		s.t.Fatal(err)
	}
	return sum.Manifest
}

// closer has several objects of a month.
func (s *site) closer() *issue.Closer {
	return &issue.Closer{Places: s.Places, Book: s.book(), Now: s.now, Workers: 2, PerObject: 7}
}

func (s *site) close(p schemas.Period) *issue.Result {
	s.t.Helper()
	r, err := s.closer().Close(s.t.Context(), p)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// verified fails if anything that was issued is not as it was, and returns how many documents there are.
func (s *site) verified() int64 {
	s.t.Helper()
	check, err := issue.Verify(s.t.Context(), s.Store, entity)
	if err != nil || len(check.Wrong) > 0 {
		s.t.Fatal(err, check)
	}
	return check.Documents
}

// bodies are the objects below a prefix.
func bodies(t *testing.T, s store.Store, prefix string) map[string]string {
	t.Helper()
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

func TestClose(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	m := s.bill("2024-08")
	r := s.close("2024-08")
	if len(r.Closings) != 1 || r.Fresh != 0 || len(r.Held) != 0 || r.Closings[0].Run != m.Run {
		t.Fatalf("%+v", r)
	}
	if n := s.verified(); n != r.Closings[0].Documents || n == 0 {
		t.Errorf("%d documents, and the closing is of %d", n, r.Closings[0].Documents)
	}
	before := bodies(t, s.Store, "")
	if again := s.close("2024-08"); again.Fresh != 1 || len(again.Closings) != 1 {
		t.Errorf("closing twice: %+v", again)
	}
	if after := bodies(t, s.Store, ""); !maps.Equal(before, after) {
		t.Error("closing twice wrote something")
	}
	s.bill("2024-09")
	if r := s.close("2024-09"); r.Closings[0].First != s.documents("2024-08")+1 {
		t.Errorf("the second month begins with %d", r.Closings[0].First)
	}
	s.verified()
}

// documents counts those of a month.
func (s *site) documents(p schemas.Period) (n int64) {
	all, err := register.Read(s.t.Context(), s.Store, entity)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range all.Of(p) {
		n += e.Done.Documents
	}
	return n
}

// TestGate closes nothing for as long as there is a reason, and names all of them.
func TestGate(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	refused := func(p schemas.Period, reasons ...string) {
		t.Helper()
		_, err := s.closer().Close(t.Context(), p)
		gate, ok := errors.AsType[*issue.GateError](err)
		if !ok || len(gate.Reasons) != len(reasons) {
			t.Fatalf("%s: %v, want %d reasons", p, err, len(reasons))
		}
		for i, reason := range reasons {
			if !strings.Contains(gate.Reasons[i], reason) {
				t.Errorf("%s: reason %q, want %q", p, gate.Reasons[i], reason)
			}
		}
	}
	refused("2024-08", "it has no run")
	if _, err := s.closer().Close(t.Context(), "2024-10"); err == nil || !strings.Contains(err.Error(), "closings.csv has no row for 2024-10") {
		t.Errorf("a month of which the book decides nothing: %v", err)
	}
	later := s.now
	s.now = time.Date(2024, 8, 20, 0, 0, 0, 0, time.UTC)
	s.bill("2024-08")
	refused("2024-08", "is still to come", "the month is not over", "was made while the month went on")
	s.now = later
	s.bill("2024-08")
	s.bill("2024-09")
	refused("2024-09", "2024-08 is to be closed before it")
	s.write("landing/own/2024-08/late.jsonl", lateUse("late-9", 3, "10"))
	refused("2024-08", "does not have all that came")
	s.bill("2024-08")
	s.close("2024-08")
	refused("2024-09", "was computed from run")
	s.bill("2024-09")
	s.close("2024-09")
	s.verified()
	if all := bodies(t, s.Store, "register/"); len(all) == 0 {
		t.Error("nothing is in the register")
	}
}

// lateUse is an event of compute in August.
func lateUse(id string, account int, quantity string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/meters","type":"use","subject":%q,"time":"2024-08-17T09:00:00Z","data":{"sku":"VCPU","end":"2024-08-17T10:00:00Z","quantity":%q,"unit":"vCPU-hour"}}`+"\n",
		id, small.Account(account), quantity)
}

// stopping is a store that ends after so many writes, as a process that is killed does: the last of them is done, or is not.
type stopping struct {
	store.Store
	mu   sync.Mutex
	left int
	done bool
}

var errKilled = errors.New("killed")

func (s *stopping) Create(ctx context.Context, key string, body io.ReadSeeker) (store.Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left >= 0 {
		return s.Store.Create(ctx, key, body)
	}
	if s.left == -1 && s.done {
		if _, err := s.Store.Create(ctx, key, body); err != nil {
			return store.Info{}, err
		}
	}
	return store.Info{}, errKilled
}

// places are where a register may lie.
func places(t *testing.T) map[string]func(t *testing.T) store.Store {
	all := map[string]func(t *testing.T) store.Store{
		"memory":    func(*testing.T) store.Store { return new(store.Memory) },
		"directory": func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "store")) },
	}
	if text := os.Getenv("DAYBOOK_TEST_S3"); text != "" {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all["bucket"] = func(t *testing.T) store.Store {
			here := *u
			here.Path = path.Join("/", u.Path, path.Base(path.Dir(t.TempDir())), fmt.Sprint(rand.Uint64()))
			return open(t, here.String())
		}
	}
	return all
}

// copied is the store of a site in another place.
func (s *site) copied(t *testing.T, to store.Store) *site {
	t.Helper()
	for key, body := range bodies(t, s.Store, "") {
		if _, err := to.Create(t.Context(), key, bytes.NewReader([]byte(body))); err != nil {
			t.Fatal(err)
		}
	}
	out := *s
	out.t, out.Store = t, to
	return &out
}

// TestKilled ends a closing at every write, and at random ones again and again, and lets the next one go on: the register is that of
// one that was not disturbed.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	s.bill("2024-08")
	whole := s.copied(t, new(store.Memory))
	whole.close("2024-08")
	want := bodies(t, whole.Store, "register/")
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(10, 2))
			few := 2*len(want) + 4 // every write, done and not
			if name != "memory" {
				few = 6
			}
			for i := range effort.Count(t, few, 200) {
				x := s.copied(t, place(t))
				killed := 0
				for left := i / 2 % (len(want) + 1); ; left = chance.IntN(len(want)) {
					c := x.closer()
					c.Store = &stopping{Store: x.Store, left: left, done: i%2 == 1}
					if _, err := c.Close(t.Context(), "2024-08"); err == nil {
						break
					} else if !errors.Is(err, errKilled) {
						t.Fatal(err)
					}
					killed++
				}
				x.close("2024-08")
				if got := bodies(t, x.Store, "register/"); !maps.Equal(got, want) {
					t.Fatalf("try %d: killed %d times, it left %v, and not %v", i, killed, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
				}
				if i < 3 {
					x.verified()
				}
			}
		})
	}
}

// TestRaces closes a month several times at once.
func TestRaces(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	s.bill("2024-08")
	whole := s.copied(t, new(store.Memory))
	whole.close("2024-08")
	want := bodies(t, whole.Store, "register/")
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range effort.Count(t, 4, 50) {
				x := s.copied(t, place(t))
				var all sync.WaitGroup
				faults := make([]error, 4)
				for i := range faults {
					c := x.closer()
					all.Go(func() { _, faults[i] = c.Close(t.Context(), "2024-08") })
				}
				all.Wait()
				if err := errors.Join(faults...); err != nil {
					t.Fatal(err)
				}
				if got := bodies(t, x.Store, "register/"); !maps.Equal(got, want) {
					t.Fatal("closings at once left another register than one does")
				}
			}
		})
	}
}

// TestTampering changes a byte of everything that was issued, and of what it was issued of: each is named.
func TestTampering(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	m := s.bill("2024-08")
	s.close("2024-08")
	chance, tries := rand.New(rand.NewPCG(10, 3)), effort.Count(t, 2, 40)
	tampered := bodies(t, s.Store, "register/")
	maps.Copy(tampered, bodies(t, s.Store, "books/"))
	for _, o := range m.Outputs {
		if o.Dataset == schemas.Charges.Name {
			maps.Copy(tampered, bodies(t, s.Store, o.Key))
		}
	}
	maps.Copy(tampered, bodies(t, s.Store, "runs/2024-08/"+string(m.Run)+"/manifest.json"))
	for _, key := range slices.Sorted(maps.Keys(tampered)) {
		body := tampered[key]
		if len(body) == 0 {
			continue
		}
		for range tries {
			x := s.copied(t, new(store.Memory))
			at, changed := chance.IntN(len(body)), []byte(body)
			changed[at] ^= 1 << chance.IntN(7)
			info, err := store.Stat(t.Context(), x.Store, key)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := x.Store.Swap(t.Context(), key, changed, info.Version); err != nil {
				t.Fatal(err)
			}
			check, err := issue.Verify(t.Context(), x.Store, entity)
			if err != nil {
				t.Fatalf("%s, byte %d: %v", key, at, err)
			}
			named := func(w string) bool { return strings.Contains(w, key) }
			if strings.HasSuffix(key, ".jsonl") { // of a document its number
				named = func(w string) bool { return strings.Contains(w, numberAt(body, at)) }
			}
			if !slices.ContainsFunc(check.Wrong, named) {
				t.Errorf("%s with another byte %d is not named: %q", key, at, check.Wrong)
			}
		}
	}
}

// numberAt is the number of the document in which a byte lies.
func numberAt(body string, at int) string {
	from := strings.LastIndexByte(body[:at], '\n') + 1
	return strings.SplitN(body[from:], `"`, 5)[3]
}
