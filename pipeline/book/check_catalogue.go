package book

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

func (c *checker) checkMeters() {
	for i := range c.meters.items {
		m, at := &c.meters.items[i], c.meters.spots[i]
		c.meterScope(at, m)
		c.filters(at.field("filters"), m.Filters)
		for j, column := range m.GroupBy {
			c.labelColumn(at.field("group_by").at(j), column)
		}
		if m.UniqueBy != "" {
			c.textColumn(at.field("unique_by"), m.UniqueBy)
		}
		c.aggregation(at, m)
	}
	c.checkUnits()
}

// meterScope complains of rows that a meter could never take, and of those that it would count twice.
func (c *checker) meterScope(at spot, m *schemas.Meter) {
	c.refer(at, "peer", &c.names.peers, string(m.Peer))
	if m.Own && m.Peer != "" {
		c.complain(at.field("own"), "keep one of peer and own", "the meter takes only our own rows and only those of %s, so none", m.Peer)
	}
	if c.refer(at, "source", &c.names.sources, string(m.Source)) {
		i := slices.IndexFunc(c.sources.items, func(s schemas.Source) bool { return s.ID == m.Source })
		if peer := c.sources.items[i].Peer; peer != "" && (m.Own || m.Peer != "" && m.Peer != peer) {
			c.complain(at.field("source"), "correct one of them", "source %s is of peer %s, so the meter takes no row", m.Source, peer)
		}
	}
	once(c, at.field("services"), m.Services)
	once(c, at.field("skus"), m.SKUs)
	once(c, at.field("sku_meters"), m.SkuMeters)
	once(c, at.field("group_by"), m.GroupBy)
}

// aggregation complains of settings that the meter's aggregation needs, or would silently ignore.
func (c *checker) aggregation(at spot, m *schemas.Meter) {
	uses := func(a schemas.Aggregation) bool { return m.Aggregation == a || m.WindowAggregation == a }
	if uses(schemas.AggregatePercentile) {
		if !m.Percentile.IsPositive() || m.Percentile.GreaterThan(money.NewDecimal(100, 0)) {
			c.complain(at.field("percentile"), "write a number above 0 and at most 100, such as 95", "a percentile of %s cannot be taken", m.Percentile)
		}
	} else if !m.Percentile.IsZero() {
		c.complain(at.field("percentile"), "set aggregation to percentile, or remove the line", "the aggregation takes no percentile")
	}
	if uses(schemas.AggregateUnique) && m.UniqueBy == "" {
		c.complain(at.field("unique_by"), "name a column, such as ResourceId", "unique_by is missing, so there is nothing to count")
	}
	if m.UniqueBy != "" && !uses(schemas.AggregateUnique) && !uses(schemas.AggregateTimeWeighted) {
		c.complain(at.field("unique_by"), "set aggregation to unique, or remove the line", "the aggregation counts no column")
	}
	if (m.Window == "") != (m.WindowAggregation == "") {
		c.complain(at.field("window"), "write both or neither", "window and window_aggregation need each other")
	}
	if m.Window == schemas.WindowPeriod {
		c.complain(at.field("window"), "choose a shorter one, or remove it", "a window is shorter than the period")
	}
	if m.PerTime != "" && !uses(schemas.AggregateTimeWeighted) {
		c.complain(at.field("per_time"), "set aggregation to time_weighted, or remove the line", "the aggregation is not over time")
	}
	if m.CarryIn && !uses(schemas.AggregateTimeWeighted) && !uses(schemas.AggregateLatest) {
		c.complain(at.field("carry_in"), "set aggregation to latest or time_weighted, or remove the line", "the aggregation has no level to carry in")
	}
}

func (c *checker) filters(list spot, filters []schemas.Filter) {
	for i, f := range filters {
		at := list.at(i)
		c.labelColumn(at.field("column"), f.Column)
		alone := f.Op == schemas.FilterPresent || f.Op == schemas.FilterAbsent
		if alone && len(f.Values) > 0 {
			c.complain(at.field("values"), "remove them", "%s compares with no values", f.Op)
		}
		if !alone && len(f.Values) == 0 {
			c.complain(at.field("values"), "list the values to compare with", "values is missing")
		}
	}
}

