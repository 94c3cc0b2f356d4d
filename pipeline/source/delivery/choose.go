package delivery

import (
	"fmt"

	"daybook/schemas"
)

// choice is the choosing among the candidates.
type choice struct {
	*search
	// taken tells of an object which delivery has it, bytes of a digest which object has it.
	taken, bytes map[string]string
}

// day chooses among the candidates of a day, or of the period where the pattern has no days: the newest first. Of a snapshot
// one counts, else all.
func (x *choice) day(candidates []candidate) error {
	snapshot := x.src.Semantics == schemas.Snapshot
	var (
		better  *candidate   // that counts
		wanting *candidate   // the newest that counts if no other is better
		refused []int        // the findings that say why a newer version does not count
		others  int          // versions that might count instead
		passed  []*candidate // wanting ones that are older than another
	)
	for i := range candidates {
		c := &candidates[i]
		hostile := c.wrong != nil && c.wrong.Code == schemas.CodeHostileObject
		switch {
		case better != nil && snapshot && !hostile: // whatever else is the matter with it
			x.supersede(c, better.Version)
			others++
			continue
		case c.waiting:
			x.wait(c)
			continue
		case c.wrong == nil:
			if err := x.pin(c, x.taken); err != nil {
				return err
			}
		}
		switch {
		case c.changing != "":
			x.waitForRest(c)
		case c.wrong != nil:
			refused = append(refused, len(x.out.Findings))
			x.refuse(c.wrong)
		case c.wanting != "" && wanting == nil:
			wanting = c
		case c.wanting != "":
			passed = append(passed, c)
		case x.repeats(c):
		default:
			x.count(c)
			better = c
		}
	}
	switch {
	case wanting != nil && better == nil:
		x.count(wanting)
		better = wanting
	case wanting != nil:
		passed = append([]*candidate{wanting}, passed...)
		others += len(passed)
	}
	for _, c := range passed {
		refused = append(refused, x.putAside(c, better))
	}
	if better == nil || !snapshot {
		return nil
	}
	for _, f := range refused {
		x.out.Findings[f].Message += fmt.Sprintf("; until then version %q counts", schemas.ClipValue(better.Version))
	}
	x.out.Deliveries[x.place(better)].Others = others > 0 && better != wanting
	return nil
}

// place returns where a delivery that counts is.
func (x *choice) place(c *candidate) int {
	for i := len(x.out.Deliveries) - 1; ; i-- {
		if d := &x.out.Deliveries[i]; d.ID == c.ID && !d.Superseded {
			return i
		}
	}
}

// count takes a candidate.
func (x *choice) count(c *candidate) {
	for i := range c.Objects {
		x.taken[c.Objects[i].Key] = c.ID
	}
	if len(c.Objects) == 0 {
		x.out.Findings = append(x.out.Findings, schemas.Finding{
			Code: schemas.CodeEmptyObject, Source: x.src.ID, Object: c.ID, Value: c.Version, Message: "its manifest says that there is nothing",
		}.WithFix())
	}
	x.out.Deliveries = append(x.out.Deliveries, c.Delivery)
}

// repeats takes out of a candidate the objects whose bytes another one of the scope has, and reports whether nothing is left
// of it. What a manifest names is meant.
func (x *choice) repeats(c *candidate) bool {
	if x.manifests != nil && !c.marked {
		return false
	}
	kept, first := c.Objects[:0:0], ""
	for _, o := range c.Objects {
		other, known := x.bytes[o.Digest]
		if !known || o.Size == 0 {
			x.bytes[o.Digest] = o.Key
			kept = append(kept, o)
			continue
		}
		first = other
		x.out.Findings = append(x.out.Findings, schemas.Finding{
			Code: schemas.CodeRepeatedObject, Source: x.src.ID, Object: o.Key, Value: other, Message: fmt.Sprintf("it has the bytes of %s, and counts once", other),
		}.WithFix())
	}
	if c.Objects = kept; len(kept) > 0 {
		return false
	}
	c.Superseded, c.Repeats = true, first
	x.out.Deliveries = append(x.out.Deliveries, c.Delivery)
	return true
}

// putAside notes that a version does not count because another is better, and returns the place of the finding.
func (x *choice) putAside(c *candidate, better *candidate) int {
	c.Superseded = true
	x.out.Deliveries = append(x.out.Deliveries, c.Delivery)
	f := schemas.Finding{
		Code: schemas.CodeUnusableVersion, Source: x.src.ID, Object: c.ID, Value: c.Version, Message: c.wanting,
	}
	if x.compareVersions(c, better) < 0 { // it is older, and would not count anyway
		f.Severity = schemas.Note
	} else {
		x.out.Incomplete = true
	}
	x.out.Findings = append(x.out.Findings, f.WithFix())
	return len(x.out.Findings) - 1
}
