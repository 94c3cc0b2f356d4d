package rating

import (
	"cmp"
	"slices"
	"strings"

	"daybook/schemas"
)

// levels are the levels at which a series starts.
func (c *Carried) levels(series string) []levelAt {
	i, _ := slices.BinarySearchFunc(c.Levels, series, func(l CarriedLevel, series string) int { return cmp.Compare(l.Series, series) })
	var out []levelAt
	for ; i < len(c.Levels) && c.Levels[i].Series == series; i++ {
		out = append(out, levelAt{c.Levels[i].ID, c.Levels[i].Level})
	}
	return out
}

// levelsOf are the levels at which a series of a meter starts: none where the meter carries none in.
func (b *bill) levelsOf(s *series, m *meter) []levelAt {
	if !m.CarryIn {
		return nil
	}
	return b.carried.levels(s.key)
}

// described is what is known of what had the levels of a series; nil for levels that say nothing of it.
func (c *Carried) described(series string) *CarriedSeries {
	i, found := slices.BinarySearchFunc(c.Series, series, func(x CarriedSeries, series string) int { return cmp.Compare(x.Series, series) })
	if !found {
		return nil
	}
	return &c.Series[i]
}

// carryLevels keeps the levels on which series end, and what these are of.
func (b *bill) carryLevels() {
	out := &b.out.Carried
	for i := range b.tally.series {
		s := &b.tally.series[i]
		if s.meter < 0 || !b.plan.meters[s.meter].CarryIn {
			continue
		}
		if levels := b.endLevels(s); len(levels) > 0 {
			out.Levels = append(out.Levels, levels...)
			out.Series = append(out.Series, s.carriedOn())
		}
	}
	for i, l := range b.carried.Levels { // of a meter that is not there, or not like that, a level waits until it is
		if b.tally.seriesAt(l.Series) != nil {
			continue
		}
		out.Levels = append(out.Levels, l)
		if of := b.carried.described(l.Series); of != nil && (i == 0 || b.carried.Levels[i-1].Series != l.Series) {
			out.Series = append(out.Series, *of)
		}
	}
	slices.SortFunc(out.Levels, func(x, y CarriedLevel) int {
		return cmp.Or(cmp.Compare(x.Series, y.Series), cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(out.Series, func(x, y CarriedSeries) int { return cmp.Compare(x.Series, y.Series) })
}

// endLevels are the levels on which a series ends: those on which it started, where no row changed them.
func (b *bill) endLevels(s *series) []CarriedLevel {
	m := &b.plan.meters[s.meter]
	started := b.levelsOf(s, m)
	var all accumulator
	for k := range s.slices {
		// A sum beyond 38 digits was refused row by row; of levels only the points matter here.
		all.points = append(all.points, s.slices[k].points...)
		if s.slices[k].rows > 0 {
			all.extreme, all.rows = s.slices[k].extreme, all.rows+s.slices[k].rows
		}
	}
	var out []CarriedLevel
	if m.Aggregation == schemas.AggregateLatest {
		if all.rows > 0 {
			return []CarriedLevel{{Series: s.key, Level: all.extreme}}
		}
		for _, l := range started {
			out = append(out, CarriedLevel{s.key, l.id, l.level})
		}
		return out
	}
	for _, tr := range levels(all.points, &m.Meter, started) {
		level := tr.level
		if n := len(tr.changes); n > 0 {
			level = tr.changes[n-1].Value
		}
		if !level.IsZero() {
			out = append(out, CarriedLevel{s.key, tr.id, level})
		}
	}
	return out
}

// carriedOn describes a series for the next period.
func (s *series) carriedOn() CarriedSeries {
	l := s.labels
	return CarriedSeries{
		Series: s.key, Service: l[labelService], ServiceCategory: l[labelCategory], SKU: schemas.SKU(l[labelSKU]),
		SkuMeter: l[labelSKUMeter], Region: l[labelRegion], Peer: schemas.PeerID(l[labelPeer]),
	}
}

// labelled is the value of a label, by its place among those of rows.
type labelled struct {
	label int
	value string
}

func (c *CarriedSeries) labels() [6]labelled {
	return [6]labelled{
		{labelService, c.Service},
		{labelCategory, c.ServiceCategory},
		{labelSKU, string(c.SKU)},
		{labelSKUMeter, c.SkuMeter},
		{labelRegion, c.Region},
		{labelPeer, string(c.Peer)},
	}
}

// seed makes the series that have a level carried in and no row, so that what stayed as it was is charged, too. Of what has
// both, the charge says what the level and the rows have in common.
func (t *Tally) seed(c *Carried) {
	for _, l := range c.Levels {
		of := c.described(l.Series)
		if s := t.seriesAt(l.Series); s != nil {
			s.joinLevel(of)
			continue
		}
		parts := strings.Split(l.Series, "\x00")
		at, known := t.plan.meterAt[schemas.MeterID(parts[0])]
		if !known || !t.plan.meters[at].CarryIn || len(parts) < 3 || len(parts)-3 != len(t.plan.meters[at].GroupBy) {
			continue
		}
		t.seedOne(at, parts, of)
	}
}

// seriesAt is the series of a key, nil where the account at hand has none.
func (t *Tally) seriesAt(key string) *series {
	if id, there := t.ids[key]; there && t.byID[id].stamp == t.stamp {
		return &t.series[t.byID[id].at]
	}
	return nil
}

// seedOne makes the series of a meter and the parts of a key.
func (t *Tally) seedOne(at int, key []string, of *CarriedSeries) {
	from := &t.plan.meters[at]
	m := match{meter: at, reads: Reads{Value: from.value, Cost: -1, ID: from.id}, labels: make([]string, len(t.plan.columns))}
	if of != nil {
		for _, x := range of.labels() {
			m.labels[x.label] = x.value
		}
	}
	m.labels[labelCurrency] = key[2]
	for i, value := range key[3:] {
		m.group = append(m.group, schemas.DimensionMatch{Column: from.GroupBy[i], Value: value})
		m.labels[from.groups[i]] = value
	}
	if key[2] != "" {
		m.reads.Cost = schemas.UseEffectiveCost
	}
	m.key = t.plan.keyOf(&m, "")
	m.id = t.idOf(m.key)
	t.seriesOf(&m)
}

// joinLevel empties the labels in which the rows of a series are others than what its levels are of.
func (s *series) joinLevel(of *CarriedSeries) {
	if of == nil {
		return
	}
	for _, x := range of.labels() {
		if s.labels[x.label] != x.value {
			s.empty(x.label)
		}
	}
}
