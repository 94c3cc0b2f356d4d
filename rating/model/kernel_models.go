package model

import (
	"math/bits"

	"daybook/schemas"
	"daybook/schemas/money"
)

// kernelRow is a row of a dimension table.
type kernelRow struct {
	when        []schemas.DimensionMatch
	price, flat money.Fixed
}

// kernelBlocks is a tier of blocks. A last tier has no end.
type kernelBlocks struct {
	size  blockSize
	price money.Fixed
	most  int64       // blocks
	all   money.Fixed // what most blocks take
}

// compileOther is compile for models without tiers of quantity.
func (k *Kernel) compileOther(terms *schemas.Terms) bool {
	fits := true
	fixed := func(d money.Decimal) money.Fixed {
		f, err := money.FixedFromDecimal(d)
		fits = fits && err == nil
		return f
	}
	switch terms.Model {
	case schemas.ModelFlat:
		k.kind, k.factor = kernelFlat, fixed(*terms.Amount)
	case schemas.ModelPassThrough:
		k.kind, k.factor = kernelCost, oneFixed
	case schemas.ModelCostPlus:
		k.kind, k.factor, k.fee = kernelCost, fixed(money.One.Add(terms.MarkupPercent.Shift(-2))), fixed(OrZero(terms.UnitPrice))
	case schemas.ModelMarkdown:
		k.kind, k.factor = kernelCost, fixed(money.One.Sub(terms.MarkdownPercent.Shift(-2)))
	case schemas.ModelTieredMargin:
		return k.compileMargins(terms.MarginTiers)
	case schemas.ModelCapacity:
		return k.compileCapacities(terms.Capacities)
	case schemas.ModelDimension:
		k.kind = kernelDimension
		for i := range terms.Dimensions {
			d := &terms.Dimensions[i]
			k.rows = append(k.rows, kernelRow{d.When, fixed(d.UnitPrice), fixed(d.FlatFee)})
		}
		k.rows = append(k.rows, kernelRow{price: fixed(OrZero(terms.UnitPrice))})
	case schemas.ModelBlockTiers:
		return k.compileBlocks(terms)
	default:
		return false
	}
	return fits
}

// compileMargins leaves a last tier with an end to Price: beyond it there is no margin.
func (k *Kernel) compileMargins(margins []schemas.MarginTier) bool {
	k.kind = kernelMargin
	tiers := make([]schemas.Tier, len(margins))
	for i := range margins {
		tiers[i] = schemas.Tier{UpTo: margins[i].UpTo, UnitPrice: margins[i].Percent.Shift(-2)}
	}
	return margins[len(margins)-1].UpTo == nil && k.compileTiers(tiers)
}

// compileCapacities knows those of the one quantity that there is.
func (k *Kernel) compileCapacities(capacities []schemas.Capacity) bool {
	k.kind = kernelCapacity
	for i := range capacities {
		c := &capacities[i]
		price, err := money.FixedFromDecimal(c.Price)
		if err != nil || len(c.Limits) != 1 {
			return false
		}
		t := kernelTier{flat: price}
		end := c.Limits[0].Max
		if end != nil {
			if t.to, err = money.FixedFromDecimal(*end); err != nil {
				return false
			}
		}
		k.tiers = append(k.tiers, t)
		if end == nil {
			break
		}
	}
	return true
}

// capacityOf finds the first capacity that holds a quantity, or the last.
func (k *Kernel) capacityOf(q money.Fixed) *kernelTier {
	last := len(k.tiers) - 1
	for i := range last {
		if q.Cmp(k.tiers[i].to) <= 0 {
			return &k.tiers[i]
		}
	}
	return &k.tiers[last]
}

// rowOf finds the first row of the table that takes the labels; the last, which is the default, takes all.
func (k *Kernel) rowOf(labels []schemas.DimensionMatch) *kernelRow {
	last := len(k.rows) - 1
	for i := range last {
		if matches(k.rows[i].when, labels) {
			return &k.rows[i]
		}
	}
	return &k.rows[last]
}

