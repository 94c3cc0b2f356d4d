package rating_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"daybook/rating"
	"daybook/schemas"
	"daybook/schemas/money"
)

// oracleModels says how each model of the cases is computed by the public functions.
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
	"graduated_slice":               sliceOracle,
	"graduated_percentage_slice":    sliceOracle,
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

func priceOracle(c *oracle) (result, error) {
	p, err := c.Params.price(c.Model)
	if err != nil {
		return result{}, err
	}
	p.Policy.Rounding = nil
	u := rating.Usage{Quantity: c.Usage.Quantity, Events: c.Usage.Events}
	got, err := rating.Total(p, schemas.RatingPolicy{}, u, true)
	if err != nil {
		return result{}, err
	}
	net := got.Amount
	if c.Params.BilledBefore != nil {
		net = rating.Bound(*c.Params.BilledBefore, net, p.Minimum, p.Maximum)
	}
	grants := make([]schemas.Grant, len(c.Params.Credits))
	for i, v := range c.Params.Credits {
		grants[i] = schemas.Grant{ID: fmt.Sprint(i), Amount: v}
	}
	drawn, _ := rating.Draw([]rating.Due{{Amount: net}}, grants, nil)
	for _, d := range drawn {
		net = net.Sub(d.Amount)
	}
	if net, err = roundTo(net, c.Params.Round); err != nil {
		return result{}, err
	}
	out := result{amount: net.String(), parts: map[string]any{"net": net.String()}}
	if c.Params.TaxPct != nil {
		tax, err := roundTo(rating.Tax(rating.Taxable{Amount: net, Percent: *c.Params.TaxPct}), "half_up_2")
		if err != nil {
			return out, err
		}
		out.parts["tax"], out.parts["total"] = tax.String(), net.Add(tax).String()
	}
	var tiers []string
	from := money.Zero
	for _, t := range p.Terms.Tiers {
		_, part := rating.TierSlice(t, from, c.Usage.Quantity)
		tiers = append(tiers, part.String())
		from = zero(t.UpTo)
	}
	out.parts["tier_amounts"] = tiers
	return out, nil
}

func sliceOracle(c *oracle) (result, error) {
	tier := schemas.Tier{UpTo: c.Params.To, UnitPrice: zero(c.Params.UnitPrice), FlatFee: zero(c.Params.FlatFee), Percent: zero(c.Params.RatePct)}
	units, cost := rating.TierSlice(tier, zero(c.Params.From), c.Usage.Total)
	return result{cost.String(), map[string]any{"units_in_slice": units.String()}}, nil
}

func volumeProratedOracle(c *oracle) (result, error) {
	terms, err := c.Params.terms("volume")
	if err != nil {
		return result{}, err
	}
	policy, err := c.Params.policy()
	if err != nil {
		return result{}, err
	}
	got, err := rating.VolumeProrated(&terms, policy, c.Usage.FullQuantity, c.Usage.ProratedQty)
	return amount(got.Amount), err
}

func proratedGraduatedOracle(c *oracle) (result, error) {
	terms, err := c.Params.terms("graduated")
	if err != nil {
		return result{}, err
	}
	var prorated []money.Decimal
	if err := json.Unmarshal(c.Usage.Prorated, &prorated); err != nil {
		return result{}, err
	}
	got, err := rating.GraduatedProratedRound(&terms, c.Usage.Full, prorated)
	if err != nil {
		return result{}, err
	}
	got, err = roundTo(got, c.Params.Round)
	return amount(got), err
}

func passThroughOracle(c *oracle) (result, error) {
	got, err := rating.Price(&schemas.Terms{Model: schemas.ModelPassThrough}, schemas.RatingPolicy{}, rating.Usage{Events: c.Usage.EventAmounts})
	return amount(got.Amount), err
}

func packageCountOracle(c *oracle) (result, error) {
	n, err := rating.CountPackages(c.Usage.Quantity, zero(c.Params.PackageSize), quantityRounding(c.Params.Rounding))
	return amount(n), err
}

