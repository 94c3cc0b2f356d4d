package pipeline

import (
	"fmt"
	"slices"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// merge adds the totals of o. The error is a sum that overflows.
func (c *Control) merge(o *Control) error {
	for i, t := range c.all() {
		if err := t.Merge(*o.all()[i]); err != nil {
			return fmt.Errorf("add up control totals: %w", err)
		}
	}
	c.RatedRows += o.RatedRows
	c.SuspendedRows += o.SuspendedRows
	c.UnpricedRows += o.UnpricedRows
	return nil
}

func (c *Control) all() [7]*dataset.Totals {
	return [7]*dataset.Totals{
		&c.Delivered, &c.OutOfScope, &c.Rejected, &c.Shuffled, &c.Duplicates, &c.Usage, &c.Read,
	}
}

// balance checks the three places where rows divide: at decoding, at deduplication and at rating. Each side must equal
// the other in rows, in quantity of every unit and in cost of every currency. What rating read is looked at only where the
// plan, which may have been cut short, has that stage.
func (m *Manifest) balance(plan []Wave) error {
	c := &m.Control
	checks := []struct {
		what  string
		whole *dataset.Totals
		parts []*dataset.Totals
	}{
		{"delivered = out of scope + rejected + sent to shards", &c.Delivered, []*dataset.Totals{&c.OutOfScope, &c.Rejected, &c.Shuffled}},
		{"sent to shards = duplicates + usage", &c.Shuffled, []*dataset.Totals{&c.Duplicates, &c.Usage}},
		{"usage = usage read by rating", &c.Usage, []*dataset.Totals{&c.Read}},
	}
	rated := slices.ContainsFunc(plan, func(w Wave) bool { return w.Stage == "rate" })
	if !rated {
		checks = checks[:len(checks)-1]
	}
	for _, check := range checks {
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
	if n := c.RatedRows + c.SuspendedRows + c.UnpricedRows; rated && n != c.Read.Rows {
		return fmt.Errorf("%w: rows read by rating = rated + suspended + unpriced: %d is not %d", ErrUnbalanced, c.Read.Rows, n)
	}
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
