package parquet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// matrixTypes are the physical types, each with a value by chance.
var matrixTypes = []struct {
	name  string
	of    parquet.Type
	value func(r *batches.Rand) parquet.Value
}{
	{"boolean", parquet.BooleanType, func(r *batches.Rand) parquet.Value { return parquet.BooleanValue(r.IntN(3) == 0) }},
	{"int32", parquet.Int32Type, func(r *batches.Rand) parquet.Value { return parquet.Int32Value(int32(r.Uint32()) >> r.IntN(32)) }},
	{"int64", parquet.Int64Type, func(r *batches.Rand) parquet.Value { return parquet.Int64Value(int64(r.Uint64()) >> r.IntN(64)) }},
	{"int96", parquet.Int96Type, func(r *batches.Rand) parquet.Value {
		nanos := r.Uint64N(86_400_000_000) * 1000
		return parquet.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), 2_440_588 + r.Uint32N(30_000)})
	}},
	{"float", parquet.FloatType, func(r *batches.Rand) parquet.Value { return parquet.FloatValue(float32(r.IntN(1000)) / 8) }},
	{"double", parquet.DoubleType, func(r *batches.Rand) parquet.Value { return parquet.DoubleValue(float64(r.IntN(1e9)) / 1024) }},
	{"bytes", parquet.ByteArrayType, func(r *batches.Rand) parquet.Value {
		return parquet.ByteArrayValue([]byte(strings.Repeat("x", r.IntN(4)) + fmt.Sprint(r.IntN(1000))))
	}},
	{"fixed", parquet.FixedLenByteArrayType(5), func(r *batches.Rand) parquet.Value {
		return parquet.FixedLenByteArrayValue(fmt.Appendf(nil, "%05d", r.IntN(100_000)))
	}},
}

// matrixText is a value as a CSV file has it.
func matrixText(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Int96:
		x := v.Int96()
		days := int64(x[2]) - 2_440_588
		return time.Unix(days*86_400, int64(uint64(x[1])<<32|uint64(x[0]))).UTC().Format(time.RFC3339Nano)
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return string(v.ByteArray())
	case parquet.Boolean, parquet.Int32, parquet.Int64:
	}
	return v.String()
}

// matrixNode is a column of a type and an encoding, or nil if the encoding is not for the type.
func matrixNode(of parquet.Type, e encoding.Encoding) (node parquet.Node) {
	defer func() {
		if recover() != nil { // as the library refuses the pair
			node = nil
		}
	}()
	return parquet.Encoded(parquet.Leaf(of), e)
}

// TestMatrix reads all that the library can write: every encoding that it knows, those that it will learn among them, of
// every type, with nulls and without, by every codec, in both versions of pages.
func TestMatrix(t *testing.T) {
	group, types := parquet.Group{}, map[string]int{}
	for k, x := range matrixTypes {
		for e := range format.Encoding(64) {
			known := parquet.LookupEncoding(e) // 2 and 4 are old names, of dictionaries and of packed levels
			if e == 2 || e == 4 || known == (encoding.NotSupported{}) {
				continue
			}
			node := matrixNode(x.of, known)
			if node == nil || e == format.RLE && x.name != "boolean" { // of other types the format has it for levels alone
				continue
			}
			name := x.name + " " + e.String()
			group[name], group[name+" or null"] = node, parquet.Optional(node)
			types[name], types[name+" or null"] = k, k
		}
	}
	if len(group) < 40 {
		t.Fatalf("there are only %d columns", len(group))
	}
	schema := parquet.NewSchema("matrix", group)
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s v%d", codec, version), func(t *testing.T) {
				file, want := matrixFile(t, schema, types, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(1000))
				sameTexts(t, file, want)
			})
		}
	}
}

// matrixFile writes rows in two row groups, and returns what they hold, column by column.
func matrixFile(t *testing.T, schema *parquet.Schema, types map[string]int, options ...parquet.WriterOption) ([]byte, map[string][]string) {
	t.Helper()
	r := batches.NewRand(31)
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append(options, schema)...)
	want := map[string][]string{}
	for i := range 700 {
		var row parquet.Row
		for c, path := range schema.Columns() {
			name := path[0]
			v, text, level := matrixTypes[types[name]].value(r), "", 0
			text = "=" + matrixText(v)
			if strings.HasSuffix(name, " or null") {
				level = 1
				if r.IntN(4) == 0 {
					v, text, level = parquet.NullValue(), "null", 0
				}
			}
			row = append(row, v.Level(0, level, c))
			want[name] = append(want[name], text)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
		if i == 400 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), want
}

// sameTexts reads every column of a file as text.
func sameTexts(t *testing.T, file []byte, want map[string][]string) {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	table := &schemas.Table{Name: "texts"}
	var from []int
	for i, c := range f.Columns() {
		table.Columns = append(table.Columns, schemas.Column{Name: c.Name, Type: schemas.Text})
		from = append(from, i)
	}
	if len(from) != len(want) {
		t.Fatalf("there are %d columns, want %d", len(from), len(want))
	}
	s, err := f.Scan(table, ScanOptions{From: from, BatchRows: 130})
	if err != nil {
		t.Fatal(err)
	}
	b := dataset.NewBatch(table)
	for row := 0; ; row += b.Rows {
		more, err := s.Next(b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			if int64(row) != f.Rows() {
				t.Errorf("there are %d rows, want %d", row, f.Rows())
			}
			return
		}
		for c := range b.Columns {
			texts := want[table.Columns[c].Name]
			for i := range b.Rows {
				if got := batches.Cell(&b.Columns[c], i); got != texts[row+i] {
					t.Fatalf("row %d of %q is %q, want %q", row+i, table.Columns[c].Name, got, texts[row+i])
				}
			}
		}
	}
}

