package book

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Cut is what of a book can be replaced by that of another when the cause of a difference is looked for. Cuts are by what is said,
// and not by file: a file of the catalogue may have something of several.
type Cut string

// The cuts, in the order in which they are replaced.
const (
	// CutCustomers is what is said of customers: accounts, subscriptions and changes of these, and whose usage is whose.
	CutCustomers Cut = "customer"
	// CutMeters are meters and units, CutPrices offerings with their prices, and coupons.
	CutMeters Cut = "meter"
	CutPrices Cut = "price"
	// CutPolicy is how is rated, and in what time zone.
	CutPolicy Cut = "policy"
	CutTaxes  Cut = "tax"
	// CutRates are exchange rates, and by which of them is converted.
	CutRates Cut = "exchange rate"
	// CutDisputes is what was decided about disputes with customers.
	CutDisputes Cut = "dispute"
)

// Cuts lists them in their order.
func Cuts() []Cut {
	return []Cut{CutCustomers, CutMeters, CutPrices, CutPolicy, CutTaxes, CutRates, CutDisputes}
}

// Says reports whether a book says in a cut what another says.
func (b *Book) Says(c Cut, other *Book) bool {
	x, y := &b.Catalogue, &other.Catalogue
	switch c {
	case CutCustomers:
		return reflect.DeepEqual(b.Customers, other.Customers) && reflect.DeepEqual(b.Mappings, other.Mappings) && maps.Equal(b.ownUse, other.ownUse)
	case CutMeters:
		return reflect.DeepEqual(x.Meters, y.Meters) && reflect.DeepEqual(x.Units, y.Units)
	case CutPrices:
		return reflect.DeepEqual(x.Offerings, y.Offerings) && reflect.DeepEqual(x.Coupons, y.Coupons)
	case CutPolicy:
		return reflect.DeepEqual(x.Policy, y.Policy) && b.Provider.Zone == other.Provider.Zone
	case CutTaxes:
		return reflect.DeepEqual(x.Taxes, y.Taxes)
	case CutRates:
		return reflect.DeepEqual(b.Rates, other.Rates) && reflect.DeepEqual(b.Provider.Exchange, other.Provider.Exchange)
	case CutDisputes:
		return reflect.DeepEqual(b.Challenges, other.Challenges)
	}
	return false
}

// With is a book in which some cuts are those of another, for rating alone. What these need of the others and the book lacks comes
// along from the other book, and what the others need of these and these have no more stays: an offering that is bought, a meter, the
// tax and the exchange rates of what came along. Sources are the other's.
func (b *Book) With(other *Book, cuts ...Cut) *Book {
	out := *b
	out.files, out.Sources, out.Peers = nil, other.Sources, other.Peers
	for _, c := range cuts {
		out.replace(c, other)
	}
	c, o := &out.Catalogue, &other.Catalogue
	needed := needs(out.Customers)
	for more, all := true, slices.Concat(b.Catalogue.Offerings, o.Offerings); more; { // bundles bring their parts
		c.Offerings = withMissing(c.Offerings, all, func(x *schemas.Offering) string { return string(x.ID) }, func(x *schemas.Offering) bool { return needed[x.ID] })
		more = false
		for i := range c.Offerings {
			for _, part := range c.Offerings[i].Parts {
				more = more || !needed[part.Offering]
				needed[part.Offering] = true
			}
		}
	}
	lent := slices.Concat(b.Catalogue.Meters, o.Meters) // one without a price charges nothing
	c.Meters = withMissing(c.Meters, lent, func(x *schemas.Meter) string { return string(x.ID) }, func(*schemas.Meter) bool { return true })
	c.Units = withMissing(c.Units, slices.Concat(b.Catalogue.Units, o.Units), func(x *schemas.UnitFactor) string { return x.From + "\x00" + x.To }, func(*schemas.UnitFactor) bool { return true })
	c.Coupons = withMissing(c.Coupons, slices.Concat(b.Catalogue.Coupons, o.Coupons), func(x *schemas.Coupon) string { return x.ID }, func(*schemas.Coupon) bool { return true })
	bringTaxes(c, &b.Catalogue, o)
	if b.Rates != nil && other.Rates != nil && !slices.Contains(cuts, CutRates) {
		out.Rates = b.Rates.With(other.Rates)
	}
	return &out
}

// WithoutDispute is the book without a customer's dispute.
func (b *Book) WithoutDispute(id string) *Book {
	out := *b
	out.Challenges = slices.DeleteFunc(slices.Clone(b.Challenges), func(d dispute.Dispute) bool { return d.ID == id })
	return &out
}

// bringTaxes adds the taxes of another catalogue that are of categories which came along.
func bringTaxes(c, base, other *schemas.Catalogue) {
	taxed := map[string]bool{}
	for i := range c.Taxes {
		taxed[c.Taxes[i].Category] = true
	}
	for i := range base.Offerings {
		taxed[base.Offerings[i].TaxCategory] = true
	}
	for i := range c.Offerings {
		if category := c.Offerings[i].TaxCategory; !taxed[category] {
			taxed[category] = true
			c.Taxes = append(slices.Clone(c.Taxes), ofCategory(other.Taxes, category)...)
		}
	}
}

