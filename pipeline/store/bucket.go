package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxAttempts is how often one request is tried, with growing pauses between.
const maxAttempts = 5

// Bucket is a store in a bucket of Amazon S3 or of a server that speaks its protocol, conditional writes included
// (If-None-Match and If-Match on PutObject and CompleteMultipartUpload). Its versions are entity tags, which recur when
// the same bytes are swapped in again.
//
// What a killed process has uploaded of a large object is seen by nobody, but paid for until a lifecycle rule of the
// bucket (AbortIncompleteMultipartUpload) removes it.
type Bucket struct {
	client *s3.Client
	bucket string
	prefix string // of every key in the bucket: empty, or with a slash at its end

	// probing guards what is known of the server's conditions: see conditional.
	probing       sync.Mutex
	probed        bool
	unconditional error
}

// OpenBucket returns the store at an s3 URL as described at [Open]. It does not talk to the server yet.
func OpenBucket(ctx context.Context, place string) (*Bucket, error) {
	p, err := parsePlace(place)
	if err != nil {
		return nil, fmt.Errorf("open bucket: %w", err)
	}
	return p.open(ctx, nil)
}

// bucketPlace is an s3 URL in its parts.
type bucketPlace struct {
	bucket, prefix   string
	endpoint, region string // "" if the URL has none
	pathStyle        bool
	// insecure says that tokens and data may go to the endpoint in clear.
	insecure bool
}

// parsePlace takes an s3 URL apart.
func parsePlace(place string) (bucketPlace, error) {
	u, err := parseURL(place)
	if err != nil {
		return bucketPlace{}, err
	}
	p := bucketPlace{bucket: u.Host, prefix: strings.Trim(u.Path, "/")}
	if u.Scheme != "s3" || p.bucket == "" || u.Fragment != "" {
		return bucketPlace{}, fmt.Errorf("%q is not of the form s3://bucket/prefix", bare(u))
	}
	if p.prefix != "" {
		if err := CheckKey(p.prefix); err != nil {
			return bucketPlace{}, fmt.Errorf("the prefix in %q: %w", bare(u), err)
		}
		p.prefix += "/"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return bucketPlace{}, fmt.Errorf("the parameters in %q cannot be parsed; write odd characters in them as %%XX", bare(u))
	}
	p.pathStyle = query.Has("endpoint")
	for name, values := range query {
		switch value := values[len(values)-1]; name {
		case "endpoint":
			e, err := parseURL(value)
			if err != nil || e.Host == "" || e.RawQuery != "" || e.Fragment != "" || (e.Scheme != "http" && e.Scheme != "https") {
				return bucketPlace{}, errors.New("the endpoint is not of the form https://host:port, without credentials")
			}
			p.endpoint = value
		case "region":
			p.region = value
		case "insecure":
			if value != "true" && value != "false" {
				return bucketPlace{}, fmt.Errorf("insecure in %q is neither true nor false", bare(u))
			}
			p.insecure = value == "true"
		case "path_style":
			if value != "true" && value != "false" {
				return bucketPlace{}, fmt.Errorf("path_style in %q is neither true nor false", bare(u))
			}
		default:
			return bucketPlace{}, fmt.Errorf("the parameter %q in %q is not known; there are endpoint, region, path_style and insecure", name, bare(u))
		}
	}
	if host, open := clearHost(p.endpoint); open && !p.insecure {
		return bucketPlace{}, fmt.Errorf("the endpoint at %s would get tokens and data in clear; write https://, or add insecure=true if the network is to be trusted", host)
	}
	if query.Has("path_style") {
		p.pathStyle = query.Get("path_style") == "true"
	}
	return p, nil
}

// clearHost returns the host of an endpoint, and whether what goes there goes over a network in clear.
func clearHost(endpoint string) (host string, open bool) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" {
		return "", false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Host, u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// open returns the store, whose requests go through client; nil is the SDK's own, which heeds proxies and AWS_CA_BUNDLE.
func (p bucketPlace) open(ctx context.Context, client aws.HTTPClient) (*Bucket, error) {
	options := []func(*config.LoadOptions) error{
		config.WithRetryer(func() aws.Retryer {
			standard := retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = maxAttempts })
			return retry.AddWithErrorCodes(standard, "ConditionalRequestConflict", "OperationAborted")
		}),
		config.WithHTTPClient(patientClient(patience)),
		config.WithLogger(logging.Nop{}),
		config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenSupported),
		config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenSupported),
	}
	if p.region != "" {
		options = append(options, config.WithRegion(p.region))
	}
	c, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: read the AWS configuration: %w", p.bucket, err)
	}
	if c.Region == "" && p.endpoint == "" {
		return nil, fmt.Errorf("open bucket %q: no region is set; add ?region=... to the URL or set AWS_REGION", p.bucket)
	}
	if host, open := clearHost(aws.ToString(c.BaseEndpoint)); p.endpoint == "" && open && !p.insecure {
		return nil, fmt.Errorf("open bucket %q: the endpoint of the environment, at %s, would get tokens and data in clear; make it https://, or add insecure=true to the URL", p.bucket, host)
	}
	c.Region = cmp.Or(c.Region, "us-east-1") // what servers other than AWS expect
	c.Credentials = credentials{c.Credentials}
	return &Bucket{
		client: s3.NewFromConfig(c, func(o *s3.Options) {
			o.UsePathStyle = p.pathStyle
			if p.endpoint != "" {
				o.BaseEndpoint = aws.String(p.endpoint)
			}
			if client != nil {
				o.HTTPClient = client
			}
		}),
		bucket: p.bucket, prefix: p.prefix,
	}, nil
}

