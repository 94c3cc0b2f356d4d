package settle

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/reconcile/bills"
	"daybook/reconcile/goods"
	"daybook/reconcile/settlement"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// Settled is what the settlement leaves for the reports, without the arithmetic.
type Settled struct {
	Debts []intercloud.Settlement `json:"debts,omitempty"`
	Nets  []intercloud.Net        `json:"nets,omitempty"`
	// Choices stand in their dataset alone.
	Choices []intercloud.Choice `json:"-"`
}

// Settle adds the shards up, nets what is owed under agreements, and prices what was used at other peers. Without an agreement in force
// it writes nothing.
func Settle(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	agreements := intercloud.InForce(in.Book().Agreements(), in.Period(), in.AsOf())
	if len(agreements) == 0 {
		return &run.Result{}, nil
	}
	all, use, err := gather(ctx, in)
	if err != nil {
		return nil, err
	}
	left, err := compared(ctx, in)
	if err != nil {
		return nil, err
	}
	withheld, err := withheldOf(ctx, in)
	if err != nil {
		return nil, err
	}
	books := Books{
		Period: in.Period(), AsOf: in.AsOf(), Us: settlement.Party(in.Book().Provider().ID), Agreements: agreements,
		Contracts: compare.Contracts(in.Book(), in.Period(), in.AsOf()), FX: compare.Exchange(in.Book(), in.Period(), left.Through, in.AsOf()),
		Provisional: ProvisionalBy(left, in.Open()), Withheld: withheld,
	}
	settled, found, err := books.settle(all, use)
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	if err := writeSettled(ctx, in, res, settled); err != nil {
		return nil, err
	}
	for i := range settled.Debts {
		settled.Debts[i].Steps = nil
	}
	for i := range settled.Nets {
		settled.Nets[i].Steps = nil
	}
	if err := res.Leave(settled); err != nil {
		return nil, err
	}
	list := in.NewFindings()
	defer list.Close()
	for _, f := range found {
		list.Add(f)
	}
	return res, list.Write(ctx, in, res)
}

