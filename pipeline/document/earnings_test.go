package document_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"daybook/pipeline/document"
	"daybook/schemas"
	"daybook/schemas/money"
)

// earners are n customers with an account each: customer i earns i euros, and 3 the month before.
func earners(n int) *document.Report {
	r := &document.Report{Period: "2024-09", Currency: "EUR", Places: 2, Earnings: document.Earnings{
		Month: "2024-08", Known: true, Customers: document.Earners{Table: &schemas.Customers}, Accounts: document.Earners{Table: &schemas.Accounts},
	}}
	for k := range n {
		i := k * 7919 % n // in no order
		x := schemas.Earning{
			Period: "2024-09", Customer: fmt.Sprintf("c%06d", i), CustomerName: "=Name", Accounts: 1, Currency: "EUR", Month: "2024-08",
			Revenue: money.NewDecimal(int64(i), 0), Before: money.NewDecimal(3, 0), Change: money.NewDecimal(int64(i-3), 0), Charges: 1,
		}
		r.Earnings.Customers.Add(&x)
		x.Account, x.Accounts = schemas.AccountID(fmt.Sprintf("a%06d", i)), 0
		r.Earnings.Accounts.Add(&x)
		r.Revenue.Actual = r.Revenue.Actual.Add(x.Revenue)
	}
	return r
}

// TestManyCustomers shows as many customers as a page bears, however many there are, and sums over all of them.
func TestManyCustomers(t *testing.T) {
	small, large := earners(90), earners(100_000)
	page := string(small.HTML())
	for i := range 90 {
		if !strings.Contains(page, fmt.Sprintf(`<th scope="row">=Name <span class="soft">c%06d</span></th>`, i)) {
			t.Errorf("the page of 90 customers does not show number %d", i)
		}
	}
	if strings.Contains(page, "customers-bands") {
		t.Error("the page of 90 customers has a histogram")
	}
	page = string(large.HTML())
	for _, want := range []string{
		"Together 4,999,950,000.00 EUR, the revenue of the headline.", `<td class="n">100,000</td><td class="n">`, "The 20 customers with the most revenue, of 100,000.", "The next 80 customers",
		`href="customers.csv"`, `id="customers-bands-t"`, ">90,000</text>", `>August 2024</th>`, "c099999",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of 100,000 customers has no %q", want)
		}
	}
	if len(page) > 200_000 {
		t.Errorf("the page of 100,000 customers has %d bytes", len(page))
	}
	if got := large.Earnings.Customers.Largest(2); got[0].Customer != "c099999" || got[1].Customer != "c099998" {
		t.Errorf("the largest are %+v", got)
	}
	if got := earners(5).Earnings.Customers.Movers(); len(got) != 4 || got[0].Customer != "c000000" {
		t.Errorf("the movers are %+v", got)
	}
}

// TestCustomersSheet reads the workbook again: its rows sum to the whole, those left out among them.
func TestCustomersSheet(t *testing.T) {
	for _, n := range []int{3, 7000} {
		body, err := earners(n).Workbook()
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range []string{"Customers", "Accounts"} {
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			at, sum := slices.Index(rows[0], "Revenue"), money.Zero
			for _, row := range rows[1:] {
				if len(row) > at {
					sum = sum.Add(money.MustDecimal(row[at]))
				}
			}
			if want := money.NewDecimal(int64(n*(n-1)/2), 0); !sum.Equal(want) {
				t.Errorf("the sheet %s of %d sums to %s, not %s", sheet, n, sum, want)
			}
			if n > 5000 != (len(rows) == 5003) {
				t.Errorf("the sheet %s of %d has %d rows", sheet, n, len(rows))
			}
		}
	}
}

// TestFeedsBehind names the feeds that lack data.
func TestFeedsBehind(t *testing.T) {
	through := day("2024-09-10")
	for _, x := range []struct {
		feeds []document.Feed
		want  string
	}{
		{nil, ""},
		{[]document.Feed{{"a", through, schemas.EveryDay}, {"idle", schemas.Date{}, ""}}, ""},
		{
			[]document.Feed{{"a", day("2024-09-03"), ""}, {"b", schemas.Date{}, schemas.EveryMonth}, {"c", schemas.Date{}, schemas.EveryDay}},
			" Some feeds are behind: a through 2024-09-03. There is no data yet from b, c.",
		},
	} {
		if got := document.FeedsBehind(x.feeds, through); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}
