package parquet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
)

// foreignRow has the types that other writers give to amounts, times and names.
type foreignRow struct {
	Cents    int32            `parquet:"cents,decimal(2:9)"`
	Nano     int64            `parquet:"nano,decimal(9:18)"`
	Wide     [13]byte         `parquet:"wide,decimal(10:30)"`
	Double   *float64         `parquet:"double,optional"`
	Single   float32          `parquet:"single"`
	Millis   int64            `parquet:"millis,timestamp(millisecond)"`
	Micros   *int64           `parquet:"micros,optional,timestamp(microsecond)"`
	Nanos    int64            `parquet:"nanos,timestamp(nanosecond)"`
	Old      deprecated.Int96 `parquet:"old"`
	Day      int32            `parquet:"day,date"`
	Name     *string          `parquet:"name,optional,dict"`
	Free     string           `parquet:"free,delta"`
	Lengths  string           `parquet:"lengths,plain"`
	Count    int64            `parquet:"count,delta"`
	Unsigned uint64           `parquet:"unsigned"`
	Flag     bool             `parquet:"flag"`
	ID       [16]byte         `parquet:"id,uuid"`
	Split    float64          `parquet:"split,split"`
	Inner    struct {
		Depth *int64 `parquet:"depth,optional"`
	} `parquet:"inner"`
	List []string          `parquet:"list,list"`
	Tags map[string]string `parquet:"tags,optional"`
}

func TestForeignParquet(t *testing.T) {
	tenth, micros, name, depth := 0.1, int64(-1_500_000), "größer", int64(7)
	row := foreignRow{
		Cents: -12345, Nano: 1_000_000_001, Wide: [13]byte{12: 5}, Double: &tenth, Single: 0.3,
		Millis: 1_700_000_000_123, Micros: &micros, Nanos: -1_001, Old: deprecated.Int96{1_500, 0, 2440589}, Day: -1,
		Name: &name, Free: "free", Lengths: "", Count: -9, Unsigned: 1<<64 - 1, Flag: true, ID: [16]byte{0: 0xab, 15: 0xcd}, Split: 2.5e-7,
		List: []string{"a", "b"}, Tags: map[string]string{"team": "größer", "env": "a\"b\n", "": ""},
	}
	row.Inner.Depth = &depth
	want := strings.Join([]string{
		"-123.45", "1.000000001", "0.0000000005", "0.1", "0.3", "1700000000123000", "-1500000", "-2", "86400000001", "-86400000000",
		"=größer", "=free", "=", "-9", "null", "=true", "=ab000000-0000-0000-0000-0000000000cd", "0.00000025", "7", `=["a","b"]`, `={"":"","env":"a\"b\u000a","team":"größer"}`,
	}, " ")
	empty := row
	empty.Double, empty.Micros, empty.Name, empty.Inner.Depth, empty.Tags = nil, nil, nil, nil, nil
	emptyWant := strings.Replace(strings.Replace(strings.Replace(want, " 0.1 ", " null ", 1), " -1500000 ", " null ", 1), "=größer", "null", 1)
	emptyWant = emptyWant[:strings.Index(emptyWant, " 7 ")] + ` null =["a","b"] null`
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s v%d", codec, version), func(t *testing.T) {
				var out bytes.Buffer
				w := parquet.NewGenericWriter[foreignRow](&out, parquet.Compression(codec), parquet.DataPageVersion(version))
				for range 300 {
					if _, err := w.Write([]foreignRow{row, empty}); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				f, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
				if err != nil {
					t.Fatal(err)
				}
				b, faults := readAll(t, f)
				if b.Rows != 600 || len(faults) != 600 {
					t.Fatalf("there are %d rows and %d faults, want 600 of each", b.Rows, len(faults))
				}
				for i := range b.Rows {
					var cells []string
					for c := range b.Columns {
						cells = append(cells, batches.Cell(&b.Columns[c], i))
					}
					wanted := want
					if i%2 == 1 {
						wanted = emptyWant
					}
					if got := strings.Join(cells, " "); got != wanted {
						t.Fatalf("row %d is\n%s, want\n%s", i, got, wanted)
					}
					if x := faults[i]; x.Row != int64(i+1) || x.Text != "18446744073709551615" {
						t.Fatalf("fault %d is %+v", i, x)
					}
				}
			})
		}
	}
}

// readAll reads every column that can be read, as what it is.
func readAll(t testing.TB, f *Reader) (*dataset.Batch, []Fault) {
	t.Helper()
	b, faults, err := readNatural(f)
	if err != nil {
		t.Fatal(err)
	}
	return b, faults
}

