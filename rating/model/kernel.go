package model

import (
	"daybook/schemas"
	"daybook/schemas/money"
)

// Kernel is a price model compiled for the hot path: it prices a 128-bit quantity into an exact 256-bit amount without
// allocating, and gives what Price gives. It has no steps; rate again with steps to explain.
type Kernel struct {
	kind   kernelKind
	factor money.Fixed // of linear and cost; the amount of flat
	fee    money.Fixed // per unit of quantity, of cost
	tiers  []kernelTier
	rows   []kernelRow
	policy schemas.RatingPolicy
	size   blockSize // of a package
	up     bool      // a started package counts in full
	free   money.Fixed
	price  money.Fixed // of one package
	blocks []kernelBlocks
	top    bool // all blocks are counted in the tier reached
}

type kernelKind uint8

const (
	kernelLinear kernelKind = iota + 1
	kernelGraduated
	kernelVolume
	kernelStairstep
	kernelPackage
	kernelFlat
	kernelCost
	kernelMargin
	kernelCapacity
	kernelDimension
	kernelBlockTiers
)

// kernelTier is a tier with what all tiers below it cost in full, with and without their flat fees.
type kernelTier struct {
	from, to     money.Fixed
	price, flat  money.Fixed
	below, plain money.Wide
}

// oneFixed scales a Fixed to the places of a product.
var oneFixed = money.FixedFromInt(1)

// CompileKernel compiles terms under a policy. It reports false for what has no kernel: models of events and of rules, units
// of measure of their own, rounding of packages other than up or down, and numbers beyond 38 digits at 18 places. Price
// them with Price.
func CompileKernel(terms *schemas.Terms, policy schemas.RatingPolicy) (*Kernel, bool) {
	k := &Kernel{policy: Resolve(policy)}
	if CheckTerms(terms) != nil || !k.compile(terms) {
		return nil, false
	}
	return k, true
}

// compile reads checked terms and reports whether the kernel can hold them.
func (k *Kernel) compile(terms *schemas.Terms) bool {
	linear := func(factor money.Decimal) bool {
		k.kind = kernelLinear
		f, err := money.FixedFromDecimal(factor)
		k.factor = f
		return err == nil
	}
	switch terms.Model {
	case schemas.ModelPerUnit:
		return linear(*terms.UnitPrice)
	case schemas.ModelDynamic:
		return linear(*terms.Multiplier)
	case schemas.ModelGraduated:
		k.kind = kernelGraduated
	case schemas.ModelVolume:
		k.kind = kernelVolume
	case schemas.ModelStairstep:
		k.kind = kernelStairstep
	case schemas.ModelPackage:
		return k.compilePackage(terms)
	case schemas.ModelGraduatedPercentage:
		k.kind = kernelGraduated
		percent := *terms
		percent.Tiers = make([]schemas.Tier, len(terms.Tiers))
		for i, t := range terms.Tiers {
			t.UnitPrice = t.Percent.Shift(-2)
			percent.Tiers[i] = t
		}
		terms = &percent
	default:
		return k.compileOther(terms)
	}
	return k.compileTiers(terms.Tiers)
}

func (k *Kernel) compilePackage(terms *schemas.Terms) bool {
	k.kind = kernelPackage
	mode, exact := packageMode(terms.PackageRound)
	if exact || mode != money.Up && mode != money.Down && mode != money.Ceiling && mode != money.Floor {
		return false
	}
	k.up = mode == money.Up || mode == money.Ceiling
	var ok bool
	price, err := money.FixedFromDecimal(*terms.PackagePrice)
	free, err2 := money.FixedFromDecimal(OrZero(terms.FreeUnits))
	k.size, ok = newBlockSize(*terms.PackageSize)
	if k.price = price; free.Sign() > 0 { // as packages takes them
		k.free = free
	}
	return ok && err == nil && err2 == nil
}

func (k *Kernel) compileTiers(tiers []schemas.Tier) bool {
	var from money.Fixed
	var below, plain money.Wide
	for _, t := range tiers {
		price, err := money.FixedFromDecimal(t.UnitPrice)
		flat, err2 := money.FixedFromDecimal(t.FlatFee)
		if err != nil || err2 != nil {
			return false
		}
		x := kernelTier{from: from, price: price, flat: flat, below: below, plain: plain}
		if t.UpTo != nil {
			var err error
			if x.to, err = money.FixedFromDecimal(*t.UpTo); err != nil {
				return false
			}
			width, err := x.to.Sub(from)
			if err != nil {
				return false
			}
			cost := money.MulWide(width, price)
			var err2, err3 error
			plain, err = plain.Add(cost)
			below, err2 = below.Add(cost)
			below, err3 = below.Add(money.MulWide(flat, oneFixed))
			if err != nil || err2 != nil || err3 != nil {
				return false
			}
			from = x.to
		}
		k.tiers = append(k.tiers, x)
	}
	return true
}

