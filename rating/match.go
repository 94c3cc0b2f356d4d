package rating

import (
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Columns that identify a row for matching, whatever the catalogue says. Those of filters and groups follow them.
var fixedColumns = []int{
	schemas.UseSourceId, schemas.UsePeerId, schemas.UseServiceName, schemas.UseSkuId, schemas.UseSkuMeter,
	schemas.UseConsumedUnit, schemas.UsePricingUnit, schemas.UseBillingCurrency, schemas.UseRegionId,
	schemas.UseServiceCategory, schemas.UseLatePeriod,
}

// Positions within a row of labels, as in fixedColumns.
const (
	labelSource = iota
	labelPeer
	labelService
	labelSKU
	labelSKUMeter
	labelConsumedUnit
	labelPricingUnit
	labelCurrency
	labelRegion
	labelCategory
	labelLate
)

// meter is a meter with its columns resolved.
type meter struct {
	value int // column of Usage, or a value of the constants below
	unit  int // position of the unit's label, or -1
	id    int // column of Usage, or -1
	schemas.Meter
	filters []filter
	groups  []int // positions in the labels
}

// What a meter takes of each row where it is no column.
const (
	takeRows    = -1
	takeSeconds = -2
)

type filter struct {
	*schemas.Filter
	label int
}

// match says what one meter takes of the rows that share a set of labels.
type match struct {
	meter  int // -1 where no meter takes the rows
	code   schemas.Code
	factor money.Fixed // of the row's unit to the meter's; 0 for none
	reads  Reads
	group  []schemas.DimensionMatch
	labels []string
	key    string // of the series
	id     int    // of the key, in the tally that knows the labels
	// currency is that of the cost; additive and dropsLate are what the meter says to Tally.Additive and Tally.DropsLate.
	currency            money.Currency
	additive, dropsLate bool
	// beyond says that the rows are of labels that are not told apart.
	beyond bool
	// elsewhere says that another period answers for the rows: see matchLate.
	elsewhere bool
}

// Reads are the columns of Usage that a series takes its numbers from; -1 is none.
type Reads struct {
	// Value is the quantity, Cost what a peer charges us for it, ID what unique counts.
	Value, Cost, ID int
}

// Columns are the label columns of Usage whose values decide which meters take a row, in the order in which Resolve
// wants them. The caller resolves each combination of dictionary codes once.
func (p *Plan) Columns() []int { return slices.Clone(p.columns) }

func (p *Plan) compileMeters() error {
	p.columns = slices.Clone(fixedColumns)
	p.bySKU = map[string][]int{}
	p.meters = make([]meter, 0, len(p.book.Catalogue.Meters))
	p.meterAt = make(map[schemas.MeterID]int, len(p.book.Catalogue.Meters))
	for i := range p.book.Catalogue.Meters {
		m, err := p.compileMeter(&p.book.Catalogue.Meters[i])
		if err != nil {
			return fmt.Errorf("meter %s: %w", p.book.Catalogue.Meters[i].ID, err)
		}
		p.meters = append(p.meters, m)
		p.carries = p.carries || m.CarryIn
		if _, known := p.meterAt[m.ID]; !known {
			p.meterAt[m.ID] = i
		}
		for _, sku := range m.SKUs {
			p.bySKU[string(sku)] = append(p.bySKU[string(sku)], i)
		}
		if len(m.SKUs) == 0 {
			p.anySKU = append(p.anySKU, i)
		}
	}
	return nil
}

func (p *Plan) compileMeter(from *schemas.Meter) (meter, error) {
	m := meter{Meter: *from, unit: -1, id: -1}
	for i := range from.Filters {
		label, err := p.label(from.Filters[i].Column)
		if err != nil {
			return m, err
		}
		m.filters = append(m.filters, filter{&from.Filters[i], label})
	}
	for _, column := range from.GroupBy {
		label, err := p.label(column)
		if err != nil {
			return m, err
		}
		m.groups = append(m.groups, label)
	}
	if from.UniqueBy != "" {
		if m.id = schemas.Usage.Index(from.UniqueBy); m.id < 0 || schemas.Usage.Columns[m.id].Type > schemas.Text {
			return m, fmt.Errorf("unique_by %s is no text column of usage", from.UniqueBy)
		}
	}
	if err := p.valueOf(&m); err != nil {
		return m, err
	}
	return m, checkAggregation(&m.Meter)
}

// valueOf chooses the column that a meter measures.
func (p *Plan) valueOf(m *meter) error {
	switch m.Value {
	case "", schemas.ValueConsumed:
		m.value, m.unit = schemas.UseConsumedQuantity, labelConsumedUnit
	case schemas.ValuePriced:
		m.value, m.unit = schemas.UsePricingQuantity, labelPricingUnit
	case schemas.ValueRows:
		m.value = takeRows
	case schemas.ValueSeconds:
		m.value = takeSeconds
	case schemas.ValueEffective:
		m.value = schemas.UseEffectiveCost
	case schemas.ValueBilled:
		m.value = schemas.UseBilledCost
	case schemas.ValueContracted:
		m.value = schemas.UseContractedCost
	case schemas.ValueList:
		m.value = schemas.UseListCost
	default:
		return fmt.Errorf("value %q is none of %v", m.Value, m.Value.Values())
	}
	if m.Unit == "" {
		m.unit = -1
	}
	return nil
}

// isCost reports whether the meter measures money.
func (m *meter) isCost() bool {
	return m.value >= schemas.UseListCost && m.value <= schemas.UseEffectiveCost
}

// label returns the position of a label column among the columns, adding it where it is new.
func (p *Plan) label(name string) (int, error) {
	column := schemas.Usage.Index(name)
	if column < 0 || schemas.Usage.Columns[column].Type != schemas.Label {
		return 0, fmt.Errorf("%s is no label column of usage: choose one such as RegionId", name)
	}
	if i := slices.Index(p.columns, column); i >= 0 {
		return i, nil
	}
	p.columns = append(p.columns, column)
	return len(p.columns) - 1, nil
}

// match finds the meters that take rows with these labels, in catalogue order. Where none does, the one match has a
// code instead of a meter.
func (p *Plan) match(labels []string) []match {
	if labels[labelLate] != "" {
		return p.keyed(p.matchLate(labels))
	}
	var out []match
	for _, list := range [2][]int{p.bySKU[labels[labelSKU]], p.anySKU} {
		for _, i := range list {
			if p.meters[i].takes(labels) {
				out = append(out, p.matchMeter(i, labels))
			}
		}
	}
	if out == nil {
		out = []match{p.unmetered(labels, schemas.CodeUnknownSKU)}
	}
	return p.keyed(out)
}

// unmetered is the match of rows that no meter takes.
func (p *Plan) unmetered(labels []string, code schemas.Code) match {
	reads := Reads{schemas.UseConsumedQuantity, p.costColumn(labels), -1}
	return match{meter: -1, code: code, reads: reads, labels: labels}
}

// keyed puts matches in the order of the catalogue and names their series.
func (p *Plan) keyed(out []match) []match {
	slices.SortFunc(out, func(a, b match) int { return a.meter - b.meter })
	for i := range out {
		x := &out[i]
		x.key, x.currency = p.keyOf(x, x.code), p.costCurrency(x)
		x.additive = x.meter < 0 || p.meters[x.meter].addsUp()
		x.dropsLate = x.meter >= 0 && p.meters[x.meter].Late == schemas.LateDrop
	}
	return out
}

func (p *Plan) matchMeter(i int, labels []string) match {
	m := &p.meters[i]
	out := match{meter: i, labels: labels, reads: Reads{m.value, p.costColumn(labels), m.id}}
	for k, label := range m.groups {
		out.group = append(out.group, schemas.DimensionMatch{Column: m.GroupBy[k], Value: labels[label]})
	}
	if m.unit < 0 || labels[m.unit] == m.Unit {
		return out
	}
	factor, ok := p.units[[2]string{labels[m.unit], m.Unit}]
	f, err := money.FixedFromDecimal(factor)
	if !ok || err != nil {
		out.meter, out.code = -1, schemas.CodeUnitMismatch
	}
	out.factor = f
	return out
}

// costColumn is the column of a peer's cost; own rows have none.
func (p *Plan) costColumn(labels []string) int {
	switch {
	case labels[labelPeer] == "":
		return -1
	case p.policy.CostBasis == schemas.CostBilled:
		return schemas.UseBilledCost
	}
	return schemas.UseEffectiveCost
}

// takes reports whether the meter takes rows with these labels.
func (m *meter) takes(labels []string) bool {
	switch peer := labels[labelPeer]; {
	case m.Source != "" && string(m.Source) != labels[labelSource],
		m.Peer != "" && string(m.Peer) != peer,
		m.Own && peer != "",
		len(m.SKUs) > 0 && !slices.Contains(m.SKUs, schemas.SKU(labels[labelSKU])),
		len(m.Services) > 0 && !slices.Contains(m.Services, labels[labelService]),
		len(m.SkuMeters) > 0 && !slices.Contains(m.SkuMeters, labels[labelSKUMeter]):
		return false
	}
	for i := range m.filters {
		if !m.filters[i].Holds(labels[m.filters[i].label]) {
			return false
		}
	}
	return true
}
