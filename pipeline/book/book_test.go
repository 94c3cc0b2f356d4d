package book

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"daybook/schemas"
)

// load reads a book that must be sound.
func load(t *testing.T, layers ...map[string][]byte) *Book {
	t.Helper()
	b, problems := Load(bookOf(layers...))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

func day(t *testing.T, s string) schemas.Date {
	t.Helper()
	d, err := schemas.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStarterIsSound(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir); err != nil {
		t.Fatal(err)
	}
	b, problems, err := Open(dir)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	if want := "Example Cloud: 2 sources, 2 meters, 2 offerings with 4 prices, 2 customers with 3 accounts, 1 peer, 2 plan lines"; b.Summary() != want {
		t.Errorf("summary is %q", b.Summary())
	}
	err = Init(dir)
	if err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second Init says %v", err)
	}
	for _, lines := range Starter() {
		if strings.Contains(string(lines), "\r") || strings.Contains(string(lines), "\t") {
			t.Error("the starter holds tabs or carriage returns")
		}
	}
}

func TestOpenWithoutDirectory(t *testing.T) {
	if _, _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}

// A link inside the book is followed; one that leads out is refused, and nothing behind it is read.
func TestLinksStayInside(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "provider.yaml")
	for name, text := range baseBook(t) {
		if err := writeNew(filepath.Join(dir, "..data", name), text); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"provider.yaml", "sources.yaml", "catalogue", "customers.csv", "accounts.csv", "subscriptions.csv", "peers", "plan.csv", "fx.csv"} {
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	if _, problems, err := Open(dir); err != nil || len(problems) > 0 {
		t.Fatalf("a book of links inside is refused: %v %v", err, problems)
	}
	if err := os.WriteFile(outside, baseBook(t)["provider.yaml"], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "provider.yaml")), os.Symlink(outside, filepath.Join(dir, "provider.yaml"))); err != nil {
		t.Fatal(err)
	}
	_, problems, err := Open(dir)
	if err != nil || len(problems) != 1 || problems[0].File != "provider.yaml" || !strings.Contains(problems[0].Message, "cannot be read") {
		t.Fatalf("a link out of the book gives %v %v", err, problems)
	}
	if strings.Contains(problems.Error(), outside) {
		t.Error("the complaint tells where the link leads")
	}
}

// Directories where deliveries arrive and results go may lie inside the book; others may not.
func TestPlacesInsideTheBook(t *testing.T) {
	provider := append(baseBook(t)["provider.yaml"], "landing: ./data/landing\nstore: store/\n"...)
	files := map[string][]byte{
		"provider.yaml": provider, "data/landing/own/x.jsonl": []byte("{}"), "store/runs/x.json": []byte("{}"),
	}
	load(t, baseBook(t), files)
	files["stores/x"] = []byte("x")
	_, problems := Load(bookOf(baseBook(t), files))
	if len(problems) != 1 || problems[0].File != "stores" {
		t.Errorf("complaints are %v", problems)
	}
}

func TestPricesInForce(t *testing.T) {
	b := load(t, Starter())
	for _, c := range []struct{ day, asOf, want string }{
		{"2024-09-15", "", "base-fee@2024-1 vcpu@2024-1"},
		{"2024-09-16", "", "base-fee@2024-1 vcpu@2024-2"},
		{"2024-09-16", "2024-07-31", "base-fee@2024-1 vcpu@2024-1"},
		{"2024-09-16", "2023-11-30", "base-fee@2024-1"},
		{"2024-09-16", "2024-08-01", "base-fee@2024-1 vcpu@2024-2"},
	} {
		var asOf schemas.Date
		if c.asOf != "" {
			asOf = day(t, c.asOf)
		}
		var got []string
		for _, p := range b.PricesInForce("compute", day(t, c.day), asOf) {
			got = append(got, string(p.ID)+"@"+p.Version)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("on %s as of %q: %v, want %s", c.day, c.asOf, got, c.want)
		}
	}
	if b.PricesInForce("none", day(t, "2024-09-16"), schemas.Date{}) != nil {
		t.Error("an unknown offering has prices")
	}
}

