package document

import (
	"cmp"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// pictures draws what can be seen faster than read. A picture without anything to draw says so in words.
func (r *Report) pictures(p *page) {
	p.raw("<section class=\"figures\" aria-label=\"Pictures\">\n")
	r.waterfall(p)
	r.runRate(p)
	r.biggest(p)
	r.peerBars(p)
	r.marginBars(p)
	r.earningBars(p)
	r.findingBars(p)
	p.raw("</section>\n")
}

// figure begins a picture's frame with its heading; empty pictures are told by the words.
func (p *page) figure(heading, empty string, has bool) bool {
	p.raw("<figure>")
	p.element("h2", "", heading)
	if !has {
		p.element("p", "soft", empty)
		p.raw("</figure>\n")
	}
	return has
}

func (r *Report) short(d money.Decimal) string { return shortRounded(d, r.Places) }

func (r *Report) shortSigned(d money.Decimal) string {
	if d.IsPositive() {
		return "+" + r.short(d)
	}
	return r.short(d)
}

// waterfall leads from expected to actual revenue by cause.
func (r *Report) waterfall(p *page) {
	v := &r.Revenue
	if !p.figure("From plan to actual: what moved revenue", "No revenue, planned or actual.", !v.Expected.IsZero() || !v.Actual.IsZero()) {
		return
	}
	var causes []bar
	rows := [][]string{{"Expected to date", r.rounded(v.Expected)}}
	for _, c := range causeList(&v.Causes) {
		rows = append(rows, []string{sentenceCase(c.name), r.signedRounded(c.part)})
		if c.part.IsZero() {
			continue
		}
		class := "up"
		if c.part.IsNegative() {
			class = "down"
		}
		causes = append(causes, bar{label: sentenceCase(c.name), value: c.part, text: r.shortSigned(c.part), class: class})
	}
	rows = append(rows, []string{"Actual", r.rounded(v.Actual)})
	description := "Expected " + r.rounded(v.Expected) + ", actual " + r.rounded(v.Actual) + " " + string(r.Currency) + ", with the causes between."
	p.dst = appendWaterfall(p.dst, "fall", "Revenue from plan to actual", description,
		namedPart{"Expected to date", v.Expected}, causes, namedPart{"Actual", v.Actual}, r.short)
	p.numbers([]string{"Step", string(r.Currency) + "#"}, rows)
	p.raw("</figure>\n")
}

func sentenceCase(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// runRate draws revenue over the days of the period against the plan.
func (r *Report) runRate(p *page) {
	v := &r.Revenue
	start, end := r.Period.Bounds(time.UTC)
	days := schemas.DateOf(end, time.UTC).Sub(schemas.DateOf(start, time.UTC))
	gone := 0
	if !r.Through.IsZero() {
		gone = max(0, min(days, r.Through.Sub(schemas.DateOf(start, time.UTC))+1))
	}
	if !p.figure("Month to date and run rate", "No day of the period has data yet.", gone > 0 && (!v.Plan.IsZero() || !v.Actual.IsZero())) {
		return
	}
	plan := course{name: "Plan", class: "planned", points: []point{{0, money.Zero}}, text: r.short(v.Plan)}
	actual := course{name: "Actual", class: "actual", points: []point{{0, money.Zero}}}
	totals := r.dayTotals()
	for i := range totals {
		d := &totals[i]
		if n := d.Day.Sub(schemas.DateOf(start, time.UTC)) + 1; n > 0 && n < gone {
			actual.points = append(actual.points, point{n, d.ToDate})
			plan.points = append(plan.points, point{n, d.Expected})
		}
	}
	if gone < days {
		plan.points = append(plan.points, point{gone, v.Expected})
	}
	plan.points = append(plan.points, point{days, v.Plan})
	actual.points = append(actual.points, point{gone, v.Actual})
	courses := []course{plan, actual}
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
		courses = append(courses, course{name: "Run rate", class: "rate", points: []point{{gone, v.Actual}, {days, *v.RunRate}}, text: r.short(*v.RunRate)})
	} else {
		courses[1].text = r.short(v.Actual)
	}
	p.dst = appendCourses(p.dst, "rate", "Revenue to date and run rate against plan",
		"Revenue is "+r.rounded(v.Actual)+" after "+plural(int64(gone), "day")+" of "+r.rounded(v.Plan)+" planned for "+plural(int64(days), "day")+".", days, courses, r.short)
	p.numbers([]string{"Revenue", string(r.Currency) + "#"}, rows)
	r.dayNumbers(p, totals)
	p.raw("</figure>\n")
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
func (r *Report) dayNumbers(p *page, totals []schemas.DayRow) {
	if len(totals) == 0 {
		return
	}
	rows := make([][]string, len(totals))
	for i := range totals {
		d := &totals[i]
		rows[i] = []string{d.Day.String(), r.rounded(d.Revenue), r.rounded(d.ToDate), r.rounded(d.Expected)}
	}
	p.details("By day", []string{"Day", "Revenue#", "to date#", "expected to date#"}, rows)
}

// biggest draws the largest variances of revenue.
func (r *Report) biggest(p *page) {
	largest := r.largest(schemas.Revenue, mostBars)
	if !p.figure("Largest variances of revenue", "Every line is exactly on plan.", len(largest) > 0) {
		return
	}
	bars := make([]bar, len(largest))
	rows := make([][]string, len(largest))
	for i, v := range largest {
		class := "up"
		if !v.Favourable {
			class = "down"
		}
		bars[i] = bar{label: r.place(v), value: v.Variance, text: r.shortSigned(v.Variance), class: class}
		rows[i] = []string{r.place(v), r.rounded(v.Expected), r.rounded(v.Actual), r.signedRounded(v.Variance)}
	}
	p.dst = appendBars(p.dst, "big", "Largest variances of revenue", "Actual minus expected revenue by offering and region, in "+string(r.Currency)+", largest first.", bars)
	p.numbers([]string{"Line", "Expected#", "Actual#", "Variance#"}, rows)
	p.raw("</figure>\n")
}

// peerTotal is a peer's bill in one currency.
type peerTotal struct {
	peer             schemas.PeerID
	currency         money.Currency
	expected, actual money.Decimal
	lines            int64
	off              int64
}

// peerTotals adds matches up by peer and currency, in the order of the matches.
func (r *Report) peerTotals() []peerTotal {
	var out []peerTotal
	for i := range r.Matches {
		m := &r.Matches[i]
		at := slices.IndexFunc(out, func(t peerTotal) bool { return t.peer == m.Peer && t.currency == m.Currency })
		if at < 0 {
			at = len(out)
			out = append(out, peerTotal{peer: m.Peer, currency: m.Currency})
		}
		t := &out[at]
		t.expected, t.actual = t.expected.Add(m.Expected), t.actual.Add(m.Actual)
		t.lines++
		if _, off := r.matchItem(m); off {
			t.off++
		}
	}
	return out
}

// peerBars draws what each peer billed beside what was expected.
func (r *Report) peerBars(p *page) {
	totals := r.peerTotals()
	if !p.figure("Peer bills against what we expect", "No peer has billed anything.", len(totals) > 0) {
		return
	}
	var bars []bar
	var rows [][]string
	for _, t := range totals {
		rows = append(rows, []string{r.peer(t.peer), string(t.currency), r.rounded(t.expected), r.rounded(t.actual), r.signedRounded(t.actual.Sub(t.expected))})
		if len(bars) >= 2*mostBars {
			continue
		}
		sign := func(d money.Decimal) money.Decimal {
			w := r.worth(d, t.currency)
			if d.IsNegative() {
				return w.Neg()
			}
			return w
		}
		class := "billed"
		if t.actual.GreaterThan(t.expected) {
			class = "down"
		}
		bars = append(bars,
			bar{label: r.peer(t.peer) + ", expected", value: sign(t.expected), text: r.short(t.expected) + " " + string(t.currency), class: "total"},
			bar{label: "billed", value: sign(t.actual), text: r.short(t.actual) + " " + string(t.currency), class: class})
	}
	p.dst = appendBars(p.dst, "peers", "Peer bills against what we expect", "Two bars for each peer: expected and billed. Lengths compare worth in "+string(r.Currency)+"; figures are in the contract's currency.", bars)
	p.numbers([]string{"Peer", "Currency", "Expected#", "Billed#", "Difference#"}, rows)
	p.raw("</figure>\n")
}

// offeringTotal is what an offering earns over all regions.
type offeringTotal struct {
	offering              schemas.OfferingID
	revenue, cost, margin money.Decimal
}

// offeringTotals adds the actuals up by offering, the largest margin first.
func (r *Report) offeringTotals() []offeringTotal {
	var out []offeringTotal
	for i := range r.Variances {
		v := &r.Variances[i]
		at := slices.IndexFunc(out, func(t offeringTotal) bool { return t.offering == v.Offering })
		if at < 0 {
			at = len(out)
			out = append(out, offeringTotal{offering: v.Offering})
		}
		switch v.Measure {
		case schemas.Units:
		case schemas.Revenue:
			out[at].revenue = out[at].revenue.Add(v.Actual)
		case schemas.Cost:
			out[at].cost = out[at].cost.Add(v.Actual)
		case schemas.Margin:
			out[at].margin = out[at].margin.Add(v.Actual)
		}
	}
	out = slices.DeleteFunc(out, func(t offeringTotal) bool { return t.revenue.IsZero() && t.cost.IsZero() })
	slices.SortStableFunc(out, func(a, b offeringTotal) int {
		return cmp.Or(b.margin.Cmp(a.margin), cmp.Compare(a.offering, b.offering))
	})
	return out
}

// marginBars draws the margin of each offering.
func (r *Report) marginBars(p *page) {
	totals := r.offeringTotals()
	if !p.figure("Margin by offering", "Nothing was sold.", len(totals) > 0) {
		return
	}
	var bars []bar
	var rows [][]string
	for i, t := range totals {
		share := ""
		if s, err := money.MulDivRound(t.margin, money.NewDecimal(100, 0), t.revenue, 1, money.HalfEven); err == nil {
			share = percentRounded(s)
		}
		rows = append(rows, []string{r.offering(t.offering), r.rounded(t.revenue), r.rounded(t.cost), r.rounded(t.margin), share})
		// The best and the worst are what matters.
		if len(totals) > mostBars && i >= mostBars/2 && i < len(totals)-mostBars/2 {
			continue
		}
		class := "up"
		if t.margin.IsNegative() {
			class = "down"
		}
		text := r.short(t.margin)
		if share != "" {
			text += ", " + share
		}
		bars = append(bars, bar{label: r.offering(t.offering), value: t.margin, text: text, class: class})
	}
	p.dst = appendBars(p.dst, "margins", "Margin by offering", "Actual margin in "+string(r.Currency)+" and in a hundred of revenue, largest first.", bars)
	p.numbers([]string{"Offering", "Revenue#", "Cost#", "Margin#", "Margin %#"}, rows)
	p.raw("</figure>\n")
}

// findingBars draws how many findings there are of each code.
func (r *Report) findingBars(p *page) {
	list := slices.Clone(r.Findings)
	slices.SortStableFunc(list, func(a, b FindingCount) int { return cmp.Compare(b.Findings, a.Findings) })
	if !p.figure("Findings by code", "No findings.", len(list) > 0) {
		return
	}
	var bars []bar
	var rows [][]string
	for i, f := range list {
		count := money.NewDecimal(f.Findings, 0)
		text := string(appendDecimal(nil, count, 0))
		rows = append(rows, []string{string(f.Code), string(f.Severity), text})
		if i >= mostBars {
			continue
		}
		bars = append(bars, bar{label: string(f.Code), value: count, text: text + " " + string(f.Severity), class: "s-" + string(appendID(nil, string(f.Severity)))})
	}
	p.dst = appendBars(p.dst, "codes", "Findings by code", "How many findings of each code, most first.", bars)
	p.numbers([]string{"Code", "Severity", "Findings#"}, rows)
	p.raw("</figure>\n")
}
