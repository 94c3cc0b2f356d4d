package check

import (
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// A model reads a certain thing of its usage: a quantity, the single events, what a peer charges. Here are the rules that a
// meter gives its models what they read, and is given nothing that it would not read itself. Each of them could be broken
// without an error, and the charge would be too low, or a key do nothing.

// byEvent reports whether a model prices single events or sessions, rather than what they add up to.
func byEvent(m schemas.Model) bool {
	switch m {
	case schemas.ModelPercentage, schemas.ModelElapsedBands, schemas.ModelTimeOfDay:
		return true
	default:
		return false
	}
}

// byCost reports whether a model prices what a peer charges us.
func byCost(m schemas.Model) bool {
	switch m {
	case schemas.ModelPassThrough, schemas.ModelCostPlus, schemas.ModelMarkdown, schemas.ModelTieredMargin:
		return true
	default:
		return false
	}
}

// isCost reports whether a meter measures money.
func isCost(v schemas.MeterValue) bool {
	switch v {
	case schemas.ValueEffective, schemas.ValueBilled, schemas.ValueContracted, schemas.ValueList:
		return true
	default:
		return false
	}
}

// isLevel reports whether what a meter measures in the parts of a month does not add up to what it measures in all of it.
func isLevel(m *schemas.Meter) bool {
	switch m.Aggregation {
	case schemas.AggregateMax, schemas.AggregateMin, schemas.AggregateUnique, schemas.AggregateLatest, schemas.AggregateAverage, schemas.AggregatePercentile:
		return true
	default:
		return false
	}
}

// modelFits complains of a model whose meter does not measure what it reads.
func (c *checker) modelFits(at parse.Spot, p *schemas.Price) {
	m, where := c.meterOf(p.Meter), c.names.meters.spots[string(p.Meter)].Where()
	if byEvent(p.Terms.Model) {
		c.eventsFit(at, p, m, where)
	}
	switch {
	case !byCost(p.Terms.Model) || isCost(m.Value):
	case c.ownOnly(m):
		c.Complain(at.Field("model"), "choose a model of our own prices, or the meter of a peer",
			"%s prices what a peer charges us, and meter %s takes only our own rows", p.Terms.Model, p.Meter)
	case isLevel(m):
		c.Complain(at.Field("model"), "choose a model of our own prices, or set aggregation: sum at "+where,
			"%s prices what a peer charges us for each row, and meter %s has a level, of which a part of the month has a part: its aggregation is %s", p.Terms.Model, p.Meter, m.Aggregation)
	}
}

// eventsFit complains of a meter that adds up what a model prices one by one, and of what only a sum can have.
func (c *checker) eventsFit(at parse.Spot, p *schemas.Price, m *schemas.Meter, where string) {
	model := p.Terms.Model
	if m.Aggregation != schemas.AggregateEvents {
		how := m.Aggregation
		if how == "" {
			how = schemas.AggregateSum
		}
		c.Complain(at.Field("model"), "set aggregation: events at "+where+", or choose a model that prices a quantity",
			"%s prices each event on its own, and meter %s keeps none: its aggregation is %s", model, p.Meter, how)
		return
	}
	for _, has := range []struct {
		key string
		set bool
	}{{"convert", p.Convert != nil}, {"allowance", p.Allowance != nil}, {"free_quantity", p.FreeQuantity != nil}} {
		if has.set {
			c.Complain(at.Field(has.key), "remove it, or choose a model that prices a quantity",
				"a price of model %s prices each event as it comes, so %s does nothing", model, has.key)
		}
	}
}

// usageKeys complains of what only a price with one meter can have.
func (c *checker) usageKeys(at parse.Spot, p *schemas.Price) {
	why := "a recurring price has a quantity subscribed and none metered"
	switch p.Terms.Model {
	case schemas.ModelBlockTiers, schemas.ModelCapacity:
		why = "a price over several meters has no single quantity"
	default:
	}
	for _, has := range []struct {
		key string
		set bool
	}{{"convert", p.Convert != nil}, {"allowance", p.Allowance != nil}, {"free_quantity", p.FreeQuantity != nil}} {
		if has.set {
			c.Complain(at.Field(has.key), "name the one meter whose usage it prices, or remove it", "%s, so %s does nothing", why, has.key)
		}
	}
}

// cycleKeys complains of a recurrence where nothing recurs.
func (c *checker) cycleKeys(at parse.Spot, p *schemas.Price) {
	if p.Every == (schemas.Recurrence{}) {
		return
	}
	why := ""
	switch {
	case p.Meter != "":
		why = "usage is charged for the billing period in which it was"
	case p.Terms.Model == schemas.ModelBlockTiers || p.Terms.Model == schemas.ModelCapacity:
		why = "a price over several meters is charged for the billing period"
	case p.Timing == schemas.TimingOnce:
		why = "what is charged once does not recur"
	}
	if why != "" {
		c.Complain(at.Field("every"), "remove it", "%s, so every does nothing", why)
	}
}

// ownOnly reports whether no row of a peer can come to a meter.
func (c *checker) ownOnly(m *schemas.Meter) bool {
	if m.Own {
		return true
	}
	i := slices.IndexFunc(c.Sources.Items, func(s schemas.Source) bool { return s.ID == m.Source && s.ID != "" })
	return i >= 0 && c.Sources.Items[i].Peer == ""
}

// windowFits complains of a window over which a meter's aggregations mean nothing.
func (c *checker) windowFits(at parse.Spot, m *schemas.Meter) {
	if m.Window == "" || m.WindowAggregation == "" {
		return
	}
	switch m.Aggregation {
	case schemas.AggregateUnique, schemas.AggregateTimeWeighted, schemas.AggregateEvents:
		c.Complain(at.Field("aggregation"), "choose another, or write it as window_aggregation",
			"a window leaves one number, of which %s cannot be taken", m.Aggregation)
	default:
	}
	if m.WindowAggregation == schemas.AggregateEvents {
		c.Complain(at.Field("window_aggregation"), "write sum, or remove the window", "a window leaves one number, and no events")
	}
	if m.CarryIn {
		c.Complain(at.Field("carry_in"), "remove it, or the window", "a window begins without a level")
	}
}

// levelsFit complains of keys that only a level over time has.
func (c *checker) levelsFit(at parse.Spot, m *schemas.Meter) {
	timed := m.Aggregation == schemas.AggregateTimeWeighted || m.WindowAggregation == schemas.AggregateTimeWeighted
	if m.Levels != "" && !timed {
		c.Complain(at.Field("levels"), "set aggregation to time_weighted, or remove the line", "the aggregation has no level that rows would change")
	}
	if timed && m.UniqueBy != "" && m.Levels != schemas.LevelSet {
		c.Complain(at.Field("unique_by"), "write levels: set, or remove the line", "rows that add to the level add to one level for all")
	}
}
