package delivery

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// TestDigest: it is BLAKE3, by its published vectors, whose bytes count from 0 to 250 over and over.
func TestDigest(t *testing.T) {
	for _, c := range []struct {
		size int
		want string
	}{
		{0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
		{1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
		{63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"},
		{64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"},
		{65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"},
		{1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
		{1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
		{1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
		{2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
		{3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
		{8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
		{8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
		{16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4"},
		{31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
		{102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
	} {
		if got := hex.EncodeToString(digestIn(counting(c.size), c.size)); got != c.want {
			t.Errorf("%d bytes: digest %s, want %s", c.size, got, c.want)
		}
	}
}

func counting(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i % 251)
	}
	return b
}

// digestIn is the digest of bytes in pieces of a size.
func digestIn(b []byte, piece int) []byte {
	d := NewDigest()
	for len(b) > 0 {
		n := min(piece, len(b))
		_, _ = d.Write(b[:n])
		b = b[n:]
	}
	return d.Sum(nil)
}

// TestDigestOfPieces: in whatever pieces bytes come, their digest is that of the whole, and asking for it on the way changes nothing.
func TestDigestOfPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	sizes := []int{0, 1}
	for eights := range 20 {
		for _, chunk := range []int{0, 1, 2, 3, 5, 7} {
			at := (eights*8 + chunk) * 1024
			sizes = append(sizes, at+1, at+64, at+1023, at+1024)
		}
	}
	for range 300 {
		sizes = append(sizes, r.IntN(1<<(1+r.IntN(21))))
	}
	d := NewDigest()
	for _, size := range sizes {
		whole := make([]byte, size)
		for i := range whole {
			whole[i] = byte(r.Uint32())
		}
		d.Reset()
		for rest := whole; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			if _, err := d.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
			if r.IntN(4) == 0 {
				d.Sum(nil)
			}
		}
		if got, want := d.Sum(nil), digestIn(whole, max(size, 1)); string(got) != string(want) {
			t.Fatalf("%d bytes: digest %x, want %x", size, got, want)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	d, buffer := NewDigest(), make([]byte, pinBuffer)
	b.SetBytes(int64(len(buffer)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Write(buffer)
	}
}
