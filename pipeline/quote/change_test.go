package quote_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/fixtures/small"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/issue"
	"daybook/pipeline/quote"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

const august, september = schemas.Period("2024-08"), schemas.Period("2024-09")

var now = time.Date(2024, 12, 1, 3, 0, 0, 0, time.UTC)

// seats are offerings of every timing and proration, and one whose allowance follows from quantity and time.
const seats = `
  - {id: ahead, name: Ahead, service: Seats, service_category: Other, prices: [{id: seat, version: "1", currency: EUR, timing: in_advance, prorate: actual_days, model: per_unit, unit_price: 13.37}]}
  - {id: behind, name: Behind, service: Seats, service_category: Other, prices: [{id: seat, version: "1", currency: EUR, timing: in_arrears, prorate: fixed_30, model: per_unit, unit_price: 9.99}]}
  - {id: yearly, name: Yearly, service: Seats, service_category: Other, prices: [{id: seat, version: "1", currency: EUR, every: {unit: year}, timing: in_advance, prorate: actual_days, model: per_unit, unit_price: 111.11}]}
  - {id: steps, name: Steps, service: Seats, service_category: Other, prices: [{id: seat, version: "1", currency: EUR, timing: in_arrears, prorate: seconds, model: graduated, tiers: [{up_to: 3, unit_price: 7.77}, {unit_price: 5.55}]}]}
  - id: flow
    name: Flow
    service: Transfer
    service_category: Networking
    prices:
      - {id: seat, version: "1", currency: EUR, timing: in_arrears, prorate: actual_days, model: per_unit, unit_price: 2.22}
      - {id: volume, version: "1", meter: traffic, currency: EUR, allowance: {quantity: 30, per_unit: true, prorate: true}, model: per_unit, unit_price: 0.0825}
`

// site is the small provider with offerings by seat, of which each account has some; nothing is used in September.
type site struct {
	*testing.T
	dir string
	run.Places
}

func newSite(t *testing.T, random *rand.Rand) *site {
	s := &site{T: t, dir: t.TempDir()}
	if err := small.Write(s.dir); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"own", "peers/atlas"} {
		if err := os.RemoveAll(filepath.Join(s.dir, "landing", of, "2024-09")); err != nil {
			t.Fatal(err)
		}
	}
	s.edit("catalogue/all.yaml", "\ntaxes:", seats+"\ntaxes:")
	bought := ""
	for i := range 12 {
		s.edit("subscriptions.csv", fmt.Sprintf("%s,sub-%02d-2,%s,", small.Account(i), i, []string{"transfer", "transfer-packs"}[i%2]), fmt.Sprintf("%s,sub-%02d-2,flow,", small.Account(i), i))
		for k, offering := range []string{"ahead", "behind", "yearly", "steps"} {
			start := schemas.NewDate(2024, time.Month(1+random.IntN(7)), 1+random.IntN(28))
			bought += fmt.Sprintf("%s,seat-%02d-%d,%s,%s,,%d\n", small.Account(i), i, k, offering, start, 1+random.IntN(5))
		}
	}
	s.edit("subscriptions.csv", "", bought)
	s.Store = new(store.Memory)
	var err error
	if s.Landing, err = store.Open(t.Context(), filepath.Join(s.dir, "landing")); err != nil {
		t.Fatal(err)
	}
	return s
}

// edit replaces a text in a file of the book; an empty one is the file's end.
func (s *site) edit(name, old, changed string) {
	s.Helper()
	name = filepath.Join(s.dir, name)
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) || !strings.Contains(string(text), old) {
		s.Fatalf("%s does not hold %q: %v", name, old, err)
	}
	out := strings.Replace(string(text), old, changed, 1)
	if old == "" {
		out = string(text) + changed
	}
	if err := os.WriteFile(name, []byte(out), 0o600); err != nil {
		s.Fatal(err)
	}
}

