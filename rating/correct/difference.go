package correct

import (
	"cmp"
	"slices"
	"strings"

	"daybook/rating/model"
	"daybook/schemas"
)

// Difference returns the charges that turn what was issued for a period into what rating it again gives, to stand in the bill
// run for a later one: one for each line whose amount or usage differs, of class Correction. Charges are of the same line when account, subscription, price,
// meter, group, category, currency and offering agree, and what they are called where that is not a price's, and the time of one lies within that of the other, which
// is the line's: so what was paid to the end of a quarter and turns out to end in the middle of it is one line with what is
// given back, however rating again cuts the quarter. Lines on one side only are charged in full or given back. Issued and
// corrections therefore add up to rerated, and there is nothing left to correct then.
func Difference(of, in schemas.Period, issued, rerated []schemas.Charge) []schemas.Charge {
	parts := make([]linePart, 0, len(issued)+len(rerated))
	for i := range issued {
		parts = append(parts, linePart{lineName(&issued[i]), &issued[i], false})
	}
	for i := range rerated {
		parts = append(parts, linePart{lineName(&rerated[i]), &rerated[i], true})
	}
	slices.SortStableFunc(parts, func(x, y linePart) int { // what holds others goes before them
		return cmp.Or(cmp.Compare(x.name, y.name), x.charge.Start.Compare(y.charge.Start), y.charge.End.Compare(x.charge.End))
	})
	var out []schemas.Charge
	for len(parts) > 0 {
		n := 1
		for n < len(parts) && parts[0].holds(&parts[n]) {
			n++
		}
		if c, differs := correction(of, in, parts[:n]); differs {
			out = append(out, c)
		}
		parts = parts[n:]
	}
	return out
}

// linePart is a charge of a line: one that was issued, or is rated again.
type linePart struct {
	name   string
	charge *schemas.Charge
	again  bool
}

// holds reports whether another part, which does not begin earlier, is of the same line.
func (p *linePart) holds(other *linePart) bool {
	return p.name == other.name && !other.charge.End.After(p.charge.End)
}

// lineName is what makes charges the same line, whatever their time. That of a price stays one whatever the price is called.
func lineName(c *schemas.Charge) string {
	called := c.Description
	if c.Category == schemas.CategoryUsage && c.Price != "" {
		called = ""
	}
	return strings.Join([]string{
		string(c.Account), string(c.Subscription), string(c.Category), string(c.Price), string(c.Meter), c.Group, string(c.Currency),
		string(c.Offering), called,
	}, "\x00")
}

// SameLine reports whether a correction is of the line of a charge of the period that it corrects.
func SameLine(correction, c *schemas.Charge) bool {
	return lineName(correction) == lineName(c) && !c.Start.Before(correction.Start) && !c.End.After(correction.End)
}

// addCharge adds a charge to others of its line.
func addCharge(sum, c *schemas.Charge) *schemas.Charge {
	if sum == nil {
		first := *c
		return &first
	}
	sum.Exact, sum.Amount, sum.Residue = sum.Exact.Add(c.Exact), sum.Amount.Add(c.Amount), sum.Residue.Add(c.Residue)
	sum.List, sum.PeerCost, sum.HasCost = sum.List.Add(c.List), sum.PeerCost.Add(c.PeerCost), sum.HasCost || c.HasCost
	sum.Consumed, sum.Priced, sum.UsageRows = sum.Consumed.Add(c.Consumed), sum.Priced.Add(c.Priced), sum.UsageRows+c.UsageRows
	return sum
}

// correction is the charge that turns what was issued of a line, which is of a period, into what is rated again, in a run for
// another. Its time is that of the first part.
func correction(of, in schemas.Period, line []linePart) (schemas.Charge, bool) {
	var before, after *schemas.Charge
	for _, p := range line {
		if p.again {
			after = addCharge(after, p.charge)
		} else {
			before = addCharge(before, p.charge)
		}
	}
	out, none := *cmp.Or(after, before), &schemas.Charge{}
	before, after = cmp.Or(before, none), cmp.Or(after, none)
	out.Start, out.End = line[0].charge.Start, line[0].charge.End
	out.Class, out.Corrects, out.Steps = schemas.ClassCorrection, of, nil
	out.HasCost = before.HasCost || after.HasCost
	out.List, out.PeerCost = after.List.Sub(before.List), after.PeerCost.Sub(before.PeerCost)
	out.Consumed, out.Priced = after.Consumed.Sub(before.Consumed), after.Priced.Sub(before.Priced)
	out.UsageRows = after.UsageRows - before.UsageRows
	var t model.Trail
	if out.HasQuantity {
		t.Sub("the quantity rated again, less that issued", model.Fact("rerated", after.Priced), model.Fact("issued", before.Priced))
	}
	exact := t.Sub("the exact amount rated again, less that issued", model.Fact("rerated", after.Exact), model.Fact("issued", before.Exact))
	amount := t.Sub("the amount rated again, less that issued", model.Fact("rerated", after.Amount), model.Fact("issued", before.Amount))
	residue := t.Sub("what rounding left", model.In("exact", exact), model.In("amount", amount))
	out.Exact, out.Amount, out.Residue, out.Steps = exact.V, amount.V, residue.V, t.Steps
	out.ID = model.ChargeID(&out, in, 0, t.Inside())
	return out, !amount.V.IsZero() || !exact.V.IsZero() || !out.Priced.IsZero() || !out.PeerCost.IsZero() || !out.Consumed.IsZero() || out.UsageRows != 0
}
