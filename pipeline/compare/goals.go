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

// reach adds a customer's use of a day to the goals that it counts for: use of the period that says what was used on its day.
func (u *peerUse) reach(k *useOf, day schemas.Date, b *dataset.Batch, i int, billed money.Fixed) error {
	for g := range u.goals {
		goal := &u.goals[g]
		if goal.Peer != k.peer || goal.Service != k.service || k.account == "" || u.daily.fixed(day, b, i) {
			continue
		}
		on := legOn{goal.ID, day, k.currency}
		x := u.legs[on]
		if x == nil {
			x = &legDay{legOn: on}
			u.legs[on] = x
		}
		var err error
		if x.Billed, err = x.Billed.Add(billed); err == nil && b.Columns[schemas.UsePricingUnit].StringAt(i) == goal.Unit {
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

// legsByDay are the legs of a shard, in order.
func (u *peerUse) legsByDay() (out []legDay) {
	for _, on := range slices.SortedFunc(maps.Keys(u.legs), legOn.compare) {
		out = append(out, *u.legs[on])
	}
	return out
}

// Goals holds what peers' services do for offerings, day by day, against the goals of the book.
func Goals(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	goals := goalsOf(in.Book().Peers())
	if len(goals) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	found := in.NewFindings()
	defer found.Close()
	legs, err := sumLegs(ctx, in, Exchange(in.Book(), in.Period(), reach.Through, in.AsOf()), &found)
	if err != nil {
		return nil, err
	}
	outages, err := outagesOf(ctx, in, goals)
	if err != nil {
		return nil, err
	}
	revenue, err := revenueOfLegs(ctx, in, goals, legs)
	if err != nil {
		return nil, err
	}
	var all []peeruse.Integration
	first, _ := in.Period().Days()
	for i := range goals {
		g := &goals[i]
		var days []integration.Day
		for day := first; !day.After(throughOf(in.Book(), g.Peer, in.Period(), reach)); day = day.AddDays(1) {
			d := integration.Day{Day: day}
			if x, there := legs[g.ID][day]; there {
				d.Use, d.Cost = x.use, x.cost
			}
			d.Measured = outages.measured[g.Peer]
			d.Down, d.Whole = outages.of(g, day.Time(in.Book().Zone()), day.AddDays(1).Time(in.Book().Zone()))
			days = append(days, d)
		}
		judged, err := integration.Judge(in.Period(), g, days, revenue[g.ID], in.AsOf())
		if err != nil {
			return nil, err
		}
		all = append(all, judged...)
	}
	currency := in.Book().Provider().Currency
	out, err := in.WriteRead(ctx, &peeruse.Integrations, func(write func(*dataset.Batch) error) error {
		return rows.AppendIntegrations(all, currency, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	for _, f := range integration.Findings(all, currency) {
		found.Add(f)
	}
	return res, found.Write(ctx, in, res)
}

// leg is what a goal's leg did on a day, in the provider's currency.
type leg struct{ use, cost money.Decimal }

// sumLegs merges what the shards left, by goal and day. What no exchange rate makes part of a cost is a finding.
func sumLegs(ctx context.Context, in *run.Inputs, fx schemas.FX, found *run.Findings) (map[string]map[schemas.Date]leg, error) {
	shards, err := in.Results(ctx, "reconcile/use")
	if err != nil {
		return nil, err
	}
	out := map[string]map[schemas.Date]leg{}
	lacking := map[legOn]money.Decimal{}
	to := in.Book().Provider().Currency
	for _, res := range shards {
		left, err := run.Left[usedByDay](res)
		if err != nil {
			return nil, err
		}
		for i := range left.Legs {
			x := &left.Legs[i]
			if out[x.Goal] == nil {
				out[x.Goal] = map[schemas.Date]leg{}
			}
			sum, cost, from := out[x.Goal][x.Day], x.Billed.Decimal(), money.Currency(x.Currency)
			if from != to {
				rate, ok := fx(from, to, schemas.Date{})
				if !ok {
					on := legOn{Goal: x.Goal, Currency: x.Currency}
					lacking[on] = lacking[on].Add(cost)
					cost = money.Zero
				} else if cost, err = rate.Factor.Apply(cost, exactPlaces, money.HalfEven); err != nil {
					return nil, fmt.Errorf("goal %s: %w", x.Goal, err)
				}
			}
			out[x.Goal][x.Day] = leg{sum.use.Add(x.Use.Decimal()), sum.cost.Add(cost)}
		}
	}
	for _, on := range slices.SortedFunc(maps.Keys(lacking), legOn.compare) {
		found.Add(schemas.Remark(schemas.CodeNoRate, on.Goal, fmt.Sprintf("goal %s is judged in %s, and there is no rate from %s for the period, so that %s %s are left out of its cost; add the rate to fx.csv",
			on.Goal, to, on.Currency, lacking[on], on.Currency), lacking[on], money.Currency(on.Currency)))
	}
	return out, nil
}

// revenueOfLegs divides what an offering has earned among its legs by their cost; one that costs nothing has none of it, unless it is
// the only one.
func revenueOfLegs(ctx context.Context, in *run.Inputs, goals []peeruse.Goal, legs map[string]map[schemas.Date]leg) (map[string]*money.Decimal, error) {
	totals, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, err
	}
	left, err := run.Left[Compared](totals[0])
	if err != nil {
		return nil, err
	}
	earned := map[schemas.OfferingID]money.Decimal{}
	for i := range left.ByOffers {
		m := &left.ByOffers[i]
		value := m.RevenueValue
		if in.Open() {
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
	out := map[string]*money.Decimal{}
	for i := range goals {
		g := &goals[i]
		revenue, known := earned[g.Offering]
		if !known {
			continue
		}
		if n[g.Offering] > 1 {
			if all[g.Offering].IsZero() {
				continue
			}
			if revenue, err = money.DivRound(revenue.Mul(cost[g.ID]), all[g.Offering], exactPlaces, money.HalfEven); err != nil {
				return nil, fmt.Errorf("goal %s: %w", g.ID, err)
			}
		}
		out[g.ID] = &revenue
	}
	return out, nil
}

// outages are the times at which peers' services were not available, by what is delivered as incidents and probes.
type outages struct {
	measured map[schemas.PeerID]bool
	spans    map[outageOf][]outage
}

type outageOf struct {
	peer    schemas.PeerID
	service string
}

// outage is from a moment to another.
type outage struct{ from, to time.Time }

// outagesOf reads those of the services that goals are about. Of incidents of one identifier the last row counts, and one without an
// end goes on to that of the period.
func outagesOf(ctx context.Context, in *run.Inputs, goals []peeruse.Goal) (*outages, error) {
	o := &outages{measured: map[schemas.PeerID]bool{}, spans: map[outageOf][]outage{}}
	for i := range in.Book().Sources() {
		if s := &in.Book().Sources()[i]; s.Format == schemas.Incidents10 || s.Format == schemas.Probes10 {
			o.measured[s.Peer] = true
		}
	}
	wanted := map[outageOf]bool{}
	for i := range goals {
		wanted[outageOf{goals[i].Peer, goals[i].Service}] = goals[i].Availability != nil || wanted[outageOf{goals[i].Peer, goals[i].Service}]
	}
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	taken, err := normalise.Taken(objects)
	if err != nil {
		return nil, err
	}
	_, end := in.Bounds()
	incidents := map[[2]string]service.EvidenceRow{}
	err = run.EachOutput(taken, service.EvidenceTable.Name, func(out run.Output) error {
		return rows.ReadEvidence(ctx, in.Store(), out.Key, func(r *service.EvidenceRow) error {
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
	})
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
	return o, err
}

// of is for how many seconds of a day a goal's service was not available, what overlaps once, and how many the day has.
func (o *outages) of(g *peeruse.Goal, from, to time.Time) (down, whole int64) {
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
