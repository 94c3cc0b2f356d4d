package quote

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/schemas"
)

// mostNames is how many names a message lists.
const mostNames = 12

// didYouMean suggests the name that was most likely meant; where none is near, it says what there is.
func didYouMean(word string, known []string, what string) string {
	if near := book.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	known = slices.Sorted(slices.Values(known))
	if more := len(known) - mostNames; more > 0 {
		return fmt.Sprintf("%s %s and %d more", what, strings.Join(known[:mostNames], ", "), more)
	}
	return what + " " + strings.Join(known, ", ")
}

func namesOf[T any](list []T, name func(*T) string) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = name(&list[i])
	}
	return names
}

// unknownAccount says what to write for an account that the book does not have.
func unknownAccount(b *book.Book, id schemas.AccountID) error {
	if account, ok := b.Alias(string(id)); ok {
		return ask("%s is an alias; ask for its account %s", id, account)
	}
	var known []string
	for a, c := range b.Accounts {
		if c.ID == string(id) {
			return ask("%s is a customer; ask for one of its accounts: %s", id, strings.Join(namesOf(c.Accounts, func(a *schemas.Account) string { return string(a.ID) }), ", "))
		}
		known = append(known, string(a.ID))
	}
	if near := book.Nearest(string(id), known); near != "" {
		return ask("the book has no account %s; did you mean %s?", id, near)
	}
	return ask("the book has no account %s; its accounts are in accounts.csv or customers.yaml", id)
}

// unknownOffering says what to write for an offering that the book does not have.
func unknownOffering(b *book.Book, id schemas.OfferingID) error {
	known := namesOf(b.Catalogue.Offerings, func(o *schemas.Offering) string { return string(o.ID) })
	return ask("the book has no offering %s; %s", id, didYouMean(string(id), known, "its offerings are"))
}

// meter finds the meter of a hypothetical use: that which is named, or the only one that counts the SKU.
func (x *quoter) meter() (*schemas.Meter, error) {
	id, sku := x.ask.Meter, x.ask.SKU
	if id != "" {
		if m, ok := x.book.Meter(id); ok {
			return m, nil
		}
		return nil, x.unknownMeter(string(id))
	}
	counting := x.counting(string(sku))
	switch len(counting) {
	case 0:
		return nil, ask("no meter counts SKU %s by name; %s", sku, didYouMean(string(sku), x.skus(), "those that are counted are"))
	case 1:
		return counting[0], nil
	}
	return nil, ask("SKU %s is counted by several meters; choose one by --meter: %s", sku, strings.Join(meterNames(counting), ", "))
}

func meterNames(list []*schemas.Meter) []string {
	return namesOf(list, func(m **schemas.Meter) string { return string((*m).ID) })
}

// counting lists the meters that name a SKU, or else those whose prices do.
func (x *quoter) counting(sku string) []*schemas.Meter {
	var out []*schemas.Meter
	for i := range x.book.Catalogue.Meters {
		if m := &x.book.Catalogue.Meters[i]; slices.Contains(m.SKUs, schemas.SKU(sku)) {
			out = append(out, m)
		}
	}
	if len(out) > 0 {
		return out
	}
	x.prices(func(_ *schemas.Offering, p *schemas.Price) {
		if m, ok := x.book.Meter(p.Meter); ok && slices.Contains(skusOf(p), sku) && !slices.Contains(out, m) {
			out = append(out, m)
		}
	})
	return out
}

// skus lists those that meters and prices name.
func (x *quoter) skus() []string {
	var out []string
	for i := range x.book.Catalogue.Meters {
		for _, sku := range x.book.Catalogue.Meters[i].SKUs {
			out = append(out, string(sku))
		}
	}
	x.prices(func(_ *schemas.Offering, p *schemas.Price) { out = append(out, skusOf(p)...) })
	slices.Sort(out)
	return slices.Compact(out)
}

