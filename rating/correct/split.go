package correct

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Line is a line of a period: what was charged of it, and what it is rated as, stage by stage.
type Line struct {
	// Charge is a charge of the line, the latest that there is of it, with the time of all. Its amounts are those of one part.
	Charge schemas.Charge
	// Issued is what the run of the period charged, and Corrected by how much later ones have corrected that.
	Issued, Corrected money.Decimal
	// Stages are what rating comes to, one for each stage.
	Stages []money.Decimal
}

// RightNow is what the line is rated as in the last stage.
func (l *Line) RightNow() money.Decimal { return l.Stages[len(l.Stages)-1] }

// Difference is what is still to be charged or given back.
func (l *Line) Difference() money.Decimal {
	return l.RightNow().Sub(l.Issued).Sub(l.Corrected)
}

// Causes are by how much each stage differs from the one before, the first from what was charged. They add up to the difference.
func (l *Line) Causes() []money.Decimal {
	out, before := make([]money.Decimal, len(l.Stages)), l.Issued.Add(l.Corrected)
	for i, amount := range l.Stages {
		out[i] = amount.Sub(before)
		before = amount
	}
	return out
}

// Split tells the lines of a period apart, by the same rule as Difference: charged is all that was charged for it, corrections
// among it, and stages what rating it gives in one stage after the other. A charge of any stage that holds others joins them to one
// line, so that each correction that Difference makes of the last stage lies in one. Lines on which no stage differs from the one
// before are left out.
func Split(charged []schemas.Charge, stages [][]schemas.Charge) []Line {
	return slices.DeleteFunc(Lines(charged, stages), func(l Line) bool {
		return !slices.ContainsFunc(l.Causes(), func(d money.Decimal) bool { return !d.IsZero() })
	})
}

// Lines is Split with those lines on which nothing differs.
func Lines(charged []schemas.Charge, stages [][]schemas.Charge) []Line {
	var parts []stagePart
	add := func(list []schemas.Charge, stage int) {
		for i := range list {
			parts = append(parts, stagePart{linePart{name: lineName(&list[i]), charge: &list[i]}, stage})
		}
	}
	add(charged, -1)
	for i := range stages {
		add(stages[i], i)
	}
	slices.SortStableFunc(parts, func(x, y stagePart) int {
		return cmp.Or(cmp.Compare(x.name, y.name), x.charge.Start.Compare(y.charge.Start), y.charge.End.Compare(x.charge.End))
	})
	var out []Line
	for len(parts) > 0 {
		n := 1
		for n < len(parts) && parts[n].name == parts[0].name {
			n++
		}
		for _, group := range joined(parts[:n]) {
			out = append(out, lineOf(group, len(stages)))
		}
		parts = parts[n:]
	}
	return out
}

// joined divides parts of one name into lines: those of which one holds the other are of the same.
func joined(parts []stagePart) (out [][]stagePart) {
	line := make([]int, len(parts)) // of each part; parts of one line have one number
	for i := range parts {
		line[i] = i
		for k := range i {
			if line[k] != line[i] && parts[k].holds(&parts[i].linePart) {
				from, to := line[i], line[k]
				for j := range i + 1 {
					if line[j] == from {
						line[j] = to
					}
				}
			}
		}
	}
	at := map[int]int{}
	for i, n := range line {
		if _, known := at[n]; !known {
			at[n] = len(out)
			out = append(out, nil)
		}
		out[at[n]] = append(out[at[n]], parts[i])
	}
	return out
}

// stagePart is a charge of a stage; before the first of them it was charged.
type stagePart struct {
	linePart
	stage int
}

// lineOf adds the parts of a line up.
func lineOf(parts []stagePart, stages int) Line {
	l := Line{Stages: make([]money.Decimal, stages)}
	latest := slices.MaxFunc(parts, func(x, y stagePart) int { return cmp.Compare(x.stage, y.stage) })
	l.Charge = *latest.charge
	l.Charge.Start, l.Charge.End = parts[0].charge.Start, parts[0].charge.End
	for _, p := range parts {
		amount := p.charge.Amount
		if p.charge.End.After(l.Charge.End) {
			l.Charge.End = p.charge.End
		}
		switch {
		case p.stage >= 0:
			l.Stages[p.stage] = l.Stages[p.stage].Add(amount)
		case p.charge.Corrects != "":
			l.Corrected = l.Corrected.Add(amount)
		default:
			l.Issued = l.Issued.Add(amount)
		}
	}
	return l
}
