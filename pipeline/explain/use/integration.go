package use

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
	"daybook/schemas/service"
)

// findIntegration finds a day of a goal, or what of a goal was missed: all of the days on which it was.
func findIntegration(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of []peeruse.Integration
	measure := peeruse.Measure("")
	err = r.each(ctx, &peeruse.Integrations, func(c cells) error {
		row := integrationAt(r, c)
		if begins.Offer(row.ID()); row.ID() == begins.Text {
			of, measure = []peeruse.Integration{row}, ""
		}
		for _, m := range row.Missed {
			id := schemas.JoinID(string(r.period()), "integration", string(row.Peer), row.Goal.ID, string(m))
			if begins.Offer(id); id == begins.Text {
				of, measure = append(of, row), m
			}
		}
		return nil
	})
	if len(of) == 0 || err != nil {
		return nil, err
	}
	x = &Subject{Kind: "integration"}
	first := &of[0]
	x.Title = fmt.Sprintf("%s of %s for %s on %s", first.Goal.Service, first.Peer, first.Goal.Offering, first.Day)
	if measure != "" {
		x.Title = fmt.Sprintf("%s of %s for %s: its %s was missed on %d %s", first.Goal.Service, first.Peer, first.Goal.Offering, measure, len(of), schemas.OneOrMany(len(of), "day", "days"))
	}
	x.peer(r, first.Peer)
	x.goalFacts(r, of, measure)
	sums := r.sums()
	x.Columns, x.Peer = sums.Columns(), "" // what other peers bill decides the revenue of a leg
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && slices.ContainsFunc(of, func(d peeruse.Integration) bool { return sums.ForGoal(row, d.Peer, d.Goal.ID, d.Day) }), err
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		return r.integrationTold(ctx, of, []*compare.UsedByDay{sums.Left()}, t)
	}
	return x, x.outages(ctx, r, of)
}

func integrationAt(r *Run, c cells) peeruse.Integration {
	x := peeruse.Integration{
		Period: r.period(), Peer: schemas.PeerID(c.text(peeruse.IntPeerId)), Day: c.day(peeruse.IntDay),
		Goal: &schemas.Goal{
			ID: c.text(peeruse.IntGoalId), Offering: schemas.OfferingID(c.text(peeruse.IntOfferingId)), Service: c.text(peeruse.IntServiceName), Unit: c.text(peeruse.IntUnit),
			Use: c.optional(peeruse.IntUseGoal), Availability: c.optional(peeruse.IntAvailabilityGoal), Cost: c.optional(peeruse.IntCostGoal), MarginPercent: c.optional(peeruse.IntMarginGoal),
		},
		Use: c.decimal(peeruse.IntUse), Cost: c.decimal(peeruse.IntCost), Availability: c.optional(peeruse.IntAvailability), Revenue: c.optional(peeruse.IntRevenue),
		Margin: c.optional(peeruse.IntMargin), MarginPercent: c.optional(peeruse.IntMarginPercent),
	}
	if text := c.text(peeruse.IntMissed); text != "" {
		for m := range strings.SplitSeq(text, ",") {
			x.Missed = append(x.Missed, peeruse.Measure(m))
		}
	}
	return x
}

// goalFacts say what is expected, and what came of it: of one day its figures, of several a line each.
func (s *Subject) goalFacts(r *Run, of []peeruse.Integration, measure peeruse.Measure) {
	x := &of[0]
	g, currency := x.Goal, string(r.Book.Provider.Currency)
	s.fact("goal", g.ID, "", "")
	if measure != "" {
		for i := range of {
			s.fact("missed on", of[i].Day.String(), of[i].ID(), "")
		}
		return
	}
	missed := make([]string, len(x.Missed))
	for i, m := range x.Missed {
		missed[i] = string(m)
	}
	s.fact("missed", orText(strings.Join(missed, ", "), "nothing"), "", "")
	s.figure("use", &x.Use, g.Unit)
	s.figure("use expected", g.Use, g.Unit)
	s.figure("available", x.Availability, "%")
	s.figure("available as expected", g.Availability, "%")
	s.figure("cost", &x.Cost, currency)
	s.figure("cost at most", g.Cost, currency)
	s.figure("revenue", x.Revenue, currency)
	s.figure("margin", x.Margin, currency)
	s.figure("margin", x.MarginPercent, "%")
	s.figure("margin expected", g.MarginPercent, "%")
}

