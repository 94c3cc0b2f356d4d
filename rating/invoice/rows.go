package invoice

import (
	"fmt"
	"slices"
	"strings"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// isCredit reports whether a charge is what a grant pays: prepaid credit, or credit that was given.
func isCredit(c *schemas.Charge) bool {
	return c.Model == schemas.PrepaidCredit || c.Model == schemas.PromotionalCredit
}

// addTax adds a tax to the row of its rate; that of an earlier period has a row of its own.
func (d *Draft) addTax(inv *schemas.Invoice, c *schemas.Charge, amount money.Fixed) error {
	one, err := taxRow(c, amount, inv.Places)
	if err == nil && inv.Electronic != nil {
		err = d.taxTerms(inv, &one, c)
	}
	if err != nil {
		return err
	}
	for i := range inv.Taxes {
		row := &inv.Taxes[i]
		if row.Description != one.Description || row.Corrects != one.Corrects || row.HasBase != one.HasBase || row.Percent != one.Percent || !sameRate(row, &one) {
			continue
		}
		row.Charges = append(row.Charges, c.ID)
		if row.Base, err = row.Base.Add(one.Base); err != nil {
			return fmt.Errorf("what the tax is of: %w", err)
		}
		if row.Amount, err = row.Amount.Add(amount); err != nil {
			return fmt.Errorf("sum of the tax: %w", err)
		}
		if row.Value, err = row.Value.Add(one.Value); err != nil {
			return fmt.Errorf("sum of the tax in the provider's currency: %w", err)
		}
		if one.Apart != "" {
			row.Apart = one.Apart
		} else if row.Apart == "" {
			row.Apart = apart(row, c, inv.Places)
		}
		return nil
	}
	inv.Taxes = append(inv.Taxes, one)
	return nil
}

// taxRow is the row of one charge. What the tax is of stands in its steps.
func taxRow(c *schemas.Charge, amount money.Fixed, places int32) (schemas.TaxRow, error) {
	row := schemas.TaxRow{Charges: []schemas.ChargeID{c.ID}, Description: c.Description, Corrects: c.Corrects, Amount: amount}
	if c.Class == schemas.ClassCorrection {
		return row, nil
	}
	base, perLine, contained := money.Zero, false, false
	var percent *money.Decimal
	for i := range c.Steps {
		s := &c.Steps[i]
		switch {
		case s.Op == model.OpPercent && len(s.In) == 2:
			percent = number(&s.In[1])
		case s.Op == model.OpProrate && len(s.In) == 4:
			percent, contained = number(&s.In[2]), true
		case s.Op == model.OpSum:
		default:
			continue
		}
		perLine = perLine || s.Op != model.OpSum && strings.HasPrefix(s.In[0].Name, "line_")
		for k := range s.In {
			if n := s.In[k].Name; strings.HasPrefix(n, "line_") && !strings.Contains(n, "@") || n == "taxable" {
				if v := number(&s.In[k]); v != nil {
					base = base.Add(*v)
				}
			}
		}
	}
	if percent == nil {
		return row, nil
	}
	if contained {
		base = base.Sub(c.Amount)
	}
	var err error
	if row.Base, err = money.FixedFromDecimal(base); err != nil {
		return row, fmt.Errorf("what the tax is of, %s: %w", base, err)
	}
	if row.Percent, err = money.FixedFromDecimal(*percent); err != nil {
		return row, fmt.Errorf("rate of the tax, %s: %w", percent, err)
	}
	row.HasBase = true
	switch {
	case contained:
		row.Apart = "contained in the prices"
	case perLine:
		row.Apart = "rounded line by line"
	default:
		row.Apart = apart(&row, c, places)
	}
	return row, nil
}

// apart says why the tax of a row is not the product that it shows, if it is not.
func apart(row *schemas.TaxRow, c *schemas.Charge, places int32) string {
	if !row.HasBase {
		return ""
	}
	r := reckoning{charge: c}
	exact := row.Base.Decimal().Mul(row.Percent.Decimal()).Shift(-2)
	if money.RoundTo(exact, places, r.mode()).Equal(row.Amount.Decimal()) {
		return ""
	}
	return "rounded apart"
}

// apply adds what prepaid credit pays to the row of its grant.
func apply(inv *schemas.Invoice, c *schemas.Charge, amount money.Fixed) error {
	description := grantOf(c)
	hasLeft, left := leftOf(c)
	at := slices.IndexFunc(inv.Applied, func(row schemas.AppliedRow) bool { return row.Description == description && row.Corrects == c.Corrects })
	if at < 0 {
		inv.Applied = append(inv.Applied, schemas.AppliedRow{
			Description: description, Corrects: c.Corrects, Charges: []schemas.ChargeID{c.ID}, Amount: amount, HasLeft: hasLeft, Left: left,
		})
		return nil
	}
	row := &inv.Applied[at]
	row.Charges = append(row.Charges, c.ID)
	if hasLeft && (!row.HasLeft || left.Cmp(row.Left) < 0) { // what is left after all of them is the least
		row.HasLeft, row.Left = true, left
	}
	var err error
	if row.Amount, err = row.Amount.Add(amount); err != nil {
		return fmt.Errorf("sum of what %s pays: %w", description, err)
	}
	return nil
}

// grantOf names the grant of a charge as its arithmetic does, where it says so; else it is called by all that the charge is. The
// grant's name in that may hold any words, so that it cannot be told from those of what it pays.
func grantOf(c *schemas.Charge) string {
	for i := range c.Steps {
		grant, ok := strings.CutSuffix(c.Steps[i].Note, " pays")
		switch {
		case !ok:
		case c.Model == schemas.PromotionalCredit:
			return "Promotional " + grant
		default:
			return "Prepaid " + grant
		}
	}
	return c.Description
}

// leftOf is what a credit or coupon still holds after a charge, where its steps say so.
func leftOf(c *schemas.Charge) (bool, money.Fixed) {
	if c.Class != "" || c.Category != schemas.CategoryCredit {
		return false, money.Fixed{}
	}
	for i := range c.Steps {
		if s := &c.Steps[i]; strings.HasPrefix(s.Note, "what is left of ") {
			if v, err := money.ParseFixed([]byte(s.Out)); err == nil {
				return true, v
			}
		}
	}
	return false, money.Fixed{}
}
