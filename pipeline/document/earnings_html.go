package document

import (
	"cmp"
	"strings"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

func (r *Report) hasCustomers() bool { return r.Earnings.Customers.Count > 0 }

// drawCustomers is revenue by customer and account: of few, all; of many, how they are spread, those that moved most and those with
// the most revenue, and the others packed for the page's search.
func (r *Report) drawCustomers(p *markup.Page) {
	e := &r.Earnings
	p.Raw("<p class=\"soft\">")
	p.Text(r.earningsTie())
	p.Raw("</p>\n<div class=\"figures\">\n")
	if e.Customers.Count > mostShown {
		r.bandBars(p)
	}
	r.earningBars(p)
	p.Raw("</div>\n")
	movers := e.Customers.Movers()
	many := e.Customers.Count > mostShown
	if many && len(movers) > 0 {
		p.Sub("customers-moved", "The "+markup.Plural(int64(len(movers)), "customer")+" that moved most since "+e.Month.Name(), markup.Sources{})
		r.earners(p, ` data-tall="yes"`, movers, nil, true)
	}
	if many {
		p.Sub("customers-largest", "By revenue", markup.Files("customers.csv"))
	}
	rows := e.Customers.Largest(mostShown)
	r.list(p, "customers", rows, &e.Customers, !many)
	if e.Accounts.Count > e.Customers.Count {
		p.Sub("accounts", "By account", markup.Files("accounts.csv"))
		r.list(p, "accounts", e.Accounts.Largest(mostShown), &e.Accounts, false)
	}
}

// list is the table of customers or accounts with the most revenue, and of many the block that holds the others.
func (r *Report) list(p *markup.Page, id string, rows []*schemas.Earning, of *Earners, course bool) {
	if of.Count <= mostShown {
		attributes := ""
		if len(rows) > mostPeople {
			attributes = ` data-tall="yes"`
		}
		r.earners(p, attributes, rows, of, course)
		return
	}
	blocks := 1
	if r.Earnings.Accounts.Count > r.Earnings.Customers.Count && r.Earnings.Customers.Count > mostShown {
		blocks = 2
	}
	block, packed, err := of.packed.block(r.Places, mostPackedBytes/blocks)
	words := "The " + markup.Count(int64(len(rows))) + " with the most revenue, of " + markup.Count(int64(of.Count)) + "."
	switch {
	case err != nil:
		words += " The others are in " + id + ".csv."
		block = ""
	case packed < of.Count:
		words += " A search finds the " + markup.Count(int64(packed)) + " with the most revenue; all are in " + id + ".csv."
	default:
		words += " A search finds each of them."
	}
	p.Element("p", "soft", words)
	attributes := ` data-tall="yes"`
	if block != "" {
		attributes += ` data-block="` + id + `-packed" data-keys="` + r.packedKeys() + `"`
	}
	r.earners(p, attributes, rows, of, false)
	if block != "" {
		p.Raw(`<pre hidden id="`, id, `-packed">`, block, "</pre>\n")
	}
}

// packedKeys names, for each column of a table of earners, the packed column that it shows: 2 revenue, 3 before, 4 margin.
func (r *Report) packedKeys() string {
	keys := []string{"", "", "2"}
	if !r.Earnings.Customers.Coming.IsZero() {
		keys = append(keys, "")
	}
	if r.Earnings.Known {
		keys = append(keys, "3", "2-3", "")
	}
	return strings.Join(append(keys, "4"), ",")
}

// earningsTie says how the rows come to the headline, and what the month before is.
func (r *Report) earningsTie() string {
	e := &r.Earnings
	s := "Together " + r.rounded(e.Customers.Revenue) + " " + string(r.Currency) + ", the revenue of the headline"
	if off := money.RoundTo(r.Revenue.Actual.Sub(e.Customers.Revenue), r.Places, money.HalfEven); !off.IsZero() {
		s += " but for " + r.signedRounded(off) + ", by which rounding each offering moves that"
	}
	if !e.Customers.Coming.IsZero() {
		s += "; " + r.rounded(e.Customers.Coming) + " more is charged for days to come, or judged at its end"
	}
	s += "."
	if e.Customers.Unvalued > 0 {
		s += " " + markup.Plural(e.Customers.Unvalued, "charge") + " without an exchange rate " + schemas.OneOrMany(e.Customers.Unvalued, "is", "are") + " left out."
	}
	if !e.Known {
		s += " There is no month before beside it: "
	}
	if e.Why != "" {
		s += " " + e.Why
	}
	return s
}

// earners is one table, with a row of the sums over all where there is a whole, and the course of thirteen months where it is asked for.
func (r *Report) earners(p *markup.Page, attributes string, rows []*schemas.Earning, whole *Earners, course bool) {
	e := &r.Earnings
	course = course && len(e.Months) > 1
	columns := []string{"Customer", "Account", "Revenue#"}
	byCustomer := len(rows) > 0 && rows[0].Account == ""
	if byCustomer {
		columns[1] = "Accounts#"
	}
	if !e.Customers.Coming.IsZero() {
		columns = append(columns, "To come#")
	}
	if e.Known {
		columns = append(columns, e.Month.Name()+"#", "Change#", "%#")
	}
	columns = append(columns, "Margin#")
	if r.bears(byCustomer) {
		columns = append(columns, "Shared costs#", "Margin after these#")
	}
	if course {
		columns = append(columns, markup.Count(int64(len(e.Months)))+" months")
	}
	p.TableOf(attributes, "Amounts in "+string(r.Currency)+".", columns...)
	for _, x := range rows {
		p.Row(string(x.Account))
		p.Raw(`<th scope="row">`)
		named(p, x.Customer, x.CustomerName)
		p.Raw("</th>")
		if byCustomer {
			p.Number(markup.Count(x.Accounts))
		} else {
			p.Raw("<td>")
			named(p, string(x.Account), x.AccountName)
			p.Raw("</td>")
		}
		r.earned(p, x)
		if r.bears(byCustomer) {
			r.borne(p, x.Shared, x.Full)
		}
		if course {
			r.course(p, x.Customer)
		}
		p.RowEnd()
	}
	if whole != nil {
		p.TotalRow()
		p.Head("All")
		accounts := ""
		if byCustomer {
			accounts = markup.Count(int64(e.Accounts.Count))
		}
		p.Number(accounts)
		sum := schemas.Earning{Revenue: whole.Revenue, Coming: whole.Coming, Before: whole.Before, Change: whole.Revenue.Sub(whole.Before), Margin: whole.Margin}
		if percent, err := money.MulDivRound(sum.Change, money.NewDecimal(100, 0), sum.Before.Abs(), 1, money.HalfEven); err == nil {
			sum.Percent = &percent
		}
		r.earned(p, &sum)
		if r.bears(byCustomer) {
			full := whole.Margin.Sub(*whole.Shared)
			r.borne(p, whole.Shared, &full)
		}
		if course {
			p.Cell("")
		}
		p.RowEnd()
	}
	p.TableEnd()
}

// bears reports whether a table has what customers bear of shared costs.
func (r *Report) bears(byCustomer bool) bool {
	return byCustomer && r.Earnings.Customers.Shared != nil
}

// borne is what a customer bears of shared costs, and what its margin leaves of that; of those that the page's search finds neither is known.
func (r *Report) borne(p *markup.Page, shared, full *money.Decimal) {
	for _, d := range []*money.Decimal{shared, full} {
		text := ""
		if d != nil {
			text = r.rounded(*d)
		}
		p.Number(text)
	}
}

// earned are the amounts of a row.
func (r *Report) earned(p *markup.Page, x *schemas.Earning) {
	e := &r.Earnings
	p.Number(r.rounded(x.Revenue))
	if !e.Customers.Coming.IsZero() {
		p.Number(r.rounded(x.Coming))
	}
	if e.Known {
		p.Number(r.rounded(x.Before))
		p.Change(r.signedRounded(x.Change), x.Change, x.Change.IsPositive())
		p.Number(optionalPercent(x.Percent))
	}
	if x.Margin.IsNegative() {
		p.Element("td", "n bad", r.rounded(x.Margin))
	} else {
		p.Number(r.rounded(x.Margin))
	}
}

// course draws the months of a customer.
func (r *Report) course(p *markup.Page, customer string) {
	values := r.Earnings.Courses[customer]
	if values == nil {
		p.Cell("")
		return
	}
	var words []string
	for i, v := range values {
		text := "not known"
		if v != nil {
			text = r.short(*v)
		}
		words = append(words, string(r.Earnings.Months[i])+": "+text)
	}
	p.Raw("<td>")
	p.Dst = markup.AppendSpark(p.Dst, values, strings.Join(words, ", "))
	p.Raw("</td>")
}

// named is a name with its identifier behind it.
func named(p *markup.Page, id, name string) {
	p.Text(cmp.Or(name, id))
	if name != "" && name != id {
		p.Raw(" ")
		p.Element("span", "soft", id)
	}
}

// earningBars draws the customers that moved most, or have the most revenue where no month stands beside it.
func (r *Report) earningBars(p *markup.Page) {
	e := &r.Earnings
	rows, heading := e.Customers.Movers(), "Moved most since "+e.Month.Name()
	value := func(x *schemas.Earning) money.Decimal { return x.Change }
	text := r.shortSigned
	if len(rows) == 0 {
		rows, heading = e.Customers.Largest(mostBars), "Customers with the most revenue"
		value, text = func(x *schemas.Earning) money.Decimal { return x.Revenue }, r.short
	}
	p.Figure("customers-bars", heading, "", true, markup.Files("customers.csv"))
	var bars []markup.Bar
	var figures [][]string
	for _, x := range rows[:min(mostBars, len(rows))] {
		name := cmp.Or(x.CustomerName, x.Customer)
		bars = append(bars, markup.Bar{Label: name, Value: value(x), Text: text(value(x)), Class: upOrDown(!value(x).IsNegative())})
		figures = append(figures, []string{name, r.rounded(value(x))})
	}
	p.Dst = markup.AppendBars(p.Dst, "customers-picture", heading, heading+", in "+string(r.Currency)+".", bars)
	p.Numbers([]string{"Customer", string(r.Currency) + "#"}, figures)
	p.FigureEnd()
}

// bandBars draws how many customers have how much revenue.
func (r *Report) bandBars(p *markup.Page) {
	const heading = "Customers by revenue"
	p.Figure("customers-bands", heading, "", true, markup.Files("customers.csv"))
	var bars []markup.Bar
	var figures [][]string
	for i, b := range r.Earnings.Customers.bands {
		if b.count == 0 {
			continue
		}
		count := markup.Count(int64(b.count))
		bars = append(bars, markup.Bar{Label: bandNames[i], Value: money.NewDecimal(int64(b.count), 0), Text: count, Class: "total"})
		figures = append(figures, []string{bandNames[i], count, r.rounded(b.revenue)})
	}
	p.Dst = markup.AppendBars(p.Dst, "customers-bands-picture", heading, "How many customers have how much revenue, in "+string(r.Currency)+".", bars)
	p.Numbers([]string{"Revenue in " + string(r.Currency), "Customers#", "together#"}, figures)
	p.FigureEnd()
}
