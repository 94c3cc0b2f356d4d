package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/parquet"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// night is a run for a test: its charges, and how many shards divide them.
type night struct {
	charges []Charge
	shards  int
	groups  int // rows of a row group; 0 is 50, so that there are several
}

// commit writes the charges as a run does, and returns its manifest. Objects are named by what they hold.
func (n night) commit(t *testing.T, s store.Store) *run.Manifest {
	t.Helper()
	m := &run.Manifest{Spec: run.Spec{Period: "2024-09", Shards: n.shards}}
	for _, c := range n.charges {
		m.Control.Charged.Rows++
		if err := m.Control.Charged.AddCost(string(c.Currency), c.Amount); err != nil {
			t.Fatal(err)
		}
	}
	for shard := range n.shards {
		var mine []Charge
		for _, c := range n.charges {
			if int(m.Spec.Home()(c.Account)) == shard {
				mine = append(mine, c)
			}
		}
		slices.SortStableFunc(mine, func(a, b Charge) int { return cmp.Compare(a.Account, b.Account) })
		body := parquetOf(t, mine, cmp.Or(n.groups, 50))
		digest := fmt.Sprintf("%x", dataset.Hash(body))
		o := run.Output{Dataset: schemas.Charges.Name, Key: fmt.Sprintf("datasets/charges/billing_period=2024-09/%s/part-%04d.parquet", digest, shard), Digest: digest}
		if _, err := s.Create(t.Context(), o.Key, bytes.NewReader(body)); err != nil {
			t.Fatal(err)
		}
		m.Outputs = append(m.Outputs, o)
	}
	m.Run = schemas.RunID(fmt.Sprintf("%016x", dataset.Hash([]byte(fmt.Sprint(m.Outputs)))))
	return m
}

