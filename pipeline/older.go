package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/source/delivery"
	"daybook/schemas"
)

// What an object holds shows when it is decoded, and which deliveries count is fixed before, because the run is named by it.
// So a run that finds its newest version of a snapshot wanting is prepared anew without that version, for the older one to
// count, and Prepare does not pin a version of which the store has that result already. The result is keyed by all that it
// depends on: whether it was there or had to be made, the spec, and with it every byte, comes out the same.

// errOlderCounts says that a version of a snapshot was refused of which there is an older one.
var errOlderCounts = errors.New("a version of a snapshot was refused, and an older one counts")

// refusedVersion is a delivery of which an object was decoded and refused.
type refusedVersion struct {
	// digests are those of its objects, in the order of their keys: it is another delivery if they differ.
	digests []string
	why     *schemas.RefusedError
}

// refusedOf returns what tells the versions of a source that are refused.
func (r *Run) refusedOf(id schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError {
	return func(d *delivery.Delivery) *schemas.RefusedError {
		v, ok := r.refused[deliveryName(id, d.ID)]
		same := func(o delivery.Pinned, digest string) bool { return o.Digest == digest }
		if !ok || !slices.EqualFunc(d.Objects, v.digests, same) {
			return nil
		}
		return v.why
	}
}

// refuseVersions adds to r.refused the pinned versions that have an older one behind them and of which every object was
// decoded before, and one of them refused. It reports whether there are any.
func (r *Run) refuseVersions(ctx context.Context) (more bool, err error) {
	if len(r.older) == 0 {
		return false, nil
	}
	plan, err := r.layout()
	if err != nil {
		return false, err
	}
	versions, whole := map[string]refusedVersion{}, map[string]bool{}
	for i := range plan {
		for j := range plan[i].Tasks {
			t := &plan[i].Tasks[j]
			name := r.versionOf(&plan[i], t)
			if !r.older[name] {
				continue
			}
			res, err := readResult(ctx, r, t)
			if err != nil {
				return false, err
			}
			v, begun := versions[name]
			whole[name] = (whole[name] || !begun) && res != nil
			if res != nil {
				left, err := objectOf(res)
				if err != nil {
					return false, err
				}
				if v.why == nil {
					v.why = left.Refusal
				}
			}
			v.digests = append(v.digests, r.Spec.Sources[t.Source].Objects[t.Object].Digest)
			versions[name] = v
		}
	}
	for name, v := range versions {
		if !whole[name] || v.why == nil {
			continue
		}
		if r.refused == nil {
			r.refused = map[string]refusedVersion{}
		}
		r.refused[name], more = v, true
	}
	return more, nil
}

// versionOf names the delivery whose object a task decodes; it is empty for other tasks.
func (r *Run) versionOf(w *Wave, t *Task) string {
	if w.Width != PerObject {
		return ""
	}
	pinned := &r.Spec.Sources[t.Source]
	return deliveryName(pinned.Source, pinned.Objects[t.Object].Delivery)
}

// checkVersions returns errOlderCounts if a wave has refused a version of which there is an older one.
func (r *Run) checkVersions(w *Wave, results []*Result) error {
	for j, res := range results {
		if !r.older[r.versionOf(w, &w.Tasks[j])] {
			continue
		}
		left, err := objectOf(res)
		if err != nil {
			return err
		}
		if left.Refused {
			return fmt.Errorf("%s: %w", left.Why, errOlderCounts)
		}
	}
	return nil
}
