package delivery

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// at returns an instant of September 2024.
func at(day, hour int) time.Time { return time.Date(2024, 9, day, hour, 0, 0, 0, time.UTC) }

// landing makes a landing place of objects, written as "key day hour: text" on a line each, and says when each arrived.
func landing(t *testing.T, lines string) (store.Store, func(store.Info) time.Time) {
	t.Helper()
	m := &store.Memory{}
	arrived := map[string]time.Time{}
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		head, text, _ := strings.Cut(line, ": ")
		var key string
		var day, hour int
		if _, err := fmt.Sscan(head, &key, &day, &hour); err != nil {
			t.Fatal(line, err)
		}
		if _, err := m.Create(context.Background(), key, bytes.NewReader([]byte(text))); err != nil {
			t.Fatal(err)
		}
		arrived[key] = at(day, hour)
	}
	return m, func(i store.Info) time.Time { return arrived[i.Key] }
}

// listed writes what was found, a delivery on a line.
func listing(d Discovery) string {
	var b strings.Builder
	for _, v := range d.Deliveries {
		fmt.Fprintf(&b, "%s v=%s day=%s", v.ID, v.Version, v.Day)
		if v.Superseded {
			b.WriteString(" superseded")
		}
		for _, o := range v.Objects {
			fmt.Fprintf(&b, " %s/%d/%d", o.Key, o.Size, o.Rows)
		}
		b.WriteString("\n")
	}
	for _, f := range d.Findings {
		message, _, _ := strings.Cut(f.Message, "; ")
		fmt.Fprintf(&b, "%s %s %s: %s\n", f.Severity, f.Code, f.Object, message)
	}
	fmt.Fprintf(&b, "incomplete=%v", d.Incomplete)
	return b.String()
}

