package document

import (
	"cmp"
	"slices"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// drawBridge leads from plan to actual: by cause, by product and cause, and line by line.
func (r *Report) drawBridge(p *markup.Page) {
	p.Raw("<div class=\"figures\">\n")
	r.waterfall(p)
	r.biggest(p)
	p.Raw("</div>\n")
	r.matrix(p)
	r.planTable(p)
	r.causeTable(p)
}

func (r *Report) short(d money.Decimal) string { return markup.ShortRounded(d, r.Places) }

func (r *Report) shortSigned(d money.Decimal) string {
	if d.IsPositive() {
		return "+" + r.short(d)
	}
	return r.short(d)
}

// waterfall leads from expected to actual revenue by cause.
func (r *Report) waterfall(p *markup.Page) {
	v := &r.Revenue
	has := !v.Expected.IsZero() || !v.Actual.IsZero()
	if !p.Figure("fall", "What moved revenue", "No revenue, planned or actual.", has, markup.Sources{Explain: r.totalID(schemas.Revenue), Files: []string{"variances.csv"}}) {
		return
	}
	p.Raw("<p class=\"soft\">")
	p.Text("From " + r.rounded(v.Expected) + " expected to " + r.rounded(v.Actual) + " " + string(r.Currency) + "; 0 is what was expected.")
	p.Raw("</p>\n")
	var causes []markup.Bar
	rows := [][]string{{"Expected to date", r.rounded(v.Expected)}}
	for _, c := range causeList(&v.Causes) {
		name := markup.SentenceCase(c.name)
		rows = append(rows, []string{name, r.signedRounded(c.part)})
		if !c.part.IsZero() {
			causes = append(causes, markup.Bar{Label: name, Value: c.part, Text: r.shortSigned(c.part), Class: upOrDown(!c.part.IsNegative())})
		}
	}
	rows = append(rows, []string{"Actual", r.rounded(v.Actual)})
	description := "Expected " + r.rounded(v.Expected) + ", actual " + r.rounded(v.Actual) + " " + string(r.Currency) + ", with the causes between."
	whole := markup.Bar{Label: "Actual less expected", Value: v.Variance, Text: r.shortSigned(v.Variance), Class: "total"}
	p.Dst = markup.AppendWaterfall(p.Dst, "fall-picture", "Revenue from plan to actual", description, causes, whole)
	p.Numbers([]string{"Step", string(r.Currency) + "#"}, rows)
	p.FigureEnd()
}

func upOrDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// biggest draws the largest variances of revenue.
func (r *Report) biggest(p *markup.Page) {
	largest := r.largest(schemas.Revenue, mostBars)
	if !p.Figure("big", "Largest variances of revenue", "Every line is exactly on plan.", len(largest) > 0, markup.Files("variances.csv")) {
		return
	}
	bars := make([]markup.Bar, len(largest))
	rows := make([][]string, len(largest))
	for i, v := range largest {
		bars[i] = markup.Bar{Label: r.place(v), Value: v.Variance, Text: r.shortSigned(v.Variance), Class: upOrDown(v.Favourable)}
		rows[i] = []string{r.place(v), r.rounded(v.Expected), r.rounded(v.Actual), r.signedRounded(v.Variance)}
	}
	p.Dst = markup.AppendBars(p.Dst, "big-picture", "Largest variances of revenue", "Actual minus expected revenue by offering and region, in "+string(r.Currency)+", largest first.", bars)
	p.Numbers([]string{"Line", "Expected#", "Actual#", "Variance#"}, rows)
	p.FigureEnd()
}

// byProduct adds the variances of revenue up by offering, the largest first.
func (r *Report) byProduct() []schemas.Variance {
	var out []schemas.Variance
	for i := range r.Variances {
		v := &r.Variances[i]
		if v.Measure != schemas.Revenue {
			continue
		}
		at := slices.IndexFunc(out, func(t schemas.Variance) bool { return t.Offering == v.Offering })
		if at < 0 {
			at = len(out)
			out = append(out, schemas.Variance{Offering: v.Offering, Measure: v.Measure, Unit: v.Unit})
		}
		t := &out[at]
		t.Expected, t.Actual, t.Variance = t.Expected.Add(v.Expected), t.Actual.Add(v.Actual), t.Variance.Add(v.Variance)
		c := &t.Causes
		c.Price, c.Volume, c.Mix, c.FX = c.Price.Add(v.Causes.Price), c.Volume.Add(v.Causes.Volume), c.Mix.Add(v.Causes.Mix), c.FX.Add(v.Causes.FX)
		c.Unplanned, c.Missing, c.Unsplit = c.Unplanned.Add(v.Causes.Unplanned), c.Missing.Add(v.Causes.Missing), c.Unsplit.Add(v.Causes.Unsplit)
		t.Favourable = t.Variance.IsPositive()
	}
	slices.SortStableFunc(out, func(a, b schemas.Variance) int {
		return cmp.Or(b.Variance.Abs().Cmp(a.Variance.Abs()), cmp.Compare(a.Offering, b.Offering))
	})
	return out
}

// matrix is every product with what each cause did to its revenue, the larger the darker.
func (r *Report) matrix(p *markup.Page) {
	products := r.byProduct()
	if len(products) == 0 {
		return
	}
	most := money.Zero
	for i := range products {
		for _, c := range causeList(&products[i].Causes) {
			if c.part.Abs().GreaterThan(most) {
				most = c.part.Abs()
			}
		}
	}
	columns := []string{"Product", "Expected#"}
	for _, c := range causeList(&schemas.Causes{}) {
		columns = append(columns, markup.SentenceCase(c.name)+"#")
	}
	p.Sub("matrix", "Products and causes", markup.Files("variances.csv"))
	p.Table("Revenue in "+string(r.Currency)+": what each cause did, the larger the darker. Rows and columns add up.", append(columns, "Actual#", "Variance#")...)
	row := func(name string, v *schemas.Variance) {
		p.Head(name)
		p.Number(r.rounded(v.Expected))
		for _, c := range causeList(&v.Causes) {
			if c.part.IsZero() {
				p.Number("")
			} else {
				p.Element("td", "n"+heat(c.part, most), r.signedRounded(c.part))
			}
		}
		p.Number(r.rounded(v.Actual))
		p.Change(r.signedRounded(v.Variance), v.Variance, v.Favourable)
		p.RowEnd()
	}
	shown := products[:min(len(products), mostLines)]
	for i := range shown {
		p.Row("")
		row(r.offering(shown[i].Offering), &shown[i])
	}
	p.TotalRow()
	row("Total", &r.Revenue)
	p.TableEnd()
	p.More(len(shown), len(products), "the workbook and the CSV file")
}

// heat is the class of a cell that is a part of the largest.
func heat(part, most money.Decimal) string {
	side := " up"
	if part.IsNegative() {
		side = " down"
	}
	switch size := part.Abs(); {
	case size.Add(size).GreaterThan(most):
		return side + "2"
	case size.Shift(1).GreaterThan(most):
		return side + "1"
	}
	return ""
}

// lines groups the variances of one offering, region, segment and peer: units, revenue, cost and margin.
func (r *Report) lines() [][]*schemas.Variance {
	var out [][]*schemas.Variance
	for i := range r.Variances {
		v := &r.Variances[i]
		if n := len(out); n > 0 && out[n-1][0].Offering == v.Offering && out[n-1][0].Region == v.Region && out[n-1][0].Segment == v.Segment && out[n-1][0].Peer == v.Peer {
			out[n-1] = append(out[n-1], v)
		} else {
			out = append(out, []*schemas.Variance{v})
		}
	}
	return out
}

// of finds a measure among a line's variances.
func of(line []*schemas.Variance, m schemas.Measure) *schemas.Variance {
	for _, v := range line {
		if v.Measure == m {
			return v
		}
	}
	return &schemas.Variance{Measure: m}
}

// planTable is every line of the comparison. Columns for segments and peers stand where the plan knows any.
func (r *Report) planTable(p *markup.Page) {
	parts, columns := []string{"offering", "region"}, []string{"Line"}
	segmented := slices.ContainsFunc(r.Variances, func(v schemas.Variance) bool { return v.Segment != "" })
	if segmented {
		parts, columns = append(parts, "segment"), append(columns, "Segment?")
	}
	byPeer := slices.ContainsFunc(r.Variances, func(v schemas.Variance) bool { return v.Peer != "" })
	if byPeer {
		parts, columns = append(parts, "peer"), append(columns, "Peer?")
	}
	last := len(parts) - 1
	p.Sub("plan", "By "+strings.Join(parts[:last], ", ")+" and "+parts[last], markup.Files("variances.csv"))
	lines := r.lines()
	if len(lines) == 0 {
		p.Raw("<p class=\"soft\">No line in the plan, and nothing sold.</p>\n")
		return
	}
	p.Table("Amounts in "+string(r.Currency)+". A dot marks what is material.", append(columns,
		"Units#", "Revenue expected#", "actual#", "variance#", "%#", "Cost variance#", "Margin#", "variance#", "Revenue run rate#")...)
	shown := lines[:min(len(lines), mostLines)]
	for _, line := range shown {
		units, revenue, cost, margin := of(line, schemas.Units), of(line, schemas.Revenue), of(line, schemas.Cost), of(line, schemas.Margin)
		p.Row(revenue.ID)
		p.Raw(`<th scope="row">`)
		p.Text(r.place(&schemas.Variance{Offering: line[0].Offering, Region: line[0].Region}))
		if status := r.status(line[0]); status != "" {
			p.Raw(" ")
			p.Element("span", "soft", status)
		}
		p.Raw("</th>")
		if segmented {
			p.Cell(line[0].Segment)
		}
		if byPeer {
			p.Cell(string(line[0].Peer))
		}
		if units.Unit != "" {
			p.Number(quantityRounded(units.Actual) + " " + units.Unit)
		} else {
			p.Number("")
		}
		p.Number(r.rounded(revenue.Expected))
		p.Number(r.rounded(revenue.Actual))
		p.Change(r.signedRounded(revenue.Variance)+dot(revenue), revenue.Variance, revenue.Favourable)
		p.Number(optionalPercent(revenue.Percent))
		p.Change(r.signedRounded(cost.Variance)+dot(cost), cost.Variance, cost.Favourable)
		p.Number(r.rounded(margin.Actual))
		p.Change(r.signedRounded(margin.Variance)+dot(margin), margin.Variance, margin.Favourable)
		if revenue.RunRate != nil {
			p.Number(r.rounded(*revenue.RunRate))
		} else {
			p.Number("")
		}
		p.RowEnd()
	}
	r.totalRow(p, segmented)
	p.TableEnd()
	p.More(len(shown), len(lines), "the workbook and the CSV file")
}

// status is what is said of a line that not both sides have.
func (r *Report) status(v *schemas.Variance) string {
	first, _ := r.Period.Days()
	switch {
	case v.Status == schemas.Planned:
		return ""
	case v.Status == schemas.Missing && !v.Through.IsZero() && v.Through.Before(first):
		return "no data yet"
	}
	return string(v.Status)
}

func dot(v *schemas.Variance) string {
	if v.Material {
		return " ●"
	}
	return ""
}

func optionalPercent(d *money.Decimal) string {
	if d == nil {
		return ""
	}
	return signedPercent(*d)
}

func (r *Report) totalRow(p *markup.Page, segmented bool) {
	p.TotalRow()
	p.Raw("<th scope=\"row\">Total</th><td></td>")
	if segmented {
		p.Raw("<td></td>")
	}
	p.Number(r.rounded(r.Revenue.Expected))
	p.Number(r.rounded(r.Revenue.Actual))
	p.Change(r.signedRounded(r.Revenue.Variance), r.Revenue.Variance, r.Revenue.Favourable)
	p.Number(optionalPercent(r.Revenue.Percent))
	p.Change(r.signedRounded(r.Cost.Variance), r.Cost.Variance, r.Cost.Favourable)
	p.Number(r.rounded(r.Margin.Actual))
	p.Change(r.signedRounded(r.Margin.Variance), r.Margin.Variance, r.Margin.Favourable)
	if r.Revenue.RunRate != nil {
		p.Number(r.rounded(*r.Revenue.RunRate))
	} else {
		p.Number("")
	}
	p.RowEnd()
}

// causeTable is why: the causes of each line's revenue variance.
func (r *Report) causeTable(p *markup.Page) {
	var rows []*schemas.Variance
	for i := range r.Variances {
		if v := &r.Variances[i]; v.Measure == schemas.Revenue && !v.Variance.IsZero() {
			rows = append(rows, v)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.Raw("<details><summary>Causes line by line</summary>\n")
	p.Table("Amounts in "+string(r.Currency)+". Each row's causes add up to its variance.",
		"Line", "Price#", "Volume#", "Mix#", "Exchange rates#", "Unplanned#", "Missing#", "Unsplit#", "Variance#")
	shown := rows[:min(len(rows), mostLines)]
	row := func(name string, v *schemas.Variance) {
		p.Head(name)
		for _, c := range causeList(&v.Causes) {
			if c.part.IsZero() {
				p.Number("")
			} else {
				p.Number(r.signedRounded(c.part))
			}
		}
		p.Change(r.signedRounded(v.Variance), v.Variance, v.Favourable)
	}
	for _, v := range shown {
		p.Row("")
		row(r.place(v), v)
		p.RowEnd()
	}
	p.TotalRow()
	row("Total", &r.Revenue)
	p.RowEnd()
	p.TableEnd()
	p.More(len(shown), len(rows), "the workbook and the CSV file")
	p.Raw("</details>\n")
}
