package packed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
)

// TestCodecs unpacks what others packed, and nothing that is damaged into more than the page's header says.
func TestCodecs(t *testing.T) {
	text := []byte(strings.Repeat("a page of a peer, ", 400))
	pack := func(codec compress.Codec, text []byte) []byte {
		out, err := codec.Encode(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	framed := func(parts ...[]byte) (out []byte) {
		for _, p := range parts {
			small := pack(&parquet.Lz4Raw, p)
			out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(small))), small...)
		}
		return out
	}
	var u Unpacker
	for _, c := range []struct {
		name  string
		codec format.CompressionCodec
		body  []byte
	}{
		{"snappy", format.Snappy, pack(&parquet.Snappy, text)},
		{"gzip", format.Gzip, pack(&parquet.Gzip, text)},
		{"zstd", format.Zstd, pack(&parquet.Zstd, text)},
		{"brotli", format.Brotli, pack(&parquet.Brotli, text)},
		{"LZ4_RAW", format.Lz4Raw, pack(&parquet.Lz4Raw, text)},
		{"LZ4, raw", format.Lz4, pack(&parquet.Lz4Raw, text)},
		{"LZ4, framed", format.Lz4, framed(text)},
		{"LZ4, in two frames", format.Lz4, framed(text[:1000], text[1000:])},
	} {
		got, err := u.Decompress(c.codec, c.body, len(text))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %v, or another text", c.name, err)
		}
		for _, size := range []int{0, 1, len(text) - 1, len(text) + 1} {
			if _, err := u.Decompress(c.codec, c.body, size); err == nil {
				t.Errorf("%s: it unpacks to %d bytes, too", c.name, size)
			}
		}
		r := rand.New(rand.NewPCG(33, 1))
		for range 300 { // a right text by a wrong way is well: not all codecs have a checksum
			damaged := bytes.Clone(c.body)
			damaged[r.IntN(len(damaged))] ^= 1 << r.IntN(8)
			if got, err := u.Decompress(c.codec, damaged[:1+r.IntN(len(damaged))], len(text)); err == nil && len(got) != len(text) {
				t.Errorf("%s: damage unpacks to %d bytes", c.name, len(got))
			}
		}
		if most := 2 * len(text); cap(u.body) > most {
			t.Errorf("%s: there is room for %d bytes", c.name, cap(u.body))
		}
	}
	if _, err := u.Decompress(format.LZO, text, len(text)); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "compression LZO is not read here") {
		t.Errorf("of LZO the error is %v", err)
	}
}
