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
func (b *peerBudget) takes(r *PeerRow) bool {
	like := func(want, is string) bool { return want == "" || want == is }
	return b.peer == r.peer && like(b.Service, r.service) && like(b.User, r.user) && like(b.Customer, r.customer) && like(string(b.Account), string(r.account))
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

// UsedByDay is what a shard leaves of its use: for budgets, for the days of peers with anomalies, for goals, and for shared costs.
type UsedByDay struct {
	Spent []spent       `json:"spent,omitempty"`
	Days  []peeruse.Day `json:"days,omitempty"`
	Legs  []legDay      `json:"legs,omitempty"`
	// Shared is what is divided, and by what.
	Shared shared.Part `json:"shared,omitzero"`
}

// spend adds a row to the budgets that it counts in. What is of days before the period, or after its last with data, counts on the
// nearest day within.
func (u *UseSums) spend(r *PeerRow) error {
	first, _ := u.period.Days()
	day := r.day
	if day.Before(first) {
		day = first
	}
	if day.After(u.through) {
		day = u.through
	}
	for i := range u.budgets {
		b := &u.budgets[i]
		if !b.takes(r) {
			continue
		}
		on := spentOn{b.ID, day, r.currency, r.category != string(schemas.CategoryUsage)}
		sum, err := u.spent[on].Add(r.billed)
		if err != nil {
			return fmt.Errorf("budget %s: %w", b.ID, err)
		}
		u.spent[on] = sum
	}
	return nil
}

// InBudget reports whether a row that was added counts in a budget that is in force.
func (u *UseSums) InBudget(r *PeerRow, peer schemas.PeerID, id string) bool {
	return slices.ContainsFunc(u.budgets, func(b peerBudget) bool { return b.peer == peer && b.ID == id && b.takes(r) })
}

// spentByDay is what was spent, in order.
func (u *UseSums) spentByDay() (out []spent) {
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
	if len(budgetsOf(in.Book(), in.Period(), in.AsOf())) == 0 {
		return res, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	left, err := leftOfUse(ctx, in)
	if err != nil {
		return nil, err
	}
	lines, findings, err := JudgeBudgets(in.Book(), in.Period(), in.AsOf(), reach, left)
	if err != nil {
		return nil, err
	}
	out, err := in.WriteRead(ctx, &peeruse.Budgets, func(write func(*dataset.Batch) error) error {
		return rows.AppendBudgets(lines, write)
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

// leftOfUse is what the shards left of use.
func leftOfUse(ctx context.Context, in *run.Inputs) (out []*UsedByDay, err error) {
	shards, err := in.Results(ctx, "reconcile/use")
	if err != nil {
		return nil, err
	}
	for _, res := range shards {
		left, err := run.Left[UsedByDay](res)
		if err != nil {
			return nil, err
		}
		out = append(out, left)
	}
	return out, nil
}

// JudgeBudgets holds what shards left against the budgets that are in force, and makes findings of the thresholds that are reached and of
// what no exchange rate makes part of a budget.
func JudgeBudgets(b run.Book, p schemas.Period, asOf schemas.Date, reach *normalise.Reach, left []*UsedByDay) (lines []peeruse.BudgetLine, found []schemas.Finding, err error) {
	sums, err := sumSpent(left)
	if err != nil {
		return nil, nil, err
	}
	fx := Exchange(b, p, reach.Through, asOf)
	for _, x := range budgetsOf(b, p, asOf) {
		days, missing, err := daysOf(&x, p, throughOf(b, x.peer, p, reach), sums, fx)
		if err != nil {
			return nil, nil, err
		}
		judged, err := budget.Judge(x.Budget, p, days)
		if err != nil {
			return nil, nil, err
		}
		for j := range judged {
			judged[j].Peer = x.peer
		}
		lines, found = append(lines, judged...), slices.Concat(found, missing, budget.Findings(judged))
	}
	return lines, found, nil
}

// sumSpent merges what the shards left.
func sumSpent(left []*UsedByDay) ([]spent, error) {
	sums := map[spentOn]money.Fixed{}
	for _, l := range left {
		for _, x := range l.Spent {
			var err error
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

// BudgetPart is what counts in a budget on one day, of one currency.
type BudgetPart struct {
	Day schemas.Date
	// Fixed does not go on at its rate.
	Fixed bool
	// Billed in Currency is Amount in the budget's, by Factor, which is nil where it is the same currency. A part that Lacks a rate is left
	// out of the budget.
	Billed   money.Decimal
	Currency money.Currency
	Factor   *money.Ratio
	Amount   money.Decimal
	Lacks    bool
}

// partsOf are those of a budget, in order.
func partsOf(b *peerBudget, sums []spent, fx schemas.FX) (out []BudgetPart, err error) {
	for i := range sums {
		x := &sums[i]
		if x.Budget != b.ID {
			continue
		}
		p := BudgetPart{Day: x.Day, Fixed: x.Fixed, Billed: x.Billed.Decimal(), Currency: money.Currency(x.Currency), Amount: x.Billed.Decimal()}
		if p.Currency != b.Currency {
			rate, ok := fx(p.Currency, b.Currency, schemas.Date{})
			if p.Lacks = !ok; ok {
				p.Factor = &rate.Factor
				if p.Amount, err = rate.Factor.Apply(p.Billed, exactPlaces, money.HalfEven); err != nil {
					return nil, fmt.Errorf("budget %s: %w", b.ID, err)
				}
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// BudgetParts are what counts in a budget, as shards left it, and how many days of the period there are data of.
func BudgetParts(b run.Book, p schemas.Period, asOf schemas.Date, reach *normalise.Reach, left []*UsedByDay, peer schemas.PeerID, id string) ([]BudgetPart, int, error) {
	sums, err := sumSpent(left)
	if err != nil {
		return nil, 0, err
	}
	first, _ := p.Days()
	for _, x := range budgetsOf(b, p, asOf) {
		if x.peer == peer && x.ID == id {
			parts, err := partsOf(&x, sums, Exchange(b, p, reach.Through, asOf))
			return parts, throughOf(b, peer, p, reach).Sub(first) + 1, err
		}
	}
	return nil, 0, nil
}

// daysOf are the days of a budget, in its currency, and findings of what no exchange rate makes part of it.
func daysOf(b *peerBudget, p schemas.Period, through schemas.Date, sums []spent, fx schemas.FX) ([]budget.Day, []schemas.Finding, error) {
	first, _ := p.Days()
	days := make([]budget.Day, through.Sub(first)+1)
	if len(days) == 0 {
		return days, nil, nil
	}
	parts, err := partsOf(b, sums, fx)
	if err != nil {
		return nil, nil, err
	}
	lacking := map[money.Currency]money.Decimal{}
	for i := range parts {
		x := &parts[i]
		d := &days[min(x.Day.Sub(first), len(days)-1)]
		switch {
		case x.Lacks:
			lacking[x.Currency] = lacking[x.Currency].Add(x.Amount)
		case x.Fixed:
			d.Fixed = d.Fixed.Add(x.Amount)
		default:
			d.Used = d.Used.Add(x.Amount)
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
