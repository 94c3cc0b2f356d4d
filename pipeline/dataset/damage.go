package dataset

import (
	"errors"
	"fmt"
	"io"
)

// ErrRead is wrapped by errors of reading the bytes of a file, of which nothing can be said then.
var ErrRead = errors.New("read")

// ErrDamaged is wrapped by every error about a Parquet or shuffle file whose bytes cannot be right. Errors of reading
// the bytes are passed on as they are.
var ErrDamaged = errors.New("file is damaged")

// ReadFull reads len(p) bytes at off; a file that ends before is damaged. Other errors wrap ErrRead.
func ReadFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return fmt.Errorf("it ends at byte %d: %w", off+int64(n), ErrDamaged)
	default:
		return fmt.Errorf("%w %d bytes at %d: %w", ErrRead, len(p), off, err)
	}
}

// Recovered turns a panic of a decoder into an error: whatever the bytes, a file must not end the process.
func Recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("decode: %v: %w", v, ErrDamaged)
	}
}
