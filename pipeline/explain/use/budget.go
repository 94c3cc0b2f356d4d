package use

import (
	"context"
	"fmt"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// findUse finds a row of peeruse.Uses.
func findUse(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of peeruse.Use
	err = r.each(ctx, &peeruse.Uses, func(c cells) error {
		u := peeruse.Use{
			Period: r.period(), Account: schemas.AccountID(c.text(peeruse.UseAccountId)), Customer: c.text(peeruse.UseCustomerId), Peer: schemas.PeerID(c.text(peeruse.UsePeerId)),
			Service: c.text(peeruse.UseServiceName), User: c.text(peeruse.UseUser), Billing: c.text(peeruse.UseBillingAccountId), Sub: c.text(peeruse.UseSubAccountId),
			Rows: c.integer(peeruse.UseRows), Billed: c.b.Columns[peeruse.UseBilledCost].Decs[c.i], Currency: c.currency(peeruse.UseBillingCurrency),
		}
		if begins.Offer(u.ID()); u.ID() == begins.Text {
			of, x = u, &Subject{Kind: "use"}
		}
		return nil
	})
	if x == nil || err != nil {
		return nil, err
	}
	x.Title = fmt.Sprintf("What %s bills for %s", of.Peer, orText(of.Service, "no service"))
	x.peer(r, of.Peer)
	x.owner(r, of.Customer, of.Account)
	x.fact("user", of.User, "", "")
	x.fact("billing account", of.Billing, "", "")
	x.fact("sub-account", of.Sub, "", "")
	billed := of.Billed.Decimal()
	x.figure("billed", &billed, string(of.Currency))
	x.Unit = string(of.Currency)
	sums := r.sums()
	x.Columns = sums.Columns()
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && row.Of(&of), err
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		return nil, []Verdict{t.of(of.Rows, billed, of.Currency)}, nil
	}
	return x, nil
}

// findBudget finds a threshold of a budget.
func findBudget(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of peeruse.BudgetLine
	err = r.each(ctx, &peeruse.Budgets, func(c cells) error {
		l := peeruse.BudgetLine{
			Budget: &schemas.Budget{ID: c.text(peeruse.BudgetBudgetId), Amount: c.decimal(peeruse.BudgetAmount), Currency: c.currency(peeruse.BudgetCurrency)},
			Peer:   schemas.PeerID(c.text(peeruse.BudgetPeerId)), Period: r.period(), Threshold: c.decimal(peeruse.BudgetThreshold), Through: c.day(peeruse.BudgetThrough),
			Actual: c.decimal(peeruse.BudgetActual), Forecast: c.decimal(peeruse.BudgetForecast),
			ActualOn: c.day(peeruse.BudgetActualOn), ForecastOn: c.day(peeruse.BudgetForecastOn),
		}
		if begins.Offer(l.ID()); l.ID() == begins.Text {
			of, x = l, &Subject{Kind: "budget"}
		}
		return nil
	})
	if x == nil || err != nil {
		return nil, err
	}
	unit := string(of.Budget.Currency)
	x.Title = fmt.Sprintf("%s%% of budget %s for %s", of.Threshold, of.Budget.ID, of.Peer)
	x.peer(r, of.Peer)
	x.budgetFacts(r, &of)
	x.figure("budget", &of.Budget.Amount, unit)
	x.figure("billed", &of.Actual, unit)
	x.figure("forecast", &of.Forecast, unit)
	sums := r.sums()
	x.Columns = sums.Columns()
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && sums.InBudget(row, of.Peer, of.Budget.ID), err
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		return r.budgetTold(&of, []*compare.UsedByDay{sums.Left()}, t)
	}
	return x, nil
}

func (s *Subject) budgetFacts(r *Run, l *peeruse.BudgetLine) {
	if p, ok := r.Book.Peer(l.Peer); ok {
		for i := range p.Budgets {
			if b := &p.Budgets[i]; b.ID == l.Budget.ID {
				s.fact("of service", b.Service, "", "")
				s.fact("of user", b.User, "", "")
				s.owner(r, b.Customer, b.Account)
			}
		}
	}
	s.fact("through", l.Through.String(), "the last day of which the peer has delivered use", "")
	for _, d := range []struct {
		name string
		day  schemas.Date
	}{{"reached on", l.ActualOn}, {"by the forecast since", l.ForecastOn}} {
		if !d.day.IsZero() {
			s.fact(d.name, d.day.String(), "", "")
		}
	}
	if l.ActualOn.IsZero() && l.ForecastOn.IsZero() {
		s.fact("reached", "no", "", "")
	}
}