// skusOf lists the SKUs that a price of usage names.
func skusOf(p *schemas.Price) []string {
	var out []string
	if p.Meter != "" && p.SKU != "" {
		out = append(out, string(p.SKU))
	}
	for i := range p.Filters {
		if f := &p.Filters[i]; f.Column == schemas.Usage.Columns[schemas.UseSkuId].Name && (f.Op == "" || f.Op == schemas.FilterIn) {
			out = append(out, f.Values...)
		}
	}
	return out
}

// prices calls do with each price of the catalogue.
func (x *quoter) prices(do func(o *schemas.Offering, p *schemas.Price)) {
	for i := range x.book.Catalogue.Offerings {
		o := &x.book.Catalogue.Offerings[i]
		for j := range o.Prices {
			do(o, &o.Prices[j])
		}
	}
}

// pricing lists the offerings that have a price for a meter.
func (x *quoter) pricing(meter schemas.MeterID) []schemas.OfferingID {
	var out []schemas.OfferingID
	x.prices(func(o *schemas.Offering, p *schemas.Price) {
		if p.Meter == meter && !slices.Contains(out, o.ID) {
			out = append(out, o.ID)
		}
	})
	return out
}

// narrower says which dimensions the prices of a meter are told apart by, where the hypothetical use does not say them, and
// is empty where it says them all.
func (x *quoter) narrower(m *schemas.Meter, labels map[string]string) string {
	values := map[string][]string{}
	x.prices(func(_ *schemas.Offering, p *schemas.Price) {
		for i := range p.Filters {
			if f := &p.Filters[i]; p.Meter == m.ID && labels[f.Column] == "" {
				values[f.Column] = append(values[f.Column], f.Values...)
			}
		}
	})
	var out []string
	for _, column := range slices.Sorted(maps.Keys(values)) {
		slices.Sort(values[column])
		known := slices.Compact(values[column])
		out = append(out, fmt.Sprintf("--dimension %s=VALUE, such as %s", column, strings.Join(known[:min(len(known), mostNames)], ", ")))
	}
	return strings.Join(out, " and ")
}

// unknownMeter says what to write for a meter that the book does not have; people know SKUs and offerings better.
func (x *quoter) unknownMeter(id string) error {
	if counting := x.counting(id); len(counting) > 0 {
		return ask("%s is a SKU; its use is counted by the meter %s", id, strings.Join(meterNames(counting), ", "))
	}
	if o, ok := x.book.Offering(schemas.OfferingID(id)); ok {
		var meters []string
		for i := range o.Prices {
			if m := string(o.Prices[i].Meter); m != "" && !slices.Contains(meters, m) {
				meters = append(meters, m)
			}
		}
		if len(meters) > 0 {
			return ask("%s is an offering; what it prices is counted by the meters %s", id, strings.Join(meters, ", "))
		}
		return ask("%s is an offering, and prices no use", id)
	}
	known := namesOf(x.book.Catalogue.Meters, func(m *schemas.Meter) string { return string(m.ID) })
	return ask("the book has no meter %s; %s", id, didYouMean(id, known, "its meters are"))
}

// notTaken says why a meter does not take the hypothetical row.
func (x *quoter) notTaken(m *schemas.Meter) error {
	sku := string(x.ask.SKU)
	if given, ok := x.ask.Dimensions[schemas.Usage.Columns[schemas.UseSkuId].Name]; ok {
		sku = given
	}
	if known := namesOf(m.SKUs, func(s *schemas.SKU) string { return string(*s) }); sku != "" && len(known) > 0 && !slices.Contains(known, sku) {
		return ask("meter %s does not count SKU %s; %s", m.ID, sku, didYouMean(sku, known, "it counts"))
	}
	return ask("meter %s does not take a row with these dimensions; look at its filters at %s and give --dimension COLUMN=VALUE", m.ID, x.book.Where(book.KindMeter, string(m.ID)))
}
