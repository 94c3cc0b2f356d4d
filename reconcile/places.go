package reconcile

import (
	"cmp"

	"daybook/schemas"
)

// placeOf is what a row of the comparison is of: an offering, in a region, bought by a segment of accounts. What is empty stands for
// all that no line of the plan takes by name.
type placeOf struct {
	offering        schemas.OfferingID
	region, segment string
}

func comparePlaces(a, b placeOf) int {
	return cmp.Or(cmp.Compare(a.offering, b.offering), cmp.Compare(a.region, b.region), cmp.Compare(a.segment, b.segment))
}

// placeFor is the place of a row.
func placeFor(v *schemas.Variance) placeOf { return placeOf{v.Offering, v.Region, v.Segment} }

// id joins the place to what stands before it. Without a segment there is nothing of one.
func (p placeOf) id(before ...string) string {
	parts := append(before, string(p.offering), p.region)
	if p.segment != "" {
		parts = append(parts, p.segment)
	}
	return schemas.JoinID(parts...)
}

// String names the place in a message.
func (p placeOf) String() string {
	s := offeringName(p.offering)
	if p.region != "" {
		s += " in " + p.region
	}
	if p.segment != "" {
		s += " to segment " + p.segment
	}
	return s
}

// lines are the places of which a line of the plan could take what is sold at p, the first that there is does: that which names both
// its region and its segment, then that of the region, that of the segment, and that of neither.
func (p placeOf) lines() [4]placeOf {
	return [...]placeOf{p, {p.offering, p.region, ""}, {p.offering, "", p.segment}, {p.offering, "", ""}}
}

// Rows says into which row of a comparison charges go.
type Rows struct {
	// planned is true for rows that the plan has a line for.
	planned map[placeOf]bool
}

// NewRows are those of variances.
func NewRows(variances []schemas.Variance) *Rows {
	r := &Rows{map[placeOf]bool{}}
	for i := range variances {
		r.planned[placeFor(&variances[i])] = variances[i].Status != schemas.Unplanned
	}
	return r
}

// find is the row of what is summed at p; false where there is none.
func (r *Rows) find(p placeOf) (placeOf, bool) {
	if _, there := r.planned[p]; there {
		return p, true
	}
	for _, line := range p.lines() {
		if r.planned[line] {
			return line, true
		}
	}
	return p, false
}

// Takes reports whether a row has a charge, whose region and segment may not be told apart.
func (r *Rows) Takes(v *schemas.Variance, c *schemas.Charge) bool {
	if c.Offering != v.Offering {
		return false
	}
	if at, there := r.find(placeOf{c.Offering, c.Region, c.Segment}); there {
		return at == placeFor(v)
	}
	for _, at := range [...]placeOf{{c.Offering, OtherRegions, c.Segment}, {c.Offering, c.Region, ""}, {c.Offering, OtherRegions, ""}} {
		if _, there := r.planned[at]; there {
			return at == placeFor(v)
		}
	}
	return false
}
