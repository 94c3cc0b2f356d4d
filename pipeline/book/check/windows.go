package check

import (
	"fmt"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// commitmentFits complains of a commitment per window whose scope holds what no window can be told of: it would count as
// nothing spent, and be charged as missing in full.
func (c *checker) commitmentFits(at parse.Spot, k *schemas.Commitment) {
	switch {
	case k.Window == "":
		return
	case k.Window == schemas.WindowPeriod:
		c.Complain(at.Field("window"), "remove it: a commitment without a window is for the period", "a window is shorter than the period")
		return
	case k.Prorate != "":
		c.Complain(at.Field("prorate"), "remove it, or the window", "of a commitment for each %s those count in which it is in force, so prorate does nothing", k.Window)
	}
	for i, id := range k.Meters {
		why := ""
		if m := c.meterOf(id); m != nil {
			why = untold(m)
		}
		if p := c.jointOf(id); p != nil && why == "" {
			why = fmt.Sprintf("is priced together with others by price %s", p.ID)
		}
		if why != "" {
			c.Complain(at.Field("meters").At(i), "leave it out, or commit for the whole period", "the commitment counts each %s on its own, and meter %s %s", k.Window, id, why)
		}
	}
	for i, id := range k.Offerings {
		for j := range c.Offerings.Items {
			if o := &c.Offerings.Items[j]; o.ID == id {
				c.offeringFits(at.Field("offerings").At(i), k, o)
			}
		}
	}
}

// offeringFits is commitmentFits for the prices of one offering.
func (c *checker) offeringFits(at parse.Spot, k *schemas.Commitment, o *schemas.Offering) {
	for i := range o.Prices {
		p := &o.Prices[i]
		const hint = "name the meters that it is for instead, or commit for the whole period"
		if isJoint(p) {
			c.Complain(at, hint, "the commitment counts each %s on its own, and price %s prices several meters together", k.Window, p.ID)
			return
		}
		if m := c.meterOf(p.Meter); m != nil && !toldByWindow(m) {
			c.Complain(at, hint, "the commitment counts each %s on its own, and meter %s of price %s %s", k.Window, p.Meter, p.ID, untold(m))
			return
		}
	}
}

// isJoint reports whether a price measures several meters together.
func isJoint(p *schemas.Price) bool {
	return p.Meter == "" && (p.Terms.Model == schemas.ModelBlockTiers || p.Terms.Model == schemas.ModelCapacity)
}

// jointOf returns a price that measures a meter together with others, nil where there is none.
func (c *checker) jointOf(id schemas.MeterID) *schemas.Price {
	for i := range c.Offerings.Items {
		for j := range c.Offerings.Items[i].Prices {
			p := &c.Offerings.Items[i].Prices[j]
			if isJoint(p) && jointlyMeasures(p, string(id)) {
				return p
			}
		}
	}
	return nil
}

func jointlyMeasures(p *schemas.Price, meter string) bool {
	for _, b := range p.Terms.Blocks {
		if b.Unit == meter {
			return true
		}
	}
	for _, k := range p.Terms.Capacities {
		if slices.ContainsFunc(k.Limits, func(l schemas.UnitLimit) bool { return l.Unit == meter }) {
			return true
		}
	}
	return false
}

// toldByWindow reports whether what is spent on a meter can be told by window: it adds rows up, and has no windows itself.
func toldByWindow(m *schemas.Meter) bool { return untold(m) == "" }

// untold says why it cannot; the empty text is that it can.
func untold(m *schemas.Meter) string {
	if m.Window != "" {
		return fmt.Sprintf("has windows of its own, each %s", m.Window)
	}
	switch m.Aggregation {
	case "", schemas.AggregateSum, schemas.AggregateCount, schemas.AggregateEvents:
		return ""
	default:
		return fmt.Sprintf("measures a level: its aggregation is %s", m.Aggregation)
	}
}
