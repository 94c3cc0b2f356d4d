package rating

import (
	"cmp"
	"slices"
	"strings"

	"daybook/rating/model"
	"daybook/schemas"
)

// Difference returns the charges that turn what was issued for a period into what rating it again gives, to stand in the bill run
// for a later one: one for each line whose amount or usage differs, of class Correction, with the charge period of the original. Charges are the same line when
// account, subscription, price, meter, group, category, description and period agree; lines on one side only are
// charged in full or given back. Issued and corrections therefore add up to rerated.
func Difference(of, in schemas.Period, issued, rerated []schemas.Charge) []schemas.Charge {
	type pair struct{ before, after *schemas.Charge }
	pairs := map[string]*pair{}
	var keys []string
	find := func(c *schemas.Charge) *pair {
		key := lineKey(c)
		if pairs[key] == nil {
			pairs[key] = &pair{}
			keys = append(keys, key)
		}
		return pairs[key]
	}
	for i := range issued {
		p := find(&issued[i])
		p.before = addCharge(p.before, &issued[i])
	}
	for i := range rerated {
		p := find(&rerated[i])
		p.after = addCharge(p.after, &rerated[i])
	}
	slices.Sort(keys)
	var out []schemas.Charge
	for _, key := range keys {
		if c, differs := correction(of, in, pairs[key].before, pairs[key].after); differs {
			out = append(out, c)
		}
	}
	return out
}

// lineKey is what makes two charges the same line.
func lineKey(c *schemas.Charge) string {
	return strings.Join([]string{
		string(c.Account), string(c.Subscription), string(c.Category), string(c.Price), string(c.Meter), c.Group, string(c.Currency),
		c.Start.UTC().Format("20060102T150405.000000"), c.End.UTC().Format("20060102T150405.000000"), string(c.Offering), c.Description,
	}, "\x00")
}

// addCharge adds a charge to one of the same line: an invoice and its earlier corrections.
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

// correction is the charge that turns before into after, which are of a period, in a run for another.
func correction(of, in schemas.Period, before, after *schemas.Charge) (schemas.Charge, bool) {
	none := schemas.Charge{}
	c := cmp.Or(after, before)
	if before == nil {
		before = &none
	}
	out := *c
	if after == nil {
		after = &none
	}
	out.Class, out.Corrects, out.Steps = schemas.ClassCorrection, of, nil
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
	out.ID = chargeID(&out, in, 0, t.Inside())
	return out, !amount.V.IsZero() || !exact.V.IsZero() || !out.Priced.IsZero() || !out.PeerCost.IsZero() || !out.Consumed.IsZero() || out.UsageRows != 0
}
