package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"daybook/schemas"
)

// packing is how an object's bytes are wrapped.
type packing uint8

const (
	packPlain packing = iota
	packGzip
	packZstd
	packParquet
	packUnknown
)

// packs tells wrappings by their first bytes. Those without a packing of ours are named in the refusal.
var packs = []struct {
	magic string
	kind  packing
	name  string
}{
	{"\x1f\x8b", packGzip, "gzip"},
	{"\x28\xb5\x2f\xfd", packZstd, "zstd"},
	{"PAR1", packParquet, "Parquet"},
	{"PK\x03\x04", packUnknown, "a zip archive"},
	{"BZh", packUnknown, "bzip2"},
	{"\xfd7zXZ", packUnknown, "xz"},
	{"\xff\xfe", packUnknown, "UTF-16 text"},
	{"\xfe\xff", packUnknown, "UTF-16 text"},
}

const (
	// readBytes is how much is asked of the store at a time.
	readBytes = 256 << 10
	// ratioFloor is the decompressed size up to which any ratio is well.
	ratioFloor = 16 << 20
	// zstdWindow bounds the memory that a zstd frame may claim.
	zstdWindow = 128 << 20
)

// wire counts the packed bytes and remembers why reading them failed, so that a broken network is not taken for a
// broken object.
type wire struct {
	r     io.Reader
	n     int64
	wrong error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.n += int64(n)
	if err != nil && err != io.EOF {
		w.wrong = err
	}
	return n, err
}

// unpack looks at the first bytes of the object and sets d.text to what reads it unpacked. The text of Parquet is not
// set.
func (d *decoder) unpack() (packing, error) {
	d.wire = &wire{r: d.in.Body}
	buffered := bufio.NewReaderSize(d.wire, readBytes)
	first, err := buffered.Peek(8)
	if err != nil && err != io.EOF {
		return 0, fmt.Errorf("read its first bytes: %w", err)
	}
	kind, name := packPlain, ""
	for _, p := range packs {
		if bytes.HasPrefix(first, []byte(p.magic)) {
			kind, name = p.kind, p.name
			break
		}
	}
	switch kind {
	case packPlain: // what is at hand, and then without a copy between
		ahead, err := buffered.Peek(buffered.Buffered())
		if err != nil {
			return 0, fmt.Errorf("read its first bytes: %w", err)
		}
		d.text = io.MultiReader(bytes.NewReader(ahead), d.wire)
	case packGzip:
		z, err := newInflater(buffered)
		if err != nil {
			return 0, d.unreadable(err)
		}
		d.text = z
	case packZstd:
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow))
		if err != nil {
			return 0, d.unreadable(err)
		}
		d.text, d.closeText = z, z.Close
	case packParquet:
	case packUnknown:
		return 0, d.refuse(schemas.CodeUnreadableObject, "it is %s; deliver it plain, as gzip or as zstd, in UTF-8", name)
	}
	d.packed = kind != packPlain
	return kind, nil
}

// unreadable turns an error of reading into a refusal, unless it came from the store.
func (d *decoder) unreadable(err error) error {
	if d.wire.wrong != nil {
		return fmt.Errorf("read the object: %w", d.wire.wrong)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return d.refuse(schemas.CodeUnreadableObject, "it is truncated: its compressed stream ends before its end")
	}
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return d.refuse(schemas.CodeHostileObject, "it claims more memory to unpack than the %d MiB allowed", zstdWindow>>20)
	}
	return d.refuse(schemas.CodeUnreadableObject, "its compressed stream is damaged: %v", err)
}

// read fills p with unpacked text, as much as there is, and reports whether the end was reached. It refuses an object
// that unpacks to more than the limits.
func (d *decoder) read(p []byte) (n int, end bool, err error) {
	if err := d.ctx.Err(); err != nil {
		return 0, false, err
	}
	for n < len(p) {
		k, err := d.text.Read(p[n:])
		n += k
		if err == io.EOF {
			end = true
			break
		}
		if err != nil {
			return n, false, d.unreadable(err)
		}
	}
	d.stats.Bytes += int64(n)
	if d.stats.Bytes > d.limits.ObjectBytes {
		return n, end, d.refuse(schemas.CodeHostileObject, "it is larger than the limit of %d bytes when unpacked", d.limits.ObjectBytes)
	}
	if d.packed && d.stats.Bytes > ratioFloor && d.stats.Bytes/d.limits.Ratio > d.wire.n {
		return n, end, d.refuse(schemas.CodeHostileObject, "it unpacks to more than %d times its size", d.limits.Ratio)
	}
	return n, end, nil
}
