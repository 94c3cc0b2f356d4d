package document

import (
	"cmp"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
)

// section is a part of the page. It is absent where the report has nothing of it.
type section struct {
	id, title string
	has       func(*Report) bool
	// from says what it is from; nil where each of its parts does.
	from func(*Report) markup.Sources
	draw func(*Report, *markup.Page)
}

// sections are the page, in order: from the verdict to the rows behind it.
func sections() []section {
	files := func(names ...string) func(*Report) markup.Sources {
		return func(*Report) markup.Sources { return markup.Files(names...) }
	}
	return []section{
		{"attention", "What needs attention", always, files("attention.csv"), (*Report).drawAttention},
		{"bridge", "From plan to actual", always, nil, (*Report).drawBridge},
		{"to-date", "Month to date and forecast", always, nil, (*Report).drawToDate},
		{"customers", "Customers that moved", (*Report).hasCustomers, files("customers.csv", "accounts.csv"), (*Report).drawCustomers},
		{"margin", "Margin", (*Report).hasOfferings, nil, (*Report).drawMargin},
		{"not-billed", "Money that is not billed", (*Report).hasUnbilled, files("findings.csv"), (*Report).drawUnbilled},
		{"peers", "Peer bills", (*Report).hasPeers, nil, (*Report).drawPeers},
		{"feeds", "Feeds", (*Report).hasFeeds, (*Report).fromFeeds, (*Report).drawFeeds},
		{"versions", "Versions of the plan", (*Report).hasVersions, files("plan_versions.csv"), (*Report).drawVersions},
		{"findings", "Findings", (*Report).hasFindings, files("findings.csv"), (*Report).drawFindings},
		{"rounding", "What rounding left out", (*Report).hasRounding, (*Report).fromRounding, (*Report).drawRounding},
	}
}

func always(*Report) bool { return true }

// HTML returns the report as one self-contained page.
func (r *Report) HTML() []byte {
	p := markup.NewPage(cmp.Or(r.Provider, "Variances") + ", " + r.Period.Name())
	p.Begin(ExplainCommand(r.Run), string(r.Period))
	r.header(p)
	var shown []section
	p.Raw("<nav aria-label=\"Contents\"><ul class=\"toc\">\n<li>")
	p.Link("since.html", "What changed since the run before")
	p.Raw("</li>\n")
	for _, s := range sections() {
		if s.has(r) {
			shown = append(shown, s)
			p.Raw("<li>")
			p.Link("#"+s.id, s.title)
			p.Raw("</li>\n")
		}
	}
	p.Raw("</ul></nav>\n")
	r.tiles(p)
	for _, s := range shown {
		var from markup.Sources
		if s.from != nil {
			from = s.from(r)
		}
		p.Section(s.id, s.title, from)
		s.draw(r, p)
		p.SectionEnd()
	}
	r.footer(p)
	return p.End()
}

// ExplainCommand explains a figure of this very run, from the book's directory.
func ExplainCommand(run schemas.RunID) string {
	if run == "" {
		return ""
	}
	const digits = 8 // tell runs of a period apart
	return "daybook explain . {} --run " + string(run[:min(len(run), digits)])
}

func (r *Report) header(p *markup.Page) {
	p.Raw("<header><p class=\"over\">")
	p.Text(cmp.Or(r.Provider, "Variance report") + " · " + r.Period.Name())
	if r.Provisional {
		p.Raw(` <span class="tag bad">Provisional</span>`)
	} else {
		p.Raw(` <span class="tag good">Complete</span>`)
	}
	p.Raw("</p>\n")
	p.Element("h1", "", r.headline())
	p.Raw("<p class=\"lead\">")
	p.Text(r.lead())
	p.Raw("</p></header>\n")
}

// headline is the news in one line.
func (r *Report) headline() string {
	v := &r.Revenue
	if len(r.Variances) == 0 {
		return "There is neither plan nor revenue to compare."
	}
	size := r.rounded(v.Variance.Abs()) + " " + string(r.Currency)
	if v.Percent != nil {
		size += " (" + percentRounded(v.Percent.Abs()) + ")"
	}
	switch v.Variance.Sign() {
	case 0:
		return "Revenue is exactly on plan."
	case 1:
		return "Revenue is " + size + " above plan."
	default:
		return "Revenue is " + size + " below plan."
	}
}

