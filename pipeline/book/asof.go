package book

import (
	"slices"

	"daybook/pipeline/book/check"
	"daybook/schemas"
)

// CatalogueAsOf returns the catalogue as it was known on a day (no day: now), in which no two entries for the same thing
// are in force at once: where one replaces an earlier one, known later, it takes the days that both hold, and the earlier
// keeps what is left of its own. So a price that was corrected afterwards rates the past rightly now, and as of a day
// before the correction still rates it as it did then.
//
// What replaces what: prices of one offering for the same meter, phase and filters, or without a meter of the same name
// and phase, and taxes of the same name. A price is in force while its offering is, and an offering that was not known has
// none, whoever has bought it. The rest of the catalogue is shared with b.
func (b *Book) CatalogueAsOf(asOf schemas.Date) schemas.Catalogue {
	c := b.Catalogue
	c.Offerings = slices.Clone(c.Offerings)
	for i := range c.Offerings {
		o := &c.Offerings[i]
		o.Prices = whileIn(o.Validity, asOf, inTurn(o.Prices, asOf, priceValidity, check.SameThing))
	}
	c.Taxes = inTurn(c.Taxes, asOf, taxValidity, func(t *schemas.TaxRate) string { return t.ID })
	return c
}

// whileIn cuts prices to the days of their offering; those that hold on none are left out.
func whileIn(v schemas.Validity, asOf schemas.Date, prices []schemas.Price) (out []schemas.Price) {
	for _, p := range prices {
		if _, both := check.Overlap(v, p.Validity); both && v.Known(asOf) {
			p.Validity = check.Within(p.Validity, v)
			out = append(out, p)
		}
	}
	return out
}

func priceValidity(p *schemas.Price) *schemas.Validity { return &p.Validity }

func taxValidity(t *schemas.TaxRate) *schemas.Validity { return &t.Validity }

// inTurn leaves out entries that were not known on a day, and cuts those that a later one of the same key replaces. An
// entry that is cut in two stands twice. The order stays.
func inTurn[T any](list []T, asOf schemas.Date, validity func(*T) *schemas.Validity, key func(*T) string) []T {
	byKey := map[string][]schemas.Validity{}
	for i := range list {
		if v := validity(&list[i]); v.Known(asOf) {
			byKey[key(&list[i])] = append(byKey[key(&list[i])], *v)
		}
	}
	out := make([]T, 0, len(list))
	for i := range list {
		v := *validity(&list[i])
		if !v.Known(asOf) {
			continue
		}
		left := []schemas.Validity{v}
		for _, other := range byKey[key(&list[i])] {
			if other.KnownSince.After(v.KnownSince) {
				left = without(left, other)
			}
		}
		for _, v := range left {
			out = append(out, list[i])
			*validity(&out[len(out)-1]) = v
		}
	}
	return out
}

// without cuts the days of one validity out of others.
func without(list []schemas.Validity, cut schemas.Validity) []schemas.Validity {
	var out []schemas.Validity
	for _, v := range list {
		if _, both := check.Overlap(v, cut); !both {
			out = append(out, v)
			continue
		}
		if v.From.Before(cut.From) {
			before := v
			before.To = cut.From
			out = append(out, before)
		}
		if !cut.To.IsZero() && (v.To.IsZero() || cut.To.Before(v.To)) {
			after := v
			after.From = cut.To
			out = append(out, after)
		}
	}
	return out
}

// PricesInForce returns the prices of an offering that are in force on a day, by what was known on asOf (no day: now),
// in the order of the book; of two for the same thing the one known later.
func (b *Book) PricesInForce(id schemas.OfferingID, day, asOf schemas.Date) []*schemas.Price {
	o, ok := b.Offering(id)
	if !ok || !o.Validity.Holds(day, asOf) {
		return nil
	}
	var out []*schemas.Price
	for i := range o.Prices {
		p := &o.Prices[i]
		if !p.Validity.Holds(day, asOf) {
			continue
		}
		replaced := slices.ContainsFunc(o.Prices, func(q schemas.Price) bool {
			return q.Validity.Holds(day, asOf) && q.Validity.KnownSince.After(p.Validity.KnownSince) && check.SameThing(&q) == check.SameThing(p)
		})
		if !replaced {
			out = append(out, p)
		}
	}
	return out
}
