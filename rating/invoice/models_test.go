package invoice_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/effort"
	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

func ptr(s string) *money.Decimal {
	d := dec(s)
	return &d
}

// some is a random decimal above zero of up to so many digits before and after the point.
func some(r *rand.Rand, before, after int32) money.Decimal {
	whole := int64(1)
	for range before {
		whole *= 10
	}
	d := money.NewDecimal(r.Int64N(whole), 0)
	for i := range after {
		d = d.Add(money.NewDecimal(r.Int64N(10), -i-1))
	}
	return d.Add(money.NewDecimal(1, -after))
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

var models = []schemas.Model{
	schemas.ModelFlat, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage,
	schemas.ModelBlockTiers, schemas.ModelCapacity, schemas.ModelPercentage, schemas.ModelGraduatedPercentage, schemas.ModelDynamic,
	schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin, schemas.ModelDimension,
	schemas.ModelRuleGroups, schemas.ModelElapsedBands, schemas.ModelTimeOfDay,
}

// randomTerms are those of a model.
func randomTerms(r *rand.Rand, m schemas.Model) schemas.Terms {
	n := func(before, after int32) *money.Decimal { d := some(r, before, after); return &d }
	t := schemas.Terms{
		Model: m, Amount: n(2, 2), UnitPrice: n(1, 6), PackageSize: n(2, 0), PackagePrice: n(1, 3), Percent: n(1, 2), Multiplier: n(1, 3),
		MarkupPercent: n(2, 1), MarkdownPercent: n(1, 1), FixedPerEvent: n(0, 2), ConnectFee: n(0, 2),
	}
	first := n(2, 1)
	second := first.Add(some(r, 2, 1))
	for i, up := range []*money.Decimal{first, &second, nil} {
		t.Tiers = append(t.Tiers, schemas.Tier{UpTo: up, UnitPrice: some(r, 1, 5), FlatFee: pick(r, money.Zero, some(r, 1, 2)), Percent: some(r, 1, 1)})
		t.MarginTiers = append(t.MarginTiers, schemas.MarginTier{UpTo: up, Percent: some(r, 1, 1)})
		if i < 2 {
			t.Blocks = []schemas.UnitBlocks{{Tiers: []schemas.Block{{Size: some(r, 1, 0), Price: some(r, 1, 2), Max: n(1, 0)}, {Size: some(r, 2, 0), Price: some(r, 1, 2)}}}}
		}
	}
	t.Capacities = []schemas.Capacity{{Limits: []schemas.UnitLimit{{Max: first}}, Price: some(r, 2, 2)}, {Limits: []schemas.UnitLimit{{}}, Price: some(r, 2, 2)}}
	t.Dimensions = []schemas.DimensionPrice{{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}, UnitPrice: some(r, 1, 4), FlatFee: some(r, 1, 2)}}
	t.Groups = []schemas.RuleGroup{{Name: "g", Rules: []schemas.Rule{{Kind: schemas.RuleFlat, Cost: some(r, 1, 3)}, {Kind: schemas.RuleRate, Cost: *ptr("1.1")}}}}
	t.ElapsedBands = []schemas.ElapsedBand{{Rate: some(r, 1, 3), RateSeconds: *ptr("60"), IncrementSeconds: *ptr("60")}, {StartSeconds: *ptr("600"), Rate: some(r, 1, 3), RateSeconds: *ptr("7")}}
	t.DayBands = []schemas.DayBand{
		{Start: "08:00", End: "20:00", Rate: some(r, 1, 3), RateSeconds: *ptr("60"), IncrementSeconds: *ptr("60")},
		{Start: "20:00", End: "08:00", Rate: some(r, 1, 3), RateSeconds: *ptr("3600")},
	}
	return t
}

