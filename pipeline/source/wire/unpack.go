package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"daybook/schemas"
)

// Packing is how an object's bytes are wrapped.
type Packing uint8

// The packings. Parquet packs its own pages.
const (
	Plain Packing = iota
	Gzip
	Zstd
	Parquet
	// Zip is read at any offset, too; see OpenZip.
	Zip
	unknownPacking
)

// packs tells wrappings by their first bytes. Those without a packing of ours are named in the refusal.
var packs = []struct {
	magic string
	kind  Packing
	name  string
}{
	{"\x1f\x8b", Gzip, "gzip"},
	{"\x28\xb5\x2f\xfd", Zstd, "zstd"},
	{"PAR1", Parquet, "Parquet"},
	{"PK\x03\x04", Zip, "a zip archive"},
	{"BZh", unknownPacking, "bzip2"},
	{"\xfd7zXZ", unknownPacking, "xz"},
	{"\xff\xfe", unknownPacking, "UTF-16 text"},
	{"\xfe\xff", unknownPacking, "UTF-16 text"},
}

const (
	// readBytes is how much is asked of the store at a time.
	readBytes = 256 << 10
	// ratioFloor is the decompressed size up to which any ratio is well.
	ratioFloor = 16 << 20
	// zstdWindow bounds the memory that a zstd frame may claim.
	zstdWindow = 128 << 20
)

// Reader reads an object unpacked, and refuses it when it is damaged or would unpack to more than the limits. Packing that
// is our own to undo is told by the first bytes.
type Reader struct {
	// Packing is how the object is wrapped. The text of Parquet, which is read at any offset, is not for this reader.
	Packing Packing
	// Bytes is how much text has been read.
	Bytes int64

	ctx    context.Context
	object string
	limits schemas.Limits
	packed packedReader
	text   io.Reader
	// frames are the readers of zstd, which hold buffers until they are closed.
	frames []*zstd.Decoder
}

// packedReader counts the packed bytes and remembers why reading them failed, so that a broken network is not taken for a
// broken object.
type packedReader struct {
	r     io.Reader
	n     int64
	wrong error
}

func (p *packedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.n += int64(n)
	if err != nil && err != io.EOF {
		p.wrong = err
	}
	return n, err
}

// failing is the rest of a text that cannot be read, or has come to its end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// NewReader looks at the first bytes of an object, which object names in refusals, and returns its reader. The error is a
// [*schemas.RefusedError] if the object is packed as none of ours is, or damaged.
func NewReader(ctx context.Context, object string, body io.Reader, limits schemas.Limits) (*Reader, error) {
	r := &Reader{ctx: ctx, object: object, limits: limits, packed: packedReader{r: body}}
	buffered := bufio.NewReaderSize(&r.packed, readBytes)
	first, err := buffered.Peek(8)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read its first bytes: %w", err)
	}
	name := ""
	for _, p := range packs {
		if bytes.HasPrefix(first, []byte(p.magic)) {
			r.Packing, name = p.kind, p.name
			break
		}
	}
	if r.Packing == unknownPacking {
		return nil, r.refuse(schemas.CodeUnreadableObject, "it is %s; deliver it plain, as gzip or as zstd, in UTF-8", name)
	}
	if r.Packing == Plain { // what is at hand, and then without a copy between
		ahead, err := buffered.Peek(buffered.Buffered())
		if err != nil {
			return nil, fmt.Errorf("read its first bytes: %w", err)
		}
		r.text = io.MultiReader(bytes.NewReader(ahead), &r.packed)
		return r, nil
	}
	if r.Packing == Parquet || r.Packing == Zip {
		return r, nil
	}
	return r, r.unpack(buffered, r.Packing)
}

// mostPackings bounds how often an object may be packed: some pack what is packed already.
const mostPackings = 3

