package peers_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/document/peers"
	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
	"daybook/schemas/peeruse"
	"daybook/schemas/service"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func dec(s string) money.Decimal { return money.MustDecimal(s) }

// page is one with all of its parts.
func page() *peers.Page {
	day := func(n int) schemas.Date { return schemas.NewDate(2024, 9, n) }
	strip := peers.Strip{Service: "Compute", Region: "eu-1"}
	for n := 1; n <= 30; n++ {
		strip.Days = append(strip.Days, peers.Day{Day: day(n)})
	}
	strip.Fill(day(28))
	strip.Note(time.Date(2024, 9, 12, 14, 0, 0, 0, time.UTC), peers.Down)
	strip.Note(time.Date(2024, 9, 12, 15, 0, 0, 0, time.UTC), peers.Degraded)
	strip.Note(time.Date(2024, 8, 12, 15, 0, 0, 0, time.UTC), peers.Down) // in no day of it
	target := dec("99.9")
	result := service.SLARow{State: service.ClaimOpen, Promise: "p"}
	result.SLA, result.Version, result.Peer, result.Target, result.Status = "compute", "2024-01", "cumulus", &target, "breached"
	result.Service, result.Region = "Compute", "eu-1"
	result.Least.UptimePercent, result.Least.Credit, result.Base, result.Currency = dec("99.79"), dec("120.5"), dec("1205"), "EUR"
	result.Coverage, result.ClaimBy = money.Ratio{Num: dec("96.77"), Den: money.One}, time.Date(2024, 10, 31, 0, 0, 0, 0, time.UTC)
	budget := &schemas.Budget{ID: "cumulus-all", Amount: dec("15000"), Currency: "EUR"}
	fixed, err := money.FixedFromDecimal(dec("1830.4"))
	if err != nil {
		panic(err)
	}
	return &peers.Page{
		Provider: "Nordlicht Cloud", Peer: "cumulus", Name: "Cumulus <AG>", Period: "2024-09", Run: "3f9a0c1e5d7b", Command: "daybook explain . {} --run 3f9a0c1e",
		Zone: time.UTC,
		Matches: []schemas.PeerMatch{
			{ID: "2024-09/cumulus/Compute/a", Peer: "cumulus", Contract: "c1", Service: "Compute", SKU: "a", Basis: schemas.BasisMeter, Status: schemas.Overbilled, Metered: dec("100"), Billed: dec("110"), Unit: "Hours", Expected: dec("1000"), Actual: dec("1100"), Currency: "EUR", Difference: dec("100"), QuantityPart: dec("100")},
			{ID: "2024-09/cumulus/Egress/b", Peer: "cumulus", Service: "Egress", SKU: "b", Status: schemas.Unmatched, Billed: dec("5"), Unit: "GB", Actual: dec("50"), Currency: "USD", Difference: dec("50")},
			{ID: "2024-09/cumulus/Disks/c", Peer: "cumulus", Contract: "c2", Service: "Disks", Status: schemas.Unbilled, Metered: dec("5"), Unit: "GB", Expected: dec("7.5"), Currency: "USD", Difference: dec("-7.5")},
		},
		Bills: []peerbill.Bill{{
			Period: "2024-09", Peer: "cumulus", Contract: "c1", BilledCurrency: "EUR", Billed: dec("1100"), Currency: "EUR", Actual: dec("1100"), Expected: dec("1000"),
			SafeToPay: dec("1000"), Withheld: dec("100"), Accrued: dec("12.25"), Discrepancies: 1,
		}},
		Invoices: []peerbill.Invoice{{Period: "2024-09", Peer: "cumulus", Number: "=R-1", Currency: "EUR", Issued: day(30), Invoiced: dec("1100"), Lines: 1, Detail: dec("1100"), DetailRows: 40}},
		Exceptions: []peerbill.Discrepancy{{
			ID: "x", Class: peerbill.OverUsage, Service: "Compute", SKU: "a", Account: "acme", Day: day(3), Expected: dec("1000"), Actual: dec("1100"), Currency: "EUR", Amount: dec("100"),
			UsageEffect: dec("100"), Reached: peerbill.ReachedCustomer, Draft: "acme, EUR", ReachedAmount: dec("120"), ReachedCurrency: "EUR",
		}},
		Nets: []intercloud.Net{{
			ID: "2024-09/peering/cumulus/us/EUR/2024-10-31", Agreement: "peering", Pattern: "peering", Party: "cumulus", Counterparty: "us", Currency: "EUR",
			Due: schemas.NewDate(2024, 10, 31), Receivable: dec("300"), Payable: dec("120.5"), Netted: dec("120.5"), Receives: dec("179.5"), Provisional: true,
		}},
		Disputes: []dispute.Standing{
			{ID: "d-1", Bill: "2024-08", Contract: "c1", State: dispute.PartlyAccepted, Currency: "EUR", Claimed: dec("90"), Accepted: dec("40"), Open: dec("50"), Credited: dec("40"), By: "kim", Reason: "over-usage <b>", AnswerBy: day(30), CreditBy: day(29)},
			{ID: "2024-09/cumulus/c1", Bill: "2024-09", Contract: "c1", State: dispute.Detected, Currency: "EUR", Detected: dec("100"), Unraised: dec("100"), RaiseBy: schemas.NewDate(2024, 10, 30)},
		},
		Debts: []intercloud.Settlement{{ID: "2024-09/peering/cumulus/us/charges//EUR/netted", Agreement: "peering", From: "cumulus", To: "us", Basis: intercloud.ChargedByUs, Amount: dec("300"), Currency: "EUR", Due: schemas.NewDate(2024, 10, 31), Standing: intercloud.OtherCurrency, Rows: 3}},
		Choices: []intercloud.Choice{
			{ID: "2024-09/best/cumulus/vm/comparable", Agreement: "best", Peer: "cumulus", Good: "vm", Status: "comparable", Quantity: dec("720"), Unit: "Hours", Billed: dec("80"), Cost: dec("60"), Total: dec("60"), Saving: dec("20"), Currency: "EUR", Best: true, Hypothetical: true},
			{ID: "2024-09/best/cumulus/gpu/not_comparable", Agreement: "best", Peer: "cumulus", Good: "gpu", Status: intercloud.NotComparable, Reason: "no rate", Currency: "EUR"},
		},
		AllExceptions: 7,
		Claims:        true,
		Promises:      []service.SLARow{result},
		Credits:       []service.SLACreditRow{{Of: "2024-08", Service: "Compute", Currency: "EUR", Expected: dec("10"), Missing: dec("10"), Status: service.CreditMissing}},
		Strips:        []peers.Strip{strip},
		Use:           []peeruse.Use{{Service: "Compute", User: "team <a>", Customer: "acme", Billed: fixed, Currency: "EUR", Rows: 3}},
		Budgets:       []peeruse.BudgetLine{{Budget: budget, Threshold: dec("50"), Through: day(28), Actual: dec("8000"), Forecast: dec("16000"), ActualOn: day(20), ForecastOn: day(15)}},
	}
}

