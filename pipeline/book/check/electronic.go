package check

import (
	"cmp"
	"regexp"
	"slices"

	"daybook/pipeline/book/check/sent"
	"daybook/pipeline/book/parse"
	"daybook/rating/taxes"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

// How addresses for electronic invoices, and codes of units, are written.
var (
	endpointForm = regexp.MustCompile(`^([0-9]{4}|[A-Z]{2}):\S+$`)
	unitCodeForm = regexp.MustCompile(`^[A-Z0-9]{2,3}$`)
)

// checkElectronic complains of what electronic invoices ask for and the book lacks, and of what they cannot say.
func (c *checker) checkElectronic() {
	at, p := c.ProviderAt, &c.Provider
	c.endpoint(at.Field("endpoint"), p.Endpoint)
	for i, u := range p.Invoicing.UnitCodes {
		if here := at.Field("invoicing").Field("unit_codes").At(i); !unitCodeForm.MatchString(u.Code) {
			c.Complain(here.Field("code"), "write a code of UN/ECE recommendation 20 or 21, such as HUR", "%q is no code of a unit", parse.Clip(u.Code))
		}
	}
	twins(c, at.Field("invoicing").Field("unit_codes"), p.Invoicing.UnitCodes, "unit", "unit", func(u *einvoice.UnitCode) string { return u.Unit })
	for i := range c.Taxes.Items {
		c.levy(c.Taxes.Spots[i], &c.Taxes.Items[i])
	}
	for i := range c.Customers.Items {
		here := c.Customers.Spots[i]
		c.endpoint(here.Field("endpoint"), c.Customers.Items[i].Endpoint)
		if a := c.Customers.Items[i].Postal; a != nil {
			c.country(here.Field("postal").Field("country"), a.Country)
		}
	}
	for i := range c.Accounts.Items {
		a, here := &c.Accounts.Items[i], c.Accounts.Spots[i]
		switch {
		case !a.TaxExempt && a.VATCategory != "":
			c.Complain(here.Field("vat_category"), "remove it, or add tax_exempt: true; what is taxed has the category of its rate", "account %s pays tax, so vat_category says nothing", a.ID)
		case !a.TaxExempt && a.ExemptionCode != "":
			c.Complain(here.Field("exemption_code"), "remove it, or add tax_exempt: true", "account %s pays tax, so there is no reason why not", a.ID)
		case a.VATCategory.Taxed():
			c.Complain(here.Field("vat_category"), "write E, AE, K, G, O or Z", "%s is taxed, and account %s is not", a.VATCategory, a.ID)
		}
	}
	if p.Invoicing.Electronic {
		c.sender(at, p)
		c.receivers()
	}
}

// endpoint complains of an address that is not written as one.
func (c *checker) endpoint(at parse.Spot, text string) {
	if text != "" && !endpointForm.MatchString(text) {
		c.Complain(at, "write the code of its scheme, a colon and the identifier, such as 0204:991-01234-44", "%q is no address for electronic invoices", parse.Clip(text))
	}
}

// levy complains of a category that does not fit the percentage of a rate.
func (c *checker) levy(at parse.Spot, r *schemas.TaxRate) {
	category := r.VATCategory
	switch {
	case category == "" || category == einvoice.Standard && !r.Percent.IsZero():
	case !category.Taxed() && !r.Percent.IsZero():
		c.Complain(at.Field("vat_category"), "write S, or percent: 0", "there is no tax of category %s, and the rate is %s %%", category, r.Percent)
	case category == einvoice.Standard:
		c.Complain(at.Field("vat_category"), "write Z, or the category by which nothing is charged", "what is taxed at the standard rate is not taxed at 0 %%")
	}
	if none := r.ExemptionReason == "" && r.ExemptionCode == ""; category.NeedsReason() && category != "" && none {
		c.Complain(at, "add exemption_reason", "an invoice must say why there is no tax of category %s", category)
	}
}

// sender complains of what we lack to send electronic invoices, and of policies whose results they cannot say.
func (c *checker) sender(at parse.Spot, p *schemas.Provider) {
	for _, need := range []struct{ key, value string }{{"tax_id", p.TaxID}, {"endpoint", p.Endpoint}} {
		if need.value == "" {
			c.Complain(at, "add "+need.key, "electronic invoices name the %s of who sends them, and the provider has none", need.key)
		}
	}
	policy := &c.Policy
	where := c.PolicyAt
	if !where.There() {
		where = at.Field("invoicing").Field("electronic")
	}
	if policy.TaxRounding != schemas.TaxPerDocument {
		c.Complain(where, "write tax_rounding: document in the policy of the catalogue", "electronic invoices have the tax of a sum, and the book rounds it line by line")
	}
	if policy.RoundAt == schemas.RoundDocument {
		c.Complain(where, "write round_at: line in the policy of the catalogue", "electronic invoices have rounded lines, and the book rounds documents")
	}
	const most = 2
	for _, currency := range append([]money.Currency{p.Currency}, p.InvoiceCurrencies...) {
		if places, is := money.MinorUnits(currency); is && places > most && len(policy.Rounding) == 0 {
			c.Complain(at.Field("invoicing").Field("electronic"), "round it to 2 places in the policy of the catalogue", "amounts of electronic invoices have two decimals, and those in %s have %d", currency, places)
		}
	}
	for i, r := range policy.Rounding {
		here := c.PolicyAt.Field("rounding").At(i)
		if r.Places != nil && *r.Places > most {
			c.Complain(here.Field("places"), "write at most 2", "amounts of electronic invoices have two decimals, not %d", *r.Places)
		}
		if r.Step != nil && !money.RoundTo(*r.Step, most, money.HalfEven).Equal(*r.Step) {
			c.Complain(here.Field("step"), "write at most two decimals", "amounts of electronic invoices have two decimals, and %s has more", r.Step)
		}
	}
}

// receivers complains of customers to whom no electronic invoice can be sent.
func (c *checker) receivers() {
	customers := make(map[string]*schemas.Customer, len(c.Customers.Items))
	for i := range c.Customers.Items {
		x, at := &c.Customers.Items[i], c.Customers.Spots[i]
		if x.Paper {
			continue
		}
		customers[x.ID] = x
		if x.Endpoint == "" {
			c.Complain(at, "add endpoint, or paper: true", "customer %s has no endpoint to which electronic invoices are sent", x.ID)
		}
		if x.Postal == nil {
			c.Complain(at, "add postal with its country, or paper: true", "electronic invoices say in which country customer %s is", x.ID)
		}
	}
	categories := c.soldCategories()
	for i := range c.Accounts.Items {
		a, at := &c.Accounts.Items[i], c.Accounts.Spots[i]
		x := customers[a.Customer]
		if x == nil {
			continue
		}
		if !a.PaidByParent && a.BuyerReference == "" && x.BuyerReference == "" && a.Order == "" {
			c.Complain(at, "add buyer_reference or order, or buyer_reference to the customer", "electronic invoices of account %s need a reference of the buyer's", a.ID)
		}
		if needsTaxID := a.VATCategory == einvoice.ReverseCharge || a.VATCategory == einvoice.IntraCommunity; needsTaxID && x.TaxID == "" {
			c.Complain(at.Field("vat_category"), "add tax_id to the customer", "%s is for customers with a tax_id, and %s has none", a.VATCategory, x.ID)
		}
		if !a.TaxExempt {
			c.oneRate(at, a, categories)
		}
	}
}

// soldCategories are the tax categories of what is sold.
func (c *checker) soldCategories() []string {
	var out []string
	for i := range c.Offerings.Items {
		out = append(out, taxes.Category(c.Offerings.Items[i].TaxCategory))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// oneRate complains of an account that some rate must be for, and none is, or of which several are charged on top of each other.
func (c *checker) oneRate(at parse.Spot, a *AccountRow, categories []string) {
	place := taxes.Place{Country: a.Country, Region: a.Region}
	for _, category := range categories {
		name := category
		if name == "" {
			name = taxes.Standard
		}
		some := slices.ContainsFunc(c.Taxes.Items, func(r schemas.TaxRate) bool {
			return len(taxes.For([]schemas.TaxRate{r}, category, place, r.Validity.From, schemas.Date{})) > 0
		})
		if !some {
			c.Complain(at, "add one to taxes, of percent: 0 if need be, or tax_exempt and tax_reason", "no rate of tax of category %s is for account %s, so no electronic invoice can say how it is taxed", name, a.ID)
			return
		}
		for i := range c.Taxes.Items {
			if rates := taxes.For(c.Taxes.Items, category, place, c.Taxes.Items[i].Validity.From, schemas.Date{}); len(rates) > 1 {
				c.Complain(at, "give rates that stand for each other one name", "account %s pays %s and %s on one line, and a line of an electronic invoice has one rate", a.ID, rates[0].ID, rates[1].ID)
				return
			}
		}
	}
}

// checkSending complains of what says how documents are sent, and cannot be.
func (c *checker) checkSending() {
	emails, customers := map[string]string{}, map[schemas.AccountID]string{}
	for i := range c.Customers.Items {
		emails[c.Customers.Items[i].ID] = c.Customers.Items[i].Email
	}
	for i := range c.Accounts.Items {
		customers[c.Accounts.Items[i].ID] = c.Accounts.Items[i].Customer
	}
	b := sent.Book{
		Reader: c.Reader, Electronic: c.Provider.Invoicing.Electronic, Identifier: c.identifier,
		Customer: func(at parse.Spot, key, id string) bool { return c.refer(at, key, &c.names.customers, id) },
		Account:  func(at parse.Spot, key, id string) bool { return c.refer(at, key, &c.names.accounts, id) },
		Address: func(customer string, account schemas.AccountID) string {
			return emails[cmp.Or(customer, customers[account])]
		},
		Unaddressed: func() string {
			if k := slices.IndexFunc(c.Customers.Items, func(x schemas.Customer) bool { return x.Email == "" }); k >= 0 {
				return c.Customers.Items[k].ID
			}
			return ""
		},
	}
	b.Check(c.SendingAt, &c.Sending, &c.Sent)
}
