package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

type httpClient = aws.HTTPClient

// badLine is a connection to the server on which something goes wrong, now and then.
type badLine struct {
	t      *testing.T
	client awshttp.BuildableClient

	mu sync.Mutex
	// fault may replace an answer: it returns what the caller gets instead, or nils for the answer itself.
	fault func(request *http.Request, answer *http.Response) (*http.Response, error)
	seen  []string // method and status of each request
}

// Do implements [aws.HTTPClient].
func (l *badLine) Do(request *http.Request) (*http.Response, error) {
	answer, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, fmt.Sprint(request.Method, " ", answer.StatusCode))
	if l.fault == nil {
		return answer, nil
	}
	other, err := l.fault(request, answer)
	if other == nil && err == nil {
		return answer, nil
	}
	if err := answer.Body.Close(); err != nil {
		l.t.Error(err)
	}
	return other, err
}

// loseFirst makes the line lose the answer to the first request of the method that succeeded, and then run after.
func (l *badLine) loseFirst(method, query string, after func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = nil
	l.fault = func(request *http.Request, answer *http.Response) (*http.Response, error) {
		if request.Method != method || answer.StatusCode >= 300 || !strings.Contains(request.URL.RawQuery, query) {
			return nil, nil
		}
		l.fault = nil
		if after != nil {
			after()
		}
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
}

// wantSeen fails unless the line carried these requests, which shows that the fault struck.
func (l *badLine) wantSeen(want ...string) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := strings.Join(l.seen, ", "); got != strings.Join(want, ", ") {
		l.t.Errorf("the line carried %s; want %s", got, strings.Join(want, ", "))
	}
}

// badBucket returns a store on a line that is still good.
func badBucket(t *testing.T) (*Bucket, *badLine) {
	t.Helper()
	needBucket(t)
	line := &badLine{t: t}
	b := openBucket(t, line)
	b.client = s3.New(b.client.Options(), func(o *s3.Options) {
		retryer, ok := o.Retryer.(aws.RetryerV2)
		if !ok {
			t.Fatalf("the retryer is a %T", o.Retryer)
		}
		o.Retryer = hasty{retryer}
	})
	if err := b.conditional(t.Context(), "try", "a"); err != nil {
		t.Fatal(err)
	}
	line.seen = nil // what the tests look at comes behind
	return b, line
}

// hasty retries as the store does, but at once.
type hasty struct{ aws.RetryerV2 }

func (hasty) RetryDelay(int, error) (time.Duration, error) { return time.Millisecond, nil }

func TestBucketLostAnswerToCreate(t *testing.T) {
	b, line := badBucket(t)
	line.loseFirst("PUT", "", nil)
	create(t, b, "a", "ours")
	line.wantSeen("PUT 200", "PUT 412", "HEAD 200")
	wantBody(t, b, "a", "ours")

	// Another came first with other bytes, and then our refusal was lost too.
	other := goodLine(b)
	line.loseFirst("HEAD", "", nil)
	create(t, other, "b", "theirs")
	_, err := b.Create(t.Context(), "b", strings.NewReader("ours"))
	wantError(t, err, ErrExists)
	wantBody(t, b, "b", "theirs")
}

// goodLine returns the same place over a good line.
func goodLine(b *Bucket) *Bucket {
	return &Bucket{
		client: s3.New(b.client.Options(), func(o *s3.Options) { o.HTTPClient = awshttp.NewBuildableClient() }),
		bucket: b.bucket, prefix: b.prefix, probed: true,
	}
}

func TestBucketLostAnswerToSwap(t *testing.T) {
	b, line := badBucket(t)
	other := goodLine(b)

	line.loseFirst("PUT", "", nil)
	one := swap(t, b, "p", "1", "")
	line.wantSeen("PUT 200", "PUT 412", "HEAD 200")
	if v := wantBody(t, b, "p", "1"); v != one {
		t.Errorf("version %q, swapped as %q", v, one)
	}
	line.loseFirst("PUT", "", nil)
	two := swap(t, b, "p", "2", one)
	line.wantSeen("PUT 200", "PUT 412", "HEAD 200")

	// Another, who swaps in the same bytes from the same version, is not us.
	line.loseFirst("PUT", "", nil)
	_, err := b.Swap(t.Context(), "p", []byte("2"), one)
	wantError(t, err, ErrStale)
	line.wantSeen("PUT 412", "HEAD 200")

	// Our write was followed by another's before we asked: it is theirs to build on now.
	line.loseFirst("PUT", "", func() {
		v := wantBody(t, other, "p", "3")
		swap(t, other, "p", "4", v)
	})
	_, err = b.Swap(t.Context(), "p", []byte("3"), two)
	wantError(t, err, ErrStale)
	wantBody(t, other, "p", "4")
}

