package source

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/source/wire"
	"daybook/schemas"
)

// decoded is all that an object came to, as text.
type decoded struct {
	// rows holds one line per row: the values that are not null, by usage column.
	rows     []string
	findings []schemas.Finding
	stats    Stats
}

// decodeText decodes text, given in pieces of at most chunk bytes.
func decodeText(t testing.TB, src *schemas.Source, period schemas.Period, text string, chunk int) (decoded, error) {
	t.Helper()
	var got decoded
	stats, err := Decode(context.Background(), src, Input{Key: "in/object", Period: period, Body: &pieces{text, chunk}}, Sink{
		Rows: func(b *dataset.Batch) error {
			for r := range b.Rows {
				got.rows = append(got.rows, rowText(b, r))
			}
			return nil
		},
		Finding: func(f schemas.Finding) error {
			got.findings = append(got.findings, f)
			return nil
		},
	})
	got.stats = stats
	var rejected int64
	for _, f := range got.findings {
		rejected += f.Rows
	}
	if err != nil { // what was decoded before is void
		return got, err
	}
	if stats.Rows != stats.Kept+stats.Rejected+stats.LeftOut || int64(len(got.rows)) != stats.Kept || rejected != stats.Rejected+stats.LeftOut {
		t.Errorf("%+v, but %d rows and %d rejected in findings", stats, len(got.rows), rejected)
	}
	return got, err
}

// pieces reads a text a piece at a time.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.text)
	p.text = p.text[n:]
	return n, nil
}

// rowText writes a row as Column=value for each value that is not null.
func rowText(b *dataset.Batch, r int) string {
	var out []string
	for i := range b.Columns {
		v := &b.Columns[i]
		if v.IsNull(r) {
			continue
		}
		text := ""
		switch v.Type {
		case schemas.Label, schemas.Text:
			text = string(v.TextAt(r))
		case schemas.Time:
			text = time.UnixMicro(v.Ints[r]).UTC().Format(time.RFC3339Nano)
		case schemas.Decimal:
			text = v.Decs[r].String()
		case schemas.Integer:
			text = fmt.Sprint(v.Ints[r])
		}
		out = append(out, b.Table.Columns[i].Name+"="+text)
	}
	return strings.Join(out, " ")
}

// splitReference splits CSV by encoding/csv, and by the rule that a row whose quotes are wrong ends with its first line.
// A malformed row is nil. refused says that the text ends amid a row of so many fields, without a line end.
func splitReference(text string, fields int) (all [][]string, refused bool) {
	cut := text != "" && !strings.HasSuffix(text, "\n")
	if cut {
		text += "\n"
	}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		if line == "" || line == "\r" {
			text = rest
			continue
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		row, err := r.Read()
		if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
			if _, whole, _ := scanFields([]byte(text)); cut && !whole {
				return all, true
			}
			all, text = append(all, nil), rest
			continue
		}
		all, text = append(all, row), text[r.InputOffset():]
	}
	return all, cut && len(all) > 0 && len(all[len(all)-1]) != fields
}

// scanFields is a second, simple reading of quotes, byte by byte.
func scanFields(b []byte) (fields int, whole, ok bool) {
	const (
		start = iota
		bare
		inside
		closing
	)
	state := start
	for i, c := range b {
		switch state {
		case start, bare:
			switch {
			case c == '"' && state == start:
				state = inside
			case c == '"':
				return fields, true, false
			case c == ',':
				state, fields = start, fields+1
			case c == '\n':
				return fields + 1, true, true
			default:
				state = bare
			}
		case inside:
			if c == '"' {
				state = closing
			}
		case closing:
			switch {
			case c == '"':
				state = inside
			case c == ',':
				state, fields = start, fields+1
			case c == '\n', c == '\r' && i+1 < len(b) && b[i+1] == '\n':
				return fields + 1, true, true
			default:
				return fields, true, false
			}
		}
	}
	return fields, false, true
}

