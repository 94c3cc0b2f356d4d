package compare

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/reconcile/integration"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
	"daybook/schemas/service"
)

// legOn is what counts for a goal on one day.
type legOn struct {
	Goal     string       `json:"goal"`
	Day      schemas.Date `json:"day"`
	Currency string       `json:"currency"`
}

func (a legOn) compare(b legOn) int {
	return cmp.Or(cmp.Compare(a.Goal, b.Goal), a.Day.Compare(b.Day), cmp.Compare(a.Currency, b.Currency))
}

// legDay is what was used of a leg on a day, and what is billed for it.
type legDay struct {
	legOn
	Use    money.Fixed `json:"use"`
	Billed money.Fixed `json:"billed"`
}

// goalsOf are those of the book's peers, by peer and identifier.
func goalsOf(peers []schemas.Peer) (out []peeruse.Goal) {
	for i := range peers {
		for j := range peers[i].Goals {
			out = append(out, peeruse.Goal{Peer: peers[i].ID, Goal: &peers[i].Goals[j]})
		}
	}
	slices.SortFunc(out, func(a, b peeruse.Goal) int { return cmp.Or(cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.ID, b.ID)) })
	return out
}

// reach adds row i to the goals that it counts for.
func (u *UseSums) reach(r *PeerRow, b *dataset.Batch, i int) error {
	for g := range u.goals {
		goal := &u.goals[g]
		if !reaches(r, goal) {
			continue
		}
		on := legOn{goal.ID, r.day, r.currency}
		x := u.legs[on]
		if x == nil {
			x = &legDay{legOn: on}
			u.legs[on] = x
		}
		var err error
		if x.Billed, err = x.Billed.Add(r.billed); err == nil && b.Columns[schemas.UsePricingUnit].StringAt(i) == goal.Unit {
			if v := &b.Columns[schemas.UsePricingQuantity]; !v.IsNull(i) {
				x.Use, err = x.Use.Add(v.Decs[i])
			}
		}
		if err != nil {
			return fmt.Errorf("goal %s: %w", goal.ID, err)
		}
	}
	return nil
}

// reaches reports whether a row counts for a goal: a customer's use of the period that says what was used on its day.
func reaches(r *PeerRow, g *peeruse.Goal) bool {
	return g.Peer == r.peer && g.Service == r.service && r.account != "" && !r.fixed
}

// ForGoal reports whether a row that was added counts for a goal on a day.
func (u *UseSums) ForGoal(r *PeerRow, peer schemas.PeerID, id string, day schemas.Date) bool {
	return r.day == day && slices.ContainsFunc(u.goals, func(g peeruse.Goal) bool { return g.Peer == peer && g.ID == id && reaches(r, &g) })
}

// legsByDay are the legs of a shard, in order.
func (u *UseSums) legsByDay() (out []legDay) {
	for _, on := range slices.SortedFunc(maps.Keys(u.legs), legOn.compare) {
		out = append(out, *u.legs[on])
	}
	return out
}

