package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet/packed"
	"daybook/schemas"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// TestPaddedPages: a page may be longer than its values take, and a reader takes as many as the header says; but not where a
// wrong length in the schema would read as other numbers.
func TestPaddedPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		leaf  leaf
		value []byte // of each of three
		pad   []byte
		ok    bool
	}{
		{"INT32", leaf{physical: format.Int32}, []byte{1, 2, 3, 4}, make([]byte, 8), true},
		{"INT64", leaf{physical: format.Int64}, []byte{1, 2, 3, 4, 5, 6, 7, 8}, make([]byte, 8), true},
		{"DOUBLE", leaf{physical: format.Double}, []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{7}, true},
		{"INT96", leaf{physical: format.Int96}, []byte("twelve bytes"), make([]byte, 8), true},
		{"BYTE_ARRAY", leaf{physical: format.ByteArray}, []byte{2, 0, 0, 0, 'a', 'b'}, make([]byte, 8), true},
		{"bytes", leaf{physical: format.FixedLenByteArray, size: 2}, []byte("ab"), make([]byte, 8), true},
		{"bytes padded with others", leaf{physical: format.FixedLenByteArray, size: 2}, []byte("ab"), []byte("12345678"), false},
		{"bytes with one more each", leaf{physical: format.FixedLenByteArray, size: 2}, []byte("ab"), make([]byte, 3), false},
		{"too few", leaf{physical: format.Int64}, []byte{1, 2, 3, 4, 5, 6, 7}, nil, false},
	} {
		var plain, padded values
		data := slices.Concat(c.value, c.value, c.value)
		err := padded.decode(&c.leaf, format.Plain, slices.Concat(data, c.pad), 3)
		if !c.ok {
			if !errors.Is(err, errValues) {
				t.Errorf("%s: the error is %v", c.name, err)
			}
			continue
		}
		if err := errors.Join(err, plain.decode(&c.leaf, format.Plain, data, 3)); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(plain.ints, padded.ints) || !bytes.Equal(plain.data, padded.data) || !slices.Equal(plain.ends, padded.ends) {
			t.Errorf("%s: %+v, want %+v", c.name, padded, plain)
		}
	}
}

// TestLevelsOfOldFiles: levels in as few bits as they take, the highest first, are those that runs hold.
func TestLevelsOfOldFiles(t *testing.T) {
	// 0 to 7 in three bits each, as the format's own example has them: 000 001 010 011 100 101 110 111.
	levels, rest, err := splitLevels([]byte{0b00000101, 0b00111001, 0b01110111, 42}, format.BitPacked, 8, 7)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]uint32, 8)
	if err := packed.ReadHybrid(got, levels, 3); err != nil {
		t.Fatal(err)
	}
	if want := []uint32{0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(got, want) || !bytes.Equal(rest, []byte{42}) {
		t.Errorf("levels are %v, want %v, and the rest is %v", got, want, rest)
	}
	if _, _, err := splitLevels([]byte{1}, format.BitPacked, 8, 7); !errors.Is(err, packed.ErrHybrid) {
		t.Errorf("of too few the error is %v", err)
	}
	if _, _, err := splitLevels([]byte{1}, format.Plain, 8, 7); !errors.Is(err, ErrUnsupported) {
		t.Errorf("of another encoding the error is %v", err)
	}
}

// TestIdentifiersKeepTheirDigits: what a program took for a number because all of it are digits comes back as it was.
func TestIdentifiersKeepTheirDigits(t *testing.T) {
	half := leaf{physical: format.FixedLenByteArray, size: 2, meaning: meansFloat}
	double, single := leaf{physical: format.Double, meaning: meansFloat}, leaf{physical: format.Float, meaning: meansFloat}
	for _, c := range []struct {
		leaf leaf
		bits uint64
		want string
	}{
		{double, math.Float64bits(100200300401), "100200300401"},
		{double, math.Float64bits(123456789012), "123456789012"},
		{double, math.Float64bits(9007199254740991), "9007199254740991"},
		{double, math.Float64bits(-0.000000012345), "-0.000000012345"},
		{double, math.Float64bits(1e300), "1e+300"},
		{double, math.Float64bits(math.NaN()), "NaN"},
		{double, math.Float64bits(math.Inf(-1)), "-Inf"},
		{double, 0, "0"},
		{single, uint64(math.Float32bits(16777216)), "16777216"},
		{single, uint64(math.Float32bits(0.1)), "0.1"},
		{half, 0x3c00, "1"},
		{half, 0xc000, "-2"},
		{half, 0x7bff, "65504"},
		{half, 0x0001, "0.00000005960464477539063"},
		{half, 0x7c00, "+Inf"},
		{half, 0x0400, "0.00006103515625"},
		{half, 0x3555, "0.333251953125"},
	} {
		if got := string(c.leaf.appendFloat(nil, int64(c.bits))); got != c.want {
			t.Errorf("%v of %x is %s, want %s", c.leaf.physical, c.bits, got, c.want)
		}
	}
}