// outages lists the incidents and the probes of the goal's service on its days. Of incidents of one identifier the last row counts.
func (s *Subject) outages(ctx context.Context, r *Run, of []peeruse.Integration) error {
	last := map[[2]string]service.EvidenceRow{}
	for _, key := range r.keys(&service.EvidenceTable) {
		err := rows.ReadEvidence(ctx, r.Store, key, func(e *service.EvidenceRow) error {
			if e.Peer != of[0].Peer || e.Service != of[0].Goal.Service || e.Format != schemas.Incidents10 && (e.Format != schemas.Probes10 || e.Up) {
				return nil
			}
			name := [2]string{string(e.Source), e.ID}
			if e.Format == schemas.Probes10 {
				name = [2]string{e.Object, strconv.FormatInt(e.Row, 10)}
			}
			if was, known := last[name]; !known || cmp.Or(cmp.Compare(was.Object, e.Object), cmp.Compare(was.Row, e.Row)) <= 0 {
				last[name] = *e
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, e := range last {
		if slices.ContainsFunc(of, func(x peeruse.Integration) bool {
			from, to := x.Day.Time(r.Book.Zone), x.Day.AddDays(1).Time(r.Book.Zone)
			return e.Start.Before(to) && (e.End.IsZero() || e.End.After(from))
		}) {
			says := map[bool]string{true: "down"}[e.Format == schemas.Probes10]
			s.Evidence = append(s.Evidence, Evidence{Source: string(e.Source), Object: e.Object, Row: e.Row, Kind: string(e.Format), ID: e.ID, Start: e.Start, End: e.End, Says: says})
		}
	}
	slices.SortFunc(s.Evidence, func(a, b Evidence) int { return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Row, b.Row)) })
	return nil
}

// margins reads what offerings have earned.
func (r *Run) margins(ctx context.Context) (out []schemas.MarginRow, err error) {
	err = r.each(ctx, &schemas.Margins, func(c cells) error {
		out = append(out, schemas.MarginRow{
			Offering: schemas.OfferingID(c.text(schemas.MarginOfferingId)), RevenueValue: c.optional(schemas.MarginRevenueValue), RevenueToDate: c.optional(schemas.MarginRevenueToDate),
		})
		return nil
	})
	return out, err
}

// integrationTold adds days up, and judges them again.
func (r *Run) integrationTold(ctx context.Context, of []peeruse.Integration, left []*compare.UsedByDay, t *Taken) ([]schemas.Step, []Verdict, error) {
	x := &compare.Integrated{Book: r.whole(), Period: r.period(), AsOf: r.asOf(), Open: r.Manifest.Spec.Open, Reach: r.reach(), Left: left}
	var err error
	if x.Margins, err = r.margins(ctx); err != nil {
		return nil, nil, err
	}
	if x.Outages, err = compare.OutagesIn(ctx, r.Store, x.Book, x.Period, r.keys(&service.EvidenceTable)); err != nil {
		return nil, nil, err
	}
	again, _, err := x.Judge()
	if err != nil {
		return nil, nil, err
	}
	var s sheet.Sheet
	billed := map[money.Currency]money.Decimal{}
	judged := Verdict{What: "integration", Detail: "the run's usage, revenue and evidence, judged again, give the same"}
	for i := range of {
		trace, err := x.Trace(of[i].Peer, of[i].Goal.ID, of[i].Day)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range trace.Parts {
			billed[p.Currency] = billed[p.Currency].Add(p.Billed)
		}
		integrationSteps(&s, &of[i], trace)
		if judged.Err == nil {
			judged.Err = differs(&of[i], again)
		}
	}
	rows := Verdict{What: "rows", Detail: fmt.Sprintf("%d %s up to the cost", t.Rows, schemas.OneOrMany(t.Rows, "row of the bill adds", "rows of the bill add"))}
	for _, c := range sorted(t.Sums) {
		if !billed[c].Equal(t.Sums[c]) && rows.Err == nil {
			rows.Err = fmt.Errorf("the rows come to %s %s, and %s are counted", t.Sums[c], c, billed[c])
		}
	}
	return s.Steps, []Verdict{rows, judged}, s.Err
}

// differs says how a day is not among those that were judged again.
func differs(of *peeruse.Integration, again []peeruse.Integration) error {
	equal := func(a, b *money.Decimal) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }
	at := slices.IndexFunc(again, func(x peeruse.Integration) bool { return x.ID() == of.ID() })
	if at < 0 {
		return errNoRow
	}
	x := &again[at]
	if !x.Use.Equal(of.Use) || !x.Cost.Equal(of.Cost) || !equal(x.Availability, of.Availability) || !equal(x.Revenue, of.Revenue) || !equal(x.Margin, of.Margin) || !slices.Equal(x.Missed, of.Missed) {
		return fmt.Errorf("%s: again it is a use of %s, a cost of %s, and misses %v; the run has %s, %s and %v", of.Day, x.Use, x.Cost, x.Missed, of.Use, of.Cost, of.Missed)
	}
	return nil
}

// integrationSteps are the arithmetic of a day of a goal.
func integrationSteps(s *sheet.Sheet, of *peeruse.Integration, t *compare.LegTrace) {
	day := of.Day.String() + ": "
	var costs, uses []sheet.Amount
	for i := range t.Parts {
		p := &t.Parts[i]
		uses = append(uses, sheet.Named(of.Goal.Unit, p.Use))
		if p.Lacks {
			s.Given(day+"left out, without an exchange rate", string(p.Currency), p.Billed)
			continue
		}
		costs = append(costs, sheet.Named(string(p.Currency), converted(s, day+"billed in "+string(p.Currency), p.Billed, p.Currency, p.Factor)))
	}
	s.Add(day+"use", uses...)
	cost := s.Add(day+"cost", costs...)
	hundred := sheet.Named("hundred", money.NewDecimal(100, 0))
	if of.Availability != nil {
		whole := sheet.Named("seconds", money.NewDecimal(t.Whole, 0))
		up := s.Subtract(day+"available seconds", whole, sheet.Named("down", money.NewDecimal(t.Down, 0)))
		s.ShareRounded(day+"available", sheet.Named("available", up), hundred, whole, 4)
	}
	if of.Revenue == nil || t.Revenue == nil {
		return
	}
	earned := t.Earned
	if t.Legs > 1 {
		earned = s.ShareRounded(day+"the leg's revenue, by its part of what all legs cost", sheet.Named("revenue", t.Earned), sheet.Named("cost", t.Cost), sheet.Named("all", t.AllCosts), money.Scale)
	}
	leg, all := sheet.Named("revenue", earned), sheet.Named("use of all days", t.Use)
	through := s.ShareRounded(day+"revenue through the day, by use", leg, sheet.Named("use through the day", t.SoFar), all, money.Scale)
	before := s.ShareRounded(day+"revenue before", leg, sheet.Named("use before", t.Before), all, money.Scale)
	part := s.Subtract(day+"revenue", sheet.Named("through", through), sheet.Named("before", before))
	margin := s.Subtract(day+"margin", sheet.Named("revenue", part), sheet.Named("cost", cost))
	if of.MarginPercent != nil {
		s.ShareRounded(day+"margin in a hundred", sheet.Named("margin", margin), hundred, sheet.Named("revenue", part), 4)
	}
}
