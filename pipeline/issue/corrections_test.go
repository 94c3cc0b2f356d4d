package issue_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/fixtures/small"
	"daybook/pipeline/document"
	"daybook/pipeline/explain"
	"daybook/pipeline/register"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// owed is what accounts are charged for a month, by account and currency.
type owed map[register.DraftKey]money.Decimal

func (o owed) add(k register.DraftKey, amount money.Decimal) {
	if o[k] = o[k].Add(amount); o[k].IsZero() {
		delete(o, k)
	}
}

// charged adds up the charges of a run that are for a month: its own, or corrections of it.
func (s *site) charged(m *run.Manifest, p schemas.Period, into owed) (corrections int) {
	s.t.Helper()
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(s.t.Context(), s.Store, o.Key, nil, func(c *schemas.Charge) error {
			of := m.Spec.Period
			if c.Corrects != "" {
				of = c.Corrects
			}
			if of == p {
				into.add(register.DraftKey{Account: c.Account, Currency: c.Currency}, c.Amount)
				if c.Class == schemas.ClassCorrection {
					corrections++
				}
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return corrections
}

// issuedFor adds up the documents of a month, by what their lines are for.
func (s *site) issuedFor(p, of schemas.Period, into owed) {
	s.t.Helper()
	s.eachIssued(p, func(d *document.Issued) {
		v := &d.Invoice
		key := register.DraftKey{Account: v.Account, Currency: v.Currency}
		is := func(corrects schemas.Period) bool { return corrects == of || corrects == "" && p == of }
		for i := range v.Lines {
			if is(v.Lines[i].Corrects) {
				into.add(key, v.Lines[i].Amount.Decimal())
			}
		}
		for i := range v.Taxes {
			if is(v.Taxes[i].Corrects) {
				into.add(key, v.Taxes[i].Amount.Decimal())
			}
		}
	})
}

func sameOwed(a, b owed) bool {
	return maps.EqualFunc(a, b, func(x, y money.Decimal) bool { return x.Equal(y) })
}

// TestCorrections closes a month, and then its use comes late, in its own folder and in the next one's, a price of it turns out to have
// been wrong, and the month is run again. What was issued stands; the month behind it corrects each once, whether the closed month is
// run again or not; and what was issued for it in the end is what it comes to where all is known from the start.
func TestCorrections(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	august := s.bill("2024-08")
	s.close("2024-08")
	documents := bodies(t, s.Store, "register/")

	if err := small.Late(s.dir); err != nil {
		t.Fatal(err)
	}
	s.use("2024-08", 5, "VCPU", "333.125")
	s.edit("catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0405")
	september := s.bill("2024-09")
	again := s.bill("2024-08")
	if again.Run == august.Run {
		t.Fatal("August was not rated again")
	}
	if s.bill("2024-09").Run != september.Run || s.bill("2024-08").Run != again.Run {
		t.Error("a month that is closed was run again, and the one behind it is another")
	}
	if n := september.Spec.Earlier; len(n) != 1 || n[0].Run != august.Run {
		t.Errorf("September is held against %+v, and not against what was issued", n)
	}
	s.close("2024-09")
	s.verified()
	for key, body := range documents {
		if now, _, err := store.ReadAll(t.Context(), s.Store, key); err != nil || string(now) != body {
			t.Errorf("%s is not as it was issued: %v", key, err)
		}
	}

	issued, corrected := owed{}, owed{}
	s.issuedFor("2024-08", "2024-08", issued)
	s.issuedFor("2024-09", "2024-08", issued)
	if n := s.charged(september, "2024-08", corrected); n == 0 || len(corrected) < 6 {
		t.Errorf("%d corrections of August, of %d accounts", n, len(corrected))
	}
	fresh := s.copied(t, new(store.Memory))
	fresh.Store = new(store.Memory)
	right := owed{}
	fresh.charged(fresh.bill("2024-08"), "2024-08", right)
	if !sameOwed(issued, right) {
		t.Errorf("August was issued as\n%v\nand comes to\n%v", issued, right)
	}
	s.byHand()

	// The month after that has nothing to correct, and neither has it when it is run again.
	s.deliverNothing("2024-10")
	for range 2 {
		october := s.bill("2024-10")
		for _, p := range []schemas.Period{"2024-08", "2024-09"} {
			if n := s.charged(october, p, owed{}); n != 0 {
				t.Errorf("October corrects %s in %d charges", p, n)
			}
		}
	}
}

// deliverNothing lets a month have an empty peer's bill, so that there is a folder of it.
func (s *site) deliverNothing(p schemas.Period) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Join(s.dir, "landing/own", string(p)), 0o700); err != nil {
		s.t.Fatal(err)
	}
}

// byHand holds what was issued in euros for August's compute against a calculation of its own, from the events as they were delivered.
func (s *site) byHand() {
	s.t.Helper()
	hours, seen := map[schemas.AccountID]*big.Rat{}, map[string]bool{}
	for _, p := range small.Months {
		files, err := filepath.Glob(filepath.Join(s.dir, "landing/own", p, "*.jsonl"))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				s.t.Fatal(err)
			}
			for line := range bytes.Lines(text) {
				var e struct {
					ID, Subject, Time string
					Data              struct{ SKU, Quantity string }
				}
				if err := json.Unmarshal(line, &e); err != nil {
					s.t.Fatal(err)
				}
				if e.Data.SKU != "VCPU" || !strings.HasPrefix(e.Time, "2024-08") || seen[e.ID] {
					continue
				}
				seen[e.ID] = true
				q, _ := new(big.Rat).SetString(e.Data.Quantity)
				id := schemas.AccountID(e.Subject)
				if hours[id] == nil {
					hours[id] = new(big.Rat)
				}
				hours[id].Add(hours[id], q)
			}
		}
	}
	billed := map[schemas.AccountID]money.Decimal{}
	for _, p := range small.Months {
		s.eachIssued(schemas.Period(p), func(d *document.Issued) {
			for i := range d.Invoice.Lines {
				l := &d.Invoice.Lines[i]
				if august := l.Corrects == "2024-08" || l.Corrects == "" && p == "2024-08"; august && l.Offering == "compute" && d.Invoice.Currency == "EUR" {
					billed[d.Invoice.Account] = billed[d.Invoice.Account].Add(l.Amount.Decimal())
				}
			}
		})
	}
	if len(billed) < 10 {
		s.t.Errorf("compute of %d accounts was issued in euros", len(billed))
	}
	for id, amount := range billed {
		// 500 hours at 4.05 cents, 1500 at 3.33, the rest at 2.75; cents are rounded half up.
		left, cents := new(big.Rat).Set(hours[id]), new(big.Rat)
		for _, tier := range [][2]*big.Rat{{big.NewRat(500, 1), big.NewRat(405, 100)}, {big.NewRat(1500, 1), big.NewRat(333, 100)}, {big.NewRat(1e9, 1), big.NewRat(275, 100)}} {
			part := new(big.Rat).Set(tier[0])
			if left.Cmp(part) < 0 {
				part.Set(left)
			}
			left.Sub(left, part)
			cents.Add(cents, part.Mul(part, tier[1]))
		}
		cents.Add(cents, big.NewRat(1, 2))
		whole := new(big.Int).Div(cents.Num(), cents.Denom())
		if want := money.DecimalFromBig(whole, -2); !amount.Equal(want) {
			s.t.Errorf("compute of %s in August was issued as %s, and by hand it is %s", id, amount, want)
		}
	}
}