// labelColumn complains of a column that rows cannot be grouped or filtered by.
func (c *checker) labelColumn(at spot, name string) {
	i := schemas.Usage.Index(name)
	if name == "" || i >= 0 && schemas.Usage.Columns[i].Type == schemas.Label {
		return
	}
	labels := usageNames(func(col schemas.Column) bool { return col.Type == schemas.Label })
	if i >= 0 {
		c.complain(at, "choose a column with few distinct values, such as RegionId", "%s is no label, so rows are not grouped or filtered by it", name)
		return
	}
	c.complain(at, didYouMean(name, labels, "the columns are those of FOCUS 1.2"), "usage has no column %s", clip(name))
}

func (c *checker) textColumn(at spot, name string) {
	isText := func(col schemas.Column) bool { return col.Type == schemas.Label || col.Type == schemas.Text }
	if i := schemas.Usage.Index(name); i < 0 || !isText(schemas.Usage.Columns[i]) {
		c.complain(at, didYouMean(name, usageNames(isText), "choose one such as ResourceId"), "usage has no text column %s", clip(name))
	}
}

func (c *checker) checkUnits() {
	seen := map[[2]string]spot{}
	for i, u := range c.units.items {
		at := c.units.spots[i]
		c.positive(at.field("factor"), u.Factor)
		pair := [2]string{u.From, u.To}
		if u.From != "" && u.From == u.To {
			c.complain(at.field("to"), "remove the entry", "a unit needs no conversion to itself")
		}
		if first, twice := seen[pair]; twice {
			c.complain(at, "keep one of them", "%s is converted to %s at %s already", u.From, u.To, first.where())
			continue
		}
		seen[pair] = at
	}
}

func (c *checker) checkOfferings() {
	for i := range c.offerings.items {
		o, at := &c.offerings.items[i], c.offerings.spots[i]
		c.validity(at, o.Validity)
		c.discounts(at.field("discounts"), o.Discounts)
		c.bounds(at, o.Minimum, o.Maximum)
		c.bundle(at.field("parts"), o)
		if len(o.Prices) == 0 {
			c.complain(at.field("prices"), "add a price", "the offering has no price")
		}
		for j := range o.Prices {
			c.price(at.field("prices").at(j), &o.Prices[j])
			c.withinOffering(at.field("prices").at(j), &o.Prices[j], o)
		}
		c.overlappingPrices(at.field("prices"), o.Prices)
	}
}

// bundle checks the parts among which an offering's amount is divided.
func (c *checker) bundle(list spot, o *schemas.Offering) {
	sum := money.Zero
	for i, part := range o.Parts {
		at := list.at(i)
		c.refer(at, "offering", &c.names.offerings, string(part.Offering))
		c.notNegative(at.field("ssp"), &part.SSP)
		sum = sum.Add(part.SSP)
		if part.Offering == o.ID && o.ID != "" {
			c.complain(at.field("offering"), "name another offering", "a bundle cannot be a part of itself")
		}
	}
	twins(c, list, o.Parts, "offering", "the part", func(p *schemas.BundlePart) string { return string(p.Offering) })
	if len(o.Parts) > 0 && sum.IsZero() {
		c.complain(list, "give at least one part an ssp above zero", "the stand-alone prices of the parts are all zero, so nothing can be divided by them")
	}
}

