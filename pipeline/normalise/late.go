package normalise

import (
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// lateMarks labels the rows of a batch that came late with the period in which their use was.
type lateMarks struct {
	dict  *dataset.Dictionary
	codes []uint32
	nulls []uint64
	rows  int
	some  bool
	// unrun counts, by period, rows that would be late if the period had ever been run; rated those among them that are
	// rated with the period at hand, because they stand on its bill.
	unrun, rated map[schemas.Period]int64
}

func (m *lateMarks) begin(rows int) { m.rows, m.some = rows, false }

// mark labels row i.
func (m *lateMarks) mark(i int, p schemas.Period) {
	if m.dict == nil {
		m.dict = dataset.NewDictionary()
	}
	if !m.some {
		m.some = true
		m.codes = zeros(m.codes, m.rows)
		m.nulls = slices.Grow(m.nulls[:0], (m.rows+63)/64)[:(m.rows+63)/64]
		for w := range m.nulls {
			m.nulls[w] = ^uint64(0)
		}
	}
	m.codes[i] = m.dict.Code([]byte(p))
	m.nulls[i/64] &^= 1 << (i % 64)
}

// end puts the labels into the batch, where there are any.
func (m *lateMarks) end(b *dataset.Batch) {
	if m.some {
		if tail := uint(m.rows % 64); tail > 0 {
			m.nulls[len(m.nulls)-1] &= 1<<tail - 1
		}
		b.Columns[schemas.UseLatePeriod] = dataset.Vector{Type: schemas.Label, Dict: m.dict, Codes: m.codes, Nulls: m.nulls}
	}
}

// late reports whether row i came after the period of its use had been run, and marks it. A bill that is of the period at
// hand has late rows where their use was over before the billing period began; what a meter says is late where its use
// began before. An object that the run of a later period than the use had as well is no news: that run took the rows.
func (n *normaliser) late(b *dataset.Batch, i int, inPeriod bool) bool {
	start, end := b.Columns[schemas.UseChargePeriodStart].Ints[i], b.Columns[schemas.UseChargePeriodEnd].Ints[i]
	billed := &b.Columns[schemas.UseBillingPeriodStart]
	has := !billed.Absent && !billed.IsNull(i)
	switch {
	case has && (!inPeriod || end > billed.Ints[i]):
		return false
	case !has && n.src.Semantics == schemas.Snapshot && end > n.month.start:
		return false
	case !has && start >= n.month.start:
		return false
	}
	p := schemas.PeriodOf(rows.TimeOf(start), n.zone)
	if !n.looksFor(p) {
		return false
	}
	stays := has || n.src.Semantics == schemas.Snapshot
	if !stays && p <= n.obj.Taken {
		return false
	}
	if n.in.RanEarlier(p) {
		n.marks.mark(i, p)
		return true
	}
	n.marks.miss(p, stays)
	return false
}

// looksFor reports whether usage of a period may be late for it: the period is before the one at hand, but not before the
// book's first, nor further back than late usage is taken.
func (n *normaliser) looksFor(p schemas.Period) bool {
	return p < n.period && p >= n.oldest
}

// oldestLate is the earliest period for which usage may come late.
func oldestLate(in *run.Inputs) schemas.Period {
	p := in.Period()
	for range run.MostEarlier {
		p = p.Previous()
	}
	return max(p, in.Book().Provider().FirstPeriod)
}

// miss counts a row of a period that was never run.
func (m *lateMarks) miss(p schemas.Period, rated bool) {
	if m.unrun == nil {
		m.unrun, m.rated = map[schemas.Period]int64{}, map[schemas.Period]int64{}
	}
	m.unrun[p]++
	if rated {
		m.rated[p]++
	}
}

// noteUnrun says which rows are of periods that were never run, so that there is nothing that they came late for.
func (n *normaliser) noteUnrun() {
	info, _ := schemas.CodePeriodNotRun.Info()
	for _, p := range slices.Sorted(maps.Keys(n.marks.unrun)) {
		unrun := n.marks.unrun[p]
		are := schemas.OneOrMany(unrun, "is", "are")
		what := are + " out of scope"
		if n.marks.rated[p] > 0 {
			what = fmt.Sprintf("%s rated as usage of %s, on whose bill %s", are, n.in.Period(), schemas.OneOrMany(unrun, "it stands", "they stand"))
		}
		n.found.Add(schemas.Finding{
			Code: info.Code, Severity: info.Severity, Source: n.src.ID, Object: n.obj.Key, Value: string(p),
			Message: fmt.Sprintf("%d %s of %s, which has no run, %s; %s", unrun, schemas.OneOrMany(unrun, "row", "rows"), p, what, info.Fix),
		})
	}
}
