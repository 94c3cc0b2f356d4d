package source

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// TestLongLabels has names of as many bytes as they may have, and of one more: that is a finding with its row and column, or a
// remark where no money hangs on the column, and the name is not kept.
func TestLongLabels(t *testing.T) {
	for _, column := range []string{"SkuId", "RegionId", "ServiceName", "SubAccountName"} {
		for _, more := range []int{0, 1, 500_000} {
			src := peer(schemas.Tolerate{})
			src.Limits = schemas.Limits{}
			text := strings.Repeat("k", mostLabelText-2+more) // and its quotes
			got, err := decodeText(t, src, "2024-09", edited(column, text), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			kept := strings.Contains(strings.Join(got.rows, ""), text)
			if more == 0 {
				if !kept || len(got.findings) > 0 {
					t.Errorf("%s of %d bytes: kept %t, %+v", column, len(text), kept, got.findings)
				}
				continue
			}
			if kept || len(got.findings) != 1 {
				t.Fatalf("%s of %d bytes: kept %t, %+v", column, len(text), kept, got.findings)
			}
			f := got.findings[0]
			side := f.Severity == schemas.Warning
			if f.Code != schemas.CodeBadValue || f.Row != 1 || f.Column != column || !strings.Contains(f.Message, "longer than the 4096 bytes") || side != (len(got.rows) == 2) {
				t.Errorf("%s of %d bytes: %d rows, %+v", column, len(text), len(got.rows), f)
			}
		}
	}
	_, err := decodeText(t, peer(schemas.Tolerate{}), "2024-09", strings.Replace(edited("Tags", "{}"), "Tags", strings.Repeat("T", mostLabelText+1), 1), 1<<20)
	if err == nil || !strings.Contains(err.Error(), "bytes, more than the 4096 allowed") {
		t.Errorf("a column's name that is too long: %v", err)
	}
}

// oneLine is a text and then so many bytes of x, without a line end; most is the largest heap seen on the way.
type oneLine struct {
	io.Reader
	left int
	most uint64
}

func (e *oneLine) Read(b []byte) (int, error) {
	if n, err := e.Reader.Read(b); err == nil {
		return n, nil
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(b, bytes.Repeat([]byte("x"), min(len(b), e.left)))
	before := e.left >> 22
	if e.left -= n; e.left>>22 != before { // every 4 MiB
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.most = max(e.most, m.HeapInuse)
	}
	return n, nil
}

// TestEndlessLine reads a line of a gigabyte in every format that is text: it is a row that is too long, or the object is refused for
// it, and it is never held.
func TestEndlessLine(t *testing.T) {
	size := effort.Count(t, 8, 1024) << 20
	before := debug.SetGCPercent(100) // what is held counts, and not what other tests left
	t.Cleanup(func() { debug.SetGCPercent(before) })
	for i := range formats {
		f := &formats[i]
		begins := []string{`{"x":"`}
		if f.name != schemas.CloudEvents10 && f.name != schemas.Mapped {
			var names []string
			for _, x := range randomFields(f, randomSource(f)) {
				names = append(names, x.Name)
			}
			begins = append(begins, strings.Join(names, ",")+"\n", strings.Join(names, ";")+"\n\"")
		}
		for _, begin := range begins {
			src := randomSource(f)
			src.Limits.ObjectBytes, src.Limits.Ratio = 4<<30, 1<<30
			runtime.GC()
			body, codes := &oneLine{Reader: strings.NewReader(begin), left: size}, map[schemas.Code]int{}
			stats, err := Decode(t.Context(), src, Input{Key: "k", Body: body}, Sink{
				Rows: func(*dataset.Batch) error { return nil },
				Finding: func(f schemas.Finding) error {
					codes[f.Code]++
					return nil
				},
			})
			refused, is := errors.AsType[*schemas.RefusedError](err)
			if !is && (err != nil || codes[schemas.CodeLongRow] == 0 || stats.Kept > 0) {
				t.Errorf("%s, %.20q: %v, %+v, %v", f.name, begin, err, stats, codes)
			}
			const most = 128 << 20
			if body.most > most {
				t.Errorf("%s, %.20q: it takes %d bytes of memory", f.name, begin, body.most)
			}
			t.Logf("%s, %.20q: %v %v, %d MiB", f.name, begin, refused, codes, body.most>>20)
		}
	}
}
