package ubl

import "encoding/xml"

// The elements of UBL that EN 16931 binds, in the order of the schema. Names in the tags are as the schema writes them: Go's
// encoder takes a prefix for a part of the name.

// document is an Invoice or a CreditNote.
type document struct {
	XMLName        xml.Name
	Xmlns          string       `xml:"xmlns,attr"`
	Cac            string       `xml:"xmlns:cac,attr"`
	Cbc            string       `xml:"xmlns:cbc,attr"`
	Customization  string       `xml:"cbc:CustomizationID"`
	Profile        string       `xml:"cbc:ProfileID,omitempty"`
	ID             string       `xml:"cbc:ID"`
	IssueDate      string       `xml:"cbc:IssueDate"`
	DueDate        string       `xml:"cbc:DueDate,omitempty"`
	InvoiceType    string       `xml:"cbc:InvoiceTypeCode,omitempty"`
	CreditNoteType string       `xml:"cbc:CreditNoteTypeCode,omitempty"`
	Note           string       `xml:"cbc:Note,omitempty"`
	Currency       string       `xml:"cbc:DocumentCurrencyCode"`
	TaxCurrency    string       `xml:"cbc:TaxCurrencyCode,omitempty"`
	AccountingCost string       `xml:"cbc:AccountingCost,omitempty"`
	BuyerReference string       `xml:"cbc:BuyerReference,omitempty"`
	Period         *period      `xml:"cac:InvoicePeriod"`
	Order          *identified  `xml:"cac:OrderReference"`
	Billing        []billing    `xml:"cac:BillingReference"`
	Contract       *identified  `xml:"cac:ContractDocumentReference"`
	Supplier       partyOf      `xml:"cac:AccountingSupplierParty"`
	Customer       partyOf      `xml:"cac:AccountingCustomerParty"`
	Delivery       *delivery    `xml:"cac:Delivery"`
	Means          []means      `xml:"cac:PaymentMeans"`
	Conditions     *note        `xml:"cac:PaymentTerms"`
	Adjustments    []adjustment `xml:"cac:AllowanceCharge"`
	Taxes          []taxTotal   `xml:"cac:TaxTotal"`
	Total          total        `xml:"cac:LegalMonetaryTotal"`
	Lines          []line       `xml:"cac:InvoiceLine"`
	Credits        []line       `xml:"cac:CreditNoteLine"`
}

type amount struct {
	Currency string `xml:"currencyID,attr"`
	Value    string `xml:",chardata"`
}

type measure struct {
	Unit  string `xml:"unitCode,attr"`
	Value string `xml:",chardata"`
}

type scheme struct {
	Scheme string `xml:"schemeID,attr"`
	Value  string `xml:",chardata"`
}

type identified struct {
	ID string `xml:"cbc:ID"`
}

type note struct {
	Note string `xml:"cbc:Note"`
}

type period struct {
	Start string `xml:"cbc:StartDate"`
	End   string `xml:"cbc:EndDate"`
}

type billing struct {
	Document dated `xml:"cac:InvoiceDocumentReference"`
}

type dated struct {
	ID     string `xml:"cbc:ID"`
	Issued string `xml:"cbc:IssueDate,omitempty"`
}

type delivery struct {
	Country string `xml:"cac:DeliveryLocation>cac:Address>cac:Country>cbc:IdentificationCode"`
}

type partyOf struct {
	Party partyBody `xml:"cac:Party"`
}

type partyBody struct {
	Endpoint       *scheme     `xml:"cbc:EndpointID"`
	Identification *identified `xml:"cac:PartyIdentification"`
	Name           *string     `xml:"cac:PartyName>cbc:Name"`
	Address        *postal     `xml:"cac:PostalAddress"`
	Tax            []taxScheme `xml:"cac:PartyTaxScheme"`
	Legal          legal       `xml:"cac:PartyLegalEntity"`
	Contact        *contact    `xml:"cac:Contact"`
}

type postal struct {
	Street  string  `xml:"cbc:StreetName,omitempty"`
	More    string  `xml:"cbc:AdditionalStreetName,omitempty"`
	City    string  `xml:"cbc:CityName,omitempty"`
	Code    string  `xml:"cbc:PostalZone,omitempty"`
	Region  string  `xml:"cbc:CountrySubentity,omitempty"`
	Line    *string `xml:"cac:AddressLine>cbc:Line"`
	Country string  `xml:"cac:Country>cbc:IdentificationCode"`
}

