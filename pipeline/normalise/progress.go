package normalise

import (
	"context"
	"encoding/json"
	"time"

	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Reach is how far the data of a run goes.
type Reach struct {
	// Through is the last day of the period that the run has data of: of one that is over its last, though nobody may have used
	// anything on it, else the last day with use.
	Through schemas.Date
	// Sources are the last days with use of each source that has any, of a period that goes on; none of one that is over.
	Sources map[schemas.SourceID]schemas.Date
}

// ReachOf wants every object to have been normalised.
func ReachOf(ctx context.Context, in *run.Inputs) (*Reach, error) {
	return run.Shared(in, "last days with data", func(in *run.Inputs) (*Reach, error) {
		objects, err := in.Results(ctx, "normalise/object")
		if err != nil {
			return nil, err
		}
		start, end := in.Bounds()
		zone := in.Book().Zone()
		if !in.Open() {
			return &Reach{Through: schemas.DateOf(end, zone).AddDays(-1)}, nil
		}
		r := &Reach{Through: schemas.DateOf(start, zone), Sources: map[schemas.SourceID]schemas.Date{}}
		for _, res := range objects {
			left, err := run.Left[Decoded](res)
			if err != nil {
				return nil, err
			}
			if left.LastTime <= start.UnixMicro() {
				continue // it holds nothing of the period
			}
			last := schemas.DateOf(rows.TimeOf(min(left.LastTime, end.UnixMicro())-1), zone)
			if r.Sources[left.Source].Before(last) {
				r.Sources[left.Source] = last
			}
			if r.Through.Before(last) {
				r.Through = last
			}
		}
		return r, nil
	})
}

// ThroughOf is the last day of ReachOf.
func ThroughOf(ctx context.Context, in *run.Inputs) (schemas.Date, error) {
	r, err := ReachOf(ctx, in)
	if err != nil {
		return schemas.Date{}, err
	}
	return r.Through, nil
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
		if res.Refuses() {
			return true, nil
		}
	}
	return false, nil
}

// ByBilling are the sources of our own of which rows name a sub-account that the book does not know, and are their billing account's.
func ByBilling(ctx context.Context, in *run.Inputs) (map[schemas.SourceID]bool, error) {
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	out := map[schemas.SourceID]bool{}
	for _, res := range objects {
		left, err := run.Left[Decoded](res)
		if err != nil {
			return nil, err
		}
		if left.ByBilling {
			out[left.Source] = true
		}
	}
	return out, nil
}

// Feed is how far the data of one source goes: through a day, none where it has none of the period.
type Feed struct {
	Source  schemas.SourceID `json:"source"`
	Through schemas.Date     `json:"through,omitzero"`
	// Every is how often it is expected to deliver; empty where nothing is expected.
	Every schemas.Cadence `json:"every,omitempty"`
}

// Feeds are those of the sources of usage of a book, in their order; none of a period that is over.
func (r *Reach) Feeds(sources []schemas.Source) (out []Feed) {
	for i := range sources {
		if r.Sources != nil && !sources[i].Format.IsEvidence() {
			out = append(out, Feed{sources[i].ID, r.Sources[sources[i].ID], sources[i].Expect.Every})
		}
	}
	return out
}

// ReachIn is that of a run that was committed, by the figures of its manifest; through the last day of the period where they do
// not say.
func ReachIn(m *run.Manifest, zone *time.Location) *Reach {
	var figures struct {
		Through schemas.Date `json:"through"`
		Feeds   []Feed       `json:"feeds"`
	}
	if err := json.Unmarshal(m.Summary, &figures); err != nil || figures.Through.IsZero() {
		_, end := m.Spec.Period.Bounds(zone)
		return &Reach{Through: schemas.DateOf(end, zone).AddDays(-1)}
	}
	r := &Reach{Through: figures.Through}
	for _, f := range figures.Feeds {
		if r.Sources == nil {
			r.Sources = map[schemas.SourceID]schemas.Date{}
		}
		if !f.Through.IsZero() {
			r.Sources[f.Source] = f.Through
		}
	}
	return r
}

// ThroughIn is the last day of ReachIn.
func ThroughIn(m *run.Manifest, zone *time.Location) schemas.Date { return ReachIn(m, zone).Through }