// Goals holds what peers' services do for offerings, day by day, against the goals of the book.
func Goals(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	if len(goalsOf(in.Book().Peers())) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	x := Integrated{Book: in.Book(), Period: in.Period(), AsOf: in.AsOf(), Open: in.Open(), Reach: reach}
	if x.Left, err = leftOfUse(ctx, in); err != nil {
		return nil, err
	}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	taken, err := normalise.Taken(objects)
	if err != nil {
		return nil, err
	}
	var keys []string
	_ = run.EachOutput(taken, service.EvidenceTable.Name, func(o run.Output) error {
		keys = append(keys, o.Key)
		return nil
	})
	if x.Outages, err = OutagesIn(ctx, in.Store(), in.Book(), in.Period(), keys); err != nil {
		return nil, err
	}
	totals, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, err
	}
	left, err := run.Left[Compared](totals[0])
	if err != nil {
		return nil, err
	}
	x.Margins = left.ByOffers
	all, findings, err := x.Judge()
	if err != nil {
		return nil, err
	}
	out, err := in.WriteRead(ctx, &peeruse.Integrations, func(write func(*dataset.Batch) error) error {
		return rows.AppendIntegrations(all, in.Book().Provider().Currency, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	found := in.NewFindings()
	defer found.Close()
	for _, f := range findings {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// Integrated is what goals are judged by.
type Integrated struct {
	Book   run.Book
	Period schemas.Period
	AsOf   schemas.Date
	// Open is of a month that goes on, of which revenue counts as far as it is due.
	Open  bool
	Reach *normalise.Reach
	// Left is what shards left of use, and Margins what offerings have earned, in any parts.
	Left    []*UsedByDay
	Margins []schemas.MarginRow
	Outages *Outages
}

// Judge holds each day against the goals, and makes findings of what is missed and of what no exchange rate makes part of a cost.
func (y *Integrated) Judge() (all []peeruse.Integration, found []schemas.Finding, err error) {
	goals := goalsOf(y.Book.Peers())
	legs, found, err := y.sumLegs()
	if err != nil {
		return nil, nil, err
	}
	revenue, err := y.revenueOfLegs(goals, legs)
	if err != nil {
		return nil, nil, err
	}
	first, _ := y.Period.Days()
	zone := y.Book.Zone()
	for i := range goals {
		g := &goals[i]
		var days []integration.Day
		for day := first; !day.After(throughOf(y.Book, g.Peer, y.Period, y.Reach)); day = day.AddDays(1) {
			d := integration.Day{Day: day}
			if x, there := legs[g.ID][day]; there {
				d.Use, d.Cost = x.use, x.cost
			}
			d.Measured = y.Outages.measured[g.Peer]
			d.Down, d.Whole = y.Outages.of(g, day.Time(zone), day.AddDays(1).Time(zone))
			days = append(days, d)
		}
		judged, err := integration.Judge(y.Period, g, days, revenue[g.ID].part, y.AsOf)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, judged...)
	}
	return all, append(found, integration.Findings(all, y.Book.Provider().Currency)...), nil
}

// leg is what a goal's leg did on a day, in the provider's currency.
type leg struct{ use, cost money.Decimal }

// LegPart is what is billed for a goal on a day in one currency; Cost is in the provider's, by Factor, which is nil where it is the same
// currency. A part that Lacks a rate costs nothing.
type LegPart struct {
	Goal         string
	Day          schemas.Date
	Billed, Cost money.Decimal
	Currency     money.Currency
	Factor       *money.Ratio
	Lacks        bool
	Use          money.Decimal
}

// legParts are those of all goals, as shards left them.
func (y *Integrated) legParts() (out []LegPart, err error) {
	to, fx := y.Book.Provider().Currency, Exchange(y.Book, y.Period, y.Reach.Through, y.AsOf)
	for _, left := range y.Left {
		for i := range left.Legs {
			x := &left.Legs[i]
			p := LegPart{Goal: x.Goal, Day: x.Day, Billed: x.Billed.Decimal(), Cost: x.Billed.Decimal(), Currency: money.Currency(x.Currency), Use: x.Use.Decimal()}
			if p.Currency != to {
				rate, ok := fx(p.Currency, to, schemas.Date{})
				if p.Lacks = !ok; ok {
					p.Factor = &rate.Factor
					p.Cost, err = rate.Factor.Apply(p.Billed, exactPlaces, money.HalfEven)
				} else {
					p.Cost = money.Zero
				}
			}
			if err != nil {
				return nil, fmt.Errorf("goal %s: %w", x.Goal, err)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// sumLegs merges what the shards left, by goal and day. What no exchange rate makes part of a cost is a finding.
func (y *Integrated) sumLegs() (map[string]map[schemas.Date]leg, []schemas.Finding, error) {
	parts, err := y.legParts()
	if err != nil {
		return nil, nil, err
	}
	out := map[string]map[schemas.Date]leg{}
	lacking := map[legOn]money.Decimal{}
	for i := range parts {
		x := &parts[i]
		if out[x.Goal] == nil {
			out[x.Goal] = map[schemas.Date]leg{}
		}
		if x.Lacks {
			on := legOn{Goal: x.Goal, Currency: string(x.Currency)}
			lacking[on] = lacking[on].Add(x.Billed)
		}
		sum := out[x.Goal][x.Day]
		out[x.Goal][x.Day] = leg{sum.use.Add(x.Use), sum.cost.Add(x.Cost)}
	}
	var found []schemas.Finding
	for _, on := range slices.SortedFunc(maps.Keys(lacking), legOn.compare) {
		found = append(found, schemas.Remark(schemas.CodeNoRate, on.Goal, fmt.Sprintf("goal %s is judged in %s, and there is no rate from %s for the period, so that %s %s are left out of its cost; add the rate to fx.csv",
			on.Goal, y.Book.Provider().Currency, on.Currency, lacking[on], on.Currency), lacking[on], money.Currency(on.Currency)))
	}
	return out, found, nil
}

// legRevenue is how what an offering has earned is divided among its legs.
type legRevenue struct {
	earned, cost, all money.Decimal
	legs              int
	// part is nil where it is not known.
	part *money.Decimal
}

// revenueOfLegs divides what an offering has earned among its legs by their cost; one that costs nothing has none of it, unless it is
// the only one.
func (y *Integrated) revenueOfLegs(goals []peeruse.Goal, legs map[string]map[schemas.Date]leg) (map[string]legRevenue, error) {
	earned := map[schemas.OfferingID]money.Decimal{}
	for i := range y.Margins {
		m := &y.Margins[i]
		value := m.RevenueValue
		if y.Open {
			value = m.RevenueToDate
		}
		if value != nil {
			earned[m.Offering] = earned[m.Offering].Add(*value)
		}
	}
	cost, all, n := map[string]money.Decimal{}, map[schemas.OfferingID]money.Decimal{}, map[schemas.OfferingID]int{}
	for i := range goals {
		g := &goals[i]
		for _, x := range legs[g.ID] {
			cost[g.ID] = cost[g.ID].Add(x.cost)
		}
		all[g.Offering] = all[g.Offering].Add(cost[g.ID])
		n[g.Offering]++
	}
	out := map[string]legRevenue{}
	for i := range goals {
		g := &goals[i]
		r := legRevenue{earned: earned[g.Offering], cost: cost[g.ID], all: all[g.Offering], legs: n[g.Offering]}
		if revenue, known := earned[g.Offering]; known && (r.legs == 1 || !r.all.IsZero()) {
			if r.legs > 1 {
				var err error
				if revenue, err = money.DivRound(revenue.Mul(r.cost), r.all, exactPlaces, money.HalfEven); err != nil {
					return nil, fmt.Errorf("goal %s: %w", g.ID, err)
				}
			}
			r.part = &revenue
		}
		out[g.ID] = r
	}
	return out, nil
}

// LegTrace is what a goal's day was judged from.
type LegTrace struct {
	Parts []LegPart
	// Earned is the offering's revenue, of which the leg has Revenue by Cost of AllCosts, if there are several Legs; nil where it is not known.
	Earned, Cost, AllCosts money.Decimal
	Legs                   int
	Revenue                *money.Decimal
	// Use is that of all days, SoFar through the day and Before up to the one before.
	Use, SoFar, Before money.Decimal
	// Down is how many seconds of the Whole day the service was not available, where that is Measured.
	Down, Whole int64
	Measured    bool
}

// Trace is what the day of a goal was judged from.
func (y *Integrated) Trace(peer schemas.PeerID, goal string, day schemas.Date) (*LegTrace, error) {
	goals := goalsOf(y.Book.Peers())
	at := slices.IndexFunc(goals, func(g peeruse.Goal) bool { return g.Peer == peer && g.ID == goal })
	if at < 0 {
		return nil, fmt.Errorf("the book has no goal %s of %s", goal, peer)
	}
	parts, err := y.legParts()
	if err != nil {
		return nil, err
	}
	legs, _, err := y.sumLegs()
	if err != nil {
		return nil, err
	}
	revenue, err := y.revenueOfLegs(goals, legs)
	if err != nil {
		return nil, err
	}
	r := revenue[goal]
	t := &LegTrace{Earned: r.earned, Cost: r.cost, AllCosts: r.all, Legs: r.legs, Revenue: r.part}
	for i := range parts {
		x := &parts[i]
		if x.Goal != goal || x.Day.After(throughOf(y.Book, peer, y.Period, y.Reach)) {
			continue
		}
		t.Use = t.Use.Add(x.Use)
		if !x.Day.After(day) {
			t.SoFar = t.SoFar.Add(x.Use)
		}
		if x.Day.Before(day) {
			t.Before = t.Before.Add(x.Use)
		}
		if x.Day == day {
			t.Parts = append(t.Parts, *x)
		}
	}
	t.Measured = y.Outages.measured[peer]
	t.Down, t.Whole = y.Outages.of(&goals[at], day.Time(y.Book.Zone()), day.AddDays(1).Time(y.Book.Zone()))
	return t, nil
}

// Outages are the times at which peers' services were not available, by what is delivered as incidents and probes.
type Outages struct {
	measured map[schemas.PeerID]bool
	spans    map[outageOf][]outage
}

type outageOf struct {
	peer    schemas.PeerID
	service string
}

// outage is from a moment to another.
type outage struct{ from, to time.Time }

// OutagesIn reads those of the services that goals are about from files of evidence. Of incidents of one identifier the last row
// counts, and one without an end goes on to that of the period.
func OutagesIn(ctx context.Context, st store.Store, b run.Book, p schemas.Period, keys []string) (*Outages, error) {
	o := &Outages{measured: map[schemas.PeerID]bool{}, spans: map[outageOf][]outage{}}
	for i := range b.Sources() {
		if s := &b.Sources()[i]; s.Format == schemas.Incidents10 || s.Format == schemas.Probes10 {
			o.measured[s.Peer] = true
		}
	}
	wanted := map[outageOf]bool{}
	goals := goalsOf(b.Peers())
	for i := range goals {
		wanted[outageOf{goals[i].Peer, goals[i].Service}] = goals[i].Availability != nil || wanted[outageOf{goals[i].Peer, goals[i].Service}]
	}
	_, end := p.Bounds(b.Zone())
	incidents := map[[2]string]service.EvidenceRow{}
	for _, key := range keys {
		err := rows.ReadEvidence(ctx, st, key, func(r *service.EvidenceRow) error {
			of := outageOf{r.Peer, r.Service}
			switch {
			case !wanted[of]:
			case r.Format == schemas.Probes10 && !r.Up:
				o.spans[of] = append(o.spans[of], outage{r.Start, r.End})
			case r.Format == schemas.Incidents10:
				key := [2]string{string(r.Source), r.ID}
				if was, known := incidents[key]; !known || cmp.Or(cmp.Compare(was.Object, r.Object), cmp.Compare(was.Row, r.Row)) <= 0 {
					incidents[key] = *r
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, r := range incidents {
		of := outageOf{r.Peer, r.Service}
		if r.End.IsZero() {
			r.End = end
		}
		o.spans[of] = append(o.spans[of], outage{r.Start, r.End})
	}
	for _, spans := range o.spans {
		slices.SortFunc(spans, func(a, b outage) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
	}
	return o, nil
}

// of is for how many seconds of a day a goal's service was not available, what overlaps once, and how many the day has.
func (o *Outages) of(g *peeruse.Goal, from, to time.Time) (down, whole int64) {
	at := from
	for _, x := range o.spans[outageOf{g.Peer, g.Service}] {
		begin, end := x.from, x.to
		if begin.Before(at) {
			begin = at
		}
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			down += int64(end.Sub(begin) / time.Second)
			at = end
		}
	}
	return down, int64(to.Sub(from) / time.Second)
}
