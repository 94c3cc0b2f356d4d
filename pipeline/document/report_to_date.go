package document

import (
	"strings"

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
		texts = append(texts[:most:most], "and "+plural(int64(len(texts)-most), "other"))
	}
	return strings.Join(texts, ", ")
}

// toDate is what the month to date is made of, and how far the data of each feed go, of a month that goes on.
func (r *Report) toDate(p *page) {
	if len(r.Feeds) == 0 {
		return
	}
	p.raw("<section id=\"to-date\"><h2>Month to date</h2>\n")
	p.tableHead("Amounts in "+string(r.Currency)+".", "What", "Revenue#", "Cost#", "Margin#")
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
		p.raw("<tr")
		if x.total {
			p.raw(` class="total"`)
		}
		p.raw(`><th scope="row">`)
		p.text(x.name)
		p.raw("</th>")
		for _, v := range []*schemas.Variance{&r.Revenue, &r.Cost, &r.Margin} {
			if d := x.of(v); d != nil {
				p.number(r.rounded(*d))
			} else {
				p.number("")
			}
		}
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.tableHead("How far the data of each feed go.", "Feed", "Expected every", "Data through", "Days behind#")
	for _, f := range r.Feeds {
		p.raw(`<tr><th scope="row">`)
		p.text(string(f.Source))
		p.raw("</th>")
		p.element("td", "", string(f.Every))
		if f.Through.IsZero() {
			p.element("td", "soft", "no data yet")
			p.number("")
		} else {
			p.element("td", "", f.Through.String())
			p.number(string(appendFixed(nil, money.FixedFromInt(int64(r.Through.Sub(f.Through))), 0)))
		}
		p.raw("</tr>\n")
	}
	p.tableEnd()
	p.raw("</section>\n")
}
