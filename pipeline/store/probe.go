package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// ErrUnconditional says that a server writes whatever the condition is: there, nothing is created once, and of racing writers
// all win. Such a place is no store, and nothing is written to it.
var ErrUnconditional = errors.New("the server does not heed the conditions If-None-Match and If-Match of a write, without which racing runs would overwrite " +
	"each other; use a server that does, or a directory")

// probeName is the object that conditions are tried on; its leading dot keeps it out of the keys.
const probeName = ownFolder + "/conditions"

// conditional returns ErrUnconditional, wrapped, if the server heeds no conditions. It asks before the first write of a
// process: by creating an object that is there, and by replacing a version of it that is not. Verb and key are those of the
// write, which what keeps the probe from being written would keep as well.
func (b *Bucket) conditional(ctx context.Context, verb, key string) error {
	b.probing.Lock()
	defer b.probing.Unlock()
	if b.probed {
		return b.unconditional
	}
	once, never := aws.String("*"), aws.String(`"00000000000000000000000000000000"`)
	heeded, err := b.probe(ctx, once, nil)
	if err == nil && !heeded { // or it was not there
		heeded, err = b.probe(ctx, once, nil)
	}
	if err == nil && heeded {
		heeded, err = b.probe(ctx, nil, never)
	}
	if err != nil {
		return b.failed(verb, key, err)
	}
	b.probed = true
	if !heeded {
		b.unconditional = fmt.Errorf("write to %s: %w", b, ErrUnconditional)
	}
	return b.unconditional
}

// probe writes the probe under a condition and reports whether that kept it from being written.
func (b *Bucket) probe(ctx context.Context, none, match *string) (heeded bool, err error) {
	_, err = b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.bucket, Key: b.name(probeName), IfNoneMatch: none, IfMatch: match,
		Body: strings.NewReader("what is written here twice shows whether the server heeds conditions\n"),
	})
	if err != nil && lost(err) {
		return true, nil
	}
	return false, err
}
