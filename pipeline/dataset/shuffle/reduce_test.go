package shuffle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// records is a table with what a reduction needs.
var records = schemas.Table{Name: "records", Version: "1", Columns: []schemas.Column{
	{Name: "Account", Type: schemas.Label},
	{Name: "Service", Type: schemas.Label},
	{Name: "Start", Type: schemas.Time},
	{Name: "Quantity", Type: schemas.Decimal},
	{Name: "Unit", Type: schemas.Label},
	{Name: "Note", Type: schemas.Text},
	{Name: "Source", Type: schemas.Label, Required: true},
	{Name: "Object", Type: schemas.Label, Required: true},
	{Name: "Row", Type: schemas.Integer, Required: true},
	{Name: "Id", Type: schemas.Text},
}}

var recordsReduction = Reduction{
	Table: &records, Identity: []int{0, 6, 9}, Order: []int{0, 1, 2, 7, 8}, Object: 7, Row: 8,
	Measures: dataset.Measures{Quantity: 3, Unit: 4, Cost: -1, Currency: -1},
}

type memorySpill struct{ bytes.Buffer }

func (m *memorySpill) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.Bytes()).ReadAt(p, off)
}
func (m *memorySpill) Close() error { return nil }

// recordFiles makes the shuffle files of some objects, with duplicates within and between them: records have so many ids.
func recordFiles(t testing.TB, r *batches.Rand, objects, rows, ids, shards, budget int) ([]*File, []*dataset.Batch) {
	t.Helper()
	var files []*File
	var all []*dataset.Batch
	for o := range objects {
		b := dataset.NewBatch(&records)
		for i := range rows {
			maybe := func() bool { return r.IntN(9) > 0 }
			if maybe() {
				b.AppendText(0, fmt.Sprint("a", r.IntN(5)))
			}
			if maybe() {
				b.AppendText(1, fmt.Sprint("service ", 9-r.IntN(4)))
			}
			if maybe() {
				b.AppendTime(2, int64(r.IntN(50)-20)*3_600_000_000)
			}
			if maybe() {
				b.AppendDecimal(3, money.FixedFromInt(int64(r.IntN(3))))
			}
			if maybe() {
				b.AppendText(4, []string{"GB", "h"}[r.IntN(2)])
			}
			if o%2 == 1 && maybe() {
				b.AppendText(5, strings.Repeat("n", 100*r.IntN(4)))
			}
			b.AppendText(6, fmt.Sprint("s", r.IntN(2)))
			b.AppendText(7, fmt.Sprintf("object-%d", 5-o)) // not in the order of the files
			b.AppendInt(8, int64(i+1))
			if maybe() {
				b.AppendText(9, fmt.Sprint("id", r.IntN(ids)))
			}
			if err := b.EndRow(); err != nil {
				t.Fatal(err)
			}
		}
		// Little by little, so that there are many small blocks.
		var parts []*dataset.Batch
		for from := 0; from < b.Rows; from += 20 {
			part := dataset.NewBatch(&records)
			for c := range part.Columns {
				part.Columns[c].Dict = b.Columns[c].Dict
			}
			part.AppendRange(b, from, min(from+20, b.Rows))
			parts = append(parts, part)
		}
		file := writeShuffle(t, shards, budget, parts...)
		f, err := Open(bytes.NewReader(file), int64(len(file)), &records)
		if err != nil {
			t.Fatal(err)
		}
		files, all = append(files, f), append(all, b)
	}
	return files, all
}

