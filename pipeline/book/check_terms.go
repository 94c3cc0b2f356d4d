package book

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

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
func (c *checker) terms(at spot, t *schemas.Terms) {
	want, known := fieldsOf(t.Model)
	if !known {
		return // a missing or unknown model has been complained of
	}
	v := reflect.ValueOf(t).Elem()
	needs, may := strings.Fields(want.needs), strings.Fields(want.may)
	for _, f := range c.shapes.of(v.Type()).fields {
		value := v.FieldByIndex(f.index)
		set := !value.IsZero() && (value.Kind() != reflect.Slice || value.Len() > 0)
		switch {
		case f.key == "model":
		case slices.Contains(needs, f.key) && !set:
			c.complain(at.field(f.key), "add "+f.key+": "+wantOf(f.typ), "a price of model %s needs %s", t.Model, f.key)
		case set && !slices.Contains(needs, f.key) && !slices.Contains(may, f.key):
			c.complain(at.field(f.key), modelHint(t.Model, want), "a price of model %s does not read %s", t.Model, f.key)
		}
	}
	c.tiers(at.field("tiers"), len(t.Tiers), func(i int) *money.Decimal { return t.Tiers[i].UpTo })
	c.tiers(at.field("margin_tiers"), len(t.MarginTiers), func(i int) *money.Decimal { return t.MarginTiers[i].UpTo })
	c.tierNumbers(at.field("tiers"), t)
	c.blocks(at.field("blocks"), t.Blocks)
	c.bands(at.field("elapsed_bands"), t.ElapsedBands)
	c.dayBands(at.field("day_bands"), t.DayBands)
	c.capacities(at.field("capacities"), t.Capacities)
	c.dimensions(at.field("dimensions"), t.Dimensions)
	c.ruleGroups(at.field("groups"), t.Groups)
	if t.PackageSize != nil {
		c.divisor(at.field("package_size"), *t.PackageSize)
	}
	c.notNegative(at.field("free_units"), t.FreeUnits)
	c.notNegative(at.field("free_amount"), t.FreeAmount)
	if n := t.FreeEvents; n != nil && *n < 0 {
		c.complain(at.field("free_events"), "write zero or more", "%d is below zero", *n)
	}
	if least, most := t.EventMinimum, t.EventMaximum; least != nil && most != nil && least.GreaterThan(*most) {
		c.complain(at.field("event_minimum"), "exchange them", "the minimum %s is above the maximum %s", least, most)
	}
	c.percent(at.field("markdown_percent"), t.MarkdownPercent)
}

func modelHint(m schemas.Model, want modelFields) string {
	all := strings.Join(append(strings.Fields(want.needs), strings.Fields(want.may)...), ", ")
	if all == "" {
		return fmt.Sprintf("remove it: %s reads nothing more", m)
	}
	return fmt.Sprintf("remove it: %s reads %s", m, all)
}

// tiers complains of tiers that do not cover every quantity once, in order.
func (c *checker) tiers(list spot, n int, upTo func(int) *money.Decimal) {
	for i := range n {
		at, end := list.at(i).field("up_to"), upTo(i)
		last := i == n-1
		switch {
		case end == nil && !last:
			c.complain(list.at(i), "give it up_to, or make it the last", "the tier has no end, so those after it are never reached")
		case end != nil && last:
			c.complain(at, "remove up_to from the last tier", "the last tier ends at %s, so what is above has no price", end)
		case end == nil:
		case i > 0 && upTo(i-1) != nil && end.Equal(*upTo(i - 1)):
			c.complain(at, "give each tier an end of its own", "the tier ends at %s like the one before, so it is empty", end)
		case i > 0 && upTo(i-1) != nil && end.LessThan(*upTo(i - 1)):
			c.complain(at, "put the tiers in order of up_to", "the tier ends at %s, before the one above it does, at %s", end, upTo(i-1))
		case i == 0 && end.IsNegative():
			c.complain(at, "write the last quantity of the tier", "the first tier ends at %s, below zero", end)
		}
	}
}

// tierNumbers complains of numbers in a tier that its model does not read.
func (c *checker) tierNumbers(list spot, t *schemas.Terms) {
	for i, tier := range t.Tiers {
		reads := "unit_price and flat_fee"
		key := "percent"
		ignored := !tier.Percent.IsZero()
		if t.Model == schemas.ModelGraduatedPercentage {
			reads, key, ignored = "percent and flat_fee", "unit_price", !tier.UnitPrice.IsZero()
		}
		if ignored {
			c.complain(list.at(i).field(key), fmt.Sprintf("%s reads %s", t.Model, reads), "a tier of model %s does not read %s", t.Model, key)
		}
	}
}

func (c *checker) blocks(list spot, units []schemas.UnitBlocks) {
	for i, u := range units {
		at := list.at(i).field("tiers")
		if len(u.Tiers) == 0 {
			c.complain(at, "add at least one", "the unit %s has no tiers", clip(u.Unit))
		}
		for j, b := range u.Tiers {
			c.divisor(at.at(j).field("size"), b.Size)
			if b.Max != nil {
				c.positive(at.at(j).field("max"), *b.Max)
			}
			if b.Max == nil && j < len(u.Tiers)-1 {
				c.complain(at.at(j), "give it max, or make it the last", "the tier has no max, so those after it are never reached")
			}
		}
	}
}

// bands checks the prices by the length of a session.
func (c *checker) bands(list spot, bands []schemas.ElapsedBand) {
	for i, b := range bands {
		here := list.at(i)
		c.divisor(here.field("rate_seconds"), b.RateSeconds)
		c.notNegative(here.field("increment_seconds"), &b.IncrementSeconds)
		if i == 0 && !b.StartSeconds.IsZero() {
			c.complain(here.field("start_seconds"), "start it at 0", "the first band starts at %s seconds, so what is before has no price", b.StartSeconds)
		}
		if i > 0 && !b.StartSeconds.GreaterThan(bands[i-1].StartSeconds) {
			c.complain(here.field("start_seconds"), "put the bands in order of start_seconds", "the band starts at %s, not after the one before", b.StartSeconds)
		}
	}
}
