package model

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// capacity costs one price for the period: that of the first capacity which no unit exceeds, the last if none holds.
func (m *Model) capacity(t *Trail, u *Usage) Number {
	last := len(m.Terms.Capacities) - 1
	for i := range last {
		if holds(&m.Terms.Capacities[i], u) {
			return capacityPrice(t, &m.Terms.Capacities[i], i)
		}
	}
	return capacityPrice(t, &m.Terms.Capacities[last], last)
}

func capacityPrice(t *Trail, c *schemas.Capacity, i int) Number {
	return t.Add(OpGiven, t.Note("capacity ", int64(i+1), " holds every unit", nil), c.Price, Fact("price", c.Price))
}

// holds reports whether every unit of usage is within its limit. A unit without one has no end.
func holds(c *schemas.Capacity, u *Usage) bool {
	for _, limit := range c.Limits {
		if limit.Max != nil && quantityOf(u, limit.Unit, len(c.Limits)).GreaterThan(*limit.Max) {
			return false
		}
	}
	return true
}

func checkCapacities(capacities []schemas.Capacity) error {
	if len(capacities) == 0 {
		return fmt.Errorf("it has no capacities: add at least one")
	}
	for i := 1; i < len(capacities); i++ {
		for _, limit := range capacities[i].Limits {
			before, ok := limitOf(&capacities[i-1], limit.Unit)
			if ok && (before == nil && limit.Max != nil || before != nil && limit.Max != nil && limit.Max.LessThan(*before)) {
				return fmt.Errorf("capacity %d holds less %s than the one before: put the smallest first", i+1, limit.Unit)
			}
		}
	}
	return nil
}

func limitOf(c *schemas.Capacity, unit string) (*money.Decimal, bool) {
	for _, limit := range c.Limits {
		if limit.Unit == unit {
			return limit.Max, true
		}
	}
	return nil, false
}
