package pipeline_test

import (
	"testing"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// TestDaysAddUp holds the worked example's revenue by day against its variances and its usage.
func TestDaysAddUp(t *testing.T) {
	l := lookAtExample(t, nil)
	_, example := need(t, worked).plain(t)
	byVariance, toDate, days := map[string]money.Decimal{}, map[string]string{}, map[string]int{}
	var compute [30]money.Decimal
	for _, o := range l.Manifest.Outputs {
		switch o.Dataset {
		case schemas.Days.Name:
			eachBatch(t, example, o.Key, &schemas.Days, func(b *dataset.Batch) {
				for i := range b.Rows {
					id := string(b.Columns[schemas.DayVarianceId].TextAt(i))
					revenue := b.Columns[schemas.DayRevenue].Decs[i].Decimal()
					byVariance[id] = byVariance[id].Add(revenue)
					toDate[id] = b.Columns[schemas.DayToDate].Decs[i].String()
					if string(b.Columns[schemas.DayOfferingId].TextAt(i)) == "compute" {
						compute[days[id]] = compute[days[id]].Add(revenue)
					}
					days[id]++
				}
			})
		case schemas.Variances.Name:
			eachBatch(t, example, o.Key, &schemas.Variances, func(b *dataset.Batch) {
				for i := range b.Rows {
					if string(b.Columns[schemas.VarMeasure].TextAt(i)) != string(schemas.Revenue) {
						continue
					}
					id, actual := string(b.Columns[schemas.VarVarianceId].TextAt(i)), b.Columns[schemas.VarActual].Decs[i]
					if !byVariance[id].Equal(actual.Decimal()) || toDate[id] != actual.String() || days[id] != 30 {
						t.Errorf("%s is %s; its %d days add up to %s, to date %s", id, actual, days[id], byVariance[id], toDate[id])
					}
				}
			})
		default:
		}
	}
	if len(days) == 0 {
		t.Fatal("there are no days")
	}
	// Compute is sold by hours alone, and the example's object of the 18th is empty.
	for i := range compute {
		if compute[i].IsPositive() == (i == 17) {
			t.Errorf("compute has revenue %s on day %d", compute[i], i+1)
		}
	}
}
