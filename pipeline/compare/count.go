package compare

import (
	"fmt"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/reconcile"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/money"
)

// earnings count charges that earn revenue as they are read: what the comparisons make of them must come to the same.
type earnings struct {
	billed dataset.Totals
	// cost is what peers bill, by currency; revenue and worth are what both come to in the provider's currency.
	cost           map[money.Currency]money.Fixed
	revenue, worth money.Fixed
}

func (e *earnings) add(c *schemas.Charge) error {
	err := run.CountCharge(&e.billed, c)
	if err == nil && c.Value.Known {
		err = addFixed(&e.revenue, c.Value.Amount)
	}
	if err != nil || !c.HasCost {
		return err
	}
	sum := e.cost[c.Currency]
	if err = addFixed(&sum, c.PeerCost); err == nil && c.Value.Known {
		err = addFixed(&e.worth, c.Value.Cost)
	}
	if e.cost == nil {
		e.cost = map[money.Currency]money.Fixed{}
	}
	e.cost[c.Currency] = sum
	return err
}

func addFixed(sum *money.Fixed, d money.Decimal) error {
	f, err := money.FixedFromDecimal(d)
	if err == nil {
		*sum, err = sum.Add(f)
	}
	if err != nil {
		return fmt.Errorf("count what charges earn: %w", err)
	}
	return nil
}

// totals are the charges, with what peers bill for them as quantities, and their value by measure.
func (e *earnings) totals() (earning, valued dataset.Totals, err error) {
	for currency, sum := range e.cost {
		if err := e.billed.AddQuantity(string(currency), sum); err != nil {
			return earning, valued, err
		}
	}
	err = addMeasures(&valued, e.revenue, e.worth)
	return e.billed, valued, err
}

// addMeasures adds revenue, cost and their difference.
func addMeasures(t *dataset.Totals, revenue, cost money.Fixed) error {
	margin, err := revenue.Sub(cost)
	if err != nil {
		return fmt.Errorf("count what charges earn: %w", err)
	}
	for _, x := range []struct {
		measure schemas.Measure
		sum     money.Fixed
	}{{schemas.Revenue, revenue}, {schemas.Cost, cost}, {schemas.Margin, margin}} {
		if err := t.AddQuantity(string(x.measure), x.sum); err != nil {
			return err
		}
	}
	return nil
}

// RevenueOf is the revenue alone of totals by measure.
func RevenueOf(t dataset.Totals) dataset.Totals {
	revenue := string(schemas.Revenue)
	return dataset.Totals{Rows: t.Rows, Quantities: map[string]money.Fixed{revenue: t.Quantities[revenue]}, Costs: t.Costs}
}

// countSums counts the sums that took the place of charges: those that are compared with the plan, those that are spread over days,
// and what the variances leave unshown.
func countSums(c *run.Control, sums *reconcile.Sums, variances []schemas.Variance) error {
	revenue, cost, err := sums.Actuals.Totals()
	if err != nil {
		return err
	}
	c.Compared.Rows = sums.Actuals.Charges()
	for _, x := range []struct {
		add  func(string, money.Fixed) error
		sums []tally.Total
	}{{c.Compared.AddCost, revenue}, {c.Compared.AddQuantity, cost}} {
		for _, sum := range x.sums {
			if err := x.add(string(sum.Currency), sum.Amount); err != nil {
				return err
			}
		}
	}
	spread, err := sums.Days.Revenue()
	if err == nil {
		err = c.Spread.AddQuantity(string(schemas.Revenue), spread)
	}
	if err != nil {
		return err
	}
	for i := range variances {
		v := &variances[i]
		if v.Measure == schemas.Units {
			continue
		}
		unshown := money.Fixed{}
		if err := addFixed(&unshown, v.Unshown); err != nil {
			return err
		}
		if err := c.Unshown.AddQuantity(string(v.Measure), unshown); err != nil {
			return err
		}
	}
	return nil
}

// counter counts what lies in a dataset.
type counter struct {
	rows  int64
	sums  dataset.Tally
	whole dataset.Totals
}

// add counts the rows that each row stands for, as a column says, with the measures.
func (n *counter) add(b *dataset.Batch, rows int, m dataset.Measures) error {
	for _, more := range b.Columns[rows].Ints[:b.Rows] {
		n.rows += more
	}
	return n.sums.AddBatch(b, m)
}

// addActuals counts the actuals of variances by measure, but for units, which are no money.
func (n *counter) addActuals(b *dataset.Batch) error {
	for i := range b.Rows {
		measure := b.Columns[schemas.VarMeasure].StringAt(i)
		if measure == string(schemas.Units) {
			continue
		}
		if err := n.whole.AddQuantity(measure, b.Columns[schemas.VarActual].Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

// addDays counts the revenue of days.
func (n *counter) addDays(b *dataset.Batch) error {
	for i := range b.Rows {
		if err := n.whole.AddQuantity(string(schemas.Revenue), b.Columns[schemas.DayRevenue].Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (n *counter) totals() (dataset.Totals, error) {
	t, err := n.sums.Totals()
	if err != nil {
		return t, err
	}
	t.Rows = n.rows
	return t, t.Merge(n.whole)
}