// unpack sets the text to what reads a packed stream, as often as it is packed.
func (r *Reader) unpack(stream *bufio.Reader, kind Packing) error {
	for depth := 1; ; depth++ {
		text, err := r.open(stream, kind)
		if err != nil {
			return err
		}
		stream = bufio.NewReaderSize(text, readBytes)
		first, err := stream.Peek(8)
		if err != nil && !errors.Is(err, io.EOF) { // which reading meets again
			r.text = stream
			return nil
		}
		kind = Plain
		name := ""
		for _, p := range packs {
			if bytes.HasPrefix(first, []byte(p.magic)) {
				kind, name = p.kind, p.name
				break
			}
		}
		switch {
		case kind == Plain:
			ahead, err := stream.Peek(stream.Buffered())
			if err != nil {
				return fmt.Errorf("read its first bytes: %w", err)
			}
			r.text = io.MultiReader(bytes.NewReader(ahead), text)
			return nil
		case kind == Parquet || kind == Zip || kind == unknownPacking:
			return r.refuse(schemas.CodeUnreadableObject, "what it packs is %s; deliver that as it is", name)
		case depth == mostPackings:
			return r.refuse(schemas.CodeHostileObject, "it is packed more than %d times", mostPackings)
		}
	}
}

// open returns the reader of a packed stream.
func (r *Reader) open(stream *bufio.Reader, kind Packing) (io.Reader, error) {
	switch kind {
	case Gzip:
		z, err := newInflater(stream)
		if err != nil {
			return nil, r.unreadable(err)
		}
		return z, nil
	default:
		z, err := zstd.NewReader(stream, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow))
		if err != nil {
			return nil, r.unreadable(err)
		}
		r.frames = append(r.frames, z)
		return z, nil
	}
}

// Close gives back what unpacking holds.
func (r *Reader) Close() {
	for _, z := range r.frames {
		z.Close()
	}
}

// refuse returns a RefusedError about the object.
func (r *Reader) refuse(code schemas.Code, format string, args ...any) error {
	return &schemas.RefusedError{Code: code, Object: r.object, Reason: fmt.Sprintf(format, args...)}
}

// unreadable turns an error of reading into a refusal, unless it came from the store.
func (r *Reader) unreadable(err error) error {
	if r.packed.wrong != nil {
		return fmt.Errorf("read the object: %w", r.packed.wrong)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return r.refuse(schemas.CodeUnreadableObject, "it is truncated: its compressed stream ends before its end")
	}
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return r.refuse(schemas.CodeHostileObject, "it claims more memory to unpack than the %d MiB allowed", zstdWindow>>20)
	}
	return r.refuse(schemas.CodeUnreadableObject, "its compressed stream is damaged: %v", err)
}

// BeginsJSON reports whether the text begins as JSON does, behind a mark, blanks and the separators of a sequence. It takes nothing
// out of the text.
func (r *Reader) BeginsJSON() bool { return beginsJSON(bytes.TrimPrefix(r.ahead(), []byte("\uFEFF"))) }

// NamesNoJSON reports whether no line in the beginning of the text begins as JSON does. It takes nothing out of the text.
func (r *Reader) NamesNoJSON() bool {
	text := bytes.TrimPrefix(r.ahead(), []byte("\uFEFF"))
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if beginsJSON(line) {
			return false
		}
	}
	return len(bytes.TrimSpace(text)) > 0
}

func beginsJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n\x1e")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// ahead is the beginning of the text, which stays to be read.
func (r *Reader) ahead() []byte {
	ahead, n := make([]byte, 512), 0
	var err error
	for n < len(ahead) && err == nil {
		var k int
		k, err = r.text.Read(ahead[n:])
		n += k
	}
	ahead = ahead[:n]
	rest := r.text
	if err != nil {
		rest = failing{err} // when it is read again
	}
	r.text = io.MultiReader(bytes.NewReader(ahead), rest)
	return ahead
}

// Fill fills p with unpacked text, as much as there is, and reports whether the end was reached. It refuses an object
// that unpacks to more than the limits.
func (r *Reader) Fill(p []byte) (n int, end bool, err error) {
	if err := r.ctx.Err(); err != nil {
		return 0, false, err
	}
	for n < len(p) {
		k, err := r.text.Read(p[n:])
		n += k
		if err == io.EOF {
			end = true
			break
		}
		if err != nil {
			return n, false, r.unreadable(err)
		}
	}
	r.Bytes += int64(n)
	if r.Bytes > r.limits.ObjectBytes {
		return n, end, r.refuse(schemas.CodeHostileObject, "it is larger than the limit of %d bytes when unpacked", r.limits.ObjectBytes)
	}
	if r.Packing != Plain && r.Bytes > ratioFloor && r.Bytes/r.limits.Ratio > r.packed.n {
		return n, end, r.refuse(schemas.CodeHostileObject, "it unpacks to more than %d times its size", r.limits.Ratio)
	}
	return n, end, nil
}
