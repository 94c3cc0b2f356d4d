package promise

import (
	"cmp"
	"slices"

	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// gathered is the evidence of one service, as it was delivered last.
type gathered struct {
	rows []service.EvidenceRow
	// at is where the row of an incident or notice stands, by its source and identifier, and seen the counts of requests and samples.
	at   map[named]int
	seen map[counted]bool
}

type named struct {
	format schemas.Format
	source schemas.SourceID
	id     string
}

// counted is a count of requests or a sample, of which one that is delivered twice counts once.
type counted struct {
	source schemas.SourceID
	service.Place
	start, end    int64
	total, errors int64
	series, value string
}

// add takes a row. Of those of one identifier the last counts, in the order of the names of objects, in whatever order they are read.
func (g *gathered) add(r *service.EvidenceRow) {
	switch r.Format {
	case schemas.Incidents10, schemas.Notices10:
		key := named{r.Format, r.Source, r.ID}
		if i, known := g.at[key]; known {
			if was := &g.rows[i]; cmp.Or(cmp.Compare(was.Object, r.Object), cmp.Compare(was.Row, r.Row)) <= 0 {
				g.rows[i] = *r
			}
			return
		}
		g.at[key] = len(g.rows)
	case schemas.Requests10, schemas.Samples10:
		key := counted{r.Source, r.Place, r.Start.UnixMicro(), r.End.UnixMicro(), r.Total, r.Errors, r.Series, ""}
		if r.Value != nil {
			key.value = r.Value.String()
		}
		if g.seen[key] {
			return
		}
		g.seen[key] = true
	default:
	}
	g.rows = append(g.rows, *r)
}

// all is the evidence for judging. The service was told by whose it is, and stands in none of it.
func (g *gathered) all() (out service.Evidence) {
	if g == nil {
		return out
	}
	for i := range g.rows {
		g.rows[i].AddTo(&out)
	}
	return out
}

// gatherEvidence reads all evidence of the run, counts it, and keeps what promises are about.
func (j *judge) gatherEvidence() error {
	j.evidence = map[owned]*gathered{}
	back := false
	for i := range j.promises {
		for _, s := range j.versions(j.promises[i].SLA) {
			j.evidence[owned{s.Peer, j.promises[i].Service}] = &gathered{at: map[named]int{}, seen: map[counted]bool{}}
			back = back || s.Measure.Window == service.WindowOfYear || s.Measure.Window == service.WindowOfThirtyDays
		}
	}
	j.ran = []schemas.Period{j.from.Period}
	keep := func(r *service.EvidenceRow) {
		if g := j.evidence[owned{r.Peer, r.Service}]; g != nil {
			g.add(r)
		}
	}
	if len(j.promises) > 0 {
		if err := j.evidenceBefore(back, keep); err != nil {
			return err
		}
	}
	for _, key := range j.from.Evidence {
		if err := rows.ReadEvidence(j.ctx, j.from.Store, key, func(r *service.EvidenceRow) error {
			j.control.Judged.Rows++
			keep(r)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// evidenceBefore reads the evidence of the month before, for the ends of what began then, and where a promise looks back that of all
// earlier months.
func (j *judge) evidenceBefore(back bool, keep func(*service.EvidenceRow)) error {
	for _, e := range j.from.Earlier {
		if !back && e.Period != j.from.Period.Previous() {
			continue
		}
		m, err := run.ReadEarlier(j.ctx, j.from.Store, e)
		if err != nil {
			return err
		}
		j.ran = append(j.ran, e.Period)
		for _, o := range m.Outputs {
			if o.Dataset != service.EvidenceTable.Name {
				continue
			}
			if err := rows.ReadEvidence(j.ctx, j.from.Store, o.Key, func(r *service.EvidenceRow) error {
				keep(r)
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// readEarlier reads the results of earlier months that earned something, as they stand by what the book knows now, and what bills
// since have given of them: of peers, and of ours where a cap counts them.
func (j *judge) readEarlier() error {
	j.given = map[string]money.Decimal{}
	capped := map[service.PromiseID]bool{}
	for i := range j.promises {
		for _, s := range j.versions(j.promises[i].SLA) {
			capped[j.promises[i].ID] = capped[j.promises[i].ID] || s.Credit.CapMonths > 1
		}
	}
	for _, e := range j.from.Earlier {
		m, err := run.ReadEarlier(j.ctx, j.from.Store, e)
		if err != nil {
			return err
		}
		for _, o := range m.Outputs {
			switch o.Dataset {
			case service.SLAResults.Name:
				err = rows.ReadSLARows(j.ctx, j.from.Store, o.Key, &service.SLAResults, func(r *service.SLARow) error {
					if r.Least.Credit.IsPositive() && (r.Account == "" || capped[r.Promise]) {
						j.before = append(j.before, *r)
					}
					return nil
				})
			case service.SLACredits.Name:
				err = rows.ReadSLACredits(j.ctx, j.from.Store, o.Key, func(c *service.SLACreditRow) {
					if c.Account == "" {
						j.given[c.Result] = j.given[c.Result].Add(c.Credited)
					}
				})
			}
			if err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(j.before, func(a, b service.SLARow) int { return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.ID, b.ID)) })
	for i := range j.before {
		if err := j.settle(&j.before[i]); err != nil {
			return err
		}
	}
	return nil
}
