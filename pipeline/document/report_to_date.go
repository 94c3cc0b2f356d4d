package document

import (
	"slices"
	"strings"
	"time"

	"daybook/pipeline/document/feeds"
	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

// FeedsBehind says in a sentence, with a blank before it, which feeds have no data of the last day that any has data of; nothing
// where all have. A feed of which nothing is expected is not behind without any.
func FeedsBehind(feeds []Feed, through schemas.Date) string {
	var none, some []string
	for _, f := range feeds {
		switch {
		case f.Through.IsZero() && f.Every != "":
			none = append(none, string(f.Source))
		case !f.Through.IsZero() && f.Through.Before(through):
			some = append(some, string(f.Source)+" through "+f.Through.String())
		}
	}
	s := ""
	if len(some) > 0 {
		s += " Some feeds are behind: " + listed(some) + "."
	}
	if len(none) > 0 {
		s += " There is no data yet from " + listed(none) + "."
	}
	return s
}

// listed joins the first few texts with commas.
func listed(texts []string) string {
	const most = 8
	if len(texts) > most {
		texts = append(texts[:most:most], "and "+markup.Plural(int64(len(texts)-most), "other"))
	}
	return strings.Join(texts, ", ")
}

// drawToDate is how the month goes, of what it is made, and what it and the year come to.
func (r *Report) drawToDate(p *markup.Page) {
	p.Raw("<div class=\"figures\">\n")
	r.runRate(p)
	p.Raw("</div>\n")
	r.toDateTable(p)
	r.forecasts(p)
}

// runRate draws revenue over the days of the period against the plan.
func (r *Report) runRate(p *markup.Page) {
	v := &r.Revenue
	start, end := r.Period.Bounds(time.UTC)
	days := schemas.DateOf(end, time.UTC).Sub(schemas.DateOf(start, time.UTC))
	gone := 0
	if !r.Through.IsZero() {
		gone = max(0, min(days, r.Through.Sub(schemas.DateOf(start, time.UTC))+1))
	}
	has := gone > 0 && (!v.Plan.IsZero() || !v.Actual.IsZero())
	if !p.Figure("rate", "Month to date and run rate", "No day of the period has data yet.", has, markup.Sources{Explain: r.totalID(schemas.Revenue), Files: []string{"days.csv"}}) {
		return
	}
	plan := markup.Course{Name: "Plan", Class: "planned", Points: []markup.Point{{Value: money.Zero}}, Text: r.short(v.Plan)}
	actual := markup.Course{Name: "Actual", Class: "actual", Points: []markup.Point{{Value: money.Zero}}}
	totals := r.dayTotals()
	for i := range totals {
		d := &totals[i]
		if n := d.Day.Sub(schemas.DateOf(start, time.UTC)) + 1; n > 0 && n < gone {
			actual.Points = append(actual.Points, markup.Point{Day: n, Value: d.ToDate})
			plan.Points = append(plan.Points, markup.Point{Day: n, Value: d.Expected})
		}
	}
	if gone < days {
		plan.Points = append(plan.Points, markup.Point{Day: gone, Value: v.Expected})
	}
	plan.Points = append(plan.Points, markup.Point{Day: days, Value: v.Plan})
	actual.Points = append(actual.Points, markup.Point{Day: gone, Value: v.Actual})
	courses := []markup.Course{plan, actual}
	rows := [][]string{
		{"Plan of the month", r.rounded(v.Plan)}, {"Expected through " + r.Through.String(), r.rounded(v.Expected)}, {"Actual through " + r.Through.String(), r.rounded(v.Actual)},
	}
	whole := v.RunRate != nil && v.RunRatePlan.Equal(v.Plan)
	switch {
	case whole:
		rows = append(rows, []string{"Run rate of the month", r.rounded(*v.RunRate)})
	case v.RunRate != nil:
		rows = append(rows, []string{"Run rate of the lines with data, planned at " + r.rounded(v.RunRatePlan), r.rounded(*v.RunRate)})
	}
	if whole && gone < days {
		courses = append(courses, markup.Course{Name: "Run rate", Class: "rate", Points: []markup.Point{{Day: gone, Value: v.Actual}, {Day: days, Value: *v.RunRate}}, Text: r.short(*v.RunRate)})
	} else {
		courses[1].Text = r.short(v.Actual)
	}
	p.Dst = markup.AppendCourses(p.Dst, "rate-picture", "Revenue to date and run rate against plan",
		"Revenue is "+r.rounded(v.Actual)+" after "+markup.Plural(int64(gone), "day")+" of "+r.rounded(v.Plan)+" planned for "+markup.Plural(int64(days), "day")+".", days, courses, r.short)
	p.Numbers([]string{"Revenue", string(r.Currency) + "#"}, rows)
	r.dayNumbers(p, totals)
	p.FigureEnd()
}

// dayTotals adds the rows of all offerings and regions up by day, in order.
func (r *Report) dayTotals() []schemas.DayRow {
	var out []schemas.DayRow
	for i := range r.Days {
		d := &r.Days[i]
		at, found := slices.BinarySearchFunc(out, d.Day, func(t schemas.DayRow, day schemas.Date) int { return t.Day.Compare(day) })
		if !found {
			out = slices.Insert(out, at, schemas.DayRow{Period: d.Period, Day: d.Day, Currency: d.Currency})
		}
		t := &out[at]
		t.Revenue, t.ToDate, t.Expected = t.Revenue.Add(d.Revenue), t.ToDate.Add(d.ToDate), t.Expected.Add(d.Expected)
	}
	return out
}

// dayNumbers are the days of the picture in figures.
func (r *Report) dayNumbers(p *markup.Page, totals []schemas.DayRow) {
	if len(totals) == 0 {
		return
	}
	rows := make([][]string, len(totals))
	for i := range totals {
		d := &totals[i]
		rows[i] = []string{d.Day.String(), r.rounded(d.Revenue), r.rounded(d.ToDate), r.rounded(d.Expected)}
	}
	p.Details("By day", []string{"Day", "Revenue#", "to date#", "expected to date#"}, rows)
}

// toDateTable is what the month to date is made of, and how far the data of each feed go, of a month that goes on.
func (r *Report) toDateTable(p *markup.Page) {
	if len(r.Feeds) == 0 {
		return
	}
	p.Sub("to-date-parts", "What the month to date is made of", markup.Files("variances.csv", "days.csv"))
	p.Table("Amounts in "+string(r.Currency)+".", "What", "Revenue#", "Cost#", "Margin#")
	for _, x := range []struct {
		name  string
		total bool
		of    func(*schemas.Variance) *money.Decimal
	}{
		{"Used", false, func(v *schemas.Variance) *money.Decimal { return &v.UsageBased }},
		{"Fees for days that are over, and charged once", false, func(v *schemas.Variance) *money.Decimal {
			rest := v.Actual.Sub(v.UsageBased)
			return &rest
		}},
		{"To date", true, func(v *schemas.Variance) *money.Decimal { return &v.Actual }},
		{"Expected to date", false, func(v *schemas.Variance) *money.Decimal { return &v.Expected }},
		{"Charged for days to come", false, func(v *schemas.Variance) *money.Decimal { return &v.Coming }},
		{"True-ups and minimums, if the month ended now", false, func(v *schemas.Variance) *money.Decimal { return &v.Pending }},
		{"Run rate of the month, of the lines with data", true, func(v *schemas.Variance) *money.Decimal { return v.RunRate }},
		{"Plan of these lines", false, func(v *schemas.Variance) *money.Decimal { return &v.RunRatePlan }},
		{"Plan of the month", false, func(v *schemas.Variance) *money.Decimal { return &v.Plan }},
	} {
		if x.total {
			p.Raw(`<tr class="strong">`)
		} else {
			p.Row("")
		}
		p.Head(x.name)
		for _, v := range []*schemas.Variance{&r.Revenue, &r.Cost, &r.Margin} {
			if d := x.of(v); d != nil {
				p.Number(r.rounded(*d))
			} else {
				p.Number("")
			}
		}
		p.RowEnd()
	}
	p.TableEnd()
}

func (r *Report) hasFeeds() bool {
	return len(r.Feeds) > 0 || len(r.Completeness) > 0 || len(r.Missing) > 0 || len(r.Outdated) > 0
}

// drawFeeds is how far the data of each feed go, and what is missing.
func (r *Report) drawFeeds(p *markup.Page) {
	if len(r.Missing) == 0 {
		p.Raw("<p class=\"soft\">No delivery is missing or refused.</p>\n")
	}
	for _, missing := range slices.Concat(r.Missing, r.Outdated) {
		p.Element("p", "bad", markup.SentenceCase(missing))
	}
	if len(r.Feeds) > 0 {
		r.drawReach(p)
	}
	if len(r.Completeness) > 0 {
		feeds.Draw(p, r.Period, r.Completeness)
	}
}

// drawReach is how far the data of each feed go.
func (r *Report) drawReach(p *markup.Page) {
	p.Table("How far the data of each feed go.", "Feed", "Expected every", "Data through", "Days behind#")
	for _, f := range r.Feeds {
		p.Raw(`<tr><th scope="row">`)
		p.Text(string(f.Source))
		p.Raw("</th>")
		p.Cell(string(f.Every))
		if f.Through.IsZero() {
			p.Element("td", "soft", "no data yet")
			p.Number("")
		} else {
			p.Cell(f.Through.String())
			p.Number(string(markup.AppendFixed(nil, money.FixedFromInt(int64(r.Through.Sub(f.Through))), 0)))
		}
		p.RowEnd()
	}
	p.TableEnd()
}

// fromFeeds is the file of feeds, of a report that has some.
func (r *Report) fromFeeds() markup.Sources {
	if len(r.Feeds) == 0 {
		return markup.Sources{}
	}
	return markup.Files("feeds.csv")
}

// FeedGrid shows how far the data of each source go.
func FeedGrid(feeds []Feed) Grid {
	g := Grid{Name: "Feeds", Columns: []GridColumn{{Name: "SourceId"}, {Name: "ExpectedEvery"}, {Name: "ThroughDay", Kind: GridDay}}}
	for _, f := range feeds {
		g.Rows = append(g.Rows, []Cell{textCell(f.Source), textCell(f.Every), textCell(f.Through.String())})
	}
	return g
}