// TestRestated has a peer deliver bills of closed months anew, one of them twice and one that cannot be read: each difference is
// corrected once, and every correction, explained, comes out of the rows of the bill that counts by now.
func TestRestated(t *testing.T) {
	t.Parallel()
	s := lenient(t)
	s.bill("2024-08")
	s.close("2024-08")
	standing, known := amounts{}, []learned(nil)
	s.ratedIn(s.bill("2024-08"), true, standing)
	restated := func(p schemas.Period, version string, seed uint64) {
		l := learned{apply: func(s *site) { s.restate(p, version, seed) }}
		l.apply(s)
		known = append(known, l)
	}
	months := []schemas.Period{"2024-08"}
	agree := func(m *run.Manifest) {
		t.Helper()
		s.ratedIn(m, false, standing)
		earlier := maps.Clone(standing)
		maps.DeleteFunc(earlier, func(k bucket, _ money.Decimal) bool { return k.period == m.Spec.Period })
		if right := scratch(t, known, months); !earlier.same(right) {
			t.Errorf("%s: issued and corrections less what is right: %v", m.Spec.Period, earlier.less(right))
		}
		s.explained(m)
	}
	restated("2024-08", "v2", 1)
	s.write("landing/peers/atlas/2024-08/v3/bill.csv", "no,bill\n1,2\n")
	m := s.bill("2024-09")
	if len(m.Spec.Restated()) != 1 || m.Control.Restated.Rows == 0 || len(m.Spec.Arrived) > 0 {
		t.Errorf("restated are %+v, arrived %+v", m.Spec.Restated(), m.Spec.Arrived)
	}
	agree(m)
	s.close("2024-09")
	restated("2024-08", "v4", 2)
	restated("2024-09", "v2", 3)
	s.deliverNothing("2024-10")
	months = append(months, "2024-09")
	agree(s.bill("2024-10"))
	s.verified()
}

// explained proves all corrections of a run.
func (s *site) explained(m *run.Manifest) {
	s.t.Helper()
	l, err := explain.OpenLook(s.t.Context(), s.book(), s.Store, s.Landing, m.Spec.Period, m.Run)
	if err != nil {
		s.t.Fatal(err)
	}
	proven := 0
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(s.t.Context(), s.Store, o.Key, nil, func(c *schemas.Charge) error {
			if c.Corrects == "" || c.Category == schemas.CategoryTax {
				return nil
			}
			e, err := l.Explain(s.t.Context(), string(c.ID), explain.Options{Check: true, Rows: 3})
			if err != nil {
				return err
			}
			due := money.Zero
			for _, x := range e.Corrected.Causes {
				if due = due.Add(x.Amount); x.Evidence == "" {
					s.t.Errorf("%s of %s, %s: nothing is behind the cause %s", c.ID, c.Account, c.Offering, x.Cause)
				}
			}
			if !due.Equal(c.Amount) {
				s.t.Errorf("%s of %s, %s: the causes of %s come to %s", c.ID, c.Account, c.Offering, c.Amount, due)
			}
			for _, x := range e.Checks {
				if !x.OK {
					s.t.Errorf("%s of %s, %s: %s: %s", c.ID, c.Account, c.Offering, x.What, x.Detail)
				}
			}
			if proven++; len(e.Corrected.Again) > 0 && (e.Usage == nil || e.Usage.Rows == 0) {
				s.t.Errorf("%s of %s, %s: nothing is behind it", c.ID, c.Account, c.Offering)
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if proven == 0 {
		s.t.Error("there is no correction")
	}
}
