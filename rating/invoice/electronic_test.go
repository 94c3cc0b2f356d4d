package invoice_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"daybook/fixtures/effort"
	"daybook/rating/invoice"
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

func rat(f money.Fixed) *big.Rat { return f.Decimal().Rat() }

// TestElectronicTerms drafts electronic invoices of random books of every model and calculates with fractions what EN 16931 asks of
// them: that each line is its quantity at its price, with what is taken off and put on, and that sums and breakdown add up.
func TestElectronicTerms(t *testing.T) {
	kinds, goods, tiers, reduced := map[einvoice.Kind]int{}, 0, 0, 0
	for seed := range effort.Count(t, 100, 3000) {
		r := rand.New(rand.NewPCG(uint64(seed), 16931))
		book := randomBook(r)
		policy := &book.Catalogue.Policy
		policy.RoundAt, policy.TaxRounding = schemas.RoundLine, schemas.TaxPerDocument
		terms := terms()
		terms.CreditTax, terms.Electronic = policy.CreditTax, &invoice.Electronic{Taxes: book.Catalogue.Taxes, UnitCodes: []einvoice.UnitCode{{Unit: "GB", Code: "E34"}}}
		inv := one(t, terms, randomCharges(t, r, book))
		checkTerms(t, seed, inv)
		for i := range inv.Lines {
			x := inv.Lines[i].Electronic
			kinds[x.Kind]++
			switch {
			case x.Kind != einvoice.AsLine:
			case x.UnitCode == "E34" && x.Per == x.Quantity.Abs():
				tiers++
			case x.UnitCode == "E34":
				goods++
			}
			reduced += len(x.Allowances)
		}
	}
	if kinds[einvoice.AsAllowance] == 0 || kinds[einvoice.AsLine] == 0 || goods == 0 || tiers == 0 || reduced == 0 {
		t.Errorf("of each kind of line some: %v, %d at a price, %d at several, %d reductions", kinds, goods, tiers, reduced)
	}
}

func checkTerms(t *testing.T, seed int, inv *schemas.Invoice) {
	t.Helper()
	e := inv.Electronic
	sums, bases := map[einvoice.Kind]*big.Rat{}, map[einvoice.Rate]*big.Rat{}
	add := func(to *big.Rat, f money.Fixed) *big.Rat {
		if to == nil {
			to = new(big.Rat)
		}
		return to.Add(to, rat(f))
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		x := l.Electronic
		sums[x.Kind] = add(sums[x.Kind], l.Amount)
		if x.Kind == einvoice.AsRounding {
			continue
		}
		bases[x.Tax.Rate] = add(bases[x.Tax.Rate], l.Amount)
		if x.Kind != einvoice.AsLine {
			continue
		}
		if x.Price.Sign() < 0 || x.Per.Sign() <= 0 {
			t.Errorf("seed %d: a price of %s for %s", seed, x.Price, x.Per)
		}
		amount := new(big.Rat).Quo(new(big.Rat).Mul(rat(x.Quantity), rat(x.Price)), rat(x.Per))
		rounded, _ := new(big.Rat).SetString(amount.FloatString(2)) // half away from zero
		for _, a := range x.Allowances {
			rounded.Sub(rounded, rat(a.Amount))
		}
		for _, c := range x.Charges {
			rounded.Add(rounded, rat(c.Amount))
		}
		if rounded.Cmp(rat(l.Amount)) != 0 {
			t.Errorf("seed %d: %s × %s ÷ %s with %v and %v is %s, and the line %s", seed, x.Quantity, x.Price, x.Per, x.Allowances, x.Charges, rounded.FloatString(4), l.Amount)
		}
	}
	same := func(what string, got money.Fixed, want *big.Rat) {
		t.Helper()
		if want == nil {
			want = new(big.Rat)
		}
		if rat(got).Cmp(want) != 0 {
			t.Errorf("seed %d: %s is %s, and ought to be %s", seed, what, got, want.FloatString(4))
		}
	}
	same("BT-106", e.Lines, sums[einvoice.AsLine])
	same("BT-107", e.Allowances.Neg(), sums[einvoice.AsAllowance])
	same("BT-108", e.Charges, sums[einvoice.AsCharge])
	same("BT-114", e.Rounding, sums[einvoice.AsRounding])
	same("BT-109", e.Net, add(add(add(nil, e.Lines), e.Allowances.Neg()), e.Charges))
	same("BT-112", e.Gross, add(add(nil, e.Net), e.Tax))
	same("BT-115", e.Due, add(add(add(nil, e.Gross), e.Paid.Neg()), e.Rounding))
	same("what is due", e.Due, rat(inv.Due))
	tax := new(big.Rat)
	for _, row := range e.VAT {
		same("BT-116", row.Base, bases[row.Rate])
		tax = add(tax, row.Tax)
	}
	same("BT-110", e.Tax, tax)
	if len(bases) > len(e.VAT) {
		t.Errorf("seed %d: lines of %d rates, and a breakdown of %d", seed, len(bases), len(e.VAT))
	}
}

// TestUnitCodes gives units the book's codes, the usual ones, or that of pieces.
func TestUnitCodes(t *testing.T) {
	book := []einvoice.UnitCode{{Unit: "vCPU-hour", Code: "HUR"}, {Unit: "GB", Code: "XGB"}}
	for unit, want := range map[string]string{"vCPU-hour": "HUR", "GB": "XGB", "Hours": "HUR", "TB": "E35", "requests": "C62", "": "C62"} {
		if got := einvoice.UnitCodeOf(unit, book); got != want {
			t.Errorf("%q is %s, and not %s", unit, got, want)
		}
	}
}
