package document

import (
	"cmp"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// HTML returns the report as one self-contained page. It opens on the headline and on what needs attention; pictures
// follow, then the rows behind them.
func (r *Report) HTML() []byte {
	title := cmp.Or(r.Provider, "Variances") + ", " + monthName(r.Period)
	p := &page{appendHead(nil, title, reportStyle)}
	p.raw("<main>\n")
	items := r.Attention()
	r.header(p)
	r.tiles(p)
	r.attention(p, items)
	r.pictures(p)
	r.toDate(p)
	r.planTable(p)
	r.causeTable(p)
	r.forecasts(p)
	r.planVersions(p)
	r.earnings(p)
	r.peerTables(p)
	r.marginTable(p)
	r.findingTable(p)
	r.roundingTable(p)
	r.footer(p)
	p.raw("</main>\n</body>\n</html>\n")
	return p.dst
}

// monthName is September 2024 for 2024-09.
func monthName(p schemas.Period) string {
	start, _ := p.Bounds(time.UTC)
	if start.IsZero() {
		return string(p)
	}
	return start.Format("January 2006")
}

func (r *Report) header(p *page) {
	p.raw("<header><p class=\"over\">")
	p.text(cmp.Or(r.Provider, "Variance report") + " · " + monthName(r.Period))
	if r.Provisional {
		p.raw(` <span class="tag bad">Provisional</span>`)
	} else {
		p.raw(` <span class="tag good">Complete</span>`)
	}
	p.raw("</p>\n")
	p.element("h1", "", r.headline())
	p.raw("<p class=\"lead\">")
	p.text(r.lead())
	p.raw("</p></header>\n")
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

// percentRounded is a percentage with one decimal place.
func percentRounded(d money.Decimal) string {
	return string(appendDecimal(nil, money.RoundTo(d, 1, money.HalfEven), 1)) + "%"
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
			s += ": " + plural(int64(len(r.Missing)), "delivery") + " missing or refused"
		}
		s += "."
	}
	if v := &r.Margin; v.Variance.IsNegative() {
		s += " Margin is " + r.rounded(v.Variance.Abs()) + " " + string(r.Currency) + " below plan."
	} else if v.Variance.IsPositive() {
		s += " Margin is " + r.rounded(v.Variance) + " " + string(r.Currency) + " above plan."
	}
	return s
}

// tiles are the few figures that sum the report up.
func (r *Report) tiles(p *page) {
	p.raw("<section class=\"tiles\" aria-label=\"Totals\">\n")
	for _, t := range []struct {
		name string
		v    *schemas.Variance
	}{{"Revenue", &r.Revenue}, {"Cost of peers", &r.Cost}, {"Margin", &r.Margin}} {
		p.raw("<div class=\"tile\">")
		p.element("h2", "", t.name)
		p.raw("<p class=\"big\">")
		p.text(r.rounded(t.v.Actual))
		p.raw(" <small>", "")
		p.text(string(r.Currency))
		p.raw("</small></p><p class=\"", tone(t.v), "\">")
		p.text(r.signedRounded(t.v.Variance))
		if t.v.Percent != nil {
			p.text(" (" + signedPercent(*t.v.Percent) + ")")
		}
		p.raw("</p><p class=\"soft\">expected ")
		p.text(r.rounded(t.v.Expected))
		if t.v.RunRate != nil {
			p.text(", run rate " + r.rounded(*t.v.RunRate) + " of " + r.rounded(t.v.RunRatePlan))
			if rest := t.v.Plan.Sub(t.v.RunRatePlan); !rest.IsZero() {
				p.text(" (" + r.rounded(rest) + " is planned for lines without data yet)")
			}
		}
		if !t.v.Coming.IsZero() {
			p.text(", charged for days to come " + r.rounded(t.v.Coming))
		}
		if !t.v.Pending.IsZero() {
			p.text(", true-ups and minimums to be judged " + r.rounded(t.v.Pending))
		}
		p.raw("</p></div>\n")
	}
	r.peerTile(p)
	p.raw("</section>\n")
}

