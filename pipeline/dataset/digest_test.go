package dataset_test

import (
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas/money"
)

// The digest of rows is that of the same rows in another order and division, and of no others.
func TestDigest(t *testing.T) {
	b := batches.Random(t, batches.NewRand(6), 500, 4)
	var whole dataset.Digest
	whole.AddBatch(b)
	var parts [3]dataset.Digest
	for i := b.Rows - 1; i >= 0; i-- {
		one := dataset.NewBatch(&batches.Sample)
		one.AppendRange(b, i, i+1)
		parts[i%3].AddBatch(one)
	}
	parts[2].Merge(&parts[0])
	parts[2].Merge(&parts[1])
	if parts[2].String() != whole.String() {
		t.Errorf("in parts it is %s, whole %s", &parts[2], &whole)
	}
	var twice, less, other dataset.Digest
	twice.AddBatch(b)
	one := dataset.NewBatch(&batches.Sample)
	one.AppendRange(b, 7, 8)
	twice.AddBatch(one)
	if twice.String() == whole.String() {
		t.Error("a row counted twice leaves no trace")
	}
	rest := dataset.NewBatch(&batches.Sample)
	rest.AppendRange(b, 1, b.Rows)
	less.AddBatch(rest)
	if less.String() == whole.String() {
		t.Error("a missing row leaves no trace")
	}
	b.Columns[8].Ints[3]++
	other.AddBatch(b)
	if other.String() == whole.String() {
		t.Error("a changed value leaves no trace")
	}
	var except, exceptWhole dataset.Digest
	except.AddBatch(b, 8)
	b.Columns[8].Ints[3]--
	exceptWhole.AddBatch(b, 8)
	if except.String() != exceptWhole.String() {
		t.Error("a column that is left out leaves a trace")
	}
}

// Neighbouring texts do not run together.
func TestDigestSeparatesValues(t *testing.T) {
	digest := func(id, note string) string {
		b := dataset.NewBatch(&batches.Sample)
		b.AppendText(1, "s")
		b.AppendText(2, id)
		b.AppendText(3, note)
		b.AppendTime(4, 0)
		b.AppendDecimal(6, money.Fixed{})
		b.AppendInt(8, 1)
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
		var d dataset.Digest
		d.AddBatch(b)
		return d.String()
	}
	if digest("ab", "c") == digest("a", "bc") {
		t.Error("ab, c has the digest of a, bc")
	}
}
