package shuffle

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"daybook/fixtures/batches"
	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// TestPlainReader: what a reader of Arrow that knows nothing of us finds in a block is right, or of an extension type that
// its field names; and what is stored of such a type is bytes, and means what its metadata say.
func TestPlainReader(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(effort.Count(t, 60, 1000)) {
		b := narrowBatch(t, batches.NewRand(seed))
		file := writeNarrow(t, b)
		f, err := Open(bytes.NewReader(file), int64(len(file)), &narrowTable)
		if err != nil {
			t.Fatal(err)
		}
		row := 0
		for _, block := range f.Blocks(0) {
			r, err := ipc.NewReader(bytes.NewReader(file[block.At : block.At+block.Bytes]))
			if err != nil {
				t.Fatal(err)
			}
			if !r.Next() {
				t.Fatal(r.Err())
			}
			record := r.Record()
			for i := range int(record.NumCols()) {
				field := record.Schema().Field(i)
				v := columnNamed(b, field.Name)
				for k := range block.Rows {
					got := "null"
					if record.Column(i).IsValid(k) {
						got = plainValue(t, field, record.Column(i), k)
					}
					if want := batches.Cell(v, row+k); got != want {
						t.Fatalf("seed %d: row %d of %s is %s, want %s", seed, row+k, field, got, want)
					}
				}
				name, _ := extensionOf(field.Metadata)
				seen[fmt.Sprint(field.Type.ID(), " ", name)]++
			}
			row += block.Rows
			r.Release()
		}
	}
	for _, kind := range []string{
		"DICTIONARY ", "BINARY ", "FIXED_SIZE_BINARY ", "TIMESTAMP ", "INT64 ", "DECIMAL128 ", "BINARY " + extensionTail,
		"FIXED_SIZE_BINARY " + extensionTail, "FIXED_SIZE_BINARY " + extensionSteps, "FIXED_SIZE_BINARY " + extensionShort,
	} {
		if seen[kind] == 0 {
			t.Errorf("no column was %q", kind)
		}
		delete(seen, kind)
	}
	if len(seen) > 0 {
		t.Errorf("columns were of other kinds: %v", seen)
	}
}

func columnNamed(b *dataset.Batch, name string) *dataset.Vector {
	for c := range b.Columns {
		if b.Table.Columns[c].Name == name {
			return &b.Columns[c]
		}
	}
	return nil
}

// plainValue is a value as a reader of Arrow shows it, or as the extension type of its field says.
func plainValue(t *testing.T, field arrow.Field, a arrow.Array, i int) string {
	t.Helper()
	var stored []byte
	switch a := a.(type) {
	case *array.Dictionary:
		return "=" + string(a.Dictionary().(*array.Binary).Value(a.GetValueIndex(i)))
	case *array.Timestamp:
		if !arrow.TypeEqual(field.Type, &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}) {
			t.Fatalf("a time is %v", field.Type)
		}
		return fmt.Sprint(int64(a.Value(i)))
	case *array.Int64:
		return fmt.Sprint(a.Value(i))
	case *array.Decimal128:
		return money.Fixed{Hi: a.Value(i).HighBits(), Lo: a.Value(i).LowBits()}.String()
	case *array.Binary:
		stored = a.Value(i)
	case *array.FixedSizeBinary:
		stored = a.Value(i)
	default:
		t.Fatalf("column %s is %v", field.Name, field.Type)
	}
	metadata := ""
	if k := field.Metadata.FindKey("ARROW:extension:metadata"); k >= 0 {
		metadata = field.Metadata.Values()[k]
	}
	switch k := field.Metadata.FindKey("ARROW:extension:name"); {
	case k < 0:
		return "=" + string(stored)
	case field.Metadata.Values()[k] == "daybook.tail":
		return "=" + metadata + string(stored)
	}
	var says struct {
		Least, Step json.Number
		Of          string
		Scale       int32
	}
	if err := json.Unmarshal([]byte(metadata), &says); err != nil {
		t.Fatal(err)
	}
	var word [8]byte
	copy(word[:], stored)
	n := binary.LittleEndian.Uint64(word[:])
	if says.Scale == money.Scale {
		return money.Fixed{Hi: int64(n) >> 63, Lo: n}.String() // a Fixed counts units of 1e-18
	}
	whole, step := new(big.Int), new(big.Int)
	whole.SetString(says.Least.String(), 10)
	step.SetString(says.Step.String(), 10)
	if want := map[bool]string{true: "timestamp[us, tz=UTC]", false: "int64"}[columnType(field.Name) == schemas.Time]; says.Of != want {
		t.Fatalf("steps are of %s, want %s", says.Of, want)
	}
	return whole.Add(whole, step.Mul(step, new(big.Int).SetUint64(n))).String()
}

func columnType(name string) schemas.ColumnType {
	for _, c := range narrowTable.Columns {
		if c.Name == name {
			return c.Type
		}
	}
	return schemas.Label
}
