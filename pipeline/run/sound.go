package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"daybook/pipeline/store"
)

// What a run wrote lies in the store for years, and disks forget. Whoever takes a result for done, or a run, makes sure that
// every object of it is there as it was written: what is missing is made again, what is damaged is an error that names it. Results and manifests carry a digest of themselves.

// A sealed document is a JSON object whose last field, digest, is the SHA-256 in hex of the document's bytes with that field
// empty. It goes by bytes, so that a document stays sound when what reads it knows more fields than what wrote it.

// seal fills in the digest, which is empty.
func seal(document []byte) []byte {
	sum := sha256.Sum256(document)
	at := bytes.LastIndex(document, []byte(`""`)) + 1
	return slices.Insert(document, at, []byte(hex.EncodeToString(sum[:]))...)
}

// unseal reports whether a document has a seal, and whether it is as it was sealed.
func unseal(document []byte) (sealed, sound bool) {
	const digits = 2 * sha256.Size
	end := bytes.LastIndexByte(document, '"')
	at := end - digits
	if at < 1 || document[at-1] != '"' || !bytes.HasSuffix(bytes.TrimRight(document[:at-1], " "), []byte(`"digest":`)) ||
		strings.TrimSpace(string(document[end+1:])) != "}" {
		return false, false
	}
	sum := sha256.Sum256(slices.Concat(document[:at], document[end:]))
	return true, hex.EncodeToString(sum[:]) == string(document[at:end])
}

// There reports whether an output is in the store. One that is not as it was written is an error.
func (o *Output) There(ctx context.Context, s store.Store) (bool, error) {
	body, err := s.Get(ctx, o.Key, 0, -1)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer body.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{body}, make([]byte, 1<<18)); err != nil {
		return false, fmt.Errorf("read %s: %w", o.Key, err)
	}
	if digest := hex.EncodeToString(sum.Sum(nil)); digest != o.Digest {
		return true, fmt.Errorf("%s is damaged; remove it and run again: its SHA-256 is %.12s…, and %.12s… was written", o.Key, digest, o.Digest)
	}
	return true, nil
}

// present is there for a step that goes on from an output: of Parquet, whose pages carry checksums that every reader
// compares, it asks for no more than the size, so that a rerun does not read a month of usage for nothing.
func (o *Output) present(ctx context.Context, s store.Store) (bool, error) {
	if !strings.HasSuffix(o.Key, ".parquet") {
		return o.There(ctx, s)
	}
	info, err := store.Stat(ctx, s, o.Key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.Size != o.Size {
		return true, fmt.Errorf("%s is damaged; remove it and run again: it has %d bytes, and %d were written", o.Key, info.Size, o.Size)
	}
	return true, nil
}

// allThere reports whether all outputs that readers may open are in the store, looking by each at so many at a time.
func allThere(
	ctx context.Context, s store.Store, outputs []Output, workers int, each func(*Output, context.Context, store.Store) (bool, error),
) (bool, error) {
	var missing atomic.Bool
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i := range outputs {
		if outputs[i].Dataset == Shuffled {
			continue
		}
		g.Go(func() error {
			there, err := each(&outputs[i], ctx, s)
			if !there {
				missing.Store(true)
			}
			return err
		})
	}
	err := g.Wait()
	return !missing.Load(), err
}
