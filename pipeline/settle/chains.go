package settle

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/chain"
	"daybook/reconcile/goods"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// sums are what a shard leaves for the settlement.
type sums struct {
	Owed  []owed      `json:"owed,omitempty"`
	Goods []goods.Sum `json:"goods,omitempty"`
	// Billed is all that peers bill, of any agreement or none.
	Billed []owed `json:"billed,omitempty"`
}

// owedFor is what debts that are sums of rows are told apart by.
type owedFor struct {
	Agreement intercloud.AgreementID `json:"agreement,omitempty"`
	Peer      schemas.PeerID         `json:"peer"`
	Basis     intercloud.Basis       `json:"basis"`
	Currency  money.Currency         `json:"currency"`
}

func (k owedFor) compare(o owedFor) int {
	return cmp.Or(cmp.Compare(k.Agreement, o.Agreement), cmp.Compare(k.Peer, o.Peer), cmp.Compare(k.Basis, o.Basis), cmp.Compare(k.Currency, o.Currency))
}

// owed is such a debt.
type owed struct {
	owedFor
	Amount money.Fixed `json:"amount"`
	Rows   int64       `json:"rows"`
}

// debts add up.
type debts map[owedFor]*owed

func (d debts) add(k owedFor, amount money.Fixed, rows int64) (err error) {
	have := d[k]
	if have == nil {
		have = &owed{owedFor: k}
		d[k] = have
	}
	have.Rows += rows
	have.Amount, err = have.Amount.Add(amount)
	return err
}

func (d debts) all() []owed {
	out := make([]owed, 0, len(d))
	for _, k := range slices.SortedFunc(maps.Keys(d), owedFor.compare) {
		out = append(out, *d[k])
	}
	return out
}

// parties are with whom is settled, and under which agreement.
type parties struct {
	peers    map[schemas.PeerID]*intercloud.Agreement
	accounts map[schemas.AccountID]owedFor
}

// newParties leaves federations out, whose debts are not sums of rows.
func newParties(agreements []*intercloud.Agreement) parties {
	p := parties{map[schemas.PeerID]*intercloud.Agreement{}, map[schemas.AccountID]owedFor{}}
	for _, a := range agreements {
		if a.Pattern == intercloud.Federation {
			continue
		}
		for _, x := range a.Parties {
			p.peers[x.Peer] = a
			for _, account := range x.Accounts {
				p.accounts[account] = owedFor{Agreement: a.ID, Peer: x.Peer, Basis: intercloud.ChargedByUs}
			}
		}
	}
	return p
}

// Gathering takes the charges and the usage of a run, and adds up what is owed under the agreements in force.
type Gathering struct {
	Agreements []*intercloud.Agreement
	parties    parties
	chains     *chain.Builder
	index      *goods.Index
	owed       debts
	billed     debts
	goods      goods.Sums
	days       rows.DayFinder
	// cost is what peers bill for the charges of chains, and control counts what is taken.
	cost    map[money.Currency]money.Fixed
	control run.Control
}

// NewGathering begins one for a period, as the book was known on a day. open reports of a peer whether more of what it bills may come.
func NewGathering(b run.Book, p schemas.Period, asOf schemas.Date, open func(schemas.PeerID) bool) *Gathering {
	agreements := intercloud.InForce(b.Agreements(), p, asOf)
	return &Gathering{
		Agreements: agreements, parties: newParties(agreements), chains: chain.New(p, agreements, open), index: goods.NewIndex(agreements),
		owed: debts{}, billed: debts{}, days: rows.DayFinder{Zone: b.Zone()}, cost: map[money.Currency]money.Fixed{},
	}
}

// sums are what it came to.
func (g *Gathering) sums() *sums {
	return &sums{Owed: g.owed.all(), Goods: g.goods.All(), Billed: g.billed.all()}
}

// Chains writes the cost chains of a shard, and adds up what is owed under agreements. Without an agreement in force nothing is read
// and nothing written.
func Chains(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	if len(intercloud.InForce(in.Book().Agreements(), in.Period(), in.AsOf())) == 0 {
		return &run.Result{}, nil
	}
	left, err := compared(ctx, in)
	if err != nil {
		return nil, err
	}
	x := &shard{Gathering: NewGathering(in.Book(), in.Period(), in.AsOf(), ProvisionalBy(left, in.Open())), in: in, res: &run.Result{}, found: in.NewFindings()}
	defer x.found.Close()
	if err := x.write(ctx); err != nil {
		return nil, err
	}
	if err := x.readUse(ctx); err != nil {
		return nil, err
	}
	if err := x.res.Control.Merge(&x.control); err != nil {
		return nil, err
	}
	if err := x.res.Leave(x.sums()); err != nil {
		return nil, err
	}
	return x.res, x.found.Write(ctx, in, x.res)
}