// randomBook has a price of each model, in either currency, with an allowance, discounts, bounds, fees and taxes.
func randomBook(r *rand.Rand) rating.Book {
	c := schemas.Catalogue{Policy: schemas.RatingPolicy{
		RoundAt: pick(r, schemas.RoundLine, schemas.RoundLine, schemas.RoundDocument), TaxRounding: pick(r, schemas.TaxPerLine, schemas.TaxPerDocument),
		CreditTax: pick(r, schemas.CreditBeforeTax, schemas.CreditAfterTax), PriceChange: pick(r, schemas.ChangeContinue, schemas.ChangeRestart),
		PercentBase: pick(r, schemas.BaseRemaining, schemas.BaseOriginal),
	}}
	o := schemas.Offering{ID: "cloud", Name: "Cloud", Included: true}
	for i, m := range models {
		id := schemas.MeterID(fmt.Sprintf("m%02d", i))
		meter := schemas.Meter{ID: id, SKUs: []schemas.SKU{schemas.SKU(id)}, Unit: "GB"}
		switch m {
		case schemas.ModelPercentage, schemas.ModelElapsedBands, schemas.ModelTimeOfDay:
			meter.Aggregation = schemas.AggregateEvents
		case schemas.ModelDimension:
			meter.GroupBy = []string{"RegionId"}
		case schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin:
			meter.Value, meter.Unit = schemas.ValueEffective, ""
		default:
		}
		c.Meters = append(c.Meters, meter)
		p := schemas.Price{ID: schemas.PriceID(id), Meter: id, Currency: pick(r, money.Currency("EUR"), "EUR", "USD"), Terms: randomTerms(r, m)}
		if r.IntN(3) == 0 && meter.Aggregation == "" && meter.Value == "" {
			p.Allowance = &schemas.Allowance{Quantity: some(r, 1, 1), Prorate: r.IntN(2) == 0}
		}
		if r.IntN(3) == 0 {
			p.Discounts = []schemas.Discount{{ID: "tenth", Percent: ptr("10")}}
		}
		if r.IntN(4) == 0 {
			p.Maximum = ptr("25")
		}
		if r.IntN(3) == 0 {
			to := schemas.NewDate(2024, 9, 2+r.IntN(28))
			q := p
			p.Validity.To, q.Validity.From = to, to
			o.Prices = append(o.Prices, q)
		}
		o.Prices = append(o.Prices, p)
	}
	o.Prices = append(o.Prices,
		schemas.Price{ID: "seat", Currency: "USD", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: ptr("9.99")}, Prorate: pick(r, schemas.ProrateDays, schemas.ProrateSeconds)},
		schemas.Price{ID: "fee", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: ptr("30")}, Prorate: schemas.ProrateDays},
		schemas.Price{ID: "steps", Currency: "EUR", Terms: randomTerms(r, schemas.ModelGraduated), Prorate: schemas.ProrateDays})
	c.Offerings = []schemas.Offering{o, {ID: "sold", Name: "Sold", Prices: slices.Clone(o.Prices[len(o.Prices)-3:]), Minimum: ptr("500")}}
	for i := range c.Offerings[1].Prices {
		c.Offerings[1].Prices[i].ID += "-sold"
	}
	c.Taxes = []schemas.TaxRate{{ID: "vat", Name: "VAT", Percent: *ptr("19"), Included: r.IntN(4) == 0}}
	c.Coupons = []schemas.Coupon{{ID: "five", Fixed: ptr("5.55"), Currency: "EUR", Total: ptr("20")}}
	a := schemas.Account{
		ID: "acme", Currency: "EUR", Discounts: []schemas.Discount{{ID: "partner", Percent: ptr("2.5")}}, Coupons: []schemas.Redemption{{Coupon: "five"}},
		Credits: []schemas.Grant{{ID: "g", Amount: some(r, 3, 2), Currency: "EUR"}},
		Subscriptions: []schemas.Subscription{{
			ID: "s", Offering: "sold", Start: schemas.NewDate(2024, 8, 1+r.IntN(55)), Quantity: ptr("3"),
			Changes: []schemas.Change{{On: schemas.NewDate(2024, 9, 2+r.IntN(27)), Kind: schemas.ChangeQuantity, Quantity: ptr("7")}},
		}},
	}
	age := 40
	rates := schemas.NewRates([]schemas.Rate{{Day: schemas.NewDate(2024, 9, 1), Base: "EUR", Quote: "USD", Value: *ptr("1.0837")}}, "EUR")
	return rating.Book{Catalogue: c, Zone: time.UTC, Customers: []schemas.Customer{{ID: "c", Accounts: []schemas.Account{a}}}, Rates: rates, Exchange: schemas.Exchange{MaxAgeDays: &age}}
}

// secret marks what peers charge us: no such digits come about otherwise.
const secret = "7654321"

// randomCharges are those of an account that used everything.
func randomCharges(t testing.TB, r *rand.Rand, book rating.Book) []schemas.Charge {
	t.Helper()
	plan, err := rating.Compile(book, rating.Spec{Period: "2024-09"})
	must(t, err)
	tally := plan.NewTally()
	tally.Begin("acme")
	for i, m := range models {
		for range 1 + r.IntN(3) {
			at := time.Date(2024, 9, 1, r.IntN(30*24), 0, 0, 0, time.UTC)
			labels := make([]string, len(plan.Columns()))
			for k, c := range plan.Columns() {
				switch c {
				case schemas.UseSkuId:
					labels[k] = fmt.Sprintf("m%02d", i)
				case schemas.UseConsumedUnit:
					labels[k] = "GB"
				case schemas.UseBillingCurrency:
					labels[k] = "EUR"
				case schemas.UseRegionId:
					labels[k] = pick(r, "eu", "us")
				}
			}
			quantity := some(r, 2, int32(1+r.IntN(9)))
			for _, h := range tally.Resolve(labels) {
				row := &rating.Row{Start: at.UnixMicro(), End: at.Add(time.Hour).UnixMicro()}
				if costModel(m) {
					quantity = money.MustDecimal(fmt.Sprintf("%d.%s", 1+r.IntN(9), secret))
				}
				row.Quantity, err = money.FixedFromDecimal(quantity)
				must(t, err)
				if code := tally.Add(h, row); code != "" {
					t.Fatalf("%s: %s", m, code)
				}
			}
		}
	}
	out, err := plan.Rate(tally, rating.Carried{})
	must(t, err)
	return out.Charges
}

