package cii

import "encoding/xml"

// The elements of CII that EN 16931 binds, in the order of the schema. Names in the tags are as the schema writes them: Go's
// encoder takes a prefix for a part of the name.

type document struct {
	XMLName xml.Name    `xml:"rsm:CrossIndustryInvoice"`
	Rsm     string      `xml:"xmlns:rsm,attr"`
	RAM     string      `xml:"xmlns:ram,attr"`
	Qdt     string      `xml:"xmlns:qdt,attr"`
	Udt     string      `xml:"xmlns:udt,attr"`
	Context context     `xml:"rsm:ExchangedDocumentContext"`
	Header  header      `xml:"rsm:ExchangedDocument"`
	Trade   transaction `xml:"rsm:SupplyChainTradeTransaction"`
}

type context struct {
	Process       *identified `xml:"ram:BusinessProcessSpecifiedDocumentContextParameter"`
	Specification identified  `xml:"ram:GuidelineSpecifiedDocumentContextParameter"`
}

type identified struct {
	ID string `xml:"ram:ID"`
}

type header struct {
	ID     string `xml:"ram:ID"`
	Type   string `xml:"ram:TypeCode"`
	Issued day    `xml:"ram:IssueDateTime>udt:DateTimeString"`
	Note   *note  `xml:"ram:IncludedNote"`
}

type note struct {
	Content string `xml:"ram:Content"`
}

// day is a date in the format 102, YYYYMMDD.
type day struct {
	Format string `xml:"format,attr"`
	Value  string `xml:",chardata"`
}

type transaction struct {
	Lines      []line     `xml:"ram:IncludedSupplyChainTradeLineItem"`
	Agreement  agreement  `xml:"ram:ApplicableHeaderTradeAgreement"`
	Delivery   delivery   `xml:"ram:ApplicableHeaderTradeDelivery"`
	Settlement settlement `xml:"ram:ApplicableHeaderTradeSettlement"`
}

type line struct {
	ID         string         `xml:"ram:AssociatedDocumentLineDocument>ram:LineID"`
	Product    product        `xml:"ram:SpecifiedTradeProduct"`
	Price      price          `xml:"ram:SpecifiedLineTradeAgreement>ram:NetPriceProductTradePrice"`
	Quantity   measure        `xml:"ram:SpecifiedLineTradeDelivery>ram:BilledQuantity"`
	Settlement lineSettlement `xml:"ram:SpecifiedLineTradeSettlement"`
}

type product struct {
	Name        string `xml:"ram:Name"`
	Description string `xml:"ram:Description,omitempty"`
}

type price struct {
	Amount string   `xml:"ram:ChargeAmount"`
	Per    *measure `xml:"ram:BasisQuantity"`
}

type measure struct {
	Unit  string `xml:"unitCode,attr"`
	Value string `xml:",chardata"`
}

type lineSettlement struct {
	Tax        tax         `xml:"ram:ApplicableTradeTax"`
	Period     *period     `xml:"ram:BillingSpecifiedPeriod"`
	Reductions []reduction `xml:"ram:SpecifiedTradeAllowanceCharge"`
	Total      string      `xml:"ram:SpecifiedTradeSettlementLineMonetarySummation>ram:LineTotalAmount"`
}

// tax is a rate, and in the breakdown what it comes to.
type tax struct {
	Amount   *string `xml:"ram:CalculatedAmount"`
	Type     string  `xml:"ram:TypeCode"`
	Reason   string  `xml:"ram:ExemptionReason,omitempty"`
	Base     *string `xml:"ram:BasisAmount"`
	Category string  `xml:"ram:CategoryCode"`
	Code     string  `xml:"ram:ExemptionReasonCode,omitempty"`
	Percent  *string `xml:"ram:RateApplicablePercent"`
}

type period struct {
	Start day `xml:"ram:StartDateTime>udt:DateTimeString"`
	End   day `xml:"ram:EndDateTime>udt:DateTimeString"`
}

// reduction is an allowance or charge, on a line or on the whole.
type reduction struct {
	Charge  bool    `xml:"ram:ChargeIndicator>udt:Indicator"`
	Percent *string `xml:"ram:CalculationPercent"`
	Base    *string `xml:"ram:BasisAmount"`
	Amount  string  `xml:"ram:ActualAmount"`
	Reason  string  `xml:"ram:Reason"`
	Tax     *tax    `xml:"ram:CategoryTradeTax"`
}

