package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// AppendPlanVersions writes versions of the plan in batches.
func AppendPlanVersions(rows []schemas.VersionRow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.PlanVersions, write, func(w *RowWriter, i int) {
		v := &rows[i]
		w.Text(schemas.VersionPlanVersion, v.ID)
		w.Text(schemas.VersionKnownSince, v.KnownSince.String())
		w.Batch.AppendText(schemas.VersionBy, v.By)
		w.Batch.AppendText(schemas.VersionReason, v.Reason)
		w.Batch.AppendInt(schemas.VersionLines, v.Lines)
		w.Text(schemas.VersionDigest, v.Digest)
		w.Text(schemas.VersionCompared, yes(v.Compared))
	})
}

// ReadPlanVersions calls each for the name, the number of lines and the digest of every version in a file of schemas.PlanVersions.
func ReadPlanVersions(ctx context.Context, s store.Store, key string, each func(*schemas.VersionRow) error) error {
	columns := []int{schemas.VersionPlanVersion, schemas.VersionLines, schemas.VersionDigest}
	return ScanTable(ctx, s, key, &schemas.PlanVersions, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			var v schemas.VersionRow
			v.ID = string(b.Columns[schemas.VersionPlanVersion].TextAt(i))
			v.Digest = string(b.Columns[schemas.VersionDigest].TextAt(i))
			v.Lines = b.Columns[schemas.VersionLines].Ints[i]
			if err := each(&v); err != nil {
				return err
			}
		}
		return nil
	})
}

// AppendPlanChanges writes bridges between versions of the plan in batches.
func AppendPlanChanges(rows []schemas.PlanChange, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &schemas.PlanChanges, write, func(w *RowWriter, i int) {
		c := &rows[i]
		w.Text(schemas.ChangeChangeId, c.ID)
		w.Text(schemas.ChangeBillingPeriod, string(c.Period))
		w.Text(schemas.ChangeFromVersion, c.From)
		w.Text(schemas.ChangeToVersion, c.To)
		w.Batch.AppendText(schemas.ChangeOfferingId, string(c.Offering))
		w.Text(schemas.ChangeRegionId, c.Region)
		w.Text(schemas.ChangeMeasure, string(c.Measure))
		w.Text(schemas.ChangeUnit, c.Unit)
		w.decimal(schemas.ChangePlanBefore, c.Before)
		w.decimal(schemas.ChangePlanAfter, c.After)
		w.decimal(schemas.ChangeChange, c.Change)
		w.decimal(schemas.ChangePriceCause, c.Causes.Price)
		w.decimal(schemas.ChangeVolumeCause, c.Causes.Volume)
		w.decimal(schemas.ChangeAddedCause, c.Causes.Added)
		w.decimal(schemas.ChangeDroppedCause, c.Causes.Dropped)
		w.decimal(schemas.ChangeUnsplitCause, c.Causes.Unsplit)
		w.decimal(schemas.ChangeVarianceBefore, c.VarianceBefore)
		w.decimal(schemas.ChangeExpectedChange, c.ExpectedChange)
		w.decimal(schemas.ChangeActualMoved, c.Moved)
		w.decimal(schemas.ChangeVarianceAfter, c.VarianceAfter)
		w.steps(schemas.ChangeSteps, c.Steps)
	})
}
