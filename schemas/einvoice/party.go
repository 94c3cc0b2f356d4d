package einvoice

import "daybook/schemas/money"

// Party is who sells or buys.
type Party struct {
	Name         string
	LegalName    string
	Address      []string
	TaxID        string
	Registration string
	// Endpoint is where it sends or takes electronic invoices, and Postal its address in parts, where it is known so.
	Endpoint string
	Postal   *Address
	// Contact is whom to ask.
	Contact string
	Email   string
	Phone   string
	Website string
}

// Address is a postal address.
type Address struct {
	Street []string `yaml:"street,omitempty"`
	// PostalCode is text: it may begin with a zero.
	PostalCode string `yaml:"postal_code,omitempty"`
	City       string `yaml:"city,omitempty"`
	// Region is the state or province where addresses need one.
	Region string `yaml:"region,omitempty"`
	// Country is the ISO 3166 code of two letters, such as DE.
	Country string `yaml:"country"`
}

// Lines are the lines of the address, as people write it.
func (a *Address) Lines() []string {
	lines := append([]string{}, a.Street...)
	for _, line := range []string{a.PostalCode + " " + a.City, a.Region, a.Country} {
		if line != "" && line != " " {
			lines = append(lines, line)
		}
	}
	return lines
}

// Contact is whom to ask.
type Contact struct {
	Name    string `yaml:"name,omitempty"`
	Email   string `yaml:"email,omitempty"`
	Phone   string `yaml:"phone,omitempty"`
	Website string `yaml:"website,omitempty"`
}

// BankAccount is where customers pay an invoice.
type BankAccount struct {
	// Currency is that of the invoices that name the account; empty is on all of them.
	Currency money.Currency `yaml:"currency,omitempty"`
	Holder   string         `yaml:"holder,omitempty"`
	IBAN     string         `yaml:"iban"`
	BIC      string         `yaml:"bic,omitempty"`
}
