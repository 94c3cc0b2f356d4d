package whatif_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/fixtures/small"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/pipeline/whatif"
	"daybook/schemas"
	"daybook/schemas/money"
)

// site is a small provider with what it has delivered, and a draft of its book.
type site struct {
	*testing.T
	dir, draft string
	run.Places
}

func newSite(t *testing.T) *site {
	s := &site{T: t, dir: t.TempDir(), draft: t.TempDir()}
	for _, dir := range []string{s.dir, s.draft} {
		if err := small.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	s.Store = new(store.Memory)
	var err error
	if s.Landing, err = store.Open(t.Context(), filepath.Join(s.dir, "landing")); err != nil {
		t.Fatal(err)
	}
	return s
}

// edit replaces a text in a file of the draft; an empty one is the file's end.
func (s *site) edit(name, old, changed string) {
	s.Helper()
	name = filepath.Join(s.draft, name)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
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

func (s *site) book(dir string) *book.Book {
	s.Helper()
	b, problems, err := book.Open(dir)
	if err != nil || len(problems) > 0 {
		s.Fatal(err, problems)
	}
	return b
}

// bill runs a month by a book.
func (s *site) bill(b *book.Book, into store.Store, p schemas.Period) *run.Manifest {
	s.Helper()
	r := &run.Run{Book: b, Places: s.Places}
	r.Store, r.Scratch, r.SpillDir = into, new(store.Memory), s.TempDir()
	prepared, err := pipeline.Prepare(s.Context(), r, pipeline.Request{Period: p, Now: time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC), Shards: 3})
	if err != nil {
		s.Fatal(err)
	}
	sum, err := pipeline.Execute(s.Context(), prepared, 2, "")
	if err != nil {
		s.Fatal(err)
	}
	if err := run.KeepBook(s.Context(), into, b); err != nil {
		s.Fatal(err)
	}
	return sum.Manifest
}

// try compares the book with its draft, and makes sure that nothing was left in the store.
func (s *site) try(m *run.Manifest, accounts bool) *whatif.Outcome {
	s.Helper()
	before := s.keys(s.Store)
	r := &run.Run{Book: s.book(s.dir), Places: s.Places}
	r.Scratch = new(store.Memory)
	out, err := whatif.Compare(s.Context(), r, s.book(s.draft), m, new(store.Memory), whatif.Options{Accounts: accounts, Workers: 2, SpillDir: s.TempDir()})
	if err != nil {
		s.Fatal(err)
	}
	if after := s.keys(s.Store); !maps.Equal(before, after) {
		s.Error("the store is not as it was")
	}
	return out
}

func (s *site) keys(of store.Store) map[string]store.Version {
	out := map[string]store.Version{}
	for info, err := range of.List(s.Context(), "") {
		if err != nil {
			s.Fatal(err)
		}
		out[info.Key] = info.Version
	}
	return out
}

// charged is what a run charges by account and currency.
func (s *site) charged(in store.Store, m *run.Manifest) map[string]money.Decimal {
	s.Helper()
	out := map[string]money.Decimal{}
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(s.Context(), in, o.Key, nil, func(c *schemas.Charge) error {
			key := string(c.Account) + " " + string(c.Currency)
			out[key] = out[key].Add(c.Amount)
			return nil
		})
		if err != nil {
			s.Fatal(err)
		}
	}
	return out
}

// holds makes sure that a trial says of every account what two runs charge.
func (s *site) holds(out *whatif.Outcome, before, after map[string]money.Decimal) {
	s.Helper()
	want := map[string]string{}
	for key := range before {
		if !before[key].Equal(after[key]) {
			want[key] = before[key].String() + " " + after[key].String()
		}
	}
	for key := range after {
		if _, both := before[key]; !both {
			want[key] = "0 " + after[key].String()
		}
	}
	got := map[string]string{}
	for i := range out.Customers {
		r := &out.Customers[i]
		if !r.Difference.IsZero() {
			got[string(r.Account)+" "+string(r.Currency)] = r.Before.String() + " " + r.After.String()
		}
	}
	if !maps.Equal(got, want) {
		s.Errorf("the trial says %v, and the runs charge %v", got, want)
	}
}

