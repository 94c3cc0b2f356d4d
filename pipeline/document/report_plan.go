package document

import (
	"strconv"

	"daybook/schemas"
	"daybook/schemas/planned"
)

// planVersions lists the versions of the plan, and what each changes against the one before.
func (r *Report) planVersions(p *page) {
	if len(r.Versions) == 0 {
		return
	}
	p.raw("<section id=\"versions\"><h2>Versions of the plan</h2>\n")
	p.tableHead("Each takes the place of lines of those before it. This run compares with the last that was known.",
		"Version", "Known since", "By", "Reason", "Lines#", "Compared")
	for i := range r.Versions {
		v := &r.Versions[i]
		p.raw("<tr>")
		p.element("th", "", v.ID)
		p.element("td", "", v.KnownSince.String())
		p.element("td", "", v.By)
		p.element("td", "", v.Reason)
		p.number(strconv.FormatInt(v.Lines, 10))
		compared := ""
		if v.Compared {
			compared = "yes"
		}
		p.element("td", "", compared)
		p.raw("</tr>\n")
	}
	p.tableEnd()
	r.changeTable(p)
	p.raw("</section>\n")
}

// changeTable is the bridge of money from version to version.
func (r *Report) changeTable(p *page) {
	var rows []*planned.Change
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Measure == schemas.Revenue || c.Measure == schemas.Cost {
			rows = append(rows, c)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.tableHead("What each version changes for the month, and the variance by either. Amounts in "+string(r.Currency)+". Each row's causes add up to its change.",
		"Version", "Line", "Measure", "Before#", "After#", "Change#", "Price#", "Volume#", "Added#", "Dropped#", "Unsplit#", "Variance before#", "after#")
	shown := rows[:min(len(rows), mostLines)]
	for _, c := range shown {
		p.raw("<tr>")
		p.element("th", "", c.From+" to "+c.To)
		p.element("td", "", r.place(&schemas.Variance{Offering: c.Offering, Region: c.Region}))
		p.element("td", "", string(c.Measure))
		p.number(r.rounded(c.Before))
		p.number(r.rounded(c.After))
		p.number(r.signedRounded(c.Change))
		for _, cause := range changeCauses(&c.Causes) {
			if cause.part.IsZero() {
				p.number("")
			} else {
				p.number(r.signedRounded(cause.part))
			}
		}
		better := c.Measure != schemas.Cost
		p.change(r.signedRounded(c.VarianceBefore), c.VarianceBefore, c.VarianceBefore.IsPositive() == better)
		p.change(r.signedRounded(c.VarianceAfter), c.VarianceAfter, c.VarianceAfter.IsPositive() == better)
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.more(len(shown), len(rows), "plan_changes.csv")
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
			textCell(c.ID), textCell(c.Period), textCell(c.From), textCell(c.To), textCell(c.Offering), textCell(c.Region), textCell(c.Measure), textCell(c.Unit),
			numberCell(c.Before), numberCell(c.After), numberCell(c.Change), numberCell(c.Causes.Price), numberCell(c.Causes.Volume),
			numberCell(c.Causes.Added), numberCell(c.Causes.Dropped), numberCell(c.Causes.Unsplit),
			numberCell(c.VarianceBefore), numberCell(c.ExpectedChange), numberCell(c.Moved), numberCell(c.VarianceAfter),
		})
	}
	return g
}
