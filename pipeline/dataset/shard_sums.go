package dataset

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"daybook/schemas/money"
)

// MaxShards is the largest number of shards.
const MaxShards = 1 << 12

// ShardOf returns the shard, below shards, of an account. It is part of the format: the rows of an account must go to
// the same shard from every object and with every version, so it may never change. Rows of no account go to the shard of
// the empty text.
func ShardOf(account []byte, shards int) uint16 {
	return uint16((Hash(account) >> 32) * uint64(shards) >> 32)
}

// ShardSum says in 24 bytes what the Totals of some rows are: how many there are, and a sum, modulo 2^128, of their
// quantities and costs, each times a number that follows from its unit or currency. The sum over parts is that of the
// whole, so that what one step sent to a shard from many objects can be compared with what another found there. Totals
// themselves would be too many: one of each object for each shard.
type ShardSum struct {
	Rows   int64
	hi, lo uint64
}

const shardSumBytes = 24

// Add adds other to s.
func (s *ShardSum) Add(other ShardSum) {
	s.Rows += other.Rows
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, other.lo, 0)
	s.hi, _ = bits.Add64(s.hi, other.hi, carry)
}

// add adds an amount times a weight.
func (s *ShardSum) add(d money.Fixed, weight uint64) {
	hi, lo := bits.Mul64(d.Lo, weight)
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi, _ = bits.Add64(s.hi, hi+uint64(d.Hi)*weight, carry)
}

// The weights of quantities and costs are odd, so that no amount counts for nothing.
func quantityWeight(unit []byte) uint64 { return Hash(unit)<<1 | 1 }
func costWeight(currency []byte) uint64 { return (Hash(currency)^MixA)<<1 | 1 }

// ShardSumOf returns the sum of rows with the given totals.
func ShardSumOf(t Totals) ShardSum {
	s := ShardSum{Rows: t.Rows}
	for unit, d := range t.Quantities {
		s.add(d, quantityWeight([]byte(unit)))
	}
	for currency, d := range t.Costs {
		s.add(d, costWeight([]byte(currency)))
	}
	return s
}

// ShardSums adds up rows by shard.
type ShardSums struct {
	sums                   []ShardSum
	quantities, currencies weights
}

// weights are those of a dictionary's codes; the first is that of null.
type weights struct {
	dict   *Dictionary
	byCode []uint64
}

// NewShardSums returns empty sums of so many shards.
func NewShardSums(shards int) *ShardSums { return &ShardSums{sums: make([]ShardSum, shards)} }

// AddBatch counts row i of b for shard[i].
func (y *ShardSums) AddBatch(b *Batch, shard []uint16, m Measures) {
	for _, k := range shard {
		y.sums[k].Rows++
	}
	y.addColumn(b, shard, m.Quantity, m.Unit, &y.quantities, quantityWeight)
	y.addColumn(b, shard, m.Cost, m.Currency, &y.currencies, costWeight)
}

func (y *ShardSums) addColumn(b *Batch, shard []uint16, value, key int, w *weights, weight func([]byte) uint64) {
	if value < 0 || b.Columns[value].Absent {
		return
	}
	var keys *Vector
	if key >= 0 && !b.Columns[key].Absent {
		keys = &b.Columns[key]
		w.prepare(keys.Dict, weight)
	} else {
		w.prepare(nil, weight)
	}
	v := &b.Columns[value]
	nulls := v.CountNulls(0, b.Rows) > 0
	for i, d := range v.Decs[:b.Rows] {
		if nulls && v.IsNull(i) {
			continue
		}
		at := uint32(0)
		if keys != nil && !keys.IsNull(i) {
			at = keys.Codes[i] + 1
		}
		y.sums[shard[i]].add(d, w.byCode[at])
	}
}

func (w *weights) prepare(dict *Dictionary, weight func([]byte) uint64) {
	if len(w.byCode) == 0 || w.dict != dict {
		w.dict, w.byCode = dict, append(w.byCode[:0], weight(nil))
	}
	for dict != nil && len(w.byCode) <= dict.Len() {
		w.byCode = append(w.byCode, weight(dict.Value(uint32(len(w.byCode)-1))))
	}
}

// Bytes returns the sums of all shards, for a result.
func (y *ShardSums) Bytes() []byte {
	out := make([]byte, 0, len(y.sums)*shardSumBytes)
	for _, s := range y.sums {
		out = binary.LittleEndian.AppendUint64(out, uint64(s.Rows))
		out = binary.LittleEndian.AppendUint64(out, s.hi)
		out = binary.LittleEndian.AppendUint64(out, s.lo)
	}
	return out
}

// ShardSumIn returns the sum of one shard from what Bytes returned.
func ShardSumIn(all []byte, shard int) (ShardSum, error) {
	at := shard * shardSumBytes
	if len(all) < at+shardSumBytes {
		return ShardSum{}, errors.New("it has no sum of that shard")
	}
	b := all[at:]
	return ShardSum{int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])}, nil
}