// lead says on what the headline stands.
func (r *Report) lead() string {
	s := "Actual to date against the plan to date"
	if !r.Through.IsZero() {
		s += ", through " + r.Through.String()
	}
	s += "." + FeedsBehind(r.Feeds, r.Through)
	if r.Provisional {
		s += " The figures are provisional"
		if len(r.Missing) > 0 {
			s += ": " + markup.Plural(int64(len(r.Missing)), "delivery") + " missing or refused"
		}
		s += "."
	}
	if v := &r.Revenue; !v.Variance.IsZero() {
		if name, part, _ := mainCause(&v.Causes); !part.IsZero() {
			s += " Most of the difference is by " + name + " (" + r.signedRounded(part) + ")."
		}
	}
	if v := &r.Margin; v.Variance.IsNegative() {
		s += " Margin is " + r.rounded(v.Variance.Abs()) + " " + string(r.Currency) + " below plan."
	} else if v.Variance.IsPositive() {
		s += " Margin is " + r.rounded(v.Variance) + " " + string(r.Currency) + " above plan."
	}
	return s
}

// tiles are the few figures that sum the report up.
func (r *Report) tiles(p *markup.Page) {
	p.Raw("<section class=\"tiles\" aria-label=\"Totals\">\n")
	for _, t := range []struct {
		name string
		of   schemas.Measure
		v    *schemas.Variance
	}{{"Revenue", schemas.Revenue, &r.Revenue}, {"Cost of peers", schemas.Cost, &r.Cost}, {"Margin", schemas.Margin, &r.Margin}} {
		p.Tile("total-"+string(t.of), t.name)
		p.Raw("<p class=\"big\">")
		p.Text(r.rounded(t.v.Actual))
		p.Raw(" <small>")
		p.Text(string(r.Currency))
		p.Raw("</small></p><p class=\"", tone(t.v), "\">")
		p.Text(r.signedRounded(t.v.Variance))
		if t.v.Percent != nil {
			p.Text(" (" + signedPercent(*t.v.Percent) + ")")
		}
		p.Raw("</p><p class=\"soft\">expected ")
		p.Text(r.rounded(t.v.Expected) + r.tileRest(t.v))
		p.Raw("</p>")
		from := markup.Sources{Files: []string{"variances.csv"}}
		if t.v.Measure != "" {
			from.Explain = r.totalID(t.of)
		}
		p.From(from)
		p.Raw("</div>\n")
	}
	r.peerTile(p)
	p.Raw("</section>\n")
}

// tileRest is what a tile says beside what is expected.
func (r *Report) tileRest(v *schemas.Variance) (s string) {
	if v.RunRate != nil {
		s += ", run rate " + r.rounded(*v.RunRate) + " of " + r.rounded(v.RunRatePlan)
		if rest := v.Plan.Sub(v.RunRatePlan); !rest.IsZero() {
			s += " (" + r.rounded(rest) + " is planned for lines without data yet)"
		}
	}
	if !v.Coming.IsZero() {
		s += ", charged for days to come " + r.rounded(v.Coming)
	}
	if !v.Pending.IsZero() {
		s += ", true-ups and minimums to be judged " + r.rounded(v.Pending)
	}
	return s
}

// totalID is what a total of the report is called where it is explained.
func (r *Report) totalID(m schemas.Measure) string { return string(r.Period) + "/total/" + string(m) }

// peerTile counts the lines of the peers' bills by how they compare.
func (r *Report) peerTile(p *markup.Page) {
	agree, differ := int64(0), int64(0)
	for i := range r.Matches {
		if _, off := r.matchItem(&r.Matches[i]); off {
			differ++
		} else {
			agree++
		}
	}
	p.Tile("total-peers", "Peer bills")
	p.Raw("<p class=\"big\">")
	p.Text(markup.Count(differ))
	p.Raw(" <small>to settle</small></p><p class=\"soft\">")
	p.Text(markup.Count(agree) + " agree, of " + markup.Plural(agree+differ, "line"))
	p.Raw("</p>")
	p.From(markup.Files("peer_matches.csv"))
	p.Raw("</div>\n")
}

// tone is the class of a variance.
func tone(v *schemas.Variance) string {
	switch {
	case v.Variance.IsZero():
		return "soft"
	case v.Favourable:
		return "good"
	default:
		return "bad"
	}
}

// Bounds on what the page lists; whatever is beyond them stands in the CSV, the workbook and the datasets.
const (
	mostOpenBlocks = 4  // of what keeps the period or rows out, which has no amount
	mostOpen       = 10 // of what is ordered by money
	mostItems      = 200
	mostLines      = 400
	mostBars       = 12
	mostPeople     = 50
)

