package rating

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// series is what one meter takes for one group and cost currency.
type series struct {
	meter    int // -1 for rows that no meter takes
	code     schemas.Code
	group    []schemas.DimensionMatch
	currency money.Currency // of the cost
	// labels are those of the first rows, which the match has, too; a label in which later rows differ is emptied, in differ.
	labels []string
	differ []string
	slices []accumulator
	starts []int64 // when the slices begin; nil for a single one
	priced []*line // by slice, once rated: what holds its rows
	// uncosted says that its price asks what a peer charges, and none charges anything.
	uncosted bool
	key      string
}

// empty empties a label, in labels of the series' own.
func (s *series) empty(label int) {
	if len(s.differ) == 0 {
		s.differ = append(s.differ, s.labels...)
		s.labels = s.differ
	}
	s.labels[label] = ""
}

// zeros returns n zero values, in the room of an earlier slice where it is enough.
func zeros[T any](room []T, n int) []T {
	room = slices.Grow(room[:0], n)[:n]
	clear(room)
	return room
}

// emptied returns n empty accumulators, in the room of earlier ones and of the points that they kept.
func emptied(room []accumulator, n int) []accumulator {
	const mostPoints = 1 << 14
	room = slices.Grow(room[:0], n)[:n]
	for i := range room {
		points := room[i].points[:0]
		if cap(points) > mostPoints {
			points = nil
		}
		room[i] = accumulator{points: points}
	}
	return room
}

// costCurrency is the currency of what peers charge for a match's rows, where they do.
func (p *Plan) costCurrency(m *match) money.Currency {
	if m.reads.Cost >= 0 || m.meter >= 0 && p.meters[m.meter].isCost() {
		return money.Currency(m.labels[labelCurrency])
	}
	return ""
}

// keyOf names the series of a match; rows that cannot be rated are kept apart by all their labels.
func (p *Plan) keyOf(m *match, code schemas.Code) string {
	key := p.seriesKey(m.meter, code, p.costCurrency(m), m.group)
	if m.meter < 0 || code != "" {
		key += "\x00" + strings.Join(m.labels, "\x00")
	}
	return key
}

// seriesKey names a series within an account, the same in every period of a catalogue.
func (p *Plan) seriesKey(meter int, code schemas.Code, currency money.Currency, group []schemas.DimensionMatch) string {
	var b strings.Builder
	if meter >= 0 {
		b.WriteString(string(p.meters[meter].ID))
	}
	b.WriteString("\x00" + string(code) + "\x00" + string(currency))
	for _, g := range group {
		b.WriteString("\x00" + g.Value)
	}
	return b.String()
}

// sliceAt is the slice that holds an instant.
func (s *series) sliceAt(at int64) int {
	if s.starts == nil {
		return 0
	}
	i, found := slices.BinarySearch(s.starts, at)
	if !found {
		i--
	}
	return max(i, 0)
}

// grow makes room for a series, using again what an earlier account left.
func (t *Tally) grow() int {
	n := len(t.series)
	if n < cap(t.series) {
		t.series = t.series[:n+1]
		s := &t.series[n]
		*s = series{differ: s.differ[:0], slices: s.slices[:0], priced: s.priced[:0]}
		return n
	}
	t.series = append(t.series, series{})
	return n
}
