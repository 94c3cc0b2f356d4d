package normalise

import (
	"strings"
	"testing"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/schemas"
	"daybook/schemas/money"
)

// rounded decodes a bill of three costs of too many digits, and counts them as normalising does, after spoil has had its way with
// what the decoder hands over.
func rounded(t *testing.T, spoil func(cells []source.RoundedCell, b *dataset.Batch)) *run.Control {
	t.Helper()
	mode := money.HalfEven
	src := &schemas.Source{
		ID: "peer", Format: schemas.FOCUS12, Tolerate: schemas.Tolerate{Rounding: &mode, AbsentColumns: []string{"*"}, NullColumns: []string{"*"}},
	}
	const text = "SkuId,ChargePeriodStart,ChargePeriodEnd,BilledCost,BillingCurrency\n" +
		"s,2024-09-01T00:00:00Z,2024-09-02T00:00:00Z,1.0000000000000000014,EUR\n" +
		"s,2024-09-01T00:00:00Z,2024-09-02T00:00:00Z,2.5,EUR\n" +
		"s,2024-09-01T00:00:00Z,2024-09-02T00:00:00Z,x,EUR\n" +
		"s,2024-09-01T00:00:00Z,2024-09-02T00:00:00Z,-3.0000000000000000027,USD\n"
	var c run.Control
	var cells []source.RoundedCell
	stats, err := source.Decode(t.Context(), src, source.Input{Key: "o", Body: strings.NewReader(text)}, source.Sink{
		Finding: func(schemas.Finding) error { return nil },
		Rounded: func(x []source.RoundedCell) { cells = x },
		Rows: func(b *dataset.Batch) error {
			spoil(cells, b)
			countRounded(&c.Rounding, cells, b)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	addResidues(&c.Rounding, stats.Rounded)
	return &c
}

// TestResidueIsControlled counts what rounding did, and plants faults into the rows that it is counted from: each is told.
func TestResidueIsControlled(t *testing.T) {
	c := rounded(t, func([]source.RoundedCell, *dataset.Batch) {})
	if len(c.Rounding) != 2 || run.RoundingDiffers(c) != "" {
		t.Fatalf("%+v: %s", c.Rounding, run.RoundingDiffers(c))
	}
	for i, want := range []run.Rounding{
		{Column: "BilledCost", Of: "EUR", Values: 1, Found: 1, Residue: money.MustDecimal("0.0000000000000000004"), In: money.MustDecimal("1.0000000000000000014"), Out: money.MustDecimal("1.000000000000000001")},
		{Column: "BilledCost", Of: "USD", Values: 1, Found: 1, Residue: money.MustDecimal("0.0000000000000000003"), In: money.MustDecimal("-3.0000000000000000027"), Out: money.MustDecimal("-3.000000000000000003")},
	} {
		r := c.Rounding[i]
		if r.Column != want.Column || r.Of != want.Of || r.Values != want.Values || r.Found != want.Found || !r.Residue.Equal(want.Residue) || !r.In.Equal(want.In) || !r.Out.Equal(want.Out) {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	cost := func(b *dataset.Batch) *dataset.Vector { return &b.Columns[schemas.UseBilledCost] }
	hair, err := money.FixedFromDecimal(money.MustDecimal("0.000000000000000001"))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(cells []source.RoundedCell, b *dataset.Batch){
		"a hair more in a row": func(_ []source.RoundedCell, b *dataset.Batch) { cost(b).Decs[0], _ = cost(b).Decs[0].Add(hair) },
		"a row is gone":        func(_ []source.RoundedCell, b *dataset.Batch) { b.Columns[schemas.UseObjectRow].Ints[2] = 9 },
		"a value is gone":      func(_ []source.RoundedCell, b *dataset.Batch) { cost(b).SetNull(0) },
		"another currency":     func(_ []source.RoundedCell, b *dataset.Batch) { b.Columns[schemas.UseBillingCurrency].Codes[0]++ },
		"rows stand elsewhere": func(_ []source.RoundedCell, b *dataset.Batch) {
			cost(b).Decs[0], cost(b).Decs[1] = cost(b).Decs[1], cost(b).Decs[0]
		},
		"a value is told twice":  func(cells []source.RoundedCell, _ *dataset.Batch) { cells[1] = cells[0] },
		"another value was read": func(cells []source.RoundedCell, _ *dataset.Batch) { cells[0].Exact = money.One },
	} {
		if differs := run.RoundingDiffers(rounded(t, spoil)); !strings.Contains(differs, "BilledCost EUR: ") && !strings.Contains(differs, "BilledCost USD: ") {
			t.Errorf("%s: the control says %q", name, differs)
		}
	}
}