func pinnedOf(text string) string {
	h := NewDigest()
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestDiscover(t *testing.T) {
	snapshot := schemas.Source{ID: "s", Semantics: schemas.Snapshot, Prefix: "peer", Pattern: "{period}/{version}/*.csv", Expect: schemas.Expect{Every: schemas.EveryMonth}}
	manifested := snapshot
	manifested.Manifest = "manifest.json"
	appended := schemas.Source{ID: "a", Semantics: schemas.Append, Prefix: "meter/", Pattern: "{day}/**/*.jsonl"}
	daily := appended
	daily.Expect = schemas.Expect{Every: schemas.EveryDay, DueHours: 6, Objects: 2}
	whole := func(version, objects string) string {
		return fmt.Sprintf(`{"billing_period":"2024-09","version":%q,"complete":true,"objects":[%s]}`, version, objects)
	}
	for _, c := range []struct {
		name    string
		src     schemas.Source
		edit    func(*schemas.Source)
		asOf    time.Time
		now     time.Time
		objects string
		want    string
	}{
		{
			name: "the newest version counts, by number", src: snapshot,
			objects: "peer/2024-09/v9/a.csv 1 0: x\n peer/2024-09/v10/b.csv 1 0: xy\n peer/2024-09/v10/a.csv 1 0: x\n peer/2024-10/v11/a.csv 1 0: x\n peer/2024-09/v11/readme.txt 1 0: x\n peers/2024-09/v12/a.csv 1 0: x",
			want: "peer/2024-09/v10 v=v10 day= peer/2024-09/v10/a.csv/1/-1 peer/2024-09/v10/b.csv/2/-1\n" +
				"peer/2024-09/v9 v=v9 day= superseded peer/2024-09/v9/a.csv/1/-1\n" +
				"warning stray_object peer/2024-09/v11/readme.txt: it is not named as the source's pattern says\n" +
				"note superseded_version peer/2024-09/v9: version \"v10\" counts instead of version \"v9\"\nincomplete=false",
		},
		{
			name: "the newest by arrival", src: snapshot, edit: func(s *schemas.Source) { s.VersionOrder = schemas.ByArrival },
			objects: "peer/2024-09/b/a.csv 1 0: x\n peer/2024-09/a/a.csv 2 0: x",
			want: "peer/2024-09/a v=a day= peer/2024-09/a/a.csv/1/-1\npeer/2024-09/b v=b day= superseded peer/2024-09/b/a.csv/1/-1\n" +
				"note superseded_version peer/2024-09/b: version \"a\" counts instead of version \"b\"\nincomplete=false",
		},
		{
			name: "as of an earlier day", src: snapshot, asOf: at(1, 12),
			objects: "peer/2024-09/v1/a.csv 1 0: x\n peer/2024-09/v2/a.csv 2 0: x",
			want:    "peer/2024-09/v1 v=v1 day= peer/2024-09/v1/a.csv/1/-1\nincomplete=false",
		},
		{
			name: "not settled", src: snapshot, asOf: at(2, 1), edit: func(s *schemas.Source) { s.SettleMinutes = 90 },
			objects: "peer/2024-09/v1/a.csv 1 0: x\n peer/2024-09/v2/a.csv 2 0: x",
			want:    "peer/2024-09/v1 v=v1 day= peer/2024-09/v1/a.csv/1/-1\nwarning unsettled_object peer/2024-09/v2: it arrived less than 90 minutes before\nincomplete=false",
		},
		{
			name: "nothing there", src: snapshot, asOf: at(31, 1),
			want: "blocking missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{period}/{version}/*.csv\nincomplete=true",
		},
		{
			name: "nothing there, and not due yet", src: snapshot, asOf: at(31, 12), edit: func(s *schemas.Source) { s.Expect.DueHours = 72 },
			want: "warning missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{period}/{version}/*.csv, due by 2024-10-04T00:00:00Z\nincomplete=true",
		},
		{
			name: "nothing there by now, and not due yet", src: snapshot, now: at(31, 0), edit: func(s *schemas.Source) { s.Expect.DueHours = 72 },
			want: "warning missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{period}/{version}/*.csv, due by 2024-10-04T00:00:00Z\nincomplete=true",
		},
		{
			name: "nothing there by now, and due", src: snapshot, now: at(34, 0), edit: func(s *schemas.Source) { s.Expect.DueHours = 72 },
			want: "blocking missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{period}/{version}/*.csv\nincomplete=true",
		},
		{name: "nothing there, and the month goes on", src: snapshot, asOf: at(30, 23), want: "incomplete=true"},
		{name: "nothing there by now, and the month goes on", src: snapshot, now: at(30, 23), want: "incomplete=true"},
		{
			name: "every day by now", src: daily, edit: func(s *schemas.Source) { s.Expect.Objects = 1 }, now: at(3, 3),
			want: "blocking missing_delivery : for 2024-09-01 there are 0 objects of at least 1 at meter/{day}/**/*.jsonl\n" +
				"warning missing_delivery : for 2024-09-02 there are 0 objects of at least 1 at meter/{day}/**/*.jsonl, due by 2024-09-03T06:00:00Z\nincomplete=true",
		},
		{
			name: "late", src: snapshot, edit: func(s *schemas.Source) { s.Expect.DueHours = 1 },
			objects: "peer/2024-09/v1/a.csv 33 0: x",
			want:    "peer/2024-09/v1 v=v1 day= peer/2024-09/v1/a.csv/1/-1\nwarning late_delivery peer/2024-09/v1: the delivery for 2024-09 was due by 2024-10-01T01:00:00Z\nincomplete=false",
		},
		{
			name: "a manifest", src: manifested,
			objects: "peer/2024-09/v1/manifest.json 1 0: " + whole("v1", `{"key":"b.csv","size":2,"sha256":"`+digestOf("xy")+`","rows":7},{"key":"a.csv"}`) +
				"\n peer/2024-09/v1/b.csv 1 0: xy\n peer/2024-09/v1/a.csv 1 0: x\n peer/2024-09/v1/c.csv 1 0: stray\n peer/2024-09/v2/a.csv 1 0: without a manifest",
			want: "peer/2024-09/v1/manifest.json v=v1 day= peer/2024-09/v1/a.csv/1/-1 peer/2024-09/v1/b.csv/2/7\n" +
				"warning stray_object peer/2024-09/v1/c.csv: no manifest names it\n" +
				"warning stray_object peer/2024-09/v2/a.csv: no manifest names it\nincomplete=false",
		},
		{
			name: "the newest by manifest", src: manifested, edit: func(s *schemas.Source) { s.VersionOrder = schemas.ByManifest },
			objects: "peer/2024-09/9f/manifest.json 2 0: " + strings.Replace(whole("", ""), "{", `{"rows":0,"created":"2024-10-02T03:00:00+02:00",`, 1) +
				"\n peer/2024-09/c1/manifest.json 3 0: " + strings.Replace(whole("", ""), "{", `{"rows":0,"created":"2024-10-02T00:59:59Z",`, 1) +
				"\n peer/2024-09/zz/manifest.json 1 0: " + strings.Replace(whole("", ""), "{", `{"rows":0,`, 1),
			want: "peer/2024-09/9f/manifest.json v=9f day=\npeer/2024-09/c1/manifest.json v=c1 day= superseded\npeer/2024-09/zz/manifest.json v=zz day= superseded\n" +
				"warning empty_object peer/2024-09/9f/manifest.json: its manifest says that there is nothing\n" +
				"note superseded_version peer/2024-09/c1/manifest.json: version \"9f\" counts instead of version \"c1\"\n" +
				"note superseded_version peer/2024-09/zz/manifest.json: version \"9f\" counts instead of version \"zz\"\nincomplete=false",
		},
		{
			name: "equal bytes count once", src: appended,
			objects: "meter/2024-09-01/a.jsonl 3 0: x\n meter/2024-09-01/b.jsonl 1 0: x\n meter/2024-09-02/a.jsonl 2 0: x\n meter/2024-09-02/b.jsonl 2 0: y\n meter/2024-09-02/c.jsonl 2 0: \n meter/2024-09-03/c.jsonl 2 0: ",
			want: "meter/2024-09-01/a.jsonl v= day=2024-09-01 meter/2024-09-01/a.jsonl/1/-1\nmeter/2024-09-01/b.jsonl v= day=2024-09-01 superseded\n" +
				"meter/2024-09-02/a.jsonl v= day=2024-09-02 superseded\nmeter/2024-09-02/b.jsonl v= day=2024-09-02 meter/2024-09-02/b.jsonl/1/-1\n" +
				"meter/2024-09-02/c.jsonl v= day=2024-09-02 meter/2024-09-02/c.jsonl/0/-1\nmeter/2024-09-03/c.jsonl v= day=2024-09-03 meter/2024-09-03/c.jsonl/0/-1\n" +
				"warning repeated_object meter/2024-09-01/b.jsonl: it has the bytes of meter/2024-09-01/a.jsonl, and counts once\n" +
				"warning repeated_object meter/2024-09-02/a.jsonl: it has the bytes of meter/2024-09-01/a.jsonl, and counts once\nincomplete=false",
		},
		{
			name: "equal bytes are a delivery of their day", src: daily, edit: func(s *schemas.Source) { s.Expect.Objects = 1 }, asOf: at(3, 3),
			objects: "meter/2024-09-01/a.jsonl 1 0: x\n meter/2024-09-02/a.jsonl 2 0: x",
			want: "meter/2024-09-01/a.jsonl v= day=2024-09-01 meter/2024-09-01/a.jsonl/1/-1\nmeter/2024-09-02/a.jsonl v= day=2024-09-02 superseded\n" +
				"warning repeated_object meter/2024-09-02/a.jsonl: it has the bytes of meter/2024-09-01/a.jsonl, and counts once\nincomplete=true",
		},
		{
			name: "equal parts of a version", src: snapshot,
			objects: "peer/2024-09/v1/a.csv 1 0: x\n peer/2024-09/v1/b.csv 1 0: x\n peer/2024-09/v2/a.csv 1 0: x\n peer/2024-09/v2/b.csv 1 0: x",
			want: "peer/2024-09/v1 v=v1 day= superseded peer/2024-09/v1/a.csv/1/-1 peer/2024-09/v1/b.csv/1/-1\npeer/2024-09/v2 v=v2 day= peer/2024-09/v2/a.csv/1/-1\n" +
				"warning repeated_object peer/2024-09/v2/b.csv: it has the bytes of peer/2024-09/v2/a.csv, and counts once\n" +
				"note superseded_version peer/2024-09/v1: version \"v2\" counts instead of version \"v1\"\nincomplete=false",
		},
		{
			name: "markers", src: appended,
			objects: "meter/2024-09-01/a.jsonl 1 0: x\n meter/2024-09-01/_SUCCESS 1 0: \n meter/2024-09-01/_log 1 0: x\n meter/2024-09-01/a.jsonl.crc 1 0: x",
			want: "meter/2024-09-01/a.jsonl v= day=2024-09-01 meter/2024-09-01/a.jsonl/1/-1\n" +
				"note stray_object meter/2024-09-01/_SUCCESS: it is not named as the source's pattern says\n" +
				"note stray_object meter/2024-09-01/_log: it is not named as the source's pattern says\n" +
				"warning stray_object meter/2024-09-01/a.jsonl.crc: it is not named as the source's pattern says\nincomplete=false",
		},
		{
			name: "an incomplete manifest", src: manifested,
			objects: "peer/2024-09/v1/manifest.json 1 0: {\"billing_period\":\"2024-09\"}",
			want: "warning unsettled_object peer/2024-09/v1/manifest.json: its manifest does not say that it is complete\n" +
				"blocking missing_delivery : for 2024-09 there are 0 objects of at least 1 at peer/{period}/{version}/*.csv\nincomplete=true",
		},
		{
			name: "a refused version leaves the one before it", src: manifested,
			objects: "peer/2024-09/v1/manifest.json 1 0: " + whole("v1", `{"key":"a.csv"}`) + "\n peer/2024-09/v1/a.csv 1 0: x\n" +
				"peer/2024-09/v2/manifest.json 1 0: " + whole("v2", `{"key":"a.csv","size":5}`) + "\n peer/2024-09/v2/a.csv 1 0: x",
			want: "peer/2024-09/v1/manifest.json v=v1 day= peer/2024-09/v1/a.csv/1/-1\n" +
				"blocking manifest_mismatch peer/2024-09/v2/a.csv: it has 1 bytes, and the manifest peer/2024-09/v2/manifest.json says 5\nincomplete=true",
		},
		{
			name: "every day", src: daily, asOf: at(3, 3),
			objects: "meter/2024-09-01/a.jsonl 1 0: x\n meter/2024-09-01/eu/b.jsonl 2 7: y\n meter/2024-09-02/a.jsonl 2 0: z\n meter/2024-09-31/a.jsonl 1 0: x\n meter/2024-08-31/a.jsonl 1 0: x",
			want: "meter/2024-09-01/a.jsonl v= day=2024-09-01 meter/2024-09-01/a.jsonl/1/-1\n" +
				"meter/2024-09-01/eu/b.jsonl v= day=2024-09-01 meter/2024-09-01/eu/b.jsonl/1/-1\n" +
				"meter/2024-09-02/a.jsonl v= day=2024-09-02 meter/2024-09-02/a.jsonl/1/-1\n" +
				"warning stray_object meter/2024-09-31/a.jsonl: it is not named as the source's pattern says\n" +
				"warning late_delivery meter/2024-09-01/eu/b.jsonl: the delivery for 2024-09-01 was due by 2024-09-02T06:00:00Z\n" +
				"warning missing_delivery : for 2024-09-02 there is 1 object of at least 2 at meter/{day}/**/*.jsonl, due by 2024-09-03T06:00:00Z\nincomplete=true",
		},
		{
			name: "nothing expected, nothing there", src: appended, want: "incomplete=false",
		},
		{
			name: "appended by manifests", src: appended, edit: func(s *schemas.Source) { s.Pattern, s.Manifest = "{period}/*.jsonl", "{period}/*.manifest" },
			objects: "meter/2024-09/1.manifest 1 0: " + whole("", `{"key":"a.jsonl"}`) + "\n meter/2024-09/2.manifest 1 0: " + whole("", `{"key":"b.jsonl"},{"key":"a.jsonl"}`) +
				"\n meter/2024-09/a.jsonl 1 0: x\n meter/2024-09/b.jsonl 1 0: x\n meter/2024-09/c.jsonl 1 0: x",
			want: "meter/2024-09/1.manifest v= day= meter/2024-09/a.jsonl/1/-1\n" +
				"warning stray_object meter/2024-09/c.jsonl: no manifest names it\n" +
				"blocking manifest_mismatch meter/2024-09/a.jsonl: both meter/2024-09/1.manifest and meter/2024-09/2.manifest name it\nincomplete=true",
		},
		{
			name: "first and next", src: snapshot, edit: func(s *schemas.Source) { s.Pattern = "{first}-{next}/{year}-{month}-{last}.csv" },
			objects: "peer/20240901-20241001/2024-09-20240930.csv 1 0: x",
			want:    "peer/2024-09 v= day= peer/20240901-20241001/2024-09-20240930.csv/1/-1\nincomplete=false",
		},
	} {
		if c.edit != nil {
			c.edit(&c.src)
		}
		place, arrived := landing(t, c.objects)
		got, err := Discover(context.Background(), place, &c.src, Query{Period: "2024-09", AsOf: c.asOf, Now: c.now, Arrived: arrived})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if have := listing(got); have != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.name, have, c.want)
		}
		for _, d := range got.Deliveries {
			for _, o := range d.Objects {
				text, _, err := store.ReadAll(context.Background(), place, o.Key)
				if err != nil || !d.Superseded && o.Digest != pinnedOf(string(text)) {
					t.Errorf("%s: %s has the digest %s, %v", c.name, o.Key, o.Digest, err)
				}
			}
		}
	}
}