func units(q map[string]money.Decimal) []rating.UnitQuantity {
	var out []rating.UnitQuantity
	for _, unit := range slices.Sorted(maps.Keys(q)) {
		out = append(out, rating.UnitQuantity{Unit: unit, Quantity: q[unit]})
	}
	return out
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
	got, err := rating.Price(&terms, schemas.RatingPolicy{}, rating.Usage{Units: units(c.Usage.Quantities)})
	return amount(got.Amount.Sub(zero(c.Params.AlreadyBilled))), err
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
	got, err := rating.Price(&terms, schemas.RatingPolicy{}, rating.Usage{Units: units(c.Usage.Quantities)})
	return amount(got.Amount.Sub(zero(c.Params.AlreadyBilled))), err
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
	got, err := rating.Price(&terms, schemas.RatingPolicy{}, rating.Usage{Quantity: c.Usage.Quantity})
	return amount(got.Amount), err
}

func elapsedOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelElapsedBands, ConnectFee: c.Params.ConnectFee}
	for _, b := range c.Params.Bands {
		terms.ElapsedBands = append(terms.ElapsedBands, schemas.ElapsedBand{StartSeconds: b.Start, Rate: b.Rate, RateSeconds: b.RateUnit, IncrementSeconds: b.Increment})
	}
	got, err := rating.Price(&terms, schemas.RatingPolicy{}, rating.Usage{Sessions: []rating.Session{{Seconds: c.Usage.Duration}}})
	if err != nil {
		return result{}, err
	}
	v, err := roundTo(got.Amount, c.Params.Round)
	return amount(v), err
}

func timeOfDayOracle(c *oracle) (result, error) {
	terms := schemas.Terms{Model: schemas.ModelTimeOfDay, ConnectFee: c.Params.ConnectFee}
	for _, b := range c.Params.Bands {
		terms.DayBands = append(terms.DayBands, schemas.DayBand{Start: b.From, End: b.To, Rate: b.Rate, RateSeconds: b.RateUnit, IncrementSeconds: b.Increment})
	}
	start, err := time.Parse(time.TimeOnly, c.Usage.Start)
	if err != nil {
		return result{}, err
	}
	got, err := rating.Price(&terms, schemas.RatingPolicy{}, rating.Usage{Sessions: []rating.Session{{Start: start.AddDate(2024, 0, 0), Seconds: c.Usage.Duration}}})
	if err != nil {
		return result{}, err
	}
	v, err := roundTo(got.Amount, c.Params.Round)
	return amount(v), err
}

// timeWeightedOracle measures the mean level of a period, in seconds, and prices it per unit.
func timeWeightedOracle(c *oracle) (result, error) {
	start, err := time.Parse(time.RFC3339, c.Params.PeriodStart)
	if err != nil {
		return result{}, err
	}
	end, err := time.Parse(time.RFC3339, c.Params.PeriodEnd)
	if err != nil {
		return result{}, err
	}
	var changes []rating.LevelChange
	for _, x := range c.Usage.Changes {
		at, err := time.Parse(time.RFC3339, x.At)
		if err != nil {
			return result{}, err
		}
		changes = append(changes, rating.LevelChange{At: at, Delta: x.Delta})
	}
	v := rating.MeanLevelRound(zero(c.Params.CarriedIn), changes, start, end)
	v, err = roundTo(v.Mul(zero(c.Params.UnitPrice)), c.Params.Round)
	return amount(v), err
}

func conversionOracle(c *oracle) (result, error) {
	conv := &schemas.UnitConversion{Round: quantityRounding(c.Params.RoundQuantity)}
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
	conv.Places = c.Params.Decimals
	q, err := rating.ConvertRound(c.Usage.Quantity, conv)
	if c.Params.UnitPrice != nil {
		q = q.Mul(*c.Params.UnitPrice)
	}
	return amount(q), err
}

func usageDiscountOracle(c *oracle) (result, error) {
	return amount(rating.Billable(c.Usage.Before, c.Usage.Quantity, zero(c.Params.FreeQuantity))), nil
}

