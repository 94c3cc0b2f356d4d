package goods

import (
	"cmp"
	"fmt"
	"slices"

	"daybook/reconcile/settlement"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/intercloud"
	"daybook/schemas/money"
)

// Units converts quantities: it gives the factor from one unit to another, and false where there is none.
type Units func(from, to string) (money.Ratio, bool)

// debtOf is what one member owes another for a good.
type debtOf struct {
	from, to schemas.PeerID
	good     string
}

// owing is such a debt as it adds up.
type owing struct {
	sheet sheet.Sheet
	parts []sheet.Amount
	rows  int64
}

// Federated prices what members of a federation used of each other by its common price list. Use of a day without a price, or in a
// unit without a factor, is found and owed by nobody.
func Federated(a *intercloud.Agreement, sums []Sum, units Units, asOf schemas.Date) ([]settlement.Sum, []schemas.Finding, error) {
	debts := map[debtOf]*owing{}
	var order []debtOf
	lacking := map[string]*schemas.Finding{}
	var lacks []string
	for i := range sums {
		u := &sums[i]
		g := a.GoodOf(u.Good)
		if u.Agreement != a.ID || g == nil {
			continue
		}
		item := &g.Items[u.Item]
		if item.Peer == u.By {
			continue // its own
		}
		price := priceOn(g, u.Day, asOf)
		factor, ok := units(u.Unit, item.Unit)
		if price == nil || !ok {
			key, f := notPriced(a, g, item, u, price == nil)
			if lacking[key] == nil {
				lacking[key], lacks = &f, append(lacks, key)
			}
			continue
		}
		k := debtOf{u.By, item.Peer, u.Good}
		d := debts[k]
		if d == nil {
			d = &owing{}
			debts[k], order = d, append(order, k)
		}
		d.add(u, item, g, factor, price)
	}
	slices.SortFunc(order, func(a, b debtOf) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.good, b.good))
	})
	var out []settlement.Sum
	for _, k := range order {
		d := debts[k]
		x := settlement.Sum{Agreement: a.ID, From: k.from, To: k.to, Basis: intercloud.CommonPriceList, Good: k.good, Currency: a.Currency(), Rows: d.rows}
		x.Exact = d.sheet.Add("at the common price list", d.parts...)
		if d.sheet.Err != nil {
			return nil, nil, fmt.Errorf("price what %s used of %s: %w", cmp.Or(k.from, "we"), cmp.Or(k.to, "us"), d.sheet.Err)
		}
		x.Steps = d.sheet.Steps
		out = append(out, x)
	}
	var found []schemas.Finding
	slices.Sort(lacks)
	for _, key := range lacks {
		found = append(found, *lacking[key])
	}
	return out, found, nil
}

// add adds use of a day.
func (d *owing) add(u *Sum, item *intercloud.Item, g *intercloud.Good, factor money.Ratio, p *intercloud.CommonPrice) {
	s := &d.sheet
	q := inUnit(s, u.Quantity.Decimal(), u.Unit, item.Unit, factor)
	if !item.Worth().Equal(money.One) {
		q = s.Multiply(u.Day.String()+": in "+g.Unit, sheet.Named(cmp.Or(item.Unit, "quantity"), q), sheet.Named("factor", item.Worth()))
	}
	d.parts = append(d.parts, sheet.Named(u.Day.String(), s.Multiply(u.Day.String()+": "+g.ID, sheet.Named("quantity", q), sheet.Named("price", p.Price))))
	d.rows += u.Rows
}

// inUnit converts a quantity of a row to the unit of its item.
func inUnit(s *sheet.Sheet, q money.Decimal, from, to string, factor money.Ratio) money.Decimal {
	return s.ShareRounded("in "+to, sheet.Named(cmp.Or(from, "quantity"), q), sheet.Named("factor", factor.Num), sheet.Named("per", factor.Den), money.Scale)
}

// priceOn is the price of a good on a day; nil where there is none.
func priceOn(g *intercloud.Good, day, asOf schemas.Date) *intercloud.CommonPrice {
	for i := range g.Prices {
		if g.Prices[i].Validity.Holds(day, asOf) {
			return &g.Prices[i]
		}
	}
	return nil
}

func notPriced(a *intercloud.Agreement, g *intercloud.Good, item *intercloud.Item, u *Sum, noPrice bool) (string, schemas.Finding) {
	key := schemas.JoinID(string(a.ID), g.ID, string(item.Peer), u.Unit)
	text := fmt.Sprintf("use of %s under agreement %s is in %s, and the agreement counts it in %s; add the factor to units of the catalogue", g.ID, a.ID, cmp.Or(u.Unit, "no unit"), item.Unit)
	if noPrice {
		key = schemas.JoinID(string(a.ID), g.ID)
		text = fmt.Sprintf("%s of agreement %s has no price on %s, so that its use by other members is owed by nobody; add the price to prices of the good", g.ID, a.ID, u.Day)
	}
	return key, schemas.Remark(schemas.CodeNotSettled, key, text, money.Zero, "")
}
