package pipeline_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"strings"
	"sync"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// tearing is a landing place that changes a byte of one object where it is read in blocks, as decoding does, so many times, and
// has the object grow while it is read whole, as pinning does, if it grows.
type tearing struct {
	store.Store
	key   string
	grows bool
	mu    sync.Mutex
	times int
}

func (s *tearing) Get(ctx context.Context, key string, off, n int64) (*store.Object, error) {
	o, err := s.Store.Get(ctx, key, off, n)
	if err != nil || key != s.key || n == 0 {
		return o, err
	}
	body, err := io.ReadAll(o)
	o.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.grows:
		body = append(body, "more\n"...)
	case n > 0 && s.times > 0 && off == 0:
		s.times--
		if at := bytes.Index(body, []byte(`"quantity"`)); at >= 0 {
			copy(body[at:], `"quantitx"`)
		} else {
			body[len(body)/2] ^= 1
		}
	}
	o.ReadCloser = io.NopCloser(bytes.NewReader(body))
	return o, err
}

// TestTornReads asserts that what is decoded is what was pinned: a read that is torn now and then leaves no trace in what the
// run writes, and an object that never is as it was pinned makes its own delivery unsettled and stops no other.
func TestTornReads(t *testing.T) {
	w := need(t, starter)
	text := new(store.Memory)
	copyStore(t, w.landing(t), text, nil)
	t.Run("text", func(t *testing.T) { tornReads(t, w, text) })
	t.Run("Parquet", func(t *testing.T) { tornReads(t, w, inParquet(t, text, tornKey)) })
}

const tornKey = "peers/atlas/2024-09/v1/part-1.csv"

func tornReads(t *testing.T, w *world, landing store.Store) {
	t.Helper()
	const key = tornKey
	whole, s := w.must(t, night{landing: landing})
	want := left(t, s)
	for _, times := range []int{1, 2} {
		sum, s := w.must(t, night{landing: &tearing{Store: landing, key: key, times: times}})
		if sum.Manifest.Run != whole.Manifest.Run || sum.Manifest.Provisional {
			t.Errorf("torn %d times: run %s, provisional %t; want run %s", times, sum.Manifest.Run, sum.Manifest.Provisional, whole.Manifest.Run)
		}
		same(t, left(t, s), want)
	}
	for name, landing := range map[string]store.Store{
		"always torn": &tearing{Store: landing, key: key, times: 1000},
		"growing":     &tearing{Store: landing, key: key, grows: true},
	} {
		sum, _ := w.must(t, night{landing: landing})
		m := sum.Manifest
		_, said := counts(m)
		if text := strings.Join(said, "\n"); !m.Provisional || !strings.Contains(text, "unsettled_object "+key+": it changed while it was read") {
			t.Errorf("%s: provisional %t, and it says\n%s", name, m.Provisional, text)
		}
		for i, source := range m.Sources {
			was := whole.Manifest.Sources[i]
			if torn := source.Source == schemas.SourceID("atlas-bills"); torn != (source.Control.Delivered.Rows == 0) || !torn && source.Control.Delivered.Rows != was.Control.Delivered.Rows {
				t.Errorf("%s: %s has %d rows, and without the fault %d", name, source.Source, source.Control.Delivered.Rows, was.Control.Delivered.Rows)
			}
		}
	}
}

// inParquet is a landing place with one of its CSV files as Parquet.
func inParquet(t *testing.T, landing store.Store, key string) store.Store {
	t.Helper()
	out := new(store.Memory)
	for name, body := range bodiesOf(t, landing, "") {
		if name == key {
			records, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			table := schemas.Table{Name: "bill", Version: "1"}
			for _, name := range records[0] {
				table.Columns = append(table.Columns, schemas.Column{Name: name, Type: schemas.Text})
			}
			b := dataset.NewBatch(&table)
			for _, record := range records[1:] {
				for i, text := range record {
					b.AppendText(i, text)
				}
				if err := b.EndRow(); err != nil {
					t.Fatal(err)
				}
			}
			var file bytes.Buffer
			w, err := parquet.NewWriter(&file, &table, nil, parquet.WriterOptions{})
			if err == nil {
				err = w.Append(b)
			}
			if err == nil {
				_, err = w.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			body = file.Bytes()
		}
		put(t, out, name, string(body))
	}
	return out
}