// parquetOf writes charges as Parquet.
func parquetOf(t *testing.T, charges []Charge, groups int) []byte {
	t.Helper()
	b := dataset.NewBatch(&compared)
	for i := range charges {
		c := &charges[i]
		for col, s := range map[int]string{
			account: string(c.Account), offering: string(c.Offering), price: string(c.Price), currency: string(c.Currency), provider: string(c.Provider),
			subscription: string(c.Subscription), meter: string(c.Meter), group: c.Group, region: c.Region, sku: string(c.SKU), category: string(c.Category),
			class: string(c.Class), corrects: string(c.Corrects), version: c.Version, model: c.Model, description: c.Description, unit: c.Unit, id: string(c.ID),
		} {
			if s != "" {
				b.AppendText(col, s)
			}
		}
		b.AppendTime(start, c.Start)
		b.AppendTime(end, c.End)
		b.AppendDecimal(amount, c.Amount)
		for col, d := range map[int]*money.Fixed{quantity: &c.Quantity, value: &c.Value, cost: &c.Cost} {
			if map[int]bool{quantity: c.HasQuantity, value: c.HasValue, cost: c.HasCost}[col] {
				b.AppendDecimal(col, *d)
			}
		}
		b.AppendInt(side, 0)
		if err := b.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	w, err := parquet.NewWriter(&out, &compared, nil, parquet.WriterOptions{RowGroupRows: groups})
	if err == nil {
		err = w.Append(b)
	}
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// randomCharge is a charge of a few accounts, offerings, prices and currencies, corrections, taxes and credits among them.
func randomCharge(r *rand.Rand) Charge {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	c := Charge{
		Key: Key{
			Account: schemas.AccountID(fmt.Sprintf("account-%02d", r.IntN(30))), Offering: schemas.OfferingID(pick("", "compute", "storage")),
			Price: schemas.PriceID(pick("", "hour", "gb", "base")), Currency: money.Currency(pick("EUR", "USD", "JPY")), Provider: "EUR",
			Region: pick("", "eu", "us"), Category: schemas.ChargeCategory(pick("Usage", "Usage", "Purchase", "Credit", "Tax")),
		},
		Description: pick("Compute", "Storage", ""), Model: pick("flat", "graduated", schemas.PrepaidCredit),
		Start: int64(r.IntN(3)) * 86_400_000_000, Version: pick("", "1", "2"),
	}
	if r.IntN(8) == 0 {
		c.Class, c.Corrects = "Correction", schemas.Period(pick("2024-07", "2024-08"))
	}
	c.End = c.Start + 86_400_000_000
	c.price(r)
	return c
}

// price gives a charge other figures, and the identifier that goes with them.
func (c *Charge) price(r *rand.Rand) {
	places := uint64(10_000_000_000_000_000)
	sum := func() money.Fixed {
		f := money.Fixed{Lo: r.Uint64N(1_000_000) * places}
		if r.IntN(4) == 0 {
			f = f.Neg()
		}
		return f
	}
	c.Amount, c.HasValue, c.HasCost, c.HasQuantity = sum(), r.IntN(6) > 0, r.IntN(2) > 0, r.IntN(2) > 0
	c.Value, c.Cost, c.Quantity = money.Fixed{}, money.Fixed{}, money.Fixed{}
	if c.HasValue {
		c.Value = sum()
	}
	if c.HasCost {
		c.Cost = sum()
	}
	if c.HasQuantity {
		c.Quantity = sum()
	}
	c.ID = schemas.ChargeID(fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()))
}

// tonight makes another run's charges of those of one: some gone, some changed, some of these in what makes them the charges they
// are, and some new.
func tonight(r *rand.Rand, before []Charge) (after []Charge) {
	for _, c := range before {
		switch r.IntN(12) {
		case 0:
			continue
		case 1:
			c.price(r)
		case 2:
			c.Value, c.HasValue = money.FixedFromInt(7), true // another exchange rate changes no identifier
		case 3:
			c.Price = "moved"
			c.price(r)
		case 4:
			c.Model = schemas.PrepaidCredit
		case 5:
			c.Provider = "CHF"
		}
		after = append(after, c)
	}
	for range r.IntN(20) {
		after = append(after, randomCharge(r))
	}
	r.Shuffle(len(after), func(i, j int) { after[i], after[j] = after[j], after[i] })
	return after
}

// TestRuns compares random runs, divided into various numbers of shards: what differs leads from one run to the other, charge by
// charge; the sums are those of an independent calculation; and neither the division nor the order makes a difference.
func TestRuns(t *testing.T) {
	for seed := range uint64(effort.Count(t, 8, 300)) {
		r := rand.New(rand.NewPCG(seed, 8))
		var before []Charge
		for range r.IntN(400) {
			before = append(before, randomCharge(r))
		}
		after := tonight(r, before)
		if seed%13 == 1 {
			before = nil
		}
		if seed%13 == 2 {
			after = nil
		}
		first := ""
		for _, shards := range [][2]int{{1, 1}, {3, 16}, {16, 3}, {5, 5}} {
			s := new(store.Memory)
			a, b := night{charges: before, shards: shards[0]}.commit(t, s), night{charges: after, shards: shards[1]}.commit(t, s)
			var differs []Difference
			c, err := Runs(t.Context(), s, a, b, Options{Lines: -1, SpillDir: t.TempDir(), Each: func(d *Difference) error {
				differs = append(differs, copied(d))
				return nil
			}})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			leads(t, before, after, differs)
			tie(t, c, before, after)
			c.Causes, c.Before, c.After = nil, "", ""
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(text)
			}
			if string(text) != first {
				t.Errorf("seed %d: %d and %d shards make another comparison", seed, shards[0], shards[1])
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// copied is a difference whose charges stay.
func copied(d *Difference) (out Difference) {
	if d.Before != nil {
		out.Before = new(*d.Before)
	}
	if d.After != nil {
		out.After = new(*d.After)
	}
	return out
}

// leads fails unless what differs makes the later charges of the earlier ones.
func leads(t *testing.T, before, after []Charge, differs []Difference) {
	t.Helper()
	count := map[Charge]int{}
	for _, c := range before {
		count[c]++
	}
	for _, d := range differs {
		if d.Before != nil {
			count[*d.Before]--
		}
		if d.After != nil {
			count[*d.After]++
		}
		if d.Kind() == Changed && (*d.Before == *d.After || d.Before.Key != d.After.Key) {
			t.Errorf("%+v is called a change", d)
		}
	}
	for _, c := range after {
		count[c]--
	}
	for c, n := range count {
		if n != 0 {
			t.Errorf("%d of %+v", n, c)
		}
	}
}

// tie holds sums and lines against an independent calculation by fractions.
func tie(t *testing.T, c *Comparison, before, after []Charge) {
	t.Helper()
	rat := func(f money.Fixed) *big.Rat {
		out, ok := new(big.Rat).SetString(f.String())
		if !ok {
			t.Fatalf("%s is no number", f)
		}
		return out
	}
	want, lines := map[string]*big.Rat{}, map[money.Currency]*big.Rat{}
	add := func(name string, x *big.Rat) {
		if want[name] == nil {
			want[name] = new(big.Rat)
		}
		want[name].Add(want[name], x)
	}
	for at, charges := range [][]Charge{before, after} {
		for _, x := range charges {
			add(fmt.Sprint(Billed, x.Currency, at), rat(x.Amount))
			add(fmt.Sprint(Value, x.Provider, at), rat(x.Value))
			if x.Category != schemas.CategoryTax && x.Model != schemas.PrepaidCredit {
				add(fmt.Sprint(Revenue, x.Provider, at), rat(x.Value))
			}
		}
	}
	for _, x := range c.Lines {
		if lines[x.Currency] == nil {
			lines[x.Currency] = new(big.Rat)
		}
		lines[x.Currency].Add(lines[x.Currency], rat(x.Difference))
	}
	for _, x := range c.Sums {
		at := func(p Part) *big.Rat { return rat(p.Amount) }
		for k, p := range []Part{x.Before, x.After} {
			have := cmp.Or(want[fmt.Sprint(x.Measure, x.Currency, k)], new(big.Rat))
			if at(p).Cmp(have) != 0 {
				t.Errorf("%s %s of run %d is %s, want %s", x.Measure, x.Currency, k, p.Amount, have.FloatString(4))
			}
		}
		sum := new(big.Rat).Add(at(x.Before), at(x.Added))
		sum.Sub(sum, at(x.Gone)).Add(sum, at(x.Changed))
		if sum.Cmp(at(x.After)) != 0 {
			t.Errorf("%s %s does not tie: %+v", x.Measure, x.Currency, x)
		}
		moved := new(big.Rat).Sub(at(x.After), at(x.Before))
		if x.Measure == Billed && moved.Cmp(cmp.Or(lines[x.Currency], new(big.Rat))) != 0 {
			t.Errorf("the lines in %s do not add up to %s", x.Currency, moved.FloatString(4))
		}
	}
}

// TestOneAccount compares one account alone: nothing of others is counted, and all of its own is.
func TestOneAccount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	var before []Charge
	for range 300 {
		before = append(before, randomCharge(r))
	}
	after, s := tonight(r, before), new(store.Memory)
	a, b := night{charges: before, shards: 4}.commit(t, s), night{charges: after, shards: 7}.commit(t, s)
	const only = "account-07"
	others := func(c Charge) bool { return c.Account != only }
	c, err := Runs(t.Context(), s, a, b, Options{Lines: -1, Account: only, SpillDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	before, after = slices.DeleteFunc(before, others), slices.DeleteFunc(after, others)
	tie(t, c, before, after)
	rows := int64(0)
	for _, x := range c.Sums {
		if x.Measure == Billed {
			rows += x.Before.Charges + x.After.Charges
		}
	}
	if len(before) == 0 || rows != int64(len(before)+len(after)) {
		t.Errorf("%d charges were counted of %d and %d", rows, len(before), len(after))
	}
	for _, x := range c.Lines {
		if x.Account != only {
			t.Errorf("a line of %s", x.Account)
		}
	}
}

// TestSameRun: of a run and itself nothing is sorted, and everything is the same.
func TestSameRun(t *testing.T) {
	r, s := rand.New(rand.NewPCG(2, 9)), new(store.Memory)
	charges := []Charge{randomCharge(r), randomCharge(r), randomCharge(r)}
	m := night{charges: charges, shards: 2}.commit(t, s)
	c, err := Runs(t.Context(), s, m, m, Options{Lines: 5, SpillDir: t.TempDir()})
	if err != nil || len(c.Lines) != 0 || len(c.Causes) != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	tie(t, c, charges, charges)
}

// TestOtherCharges: a run whose charges are not those that it says it has is not compared.
func TestOtherCharges(t *testing.T) {
	r, s := rand.New(rand.NewPCG(3, 9)), new(store.Memory)
	charges := []Charge{randomCharge(r), randomCharge(r), randomCharge(r)}
	a, b := night{charges: charges, shards: 1}.commit(t, s), night{charges: charges[:2], shards: 1}.commit(t, s)
	b.Control = a.Control
	if _, err := Runs(t.Context(), s, a, b, Options{SpillDir: t.TempDir()}); !errors.Is(err, ErrUntied) {
		t.Errorf("%v", err)
	}
}

// TestLines keeps the lines that differ most, and says how many more there are.
func TestLines(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	var before []Charge
	for range 400 {
		before = append(before, randomCharge(r))
	}
	after, s := tonight(r, before), new(store.Memory)
	a, b := night{charges: before, shards: 2}.commit(t, s), night{charges: after, shards: 3}.commit(t, s)
	all, err := Runs(t.Context(), s, a, b, Options{Lines: -1, SpillDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	few, err := Runs(t.Context(), s, a, b, Options{Lines: 5, SpillDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(all.Lines)
	slices.SortStableFunc(want, func(x, y Line) int { return compareLines(&x, &y) })
	if len(few.Lines) != 5 || few.More != int64(len(all.Lines)-5) || all.More != 0 {
		t.Fatalf("%d lines and %d more of %d", len(few.Lines), few.More, len(all.Lines))
	}
	for i := range few.Lines {
		if compareLines(&few.Lines[i], &want[i]) != 0 {
			t.Errorf("line %d is %+v, want %+v", i, few.Lines[i], want[i])
		}
	}
	if !slices.IsSortedFunc(all.Lines, func(x, y Line) int {
		return strings.Compare(string(x.Account+"\x00")+string(x.Offering)+"\x00"+string(x.Price), string(y.Account+"\x00")+string(y.Offering)+"\x00"+string(y.Price))
	}) {
		t.Error("all lines are not in order")
	}
}

// TestWriter writes what differs as Parquet: a row for each charge, whose differences add up to those of the runs.
func TestWriter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	var before []Charge
	for range 300 {
		before = append(before, randomCharge(r))
	}
	after, s := tonight(r, before), new(store.Memory)
	a, b := night{charges: before, shards: 2}.commit(t, s), night{charges: after, shards: 3}.commit(t, s)
	var out bytes.Buffer
	w, err := NewWriter(&out, a, b)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Runs(t.Context(), s, a, b, Options{SpillDir: t.TempDir(), Each: w.Add})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	sums, changes := map[string]money.Fixed{}, map[string]int64{}
	read := readBack(t, out.Bytes(), func(b *dataset.Batch, i int) {
		currency := b.Columns[DiffBillingCurrency].StringAt(i)
		if sums[currency], err = sums[currency].Add(b.Columns[DiffBilledCostDifference].Decs[i]); err != nil {
			t.Fatal(err)
		}
		changes[b.Columns[DiffChange].StringAt(i)]++
		gone := b.Columns[DiffChargeIdAfter].IsNull(i)
		if gone != b.Columns[DiffBilledCostAfter].IsNull(i) || gone != (b.Columns[DiffChange].StringAt(i) == "gone") {
			t.Errorf("row %d is of a charge that is gone and not", i)
		}
	})
	var want [3]int64
	for _, x := range c.Sums {
		if x.Measure == Billed {
			moved, err := x.After.Amount.Sub(x.Before.Amount)
			if err != nil || sums[string(x.Currency)] != moved {
				t.Errorf("the rows in %s add up to %s, want %s (%v)", x.Currency, sums[string(x.Currency)], moved, err)
			}
			want[0], want[1], want[2] = want[0]+x.Added.Charges, want[1]+x.Gone.Charges, want[2]+x.Changed.Charges
		}
	}
	if have := [3]int64{changes["added"], changes["gone"], changes["changed"]}; have != want || rows != read || read != want[0]+want[1]+want[2] {
		t.Errorf("%v in %d of %d rows, want %v", have, read, rows, want)
	}
}

func readBack(t *testing.T, file []byte, each func(*dataset.Batch, int)) (rows int64) {
	t.Helper()
	f, err := parquet.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Scan(&Differences, parquet.ScanOptions{From: f.From(&Differences)})
	if err != nil {
		t.Fatal(err)
	}
	for b := dataset.NewBatch(&Differences); ; {
		more, err := s.Next(b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return rows
		}
		for i := range b.Rows {
			each(b, i)
		}
		rows += int64(b.Rows)
	}
}

// TestEachFails hands on what a reader of differences complains of.
func TestEachFails(t *testing.T) {
	r, s := rand.New(rand.NewPCG(6, 9)), new(store.Memory)
	a, b := night{charges: nil, shards: 1}.commit(t, s), night{charges: []Charge{randomCharge(r)}, shards: 2}.commit(t, s)
	_, err := Runs(t.Context(), s, a, b, Options{SpillDir: t.TempDir(), Each: func(*Difference) error { return io.ErrShortWrite }})
	if !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}
