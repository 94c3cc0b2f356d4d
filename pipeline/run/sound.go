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
	"daybook/schemas"
)

// What a run wrote lies in the store for years, and disks forget. Whoever takes a result for done, or a run, makes sure that
// every object of it is there as it was written: what is missing or damaged is made again, because whatever lies in the store
// follows from what does not. Those who only read say what is damaged. Results and manifests carry a digest of themselves.

// DamagedError says that an object of the store is not as it was written.
type DamagedError struct {
	Key string
	// Version is that of the damaged object.
	Version store.Version
	Period  schemas.Period
	Reason  error
}

// Error says what makes it anew.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged: %v; run %s again, and it is made anew", e.Key, e.Reason, e.Period)
}

// Unwrap returns what is wrong.
func (e *DamagedError) Unwrap() error { return e.Reason }

// errAltered says that a sealed document is another than was sealed.
var errAltered = errors.New("it is not as it was written")

// readSealed reads a document and decodes it; one that is damaged is a *DamagedError.
func readSealed(ctx context.Context, s store.Store, p schemas.Period, key string, decode func(body []byte) error) error {
	version, err := store.ReadDecoded(ctx, s, key, decode)
	if err != nil && version != "" {
		return &DamagedError{Key: key, Version: version, Period: p, Reason: err}
	}
	return err
}

// A sealed document is a JSON object whose last field, digest, is the SHA-256 in hex of the document's bytes with that field
// empty. It goes by bytes, so that a document stays sound when what reads it knows more fields than what wrote it.

// Seal fills in the digest, which is empty.
func Seal(document []byte) []byte {
	sum := sha256.Sum256(document)
	at := bytes.LastIndex(document, []byte(`""`)) + 1
	return slices.Insert(document, at, []byte(hex.EncodeToString(sum[:]))...)
}

// Unseal reports whether a document has a seal, and whether it is as it was sealed.
func Unseal(document []byte) (sealed, sound bool) {
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

// There reports whether an output is in the store. One that is not as it was written is a *DamagedError.
func (o *Output) There(ctx context.Context, s store.Store, p schemas.Period) (bool, error) {
	var damaged *DamagedError
	for range 2 { // as store.ReadDecoded does
		digest, version, err := digestOf(ctx, s, o.Key)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if digest == o.Digest {
			return true, nil
		}
		damaged = &DamagedError{
			Key: o.Key, Version: version, Period: p, Reason: fmt.Errorf("its SHA-256 is %.12s…, and %.12s… was written", digest, o.Digest),
		}
	}
	return false, damaged
}

// Have returns the SHA-256 of the output as it lies in the store.
func (o *Output) Have(ctx context.Context, s store.Store) (string, error) {
	digest, _, err := digestOf(ctx, s, o.Key)
	return digest, err
}

// digestOf returns the SHA-256 of an object, and its version.
func digestOf(ctx context.Context, s store.Store, key string) (string, store.Version, error) {
	body, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return "", "", err
	}
	defer body.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{body}, make([]byte, 1<<18)); err != nil {
		return "", "", fmt.Errorf("read %s: %w", key, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), body.Version, nil
}

// present is There for a step that goes on from an output: of Parquet, whose pages carry checksums that every reader
// compares, it asks for no more than the size, so that a rerun does not read a month of usage for nothing.
func (o *Output) present(ctx context.Context, s store.Store, p schemas.Period) (bool, error) {
	if !strings.HasSuffix(o.Key, ".parquet") {
		return o.There(ctx, s, p)
	}
	info, err := store.Stat(ctx, s, o.Key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.Size != o.Size {
		return false, &DamagedError{Key: o.Key, Version: info.Version, Period: p, Reason: fmt.Errorf("it has %d bytes, and %d were written", info.Size, o.Size)}
	}
	return true, nil
}

// allThere reports whether all outputs that readers may open are in the store as they were written, looking by each at so
// many at a time. Those that are damaged are noted, to be made again.
func (r *Run) allThere(
	ctx context.Context, outputs []Output, workers int, each func(*Output, context.Context, store.Store, schemas.Period) (bool, error),
) (bool, error) {
	var missing atomic.Bool
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i := range outputs {
		if outputs[i].Dataset == Shuffled {
			continue
		}
		if r.memory.isSpoilt(outputs[i].Key) {
			missing.Store(true)
			continue
		}
		g.Go(func() error {
			there, err := each(&outputs[i], ctx, r.Store, r.Spec.Period)
			if !there {
				missing.Store(true)
			}
			return r.memory.spoil(err)
		})
	}
	err := g.Wait()
	return !missing.Load(), err
}

// spoil notes a damaged object, whose error it takes; any other error comes back.
func (m *memory) spoil(err error) error {
	damaged, ok := errors.AsType[*DamagedError](err)
	if !ok {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spoilt == nil {
		m.spoilt = map[string]store.Version{}
	}
	m.spoilt[damaged.Key] = damaged.Version
	return nil
}

func (m *memory) isSpoilt(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, is := m.spoilt[key]
	return is
}

// heal returns the version of a damaged object that is about to be replaced, once.
func (m *memory) heal(key string) (store.Version, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	version, is := m.spoilt[key]
	delete(m.spoilt, key)
	return version, is
}

// create puts an object into the store, in the place of a damaged one where there is one.
func (r *Run) create(ctx context.Context, key string, write func(io.Writer) error) (store.Info, error) {
	version, damaged := r.memory.heal(key)
	if !damaged {
		return store.CreateFrom(ctx, r.Store, key, write)
	}
	var body bytes.Buffer
	if err := write(&body); err != nil {
		return store.Info{}, err
	}
	_, err := r.Store.Swap(ctx, key, body.Bytes(), version)
	if errors.Is(err, store.ErrStale) { // somebody else made it anew
		return r.Store.Create(ctx, key, bytes.NewReader(body.Bytes()))
	}
	return store.Info{Key: key, Size: int64(body.Len())}, err
}
