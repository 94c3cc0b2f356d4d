package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source/delivery"
	"daybook/schemas"
)

// What an object holds shows when it is decoded, and which deliveries count is fixed before, because the run is named by it.
// So a run that finds its newest version of a snapshot wanting is prepared anew without that version, for the older one to
// count, and Prepare does not pin a version of which the store has that result already. The result is keyed by all that it
// depends on: whether it was there or had to be made, the spec, and with it every byte, comes out the same.

// errOlderCounts says that a version of a snapshot cannot be used of which there is another one.
var errOlderCounts = errors.New("a version of a snapshot cannot be used, and another may count")

// unusableVersion is a delivery that was decoded, and refused or found wanting.
type unusableVersion struct {
	// digests are those of its objects that were pinned: without one of them it is another delivery.
	digests []string
	// why it is refused, or nil; rejected is what of it cannot be used, and wanting says so where that is too much.
	why      *schemas.RefusedError
	rejected dataset.Totals
	wanting  string
}

// unusable returns what is known of a delivery of a source. It may have more objects than were pinned of it: those that repeat the
// bytes of another, and those that came since, which make it no better.
func (p *Prepared) unusable(id schemas.SourceID, d *delivery.Delivery) (v unusableVersion) {
	if all := p.refused[run.DeliveryName(id, "")]; all.why != nil {
		return all
	}
	known := p.refused[run.DeliveryName(id, d.ID)]
	has := map[string]bool{}
	for i := range d.Objects {
		has[d.Objects[i].Digest] = true
	}
	if slices.ContainsFunc(known.digests, func(digest string) bool { return !has[digest] }) {
		return v
	}
	return known
}

// refusedOf returns what tells the versions of a source that are refused.
func (p *Prepared) refusedOf(id schemas.SourceID) func(*delivery.Delivery) *schemas.RefusedError {
	return func(d *delivery.Delivery) *schemas.RefusedError { return p.unusable(id, d).why }
}

// wantingOf returns what tells what of the versions of a source cannot be used.
func (p *Prepared) wantingOf(id schemas.SourceID) func(*delivery.Delivery) string {
	return func(d *delivery.Delivery) string { return p.unusable(id, d).wanting }
}

// wanting says what of a version of a source cannot be used, if it is more than the source declares as bearable.
func wanting(src *schemas.Source, rejected *dataset.Totals) string {
	if rejected.Rows == 0 {
		return ""
	}
	var costs []string
	beyond := rejected.Rows > src.Bearable.Rows
	for _, currency := range slices.Sorted(maps.Keys(rejected.Costs)) {
		cost := rejected.Costs[currency].Abs()
		costs = append(costs, cost.String()+" "+schemas.CurrencyName(currency))
		beyond = beyond || src.Bearable.Cost != nil && cost.Decimal().Cmp(*src.Bearable.Cost) > 0
	}
	if !beyond {
		return ""
	}
	text := fmt.Sprintf("%d of its rows %s rejected", rejected.Rows, schemas.OneOrMany(rejected.Rows, "is", "are"))
	if len(costs) > 0 {
		text += ", with " + strings.Join(costs, ", ")
	}
	return text
}

// refuseVersions adds to p.refused the pinned versions instead of which another may count and of which every object was
// decoded before, and one of them refused or too much rejected. It reports whether there are any.
func (p *Prepared) refuseVersions(ctx context.Context) (more bool, err error) {
	if len(p.older) == 0 {
		return false, nil
	}
	plan, err := p.Layout()
	if err != nil {
		return false, err
	}
	versions, whole := map[string]unusableVersion{}, map[string]bool{}
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
			if res != nil && len(res.Refusals) > 0 && v.why == nil {
				v.why = &res.Refusals[0].Cause
			}
			if res != nil {
				if err := v.rejected.Merge(res.Control.Rejected); err != nil {
					return false, err
				}
				v.wanting = p.wanting(t, &v.rejected)
			}
			for _, o := range p.Objects(t) {
				v.digests = append(v.digests, o.Digest)
			}
			versions[name] = v
		}
	}
	for name, v := range versions {
		if !whole[name] || v.why == nil && v.wanting == "" {
			continue
		}
		if p.refused == nil {
			p.refused = map[string]unusableVersion{}
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
	return p.Spec.DeliveryOf(t)
}

// wanting is what the source of a task's object says of what was rejected of the object's version.
func (p *Prepared) wanting(t *run.Task, rejected *dataset.Totals) string {
	src, ok := p.Book.Source(p.Spec.Sources[t.Source].Source)
	if !ok {
		return ""
	}
	return wanting(src, rejected)
}

// checkVersions returns errOlderCounts if a wave has shown that a version cannot be used instead of which another may count.
func (p *Prepared) checkVersions(w *run.Wave, results []*run.Result) error {
	rejected := map[string]*dataset.Totals{}
	for j, res := range results {
		name := p.versionOf(w, &w.Tasks[j])
		if !p.older[name] {
			continue
		}
		if len(res.Refusals) > 0 {
			return fmt.Errorf("%s: %w", res.Refusals[0].Why, errOlderCounts)
		}
		sum, begun := rejected[name]
		if !begun {
			sum = &dataset.Totals{}
			rejected[name] = sum
		}
		if err := sum.Merge(res.Control.Rejected); err != nil {
			return err
		}
		if why := p.wanting(&w.Tasks[j], sum); why != "" {
			return fmt.Errorf("%s: %s: %w", p.Spec.Sources[w.Tasks[j].Source].Source, why, errOlderCounts)
		}
	}
	return nil
}
