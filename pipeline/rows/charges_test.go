package rows

import (
	"fmt"
	"testing"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestChargesAfterTrim lays charges out whose neighbours share some texts and not others, and again after the writer has
// forgotten its dictionaries: every cell must hold the charge's own text.
func TestChargesAfterTrim(t *testing.T) {
	w := NewChargeWriter(&schemas.Provider{Name: "cloud", LegalName: "Cloud GmbH"})
	w.Period, w.Owners = "2024-09", map[schemas.AccountID]Owner{"a1": {"One", "c1", "retail"}, "a2": {"Two", "c1", ""}}
	list := []schemas.Charge{
		{Account: "a1", Currency: "EUR", Region: "north", Subscription: "s1", Service: "Compute"},
		{Account: "a1", Currency: "EUR", Region: "south", Service: "Storage"},
		{Account: "a1", Currency: "USD", Service: "Compute"},
		{Account: "a2", Currency: "USD", Region: "south", Subscription: "s2", Service: "Compute"},
		{Account: "a3", Currency: "USD", Region: "north", Subscription: "s2", Service: "Storage"},
		{Account: "a1", Currency: "USD", Region: "north", Subscription: "s1", Service: "Storage"},
	}
	for round := range 3 {
		w.Trim()
		for i := range list {
			c := list[(i+2*round)%len(list)]
			c.ID, c.Category, c.Description, c.Frequency = schemas.ChargeID(fmt.Sprint(i)), "Usage", "what it is for", "Usage-Based"
			c.Start, c.End = time.Unix(0, 0), time.Unix(1, 0)
			c.Value.Currency = "EUR"
			day := ""
			if i%3 > 0 { // of two days, after those without a rate
				c.Value.Known, c.Value.Rate, c.Value.Day = true, money.NewDecimal(int64(1+i%3), 0), schemas.NewDate(2024, 9, 1+i%3)
				day = c.Value.Day.String()
			}
			if err := w.Append(&c); err != nil {
				t.Fatal(err)
			}
			if err := w.Batch.EndRow(); err != nil {
				t.Fatal(err)
			}
			for col, want := range map[int]string{
				schemas.ChargeBillingAccountId: string(c.Account), schemas.ChargeBillingAccountName: w.Owners[c.Account].Name,
				schemas.ChargeCustomerId: w.Owners[c.Account].Customer, schemas.ChargeSegment: w.Owners[c.Account].Segment,
				schemas.ChargeDraftInvoiceId:  "2024-09-" + string(c.Account) + "-" + string(c.Currency),
				schemas.ChargeBillingCurrency: string(c.Currency), schemas.ChargeRegionId: c.Region, schemas.ChargeRegionName: c.Region,
				schemas.ChargeSubscriptionId: string(c.Subscription), schemas.ChargeServiceName: c.Service,
				schemas.ChargeProviderCurrency: "EUR", schemas.ChargeExchangeDay: day,
			} {
				got := ""
				if v := &w.Batch.Columns[col]; !v.IsNull(i) {
					got = string(v.TextAt(i))
				}
				if got != want {
					t.Errorf("round %d, charge %d: %s is %q, want %q", round, i, schemas.Charges.Columns[col].Name, got, want)
				}
			}
		}
		for i := range list {
			v := &w.Batch.Columns[schemas.ChargeExchangeRate]
			if known := i%3 > 0; v.IsNull(i) == known || known && !v.Decs[i].Decimal().Equal(money.NewDecimal(int64(1+i%3), 0)) {
				t.Errorf("round %d, charge %d has a rate of %v, null: %t", round, i, v.Decs[i], v.IsNull(i))
			}
		}
		for i := range mostForms + 1 { // more forms than are kept
			w.byFormula[fmt.Sprint(i)] = &codedForm{}
		}
	}
}
