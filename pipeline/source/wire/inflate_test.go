package wire

import (
	"bufio"
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
)

// inflate unpacks a stream by the reader of our own.
func inflate(r io.Reader) ([]byte, error) {
	z, err := newInflater(bufio.NewReaderSize(r, 4096))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// inflateReference unpacks it by the standard library.
func inflateReference(packed []byte) ([]byte, error) {
	z, err := stdgzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		if err == io.EOF { // of no bytes at all
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return io.ReadAll(z)
}

// checkInflate compares the two: what one takes the other takes, and reads the same.
func checkInflate(t testing.TB, packed []byte) {
	t.Helper()
	want, wrong := inflateReference(packed)
	for _, r := range []io.Reader{bytes.NewReader(packed), iotest.OneByteReader(bytes.NewReader(packed))} {
		got, err := inflate(r)
		if errors.Is(err, errGzipHeader) && reservedFlags(packed) || errors.Is(wrong, stdgzip.ErrHeader) && len(packed) > 512 {
			return
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%d bytes: %v, and by the standard library %v", len(packed), err, wrong)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes unpack to %d bytes, not to the %d of the standard library", len(packed), len(got), len(want))
		}
		if err != nil && !bytes.HasPrefix(want, got) {
			t.Fatalf("%d bytes unpack to other bytes than by the standard library before they fail", len(packed))
		}
	}
}

// checkTruncated asserts that the beginning of a member is taken for what it is.
func checkTruncated(t testing.TB, packed []byte, size int) {
	t.Helper()
	checkInflate(t, packed[:size])
	if _, err := inflate(bytes.NewReader(packed[:size])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("%d bytes of a member of %d: %v", size, len(packed), err)
	}
}

// reservedFlags reports whether something in packed may be a header with flags that RFC 1952 reserves: a decompressor must
// fail then, and the standard library does not.
func reservedFlags(packed []byte) bool {
	for i := range packed[:max(0, len(packed)-3)] {
		if packed[i] == 0x1f && packed[i+1] == 0x8b && packed[i+3]&gzipReserved != 0 {
			return true
		}
	}
	return false
}

// mixture makes text of runs, repetitions near and far, and noise over an alphabet.
func mixture(random *rand.Rand, size int) []byte {
	var text []byte
	letters := 1 + random.IntN(256)
	for len(text) < size {
		switch n := 1 + random.IntN(400); random.IntN(4) {
		case 0:
			text = append(text, bytes.Repeat([]byte{byte(random.IntN(letters))}, n)...)
		case 1:
			if len(text) > 0 {
				from := max(0, len(text)-1-random.IntN(40<<10))
				for i := range n {
					text = append(text, text[from+i])
				}
			}
		default:
			for range n {
				text = append(text, byte(random.IntN(letters)))
			}
		}
	}
	return text[:size]
}

// packMember packs a text as one member, by either library.
func packMember(t testing.TB, text []byte, level int, standard bool) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	if standard {
		w, err = stdgzip.NewWriterLevel(&b, level)
	} else {
		w, err = gzip.NewWriterLevel(&b, level)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInflate(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for round := range 12 {
		text := mixture(random, random.IntN(1<<(4+random.IntN(15))))
		var members []byte
		for level := -2; level <= 9; level++ {
			packed := packMember(t, text, level, round&1 == 0)
			members = append(members, packed...)
			checkInflate(t, packed)
			checkTruncated(t, packed, random.IntN(len(packed)))
			damaged := bytes.Clone(packed)
			damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
			checkInflate(t, damaged)
		}
		checkInflate(t, members)
		checkInflate(t, append(members, 0))
		checkInflate(t, append(members, "behind the end of all members"...))
	}
}

// FuzzInflate takes any bytes for a stream, and for a text that is packed and damaged.
func FuzzInflate(f *testing.F) {
	f.Add([]byte("text"), int64(0), 6, 1<<30)
	f.Add(bytes.Repeat([]byte("ab,c\n"), 1000), int64(1), 9, 40)
	f.Fuzz(func(t *testing.T, text []byte, seed int64, level, damage int) {
		checkInflate(t, text)
		// Any bytes as blocks, within a proper header.
		checkInflate(t, append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), text...))
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		text = append(text, mixture(random, random.IntN(1<<(1+random.IntN(13))))...)
		packed := packMember(t, text, int(uint(level)%12)-2, seed&1 == 0)
		checkInflate(t, packed)
		checkInflate(t, append(packed, packed...))
		place := int(uint(damage) % uint(len(packed)))
		checkTruncated(t, packed, place)
		packed[place] ^= 1 << (seed & 7)
		checkInflate(t, packed)
	})
}

// BenchmarkInflate compares our reader of gzip with another.
func BenchmarkInflate(b *testing.B) {
	packed := bulkText(b, "csv.gz", "part-00000.csv.gz", false)
	size := len(bulkText(b, "csv.gz", "part-00000.csv.gz", true))
	for _, c := range []struct {
		name string
		open func(*bufio.Reader) (io.Reader, error)
	}{
		{"own", func(r *bufio.Reader) (io.Reader, error) { return newInflater(r) }},
		{"klauspost", func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 256<<10)
			before := cpuTime(b)
			for b.Loop() {
				z, err := c.open(bufio.NewReaderSize(bytes.NewReader(packed), readBytes))
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for {
					k, err := io.ReadFull(z, buf)
					n += k
					if err != nil {
						break
					}
				}
				if n != size {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
		})
	}
}