func TestManifests(t *testing.T) {
	const key = "peer/2024-09/v1/manifest.json"
	for _, c := range []struct {
		text   string
		code   schemas.Code
		reason string
	}{
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv","size":1}]}`, "", ""},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"deep/a.csv"}]}`, schemas.CodeManifestMismatch, "not there"},
		{`{"billing_period":"2024-08","complete":true}`, schemas.CodeManifestMismatch, "period"},
		{`{"billing_period":"2024-09","version":"v2","complete":true}`, schemas.CodeManifestMismatch, "version"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv"},{"key":"a.csv"}]}`, schemas.CodeManifestMismatch, "twice"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv","sha256":"` + strings.Repeat("0", 64) + `"}]}`, schemas.CodeManifestMismatch, "SHA-256"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"../v2/a.csv"}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"x/../../../../secret"}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"/etc/passwd"}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a\\b"}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":""}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"."}]}`, schemas.CodeHostileObject, "no plain path"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv","size":-1}]}`, schemas.CodeUnreadableObject, "negative"},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv","sha256":"xyz"}]}`, schemas.CodeUnreadableObject, "SHA-256"},
		{`{"billing_period":"2024-09","complete":true,"objects":[]}`, schemas.CodeManifestMismatch, "names no objects"},
		{`{"billing_period":"2024-09","complete":true}`, schemas.CodeManifestMismatch, "names no objects"},
		{`{"billing_period":"2024-09","complete":true,"rows":3,"objects":[]}`, schemas.CodeManifestMismatch, "3 rows"},
		{`{"billing_period":"2024-09","complete":true,"rows":3,"objects":[{"key":"a.csv","rows":2}]}`, schemas.CodeManifestMismatch, "come to 2"},
		{`{"billing_period":"2024-09","complete":true,"rows":2,"objects":[{"key":"a.csv","rows":2}]}`, "", ""},
		{"\ufeff" + `{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv"}]}`, "", ""},
		{`{"billing_period":"2024-09","complete":false,"objects":[{"key":"a.csv"}],"complete":true}`, schemas.CodeUnreadableObject, `"complete" stands twice`},
		{`{"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv","rows":1,"Rows":2}]}`, schemas.CodeUnreadableObject, `"Rows" stands twice`},
		{`not JSON`, schemas.CodeUnreadableObject, "not a manifest"},
		{``, schemas.CodeUnreadableObject, "not a manifest"},
	} {
		place, arrived := landing(t, "peer/2024-09/v1/a.csv 1 0: x")
		if _, err := place.Create(context.Background(), key, strings.NewReader(c.text)); err != nil {
			t.Fatal(err)
		}
		src := schemas.Source{ID: "s", Semantics: schemas.Snapshot, Prefix: "peer", Pattern: "{period}/{version}/*.csv", Manifest: "manifest.json"}
		got, err := Discover(context.Background(), place, &src, Query{Period: "2024-09", Arrived: arrived})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if c.code == "" {
			if len(got.Deliveries) != 1 || len(got.Findings) > 0 {
				t.Errorf("%s: %s", c.text, listing(got))
			}
			continue
		}
		if len(got.Deliveries) > 0 || len(got.Findings) != 1 || got.Findings[0].Code != c.code || !strings.Contains(got.Findings[0].Message, c.reason) || !got.Incomplete {
			t.Errorf("%s: %s", c.text, listing(got))
		}
	}
}

