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
	users := usersOf(in.Book().Peers())
	if users == nil {
		return &run.Result{}, nil
	}
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return nil, err
	}
	u := &peerUse{in: in, users: users, budgets: budgetsOf(in.Book(), in.Period(), in.AsOf()), through: reach.Through}
	u.daily = newPeerDays(in.Book().Peers(), in.Period(), reach.Through)
	u.goals, u.legs = goalsOf(in.Book().Peers()), map[legOn]*legDay{}
	u.days = rows.DayFinder{Zone: in.Book().Zone()}
	u.shared = shared.NewSums(in.Book().Peers(), in.AsOf())
	u.sums, u.told, u.spent = map[useOf]*useSum{}, map[useOf]int{}, map[spentOn]money.Fixed{}
	columns := peerUseColumns
	if len(u.goals) > 0 || u.shared.Any() {
		columns = append(slices.Clip(columns), schemas.UsePricingQuantity, schemas.UsePricingUnit)
	}
	for _, k := range users {
		columns = append(slices.Clip(columns), k.Column())
	}
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	var read dataset.Tally
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, in.Store(), o.Key, &schemas.Usage, slices.Compact(slices.Sorted(slices.Values(columns))), func(b *dataset.Batch) error {
			if err := read.AddBatch(b, dataset.UsageMeasures()); err != nil {
				return err
			}
			return u.add(b)
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
	return u.result(ctx)
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

// peerUse adds up who uses what peers bill.
type peerUse struct {
	in      *run.Inputs
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

// add takes a batch of usage.
func (u *peerUse) add(b *dataset.Batch) error {
	text := func(col, i int) string { return b.Columns[col].StringAt(i) }
	for i := range b.Rows {
		if b.Columns[schemas.UsePeerId].IsNull(i) {
			continue
		}
		k := useOf{
			schemas.AccountID(text(schemas.UseAccountId, i)), schemas.PeerID(text(schemas.UsePeerId, i)), text(schemas.UseServiceName, i), "",
			text(schemas.UseBillingAccountId, i), text(schemas.UseSubAccountId, i), text(schemas.UseBillingCurrency, i),
		}
		k.user = u.userOf(k, b, i)
		s := u.sums[k]
		if s == nil {
			s = &useSum{}
			if _, customer, ok := u.in.Book().Account(k.account); ok {
				s.customer = customer.ID
			}
			u.sums[k] = s
		}
		var billed money.Fixed
		if v := &b.Columns[schemas.UseBilledCost]; !v.IsNull(i) {
			billed = v.Decs[i]
		}
		s.rows++
		var err error
		if s.billed, err = s.billed.Add(billed); err != nil {
			return err
		}
		u.used.Rows++
		if err := u.used.AddCost(k.currency, billed); err != nil {
			return err
		}
		day := u.days.Find(b.Columns[schemas.UseChargePeriodStart].Ints[i])
		if err := u.spend(k, s.customer, text(schemas.UseChargeCategory, i), day, billed); err != nil {
			return err
		}
		if err := u.daily.add(&k, s.customer, day, b, i, billed); err != nil {
			return err
		}
		if err := u.reach(&k, day, b, i, billed); err != nil {
			return err
		}
		if err := u.share(&k, s.customer, day, b, i, billed); err != nil {
			return err
		}
	}
	return nil
}

// userOf names the user of row i, whose use is otherwise told apart by k.
func (u *peerUse) userOf(k useOf, b *dataset.Batch, i int) string {
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
func (u *peerUse) result(ctx context.Context) (*run.Result, error) {
	keys := make([]useOf, 0, len(u.sums))
	for k := range u.sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, useOf.compare)
	lines := make([]peeruse.Use, len(keys))
	for i, k := range keys {
		s := u.sums[k]
		lines[i] = peeruse.Use{
			Period: u.in.Period(), Account: k.account, Customer: s.customer, Peer: k.peer, Service: k.service, User: k.user,
			Billing: k.billing, Sub: k.sub, Rows: s.rows, Billed: s.billed, Currency: money.Currency(k.currency),
		}
	}
	res := &run.Result{}
	res.Control.Used = u.used
	var count counter
	out, err := u.in.WriteRead(ctx, &peeruse.Uses, func(write func(*dataset.Batch) error) error {
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
	return res, res.Leave(&usedByDay{u.spentByDay(), u.daily.list(), u.legsByDay(), u.shared.Part()})
}
