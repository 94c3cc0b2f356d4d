package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// weekDays are the days of a price by time of day, in order.
const weekDays = "mon tue wed thu fri sat sun"

const daySeconds = 24 * 60 * 60

// stretch is a part of a day in seconds, end excluded.
type stretch struct{ start, end int }

// dayBands checks the times of a price by time of day, and that together they hold every moment of the week.
func (c *checker) dayBands(list parse.Spot, bands []schemas.DayBand) {
	week := map[string][]stretch{}
	sound := true
	for i := range bands {
		sound = c.dayBand(list.At(i), &bands[i], week) && sound
	}
	if !sound || len(bands) == 0 {
		return
	}
	for day := range strings.FieldsSeq(weekDays) {
		if at, hole := firstHole(week[day]); hole {
			c.Complain(list, "add a band that holds it", "no band holds %s at %02d:%02d", day, at/3600, at/60%60)
			return
		}
	}
}

// dayBand checks one band and adds its stretches to the week; it reports whether they could be read.
func (c *checker) dayBand(at parse.Spot, b *schemas.DayBand, week map[string][]stretch) bool {
	c.divisor(at.Field("rate_seconds"), b.RateSeconds)
	c.notNegative(at.Field("increment_seconds"), &b.IncrementSeconds)
	start, startOK := c.clock(at.Field("start"), b.Start, false)
	end, endOK := c.clock(at.Field("end"), b.End, true)
	days := strings.Fields(weekDays)
	sound := startOK && endOK
	for j, day := range b.Days {
		if !slices.Contains(days, day) {
			c.Complain(at.Field("days").At(j), parse.DidYouMean(day, days, ""), "%q is not a day of the week", parse.Clip(day))
			sound = false
		}
	}
	on := b.Days
	if len(on) == 0 {
		on = days
	}
	for _, day := range on {
		if start < end {
			week[day] = append(week[day], stretch{start, end})
			continue
		}
		// The band passes midnight: its second part lies on the day after.
		next := days[(slices.Index(days, day)+1)%len(days)]
		week[day] = append(week[day], stretch{start, daySeconds})
		week[next] = append(week[next], stretch{0, end})
	}
	return sound
}

// firstHole returns the first second of a day that no stretch holds.
func firstHole(day []stretch) (int, bool) {
	slices.SortFunc(day, func(a, b stretch) int { return cmp.Compare(a.start, b.start) })
	covered := 0
	for _, s := range day {
		if s.start > covered {
			break
		}
		covered = max(covered, s.end)
	}
	return covered, covered < daySeconds
}

// clock reads a time of day in seconds, and complains where it is none. An empty one is midnight.
func (c *checker) clock(at parse.Spot, text string, end bool) (int, bool) {
	switch {
	case text == "":
		return 0, true
	case end && (text == "24:00" || text == "24:00:00"):
		return daySeconds, true
	}
	if !clockTime.MatchString(text) {
		c.Complain(at, "write HH:MM or HH:MM:SS", "%q is not a time of day", parse.Clip(text))
		return 0, false
	}
	seconds := 0
	for i, part := range strings.Split(text, ":") {
		n, _ := strconv.Atoi(part) // two digits, as matched
		seconds += n * []int{3600, 60, 1}[i]
	}
	return seconds, true
}

// jointPrice complains of units of measure that are no meters, in a price over several units: without a meter of its own
// it measures those that its units name.
func (c *checker) jointPrice(at parse.Spot, p *schemas.Price) {
	c.eachUnit(at, p, func(here parse.Spot, unit string) { c.refer(here, "unit", &c.names.meters, unit) })
}

// ownUnit complains of a second unit of measure in a price with a meter, which has one quantity.
func (c *checker) ownUnit(at parse.Spot, p *schemas.Price) {
	first := ""
	c.eachUnit(at, p, func(here parse.Spot, unit string) {
		if first == "" {
			first = unit
		}
		if unit != first {
			c.Complain(here.Field("unit"), "remove the price's meter: without one each unit names the meter that measures it",
				"meter %s measures one unit, so %s has no quantity", p.Meter, parse.Clip(unit))
		}
	})
}