// A price that was corrected afterwards replaces the first from the day on which it was known, on the days of its own.
func TestCatalogueAsOf(t *testing.T) {
	b := load(t, baseBook(t), map[string][]byte{"catalogue/main.yaml": []byte(`meters:
  - {id: hours, unit: hour}
offerings:
  - id: compute
    name: Compute
    prices:
      - {id: hour, version: "1", meter: hours, currency: EUR, model: per_unit, unit_price: 4, known_since: 2024-01-01}
      - {id: hour, version: "2", meter: hours, currency: EUR, model: per_unit, unit_price: 5, from: 2024-03-01, to: 2024-05-01, known_since: 2024-06-01}
      - {id: hour, version: "3", meter: hours, currency: EUR, model: per_unit, unit_price: 6, from: 2024-04-01, known_since: 2024-07-01}
      - {id: other, version: "1", currency: EUR, model: flat, amount: 1}
taxes:
  - {id: vat, percent: 19}
  - {id: vat, percent: 16, from: 2024-07-01, to: 2025-01-01, known_since: 2024-06-30}
`)})
	for _, c := range []struct{ asOf, want string }{
		{"2023-12-31", "other@1:.. 19:.."},
		{"2024-01-01", "hour@1:.. other@1:.. 19:.."},
		{"2024-06-01", "hour@1:..2024-03-01 hour@1:2024-05-01.. hour@2:2024-03-01..2024-05-01 other@1:.. 19:.."},
		{"2024-07-01", "hour@1:..2024-03-01 hour@2:2024-03-01..2024-04-01 hour@3:2024-04-01.. other@1:.. 19:..2024-07-01 19:2025-01-01.. 16:2024-07-01..2025-01-01"},
		{"", "hour@1:..2024-03-01 hour@2:2024-03-01..2024-04-01 hour@3:2024-04-01.. other@1:.. 19:..2024-07-01 19:2025-01-01.. 16:2024-07-01..2025-01-01"},
	} {
		var asOf schemas.Date
		if c.asOf != "" {
			asOf = day(t, c.asOf)
		}
		catalogue := b.CatalogueAsOf(asOf)
		var got []string
		for _, p := range catalogue.Offerings[0].Prices {
			got = append(got, string(p.ID)+"@"+p.Version+":"+p.Validity.From.String()+".."+p.Validity.To.String())
		}
		for _, x := range catalogue.Taxes {
			got = append(got, x.Percent.String()+":"+x.Validity.From.String()+".."+x.Validity.To.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("as of %q: %s, want %s", c.asOf, strings.Join(got, " "), c.want)
		}
		// The same, asked day by day.
		for d, end := day(t, "2024-02-01"), day(t, "2024-06-01"); d.Before(end); d = d.AddDays(1) {
			var one, other []string
			for _, p := range b.PricesInForce("compute", d, asOf) {
				one = append(one, string(p.ID)+p.Version)
			}
			for _, p := range catalogue.Offerings[0].Prices {
				if p.Validity.Holds(d, asOf) {
					other = append(other, string(p.ID)+p.Version)
				}
			}
			if strings.Join(one, " ") != strings.Join(other, " ") {
				t.Errorf("as of %q on %s: %v and %v", c.asOf, d, one, other)
			}
		}
	}
	if len(b.Catalogue.Offerings[0].Prices) != 4 {
		t.Error("the book itself has changed")
	}
}

// A price is in force while its offering is, whoever has it without a subscription of its own.
func TestCatalogueAsOfOffering(t *testing.T) {
	b := load(t, baseBook(t), map[string][]byte{"catalogue/more.yaml": []byte(`offerings:
  - id: support
    name: Support
    included: true
    from: 2024-02-01
    to: 2024-06-01
    known_since: 2024-01-15
    prices:
      - {id: month, currency: EUR, model: flat, amount: 1, to: 2024-09-01}
`)})
	for asOf, want := range map[string]string{"2024-01-14": "", "2024-01-15": "month:2024-02-01..2024-06-01", "": "month:2024-02-01..2024-06-01"} {
		var at schemas.Date
		if asOf != "" {
			at = day(t, asOf)
		}
		got := ""
		for _, p := range b.CatalogueAsOf(at).Offerings[1].Prices {
			got += string(p.ID) + ":" + p.Validity.From.String() + ".." + p.Validity.To.String()
		}
		if got != want {
			t.Errorf("as of %q: %q, want %q", asOf, got, want)
		}
	}
}

func TestLookUps(t *testing.T) {
	b := load(t, baseBook(t))
	source, ok1 := b.Source("meter")
	meter, ok2 := b.Meter("hours")
	offering, ok3 := b.Offering("compute")
	peer, ok4 := b.Peer("atlas")
	contract, ok5 := b.Contract("atlas-2024")
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		t.Fatal("something of the book is not found")
	}
	if source.Prefix != "own" || meter.Unit != "hour" || len(offering.Prices) != 2 || peer.Name != "Atlas" || contract.Peer != "atlas" {
		t.Errorf("found %+v, %+v, %+v, %+v, %+v", source, meter, offering, peer, contract)
	}
	if _, found := b.Source("meters"); found {
		t.Error("a source is found that is not there")
	}
	if _, _, found := b.Account("birch"); found {
		t.Error("an account is found that is not there")
	}
}

