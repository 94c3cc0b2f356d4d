package reconcile

import (
	"slices"

	"daybook/schemas"
)

// Usage may name any number of regions. Those that the plan names have rows of their own, and so have the others whose offering
// and name come first in order; what is left is one region for each offering. Which ones that are is the same for any order of
// charges and for any division into shards, because what is among the first of all is among the first of each shard; and what
// has given way once goes to the others at once, so that each sum is whole.

// OtherRegions is the region that stands for those beyond.
const OtherRegions = "(all other regions)"

const (
	// mostRegions is how many regions of offerings that the plan does not name are told apart.
	mostRegions = 1 << 12
	// mostRegionBytes is how long the name of such a region may be.
	mostRegionBytes = 1 << 10
)

// regions say which are told apart.
type regions struct {
	planned map[placeOf]bool
	most    int
	kept    map[placeOf]bool
	// apart are the segments and the peers that the plan names for an offering; charges of others are of none.
	apart map[placeOf]bool
	// last is the last that is kept, once there were too many; before, nil.
	last *placeOf
	// fold has the sums of regions that gave way go to the others.
	fold []func() error
}

// newRegions are those of a plan, which may be nil, and those to come.
func newRegions(plan *schemas.Plan, p schemas.Period) *regions {
	r := &regions{planned: map[placeOf]bool{}, most: mostRegions, kept: map[placeOf]bool{}, apart: map[placeOf]bool{}}
	if plan == nil {
		return r
	}
	for i := range plan.Lines {
		if l := &plan.Lines[i]; l.Period == p {
			r.planned[placeOf{offering: l.Offering, region: l.Region}] = true
			r.apart[placeOf{offering: l.Offering, segment: l.Segment}] = true
			r.apart[placeOf{offering: l.Offering, peer: l.Peer}] = true
		}
	}
	return r
}

// at is the place under which a charge is summed. The error is a sum that overflows.
func (r *regions) at(c *schemas.Charge) (placeOf, error) {
	p := placeOfCharge(c)
	if p.segment != "" && !r.apart[placeOf{offering: p.offering, segment: p.segment}] {
		p.segment = ""
	}
	if p.peer != "" && !r.apart[placeOf{offering: p.offering, peer: p.peer}] {
		p.peer = ""
	}
	var err error
	p.region, err = r.of(p.offering, p.region)
	return p, err
}

// known is the region under which an offering's region is summed so far.
func (r *regions) known(k placeOf) string {
	if k.region == "" || r.planned[k] || r.kept[k] {
		return k.region
	}
	return OtherRegions
}

// of is the region under which an offering's region is summed, told apart if there is room. The error is a sum that overflows.
func (r *regions) of(o schemas.OfferingID, region string) (string, error) {
	k := placeOf{offering: o, region: region}
	if known := r.known(k); known == region {
		return region, nil
	}
	if len(region) > mostRegionBytes || r.last != nil && comparePlaces(k, *r.last) > 0 {
		return OtherRegions, nil
	}
	r.kept[k] = true
	if len(r.kept) < 2*r.most {
		return region, nil
	}
	err := r.settle()
	return r.known(k), err
}

// settle lets regions give way that are more than are told apart.
func (r *regions) settle() error {
	if len(r.kept) <= r.most {
		return nil
	}
	places := make([]placeOf, 0, len(r.kept))
	for k := range r.kept {
		places = append(places, k)
	}
	slices.SortFunc(places, comparePlaces)
	r.last = &places[r.most-1]
	for _, k := range places[r.most:] {
		delete(r.kept, k)
	}
	for _, fold := range r.fold {
		if err := fold(); err != nil {
			return err
		}
	}
	return nil
}

// foldSums adds the sums of regions that gave way to those of the others.
func foldSums[K comparable, S any](r *regions, sums map[K]*S, placeOfKey func(K) placeOf, add func(key K, region string, s *S) error) error {
	for k, s := range sums {
		at := placeOfKey(k)
		region := r.known(at)
		if region == at.region {
			continue
		}
		delete(sums, k)
		if err := add(k, region, s); err != nil {
			return err
		}
	}
	return nil
}
