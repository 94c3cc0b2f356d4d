package rating_test

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// duckQuery prices usage by graduated tiers: Σ over tiers of the part of the quantity in the tier × price + flat fee of
// every tier entered, the first always.
const duckQuery = `
import duckdb, sys
directory = sys.argv[1]
duckdb.sql(f"""
  create table usage as select * from read_csv('{directory}/usage.csv', columns={{'account':'VARCHAR','sku':'VARCHAR','quantity':'DECIMAL(18,6)'}}, header=true);
  create table tiers as select * from read_csv('{directory}/tiers.csv', columns={{'sku':'VARCHAR','low':'DECIMAL(18,6)','high':'DECIMAL(18,6)','price':'DECIMAL(18,12)','flat':'DECIMAL(18,2)'}}, header=true);
  copy (
    select account, sku, sum(greatest(least(q, high) - low, 0)::DECIMAL(18,6) * price + case when q > low or low = 0 then flat else 0 end) as amount
    from (select account, sku, sum(quantity)::DECIMAL(18,6) as q from usage group by all) join tiers using (sku)
    group by all order by all
  ) to '{directory}/amounts.csv' (header true);
""")
`

// TestAgainstDuckDB prices a million random rows over 200 random prices here and in SQL; both agree to the last digit.
// DAYBOOK_PYTHON names a python with duckdb; without one the test is skipped.
func TestAgainstDuckDB(t *testing.T) {
	python := os.Getenv("DAYBOOK_PYTHON")
	if python == "" {
		python = filepath.Join("..", "bench", "venv", "bin", "python")
	}
	if err := exec.Command(python, "-c", "import duckdb").Run(); err != nil {
		t.Skipf("no duckdb at %s: set DAYBOOK_PYTHON to a python that has it", python)
	}
	rows := 1_000_000
	if testing.Short() {
		rows = 100_000
	}
	dir := t.TempDir()
	got := rateRandom(t, dir, rows)
	command := exec.Command(python, "-c", duckQuery, dir)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("duckdb: %v\n%s", err, out)
	}
	compareAmounts(t, filepath.Join(dir, "amounts.csv"), got)
}

// rateRandom writes random usage and tiers into dir and returns the amount of each account and SKU.
func rateRandom(t *testing.T, dir string, rows int) map[string]money.Decimal {
	t.Helper()
	const prices, accounts = 200, 500
	r := random(11)
	c := schemas.Catalogue{Offerings: []schemas.Offering{{ID: "o", Name: "O"}}}
	var tiers strings.Builder
	tiers.WriteString("sku,low,high,price,flat\n")
	for i := range prices {
		id := fmt.Sprintf("sku%d", i)
		p := schemas.Price{ID: schemas.PriceID(id), Meter: schemas.MeterID(id), Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelGraduated}}
		low := money.Zero
		for k := range 1 + r.IntN(5) {
			tier := schemas.Tier{UnitPrice: money.NewDecimal(r.Int64N(pow(12)), -12), FlatFee: money.NewDecimal(r.Int64N(1000), -2)}
			high := low.Add(money.NewDecimal(1+r.Int64N(3_000_000), -3))
			if last := k == 4 || r.IntN(3) == 0; last {
				fmt.Fprintf(&tiers, "%s,%s,999999999999,%s,%s\n", id, low, tier.UnitPrice, tier.FlatFee)
				p.Terms.Tiers = append(p.Terms.Tiers, tier)
				break
			}
			tier.UpTo = &high
			fmt.Fprintf(&tiers, "%s,%s,%s,%s,%s\n", id, low, high, tier.UnitPrice, tier.FlatFee)
			p.Terms.Tiers = append(p.Terms.Tiers, tier)
			low = high
		}
		if n := len(p.Terms.Tiers); p.Terms.Tiers[n-1].UpTo != nil {
			tier := schemas.Tier{UnitPrice: *dec("0.5")}
			fmt.Fprintf(&tiers, "%s,%s,999999999999,0.5,0\n", id, low)
			p.Terms.Tiers = append(p.Terms.Tiers, tier)
		}
		c.Meters = append(c.Meters, schemas.Meter{ID: schemas.MeterID(id), SKUs: []schemas.SKU{schemas.SKU(id)}})
		c.Offerings[0].Prices = append(c.Offerings[0].Prices, p)
	}
	if err := os.WriteFile(filepath.Join(dir, "tiers.csv"), []byte(tiers.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "usage.csv"))
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	if _, err := out.WriteString("account,sku,quantity\n"); err != nil {
		t.Fatal(err)
	}
	customer := schemas.Customer{ID: "c"}
	for i := range accounts {
		customer.Accounts = append(customer.Accounts, schemas.Account{ID: schemas.AccountID(fmt.Sprintf("a%d", i)), Currency: "EUR", Subscriptions: []schemas.Subscription{{ID: "s", Offering: "o", Start: day("2024-01-01")}}})
	}
	plan, err := rating.Compile(rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{customer}}, rating.Spec{Period: "2024-09", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	got, tally, labels := map[string]money.Decimal{}, plan.NewTally(), make([]string, len(plan.Columns()))
	row := rating.Row{Start: time.Date(2024, 9, 3, 0, 0, 0, 0, time.UTC).UnixMicro()}
	for i := range accounts {
		id := customer.Accounts[i].ID
		tally.Begin(id)
		for range rows / accounts {
			sku := c.Meters[r.IntN(prices)].SKUs[0]
			quantity := money.NewDecimal(r.Int64N(50_000_000)-1_000_000, -6)
			if quantity.IsNegative() {
				quantity = money.Zero
			}
			fmt.Fprintf(out, "%s,%s,%s\n", id, sku, quantity)
			labels[3] = string(sku)
			if row.Quantity, err = money.FixedFromDecimal(quantity); err != nil {
				t.Fatal(err)
			}
			tally.Add(tally.Resolve(labels)[0], &row)
		}
		rated, err := plan.Rate(tally, rating.Carried{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range rated.Charges {
			got[string(id)+" "+string(x.Price)] = x.Exact
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return got
}

// compareAmounts compares with the amounts that the query wrote.
func compareAmounts(t *testing.T, name string, got map[string]money.Decimal) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records)-1 != len(got) {
		t.Fatalf("%d amounts there, %d here", len(records)-1, len(got))
	}
	for _, x := range records[1:] {
		want := money.MustDecimal(x[2])
		if have := got[x[0]+" "+x[1]]; !have.Equal(want) {
			t.Fatalf("%s %s: %s there, %s here", x[0], x[1], want, have)
		}
	}
	t.Logf("%d charges agree to the last digit", len(got))
}