// budgetTold adds a budget up, and judges it again.
func (r *Run) budgetTold(of *peeruse.BudgetLine, left []*compare.UsedByDay, t *Taken) ([]schemas.Step, []Verdict, error) {
	b, asOf, reach := r.whole(), r.asOf(), r.reach()
	parts, days, err := compare.BudgetParts(b, r.period(), asOf, reach, left, of.Peer, of.Budget.ID)
	if err != nil {
		return nil, nil, err
	}
	lines, _, err := compare.JudgeBudgets(b, r.period(), asOf, reach, left)
	if err != nil {
		return nil, nil, err
	}
	var s sheet.Sheet
	budgetSteps(&s, of, parts, days)
	billed := map[money.Currency]money.Decimal{}
	for i := range parts {
		billed[parts[i].Currency] = billed[parts[i].Currency].Add(parts[i].Billed)
	}
	var rows Verdict
	for _, c := range sorted(t.Sums) {
		if !billed[c].Equal(t.Sums[c]) && rows.Err == nil {
			rows.Err = fmt.Errorf("the rows come to %s %s, and %s are counted", t.Sums[c], c, billed[c])
		}
	}
	rows.What, rows.Detail = "rows", fmt.Sprintf("%d %s up to what is billed", t.Rows, schemas.OneOrMany(t.Rows, "row of the bill adds", "rows of the bill add"))
	judged := Verdict{What: "budget", Detail: "the run's usage, held against the budget again, gives the same", Err: errNoRow}
	for i := range lines {
		if l := &lines[i]; l.ID() == of.ID() {
			judged.Err = nil
			if !l.Actual.Equal(of.Actual) || !l.Forecast.Equal(of.Forecast) || l.ActualOn != of.ActualOn || l.ForecastOn != of.ForecastOn || l.Through != of.Through {
				judged.Err = fmt.Errorf("again it is %s, %s by the forecast, reached on %s; the run has %s, %s and %s", l.Actual, l.Forecast, l.ActualOn, of.Actual, of.Forecast, of.ActualOn)
			}
		}
	}
	return s.Steps, []Verdict{rows, judged}, s.Err
}

// budgetSteps are the arithmetic of a threshold: what is billed, day by day, the limit, and the day on which it is reached.
func budgetSteps(s *sheet.Sheet, of *peeruse.BudgetLine, parts []compare.BudgetPart, days int) {
	var used, fixed, before, by []sheet.Amount
	for i := range parts {
		p := &parts[i]
		note := p.Day.String()
		if p.Fixed {
			note += ", fixed"
		}
		if p.Lacks {
			s.Given(note+": left out, without an exchange rate", string(p.Currency), p.Billed)
			continue
		}
		a := sheet.Named(note, converted(s, note+" in "+string(of.Budget.Currency), p.Billed, p.Currency, p.Factor))
		if p.Fixed {
			fixed = append(fixed, a)
		} else {
			used = append(used, a)
		}
		if p.Day.Before(of.ActualOn) {
			before = append(before, a)
		}
		if !p.Day.After(of.ActualOn) {
			by = append(by, a)
		}
	}
	use, fees := s.Add("used", used...), s.Add("fees, taxes and credits", fixed...)
	s.Add("billed", sheet.Named("used", use), sheet.Named("fixed", fees))
	if days > 0 {
		first, last := of.Period.Days()
		rest := s.ShareRounded("use at that rate", sheet.Named("used", use), sheet.Named("days", money.NewDecimal(int64(last.Sub(first)+1), 0)),
			sheet.Named("days so far", money.NewDecimal(int64(days), 0)), 6)
		s.Add("forecast", sheet.Named("used", rest), sheet.Named("fixed", fees))
	}
	s.Multiply("limit", sheet.Named("budget", of.Budget.Amount), sheet.Named("threshold", of.Threshold), sheet.Named("of a hundred", money.NewDecimal(1, -2)))
	if !of.ActualOn.IsZero() {
		s.Add("up to the day before "+of.ActualOn.String(), before...)
		s.Add("through "+of.ActualOn.String(), by...)
	}
}
