package emit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/pipeline/document"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

func fixed(cents int64) money.Fixed {
	v, err := money.FixedFromDecimal(money.NewDecimal(cents, -2))
	if err != nil {
		panic(err)
	}
	return v
}

// invoices are some that add up, with all that a line can have, and with texts that must be escaped.
func invoices(r *rand.Rand, n int) (out []schemas.Invoice) {
	texts := []string{"Compute", `"quoted" \ and`, "tab\tand \u2028, é \x01", "", `\\`, `},{"amount":"1"`}
	text := func() string { return texts[r.IntN(len(texts))] }
	for i := range n {
		inv := schemas.Invoice{
			Account: schemas.AccountID(fmt.Sprintf("ac-%d", i)), AccountName: text(), Currency: []money.Currency{"EUR", "USD"}[i%2], Places: 2, Period: "2024-09",
			Seller: &einvoice.Party{Name: text(), Address: []string{text(), text()}}, Provisional: r.IntN(2) == 0, PaymentDays: r.IntN(2) * 30, Notes: []string{text()},
		}
		total := int64(0)
		amount := func(into *money.Fixed) money.Fixed {
			cents := r.Int64N(1_000_000) - 200_000
			total += cents
			sum, err := into.Add(fixed(cents))
			if err != nil {
				panic(err)
			}
			*into = sum
			return fixed(cents)
		}
		for range r.IntN(5) {
			l := schemas.InvoiceLine{Charge: "c", Description: text(), Region: text(), Amount: amount(&inv.Net), Parts: []schemas.LinePart{}}
			if rest := l.Amount; r.IntN(3) > 0 {
				for range r.IntN(3) {
					p := schemas.LinePart{Text: text(), HasQuantity: true, Quantity: fixed(r.Int64N(1e9)), Unit: "GB", UnitPrice: fixed(7), Amount: fixed(r.Int64N(1000))}
					rest, _ = rest.Sub(p.Amount)
					l.Parts = append(l.Parts, p)
				}
				l.Parts = append(l.Parts, schemas.LinePart{Kind: schemas.PartRounding, Amount: rest, Factors: []schemas.PartFactor{{Text: text(), Times: fixed(3), Over: fixed(7)}}})
			}
			inv.Lines = append(inv.Lines, l)
		}
		for range r.IntN(3) {
			inv.Taxes = append(inv.Taxes, schemas.TaxRow{Charges: []schemas.ChargeID{"a", "b"}[:1+r.IntN(2)], Description: text(), Amount: amount(&inv.Tax)})
		}
		inv.Total = fixed(total)
		for range r.IntN(2) {
			inv.Applied = append(inv.Applied, schemas.AppliedRow{Charges: []schemas.ChargeID{"p"}, Description: text(), Amount: amount(&inv.Paid)})
		}
		inv.Due = fixed(total)
		out = append(out, inv)
	}
	return out
}

// generally counts invoices with the general reader of JSON.
func generally(text []byte) (t dataset.Totals, err error) {
	type line struct {
		Charges []string    `json:"charges"`
		Amount  money.Fixed `json:"amount"`
		Parts   []struct {
			Amount money.Fixed `json:"amount"`
		} `json:"parts"`
	}
	for text := range bytes.Lines(text) {
		var inv struct {
			Currency string `json:"currency"`
			Lines    []line `json:"lines"`
			Taxes    []line `json:"taxes"`
			Applied  []line `json:"applied"`
			Totals   struct {
				Net   money.Fixed `json:"net"`
				Tax   money.Fixed `json:"tax"`
				Total money.Fixed `json:"total"`
				Paid  money.Fixed `json:"paid"`
				Due   money.Fixed `json:"due"`
			} `json:"totals"`
		}
		if err := json.Unmarshal(text, &inv); err != nil {
			return t, err
		}
		var sums [3]money.Fixed
		for i, lines := range [][]line{inv.Lines, inv.Taxes, inv.Applied} {
			for _, l := range lines {
				var parts money.Fixed
				for _, p := range l.Parts {
					parts, _ = parts.Add(p.Amount)
				}
				if len(l.Parts) > 0 && parts != l.Amount {
					return t, run.ErrUnbalanced
				}
				t.Rows += int64(max(len(l.Charges), 1))
				sums[i], _ = sums[i].Add(l.Amount)
			}
		}
		total, _ := sums[0].Add(sums[1])
		due, _ := total.Add(sums[2])
		if want := [5]money.Fixed{sums[0], sums[1], total, sums[2], due}; want != [5]money.Fixed{inv.Totals.Net, inv.Totals.Tax, inv.Totals.Total, inv.Totals.Paid, inv.Totals.Due} {
			return t, run.ErrUnbalanced
		}
		if err := t.AddCost(inv.Currency, due); err != nil {
			return t, err
		}
	}
	return t, nil
}

