package document_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
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

// TestManyCustomers shows as many customers as a page bears, however many there are, and packs the others for its search.
func TestManyCustomers(t *testing.T) {
	few, large := earners(100), earners(100_000)
	page := string(few.HTML())
	for i := range 100 {
		if !strings.Contains(page, fmt.Sprintf(`<th scope="row">=Name <span class="soft">c%06d</span></th>`, i)) {
			t.Errorf("the page of 100 customers does not show number %d", i)
		}
	}
	for _, much := range []string{`id="customers-bands"`, "data-block="} {
		if strings.Contains(page, much) {
			t.Errorf("the page of 100 customers has %s", much)
		}
	}
	page = string(large.HTML())
	for _, want := range []string{
		"Together 4,999,950,000.00 EUR, the revenue of the headline.", `<td class="n">100,000</td><td class="n">`, "The 300 with the most revenue, of 100,000. A search finds each of them.",
		`href="customers.csv"`, `id="customers-bands"`, ">90,000</text>", ">August 2024</th>", "c099999", "The 300 customers that moved most since August 2024",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of 100,000 customers has no %q", want)
		}
	}
	if at, histogram := strings.Index(page, "c099999"), strings.Index(page, `id="customers-bands"`); histogram > at {
		t.Error("the page of 100,000 customers does not begin with how they are spread")
	}
	if len(page) > 3_000_000 {
		t.Errorf("the page of 100,000 customers has %d bytes", len(page))
	}
	if got := large.Earnings.Customers.Largest(2); got[0].Customer != "c099999" || got[1].Customer != "c099998" {
		t.Errorf("the largest are %+v", got)
	}
	if got := earners(5).Earnings.Customers.Movers(); len(got) != 4 || got[0].Customer != "c000000" {
		t.Errorf("the movers are %+v", got)
	}
}

// TestPacked unpacks what a page holds of all customers, as its script does: they come to the whole.
func TestPacked(t *testing.T) {
	for _, n := range []int{301, 1000, 120_000} {
		page := string(earners(n).HTML())
		_, block, _ := strings.Cut(page, `<pre hidden id="customers-packed">`)
		block, _, ok := strings.Cut(block, "</pre>")
		if !ok || len(block) > 2_000_000 {
			t.Fatalf("the page of %d customers packs %d bytes", n, len(block))
		}
		raw, err := base64.StdEncoding.DecodeString(block)
		must(t, err)
		text, err := io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
		must(t, err)
		lines := strings.Split(string(text), "\n")
		rows := min(n, 100_000)
		if want := fmt.Sprintf(`{"rows":%d,"places":2}`, rows); lines[0] != want || len(lines) != 6 {
			t.Fatalf("%d customers are packed as %s in %d lines, not as %s", n, lines[0], len(lines), want)
		}
		sum := money.Zero
		for minor := range strings.SplitSeq(lines[3], "\t") {
			sum = sum.Add(money.MustDecimal(minor))
		}
		left := n - rows // those with the least are left out, and said to be
		if want := money.NewDecimal(int64(n*(n-1)/2-left*(left-1)/2), 2); !sum.Equal(want) {
			t.Errorf("%d customers are packed with %s, not %s", n, sum, want)
		}
		if left > 0 != strings.Contains(page, "A search finds the 100,000 with the most revenue; all are in customers.csv.") {
			t.Errorf("the page of %d customers does not say rightly what it leaves out", n)
		}
	}
}

// TestCustomersSheet reads the workbook again: its rows sum to the whole, those left out among them, and so the sum below them says.
func TestCustomersSheet(t *testing.T) {
	for _, n := range []int{3, 7000} {
		body, err := earners(n).Workbook()
		must(t, err)
		f, err := excelize.OpenReader(bytes.NewReader(body))
		must(t, err)
		for _, sheet := range []string{"Customers", "Accounts"} {
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			must(t, err)
			at, sum, said := slices.Index(rows[0], "Revenue"), money.Zero, money.Zero
			for i, row := range rows[1:] {
				switch {
				case len(row) <= at:
				case row[0] == "Sum of the rows shown":
					said = money.MustDecimal(row[at])
					column, err := excelize.ColumnNumberToName(at + 1)
					must(t, err)
					formula, err := f.GetCellFormula(sheet, fmt.Sprintf("%s%d", column, i+2))
					must(t, err)
					if want := fmt.Sprintf("SUBTOTAL(109,%s2:%s%d)", column, column, i+1); formula != want {
						t.Errorf("the sheet %s of %d sums by %s, not %s", sheet, n, formula, want)
					}
				default:
					sum = sum.Add(money.MustDecimal(row[at]))
				}
			}
			if want := money.NewDecimal(int64(n*(n-1)/2), 0); !sum.Equal(want) || !said.Equal(want) {
				t.Errorf("the sheet %s of %d sums to %s and says %s, not %s", sheet, n, sum, said, want)
			}
			if n > 5000 != (len(rows) == 5004) {
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
