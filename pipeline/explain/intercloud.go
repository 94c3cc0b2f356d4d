package explain

import (
	"context"
	"fmt"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/compare"
	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/settle"
	"daybook/reconcile/settlement"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// shownAs is a figure of a dataset, and the column that has it.
type shownAs struct {
	name   string
	column int
}

// agreed begins the explanation of a row under an agreement: its figures, its arithmetic, and whether that gives what it says.
func (l *Look) agreed(e *Explanation, c cells, kind, agreement string, steps int, currency string, o Options, figures []shownAs) error {
	e.Kind = kind
	e.fact("agreement", agreement, "", l.book.Where(book.KindAgreement, agreement))
	for _, f := range figures {
		if v := c.optional(f.column); v != nil {
			e.figure(f.name, *v, currency)
		}
	}
	made, err := c.steps(steps)
	if err != nil {
		return err
	}
	e.Steps = Steps(made)
	if o.Check {
		e.check("steps", checkReconciled(made), fmt.Sprintf("%d steps give what they say", len(made)))
	}
	return nil
}

// provisionally notes that a figure may still change.
func (e *Explanation) provisionally(text string) {
	if text == "yes" {
		e.fact("provisional", "yes", "more of what peers bill may come", "")
	}
}

// explainChain explains a line of a cost chain.
func (l *Look) explainChain(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var x *intercloud.Chain
	err := l.row(ctx, &intercloud.CostChains, begins, func(c cells) error {
		x = &intercloud.Chain{
			ID: c.text(intercloud.ChainChainId), Account: schemas.AccountID(c.text(intercloud.ChainAccountId)), Offering: schemas.OfferingID(c.text(intercloud.ChainOfferingId)),
			Charge: schemas.ChargeID(c.text(intercloud.ChainChargeId)), Currency: money.Currency(c.text(intercloud.ChainCurrency)), Margin: c.decimal(intercloud.ChainMargin),
		}
		leg := c.text(intercloud.ChainLegId)
		e.Title = fmt.Sprintf("Cost chain of %s for %s", x.Offering, x.Account)
		err := l.agreed(e, c, "chain", c.text(intercloud.ChainAgreementId), intercloud.ChainSteps, string(x.Currency), o, []shownAs{
			{"revenue", intercloud.ChainRevenue},
			{"cost", intercloud.ChainCost},
			{"credits received", intercloud.ChainCreditsReceived},
			{"credits passed on", intercloud.ChainCreditsPassedOn},
			{"margin", intercloud.ChainMargin},
		})
		e.fact("offering", string(x.Offering), "", l.book.Where(book.KindOffering, string(x.Offering)))
		e.fact("leg", leg, "", "")
		e.fact("charge", string(x.Charge), "", "")
		e.fact("peer", c.text(intercloud.ChainPeerId), "", l.book.Where(book.KindPeer, c.text(intercloud.ChainPeerId)))
		e.provisionally(c.text(intercloud.ChainProvisional))
		return err
	})
	if err != nil || x == nil {
		return err
	}
	if o.Check {
		if err := l.chainAgain(ctx, e, x); err != nil {
			return err
		}
	}
	return l.chargesBy(ctx, e, o, x.Account, schemas.Margin, "", func(c *schemas.Charge) bool {
		return c.Offering == x.Offering && c.Currency == x.Currency && c.EarnsRevenue() && (x.Charge == "" || c.ID == x.Charge)
	})
}

// chainAgain makes the chains of the account anew, and holds the row against them.
func (l *Look) chainAgain(ctx context.Context, e *Explanation, x *intercloud.Chain) error {
	g := settle.NewGathering(run.WholeBook(l.book), l.Manifest.Spec.Period, l.asOf(), func(schemas.PeerID) bool { return false })
	differs := fmt.Errorf("the run's charges and today's agreements make no chain %s", x.ID)
	hold := func(w *intercloud.Chain) error { //nolint:unparam // what takes chains may fail elsewhere
		if w.ID == x.ID {
			differs = nil
			if !w.Margin.Equal(x.Margin) {
				differs = fmt.Errorf("the charges leave a margin of %s; the row has %s", w.Margin, x.Margin)
			}
		}
		return nil
	}
	for _, out := range l.outputs(&schemas.Charges, x.Account) {
		err := rows.ReadCharges(ctx, l.store, out.Key, rows.ChainedCharge, func(c *schemas.Charge) error {
			if c.Account != x.Account {
				return nil
			}
			return g.Charge(c, hold)
		})
		if err != nil {
			return err
		}
	}
	if _, err := g.Legs(hold); err != nil {
		return err
	}
	e.check("chain", differs, "the account's charges, chained again, give the same margin")
	return nil
}

// settledAgain settles the whole run anew.
func (l *Look) settledAgain(ctx context.Context) (*settle.Settled, error) {
	whole, p := run.WholeBook(l.book), l.Manifest.Spec.Period
	g := settle.NewGathering(whole, p, l.asOf(), func(schemas.PeerID) bool { return false })
	for _, out := range l.outputs(&schemas.Charges, "") {
		if err := rows.ReadCharges(ctx, l.store, out.Key, rows.ChainedCharge, func(c *schemas.Charge) error {
			return g.Charge(c, func(*intercloud.Chain) error { return nil })
		}); err != nil {
			return nil, err
		}
	}
	for _, out := range l.outputs(&schemas.Usage, "") {
		if err := l.scan(ctx, out.Key, scanning{table: &schemas.Usage, columns: settle.UseColumns, column: -1}, func(b *dataset.Batch, _ int) error { return g.Use(b) }); err != nil {
			return nil, err
		}
	}
	withheld, err := l.withheld(ctx)
	if err != nil {
		return nil, err
	}
	reach := normalise.ReachIn(l.Manifest, l.book.Zone)
	b := settle.Books{
		Period: p, AsOf: l.asOf(), Us: settlement.Party(l.book.Provider.ID), Agreements: g.Agreements, Contracts: l.contracts(), Withheld: withheld,
		FX: compare.Exchange(whole, p, reach.Through, l.asOf()), Provisional: func(schemas.PeerID) bool { return false },
	}
	return b.Of(g)
}

// withheld is what the run's comparison of bills withholds.
func (l *Look) withheld(ctx context.Context) (map[schemas.PeerID]map[money.Currency]money.Decimal, error) {
	var list []peerbill.Bill
	for _, out := range l.outputs(&peerbill.Bills, "") {
		err := l.scan(ctx, out.Key, scanning{table: &peerbill.Bills, column: -1}, func(b *dataset.Batch, _ int) error {
			for i := range b.Rows {
				list = append(list, *rows.PeerBillAt(b, i))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return settle.Withheld(list)
}

// explainSettlement explains a debt under an agreement.
func (l *Look) explainSettlement(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	var x *intercloud.Settlement
	err := l.row(ctx, &intercloud.Settlements, begins, func(c cells) error {
		x = &intercloud.Settlement{
			ID: c.text(intercloud.SettleSettlementId), Agreement: intercloud.AgreementID(c.text(intercloud.SettleAgreementId)), From: c.text(intercloud.SettleFrom), To: c.text(intercloud.SettleTo),
			Basis: intercloud.Basis(c.text(intercloud.SettleBasis)), Currency: money.Currency(c.text(intercloud.SettleCurrency)), Amount: c.decimal(intercloud.SettleAmount),
			Exact: c.decimal(intercloud.SettleExact),
		}
		e.Title = fmt.Sprintf("%s owes %s, %s", x.From, x.To, x.Basis)
		err := l.agreed(e, c, "settlement", string(x.Agreement), intercloud.SettleSteps, string(x.Currency), o, []shownAs{
			{"amount", intercloud.SettleAmount},
			{"before rounding", intercloud.SettleExact},
		})
		e.fact("due", c.text(intercloud.SettleDue), "", "")
		e.fact("standing", c.text(intercloud.SettleStanding), "", "")
		e.fact("good", c.text(intercloud.SettleGood), "", "")
		e.fact("rows", fmt.Sprint(c.integer(intercloud.SettleRows)), "", "")
		e.provisionally(c.text(intercloud.SettleProvisional))
		return err
	})
	if err != nil || x == nil {
		return err
	}
	if o.Check {
		again, err := l.settledAgain(ctx)
		if err != nil {
			return err
		}
		differs := fmt.Errorf("the run's rows and today's agreements make no debt %s", x.ID)
		for i := range again.Debts {
			if w := &again.Debts[i]; w.ID == x.ID {
				differs = nil
				if !w.Amount.Equal(x.Amount) || !w.Exact.Equal(x.Exact) {
					differs = fmt.Errorf("the rows come to %s, rounded %s; the settlement has %s and %s", w.Exact, w.Amount, x.Exact, x.Amount)
				}
			}
		}
		e.check("settlement", differs, "the run's bills and charges, settled again, give the same debt")
	}
	return l.behindDebt(ctx, e, x, o)
}

// behindDebt lists the charges or the rows of the bill that a debt is the sum of.
func (l *Look) behindDebt(ctx context.Context, e *Explanation, x *intercloud.Settlement, o Options) error {
	accounts := l.accountsOf(x)
	switch x.Basis {
	case intercloud.ChargedByUs:
		return l.chargesBy(ctx, e, o, "", schemas.Revenue, "", func(c *schemas.Charge) bool { return c.Currency == x.Currency && slices.Contains(accounts, c.Account) })
	case intercloud.BilledByPeer:
		return l.billRows(ctx, e, x, o)
	case intercloud.CommonPriceList: // the steps have use by day
	}
	return nil
}

// accountsOf are those of the party that owes.
func (l *Look) accountsOf(x *intercloud.Settlement) []schemas.AccountID {
	for _, a := range l.book.Agreements {
		for _, p := range a.Parties {
			if a.ID == x.Agreement && string(p.Peer) == x.From {
				return p.Accounts
			}
		}
	}
	return nil
}

// billRows lists the rows of a peer's bill.
func (l *Look) billRows(ctx context.Context, e *Explanation, x *intercloud.Settlement, o Options) error {
	u := &UsageBehind{Unit: string(x.Currency), How: schemas.AggregateSum}
	q := scanning{table: &schemas.Usage, columns: slices.Concat(settle.UseColumns, lineColumns), column: schemas.UsePeerId, text: x.To}
	var proved *proof
	if o.Check {
		proved, q.columns = newProof(), nil
	}
	err := l.linesBehind(ctx, e, u, q, o, proved, func(_ *dataset.Batch, _ int, c cells) (bool, error) {
		return c.text(schemas.UsePeerId) == x.To && c.text(schemas.UseBillingCurrency) == string(x.Currency), nil
	})
	if err != nil {
		return err
	}
	return l.checkSource(ctx, e, o, proved)
}

// explainNet explains a net statement.
func (l *Look) explainNet(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	return l.row(ctx, &intercloud.NetStatements, begins, func(c cells) error {
		e.Title = fmt.Sprintf("Net statement of %s with %s", c.text(intercloud.NetParty), firstText(c.text(intercloud.NetCounterparty), "all other members"))
		err := l.agreed(e, c, "net statement", c.text(intercloud.NetAgreementId), intercloud.NetSteps, c.text(intercloud.NetCurrency), o, []shownAs{
			{"receivable", intercloud.NetReceivable},
			{"payable", intercloud.NetPayable},
			{"netted", intercloud.NetNetted},
			{"receives", intercloud.NetReceives},
			{"pays", intercloud.NetPays},
		})
		e.fact("due", c.text(intercloud.NetDue), "", "")
		e.fact("pays to", c.text(intercloud.NetPaysTo), "", "")
		e.provisionally(c.text(intercloud.NetProvisional))
		return err
	})
}

// explainChoice explains what use costs at a peer.
func (l *Look) explainChoice(ctx context.Context, e *Explanation, begins *schemas.Beginning, o Options) error {
	id := ""
	var total money.Decimal
	err := l.row(ctx, &intercloud.Choices, begins, func(c cells) error {
		id, total = c.text(intercloud.ChoiceArbitrageId), c.decimal(intercloud.ChoiceTotal)
		e.Title = fmt.Sprintf("%s at %s, %s", firstText(c.text(intercloud.ChoiceGood), "all that can be compared"), c.text(intercloud.ChoicePeerId), c.text(intercloud.ChoiceStatus))
		err := l.agreed(e, c, "arbitrage", c.text(intercloud.ChoiceAgreementId), intercloud.ChoiceSteps, c.text(intercloud.ChoiceCurrency), o, []shownAs{
			{"billed", intercloud.ChoiceBilledCost},
			{"cost", intercloud.ChoiceCost},
			{"minimums", intercloud.ChoiceMinimum},
			{"commitments", intercloud.ChoiceCommitment},
			{"egress", intercloud.ChoiceEgress},
			{"total", intercloud.ChoiceTotal},
			{"saving", intercloud.ChoiceSaving},
		})
		e.fact("peer", c.text(intercloud.ChoicePeerId), "", l.book.Where(book.KindPeer, c.text(intercloud.ChoicePeerId)))
		e.fact("why not compared", c.text(intercloud.ChoiceReason), "", "")
		e.fact("hypothetical", c.text(intercloud.ChoiceHypothetical), "", "")
		e.provisionally(c.text(intercloud.ChoiceProvisional))
		return err
	})
	if err != nil || id == "" || !o.Check {
		return err
	}
	again, err := l.settledAgain(ctx)
	if err != nil {
		return err
	}
	differs := fmt.Errorf("the run's usage and today's agreements make no row %s", id)
	for i := range again.Choices {
		if w := &again.Choices[i]; w.ID == id {
			differs = nil
			if !w.Total.Equal(total) {
				differs = fmt.Errorf("the use comes to %s; the row has %s", w.Total, total)
			}
		}
	}
	e.check("arbitrage", differs, "the run's usage, priced again, comes to the same")
	return nil
}
