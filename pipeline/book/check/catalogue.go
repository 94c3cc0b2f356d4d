package check

import (
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

func (c *checker) checkMeters() {
	for i := range c.Meters.Items {
		m, at := &c.Meters.Items[i], c.Meters.Spots[i]
		c.meterScope(at, m)
		c.filters(at.Field("filters"), m.Filters)
		for j, column := range m.GroupBy {
			c.labelColumn(at.Field("group_by").At(j), column)
		}
		if m.UniqueBy != "" {
			c.textColumn(at.Field("unique_by"), m.UniqueBy)
		}
		c.aggregation(at, m)
		c.windowFits(at, m)
		c.levelsFit(at, m)
	}
	c.checkUnits()
}

// meterScope complains of rows that a meter could never take, and of those that it would count twice.
func (c *checker) meterScope(at parse.Spot, m *schemas.Meter) {
	c.refer(at, "peer", &c.names.peers, string(m.Peer))
	if m.Own && m.Peer != "" {
		c.Complain(at.Field("own"), "keep one of peer and own", "the meter takes only our own rows and only those of %s, so none", m.Peer)
	}
	if c.refer(at, "source", &c.names.sources, string(m.Source)) {
		i := slices.IndexFunc(c.Sources.Items, func(s schemas.Source) bool { return s.ID == m.Source })
		if peer := c.Sources.Items[i].Peer; peer != "" && (m.Own || m.Peer != "" && m.Peer != peer) {
			c.Complain(at.Field("source"), "correct one of them", "source %s is of peer %s, so the meter takes no row", m.Source, peer)
		}
	}
	once(c, at.Field("services"), m.Services)
	once(c, at.Field("skus"), m.SKUs)
	once(c, at.Field("sku_meters"), m.SkuMeters)
	once(c, at.Field("group_by"), m.GroupBy)
}

// aggregation complains of settings that the meter's aggregation needs, or would silently ignore.
func (c *checker) aggregation(at parse.Spot, m *schemas.Meter) {
	uses := func(a schemas.Aggregation) bool { return m.Aggregation == a || m.WindowAggregation == a }
	if uses(schemas.AggregatePercentile) {
		if !m.Percentile.IsPositive() || m.Percentile.GreaterThan(money.NewDecimal(100, 0)) {
			c.Complain(at.Field("percentile"), "write a number above 0 and at most 100, such as 95", "a percentile of %s cannot be taken", m.Percentile)
		}
	} else if !m.Percentile.IsZero() {
		c.Complain(at.Field("percentile"), "set aggregation to percentile, or remove the line", "the aggregation takes no percentile")
	}
	if uses(schemas.AggregateUnique) && m.UniqueBy == "" {
		c.Complain(at.Field("unique_by"), "name a column, such as ResourceId", "unique_by is missing, so there is nothing to count")
	}
	if m.UniqueBy != "" && !uses(schemas.AggregateUnique) && !uses(schemas.AggregateTimeWeighted) {
		c.Complain(at.Field("unique_by"), "set aggregation to unique, or remove the line", "the aggregation counts no column")
	}
	if (m.Window == "") != (m.WindowAggregation == "") {
		c.Complain(at.Field("window"), "write both or neither", "window and window_aggregation need each other")
	}
	if m.Window == schemas.WindowPeriod {
		c.Complain(at.Field("window"), "choose a shorter one, or remove it", "a window is shorter than the period")
	}
	if m.PerTime != "" && !uses(schemas.AggregateTimeWeighted) {
		c.Complain(at.Field("per_time"), "set aggregation to time_weighted, or remove the line", "the aggregation is not over time")
	}
	if m.CarryIn && !uses(schemas.AggregateTimeWeighted) && !uses(schemas.AggregateLatest) {
		c.Complain(at.Field("carry_in"), "set aggregation to latest or time_weighted, or remove the line", "the aggregation has no level to carry in")
	}
}

func (c *checker) filters(list parse.Spot, filters []schemas.Filter) {
	for i, f := range filters {
		at := list.At(i)
		c.labelColumn(at.Field("column"), f.Column)
		alone := f.Op == schemas.FilterPresent || f.Op == schemas.FilterAbsent
		if alone && len(f.Values) > 0 {
			c.Complain(at.Field("values"), "remove them", "%s compares with no values", f.Op)
		}
		if !alone && len(f.Values) == 0 {
			c.Complain(at.Field("values"), "list the values to compare with", "values is missing")
		}
	}
}

// labelColumn complains of a column that rows cannot be grouped or filtered by.
func (c *checker) labelColumn(at parse.Spot, name string) {
	i := schemas.Usage.Index(name)
	if name == "" || i >= 0 && schemas.Usage.Columns[i].Type == schemas.Label {
		return
	}
	labels := usageNames(func(col schemas.Column) bool { return col.Type == schemas.Label })
	if i >= 0 {
		c.Complain(at, "choose a column with few distinct values, such as RegionId", "%s is no label, so rows are not grouped or filtered by it", name)
		return
	}
	c.Complain(at, parse.DidYouMean(name, labels, "the columns are those of FOCUS 1.2"), "usage has no column %s", parse.Clip(name))
}

func (c *checker) textColumn(at parse.Spot, name string) {
	isText := func(col schemas.Column) bool { return col.Type == schemas.Label || col.Type == schemas.Text }
	if i := schemas.Usage.Index(name); i < 0 || !isText(schemas.Usage.Columns[i]) {
		c.Complain(at, parse.DidYouMean(name, usageNames(isText), "choose one such as ResourceId"), "usage has no text column %s", parse.Clip(name))
	}
}

func (c *checker) checkUnits() {
	seen := map[[2]string]parse.Spot{}
	for i, u := range c.Units.Items {
		at := c.Units.Spots[i]
		c.positive(at.Field("factor"), u.Factor)
		pair := [2]string{u.From, u.To}
		if u.From != "" && u.From == u.To {
			c.Complain(at.Field("to"), "remove the entry", "a unit needs no conversion to itself")
		}
		if first, twice := seen[pair]; twice {
			c.Complain(at, "keep one of them", "%s is converted to %s at %s already", u.From, u.To, first.Where())
			continue
		}
		seen[pair] = at
	}
}

func (c *checker) checkOfferings() {
	for i := range c.Offerings.Items {
		o, at := &c.Offerings.Items[i], c.Offerings.Spots[i]
		c.validity(at, o.Validity)
		c.discounts(at.Field("discounts"), o.Discounts)
		c.bounds(at, o.Minimum, o.Maximum)
		c.bundle(at.Field("parts"), o)
		if len(o.Prices) == 0 {
			c.Complain(at.Field("prices"), "add a price", "the offering has no price")
		}
		for j := range o.Prices {
			c.price(at.Field("prices").At(j), &o.Prices[j])
			c.withinOffering(at.Field("prices").At(j), &o.Prices[j], o)
		}
		c.overlappingPrices(at.Field("prices"), o.Prices)
	}
}

// bundle checks the parts among which an offering's amount is divided.
func (c *checker) bundle(list parse.Spot, o *schemas.Offering) {
	sum := money.Zero
	for i, part := range o.Parts {
		at := list.At(i)
		c.refer(at, "offering", &c.names.offerings, string(part.Offering))
		c.notNegative(at.Field("ssp"), &part.SSP)
		sum = sum.Add(part.SSP)
		if part.Offering == o.ID && o.ID != "" {
			c.Complain(at.Field("offering"), "name another offering", "a bundle cannot be a part of itself")
		}
	}
	twins(c, list, o.Parts, "offering", "the part", func(p *schemas.BundlePart) string { return string(p.Offering) })
	if len(o.Parts) > 0 && sum.IsZero() {
		c.Complain(list, "give at least one part an ssp above zero", "the stand-alone prices of the parts are all zero, so nothing can be divided by them")
	}
}

// price checks a price on its own; it may stand in the catalogue or override one in a subscription.
func (c *checker) price(at parse.Spot, p *schemas.Price) {
	c.validity(at, p.Validity)
	c.identifier(at.Field("id"), string(p.ID))
	c.payable(at.Field("currency"), p.Currency)
	c.filters(at.Field("filters"), p.Filters)
	c.discounts(at.Field("discounts"), p.Discounts)
	c.bounds(at, p.Minimum, p.Maximum)
	c.terms(at, &p.Terms)
	c.pricePolicy(at.Field("policy"), &p.Policy)
	c.recurrence(at.Field("every"), p.Every)
	c.cycleKeys(at, p)
	c.pooled(at, p)
	if c.refer(at, "meter", &c.names.meters, string(p.Meter)) {
		c.meteredPrice(at, p)
	} else if p.Meter == "" {
		c.recurringPrice(at, p)
	}
	if p.Allowance != nil {
		c.notNegative(at.Field("allowance").Field("quantity"), &p.Allowance.Quantity)
		c.notNegative(at.Field("allowance").Field("rollover_limit"), p.Allowance.RolloverLimit)
		c.atMost(at.Field("allowance").Field("rollover"), int64(p.Allowance.Rollover), mostMonths)
	}
	c.notNegative(at.Field("free_quantity"), p.FreeQuantity)
	if p.Convert != nil {
		c.conversion(at.Field("convert"), p.Convert)
	}
	if (p.CreditUnit == "") != (p.CreditPrice == nil) {
		c.Complain(at.Field("credit_unit"), "write both or neither", "credit_unit and credit_price need each other")
	}
}

// recurrence complains of a number of units without their unit, and of one that no calendar holds.
func (c *checker) recurrence(at parse.Spot, r schemas.Recurrence) {
	c.atMost(at.Field("count"), int64(r.Count), mostMonths)
	if r.Count > 1 && (r.Unit == "" || r.Unit == schemas.CyclePeriod) {
		c.Complain(at.Field("unit"), "add unit: month, or whatever is meant", "%d of what? The billing period itself comes once", r.Count)
	}
}

// meteredPrice complains of what only a recurring price has.
func (c *checker) meteredPrice(at parse.Spot, p *schemas.Price) {
	if p.Timing != "" {
		c.Complain(at.Field("timing"), "remove it, or the meter", "a price of usage is always due after its period")
	}
	c.groupColumns(at, p)
	c.ownUnit(at, p)
	c.modelFits(at, p)
}

// meterOf returns a meter that the book has; of several with one identifier, the first.
func (c *checker) meterOf(id schemas.MeterID) *schemas.Meter {
	if c.meterAt == nil {
		c.meterAt = make(map[schemas.MeterID]*schemas.Meter, len(c.Meters.Items))
		for i := range c.Meters.Items {
			if m := &c.Meters.Items[i]; c.meterAt[m.ID] == nil {
				c.meterAt[m.ID] = m
			}
		}
	}
	return c.meterAt[id]
}

// recurringPrice complains of what only a price of usage has.
func (c *checker) recurringPrice(at parse.Spot, p *schemas.Price) {
	switch p.Terms.Model {
	case "", schemas.ModelFlat, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage:
	case schemas.ModelBlockTiers, schemas.ModelCapacity:
		c.jointPrice(at, p)
	default:
		c.Complain(at.Field("meter"), "name the meter whose usage it prices", "a price of model %s needs a meter", p.Terms.Model)
	}
	c.usageKeys(at, p)
	if len(p.Filters) > 0 {
		c.Complain(at.Field("filters"), "name a meter, or remove the filters", "a price without a meter has no usage to filter")
	}
}

func (c *checker) conversion(at parse.Spot, v *schemas.UnitConversion) {
	if (v.Multiply == nil) == (v.Divide == nil) {
		c.Complain(at, "write one of them", "a conversion either multiplies or divides")
	}
	if v.Multiply != nil {
		c.positive(at.Field("multiply"), *v.Multiply)
	}
	if v.Divide != nil {
		c.divisor(at.Field("divide"), *v.Divide)
	}
	c.atMost(at.Field("places"), int64(v.Places), mostPlaces)
}

// withinOffering complains of a price that is never in force with its offering.
func (c *checker) withinOffering(at parse.Spot, p *schemas.Price, o *schemas.Offering) {
	if _, ok := Overlap(p.Validity, o.Validity); !ok && lasts(p.Validity) && lasts(o.Validity) {
		c.Complain(at.Field("from"), "correct one of them", "the price is never in force while its offering %s is", o.ID)
	}
}

// overlappingPrices complains of two prices in force on one day for the same thing.
func (c *checker) overlappingPrices(list parse.Spot, prices []schemas.Price) {
	entries := make([]dated, len(prices))
	for i := range prices {
		entries[i] = dated{SameThing(&prices[i]), prices[i].Validity, list.At(i)}
	}
	c.atOnce(entries, func(string) string { return "price" })
	c.claimedTwice(list, prices)
}

// SameThing is equal for prices of an offering of which one alone is used at a time: those of the same meter, phase and
// filters, and without a meter those of the same name and phase.
func SameThing(p *schemas.Price) string {
	key := []string{"price", string(p.ID), p.Phase}
	if p.Meter != "" {
		key = []string{"meter", string(p.Meter), p.Phase}
		for _, f := range p.Filters {
			key = append(key, f.Column, string(f.Op), strings.Join(f.Values, "\x01"))
		}
	}
	return keyOf(key...)
}

// bounds complains of a minimum above the maximum.
func (c *checker) bounds(at parse.Spot, least, most *money.Decimal) {
	if least == nil && most == nil {
		return
	}
	c.notNegative(at.Field("minimum"), least)
	c.notNegative(at.Field("maximum"), most)
	if least != nil && most != nil && least.GreaterThan(*most) {
		c.Complain(at.Field("minimum"), "exchange them", "the minimum %s is above the maximum %s", least, most)
	}
}

func (c *checker) discounts(list parse.Spot, discounts []schemas.Discount) {
	for i, d := range discounts {
		at := list.At(i)
		c.validity(at, d.Validity)
		c.reduction(at, d.Percent, d.Fixed)
	}
}

// reduction complains of anything but exactly one of a percentage and a fixed sum.
func (c *checker) reduction(at parse.Spot, percent, fixed *money.Decimal) {
	if (percent == nil) == (fixed == nil) {
		c.Complain(at, "write one of them", "a discount is either percent or fixed")
	}
	c.notNegative(at.Field("fixed"), fixed)
	c.percent(at.Field("percent"), percent)
}

// percent complains of a percentage outside 0 to 100.
func (c *checker) percent(at parse.Spot, p *money.Decimal) {
	c.notNegative(at, p)
	if p != nil && p.GreaterThan(money.NewDecimal(100, 0)) {
		c.Complain(at, "write 12.5 for 12.5 %", "%s %% is more than all of it", p)
	}
}

func (c *checker) checkCatalogueRest() {
	for i, coupon := range c.Coupons.Items {
		at := c.Coupons.Spots[i]
		c.validity(at, coupon.Validity)
		c.reduction(at, coupon.Percent, coupon.Fixed)
		c.countable(at.Field("uses"), int64(coupon.Uses))
		c.notNegative(at.Field("total"), coupon.Total)
		if coupon.Fixed != nil && coupon.Currency == "" {
			c.Complain(at.Field("currency"), "add currency: EUR, or whatever the sum is in", "a fixed sum needs a currency")
		}
		for j, o := range coupon.Offerings {
			c.refer(at.Field("offerings").At(j), "", &c.names.offerings, string(o))
		}
	}
	taxes := make([]dated, len(c.Taxes.Items))
	for i, tax := range c.Taxes.Items {
		at := c.Taxes.Spots[i]
		c.validity(at, tax.Validity)
		c.identifier(at.Field("id"), tax.ID)
		c.country(at.Field("country"), tax.Country)
		c.percent(at.Field("percent"), &tax.Percent)
		taxes[i] = dated{tax.ID, tax.Validity, at}
	}
	c.atOnce(taxes, func(id string) string { return "tax " + id })
	if c.PolicyAt.There() {
		c.policyRules(c.PolicyAt, &c.Policy)
	}
}
