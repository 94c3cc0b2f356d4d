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
	// Rounding is the policy, as known on AsOf: it says with how many places a currency is shown. Charges are rounded when
	// they come.
	Rounding    schemas.Rounding
	AsOf        schemas.Date
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
	rule, ok := b.Rounding.For(currency, schemas.RoundLine, inv.To, b.AsOf)
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
	inv.Lines = make([]schemas.InvoiceLine, 0, len(kept)-taxes)
	inv.Taxes = make([]schemas.InvoiceLine, 0, taxes)
	for _, c := range kept {
		line, err := b.line(c, inv.Places)
		if err != nil {
			return inv, fmt.Errorf("charge %s: %w", c.ID, err)
		}
		if c.Category == schemas.CategoryTax {
			inv.Taxes = append(inv.Taxes, line)
		} else {
			inv.Lines = append(inv.Lines, line)
		}
	}
	return inv, total(&inv)
}

// line is a charge as the invoice shows it. The discount is what lies between the list and the invoiced amount.
func (b *Terms) line(c *schemas.Charge, places int32) (schemas.InvoiceLine, error) {
	shown, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return schemas.InvoiceLine{}, fmt.Errorf("amount %s: %w", c.Amount, err)
	}
	l := schemas.InvoiceLine{
		Charge: c.ID, Offering: c.Offering, Category: c.Category, Class: c.Class, Description: c.Description, Region: c.Region, Group: c.Group, Amount: shown, List: shown,
	}
	if c.Group == "RegionId="+c.Region { // the line names its region already
		l.Group = ""
	}
	if !c.Start.IsZero() && c.End.After(c.Start) {
		l.From, l.To = schemas.DateOf(c.Start, b.Zone), schemas.DateOf(c.End.Add(-1), b.Zone)
	}
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
