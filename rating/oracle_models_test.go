package rating_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/rating/correct"
	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// oracleModels says how the cases of each model are billed: by a trial, or by the one rule of billing that they are about.
var oracleModels = map[string]func(*oracle) (result, error){
	"flat":                          priceOracle,
	"per_unit":                      priceOracle,
	"graduated":                     priceOracle,
	"volume":                        priceOracle,
	"stairstep":                     priceOracle,
	"package":                       priceOracle,
	"percentage":                    priceOracle,
	"graduated_percentage":          priceOracle,
	"dynamic":                       priceOracle,
	"graduated_slice":               tierOracle,
	"graduated_percentage_slice":    tierOracle,
	"volume_prorated":               volumeProratedOracle,
	"prorated_graduated":            proratedGraduatedOracle,
	"pass_through":                  passThroughOracle,
	"package_count":                 packageCountOracle,
	"block_tiers":                   blockOracle,
	"capacity_tiers":                capacityOracle,
	"hashmap":                       ruleGroupOracle,
	"time_rate_bands":               elapsedOracle,
	"time_of_day_bands":             timeOfDayOracle,
	"time_weighted_sum":             timeWeightedOracle,
	"unit_conversion":               conversionOracle,
	"unit_conversion_per_unit":      conversionOracle,
	"usage_discount":                usageDiscountOracle,
	"increment":                     incrementOracle,
	"delta_rerating":                rerateOracle,
	"late_events_period_preserving": lateOracle,
	"spend_floor_cap":               boundOracle,
	"commitment_true_up":            commitmentOracle,
	"progressive_net":               progressiveOracle,
	"prorated_flat":                 proratedFlatOracle,
	"proration_ratio":               ratioOracle,
	"plan_change_proration":         planChangeOracle,
	"credit_cap":                    creditCapOracle,
	"invoice_totals":                invoiceOracle,
	"tax":                           taxOracle,
	"coupon":                        couponOracle,
	"coupon_stack":                  couponStackOracle,
	"discount_stack":                discountStackOracle,
	"spread_discount":               spreadOracle,
	"credit_drawdown":               drawOracle,
	"grant_burndown":                drawOracle,
	"round_money":                   roundOracle,
	"allocate_largest_remainder":    allocateOracle,
	"billing_cycles_in_advance":     billedOracle,
	"next_billing_date":             nextDateOracle,
	"whole_periods_between":         wholePeriodsOracle,
	"advance_periods":               advanceOracle,
	"calendar_days_between":         civilDaysOracle,
}

func amount(v money.Decimal) result { return result{amount: v.String()} }

// billed is a result of what a trial costs.
func billed(x *trial) (result, error) {
	v, err := x.bill()
	return amount(v), err
}

// priceOracle bills a price with all that stands around it. What was billed before is a fee of the same offering, whose bounds
// hold both; credits are balances of the account.
func priceOracle(c *oracle) (result, error) {
	p, err := c.Params.price(c.Model)
	if err != nil {
		return result{}, err
	}
	x := newTrial()
	if err := x.measured(p, &c.Params, &c.Usage); err != nil {
		return result{}, err
	}
	if before := c.Params.BilledBefore; before != nil {
		o, sold := x.offering(), &x.offering().Prices[0]
		o.Minimum, o.Maximum, sold.Minimum, sold.Maximum = sold.Minimum, sold.Maximum, nil, nil
		x.fee("before", *before)
	}
	for i, v := range c.Params.Credits {
		x.grant(schemas.Grant{ID: fmt.Sprint(i), Amount: v})
	}
	if c.Params.TaxPct != nil {
		x.tax("", *c.Params.TaxPct)
		x.roundBy(&schemas.RoundingRule{Level: schemas.RoundTax})
	}
	out, err := x.rate()
	if err != nil {
		return result{}, err
	}
	tax := sumWhere(out.Charges, isTax)
	net := sumWhere(out.Charges, func(c *schemas.Charge) bool { return !isTax(c) }).Sub(zero(c.Params.BilledBefore))
	return result{net.String(), map[string]any{
		"net": net.String(), "tax": tax.String(), "total": net.Add(tax).String(), "tier_amounts": tierAmounts(out.Charges[0].Steps),
	}}, nil
}