type taxScheme struct {
	Company string `xml:"cbc:CompanyID"`
	Scheme  string `xml:"cac:TaxScheme>cbc:ID"`
}

type legal struct {
	Name    string `xml:"cbc:RegistrationName"`
	Company string `xml:"cbc:CompanyID,omitempty"`
}

type contact struct {
	Name  string `xml:"cbc:Name,omitempty"`
	Phone string `xml:"cbc:Telephone,omitempty"`
	Email string `xml:"cbc:ElectronicMail,omitempty"`
}

type means struct {
	Code    string   `xml:"cbc:PaymentMeansCode"`
	Due     string   `xml:"cbc:PaymentDueDate,omitempty"`
	ID      string   `xml:"cbc:PaymentID,omitempty"`
	Account *account `xml:"cac:PayeeFinancialAccount"`
}

type account struct {
	ID     string  `xml:"cbc:ID"`
	Name   string  `xml:"cbc:Name,omitempty"`
	Branch *string `xml:"cac:FinancialInstitutionBranch>cbc:ID"`
}

type taxCategory struct {
	ID      string  `xml:"cbc:ID"`
	Percent *string `xml:"cbc:Percent"`
	Code    string  `xml:"cbc:TaxExemptionReasonCode,omitempty"`
	Reason  string  `xml:"cbc:TaxExemptionReason,omitempty"`
	Scheme  string  `xml:"cac:TaxScheme>cbc:ID"`
}

// adjustment is an allowance or charge on the whole.
type adjustment struct {
	Charge   bool        `xml:"cbc:ChargeIndicator"`
	Reason   string      `xml:"cbc:AllowanceChargeReason"`
	Amount   amount      `xml:"cbc:Amount"`
	Category taxCategory `xml:"cac:TaxCategory"`
}

// reduction is an allowance or charge on a line.
type reduction struct {
	Charge  bool    `xml:"cbc:ChargeIndicator"`
	Reason  string  `xml:"cbc:AllowanceChargeReason"`
	Percent *string `xml:"cbc:MultiplierFactorNumeric"`
	Amount  amount  `xml:"cbc:Amount"`
	Base    *amount `xml:"cbc:BaseAmount"`
}

type taxTotal struct {
	Amount amount     `xml:"cbc:TaxAmount"`
	Rows   []subtotal `xml:"cac:TaxSubtotal"`
}

type subtotal struct {
	Base     amount      `xml:"cbc:TaxableAmount"`
	Tax      amount      `xml:"cbc:TaxAmount"`
	Category taxCategory `xml:"cac:TaxCategory"`
}

type total struct {
	Lines      amount  `xml:"cbc:LineExtensionAmount"`
	Net        amount  `xml:"cbc:TaxExclusiveAmount"`
	Gross      amount  `xml:"cbc:TaxInclusiveAmount"`
	Allowances *amount `xml:"cbc:AllowanceTotalAmount"`
	Charges    *amount `xml:"cbc:ChargeTotalAmount"`
	Paid       *amount `xml:"cbc:PrepaidAmount"`
	Rounding   *amount `xml:"cbc:PayableRoundingAmount"`
	Due        amount  `xml:"cbc:PayableAmount"`
}

type line struct {
	ID         string      `xml:"cbc:ID"`
	Invoiced   *measure    `xml:"cbc:InvoicedQuantity"`
	Credited   *measure    `xml:"cbc:CreditedQuantity"`
	Amount     amount      `xml:"cbc:LineExtensionAmount"`
	Period     *period     `xml:"cac:InvoicePeriod"`
	Reductions []reduction `xml:"cac:AllowanceCharge"`
	Item       item        `xml:"cac:Item"`
	Price      price       `xml:"cac:Price"`
}

type item struct {
	Description string      `xml:"cbc:Description,omitempty"`
	Name        string      `xml:"cbc:Name"`
	Category    taxCategory `xml:"cac:ClassifiedTaxCategory"`
}

type price struct {
	Amount amount   `xml:"cbc:PriceAmount"`
	Per    *measure `xml:"cbc:BaseQuantity"`
}
