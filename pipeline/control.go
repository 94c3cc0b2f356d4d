package pipeline

import (
	"fmt"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/money"
)

// merge adds the totals of o. The error is a sum that overflows.
func (c *Control) merge(o *Control) error {
	for i, t := range c.all() {
		if err := t.Merge(*o.all()[i]); err != nil {
			return fmt.Errorf("add up control totals: %w", err)
		}
	}
	c.RatedRows += o.RatedRows
	c.PartlyRows += o.PartlyRows
	c.SuspendedRows += o.SuspendedRows
	c.UnpricedRows += o.UnpricedRows
	c.LateRows += o.LateRows
	c.RepeatedRows += o.RepeatedRows
	return nil
}

func (c *Control) all() [10]*dataset.Totals {
	return [10]*dataset.Totals{
		&c.Delivered, &c.OutOfScope, &c.Rejected, &c.Shuffled, &c.Duplicates, &c.Usage, &c.Read,
		&c.Charged, &c.Compared, &c.Invoiced,
	}
}

// balance checks the places where rows divide, at decoding and at deduplication, and those where a step reads what another
// wrote, as far as the plan goes, which may have been cut short. Each side must equal the other in rows, in quantity of
// every unit and in cost of every currency.
func (m *Manifest) balance(plan []Wave) error {
	done := map[string]bool{}
	for i := range plan {
		done[plan[i].Stage] = true
	}
	c := &m.Control
	checks := []struct {
		stage string
		what  string
		whole *dataset.Totals
		parts []*dataset.Totals
	}{
		{"normalise", "delivered = out of scope + rejected + sent to shards", &c.Delivered, []*dataset.Totals{&c.OutOfScope, &c.Rejected, &c.Shuffled}},
		{"normalise", "sent to shards = duplicates + usage", &c.Shuffled, []*dataset.Totals{&c.Duplicates, &c.Usage}},
		{"rate", "usage = usage read by rating", &c.Usage, []*dataset.Totals{&c.Read}},
		{"reconcile", "charges = charges compared with the plan", &c.Charged, []*dataset.Totals{&c.Compared}},
		{"emit", "charges = charges invoiced", &c.Charged, []*dataset.Totals{&c.Invoiced}},
	}
	for _, check := range checks {
		if !done[check.stage] {
			continue
		}
		var sum dataset.Totals
		for _, p := range check.parts {
			if err := sum.Merge(*p); err != nil {
				return fmt.Errorf("add up control totals: %w", err)
			}
		}
		if diff := check.whole.Diff(sum); diff != "" {
			return fmt.Errorf("%w: %s: %s", ErrUnbalanced, check.what, diff)
		}
	}
	if n := c.RatedRows + c.PartlyRows + c.SuspendedRows + c.UnpricedRows + c.RepeatedRows; done["rate"] && n != c.Read.Rows {
		return fmt.Errorf("%w: rows read by rating = rated + partly rated + suspended + unpriced + repeated: %d is not %d", ErrUnbalanced, c.Read.Rows, n)
	}
	return nil
}

// readWhole checks before a task commits anything that it read all that earlier ones wrote: have is what it read of a
// dataset, and wrote picks what they counted.
func readWhole(name string, have *dataset.Totals, results []*Result, wrote func(*Control) *dataset.Totals) error {
	var want Control
	var keys []string
	for _, res := range results {
		if err := want.merge(&res.Control); err != nil {
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

func chargedTotals(c *Control) *dataset.Totals { return &c.Charged }

// countCharge counts a charge as a row, with what it bills. The error is money.ErrOverflow or money.ErrPrecision.
func countCharge(t *dataset.Totals, c *schemas.Charge) error {
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

// addFinding counts the rows that a finding stands for.
func addFinding(t *dataset.Totals, f *schemas.Finding) error {
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
