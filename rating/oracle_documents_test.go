package rating_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// fee is a line of an invoice in the cases.
type fee struct {
	ID     string
	Amount money.Decimal
	TaxPct number `json:"tax_pct"`
}

func commitmentOracle(c *oracle) (result, error) {
	var fees []money.Decimal
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	spend := money.Zero
	for _, f := range fees {
		spend = spend.Add(f)
	}
	promised, err := ratioOf(c.Params.Coefficient).Apply(zero(c.Params.Commitment), rating.WorkPlaces, money.HalfEven)
	if err != nil {
		return result{}, err
	}
	v, err := roundTo(rating.Commit(spend, promised, nil, true).TrueUp, c.Params.Round)
	if err != nil {
		return result{}, err
	}
	tax, err := roundTo(rating.Tax(rating.Taxable{Amount: v, Percent: zero(c.Params.TaxPct)}), "half_up_2")
	return result{v.String(), map[string]any{"tax": tax.String(), "total": v.Add(tax).String()}}, err
}

func ratioOf(v []money.Decimal) money.Ratio {
	if len(v) != 2 {
		return money.Ratio{Num: money.One, Den: money.One}
	}
	return money.Ratio{Num: v[0], Den: v[1]}
}

func progressiveOracle(c *oracle) (result, error) {
	spend := c.Usage.Quantity.Mul(zero(c.Params.UnitPrice))
	return amount(rating.NetOfInterim(spend, c.Usage.Recurring, zero(c.Params.AlreadyBilled))), nil
}

func proratedFlatOracle(c *oracle) (result, error) {
	v, err := ratioOf(c.Params.Ratio).Apply(zero(c.Params.Amount), rating.WorkPlaces, money.HalfEven)
	if err != nil {
		return result{}, err
	}
	if v, err = roundTo(v, c.Params.Round); err != nil {
		return result{}, err
	}
	tax, err := roundTo(rating.Tax(rating.Taxable{Amount: v, Percent: zero(c.Params.TaxPct)}), c.Params.Round)
	return result{v.String(), map[string]any{"tax": tax.String(), "total": v.Add(tax).String()}}, err
}

func ratioOracle(c *oracle) (result, error) {
	if c.Params.Rule == "inclusive_days" {
		n := c.Usage.ActiveTo.Sub(c.Usage.ActiveFrom).Add(money.One)
		return decimalRatio(money.Ratio{Num: n, Den: zero(c.Params.PeriodDays)}, c)
	}
	from, err := schemas.ParseDate(c.Usage.From)
	if err != nil {
		return result{}, err
	}
	to, err := schemas.ParseDate(c.Usage.To)
	if err != nil {
		return result{}, err
	}
	if c.Params.Rule == "fixed_days" {
		n := rating.FixedMonthDays(from, to, c.Params.FixedDays)
		return decimalRatio(money.Ratio{Num: money.NewDecimal(int64(n), 0), Den: money.NewDecimal(int64(c.Params.FixedDays), 0)}, c)
	}
	start, err := schemas.ParseDate(c.Params.PeriodStart)
	if err != nil {
		return result{}, err
	}
	end, err := schemas.ParseDate(c.Params.PeriodEnd)
	if err != nil {
		return result{}, err
	}
	part := rating.Part{From: from.Time(time.UTC), To: to.Time(time.UTC), Start: start.Time(time.UTC), End: end.Time(time.UTC), Zone: time.UTC}
	switch c.Params.Rule {
	case "days_over_period_days":
		return decimalRatio(part.Ratio(schemas.ProrateDays), c)
	case "seconds":
		return decimalRatio(part.Ratio(schemas.ProrateSeconds), c)
	}
	return result{}, fmt.Errorf("no proration is called %q", c.Params.Rule)
}

// decimalRatio writes a ratio with as many places as the case asks for, or has.
func decimalRatio(r money.Ratio, c *oracle) (result, error) {
	places := c.Params.Decimals
	if places == 0 {
		_, fraction, _ := strings.Cut(c.Amount, ".")
		places = int32(len(fraction))
	}
	v, err := r.Apply(money.One, places, money.HalfUp)
	return amount(v), err
}

func planChangeOracle(c *oracle) (result, error) {
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	total := money.Zero
	var credits, charges []money.Decimal
	for _, item := range c.Usage.Items {
		credit, charge, err := rating.ChangePlanRound(rating.PlanChange{Old: item.Old, New: item.New}, money.Ratio{Num: zero(c.Params.Remaining), Den: zero(c.Params.PeriodDays)}, *r)
		if err != nil {
			return result{}, err
		}
		credits, charges = append(credits, credit), append(charges, charge)
		total = total.Add(credit).Add(charge)
	}
	return result{total.String(), map[string]any{"credits": texts(credits), "charges": texts(charges)}}, nil
}

func creditCapOracle(c *oracle) (result, error) {
	return amount(rating.Creditable(c.Usage.PotentialCredit, zero(c.Params.OriginalPaid), zero(c.Params.PreviouslyCredited))), nil
}

