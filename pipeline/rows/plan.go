package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/planned"
)

// AppendPlanVersions writes versions of the plan in batches.
func AppendPlanVersions(rows []planned.Version, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &planned.Versions, write, func(w *RowWriter, i int) {
		v := &rows[i]
		w.Text(planned.VersionPlanVersion, v.ID)
		w.Text(planned.VersionKnownSince, v.KnownSince.String())
		w.Batch.AppendText(planned.VersionBy, v.By)
		w.Batch.AppendText(planned.VersionReason, v.Reason)
		w.Batch.AppendInt(planned.VersionLines, v.Lines)
		w.Text(planned.VersionDigest, v.Digest)
		w.Text(planned.VersionCompared, yes(v.Compared))
	})
}

// ReadPlanVersions calls each for the name, the number of lines and the digest of every version in a file of planned.Versions.
func ReadPlanVersions(ctx context.Context, s store.Store, key string, each func(*planned.Version) error) error {
	columns := []int{planned.VersionPlanVersion, planned.VersionLines, planned.VersionDigest}
	return ScanTable(ctx, s, key, &planned.Versions, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			var v planned.Version
			v.ID = string(b.Columns[planned.VersionPlanVersion].TextAt(i))
			v.Digest = string(b.Columns[planned.VersionDigest].TextAt(i))
			v.Lines = b.Columns[planned.VersionLines].Ints[i]
			if err := each(&v); err != nil {
				return err
			}
		}
		return nil
	})
}

// AppendPlanChanges writes bridges between versions of the plan in batches.
func AppendPlanChanges(rows []planned.Change, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &planned.Changes, write, func(w *RowWriter, i int) {
		c := &rows[i]
		w.Text(planned.ChangeChangeId, c.ID)
		w.Text(planned.ChangeBillingPeriod, string(c.Period))
		w.Text(planned.ChangeFromVersion, c.From)
		w.Text(planned.ChangeToVersion, c.To)
		w.Batch.AppendText(planned.ChangeOfferingId, string(c.Offering))
		w.Text(planned.ChangeRegionId, c.Region)
		w.Text(planned.ChangeSegment, c.Segment)
		w.Text(planned.ChangePeerId, string(c.Peer))
		w.Text(planned.ChangeMeasure, string(c.Measure))
		w.Text(planned.ChangeUnit, c.Unit)
		w.decimal(planned.ChangePlanBefore, c.Before)
		w.decimal(planned.ChangePlanAfter, c.After)
		w.decimal(planned.ChangeChange, c.Change)
		w.decimal(planned.ChangePriceCause, c.Causes.Price)
		w.decimal(planned.ChangeVolumeCause, c.Causes.Volume)
		w.decimal(planned.ChangeAddedCause, c.Causes.Added)
		w.decimal(planned.ChangeDroppedCause, c.Causes.Dropped)
		w.decimal(planned.ChangeUnsplitCause, c.Causes.Unsplit)
		w.decimal(planned.ChangeVarianceBefore, c.VarianceBefore)
		w.decimal(planned.ChangeExpectedChange, c.ExpectedChange)
		w.decimal(planned.ChangeActualMoved, c.Moved)
		w.decimal(planned.ChangeVarianceAfter, c.VarianceAfter)
		w.steps(planned.ChangeSteps, c.Steps)
	})
}