type agreement struct {
	BuyerReference string    `xml:"ram:BuyerReference,omitempty"`
	Seller         party     `xml:"ram:SellerTradeParty"`
	Buyer          party     `xml:"ram:BuyerTradeParty"`
	Order          *numbered `xml:"ram:BuyerOrderReferencedDocument"`
	Contract       *numbered `xml:"ram:ContractReferencedDocument"`
}

type numbered struct {
	ID     string     `xml:"ram:IssuerAssignedID"`
	Issued *qualified `xml:"ram:FormattedIssueDateTime"`
}

type qualified struct {
	Day day `xml:"qdt:DateTimeString"`
}

type party struct {
	ID           string   `xml:"ram:ID,omitempty"`
	Name         string   `xml:"ram:Name"`
	Organization *legal   `xml:"ram:SpecifiedLegalOrganization"`
	Contact      *contact `xml:"ram:DefinedTradeContact"`
	Address      *postal  `xml:"ram:PostalTradeAddress"`
	Endpoint     *scheme  `xml:"ram:URIUniversalCommunication>ram:URIID"`
	Taxes        []taxID  `xml:"ram:SpecifiedTaxRegistration"`
}

type taxID struct {
	ID scheme `xml:"ram:ID"`
}

type legal struct {
	ID   string `xml:"ram:ID,omitempty"`
	Name string `xml:"ram:TradingBusinessName,omitempty"`
}

type contact struct {
	Name  string  `xml:"ram:PersonName,omitempty"`
	Phone *string `xml:"ram:TelephoneUniversalCommunication>ram:CompleteNumber"`
	Email *string `xml:"ram:EmailURIUniversalCommunication>ram:URIID"`
}

type postal struct {
	Code    string `xml:"ram:PostcodeCode,omitempty"`
	One     string `xml:"ram:LineOne,omitempty"`
	Two     string `xml:"ram:LineTwo,omitempty"`
	Three   string `xml:"ram:LineThree,omitempty"`
	City    string `xml:"ram:CityName,omitempty"`
	Country string `xml:"ram:CountryID"`
	Region  string `xml:"ram:CountrySubDivisionName,omitempty"`
}

type scheme struct {
	Scheme string `xml:"schemeID,attr"`
	Value  string `xml:",chardata"`
}

type delivery struct {
	To *shipTo `xml:"ram:ShipToTradeParty"`
}

type shipTo struct {
	Address postal `xml:"ram:PostalTradeAddress"`
}

type settlement struct {
	Reference   string      `xml:"ram:PaymentReference,omitempty"`
	TaxCurrency string      `xml:"ram:TaxCurrencyCode,omitempty"`
	Currency    string      `xml:"ram:InvoiceCurrencyCode"`
	Means       []means     `xml:"ram:SpecifiedTradeSettlementPaymentMeans"`
	Taxes       []tax       `xml:"ram:ApplicableTradeTax"`
	Period      period      `xml:"ram:BillingSpecifiedPeriod"`
	Adjustments []reduction `xml:"ram:SpecifiedTradeAllowanceCharge"`
	Conditions  *conditions `xml:"ram:SpecifiedTradePaymentTerms"`
	Total       total       `xml:"ram:SpecifiedTradeSettlementHeaderMonetarySummation"`
	Preceding   []numbered  `xml:"ram:InvoiceReferencedDocument"`
	CostCentre  *identified `xml:"ram:ReceivableSpecifiedTradeAccountingAccount"`
}

type means struct {
	Code    string   `xml:"ram:TypeCode"`
	Account *account `xml:"ram:PayeePartyCreditorFinancialAccount"`
	Bank    *string  `xml:"ram:PayeeSpecifiedCreditorFinancialInstitution>ram:BICID"`
}

type account struct {
	IBAN string `xml:"ram:IBANID"`
	Name string `xml:"ram:AccountName,omitempty"`
}

type conditions struct {
	Text string `xml:"ram:Description,omitempty"`
	Due  *day   `xml:"ram:DueDateDateTime>udt:DateTimeString"`
}

type total struct {
	Lines      string   `xml:"ram:LineTotalAmount"`
	Charges    *string  `xml:"ram:ChargeTotalAmount"`
	Allowances *string  `xml:"ram:AllowanceTotalAmount"`
	Net        string   `xml:"ram:TaxBasisTotalAmount"`
	Tax        []amount `xml:"ram:TaxTotalAmount"`
	Rounding   *string  `xml:"ram:RoundingAmount"`
	Gross      string   `xml:"ram:GrandTotalAmount"`
	Paid       *string  `xml:"ram:TotalPrepaidAmount"`
	Due        string   `xml:"ram:DuePayableAmount"`
}

type amount struct {
	Currency string `xml:"currencyID,attr"`
	Value    string `xml:",chardata"`
}