func TestConvert(t *testing.T) {
	b := load(t, Starter())
	got, ok := b.Convert("USD", "EUR", day(t, "2024-10-03"), schemas.Date{})
	if !ok || got.Factor.String() != "1/1.1196" {
		t.Errorf("a dollar is %s (%v)", got.Factor, ok)
	}
	if _, ok := b.Convert("USD", "EUR", day(t, "2024-10-08"), schemas.Date{}); ok {
		t.Error("a rate older than a week is used")
	}
	if _, ok := b.Convert("USD", "CHF", day(t, "2024-10-03"), schemas.Date{}); ok {
		t.Error("a rate is made up")
	}
}

func TestRatesInTheWideLayout(t *testing.T) {
	b := load(t, baseBook(t), map[string][]byte{
		"fx.csv": []byte("\xef\xbb\xbfDate,USD,CYP,JPY,\n2024-09-30,1.1196,0.58,159.82,\n2024-09-27,1.1158,N/A,N/A,\n"),
	})
	got, ok := b.Convert("USD", "JPY", day(t, "2024-10-01"), schemas.Date{})
	if !ok || got.Factor.String() != "159.82/1.1196" {
		t.Errorf("a dollar is %s yen (%v)", got.Factor, ok)
	}
}

func TestWhere(t *testing.T) {
	b := load(t, Starter())
	for _, c := range []struct {
		kind Kind
		id   string
		want string
	}{
		{KindOffering, "compute", "catalogue/compute.yaml:15"},
		{KindPrice, "compute/vcpu", "catalogue/compute.yaml:30"},
		{KindAccount, "cedar-main", "accounts.csv:5"},
		{KindSubscription, "sub-5", "subscriptions.csv:8"},
		{KindContract, "atlas-2024", "peers/atlas.yaml:20"},
		{KindPlanLine, "2024-09/compute/", "plan.csv:3"},
		{KindPeer, "none", ""},
	} {
		if got := b.Where(c.kind, c.id); got != c.want {
			t.Errorf("%s %s is at %q, want %q", c.kind, c.id, got, c.want)
		}
	}
	if got := b.WherePrice("compute", "vcpu", "2024-2"); got != "catalogue/compute.yaml:43" {
		t.Errorf("the second version of the price is at %q", got)
	}
}

// A digest changes with its own files and no others, and with a name as with a byte.
func TestDigest(t *testing.T) {
	base := baseBook(t)
	first := load(t, base)
	changed := load(t, base, map[string][]byte{"plan.csv": []byte("period,offering,revenue,currency\n2024-09,compute,101,EUR\n")})
	for _, p := range Parts() {
		if same := first.Digest(p) == changed.Digest(p); same == (p == PartPlan) {
			t.Errorf("after a change of the plan, the digest of %s is the same: %v", p, same)
		}
	}
	if first.Digest() == changed.Digest() || first.Digest(PartPlan, PartFX) == changed.Digest(PartPlan, PartFX) {
		t.Error("a digest over several parts misses a change")
	}
	if first.Digest() != load(t, base).Digest() || len(first.Digest()) != 64 {
		t.Error("the same book has two digests")
	}
	moved := load(t, base, map[string][]byte{"plan.csv": nil, "plan/2024.csv": base["plan.csv"]})
	if moved.Digest(PartPlan) == first.Digest(PartPlan) {
		t.Error("a file's name is not in the digest")
	}
}

