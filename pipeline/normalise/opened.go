package normalise

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/pipeline/source/delivery"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// opened is an object of the landing place on its way through a decoder: what comes of it is believed once check has found
// that it is the object that was pinned.
type opened struct {
	obj    *run.Object
	at     store.ReaderAtCloser
	body   io.Reader
	digest hash.Hash
	pages  *delivery.Pages
	size   int64
}

// open opens an object that was pinned. One that is gone is a [*run.ChangedError].
func open(ctx context.Context, landing store.Store, o *run.Object) (*opened, error) {
	at, size, err := store.OpenReaderAt(ctx, landing, o.Key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &run.ChangedError{Key: o.Key, Pinned: o.Digest, Is: "gone"}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Key, err)
	}
	x := &opened{obj: o, at: at, digest: delivery.NewDigest(), pages: delivery.NewPages(at, size, o.Key, o.Digest), size: size}
	x.body = io.TeeReader(io.NewSectionReader(at, 0, size), x.digest)
	return x, nil
}

// input is the object for a decoder, which reads it from end to end or at any offset.
func (x *opened) input() source.Input {
	return source.Input{Key: x.obj.Key, Body: x.body, At: x.pages, Size: x.size}
}

func (x *opened) close() { _ = x.at.Close() } // it was only read

// check returns how decoding ended, once it is sure that what was decoded is what was pinned: before a refusal is believed, too,
// for what is torn on its way is no fault of the object. Otherwise it is a [*run.ChangedError].
func (x *opened) check(decoding error) error {
	if errors.Is(decoding, store.ErrStale) {
		return &run.ChangedError{Key: x.obj.Key, Pinned: x.obj.Digest, Is: "another"}
	}
	_, refused := errors.AsType[*schemas.RefusedError](decoding)
	refused = refused || errors.Is(decoding, money.ErrOverflow)
	if decoding != nil && !refused || decoding == nil && x.pages.Pinned() {
		return decoding
	}
	if _, err := io.Copy(io.Discard, x.body); err != nil {
		return fmt.Errorf("read %s to its end: %w", x.obj.Key, err)
	}
	if got := hex.EncodeToString(x.digest.Sum(nil)); got != x.obj.Digest {
		return &run.ChangedError{Key: x.obj.Key, Pinned: x.obj.Digest, Is: got}
	}
	return decoding
}
