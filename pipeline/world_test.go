package pipeline_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybook/fixtures/bulk"
	"daybook/fixtures/example"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/peeruse"
)

const period = schemas.Period("2024-09")

// world is a book and its deliveries, which all tests read and none writes.
type world struct {
	book *book.Book
	// deliveries is the directory of the landing place.
	deliveries string
	plainly    plainly
}

// plainly is a run of a world with nothing chosen, which is done once.
type plainly struct {
	once  sync.Once
	sum   *run.Summary
	store store.Store
}

// Each world is made once: the starter book, the worked example with a defect of every kind, and many rows of few columns
// with redeliveries across objects.
var (
	starter = sync.OnceValues(func() (*world, error) { return newWorld("starter", "landing", book.Init) })
	// detailed is the starter whose peer's bill is compared in detail, and too dear.
	detailed = sync.OnceValues(func() (*world, error) { return newWorld("detailed", "landing", writeDetailed) })
	// governed is the starter with a register of who acts at its peer, whose days are watched, and whose costs are shared.
	governed = sync.OnceValues(func() (*world, error) { return newWorld("governed", "landing", writeGoverned) })
	// agreed is the starter with an agreement with its peer, whose account one of the customers' is.
	agreed = sync.OnceValues(func() (*world, error) { return newWorld("agreed", "landing", writeAgreed) })
	worked = sync.OnceValues(func() (*world, error) { return newWorld("worked", "landing", example.Write) })
	many   = sync.OnceValues(func() (*world, error) { return newWorld("many", "../landing", writeMany(4_500, 3)) })
	// begun is the starter whose first month is the one before.
	begun = sync.OnceValues(func() (*world, error) { return newWorld("begun", "landing", writeBegun) })
	// large has an object that a decoder hands over in several batches.
	large = sync.OnceValues(func() (*world, error) { return newWorld("large", "../landing", writeMany(17_500, 1)) })
)

func writeDetailed(dir string) error {
	if err := book.Init(dir); err != nil {
		return err
	}
	name := path.Join(dir, "peers/atlas.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for old, changed := range map[string]string{"    rates:\n": "    detail: {by: resource}\n    rates:\n", "price: 0.0180": "price: 0.0150"} {
		text = bytes.Replace(text, []byte(old), []byte(changed), 1)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return err
	}
	if err := os.MkdirAll(path.Join(dir, "disputes"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path.Join(dir, "disputes/all.yaml"), []byte("disputes:\n"+
		"  - {id: one, contract: atlas-2024, period: 2024-09, amount: 5, reason: too dear, raised: 2024-09-20, by: Jo}\n"+
		"  - {id: two, account: birch-prod, period: 2024-09, amount: 5, reason: too dear, raised: 2024-09-20, by: Jo}\n"), 0o600)
}

func writeBegun(dir string) error {
	if err := book.Init(dir); err != nil {
		return err
	}
	name := path.Join(dir, "provider.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, bytes.Replace(text, []byte("first_period: 2024-09"), []byte("first_period: 2024-08"), 1), 0o600)
}

func writeGoverned(dir string) error {
	if err := book.Init(dir); err != nil {
		return err
	}
	const text = "identities:\n  - {id: prod, kind: service_account, peer: atlas, name: \"100200300401\"}\n"
	if err := os.WriteFile(path.Join(dir, "access.yaml"), []byte(text), 0o600); err != nil {
		return err
	}
	name := path.Join(dir, "peers/atlas.yaml")
	peer, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(peer, "anomalies: {}\nshared: [{id: ours}]\n"...), 0o600)
}

func writeAgreed(dir string) error {
	if err := book.Init(dir); err != nil {
		return err
	}
	return os.WriteFile(path.Join(dir, "agreements.yaml"), []byte("agreements:\n"+
		"  - {id: north, pattern: peering, parties: [{peer: atlas, accounts: [cedar-main]}], currencies: [EUR, USD], payable_days: 30, offerings: [compute, object-storage]}\n"), 0o600)
}

// writeMany writes rows in so many objects; one row in twenty repeats a row of another object.
func writeMany(rows, parts int64) func(dir string) error {
	return func(dir string) error {
		spec := bulk.Spec{Rows: rows, PartRows: rows / parts, Accounts: 60, SKUs: 40, Seed: 7, Redelivered: 500}
		if err := bulk.WriteBook(dir, "csv.gz", spec); err != nil {
			return err
		}
		_, err := bulk.Write(path.Join(dir, "../landing/meter/2024-09"), "csv.gz", spec, 2, nil)
		return err
	}
}

// worlds is where they lie.
var worlds string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if worlds, err = os.MkdirTemp("", "daybook-worlds-"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(worlds)
		return m.Run()
	}())
}

// newWorld writes a book, with its landing place at that path from it.
func newWorld(name, landing string, write func(dir string) error) (*world, error) {
	dir := path.Join(worlds, name, "book")
	if err := write(dir); err != nil {
		return nil, err
	}
	b, problems, err := book.Open(dir)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("book %s: %v", name, problems[0])
	}
	return &world{book: b, deliveries: path.Join(dir, landing)}, err
}

