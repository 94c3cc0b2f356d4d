package invoice

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// Terms is what the invoices of a period share.
type Terms struct {
	Seller *einvoice.Party
	Series string
	Period schemas.Period
	// Zone is the provider's: months begin in it.
	Zone *time.Location
	// Rounding is the policy, as known on AsOf: it says with how many places a currency is shown. Charges are rounded when
	// they come.
	Rounding schemas.Rounding
	AsOf     schemas.Date
	// CreditTax says whether prepaid credit pays before tax, and so is a line, or after it.
	CreditTax schemas.CreditTax
	// CostMeters measure what peers charge us: what they count is not the customer's to see.
	CostMeters  map[schemas.MeterID]bool
	Provisional bool
	PaymentDays int
	// PaymentTerms stand on every invoice.
	PaymentTerms string
	Notes        []string
	Payment      []Payment
	// Electronic is nil where no electronic invoices are sent.
	Electronic *Electronic
}

// Payment is one way to pay, in words. It is for invoices in one currency; an empty one stands for all.
type Payment struct {
	Currency money.Currency
	Text     string
}

// Buyer is whom an invoice is for.
type Buyer struct {
	Party   *einvoice.Party
	Account schemas.AccountID
	Name    string
	// Zone is the account's: the days of its lines are civil days there. Nil is the provider's.
	Zone *time.Location
	// TaxReason says why no tax is charged; empty where it is.
	TaxReason string
	// PaysFor names the other accounts whose charges stand on the invoice, each line with the name.
	PaysFor map[schemas.AccountID]string
	// References are by what the buyer knows the invoice; Taxed says how each of the accounts is taxed, and Paper that the buyer
	// gets no electronic invoice.
	References einvoice.References
	Taxed      map[schemas.AccountID]Taxed
	Paper      bool
}

// Draft gathers the charges of one account, and of those for which it pays. It keeps lines, which are smaller than the charges that they are made of.
type Draft struct {
	terms    *Terms
	buyer    *Buyer
	invoices []schemas.Invoice
	// last are the days of the charge before, which most charges share.
	last struct {
		start, end time.Time
		from, to   schemas.Date
	}
}

// usualLines is how many lines an invoice has room for from the beginning.
const usualLines = 8

// Begin begins the invoices of an account.
func (t *Terms) Begin(buyer *Buyer) *Draft { return &Draft{terms: t, buyer: buyer} }

// Add puts a charge on the invoice of its currency. Charges keep their order. The error is a charge of another account, an
// amount that no document can hold, or a currency without minor unit; it names the charge.
func (d *Draft) Add(c *schemas.Charge) error {
	if _, paid := d.buyer.PaysFor[c.Account]; c.Account != d.buyer.Account && !paid {
		return fmt.Errorf("invoice account %s: charge %s is of account %s", d.buyer.Account, c.ID, c.Account)
	}
	at := 0
	for at < len(d.invoices) && d.invoices[at].Currency != c.Currency {
		at++
	}
	if at == len(d.invoices) {
		inv, err := d.begin(c.Currency)
		if err != nil {
			return fmt.Errorf("invoice account %s: %w", c.Account, err)
		}
		d.invoices = append(d.invoices, inv)
	}
	if err := d.place(&d.invoices[at], c); err != nil {
		return fmt.Errorf("invoice account %s: charge %s: %w", c.Account, c.ID, err)
	}
	return nil
}

// Invoices totals the drafts, one for each currency, sorted by currency. The error is a sum that overflows.
func (d *Draft) Invoices() ([]schemas.Invoice, error) {
	for i := range d.invoices {
		if err := total(&d.invoices[i]); err != nil {
			return nil, fmt.Errorf("invoice account %s: %w", d.buyer.Account, err)
		}
	}
	slices.SortFunc(d.invoices, func(x, y schemas.Invoice) int { return cmp.Compare(x.Currency, y.Currency) })
	return d.invoices, nil
}

// begin is an invoice without lines.
func (d *Draft) begin(currency money.Currency) (schemas.Invoice, error) {
	t := d.terms
	first, last := t.Period.Days()
	inv := schemas.Invoice{
		Lines: make([]schemas.InvoiceLine, 0, usualLines), Seller: t.Seller, Series: t.Series, Buyer: d.buyer.Party, Account: d.buyer.Account, AccountName: d.buyer.Name, Period: t.Period, From: first, To: last,
		Currency: currency, Provisional: t.Provisional, TaxReason: d.buyer.TaxReason, PaymentDays: t.PaymentDays, PaymentTerms: t.PaymentTerms, Notes: t.Notes,
		References: d.buyer.References, Electronic: d.electronic(currency),
	}
	for _, way := range t.Payment {
		if way.Currency == "" || way.Currency == currency {
			inv.Payment = append(inv.Payment, way.Text)
		}
	}
	rule, ok := t.Rounding.For(currency, schemas.RoundLine, last, t.AsOf)
	if !ok {
		return inv, fmt.Errorf("currency %s has no minor unit; give its places in the rounding policy", currency)
	}
	if rule.Places != nil {
		inv.Places = *rule.Places
	}
	return inv, nil
}