// measured sells a price of a meter, or a fee, and uses what the case says.
func (x *trial) measured(p *schemas.Price, of *params, u *usage) error {
	r, err := rule(of.Round)
	if err != nil {
		return err
	}
	x.roundBy(r)
	if p.Terms.Model != schemas.ModelFlat {
		p.Meter = "m"
	}
	x.sell(*p)
	switch {
	case p.Meter == "":
	case p.Terms.Model == schemas.ModelPercentage:
		x.use("m", u.Events...)
		if len(u.Events) == 0 {
			x.fee("nothing", money.Zero) // no event is no line
		}
	default:
		x.use("m", u.Quantity)
	}
	return nil
}

// tierAmounts are what the tiers of a charge cost, by its steps.
func tierAmounts(steps []schemas.Step) []string {
	var out []string
	for _, s := range steps {
		if s.Op == model.OpTier {
			out = append(out, s.Out)
		}
	}
	return out
}

// tierOracle bills one tier between two that cost nothing; its units are what it costs at one a unit.
func tierOracle(c *oracle) (result, error) {
	tier := schemas.Tier{UpTo: c.Params.To, UnitPrice: zero(c.Params.UnitPrice), FlatFee: zero(c.Params.FlatFee), Percent: zero(c.Params.RatePct)}
	model, each := schemas.ModelGraduated, schemas.Tier{UpTo: c.Params.To, UnitPrice: money.One}
	if c.Model == "graduated_percentage_slice" {
		model, each = schemas.ModelGraduatedPercentage, schemas.Tier{UpTo: c.Params.To, Percent: *dec("100")}
	}
	cost := func(tier schemas.Tier) (money.Decimal, error) {
		var tiers []schemas.Tier
		if from := c.Params.From; from != nil && from.IsPositive() {
			tiers = append(tiers, schemas.Tier{UpTo: from})
		}
		if tiers = append(tiers, tier); tier.UpTo != nil {
			tiers = append(tiers, schemas.Tier{})
		}
		x := newTrial()
		x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: model, Tiers: tiers}})
		x.use("m", c.Usage.Total)
		return x.bill()
	}
	units, err := cost(each)
	if err != nil {
		return result{}, err
	}
	v, err := cost(tier)
	return result{v.String(), map[string]any{"units_in_slice": units.String()}}, err
}

func passThroughOracle(c *oracle) (result, error) {
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPassThrough}})
	x.use("m", c.Usage.EventAmounts...)
	return billed(x)
}

// packageCountOracle counts packages at one each.
func packageCountOracle(c *oracle) (result, error) {
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{
		Model: schemas.ModelPackage, PackageSize: c.Params.PackageSize, PackagePrice: &money.One, PackageRound: quantityRounding(c.Params.Rounding),
	}})
	x.use("m", c.Usage.Quantity)
	return billed(x)
}

// joint bills a price of several meters, of which each has been used as the case says. What was billed before is on an
// earlier invoice of the month.
func joint(c *oracle, terms *schemas.Terms) (result, error) {
	x := newTrial()
	for _, unit := range slices.Sorted(maps.Keys(c.Usage.Quantities)) {
		x.measure(schemas.Meter{ID: schemas.MeterID(unit)})
		x.use(schemas.MeterID(unit), c.Usage.Quantities[unit])
	}
	x.sell(schemas.Price{ID: "p", Currency: "EUR", Terms: *terms})
	out, err := x.rate()
	if err != nil || c.Params.AlreadyBilled == nil {
		return amount(sumWhere(out.Charges, ofPrice("p"))), err
	}
	issued := slices.Clone(out.Charges)
	issued[0].Amount, issued[0].Exact = *c.Params.AlreadyBilled, *c.Params.AlreadyBilled
	return amount(sumWhere(correct.Difference("2024-09", "2024-10", issued, out.Charges), ofPrice("p"))), nil
}

func blockOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelBlockTiers, BlockMode: schemas.BlockMode(c.Params.Mode)}
	for _, unit := range slices.Sorted(maps.Keys(c.Params.Units)) {
		blocks := schemas.UnitBlocks{Unit: unit}
		for _, b := range c.Params.Units[unit] {
			blocks.Tiers = append(blocks.Tiers, schemas.Block{Size: b.Size, Price: b.Price, Max: b.Max})
		}
		terms.Blocks = append(terms.Blocks, blocks)
	}
	return joint(c, &terms)
}

func capacityOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelCapacity}
	for _, t := range c.Params.Tiers {
		capacity := schemas.Capacity{Price: t.Price}
		for _, unit := range slices.Sorted(maps.Keys(t.Limits)) {
			capacity.Limits = append(capacity.Limits, schemas.UnitLimit{Unit: unit, Max: t.Limits[unit]})
		}
		terms.Capacities = append(terms.Capacities, capacity)
	}
	return joint(c, &terms)
}

func ruleGroupOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelRuleGroups}
	for _, g := range c.Params.Groups {
		var group schemas.RuleGroup
		add := func(kind schemas.RuleKind, cost money.Decimal) {
			group.Rules = append(group.Rules, schemas.Rule{Kind: kind, Cost: cost})
		}
		for _, v := range g.Flat {
			add(schemas.RuleFlat, v)
		}
		for _, v := range g.Rate {
			add(schemas.RuleRate, v)
		}
		if g.FieldThreshold != nil {
			add(schemas.RuleFieldThreshold, *g.FieldThreshold)
		}
		if g.ServiceThreshold != nil {
			add(schemas.RuleServiceThreshold, *g.ServiceThreshold)
		}
		terms.Groups = append(terms.Groups, group)
	}
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: terms})
	x.use("m", c.Usage.Quantity)
	return billed(x)
}

// session bills one session, which began at an instant of the month.
func session(c *oracle, start time.Time, terms *schemas.Terms) (result, error) {
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	x := newTrial()
	x.roundBy(r)
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: *terms})
	x.used = []usedRow{{meter: "m", start: start, quantity: c.Usage.Duration}}
	return billed(x)
}

func elapsedOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelElapsedBands, ConnectFee: c.Params.ConnectFee}
	for _, b := range c.Params.Bands {
		terms.ElapsedBands = append(terms.ElapsedBands, schemas.ElapsedBand{StartSeconds: b.Start, Rate: b.Rate, RateSeconds: b.RateUnit, IncrementSeconds: b.Increment})
	}
	return session(c, time.Time{}, &terms)
}

func timeOfDayOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelTimeOfDay, ConnectFee: c.Params.ConnectFee}
	for _, b := range c.Params.Bands {
		terms.DayBands = append(terms.DayBands, schemas.DayBand{Start: b.From, End: b.To, Rate: b.Rate, RateSeconds: b.RateUnit, IncrementSeconds: b.Increment})
	}
	start, err := time.Parse(time.DateTime, "2024-09-17 "+c.Usage.Start)
	if err != nil {
		return result{}, err
	}
	return session(c, start, &terms)
}

// timeWeightedOracle bills the mean level of a month.
func timeWeightedOracle(c *oracle) (result, error) {
	start, err := time.Parse(time.RFC3339, c.Params.PeriodStart)
	if err != nil {
		return result{}, err
	}
	r, err := rule(c.Params.Round)
	if err != nil {
		return result{}, err
	}
	x := newTrial()
	if x.period = schemas.Period(start.Format("2006-01")); start.AddDate(0, 1, 0).Format(time.RFC3339) != c.Params.PeriodEnd {
		return result{}, fmt.Errorf("from %s to %s is no month", c.Params.PeriodStart, c.Params.PeriodEnd)
	}
	x.roundBy(r)
	x.subscription().Start = schemas.DateOf(start, time.UTC)
	x.measure(schemas.Meter{ID: "m", Aggregation: schemas.AggregateTimeWeighted, PerTime: schemas.WindowPeriod, CarryIn: true})
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: c.Params.UnitPrice}})
	if carried := zero(c.Params.CarriedIn); !carried.IsZero() {
		x.used = append(x.used, usedRow{meter: "m", start: start, quantity: carried})
	}
	for _, change := range c.Usage.Changes {
		at, err := time.Parse(time.RFC3339, change.At)
		if err != nil {
			return result{}, err
		}
		x.used = append(x.used, usedRow{meter: "m", start: at, quantity: change.Delta})
	}
	return billed(x)
}