// credentials marks the failure to find any, which otherwise passes for whatever the last source tried had to say.
type credentials struct{ aws.CredentialsProvider }

var errNoCredentials = errors.New("no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile")

// Retrieve implements [aws.CredentialsProvider].
func (c credentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	return found, err
}

// String returns the place as an s3 URL without its parameters.
func (b *Bucket) String() string { return "s3://" + b.bucket + "/" + b.prefix }

// name returns the key in the bucket of the object at key.
func (b *Bucket) name(key string) *string { return aws.String(b.prefix + key) }

// checkKey is CheckKey for a key to be written below the bucket's prefix.
func (b *Bucket) checkKey(key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if n := len(b.prefix) + len(key); n > maxKeyBytes {
		return fmt.Errorf("%w: %q below %s has %d bytes, at most %d are possible", ErrKey, key, b, n, maxKeyBytes)
	}
	return nil
}

// failed says what was being done to which object. What the SDK says names hosts and request identifiers but no
// credentials.
func (b *Bucket) failed(verb, key string, err error) error {
	switch {
	case noBucket(err):
		return fmt.Errorf("%s %q in %s: the bucket does not exist; create it first: %w", verb, key, b, err)
	case status(err) == http.StatusForbidden && !errors.Is(err, errNoCredentials):
		err = fmt.Errorf("the credentials in use do not allow it: %w", err)
		if api, ok := errors.AsType[smithy.APIError](err); !ok || !slices.Contains(noCredentials, api.ErrorCode()) {
			err = deniedError{err}
		}
	}
	return fmt.Errorf("%s %q in %s: %w", verb, key, b, err)
}

// noCredentials are the codes of refusals that are of whoever asks, whatever it is that is asked for.
var noCredentials = []string{
	"AccountProblem", "ExpiredToken", "InvalidAccessKeyId", "InvalidSecurity", "InvalidToken", "NotSignedUp", "RequestExpired",
	"RequestTimeTooSkewed", "SignatureDoesNotMatch", "TokenRefreshRequired",
}

// deniedError is a server's 403 to credentials that are well: it is about what was asked for, and there may be other things
// that are allowed.
type deniedError struct{ error }

// Is makes it an fs.ErrPermission.
func (deniedError) Is(target error) bool { return target == fs.ErrPermission }

// Unwrap returns what the server said.
func (e deniedError) Unwrap() error { return e.error }

// Denied reports whether err says that something may not be read or written, and why: in the words of the server, but
// without what differs from one request to the next.
func Denied(err error) (why string, denied bool) {
	if !errors.Is(err, fs.ErrPermission) {
		return "", false
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": "), true
	}
	return "permission denied", true
}

// unread is failed for reading: the server's 404 is an ErrNotFound.
func (b *Bucket) unread(key string, err error) error {
	if status(err) == http.StatusNotFound && !noBucket(err) {
		return fmt.Errorf("get %q in %s: %w", key, b, ErrNotFound)
	}
	return b.failed("get", key, err)
}

// noBucket reports whether err says that the bucket is missing. A HEAD has no body to say so.
func noBucket(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() == "NoSuchBucket"
}

// status returns the HTTP status that err reports, or 0.
func status(err error) int {
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

// List implements [Store].
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, fmt.Errorf("list: %w", err))
			return
		}
		pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{
			Bucket: &b.bucket, Prefix: b.name(prefix), EncodingType: types.EncodingTypeUrl,
		})
		last := ""
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Info{}, b.failed("list", prefix, err))
				return
			}
			for _, o := range page.Contents {
				info, err := b.listed(o, page.EncodingType)
				if err == nil && info.Key < last {
					yield(Info{}, fmt.Errorf("list %q in %s: the server yields %q after %q; its order cannot be relied on", prefix, b, info.Key, last))
					return
				}
				last = info.Key
				if hidden(info.Key) || strings.HasSuffix(info.Key, "/") {
					continue // not an object: a name that is ours, or a console's marker of a folder
				}
				if !yield(info, err) {
					return
				}
			}
		}
	}
}

