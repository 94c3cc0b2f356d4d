package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"daybook/pipeline/run"
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
func (p *Prepared) refusedOf(id schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError {
	return func(d *delivery.Delivery) *schemas.RefusedError {
		v, ok := p.refused[run.DeliveryName(id, d.ID)]
		same := func(o delivery.Pinned, digest string) bool { return o.Digest == digest }
		if !ok || !slices.EqualFunc(d.Objects, v.digests, same) {
			return nil
		}
		return v.why
	}
}

// refuseVersions adds to p.refused the pinned versions that have an older one behind them and of which every object was
// decoded before, and one of them refused. It reports whether there are any.
func (p *Prepared) refuseVersions(ctx context.Context) (more bool, err error) {
	if len(p.older) == 0 {
		return false, nil
	}
	plan, err := p.Layout()
	if err != nil {
		return false, err
	}
	versions, whole := map[string]refusedVersion{}, map[string]bool{}
	for i := range plan {
		for j := range plan[i].Tasks {
			t := &plan[i].Tasks[j]
			name := p.versionOf(&plan[i], t)
			if !p.older[name] {
				continue
			}
			res, err := run.ReadResult(ctx, p.Run, t)
			if err != nil {
				return false, err
			}
			v, begun := versions[name]
			whole[name] = (whole[name] || !begun) && res != nil
			if res != nil && res.Refused != nil && v.why == nil {
				v.why = &res.Refused.Cause
			}
			v.digests = append(v.digests, p.Spec.Sources[t.Source].Objects[t.Object].Digest)
			versions[name] = v
		}
	}
	for name, v := range versions {
		if !whole[name] || v.why == nil {
			continue
		}
		if p.refused == nil {
			p.refused = map[string]refusedVersion{}
		}
		p.refused[name], more = v, true
	}
	return more, nil
}

// versionOf names the delivery whose object a task decodes; it is empty for other tasks.
func (p *Prepared) versionOf(w *run.Wave, t *run.Task) string {
	if w.Width() != run.PerObject {
		return ""
	}
	pinned := &p.Spec.Sources[t.Source]
	return run.DeliveryName(pinned.Source, pinned.Objects[t.Object].Delivery)
}

// checkVersions returns errOlderCounts if a wave has refused a version of which there is an older one.
func (p *Prepared) checkVersions(w *run.Wave, results []*run.Result) error {
	for j, res := range results {
		if !p.older[p.versionOf(w, &w.Tasks[j])] {
			continue
		}
		if res.Refused != nil {
			return fmt.Errorf("%s: %w", res.Refused.Why, errOlderCounts)
		}
	}
	return nil
}
