package rating

import (
	"slices"

	"daybook/schemas"
)

// Decisive says of each of Columns whether its value can change which meters take a row, or into which group. Rows that
// agree in the decisive columns may be resolved as one; what they do not agree in else is told by Tally.Differ.
func (p *Plan) Decisive() []bool {
	all := make([]int, len(p.meters))
	for i := range all {
		all[i] = i
	}
	return p.decisive(all)
}

// DecisiveFor is Decisive for rows of one SKU: a column that only meters of other SKUs look at is not decisive.
func (p *Plan) DecisiveFor(sku schemas.SKU) []bool {
	return p.decisive(p.bySKU[string(sku)], p.anySKU)
}

// decisive is Decisive for rows that no other meters than those of the lists can take.
func (p *Plan) decisive(lists ...[]int) []bool {
	out := make([]bool, len(p.columns))
	out[labelPeer], out[labelCurrency] = true, true
	for _, i := range slices.Concat(lists...) {
		m := &p.meters[i]
		out[labelSource] = out[labelSource] || m.Source != ""
		out[labelService] = out[labelService] || len(m.Services) > 0
		out[labelSKU] = out[labelSKU] || len(m.SKUs) > 0
		out[labelSKUMeter] = out[labelSKUMeter] || len(m.SkuMeters) > 0
		out[labelPricingUnit] = out[labelPricingUnit] || m.Value == schemas.ValuePriced
		for _, f := range m.filters {
			out[f.label] = true
		}
		for _, g := range m.groups {
			out[g] = true
		}
	}
	// A finding carries its quantity in one unit, whatever the meters measure.
	out[labelConsumedUnit] = true
	out[labelLate] = true
	return out
}

// Differ says that rows of a handle differ in a column, by its place in Columns, that is not decisive: what is made of them
// does not name its value.
func (t *Tally) Differ(h Handle, column int) {
	x := &t.handles[h]
	t.series[x.series].empty(column)
	c := &t.combos[x.combo]
	if c.labels[column] != "" {
		// The labels are those of the match, which other accounts share.
		c.labels = slices.Clone(c.labels)
		c.labels[column] = ""
	}
}
