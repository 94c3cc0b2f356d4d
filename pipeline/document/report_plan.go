package document

import (
	"strconv"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/planned"
)

func (r *Report) hasVersions() bool { return len(r.Versions) > 0 }

// drawVersions lists the versions of the plan, and what each changes against the one before.
func (r *Report) drawVersions(p *markup.Page) {
	p.Table("Each takes the place of lines of those before it. This run compares with the last that was known.",
		"Version", "Known since", "By", "Reason", "Lines#", "Compared")
	for i := range r.Versions {
		v := &r.Versions[i]
		p.Row("")
		p.Head(v.ID)
		p.Cell(v.KnownSince.String())
		p.Cell(v.By)
		p.Cell(v.Reason)
		p.Number(strconv.FormatInt(v.Lines, 10))
		compared := ""
		if v.Compared {
			compared = "yes"
		}
		p.Cell(compared)
		p.RowEnd()
	}
	p.TableEnd()
	r.changeTable(p)
}

// changeTable is the bridge of money from version to version.
func (r *Report) changeTable(p *markup.Page) {
	var rows []*planned.Change
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Measure == schemas.Revenue || c.Measure == schemas.Cost {
			rows = append(rows, c)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.Table("What each version changes for the month, and the variance by either. Amounts in "+string(r.Currency)+". Each row's causes add up to its change.",
		"Version", "Line", "Measure", "Before#", "After#", "Change#", "Price#", "Volume#", "Added#", "Dropped#", "Unsplit#", "Variance before#", "after#")
	shown := rows[:min(len(rows), mostLines)]
	for _, c := range shown {
		p.Row(c.ID)
		p.Head(c.From + " to " + c.To)
		p.Cell(r.place(&schemas.Variance{Offering: c.Offering, Region: c.Region, Segment: c.Segment, Peer: c.Peer}))
		p.Cell(string(c.Measure))
		p.Number(r.rounded(c.Before))
		p.Number(r.rounded(c.After))
		p.Number(r.signedRounded(c.Change))
		for _, cause := range changeCauses(&c.Causes) {
			if cause.part.IsZero() {
				p.Number("")
			} else {
				p.Number(r.signedRounded(cause.part))
			}
		}
		better := c.Measure != schemas.Cost
		p.Change(r.signedRounded(c.VarianceBefore), c.VarianceBefore, c.VarianceBefore.IsPositive() == better)
		p.Change(r.signedRounded(c.VarianceAfter), c.VarianceAfter, c.VarianceAfter.IsPositive() == better)
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(rows), "plan_changes.csv")
}

func changeCauses(c *planned.Causes) []namedPart {
	return []namedPart{{"price", c.Price}, {"volume", c.Volume}, {"added", c.Added}, {"dropped", c.Dropped}, {"unsplit", c.Unsplit}}
}

// ChangeGrid shows bridges between versions of the plan under the columns of planned.Changes.
func ChangeGrid(rows []planned.Change) Grid {
	g := gridOf(&planned.Changes, "Plan changes", nil, planned.ChangeSteps)
	for i := range rows {
		c := &rows[i]
		g.Rows = append(g.Rows, []Cell{
			textCell(c.ID), textCell(c.Period), textCell(c.From), textCell(c.To), textCell(c.Offering), textCell(c.Region), textCell(c.Segment), textCell(c.Peer), textCell(c.Measure), textCell(c.Unit),
			numberCell(c.Before), numberCell(c.After), numberCell(c.Change), numberCell(c.Causes.Price), numberCell(c.Causes.Volume),
			numberCell(c.Causes.Added), numberCell(c.Causes.Dropped), numberCell(c.Causes.Unsplit),
			numberCell(c.VarianceBefore), numberCell(c.ExpectedChange), numberCell(c.Moved), numberCell(c.VarianceAfter),
		})
	}
	return g
}
