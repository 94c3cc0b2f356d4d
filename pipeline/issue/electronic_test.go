package issue_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"daybook/fixtures/small"
	"daybook/pipeline/register"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// sendsElectronic makes the provider one that sends electronic invoices.
func (s *site) sendsElectronic() {
	s.t.Helper()
	s.edit("provider.yaml", "legal_name: Small Cloud GmbH", "legal_name: Small Cloud GmbH\ntax_id: DE123456789\nendpoint: 9930:DE123456789")
	s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, electronic: true, unit_codes: [{unit: vCPU-hour, code: HUR}]")
	s.edit("catalogue/all.yaml", "  - {id: de, name: VAT, country: DE, percent: 19}", `  - {id: de, name: VAT, country: DE, percent: 19}
  - {id: us, name: VAT, country: US, percent: 0, vat_category: G, exemption_reason: Export.}
  - {id: ch, name: VAT, country: CH, percent: 0, vat_category: AE, exemption_reason: Reverse charge., exemption_code: VATEX-EU-AE}`)
	text := "customers:\n"
	for i := range 40 {
		text += strings.ReplaceAll("  - {id: cust-%, name: Customer %, tax_id: T%, endpoint: \"0204:991-%\", buyer_reference: ref-%, postal: {city: Town, country: DE}}\n", "%", strconv.Itoa(100 + i)[1:])
	}
	s.write("customers.yaml", text)
	if err := os.Remove(filepath.Join(s.dir, "customers.csv")); err != nil {
		s.t.Fatal(err)
	}
}

// node is a part of a document's JSON, read as any program reads it.
type node map[string]any

func (n node) at(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

func (n node) list(key string) (out []node) {
	all, _ := n[key].([]any)
	for _, x := range all {
		out = append(out, x.(map[string]any))
	}
	return out
}

func (n node) text(key string) string {
	text, _ := n[key].(string)
	return text
}

func (n node) rat(t *testing.T, key string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(n.text(key))
	if !ok {
		t.Fatalf("%s is no number: %v", key, n)
	}
	return r
}

// TestElectronicDocuments issues two months with corrections of the first in the second, for customers in three currencies and under
// three categories of tax, and calculates the sums of EN 16931 again from the JSON of the documents alone, with fractions.
func TestElectronicDocuments(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	s.sendsElectronic()
	s.bill("2024-08")
	s.close("2024-08")
	if err := small.Late(s.dir); err != nil {
		t.Fatal(err)
	}
	s.edit("catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0405")
	s.bill("2024-09")
	s.close("2024-09")
	s.verified()

	categories, corrected, inOther := map[string]int{}, 0, 0
	numbers := map[string]string{}
	all, err := register.Read(t.Context(), s.Store, entity)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for _, o := range all[i].Done.Objects {
			body, _, err := store.ReadAll(t.Context(), s.Store, o.Key)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(body)) {
				var d node
				if err := json.Unmarshal([]byte(line), &d); err != nil {
					t.Fatal(err)
				}
				numbers[d.text("number")] = d.text("account") + d.text("currency") + d.text("period")
				for _, v := range d.at("electronic").list("vat") {
					categories[v.text("category")]++
				}
				if d.at("electronic").text("tax_currency") == "EUR" {
					inOther++
				}
				for _, p := range d.list("preceding") {
					corrected++
					if numbers[p.text("number")] != d.text("account")+d.text("currency")+p.text("period") {
						t.Errorf("%s corrects %s, which is of %s", d.text("number"), p.text("number"), numbers[p.text("number")])
					}
				}
				s.recalculated(d)
			}
		}
	}
	if categories["S"] == 0 || categories["G"] == 0 || categories["AE"] == 0 || corrected < 3 || inOther == 0 {
		t.Errorf("categories %v, %d documents corrected, %d in another currency than the tax", categories, corrected, inOther)
	}
}

// recalculated holds the sums of a document against its rows, by the rules of EN 16931.
func (s *site) recalculated(d node) {
	t := s.t
	t.Helper()
	e := d.at("electronic")
	sums, bases := map[string]*big.Rat{"line": {}, "allowance": {}, "charge": {}, "rounding": {}}, map[string]*big.Rat{}
	corrects := map[schemas.Period]bool{}
	for _, l := range d.list("lines") {
		x := l.at("electronic")
		as, amount := x.text("as"), l.rat(t, "amount")
		sums[as].Add(sums[as], amount)
		if p := l.text("corrects"); p != "" {
			corrects[schemas.Period(p)] = true
		}
		if as == "line" {
			of := new(big.Rat).Quo(new(big.Rat).Mul(x.rat(t, "quantity"), x.rat(t, "price")), x.rat(t, "per"))
			of.SetString(of.FloatString(2))
			for _, r := range x.list("allowances") {
				of.Sub(of, r.rat(t, "amount"))
			}
			for _, r := range x.list("charges") {
				of.Add(of, r.rat(t, "amount"))
			}
			if of.Cmp(amount) != 0 || x.text("unit_code") == "" {
				t.Errorf("%s: a line of %v comes to %s", d.text("number"), l, of.FloatString(2))
			}
		}
		key := x.text("category") + " " + x.text("rate")
		if bases[key] == nil {
			bases[key] = new(big.Rat)
		}
		bases[key].Add(bases[key], amount)
	}
	same := func(rule string, got, want *big.Rat) {
		t.Helper()
		if got.Cmp(want) != 0 {
			t.Errorf("%s of %s: %s is not %s", rule, d.text("number"), got.FloatString(4), want.FloatString(4))
		}
	}
	plus := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
	minus := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
	same("BR-CO-10", e.rat(t, "lines"), sums["line"])
	same("BR-CO-11", e.rat(t, "allowances"), new(big.Rat).Neg(sums["allowance"]))
	same("BR-CO-12", e.rat(t, "charges"), sums["charge"])
	same("BR-CO-13", e.rat(t, "net"), plus(minus(e.rat(t, "lines"), e.rat(t, "allowances")), e.rat(t, "charges")))
	tax := new(big.Rat)
	for _, v := range e.list("vat") {
		tax.Add(tax, v.rat(t, "tax"))
		if base := bases[v.text("category")+" "+v.text("rate")]; base != nil {
			same("BT-116", v.rat(t, "base"), base)
		}
		if v.text("category") != "S" && (v.rat(t, "tax").Sign() != 0 || v.text("reason") == "") {
			t.Errorf("%s: no tax, and why: %v", d.text("number"), v)
		}
	}
	same("BR-CO-14", e.rat(t, "tax"), tax)
	same("BR-CO-15", e.rat(t, "gross"), plus(e.rat(t, "net"), e.rat(t, "tax")))
	same("BR-CO-16", e.rat(t, "due"), plus(minus(e.rat(t, "gross"), e.rat(t, "paid")), e.rat(t, "rounding")))
	same("what is due", e.rat(t, "due"), d.at("totals").rat(t, "due"))
	if len(corrects) != len(d.list("preceding")) && d.text("number") != "" && len(d.list("preceding")) > 0 {
		t.Errorf("%s corrects %v, and names %v", d.text("number"), corrects, d.list("preceding"))
	}
	for _, has := range []string{d.at("seller").text("endpoint"), d.at("buyer").text("endpoint"), d.at("buyer").at("postal").text("country"), d.at("references").text("buyer"), d.text("payment_reference")} {
		if has == "" {
			t.Errorf("%s lacks a term: %v", d.text("number"), d)
		}
	}
}
