package rating_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"daybook/rating/correct"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// fee is a line of an invoice in the cases.
type fee struct {
	ID     string
	Amount money.Decimal
	TaxPct number `json:"tax_pct"`
}

// everything counts every charge.
func everything(*schemas.Charge) bool { return true }

// taxed is the result of a trial whose taxes stand beside the net.
func taxed(x *trial) (result, error) {
	out, err := x.rate()
	if err != nil {
		return result{}, err
	}
	tax := sumWhere(out.Charges, isTax)
	total := sumWhere(out.Charges, everything)
	net := total.Sub(tax)
	return result{net.String(), map[string]any{"net": net.String(), "tax": tax.String(), "total": total.String(), "gross": total.String()}}, nil
}

// commitmentOracle bills fees under a commitment that is in force for a part of the month; the result is what was missing.
func commitmentOracle(c *oracle) (result, error) {
	var fees []money.Decimal
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	x := newTrial()
	promise := schemas.Commitment{ID: "c", Amount: zero(c.Params.Commitment), Currency: "EUR", TrueUp: true}
	if part := ratioOf(c.Params.Coefficient); !part.IsOne() {
		if part.Den.String() != "28" {
			return result{}, fmt.Errorf("no month of the trials has %s days", part.Den)
		}
		x.period, x.subscription().Start = "2023-02", day("2023-01-01")
		promise.Validity.To = day("2023-02-01").AddDays(int(part.Num.IntPart()))
	}
	x.account.Commitments = []schemas.Commitment{promise}
	for i, f := range fees {
		x.fee(schemas.PriceID(fmt.Sprint("p", i)), f)
	}
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	x.roundBy(r)
	out, err := x.rate()
	if err != nil {
		return result{}, err
	}
	missing := sumWhere(out.Charges, func(c *schemas.Charge) bool { return c.Model == model.OpTrueUp })
	// The tax of it alone: what the whole document has, less what it has without the commitment.
	x.tax("", zero(c.Params.TaxPct))
	all, err := taxed(x)
	if err != nil {
		return result{}, err
	}
	x.account.Commitments = nil
	without, err := taxed(x)
	if err != nil {
		return result{}, err
	}
	tax := dec(all.parts["tax"].(string)).Sub(*dec(without.parts["tax"].(string)))
	return result{missing.String(), map[string]any{"tax": tax.String(), "total": missing.Add(tax).String()}}, nil
}

func ratioOf(v []money.Decimal) money.Ratio {
	if len(v) != 2 {
		return money.Ratio{Num: money.One, Den: money.One}
	}
	return money.Ratio{Num: v[0], Den: v[1]}
}

// progressiveOracle bills usage and a fee of a month of which invoices inside it billed some usage: they paid it ahead, so
// that much of the usage, and of nothing else, is paid by a balance.
func progressiveOracle(c *oracle) (result, error) {
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: c.Params.UnitPrice}})
	x.use("m", c.Usage.Quantity)
	x.fee("recurring", c.Usage.Recurring)
	x.grant(schemas.Grant{ID: "interim", Amount: zero(c.Params.AlreadyBilled), Meters: []schemas.MeterID{"m"}})
	return billed(x)
}

func planChangeOracle(c *oracle) (result, error) {
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	credits, charges, total, err := planChange(c.Usage.Items, zero(c.Params.Remaining), zero(c.Params.PeriodDays), r)
	return result{total.String(), map[string]any{"credits": texts(credits), "charges": texts(charges)}}, err
}

// planItem is a price in advance that becomes another.
type planItem struct{ Old, New money.Decimal }

