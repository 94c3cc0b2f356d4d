package parquet

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// TestEmptyRowGroup: Arrow's C++ writer, and with it pandas, makes of a table without rows one row group without rows,
// whose chunks have no data pages and say that these begin at byte 0.
func TestEmptyRowGroup(t *testing.T) {
	file := emptyRowGroup(t, 0)
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	b, faults := readAll(t, f)
	if b.Rows != 0 || len(faults) != 0 || len(b.Columns) != 1 || f.Columns()[0].Name != "BilledCost" {
		t.Errorf("%d rows, %d columns, faults %v", b.Rows, len(b.Columns), faults)
	}
	file = emptyRowGroup(t, 1)
	if _, err := Open(bytes.NewReader(file), int64(len(file))); err == nil {
		t.Error("a chunk with a value begins at byte 0, and nobody minds")
	}
}

// emptyRowGroup makes the file, with a dictionary of no entries; its footer claims some rows.
func emptyRowGroup(t *testing.T, rows int64) []byte {
	t.Helper()
	metadata := func(v any) []byte {
		b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	out := []byte(magic)
	out = append(out, metadata(&format.PageHeader{
		Type:                 format.DictionaryPage,
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{Encoding: format.Plain}),
	})...)
	footer := metadata(&format.FileMetaData{
		Version: 2, NumRows: rows, CreatedBy: "parquet-cpp-arrow version 26.0.1",
		Schema: []format.SchemaElement{
			{Name: "schema", NumChildren: thrift.New(int32(1))},
			{Name: "BilledCost", Type: thrift.New(format.Double), RepetitionType: thrift.New(format.Optional)},
		},
		RowGroups: []format.RowGroup{{NumRows: rows, Columns: []format.ColumnChunk{{MetaData: format.ColumnMetaData{
			Type: format.Double, PathInSchema: []string{"BilledCost"}, NumValues: rows, DictionaryPageOffset: int64(len(magic)),
			Encoding: []format.Encoding{format.Plain, format.RLE}, TotalCompressedSize: int64(len(out) - len(magic)),
		}}}}},
	})
	out = append(out, footer...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(footer))), magic...)
}
