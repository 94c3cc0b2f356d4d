package charged

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// metered is what a meter counted of one thing in one place, over all the charges that a price change may divide it into.
type metered struct {
	meter  schemas.MeterID
	sku    schemas.SKU
	region string
	unit   string
}

// Negatives warns of an account's meters that counted less than nothing over the period, in the order of their charges.
// What a peer's bill comes to is no such quantity: a credit is below zero by right.
func Negatives(account schemas.AccountID, charges []schemas.Charge) (found []schemas.Finding) {
	var order []metered
	var sums map[metered]money.Decimal
	for i := range charges {
		c := &charges[i]
		if !c.HasQuantity || c.Meter == "" || c.Peer != "" {
			continue
		}
		key := metered{c.Meter, c.SKU, c.Region, c.ConsumedUnit}
		sum, seen := sums[key]
		if !seen && !c.Consumed.IsNegative() {
			continue // nearly always; a charge below zero that comes later is looked at with those before it, below
		}
		if sums == nil {
			sums = map[metered]money.Decimal{}
		}
		if !seen {
			order = append(order, key)
			sum = before(charges[:i], key)
		}
		sums[key] = sum.Add(c.Consumed)
	}
	info, _ := schemas.CodeNegativeUsage.Info()
	for _, key := range order {
		if sum := sums[key]; sum.IsNegative() {
			found = append(found, schemas.Finding{
				Code: schemas.CodeNegativeUsage, Severity: info.Severity, Account: account, Column: string(key.meter), Value: string(key.sku),
				Message: fmt.Sprintf("account %s, meter %s: %s %s in the period; %s", account, key.meter, sum, key.unit, info.Fix),
			})
		}
	}
	return found
}

// before adds up what earlier charges hold of the same thing.
func before(charges []schemas.Charge, key metered) money.Decimal {
	sum := money.Zero
	for i := range charges {
		c := &charges[i]
		if c.HasQuantity && c.Peer == "" && key == (metered{c.Meter, c.SKU, c.Region, c.ConsumedUnit}) {
			sum = sum.Add(c.Consumed)
		}
	}
	return sum
}
