package normalise

import (
	"time"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Month tells which rows belong to a period.
type Month struct {
	// start and end bound it, in microseconds.
	start, end int64
	// billedFrom and billedTo bound the instants at which a bill of that month may begin, in whatever zone the biller lives.
	billedFrom, billedTo int64
}

// eastmost is how far the zone of a biller may be ahead of UTC.
const eastmost = 14 * time.Hour

// MonthOf is that of a period in the provider's zone.
func MonthOf(p schemas.Period, zone *time.Location) Month {
	start, end := p.Bounds(zone)
	from, to := p.Bounds(time.UTC)
	return Month{start.UnixMicro(), end.UnixMicro(), from.Add(-eastmost).UnixMicro(), to.Add(-eastmost).UnixMicro()}
}

// Holds reports whether row i belongs to the period. A bill says to which billing period a row belongs, whenever the use was;
// a meter only says when the use was.
func (m *Month) Holds(b *dataset.Batch, i int) bool {
	if v := &b.Columns[schemas.UseBillingPeriodStart]; !v.Absent && !v.IsNull(i) {
		return v.Ints[i] >= m.billedFrom && v.Ints[i] < m.billedTo
	}
	at := b.Columns[schemas.UseChargePeriodStart].Ints[i]
	return at >= m.start && at < m.end
}

// longestDay is one on which clocks are set back, in microseconds.
const longestDay = int64(25 * time.Hour / time.Microsecond)

// restOf reports whether an interval is for the rest of the month, wherever that ends, and for more than a day of it.
func (m *Month) restOf(start, end int64) bool {
	return end >= m.end-eastmost.Microseconds() && end-start > longestDay
}

// Constants fill label columns with one value. Its zero value is ready for use.
type Constants struct {
	dicts map[int]*dataset.Dictionary
	// codes are the zeros that all of them share.
	codes []uint32
}

// Label gives every row of b the same text in a label column, always the same in that column; empty text leaves the column
// absent.
func (c *Constants) Label(b *dataset.Batch, col int, text string) {
	if text == "" {
		return
	}
	if c.dicts == nil {
		c.dicts = map[int]*dataset.Dictionary{}
	}
	if c.dicts[col] == nil {
		c.dicts[col] = dataset.NewDictionary()
		c.dicts[col].Code([]byte(text))
	}
	c.codes = zeros(c.codes, b.Rows)
	b.Columns[col] = dataset.Vector{Type: schemas.Label, Dict: c.dicts[col], Codes: c.codes}
}

// Provider fills the ProviderName of rows of a peer's source that have none, by what the book says of the peer.
func (c *Constants) Provider(b *dataset.Batch, peers []schemas.Peer, src *schemas.Source) {
	if src.Peer == "" || !b.Columns[schemas.UseProviderName].Absent {
		return
	}
	for i := range peers {
		if peers[i].ID == src.Peer {
			c.Label(b, schemas.UseProviderName, peers[i].Provider)
		}
	}
}

// zeros returns a slice of n zeros, reusing codes.
func zeros(codes []uint32, n int) []uint32 {
	if cap(codes) < n {
		return make([]uint32, n)
	}
	codes = codes[:n]
	clear(codes)
	return codes
}
