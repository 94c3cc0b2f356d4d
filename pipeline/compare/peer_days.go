package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// longestDay is as long as a charge period may be that says what was used on the day on which it begins.
const longestDay = 25 * time.Hour

// dayKey is what is billed for one day of a series, or what says nothing of its day.
type dayKey struct {
	peeruse.Series
	day   schemas.Date
	fixed bool
}

// peerDays adds up what peers with anomalies bill by day.
type peerDays struct {
	by             map[schemas.PeerID]schemas.AnomalyBy
	first, through schemas.Date
	sums           map[dayKey]*peeruse.Day
	// read is what is counted of the usage as it is read.
	read dataset.Totals
}

// newPeerDays is that of a period's days to the last with data; it takes nothing where no peer has anomalies.
func newPeerDays(peers []schemas.Peer, p schemas.Period, through schemas.Date) *peerDays {
	d := &peerDays{by: map[schemas.PeerID]schemas.AnomalyBy{}, through: through, sums: map[dayKey]*peeruse.Day{}}
	d.first, _ = p.Days()
	for i := range peers {
		if a := peers[i].Anomalies; a != nil {
			d.by[peers[i].ID] = cmp.Or(a.By, schemas.AnomalyByService)
		}
	}
	return d
}

// of is the day of a series that a row counts on; false where its peer is not watched.
func (d *peerDays) of(r *PeerRow) (on dayKey, watched bool) {
	by, watched := d.by[r.peer]
	if !watched {
		return on, false
	}
	on = dayKey{Series: peeruse.Series{Peer: r.peer, Service: r.service, By: by, Currency: money.Currency(r.currency)}, day: r.day, fixed: r.fixed}
	if by == schemas.AnomalyByCustomer {
		on.Customer = r.customer
	}
	if r.day.Before(d.first) {
		on.day = d.first
	}
	if r.day.After(d.through) {
		on.day = d.through
	}
	return on, true
}

// fixed reports whether row i says nothing of what was used on its day.
func (d *peerDays) fixed(day schemas.Date, b *dataset.Batch, i int) bool {
	start, end := b.Columns[schemas.UseChargePeriodStart].Ints[i], b.Columns[schemas.UseChargePeriodEnd].Ints[i]
	return b.Columns[schemas.UseChargeCategory].StringAt(i) != string(schemas.CategoryUsage) || end-start > longestDay.Microseconds() ||
		day.Before(d.first) || day.After(d.through)
}

// sum adds rows of a day.
func (d *peerDays) sum(on dayKey, rows int64, billed money.Fixed, count *dataset.Totals) error {
	x := d.sums[on]
	if x == nil {
		x = &peeruse.Day{Series: on.Series, Day: on.day, Fixed: on.fixed}
		d.sums[on] = x
	}
	x.Rows += rows
	var err error
	if x.Billed, err = x.Billed.Add(billed); err != nil {
		return fmt.Errorf("add up the days of %s: %w", on.Peer, err)
	}
	count.Rows += rows
	return count.AddCost(string(on.Currency), billed)
}

// list is what was added up, in order.
func (d *peerDays) list() []peeruse.Day {
	out := make([]peeruse.Day, 0, len(d.sums))
	for _, x := range d.sums {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b peeruse.Day) int {
		return cmp.Or(compareSeries(&a.Series, &b.Series), a.Day.Compare(b.Day), cmp.Compare(sideOf(a.Fixed), sideOf(b.Fixed)))
	})
	return out
}

func sideOf(fixed bool) int {
	if fixed {
		return 1
	}
	return 0
}

func compareSeries(a, b *peeruse.Series) int {
	return cmp.Or(cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Service, b.Service), cmp.Compare(a.By, b.By), cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Currency, b.Currency))
}

// seriesOf are those of the use of days, in order; of more than can be judged those that cost most.
func seriesOf(days []peeruse.Day, most int) []peeruse.Series {
	sums := map[peeruse.Series]money.Decimal{}
	for i := range days {
		if !days[i].Fixed {
			sums[days[i].Series] = sums[days[i].Series].Add(days[i].Billed.Decimal().Abs())
		}
	}
	bySize := func(a, b peeruse.Series) int { return cmp.Or(sums[b].Compare(sums[a]), compareSeries(&a, &b)) }
	out := slices.SortedFunc(maps.Keys(sums), bySize)
	out = out[:min(len(out), most)]
	slices.SortFunc(out, func(a, b peeruse.Series) int { return compareSeries(&a, &b) })
	return out
}