// price checks a price on its own; it may stand in the catalogue or override one in a subscription.
func (c *checker) price(at spot, p *schemas.Price) {
	c.validity(at, p.Validity)
	c.identifier(at.field("id"), string(p.ID))
	c.payable(at.field("currency"), p.Currency)
	c.filters(at.field("filters"), p.Filters)
	c.discounts(at.field("discounts"), p.Discounts)
	c.bounds(at, p.Minimum, p.Maximum)
	c.terms(at, &p.Terms)
	c.policyRules(at.field("policy"), &p.Policy)
	c.recurrence(at.field("every"), p.Every)
	c.pooled(at, p)
	if c.refer(at, "meter", &c.names.meters, string(p.Meter)) {
		c.meteredPrice(at, p)
	} else if p.Meter == "" {
		c.recurringPrice(at, p)
	}
	if p.Allowance != nil {
		c.notNegative(at.field("allowance").field("quantity"), &p.Allowance.Quantity)
		c.notNegative(at.field("allowance").field("rollover_limit"), p.Allowance.RolloverLimit)
		c.atMost(at.field("allowance").field("rollover"), int64(p.Allowance.Rollover), mostMonths)
	}
	c.notNegative(at.field("free_quantity"), p.FreeQuantity)
	if p.Convert != nil {
		c.conversion(at.field("convert"), p.Convert)
	}
	if (p.CreditUnit == "") != (p.CreditPrice == nil) {
		c.complain(at.field("credit_unit"), "write both or neither", "credit_unit and credit_price need each other")
	}
}

// recurrence complains of a number of units without their unit, and of one that no calendar holds.
func (c *checker) recurrence(at spot, r schemas.Recurrence) {
	c.atMost(at.field("count"), int64(r.Count), mostMonths)
	if r.Count > 1 && (r.Unit == "" || r.Unit == schemas.CyclePeriod) {
		c.complain(at.field("unit"), "add unit: month, or whatever is meant", "%d of what? The billing period itself comes once", r.Count)
	}
}

// meteredPrice complains of what only a recurring price has.
func (c *checker) meteredPrice(at spot, p *schemas.Price) {
	if p.Timing != "" {
		c.complain(at.field("timing"), "remove it, or the meter", "a price of usage is always due after its period")
	}
	c.groupColumns(at, p)
	c.ownUnit(at, p)
	switch p.Terms.Model {
	case schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin:
		if c.meterOf(p.Meter).Own {
			c.complain(at.field("model"), "choose a model of our own prices, or the meter of a peer", "%s prices what a peer charges us, and meter %s takes only our own rows", p.Terms.Model, p.Meter)
		}
	default:
	}
}

// meterOf returns a meter that the book has; of several with one identifier, the first.
func (c *checker) meterOf(id schemas.MeterID) *schemas.Meter {
	if c.meterAt == nil {
		c.meterAt = make(map[schemas.MeterID]*schemas.Meter, len(c.meters.items))
		for i := range c.meters.items {
			if m := &c.meters.items[i]; c.meterAt[m.ID] == nil {
				c.meterAt[m.ID] = m
			}
		}
	}
	return c.meterAt[id]
}

// recurringPrice complains of what only a price of usage has.
func (c *checker) recurringPrice(at spot, p *schemas.Price) {
	switch p.Terms.Model {
	case "", schemas.ModelFlat, schemas.ModelPerUnit, schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelPackage:
	case schemas.ModelBlockTiers, schemas.ModelCapacity:
		c.jointPrice(at, p)
	default:
		c.complain(at.field("meter"), "name the meter whose usage it prices", "a price of model %s needs a meter", p.Terms.Model)
	}
	if len(p.Filters) > 0 {
		c.complain(at.field("filters"), "name a meter, or remove the filters", "a price without a meter has no usage to filter")
	}
}

func (c *checker) conversion(at spot, v *schemas.UnitConversion) {
	if (v.Multiply == nil) == (v.Divide == nil) {
		c.complain(at, "write one of them", "a conversion either multiplies or divides")
	}
	if v.Multiply != nil {
		c.positive(at.field("multiply"), *v.Multiply)
	}
	if v.Divide != nil {
		c.divisor(at.field("divide"), *v.Divide)
	}
	c.atMost(at.field("places"), int64(v.Places), mostPlaces)
}

// withinOffering complains of a price that is never in force with its offering.
func (c *checker) withinOffering(at spot, p *schemas.Price, o *schemas.Offering) {
	if _, ok := overlap(p.Validity, o.Validity); !ok && lasts(p.Validity) && lasts(o.Validity) {
		c.complain(at.field("from"), "correct one of them", "the price is never in force while its offering %s is", o.ID)
	}
}

