package source

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/schemas"
)

// TestInstants reads every form that RFC 3339 has, and none that it does not have.
func TestInstants(t *testing.T) {
	for _, c := range []struct {
		text, want string // empty: it is no time
		cut        bool
	}{
		{"2024-09-01T10:00:00Z", "2024-09-01T10:00:00Z", false},
		{"2024-09-01t10:00:00z", "2024-09-01T10:00:00Z", false},
		{"2024-09-01 10:00:00Z", "2024-09-01T10:00:00Z", false},
		{"2024-09-01 10:00:00+02:00", "2024-09-01T08:00:00Z", false},
		{"2024-09-01T10:00:00-00:00", "2024-09-01T10:00:00Z", false},
		{"2024-09-01T10:00:00+23:59", "2024-08-31T10:01:00Z", false},
		{"2024-09-01T10:00:00.5-05:30", "2024-09-01T15:30:00.5Z", false},
		{"2024-09-01T10:00:00.123456000Z", "2024-09-01T10:00:00.123456Z", false},
		{"2024-09-01T10:00:00.1234567Z", "2024-09-01T10:00:00.123456Z", true},
		{"2024-09-01T10:00:00.123456000000000000000001+01:00", "2024-09-01T09:00:00.123456Z", true},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", false},
		{"2017-01-01T00:59:60.25+01:00", "2017-01-01T00:00:00.25Z", false},
		{"2016-12-31T23:58:60Z", "", false},
		{"2016-12-31T12:59:60Z", "", false},
		{"2024-02-30T10:00:00Z", "", false},
		{"2024-09-01T24:00:00Z", "", false},
		{"2024-09-01T10:00:00", "", false},
		{"2024-09-01T10:00:00+24:00", "", false},
		{"2024-09-01T10:00:00+01:60", "", false},
		{"2024-09-01T10:00:00+0100", "", false},
		{"2024-09-01T10:00:00,5Z", "", false},
		{"2024-09-01T10:00:00.Z", "", false},
		{"2024-09-01_10:00:00Z", "", false},
		{"2024-09-01T1:00:00Z", "", false},
		{"2024-09-01T10:00Z", "", false},
		{"0000-09-01T10:00:00Z", "", false},
		{"+2024-09-01T10:00:00Z", "", false},
	} {
		got, cut, ok := readInstant(c.text)
		if have := got.UTC().Format(time.RFC3339Nano); ok != (c.want != "") || ok && got.Truncate(time.Microsecond).UTC().Format(time.RFC3339Nano) != c.want || ok && cut != c.cut {
			t.Errorf("%s is %s (%v, cut %v), want %q, cut %v", c.text, have, ok, cut, c.want, c.cut)
		}
	}
}

// TestLayouts reads times by their layout and zone; none is moved without a word.
func TestLayouts(t *testing.T) {
	for _, c := range []struct{ layout, text, zone, want, doubt string }{
		{"2006-01-02 15:04:05", "2024-09-01 00:30:00", "Europe/Berlin", "2024-08-31T22:30:00Z", ""},
		{"2006-01-02 15:04:05", "2024-10-27 02:30:00", "Europe/Berlin", "2024-10-27T00:30:00Z", twiceThere},
		{"2006-01-02 15:04:05", "2024-10-27 03:00:00", "Europe/Berlin", "2024-10-27T02:00:00Z", ""},
		{"2006-01-02 15:04:05", "2024-10-27 01:59:59", "Europe/Berlin", "2024-10-26T23:59:59Z", ""},
		{"2006-01-02 15:04:05", "2024-03-31 02:30:00", "Europe/Berlin", "2024-03-31T01:30:00Z", neverThere},
		{"2006-01-02 15:04:05", "2024-03-31 03:00:00", "Europe/Berlin", "2024-03-31T01:00:00Z", ""},
		{"2006-01-02 15:04:05", "2024-04-07 01:45:00", "Australia/Lord_Howe", "2024-04-06T14:45:00Z", twiceThere},
		{"2006-01-02", "2024-09-08", "America/Santiago", "2024-09-08T04:00:00Z", neverThere}, // clocks skip that midnight
		{"2006-01-02 15:04:05 -0700", "2024-10-27 02:30:00 +0100", "Europe/Berlin", "2024-10-27T01:30:00Z", ""},
		{"2006-01-02 15:04:05Z07:00", "2024-10-27 02:30:00Z", "Europe/Berlin", "2024-10-27T02:30:00Z", ""},
		{"2006-01-02 15:04:05 MST", "2024-10-27 02:30:00 CET", "Europe/Berlin", "2024-10-27T01:30:00Z", ""},
		{"2006-01-02 15:04:05 MST", "2024-10-27 02:30:00 CEST", "Europe/Berlin", "2024-10-27T00:30:00Z", ""},
		{"2006-01-02 15:04:05 MST", "2024-10-27 02:30:00 UTC", "Europe/Berlin", "2024-10-27T02:30:00Z", ""},
		{"2006-01-02 15:04:05 MST", "2024-10-27 02:30:00 PST", "Europe/Berlin", "", ""}, // which the package time takes for UTC
		{"2006-01-02 15:04:05 MST", "2024-10-27 02:30:00 CET", "UTC", "", ""},
		{"1/2/06", "9/31/24", "UTC", "", ""},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := readLayout(c.layout, c.text, zone)
		if have := string(formatTime(m.micros)); ok != (c.want != "") || ok && (have != c.want || m.doubt != c.doubt) {
			t.Errorf("%s in %s is %s, %q (%v), want %q, %q", c.text, c.zone, have, m.doubt, ok, c.want, c.doubt)
		}
	}
}

