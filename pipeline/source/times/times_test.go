package times_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/fixtures/random"
	"daybook/pipeline/source/times"
	"daybook/pipeline/source/wire"
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
		got, cut, ok := times.Read(c.text)
		if have := got.UTC().Format(time.RFC3339Nano); ok != (c.want != "") || ok && got.Truncate(time.Microsecond).UTC().Format(time.RFC3339Nano) != c.want || ok && cut != c.cut {
			t.Errorf("%s is %s (%v, cut %v), want %q, cut %v", c.text, have, ok, cut, c.want, c.cut)
		}
	}
}

// TestLayouts reads times by their layout and zone; none is moved without a word.
func TestLayouts(t *testing.T) {
	for _, c := range []struct{ layout, text, zone, want, doubt string }{
		{"2006-01-02 15:04:05", "2024-09-01 00:30:00", "Europe/Berlin", "2024-08-31T22:30:00Z", ""},
		{"2006-01-02 15:04:05", "2024-10-27 02:30:00", "Europe/Berlin", "2024-10-27T00:30:00Z", times.TwiceThere},
		{"2006-01-02 15:04:05", "2024-10-27 03:00:00", "Europe/Berlin", "2024-10-27T02:00:00Z", ""},
		{"2006-01-02 15:04:05", "2024-10-27 01:59:59", "Europe/Berlin", "2024-10-26T23:59:59Z", ""},
		{"2006-01-02 15:04:05", "2024-03-31 02:30:00", "Europe/Berlin", "2024-03-31T01:30:00Z", times.NeverThere},
		{"2006-01-02 15:04:05", "2024-03-31 03:00:00", "Europe/Berlin", "2024-03-31T01:00:00Z", ""},
		{"2006-01-02 15:04:05", "2024-04-07 01:45:00", "Australia/Lord_Howe", "2024-04-06T14:45:00Z", times.TwiceThere},
		{"2006-01-02", "2024-09-08", "America/Santiago", "2024-09-08T04:00:00Z", times.NeverThere}, // clocks skip that midnight
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
		m, ok := times.ReadLayout(c.layout, c.text, zone)
		if have := time.UnixMicro(m.Micros).UTC().Format(time.RFC3339Nano); ok != (c.want != "") || ok && (have != c.want || m.Doubt != c.doubt) {
			t.Errorf("%s in %s is %s, %q (%v), want %q, %q", c.text, c.zone, have, m.Doubt, ok, c.want, c.doubt)
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
		var quick times.Zoned
		for range effort.Count(t, 2000, 200_000) {
			at := time.Unix(random.Int64N(2_000_000_000), random.Int64N(1_000_000)*1000)
			shown := at.In(zone)
			wall := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), time.UTC)
			micros, doubt := new(times.Zoned).Instant(wall.UnixMicro(), zone)
			again := time.UnixMicro(micros).In(zone)
			if again.Format("2006-01-02T15:04:05.999999") != shown.Format("2006-01-02T15:04:05.999999") {
				t.Fatalf("%s: %s is read as %s", name, shown, again)
			}
			if doubt == times.NeverThere || micros != at.UnixMicro() && (doubt != times.TwiceThere || micros > at.UnixMicro()) {
				t.Fatalf("%s: %s is read as %s, %q", name, shown, again, doubt)
			}
			if m, d := quick.Instant(wall.UnixMicro(), zone); m != micros || d != doubt {
				t.Fatalf("%s: %s is %d, %q, and by what is remembered %d, %q", name, shown, micros, doubt, m, d)
			}
		}
	}
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
		var k times.Clock
		quick, ok := k.Instant(slacked(text), 0, uint32(len(text)))
		slow, _, sure := times.Read(text)
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
	var k times.Clock
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2500; day = day.AddDate(0, 0, 1) {
		text := day.Format("2006-01-02") + "T01:02:03Z"
		got, ok := k.Instant(slacked(text), 0, 20)
		if want := day.Add(time.Hour + 2*time.Minute + 3*time.Second).UnixMicro(); !ok || got != want {
			t.Fatalf("%s is %d, not %d", text, got, want)
		}
	}
}

// slacked is a text with room behind it, as in a window.
func slacked(text string) []byte { return append([]byte(text), make([]byte, wire.Slack)...) }

// TestLike reads times of forms that were learnt as their layouts have them, or not at all.
func TestLike(t *testing.T) {
	r := random.Of(7)
	for _, form := range []struct {
		layout, behind string
		utc, learnt    bool
	}{
		{"2006-01-02 15:04:05 MST", " UTC", false, true},
		{"2006-01-02 15:04:05-07:00", "+00:00", false, true},
		{"2006-01-02 15:04:05 -0700 MST", " +0000 UTC", false, true},
		{"2006-01-02T15:04:05", "", true, true},
		{"2006-01-02T15:04:05", "", false, false},
		{"2006-01-02 15:04:05-07:00", "+02:00", false, false},
	} {
		var k times.Clock
		for n := range 500 {
			at := time.Unix(int64(r.Below(4_000_000_000)), int64(r.Below(1_000_000))*1000).UTC()
			shape := "2006-01-02 15:04:05"
			if strings.Contains(form.layout, "T") && form.layout[10] == 'T' {
				shape = "2006-01-02T15:04:05"
			}
			text := at.Format(shape+[]string{"", ".000", ".000000", ".0"}[n%4]) + form.behind
			if r.Chance(500) {
				text = strings.Replace(text, []string{":", "1", "-", "T", " "}[n%5], "x", 1)
			}
			end := uint32(len(text))
			m, ok := times.ReadLayout(form.layout, text, time.UTC)
			got, like := k.Like(slacked(text), 0, end)
			switch {
			case like && (!ok || got != m.Micros):
				t.Fatalf("%q is %d, %v, and not %d", text, m.Micros, ok, got)
			case like && !form.learnt, n > 0 && ok && !like && form.learnt:
				t.Fatalf("%q in the form of %q: learnt %v", text, form.layout, like)
			case ok:
				k.Learn(slacked(text), 0, end, m.Micros, form.utc)
			}
		}
	}
}