// drawAttention lists what to act on, the first of it open.
func (r *Report) drawAttention(p *markup.Page) {
	items := r.Attention()
	if len(items) == 0 {
		p.Raw("<p class=\"soft\">Nothing: every difference is within what the book tolerates.</p>\n")
		return
	}
	p.Raw("<p class=\"soft\"><a href=\"since.html#attention\">How long each has needed attention, and what is new</a></p>\n") // no run knows the run before
	blocks := slices.IndexFunc(items, func(it Item) bool { return it.HasAmount })
	if blocks < 0 {
		blocks = len(items)
	}
	open := slices.Concat(items[:min(blocks, mostOpenBlocks)], items[blocks:min(len(items), blocks+mostOpen)])
	rest := slices.Concat(items[min(blocks, mostOpenBlocks):blocks], items[min(len(items), blocks+mostOpen):])
	r.items(p, open)
	if len(rest) > 0 {
		p.Raw("<details><summary>")
		p.Text(markup.Plural(int64(len(rest)), "more thing"))
		p.Raw("</summary>")
		r.items(p, rest[:min(len(rest), mostItems)])
		p.Raw("</details>\n")
	}
	if beyond := len(rest) - mostItems; beyond > 0 {
		p.Element("p", "soft", "Of these, the last "+markup.Plural(int64(beyond), "thing")+" stand in the workbook and the CSV file.")
	}
}

func (r *Report) items(p *markup.Page, items []Item) {
	p.TableOf(` data-kind="items"`, "", "Topic?", "What", "Whose?", "Amount#")
	for i := range items {
		it := &items[i]
		tone := "n money good"
		if it.Bad {
			tone = "n money bad"
		}
		p.Row("")
		p.Element("td", "topic", it.Topic)
		p.Raw(`<th scope="row" class="what"><b>`)
		p.Text(it.Title)
		p.Raw("</b><p><span class=\"soft\">")
		p.Text(it.Detail)
		p.Raw("</span> ")
		p.Text(it.Action)
		p.Raw("</p>")
		if it.Explain != "" {
			p.Explain(it.Explain)
		}
		p.Raw("</th>")
		p.Cell(it.Owner)
		p.Raw(`<td class="`, tone, `">`)
		if it.HasAmount {
			p.Text(r.signedRounded(it.Amount))
			p.Raw(" <small>")
			p.Text(string(it.Currency))
			p.Raw("</small>")
		}
		p.Raw("</td>")
		p.RowEnd()
	}
	p.TableEnd()
}

// footer names the conventions, so that nobody has to guess what a figure means.
func (r *Report) footer(p *markup.Page) {
	mix := "volume (at the planned mix and price), mix (at each line's planned price)"
	if len(r.Variances) > 0 && r.Variances[0].MixAt == schemas.MixAtAverage {
		mix = "volume, mix (at what a line's planned price is above or below the average of its mix)"
	}
	p.Raw(`<footer><h2>How to read this</h2><ul>
<li>A variance is actual minus expected. Expected is the part of the plan due through the last day with data, by each line's own accrual.</li>
<li>Its causes restate expected into actual step by step, line by line: `, mix, `, price (at the plan's exchange rates), exchange rates. Lines that only one side has are unplanned or missing as a whole. The causes add up to the variance exactly.</li>
<li>The run rate extends what is charged for use to the whole month, at the rate of the days of which its feed has data; what is recurring or charged once counts as it is. Of what comes from a feed that is behind, nothing is expected for the days since.</li>
<li>A peer's bill is compared with our own meter at the contract's rate where the contract says so, else with the quantity or list cost that the peer states.</li>
<li>The page rounds what it shows, to the minor unit and in pictures further, so that its last digits may not add up; the CSV files and the datasets hold every digit, and the workbook those that a spreadsheet computes with. <code>daybook explain</code> with an identifier shows the arithmetic and where each number comes from; its commands here are for the book's directory.</li>
</ul>
<p>`)
	for _, name := range []string{"variance.xlsx", "since.html", "invoices.html", "open.sql"} {
		p.Link(name, name)
		p.Raw(" · ")
	}
	p.Link("../../index.html", "index of runs")
	p.Raw("</p>\n")
	if r.Run != "" {
		p.Raw("<p class=\"soft\">Run <code>")
		p.Text(string(r.Run))
		p.Raw("</code></p>")
	}
	p.Raw("</footer>\n")
}
