package rows

import (
	"context"
	"fmt"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// AppendPeerDays writes what peers bill by day in batches.
func AppendPeerDays(p schemas.Period, days []peeruse.Day, write func(*dataset.Batch) error) error {
	return AppendRows(len(days), &peeruse.Days, write, func(w *RowWriter, i int) {
		d, kind := &days[i], peeruse.KindUse
		if d.Fixed {
			kind = peeruse.KindFixed
		}
		w.Text(peeruse.DayBillingPeriod, string(p))
		w.Text(peeruse.DayPeerId, string(d.Peer))
		w.Text(peeruse.DayServiceName, d.Service)
		w.Text(peeruse.DayBy, string(d.By))
		w.Text(peeruse.DayCustomerId, d.Customer)
		w.Text(peeruse.DayDay, d.Day.String())
		w.Text(peeruse.DayKind, kind)
		w.Batch.AppendInt(peeruse.DayRows, d.Rows)
		w.decimal(peeruse.DayBilledCost, d.Billed.Decimal())
		w.Text(peeruse.DayBillingCurrency, string(d.Currency))
	})
}

// ReadPeerDays calls each for every row of a file of peeruse.Days, in its order.
func ReadPeerDays(ctx context.Context, s store.Store, key string, each func(*peeruse.Day) error) error {
	return ScanTable(ctx, s, key, &peeruse.Days, nil, func(b *dataset.Batch) error {
		text := func(col, i int) string { return b.Columns[col].StringAt(i) }
		for i := range b.Rows {
			d := peeruse.Day{Series: peeruse.Series{
				Peer: schemas.PeerID(text(peeruse.DayPeerId, i)), Service: text(peeruse.DayServiceName, i), By: schemas.AnomalyBy(text(peeruse.DayBy, i)),
				Customer: text(peeruse.DayCustomerId, i), Currency: money.Currency(text(peeruse.DayBillingCurrency, i)),
			}}
			d.Fixed, d.Rows, d.Billed = text(peeruse.DayKind, i) == peeruse.KindFixed, b.Columns[peeruse.DayRows].Ints[i], b.Columns[peeruse.DayBilledCost].Decs[i]
			if err := d.Day.UnmarshalText([]byte(text(peeruse.DayDay, i))); err != nil {
				return fmt.Errorf("row %d of %s: %w", i, key, err)
			}
			if err := each(&d); err != nil {
				return err
			}
		}
		return nil
	})
}

// AppendAnomalies writes days beside those before them in batches.
func AppendAnomalies(list []peeruse.Anomaly, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &peeruse.Anomalies, write, func(w *RowWriter, i int) {
		a := &list[i]
		w.Text(peeruse.AnomalyBillingPeriod, string(a.Period))
		w.Text(peeruse.AnomalyPeerId, string(a.Peer))
		w.Text(peeruse.AnomalyServiceName, a.Service)
		w.Text(peeruse.AnomalyBy, string(a.By))
		w.Text(peeruse.AnomalyCustomerId, a.Customer)
		w.Text(peeruse.AnomalyDay, a.Day.String())
		w.decimal(peeruse.AnomalyBilledCost, a.Billed)
		w.Batch.AppendInt(peeruse.AnomalyPoints, int64(a.Points))
		if a.Known {
			w.decimal(peeruse.AnomalyMedian, a.Median)
			w.decimal(peeruse.AnomalyDeviation, a.Deviation)
			w.decimal(peeruse.AnomalyImpact, a.Impact)
		}
		w.optional(peeruse.AnomalyScore, a.Score)
		w.optional(peeruse.AnomalyImpactPercent, a.ImpactPercent)
		w.Text(peeruse.AnomalyVerdict, a.Verdict)
		w.Text(peeruse.AnomalyBillingCurrency, string(a.Currency))
	})
}

// AppendIntegrations writes what peers' services do for offerings in batches.
func AppendIntegrations(list []peeruse.Integration, currency money.Currency, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &peeruse.Integrations, write, func(w *RowWriter, i int) {
		r := &list[i]
		missed := make([]string, len(r.Missed))
		for k, m := range r.Missed {
			missed[k] = string(m)
		}
		w.Text(peeruse.IntBillingPeriod, string(r.Period))
		w.Text(peeruse.IntPeerId, string(r.Peer))
		w.Text(peeruse.IntGoalId, r.Goal.ID)
		w.Text(peeruse.IntOfferingId, string(r.Goal.Offering))
		w.Text(peeruse.IntServiceName, r.Goal.Service)
		w.Text(peeruse.IntDay, r.Day.String())
		w.decimal(peeruse.IntUse, r.Use)
		w.optional(peeruse.IntUseGoal, r.Goal.Use)
		w.Text(peeruse.IntUnit, r.Goal.Unit)
		w.optional(peeruse.IntAvailability, r.Availability)
		w.optional(peeruse.IntAvailabilityGoal, r.Goal.Availability)
		w.decimal(peeruse.IntCost, r.Cost)
		w.optional(peeruse.IntCostGoal, r.Goal.Cost)
		w.optional(peeruse.IntRevenue, r.Revenue)
		w.optional(peeruse.IntMargin, r.Margin)
		w.optional(peeruse.IntMarginPercent, r.MarginPercent)
		w.optional(peeruse.IntMarginGoal, r.Goal.MarginPercent)
		w.Text(peeruse.IntCurrency, string(currency))
		w.Text(peeruse.IntMissed, strings.Join(missed, ","))
	})
}