// TestLongPageHeader: a header that holds the least and the greatest of long texts is read whole.
func TestLongPageHeader(t *testing.T) {
	type row struct {
		Text string `parquet:"text"`
	}
	for _, times := range []int{40_000, 1 << 20} { // headers of 400 KB and of 10 MB
		var out bytes.Buffer
		w := parquet.NewGenericWriter[row](&out, parquet.DataPageStatistics(true))
		long := strings.Repeat("long ", times)
		if _, err := w.Write([]row{{"a" + long}, {"b" + long}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sameTexts(t, out.Bytes(), map[string][]string{"text": {"=a" + long, "=b" + long}})
	}
}

// brokenReader fails from some byte on.
type brokenReader struct {
	file []byte
	from int64
}

var errBroken = errors.New("the network is down")

func (b brokenReader) ReadAt(p []byte, off int64) (int, error) {
	if off < b.from {
		return 0, errBroken
	}
	return bytes.NewReader(b.file).ReadAt(p, off)
}

// TestBrokenIsNotDamaged: a file that cannot be read now is not refused as one that nobody can read ever.
func TestBrokenIsNotDamaged(t *testing.T) {
	file := writeParquet(t, &batches.Sample, WriterOptions{}, batches.Random(t, batches.NewRand(34), 500, 3))
	for _, from := range []int64{int64(len(file)), int64(len(file)) - 8, 0} {
		in := brokenReader{file, from}
		f, err := Open(in, int64(len(file)))
		if err == nil {
			in.from = int64(len(file))
			f.in = in
			_, _, err = readNatural(f)
		}
		if !errors.Is(err, errBroken) || !errors.Is(err, dataset.ErrRead) || errors.Is(err, dataset.ErrDamaged) {
			t.Errorf("from byte %d on the error is %v", from, err)
		}
	}
}

// TestTimesOfPeers: a time that says of which zone it is reads as an instant, and one of a clock as what the clock showed;
// one that no calendar reaches costs no more than its row.
func TestTimesOfPeers(t *testing.T) {
	at := int64(1_725_148_800_123)
	for _, c := range []struct {
		leaf  leaf
		value int64
		want  string
	}{
		{leaf{meaning: meansMillis}, at, "2024-09-01T00:00:00.123Z"},
		{leaf{meaning: meansMillis, naive: true}, at, "2024-09-01T00:00:00.123"},
		{leaf{meaning: meansNanos}, 1_000_000*at + 1_999, "2024-09-01T00:00:00.123001999Z"},
		{leaf{meaning: meansMillis}, math.MaxInt64, fmt.Sprint(int64(math.MaxInt64))},
		{leaf{meaning: meansDate}, 19_967, "2024-09-01"},
	} {
		var x converted
		text, err := x.text(&c.leaf, &values{ints: []int64{c.value}}, 0)
		if err != nil || string(text) != c.want {
			t.Errorf("%+v of %d is %s, %v; want %s", c.leaf, c.value, text, err, c.want)
		}
	}
	var x converted
	if err := x.fill(&leaf{physical: format.Int32, meaning: meansDate}, &values{ints: []int64{math.MaxInt32, 1}}, 2, schemas.Time, nil); err != nil {
		t.Fatal(err)
	}
	if len(x.bad) != 1 || x.bad[0].text != fmt.Sprint(math.MaxInt32) || x.ints[1] != microsPerDay {
		t.Errorf("times are %v, and bad are %v", x.ints, x.bad)
	}
}