const august, september = schemas.Period("2024-08"), schemas.Period("2024-09")

// edits are what a draft may say otherwise, each with its cause.
var edits = []struct {
	cause           book.Cut
	file, old, text string
}{
	{book.CutPrices, "catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0515"},
	{book.CutPrices, "catalogue/all.yaml", "unit_price: 12.35", "unit_price: 11.05"},
	{book.CutPrices, "catalogue/all.yaml", "package_price: 4.15", "package_price: 3.95"},
	{book.CutMeters, "catalogue/all.yaml", "skus: [XFER], value: consumed_quantity, unit: GB, aggregation: sum", "skus: [XFER], value: consumed_quantity, unit: GB, aggregation: max"},
	{book.CutPolicy, "catalogue/all.yaml", "mode: half_up", "mode: down"},
	{book.CutTaxes, "catalogue/all.yaml", "percent: 19", "percent: 7"},
	{book.CutRates, "fx.csv", "2024-08-30,EUR,USD,1.1087", "2024-08-30,EUR,USD,1.2087"},
	{book.CutRates, "fx.csv", "2024-08-30,EUR,CHF,0.9402", "2024-08-30,EUR,CHF,0.8402"},
	{book.CutCustomers, "subscriptions.csv", ",support,", ",seats,"},
	{book.CutCustomers, "accounts.csv", ",USD,", ",CHF,"},
}

// TestAsTheRunThenSays tries drafts with any of the edits, and then runs the draft: what it charges each account is what the trial
// said, and of one edit alone the whole difference is of its cause.
func TestAsTheRunThenSays(t *testing.T) {
	s := newSite(t)
	m := s.bill(s.book(s.dir), s.Store, august)
	before := s.charged(s.Store, m)
	for seed := range effort.Count(t, 2, 200) {
		random := rand.New(rand.NewPCG(uint64(seed), 11))
		if err := small.Write(s.draft); err != nil {
			t.Fatal(err)
		}
		causes := map[book.Cut]bool{}
		for i, e := range edits {
			if random.IntN(3) == 0 || seed < len(edits) && i == seed {
				s.edit(e.file, e.old, e.text)
				causes[e.cause] = true
			}
		}
		out := s.try(m, true)
		var want []string
		for _, c := range book.Cuts() {
			if causes[c] {
				want = append(want, string(c))
			}
		}
		if !slices.Equal(out.Causes, want) {
			t.Errorf("seed %d: the causes are %q, want %q", seed, out.Causes, want)
		}
		into := new(store.Memory)
		s.holds(out, before, s.charged(into, s.bill(s.book(s.draft), into, august)))
		if t.Failed() {
			t.Fatalf("seed %d: %v", seed, want)
		}
	}
}

// TestOneCause: of one edit alone there is one cause, to which all comes; rows by customer are those by account, added up.
func TestOneCause(t *testing.T) {
	s := newSite(t)
	m := s.bill(s.book(s.dir), s.Store, august)
	if out := s.try(m, false); len(out.Causes) != 0 || len(out.Customers) != 0 || len(out.Sums) != 4 {
		t.Errorf("of the book itself: %v, %d customers, %d sums", out.Causes, len(out.Customers), len(out.Sums))
	}
	s.edit("catalogue/all.yaml", "percent: 19", "percent: 7")
	s.edit("plan.csv", "", "# nothing that is rated\n")
	out := s.try(m, false)
	if !slices.Equal(out.Causes, []string{"tax"}) || len(out.Offerings) != 0 || len(out.Customers) == 0 {
		t.Errorf("causes %v, %d offerings, %d customers", out.Causes, len(out.Offerings), len(out.Customers))
	}
	for _, r := range out.Customers {
		if !r.By[0].Equal(r.Difference) || !r.Difference.IsNegative() || !r.Earlier.IsZero() {
			t.Errorf("%s: %s of %s is by the tax", r.Customer, r.By[0], r.Difference)
		}
	}
	for _, c := range out.Counts {
		if c.More != 0 || c.Less+c.Same == 0 {
			t.Errorf("%+v", c)
		}
	}
	byAccount := map[string]money.Decimal{}
	for _, r := range s.try(m, true).Customers {
		byAccount[r.Customer+" "+string(r.Currency)] = byAccount[r.Customer+" "+string(r.Currency)].Add(r.Difference)
	}
	for _, r := range out.Customers {
		if key := r.Customer + " " + string(r.Currency); !byAccount[key].Equal(r.Difference) {
			t.Errorf("%s is %s by customer and %s by account", key, r.Difference, byAccount[key])
		}
	}
}

