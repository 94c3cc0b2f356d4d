package document

import (
	"cmp"

	"daybook/schemas"
	"daybook/schemas/money"
)

// earnings is the section of revenue by customer and account.
func (r *Report) earnings(p *page) {
	e := &r.Earnings
	if e.Customers.Count == 0 {
		return
	}
	p.raw("<section id=\"customers\"><h2>Revenue by customer</h2>\n<p class=\"soft\">")
	p.text(r.earningsTie())
	p.raw(` All are in <a href="customers.csv">customers.csv</a> and <a href="accounts.csv">accounts.csv</a>.</p>`, "\n")
	shown := e.Customers.Largest(mostShown)
	atOnce := min(mostAtOnce, len(shown))
	r.earners(p, r.earningsCaption(e.Customers.Count, atOnce, "customer"), shown[:atOnce], &e.Customers)
	if rest := shown[atOnce:]; len(rest) > 0 {
		p.raw("<details>")
		p.element("summary", "", "The next "+plural(int64(len(rest)), "customer"))
		r.earners(p, "", rest, nil)
		p.raw("</details>\n")
	}
	if e.Customers.Count > atOnce {
		if movers := e.Customers.Movers(); len(movers) > 0 {
			r.earners(p, "The customers whose revenue changed most since "+e.Month.Name()+".", movers, nil)
		}
	}
	if e.Accounts.Count > e.Customers.Count {
		accounts := e.Accounts.Largest(mostShown)
		p.raw("<details>")
		p.element("summary", "", "By account")
		r.earners(p, r.earningsCaption(e.Accounts.Count, len(accounts), "account"), accounts, &e.Accounts)
		p.raw("</details>\n")
	}
	p.raw("</section>\n")
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
		s += " " + plural(e.Customers.Unvalued, "charge") + " without an exchange rate " + schemas.OneOrMany(e.Customers.Unvalued, "is", "are") + " left out."
	}
	if !e.Known {
		s += " There is no month before beside it: "
	}
	if e.Why != "" {
		s += " " + e.Why
	}
	return s
}

func (r *Report) earningsCaption(all, shown int, thing string) string {
	s := "Amounts in " + string(r.Currency) + "."
	if all > shown {
		s += " The " + plural(int64(shown), thing) + " with the most revenue, of " + string(appendFixed(nil, money.FixedFromInt(int64(all)), 0)) + "."
	}
	return s
}

// earners is one table, with a row of the sums over all where there is a whole.
func (r *Report) earners(p *page, caption string, rows []*schemas.Earning, whole *Earners) {
	e := &r.Earnings
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
	p.tableHead(caption, columns...)
	amounts := func(x *schemas.Earning) {
		p.number(r.rounded(x.Revenue))
		if !e.Customers.Coming.IsZero() {
			p.number(r.rounded(x.Coming))
		}
		if e.Known {
			p.number(r.rounded(x.Before))
			p.change(r.signedRounded(x.Change), x.Change, x.Change.IsPositive())
			p.number(optionalPercent(x.Percent))
		}
		p.raw("</tr>\n")
	}
	for _, x := range rows {
		p.raw(`<tr><th scope="row">`)
		named(p, x.Customer, x.CustomerName)
		p.raw("</th>")
		if byCustomer {
			p.number(string(appendFixed(nil, money.FixedFromInt(x.Accounts), 0)))
		} else {
			p.raw("<td>")
			named(p, string(x.Account), x.AccountName)
			p.raw("</td>")
		}
		amounts(x)
	}
	if whole != nil {
		p.raw(`<tr class="total"><th scope="row">All</th>`)
		accounts := ""
		if byCustomer {
			accounts = string(appendFixed(nil, money.FixedFromInt(int64(e.Accounts.Count)), 0))
		}
		p.number(accounts)
		sum := schemas.Earning{Revenue: whole.Revenue, Coming: whole.Coming, Before: whole.Before, Change: whole.Revenue.Sub(whole.Before)}
		if percent, err := money.MulDivRound(sum.Change, money.NewDecimal(100, 0), sum.Before.Abs(), 1, money.HalfEven); err == nil {
			sum.Percent = &percent
		}
		amounts(&sum)
	}
	p.tableEnd()
}

// named is a name with its identifier behind it.
func named(p *page, id, name string) {
	p.text(cmp.Or(name, id))
	if name != "" && name != id {
		p.raw(" ")
		p.element("span", "soft", id)
	}
}

// earningBars draws the customers that moved most, or have the most revenue where no month stands beside it; of many, how many
// there are by revenue.
func (r *Report) earningBars(p *page) {
	e := &r.Earnings
	if e.Customers.Count == 0 {
		return
	}
	rows, heading := e.Customers.Movers(), "Customers that moved most since "+e.Month.Name()
	value := func(x *schemas.Earning) money.Decimal { return x.Change }
	text := r.shortSigned
	if len(rows) == 0 {
		rows, heading = e.Customers.Largest(mostBars), "Customers with the most revenue"
		value, text = func(x *schemas.Earning) money.Decimal { return x.Revenue }, r.short
	}
	p.figure(heading, "", true)
	var bars []bar
	var figures [][]string
	for _, x := range rows[:min(mostBars, len(rows))] {
		class := "up"
		if value(x).IsNegative() {
			class = "down"
		}
		name := cmp.Or(x.CustomerName, x.Customer)
		bars = append(bars, bar{label: name, value: value(x), text: text(value(x)), class: class})
		figures = append(figures, []string{name, r.rounded(value(x))})
	}
	p.dst = appendBars(p.dst, "customers-moved", heading, heading+", in "+string(r.Currency)+".", bars)
	p.numbers([]string{"Customer", string(r.Currency) + "#"}, figures)
	p.raw("</figure>\n")
	if e.Customers.Count > mostShown {
		r.bandBars(p)
	}
}

// bandBars draws how many customers have how much revenue.
func (r *Report) bandBars(p *page) {
	const heading = "Customers by revenue"
	p.figure(heading, "", true)
	var bars []bar
	var figures [][]string
	for i, b := range r.Earnings.Customers.bands {
		if b.count == 0 {
			continue
		}
		count := string(appendFixed(nil, money.FixedFromInt(int64(b.count)), 0))
		bars = append(bars, bar{label: bandNames[i], value: money.NewDecimal(int64(b.count), 0), text: count, class: "total"})
		figures = append(figures, []string{bandNames[i], count, r.rounded(b.revenue)})
	}
	p.dst = appendBars(p.dst, "customers-bands", heading, "How many customers have how much revenue, in "+string(r.Currency)+".", bars)
	p.numbers([]string{"Revenue in " + string(r.Currency), "Customers#", "together#"}, figures)
	p.raw("</figure>\n")
}
