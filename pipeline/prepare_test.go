package pipeline

import (
	"testing"

	"daybook/pipeline/run"
)

// TestChooseShards: ten million rows make about forty shards of a quarter of a million, whatever they are written as.
func TestChooseShards(t *testing.T) {
	for key, size := range map[string]int64{
		"u.csv": 3 << 30, "u.jsonl": 8 << 30, "u.JSON": 8 << 30, "u.csv.gz": 640 << 20, "u.parquet": 640 << 20,
	} {
		if n := chooseShards([]run.Pinned{{Objects: []run.Object{{Key: key, Size: size / 2}, {Key: key, Size: size / 2}}}}); n < 35 || n > 55 {
			t.Errorf("%d bytes of %s make %d shards", size, key, n)
		}
	}
	for size, want := range map[int64]int{0: 1, 1: 1, 1 << 50: 1024} {
		if n := chooseShards([]run.Pinned{{Objects: []run.Object{{Key: "u.csv", Size: size}}}}); n != want {
			t.Errorf("%d bytes make %d shards, want %d", size, n, want)
		}
	}
}
