package schemas

import "daybook/schemas/money"

// Earning is what an account earns us in a period, beside the month before, or what a customer's accounts do together.
type Earning struct {
	Period Period
	// Customer is whose the account is; the names are those of the book. An account that the book has no more is of the customer
	// that it was of the month before.
	Customer     string
	CustomerName string
	// Account is empty, and Accounts counts them, where it is a customer.
	Account     AccountID
	AccountName string
	Accounts    int64
	// Currency is the provider's: that of every amount.
	Currency money.Currency
	// Revenue is what the charges come to that count by the last day with data, Coming what is charged for days to come and what
	// is to be judged at its end; of a month that is over that is nothing. Together they are what is charged for the month.
	Revenue money.Decimal
	Coming  money.Decimal
	// Cost is what peers charge us for it, as far as it has an exchange rate, and Margin what Revenue leaves of it.
	Cost   money.Decimal
	Margin money.Decimal
	// Shared is what a customer bears of the costs of our own use at peers, and Full what Margin leaves of it; nil where no peer's
	// costs are shared.
	Shared, Full *money.Decimal
	// Month is the period before, and Before the revenue that its run has; of no month, and nothing, where there is none that says
	// it. Change is Revenue - Before, and Percent that in a hundred of Before, nil where that is 0.
	Month   Period
	Before  money.Decimal
	Change  money.Decimal
	Percent *money.Decimal
	// Charges counts those of the period that earn revenue, and Unvalued those of them that no exchange rate makes part of it.
	Charges  int64
	Unvalued int64
}

// Positions of the columns of Customers, and of Accounts.
const (
	EarningBillingPeriod = iota
	EarningCustomerId
	EarningCustomerName
	EarningCurrency
	EarningRevenue
	EarningComing
	EarningCost
	EarningMargin
	EarningMonthBefore
	EarningRevenueBefore
	EarningChange
	EarningChangePercent
	EarningCharges
	EarningUnvalued
	// EarningAccounts and the two after it stand in Customers, the others in Accounts.
	EarningAccounts
	EarningShared
	EarningFull
	EarningCustomersEnd
	EarningAccountId   = EarningAccounts
	EarningAccountName = EarningAccountId + 1
	EarningAccountsEnd = EarningAccountName + 1
)

// earningColumns are those that both datasets have.
func earningColumns(more ...Column) []Column {
	return append([]Column{
		EarningBillingPeriod: {Name: "BillingPeriod", Type: Label, Required: true},
		EarningCustomerId:    {Name: "CustomerId", Type: Text, Required: true},
		EarningCustomerName:  {Name: "CustomerName", Type: Text},
		EarningCurrency:      {Name: "Currency", Type: Label, Required: true},
		EarningRevenue:       {Name: "Revenue", Type: Decimal, Required: true},
		EarningComing:        {Name: "Coming", Type: Decimal, Required: true},
		EarningCost:          {Name: "Cost", Type: Decimal},
		EarningMargin:        {Name: "Margin", Type: Decimal},
		EarningMonthBefore:   {Name: "MonthBefore", Type: Label},
		EarningRevenueBefore: {Name: "RevenueBefore", Type: Decimal},
		EarningChange:        {Name: "Change", Type: Decimal},
		EarningChangePercent: {Name: "ChangePercent", Type: Decimal},
		EarningCharges:       {Name: "Charges", Type: Integer, Required: true},
		EarningUnvalued:      {Name: "ChargesWithoutRate", Type: Integer, Required: true},
	}, more...)
}

// Customers is the dataset of revenue by customer beside the month before, sorted by customer. All are in it that have revenue
// in either. The sum of Revenue is the revenue of the report.
var Customers = Table{Name: "customers", Version: "3", Columns: earningColumns(
	Column{Name: "Accounts", Type: Integer, Required: true},
	Column{Name: "SharedCost", Type: Decimal}, Column{Name: "MarginAfterShared", Type: Decimal},
)}

// Accounts is the same by account, sorted by customer and account.
var Accounts = Table{
	Name: "accounts", Version: "2",
	Columns: earningColumns(Column{Name: "AccountId", Type: Text, Required: true}, Column{Name: "AccountName", Type: Text}),
}
