package disputed

import (
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

func fill(b *dataset.Batch, col int, kind schemas.ColumnType) {
	switch kind {
	case schemas.Time:
		b.AppendTime(col, 0)
	case schemas.Integer:
		b.AppendInt(col, 0)
	case schemas.Decimal:
		b.AppendDecimal(col, money.Fixed{})
	default:
		b.AppendText(col, "x")
	}
}

// TestSelector holds each key of a selector against one record: what it says finds it, and another value does not.
func TestSelector(t *testing.T) {
	b := dataset.NewBatch(&schemas.Usage)
	for col, text := range map[int]string{schemas.UseServiceName: "Compute", schemas.UseSkuId: "VM", schemas.UseRegionId: "eu", schemas.UseResourceId: "m-1"} {
		b.AppendText(col, text)
	}
	for col := range schemas.Usage.Columns { // those that must be there, and say nothing here
		if c := &schemas.Usage.Columns[col]; c.Required {
			fill(b, col, c.Type)
		}
	}
	if err := b.EndRow(); err != nil {
		t.Fatal(err)
	}
	day := func(text string) schemas.Date {
		d, err := schemas.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	on := day("2024-09-04")
	for _, c := range []struct {
		w    dispute.Selector
		want bool
	}{
		{dispute.Selector{Service: "Compute", SKU: "VM", Region: "eu", Resource: "m-1", From: on, To: on.AddDays(1)}, true},
		{dispute.Selector{Service: "Storage"}, false},
		{dispute.Selector{SKU: "GPU"}, false},
		{dispute.Selector{Region: "us"}, false},
		{dispute.Selector{Resource: "m-2"}, false},
		{dispute.Selector{From: on.AddDays(1)}, false},
		{dispute.Selector{To: on}, false},
	} {
		if got := selects(&c.w, b, 0, on); got != c.want {
			t.Errorf("%+v finds it: %t, want %t", c.w, got, c.want)
		}
	}
}