// TestPage compares the page with its golden.
func TestPage(t *testing.T) {
	got, file := page().HTML(), filepath.Join("testdata", "peer.html")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("the page differs from %s; look at it with -update", file)
	}
}

// TestVerdict says what to pay by currency: contracts in detail by their bills, others by their lines.
func TestVerdict(t *testing.T) {
	html := string(page().HTML())
	for _, want := range []string{
		"<h1>Pay 1,000.00 EUR of 1,100.00 EUR, dispute 100.00 EUR, accrue 12.25 EUR.</h1>", "<h1>Pay 0.00 USD of 50.00 USD, dispute 50.00 USD, accrue 7.50 USD.</h1>",
		"2024-09-12 14:00 down, 2024-09-12 15:00 partly down.", "6 rows more in discrepancies.csv.",
		`<a href="../disputes/cumulus.csv">disputes/cumulus.csv</a>`, "<td class=\"m\">partly accepted</td>", "over-usage &lt;b&gt;", `<td class="n good">+20.00</td>`, `id="d-1"`, "other currency</td>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	none := &peers.Page{Name: "Cumulus", Period: "2024-09", Zone: time.UTC}
	if got := string(none.HTML()); !strings.Contains(got, "<h1>No bill of Cumulus has come.</h1>") || strings.Contains(got, "<section") {
		t.Errorf("the page of a peer without anything is %s", got)
	}
}
