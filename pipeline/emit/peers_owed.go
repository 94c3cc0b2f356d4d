package emit

import (
	"errors"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
	"daybook/schemas/planned"
)

// fields reads one row of a batch.
type fields struct {
	b *dataset.Batch
	i int
}

func (f fields) text(col int) string { return string(f.b.Columns[col].TextAt(f.i)) }

// amount is 0 where there is none.
func (f fields) amount(col int) money.Decimal {
	if v := &f.b.Columns[col]; !v.IsNull(f.i) {
		return v.Decs[f.i].Decimal()
	}
	return money.Zero
}

func (f fields) day(col int) schemas.Date { return dayIn(f.text(col)) }

// disputes takes over how challenges to peers' bills stand.
func (g *peerPages) disputes() error {
	return g.scan("reconcile/bills", &dispute.Disputes, func(b *dataset.Batch, i int) error {
		f := fields{b, i}
		page := g.of(schemas.PeerID(f.text(dispute.DispPeerId)))
		page.Disputes = append(page.Disputes, dispute.Standing{
			ID: f.text(dispute.DispDisputeId), Period: page.Period, Bill: schemas.Period(f.text(dispute.DispBillPeriod)), Peer: page.Peer,
			Contract: schemas.ContractID(f.text(dispute.DispContractId)), State: dispute.State(f.text(dispute.DispState)), Currency: money.Currency(f.text(dispute.DispCurrency)),
			Detected: f.amount(dispute.DispDetected), Unraised: f.amount(dispute.DispUnraised), Claimed: f.amount(dispute.DispRaised),
			Accepted: f.amount(dispute.DispAccepted), Rejected: f.amount(dispute.DispRejected), Open: f.amount(dispute.DispOpen),
			Credited: f.amount(dispute.DispCredited), GivenUp: f.amount(dispute.DispWrittenOff), By: f.text(dispute.DispBy), Reason: f.text(dispute.DispReason),
			RaiseBy: f.day(dispute.DispRaiseBy), AnswerBy: f.day(dispute.DispAnswerBy), CreditBy: f.day(dispute.DispCreditBy),
			Answer: f.text(dispute.DispAnswer), GivenUpBy: f.text(dispute.DispWrittenOffBy), GivenUpReason: f.text(dispute.DispWrittenOffReason),
		})
		return nil
	})
}

// owed takes over what peers owe and are owed under agreements; a debt between two of them is on the page of each.
func (g *peerPages) owed() error {
	return g.scan("reconcile/settle", &intercloud.Settlements, func(b *dataset.Batch, i int) error {
		f := fields{b, i}
		x := intercloud.Settlement{
			ID: f.text(intercloud.SettleSettlementId), Period: g.rep.Period, Agreement: intercloud.AgreementID(f.text(intercloud.SettleAgreementId)),
			From: f.text(intercloud.SettleFrom), To: f.text(intercloud.SettleTo), Basis: intercloud.Basis(f.text(intercloud.SettleBasis)), Good: f.text(intercloud.SettleGood),
			Amount: f.amount(intercloud.SettleAmount), Currency: money.Currency(f.text(intercloud.SettleCurrency)), Due: f.day(intercloud.SettleDue),
			Standing: intercloud.Standing(f.text(intercloud.SettleStanding)), Rows: b.Columns[intercloud.SettleRows].Ints[i],
			Provisional: f.text(intercloud.SettleProvisional) == "yes",
		}
		for _, party := range []string{x.From, x.To} {
			if _, isPeer := g.rep.Peers[schemas.PeerID(party)]; isPeer {
				page := g.of(schemas.PeerID(party))
				page.Debts = append(page.Debts, x)
			}
		}
		return nil
	})
}

// chosen takes over what the month's use would cost at each peer.
func (g *peerPages) chosen() error {
	return g.scan("reconcile/settle", &intercloud.Choices, func(b *dataset.Batch, i int) error {
		f := fields{b, i}
		page := g.of(schemas.PeerID(f.text(intercloud.ChoicePeerId)))
		page.Choices = append(page.Choices, intercloud.Choice{
			ID: f.text(intercloud.ChoiceArbitrageId), Period: page.Period, Agreement: intercloud.AgreementID(f.text(intercloud.ChoiceAgreementId)), Peer: page.Peer,
			Good: f.text(intercloud.ChoiceGood), Status: intercloud.Comparability(f.text(intercloud.ChoiceStatus)), Reason: f.text(intercloud.ChoiceReason),
			Quantity: f.amount(intercloud.ChoiceQuantity), Unit: f.text(intercloud.ChoiceUnit), Billed: f.amount(intercloud.ChoiceBilledCost), Cost: f.amount(intercloud.ChoiceCost),
			Minimum: f.amount(intercloud.ChoiceMinimum), Commitment: f.amount(intercloud.ChoiceCommitment), Egress: f.amount(intercloud.ChoiceEgress),
			Total: f.amount(intercloud.ChoiceTotal), Saving: f.amount(intercloud.ChoiceSaving), Currency: money.Currency(f.text(intercloud.ChoiceCurrency)),
			Best: f.text(intercloud.ChoiceBest) == "yes", Hypothetical: f.text(intercloud.ChoiceHypothetical) == "yes",
		})
		return nil
	})
}

// used writes who uses what peers bill, how budgets stand, and the versions of the plan, as CSV.
func (e *reportEmitter) used() error {
	use, err := e.in.Results(e.ctx, "reconcile/use")
	if err != nil {
		return err
	}
	budgets, err := e.in.Results(e.ctx, "reconcile/budgets")
	if err != nil {
		return err
	}
	versions, err := e.in.Results(e.ctx, "reconcile/plan")
	if err != nil {
		return err
	}
	return errors.Join(e.table(&peeruse.Uses, use), e.table(&peeruse.Budgets, budgets), e.table(&planned.Versions, versions))
}