func TestBucketLostAnswerToParts(t *testing.T) {
	b, line := badBucket(t)
	body := noise(4, 2*partBytes+5)
	for _, c := range []struct{ name, method, query string }{
		{"begin", "POST", "uploads="},
		{"part", "PUT", "partNumber=2"},
		{"complete", "POST", "uploadId="},
	} {
		t.Run(c.name, func(t *testing.T) {
			line.loseFirst(c.method, c.query, nil)
			if _, err := b.Create(t.Context(), c.name, bytes.NewReader(body)); err != nil {
				t.Fatal(err)
			}
			line.mu.Lock()
			defer line.mu.Unlock()
			if line.fault != nil {
				t.Error("no answer was lost")
			}
			t.Log(line.seen)
		})
		got, _, err := ReadAll(t.Context(), b, c.name)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: read %d bytes, %v", c.name, len(got), err)
		}
	}
}

// The completion succeeded, its answer was lost, and the repeated one finds the upload gone, or the object there.
func TestBucketLostCompletion(t *testing.T) {
	b, line := badBucket(t)
	body := noise(8, partBytes+5)
	for _, c := range []struct {
		status int
		code   string
	}{{http.StatusNotFound, "NoSuchUpload"}, {http.StatusPreconditionFailed, "PreconditionFailed"}} {
		line.mu.Lock()
		line.fault = func(request *http.Request, _ *http.Response) (*http.Response, error) {
			if request.Method != "POST" || !strings.Contains(request.URL.RawQuery, "uploadId=") {
				return nil, nil
			}
			line.fault = nil
			return answer(request, c.status, c.code), nil
		}
		line.mu.Unlock()
		if _, err := b.Create(t.Context(), c.code, bytes.NewReader(body)); err != nil {
			t.Errorf("%s: %v", c.code, err)
		}
		wantBody(t, b, c.code, string(body))
	}
}

// Of two who upload the same large key in parts, the second to complete learns that it lost, and leaves no parts behind.
func TestBucketPartsRace(t *testing.T) {
	b, line := badBucket(t)
	ours, theirs := noise(5, partBytes+5), noise(6, partBytes+5)
	other := goodLine(b)
	for name, c := range map[string]struct {
		theirs []byte
		want   error
	}{"same": {ours, nil}, "different": {theirs, ErrExists}} {
		line.mu.Lock()
		line.fault = func(request *http.Request, _ *http.Response) (*http.Response, error) {
			if request.Method == "PUT" {
				line.fault = nil
				if _, err := other.Create(t.Context(), name, bytes.NewReader(c.theirs)); err != nil {
					t.Error(err)
				}
			}
			return nil, nil
		}
		line.mu.Unlock()
		if _, err := b.Create(t.Context(), name, bytes.NewReader(ours)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		wantBody(t, b, name, string(c.theirs))
	}
	uploads, err := b.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &b.bucket, Prefix: &b.prefix})
	if err != nil || len(uploads.Uploads) != 0 {
		t.Errorf("uploads left behind: %v, %v", uploads.Uploads, err)
	}
}

// answer returns an error answer of S3.
func answer(request *http.Request, status int, code string) *http.Response {
	return &http.Response{
		StatusCode: status, Request: request, Header: http.Header{"Content-Type": {"application/xml"}},
		Body: io.NopCloser(strings.NewReader("<Error><Code>" + code + "</Code><Message>as the test has it</Message></Error>")),
	}
}

func TestBucketConflictAndTrouble(t *testing.T) {
	b, line := badBucket(t)
	v := swap(t, b, "p", "1", "")
	fail := func(times, status int, code string) {
		line.mu.Lock()
		defer line.mu.Unlock()
		line.fault = func(request *http.Request, _ *http.Response) (*http.Response, error) {
			if request.Method != "PUT" || times == 0 {
				return nil, nil
			}
			times--
			return answer(request, status, code), nil
		}
	}
	// The line carries the request out and tells of trouble: the write stands, and is recognised when it is repeated.
	fail(1, http.StatusConflict, "ConditionalRequestConflict")
	v = swap(t, b, "p", "2", v)
	fail(3, http.StatusServiceUnavailable, "SlowDown")
	v = swap(t, b, "p", "3", v)
	fail(1, http.StatusInternalServerError, "InternalError")
	create(t, b, "c", "x")
	// Conflicts that outlast all tries.
	fail(-1, http.StatusConflict, "ConditionalRequestConflict")
	create(t, b, "d", "x")
	v = swap(t, b, "p", "4", v)
	fail(-1, http.StatusInternalServerError, "InternalError")
	_, err := b.Swap(t.Context(), "p", []byte("5"), v)
	if err == nil || errors.Is(err, ErrStale) || !strings.Contains(err.Error(), `swap "p"`) {
		t.Errorf("trouble to the end: %v", err)
	}
	fail(0, 0, "")
	wantBody(t, b, "p", "5")
}

