package bills

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"daybook/fixtures/effort"
	"daybook/reconcile/tally"
	"daybook/schemas"
	"daybook/schemas/agreed"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// simple holds bills against our meters the long way: each row is looked up by itself, all are lines, and every charge period is
// compared as such.
type simple struct {
	*Detail
	lines []*line
}

func (d *simple) add(r *DetailRow) error {
	if r.Peer == "" {
		return d.addOwn(r)
	}
	contract := d.contracts.detailOf(r.Peer, r.Day)
	if contract == nil {
		return nil
	}
	key := d.keyOf(r)
	term, _, fits := d.contracts.rated(&key)
	if term != nil && (!fits || term.contract.Detail == nil) {
		term = nil
	}
	if term != nil {
		contract = term.contract
	}
	floor := term != nil && term.floor != nil
	if accepted := d.contracts.accepts(&key) != nil; accepted || floor || !isUse(r.Category) {
		w := &Way{contract: contract, accepted: accepted, service: r.Service, category: r.Category, currency: r.Currency, peer: r.Peer}
		return d.sums.aside(w, r.Billed, d.convert(r.Billed, r.Currency, contract))
	}
	l := d.lineOf(r, kind{contract: contract, term: term, peer: r.Peer, service: r.Service, sku: r.SKU, region: r.Region, currency: r.Currency})
	l.cost, l.ourOwn, l.object, l.row, l.invoice = r.Billed, r.OurOwn, r.Object, r.Row, r.Invoice
	d.lines = append(d.lines, l)
	if l.quantity = r.Priced; term == nil {
		return nil
	}
	unit, value := r.PricingUnit, r.Priced
	switch {
	case term.rate.Basis == schemas.BasisList:
		unit, value = term.rate.Unit, r.List
	case term.rate.Quantity == agreed.ConsumedQuantity:
		unit, value = r.ConsumedUnit, r.Consumed
	}
	var err error
	if l.quantity, err = d.inUnit(value, unit, term.rate.Unit); err != nil {
		return err
	}
	if l.priced = r.HasPrice && r.Currency == contract.Currency && term.rate.Basis != schemas.BasisList; l.priced {
		l.product, err = money.MulWide(r.Priced, r.UnitPrice).Round(2*money.Scale, money.Scale, money.HalfEven)
	}
	return err
}

func (d *simple) addOwn(r *DetailRow) error {
	key := d.keyOf(r)
	t := d.contracts.meteredBy(&key)
	if t == nil || t.contract.Detail == nil || r.Account == "" {
		return nil
	}
	if _, ok := d.contracts.convert(r.ConsumedUnit, t.rate.Unit); !ok && t.rate.Unit != "" {
		return nil
	}
	l := d.lineOf(r, rateKind(t, t.contract.Peer))
	l.own = true
	var err error
	l.quantity, err = d.inUnit(r.Consumed, r.ConsumedUnit, t.rate.Unit)
	d.lines = append(d.lines, l)
	return err
}

func (d *simple) earlier(x *peerbill.Discrepancy) error {
	key := useKey{Peer: x.Peer, Service: x.Service, SKU: x.SKU, Region: x.Region, From: d.contracts.cuts[0]}
	t := d.contracts.billed(&key)
	if t == nil || t.floor != nil || t.contract.Detail == nil {
		return nil
	}
	l := &line{
		kind: d.kindOf(rateKind(t, x.Peer)), account: x.Account, resource: x.Resource, day: x.Day, own: x.Class == peerbill.MissingInBill, earlier: true,
	}
	amount, quantity := x.Expected, x.Metered
	if !l.own {
		amount, quantity = x.Actual, x.Billed
	}
	d.lines = append(d.lines, l)
	return fixedAll([]*money.Fixed{&l.cost, &l.quantity}, amount, quantity)
}

func (d *simple) lineOf(r *DetailRow, k kind) *line {
	return &line{
		kind: d.kindOf(k), account: r.Account, day: chargeDay(k.contract, r.Day), start: r.Start, end: r.End, named: r.Resource,
		resource: k.contract.Detail.Resource(r.Resource),
	}
}