func readNatural(f *Reader) (*dataset.Batch, []Fault, error) {
	table := &schemas.Table{Name: "foreign"}
	var from []int
	for i, c := range f.Columns() {
		if c.Type != 0 {
			table.Columns = append(table.Columns, schemas.Column{Name: c.Name, Type: c.Type})
			from = append(from, i)
		}
	}
	s, err := f.Scan(table, ScanOptions{From: from, BatchRows: 100})
	if err != nil {
		return nil, nil, err
	}
	all, b := dataset.NewBatch(table), dataset.NewBatch(table)
	var faults []Fault
	for {
		more, err := s.Next(b)
		if err != nil || !more {
			return all, faults, err
		}
		all.AppendRange(b, 0, b.Rows)
		faults = append(faults, s.Faults()...)
	}
}

// As text, a column of any type reads as a CSV file would have it.
func TestForeignParquetAsText(t *testing.T) {
	type row struct {
		Amount int64   `parquet:"amount,decimal(2:18)"`
		Float  float64 `parquet:"float"`
		At     int64   `parquet:"at,timestamp(millisecond)"`
		Day    int32   `parquet:"day,date"`
		Whole  int32   `parquet:"whole"`
		Flag   bool    `parquet:"flag"`
	}
	at := time.Date(2025, 3, 1, 2, 3, 4, 5e6, time.UTC)
	var out bytes.Buffer
	w := parquet.NewGenericWriter[row](&out)
	if _, err := w.Write([]row{{-5, 1e21, at.UnixMilli(), 20_000, -7, false}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"-0.05", "1000000000000000000000", "2025-03-01T02:03:04.005Z", "2024-10-04", "-7", "false"} {
		for _, kind := range []schemas.ColumnType{schemas.Label, schemas.Text} {
			table := &schemas.Table{Name: "text", Columns: []schemas.Column{{Name: "c", Type: kind}}}
			s, err := f.Scan(table, ScanOptions{From: []int{i}})
			if err != nil {
				t.Fatal(err)
			}
			b := dataset.NewBatch(table)
			if _, err := s.Next(b); err != nil {
				t.Fatal(err)
			}
			if got := string(b.Columns[0].TextAt(0)); got != want {
				t.Errorf("column %s reads %q, want %q", f.Columns()[i].Name, got, want)
			}
		}
	}
}

// A type that contradicts itself, or pages that contradict their type, are refused: they would read as other numbers.
func TestParquetContradictions(t *testing.T) {
	b := batches.Random(t, batches.NewRand(9), 200, 0)
	file := writeParquet(t, &batches.Sample, WriterOptions{Plain: true}, b)
	typeLength := []byte{0x15, 0x0e, 0x15, 0x20} // FIXED_LEN_BYTE_ARRAY, 16 as a zigzag varint
	at := bytes.LastIndex(file, typeLength)
	if at < 0 {
		t.Fatal("the schema has no decimal of sixteen bytes")
	}
	for _, c := range []struct {
		length byte
		want   string
	}{{12, "DECIMAL(38,18) does not fit"}, {17, "more or fewer bytes than its values take"}} {
		damaged := bytes.Clone(file)
		damaged[at+3] = 2 * c.length
		f, err := Open(bytes.NewReader(damaged), int64(len(damaged)))
		if err == nil {
			_, _, err = readNatural(f)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("decimals of %d bytes: the error is %v, want one with %q", c.length, err, c.want)
		}
	}
}

func TestMayHold(t *testing.T) {
	table := schemas.Table{Name: "accounts", Columns: []schemas.Column{{Name: "Account", Type: schemas.Label}}}
	b := dataset.NewBatch(&table)
	for _, account := range []string{"b", "b", "d", "f", "", ""} {
		if account != "" {
			b.AppendText(0, account)
		}
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	file := writeParquet(t, &table, WriterOptions{RowGroupRows: 2}, b)
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ account, want string }{
		{"a", "---"}, {"b", "+--"}, {"c", "---"}, {"d", "-+-"}, {"e", "-+-"}, {"f", "-+-"}, {"g", "---"}, {"", "---"},
	} {
		var got strings.Builder
		for g := range f.Groups() {
			got.WriteByte(map[bool]byte{false: '-', true: '+'}[f.MayHold(g, 0, []byte(c.account))])
		}
		if got.String() != c.want {
			t.Errorf("%q may be in %s, want %s", c.account, got.String(), c.want)
		}
	}
	s, err := f.Scan(&table, ScanOptions{From: []int{0}, Groups: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	got := dataset.NewBatch(&table)
	if more, err := s.Next(got); err != nil || !more {
		t.Fatal(more, err)
	}
	batches.Same(t, got, b, 2, 4)
	if more, err := s.Next(got); err != nil || more || got.Rows != 0 {
		t.Fatal(more, err)
	}
}
