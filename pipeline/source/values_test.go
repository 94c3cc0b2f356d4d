package source

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/pipeline/source/wire"
)

// slacked returns text as bytes with slack behind them.
func slacked(text string) []byte {
	return append([]byte(text), make([]byte, wire.Slack)...)[:len(text)+wire.Slack-1]
}

// FuzzTimes compares the quick reading of times with that of the package time.
func FuzzTimes(f *testing.F) {
	for _, s := range []string{
		"2024-09-01T00:00:00Z", "2024-02-29T23:59:59Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
		"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-09-31T00:00:00Z", "2024-09-01T24:00:00Z",
		"2024-09-01T00:60:00Z", "2024-09-01T00:00:60Z", "2024-09-01t00:00:00z", "2024-09-01T00:00:00.1234567Z", "2024-09-01T00:00:00,5Z",
		"2024-09-01T00:00:00+23:59", "2024-09-01T00:00:00-24:00", "2024-09-01T00:00:00.5+05:30", "2024-09-01 00:00:00", "2024-09-01T00:00:00.Z",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1600-03-01T12:00:00Z", "2024-13-01T00:00:00Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var k clock
		quick, ok := k.instant(slacked(text), 0, uint32(len(text)))
		slow, _, sure := readInstant(text)
		if ok && (!sure || slow.UnixMicro() != quick) {
			t.Fatalf("%q is %v, and quickly %v", text, slow, time.UnixMicro(quick).UTC())
		}
		if sure && !ok && len(text) <= 27 && strings.HasSuffix(text, "Z") {
			t.Fatalf("%q is %v, and quickly nothing", text, slow)
		}
		if strings.ContainsAny(text, "tz ") || strings.Contains(text, ":60") {
			return // which the package time does not know
		}
		if want, err := time.Parse(time.RFC3339Nano, text); sure && (err != nil || !want.Equal(slow)) {
			t.Fatalf("%q is %v, not %v", text, slow, want)
		}
	})
}

// TestEveryDay compares the reading of days with the package time over several centuries.
func TestEveryDay(t *testing.T) {
	var k clock
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2500; day = day.AddDate(0, 0, 1) {
		text := day.Format("2006-01-02") + "T01:02:03Z"
		got, ok := k.instant(slacked(text), 0, 20)
		if want := day.Add(time.Hour + 2*time.Minute + 3*time.Second).UnixMicro(); !ok || got != want {
			t.Fatalf("%s is %d, not %d", text, got, want)
		}
	}
}

// TestInterner gives texts numbers and asks for them again, against a map.
func TestInterner(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	n := wire.Interner{Entries: make([]wire.Entry, firstLabels)}
	want := map[string]uint32{}
	for range 20000 {
		text := strings.Repeat(string(rune('a'+random.IntN(3))), random.IntN(40)) + string(rune('a'+random.IntN(26))) + strings.Repeat("x", random.IntN(20))
		b := slacked(text)
		e := n.Find(b, 0, uint32(len(text)))
		if v, known := want[text]; known {
			if e.Size == 0 || e.Value != v {
				t.Fatalf("%q is %+v, not %d", text, e, v)
			}
			continue
		}
		if e.Size != 0 {
			t.Fatalf("%q is taken for another", text)
		}
		want[text] = uint32(len(want))
		n.Add(e, b, 0, uint32(len(text)), want[text])
	}
	if n.Len() != len(want) {
		t.Errorf("%d texts, want %d", n.Len(), len(want))
	}
}

// TestLongRows has rows that cross windows and outgrow them.
func TestLongRows(t *testing.T) {
	src := plainSource()
	long := strings.Repeat("y", 3*wire.BlockBytes)
	text := "SkuId,ResourceId\na,\"" + long + "\n\"\"\"\nb,z\nc," + strings.Repeat("w", 2<<20) + "\nd,\"open\ne,z\n" + strings.Repeat("f,z\n", wire.BlockBytes/2)
	for _, chunk := range []int{1000, 1 << 22} {
		got, err := decodeText(t, src, "", text, chunk)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, f := range got.findings {
			codes = append(codes, string(f.Code)+" "+f.Value[:1])
		}
		if want := []string{"long_row c", "bad_quote d"}; !slices.Equal(codes, want) {
			t.Errorf("findings %q", codes)
		}
		if got.stats.Rows != 5+wire.BlockBytes/2 || !strings.Contains(got.rows[0], "ResourceId="+long+"\n\" ") || !strings.HasPrefix(got.rows[2], "SkuId=e ") {
			t.Errorf("%+v", got.stats)
		}
	}
}

// TestLongRowsEndWithTheirFirstLine has rows beyond the limit, at every distance from a window's end.
func TestLongRowsEndWithTheirFirstLine(t *testing.T) {
	src := plainSource()
	src.Limits.RowBytes = 64
	long := "a,\"" + strings.Repeat("x", 30) + "\ny,z\n" + strings.Repeat("w", 60) + "\"\nb,c\n"
	for shift := 0; shift < 200; shift += 200 / effort.Count(t, 5, 66) {
		text := "SkuId,ResourceId\n" + strings.Repeat("s,t\n", (wire.BlockBytes-150-17)/4) + strings.Repeat("q", shift%50) + "\n" + strings.Repeat("s,t\n", shift/4) + long
		got, err := decodeText(t, src, "", text, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, f := range got.findings {
			if f.Value[0] != 'q' {
				have = append(have, string(f.Code)+" "+f.Value[:2])
			}
		}
		if want := []string{"long_row a,", "bad_quote ww"}; !slices.Equal(have, want) {
			t.Fatalf("%d: %q", shift, have)
		}
		if n := len(got.rows); !strings.HasPrefix(got.rows[n-1], "SkuId=b ResourceId=c ") || !strings.HasPrefix(got.rows[n-2], "SkuId=y ResourceId=z ") {
			t.Fatalf("%d: %q", shift, got.rows[n-2:])
		}
	}
}
