package shuffle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
)

// The index has a right checksum, so that only its contents are in question.
func FuzzShuffle(f *testing.F) {
	file := writeShuffle(f, 2, 0, batches.Random(f, batches.NewRand(12), 10, 4))
	length := int(binary.LittleEndian.Uint32(file[len(file)-shuffleTail:]))
	blocks, index := file[:len(file)-shuffleTail-length], file[len(file)-shuffleTail-length:len(file)-shuffleTail]
	f.Add(blocks, index)
	f.Fuzz(func(t *testing.T, blocks, index []byte) {
		file := appendTail(append(bytes.Clone(blocks), index...), index)
		s, err := Open(bytes.NewReader(file), int64(len(file)), &batches.Sample)
		if err == nil {
			var buffer BlockBuffer
			for k := range s.Shards() {
				for _, block := range s.Blocks(k) {
					if err = s.Read(block, dataset.NewBatch(&batches.Sample), &buffer); err != nil {
						break
					}
				}
			}
		}
		if err != nil && !errors.Is(err, dataset.ErrDamaged) {
			t.Fatal(err)
		}
	})
}