// compileBlocks knows the blocks of the one quantity that there is.
func (k *Kernel) compileBlocks(terms *schemas.Terms) bool {
	if len(terms.Blocks) != 1 {
		return false
	}
	k.kind, k.top = kernelBlockTiers, terms.BlockMode == schemas.BlocksTop
	for i := range terms.Blocks[0].Tiers {
		tier := &terms.Blocks[0].Tiers[i]
		size, ok := newBlockSize(tier.Size)
		price, err := money.FixedFromDecimal(tier.Price)
		if !ok || err != nil {
			return false
		}
		b := kernelBlocks{size: size, price: price, most: mostBlocks}
		if tier.Max != nil && i < len(terms.Blocks[0].Tiers)-1 {
			if !tier.Max.IsInteger() || tier.Max.IsNegative() || tier.Max.GreaterThan(money.NewDecimal(mostBlocks, 0)) {
				return false
			}
			if b.all, err = money.FixedFromDecimal(tier.Max.Mul(tier.Size)); err != nil {
				return false
			}
			b.most = tier.Max.IntPart()
		}
		k.blocks = append(k.blocks, b)
	}
	return true
}

// blocksOf prices a quantity of blocks, a started one in full.
func (k *Kernel) blocksOf(q money.Fixed) (money.Wide, error) {
	total, left := money.Wide{}, q
	for i := range k.blocks {
		b := &k.blocks[i]
		n, err := b.size.upIn(left)
		if err != nil {
			return money.Wide{}, err
		}
		last := n <= b.most
		if last && k.top {
			n, err = b.size.upIn(q)
		}
		if err != nil {
			return money.Wide{}, err
		}
		if !last {
			n = b.most
		}
		if last || !k.top {
			if total, err = total.Add(money.MulWide(money.FixedFromInt(n), b.price)); err != nil {
				return money.Wide{}, err
			}
		}
		if last {
			break
		}
		if left, err = left.Sub(b.all); err != nil {
			return money.Wide{}, err
		}
	}
	return total, nil
}

// blockSize is a size by which quantities are divided, with its trailing zeros taken off.
type blockSize struct {
	digits uint64
	zeros  int
}

// mostBlocks bounds the blocks of a quantity, so that one more is a number, too.
const mostBlocks = 1 << 62

// newBlockSize reports false for a size of too many digits.
func newBlockSize(d money.Decimal) (blockSize, bool) {
	size, err := money.FixedFromDecimal(d)
	if err != nil {
		return blockSize{}, false
	}
	hi, lo, zeros := uint64(size.Hi), size.Lo, 0
	for {
		h, rest := hi/10, hi%10
		l, rest := bits.Div64(rest, lo, 10)
		if rest != 0 {
			break
		}
		hi, lo, zeros = h, l, zeros+1
	}
	return blockSize{lo, zeros}, hi == 0
}

// in returns how many whole blocks are in q ≥ 0, and whether another one is started: divided by the trailing zeros first,
// then by what is left of the size.
func (s blockSize) in(q money.Fixed) (n int64, started bool, err error) {
	hi, lo := uint64(q.Hi), q.Lo
	divide := func(d uint64) {
		h, rest := hi/d, hi%d
		l, rest := bits.Div64(rest, lo, d)
		hi, lo, started = h, l, started || rest != 0
	}
	for zeros := s.zeros; zeros > 0; zeros -= 18 {
		divide(pow10(min(zeros, 18)))
	}
	divide(s.digits)
	if hi != 0 || lo >= mostBlocks {
		return 0, false, money.ErrOverflow
	}
	return int64(lo), started, nil
}

// upIn counts a started block in full.
func (s blockSize) upIn(q money.Fixed) (int64, error) {
	n, started, err := s.in(q)
	if started {
		n++
	}
	return n, err
}

func pow10(n int) uint64 {
	v := uint64(1)
	for range n {
		v *= 10
	}
	return v
}