// place puts a charge where it belongs: among the taxes, among what pays the total, or among the lines.
func (d *Draft) place(inv *schemas.Invoice, c *schemas.Charge) error {
	amount, err := money.FixedFromDecimal(c.Amount)
	if err != nil {
		return fmt.Errorf("amount %s: %w", c.Amount, err)
	}
	switch {
	case c.Category == schemas.CategoryTax:
		return d.addTax(inv, c, amount)
	case isCredit(c) && d.terms.CreditTax != schemas.CreditBeforeTax:
		return apply(inv, c, amount)
	}
	l := schemas.InvoiceLine{
		Charge: c.ID, Offering: c.Offering, Category: c.Category, Class: c.Class, Corrects: c.Corrects, Description: c.Description,
		Region: c.Region, Group: c.Group, Amount: amount,
	}
	if c.Group == "RegionId="+c.Region { // the line names its region already
		l.Group = ""
	}
	if name := d.buyer.PaysFor[c.Account]; name != "" {
		l.Description = name + ": " + l.Description
	}
	l.From, l.To = d.days(c)
	hidden := costModel(schemas.Model(c.Model)) || d.terms.CostMeters[c.Meter]
	l.Parts = partsOf(c, inv.Places, hidden)
	for i := range l.Parts {
		if l.Parts[i].Kind != schemas.PartDiscount {
			continue
		}
		if l.Discount, err = l.Discount.Add(l.Parts[i].Amount); err != nil {
			return fmt.Errorf("sum of its discounts: %w", err)
		}
	}
	l.HasLeft, l.Left = leftOf(c)
	useRounded(&l, c, hidden)
	if inv.Electronic != nil {
		l.Electronic = d.lineTerms(&l, c, inv.Places)
	}
	inv.Lines = append(inv.Lines, l)
	return nil
}

// useRounded states the quantity that was metered where no part does.
func useRounded(l *schemas.InvoiceLine, c *schemas.Charge, hidden bool) {
	counted := func(p schemas.LinePart) bool { return p.HasQuantity && p.Kind == "" && p.Unit != "" }
	if hidden || !c.HasQuantity || c.Frequency != schemas.FrequencyUsageBased || c.Class != "" || slices.ContainsFunc(l.Parts, counted) {
		return
	}
	p := part{quantity: c.Consumed}
	shown, _ := p.shownRound(rule{places: usualDigits, mode: money.HalfUp})
	used, err := money.FixedFromDecimal(shown)
	l.HasUsed, l.Used, l.UsedUnit = err == nil, used, c.ConsumedUnit
}

// days are the first and the last day of a charge. A month begins where the provider is, a subscription where the account
// is: an instant that is a midnight in one of the two zones begins a day there.
func (d *Draft) days(c *schemas.Charge) (from, to schemas.Date) {
	if c.Start.IsZero() || !c.End.After(c.Start) {
		return from, to
	}
	if c.Start.Equal(d.last.start) && c.End.Equal(d.last.end) {
		return d.last.from, d.last.to
	}
	zone := d.buyer.Zone
	if zone == nil {
		zone = d.terms.Zone
	}
	in := func(at time.Time) *time.Location {
		for _, z := range []*time.Location{zone, d.terms.Zone} {
			if schemas.DateOf(at, z).Time(z).Equal(at) {
				return z
			}
		}
		return zone
	}
	from, to = schemas.DateOf(c.Start, in(c.Start)), schemas.DateOf(c.End.Add(-1), in(c.End))
	d.last.start, d.last.end, d.last.from, d.last.to = c.Start, c.End, from, to
	return from, to
}

// total adds the lines up.
func total(inv *schemas.Invoice) error {
	var failed error
	add := func(a, b money.Fixed) money.Fixed {
		sum, err := a.Add(b)
		if err != nil && failed == nil {
			failed = fmt.Errorf("total of %d lines: %w", len(inv.Lines), err)
		}
		return sum
	}
	inv.Net, inv.Discount, inv.Tax, inv.Paid = money.Fixed{}, money.Fixed{}, money.Fixed{}, money.Fixed{}
	for i := range inv.Lines {
		inv.Net, inv.Discount = add(inv.Net, inv.Lines[i].Amount), add(inv.Discount, inv.Lines[i].Discount)
	}
	for i := range inv.Taxes {
		inv.Tax = add(inv.Tax, inv.Taxes[i].Amount)
	}
	for i := range inv.Applied {
		inv.Paid = add(inv.Paid, inv.Applied[i].Amount)
	}
	inv.List = add(inv.Net, inv.Discount.Neg())
	inv.Total = add(inv.Net, inv.Tax)
	inv.Due = add(inv.Total, inv.Paid)
	if inv.Electronic != nil {
		electronicTerms(inv, add)
	}
	return failed
}