// planChange bills a month in advance, then again with the change that happened so many days before its end: what that
// corrects on the old prices is the credit.
func planChange(items []planItem, left, days money.Decimal, r *schemas.RoundingRule) (credits, charges []money.Decimal, total money.Decimal, err error) {
	x := newTrial()
	switch {
	case left.IsNegative() || left.GreaterThan(days):
		return nil, nil, total, fmt.Errorf("%s of %s days cannot be left", left, days)
	case days.String() == "31":
		x.period = "2024-10"
	case days.String() != "30":
		return nil, nil, total, fmt.Errorf("no month of the trials has %s days", days)
	}
	x.roundBy(r)
	if r.Currency != "" {
		x.account.Currency = r.Currency
	}
	x.catalogue.Offerings = append(x.catalogue.Offerings, schemas.Offering{ID: "new", Name: "New"})
	for i := range items {
		for k, v := range [2]*money.Decimal{&items[i].Old, &items[i].New} {
			o := &x.catalogue.Offerings[k]
			o.Prices = append(o.Prices, schemas.Price{
				ID: schemas.PriceID(fmt.Sprint(o.ID, i)), Currency: x.account.Currency, Timing: schemas.TimingAdvance, Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: v},
			})
		}
	}
	issued, err := x.rate()
	if err != nil {
		return nil, nil, total, err
	}
	on := firstOf(x.period).AddMonths(1).AddDays(-int(left.IntPart()))
	x.subscription().Changes = []schemas.Change{{On: on, Kind: schemas.ChangePlan, Offering: "new"}}
	rated, err := x.rate()
	if err != nil {
		return nil, nil, total, err
	}
	booked := correct.Difference("2024-09", "2024-10", issued.Charges, rated.Charges)
	for i := range items {
		credits = append(credits, sumWhere(booked, ofPrice(schemas.PriceID(fmt.Sprint("o", i)))))
		charges = append(charges, sumWhere(booked, ofPrice(schemas.PriceID(fmt.Sprint("new", i)))))
	}
	return credits, charges, sumWhere(booked, everything), nil
}

// creditCapOracle takes two fixed sums off a fee, one after the other: the second gives no more back than the first left.
func creditCapOracle(c *oracle) (result, error) {
	x := newTrial()
	x.fee("p", zero(c.Params.OriginalPaid))
	for _, off := range []struct {
		id     string
		amount money.Decimal
	}{{"before", zero(c.Params.PreviouslyCredited)}, {"now", c.Usage.PotentialCredit}} {
		x.catalogue.Coupons = append(x.catalogue.Coupons, schemas.Coupon{ID: off.id, Fixed: &off.amount, Currency: "EUR"})
		x.account.Coupons = append(x.account.Coupons, schemas.Redemption{Coupon: off.id})
	}
	out, err := x.rate()
	return amount(sumWhere(out.Charges, ofPrice("now")).Neg()), err
}

// invoiceOracle bills fees with taxes, and pays them from what credit notes gave back.
func invoiceOracle(c *oracle) (result, error) {
	var fees []fee
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	for i := range fees {
		if fees[i].TaxPct == nil {
			fees[i].TaxPct = c.Params.TaxPctDefault
		}
	}
	x := newTrial()
	if err := x.invoice(fees, c.Params.TaxRound, func(f *fee) string { return f.TaxPct.String() }); err != nil {
		return result{}, err
	}
	got, err := taxed(x)
	if err != nil {
		return result{}, err
	}
	x.catalogue.Policy.CreditTax = schemas.CreditAfterTax
	for i, n := range c.Usage.CreditNotes {
		x.grant(schemas.Grant{ID: fmt.Sprint(i), Amount: n})
	}
	due, err := x.bill()
	got.amount = due.String()
	return got, err
}

// invoice sells one offering for each fee and taxes it by a category of its own or one that it shares; taxes are rounded as the
// name of a rule says.
func (x *trial) invoice(fees []fee, how string, category func(*fee) string) error {
	r, err := rule(how)
	if err != nil {
		return err
	}
	x.catalogue.Policy.TaxRounding = schemas.TaxPerDocument
	if strings.HasSuffix(how, "_per_line") {
		x.catalogue.Policy.TaxRounding = schemas.TaxPerLine
	}
	if r != nil {
		r.Level = schemas.RoundTax
		x.roundBy(r)
	}
	x.catalogue.Offerings, x.account.Subscriptions, x.catalogue.Taxes = nil, nil, nil
	for i := range fees {
		f := &fees[i]
		id := schemas.OfferingID(fmt.Sprint("o", f.ID, i))
		x.catalogue.Offerings = append(x.catalogue.Offerings, schemas.Offering{ID: id, Name: "O", TaxCategory: category(f), Prices: []schemas.Price{
			{ID: schemas.PriceID(fmt.Sprint("p", f.ID)), Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: &f.Amount}},
		}})
		x.account.Subscriptions = append(x.account.Subscriptions, schemas.Subscription{ID: schemas.SubscriptionID(id), Offering: id, Start: day("2024-01-01")})
		if !slices.ContainsFunc(x.catalogue.Taxes, func(t schemas.TaxRate) bool { return t.Category == category(f) }) {
			x.tax(category(f), zero(f.TaxPct))
		}
	}
	return nil
}

