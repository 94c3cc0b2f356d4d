package invoice

import (
	"cmp"
	"slices"
	"strings"

	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Electronic is what the electronic invoices of a period share.
type Electronic struct {
	Taxes     []schemas.TaxRate
	UnitCodes []einvoice.UnitCode
	Bank      []einvoice.BankAccount
}

// Taxed is how what an account buys is taxed: where it is, or, of one without tax, as what and why.
type Taxed struct {
	Place        taxes.Place
	Exempt       bool
	Category     einvoice.Category
	Reason, Code string
}

// electronic begins the terms of an electronic invoice; nil where none is sent.
func (d *Draft) electronic(currency money.Currency) *einvoice.Terms {
	e := d.terms.Electronic
	if e == nil || d.buyer.Paper {
		return nil
	}
	terms := &einvoice.Terms{}
	for _, bank := range e.Bank {
		if bank.Currency == "" || bank.Currency == currency {
			terms.Bank = append(terms.Bank, bank)
		}
	}
	return terms
}

// taxOf is how a charge is taxed, or whose tax it is. A correction is taxed as what it corrects.
func (d *Draft) taxOf(c *schemas.Charge) einvoice.Tax {
	at := d.buyer.Taxed[c.Account]
	if at.Exempt {
		return einvoice.Tax{Rate: einvoice.Rate{Category: cmp.Or(at.Category, einvoice.Exempt)}, Reason: at.Reason, Code: at.Code}
	}
	_, day := cmp.Or(c.Corrects, d.terms.Period).Days()
	rates := taxes.For(d.terms.Electronic.Taxes, c.TaxCategory, at.Place, day, d.terms.AsOf)
	if len(rates) == 0 {
		return einvoice.Tax{Rate: einvoice.Rate{Category: einvoice.Exempt}, Reason: "no tax is charged"}
	}
	percent := money.Zero
	for _, r := range rates {
		percent = percent.Add(r.Percent)
	}
	fixed, err := money.FixedFromDecimal(percent)
	if err != nil { // no rate has so many places
		fixed = money.Fixed{}
	}
	category := einvoice.Standard
	if fixed.IsZero() {
		category = einvoice.Zero
	}
	r := rates[0]
	return einvoice.Tax{Rate: einvoice.Rate{Category: cmp.Or(r.VATCategory, category), Percent: fixed}, Reason: r.ExemptionReason, Code: r.ExemptionCode}
}

// taxTerms says to which row of the breakdown a tax belongs, and what it is in the provider's currency.
func (d *Draft) taxTerms(inv *schemas.Invoice, row *schemas.TaxRow, c *schemas.Charge) (err error) {
	of := d.taxOf(c)
	row.Electronic = &of
	if c.Value.Known && c.Value.Currency != c.Currency {
		inv.Electronic.TaxCurrency = c.Value.Currency
		row.Value, err = money.FixedFromDecimal(c.Value.Amount)
	}
	return err
}

// sameRate reports whether taxes belong to the same row of the breakdown.
func sameRate(a, b *schemas.TaxRow) bool {
	return a.Electronic == nil && b.Electronic == nil || a.Electronic != nil && b.Electronic != nil && *a.Electronic == *b.Electronic
}

// lineTerms says what a line is on the electronic invoice.
func (d *Draft) lineTerms(l *schemas.InvoiceLine, c *schemas.Charge, places int32) *einvoice.Line {
	if c.Model == cashRounding {
		return &einvoice.Line{Kind: einvoice.AsRounding}
	}
	out := &einvoice.Line{Kind: einvoice.AsLine, Tax: d.taxOf(c)}
	if c.Category == schemas.CategoryCredit || c.Model == containedTax {
		out.Kind = einvoice.AsAllowance
		if l.Amount.Sign() > 0 {
			out.Kind = einvoice.AsCharge
		}
		return out
	}
	d.quantify(out, l, places, (&reckoning{charge: c}).mode())
	return out
}

// The models of lines that are no goods: what makes a sum payable, and tax that prices contain, which is taken off them.
const (
	cashRounding = "cash_rounding"
	containedTax = "tax_included"
)

// quantify says the quantity and the price of a line, and what within it is taken off or put on.
func (d *Draft) quantify(out *einvoice.Line, l *schemas.InvoiceLine, places int32, mode money.Mode) {
	var priced []schemas.LinePart
	gross := money.Zero
	for i := range l.Parts {
		p := &l.Parts[i]
		switch p.Kind {
		case schemas.PartIncluded:
		case schemas.PartDiscount, schemas.PartRounding:
			reduce(out, p)
		default:
			priced = append(priced, *p)
			gross = gross.Add(p.Amount.Decimal())
		}
	}
	if len(priced) == 0 {
		out.Allowances, out.Charges, gross = nil, nil, l.Amount.Decimal()
	}
	for _, try := range [](func([]schemas.LinePart, money.Decimal) (goods, bool)){asPriced, asSum} {
		if g, ok := try(priced, gross); ok && g.fill(out, gross, places, mode) {
			out.UnitCode = einvoice.UnitCodeOf(g.unit, d.terms.Electronic.UnitCodes)
			return
		}
	}
	g := goods{quantity: money.One, price: gross, per: money.One}
	g.fill(out, gross, places, mode)
	out.UnitCode = einvoice.One
}

// reduce takes a part that is no goods off the line, or puts it on.
func reduce(out *einvoice.Line, p *schemas.LinePart) {
	r := einvoice.Reduction{Reason: cmp.Or(p.Text, "Discount"), Amount: p.Amount}
	if p.HasQuantity && p.Percent && len(p.Factors) == 0 {
		r.HasPercent, r.Base, r.Percent = true, p.Quantity.Abs(), p.UnitPrice.Abs()
	}
	if p.Amount.Sign() > 0 {
		out.Charges = append(out.Charges, r)
		return
	}
	r.Amount = r.Amount.Neg()
	out.Allowances = append(out.Allowances, r)
}

// goods are a quantity at a price.
type goods struct {
	quantity, price, per money.Decimal
	unit                 string
}

// asPriced takes the only part of a line as it is: its factors are in the price, and what they are divided by is in the quantity
// that the price is for.
func asPriced(parts []schemas.LinePart, _ money.Decimal) (goods, bool) {
	if len(parts) != 1 || !parts[0].HasQuantity || parts[0].Percent {
		return goods{}, false
	}
	p := &parts[0]
	g := goods{quantity: p.Quantity.Decimal(), price: p.UnitPrice.Decimal(), per: money.One, unit: p.Unit}
	for _, f := range p.Factors {
		g.price, g.per = g.price.Mul(f.Times.Decimal()), g.per.Mul(f.Over.Decimal())
	}
	return g, true
}

// asSum takes the quantities of all parts as one, at the price of all of it: what tiers come to.
func asSum(parts []schemas.LinePart, gross money.Decimal) (goods, bool) {
	g := goods{price: gross}
	for i := range parts {
		if p := &parts[i]; !p.HasQuantity || p.Percent || p.Unit != parts[0].Unit {
			return goods{}, false
		}
		g.quantity, g.unit = g.quantity.Add(parts[i].Quantity.Decimal()), parts[0].Unit
	}
	g.per = g.quantity.Abs()
	if g.quantity.IsNegative() {
		g.price = g.price.Neg()
	}
	return g, !g.per.IsZero()
}

// fill writes the goods into a line, and reports whether they come to the amount and no number is too long.
func (g *goods) fill(out *einvoice.Line, gross money.Decimal, places int32, mode money.Mode) bool {
	if g.price.IsNegative() {
		g.price, g.quantity = g.price.Neg(), g.quantity.Neg()
	}
	if g.per.Sign() <= 0 {
		return false
	}
	amount, err := money.DivRound(g.quantity.Mul(g.price), g.per, places, mode)
	if err != nil || !amount.Equal(gross) {
		return false
	}
	for _, x := range []struct {
		to   *money.Fixed
		from money.Decimal
	}{{&out.Quantity, g.quantity}, {&out.Price, g.price}, {&out.Per, g.per}} {
		if *x.to, err = money.FixedFromDecimal(x.from); err != nil {
			return false
		}
	}
	return true
}

// electronicTerms adds up the terms of an electronic invoice.
func electronicTerms(inv *schemas.Invoice, add func(a, b money.Fixed) money.Fixed) {
	e := inv.Electronic
	goods := slices.ContainsFunc(inv.Lines, func(l schemas.InvoiceLine) bool { return l.Electronic.Kind == einvoice.AsLine })
	*e = einvoice.Terms{Bank: e.Bank, TaxCurrency: e.TaxCurrency}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		x := l.Electronic
		if !goods && x.Kind != einvoice.AsRounding { // an invoice has a line at least
			*x = einvoice.Line{Kind: einvoice.AsLine, Tax: x.Tax, UnitCode: einvoice.One, Price: l.Amount.Abs(), Per: one, Quantity: one}
			if l.Amount.Sign() < 0 {
				x.Quantity = one.Neg()
			}
		}
		switch x.Kind {
		case einvoice.AsRounding:
			e.Rounding = add(e.Rounding, l.Amount)
			continue
		case einvoice.AsAllowance:
			e.Allowances = add(e.Allowances, l.Amount.Neg())
		case einvoice.AsCharge:
			e.Charges = add(e.Charges, l.Amount)
		default:
			e.Lines = add(e.Lines, l.Amount)
		}
		row := rowOf(e, &x.Tax)
		row.Base = add(row.Base, l.Amount)
	}
	for i := range inv.Taxes {
		row := rowOf(e, inv.Taxes[i].Electronic)
		row.Tax = add(row.Tax, inv.Taxes[i].Amount)
		if e.TaxCurrency != "" {
			e.TaxValue = add(e.TaxValue, inv.Taxes[i].Value)
		}
	}
	slices.SortStableFunc(e.VAT, func(x, y einvoice.VAT) int {
		return cmp.Or(cmp.Compare(x.Category, y.Category), x.Percent.Cmp(y.Percent))
	})
	e.Tax, e.Paid = inv.Tax, inv.Paid.Neg()
	e.Net = add(add(e.Lines, e.Allowances.Neg()), e.Charges)
	e.Gross = add(e.Net, e.Tax)
	e.Due = add(add(e.Gross, e.Paid.Neg()), e.Rounding)
}

// one is the quantity of what is not counted.
var one = func() money.Fixed { f, _ := money.FixedFromDecimal(money.One); return f }()

// rowOf finds or makes the row of the breakdown to which something belongs. Reasons that differ stand beside each other.
func rowOf(e *einvoice.Terms, t *einvoice.Tax) *einvoice.VAT {
	at := slices.IndexFunc(e.VAT, func(x einvoice.VAT) bool { return x.Rate == t.Rate })
	if at < 0 {
		e.VAT = append(e.VAT, einvoice.VAT{Rate: t.Rate, Reason: t.Reason, Code: t.Code})
		return &e.VAT[len(e.VAT)-1]
	}
	row := &e.VAT[at]
	if t.Reason != "" && !slices.Contains(strings.Split(row.Reason, "; "), t.Reason) {
		row.Reason = strings.TrimPrefix(row.Reason+"; "+t.Reason, "; ")
	}
	row.Code = cmp.Or(row.Code, t.Code)
	return row
}
