package source

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"daybook/fixtures/bulk"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// decodeFile decodes a file from its bytes, at any offset where the format wants it.
func decodeFile(t testing.TB, src *schemas.Source, path string) decoded {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return decodeBytes(t, src, body)
}

func decodeBytes(t testing.TB, src *schemas.Source, body []byte) decoded {
	t.Helper()
	var got decoded
	var err error
	got.stats, err = Decode(context.Background(), src, Input{Key: "o", At: bytes.NewReader(body), Size: int64(len(body))}, Sink{
		Rows: func(b *dataset.Batch) error {
			for r := range b.Rows {
				got.rows = append(got.rows, rowText(b, r))
			}
			return nil
		},
		Finding: func(f schemas.Finding) error { got.findings = append(got.findings, f); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestFormatsAgree decodes the same rows from every format and packing.
func TestFormatsAgree(t *testing.T) {
	spec := bulk.Spec{Rows: 3000, PartRows: 3000, Accounts: 40, SKUs: 30, Seed: 7}
	var want []string
	for _, c := range []struct {
		format string
		source schemas.Format
	}{
		{"csv", schemas.FOCUS12},
		{"csv.gz", schemas.FOCUS12},
		{"parquet", schemas.FOCUS12},
		{"jsonl", schemas.CloudEvents10},
		{"jsonl.gz", schemas.CloudEvents10},
		{"jsonl.zst", schemas.CloudEvents10},
	} {
		dir := t.TempDir()
		if _, err := bulk.Write(dir, c.format, spec, 1, nil); err != nil {
			t.Fatal(err)
		}
		got := decodeFile(t, bulkSource(c.source), filepath.Join(dir, "part-00000."+c.format))
		if got.stats.Kept != 3000 || len(got.findings) > 0 {
			t.Errorf("%s: %+v %v", c.format, got.stats, summary(got.findings))
			continue
		}
		for i, row := range got.rows {
			got.rows[i] = strings.Replace(row, "x_RecordId="+bulk.EventSource+"|", "x_RecordId=", 1)
		}
		if want == nil {
			want = got.rows
		}
		for i := range want {
			if got.rows[i] != want[i] {
				t.Errorf("%s: row %d is\n%s, not\n%s", c.format, i+1, got.rows[i], want[i])
				break
			}
		}
	}
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t testing.TB, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func TestPackings(t *testing.T) {
	text := "SkuId\na\nb\nc\n"
	half := text[:len(text)/2]
	many := "SkuId\n" + strings.Repeat("a\n", 20<<20)
	packed, bomb, zstdBomb := gzipped(t, text), gzipped(t, many), zstandard(t, many)
	for _, c := range []struct {
		name, body string
		code       schemas.Code // of the refusal
		reason     string
	}{
		{"plain", text, "", ""},
		{"gzip", packed, "", ""},
		{"gzip of two members", gzipped(t, half) + gzipped(t, text[len(half):]), "", ""},
		{"zstd", zstandard(t, text), "", ""},
		{"zstd of two frames", zstandard(t, half) + zstandard(t, text[len(half):]), "", ""},
		{"with a byte-order mark", "\uFEFF" + text, "", ""},
		{"truncated gzip", packed[:len(packed)-9], schemas.CodeUnreadableObject, "truncated"},
		{"gzip without its sum", packed[:len(packed)-2], schemas.CodeUnreadableObject, "truncated"},
		{"gzip with a wrong sum", packed[:len(packed)-8] + "xxxx" + packed[len(packed)-4:], schemas.CodeUnreadableObject, "damaged"},
		{"gzip with text behind it", packed + "text behind the end", schemas.CodeUnreadableObject, "damaged"},
		{"truncated zstd", zstdBomb[:100], schemas.CodeUnreadableObject, "truncated"},
		{"damaged zstd", "\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff", schemas.CodeUnreadableObject, "damaged"},
		{"gzip bomb", bomb, schemas.CodeHostileObject, "times its size"},
		{"zstd bomb", zstdBomb, schemas.CodeHostileObject, "times its size"},
		{"zip", "PK\x03\x04", schemas.CodeUnreadableObject, "ZIP archive"},
		{"bzip2", "BZh91AY", schemas.CodeUnreadableObject, "bzip2"},
		{"UTF-16", "\xff\xfeS\x00", schemas.CodeUnreadableObject, "UTF-16"},
		{"empty", "", schemas.CodeUnreadableObject, "not even a header"},
		{"header alone", "SkuId", "", ""},
		{"half a header", "\"SkuId", schemas.CodeUnreadableObject, "header"},
		{"repeated header", "SkuId,SkuId\n", schemas.CodeUnreadableObject, "twice"},
		{"ambiguous header", "sku_id,SKUID\n", schemas.CodeUnreadableObject, "several"},
		{"nameless column", "SkuId,\n", "", ""},
		{"nameless header", ",\n", schemas.CodeUnreadableObject, "names no column"},
		{"gzip in gzip", gzipped(t, packed), "", ""},
		{"zstd in gzip", gzipped(t, zstandard(t, text)), "", ""},
		{"gzip four times", gzipped(t, gzipped(t, gzipped(t, packed))), schemas.CodeHostileObject, "packed more than"},
		{"truncated gzip in gzip", gzipped(t, packed[:len(packed)-9]), schemas.CodeUnreadableObject, "truncated"},
		{"zip in gzip", gzipped(t, "PK\x03\x04"), schemas.CodeUnreadableObject, "zip archive"},
		{"Parquet in gzip", gzipped(t, "PAR1"), schemas.CodeUnreadableObject, "deliver that as it is"},
		{"gzip bomb in gzip", gzipped(t, bomb), schemas.CodeHostileObject, "times its size"},
		{"UTF-16 without a mark", "S\x00k\x00u\x00", schemas.CodeUnreadableObject, "UTF-16"},
		{"an answer of a server", "<?xml version=\"1.0\"?><Error/>", schemas.CodeUnreadableObject, "XML or HTML"},
		{"JSON", "{\"SkuId\":1}", "", ""},
		{"cut row", "SkuId,RegionId\na,b\nc", schemas.CodeUnreadableObject, "amid a row"},
		{"Parquet that is none", "PAR1PAR1PAR1", schemas.CodeUnreadableObject, ""},
	} {
		src := plainSource()
		_, err := Decode(context.Background(), src, Input{Key: "k", At: strings.NewReader(c.body), Size: int64(len(c.body))}, Sink{
			Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { return nil },
		})
		var refused *schemas.RefusedError
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		switch {
		case c.code == "" && refused != nil, c.code != "" && refused == nil:
			t.Errorf("%s: %v", c.name, err)
		case refused != nil && (refused.Code != c.code || !strings.Contains(refused.Reason, c.reason)):
			t.Errorf("%s: %s %v", c.name, refused.Code, err)
		}
	}
}

var errNetwork = errors.New("the network is down")

// brokenReader yields a text and then fails.
type brokenReader struct{ text string }

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.text == "" {
		return 0, errNetwork
	}
	n := copy(p, b.text)
	b.text = b.text[n:]
	return n, nil
}

// TestBrokenReading asserts that what breaks outside of an object is an error of the run and not a fact about the object.
func TestBrokenReading(t *testing.T) {
	sink := Sink{Rows: func(*dataset.Batch) error { return nil }, Finding: func(schemas.Finding) error { return nil }}
	packed := gzipped(t, strings.Repeat("SkuId\n", 1000))
	for _, body := range []string{"", "SkuId\na\n", packed[:len(packed)-5]} {
		_, err := Decode(context.Background(), plainSource(), Input{Key: "k", Body: &brokenReader{body}}, sink)
		var refused *schemas.RefusedError
		if !errors.Is(err, errNetwork) || errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Decode(ctx, plainSource(), Input{Key: "k", Body: strings.NewReader("SkuId\na\n")}, sink); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	sink.Rows = func(*dataset.Batch) error { return errNetwork }
	if _, err := Decode(context.Background(), plainSource(), Input{Key: "k", Body: strings.NewReader("SkuId\na\n")}, sink); !errors.Is(err, errNetwork) {
		t.Error(err)
	}
}

// TestBinaryFractions reads a Parquet file whose decimals are DOUBLE, whose tags are a map, and whose third row is wrong.
func TestBinaryFractions(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "binary.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	src := &schemas.Source{ID: "s", Format: schemas.FOCUS12, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}}}
	_, err = Decode(context.Background(), src, Input{Key: "k", At: bytes.NewReader(body), Size: int64(len(body))}, Sink{})
	if refused, ok := errors.AsType[*schemas.RefusedError](err); !ok || !strings.Contains(refused.Reason, "set tolerate.binary_fractions") {
		t.Fatal(err)
	}
	src.Tolerate.BinaryFractions = true
	got := decodeBytes(t, src, body)
	want := []string{
		`ChargePeriodStart=2024-09-01T00:00:00Z ChargePeriodEnd=2024-09-02T00:00:00Z ListCost=0.1 BilledCost=0.30000000000000004 BillingCurrency=USD Tags={} x_ObjectRow=1 x_Extra={"Own":"1"}`,
		`ChargePeriodStart=2024-09-01T00:00:00Z ChargePeriodEnd=2024-09-02T00:00:00Z ListCost=0.0000001 BilledCost=-2.5 BillingCurrency=USD Tags={"a":"b"} x_ObjectRow=2 x_Extra={"Own":"-2"}`,
	}
	if !slices.Equal(got.rows, want) {
		t.Errorf("%s", strings.Join(got.rows, "\n"))
	}
	notes := []string{
		"rejected bad_time row=3 rows=1 ChargePeriodEnd: it is not a time in a declared format",
		"warning bad_decimal row=3 rows=0 ListCost: it is too large or too long a number, and is left out, in 1 row",
		"note tolerated_binary row=1 rows=0 ListCost: the column is DOUBLE, in 3 rows",
		"note tolerated_binary row=1 rows=0 BilledCost: the column is DOUBLE, in 3 rows",
		"note unknown_column row=0 rows=0 Own: the column is not in focus-1.2 and is kept in x_Extra",
	}
	if have := summary(got.findings); !slices.Equal(have, notes) {
		t.Errorf("%s", strings.Join(have, "\n"))
	}
}