func (d *simple) match(emit func(*peerbill.Discrepancy, []BillRow) error) error {
	d.emit = emit
	threads := func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.account, b.account), compareBool(a.ourOwn, b.ourOwn), compareKinds(a.kind, b.kind), cmp.Compare(a.resource, b.resource))
	}
	slices.SortFunc(d.lines, func(a, b *line) int {
		return cmp.Or(threads(a, b), a.day.Compare(b.day), compareBool(b.own, a.own), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end),
			cmp.Compare(a.object, b.object), cmp.Compare(a.row, b.row), a.quantity.Cmp(b.quantity))
	})
	for len(d.lines) > 0 {
		n := 1
		for n < len(d.lines) && threads(d.lines[n], d.lines[0]) == 0 {
			n++
		}
		if err := d.thread(d.lines[:n], d.lines[0].kind, false); err != nil {
			return err
		}
		d.lines = d.lines[n:]
	}
	return nil
}

// random draws contracts and rows of few accounts, resources and days, nearly all of which agree.
type random struct {
	*rand.Rand
	row int64
}

const randomMonth = schemas.Period("2024-09")

func (r *random) contracts() []agreed.Contract {
	var out []agreed.Contract
	first, _ := randomMonth.Days()
	limit := money.NewDecimal(1, 0)
	for _, peer := range []schemas.PeerID{"p", "q"} {
		c := agreed.Contract{
			ID: schemas.ContractID("c-" + peer), Peer: peer, Currency: pick(r, money.Currency("EUR"), "USD", "JPY"), Accepted: []schemas.ChargeCategory{schemas.CategoryTax},
			Detail: &agreed.ContractDetail{By: pick(r, agreed.ByResource, agreed.ByResource, agreed.BySKU), Per: pick(r, agreed.PerDay, agreed.PerDay, agreed.PerMonth)},
		}
		if r.IntN(2) == 0 {
			c.Tolerance.Absolute = &limit
		}
		for i, sku := range []schemas.SKU{"s", "t", ""} {
			rate := agreed.ContractRate{
				Service: "VM", SKU: sku, Basis: pick(r, schemas.BasisMeter, schemas.BasisMeter, schemas.BasisBill, schemas.BasisList),
				Metered: []schemas.SKU{schemas.SKU(fmt.Sprint("own-", peer, i))}, Unit: pick(r, "Hours", "Hours", ""), Price: money.NewDecimal(1+r.Int64N(9_999), -4),
				Quantity: pick(r, agreed.PricingQuantity, agreed.PricingQuantity, agreed.ConsumedQuantity),
			}
			if r.IntN(12) == 0 {
				rate.Tiers = []agreed.ContractTier{{UpTo: &limit, Price: money.NewDecimal(2, 0)}, {Price: money.NewDecimal(3, -1)}}
			}
			if r.IntN(4) == 0 {
				rate.Validity.From = first.AddDays(r.IntN(9))
			}
			c.Rates = append(c.Rates, rate)
		}
		out = append(out, c)
	}
	return out
}

func pick[T any](r *random, of ...T) T { return of[r.IntN(len(of))] }

// pair is what our meters counted in an hour, and the row of the bill for it, one of both or a row twice now and then.
func (r *random) pair(contracts []agreed.Contract) (out []*DetailRow) {
	first, _ := randomMonth.Days()
	c := &contracts[r.IntN(2)]
	i := r.IntN(3)
	rate := &c.Rates[i]
	used := money.NewDecimal(1+r.Int64N(40_000), -int32(r.IntN(4)))
	day := first.AddDays(r.IntN(9) - 1)
	start := int64(day.Sub(first))*86_400_000_000 + r.Int64N(3)*3_600_000_000
	account, resource := pick(r, schemas.AccountID("a"), "a", "b", "c"), pick(r, "x", "y", "z", "")
	own := &DetailRow{UseRow: UseRow{SKU: rate.Metered[0], Day: day, ConsumedUnit: pick(r, "Hours", "Hours", "Hours", "Days"), UseSums: UseSums{Rows: 1}}}
	own.Account, own.Resource, own.Start, own.End, own.Object = account, resource, start, start+3_600_000_000, "meter"
	own.Consumed = fixedOf(used)
	bill := *own
	bill.Peer, bill.Service, bill.SKU, bill.Category, bill.Currency = c.Peer, "VM", rate.SKU, schemas.CategoryUsage, c.Currency
	bill.Object, bill.Invoice, bill.PricingUnit = pick(r, "bill-1", "bill-2"), pick(r, "i", ""), own.ConsumedUnit
	r.spoil(&bill)
	price := rate.Price
	if r.IntN(60) == 0 {
		price = price.Add(money.NewDecimal(5, -2))
	}
	bill.Priced, bill.List = bill.Consumed, bill.Consumed
	cost := bill.Consumed.Decimal().Mul(price)
	if bill.PricingUnit == "Days" && rate.Unit != "" && rate.Basis != schemas.BasisList {
		cost = cost.Mul(money.NewDecimal(24, 0))
	}
	if r.IntN(2) == 0 {
		cost = money.RoundTo(cost, 2, money.HalfUp)
	}
	bill.Billed, bill.UnitPrice, bill.HasPrice = fixedOf(cost.Add(money.NewDecimal(r.Int64N(40)/39, -2))), fixedOf(price), r.IntN(2) == 0
	if r.IntN(50) > 0 {
		out = append(out, own)
	}
	for range 1 + r.IntN(50)/48 - r.IntN(50)/49 {
		r.row++
		again := bill
		again.Row = r.row
		out = append(out, &again)
	}
	return out
}

