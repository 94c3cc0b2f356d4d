package rating

import (
	"cmp"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
)

// named is where a charge with an identifier is.
type named struct {
	id schemas.ChargeID
	at int
}

// name gives the charges from one on their identifiers: each its own, in the order in which they are.
func (b *bill) name(charges []schemas.Charge) {
	list := b.tally.named[:0]
	for i := range charges {
		charges[i].ID = model.ChargeID(&charges[i], b.plan.spec.Period, 0, b.room)
		list = append(list, named{charges[i].ID, i})
	}
	b.tally.named = list
	slices.SortFunc(list, func(x, y named) int {
		if c := cmp.Compare(x.id, y.id); c != 0 {
			return c
		}
		return x.at - y.at
	})
	nth := 0
	for k := 1; k < len(list); k++ {
		if list[k].id != list[k-1].id {
			nth = 0
			continue
		}
		nth++
		c := &charges[list[k].at]
		c.ID = model.ChargeID(c, b.plan.spec.Period, nth, b.room)
	}
}