// conversionOracle bills a converted quantity at its unit price, or at one.
func conversionOracle(c *oracle) (result, error) {
	conv := &schemas.UnitConversion{Round: quantityRounding(c.Params.RoundQuantity), Places: c.Params.Decimals}
	switch {
	case c.Params.DivideBy != nil:
		conv.Divide = c.Params.DivideBy
	case c.Params.Op == "multiply":
		conv.Multiply = c.Params.Factor
	case c.Params.Op == "divide":
		conv.Divide = c.Params.Factor
	default:
		return result{}, fmt.Errorf("no conversion is called %q", c.Params.Op)
	}
	price := c.Params.UnitPrice
	if price == nil {
		price = &money.One
	}
	x := newTrial()
	x.sell(schemas.Price{ID: "p", Meter: "m", Currency: "EUR", Convert: conv, Terms: schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: price}})
	x.use("m", c.Usage.Quantity)
	return billed(x)
}

// roundOracle bills a fee and rounds its line.
func roundOracle(c *oracle) (result, error) {
	mode, err := modeOf(c.Params.Mode)
	if err != nil {
		return result{}, err
	}
	x := newTrial()
	x.roundBy(&schemas.RoundingRule{Mode: mode, Places: &c.Params.Decimals})
	x.fee("p", c.Usage.Value)
	return billed(x)
}

// allocateOracle divides by the rule that discounts and bundles are divided by.
func allocateOracle(c *oracle) (result, error) {
	var weights []money.Decimal
	for _, w := range c.Usage.Weights {
		weights = append(weights, w.Weight)
	}
	parts, err := money.Allocate(c.Usage.Amount, weights, c.Params.Decimals)
	if err != nil {
		return result{}, err
	}
	total, shares := money.Zero, map[string]string{}
	for i, w := range c.Usage.Weights {
		shares[w.Key] = parts[i].String()
		total = total.Add(parts[i])
	}
	return result{total.String(), map[string]any{"shares": shares}}, nil
}

// drawOracle pays from balances by the rule that invoices are paid by.
func drawOracle(c *oracle) (result, error) {
	order, err := decodeOrder(c.Params.Order)
	if err != nil {
		return result{}, err
	}
	x := newTrial()
	x.catalogue.Policy.CreditOrder = order
	for _, g := range append(slices.Clone(c.Params.Wallets), c.Params.Grants...) {
		// The cases are of no month: a grant pays whenever it was created.
		grant := schemas.Grant{ID: g.ID, Amount: g.Balance, Priority: g.Priority, From: schemas.NewDate(2000, 1, 1)}
		if grant.Created, err = dateOf(g.Created); err != nil {
			return result{}, err
		}
		if grant.Expires, err = dateOf(g.Expires); err != nil {
			return result{}, err
		}
		x.grant(grant)
	}
	x.fee("p", c.Usage.AmountDue.Add(c.Usage.Usage))
	out, err := x.rate()
	if err != nil {
		return result{}, err
	}
	by, rest, total := map[string]string{}, map[string]string{}, money.Zero
	for i, g := range x.account.Credits {
		left := out.Carried.Grants[i].Balance
		if rest[g.ID] = left.String(); !left.Equal(g.Amount) {
			by[g.ID] = g.Amount.Sub(left).String()
		}
		total = total.Add(left)
	}
	due := sumWhere(out.Charges, func(*schemas.Charge) bool { return true })
	got := result{due.String(), map[string]any{"drawn": by, "left": rest}}
	if c.Model == "grant_burndown" {
		got.amount = total.String()
	}
	return got, nil
}

func decodeOrder(raw json.RawMessage) ([]schemas.CreditKey, error) {
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, err
	}
	keys := map[string]schemas.CreditKey{
		"priority_asc": schemas.CreditByPriority, "priority_desc": schemas.CreditByHighest,
		"expiry_asc": schemas.CreditByExpiry, "created_asc": schemas.CreditByCreation, "created_desc": schemas.CreditByNewest,
		"balance_asc": schemas.CreditByBalance, "scope": schemas.CreditByScope, "cost": schemas.CreditByCost,
	}
	var out []schemas.CreditKey
	for _, n := range names {
		k, ok := keys[n]
		if !ok {
			return nil, fmt.Errorf("no credit order %q", n)
		}
		out = append(out, k)
	}
	return out, nil
}

// dateOf reads a day, or a number that only orders: a day of the year after the trials.
func dateOf(raw json.RawMessage) (schemas.Date, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	if text == "" || text == "null" {
		return schemas.Date{}, nil
	}
	if d, err := schemas.ParseDate(text); err == nil {
		return d, nil
	}
	n, err := money.ParseDecimal(text)
	return schemas.NewDate(2025, 1, 1).AddDays(int(n.IntPart())), err
}
