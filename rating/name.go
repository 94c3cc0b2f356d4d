package rating

import (
	"cmp"
	"encoding/binary"
	"slices"

	"daybook/rating/model"
	"daybook/schemas"
)

// named is where a charge with an identifier is, of which first are the first digits, by which most are told apart.
type named struct {
	first uint64
	id    schemas.ChargeID
	at    int
}

// namedAt is an identifier of the charge at a place.
func namedAt(id schemas.ChargeID, at int) named {
	var first [8]byte
	copy(first[:], id)
	return named{binary.BigEndian.Uint64(first[:]), id, at}
}

// name gives the charges from one on their identifiers: each its own, in the order in which they are.
func (b *bill) name(charges []schemas.Charge) {
	list := b.tally.named[:0]
	for i := range charges {
		charges[i].ID = model.ChargeID(&charges[i], b.plan.spec.Period, 0, b.room)
		list = append(list, namedAt(charges[i].ID, i))
	}
	b.tally.named = list
	slices.SortFunc(list, func(x, y named) int {
		if x.first != y.first {
			return cmp.Compare(x.first, y.first)
		}
		return cmp.Or(cmp.Compare(x.id, y.id), x.at-y.at)
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
