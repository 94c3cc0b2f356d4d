package dataset_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/pipeline/dataset"
	"daybook/schemas/money"
)

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(b *dataset.Batch)
		want string // of the error; empty if the row is right
	}{
		{"all given", func(b *dataset.Batch) { b.AppendText(0, "a"); b.AppendText(2, "i") }, ""},
		{"null given", func(b *dataset.Batch) { b.AppendNull(0); b.AppendNull(2) }, ""},
		{"twice", func(b *dataset.Batch) { b.AppendText(0, "a"); b.AppendText(0, "b") }, "column Account of table sample got two values"},
		{"null and value", func(b *dataset.Batch) { b.AppendText(0, "a"); b.AppendNull(0) }, "column Account of table sample got two values"},
		{"wrong type", func(b *dataset.Batch) { b.AppendInt(0, 1) }, "column Account of table sample got a value of another type"},
		{"no such column", func(b *dataset.Batch) { b.AppendInt(99, 1) }, "table sample has no column 99"},
		{"null where one is required", func(b *dataset.Batch) { b.AppendNull(9) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := dataset.NewBatch(&batches.Sample)
			required(b)
			if err := b.EndRow(); err != nil {
				t.Fatal(err)
			}
			required(b)
			c.fill(b)
			err := b.EndRow()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("the error is %v, want %q", err, c.want)
			}
			want := 2
			if c.want != "" {
				want = 1
			}
			for i := range b.Columns {
				if v := &b.Columns[i]; !v.Absent && v.Len() != want {
					t.Errorf("column %s holds %d values, want %d", batches.Sample.Columns[i].Name, v.Len(), want)
				}
			}
			if b.Rows != want {
				t.Errorf("there are %d rows, want %d", b.Rows, want)
			}
			required(b)
			if err := b.EndRow(); err != nil {
				t.Errorf("the next row fails: %v", err)
			}
		})
	}
}

func required(b *dataset.Batch) {
	b.AppendText(1, "s")
	b.AppendText(3, "note")
	b.AppendTime(4, 1)
	b.AppendDecimal(6, money.FixedFromInt(1))
	b.AppendInt(8, 1)
}

func TestAppendMissingRequired(t *testing.T) {
	b := dataset.NewBatch(&batches.Sample)
	b.AppendText(1, "s")
	if err := b.EndRow(); err == nil || !strings.Contains(err.Error(), "required column Note of table sample got no value") {
		t.Errorf("the error is %v", err)
	}
}

// AppendRange keeps nulls where they are, whatever the place of the range and what stands before it.
func TestAppendRange(t *testing.T) {
	src := batches.Random(t, batches.NewRand(8), 300, 3)
	for _, c := range []struct{ from, to, from2, to2 int }{{0, 0, 0, 300}, {0, 64, 64, 128}, {1, 65, 200, 201}, {63, 130, 5, 300}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			b := dataset.NewBatch(&batches.Sample)
			b.AppendRange(src, c.from, c.to)
			batches.Same(t, b, src, c.from, c.to)
			b.AppendRange(src, c.from2, c.to2)
			tail := dataset.NewBatch(&batches.Sample)
			tail.AppendRange(b, c.to-c.from, b.Rows)
			batches.Same(t, tail, src, c.from2, c.to2)
		})
	}
}
