package normalise

import (
	"context"
	"encoding/json"
	"time"

	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// ThroughOf returns the last day of the period that the run has data of: of one that is over its last, though nobody may have
// used anything on it, else the last day with use. It wants every object to have been normalised.
func ThroughOf(ctx context.Context, in *run.Inputs) (schemas.Date, error) {
	return run.Shared(in, "last day with data", func(in *run.Inputs) (schemas.Date, error) {
		objects, err := in.Results(ctx, "normalise/object")
		if err != nil {
			return schemas.Date{}, err
		}
		start, end := in.Bounds()
		if !in.Open() {
			return schemas.DateOf(end, in.Book().Zone()).AddDays(-1), nil
		}
		last := start.UnixMicro()
		for _, res := range objects {
			left, err := run.Left[Decoded](res)
			if err != nil {
				return schemas.Date{}, err
			}
			last = max(last, left.LastTime)
		}
		zone := in.Book().Zone()
		if last >= end.UnixMicro() {
			return schemas.DateOf(end, zone).AddDays(-1), nil
		}
		return schemas.DateOf(rows.TimeOf(max(last-1, start.UnixMicro())), zone), nil
	})
}

// ProvisionalOf reports whether a delivery is missing or was refused.
func ProvisionalOf(ctx context.Context, in *run.Inputs) (bool, error) {
	sources, err := in.Results(ctx, "ingest/delivery")
	if err != nil {
		return false, err
	}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return false, err
	}
	for _, res := range sources {
		if res.Incomplete {
			return true, nil
		}
	}
	for _, res := range objects {
		if res.Refused != nil && !res.Refused.Waived {
			return true, nil
		}
	}
	return false, nil
}

// ThroughIn is the last day with use of a run that was committed, by the figures of its manifest; the last of the period
// where they do not say.
func ThroughIn(m *run.Manifest, zone *time.Location) schemas.Date {
	var figures struct {
		Through schemas.Date `json:"through"`
	}
	if err := json.Unmarshal(m.Summary, &figures); err != nil || figures.Through.IsZero() {
		_, end := m.Spec.Period.Bounds(zone)
		return schemas.DateOf(end, zone).AddDays(-1)
	}
	return figures.Through
}
