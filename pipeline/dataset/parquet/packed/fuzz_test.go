package packed

import (
	"testing"
)

// FuzzLevels reads what it wrote, and other bytes without harm.
func FuzzLevels(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4}, 3)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		if width < 1 || width > 32 {
			return
		}
		values := make([]uint32, len(data))
		for i, c := range data {
			values[i] = uint32(c) * 0x01010101 & (1<<width - 1)
		}
		got := make([]uint32, len(values))
		if err := ReadHybrid(got, AppendHybrid(nil, values, width), width); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != values[i] {
				t.Fatalf("value %d is %d, want %d", i, got[i], values[i])
			}
		}
		ints := make([]int64, len(data))
		for i, c := range data {
			ints[i] = int64(c) << (width * 2 % 64)
			if c&1 == 1 {
				ints[i] = -ints[i] << 3
			}
		}
		back, rest, err := ReadDeltas(nil, AppendDeltas(nil, ints), len(ints))
		if err != nil || len(rest) != 0 {
			t.Fatal(err, len(rest))
		}
		for i := range back {
			if back[i] != ints[i] {
				t.Fatalf("integer %d is %d, want %d", i, back[i], ints[i])
			}
		}
		_ = ReadHybrid(got, data, width) // any bytes may be handed in
		_, _, _ = ReadDeltas(nil, data, len(data))
	})
}
