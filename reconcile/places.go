package reconcile

import (
	"cmp"

	"daybook/schemas"
)

// placeOf is what a row of the comparison is of: an offering, in a region, bought by a segment of accounts, made of what a peer
// provides. What is empty stands for all that no line of the plan takes by name.
type placeOf struct {
	offering        schemas.OfferingID
	region, segment string
	peer            schemas.PeerID
}

func comparePlaces(a, b placeOf) int {
	return cmp.Or(cmp.Compare(a.offering, b.offering), cmp.Compare(a.region, b.region), cmp.Compare(a.segment, b.segment), cmp.Compare(a.peer, b.peer))
}

// placeFor is the place of a row.
func placeFor(v *schemas.Variance) placeOf { return placeOf{v.Offering, v.Region, v.Segment, v.Peer} }

// placeOfLine is that of a line of the plan.
func placeOfLine(l *schemas.PlanLine) placeOf {
	return placeOf{l.Offering, l.Region, l.Segment, l.Peer}
}

// placeOfCharge is that of a charge, of which not everything may be told apart.
func placeOfCharge(c *schemas.Charge) placeOf {
	return placeOf{c.Offering, c.Region, c.Segment, c.Peer}
}

// id joins the place to what stands before it. Without a segment or a peer there is nothing of one; with a peer, there is of both.
func (p placeOf) id(before ...string) string {
	parts := append(before, string(p.offering), p.region)
	if p.segment != "" || p.peer != "" {
		parts = append(parts, p.segment)
	}
	if p.peer != "" {
		parts = append(parts, string(p.peer))
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
	if p.peer != "" {
		s += " of peer " + string(p.peer)
	}
	return s
}

// lines are the places of which a line of the plan could take what is sold at p, the first that there is does: one that names its
// region before one that does not, of these one that names its segment, and of these one that names its peer.
func (p placeOf) lines() [8]placeOf {
	o, r, s, e := p.offering, p.region, p.segment, p.peer
	return [...]placeOf{p, {o, r, s, ""}, {o, r, "", e}, {o, r, "", ""}, {o, "", s, e}, {o, "", s, ""}, {o, "", "", e}, {o, "", "", ""}}
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

// Takes reports whether a row has a charge, whose region, segment and peer may not be told apart.
func (r *Rows) Takes(v *schemas.Variance, c *schemas.Charge) bool {
	if c.Offering != v.Offering {
		return false
	}
	at := placeOfCharge(c)
	if at, there := r.find(at); there {
		return at == placeFor(v)
	}
	for _, line := range at.lines() {
		if line.region == "" && at.region != "" {
			line.region = OtherRegions
		}
		if _, there := r.planned[line]; there {
			return line == placeFor(v)
		}
	}
	return false
}
