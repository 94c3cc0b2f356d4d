package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// blockTiers prices each unit of measure by blocks of a size, a started block in full, and adds the units up. Tier by
// tier, a block tier holds at most Max blocks of its own size; what the tiers before took is left over for the next. With
// all_tiers each tier's blocks cost their own price; with top_tier all of the quantity is counted in the blocks of the
// tier reached and costs its price. A quantity beyond the last tier stays in the last tier.
func (m *model) blockTiers(t *trail, u *Usage) number {
	var few [fewParts]operand
	parts := few[:0]
	for _, unit := range m.terms.Blocks {
		q := m.step(quantityOf(u, unit.Unit, len(m.terms.Blocks)))
		amount := m.mirror(t, q, func(q number) number {
			if m.terms.BlockMode == schemas.BlocksTop {
				return topBlocks(t, q, unit.Tiers)
			}
			return allBlocks(t, q, unit.Tiers)
		})
		parts = append(parts, in(t.label("unit_", unit.Unit), amount))
	}
	return t.sum("the sum of the units", parts...)
}

// quantityOf finds the quantity of a unit; where the model has one unit only, Quantity serves as well.
func quantityOf(u *Usage, unit string, units int) money.Decimal {
	for _, x := range u.Units {
		if x.Unit == unit {
			return x.Quantity
		}
	}
	if units == 1 && len(u.Units) == 0 {
		return u.Quantity
	}
	return money.Zero
}

// allBlocks fills the tiers one after the other.
func allBlocks(t *trail, q number, tiers []schemas.Block) number {
	var few [fewParts]operand
	parts := few[:0]
	for i, tier := range tiers {
		count := t.blocks(t.note("blocks of tier ", int64(i+1), "", nil), in("quantity", q), tier.Size, money.Up)
		last := i == len(tiers)-1
		if !last && tier.Max != nil && count.v.GreaterThan(*tier.Max) {
			count = t.least("as many as the tier holds", in("blocks", count), fact("max", *tier.Max))
			filled := t.mul("which take", in("blocks", count), fact("size", tier.Size))
			q = t.sub("and leave", in("quantity", q), in("taken", filled))
		} else {
			last = true
		}
		parts = append(parts, in(tierName(i), t.mul(t.note("tier ", int64(i+1), "", nil), in("blocks", count), fact("price", tier.Price))))
		if last {
			break
		}
	}
	return t.sum("the sum of the tiers", parts...)
}

// topBlocks finds the tier that the quantity reaches and counts all of it there.
func topBlocks(t *trail, q number, tiers []schemas.Block) number {
	left, top := q.v, len(tiers)-1
	for i, tier := range tiers {
		if tier.Max == nil || !quotientRound(left, tier.Size, 0, money.Up).GreaterThan(*tier.Max) {
			top = i
			break
		}
		left = left.Sub(tier.Max.Mul(tier.Size))
	}
	count := t.blocks(t.note("all in blocks of tier ", int64(top+1), "", nil), in("quantity", q), tiers[top].Size, money.Up)
	return t.mul("at its price", in("blocks", count), fact("price", tiers[top].Price))
}

func checkBlocks(blocks []schemas.UnitBlocks) error {
	if len(blocks) == 0 {
		return fmt.Errorf("it has no blocks: add at least one unit")
	}
	for _, unit := range blocks {
		if len(unit.Tiers) == 0 {
			return fmt.Errorf("unit %q has no tiers", unit.Unit)
		}
		for i, tier := range unit.Tiers {
			if err := above(fmt.Sprintf("size of tier %d of unit %q", i+1, unit.Unit), tier.Size); err != nil {
				return err
			}
			if tier.Max == nil && i < len(unit.Tiers)-1 {
				return fmt.Errorf("tier %d of unit %q has no max but is not the last: give it one", i+1, unit.Unit)
			}
		}
	}
	return nil
}
