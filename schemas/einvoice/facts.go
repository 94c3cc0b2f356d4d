package einvoice

// Receiver is what electronic invoices ask of a customer.
type Receiver struct {
	// Endpoint is where it takes electronic invoices: a code of the list of electronic address schemes (EAS), a colon, and the
	// identifier, such as 0204:991-01234-44.
	Endpoint string `yaml:"endpoint,omitempty"`
	// Registration is its number in the company register.
	Registration string `yaml:"registration,omitempty"`
	// BuyerReference is the text by which the customer assigns invoices, such as a Leitweg-ID; an account may have its own.
	BuyerReference string `yaml:"buyer_reference,omitempty"`
	// Postal is its address in parts; without address it is printed, too.
	Postal *Address `yaml:"postal,omitempty"`
	// Paper says that the customer gets no electronic invoices, although we send some.
	Paper bool `yaml:"paper,omitempty"`
}

// Payer is what documents say of an account: by what the customer knows it, and why it pays no tax.
type Payer struct {
	// BuyerReference goes before the customer's. Order is the number of its purchase order, Contract that of the contract, and
	// CostCentre where the customer books the invoice.
	BuyerReference string `yaml:"buyer_reference,omitempty"`
	Order          string `yaml:"order,omitempty"`
	Contract       string `yaml:"contract,omitempty"`
	CostCentre     string `yaml:"cost_centre,omitempty"`
	// VATCategory is the code of an account without tax on electronic invoices, E without one; ExemptionCode is the reason as a code
	// of the list VATEX, beside tax_reason.
	VATCategory   Category `yaml:"vat_category,omitempty"`
	ExemptionCode string   `yaml:"exemption_code,omitempty"`
}

// Levy is what a rate of tax is on electronic invoices.
type Levy struct {
	// VATCategory is its code; without one, S of a rate above zero and Z of zero.
	VATCategory Category `yaml:"vat_category,omitempty"`
	// ExemptionReason and ExemptionCode say why there is no tax, in words and as a code of the list VATEX.
	ExemptionReason string `yaml:"exemption_reason,omitempty"`
	ExemptionCode   string `yaml:"exemption_code,omitempty"`
}

// UnitCode gives a unit of the book its code on electronic invoices.
type UnitCode struct {
	Unit string `yaml:"unit"`
	// Code is one of UN/ECE recommendation 20 or 21, such as HUR for hours.
	Code string `yaml:"code"`
}

// Category is a code of UNCL5305: how something is taxed.
type Category string

// The categories.
const (
	Standard       Category = "S"
	Zero           Category = "Z"
	Exempt         Category = "E"
	ReverseCharge  Category = "AE"
	IntraCommunity Category = "K"
	Export         Category = "G"
	OutOfScope     Category = "O"
	Canaries       Category = "L"
	Ceuta          Category = "M"
)

// Values lists what a book may say.
func (Category) Values() []string { return []string{"S", "Z", "E", "AE", "K", "G", "O", "L", "M"} }

// Taxed reports whether the category is one of which there is tax.
func (c Category) Taxed() bool { return c == Standard || c == Canaries || c == Ceuta }

// NeedsReason reports whether a document must say why there is no tax.
func (c Category) NeedsReason() bool { return !c.Taxed() && c != Zero }
