package promise

import (
	"slices"

	"daybook/schemas/service"
)

// linkProblems says of results which problems are about them, and of the problems of the month which results they are about.
func (j *judge) linkProblems() error {
	first, last := j.from.Period.Days()
	for _, p := range j.from.Book.Problems() {
		p, known := p.Known(j.from.AsOf)
		if !known {
			continue
		}
		row := service.ProblemRow{Problem: p, Period: j.from.Period}
		for _, list := range [][]service.SLARow{j.before, j.rows} {
			for i := range list {
				r := &list[i]
				if !p.About(r) {
					continue
				}
				r.Problems = append(r.Problems, string(p.ID))
				row.Results = append(row.Results, r.ID)
				if r.Reference != "" && !slices.Contains(row.Claims, r.Reference) {
					row.Claims = append(row.Claims, r.Reference)
				}
			}
		}
		if !p.Opened.After(last) && (p.Resolved.IsZero() || !p.Resolved.Before(first)) {
			j.problems = append(j.problems, row)
		}
	}
	return nil
}
