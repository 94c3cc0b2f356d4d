package normalise

import (
	"context"
	"errors"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// months adds up rows by the month that they belong to.
type months struct {
	zone    *time.Location
	tallies map[schemas.Period]*dataset.Tally
	// last is the month of the row before.
	last Month
	of   schemas.Period
}

// monthOfRow is the month that row i belongs to: that of the bill on which it stands, or else of its use.
func (m *months) monthOfRow(b *dataset.Batch, i int) schemas.Period {
	if m.of != "" && m.last.Holds(b, i) {
		return m.of
	}
	at := time.UnixMicro(b.Columns[schemas.UseChargePeriodStart].Ints[i])
	m.of = schemas.PeriodOf(at, m.zone)
	if v := &b.Columns[schemas.UseBillingPeriodStart]; !v.Absent && !v.IsNull(i) {
		m.of = schemas.PeriodOf(time.UnixMicro(v.Ints[i]).Add(eastmost), time.UTC)
	}
	m.last = MonthOf(m.of, m.zone)
	return m.of
}

// addRow counts row i.
func (m *months) addRow(b *dataset.Batch, i int) error {
	return m.tally(m.monthOfRow(b, i)).AddRow(b, i, dataset.UsageMeasures())
}

// add counts all rows of a batch.
func (m *months) add(b *dataset.Batch) error {
	if b.Rows == 0 {
		return nil
	}
	first := m.monthOfRow(b, 0)
	for i := range b.Rows {
		if m.monthOfRow(b, i) != first {
			return m.addEach(b)
		}
	}
	return m.tally(first).AddBatch(b, dataset.UsageMeasures())
}

func (m *months) addEach(b *dataset.Batch) error {
	for i := range b.Rows {
		if err := m.addRow(b, i); err != nil {
			return err
		}
	}
	return nil
}

func (m *months) tally(p schemas.Period) *dataset.Tally {
	t := m.tallies[p]
	if t == nil {
		t = new(dataset.Tally)
		if m.tallies == nil {
			m.tallies = map[schemas.Period]*dataset.Tally{}
		}
		m.tallies[p] = t
	}
	return t
}

// totals are the sums so far.
func (m *months) totals() (map[schemas.Period]dataset.Totals, error) {
	out := make(map[schemas.Period]dataset.Totals, len(m.tallies))
	for p, t := range m.tallies {
		sum, err := t.Totals()
		if err != nil {
			return nil, err
		}
		out[p] = sum
	}
	return out, nil
}

// Survey reads what an object holds of each month, as the run of any of them would decode it. An object that is refused, or of
// which the sums are beyond what a dataset holds, holds nothing; the run of the month that it is filed under says so. An object
// that is not the one that was pinned is an error.
func Survey(ctx context.Context, landing store.Store, src *schemas.Source, o *run.Object, zone *time.Location) (map[schemas.Period]dataset.Totals, error) {
	x, err := open(ctx, landing, o)
	if err != nil {
		return nil, err
	}
	defer x.close()
	if src.Format.IsPayments() {
		return surveyPayments(ctx, src, x)
	}
	if src.Format.IsEvidence() {
		return surveyEvidence(ctx, src, x, zone)
	}
	m := months{zone: zone}
	_, err = source.Decode(ctx, src, x.input(), source.Sink{
		Rows: m.add, Finding: func(schemas.Finding) error { return nil },
	})
	err = x.check(err)
	if _, refused := errors.AsType[*schemas.RefusedError](err); refused || errors.Is(err, money.ErrOverflow) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.totals()
}
