package source

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"daybook/fixtures/sized"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/intake"
)

// imitated declares the same export as one of mapped, with all columns that the format takes from fields as they stand or by words.
func imitated(name string) *schemas.Source {
	src := sized.Source(name)
	f, err := formatOf(src.Format)
	if err != nil {
		panic(err)
	}
	out := &schemas.Source{
		ID: "sized", Format: schemas.Mapped, Semantics: schemas.Append, Key: f.key, Mapping: map[string]intake.Reading{}, Constants: map[string]string{},
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, NullColumns: []string{"*"}, OtherValues: []string{"*"}, Times: f.times, Nulls: f.nulls},
	}
	for use := range f.columns {
		r, column := &f.columns[use], schemas.Usage.Columns[use].Name
		switch {
		case r.absent || ours(use):
		case r.from == nil:
			names := r.names
			if len(names) == 0 {
				names = []string{column}
			}
			out.Mapping[column] = intake.Reading{From: names}
		case r.from.Constant != "":
			out.Constants[column] = r.from.Constant
		case r.from.Prefix != "" || r.from.Parts:
		case r.from.Made():
			reading := intake.Reading{From: r.from.Of[0]}
			if use == schemas.UseBillingPeriodStart || use == schemas.UseBillingPeriodEnd {
				reading.Layout = map[schemas.Format]string{schemas.GCPBilling: "200601"}[f.name]
			}
			out.Mapping[column] = reading
		default:
			out.Mapping[column] = intake.Reading{From: r.from.Names}
		}
	}
	return out
}

// sizedRows fill some batches, so that what grows once counts little.
const sizedRows = 60_000

// BenchmarkFormats decodes exports of every format, and such as mapped where the book imitates the decoder. What a byte costs is to be
// held against FOCUS as CSV and as JSON.
func BenchmarkFormats(b *testing.B) {
	for _, name := range sized.Names() {
		text := sync.OnceValue(func() []byte {
			var text bytes.Buffer
			if err := sized.Write(&text, name, sizedRows); err != nil {
				b.Fatal(err)
			}
			return text.Bytes()
		})
		b.Run(name, func(b *testing.B) { benchSized(b, sized.Source(name), text()) })
		if slices.Contains([]string{"focus-1.0.csv", "focus-1.0.jsonl", "oci-cost.csv", "databricks-usage.csv", "databricks-usage.jsonl"}, name) {
			b.Run("mapped/"+name, func(b *testing.B) { benchSized(b, imitated(name), text()) })
		}
	}
}

func benchSized(b *testing.B, src *schemas.Source, text []byte) {
	b.Helper()
	b.ReportAllocs()
	before, n := cpuTime(b), 0
	for b.Loop() {
		n++
		stats, err := Decode(context.Background(), src, Input{Key: "sized", At: bytes.NewReader(text), Size: int64(len(text))}, Sink{
			Rows: func(*dataset.Batch) error { return nil },
			Finding: func(f schemas.Finding) error {
				if f.Rows > 0 && f.Code != schemas.CodeLeftOut {
					b.Fatalf("%+v", f)
				}
				return nil
			},
		})
		if err != nil || stats.Kept == 0 {
			b.Fatal(stats, err)
		}
	}
	took := float64((cpuTime(b) - before).Nanoseconds()) / float64(n)
	b.ReportMetric(took/float64(len(text)), "cpu-ns/byte")
	b.ReportMetric(took/sizedRows, "cpu-ns/row")
	b.ReportMetric(0, "ns/op")
}
