package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"

	"daybook/schemas"
)

// Digest stands for a set of rows, in any order and however divided into files and batches: it is the sum, modulo 2^256,
// of the SHA-256 of each row's canonical bytes. Two datasets with the same digest hold the same rows, each as often. Its
// zero value is that of no rows.
type Digest struct {
	sum     [4]uint64 // the least first
	rows    int64
	scratch []byte
}

// AddBatch counts the rows of b; columns in except, by position, are left out.
func (d *Digest) AddBatch(b *Batch, except ...int) {
	skip := SkipColumns(len(b.Columns), except)
	for i := range b.Rows {
		d.scratch = AppendRow(d.scratch[:0], b, i, skip)
		d.add(sha256.Sum256(d.scratch), 1)
	}
}

func (d *Digest) add(row [sha256.Size]byte, n int64) {
	var words [4]uint64
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(row[8*i:])
	}
	d.addWords(words)
	d.rows += n
}

func (d *Digest) addWords(words [4]uint64) {
	var carry uint64
	for i, w := range words {
		d.sum[i], carry = bits.Add64(d.sum[i], w, carry)
	}
}

// Merge adds the rows of other.
func (d *Digest) Merge(other *Digest) {
	d.addWords(other.sum)
	d.rows += other.rows
}

// Rows returns how many rows were added.
func (d *Digest) Rows() int64 { return d.rows }

// String returns the number of rows and the sum in hexadecimal.
func (d *Digest) String() string {
	var b []byte
	for i := range d.sum {
		b = binary.BigEndian.AppendUint64(b, d.sum[len(d.sum)-1-i])
	}
	return fmt.Sprintf("%d:%s", d.rows, hex.EncodeToString(b))
}

// SkipColumns marks, of n columns, those to be left out by position.
func SkipColumns(n int, except []int) []bool {
	skip := make([]bool, n)
	for _, c := range except {
		skip[c] = true
	}
	return skip
}

// AppendRow appends the canonical bytes of row i: for each column 0 for a null, or 1 and the value: a text's length and
// bytes, or a number in eight or sixteen bytes, most significant first.
func AppendRow(out []byte, b *Batch, i int, skip []bool) []byte {
	for c := range b.Columns {
		if skip[c] {
			continue
		}
		v := &b.Columns[c]
		if v.IsNull(i) {
			out = append(out, 0)
			continue
		}
		out = v.appendValue(append(out, 1), i)
	}
	return out
}

// appendValue appends the canonical bytes of a value that is not null.
func (v *Vector) appendValue(out []byte, i int) []byte {
	switch v.Type {
	case schemas.Label, schemas.Text:
		text := v.BytesAt(i)
		out = binary.AppendUvarint(out, uint64(len(text)))
		return append(out, text...)
	case schemas.Decimal:
		number := v.Decs[i].BigEndian()
		return append(out, number[:]...)
	default:
		return binary.BigEndian.AppendUint64(out, uint64(v.Ints[i]))
	}
}
