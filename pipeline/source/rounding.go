package source

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Rounded says what rounding did to values of one column that have more fraction digits than the usage table holds.
type Rounded struct {
	// Column is the usage column, Of the currency or unit of its values, empty where they have none.
	Column, Of string
	// Values is how many were rounded, and Residue what they hold in the object, less what is counted of them, in Of.
	Values  int64
	Residue money.Decimal
}

// RoundedCell is a value as it stands in the object, whose batch has it rounded.
type RoundedCell struct {
	// Row is the number of its row in the object, and Column that of the usage column.
	Row    int64
	Column int
	Exact  money.Decimal
}

// residue is what rounding left of a value of the rows at hand.
type residue struct {
	row   int
	use   int
	exact money.Decimal
	of    money.Decimal
}

// roundingOf says how values of a column with more than 18 fraction digits are rounded, and whether they are: where the
// book says so or a peer's own format has such, where a binary fraction names more digits than anyone meant, and where no money hangs on them.
func (d *decoder) roundingOf(c *column) (mode money.Mode, declared bool) {
	switch {
	case d.src.Tolerate.Rounding != nil:
		return *d.src.Tolerate.Rounding, true
	case c.binary, c.side, d.format.native != nil:
		return money.HalfEven, true
	default:
		return money.HalfEven, false
	}
}

// roundLong reads a number of more than 18 fraction digits and rounds it to these. It reports false if that is too large.
func (d *decoder) roundLong(c *column, text []byte, r int) (money.Fixed, bool) {
	mode, declared := d.roundingOf(c)
	exact, err := money.ParseDecimal(string(text))
	if err != nil {
		return money.Fixed{}, false
	}
	rounded := money.RoundTo(exact, money.Scale, mode)
	f, err := money.FixedFromDecimal(rounded)
	if err != nil || f.Abs().Cmp(money.FixedFromInt(implausible)) >= 0 {
		return money.Fixed{}, false
	}
	if declared {
		d.residues = append(d.residues, residue{r, c.use, exact, exact.Sub(rounded)})
	}
	return f, true
}

// OfColumn names the label column that says in what the values of a decimal column are.
func OfColumn(use int) int {
	switch use {
	case schemas.UseConsumedQuantity:
		return schemas.UseConsumedUnit
	case schemas.UsePricingQuantity:
		return schemas.UsePricingUnit
	case schemas.UseCommitmentDiscountQuantity:
		return schemas.UseCommitmentDiscountUnit
	default:
		return schemas.UseBillingCurrency
	}
}

// mostRounded is how many sums of residues one object may have: there is one for each column and unit, and manifests have them.
const mostRounded = 4096

// addResidues sums what rounding left of the rows that no defect rejects.
func (d *decoder) addResidues(s *rows, base int) error {
	for _, x := range d.residues {
		if slices.ContainsFunc(d.defects, func(f defect) bool { return f.row == x.row }) {
			continue
		}
		key := roundedKey{use: x.use}
		if of := OfColumn(x.use); !d.vector(of).Absent && !d.vector(of).IsNull(base+x.row) {
			key.of = string(d.vector(of).TextAt(base + x.row))
		}
		sum, known := d.rounded[key]
		if !known {
			if len(d.rounded) == mostRounded {
				return d.refuse(schemas.CodeHostileObject, "values of more than %d units or currencies in it are rounded, where control totals keep a sum of each", mostRounded)
			}
			if d.rounded == nil {
				d.rounded = map[roundedKey]*Rounded{}
			}
			sum = &Rounded{Column: schemas.Usage.Columns[x.use].Name, Of: key.of}
			d.rounded[key] = sum
		}
		sum.Values++
		sum.Residue = sum.Residue.Add(x.of)
		if d.out.Rounded != nil {
			d.cells = append(d.cells, RoundedCell{s.numbers[x.row], x.use, x.exact})
		}
	}
	d.residues = d.residues[:0]
	return nil
}

// roundedKey tells sums of residues apart.
type roundedKey struct {
	use int
	of  string
}

// emitRounded puts the sums into the statistics, in the order of the usage table, and makes a note of each.
func (d *decoder) emitRounded() error {
	for _, sum := range d.rounded {
		d.stats.Rounded = append(d.stats.Rounded, *sum)
	}
	slices.SortFunc(d.stats.Rounded, func(a, b Rounded) int {
		return cmp.Or(cmp.Compare(schemas.Usage.Index(a.Column), schemas.Usage.Index(b.Column)), cmp.Compare(a.Of, b.Of))
	})
	for _, sum := range d.stats.Rounded {
		c := d.columnOf(schemas.Usage.Index(sum.Column))
		mode, _ := d.roundingOf(c)
		f := schemas.Finding{
			Code: schemas.CodeRounded, Source: d.src.ID, Object: d.in.Key, Column: c.name, Value: sum.Of,
			Message: fmt.Sprintf("%s: %d %s more than %d fraction digits and %s rounded %s; what that leaves out comes to %s", c.name, sum.Values,
				schemas.OneOrMany(sum.Values, "value has", "values have"), money.Scale, schemas.OneOrMany(sum.Values, "is", "are"), mode, sum.Residue),
		}
		if sum.Of != "" {
			f.Message += " " + sum.Of
		}
		if err := d.out.Finding(f.WithFix()); err != nil {
			return err
		}
	}
	return nil
}
