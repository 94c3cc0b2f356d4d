package shuffle

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// TestWrongEnds: texts whose ends do not ascend from zero to the last byte are damage, not texts.
func TestWrongEnds(t *testing.T) {
	for _, ends := range [][]uint32{{0, 4, 2, 6}, {0, 7, 2, 6}, {1, 2, 4, 6}, {0, 1 << 31, 4, 6}} {
		a := fromBuffers(arrow.BinaryTypes.Binary, 3, 0, nil, nil, arrow.Uint32Traits.CastToBytes(ends), []byte("abcdef"))
		v := dataset.NewBatch(&narrowTable).Columns[0]
		if err := appendTexts(&v, a.(*array.Binary), "", 0, 0, nil); !errors.Is(err, errBlock) {
			t.Errorf("ends %v: the error is %v", ends, err)
		}
		a.Release()
	}
}

// TestLongPrefix: a beginning that a block repeats without end is damage, before room is made for it.
func TestLongPrefix(t *testing.T) {
	const rows, prefix = 1 << 16, 1 << 15
	long := strings.Repeat("p", prefix)
	fixed := fromBuffers(&arrow.FixedSizeBinaryType{ByteWidth: 1}, rows, 0, nil, nil, make([]byte, rows))
	defer fixed.Release()
	v := dataset.NewBatch(&narrowTable).Columns[0]
	if err := appendFixed(&v, fixed.(*array.FixedSizeBinary), long, 0, 0, nil); !errors.Is(err, errBlock) {
		t.Errorf("of one length: the error is %v", err)
	}
	own := fromBuffers(arrow.BinaryTypes.Binary, rows, 0, nil, nil, make([]byte, 4*(rows+1)), nil)
	defer own.Release()
	if err := appendTexts(&v, own.(*array.Binary), long, 0, 0, nil); !errors.Is(err, errBlock) {
		t.Errorf("of many lengths: the error is %v", err)
	}
	if cap(v.Bytes) > 0 {
		t.Errorf("room is made for %d bytes", cap(v.Bytes))
	}
}

// TestLongTextFirst: a long text in the first block does not make room for as many long ones as there are rows.
func TestLongTextFirst(t *testing.T) {
	b := dataset.NewBatch(&narrowTable)
	b.AppendText(0, strings.Repeat("long", 1<<16))
	if err := b.EndRow(); err != nil {
		t.Fatal(err)
	}
	file := writeNarrow(t, b)
	f, err := Open(bytes.NewReader(file), int64(len(file)), &narrowTable)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []*part{nil, {rows: []int32{0}}} {
		got := dataset.NewBatch(&narrowTable)
		got.Room = 1 << 20
		if err := f.read(f.Blocks(0)[0], got, new(BlockBuffer), want); err != nil {
			t.Fatal(err)
		}
		batches.Same(t, got, b, 0, 1)
		if room := cap(got.Columns[0].Bytes); room > mostGuessed {
			t.Errorf("room is made for %d bytes", room)
		}
	}
}

func writeNarrow(t *testing.T, b *dataset.Batch) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, &narrowTable, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(b, make([]uint16, b.Rows)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