// gather adds up what the shards left.
func gather(ctx context.Context, in *run.Inputs) (*sums, []goods.Sum, error) {
	shards, err := in.Results(ctx, "reconcile/chains")
	if err != nil {
		return nil, nil, err
	}
	owed, billed, use := debts{}, debts{}, goods.Sums{}
	for _, res := range shards {
		left, err := run.Left[sums](res)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range left.Owed {
			if err := owed.add(x.owedFor, x.Amount, x.Rows); err != nil {
				return nil, nil, err
			}
		}
		for _, x := range left.Billed {
			if err := billed.add(x.owedFor, x.Amount, x.Rows); err != nil {
				return nil, nil, err
			}
		}
		for i := range left.Goods {
			if err := use.Merge(&left.Goods[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	return &sums{Owed: owed.all(), Billed: billed.all()}, use.All(), nil
}

func compared(ctx context.Context, in *run.Inputs) (*compare.Compared, error) {
	totals, err := in.Results(ctx, "reconcile/total")
	if err != nil {
		return nil, err
	}
	return run.Left[compare.Compared](totals[0])
}

// withheldOf is what of each peer's bill is disputed, in the currency of the bill, where its rows are held against a contract.
func withheldOf(ctx context.Context, in *run.Inputs) (map[schemas.PeerID]map[money.Currency]money.Decimal, error) {
	results, err := in.Results(ctx, "reconcile/bills")
	if err != nil || len(results[0].Outputs) == 0 {
		return nil, err
	}
	left, err := run.Left[compare.Billed](results[0])
	if err != nil {
		return nil, err
	}
	return Withheld(left.Bills)
}

// Withheld adds up what is withheld of bills, by peer and currency of the bill.
func Withheld(list []peerbill.Bill) (map[schemas.PeerID]map[money.Currency]money.Decimal, error) {
	out := map[schemas.PeerID]map[money.Currency]money.Decimal{}
	for i := range list {
		b := &list[i]
		amount := b.Withheld
		if b.Currency != b.BilledCurrency && b.Actual.IsZero() {
			amount = b.Billed // nothing tells what its part is
		} else if b.Currency != b.BilledCurrency {
			var err error
			if amount, err = money.MulDivRound(b.Billed, amount, b.Actual, money.Scale, money.HalfEven); err != nil {
				return nil, fmt.Errorf("what is withheld of the bill of %s: %w", b.Peer, err)
			}
		}
		if out[b.Peer] == nil {
			out[b.Peer] = map[money.Currency]money.Decimal{}
		}
		out[b.Peer][b.BilledCurrency] = out[b.Peer][b.BilledCurrency].Add(amount)
	}
	return out, nil
}

// Books are what is settled by.
type Books struct {
	Period      schemas.Period
	AsOf        schemas.Date
	Us          settlement.Party
	Agreements  []*intercloud.Agreement
	Contracts   *bills.Contracts
	FX          schemas.FX
	Provisional func(schemas.PeerID) bool
	Withheld    map[schemas.PeerID]map[money.Currency]money.Decimal
}

// Of makes debts, statements and what-ifs of what was gathered.
func (b *Books) Of(g *Gathering) (*Settled, error) {
	all := g.sums()
	settled, _, err := b.settle(all, all.Goods)
	return settled, err
}

// settle makes debts, statements and what-ifs of what the shards left.
func (b *Books) settle(all *sums, use []goods.Sum) (*Settled, []schemas.Finding, error) {
	c := settlement.Case{Period: b.Period, Us: b.Us, Agreements: b.Agreements, Withheld: b.Withheld, Provisional: b.Provisional}
	for _, x := range all.Owed {
		s := settlement.Sum{Agreement: x.Agreement, To: x.Peer, Basis: x.Basis, Currency: x.Currency, Exact: x.Amount.Decimal(), Rows: x.Rows}
		if x.Basis == intercloud.ChargedByUs {
			s.From, s.To = x.Peer, ""
		}
		c.Sums = append(c.Sums, s)
	}
	out := &Settled{}
	var found []schemas.Finding
	billed := map[schemas.PeerID]map[money.Currency]money.Decimal{}
	for _, x := range all.Billed {
		if billed[x.Peer] == nil {
			billed[x.Peer] = map[money.Currency]money.Decimal{}
		}
		billed[x.Peer][x.Currency] = x.Amount.Decimal()
	}
	for _, a := range b.Agreements {
		switch a.Pattern {
		case intercloud.Federation:
			more, lacking, err := goods.Federated(a, use, b.Contracts.Convert, b.AsOf)
			if err != nil {
				return nil, nil, err
			}
			c.Sums, found = append(c.Sums, more...), append(found, lacking...)
		case intercloud.Arbitrage:
			m := goods.Market{Period: b.Period, Agreement: a, Sums: use, Billed: billed, Contracts: b.Contracts, FX: b.FX, Provisional: b.Provisional}
			choices, cheaper, err := goods.Arbitrage(&m)
			if err != nil {
				return nil, nil, err
			}
			out.Choices, found = append(out.Choices, choices...), append(found, cheaper...)
		default: // what they owe are sums of rows
		}
	}
	var more []schemas.Finding
	var err error
	out.Debts, out.Nets, more, err = settlement.Settle(&c)
	return out, append(found, more...), err
}

// writeSettled writes the settlement, and counts what lies there.
func writeSettled(ctx context.Context, in *run.Inputs, res *run.Result, s *Settled) error {
	c := &res.Control
	tables := []struct {
		table *schemas.Table
		fill  func(write func(*dataset.Batch) error) error
		read  func(*dataset.Batch) error
	}{{
		&intercloud.Settlements, func(write func(*dataset.Batch) error) error { return rows.AppendSettlements(s.Debts, write) }, func(b *dataset.Batch) error { return countDebts(c, b) },
	}, {
		&intercloud.NetStatements, func(write func(*dataset.Batch) error) error { return rows.AppendNets(s.Nets, write) }, func(b *dataset.Batch) error { return countNets(c, b) },
	}, {
		&intercloud.Choices, func(write func(*dataset.Batch) error) error { return rows.AppendChoices(s.Choices, write) }, nil,
	}}
	if !slices.ContainsFunc(intercloud.InForce(in.Book().Agreements(), in.Period(), in.AsOf()), func(a *intercloud.Agreement) bool { return a.Pattern == intercloud.Arbitrage }) {
		tables = tables[:2]
	}
	for _, x := range tables {
		out, err := in.WriteRead(ctx, x.table, x.fill, x.read)
		if err != nil {
			return err
		}
		res.Outputs = append(res.Outputs, out)
	}
	return nil
}

// countDebts counts the rows behind debts, with what they come to, and what of debts is to be netted.
func countDebts(c *run.Control, b *dataset.Batch) error {
	for i := range b.Rows {
		currency := b.Columns[intercloud.SettleCurrency].StringAt(i)
		if b.Columns[intercloud.SettleBasis].StringAt(i) != string(intercloud.CommonPriceList) {
			c.Debts.Rows += b.Columns[intercloud.SettleRows].Ints[i]
			if err := c.Debts.AddCost(currency, b.Columns[intercloud.SettleExact].Decs[i]); err != nil {
				return err
			}
		}
		if b.Columns[intercloud.SettleStanding].StringAt(i) != string(intercloud.Netted) {
			continue
		}
		if err := c.ToNet.AddCost(currency, b.Columns[intercloud.SettleAmount].Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

// countNets counts what statements have as payable, netted, paid and received.
func countNets(c *run.Control, b *dataset.Batch) error {
	for i := range b.Rows {
		currency := b.Columns[intercloud.NetCurrency].StringAt(i)
		for _, x := range []struct {
			to  *dataset.Totals
			col int
		}{{&c.Payable, intercloud.NetPayable}, {&c.Netted, intercloud.NetNetted}, {&c.Paid, intercloud.NetPays}, {&c.Receives, intercloud.NetReceives}} {
			if err := x.to.AddCost(currency, b.Columns[x.col].Decs[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