func (s *site) book() *book.Book {
	s.Helper()
	b, problems, err := book.Open(s.dir)
	if err != nil || len(problems) > 0 {
		s.Fatal(err, problems)
	}
	return b
}

func (s *site) bill(p schemas.Period) *run.Manifest {
	s.Helper()
	r := &run.Run{Book: s.book(), Places: s.Places}
	r.Scratch, r.SpillDir = new(store.Memory), s.TempDir()
	prepared, err := pipeline.Prepare(s.Context(), r, pipeline.Request{Period: p, Now: now, Shards: 2})
	if err != nil {
		s.Fatal(err)
	}
	sum, err := pipeline.Execute(s.Context(), prepared, 2, "")
	if err != nil {
		s.Fatal(err)
	}
	return sum.Manifest
}

// charges are those of a run, by account.
func (s *site) charges(m *run.Manifest) map[schemas.AccountID][]schemas.Charge {
	s.Helper()
	out := map[schemas.AccountID][]schemas.Charge{}
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(s.Context(), s.Store, o.Key, nil, func(c *schemas.Charge) error {
			out[c.Account] = append(out[c.Account], *c)
			return nil
		})
		if err != nil {
			s.Fatal(err)
		}
	}
	return out
}

// changes are rows of changes.csv for random subscriptions.
func changes(random *rand.Rand) string {
	out := "subscription,id,on,kind,quantity,offering,effect\n"
	for i := range 12 {
		for k, offering := range []string{"ahead", "behind", "yearly", "steps"} {
			if random.IntN(2) == 0 {
				continue
			}
			sub, day := fmt.Sprintf("seat-%02d-%d", i, k), 1+random.IntN(30)
			switch random.IntN(5) {
			case 0, 1, 2:
				out += fmt.Sprintf("%s,c1,2024-08-%02d,quantity,%d,,%s\n", sub, day, random.IntN(9), []string{"", "next_period"}[random.IntN(2)])
			case 3:
				out += fmt.Sprintf("%s,c1,2024-08-%02d,cancel,,,\n", sub, day)
			case 4:
				if offering == "yearly" {
					continue // what was paid for a year is given back by another rule
				}
				out += fmt.Sprintf("%s,c1,2024-08-%02d,plan,,%s,\n", sub, day, []string{"behind", "steps", "seats", "ahead"}[random.IntN(4)])
			}
		}
		if random.IntN(2) == 0 {
			out += fmt.Sprintf("sub-%02d-2,c1,2024-08-%02d,quantity,%d,,\n", i, 1+random.IntN(30), 1+random.IntN(9))
		}
	}
	return out
}