// documentTax taxes lines per line or per document, as the name of the rounding says.
func documentTax(lines []rating.Taxable, how string) (money.Decimal, []money.Decimal, error) {
	r, err := rule(how)
	if err != nil {
		return money.Zero, nil, err
	}
	level := schemas.TaxPerDocument
	if strings.HasSuffix(how, "_per_line") {
		level = schemas.TaxPerLine
	}
	return rating.TaxRound(lines, level, *r)
}

func invoiceOracle(c *oracle) (result, error) {
	var fees []fee
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	net, lines := money.Zero, []rating.Taxable{}
	for _, f := range fees {
		percent := zero(c.Params.TaxPctDefault)
		if f.TaxPct != nil {
			percent = *f.TaxPct
		}
		net = net.Add(f.Amount)
		lines = append(lines, rating.Taxable{Amount: f.Amount, Percent: percent})
	}
	tax, _, err := documentTax(lines, c.Params.TaxRound)
	if err != nil {
		return result{}, err
	}
	due := net.Add(tax)
	out := result{parts: map[string]any{"tax": tax.String(), "gross": due.String(), "net": net.String()}}
	for _, n := range c.Usage.CreditNotes {
		due = due.Sub(rating.Creditable(n, due, money.Zero))
	}
	out.amount = due.String()
	return out, nil
}

func taxOracle(c *oracle) (result, error) {
	tax, err := roundTo(rating.Tax(rating.Taxable{Amount: c.Usage.Net, Percent: zero(c.Params.TaxPct)}), c.Params.Round)
	return result{tax.String(), map[string]any{"total": c.Usage.Net.Add(tax).String()}}, err
}

func couponOracle(c *oracle) (result, error) {
	coupon := schemas.Coupon{ID: "case", Uses: 1}
	switch c.Params.Kind {
	case "percent", "percentage":
		coupon.Percent = c.Params.Value
	case "fixed":
		coupon.Fixed = c.Params.Value
	default:
		return result{}, fmt.Errorf("no coupon is called %q", c.Params.Kind)
	}
	v, err := rating.CouponAmount(coupon, c.Usage.Base, zero(c.Params.AlreadyUsed))
	return amount(v), err
}

func couponStackOracle(c *oracle) (result, error) {
	var fees []fee
	if err := json.Unmarshal(c.Usage.Fees, &fees); err != nil {
		return result{}, err
	}
	at, lines := map[string]int{}, []money.Decimal{}
	for i, f := range fees {
		at[f.ID] = i
		lines = append(lines, f.Amount)
	}
	var stack []rating.StackedCoupon
	for _, x := range c.Params.Coupons {
		s := rating.StackedCoupon{Amount: zero(x.Amount)}
		for _, id := range x.AppliesTo {
			s.Lines = append(s.Lines, at[id])
		}
		stack = append(stack, s)
	}
	off := rating.StackRound(lines, stack)
	net, total := money.Zero, money.Zero
	var taxable []rating.Taxable
	precise := map[string]string{}
	for i, f := range fees {
		precise[f.ID] = money.RoundTo(off[i], 7, money.HalfUp).String()
		left := f.Amount.Sub(off[i])
		net, total = net.Add(left), total.Add(off[i])
		taxable = append(taxable, rating.Taxable{Amount: left, Percent: zero(f.TaxPct)})
	}
	sum, taxes, err := documentTax(taxable, c.Params.FeeTaxRound+"_per_line")
	if err != nil {
		return result{}, err
	}
	invoice, _, err := documentTax(taxable, c.Params.InvoiceTaxRound)
	perFee := map[string]string{}
	for i, f := range fees {
		perFee[f.ID] = taxes[i].String()
	}
	return result{net.Add(invoice).String(), map[string]any{
		"coupon_total": total.String(), "precise_discount_per_fee": precise, "tax_per_fee": perFee,
		"sum_of_fee_taxes": sum.String(), "invoice_tax": invoice.String(),
	}}, err
}

func discountStackOracle(c *oracle) (result, error) {
	var order string
	if err := json.Unmarshal(c.Params.Order, &order); err != nil {
		return result{}, err
	}
	policy := schemas.RatingPolicy{DiscountOrder: schemas.OrderPercentFirst}
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
	var discounts []schemas.Discount
	for _, x := range c.Params.Coupons {
		d := schemas.Discount{ID: x.ID, Fixed: x.Value}
		if x.Kind == "percent" || x.Kind == "percentage" {
			d.Percent, d.Fixed = x.Value, nil
		}
		discounts = append(discounts, d)
	}
	got, err := rating.Discount(c.Usage.Base, discounts, policy)
	return amount(got.Amount), err
}