// The same facts in YAML and in CSV make the same book.
func TestYAMLAndCSVAgree(t *testing.T) {
	rows := load(t, baseBook(t), map[string][]byte{
		"changes.csv": []byte("subscription,id,on,kind,quantity\ns1,k2,2024-06-01,quantity,3\ns1,k1,2024-03-01,quantity,2\n"),
	})
	nested := load(t, baseBook(t), map[string][]byte{
		"customers.csv": nil, "accounts.csv": nil, "subscriptions.csv": nil,
		"customers.yaml": []byte(`customers:
  - {id: cedar, name: Cedar, accounts: [{id: cedar-main, currency: EUR, subscriptions: [{id: s2, offering: compute, start: 2024-01-01}]}]}
  - id: birch
    name: Birch
    accounts:
      - id: birch-prod
        currency: EUR
        subscriptions:
          - id: s1
            offering: compute
            start: 2024-01-01
            changes:
              - {id: k1, on: 2024-03-01, kind: quantity, quantity: 2}
              - {id: k2, on: 2024-06-01, kind: quantity, quantity: "3"}
`),
	})
	a, _, _ := rows.Account("birch-prod")
	b, customer, ok := nested.Account("birch-prod")
	if !ok || customer.ID != "birch" || len(a.Subscriptions) != 1 || len(b.Subscriptions) != 1 {
		t.Fatalf("accounts are %+v and %+v", a, b)
	}
	for i, c := range a.Subscriptions[0].Changes {
		d := b.Subscriptions[0].Changes[i]
		if c.ID != d.ID || c.On != d.On || !c.Quantity.Equal(*d.Quantity) {
			t.Errorf("change %d is %+v and %+v", i, c, d)
		}
	}
	var order []string
	for account, customer := range nested.Accounts {
		order = append(order, customer.ID+"/"+string(account.ID))
	}
	if strings.Join(order, " ") != "birch/birch-prod cedar/cedar-main" {
		t.Errorf("accounts come as %v", order)
	}
}

// FuzzLoad reads any text as each kind of file: no panic, no hang, and every complaint has a place.
func FuzzLoad(f *testing.F) {
	a, err := txtar.ParseFile("testdata/base.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for name, text := range Starter() {
		for k, kind := range kinds() {
			if strings.TrimSuffix(filepath.Ext(name), "l") == strings.TrimSuffix(filepath.Ext(kind.pattern), "l") {
				f.Add(k, text)
			}
		}
	}
	names, _ := filepath.Glob("testdata/errors/*.txtar")
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(len(name)%len(kinds()), text)
		}
	}
	f.Fuzz(func(t *testing.T, which int, text []byte) {
		if len(text) > 1<<16 {
			return
		}
		k := kinds()[(which%len(kinds())+len(kinds()))%len(kinds())]
		name := strings.ReplaceAll(k.pattern, "*", "fuzz")
		fsys := fstest.MapFS{}
		for _, other := range a.Files {
			fsys[other.Name] = &fstest.MapFile{Data: other.Data}
		}
		fsys[name] = &fstest.MapFile{Data: text}
		b, problems := Load(fsys)
		if (b == nil) != (len(problems) > 0) {
			t.Fatal("neither a book nor a problem, or both")
		}
		for _, p := range problems {
			if p.File == "" || p.Line < 1 || p.Column < 1 || p.Message == "" || strings.ContainsAny(p.String(), "\n\r") {
				t.Fatalf("a complaint without its place, or of several lines: %q", p.String())
			}
		}
	})
}

// The published history of the European Central Bank is read as it is, where it lies beside the repository.
func TestPublishedRates(t *testing.T) {
	names, _ := filepath.Glob("../../../shared/data/fx/*.csv")
	if len(names) == 0 {
		t.Skip("no published rates beside the repository")
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	b := load(t, baseBook(t), map[string][]byte{"fx.csv": text})
	got, ok := b.Convert("CHF", "USD", day(t, "2026-04-12"), schemas.Date{})
	if !ok || got.Factor.String() != "1.1711/0.9241" || got.Legs[0].Day != day(t, "2026-04-10") {
		t.Errorf("on a Sunday a franc is %s dollars, by %v (%v)", got.Factor, got.Legs, ok)
	}
}