// TestCountsAsAnyReaderDoes counts invoices as they are written, and then with bytes changed, lost, doubled or moved: what is counted
// is what the general reader of JSON counts, and what that refuses is refused.
func TestCountsAsAnyReaderDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	taken, refused := 0, 0
	for range effort.Count(t, 400, 40_000) {
		text := document.InvoicesJSON(nil, invoices(r, 1+r.IntN(3)))
		var have dataset.Totals
		if err := countLines(bytes.NewReader(text), &have); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		want, err := generally(text)
		if err != nil || have.Rows != want.Rows || have.Diff(want) != "" {
			t.Fatalf("counted %v, and another reader %v, %v:\n%s", have, want, err, text)
		}
		for range 8 {
			spoilt := spoil(r, text)
			have = dataset.Totals{}
			if err := countLines(bytes.NewReader(spoilt), &have); err != nil {
				refused++
				continue
			}
			taken++
			if want, err := generally(spoilt); err != nil || have.Rows != want.Rows || have.Diff(want) != "" {
				t.Fatalf("counted %v, and another reader %v, %v:\n%s", have, want, err, spoilt)
			}
		}
	}
	if taken == 0 || refused == 0 {
		t.Errorf("%d spoilt texts were taken and %d refused", taken, refused)
	}
}

// spoil changes a place of a text.
func spoil(r *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	at := r.IntN(len(out))
	end := min(len(out), at+1+r.IntN(12))
	switch r.IntN(5) {
	case 0: // no capitals: the general reader takes chargEs for charges, which JSON does not
		out[at] = "0123456789\"\\,:{}[] \x01e+.-abtrue"[r.IntN(30)]
	case 1:
		out = append(out[:at], out[end:]...)
	case 2:
		out = append(out[:end:end], text[at:]...)
	case 3: // a member once more
		members := strings.SplitAfter(string(text), ",")
		k := r.IntN(len(members))
		out = []byte(strings.Join(append(append(append([]string{}, members[:k]...), members[r.IntN(len(members))]), members[k:]...), ""))
	default:
		out = bytes.ReplaceAll(out, []byte(`"amount":`), []byte([]string{`"Amount":`, `"amount" :`, `"amoun\u0074":`}[r.IntN(3)]))
	}
	return out
}

// TestCountRefuses says of invoices that are not as they are written what is wrong with them.
func TestCountRefuses(t *testing.T) {
	const totals = `"totals":{"net":"1","tax":"0","total":"1","paid":"0","due":"1"}`
	for _, c := range []struct{ text, says string }{
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"}],` + totals + "}\n", ""},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"}],` + totals + `}`, "the last line has no end"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"}],"lines":[{"amount":"1"}],` + totals + "}\n", "twice"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"2","amount":"1"}],` + totals + "}\n", "twice"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"},{}],` + totals + "}\n", "no amount"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1","parts":[{}]}],` + totals + "}\n", "no amount"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1","parts":[{"amount":"2"}]}],` + totals + "}\n", "line 1 says 1, and its parts sum to 2"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1x"}],` + totals + "}\n", "not a decimal number"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"2"}],` + totals + "}\n", "account a in EUR: " + run.ErrUnbalanced.Error() + ": it says net 1, and its lines sum to 2"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"}],` + totals + "}}\n", "not as invoices are written"},
		{`{"account":"a","currency":"EUR","lines":[{"amount":"1"}]` + "}\n", "not as invoices are written"},
		{`{"account":"a","lines":[{"amount":"1"}],` + totals + "}\n", "not as invoices are written"},
		{`{"x":[[[[[[[[[[1]]]]]]]]]],"currency":"EUR","lines":[{"amount":"1"}],` + totals + "}\n", "not as invoices are written"},
		{"\n", "not as invoices are written"},
	} {
		var have dataset.Totals
		err := countLines(strings.NewReader(c.text), &have)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s gives %v, not %q", c.text, err, c.says)
		}
		if strings.Contains(c.says, "sum to") != errors.Is(err, run.ErrUnbalanced) {
			t.Errorf("%s gives %v", c.text, err)
		}
	}
}

// BenchmarkCountInvoices reads invoices back, by the line.
func BenchmarkCountInvoices(b *testing.B) {
	list := invoices(rand.New(rand.NewPCG(1, 1)), 200)
	text, lines := document.InvoicesJSON(nil, list), 0
	for i := range list {
		lines += len(list[i].Lines)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var t dataset.Totals
		if err := countLines(bytes.NewReader(text), &t); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}