// naiveReduce does what Reduce does, the plain way: rows as texts.
func naiveReduce(all []*dataset.Batch, shard, shards int) (rows, conflicts []string, kept []int64, duplicates []dataset.Totals) {
	type row struct {
		b *dataset.Batch
		i int
	}
	seen := map[string]row{}
	var keep []row
	kept, duplicates = make([]int64, len(all)), make([]dataset.Totals, len(all))
	for f, b := range all {
		for i := range b.Rows {
			if int(dataset.ShardOf(b.Columns[0].TextAt(i), shards)) != shard {
				continue
			}
			name := batches.Cell(&b.Columns[0], i) + "|" + batches.Cell(&b.Columns[6], i) + "|" + batches.Cell(&b.Columns[9], i)
			first, ok := seen[name]
			if !ok || b.Columns[9].IsNull(i) {
				seen[name] = row{b, i}
				keep = append(keep, row{b, i})
				kept[f]++
				continue
			}
			duplicates[f].Rows++
			if !b.Columns[3].IsNull(i) {
				if err := duplicates[f].AddQuantity(string(b.Columns[4].TextAt(i)), b.Columns[3].Decs[i]); err != nil {
					panic(err)
				}
			}
			var differs []int
			for c := range 6 {
				if batches.Cell(&b.Columns[c], i) != batches.Cell(&first.b.Columns[c], first.i) {
					differs = append(differs, c)
				}
			}
			if differs != nil {
				conflicts = append(conflicts, fmt.Sprintf("%s %s: %s %s differs in %v", first.b.Columns[7].TextAt(first.i), batches.Cell(&first.b.Columns[8], first.i), b.Columns[7].TextAt(i), batches.Cell(&b.Columns[8], i), differs))
			}
		}
	}
	slices.SortStableFunc(keep, func(x, y row) int {
		for _, c := range recordsReduction.Order {
			both := dataset.NewBatch(&records)
			both.AppendRange(x.b, x.i, x.i+1)
			both.AppendRange(y.b, y.i, y.i+1)
			if d := compareValues(&both.Columns[c], 0, 1); d != 0 {
				return d
			}
		}
		return 0
	})
	for _, k := range keep {
		rows = append(rows, rowText(k.b, k.i))
	}
	return rows, conflicts, kept, duplicates
}

func rowText(b *dataset.Batch, i int) string {
	var cells []string
	for c := range b.Columns {
		cells = append(cells, batches.Cell(&b.Columns[c], i))
	}
	return strings.Join(cells, "\t")
}