func (s *site) preview(rows string) *quote.Preview {
	s.Helper()
	b := s.book()
	after, problems, err := b.Propose([]byte(rows))
	if err != nil || len(problems) > 0 {
		s.Fatal(err, problems)
	}
	p, err := quote.MakePreview(s.Context(), b, after, s.Store)
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// holds makes sure that an invoice of a preview is what a run bills: in all, and line by line.
func (s *site) holds(v *quote.ChangedInvoice, account schemas.AccountID, billed []schemas.Charge) {
	s.Helper()
	total, lines := money.Zero, map[string]int{}
	for i := range billed {
		c := &billed[i]
		total = total.Add(c.Amount)
		lines[fmt.Sprint(c.Description, schemas.DateOf(c.Start, s.book().Zone), c.Amount, c.Corrects)]++
	}
	if !total.Equal(v.After) || v.Period == "" {
		s.Errorf("%s of %s: the preview says %s, and the run bills %s", account, v.Period, v.After, total)
	}
	sum := v.Before
	for _, l := range v.Lines {
		sum = sum.Add(l.Difference)
		if l.After == nil {
			continue
		}
		name := fmt.Sprint(l.After.Description, l.After.From, l.After.Amount, l.After.Corrects)
		if lines[name]--; lines[name] < 0 {
			s.Errorf("%s of %s: the run has no line %s", account, v.Period, name)
		}
	}
	if !sum.Equal(v.After) {
		s.Errorf("%s of %s: the lines lead from %s to %s, and not to %s", account, v.Period, v.Before, sum, v.After)
	}
}

// TestPreviewIsWhatTheRunBills previews random changes of subscriptions by seat, paid ahead, behind and by the year, prorated by days, by
// thirtieths and by seconds, with allowances that follow from them, taxes and three currencies; then decides on them, and runs both months.
func TestPreviewIsWhatTheRunBills(t *testing.T) {
	for seed := range effort.Count(t, 2, 100) {
		random := rand.New(rand.NewPCG(uint64(seed), 5))
		s := newSite(t, random)
		before := s.charges(s.bill(august))
		asked := changes(random)
		p := s.preview(asked)
		s.edit("changes.csv", "", asked)
		first, next := s.charges(s.bill(august)), s.charges(s.bill(september))
		if len(p.Accounts) < 5 {
			t.Errorf("seed %d: %d accounts change", seed, len(p.Accounts))
		}
		changed := map[schemas.AccountID]bool{}
		for _, a := range p.Accounts {
			changed[a.Account] = true
			if len(a.Invoices) != 2 || a.Invoices[0].Period != august || a.Invoices[1].Period != september || a.Invoices[1].Usage != "" {
				t.Fatalf("seed %d: %+v", seed, a.Invoices)
			}
			s.holds(&a.Invoices[0], a.Account, first[a.Account])
			s.holds(&a.Invoices[1], a.Account, next[a.Account])
		}
		for account := range first {
			same := func(c []schemas.Charge) (sum money.Decimal) {
				for i := range c {
					sum = sum.Add(c[i].Amount)
				}
				return sum
			}
			if !changed[account] && !same(before[account]).Equal(same(first[account])) {
				t.Errorf("seed %d: %s has changed, and no preview says so", seed, account)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, asked)
		}
	}
}

// TestPreviewOfClosedMonth: what a change alters of a month that is closed is a correction on the next invoice, as the run then books it.
func TestPreviewOfClosedMonth(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	s := newSite(t, random)
	s.edit("closings.csv", "", "")
	if err := os.WriteFile(filepath.Join(s.dir, "closings.csv"), []byte("period,issued,by,reason\n2024-08,2024-09-03,Controller,all is there\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.bill(august)
	if err := run.KeepBook(t.Context(), s.Store, s.book()); err != nil {
		t.Fatal(err)
	}
	closer := &issue.Closer{Places: s.Places, Book: s.book(), Now: now, Workers: 2, PerObject: 50}
	if _, err := closer.Close(t.Context(), august); err != nil {
		t.Fatal(err)
	}
	asked := changes(random)
	p := s.preview(asked)
	s.edit("changes.csv", "", asked)
	billed := s.charges(s.bill(september))
	corrections := 0
	for _, a := range p.Accounts {
		if a.Invoices[0].Period != september {
			t.Fatalf("%s: the first invoice is of %s", a.Account, a.Invoices[0].Period)
		}
		for _, l := range a.Invoices[0].Lines {
			if l.After != nil && l.After.Corrects == august {
				corrections++
			}
		}
		s.holds(&a.Invoices[0], a.Account, billed[a.Account])
	}
	if corrections == 0 {
		t.Error("nothing is corrected")
	}
}

// TestProposed: a proposal is checked as the book is, and one that changes nothing is no question.
func TestProposed(t *testing.T) {
	b := newSite(t, rand.New(rand.NewPCG(1, 5))).book()
	_, problems, err := b.Propose([]byte("subscription,on,kind\nseat-00-0,2024-08-11,quantity\nseat-99,2024-08-11,cancel\n"))
	if err != nil || len(problems) != 2 {
		t.Errorf("%v, %v", problems, err)
	}
	if _, err := quote.MakePreview(t.Context(), b, b, nil); err == nil {
		t.Error("no change is previewed")
	}
}