// A download that breaks goes on where it stopped, unless the object was swapped meanwhile.
func TestBucketBrokenDownload(t *testing.T) {
	b, line := badBucket(t)
	body := noise(7, 3<<20)
	if _, err := b.Create(t.Context(), "a", bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	breaks := 0
	breakAfter := func(n int64) {
		line.mu.Lock()
		defer line.mu.Unlock()
		breaks = 0
		line.fault = func(request *http.Request, answer *http.Response) (*http.Response, error) {
			if request.Method == "GET" && answer.StatusCode < 300 {
				breaks++
				whole := answer.Body
				answer.Body = struct {
					io.Reader
					io.Closer
				}{&breaking{whole, n}, whole}
			}
			return nil, nil
		}
	}
	for _, c := range []struct{ off, n int64 }{{0, -1}, {1000, -1}, {1000, 2 << 20}} {
		breakAfter(700_000)
		o, err := b.Get(t.Context(), "a", c.off, c.n)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o)
		if want := body[c.off : c.off+cut(int64(len(body)), c.off, c.n)]; err != nil || !bytes.Equal(got, want) {
			t.Errorf("read %d bytes from %d on a line that broke %d times: %d bytes, %v", c.n, c.off, breaks, len(got), err)
		}
		if breaks < 3 {
			t.Errorf("the line broke %d times", breaks)
		}
		o.Close()
	}
	breakAfter(0)
	o, err := b.Get(t.Context(), "a", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(o); !errors.Is(err, syscall.ECONNRESET) || breaks != maxAttempts {
		t.Errorf("a line that carries nothing, %d times: %v", breaks, err)
	}
	o.Close()

	breakAfter(1000)
	o, err = b.Get(t.Context(), "a", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	swap(t, b, "a", "new", o.Version)
	_, err = io.ReadAll(o)
	wantError(t, err, ErrStale)
}

// breaking reads left bytes and breaks, unless the end comes first.
type breaking struct {
	r    io.Reader
	left int64
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, syscall.ECONNRESET
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// What goes wrong for good is said with the place and the remedy, and without credentials.
func TestBucketErrors(t *testing.T) {
	needBucket(t)
	open := func(change func(*bucketPlace)) *Bucket {
		p, err := parsePlace(os.Getenv(bucketVariable))
		if err != nil {
			t.Fatal(err)
		}
		change(&p)
		b, err := p.open(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	check := func(b *Bucket, want string) {
		t.Helper()
		ctx := t.Context()
		_, getErr := b.Get(ctx, "a", 0, -1)
		_, createErr := b.Create(ctx, "a", strings.NewReader("x"))
		_, swapErr := b.Swap(ctx, "a", nil, "\"0123\"")
		var listErr error
		for _, err := range b.List(ctx, "") {
			listErr = err
		}
		for verb, err := range map[string]error{"get": getErr, "create": createErr, "swap": swapErr, "list": listErr} {
			switch {
			case err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), verb+" "):
				t.Errorf("%s: %v; want %q", verb, err, want)
			case errors.Is(err, ErrNotFound) || errors.Is(err, ErrStale) || errors.Is(err, ErrExists):
				t.Errorf("%s: %v is taken for an outcome", verb, err)
			case strings.Contains(err.Error(), os.Getenv("AWS_SECRET_ACCESS_KEY")) || strings.Contains(err.Error(), "sesame"):
				t.Errorf("%s tells the secret: %v", verb, err)
			}
		}
	}
	check(open(func(p *bucketPlace) { p.bucket = "no-such-bucket-here" }), "the bucket does not exist; create it first")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "sesame")
	check(open(func(*bucketPlace) {}), "the credentials in use do not allow it")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
	check(open(func(*bucketPlace) {}), "no credentials were found; set AWS_ACCESS_KEY_ID")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIA")
	away := open(func(p *bucketPlace) { p.endpoint = "http://127.0.0.1:1" })
	away.client = s3.New(away.client.Options(), func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
	check(away, "connection refused")
}

// Names that no key can have are told of one by one; folder markers and hidden names are passed over.
func TestBucketForeignNames(t *testing.T) {
	needBucket(t)
	b := openBucket(t, nil)
	create(t, b, "a", "x")
	create(t, b, "z", "x")
	for _, name := range []string{"folder/", ".hidden/x", "b\\c"} {
		if _, err := b.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.bucket, Key: b.name(name)}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for info, err := range b.List(t.Context(), "") {
		if err != nil && !errors.Is(err, ErrKey) {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(info.Key, " ", err == nil))
	}
	if want := "a true, b\\c false, z true"; strings.Join(got, ", ") != want {
		t.Errorf("listed %q, want %s", got, want)
	}
}

// Amazon encodes the names in a listing when asked to, so that XML can carry all of them; other servers ignore the wish.
func TestBucketListedNames(t *testing.T) {
	b := &Bucket{prefix: "p/"}
	for _, c := range []struct {
		name     string
		encoding types.EncodingType
		want     string
	}{
		{"p/period%3D2024-09/part+1%2B%25.csv", types.EncodingTypeUrl, "period=2024-09/part 1+%.csv"},
		{"p/period=2024-09/part 1+%.csv", "", "period=2024-09/part 1+%.csv"},
		{"p/%E6%97%A5", types.EncodingTypeUrl, "日"},
		{"p/a%0Ab", types.EncodingTypeUrl, ""},
		{"p/a%", types.EncodingTypeUrl, ""},
	} {
		info, err := b.listed(types.Object{Key: &c.name}, c.encoding)
		if c.want == "" {
			wantError(t, err, ErrKey)
		} else if err != nil || info.Key != c.want {
			t.Errorf("%q: %q, %v; want %q", c.name, info.Key, err, c.want)
		}
	}
}
