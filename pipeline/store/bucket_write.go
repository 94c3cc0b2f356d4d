package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Limits of an upload: larger objects go in parts, of which a bucket takes 10,000.
const (
	partBytes    = 16 << 20
	maxParts     = 10_000
	abortTimeout = 10 * time.Second
)

// Metadata by which a write is recognised when its answer was lost: the SDK repeats the request, which then fails because
// it had succeeded.
const (
	digestField = "daybook-sha256" // of a created object: the digest of its bytes
	commitField = "daybook-commit" // of a swapped object: the identifier of the swap
)

// upload is an object to be created.
type upload struct {
	key    string
	body   io.ReadSeeker
	size   int64
	digest string
}

// newUpload measures and digests body.
func newUpload(ctx context.Context, key string, body io.ReadSeeker) (upload, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return upload{}, fmt.Errorf("rewind its body: %w", err)
	}
	h := sha256.New()
	size, err := io.Copy(h, &contextReader{ctx, body})
	if err != nil {
		return upload{}, fmt.Errorf("read its body: %w", err)
	}
	return upload{key, body, size, hex.EncodeToString(h.Sum(nil))}, nil
}

func (u upload) metadata() map[string]string { return map[string]string{digestField: u.digest} }

// Create implements [Store].
func (b *Bucket) Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error) {
	if err := b.checkKey(key); err != nil {
		return Info{}, fmt.Errorf("create: %w", err)
	}
	if err := b.conditional(ctx, "create", key); err != nil {
		return Info{}, err
	}
	u, err := newUpload(ctx, key, body)
	if err != nil {
		return Info{}, fmt.Errorf("create %q in %s: %w", key, b, err)
	}
	put := b.put
	if u.size > partBytes {
		// Sending it all only to learn that it is there would be dear.
		if info, err := b.found(ctx, u); !errors.Is(err, ErrNotFound) {
			return info, err
		}
		put = b.putParts
	}
	version, err := put(ctx, u)
	if err == nil {
		return Info{Key: key, Size: u.size, Version: version}, nil
	}
	if lost(err) {
		if info, err := b.found(ctx, u); !errors.Is(err, ErrNotFound) {
			return info, err
		}
	}
	return Info{}, b.failed("create", key, err)
}

// lost reports whether a conditional write failed because there is an object already, or may be: the condition does not
// hold (412), another write is under way and outlasted all tries (409), or the upload is gone, perhaps completed by a try
// whose answer was lost (404, which is also the answer to a swap of what is not there).
func lost(err error) bool {
	switch status(err) {
	case http.StatusPreconditionFailed, http.StatusConflict:
		return true
	case http.StatusNotFound:
		return !noBucket(err)
	}
	return false
}

// found is like same: the outcome of creating u if there is an object. The digest in the metadata spares the comparison.
func (b *Bucket) found(ctx context.Context, u upload) (Info, error) {
	info, metadata, err := b.head(ctx, u.key)
	if err != nil {
		return Info{}, err
	}
	if info.Size == u.size && metadata[digestField] == u.digest {
		return info, nil
	}
	return same(ctx, b, u.key, u.body)
}

// put creates an object by one request.
func (b *Bucket) put(ctx context.Context, u upload) (Version, error) {
	out, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.bucket, Key: b.name(u.key), IfNoneMatch: aws.String("*"),
		Body: &window{r: u.body, n: u.size}, ContentLength: &u.size, Metadata: u.metadata(),
	})
	if err != nil {
		return "", err
	}
	return Version(aws.ToString(out.ETag)), nil
}

// putParts creates an object by many requests, one after the other: it is seen when the last succeeds. Tasks run side by
// side, so parts need not.
func (b *Bucket) putParts(ctx context.Context, u upload) (version Version, err error) {
	begun, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &b.bucket, Key: b.name(u.key), Metadata: u.metadata(), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return "", fmt.Errorf("begin its upload: %w", err)
	}
	defer func() {
		if err != nil {
			b.abort(ctx, u.key, begun.UploadId)
		}
	}()
	parts, err := b.sendParts(ctx, u, begun.UploadId)
	if err != nil {
		return "", err
	}
	out, err := b.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &b.bucket, Key: b.name(u.key), UploadId: begun.UploadId, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err != nil {
		return "", fmt.Errorf("complete its upload: %w", err)
	}
	return Version(aws.ToString(out.ETag)), nil
}