// shard is a shard at work.
type shard struct {
	*Gathering
	in    *run.Inputs
	res   *run.Result
	found run.Findings
}

// ProvisionalBy returns what reports of a peer, by what the comparison left, whether more of what it bills may come: the month goes on,
// something that was expected is missing, or the peer has billed nothing yet. No peer stands for ourselves.
func ProvisionalBy(left *compare.Compared, open bool) func(schemas.PeerID) bool {
	billed := map[schemas.PeerID]bool{}
	for i := range left.Matches {
		billed[left.Matches[i].Peer] = billed[left.Matches[i].Peer] || left.Matches[i].BillRows > 0
	}
	return func(peer schemas.PeerID) bool { return open || left.Unwhole || peer != "" && !billed[peer] }
}

// write writes the chains, and counts what lies there.
func (x *shard) write(ctx context.Context) error {
	c := &x.res.Control
	out, err := x.in.WriteRead(ctx, &intercloud.CostChains, func(write func(*dataset.Batch) error) error {
		w := rows.NewChainWriter(write)
		if err := x.readCharges(ctx, w); err != nil {
			return err
		}
		found, err := x.Legs(w.Add)
		if err != nil {
			return err
		}
		for _, f := range found {
			x.found.Add(f)
		}
		return w.Flush()
	}, func(b *dataset.Batch) error { return countChains(&c.Chains, b) })
	if err != nil {
		return err
	}
	x.res.Outputs = append(x.res.Outputs, out)
	for currency, sum := range x.cost {
		if err := x.control.Chained.AddQuantity(string(currency), sum); err != nil {
			return err
		}
	}
	return nil
}

// Legs hands the chains of aggregations to write, once all charges have been taken, and returns what was found of all.
func (g *Gathering) Legs(write func(*intercloud.Chain) error) ([]schemas.Finding, error) {
	legs, found, err := g.chains.Legs()
	if err != nil {
		return nil, err
	}
	for i := range legs {
		if err := write(&legs[i]); err != nil {
			return nil, err
		}
	}
	return append(g.chains.Findings(), found...), nil
}

// countChains counts the charges behind chains, with what they bill as costs, and what peers bill for them as quantities.
func countChains(t *dataset.Totals, b *dataset.Batch) error {
	for i := range b.Rows {
		number := func(col int) money.Fixed { return b.Columns[col].Decs[i] }
		currency := b.Columns[intercloud.ChainCurrency].StringAt(i)
		t.Rows += b.Columns[intercloud.ChainCharges].Ints[i]
		revenue, err := number(intercloud.ChainRevenue).Sub(number(intercloud.ChainCreditsPassedOn))
		if err != nil {
			return err
		}
		cost, err := number(intercloud.ChainCost).Sub(number(intercloud.ChainCreditsReceived))
		if err != nil {
			return err
		}
		if err := t.AddCost(currency, revenue); err != nil {
			return err
		}
		if err := t.AddQuantity(currency, cost); err != nil {
			return err
		}
	}
	return nil
}

// readCharges makes chains of charges, and adds up what accounts of other providers are charged.
func (x *shard) readCharges(ctx context.Context, w *rows.ChainWriter) error {
	charged, err := x.in.Results(ctx, "rate/shard")
	if err != nil {
		return err
	}
	var read dataset.Totals
	err = run.EachOutput(charged, schemas.Charges.Name, func(o run.Output) error {
		return rows.ReadCharges(ctx, x.in.Store(), o.Key, rows.ChainedCharge, func(c *schemas.Charge) error {
			if err := run.CountCharge(&read, c); err != nil {
				return err
			}
			return x.Charge(c, w.Add)
		})
	})
	if err != nil {
		return err
	}
	return run.ReadWhole(schemas.Charges.Name, &read, charged, run.ChargedTotals)
}

// Charge takes a charge: it hands its chain to write, and adds up what its account owes us.
func (g *Gathering) Charge(c *schemas.Charge, write func(*intercloud.Chain) error) error {
	if err := g.chains.Add(c, write); err != nil {
		return err
	}
	if g.chains.Wants(c) {
		if err := run.CountCharge(&g.control.Chained, c); err != nil {
			return err
		}
		cost, err := money.FixedFromDecimal(c.PeerCost)
		if err != nil {
			return err
		}
		if g.cost[c.Currency], err = g.cost[c.Currency].Add(cost); err != nil {
			return err
		}
	}
	k, ok := g.parties.accounts[c.Account]
	if !ok {
		return nil
	}
	k.Currency = c.Currency
	amount, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return err
	}
	if err := run.CountCharge(&g.control.Owed, c); err != nil {
		return err
	}
	return g.owed.add(k, amount, 1)
}
