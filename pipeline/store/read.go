package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
)

// maxWhole bounds what ReadAll returns and Swap takes, in bytes: objects that are held in memory whole are manifests and
// pointers, and one that is larger was reached by mistake.
const maxWhole = 64 << 20

// Stat returns what the store knows of the object; a missing one is an error wrapping ErrNotFound.
func Stat(ctx context.Context, s Store, key string) (Info, error) {
	o, err := s.Get(ctx, key, 0, 0)
	if err != nil {
		return Info{}, err
	}
	return o.Info, o.Close()
}

// ReadAll returns the object's bytes and their version, for a later Swap. Objects of more than 64 MiB are refused: read
// those by Get or OpenReaderAt.
func ReadAll(ctx context.Context, s Store, key string) ([]byte, Version, error) {
	o, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, "", err
	}
	defer o.Close()
	if o.Size > maxWhole {
		return nil, "", fmt.Errorf("read %q whole: it has %d bytes, more than %d; read it in pieces", key, o.Size, maxWhole)
	}
	// Reading on to the end, not just to the size, lets the store check the whole.
	body := bytes.NewBuffer(make([]byte, 0, o.Size+bytes.MinRead))
	if _, err := body.ReadFrom(o); err != nil {
		return nil, "", fmt.Errorf("read %q whole: %w", key, err)
	}
	if int64(body.Len()) != o.Size {
		return nil, "", fmt.Errorf("read %q whole: got %d bytes of %d: %w", key, body.Len(), o.Size, io.ErrUnexpectedEOF)
	}
	return body.Bytes(), o.Version, nil
}

// ReadDecoded reads an object whole and decodes it, from nothing each time: where that fails it is read once more, because what comes
// wrong out of a disk or over a network may be right there. An error of decode, which means that the object is damaged, comes with
// the version that could not be decoded; one of reading comes with none.
func ReadDecoded(ctx context.Context, s Store, key string, decode func(body []byte) error) (Version, error) {
	var version Version
	var failed error
	for range 2 {
		body, v, err := ReadAll(ctx, s, key)
		if err != nil {
			return "", err
		}
		if version, failed = v, decode(body); failed == nil {
			break
		}
	}
	return version, failed
}

// CreateFrom creates an object from what write writes, which need not fit into memory: it goes to a temporary file first,
// and in a directory that file becomes the object. Nothing is created if write returns an error, which is then returned.
// Otherwise the outcome is that of Create.
func CreateFrom(ctx context.Context, s Store, key string, write func(io.Writer) error) (Info, error) {
	if own, ok := s.(fromWriter); ok {
		return own.createFrom(ctx, key, write)
	}
	if err := CheckKey(key); err != nil {
		return Info{}, fmt.Errorf("create: %w", err)
	}
	spool, err := os.CreateTemp("", "daybook-spool-*")
	if err != nil {
		return Info{}, fmt.Errorf("create %q: open a temporary file: %w", key, err)
	}
	// Without a name the file goes with the process, however that ends; where an open file keeps its name, the second
	// removal takes it.
	os.Remove(spool.Name())
	defer os.Remove(spool.Name())
	defer spool.Close()
	if err := writeBuffered(ctx, spool, write); err != nil {
		return Info{}, fmt.Errorf("create %q: %w", key, err)
	}
	return s.Create(ctx, key, spool)
}

// fromWriter is a store with a place of its own for what is being written.
type fromWriter interface {
	createFrom(ctx context.Context, key string, write func(io.Writer) error) (Info, error)
}

// writeBuffered lets write fill w through a buffer, until ctx is done.
func writeBuffered(ctx context.Context, w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(&contextWriter{ctx, w}, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return ctx.Err()
}

// contextWriter and contextReader end a copy between its blocks once ctx is done, as a connection would.
type (
	contextWriter struct {
		ctx context.Context
		w   io.Writer
	}
	contextReader struct {
		ctx context.Context
		r   io.Reader
	}
)

func (c *contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// same returns what is at key if it has the bytes of body, a *ConflictError if it has others, and an error wrapping
// ErrNotFound if there is nothing.
func same(ctx context.Context, s Store, key string, body io.ReadSeeker) (Info, error) {
	have, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return Info{}, err
	}
	defer have.Close()
	want, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return Info{}, fmt.Errorf("create %q: measure its body: %w", key, err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return Info{}, fmt.Errorf("create %q: rewind its body: %w", key, err)
	}
	at, err := firstDifference(have, body)
	if err != nil {
		return Info{}, fmt.Errorf("create %q: compare it with the object there: %w", key, err)
	}
	if at >= 0 || have.Size != want {
		return Info{}, &ConflictError{Key: key, Have: have.Size, Want: want, Offset: max(at, 0)}
	}
	return have.Info, nil
}

// firstDifference returns the offset of the first byte in which a and b differ, where an end differs from a byte, or -1.
func firstDifference(a, b io.Reader) (int64, error) {
	const block = 64 << 10
	x, y := make([]byte, block), make([]byte, block)
	for at := int64(0); ; at += block {
		n, err := readBlock(a, x)
		if err != nil {
			return 0, err
		}
		m, err := readBlock(b, y)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(x[:n], y[:m]) {
			i := 0
			for i < min(n, m) && x[i] == y[i] {
				i++
			}
			return at + int64(i), nil
		}
		if n < block {
			return -1, nil
		}
	}
}

// readBlock fills p as far as r goes; the end of r is not an error.
func readBlock(r io.Reader, p []byte) (int, error) {
	n, err := io.ReadFull(r, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, err
}

// cut returns how many bytes of an object of size bytes a Get of n from off yields.
func cut(size, off, n int64) int64 {
	rest := max(size-off, 0)
	if n < 0 || n > rest {
		return rest
	}
	return n
}

// checkGet returns nil if a Get with these arguments can be tried.
func checkGet(ctx context.Context, key string, off int64) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("get %q: %w", key, err)
	}
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if off < 0 {
		return fmt.Errorf("get %q: the offset %d is negative", key, off)
	}
	return nil
}

// checkSwap returns nil if a Swap with these arguments can be tried.
func checkSwap(ctx context.Context, key string, body []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("swap %q: %w", key, err)
	}
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("swap: %w", err)
	}
	if len(body) > maxWhole {
		return fmt.Errorf("swap %q: %d bytes are more than the %d that can be replaced at once; if the object is damaged, remove it, and it is made anew",
			key, len(body), maxWhole)
	}
	return nil
}