func incrementOracle(c *oracle) (result, error) {
	p, err := c.Params.Charge.price(c.Params.Charge.Model)
	if err != nil {
		return result{}, err
	}
	got, err := rating.Increment(p, schemas.RatingPolicy{}, rating.Usage{Quantity: c.Usage.Before}, rating.Usage{Quantity: c.Usage.After}, false)
	if err != nil {
		return result{}, err
	}
	return amount(rating.Bound(zero(c.Params.BilledBefore), got, c.Params.MinSpend, c.Params.MaxSpend)), nil
}

func rerateOracle(c *oracle) (result, error) {
	p, err := c.Params.Charge.price(c.Params.Charge.Model)
	if err != nil {
		return result{}, err
	}
	booked, err := rating.Rerate(p, schemas.RatingPolicy{}, c.Usage.Cumulative, true)
	if err != nil || len(booked) == 0 {
		return result{amount: "0"}, err
	}
	return result{booked[len(booked)-1].String(), map[string]any{"deltas": texts(booked)}}, nil
}

func lateOracle(c *oracle) (result, error) {
	p, err := c.Params.Charge.price(c.Params.Charge.Model)
	if err != nil {
		return result{}, err
	}
	booked, err := rating.RerateLate(p, schemas.RatingPolicy{}, c.Usage.ByRun, true)
	if err != nil {
		return result{}, err
	}
	var totals []money.Decimal
	for _, run := range booked {
		total := money.Zero
		for _, v := range run {
			total = total.Add(v)
		}
		totals = append(totals, total)
	}
	return result{totals[len(totals)-1].String(), map[string]any{"run_totals": texts(totals)}}, nil
}

func boundOracle(c *oracle) (result, error) {
	v := c.Usage.Amount
	if c.Params.DiscountPct != nil {
		off, err := rating.Discount(v, []schemas.Discount{{Percent: c.Params.DiscountPct}}, schemas.RatingPolicy{})
		if err != nil {
			return result{}, err
		}
		v = v.Sub(off.Amount)
	}
	return amount(rating.Bound(zero(c.Params.BilledBefore), v, c.Params.Min, c.Params.Max)), nil
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

// dateOf reads a day, or a number that only orders.
func dateOf(raw json.RawMessage) (schemas.Date, error) {
	s := strings.Trim(string(raw), `"`)
	if s == "" || s == "null" {
		return schemas.Date{}, nil
	}
	if d, err := schemas.ParseDate(s); err == nil {
		return d, nil
	}
	n, err := money.ParseDecimal(s)
	return schemas.NewDate(2000, 1, 1).AddDays(int(n.IntPart())), err
}

func drawOracle(c *oracle) (result, error) {
	order, err := decodeOrder(c.Params.Order)
	if err != nil {
		return result{}, err
	}
	var grants []schemas.Grant
	for _, g := range append(slices.Clone(c.Params.Wallets), c.Params.Grants...) {
		grant := schemas.Grant{ID: g.ID, Amount: g.Balance, Priority: g.Priority}
		if grant.Created, err = dateOf(g.Created); err != nil {
			return result{}, err
		}
		if grant.Expires, err = dateOf(g.Expires); err != nil {
			return result{}, err
		}
		grants = append(grants, grant)
	}
	due := c.Usage.AmountDue.Add(c.Usage.Usage)
	drawn, left := rating.Draw([]rating.Due{{Amount: due}}, grants, order)
	by, rest := map[string]string{}, map[string]string{}
	total := money.Zero
	for _, d := range drawn {
		by[d.Grant] = d.Amount.String()
		due = due.Sub(d.Amount)
	}
	for i := range grants {
		rest[grants[i].ID] = left[i].String()
		total = total.Add(left[i])
	}
	out := result{due.String(), map[string]any{"drawn": by, "left": rest}}
	if c.Model == "grant_burndown" {
		out.amount = total.String()
	}
	return out, nil
}

func roundOracle(c *oracle) (result, error) {
	mode, err := modeOf(c.Params.Mode)
	if err != nil {
		return result{}, err
	}
	v, err := rating.Round(c.Usage.Value, schemas.RoundingRule{Mode: mode, Places: &c.Params.Decimals})
	return amount(v), err
}

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