// plainSource reads texts into columns that nothing is asked of.
func plainSource() *schemas.Source {
	return &schemas.Source{
		ID: "test", Format: schemas.FOCUS12, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, NullColumns: []string{"*"}},
		Constants: map[string]string{"ChargePeriodStart": "2024-09-01T00:00:00Z", "ChargePeriodEnd": "2024-09-02T00:00:00Z"},
	}
}

// checkSplit compares the decoder with the reference on the rows that follow a header of three columns.
func checkSplit(t testing.TB, body string, chunk int) {
	t.Helper()
	got, err := decodeText(t, plainSource(), "", "SkuId,RegionId,ResourceId\n"+body, chunk)
	want, torn := splitReference(body, 3)
	var refused *schemas.RefusedError
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if (refused != nil) != torn {
		t.Fatalf("%q: %v, want refused: %v", body, err, torn)
	}
	if refused != nil {
		return
	}
	var rows []string
	for i, fields := range want {
		if len(fields) == 3 && encoded(fields) {
			rows = append(rows, fmt.Sprintf("%s ChargePeriodStart=2024-09-01T00:00:00Z ChargePeriodEnd=2024-09-02T00:00:00Z x_ObjectRow=%d",
				named(fields, "SkuId", "RegionId", "ResourceId"), i+1))
		}
	}
	if int(got.stats.Rows) != len(want) || len(got.rows) != len(rows) {
		t.Fatalf("%q: %+v, want %d rows and %d kept\n%q\n%q\n%+v", body, got.stats, len(want), len(rows), got.rows, rows, got.findings)
	}
	for i := range rows { // encoding/csv reads line ends within quotes as line feeds
		if have := strings.ReplaceAll(got.rows[i], "\r\n", "\n"); have != strings.TrimLeft(rows[i], " ") {
			t.Fatalf("%q: row %d is\n%q, not\n%q", body, i+1, have, rows[i])
		}
	}
}

// named writes the fields that are not empty with their names.
func named(fields []string, names ...string) string {
	var out []string
	for i, f := range fields {
		if f != "" {
			out = append(out, names[i]+"="+f)
		}
	}
	return strings.Join(out, " ")
}

// encoded reports whether all fields are UTF-8 without NUL.
func encoded(fields []string) bool {
	for _, f := range fields {
		if !wire.WellEncoded([]byte(f)) {
			return false
		}
	}
	return true
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b,c\n", "a,b,c", "a,\"b\",c\r\n", "a,\"b\n\"\"b\",c\n", "a,b\"c,d\ne,f,g\n", "\"a\"b,c,d\ne,f,g\n", "a,\"b\nc,d,e\nf,g,h\n",
		"\n\n,,\n", "a,b\n", "a,b,c,d\n", "\"\",\"\",\"\"\n", "a\x00,b,c\n", "\xff,b,c\n", "é,b,c\n", "a\rb,c,d\r\n", "\"a\",\"b\",\"c\"\r\n", "a,b,\"",
		strings.Repeat("x", 63) + ",\"" + strings.Repeat("y", 64) + "\",z\n",
	} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, body string, chunk int) {
		if len(body) > 1<<16 {
			return
		}
		checkSplit(t, body, max(1, chunk&0xfff))
	})
}

func TestSplitsAsTheReference(t *testing.T) {
	for _, body := range []string{
		"a,b,c\n", "a,b,c", "a,\"b\",c\r\n", "a,\"b\n\"\"b\",c\n", "a,b\"c,d\ne,f,g\n", "\"a\"b,c,d\ne,f,g\n", "a,\"b\nc,d,e\nf,g,h\n",
		"\n\n,,\n", "a,b\n", "a,b,c,d\n", "\"\",\"\",\"\"\n", "a\x00,b,c\n", "\xff,b,c\n", "é,b,c\n", "a\rb,c,d\r\n", "\"a\",\"b\",\"c\"\r\n",
		"a,b,\"", "a,\"b\nc,d", "\"a\r\nb\",c,d\n", "a,b,c\r", "a,\"b\"", "a,\"\"\"\",c\n", "\"\"a,b,c\nd,e,f\n",
	} {
		for _, chunk := range []int{1, 3, 1 << 20} {
			checkSplit(t, body, chunk)
		}
	}
}