// TestZonesGiveBack shows clocks of many zones at random instants and reads what they show: that is the instant, or one at
// which they show the same, and then the change of clocks is remarked.
func TestZonesGiveBack(t *testing.T) {
	random := rand.New(rand.NewPCG(31, 32))
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia", "Africa/Casablanca"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		var quick zoned
		for range effort.Count(t, 2000, 200_000) {
			at := time.Unix(random.Int64N(2_000_000_000), random.Int64N(1_000_000)*1000)
			shown := at.In(zone)
			wall := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), time.UTC)
			micros, doubt := inZone(wall.UnixMicro(), zone)
			again := time.UnixMicro(micros).In(zone)
			if again.Format("2006-01-02T15:04:05.999999") != shown.Format("2006-01-02T15:04:05.999999") {
				t.Fatalf("%s: %s is read as %s", name, shown, again)
			}
			if doubt == neverThere || micros != at.UnixMicro() && (doubt != twiceThere || micros > at.UnixMicro()) {
				t.Fatalf("%s: %s is read as %s, %q", name, shown, again, doubt)
			}
			if m, d := quick.instant(wall.UnixMicro(), zone); m != micros || d != doubt {
				t.Fatalf("%s: %s is %d, %q, and by what is remembered %d, %q", name, shown, micros, doubt, m, d)
			}
		}
	}
}

// TestNaiveParquet reads timestamps that are not adjusted to UTC as the source's zone has them, in columns of times and where
// nothing reads them, and others as they are.
func TestNaiveParquet(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "naive.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for zone, starts := range map[string][]string{
		"":              {"2024-09-01T00:30:00Z", "2024-10-27T02:30:00Z", "2024-03-31T02:30:00Z", "2024-10-27T01:59:59.999999Z"},
		"Europe/Berlin": {"2024-08-31T22:30:00Z", "2024-10-27T00:30:00Z", "2024-03-31T01:30:00Z", "2024-10-26T23:59:59.999999Z"},
	} {
		src := &schemas.Source{ID: "s", Format: schemas.FOCUS12, Zone: zone, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}}}
		src.Columns = map[string]string{"x_RecordedTime": "Sent"}
		got := decodeBytes(t, src, body)
		if len(got.rows) != len(starts) {
			t.Fatalf("%q, %+v", got.rows, got.findings)
		}
		for i, want := range starts {
			if !strings.Contains(got.rows[i], "ChargePeriodStart="+want+" ") || !strings.Contains(got.rows[i], "x_RecordedTime=2024-") {
				t.Errorf("in zone %q row %d is %s, want its start at %s", zone, i+1, got.rows[i], want)
			}
		}
		if !strings.Contains(got.rows[0], `x_RecordedTime=2024-09-01T00:30:00Z x_Extra={"Seen":"2024-09-01T00:30:00"}`) {
			t.Errorf("in zone %q a time that is adjusted, or one that nothing reads, is moved: %s", zone, got.rows[0])
		}
		doubts := 0
		for _, f := range got.findings {
			if f.Severity == schemas.Warning && f.Code == schemas.CodeToleratedTime {
				doubts++
			}
		}
		if zone != "" && doubts != 2 || zone == "" && doubts != 0 {
			t.Errorf("in zone %q there are %d remarks on the change of clocks: %q", zone, doubts, summary(got.findings))
		}
	}
}

// TestTimesOfFormatsAgree has the same times in CSV and in Parquet come to the same.
func TestTimesOfFormatsAgree(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "naive.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	src := &schemas.Source{
		ID: "s", Format: schemas.FOCUS12, Zone: "Europe/Berlin", Ignore: []string{"Seen", "Sent"},
		Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, Times: []string{"2006-01-02T15:04:05"}},
	}
	parquet := decodeBytes(t, src, body)
	csv := decodeBytes(t, src, []byte("BilledCost,ChargePeriodEnd,ChargePeriodStart\n"+
		"1,2024-09-01T02:30:00,2024-09-01T00:30:00\n1.01,2024-10-27T04:30:00.000000001,2024-10-27T02:30:00\n"+
		"1.02,2024-03-31T04:30:00.000000002,2024-03-31T02:30:00\n1.03,2024-10-27T03:59:59.999999003,2024-10-27T01:59:59.999999\n"))
	if !slices.Equal(parquet.rows, csv.rows) {
		t.Errorf("Parquet\n%s\nCSV\n%s", strings.Join(parquet.rows, "\n"), strings.Join(csv.rows, "\n"))
	}
}
