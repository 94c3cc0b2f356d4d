package invoice

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Terms is what the invoices of a period share.
type Terms struct {
	Seller *schemas.Party
	Period schemas.Period
	// Zone is the provider's: days begin in it.
	Zone *time.Location
	// Rounding is the policy, as known on AsOf. At the level RoundDocument the exact total is rounded by it and spread over
	// the lines by largest remainder; at RoundLine, which the empty Level means, the lines are the charges as rated.
	Rounding    schemas.Rounding
	AsOf        schemas.Date
	Level       schemas.RoundingLevel
	Provisional bool
	Notes       []string
	Payment     []string
}

// Invoices makes draft invoices of one account's charges, one for each currency, sorted by currency. Charges keep their
// order. An amount that no dataset could hold and a currency without minor unit are errors; they name the charge.
func (b *Terms) Invoices(buyer *schemas.Party, account schemas.AccountID, name string, charges []schemas.Charge) ([]schemas.Invoice, error) {
	var out []schemas.Invoice
	for i := range charges {
		c := &charges[i]
		if c.Account != account {
			return nil, fmt.Errorf("invoice account %s: charge %s is of account %s", account, c.ID, c.Account)
		}
		if slices.ContainsFunc(out, func(v schemas.Invoice) bool { return v.Currency == c.Currency }) {
			continue
		}
		inv, err := b.invoice(c.Currency, charges)
		if err != nil {
			return nil, fmt.Errorf("invoice account %s: %w", account, err)
		}
		inv.Buyer, inv.Account, inv.AccountName = buyer, account, name
		out = append(out, inv)
	}
	slices.SortFunc(out, func(x, y schemas.Invoice) int { return cmp.Compare(x.Currency, y.Currency) })
	return out, nil
}

// invoice takes the charges of one currency.
func (b *Terms) invoice(currency money.Currency, charges []schemas.Charge) (schemas.Invoice, error) {
	start, end := b.Period.Bounds(b.Zone)
	inv := schemas.Invoice{
		Seller: b.Seller, Period: b.Period, From: schemas.DateOf(start, b.Zone), To: schemas.DateOf(end, b.Zone).AddDays(-1),
		Currency: currency, Provisional: b.Provisional, Notes: b.Notes, Payment: b.Payment,
	}
	rule, ok := b.Rounding.For(currency, cmp.Or(b.Level, schemas.RoundLine), inv.To, b.AsOf)
	if !ok {
		return inv, fmt.Errorf("currency %s has no minor unit; give its places in the rounding policy", currency)
	}
	if rule.Places != nil {
		inv.Places = *rule.Places
	}
	kept := make([]*schemas.Charge, 0, len(charges))
	taxes := 0
	for i := range charges {
		if c := &charges[i]; c.Currency == currency {
			kept = append(kept, c)
			if c.Category == schemas.CategoryTax {
				taxes++
			}
		}
	}
	amounts, extra, err := b.amounts(kept, rule)
	if err != nil {
		return inv, err
	}
	inv.Lines = make([]schemas.InvoiceLine, 0, len(kept)-taxes+1)
	inv.Taxes = make([]schemas.InvoiceLine, 0, taxes)
	for i, c := range kept {
		line, err := b.line(c, amounts[i], inv.Places)
		if err != nil {
			return inv, fmt.Errorf("charge %s: %w", c.ID, err)
		}
		if c.Category == schemas.CategoryTax {
			inv.Taxes = append(inv.Taxes, line)
		} else {
			inv.Lines = append(inv.Lines, line)
		}
	}
	if !extra.IsZero() {
		inv.Lines = append(inv.Lines, schemas.InvoiceLine{Category: schemas.CategoryAdjustment, Description: "Rounding", List: extra, Amount: extra})
	}
	return inv, total(&inv)
}

// amounts are what the lines show, and what cash rounding adds beyond them.
func (b *Terms) amounts(charges []*schemas.Charge, rule schemas.RoundingRule) ([]money.Fixed, money.Fixed, error) {
	out := make([]money.Fixed, len(charges))
	var err error
	if b.Level != schemas.RoundDocument {
		for i, c := range charges {
			if out[i], err = money.FixedFromDecimal(c.Amount); err != nil {
				return nil, money.Fixed{}, fmt.Errorf("charge %s: amount %s: %w", c.ID, c.Amount, err)
			}
		}
		return out, money.Fixed{}, nil
	}
	exact := make([]money.Decimal, len(charges))
	for i, c := range charges {
		exact[i] = c.Exact
	}
	parts, rest := spreadRounded(exact, rule)
	for i, p := range parts {
		if out[i], err = money.FixedFromDecimal(p); err != nil {
			return nil, money.Fixed{}, fmt.Errorf("charge %s: amount %s: %w", charges[i].ID, p, err)
		}
	}
	extra, err := money.FixedFromDecimal(rest)
	return out, extra, err
}

