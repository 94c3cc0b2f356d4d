package model

import (
	"fmt"

	"daybook/schemas"
	"daybook/schemas/money"
)

// packages costs one package price for every package of the quantity above the free units; a started package counts as
// the terms' package_round says, by default in full.
func (m *Model) packages(t *Trail, q Number) Number {
	return m.mirror(t, q, func(q Number) Number {
		if free := OrZero(m.Terms.FreeUnits); free.IsPositive() {
			q = t.Sub("after the free units", In("quantity", q), Fact("free_units", free))
			q = t.Most("but not below zero", In("quantity", q), Fact("least", money.Zero))
		}
		size, price := *m.Terms.PackageSize, *m.Terms.PackagePrice
		mode, exact := packageMode(m.Terms.PackageRound)
		if exact {
			q = t.Mul("at the price of a package", In("quantity", q), Fact("package_price", price))
			return t.DivRound("for each package size, by the part", In("amount", q), Fact("package_size", size), WorkPlaces, money.HalfEven)
		}
		n := t.blocks("packages", In("quantity", q), size, mode)
		return t.Mul("at the price of a package", In("packages", n), Fact("package_price", price))
	})
}

// blocks counts the blocks of a size in a quantity.
func (t *Trail) blocks(note string, q Operand, size money.Decimal, mode money.Mode) Number {
	n := QuotientRound(q.N.V, size, 0, mode)
	return t.Add(OpBlocks, note, n, q, Fact("size", size), Word("mode", mode.String()))
}

// packageMode is the rounding mode of a package policy, and whether parts of packages are sold instead.
func packageMode(r schemas.QuantityRounding) (mode money.Mode, exact bool) {
	if r == "" {
		return money.Up, false
	}
	return QuantityMode(r)
}

// QuantityMode is the rounding mode of a quantity policy, and whether the quantity stays as it is.
func QuantityMode(r schemas.QuantityRounding) (mode money.Mode, exact bool) {
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
	if err := CheckQuantityRounding("package_round", terms.PackageRound); err != nil {
		return err
	}
	return need("package_price", terms.PackagePrice)
}

// CheckQuantityRounding reports a rounding of quantities that there is not.
func CheckQuantityRounding(name string, r schemas.QuantityRounding) error {
	if r == "" || r == schemas.QuantityExact {
		return nil
	}
	if _, err := money.ParseMode(string(r)); err != nil {
		return fmt.Errorf("%s: %w, or none", name, err)
	}
	return nil
}
