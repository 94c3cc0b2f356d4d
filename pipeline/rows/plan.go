package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
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
