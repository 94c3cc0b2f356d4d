package rate

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/rows"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestChargesAreCountedTwice loses, doubles and changes a charge between rating and its file. What was made is counted as it comes
// from rating, and what was written from the columns that go to the file, so that the two differ by just that.
func TestChargesAreCountedTwice(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"nothing", ""},
		{"lost", "3 rows instead of 2; cost 6 EUR instead of 5"},
		{"doubled", "3 rows instead of 4; cost 6 EUR instead of 7"},
		{"a cent more", "cost 6 EUR instead of 6.01"},
		{"a cent less", "cost 6 EUR instead of 5.99"},
	} {
		t.Run(c.name, func(t *testing.T) {
			value, err := comboPlan(t).NewValuer("EUR")
			if err != nil {
				t.Fatal(err)
			}
			lay := rows.NewChargeWriter(&schemas.Provider{Name: "cloud", LegalName: "Cloud GmbH"})
			w := &rater{value: value, lay: &lay}
			var file bytes.Buffer
			if w.to, err = parquet.NewWriter(&file, &schemas.Charges, nil, parquet.WriterOptions{}); err != nil {
				t.Fatal(err)
			}
			var charges []schemas.Charge
			for i := range 3 {
				charges = append(charges, schemas.Charge{
					ID: schemas.ChargeID(fmt.Sprint(i)), Account: "a", Offering: "o", Service: "Compute", Category: schemas.CategoryUsage, Frequency: schemas.FrequencyUsageBased,
					Start: time.Unix(0, 0), End: time.Unix(1, 0), Currency: "EUR", Amount: money.NewDecimal(int64(i+1), 0),
				})
			}
			if err := w.keep(charges); err != nil {
				t.Fatal(err)
			}
			spoiled, all := dataset.NewBatch(&schemas.Charges), lay.Batch
			from := 0
			switch c.name {
			case "lost":
				from = 1
			case "doubled":
				spoiled.AppendRange(all, 0, 1)
			}
			spoiled.AppendRange(all, from, all.Rows)
			first := &spoiled.Columns[schemas.ChargeBilledCost].Decs[0]
			cent, _ := money.FixedFromDecimal(money.NewDecimal(1, -2))
			switch c.name {
			case "a cent more":
				*first, err = first.Add(cent)
			case "a cent less":
				*first, err = first.Sub(cent)
			}
			if err != nil {
				t.Fatal(err)
			}
			lay.Batch = spoiled
			if err := w.write(w.to.AppendLast); err != nil {
				t.Fatal(err)
			}
			wrote, err := w.wrote.Totals()
			if err != nil {
				t.Fatal(err)
			}
			if diff := w.control.Made.Diff(wrote); diff != c.want {
				t.Errorf("made and written differ by %q, want %q", diff, c.want)
			}
		})
	}
}