// nestedRow has what a flat row has no place for.
type nestedRow struct {
	Numbers []int64               `parquet:"numbers,list" json:"numbers"`
	Bare    []string              `parquet:"bare" json:"bare"`
	Credits []nestedCredit        `parquet:"credits,list" json:"credits"`
	Parts   []nestedCredit        `parquet:"parts" json:"parts"`
	ByName  map[string]nestedPart `parquet:"by_name" json:"by_name"`
	Shelf   *nestedShelf          `parquet:"shelf,optional" json:"-"`
}

type nestedCredit struct {
	Name   string   `parquet:"name" json:"name"`
	Amount *float64 `parquet:"amount,optional" json:"amount"`
	Labels []string `parquet:"labels,list" json:"labels"`
}

type nestedPart struct {
	Flag  bool             `parquet:"flag" json:"flag"`
	Sizes map[string]int32 `parquet:"sizes" json:"sizes"`
}

type nestedShelf struct {
	Depth int32   `parquet:"depth"`
	Marks []int32 `parquet:"marks,list"`
}

func randomNested(r *batches.Rand) (row nestedRow) {
	text := func() string { return []string{"", "a", "größer", "with \"quotes\"\n", "zz"}[r.IntN(5)] }
	several := func(add func()) {
		for range max(0, r.IntN(6)-2) {
			add()
		}
	}
	credit := func() (c nestedCredit) {
		c.Name, c.Labels = text(), []string{}
		if r.IntN(3) > 0 {
			amount := float64(r.IntN(1000)-500) / 8
			c.Amount = &amount
		}
		several(func() { c.Labels = append(c.Labels, text()) })
		return c
	}
	row = nestedRow{Numbers: []int64{}, Bare: []string{}, Credits: []nestedCredit{}, Parts: []nestedCredit{}, ByName: map[string]nestedPart{}}
	several(func() { row.Numbers = append(row.Numbers, int64(r.Uint64())) })
	several(func() { row.Bare = append(row.Bare, text()) })
	several(func() { row.Credits = append(row.Credits, credit()) })
	several(func() { row.Parts = append(row.Parts, credit()) })
	several(func() {
		p := nestedPart{Flag: r.IntN(2) == 0, Sizes: map[string]int32{}}
		several(func() { p.Sizes[text()] = int32(r.IntN(9)) })
		row.ByName[text()] = p
	})
	if r.IntN(3) > 0 {
		row.Shelf = &nestedShelf{Depth: int32(r.IntN(5)), Marks: []int32{}}
		several(func() { row.Shelf.Marks = append(row.Shelf.Marks, int32(r.IntN(7))) })
	}
	return row
}

// TestNested: lists, maps and groups in each other are read as the JSON that they are, row by row.
func TestNested(t *testing.T) {
	r := batches.NewRand(32)
	for _, version := range []int{1, 2} {
		var out bytes.Buffer
		w := parquet.NewGenericWriter[nestedRow](&out, parquet.DataPageVersion(version), parquet.PageBufferSize(300))
		var rows []nestedRow
		for range 500 {
			rows = append(rows, randomNested(r))
		}
		for part := rows; len(part) > 0; part = part[100:] {
			if _, err := w.Write(part[:100]); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
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
		b, _ := readAll(t, f)
		if b.Rows != len(rows) {
			t.Fatalf("there are %d rows", b.Rows)
		}
		for i := range rows {
			checkNested(t, b, i, &rows[i])
		}
	}
}

// checkNested compares row i with what it was made of.
func checkNested(t *testing.T, b *dataset.Batch, i int, row *nestedRow) {
	t.Helper()
	whole, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(whole, &want); err != nil {
		t.Fatal(err)
	}
	depth, marks := "null", "null"
	if row.Shelf != nil {
		list, err := json.Marshal(row.Shelf.Marks)
		if err != nil {
			t.Fatal(err)
		}
		depth, marks = fmt.Sprint(row.Shelf.Depth), "="+string(list)
	}
	for c := range b.Columns {
		v := &b.Columns[c]
		switch name := b.Table.Columns[c].Name; name {
		case "shelf.depth":
			if got := batches.Cell(v, i); got != depth {
				t.Fatalf("row %d: depth is %s, want %s", i, got, depth)
			}
		case "shelf.marks":
			if got := batches.Cell(v, i); got != marks {
				t.Fatalf("row %d: marks are %s, want %s", i, got, marks)
			}
		default:
			var got any
			if err := json.Unmarshal(v.TextAt(i), &got); err != nil {
				t.Fatalf("row %d: %s is %q: %v", i, name, v.TextAt(i), err)
			}
			if !reflect.DeepEqual(got, want[name]) {
				t.Fatalf("row %d: %s is %s, want %v", i, name, v.TextAt(i), want[name])
			}
		}
	}
}
