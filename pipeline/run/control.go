package run

import (
	"fmt"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Merge adds the totals of o. The error is a sum that overflows.
func (c *Control) Merge(o *Control) error {
	for i, t := range c.all() {
		if err := t.Merge(*o.all()[i]); err != nil {
			return fmt.Errorf("add up control totals: %w", err)
		}
	}
	c.Rounding = c.Rounding.Plus(o.Rounding)
	c.RatedRows += o.RatedRows
	c.PartlyRows += o.PartlyRows
	c.SuspendedRows += o.SuspendedRows
	c.UnpricedRows += o.UnpricedRows
	c.LateRows += o.LateRows
	c.RestatedRows += o.RestatedRows
	c.RepeatedRows += o.RepeatedRows
	c.VoidedRows += o.VoidedRows
	return nil
}

func (c *Control) all() [64]*dataset.Totals {
	return [...]*dataset.Totals{
		&c.Delivered, &c.OutOfScope, &c.Rejected, &c.Shuffled, &c.Duplicates, &c.Restated, &c.Usage, &c.Read,
		&c.Made, &c.Charged, &c.Taxes, &c.Earning, &c.Margins, &c.Compared, &c.Invoiced,
		&c.Valued, &c.Variances, &c.Unshown, &c.Spread, &c.Days, &c.Billed, &c.Matched, &c.Used, &c.ByUser, &c.ByCustomer, &c.ByAccount,
		&c.Detailed, &c.PeerBilled, &c.Discrepant, &c.PeerOff,
		&c.Evidence, &c.Judged, &c.Listed, &c.Looked, &c.Accessed, &c.ByAccess, &c.Watched, &c.ByDay, &c.Shared, &c.Shares, &c.BorneBy, &c.Bearing,
		&c.CreditsOwed, &c.CreditsGiven, &c.CreditsLeft, &c.Claimed, &c.Standing,
		&c.Chained, &c.Chains, &c.Owed, &c.Debts, &c.ToNet, &c.Payable, &c.Netted, &c.Paid, &c.Receives,
		&c.Challenged, &c.Answered, &c.Banked,
		&c.Rerated, &c.ChargedBefore, &c.Corrections, &c.Differences, &c.Causes,
	}
}

// balance checks what must hold after each step of the plan, which may have been cut short.
func (m *Manifest) balance(plan []Wave) error {
	for i := range plan {
		for k := range plan[i].step.Balances {
			if err := plan[i].step.Balances[k].check(&m.Control); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadWhole checks before a task commits anything that it read all that earlier ones wrote: have is what it read of a
// dataset, and wrote picks what they counted.
func ReadWhole(name string, have *dataset.Totals, results []*Result, wrote func(*Control) *dataset.Totals) error {
	var want Control
	var keys []string
	for _, res := range results {
		if err := want.Merge(&res.Control); err != nil {
			return err
		}
		for _, o := range res.Outputs {
			if o.Dataset == name {
				keys = append(keys, o.Key)
			}
		}
	}
	if diff := have.Diff(*wrote(&want)); diff != "" {
		return fmt.Errorf("%w: %s is not as it was written: %s", ErrUnbalanced, strings.Join(keys, ", "), diff)
	}
	return nil
}

// ChargedTotals picks what rating charged.
func ChargedTotals(c *Control) *dataset.Totals { return &c.Charged }

// UsageTotals picks what normalising kept.
func UsageTotals(c *Control) *dataset.Totals { return &c.Usage }

// CountCharge counts a charge as a row, with what it bills. The error is money.ErrOverflow or money.ErrPrecision.
func CountCharge(t *dataset.Totals, c *schemas.Charge) error {
	amount, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return fmt.Errorf("count charge %s: %w", c.ID, err)
	}
	sum, err := t.Costs[string(c.Currency)].Add(amount)
	if err != nil {
		return fmt.Errorf("count charge %s: %w", c.ID, err)
	}
	if t.Costs == nil {
		t.Costs = map[string]money.Fixed{}
	}
	t.Costs[string(c.Currency)] = sum
	t.Rows++
	return nil
}

// CountCredit counts a service credit as a row, with what it comes to. The error is money.ErrOverflow or money.ErrPrecision.
func CountCredit(t *dataset.Totals, amount money.Decimal, currency money.Currency) error {
	t.Rows++
	fixed, err := money.FixedFromDecimal(amount)
	if err != nil || fixed.IsZero() {
		return err
	}
	return t.AddCost(string(currency), fixed)
}

// AddFinding counts the rows that a finding stands for.
func AddFinding(t *dataset.Totals, f *schemas.Finding) error {
	t.Rows += f.Rows
	if !f.Quantity.IsZero() {
		if err := t.AddQuantity(f.Unit, f.Quantity); err != nil {
			return err
		}
	}
	if f.Cost.IsZero() {
		return nil
	}
	return t.AddCost(string(f.Currency), f.Cost)
}
