package check

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// clockTime is a time of day.
var clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$`)

// modelFields are the fields of Terms that a model reads.
type modelFields struct{ needs, may string }

// fieldsOf says which fields each model needs and which it may have; any other would be ignored, and so is complained of.
func fieldsOf(m schemas.Model) (modelFields, bool) {
	switch m {
	case schemas.ModelFlat:
		return modelFields{needs: "amount"}, true
	case schemas.ModelPerUnit:
		return modelFields{needs: "unit_price"}, true
	case schemas.ModelGraduated, schemas.ModelVolume, schemas.ModelStairstep, schemas.ModelGraduatedPercentage:
		return modelFields{needs: "tiers"}, true
	case schemas.ModelPackage:
		return modelFields{"package_size package_price", "free_units package_round"}, true
	case schemas.ModelBlockTiers:
		return modelFields{"blocks", "block_mode"}, true
	case schemas.ModelCapacity:
		return modelFields{needs: "capacities"}, true
	case schemas.ModelPercentage:
		return modelFields{"percent", "fixed_per_event free_events free_amount event_minimum event_maximum"}, true
	case schemas.ModelDynamic:
		return modelFields{needs: "multiplier"}, true
	case schemas.ModelPassThrough:
		return modelFields{}, true
	case schemas.ModelCostPlus:
		return modelFields{"markup_percent", "unit_price"}, true
	case schemas.ModelMarkdown:
		return modelFields{needs: "markdown_percent"}, true
	case schemas.ModelTieredMargin:
		return modelFields{needs: "margin_tiers"}, true
	case schemas.ModelDimension:
		return modelFields{"dimensions", "unit_price"}, true
	case schemas.ModelRuleGroups:
		return modelFields{needs: "groups"}, true
	case schemas.ModelElapsedBands:
		return modelFields{"elapsed_bands", "connect_fee"}, true
	case schemas.ModelTimeOfDay:
		return modelFields{"day_bands", "connect_fee"}, true
	default:
		return modelFields{}, false
	}
}

// terms checks the numbers of a price model. The fields stand beside those of the price, at the same place.
func (c *checker) terms(at parse.Spot, t *schemas.Terms) {
	want, known := fieldsOf(t.Model)
	if !known {
		return // a missing or unknown model has been complained of
	}
	v := reflect.ValueOf(t).Elem()
	needs, may := strings.Fields(want.needs), strings.Fields(want.may)
	for _, f := range c.Shapes.Of(v.Type()).Fields {
		value := v.FieldByIndex(f.Index)
		set := !value.IsZero() && (value.Kind() != reflect.Slice || value.Len() > 0)
		switch {
		case f.Key == "model":
		case slices.Contains(needs, f.Key) && !set:
			c.Complain(at.Field(f.Key), "add "+f.Key+": "+parse.WantOf(f.Type), "a price of model %s needs %s", t.Model, f.Key)
		case set && !slices.Contains(needs, f.Key) && !slices.Contains(may, f.Key):
			c.Complain(at.Field(f.Key), modelHint(t.Model, want), "a price of model %s does not read %s", t.Model, f.Key)
		}
	}
	c.tiers(at.Field("tiers"), len(t.Tiers), func(i int) *money.Decimal { return t.Tiers[i].UpTo })
	c.tiers(at.Field("margin_tiers"), len(t.MarginTiers), func(i int) *money.Decimal { return t.MarginTiers[i].UpTo })
	c.tierNumbers(at.Field("tiers"), t)
	c.blocks(at.Field("blocks"), t.Blocks)
	c.bands(at.Field("elapsed_bands"), t.ElapsedBands)
	c.dayBands(at.Field("day_bands"), t.DayBands)
	c.capacities(at.Field("capacities"), t.Capacities)
	c.dimensions(at.Field("dimensions"), t.Dimensions)
	c.ruleGroups(at.Field("groups"), t.Groups)
	if t.PackageSize != nil {
		c.divisor(at.Field("package_size"), *t.PackageSize)
	}
	c.notNegative(at.Field("free_units"), t.FreeUnits)
	c.notNegative(at.Field("free_amount"), t.FreeAmount)
	if n := t.FreeEvents; n != nil && *n < 0 {
		c.Complain(at.Field("free_events"), "write zero or more", "%d is below zero", *n)
	}
	if least, most := t.EventMinimum, t.EventMaximum; least != nil && most != nil && least.GreaterThan(*most) {
		c.Complain(at.Field("event_minimum"), "exchange them", "the minimum %s is above the maximum %s", least, most)
	}
	c.percent(at.Field("markdown_percent"), t.MarkdownPercent)
}

func modelHint(m schemas.Model, want modelFields) string {
	all := strings.Join(append(strings.Fields(want.needs), strings.Fields(want.may)...), ", ")
	if all == "" {
		return fmt.Sprintf("remove it: %s reads nothing more", m)
	}
	return fmt.Sprintf("remove it: %s reads %s", m, all)
}

// tiers complains of tiers that do not cover every quantity once, in order.
func (c *checker) tiers(list parse.Spot, n int, upTo func(int) *money.Decimal) {
	for i := range n {
		at, end := list.At(i).Field("up_to"), upTo(i)
		last := i == n-1
		switch {
		case end == nil && !last:
			c.Complain(list.At(i), "give it up_to, or make it the last", "the tier has no end, so those after it are never reached")
		case end != nil && last:
			c.Complain(at, "remove up_to from the last tier", "the last tier ends at %s, so what is above has no price", end)
		case end == nil:
		case i > 0 && upTo(i-1) != nil && end.Equal(*upTo(i - 1)):
			c.Complain(at, "give each tier an end of its own", "the tier ends at %s like the one before, so it is empty", end)
		case i > 0 && upTo(i-1) != nil && end.LessThan(*upTo(i - 1)):
			c.Complain(at, "put the tiers in order of up_to", "the tier ends at %s, before the one above it does, at %s", end, upTo(i-1))
		case i == 0 && end.IsNegative():
			c.Complain(at, "write the last quantity of the tier", "the first tier ends at %s, below zero", end)
		}
	}
}

// tierNumbers complains of numbers in a tier that its model does not read.
func (c *checker) tierNumbers(list parse.Spot, t *schemas.Terms) {
	for i, tier := range t.Tiers {
		reads := "unit_price and flat_fee"
		key := "percent"
		ignored := !tier.Percent.IsZero()
		if t.Model == schemas.ModelGraduatedPercentage {
			reads, key, ignored = "percent and flat_fee", "unit_price", !tier.UnitPrice.IsZero()
		}
		if ignored {
			c.Complain(list.At(i).Field(key), fmt.Sprintf("%s reads %s", t.Model, reads), "a tier of model %s does not read %s", t.Model, key)
		}
	}
}

func (c *checker) blocks(list parse.Spot, units []schemas.UnitBlocks) {
	for i, u := range units {
		at := list.At(i).Field("tiers")
		if len(u.Tiers) == 0 {
			c.Complain(at, "add at least one", "the unit %s has no tiers", parse.Clip(u.Unit))
		}
		for j, b := range u.Tiers {
			c.divisor(at.At(j).Field("size"), b.Size)
			if b.Max != nil {
				c.positive(at.At(j).Field("max"), *b.Max)
			}
			if b.Max == nil && j < len(u.Tiers)-1 {
				c.Complain(at.At(j), "give it max, or make it the last", "the tier has no max, so those after it are never reached")
			}
		}
	}
}

// bands checks the prices by the length of a session.
func (c *checker) bands(list parse.Spot, bands []schemas.ElapsedBand) {
	for i, b := range bands {
		here := list.At(i)
		c.divisor(here.Field("rate_seconds"), b.RateSeconds)
		c.notNegative(here.Field("increment_seconds"), &b.IncrementSeconds)
		if i == 0 && !b.StartSeconds.IsZero() {
			c.Complain(here.Field("start_seconds"), "start it at 0", "the first band starts at %s seconds, so what is before has no price", b.StartSeconds)
		}
		if i > 0 && !b.StartSeconds.GreaterThan(bands[i-1].StartSeconds) {
			c.Complain(here.Field("start_seconds"), "put the bands in order of start_seconds", "the band starts at %s, not after the one before", b.StartSeconds)
		}
	}
}
