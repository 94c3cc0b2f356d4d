package compare

import (
	"cmp"
	"context"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/shared"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// peerUseColumns are the columns of usage that say who uses what peers bill, and those that control totals are of.
var peerUseColumns = []int{
	schemas.UseAccountId, schemas.UsePeerId, schemas.UseServiceName, schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseBillingCurrency,
	schemas.UseChargeCategory, schemas.UseChargePeriodStart, schemas.UseChargePeriodEnd, schemas.UseConsumedQuantity, schemas.UseConsumedUnit, schemas.UseBilledCost,
}

// mostUsers is how many users are told apart of one account under one number of the peer; those of the rows after them have none.
// Resources may be as many as rows.
const mostUsers = 10_000

// PeerUse adds up a shard's usage that peers bill, by who uses it, where a peer of the book has users, budgets, anomalies,
// goals or shared costs.
func PeerUse(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	if usersOf(in.Book().Peers()) == nil {
		return &run.Result{}, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	u := NewUseSums(in.Book(), in.Period(), in.AsOf(), reach.Through)
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	var read dataset.Tally
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, in.Store(), o.Key, &schemas.Usage, u.Columns(), func(b *dataset.Batch) error {
			if err := read.AddBatch(b, dataset.UsageMeasures()); err != nil {
				return err
			}
			for i := range b.Rows {
				if _, err := u.Add(b, i); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	have, err := read.Totals()
	if err != nil {
		return nil, err
	}
	if err := run.ReadWhole(schemas.Usage.Name, &have, normalised, run.UsageTotals); err != nil {
		return nil, err
	}
	return u.result(ctx, in)
}

// usersOf are what tells the users of each peer apart; nil where no peer has users, budgets, anomalies, goals or shared costs.
func usersOf(peers []schemas.Peer) map[schemas.PeerID]schemas.UserKey {
	out, asked := map[schemas.PeerID]schemas.UserKey{}, false
	for i := range peers {
		p := &peers[i]
		asked = asked || p.Users != nil || len(p.Budgets) > 0 || p.Anomalies != nil || len(p.Goals) > 0 || len(p.Shared) > 0
		if p.Users != nil {
			out[p.ID] = *p.Users
		}
	}
	if !asked {
		return nil
	}
	return out
}

// UseSums adds up who uses what peers bill, and what of it counts for budgets, for the days of peers with anomalies, for goals and for
// shared costs: for a task of the run, and for those who compute again what it wrote.
type UseSums struct {
	book    run.Book
	period  schemas.Period
	users   map[schemas.PeerID]schemas.UserKey
	budgets []peerBudget
	through schemas.Date
	days    rows.DayFinder
	sums    map[useOf]*useSum
	// told counts the users that are told apart of each account under one number, which has no user.
	told  map[useOf]int
	spent map[spentOn]money.Fixed
	daily *peerDays
	goals []peeruse.Goal
	legs  map[legOn]*legDay
	// shared adds up the costs that are divided, and what by.
	shared  *shared.Sums
	divided dataset.Totals
	// used is what is counted of the usage as it is read.
	used dataset.Totals
	row  PeerRow
}

// NewUseSums is that of a period of which there are data through a day.
func NewUseSums(b run.Book, p schemas.Period, asOf, through schemas.Date) *UseSums {
	return &UseSums{
		book: b, period: p, users: usersOf(b.Peers()), budgets: budgetsOf(b, p, asOf), through: through, days: rows.DayFinder{Zone: b.Zone()},
		sums: map[useOf]*useSum{}, told: map[useOf]int{}, spent: map[spentOn]money.Fixed{}, daily: newPeerDays(b.Peers(), p, through),
		goals: goalsOf(b.Peers()), legs: map[legOn]*legDay{}, shared: shared.NewSums(b.Peers(), asOf),
	}
}

// Columns are those of usage that Add reads, and those that control totals are of, in order.
func (u *UseSums) Columns() []int {
	columns := slices.Clone(peerUseColumns)
	if len(u.goals) > 0 || u.shared.Any() {
		columns = append(columns, schemas.UsePricingQuantity, schemas.UsePricingUnit)
	}
	for _, k := range u.users {
		columns = append(columns, k.Column())
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// useOf is what the use is told apart by.
type useOf struct {
	account                               schemas.AccountID
	peer                                  schemas.PeerID
	service, user, billing, sub, currency string
}

func (a useOf) compare(b useOf) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.peer, b.peer), cmp.Compare(a.service, b.service), cmp.Compare(a.user, b.user),
		cmp.Compare(a.billing, b.billing), cmp.Compare(a.sub, b.sub), cmp.Compare(a.currency, b.currency))
}

type useSum struct {
	customer string
	rows     int64
	billed   money.Fixed
}

// PeerRow is a row of a bill: whose it is, and what it counts for.
type PeerRow struct {
	useOf
	customer, category string
	day                schemas.Date
	billed             money.Fixed
	// fixed says nothing of what was used on its day.
	fixed bool
}

// Of reports whether a row is of a use.
func (r *PeerRow) Of(u *peeruse.Use) bool {
	return r.useOf == useOf{u.Account, u.Peer, u.Service, u.User, u.Billing, u.Sub, string(u.Currency)}
}

// Add takes row i of a batch of usage; nil where no peer bills it. What it returns is valid until the next row.
func (u *UseSums) Add(b *dataset.Batch, i int) (*PeerRow, error) {
	if b.Columns[schemas.UsePeerId].IsNull(i) {
		return nil, nil
	}
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	u.row = PeerRow{useOf: useOf{
		schemas.AccountID(text(schemas.UseAccountId)), schemas.PeerID(text(schemas.UsePeerId)), text(schemas.UseServiceName), "",
		text(schemas.UseBillingAccountId), text(schemas.UseSubAccountId), text(schemas.UseBillingCurrency),
	}}
	r := &u.row
	r.user = u.userOf(r.useOf, b, i)
	s := u.sums[r.useOf]
	if s == nil {
		s = &useSum{}
		if _, customer, ok := u.book.Account(r.account); ok {
			s.customer = customer.ID
		}
		u.sums[r.useOf] = s
	}
	if v := &b.Columns[schemas.UseBilledCost]; !v.IsNull(i) {
		r.billed = v.Decs[i]
	}
	r.customer, r.category, r.day = s.customer, text(schemas.UseChargeCategory), u.days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])
	r.fixed = u.daily.fixed(r.day, b, i)
	s.rows++
	var err error
	if s.billed, err = s.billed.Add(r.billed); err != nil {
		return nil, err
	}
	u.used.Rows++
	if err := u.used.AddCost(r.currency, r.billed); err != nil {
		return nil, err
	}
	if err := u.spend(r); err != nil {
		return nil, err
	}
	if on, watched := u.daily.of(r); watched {
		if err := u.daily.sum(on, 1, r.billed, &u.daily.read); err != nil {
			return nil, err
		}
	}
	if err := u.reach(r, b, i); err != nil {
		return nil, err
	}
	return r, u.share(r, b, i)
}

// Left is what was added up for budgets, days, goals and shared costs.
func (u *UseSums) Left() *UsedByDay {
	return &UsedByDay{u.spentByDay(), u.daily.list(), u.legsByDay(), u.shared.Part()}
}

// userOf names the user of row i, whose use is otherwise told apart by k.
func (u *UseSums) userOf(k useOf, b *dataset.Batch, i int) string {
	of := u.users[k.peer]
	name := rows.UserAt(b, i, &of)
	if name == "" {
		return ""
	}
	all := k
	k.user = name
	if u.sums[k] == nil {
		if u.told[all] >= mostUsers {
			return ""
		}
		u.told[all]++
	}
	return name
}

// result writes what was added up, and leaves what budgets are held against.
func (u *UseSums) result(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	keys := make([]useOf, 0, len(u.sums))
	for k := range u.sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, useOf.compare)
	lines := make([]peeruse.Use, len(keys))
	for i, k := range keys {
		s := u.sums[k]
		lines[i] = peeruse.Use{
			Period: u.period, Account: k.account, Customer: s.customer, Peer: k.peer, Service: k.service, User: k.user,
			Billing: k.billing, Sub: k.sub, Rows: s.rows, Billed: s.billed, Currency: money.Currency(k.currency),
		}
	}
	res := &run.Result{}
	res.Control.Used = u.used
	var count counter
	out, err := in.WriteRead(ctx, &peeruse.Uses, func(write func(*dataset.Batch) error) error {
		return rows.AppendPeerUses(lines, write)
	}, func(b *dataset.Batch) error {
		return count.add(b, peeruse.UseRows, dataset.Measures{Quantity: -1, Unit: -1, Cost: peeruse.UseBilledCost, Currency: peeruse.UseBillingCurrency})
	})
	if err != nil {
		return nil, err
	}
	res.Outputs = append(res.Outputs, out)
	if res.Control.ByUser, err = count.totals(); err != nil {
		return nil, err
	}
	res.Control.Watched, res.Control.Shared = u.daily.read, u.divided
	return res, res.Leave(u.Left())
}
