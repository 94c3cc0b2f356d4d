package wire

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"daybook/fixtures/bulk"
)

const benchRows = 200_000

// bulkText returns the text of one part of what package bulk writes, unpacked or as it is.
func bulkText(b testing.TB, format, name string, unpack bool) []byte {
	b.Helper()
	dir := b.TempDir()
	spec := bulk.Spec{Rows: benchRows, PartRows: benchRows, Accounts: 5000, SKUs: 300, Seed: 1}
	if _, err := bulk.Write(dir, format, spec, 2, nil); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		b.Fatal(err)
	}
	if !unpack {
		return text
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	if text, err = io.ReadAll(z); err != nil {
		b.Fatal(err)
	}
	return text
}

// cpuTime returns the processor time of the process so far, which a busy machine blurs less than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
