package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"daybook/schemas/money"
)

// Rounding is what declared rounding did to the values of a usage column that are of one currency or unit. Two count it: the
// decoder, which rounds, and whoever takes its rows, by what stands in them.
type Rounding struct {
	Column string `json:"column"`
	// Of is the currency or unit, empty where the values have none.
	Of string `json:"of,omitempty"`
	// Values is how many were rounded, and Residue what that left out of them.
	Values  int64         `json:"values"`
	Residue money.Decimal `json:"residue"`
	// Found is how many of them are in the rows. In is what the objects say that they are, and Out what the rows hold.
	Found int64         `json:"found"`
	In    money.Decimal `json:"in"`
	Out   money.Decimal `json:"out"`
}

// Roundings are in the order of columns and of what their values are of.
type Roundings []Rounding

// Of returns the sums of a column and a currency or unit, which it makes at the first use.
func (r *Roundings) Of(column, of string) *Rounding {
	at, known := slices.BinarySearchFunc(*r, Rounding{Column: column, Of: of}, func(a, b Rounding) int {
		return cmp.Or(strings.Compare(a.Column, b.Column), strings.Compare(a.Of, b.Of))
	})
	if !known {
		*r = slices.Insert(*r, at, Rounding{Column: column, Of: of})
	}
	return &(*r)[at]
}

// Plus returns the sums of both.
func (r Roundings) Plus(other Roundings) Roundings {
	out := slices.Clone(r)
	for i := range other {
		o := &other[i]
		sum := out.Of(o.Column, o.Of)
		sum.Values, sum.Found = sum.Values+o.Values, sum.Found+o.Found
		sum.Residue, sum.In, sum.Out = sum.Residue.Add(o.Residue), sum.In.Add(o.In), sum.Out.Add(o.Out)
	}
	return out
}

// RoundingDiffers says for which column what came in is not what the rows hold and what rounding left out, exactly; it is
// empty where all balance.
func RoundingDiffers(c *Control) string {
	var parts []string
	for i := range c.Rounding {
		r := &c.Rounding[i]
		name := strings.TrimSpace(r.Column + " " + r.Of)
		if r.Values != r.Found {
			parts = append(parts, fmt.Sprintf("%s: %d rounded values in the rows instead of %d", name, r.Found, r.Values))
		}
		if all := r.Out.Add(r.Residue); !all.Equal(r.In) {
			parts = append(parts, fmt.Sprintf("%s: %s and a residue of %s instead of %s", name, r.Out, r.Residue, r.In))
		}
	}
	const most = 10 // there may be thousands of units
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
	}
	return strings.Join(parts, "; ")
}

// Count counts a value that stands rounded in the rows: what it is in the object, and in the row.
func (r *Rounding) Count(in money.Decimal, out money.Fixed) {
	r.Found++
	r.In, r.Out = r.In.Add(in), r.Out.Add(out.Decimal())
}
