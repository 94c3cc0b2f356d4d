package rating

import (
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// What Reads.Value is where a meter takes no column of a row: 1 for the row itself, or the seconds from its start to its
// end.
const (
	ReadsRow     = takeRows
	ReadsSeconds = takeSeconds
)

// Held says which charge holds some rows, and which rows went before them into its tiers.
type Held struct {
	// Charge is empty where no charge holds the rows; then a finding does.
	Charge schemas.ChargeID
	// Series numbers, within the account, what one meter took for one group: charges of one series cut it in time.
	Series int
	Meter  schemas.MeterID
}

// Held returns what became of the rows of a handle that start at an instant in microseconds. It is for explaining, after
// Plan.Rate and before the next Begin.
func (t *Tally) Held(h Handle, at int64) Held {
	n := t.handles[h].series
	s := &t.series[n]
	out := Held{Series: n}
	if s.meter < 0 {
		return out
	}
	out.Meter = t.plan.meters[s.meter].ID
	if l := s.priced[s.sliceAt(at)]; l != nil {
		out.Charge = l.charge.ID
	}
	return out
}

// Take is what a meter takes of the rows that share a set of labels, whoever has bought what it measures.
type Take struct {
	Meter schemas.MeterID
	// Group is that of the charges that hold the rows, as these have it.
	Group string
	// Value and Cost are as in Reads.
	Value, Cost int
	// OfCost says that the value is money that a peer charges; then the charges' ConsumedUnit is its currency.
	OfCost bool
	factor money.Fixed
}

// AsItIs reports whether the meter's unit is that of the rows, so that there is nothing to convert.
func (k *Take) AsItIs() bool { return k.factor == (money.Fixed{}) }

// Convert is Tally.Convert for what is taken.
func (k *Take) Convert(quantity money.Fixed) (money.Fixed, error) {
	if k.AsItIs() {
		return quantity, nil
	}
	return convertExact(quantity, k.factor)
}

// Sums returns what the meters that add rows up, window by window or at once, take of rows with these labels, which are
// in the order of Columns.
func (p *Plan) Sums(labels []string) []Take {
	var out []Take
	for _, x := range p.match(slices.Clone(labels)) {
		if x.meter < 0 || x.code != "" {
			continue
		}
		if m := &p.meters[x.meter]; m.Aggregation == "" || m.Aggregation == schemas.AggregateSum || m.Aggregation == schemas.AggregateCount {
			out = append(out, Take{m.ID, string(appendGroup(nil, x.group)), x.reads.Value, x.reads.Cost, m.isCost(), x.factor})
		}
	}
	return out
}

// Convert returns a quantity of a handle's rows in the unit of its meter. The error is that of a quantity that does not
// fit 18 decimal places there, whose row Add refuses.
func (t *Tally) Convert(h Handle, quantity money.Fixed) (money.Fixed, error) {
	factor := t.handles[h].match.factor
	if factor == (money.Fixed{}) {
		return quantity, nil
	}
	return convertExact(quantity, factor)
}

// PricesCost reports whether charges of a model go by what peers charge for the rows, whatever their meter takes.
func PricesCost(m schemas.Model) bool { return costModel(m) }