// Whatever the budget, a reduction gives what the plain way gives.
func TestReduce(t *testing.T) {
	const shards = 3
	var reducer Reducer
	for _, size := range []struct{ objects, rows, ids int }{{1, 1, 1}, {1, 50, 6}, {5, 300, 151}, {5, 300, 10_000}} {
		files, all := recordFiles(t, batches.NewRand(uint64(size.rows)), size.objects, size.rows, size.ids, shards, 300)
		for shard := range shards {
			wantRows, wantConflicts, wantKept, wantDuplicates := naiveReduce(all, shard, shards)
			sliced := 0
			for _, c := range []struct{ budget, labels int64 }{{0, 0}, {100_000, 0}, {60_000, 0}, {40_000, 0}, {30_000, 0}, {2000, 1 << 30}, {1, 1 << 30}, {0, 1}, {2000, 1}, {1, 1}} {
				budget := c.budget
				t.Run(fmt.Sprintf("%d × %d rows, %d ids, shard %d, %d bytes and %d of labels", size.objects, size.rows, size.ids, shard, budget, c.labels), func(t *testing.T) {
					var rows, conflicts []string
					options := ReduceOptions{BudgetBytes: budget, LabelBytes: c.labels, BatchRows: 37, Spill: func() (SpillFile, error) { return &memorySpill{}, nil }}
					stats, err := reducer.Reduce(context.Background(), recordsReduction, files, shard, options, func(b *dataset.Batch) error {
						if b.Rows == 0 || b.Rows > 37 {
							t.Errorf("a batch has %d rows", b.Rows)
						}
						for i := range b.Rows {
							rows = append(rows, rowText(b, i))
						}
						return nil
					}, func(c Conflict) error {
						conflicts = append(conflicts, fmt.Sprintf("%s %d: %s %d differs in %v", c.Kept.Object, c.Kept.Row, c.Dropped.Object, c.Dropped.Row, c.Differs))
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(rows, wantRows) {
						t.Errorf("got %d rows\n%s\nwant %d\n%s", len(rows), strings.Join(rows, "\n"), len(wantRows), strings.Join(wantRows, "\n"))
					}
					if !slices.Equal(conflicts, wantConflicts) {
						t.Errorf("conflicts are %q, want %q", conflicts, wantConflicts)
					}
					if !slices.Equal(stats.Kept, wantKept) {
						t.Errorf("kept %v rows by file, want %v", stats.Kept, wantKept)
					}
					for f := range wantDuplicates {
						if diff := stats.Duplicates[f].Diff(wantDuplicates[f]); diff != "" {
							t.Errorf("duplicates of file %d: %s", f, diff)
						}
					}
					sliced = max(sliced, stats.Slices)
					if budget == 1 && len(rows) > 100 && stats.Runs <= mergeFanIn {
						t.Errorf("a budget of one byte made %d runs, which are not enough to be merged twice", stats.Runs)
					}
				})
			}
			if size.ids > 1000 && sliced < 2 {
				t.Errorf("shard %d was gathered in %d slices with any budget", shard, sliced)
			}
		}
	}
}

func TestReduceErrors(t *testing.T) {
	files, _ := recordFiles(t, batches.NewRand(1), 2, 200, 41, 1, 900)
	var reducer Reducer
	broken := errors.New("broken")
	spill := func() (SpillFile, error) { return &memorySpill{}, nil }
	keep := func(*dataset.Batch) error { return nil }
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name    string
		ctx     context.Context
		options ReduceOptions
		emit    func(*dataset.Batch) error
		want    string
	}{
		{"emit fails", context.Background(), ReduceOptions{}, func(*dataset.Batch) error { return broken }, "broken"},
		{"emit fails after spill", context.Background(), ReduceOptions{BudgetBytes: 1, Spill: spill}, func(*dataset.Batch) error { return broken }, "broken"},
		{"no spill", context.Background(), ReduceOptions{BudgetBytes: 1}, keep, "raise the budget or name a directory"},
		{"spill fails", context.Background(), ReduceOptions{BudgetBytes: 1, Spill: func() (SpillFile, error) { return nil, io.ErrShortWrite }}, keep, "temporary file: short write"},
		{"cancelled", cancelled, ReduceOptions{}, keep, "context canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := reducer.Reduce(c.ctx, recordsReduction, files, 0, c.options, c.emit, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// Names that hash alike are told apart all the same, and a shard of nothing but duplicates is no trouble.
func TestReduceNames(t *testing.T) {
	// The hash of sixteen bytes that begin like this does not depend on the others.
	size := uint64(16)
	alike := binary.LittleEndian.AppendUint64(nil, size*dataset.MixC^dataset.MixA)
	for _, c := range []struct {
		name string
		id   func(i int) []byte
		want int
	}{
		{"alike by hash", func(i int) []byte { return binary.LittleEndian.AppendUint64(bytes.Clone(alike), uint64(i)) }, 600},
		{"one alike by hash", func(i int) []byte {
			if i%300 == 7 {
				return binary.LittleEndian.AppendUint64(bytes.Clone(alike), uint64(i))
			}
			return fmt.Append(nil, i)
		}, 600},
		{"all the same", func(int) []byte { return []byte("same") }, 1},
		{"some the same", func(i int) []byte { return fmt.Append(nil, i%590) }, 590},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := dataset.NewBatch(&records)
			for i := range 600 {
				b.AppendText(5, strings.Repeat("n", 100))
				b.AppendText(6, "s")
				b.AppendText(7, "object")
				b.AppendInt(8, int64(i+1))
				b.AppendBytes(9, c.id(i))
				if err := b.EndRow(); err != nil {
					t.Fatal(err)
				}
			}
			file := writeShuffle(t, 1, 1<<14, b)
			f, err := Open(bytes.NewReader(file), int64(len(file)), &records)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(c.name, "alike by hash") && dataset.Hash(c.id(7)) != dataset.Hash(c.id(307)) {
				t.Fatal("the names do not hash alike")
			}
			var want []string
			for _, budget := range []int64{0, 70_000, 1} {
				var rows []string
				options := ReduceOptions{BudgetBytes: budget, BatchRows: 50, Spill: func() (SpillFile, error) { return &memorySpill{}, nil }}
				stats, err := new(Reducer).Reduce(t.Context(), recordsReduction, []*File{f}, 0, options, func(b *dataset.Batch) error {
					for i := range b.Rows {
						rows = append(rows, rowText(b, i))
					}
					return nil
				}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if budget == 0 {
					want = rows
				}
				if sliced := c.name == "some the same" && budget == 70_000; (stats.Slices > 0) != sliced {
					t.Errorf("a budget of %d bytes made %d slices", budget, stats.Slices)
				}
				if len(rows) != c.want || !slices.Equal(rows, want) {
					t.Errorf("a budget of %d bytes yields %d rows, want %d, or other ones than one without limit", budget, len(rows), c.want)
				}
			}
		})
	}
}