// listed describes an object of a listing; the error wraps ErrKey if no key can have its name.
func (b *Bucket) listed(o types.Object, encoding types.EncodingType) (Info, error) {
	name := aws.ToString(o.Key)
	if encoding == types.EncodingTypeUrl {
		plain, err := url.QueryUnescape(name)
		if err != nil {
			return Info{Key: name}, fmt.Errorf("%w: %q is badly encoded", ErrKey, name)
		}
		name = plain
	}
	key := strings.TrimPrefix(name, b.prefix)
	if err := CheckKey(key); err != nil {
		return Info{Key: key}, err
	}
	return Info{
		Key: key, Size: aws.ToInt64(o.Size), Version: Version(aws.ToString(o.ETag)),
		Modified: aws.ToTime(o.LastModified).UTC(),
	}, nil
}

// head describes the object at key, with its metadata.
func (b *Bucket) head(ctx context.Context, key string) (Info, map[string]string, error) {
	out, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.bucket, Key: b.name(key)})
	if err != nil {
		return Info{}, nil, b.unread(key, err)
	}
	return Info{
		Key: key, Size: aws.ToInt64(out.ContentLength), Version: Version(aws.ToString(out.ETag)),
		Modified: aws.ToTime(out.LastModified).UTC(),
	}, out.Metadata, nil
}

// Get implements [Store].
func (b *Bucket) Get(ctx context.Context, key string, off, n int64) (*Object, error) {
	if err := checkGet(ctx, key, off); err != nil {
		return nil, err
	}
	if n == 0 {
		return b.empty(ctx, key)
	}
	out, err := b.get(ctx, key, off, n, "")
	if status(err) == http.StatusRequestedRangeNotSatisfiable {
		return b.empty(ctx, key)
	}
	if err != nil {
		return nil, b.unread(key, err)
	}
	size := aws.ToInt64(out.ContentLength)
	if r := aws.ToString(out.ContentRange); r != "" {
		if _, err := fmt.Sscanf(r[strings.LastIndexByte(r, '/')+1:], "%d", &size); err != nil {
			out.Body.Close()
			return nil, fmt.Errorf("get %q in %s: the server names the range %q: %w", key, b, r, err)
		}
	} else if off > 0 {
		out.Body.Close()
		return nil, fmt.Errorf("get %q in %s: the server does not serve ranges", key, b)
	}
	info := Info{Key: key, Size: size, Version: Version(aws.ToString(out.ETag)), Modified: aws.ToTime(out.LastModified).UTC()}
	return &Object{info, &stream{ctx: ctx, b: b, info: info, at: off, left: cut(size, off, n), body: out.Body}}, nil
}

// empty opens no bytes of the object at key.
func (b *Bucket) empty(ctx context.Context, key string) (*Object, error) {
	info, _, err := b.head(ctx, key)
	if err != nil {
		return nil, err
	}
	return &Object{info, http.NoBody}, nil
}

// get requests n bytes from off, all if n < 0, of the object at key if it has the version, or of any for "".
func (b *Bucket) get(ctx context.Context, key string, off, n int64, version Version) (*s3.GetObjectOutput, error) {
	in := &s3.GetObjectInput{Bucket: &b.bucket, Key: b.name(key)}
	switch {
	case n >= 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	case off > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", off))
	}
	if version != "" {
		in.IfMatch = aws.String(string(version))
	}
	return b.client.GetObject(ctx, in)
}

// stream reads the body of an answer and, when the connection breaks, goes on where it broke off.
type stream struct {
	ctx    context.Context
	b      *Bucket
	info   Info
	at     int64 // offset in the object of the next byte
	left   int64 // bytes still to come
	broken int   // breaks since the last byte
	body   io.ReadCloser
}

// Close ends the request.
func (s *stream) Close() error { return s.body.Close() }

// Read implements [io.Reader].
func (s *stream) Read(p []byte) (int, error) {
	for {
		n, err := s.body.Read(p)
		s.at += int64(n)
		s.left -= int64(n)
		if n > 0 {
			s.broken = 0
			return n, nil // an error that came along comes again
		}
		if err == io.EOF && s.left > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err == nil || err == io.EOF {
			return 0, err
		}
		s.broken++
		if s.left <= 0 || s.broken >= maxAttempts || s.ctx.Err() != nil {
			return 0, s.b.failed("read", s.info.Key, err)
		}
		if err := s.resume(); err != nil {
			return 0, err
		}
	}
}

// resume requests what is left of the same version.
func (s *stream) resume() error {
	s.body.Close()
	out, err := s.b.get(s.ctx, s.info.Key, s.at, s.left, s.info.Version)
	if status(err) == http.StatusPreconditionFailed {
		return fmt.Errorf("read %q in %s: %w", s.info.Key, s.b, ErrStale)
	}
	if err != nil {
		return s.b.unread(s.info.Key, err)
	}
	s.body = out.Body
	return nil
}
