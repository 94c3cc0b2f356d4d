package compare

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/budget"
	"daybook/reconcile/shared"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// peerBudget is a budget with its peer.
type peerBudget struct {
	peer schemas.PeerID
	*schemas.Budget
}

// takes reports whether use counts in the budget.
func (b *peerBudget) takes(k *useOf, customer string) bool {
	like := func(want, is string) bool { return want == "" || want == is }
	return b.peer == k.peer && like(b.Service, k.service) && like(b.User, k.user) && like(b.Customer, customer) && like(string(b.Account), string(k.account))
}

// budgetsOf are those in force when a period begins, by peer and identifier.
func budgetsOf(b run.Book, p schemas.Period, asOf schemas.Date) (out []peerBudget) {
	first, _ := p.Days()
	peers := b.Peers()
	for i := range peers {
		for j := range peers[i].Budgets {
			if x := &peers[i].Budgets[j]; x.Validity.Holds(first, asOf) {
				out = append(out, peerBudget{peers[i].ID, x})
			}
		}
	}
	slices.SortFunc(out, func(a, b peerBudget) int { return cmp.Or(cmp.Compare(a.peer, b.peer), cmp.Compare(a.ID, b.ID)) })
	return out
}

// spentOn is what counts in a budget on one day. Fixed does not go on at its rate.
type spentOn struct {
	Budget   string       `json:"budget"`
	Day      schemas.Date `json:"day"`
	Currency string       `json:"currency"`
	Fixed    bool         `json:"fixed,omitempty"`
}

// spent is what was billed of it.
type spent struct {
	spentOn
	Billed money.Fixed `json:"billed"`
}

// usedByDay is what a shard leaves of its use: for budgets, for the days of peers with anomalies, for goals, and for shared costs.
type usedByDay struct {
	Spent []spent       `json:"spent,omitempty"`
	Days  []peeruse.Day `json:"days,omitempty"`
	Legs  []legDay      `json:"legs,omitempty"`
	// Shared is what is divided, and by what.
	Shared shared.Part `json:"shared,omitzero"`
}

// spend adds use of a day to the budgets that it counts in. What is of days before the period, or after its last with data,
// counts on the nearest day within.
func (u *peerUse) spend(k useOf, customer, category string, day schemas.Date, billed money.Fixed) error {
	first, _ := u.in.Period().Days()
	if day.Before(first) {
		day = first
	}
	if day.After(u.through) {
		day = u.through
	}
	for i := range u.budgets {
		b := &u.budgets[i]
		if !b.takes(&k, customer) {
			continue
		}
		on := spentOn{b.ID, day, k.currency, category != string(schemas.CategoryUsage)}
		sum, err := u.spent[on].Add(billed)
		if err != nil {
			return fmt.Errorf("budget %s: %w", b.ID, err)
		}
		u.spent[on] = sum
	}
	return nil
}

// spentByDay is what was spent, in order.
func (u *peerUse) spentByDay() (out []spent) {
	for on, billed := range u.spent {
		out = append(out, spent{on, billed})
	}
	slices.SortFunc(out, func(a, b spent) int { return a.compare(b.spentOn) })
	return out
}

func (a spentOn) compare(b spentOn) int {
	side := map[bool]int{true: 1}
	return cmp.Or(cmp.Compare(a.Budget, b.Budget), a.Day.Compare(b.Day), cmp.Compare(a.Currency, b.Currency), cmp.Compare(side[a.Fixed], side[b.Fixed]))
}