// A delivery of nothing counts where its manifest says so, and is seen: it replaces an older version, and is not missing.
func TestDeliveryOfNothing(t *testing.T) {
	place, arrived := landing(t, `
		peer/2024-09/v1/a.csv 1 0: x
		peer/2024-09/v1/manifest.json 1 0: {"billing_period":"2024-09","complete":true,"objects":[{"key":"a.csv"}]}
		peer/2024-09/v2/manifest.json 2 0: {"billing_period":"2024-09","complete":true,"rows":0,"objects":[]}`)
	src := schemas.Source{
		ID: "s", Semantics: schemas.Snapshot, Prefix: "peer", Pattern: "{period}/{version}/*.csv", Manifest: "manifest.json",
		Expect: schemas.Expect{Every: schemas.EveryMonth},
	}
	got, err := Discover(t.Context(), place, &src, Query{Period: "2024-09", Arrived: arrived})
	if err != nil {
		t.Fatal(err)
	}
	var codes []schemas.Code
	for _, f := range got.Findings {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, []schemas.Code{schemas.CodeEmptyObject, schemas.CodeSupersededVersion}) || got.Incomplete {
		t.Errorf("found %q, incomplete %v:\n%s", codes, got.Incomplete, listing(got))
	}
}

func TestDiscoveryMistakes(t *testing.T) {
	for _, pattern := range []string{"{month", "{nonsense}/x", "{version}/{version}", "{day}/{day}"} {
		src := schemas.Source{ID: "s", Pattern: pattern}
		_, err := Discover(context.Background(), &store.Memory{}, &src, Query{Period: "2024-09"})
		if (err == nil) != (pattern == "{month") { // a lone brace is a brace
			t.Errorf("%s: %v", pattern, err)
		}
	}
	src := schemas.Source{ID: "s", Pattern: "{period}/*"}
	if _, err := Discover(context.Background(), &store.Memory{}, &src, Query{Period: "September"}); err == nil {
		t.Error("September is a period")
	}
	src.Zone = "Mars"
	if _, err := Discover(context.Background(), &store.Memory{}, &src, Query{Period: "2024-09"}); err == nil {
		t.Error("Mars is a zone")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	src.Zone = ""
	if _, err := Discover(ctx, &store.Memory{}, &src, Query{Period: "2024-09"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestKnownDigestsAreNotReadAgain(t *testing.T) {
	place, arrived := landing(t, "m/2024-09/a 1 0: x")
	src := schemas.Source{ID: "s", Semantics: schemas.Append, Prefix: "m", Pattern: "{period}/*"}
	known := func(i store.Info) Digests { return Digests{Digest: "known " + i.Key} }
	got, err := Discover(context.Background(), place, &src, Query{Period: "2024-09", Arrived: arrived, Digest: known})
	if err != nil || len(got.Deliveries) != 1 || got.Deliveries[0].Objects[0].Digest != "known m/2024-09/a" {
		t.Error(got, err)
	}
}

// gathering is a landing place in which reading an object waits until so many are being read.
type gathering struct {
	store.Store
	wait *sync.WaitGroup
}

func (g gathering) Get(ctx context.Context, key string, off, n int64) (*store.Object, error) {
	g.wait.Done()
	g.wait.Wait()
	return g.Store.Get(ctx, key, off, n)
}

// Objects are read side by side, and what is found does not show it.
func TestPinnedSideBySide(t *testing.T) {
	lines := ""
	for i := range 4 {
		lines += fmt.Sprintf("meter/2024-09/part-%d.csv 1 %d: text %d\n", i, i, i)
	}
	place, arrived := landing(t, lines)
	src := &schemas.Source{ID: "m", Semantics: schemas.Append, Prefix: "meter", Pattern: "{period}/*.csv"}
	q := Query{Period: "2024-09", Arrived: arrived}
	one, err := Discover(t.Context(), place, src, q)
	if err != nil || len(one.Deliveries) != 4 {
		t.Fatal(one, err)
	}
	g := gathering{place, new(sync.WaitGroup)}
	g.wait.Add(4)
	q.Workers = 4
	four, err := Discover(t.Context(), g, src, q)
	if err != nil || !reflect.DeepEqual(one, four) {
		t.Errorf("side by side it found %v, %v; one after the other %v", four, err, one)
	}
}

// Of several objects that cannot be read, the first is named however many are read at a time.
func TestPinNamesTheFirst(t *testing.T) {
	place, _ := landing(t, "meter/2024-09/a.csv 1 0: x\nmeter/2024-09/b.csv 1 0: y\nmeter/2024-09/c.csv 1 0: z\n")
	src := &schemas.Source{ID: "m", Semantics: schemas.Append, Prefix: "meter", Pattern: "{period}/*.csv"}
	for range 20 {
		_, err := Discover(t.Context(), unreadable{place}, src, Query{Period: "2024-09", Workers: 3})
		if err == nil || !strings.Contains(err.Error(), "pin meter/2024-09/b.csv: no answer for meter/2024-09/b.csv") {
			t.Fatal(err)
		}
	}
}

// unreadable answers for the first object only.
type unreadable struct{ store.Store }

func (u unreadable) Get(ctx context.Context, key string, off, n int64) (*store.Object, error) {
	if strings.HasSuffix(key, "/a.csv") {
		return u.Store.Get(ctx, key, off, n)
	}
	return nil, fmt.Errorf("no answer for %s", key)
}

func TestVersionsInNaturalOrder(t *testing.T) {
	ordered := []string{"", "01", "1", "2", "10", "20240901", "20240901T10", "a", "a1", "a2b", "a10", "b"}
	for i := range ordered {
		for j := range ordered {
			if got := naturalCompare(ordered[i], ordered[j]); got != cmp.Compare(i, j) {
				t.Errorf("%q and %q compare as %d", ordered[i], ordered[j], got)
			}
		}
	}
}

// FuzzManifest asserts that no manifest leads outside of its folder.
func FuzzManifest(f *testing.F) {
	f.Add(`{"billing_period":"2024-09","version":"1","complete":true,"objects":[{"key":"a.csv","size":1,"sha256":"","rows":2}]}`)
	f.Add(`{"objects":[{"key":"../a"}]}`)
	f.Add(`{"objects":[{"key":"a//b"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadManifest("peer/v1/manifest.json", []byte(text))
		if err != nil {
			if _, refused := errors.AsType[*schemas.RefusedError](err); !refused {
				t.Fatal(err)
			}
			return
		}
		var keys []string
		for _, o := range m.Objects {
			if !strings.HasPrefix(o.Key, "peer/v1/") || strings.Contains(o.Key, "..") && store.CheckKey(o.Key) != nil {
				t.Fatalf("%q", o.Key)
			}
			keys = append(keys, o.Key)
		}
		slices.Sort(keys)
		if len(slices.Compact(keys)) != len(m.Objects) {
			t.Fatalf("%q", keys)
		}
	})
}
