package issue_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/issue"
	"daybook/pipeline/register"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// withNotes closes both months and dates notes of August.
const withNotes = "period,issued,by,reason,notes\n2024-08,2024-09-03,Controller,,\n2024-08,2024-09-20,Controller,first,true\n2024-08,2024-09-25,Controller,second,true\n2024-09,2024-10-02,Controller,,\n2024-08,2024-10-09,Controller,third,true\n"

// noting is a site whose August is closed, with what the book says of corrections.
func noting(t *testing.T, invoicing string) *site {
	t.Helper()
	s := newSite(t, withNotes)
	s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, "+invoicing)
	s.edit("provider.yaml", "first_period:", "finding_limits: {suspended: 99}\nfirst_period:")
	s.bill("2024-08")
	s.close("2024-08")
	return s
}

// says adds what is said of the corrections of an account.
func (s *site) says(account schemas.AccountID, corrections string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "accounts.csv"))
	if err != nil {
		s.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := range lines {
		switch {
		case i == 0:
			lines[i] += ",corrections"
		case strings.Contains(lines[i], ","+string(account)+","):
			lines[i] += "," + corrections
		default:
			lines[i] += ","
		}
	}
	s.write("accounts.csv", strings.Join(lines, "\n")+"\n")
}

// notes issues those of August.
func (s *site) notes() *issue.Result {
	s.t.Helper()
	r, err := s.closer().Notes(s.t.Context(), "2024-08")
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// eachNote calls with the notes of a month.
func (s *site) eachNote(p schemas.Period, each func(*document.Issued)) {
	s.t.Helper()
	all, err := register.Read(s.t.Context(), s.Store, entity)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range all.NotesOf(p) {
		for i := range e.Done.Objects {
			_, err := register.EachDocument(s.t.Context(), s.Store, e.Done.Objects[i].Key, func(line []byte) error {
				d, err := issued.Read(line)
				if err == nil {
					each(d)
				}
				return err
			})
			if err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// standing adds up what stands on documents for a month, by line and tax: on its own, on notes, and on invoices of the month after.
func (s *site) standing(p schemas.Period) amounts {
	s.t.Helper()
	out := amounts{}
	take := func(own schemas.Period) func(*document.Issued) {
		return func(d *document.Issued) {
			v := &d.Invoice
			is := func(corrects schemas.Period) bool { return corrects == p || corrects == "" && own == p }
			for i := range v.Lines {
				if l := &v.Lines[i]; is(l.Corrects) {
					out.add(bucket{p, v.Account, v.Currency, l.Category, string(l.Offering)}, l.Amount.Decimal())
				}
			}
			for i := range v.Taxes {
				if x := &v.Taxes[i]; is(x.Corrects) {
					out.add(bucket{p, v.Account, v.Currency, schemas.CategoryTax, x.Description}, x.Amount.Decimal())
				}
			}
		}
	}
	for _, month := range []schemas.Period{"2024-08", "2024-09", "2024-10"} {
		s.eachIssued(month, take(month))
	}
	s.eachNote(p, take(p))
	return out
}

// right is what August is rated as where all is known from the start, by line and tax.
func right(t *testing.T, known []learned) amounts {
	out := amounts{}
	for k, d := range scratch(t, known, []schemas.Period{"2024-08"}) {
		k.line = strings.Fields(k.line)[0]
		if k.category == schemas.CategoryTax { // which its description names
			k.line = "VAT 19%"
		}
		out.add(k, d)
	}
	return out
}

// TestNotes issues a month, and notes for it as often as something is learned of it: in the open month, again, and of the closed one
// behind it. What stands on its documents and notes is, line by line and tax by tax, what a rating of all that is known gives, each thing
// once; the month behind it has on its invoices what is too little for a note, or what the book says belongs there.
func TestNotes(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		invoicing string
		edit      func(*site)
		noted     func(schemas.AccountID) bool
	}{
		"all":             {"corrections: note", nil, func(schemas.AccountID) bool { return true }},
		"none":            {"corrections: next_invoice", nil, func(schemas.AccountID) bool { return false }},
		"large":           {"corrections: note, note_from: 2", nil, func(id schemas.AccountID) bool { return id == "acc-05" || id == "acc-07" }},
		"account":         {"payment_days: 14", func(s *site) { s.says("acc-05", "note") }, func(id schemas.AccountID) bool { return id == "acc-05" }},
		"not the account": {"corrections: note", func(s *site) { s.says("acc-05", "next_invoice") }, func(id schemas.AccountID) bool { return id != "acc-05" }},
		"offering": {"payment_days: 14", func(s *site) {
			s.edit("catalogue/all.yaml", "id: transfer-packs", "corrections: note\n    id: transfer-packs")
		}, func(id schemas.AccountID) bool { return id == "acc-05" || id == "acc-07" }},
		"not the offering": {"corrections: note", func(s *site) {
			s.edit("catalogue/all.yaml", "id: compute", "corrections: next_invoice\n    id: compute")
		}, func(id schemas.AccountID) bool { return id == "acc-05" || id == "acc-07" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			invoicing := strings.TrimPrefix(x.invoicing, "payment_days: 14")
			if invoicing == "" {
				invoicing = "zero: none"
			}
			s := noting(t, invoicing)
			if x.edit != nil {
				x.edit(s)
			}
			documents := bodies(t, s.Store, "register/")
			learn := []learned{
				{text: "use", apply: func(s *site) { s.use("2024-08", 5, "XFER", "1333.125"); s.use("2024-08", 7, "XFER", "40") }},
				edited("", "catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0405"),
				edited("", "catalogue/all.yaml", "up_to: 2000, unit_price: 0.0333", "up_to: 2000, unit_price: 0.0338"),
			}
			numbers := map[string]bool{}
			s.eachIssued("2024-08", func(d *document.Issued) { documents[d.Number] = string(d.Invoice.Account) })
			for night := range learn {
				learn[night].apply(s)
				s.bill("2024-09")
				if night == 2 {
					s.close("2024-09")
				}
				first := s.notes()
				before := bodies(t, s.Store, "")
				if again := s.notes(); again.Fresh != len(first.Closings) || len(again.Closings) != len(first.Closings) {
					t.Errorf("night %d: notes are issued again", night)
				}
				if after := bodies(t, s.Store, ""); !maps.Equal(before, after) {
					t.Errorf("night %d: issuing notes again wrote something", night)
				}
				s.verified()
			}
			s.eachNote("2024-08", func(d *document.Issued) {
				if numbers[d.Number] || !x.noted(d.Invoice.Account) {
					t.Errorf("%s stands on note %s, again %t", d.Invoice.Account, d.Number, numbers[d.Number])
				}
				numbers[d.Number] = true
				if p := d.Preceding; len(p) != 1 || p[0].Period != "2024-08" || !strings.Contains(documents[p[0].Number], string(d.Invoice.Account)) {
					t.Errorf("note %s of %s corrects %+v", d.Number, d.Invoice.Account, d.Preceding)
				}
				if want := map[bool]document.Kind{true: document.KindCreditNote, false: document.KindDebitNote}[d.Invoice.Total.Sign() < 0]; d.Kind != want {
					t.Errorf("note %s of %s is a %s", d.Number, d.Invoice.Total, d.Kind)
				}
			})
			onInvoices := 0
			s.eachIssued("2024-09", func(d *document.Issued) {
				for i := range d.Invoice.Lines {
					if l := &d.Invoice.Lines[i]; l.Corrects != "" {
						if onInvoices++; x.noted(d.Invoice.Account) && name != "large" {
							t.Errorf("%s is corrected on invoice %s", d.Invoice.Account, d.Number)
						}
					}
				}
			})
			if (len(numbers) == 0) != (name == "none") || (onInvoices == 0) != (name == "all") {
				t.Errorf("%d notes, %d corrections on invoices", len(numbers), onInvoices)
			}
			if have, want := s.standing("2024-08"), right(t, learn); !have.same(want) {
				t.Errorf("documents, notes and invoices come to\n%v more than what is right, and\n%v less", have.less(want), want.less(have))
			}
			for key, body := range documents {
				if !strings.Contains(key, "/") {
					continue
				}
				if now, _, err := store.ReadAll(t.Context(), s.Store, key); err != nil || string(now) != body {
					t.Errorf("%s is not as it was issued: %v", key, err)
				}
			}
		})
	}
}

// TestBalance gives back more than a document came to: the note is due for no more than what is left of that, and the rest is in favour
// of the customer. A further note finds nothing left.
func TestBalance(t *testing.T) {
	t.Parallel()
	s := noting(t, "corrections: note")
	s.use("2024-08", 3, "VCPU", "-90000")
	s.bill("2024-09")
	r := s.notes()
	total := money.Zero
	s.eachIssued("2024-08", func(d *document.Issued) {
		if d.Invoice.Account == "acc-03" {
			total = d.Invoice.Total.Decimal()
		}
	})
	b := r.Closings[0].Balances
	s.eachNote("2024-08", func(d *document.Issued) {
		v := &d.Invoice
		if !v.Due.Decimal().Equal(total.Neg()) || len(b) != 1 || b[0].Account != "acc-03" || !v.Total.Decimal().Add(b[0].Amount.Decimal()).Equal(v.Due.Decimal()) {
			t.Errorf("the note is of %s, of which %s is due; the document was of %s, and balances are %+v", v.Total, v.Due, total, b)
		}
	})
	s.use("2024-08", 3, "XFER", "-100")
	s.bill("2024-09")
	more := s.notes().Closings[1].Balances
	if len(more) != 1 {
		t.Fatalf("of nothing left, the balances are %+v", more)
	}
	s.verified()
	s.balanceUsed(b[0].Amount.Decimal().Add(more[0].Amount.Decimal()))
}

// balanceUsed closes the month after: its document takes of the balance what is due of it, and what is left stays the customer's.
func (s *site) balanceUsed(balance money.Decimal) {
	s.t.Helper()
	s.bill("2024-09")
	used := s.close("2024-09").Closings[0].Used
	if len(used) != 1 || used[0].Account != "acc-03" {
		s.t.Fatalf("of balances are used %+v", used)
	}
	s.eachIssued("2024-09", func(d *document.Issued) {
		v := &d.Invoice
		if v.Account != "acc-03" {
			return
		}
		if !v.Due.IsZero() || v.Total != used[0].Amount || v.Paid != used[0].Amount.Neg() {
			s.t.Errorf("of %s is %s due, %s paid, and %+v used", v.Total, v.Due, v.Paid, used)
		}
	})
	all, err := register.Read(s.t.Context(), s.Store, entity)
	if err != nil {
		s.t.Fatal(err)
	}
	left, err := all.InFavour()
	if err != nil || !left[used[0].DraftKey].Decimal().Equal(balance.Sub(used[0].Amount.Decimal())) {
		s.t.Errorf("of %s is left %+v, %v", balance, left, err)
	}
	s.verified()
}

// TestNotesRefused needs a closed month, a row of the book, and runs that stand.
func TestNotesRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	s.edit("provider.yaml", "payment_days: 14", "payment_days: 14, corrections: note")
	s.bill("2024-08")
	if _, err := s.closer().Notes(t.Context(), "2024-08"); err == nil || !strings.Contains(err.Error(), "closed before notes") {
		t.Errorf("notes of a month that is not closed: %v", err)
	}
	s.close("2024-08")
	if r := s.notes(); len(r.Closings) != 0 {
		t.Errorf("notes of nothing: %+v", r)
	}
	s.use("2024-08", 5, "VCPU", "333.125")
	s.bill("2024-09")
	if _, err := s.closer().Notes(t.Context(), "2024-08"); err == nil || !strings.Contains(err.Error(), "no further row for notes of 2024-08") {
		t.Errorf("notes without a row: %v", err)
	}
}

// TestNotesKilled ends the issuing of notes at any write, and does it several times at once: the register is that of one that was not
// disturbed.
func TestNotesKilled(t *testing.T) {
	t.Parallel()
	s := noting(t, "corrections: note")
	s.edit("catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0405")
	s.bill("2024-09")
	before := len(bodies(t, s.Store, "register/"))
	whole := s.copied(t, new(store.Memory))
	whole.notes()
	want := bodies(t, whole.Store, "register/")
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(27, 4))
			for i := range effort.Count(t, 6, 200) {
				x := s.copied(t, place(t))
				for left := chance.IntN(len(want) - before); ; left = chance.IntN(len(want)) {
					c := x.closer()
					c.Store = &stopping{Store: x.Store, left: left, done: i%2 == 1}
					if _, err := c.Notes(t.Context(), "2024-08"); err == nil {
						break
					} else if !errors.Is(err, errKilled) {
						t.Fatal(err)
					}
				}
				var all sync.WaitGroup
				faults := make([]error, 3)
				if i%3 == 0 { // at once, too
					x = s.copied(t, place(t))
				}
				for k := range faults {
					c := x.closer()
					all.Go(func() { _, faults[k] = c.Notes(t.Context(), "2024-08") })
				}
				all.Wait()
				if err := errors.Join(faults...); err != nil {
					t.Fatal(err)
				}
				if got := bodies(t, x.Store, "register/"); !maps.Equal(got, want) {
					t.Fatalf("try %d left %v, and not %v", i, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
				}
			}
		})
	}
	check, err := issue.Verify(t.Context(), whole.Store, entity)
	if err != nil || len(check.Wrong) > 0 {
		t.Error(err, fmt.Sprint(check))
	}
}
