package rating

import (
	"fmt"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// taxShare is what of a tax is that of one line.
type taxShare struct {
	of     *line
	amount money.Decimal
}

// shareTax divides a tax among the lines that it is of, where a grant may ask: one that pays after tax, for certain offerings
// or meters, pays the tax of what it pays for. Of lines that are taxed and rounded one by one each has its own; the tax of a
// sum is divided by largest remainder. A line below zero, such as a coupon, takes its part off the last lines above zero.
func (b *bill) shareTax(tax *line, category string, rate *schemas.TaxRate, rule *schemas.RoundingRule) error {
	if b.policy.CreditTax == schemas.CreditBeforeTax || !tax.charge.Amount.IsPositive() ||
		!slices.ContainsFunc(b.account.Credits, func(g schemas.Grant) bool { return !unscoped(&g) }) {
		return nil
	}
	quiet := model.Trail{Quiet: true}
	below := money.Zero
	for _, x := range b.lines {
		if x.tax != category || x.charge.Amount.IsZero() {
			continue
		}
		part := x.charge.Amount
		if b.policy.TaxRounding == schemas.TaxPerLine {
			part = roundBy(&quiet, model.In("tax", taxOf(&quiet, model.Fact("amount", part), rate)), rule).V
		}
		if part.IsNegative() {
			below = below.Add(part)
			continue
		}
		tax.taxes = append(tax.taxes, taxShare{x, part})
	}
	for i := len(tax.taxes) - 1; i >= 0 && below.IsNegative(); i-- {
		take := model.Lower(tax.taxes[i].amount, below.Neg())
		tax.taxes[i].amount, below = tax.taxes[i].amount.Sub(take), below.Add(take)
	}
	if b.policy.TaxRounding == schemas.TaxPerLine {
		return nil
	}
	weights := make([]money.Decimal, len(tax.taxes))
	for i := range tax.taxes {
		weights[i] = tax.taxes[i].amount
	}
	parts, err := money.Allocate(tax.charge.Amount, weights, max(unitPlaces(*rule), -tax.charge.Amount.Exponent()))
	if err != nil {
		return fmt.Errorf("divide tax %s among its lines: %w", rate.ID, err)
	}
	for i := range parts {
		tax.taxes[i].amount = parts[i]
	}
	return nil
}