// Budgets holds what peers bill against the budgets that are in force.
func Budgets(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	res := &run.Result{}
	budgets := budgetsOf(in.Book(), in.Period(), in.AsOf())
	if len(budgets) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	sums, err := sumSpent(ctx, in)
	if err != nil {
		return nil, err
	}
	fx := Exchange(in.Book(), in.Period(), reach.Through, in.AsOf())
	found := in.NewFindings()
	defer found.Close()
	var lines []peeruse.BudgetLine
	for i := range budgets {
		b := &budgets[i]
		days, missing, err := daysOf(b, in.Period(), throughOf(in.Book(), b.peer, in.Period(), reach), sums, fx)
		if err != nil {
			return nil, err
		}
		judged, err := budget.Judge(b.Budget, in.Period(), days)
		if err != nil {
			return nil, err
		}
		for j := range judged {
			judged[j].Peer = b.peer
		}
		for _, f := range append(missing, budget.Findings(judged)...) {
			found.Add(f)
		}
		lines = append(lines, judged...)
	}
	out, err := in.WriteRead(ctx, &peeruse.Budgets, func(write func(*dataset.Batch) error) error {
		return rows.AppendBudgets(lines, write)
	}, nil)
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	return res, found.Write(ctx, in, res)
}

// sumSpent merges what the shards left.
func sumSpent(ctx context.Context, in *run.Inputs) ([]spent, error) {
	shards, err := in.Results(ctx, "reconcile/use")
	if err != nil {
		return nil, err
	}
	sums := map[spentOn]money.Fixed{}
	for _, res := range shards {
		left, err := run.Left[usedByDay](res)
		if err != nil {
			return nil, err
		}
		for _, x := range left.Spent {
			if sums[x.spentOn], err = sums[x.spentOn].Add(x.Billed); err != nil {
				return nil, fmt.Errorf("budget %s: %w", x.Budget, err)
			}
		}
	}
	var out []spent
	for _, on := range slices.SortedFunc(maps.Keys(sums), spentOn.compare) {
		out = append(out, spent{on, sums[on]})
	}
	return out, nil
}

// throughOf is the last day of the period of which a peer has delivered use: the day before it where there is none.
func throughOf(b run.Book, peer schemas.PeerID, p schemas.Period, reach *normalise.Reach) schemas.Date {
	if reach.Sources == nil {
		return reach.Through
	}
	first, _ := p.Days()
	last := first.AddDays(-1)
	for i := range b.Sources() {
		if s := &b.Sources()[i]; s.Peer == peer && reach.Sources[s.ID].After(last) {
			last = reach.Sources[s.ID]
		}
	}
	return last
}

// exactPlaces is how many decimal places converted amounts keep: those of a dataset.
const exactPlaces = 18

// daysOf are the days of a budget, in its currency, and findings of what no exchange rate makes part of it.
func daysOf(b *peerBudget, p schemas.Period, through schemas.Date, sums []spent, fx schemas.FX) ([]budget.Day, []schemas.Finding, error) {
	first, _ := p.Days()
	days := make([]budget.Day, through.Sub(first)+1)
	lacking := map[money.Currency]money.Decimal{}
	for i := range sums {
		x := &sums[i]
		n := x.Day.Sub(first)
		if x.Budget != b.ID || len(days) == 0 {
			continue
		}
		amount, from := x.Billed.Decimal(), money.Currency(x.Currency)
		if from != b.Currency {
			rate, ok := fx(from, b.Currency, schemas.Date{})
			if !ok {
				lacking[from] = lacking[from].Add(amount)
				continue
			}
			var err error
			if amount, err = rate.Factor.Apply(amount, exactPlaces, money.HalfEven); err != nil {
				return nil, nil, fmt.Errorf("budget %s: %w", b.ID, err)
			}
		}
		d := &days[min(n, len(days)-1)]
		if x.Fixed {
			d.Fixed = d.Fixed.Add(amount)
		} else {
			d.Used = d.Used.Add(amount)
		}
	}
	var found []schemas.Finding
	for _, from := range slices.Sorted(maps.Keys(lacking)) {
		found = append(found, schemas.Remark(schemas.CodeNoRate, string(b.peer)+"/"+b.ID, fmt.Sprintf(
			"budget %s is in %s, and there is no rate from %s for the period, so that %s %s are left out of it; add the rate to fx.csv",
			b.ID, b.Currency, from, lacking[from], from), lacking[from], from))
	}
	return days, found, nil
}
