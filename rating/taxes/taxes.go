// Package taxes chooses the rates of tax that are for something sold.
//
// Start reading at [For].
package taxes

import (
	"cmp"
	"slices"

	"daybook/schemas"
)

// Standard is the category of what names none.
const Standard = "standard"

// Category is one text for each tax category: standard is that of taxes and offerings that name none, so that lines of both are
// taxed as one sum.
func Category(name string) string {
	if name == Standard {
		return ""
	}
	return name
}

// Place is where an account is taxed.
type Place struct{ Country, Region string }

// For lists the rates of a category in a place, on a day, as known then, in a fixed order. A rate for the region or country goes
// before one for anywhere, name by name.
func For(all []schemas.TaxRate, category string, place Place, day, asOf schemas.Date) []*schemas.TaxRate {
	var out []*schemas.TaxRate
	for i := range all {
		r := &all[i]
		if Category(r.Category) != Category(category) || !in(r, place) || !r.Validity.Holds(day, asOf) {
			continue
		}
		out = append(out, r)
	}
	special := func(r *schemas.TaxRate) int {
		n := 0
		if r.Country != "" {
			n++
		}
		if r.Region != "" {
			n += 2
		}
		return n
	}
	slices.SortStableFunc(out, func(x, y *schemas.TaxRate) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), special(y)-special(x), cmp.Compare(x.ID, y.ID))
	})
	return slices.CompactFunc(out, func(x, y *schemas.TaxRate) bool { return x.Name == y.Name && x.Name != "" })
}

// in reports whether a rate is for a place.
func in(r *schemas.TaxRate, place Place) bool {
	return (r.Country == "" || r.Country == place.Country) && (r.Region == "" || r.Region == place.Region)
}