// TestEarlierMonths: what a draft says of a month that was billed stands apart in the next one, as that month's run would correct it.
func TestEarlierMonths(t *testing.T) {
	s := newSite(t)
	s.bill(s.book(s.dir), s.Store, august)
	if err := small.Late(s.dir); err != nil {
		t.Fatal(err)
	}
	m := s.bill(s.book(s.dir), s.Store, september)
	before := s.charged(s.Store, m)
	s.edit("catalogue/all.yaml", "unit_price: 12.35", "unit_price: 11.05")
	out := s.try(m, true)
	var month, earlier money.Decimal
	for _, r := range out.Customers {
		month, earlier = month.Add(r.By[0]), earlier.Add(r.Earlier)
	}
	if !out.Corrects() || !month.IsNegative() || !earlier.IsNegative() {
		t.Errorf("the month changes by %s and corrections by %s", month, earlier)
	}
	s.holds(out, before, s.charged(s.Store, s.bill(s.book(s.draft), s.Store, september)))
}

// TestOtherNames: a meter that is called otherwise, with its prices, changes what nobody pays.
func TestOtherNames(t *testing.T) {
	s := newSite(t)
	m := s.bill(s.book(s.dir), s.Store, august)
	before := s.charged(s.Store, m)
	s.edit("catalogue/all.yaml", "  - {id: traffic, source: own, skus: [XFER]", "  - {id: flow, source: own, skus: [XFER]")
	s.edit("catalogue/all.yaml", "meter: traffic", "meter: flow")
	s.edit("catalogue/all.yaml", "meter: traffic", "meter: flow")
	s.edit("catalogue/all.yaml", "    name: Seats\n", "    name: Chairs\n")
	out, into := s.try(m, true), new(store.Memory)
	s.holds(out, before, s.charged(into, s.bill(s.book(s.draft), into, august)))
	var words []string
	for _, r := range out.Customers {
		words = append(words, fmt.Sprint(r.Account, r.Difference))
	}
	if len(words) > 0 {
		t.Errorf("a meter's name changes what is charged: %v", words)
	}
}

// TestPages: what names say is text wherever it stands.
func TestPages(t *testing.T) {
	s := newSite(t)
	m := s.bill(s.book(s.dir), s.Store, august)
	s.edit("catalogue/all.yaml", "percent: 19", "percent: 7")
	out := s.try(m, false)
	out.Customers[0].Name = "=cmd()<script>\u202e"
	page, table := string(out.HTML(whatif.Names{Before: "<b>", After: "draft"})), string(out.CSV())
	if strings.Contains(page, "=cmd()<script>") || strings.Contains(page, "<b>") || !strings.Contains(page, "=cmd()&lt;script&gt;\uFFFD") {
		t.Error("a name is markup of the page")
	}
	if !strings.Contains(table, ",'=cmd()<script>\uFFFD,") || strings.Count(table, "\r\n") != len(out.Customers)+1 {
		t.Errorf("the table is\n%s", table)
	}
	if text, err := json.Marshal(out); err != nil || !strings.Contains(string(text), `"by_cause":[`) {
		t.Errorf("%s, %v", text, err)
	}
}