func costModel(m schemas.Model) bool {
	return m == schemas.ModelPassThrough || m == schemas.ModelCostPlus || m == schemas.ModelMarkdown || m == schemas.ModelTieredMargin
}

// product is what a part shows as its factors, multiplied.
func product(p *schemas.LinePart) (n, d money.Decimal) {
	n, d = p.Quantity.Decimal().Mul(p.UnitPrice.Decimal()), money.One
	if p.Percent {
		n = n.Shift(-2)
	}
	for _, f := range p.Factors {
		n, d = n.Mul(f.Times.Decimal()), d.Mul(f.Over.Decimal())
	}
	return n, d
}

// TestLinesMultiplyOut rates random books of every model and asserts that each part of a line multiplies out as it is shown,
// that parts sum to lines and these to totals, that every model whose reckoning is the customer's to see is shown in parts,
// and that nothing of what peers charge us is.
func TestLinesMultiplyOut(t *testing.T) {
	shown := map[string]int{}
	for seed := range effort.Count(t, 150, 3000) {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		book := randomBook(r)
		terms := terms()
		terms.CreditTax, terms.CostMeters = book.Catalogue.Policy.CreditTax, map[schemas.MeterID]bool{}
		for i := range book.Catalogue.Meters {
			if book.Catalogue.Meters[i].Value.IsCost() {
				terms.CostMeters[book.Catalogue.Meters[i].ID] = true
			}
		}
		charges := randomCharges(t, r, book)
		inv := one(t, terms, charges)
		checkSums(t, inv)
		for i := range inv.Lines {
			l := &inv.Lines[i]
			at := slices.IndexFunc(charges, func(c schemas.Charge) bool { return c.ID == l.Charge })
			c := &charges[at]
			checkLine(t, seed, l, c)
			if len(l.Parts) > 0 {
				shown[c.Model]++
			} else if c.Model != "tax_included" && c.Model != "coupon" && c.Model != "prepaid_credit" && !costModel(schemas.Model(c.Model)) {
				t.Errorf("seed %d: %s of %s has no parts:\n%s", seed, c.Model, c.Amount, stepsText(c))
			}
		}
		for i := range inv.Taxes {
			x := &inv.Taxes[i]
			if want := money.RoundTo(x.Base.Decimal().Mul(x.Percent.Decimal()).Shift(-2), 2, money.HalfUp); x.HasBase && x.Apart == "" && !want.Equal(x.Amount.Decimal()) {
				t.Errorf("seed %d: tax %+v is not %s", seed, x, want)
			}
		}
	}
	for _, m := range models {
		if shown[string(m)] == 0 && !costModel(m) {
			t.Errorf("no line of model %s was seen in parts", m)
		}
	}
}

func stepsText(c *schemas.Charge) string {
	var b strings.Builder
	for i, s := range c.Steps {
		fmt.Fprintf(&b, "%d %+v\n", i+1, s)
	}
	return b.String()
}

func checkLine(t *testing.T, seed int, l *schemas.InvoiceLine, c *schemas.Charge) {
	t.Helper()
	for i := range l.Parts {
		p := &l.Parts[i]
		if p.Kind == schemas.PartRounding && p.Amount.Abs().Decimal().GreaterThan(money.NewDecimal(int64(len(l.Parts)), -2)) {
			t.Errorf("seed %d: rounding of %s on %d parts of a line of %s:\n%s", seed, p.Amount, len(l.Parts), l.Amount, stepsText(c))
		}
		if !p.HasQuantity {
			continue
		}
		n, d := product(p)
		got, err := money.DivRound(n, d, 2, money.HalfUp)
		must(t, err)
		if !got.Equal(p.Amount.Decimal()) {
			t.Errorf("seed %d: %+v does not multiply out: %s\n%s", seed, p, got, stepsText(c))
		}
	}
	text := strings.ToLower(fmt.Sprintf("%+v", l))
	for _, word := range []string{"peer", "margin", "markup", "markdown", "purchase price", "our cost", secret} {
		if strings.Contains(text, word) && (word != "margin" || !strings.Contains(c.Description, "margin")) {
			t.Errorf("seed %d: a customer reads %q in %s", seed, word, text)
		}
	}
	if costModel(schemas.Model(c.Model)) && l.HasUsed {
		t.Errorf("seed %d: a customer reads the quantity of a cost in %s", seed, text)
	}
}