func spreadOracle(c *oracle) (result, error) {
	how, ok := map[string]schemas.DiscountSpread{
		"": schemas.SpreadProportional, "proportional": schemas.SpreadProportional, "in_order": schemas.SpreadInOrder, "equal": schemas.SpreadEqual,
	}[c.Params.Spread]
	if !ok {
		return result{}, fmt.Errorf("no spread of a discount is called %q", c.Params.Spread)
	}
	parts, err := rating.SpreadDiscount(zero(c.Params.Discount), c.Usage.Lines, how, 2)
	if err != nil {
		return result{}, err
	}
	total, net := money.Zero, []money.Decimal{}
	for i, l := range c.Usage.Lines {
		net = append(net, l.Sub(parts[i]))
		total = total.Add(net[i])
	}
	return result{total.String(), map[string]any{"net_lines": texts(net)}}, nil
}

// cycleOf reads a name of a period, or an ISO 8601 duration of one unit.
func cycleOf(name string) (rating.Cycle, error) {
	c := rating.Cycle{Count: 1, Zone: time.UTC}
	names := map[string]schemas.Cycle{
		"daily": schemas.CycleDay, "weekly": schemas.CycleWeek, "monthly": schemas.CycleMonth, "quarterly": schemas.CycleQuarter,
		"quarter": schemas.CycleQuarter, "half_year": schemas.CycleHalf, "half_yearly": schemas.CycleHalf, "biannual": schemas.CycleHalf,
		"semi_annual": schemas.CycleHalf, "annual": schemas.CycleYear, "yearly": schemas.CycleYear,
		"D": schemas.CycleDay, "W": schemas.CycleWeek, "M": schemas.CycleMonth, "Y": schemas.CycleYear,
	}
	if rest, ok := strings.CutPrefix(name, "P"); ok && len(rest) > 1 {
		n, err := strconv.Atoi(rest[:len(rest)-1])
		if err != nil {
			return c, err
		}
		c.Count, name = n, rest[len(rest)-1:]
		c.Unit, ok = names[name]
		if !ok {
			return c, fmt.Errorf("no period %q", name)
		}
		return c, nil
	}
	unit, ok := names[strings.ToLower(name)]
	if !ok {
		return c, fmt.Errorf("no period %q", name)
	}
	c.Unit = unit
	return c, nil
}

func billedOracle(c *oracle) (result, error) {
	cycle, err := cycleOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	cycle.AnchorDay = c.Params.BillCycleDay
	var days [3]schemas.Date
	for i, s := range [3]string{c.Usage.Start, c.Usage.End, c.Usage.Target} {
		if s == "" {
			continue
		}
		if days[i], err = schemas.ParseDate(s); err != nil {
			return result{}, err
		}
	}
	total := new(big.Rat)
	for _, r := range cycle.Billed(days[0], days[1], days[2]) {
		total.Add(total, new(big.Rat).Quo(r.Num.Rat(), r.Den.Rat()))
	}
	return result{amount: total.RatString()}, nil
}

func nextDateOracle(c *oracle) (result, error) {
	cycle, err := cycleOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	if cycle.Zone, err = time.LoadLocation(c.Params.Timezone); err != nil {
		return result{}, err
	}
	const layout = "2006-01-02T15:04:05"
	anchor, err := time.ParseInLocation(layout, c.Params.Anchor, cycle.Zone)
	if err != nil {
		return result{}, err
	}
	start, err := time.ParseInLocation(layout, c.Usage.PeriodStart, cycle.Zone)
	cycle.Count = c.Params.Interval
	return result{amount: cycle.Next(anchor, start).In(cycle.Zone).Format(layout)}, err
}

func wholePeriodsOracle(c *oracle) (result, error) {
	cycle, err := cycleOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	from, err := schemas.ParseDate(c.Usage.From)
	if err != nil {
		return result{}, err
	}
	to, err := schemas.ParseDate(c.Usage.To)
	return result{amount: strconv.Itoa(cycle.WholePeriods(from, to))}, err
}

func advanceOracle(c *oracle) (result, error) {
	cycle, err := cycleOf(c.Params.Period)
	if err != nil {
		return result{}, err
	}
	if cycle.Anchor, err = schemas.ParseDate(c.Usage.From); err != nil {
		return result{}, err
	}
	var sequence []string
	for n := range c.Params.N + 1 {
		sequence = append(sequence, cycle.Day(n).String())
	}
	return result{sequence[c.Params.N], map[string]any{"sequence": sequence}}, nil
}

func civilDaysOracle(c *oracle) (result, error) {
	zone, err := time.LoadLocation(c.Params.Timezone)
	if err != nil {
		return result{}, err
	}
	parse := func(s string) time.Time {
		for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.RFC3339} {
			if t, e := time.ParseInLocation(layout, s, zone); e == nil {
				return t
			}
		}
		err = fmt.Errorf("%q is no time", s)
		return time.Time{}
	}
	n := rating.CivilDays(parse(c.Usage.From), parse(c.Usage.To), zone)
	return result{amount: strconv.Itoa(n)}, err
}