// overlappingPrices complains of two prices in force on one day for the same thing.
func (c *checker) overlappingPrices(list spot, prices []schemas.Price) {
	entries := make([]dated, len(prices))
	for i := range prices {
		entries[i] = dated{sameThing(&prices[i]), prices[i].Validity, list.at(i)}
	}
	c.atOnce(entries, func(string) string { return "price" })
	c.claimedTwice(list, prices)
}

// sameThing is equal for prices of an offering of which one alone is used at a time: those of the same meter, phase and
// filters, and without a meter those of the same name and phase.
func sameThing(p *schemas.Price) string {
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
func (c *checker) bounds(at spot, least, most *money.Decimal) {
	if least == nil && most == nil {
		return
	}
	c.notNegative(at.field("minimum"), least)
	c.notNegative(at.field("maximum"), most)
	if least != nil && most != nil && least.GreaterThan(*most) {
		c.complain(at.field("minimum"), "exchange them", "the minimum %s is above the maximum %s", least, most)
	}
}

func (c *checker) discounts(list spot, discounts []schemas.Discount) {
	for i, d := range discounts {
		at := list.at(i)
		c.validity(at, d.Validity)
		c.reduction(at, d.Percent, d.Fixed)
	}
}

// reduction complains of anything but exactly one of a percentage and a fixed sum.
func (c *checker) reduction(at spot, percent, fixed *money.Decimal) {
	if (percent == nil) == (fixed == nil) {
		c.complain(at, "write one of them", "a discount is either percent or fixed")
	}
	c.notNegative(at.field("fixed"), fixed)
	c.percent(at.field("percent"), percent)
}

// percent complains of a percentage outside 0 to 100.
func (c *checker) percent(at spot, p *money.Decimal) {
	c.notNegative(at, p)
	if p != nil && p.GreaterThan(money.NewDecimal(100, 0)) {
		c.complain(at, "write 12.5 for 12.5 %", "%s %% is more than all of it", p)
	}
}

func (c *checker) checkCatalogueRest() {
	for i, coupon := range c.coupons.items {
		at := c.coupons.spots[i]
		c.validity(at, coupon.Validity)
		c.reduction(at, coupon.Percent, coupon.Fixed)
		c.countable(at.field("uses"), int64(coupon.Uses))
		c.notNegative(at.field("total"), coupon.Total)
		if coupon.Fixed != nil && coupon.Currency == "" {
			c.complain(at.field("currency"), "add currency: EUR, or whatever the sum is in", "a fixed sum needs a currency")
		}
		for j, o := range coupon.Offerings {
			c.refer(at.field("offerings").at(j), "", &c.names.offerings, string(o))
		}
	}
	taxes := make([]dated, len(c.taxes.items))
	for i, tax := range c.taxes.items {
		at := c.taxes.spots[i]
		c.validity(at, tax.Validity)
		c.identifier(at.field("id"), tax.ID)
		c.country(at.field("country"), tax.Country)
		c.percent(at.field("percent"), &tax.Percent)
		taxes[i] = dated{tax.ID, tax.Validity, at}
	}
	c.atOnce(taxes, func(id string) string { return "tax " + id })
	if c.policyAt.there() {
		c.policyRules(c.policyAt, &c.policy)
	}
}

// policyRules checks the parts of a policy that are more than a choice from a list.
func (c *checker) policyRules(at spot, p *schemas.RatingPolicy) {
	for i, r := range p.Rounding {
		here := at.field("rounding").at(i)
		c.validity(here, r.Validity)
		if r.Places != nil {
			c.atMost(here.field("places"), int64(*r.Places), mostPlaces)
		}
		if r.Step != nil {
			c.divisor(here.field("step"), *r.Step)
			if r.Places != nil {
				c.complain(here.field("places"), "keep one of them", "a rule rounds either to places or to multiples of a step")
			}
		}
	}
	seen := map[schemas.CreditKey]bool{}
	for i, k := range p.CreditOrder {
		if seen[k] && k != "" {
			c.complain(at.field("credit_order").at(i), "remove it", "%s is in the order already", k)
		}
		seen[k] = true
	}
}