// eachUnit calls do with every unit of measure of a price's blocks or capacities.
func (c *checker) eachUnit(at parse.Spot, p *schemas.Price, do func(here parse.Spot, unit string)) {
	for i, u := range p.Terms.Blocks {
		do(at.Field("blocks").At(i), u.Unit)
	}
	for i, k := range p.Terms.Capacities {
		for j, l := range k.Limits {
			do(at.Field("capacities").At(i).Field("limits").At(j), l.Unit)
		}
	}
}

// capacities complains of a capacity that holds less than the one before it, and so is never reached.
func (c *checker) capacities(list parse.Spot, capacities []schemas.Capacity) {
	for i := range capacities {
		if len(capacities[i].Limits) == 0 {
			c.Complain(list.At(i).Field("limits"), "add at least one", "the capacity has no limits")
		}
		for j, limit := range capacities[i].Limits {
			at := list.At(i).Field("limits").At(j)
			c.notNegative(at.Field("max"), limit.Max)
			if i == 0 {
				continue
			}
			before := slices.IndexFunc(capacities[i-1].Limits, func(l schemas.UnitLimit) bool { return l.Unit == limit.Unit })
			if before >= 0 && holdsLess(limit.Max, capacities[i-1].Limits[before].Max) {
				c.Complain(at, "put the smallest capacity first", "the capacity holds less %s than the one before", parse.Clip(limit.Unit))
			}
		}
	}
}

// holdsLess compares two limits, of which none is without end.
func holdsLess(a, b *money.Decimal) bool {
	return a != nil && (b == nil || a.LessThan(*b))
}

// dimensions complains of rows of a dimension table that an earlier row takes whole.
func (c *checker) dimensions(list parse.Spot, rows []schemas.DimensionPrice) {
	for i := range rows {
		for j := range i {
			if coversRow(rows[j].When, rows[i].When) {
				c.Complain(list.At(i), "put the special before the general", "the row is never reached, because the row at line %d takes all of it", list.At(j).Line())
				break
			}
		}
	}
}

// coversRow reports whether whatever matches b matches a.
func coversRow(a, b []schemas.DimensionMatch) bool {
	return !slices.ContainsFunc(a, func(m schemas.DimensionMatch) bool {
		return m.Value != "*" && !slices.Contains(b, m)
	})
}

// ruleGroups complains of levels that are compared with nothing.
func (c *checker) ruleGroups(list parse.Spot, groups []schemas.RuleGroup) {
	for i, g := range groups {
		if len(g.Rules) == 0 {
			c.Complain(list.At(i).Field("rules"), "add at least one", "the group has no rules, so it costs nothing")
		}
		for j, r := range g.Rules {
			at := list.At(i).Field("rules").At(j)
			if r.Kind == schemas.RuleFieldThreshold && r.Level != nil && r.Column == "" {
				c.Complain(at.Field("column"), "name the column to compare with it", "a rule of kind %s with a level needs column", r.Kind)
			}
		}
	}
}

// groupColumns complains of columns in a price's tables by which its meter does not group, so that they never match.
func (c *checker) groupColumns(at parse.Spot, p *schemas.Price) {
	meter := c.names.meters.spots[string(p.Meter)]
	groups := c.meterOf(p.Meter).GroupBy
	grouped := func(here parse.Spot, column string) {
		if column != "" && !slices.Contains(groups, column) {
			c.Complain(here, fmt.Sprintf("add it to group_by at %s", meter.Where()),
				"meter %s does not group by %s", p.Meter, parse.Clip(column))
		}
	}
	for i, f := range p.Filters {
		grouped(at.Field("filters").At(i).Field("column"), f.Column)
	}
	for i, row := range p.Terms.Dimensions {
		for j, m := range row.When {
			grouped(at.Field("dimensions").At(i).Field("when").At(j).Field("column"), m.Column)
		}
	}
	for i, g := range p.Terms.Groups {
		for j, r := range g.Rules {
			grouped(at.Field("groups").At(i).Field("rules").At(j).Field("column"), r.Column)
		}
	}
}