// replace takes one cut from another book.
func (b *Book) replace(c Cut, other *Book) {
	switch c {
	case CutCustomers:
		b.Customers, b.accounts, b.aliases = other.Customers, other.accounts, other.aliases
		b.Mappings, b.owners, b.rules, b.ownUse = other.Mappings, other.owners, other.rules, other.ownUse
	case CutMeters:
		b.Catalogue.Meters, b.Catalogue.Units = other.Catalogue.Meters, other.Catalogue.Units
	case CutPrices:
		b.Catalogue.Offerings, b.Catalogue.Coupons = other.Catalogue.Offerings, other.Catalogue.Coupons
	case CutPolicy:
		exchange := b.Provider.Exchange
		b.Catalogue.Policy, b.Provider, b.Zone = other.Catalogue.Policy, other.Provider, other.Zone
		b.Provider.Exchange = exchange
	case CutTaxes:
		b.Catalogue.Taxes = other.Catalogue.Taxes
	case CutRates:
		b.Rates, b.Provider.Exchange = other.Rates, other.Provider.Exchange
	case CutDisputes:
		b.Challenges = other.Challenges
	}
}

// needs are the offerings that accounts name.
func needs(customers []schemas.Customer) map[schemas.OfferingID]bool {
	out := map[schemas.OfferingID]bool{}
	add := func(list ...schemas.OfferingID) {
		for _, id := range list {
			out[id] = true
		}
	}
	for i := range customers {
		for j := range customers[i].Accounts {
			a := &customers[i].Accounts[j]
			for k := range a.Subscriptions {
				add(a.Subscriptions[k].Offering)
				for _, change := range a.Subscriptions[k].Changes {
					add(change.Offering)
				}
			}
			for k := range a.Commitments {
				add(a.Commitments[k].Offerings...)
			}
			for k := range a.Credits {
				add(a.Credits[k].Offerings...)
			}
		}
	}
	return out
}

// withMissing is a list with those of others that it lacks and that are wanted, in the order of their names. It is sorted already.
func withMissing[T any](list, others []T, id func(*T) string, wanted func(*T) bool) []T {
	have := map[string]bool{}
	for i := range list {
		have[id(&list[i])] = true
	}
	out := list
	for i := range others {
		if name := id(&others[i]); !have[name] && wanted(&others[i]) {
			have[name] = true
			out = append(slices.Clip(out), others[i])
		}
	}
	if len(out) > len(list) {
		slices.SortStableFunc(out, func(x, y T) int { return strings.Compare(id(&x), id(&y)) })
	}
	return out
}

func ofCategory(taxes []schemas.TaxRate, category string) (out []schemas.TaxRate) {
	for i := range taxes {
		if taxes[i].Category == category {
			out = append(out, taxes[i])
		}
	}
	return out
}

// ChangedFiles are the files of some parts that two books do not have alike, in name order.
func (b *Book) ChangedFiles(other *Book, parts ...Part) (out []string) {
	sums := map[string]digested{}
	for _, f := range other.files {
		sums[f.name] = f
	}
	for _, f := range b.files {
		if slices.Contains(parts, f.part) && sums[f.name].sum != f.sum {
			out = append(out, f.name)
		}
		delete(sums, f.name)
	}
	for name, f := range sums {
		if slices.Contains(parts, f.part) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// WhereRate is the file and line of the rate of a day between two currencies, by the text of the files; empty where there is none.
func (b *Book) WhereRate(day schemas.Date, base, quote money.Currency) string {
	for _, f := range b.files {
		if f.part != PartFX {
			continue
		}
		number, wide := 0, false
		for line := range strings.Lines(string(f.text)) {
			if number++; number == 1 {
				wide = strings.HasPrefix(line, "Date,") && strings.Contains(line, string(quote))
			}
			named := wide || strings.Contains(line, string(base)) && strings.Contains(line, string(quote))
			if named && strings.Contains(line, day.String()) {
				return fmt.Sprintf("%s:%d", f.name, number)
			}
		}
	}
	return ""
}

// WhereMapping is where a mapping stands.
func (b *Book) WhereMapping(m *schemas.Mapping) string { return b.Where(KindMapping, mappingKey(m)) }

// mappingKey tells mappings apart by all that they look at.
func mappingKey(m *schemas.Mapping) string {
	return strings.Join([]string{
		string(m.Peer), string(m.Source), m.BillingAccount, m.SubAccount, m.Resource, m.Tag, m.Value, string(m.Account), m.From.String(),
	}, "\x00")
}

// WhereChange is where a change of a subscription stands.
func (b *Book) WhereChange(s schemas.SubscriptionID, c *schemas.Change) string {
	return b.Where(KindChange, changeKey(s, c))
}

func changeKey(s schemas.SubscriptionID, c *schemas.Change) string {
	return strings.Join([]string{string(s), c.On.String(), c.Time, cmp.Or(c.ID, string(c.Kind))}, "\x00")
}
