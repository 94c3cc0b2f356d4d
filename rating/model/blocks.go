package model

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// blockTiers prices each unit of measure by blocks of a size, a started block in full, and adds the units up. Tier by
// tier, a block tier holds at most Max blocks of its own size; what the tiers before took is left over for the next. With
// all_tiers each tier's blocks cost their own price; with top_tier all of the quantity is counted in the blocks of the
// tier reached and costs its price. A quantity beyond the last tier stays in the last tier.
func (m *Model) blockTiers(t *Trail, u *Usage) Number {
	var few [fewParts]Operand
	parts := few[:0]
	for _, unit := range m.Terms.Blocks {
		q := m.step(quantityOf(u, unit.Unit, len(m.Terms.Blocks)))
		amount := m.mirror(t, q, func(q Number) Number {
			if m.Terms.BlockMode == schemas.BlocksTop {
				return topBlocks(t, q, unit.Tiers)
			}
			return allBlocks(t, q, unit.Tiers)
		})
		parts = append(parts, In(t.Label("unit_", unit.Unit), amount))
	}
	return t.Sum("the sum of the units", parts...)
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
func allBlocks(t *Trail, q Number, tiers []schemas.Block) Number {
	var few [fewParts]Operand
	parts := few[:0]
	for i, tier := range tiers {
		count := t.blocks(t.Note("blocks of tier ", int64(i+1), "", nil), In("quantity", q), tier.Size, money.Up)
		last := i == len(tiers)-1
		if !last && tier.Max != nil && count.V.GreaterThan(*tier.Max) {
			count = t.Least("as many as the tier holds", In("blocks", count), Fact("max", *tier.Max))
			filled := t.Mul("which take", In("blocks", count), Fact("size", tier.Size))
			q = t.Sub("and leave", In("quantity", q), In("taken", filled))
		} else {
			last = true
		}
		parts = append(parts, In(tierName(i), t.Mul(t.Note("tier ", int64(i+1), "", nil), In("blocks", count), Fact("price", tier.Price))))
		if last {
			break
		}
	}
	return t.Sum("the sum of the tiers", parts...)
}

// topBlocks finds the tier that the quantity reaches and counts all of it there.
func topBlocks(t *Trail, q Number, tiers []schemas.Block) Number {
	left, top := q.V, len(tiers)-1
	for i, tier := range tiers {
		if tier.Max == nil || !QuotientRound(left, tier.Size, 0, money.Up).GreaterThan(*tier.Max) {
			top = i
			break
		}
		left = left.Sub(tier.Max.Mul(tier.Size))
	}
	count := t.blocks(t.Note("all in blocks of tier ", int64(top+1), "", nil), In("quantity", q), tiers[top].Size, money.Up)
	return t.Mul("at its price", In("blocks", count), Fact("price", tiers[top].Price))
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