func need(t *testing.T, found func() (*world, error)) *world {
	t.Helper()
	w, err := found()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// night is one run with all its choices; what is left out takes a default.
type night struct {
	landing, store, scratch store.Store
	period                  schemas.Period
	shards, workers         int
	budget                  int64
	until                   string
	progress                run.Progress
	// stages is the table of a run in which something goes wrong.
	stages []run.Stage
}

func (w *world) landing(t *testing.T) store.Store { return openPlace(t, w.deliveries) }

// run does a run.
func (w *world) run(ctx context.Context, t *testing.T, n night) (*run.Summary, error) {
	t.Helper()
	r := &run.Run{Book: w.book, Budget: n.budget, Progress: n.progress}
	r.Places = run.Places{Landing: n.landing, Store: n.store, Scratch: n.scratch, SpillDir: t.TempDir()}
	if r.Landing == nil {
		r.Landing = w.landing(t)
	}
	if r.Scratch == nil {
		r.Scratch = new(store.Memory)
	}
	p, err := pipeline.Prepare(ctx, r, pipeline.Request{Period: cmp.Or(n.period, period), Shards: n.shards})
	if err != nil {
		return nil, err
	}
	if n.stages != nil {
		p.Stages = n.stages
		if err := p.Fix(p.Spec); err != nil {
			return nil, err
		}
	}
	return pipeline.Execute(ctx, p, max(n.workers, 1), n.until)
}

// must does a run that has to end well, and returns what it left.
func (w *world) must(t *testing.T, n night) (*run.Summary, store.Store) {
	t.Helper()
	if n.store == nil {
		n.store = new(store.Memory)
	}
	sum, err := w.run(t.Context(), t, n)
	if err != nil {
		t.Fatal(err)
	}
	return sum, n.store
}

// plain is a run of one shard with all defaults, and its store. It is the same for all tests, and is not to be changed.
func (w *world) plain(t *testing.T) (*run.Summary, store.Store) {
	t.Helper()
	x := &w.plainly
	x.once.Do(func() { x.sum, x.store = w.must(t, night{shards: 1}) })
	if x.sum == nil {
		t.Fatal("the plain run did not end; see the test that tried first")
	}
	return x.sum, x.store
}

func openPlace(t *testing.T, place string) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bucketVariable names the environment variable with the URL of a place for tests, as in pipeline/store.
const bucketVariable = "DAYBOOK_TEST_S3"

// openBucket returns a store in a bucket that no other test uses.
func openBucket(t *testing.T, name string) store.Store {
	t.Helper()
	text := os.Getenv(bucketVariable)
	if text == "" {
		t.Skipf("%s is not set: it names a place on an S3 server, as s3://bucket/prefix?endpoint=http://127.0.0.1:7070&region=us-east-1", bucketVariable)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = path.Join("/", u.Path, path.Base(path.Dir(t.TempDir())), name)
	return openPlace(t, u.String())
}

// copyStore copies all objects, in the order of keys that order leaves.
func copyStore(t *testing.T, from, to store.Store, order func(keys []string)) {
	t.Helper()
	bodies := bodiesOf(t, from, "")
	keys := slices.Sorted(maps.Keys(bodies))
	if order != nil {
		order(keys)
	}
	for _, key := range keys {
		if _, err := to.Create(t.Context(), key, bytes.NewReader(bodies[key])); err != nil {
			t.Fatal(err)
		}
	}
}

func bodiesOf(t *testing.T, s store.Store, prefix string) map[string][]byte {
	t.Helper()
	bodies := map[string][]byte{}
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := store.ReadAll(t.Context(), s, info.Key)
		if err != nil {
			t.Fatal(err)
		}
		bodies[info.Key] = body
	}
	return bodies
}

// left is the digest of every object that a run leaves for readers and for its own repetition, by key. When objects
// arrived is not a run's result.
func left(t *testing.T, s store.Store) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for key, body := range bodiesOf(t, s, "") {
		if !strings.HasPrefix(key, "arrivals/") {
			sum := sha256.Sum256(body)
			sums[key] = hex.EncodeToString(sum[:])
		}
	}
	return sums
}

// same fails for each object that is in one and not, or not the same, in the other.
func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(want) == 0 {
		t.Error("nothing to compare with")
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == "" {
			t.Errorf("%s is missing", key)
		} else if got[key] != want[key] {
			t.Errorf("%s has other bytes", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if want[key] == "" {
			t.Errorf("%s is there, and should not be", key)
		}
	}
}

// tables are the datasets whose rows must be the same whatever the number of shards.
var tables = []*schemas.Table{
	&schemas.Usage, &schemas.Charges, &schemas.Findings, &schemas.Margins, &schemas.Variances, &schemas.PeerMatches, &peeruse.Uses, &peeruse.Budgets, &access.Uses, &access.Identities, &access.Coverages, &schemas.Days, &schemas.Deliveries,
}

// rows is the canonical digest of each dataset of a run, from what its manifest names and nothing else.
func rows(t *testing.T, s store.Store, m *run.Manifest) map[string]string {
	t.Helper()
	digests := map[string]string{}
	for _, table := range tables {
		var d dataset.Digest
		for _, o := range m.Outputs {
			if o.Dataset == table.Name {
				before := d.Rows()
				eachBatch(t, s, o.Key, table, func(b *dataset.Batch) { d.AddBatch(b) })
				if got := d.Rows() - before; got != o.Rows {
					t.Errorf("%s has %d rows, and the manifest says %d", o.Key, got, o.Rows)
				}
			}
		}
		digests[table.Name] = d.String()
	}
	return digests
}

// eachBatch reads a Parquet object with all columns of its table.
func eachBatch(t *testing.T, s store.Store, key string, table *schemas.Table, each func(*dataset.Batch)) {
	t.Helper()
	body, _, err := store.ReadAll(t.Context(), s, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := scan(body, table, each); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
}

func scan(body []byte, table *schemas.Table, each func(*dataset.Batch)) error {
	f, err := parquet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	s, err := f.Scan(table, parquet.ScanOptions{From: f.From(table)})
	if err != nil {
		return err
	}
	for b := dataset.NewBatch(table); ; {
		more, err := s.Next(b)
		if err != nil || !more {
			return err
		}
		each(b)
	}
}
