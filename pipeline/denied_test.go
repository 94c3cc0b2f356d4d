package pipeline_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// denyingBucket serves objects as a bucket does, as far as deliveries are read, and denies what deny says, by its method and
// key or prefix, with a code.
type denyingBucket struct {
	objects map[string][]byte
	deny    func(method, key string) (code string)
	asked   atomic.Int64
}

func (b *denyingBucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/landing"), "/")
	method := r.Method
	if key == "" {
		method, key = "LIST", r.URL.Query().Get("prefix")
	}
	id := fmt.Sprintf("REQUEST%d", b.asked.Add(1))
	w.Header().Set("X-Amz-Request-Id", id)
	if code := b.deny(method, key); code != "" {
		w.WriteHeader(http.StatusForbidden)
		if method != "HEAD" {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no statement allows it</Message><RequestId>%s</RequestId></Error>", code, id)
		}
		return
	}
	if method == "LIST" {
		b.list(w, key)
		return
	}
	body, ok := b.objects[key]
	if !ok {
		http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
		return
	}
	w.Header().Set("Etag", fmt.Sprintf(`"%d"`, len(body)))
	http.ServeContent(w, r, "", arrivedInBucket, bytes.NewReader(body))
}

var arrivedInBucket = time.Date(2024, 10, 1, 2, 0, 0, 0, time.UTC)

func (b *denyingBucket) list(w http.ResponseWriter, prefix string) {
	type contents struct {
		Key          string
		LastModified string
		ETag         string
		Size         int
	}
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []contents
	}
	for key, body := range b.objects {
		if strings.HasPrefix(key, prefix) {
			out.Contents = append(out.Contents, contents{key, arrivedInBucket.Format(time.RFC3339), fmt.Sprintf(`"%d"`, len(body)), len(body)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b contents) int { return strings.Compare(a.Key, b.Key) })
	if err := xml.NewEncoder(w).Encode(out); err != nil {
		panic(err)
	}
}

// openDenying serves the starter's deliveries in a bucket.
func openDenying(t *testing.T, w *world) (*denyingBucket, store.Store) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "OURKEY")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "OURSECRET")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	b := &denyingBucket{objects: bodiesOf(t, w.landing(t), ""), deny: func(string, string) string { return "" }}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return b, openPlace(t, "s3://landing?region=us-east-1&endpoint="+server.URL)
}

// TestDeniedPrefix forbids what one source reads in a bucket, by listing, by reading, and by reading what is known already.
// That source has delivered nothing, and the others go on; every run of the same denial is the same.
func TestDeniedPrefix(t *testing.T) {
	w := need(t, starter)
	b, landing := openDenying(t, w)
	whole, known := w.must(t, night{landing: landing})
	if whole.Manifest.Provisional {
		t.Fatalf("without a denial the run is provisional: %+v", whole.Manifest.Codes)
	}
	for _, c := range []struct {
		name, method, object string
	}{
		{"listing", "LIST", "peers/atlas/2024-09"},
		{"reading", "GET", "peers/atlas/2024-09/v1/part-1.csv"},
	} {
		b.deny = func(method, key string) string {
			if strings.HasPrefix(key, "peers/atlas") && (method == c.method || method == "HEAD" && c.method == "GET") {
				return "AccessDenied"
			}
			return ""
		}
		sum, s := w.must(t, night{landing: landing})
		m := sum.Manifest
		_, said := counts(m)
		text := strings.Join(said, "\n")
		want := fmt.Sprintf("unreadable_object %s: it may not be read: AccessDenied: no statement allows it; ", c.object)
		if !m.Provisional || !strings.Contains(text, want) || !strings.Contains(text, "missing_delivery") {
			t.Errorf("%s: provisional %t; it says\n%s", c.name, m.Provisional, text)
		}
		if strings.Contains(text, "REQUEST") || strings.Contains(text, "OUR") {
			t.Errorf("%s: it says too much:\n%s", c.name, text)
		}
		for i, source := range m.Sources {
			was := whole.Manifest.Sources[i]
			if denied := source.Source == "atlas-bills"; denied != (source.Control.Delivered.Rows == 0) || !denied && source.Control.Delivered.Rows != was.Control.Delivered.Rows {
				t.Errorf("%s: %s has %d rows, and without the denial %d", c.name, source.Source, source.Control.Delivered.Rows, was.Control.Delivered.Rows)
			}
		}
		for _, again := range []store.Store{s, known} {
			sum, _ := w.must(t, night{landing: landing, store: again})
			if sum.Manifest.Run != m.Run {
				t.Errorf("%s: another run of the same is %s, not %s", c.name, sum.Manifest.Run, m.Run)
			}
		}
	}
	b.deny = func(string, string) string { return "" }
	if sum, _ := w.must(t, night{landing: landing, store: known}); sum.Manifest.Run != whole.Manifest.Run {
		t.Errorf("once it is allowed again the run is %s, and was %s: %+v", sum.Manifest.Run, whole.Manifest.Run, sum.Manifest.Codes)
	}
}

// TestDeniedAltogether asserts that a run ends where credentials are none, and where its store denies anything.
func TestDeniedAltogether(t *testing.T) {
	w := need(t, starter)
	b, place := openDenying(t, w)
	for _, code := range []string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"} {
		b.deny = func(string, string) string { return code }
		if _, err := w.run(t.Context(), t, night{landing: place, store: new(store.Memory)}); err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	b.deny = func(string, string) string { return "AccessDenied" }
	if _, err := w.run(t.Context(), t, night{store: place}); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("a store that denies everything: %v", err)
	}
	sum, err := w.run(t.Context(), t, night{landing: place, store: new(store.Memory)})
	if err != nil || !sum.Manifest.Provisional || !found(sum, schemas.CodeUnreadableObject) {
		t.Errorf("a landing place that denies everything: %v", err)
	}
}