// spoil changes what a row of a bill says, now and then.
func (r *random) spoil(x *DetailRow) {
	switch r.IntN(160) {
	case 0:
		x.Consumed = fixedOf(x.Consumed.Decimal().Add(money.NewDecimal(r.Int64N(21)-10, -1)))
	case 1:
		x.Currency = pick(r, money.Currency("EUR"), "USD", "GBP")
	case 2:
		x.Day = x.Day.AddDays(1)
	case 3:
		x.Account, x.OurOwn = "", r.IntN(2) == 0
	case 4:
		x.Category = pick(r, schemas.CategoryTax, schemas.CategoryCredit, schemas.CategoryPurchase)
	case 5:
		x.Service = pick(r, "Ghost", "VM")
		x.SKU = "ghost"
	case 6:
		x.Resource = "more"
	}
}

func fixedOf(d money.Decimal) money.Fixed {
	f, err := money.FixedFromDecimal(d)
	if err != nil {
		panic(err)
	}
	return f
}

// before are discrepancies of the month before.
func (r *random) before(contracts []agreed.Contract) (out []peerbill.Discrepancy) {
	first, _ := randomMonth.Days()
	for range r.IntN(12) {
		c := &contracts[r.IntN(2)]
		x := peerbill.Discrepancy{
			Class: pick(r, peerbill.MissingInBill, peerbill.MissingInMeter), Peer: c.Peer, Contract: c.ID, Service: "VM", SKU: pick(r, schemas.SKU("s"), "t", "u"),
			Account: pick(r, schemas.AccountID("a"), "b", "bb", "z"), Day: first.AddDays(-1 - r.IntN(2)), Metered: money.NewDecimal(r.Int64N(100), -1),
		}
		if c.Detail.By == agreed.ByResource {
			x.Resource = pick(r, "x", "y", "z", "")
		}
		x.Billed, x.Expected, x.Actual = x.Metered, x.Metered, x.Metered
		out = append(out, x)
	}
	return out
}

// found is what one way of matching found.
type found struct {
	list     []peerbill.Discrepancy
	at       [][]BillRow
	findings []schemas.Finding
	sums     []byte
}

func (f *found) emit(x *peerbill.Discrepancy, at []BillRow) error {
	f.list, f.at = append(f.list, *x), append(f.at, slices.Clone(at))
	return nil
}

func (f *found) end(d *Detail) {
	p := tally.Write()
	d.sums.Exchange(p)
	f.sums, f.findings = p.Bytes(), d.findings
}

// differs says what is not as the other way has it.
func (f *found) differs(want *found) string {
	for i := range min(len(f.list), len(want.list)) {
		if !reflect.DeepEqual(f.list[i], want.list[i]) || !slices.Equal(f.at[i], want.at[i]) {
			return fmt.Sprintf("discrepancy %d is\n%+v of %v, want\n%+v of %v", i, f.list[i], f.at[i], want.list[i], want.at[i])
		}
	}
	switch {
	case len(f.list) != len(want.list):
		return fmt.Sprintf("%d discrepancies, want %d", len(f.list), len(want.list))
	case !slices.EqualFunc(f.findings, want.findings, func(a, b schemas.Finding) bool { return reflect.DeepEqual(a, b) }):
		return fmt.Sprintf("findings %v, want %v", f.findings, want.findings)
	case !bytes.Equal(f.sums, want.sums):
		return fmt.Sprintf("sums\n%q, want\n%q", f.sums, want.sums)
	}
	return ""
}

func exchangeOfTests(from, to money.Currency, _ schemas.Date) (schemas.Conversion, bool) {
	rate := money.MustDecimal(map[money.Currency]string{"EUR": "1", "USD": "0.8", "JPY": "0.006", "GBP": "0"}[from])
	per := money.MustDecimal(map[money.Currency]string{"EUR": "1", "USD": "0.8", "JPY": "0.006"}[to])
	return schemas.Conversion{Factor: money.Ratio{Num: rate, Den: per}}, !rate.IsZero()
}

