package rating

import "daybook/schemas"

// matchLate finds what becomes of rows that came after their own period had been run, which their label names. Each meter
// has its policy:
//
//   - next_period takes them in the period in which they came, with its other rows;
//   - rerate takes them in their own period, when that is rated again with them;
//   - drop takes them in neither.
//
// A plan of the period in which they came leaves rows that are rated again to the plan of their own (elsewhere), and has a
// finding for those that no meter takes anywhere. A plan of their own period has findings only for what it alone can take.
func (p *Plan) matchLate(labels []string) []match {
	again := p.isAgain(labels)
	var out []match
	var next, rerate, dropped bool
	for _, list := range [2][]int{p.bySKU[labels[labelSKU]], p.anySKU} {
		for _, i := range list {
			if !p.meters[i].takes(labels) {
				continue
			}
			late := p.meters[i].Late
			switch late {
			case schemas.LateDrop:
				dropped = true
				continue
			case schemas.LateNext:
				next = true
			case schemas.LateRerate:
				rerate = true
			default: // rerate is what an empty text means
				rerate = true
			}
			if (late == schemas.LateNext) != again {
				out = append(out, p.matchMeter(i, labels))
			}
		}
	}
	if out == nil {
		code := schemas.CodeUnknownSKU
		if dropped {
			code = schemas.CodeOtherPeriod
		}
		out = append(out, p.unmetered(labels, code))
	}
	for i := range out {
		out[i].elsewhere = !again && rerate && !next || again && (!rerate || next)
	}
	return out
}

// isAgain reports whether rows with these labels are there for the plan's period to be rated again.
func (p *Plan) isAgain(labels []string) bool { return labels[labelLate] == string(p.spec.Period) }

// RatedAgain returns how many of the rows added since Begin came late and are taken by the plan because it rates their own
// period again.
func (t *Tally) RatedAgain() (rows int64) {
	for i := range t.combos {
		c := &t.combos[i]
		m := t.handles[c.handles[0]].match
		if !t.plan.isAgain(m.labels) || m.code == schemas.CodeUnknownSKU || m.code == schemas.CodeOtherPeriod {
			continue
		}
		for k := range c.totals {
			rows += c.totals[k].rows
		}
		if c.shared != nil {
			for _, n := range c.shared.rows {
				rows += n
			}
		}
	}
	return rows
}