func taxOracle(c *oracle) (result, error) {
	x := newTrial()
	if err := x.invoice([]fee{{Amount: c.Usage.Net, TaxPct: c.Params.TaxPct}}, c.Params.Round, func(*fee) string { return "" }); err != nil {
		return result{}, err
	}
	got, err := taxed(x)
	if err == nil {
		got.amount = got.parts["tax"].(string)
	}
	return got, err
}

func couponOracle(c *oracle) (result, error) {
	coupon := schemas.Coupon{ID: "case", Uses: 1, Currency: "EUR"}
	switch c.Params.Kind {
	case "percent", "percentage":
		coupon.Percent = c.Params.Value
	case "fixed":
		coupon.Fixed = c.Params.Value
	default:
		return result{}, fmt.Errorf("no coupon is called %q", c.Params.Kind)
	}
	x := newTrial()
	x.fee("p", c.Usage.Base)
	x.catalogue.Coupons = []schemas.Coupon{coupon}
	x.account.Coupons = []schemas.Redemption{{Coupon: "case", Used: zero(c.Params.AlreadyUsed)}}
	out, err := x.rate()
	return amount(sumWhere(out.Charges, ofPrice("case")).Neg()), err
}

// couponStackOracle bills fees with coupons three times: with a tax of everything, which shows what is left of each fee; with
// a tax for each fee alone; and with taxes that are not rounded, on a document that is.
func couponStackOracle(c *oracle) (result, error) {
	var fees []fee
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	each := func(f *fee) string { return f.ID }
	shown := slices.Clone(fees)
	for i := range shown {
		shown[i].TaxPct = dec("100")
	}
	left, err := stacked(c, shown, "", each)
	if err != nil {
		return result{}, err
	}
	alone, err := stacked(c, fees, c.Params.FeeTaxRound, each)
	if err != nil {
		return result{}, err
	}
	document, err := stacked(c, fees, "", func(f *fee) string { return f.TaxPct.String() }, cashRule(c.Params.InvoiceTaxRound)...)
	if err != nil {
		return result{}, err
	}
	net, off := money.Zero, money.Zero
	precise, perFee := map[string]string{}, map[string]string{}
	for _, f := range fees {
		v := sumWhere(left, ofPrice(schemas.PriceID("vat"+f.ID)))
		net, off = net.Add(v), off.Add(f.Amount.Sub(v))
		precise[f.ID] = money.RoundTo(f.Amount.Sub(v), 7, money.HalfUp).String()
		perFee[f.ID] = sumWhere(alone, ofPrice(schemas.PriceID("vat"+f.ID))).String()
	}
	total := sumWhere(document, everything)
	return result{total.String(), map[string]any{
		"coupon_total": off.String(), "precise_discount_per_fee": precise, "tax_per_fee": perFee,
		"sum_of_fee_taxes": sumWhere(alone, isTax).String(), "invoice_tax": total.Sub(net).String(),
	}}, nil
}

// stacked bills fees with the coupons of a case.
func stacked(c *oracle, fees []fee, taxRule string, category func(*fee) string, rules ...schemas.RoundingRule) ([]schemas.Charge, error) {
	x := newTrial()
	x.catalogue.Policy.Rounding = append(rules, x.catalogue.Policy.Rounding...)
	if err := x.invoice(fees, taxRule, category); err != nil {
		return nil, err
	}
	for _, p := range c.Params.Coupons {
		coupon := schemas.Coupon{ID: p.ID, Fixed: p.Amount, Currency: "EUR"}
		for i := range x.catalogue.Offerings {
			if slices.Contains(p.AppliesTo, fees[i].ID) {
				coupon.Offerings = append(coupon.Offerings, x.catalogue.Offerings[i].ID)
			}
		}
		x.catalogue.Coupons = append(x.catalogue.Coupons, coupon)
		x.account.Coupons = append(x.account.Coupons, schemas.Redemption{Coupon: p.ID})
	}
	out, err := x.rate()
	return out.Charges, err
}