// peerTile counts the lines of the peers' bills by how they compare.
func (r *Report) peerTile(p *page) {
	agree, differ := int64(0), int64(0)
	for i := range r.Matches {
		if _, off := r.matchItem(&r.Matches[i]); off {
			differ++
		} else {
			agree++
		}
	}
	p.raw("<div class=\"tile\"><h2>Peer bills</h2><p class=\"big\">")
	p.text(string(appendFixed(nil, money.FixedFromInt(differ), 0)))
	p.raw(" <small>to settle</small></p><p class=\"soft\">")
	p.text(string(appendFixed(nil, money.FixedFromInt(agree), 0)) + " agree, of " + plural(agree+differ, "line"))
	p.raw("</p></div>\n")
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

func signedPercent(d money.Decimal) string {
	s := percentRounded(d)
	if d.IsPositive() {
		return "+" + s
	}
	return s
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

// attention lists what to act on, the first of it open.
func (r *Report) attention(p *page, items []Item) {
	p.raw("<section id=\"attention\"><h2>What needs attention</h2>\n")
	if len(items) == 0 {
		p.raw("<p class=\"soft\">Nothing: every difference is within what the book tolerates.</p></section>\n")
		return
	}
	blocks := slices.IndexFunc(items, func(it Item) bool { return it.HasAmount })
	if blocks < 0 {
		blocks = len(items)
	}
	open := slices.Concat(items[:min(blocks, mostOpenBlocks)], items[blocks:min(len(items), blocks+mostOpen)])
	rest := slices.Concat(items[min(blocks, mostOpenBlocks):blocks], items[min(len(items), blocks+mostOpen):])
	r.items(p, open)
	if len(rest) > 0 {
		p.raw("<details><summary>")
		p.text(plural(int64(len(rest)), "more thing"))
		p.raw("</summary>")
		r.items(p, rest[:min(len(rest), mostItems)])
		p.raw("</details>\n")
	}
	if beyond := len(rest) - mostItems; beyond > 0 {
		p.element("p", "soft", "Of these, the last "+plural(int64(beyond), "thing")+" stand in the workbook and the CSV file.")
	}
	p.raw("</section>\n")
}

func (r *Report) items(p *page, items []Item) {
	p.raw("<ul class=\"items\">\n")
	for i := range items {
		it := &items[i]
		tone := "good"
		if it.Bad {
			tone = "bad"
		}
		p.raw("<li>")
		p.element("span", "topic", it.Topic)
		p.raw(`<div class="what">`)
		p.element("b", "", it.Title)
		p.raw("<p><span class=\"soft\">")
		p.text(it.Detail)
		p.raw("</span> ")
		p.text(it.Action)
		p.raw("</p>")
		if it.Explain != "" {
			p.element("code", "", it.Explain)
		}
		p.raw(`</div><div class="money `, tone, `">`)
		if it.HasAmount {
			p.text(r.signedRounded(it.Amount))
			p.raw(" <small>")
			p.text(string(it.Currency))
			p.raw("</small>")
		}
		p.raw("</div></li>\n")
	}
	p.raw("</ul>\n")
}

// footer names the conventions, so that nobody has to guess what a figure means.
func (r *Report) footer(p *page) {
	mix := "volume (at the planned mix and price), mix (at each line's planned price)"
	if len(r.Variances) > 0 && r.Variances[0].MixAt == schemas.MixAtAverage {
		mix = "volume, mix (at what a line's planned price is above or below the average of its mix)"
	}
	p.raw(`<footer><h2>How to read this</h2><ul>
<li>A variance is actual minus expected. Expected is the part of the plan due through the last day with data, by each line's own accrual.</li>
<li>Its causes restate expected into actual step by step, line by line: `, mix, `, price (at the plan's exchange rates), exchange rates. Lines that only one side has are unplanned or missing as a whole. The causes add up to the variance exactly.</li>
<li>The run rate extends what is charged for use to the whole month, at the rate of the days of which its feed has data; what is recurring or charged once counts as it is. Of what comes from a feed that is behind, nothing is expected for the days since.</li>
<li>A peer's bill is compared with our own meter at the contract's rate where the contract says so, else with the quantity or list cost that the peer states.</li>
<li>The page rounds what it shows, to the minor unit and in pictures further, so that its last digits may not add up; the CSV files and the datasets hold every digit, and the workbook those that a spreadsheet computes with. <code>daybook explain</code> with an identifier shows the arithmetic and where each number comes from.</li>
</ul>`)
	if r.Run != "" {
		p.raw("<p class=\"soft\">Run <code>")
		p.text(string(r.Run))
		p.raw("</code></p>")
	}
	p.raw("</footer>\n")
}
