package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// stalling serves one object and stands still: at the first of so many requests before the answer, or amid its body.
func stalling(t *testing.T, body string, times int64, amid bool) (*Bucket, *atomic.Int64) {
	t.Helper()
	asked, over := new(atomic.Int64), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stall := asked.Add(1) <= times
		if stall && !amid {
			<-over
			return
		}
		from := 0
		if text := r.Header.Get("Range"); text != "" {
			if _, err := fmt.Sscanf(text, "bytes=%d-", &from); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
		}
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		if !stall {
			fmt.Fprint(w, body[from:])
			return
		}
		fmt.Fprint(w, body[from:(from+len(body))/2])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		<-over
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(over) })
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	p, err := parsePlace("s3://bucket?endpoint=" + server.URL)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.open(t.Context(), patientClient(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return b, asked
}

// TestStalledServerIsAskedAgain has a server that stands still now and then: what is read is whole nonetheless.
func TestStalledServerIsAskedAgain(t *testing.T) {
	body := strings.Repeat("0123456789", 10_000)
	for _, amid := range []bool{false, true} {
		b, asked := stalling(t, body, 1, amid)
		o, err := b.Get(t.Context(), "a", 0, -1)
		if err != nil {
			t.Fatalf("amid the body %v: %v", amid, err)
		}
		got, err := io.ReadAll(o)
		if err != nil || !bytes.Equal(got, []byte(body)) || asked.Load() != 2 {
			t.Errorf("amid the body %v: %d bytes of %d, %v, after %d requests", amid, len(got), len(body), err, asked.Load())
		}
		o.Close()
	}
}

// TestPatience gives up a connection on which nothing moves, by a timeout, which is tried again after.
func TestPatience(t *testing.T) {
	for name, use := range map[string]func(net.Conn) error{
		"read":  func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err },
		"write": func(c net.Conn) error { _, err := c.Write([]byte("x")); return err },
	} {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		err := use(&patientConn{Conn: ours, patience: 20 * time.Millisecond})
		if wait, ok := errors.AsType[net.Error](err); !ok || !wait.Timeout() {
			t.Errorf("%s: %v, want a timeout", name, err)
		}
	}
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := &patientConn{Conn: ours, patience: time.Hour}
	go theirs.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%v, want what the connection says", err)
	}
}