// cashRule rounds a document to a step of the same places as a rule.
func cashRule(how string) []schemas.RoundingRule {
	r, err := rule(how)
	if err != nil || r == nil {
		return nil
	}
	step := money.NewDecimal(1, -*r.Places)
	return []schemas.RoundingRule{{Level: schemas.RoundDocument, Mode: r.Mode, Step: &step}}
}

func discountStackOracle(c *oracle) (result, error) {
	var order string
	if err := json.Unmarshal(c.Params.Order, &order); err != nil {
		return result{}, err
	}
	x := newTrial()
	policy := &x.catalogue.Policy
	policy.DiscountOrder = schemas.OrderPercentFirst
	switch {
	case strings.Contains(order, "listed"), strings.Contains(order, "given"), strings.Contains(order, "order of application"):
		policy.DiscountOrder = schemas.OrderAsListed
	case strings.HasPrefix(order, "all fixed"), strings.HasPrefix(order, "fixed"):
		policy.DiscountOrder = schemas.OrderFixedFirst
	case !strings.HasPrefix(order, "all percentages"), !strings.HasSuffix(order, "before fixed amounts"):
		return result{}, fmt.Errorf("no order of discounts is called %q", order)
	}
	if strings.Contains(order, "original") || strings.Contains(order, "on the base") {
		policy.PercentBase = schemas.BaseOriginal
	}
	for _, p := range c.Params.Coupons {
		d := schemas.Discount{ID: p.ID, Fixed: p.Value}
		if p.Kind == "percent" || p.Kind == "percentage" {
			d.Percent, d.Fixed = p.Value, nil
		}
		x.offering().Discounts = append(x.offering().Discounts, d)
	}
	x.fee("p", c.Usage.Base)
	net, err := x.bill()
	return amount(c.Usage.Base.Sub(net)), err
}

// spreadOracle takes one fixed sum off several lines, as a coupon does. Each line has a tax of everything, which shows what
// is left of it.
func spreadOracle(c *oracle) (result, error) {
	how, ok := map[string]schemas.DiscountSpread{
		"": schemas.SpreadProportional, "proportional": schemas.SpreadProportional, "in_order": schemas.SpreadInOrder, "equal": schemas.SpreadEqual,
	}[c.Params.Spread]
	if !ok {
		return result{}, fmt.Errorf("no spread of a discount is called %q", c.Params.Spread)
	}
	out, err := spread(zero(c.Params.Discount), c.Usage.Lines, how)
	if err != nil {
		return result{}, err
	}
	total := money.Zero
	for _, v := range out {
		total = total.Add(v)
	}
	return result{total.String(), map[string]any{"net_lines": texts(out)}}, nil
}

// spread is what a coupon leaves of lines.
func spread(off money.Decimal, lines []money.Decimal, how schemas.DiscountSpread) ([]money.Decimal, error) {
	fees := make([]fee, len(lines))
	for i, l := range lines {
		fees[i] = fee{ID: fmt.Sprintf("%03d", i), Amount: l, TaxPct: dec("100")}
	}
	x := newTrial()
	x.roundBy(&schemas.RoundingRule{})
	if err := x.invoice(fees, "", func(f *fee) string { return f.ID }); err != nil {
		return nil, err
	}
	x.catalogue.Coupons = []schemas.Coupon{{ID: "c", Fixed: &off, Currency: "EUR", Spread: how}}
	x.account.Coupons = []schemas.Redemption{{Coupon: "c"}}
	charges, err := x.rate()
	if err != nil {
		return nil, err
	}
	out := make([]money.Decimal, len(lines))
	for i := range fees {
		out[i] = sumWhere(charges.Charges, ofPrice(schemas.PriceID("vat"+fees[i].ID)))
	}
	return out, nil
}