// spreadRounded rounds the sum of exact amounts by the rule and spreads it over them: each is rounded down to the places
// of the rule, and the units left over go one each to those that lost most, the earlier first among equals. What cannot
// be spread so, because cash rounding moved the total by more than there are amounts, is the rest.
func spreadRounded(exact []money.Decimal, rule schemas.RoundingRule) (parts []money.Decimal, rest money.Decimal) {
	places := int32(0)
	if rule.Places != nil {
		places = *rule.Places
	} else if rule.Step != nil {
		places = max(-rule.Step.Exponent(), 0)
	}
	sum, floors := money.Zero, money.Zero
	parts = make([]money.Decimal, len(exact))
	order := make([]int, len(exact))
	for i, e := range exact {
		parts[i] = money.RoundTo(e, places, money.Floor)
		sum, floors, order[i] = sum.Add(e), floors.Add(parts[i]), i
	}
	// First the total in whole units of the places, so that lines are rounded like any other; cash rounding comes on top.
	target := money.RoundTo(sum, places, rule.Mode)
	slices.SortStableFunc(order, func(a, b int) int { return exact[b].Sub(parts[b]).Cmp(exact[a].Sub(parts[a])) })
	unit := money.NewDecimal(1, -places)
	for _, i := range order {
		if !floors.LessThan(target) {
			break
		}
		parts[i] = parts[i].Add(unit)
		floors = floors.Add(unit)
	}
	return parts, rule.Apply(sum).Sub(floors)
}

// line is a charge as the invoice shows it. The discount is what lies between the list and the invoiced amount.
func (b *Terms) line(c *schemas.Charge, shown money.Fixed, places int32) (schemas.InvoiceLine, error) {
	l := schemas.InvoiceLine{
		Charge: c.ID, Offering: c.Offering, Category: c.Category, Class: c.Class, Description: c.Description, Region: c.Region, Group: c.Group, Amount: shown, List: shown,
	}
	if c.Group == "RegionId="+c.Region { // the line names its region already
		l.Group = ""
	}
	if !c.Start.IsZero() && c.End.After(c.Start) {
		l.From, l.To = schemas.DateOf(c.Start, b.Zone), schemas.DateOf(c.End.Add(-1), b.Zone)
	}
	var err error
	if c.HasQuantity {
		l.HasQuantity, l.Unit = true, c.PricingUnit
		if l.Quantity, err = money.FixedFromDecimal(c.Priced); err != nil {
			return l, fmt.Errorf("quantity %s: %w", c.Priced, err)
		}
	}
	if c.UnitPrice != nil {
		l.HasPrice = true
		if l.UnitPrice, err = money.FixedFromDecimal(*c.UnitPrice); err != nil {
			return l, fmt.Errorf("unit price %s: %w", *c.UnitPrice, err)
		}
	}
	if c.Category == schemas.CategoryUsage || c.Category == schemas.CategoryPurchase {
		if err := discountRounded(&l, c, places); err != nil {
			return l, err
		}
	}
	return l, nil
}

// discountRounded sets List and Discount where something was taken off the list price, which is shown rounded as the
// amount is.
func discountRounded(l *schemas.InvoiceLine, c *schemas.Charge, places int32) error {
	if c.List.Equal(c.Exact) || c.List.IsZero() {
		return nil
	}
	list, err := money.FixedFromDecimal(money.RoundTo(c.List, places, money.HalfEven))
	if err != nil {
		return fmt.Errorf("list amount %s: %w", c.List, err)
	}
	if l.Discount, err = l.Amount.Sub(list); err != nil {
		return fmt.Errorf("discount from %s to %s: %w", list, l.Amount, err)
	}
	l.List = list
	return nil
}

// total adds the lines up.
func total(inv *schemas.Invoice) error {
	add := func(to *money.Fixed, v money.Fixed) (err error) {
		if *to, err = to.Add(v); err != nil {
			return fmt.Errorf("total of %d lines: %w", len(inv.Lines), err)
		}
		return nil
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		if err := cmp.Or(add(&inv.List, l.List), add(&inv.Discount, l.Discount), add(&inv.Net, l.Amount)); err != nil {
			return err
		}
	}
	for i := range inv.Taxes {
		if err := add(&inv.Tax, inv.Taxes[i].Amount); err != nil {
			return err
		}
	}
	inv.Total = inv.Net
	return add(&inv.Total, inv.Tax)
}