// AppendForecasts writes forecasts in batches.
func AppendForecasts(rows []planned.Forecast, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &planned.Forecasts, write, func(w *RowWriter, i int) {
		f := &rows[i]
		w.Text(planned.ForecastForecastId, f.ID)
		w.Text(planned.ForecastBillingPeriod, string(f.Period))
		w.Text(planned.ForecastHorizon, string(f.Horizon))
		w.Text(planned.ForecastOfferingId, string(f.Offering))
		w.Text(planned.ForecastRegionId, f.Region)
		w.Text(planned.ForecastSegment, f.Segment)
		w.Text(planned.ForecastPeerId, string(f.Peer))
		w.Text(planned.ForecastMeasure, string(f.Measure))
		w.Text(planned.ForecastUnit, f.Unit)
		w.decimal(planned.ForecastPlan, f.Plan)
		w.decimal(planned.ForecastActual, f.Actual)
		w.decimal(planned.ForecastExpected, f.Expected)
		w.decimal(planned.ForecastVariance, f.Variance)
		w.Batch.AppendInt(planned.ForecastMonths, f.Months)
		w.Text(planned.ForecastLacking, f.Lacking)
		w.optional(planned.ForecastForecast, f.Forecast)
		w.optional(planned.ForecastDifference, f.Difference)
		w.optional(planned.ForecastLow, f.Low)
		w.optional(planned.ForecastHigh, f.High)
		w.Text(planned.ForecastWhy, f.Why)
		w.Text(planned.ForecastMethod, f.Method)
		w.Text(planned.ForecastThrough, f.Through.String())
		w.Text(planned.ForecastComplete, yes(f.Complete))
		w.Text(planned.ForecastEffect, f.Effect())
		w.Text(planned.ForecastMaterial, yes(f.Material))
		w.steps(planned.ForecastSteps, f.Steps)
	})
}

// ReadVariances returns the variances of a file as far as later months ask for them: whose they are, plan, expected and actual.
func ReadVariances(ctx context.Context, s store.Store, key string) (out []schemas.Variance, err error) {
	columns := []int{
		schemas.VarOfferingId, schemas.VarRegionId, schemas.VarSegment, schemas.VarPeerId, schemas.VarMeasure, schemas.VarUnit, schemas.VarPlan, schemas.VarExpected, schemas.VarActual, schemas.VarAccrual,
	}
	err = ScanTable(ctx, s, key, &schemas.Variances, columns, func(b *dataset.Batch) error {
		text := func(col, i int) string { return string(b.Columns[col].TextAt(i)) }
		for i := range b.Rows {
			out = append(out, schemas.Variance{
				Offering: schemas.OfferingID(text(schemas.VarOfferingId, i)), Region: text(schemas.VarRegionId, i), Segment: text(schemas.VarSegment, i), Peer: schemas.PeerID(text(schemas.VarPeerId, i)),
				Measure: schemas.Measure(text(schemas.VarMeasure, i)), Unit: text(schemas.VarUnit, i), Accrual: schemas.Accrual(text(schemas.VarAccrual, i)),
				Plan: b.Columns[schemas.VarPlan].Decs[i].Decimal(), Expected: b.Columns[schemas.VarExpected].Decs[i].Decimal(),
				Actual: b.Columns[schemas.VarActual].Decs[i].Decimal(),
			})
		}
		return nil
	})
	return out, err
}

// ReadDays returns the days of a file with their revenue and cost to date.
func ReadDays(ctx context.Context, s store.Store, key string) (out []schemas.DayRow, err error) {
	columns := []int{schemas.DayOfferingId, schemas.DayRegionId, schemas.DaySegment, schemas.DayPeerId, schemas.DayDay, schemas.DayToDate, schemas.DayCostToDate}
	err = ScanTable(ctx, s, key, &schemas.Days, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			day, err := schemas.ParseDate(string(b.Columns[schemas.DayDay].TextAt(i)))
			if err != nil {
				return err
			}
			d := schemas.DayRow{
				Offering: schemas.OfferingID(b.Columns[schemas.DayOfferingId].TextAt(i)), Region: string(b.Columns[schemas.DayRegionId].TextAt(i)),
				Segment: string(b.Columns[schemas.DaySegment].TextAt(i)), Peer: schemas.PeerID(b.Columns[schemas.DayPeerId].TextAt(i)), Day: day, ToDate: b.Columns[schemas.DayToDate].Decs[i].Decimal(),
			}
			if v := &b.Columns[schemas.DayCostToDate]; !v.Absent && !v.IsNull(i) {
				cost := v.Decs[i].Decimal()
				d.Cost = &cost
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}