// TestPlainIsTheLongWay matches random bills, nearly all of whose rows agree with our meters, both ways: all at once, account by account
// as usage lies, with threads that one word does not number, and in shares.
func TestPlainIsTheLongWay(t *testing.T) {
	plain, spoiled, agree := 0, 0, int64(0)
	for seed := range uint64(effort.Count(t, 150, 20_000)) {
		r := &random{Rand: rand.New(rand.NewPCG(seed, 5))}
		list := r.contracts()
		units := []schemas.UnitFactor{{From: "Days", To: "Hours", Factor: money.NewDecimal(24, 0)}}
		c := NewContracts(list, units, randomMonth, schemas.Date{})
		earlier := r.before(list)
		var rows []*DetailRow
		for range 1 + r.IntN(60) {
			rows = append(rows, r.pair(list)...)
		}
		matches := []schemas.PeerMatch{}
		if m, _, err := Match(c, useOf(t, c, rows), exchangeOfTests, nil); err == nil {
			matches = m
		}
		long := simple{Detail: NewDetail(c, exchangeOfTests, matches)}
		for i := range earlier {
			must(t, long.earlier(&earlier[i]))
		}
		for _, x := range rows {
			must(t, long.add(x))
		}
		var want found
		must(t, long.match(want.emit))
		want.end(long.Detail)
		spoiled += len(want.list)
		for _, b := range long.sums.bills {
			agree += b.rows
		}
		for _, at := range want.at {
			agree -= int64(len(at))
		}
		for how := range 4 {
			got, n := matchedAs(t, how, NewDetail(c, exchangeOfTests, matches), earlier, rows)
			plain += n
			if how == inShares {
				got.sort()
				want.sort()
			}
			if diff := got.differs(&want); diff != "" {
				t.Fatalf("seed %d, way %d: %s", seed, how, diff)
			}
		}
	}
	if agree < int64(spoiled) || spoiled < 500 || plain < 500 {
		t.Errorf("only %d rows agree, %d do not, and %d kinds of rows have plain ones", agree, spoiled, plain)
	}
}

// The ways of matchedAs; inShares is the last, as it orders what was found.
const (
	atOnce = iota
	byAccount
	unnumbered
	inShares
)

// matchedAs matches rows one way, and counts their kinds of which some are plain.
func matchedAs(t *testing.T, how int, d *Detail, earlier []peerbill.Discrepancy, rows []*DetailRow) (*found, int) {
	t.Helper()
	for i := range earlier {
		must(t, d.Earlier(&earlier[i]))
	}
	var f found
	switch how {
	case byAccount:
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b *DetailRow) int { return cmp.Compare(a.Account, b.Account) })
		for i, x := range rows {
			if i > 0 && x.Account != rows[i-1].Account {
				must(t, d.MatchThrough(rows[i-1].Account, f.emit))
			}
			must(t, d.Add(x))
		}
	case inShares:
		const shares = 3
		for share := range shares {
			d.Share(share, shares)
			for _, x := range rows {
				must(t, d.Add(x))
			}
			if share < shares-1 {
				must(t, d.Match(f.emit))
			}
		}
	default:
		if how == unnumbered {
			d.held.word = 0
		}
		for _, x := range rows {
			must(t, d.Add(x))
		}
	}
	must(t, d.Match(f.emit))
	f.end(d)
	n := 0
	for _, k := range d.held.kinds {
		n += int(one(k.agreed != nil))
	}
	return &f, n
}

// sort puts discrepancies in an order that does not go by accounts.
func (f *found) sort() {
	order := make([]int, len(f.list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &f.list[a], &f.list[b]
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(fmt.Sprint(f.at[a]), fmt.Sprint(f.at[b])))
	})
	list, at := make([]peerbill.Discrepancy, len(order)), make([][]BillRow, len(order))
	for to, from := range order {
		list[to], at[to] = f.list[from], f.at[from]
	}
	f.list, f.at = list, at
	slices.SortFunc(f.findings, func(a, b schemas.Finding) int { return cmp.Compare(a.Message, b.Message) })
}

func useOf(t *testing.T, c *Contracts, rows []*DetailRow) *Use {
	t.Helper()
	u := NewUse(c)
	for _, r := range rows {
		must(t, u.Add(&r.UseRow))
	}
	return u
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
