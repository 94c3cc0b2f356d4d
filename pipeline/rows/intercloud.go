package rows

import (
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/intercloud"
)

// ChainWriter lays cost chains out and hands them on batch by batch.
type ChainWriter struct {
	w     RowWriter
	write func(*dataset.Batch) error
}

// NewChainWriter returns a writer to write, which gets a batch that is valid during the call.
func NewChainWriter(write func(*dataset.Batch) error) *ChainWriter {
	return &ChainWriter{RowWriter{Batch: dataset.NewBatch(&intercloud.CostChains)}, write}
}

// Add writes a chain.
func (c *ChainWriter) Add(x *intercloud.Chain) error {
	w := &c.w
	w.Batch.AppendText(intercloud.ChainChainId, x.ID)
	w.Text(intercloud.ChainBillingPeriod, string(x.Period))
	w.Text(intercloud.ChainAgreementId, string(x.Agreement))
	w.Text(intercloud.ChainPattern, string(x.Pattern))
	w.Text(intercloud.ChainAccountId, string(x.Account))
	w.Text(intercloud.ChainOfferingId, string(x.Offering))
	w.Text(intercloud.ChainChargeId, string(x.Charge))
	w.Text(intercloud.ChainLegId, x.Leg)
	w.Text(intercloud.ChainPeerId, string(x.Peer))
	w.decimal(intercloud.ChainRevenue, x.Revenue)
	w.decimal(intercloud.ChainCost, x.Cost)
	w.decimal(intercloud.ChainCreditsReceived, x.Received)
	w.decimal(intercloud.ChainCreditsPassedOn, x.Passed)
	w.decimal(intercloud.ChainMargin, x.Margin)
	w.Text(intercloud.ChainCurrency, string(x.Currency))
	w.Batch.AppendInt(intercloud.ChainCharges, x.Charges)
	w.Text(intercloud.ChainProvisional, yes(x.Provisional))
	w.steps(intercloud.ChainSteps, x.Steps)
	if err := w.Batch.EndRow(); err != nil {
		return err
	}
	if w.err == nil && w.Batch.Rows == batchRows {
		return c.Flush()
	}
	return w.err
}

// Flush writes what has not been written.
func (c *ChainWriter) Flush() error {
	if c.w.err != nil || c.w.Batch.Rows == 0 {
		return c.w.err
	}
	err := c.write(c.w.Batch)
	c.w.Batch.Reset()
	return err
}

// AppendSettlements writes debts in batches.
func AppendSettlements(list []intercloud.Settlement, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &intercloud.Settlements, write, func(w *RowWriter, i int) {
		x := &list[i]
		w.Batch.AppendText(intercloud.SettleSettlementId, x.ID)
		w.Text(intercloud.SettleBillingPeriod, string(x.Period))
		w.Text(intercloud.SettleAgreementId, string(x.Agreement))
		w.Text(intercloud.SettlePattern, string(x.Pattern))
		w.Text(intercloud.SettleFrom, x.From)
		w.Text(intercloud.SettleTo, x.To)
		w.Text(intercloud.SettleBasis, string(x.Basis))
		w.Text(intercloud.SettleGood, x.Good)
		w.decimal(intercloud.SettleExact, x.Exact)
		w.decimal(intercloud.SettleAmount, x.Amount)
		w.Batch.AppendText(intercloud.SettleCurrency, string(x.Currency))
		w.Text(intercloud.SettleDue, x.Due.String())
		w.Text(intercloud.SettleStanding, string(x.Standing))
		w.Batch.AppendInt(intercloud.SettleRows, x.Rows)
		w.Text(intercloud.SettleProvisional, yes(x.Provisional))
		w.steps(intercloud.SettleSteps, x.Steps)
	})
}

// AppendNets writes net statements in batches.
func AppendNets(list []intercloud.Net, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &intercloud.NetStatements, write, func(w *RowWriter, i int) {
		x := &list[i]
		w.Batch.AppendText(intercloud.NetStatementId, x.ID)
		w.Text(intercloud.NetBillingPeriod, string(x.Period))
		w.Text(intercloud.NetAgreementId, string(x.Agreement))
		w.Text(intercloud.NetPattern, string(x.Pattern))
		w.Text(intercloud.NetParty, x.Party)
		w.Text(intercloud.NetCounterparty, x.Counterparty)
		w.Text(intercloud.NetCurrency, string(x.Currency))
		w.Text(intercloud.NetDue, x.Due.String())
		w.decimal(intercloud.NetReceivable, x.Receivable)
		w.decimal(intercloud.NetPayable, x.Payable)
		w.decimal(intercloud.NetNetted, x.Netted)
		w.decimal(intercloud.NetReceives, x.Receives)
		w.decimal(intercloud.NetPays, x.Pays)
		w.Text(intercloud.NetPaysTo, x.PaysTo)
		w.Text(intercloud.NetProvisional, yes(x.Provisional))
		w.steps(intercloud.NetSteps, x.Steps)
	})
}

// AppendChoices writes arbitrage in batches.
func AppendChoices(list []intercloud.Choice, write func(*dataset.Batch) error) error {
	return AppendRows(len(list), &intercloud.Choices, write, func(w *RowWriter, i int) {
		x := &list[i]
		w.Batch.AppendText(intercloud.ChoiceArbitrageId, x.ID)
		w.Text(intercloud.ChoiceBillingPeriod, string(x.Period))
		w.Text(intercloud.ChoiceAgreementId, string(x.Agreement))
		w.Text(intercloud.ChoicePeerId, string(x.Peer))
		w.Text(intercloud.ChoiceGood, x.Good)
		w.Text(intercloud.ChoiceStatus, string(x.Status))
		w.Text(intercloud.ChoiceReason, x.Reason)
		if x.Good != "" {
			w.decimal(intercloud.ChoiceQuantity, x.Quantity)
			w.Text(intercloud.ChoiceUnit, x.Unit)
		}
		w.decimal(intercloud.ChoiceBilledCost, x.Billed)
		w.decimal(intercloud.ChoiceCost, x.Cost)
		w.decimal(intercloud.ChoiceMinimum, x.Minimum)
		w.decimal(intercloud.ChoiceCommitment, x.Commitment)
		w.decimal(intercloud.ChoiceEgress, x.Egress)
		w.decimal(intercloud.ChoiceTotal, x.Total)
		w.decimal(intercloud.ChoiceSaving, x.Saving)
		w.Text(intercloud.ChoiceCurrency, string(x.Currency))
		w.Text(intercloud.ChoiceBest, yes(x.Best))
		w.Text(intercloud.ChoiceHypothetical, yes(x.Hypothetical))
		w.Text(intercloud.ChoiceProvisional, yes(x.Provisional))
		w.steps(intercloud.ChoiceSteps, x.Steps)
	})
}

// ChainedCharge are the columns of charges that cost chains and settlements are made of.
var ChainedCharge = append(append(make([]int, 0, len(ComparedCharge)+1), ComparedCharge...), schemas.ChargePeerId)
