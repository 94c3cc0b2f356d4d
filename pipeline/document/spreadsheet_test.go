package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// cached is the value of a formula that the workbook has beside it.
var cached = regexp.MustCompile(`</f><v>[^<]*</v>`)

// TestInSpreadsheet opens the workbook in LibreOffice, where that is installed, without the values of its formulas: what it computes of
// them is what the workbook shows.
func TestInSpreadsheet(t *testing.T) {
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("no LibreOffice is installed")
	}
	r, many := report(), earners(300)
	r.Earnings = many.Earnings
	book, err := r.Workbook()
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "shown.xlsx"), book, 0o600))
	bare, formulas := withoutValues(t, book)
	must(t, os.WriteFile(filepath.Join(dir, "computed.xlsx"), bare, 0o600))
	if formulas < 20 {
		t.Fatalf("the workbook has %d formulas", formulas)
	}
	const everySheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
	cmd := exec.CommandContext(t.Context(), "soffice", "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", everySheet, "--outdir", dir,
		filepath.Join(dir, "shown.xlsx"), filepath.Join(dir, "computed.xlsx"))
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	shown, err := filepath.Glob(filepath.Join(dir, "shown-*.csv"))
	must(t, err)
	if len(shown) < 8 {
		t.Fatalf("it has %d sheets", len(shown))
	}
	for _, name := range shown {
		want, err := os.ReadFile(name)
		must(t, err)
		got, err := os.ReadFile(strings.Replace(name, "shown-", "computed-", 1))
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s is computed otherwise: %s", filepath.Base(name), firstDifference(got, want))
		}
	}
	customers, err := os.ReadFile(filepath.Join(dir, "computed-Customers.csv"))
	must(t, err)
	rows, err := csv.NewReader(bytes.NewReader(customers)).ReadAll()
	must(t, err)
	revenue := slices.Index(rows[0], "Revenue")
	if got, want := rows[len(rows)-1][revenue], r.Earnings.Customers.Revenue; !dec(got).Equal(want) {
		t.Errorf("the sum of customers is %s in the spreadsheet, and %s in the report", got, want)
	}
}

// withoutValues is a workbook whose formulas have no values, and how many there are.
func withoutValues(t *testing.T, book []byte) (out []byte, formulas int) {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	var buffer bytes.Buffer
	to := zip.NewWriter(&buffer)
	for _, f := range from.File {
		r, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		if strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			formulas += len(cached.FindAll(body, -1))
			body = cached.ReplaceAll(body, []byte("</f>"))
		}
		w, err := to.Create(f.Name)
		must(t, err)
		_, err = w.Write(body)
		must(t, err)
	}
	must(t, to.Close())
	return buffer.Bytes(), formulas
}