// sendParts uploads the parts of u.
func (b *Bucket) sendParts(ctx context.Context, u upload, id *string) ([]types.CompletedPart, error) {
	var parts []types.CompletedPart
	size := max(partBytes, (u.size+maxParts-1)/maxParts)
	for off := int64(0); off < u.size; off += size {
		number, n := aws.Int32(int32(len(parts)+1)), min(size, u.size-off)
		out, err := b.client.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: &b.bucket, Key: b.name(u.key), UploadId: id, PartNumber: number,
			Body: &window{r: u.body, base: off, n: n}, ContentLength: &n, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})
		if err != nil {
			return nil, fmt.Errorf("send its part %d: %w", *number, err)
		}
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: number, ChecksumCRC32: out.ChecksumCRC32})
	}
	return parts, nil
}

// abort frees the parts of a failed upload, even when the failure was that ctx is done. Its own failure changes nothing
// for readers; the bucket's lifecycle rule is there for it.
func (b *Bucket) abort(ctx context.Context, key string, id *string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	_, _ = b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.bucket, Key: b.name(key), UploadId: id})
}

// Swap implements [Store].
func (b *Bucket) Swap(ctx context.Context, key string, body []byte, old Version) (Version, error) {
	if err := checkSwap(ctx, key, body); err != nil {
		return "", err
	}
	if err := b.checkKey(key); err != nil {
		return "", fmt.Errorf("swap: %w", err)
	}
	if err := b.conditional(ctx, "swap", key); err != nil {
		return "", err
	}
	in := &s3.PutObjectInput{Bucket: &b.bucket, Key: b.name(key), Body: bytes.NewReader(body)}
	if old == "" {
		in.IfNoneMatch = aws.String("*")
	} else {
		in.IfMatch = aws.String(string(old))
	}
	var commit string
	out, err := b.client.PutObject(ctx, in, s3.WithAPIOptions(stampCommit(&commit)))
	switch {
	case err == nil:
		return Version(aws.ToString(out.ETag)), nil
	case !lost(err):
		return "", b.failed("swap", key, err)
	}
	now, metadata, err := b.head(ctx, key)
	switch {
	case err == nil && metadata[commitField] == commit && commit != "":
		return now.Version, nil
	case err == nil || errors.Is(err, ErrNotFound):
		return "", fmt.Errorf("swap %q in %s: %w", key, b, ErrStale)
	}
	return "", fmt.Errorf("swap %q in %s: see whether it succeeded: %w", key, b, err)
}

// stampCommit writes the identifier that the SDK gives to a call, the same in all its tries and in no other call
// anywhere, into the object's metadata and into commit. Equal bodies do not make two swaps one: both may be taking the
// same number.
func stampCommit(commit *string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("DaybookCommit", func(
			ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
		) (middleware.BuildOutput, middleware.Metadata, error) {
			request, ok := in.Request.(*smithyhttp.Request)
			if !ok || request.Header.Get("Amz-Sdk-Invocation-Id") == "" {
				return middleware.BuildOutput{}, middleware.Metadata{}, errors.New("the request has no identifier to recognise it by")
			}
			*commit = request.Header.Get("Amz-Sdk-Invocation-Id")
			request.Header.Set("X-Amz-Meta-"+commitField, *commit)
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	}
}

// window is n bytes from base of a larger body, as a body of its own. Windows of one body must be used in turn.
type window struct {
	r       io.ReadSeeker
	base, n int64
	at      int64
}

// Read implements [io.Reader].
func (w *window) Read(p []byte) (int, error) {
	if w.at >= w.n {
		return 0, io.EOF
	}
	if _, err := w.r.Seek(w.base+w.at, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := w.r.Read(p[:min(int64(len(p)), w.n-w.at)])
	w.at += int64(n)
	return n, err
}

// Seek implements [io.Seeker].
func (w *window) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += w.at
	case io.SeekEnd:
		off += w.n
	}
	if off < 0 {
		return 0, fmt.Errorf("seek to %d: before the start", off)
	}
	w.at = off
	return off, nil
}