// Amount returns the exact price of a quantity, of what a peer charges for it, and of its labels, at money.ProductScale.
// It does not allocate. Labels that no row of a dimension table matches cost what the default of the table does. The error
// is money.ErrOverflow.
func (k *Kernel) Amount(q, cost money.Fixed, labels []schemas.DimensionMatch) (money.Wide, error) {
	switch k.kind {
	case kernelFlat:
		return money.MulWide(k.factor, oneFixed), nil
	case kernelCost:
		return money.MulWide(cost, k.factor).Add(money.MulWide(q, k.fee))
	case kernelMargin:
		margin, err := k.mirrored(cost)
		if err != nil {
			return money.Wide{}, err
		}
		return margin.Add(money.MulWide(cost, oneFixed))
	case kernelCapacity:
		return money.MulWide(k.capacityOf(q).flat, oneFixed), nil
	case kernelDimension:
		row := k.rowOf(labels)
		return money.MulWide(q, row.price).Add(money.MulWide(row.flat, oneFixed))
	case kernelLinear, kernelGraduated, kernelVolume, kernelStairstep, kernelPackage, kernelBlockTiers:
	}
	return k.mirrored(q)
}

// mirrored prices a negative quantity as the policy says: as the opposite of the same, or as none.
func (k *Kernel) mirrored(q money.Fixed) (money.Wide, error) {
	negative := q.Sign() < 0
	if negative {
		if k.policy.Negative == schemas.NegativeZero {
			q, negative = money.Fixed{}, false
		} else {
			q = q.Neg()
		}
	}
	amount, err := k.positive(q, negative)
	if negative {
		return amount.Neg(), err
	}
	return amount, err
}

// positive prices q ≥ 0; mirrored leaves the flat fees out.
func (k *Kernel) positive(q money.Fixed, mirrored bool) (money.Wide, error) {
	switch k.kind {
	case kernelLinear:
		return money.MulWide(q, k.factor), nil
	case kernelPackage:
		return k.packagesOf(q)
	case kernelBlockTiers:
		return k.blocksOf(q)
	case kernelGraduated, kernelVolume, kernelStairstep, kernelMargin, kernelFlat, kernelCost, kernelCapacity, kernelDimension:
	}
	if q.IsZero() && k.policy.ZeroUsage == schemas.ZeroNothing {
		return money.Wide{}, nil
	}
	t := k.tierOf(q)
	flat := money.Wide{}
	if !mirrored && k.policy.TierFlatFee != schemas.FlatFeeNever || k.kind == kernelStairstep {
		flat = money.MulWide(t.flat, oneFixed)
	}
	switch k.kind {
	case kernelStairstep:
		return flat, nil
	case kernelVolume:
		return money.MulWide(q, t.price).Add(flat)
	case kernelGraduated, kernelMargin, kernelLinear, kernelPackage, kernelFlat, kernelCost, kernelCapacity, kernelDimension, kernelBlockTiers:
	}
	part, err := q.Sub(t.from)
	if err != nil {
		return money.Wide{}, err
	}
	amount, err := money.MulWide(part, t.price).Add(flat)
	if err != nil {
		return money.Wide{}, err
	}
	if !mirrored && k.policy.TierFlatFee == schemas.FlatFeeOnEntry {
		return amount.Add(t.below)
	}
	return amount.Add(t.plain)
}

// tierOf finds the tier that a quantity reaches; one beyond a last tier with an end belongs to it, too.
func (k *Kernel) tierOf(q money.Fixed) *kernelTier {
	last := len(k.tiers) - 1
	for i := range last {
		switch c := q.Cmp(k.tiers[i].to); {
		case c < 0, c == 0 && k.policy.TierBound != schemas.BoundExclusive:
			return &k.tiers[i]
		}
	}
	return &k.tiers[last]
}

// packagesOf prices the packages of a quantity.
func (k *Kernel) packagesOf(q money.Fixed) (money.Wide, error) {
	q, err := q.Sub(k.free)
	if err != nil || q.Sign() <= 0 {
		return money.Wide{}, err
	}
	n, started, err := k.size.in(q)
	if err != nil {
		return money.Wide{}, err
	}
	if started && k.up {
		n++
	}
	return money.MulWide(money.FixedFromInt(n), k.price), nil
}

// DecimalOf is an exact amount of a kernel as a decimal, of 18 places where it has no more.
func DecimalOf(w money.Wide) money.Decimal {
	down, err := w.Round(money.ProductScale, money.Scale, money.Floor)
	if err == nil && money.MulWide(down, oneFixed) == w {
		return down.Decimal()
	}
	return w.Decimal(money.ProductScale)
}
