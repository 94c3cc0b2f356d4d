package rating

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// packages costs one package price for every package of the quantity above the free units; a started package counts as
// the terms' package_round says, by default in full.
func (m *model) packages(t *trail, q number) number {
	return m.mirror(t, q, func(q number) number {
		if free := value(m.terms.FreeUnits); free.IsPositive() {
			q = t.sub("after the free units", in("quantity", q), fact("free_units", free))
			q = t.most("but not below zero", in("quantity", q), fact("least", money.Zero))
		}
		size, price := *m.terms.PackageSize, *m.terms.PackagePrice
		mode, exact := packageMode(m.terms.PackageRound)
		if exact {
			q = t.mul("at the price of a package", in("quantity", q), fact("package_price", price))
			return t.divRound("for each package size, by the part", in("amount", q), fact("package_size", size), WorkPlaces, money.HalfEven)
		}
		n := t.blocks("packages", in("quantity", q), size, mode)
		return t.mul("at the price of a package", in("packages", n), fact("package_price", price))
	})
}

// blocks counts the blocks of a size in a quantity.
func (t *trail) blocks(note string, q operand, size money.Decimal, mode money.Mode) number {
	n := quotientRound(q.n.v, size, 0, mode)
	return t.add(OpBlocks, note, n, q, fact("size", size), word("mode", mode.String()))
}

// packageMode is the rounding mode of a package policy, and whether parts of packages are sold instead.
func packageMode(r schemas.QuantityRounding) (mode money.Mode, exact bool) {
	if r == "" {
		return money.Up, false
	}
	return quantityMode(r)
}

// quantityMode is the rounding mode of a quantity policy, and whether the quantity stays as it is.
func quantityMode(r schemas.QuantityRounding) (mode money.Mode, exact bool) {
	if r == "" || r == schemas.QuantityExact {
		return 0, true
	}
	mode, err := money.ParseMode(string(r))
	return mode, err != nil
}

func checkPackage(terms *schemas.Terms) error {
	if err := need("package_size", terms.PackageSize); err != nil {
		return err
	}
	if err := above("package_size", *terms.PackageSize); err != nil {
		return err
	}
	if err := checkQuantityRounding("package_round", terms.PackageRound); err != nil {
		return err
	}
	return need("package_price", terms.PackagePrice)
}

func checkQuantityRounding(name string, r schemas.QuantityRounding) error {
	if r == "" || r == schemas.QuantityExact {
		return nil
	}
	if _, err := money.ParseMode(string(r)); err != nil {
		return fmt.Errorf("%s: %w, or none", name, err)
	}
	return nil
}
