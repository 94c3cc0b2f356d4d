package correct

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rate"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/correction"
	"daybook/schemas/dispute"
)

// evidence finds what stands behind causes: objects with their rows, and files of the book with their lines.
type evidence struct {
	*shard
	was  *then
	now  *book.Book
	set  *rate.Setting
	lies rate.Files
	// late are the rows that came late, by account.
	late map[schemas.AccountID][]lateRows
}

// lateRows are rows of an object that came late, of a period and SKU.
type lateRows struct {
	period schemas.Period
	object string
	sku    string
	first  int64
	rows   int64
}

func newEvidence(x *shard, was *then, set *rate.Setting, files rate.Files) *evidence {
	return &evidence{shard: x, was: was, set: set, now: x.in.Book().ForRating(), lies: files, late: map[schemas.AccountID][]lateRows{}}
}

// most is how many things are named, and then how many more there are.
const most = 5

func listed(names []string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// of is what stands behind a cause of a line.
func (e *evidence) of(cause correction.Cause, c *schemas.Charge, p schemas.Period) (string, error) {
	switch cause {
	case correction.Untold:
		return e.was.untold, nil
	case correction.Code:
		return e.code(), nil
	case correction.Usage:
		return e.lateOf(c, p)
	case correction.Customer:
		return listed(cmpNames(e.customer(c), e.files(book.PartCustomers, book.PartPeers))), nil
	case correction.Meter:
		return listed(cmpNames(e.meters(c), e.files(book.PartCatalogue))), nil
	case correction.Price:
		return listed(cmpNames(e.prices(c), e.files(book.PartCatalogue))), nil
	case correction.Policy:
		return listed(cmpNames(e.policy(), e.files(book.PartCatalogue, book.PartProvider))), nil
	case correction.Tax:
		return listed(cmpNames(e.taxes(), e.files(book.PartCatalogue))), nil
	case correction.ExchangeRate:
		return listed(cmpNames(e.rates(c, p), e.files(book.PartFX, book.PartProvider))), nil
	case correction.Dispute:
		return listed(cmpNames(e.disputes(c), e.files(book.PartDisputes))), nil
	}
	return "", nil
}

// cmpNames are the first names where there are any, or else the others.
func cmpNames(names, others []string) []string {
	if names = slices.DeleteFunc(names, func(s string) bool { return s == "" }); len(names) > 0 {
		return names
	}
	return others
}

// files are those of the book that differ, with the parts that they are of.
func (e *evidence) files(parts ...book.Part) []string {
	return e.now.ChangedFiles(e.was.book, parts...)
}

// code names the versions of rating that differ.
func (e *evidence) code() string {
	const step = "rate/shard"
	version := func(code []run.PartDigest) string {
		for _, p := range code {
			if p.Part == step {
				return p.Digest
			}
		}
		return "none"
	}
	before, after := version(e.was.run.Spec.Code), version(e.in.Code())
	if before == after {
		return fmt.Sprintf("%s is of version %s as it was, and what was charged is not what it comes to by it", step, after)
	}
	return fmt.Sprintf("%s is of version %s, and was of %s", step, after, before)
}

// place is where an entry stands that two books do not have alike: in today's, or where it stood if it is gone.
func place(same bool, now, then string) string {
	switch {
	case same:
		return ""
	case now == "" && then != "":
		return then + " of then"
	}
	return now
}

// customer names what is said of an account, of those that pay or share with it, and of the subscription of a line.
func (e *evidence) customer(c *schemas.Charge) (out []string) {
	for _, id := range e.accountsOf(c.Account) {
		now, _, _ := e.now.Account(id)
		was, _, _ := e.was.book.Account(id)
		var a, b schemas.Account
		if now != nil {
			a = *now
		}
		if was != nil {
			b = *was
		}
		out = append(out, e.subscriptions(a.Subscriptions, b.Subscriptions)...)
		a.Subscriptions, b.Subscriptions = nil, nil
		out = append(out, place(reflect.DeepEqual(a, b), e.now.Where(book.KindAccount, string(id)), e.was.book.Where(book.KindAccount, string(id))))
		out = append(out, e.mappings(id)...)
	}
	return out
}

// subscriptions names those that are not alike, and changes of them.
func (e *evidence) subscriptions(now, was []schemas.Subscription) (out []string) {
	ids := map[schemas.SubscriptionID][2]schemas.Subscription{}
	for _, s := range was {
		ids[s.ID] = [2]schemas.Subscription{1: s}
	}
	for _, s := range now {
		ids[s.ID] = [2]schemas.Subscription{s, ids[s.ID][1]}
	}
	for id, two := range ids {
		for i, other := range [][2]int{{0, 1}, {1, 0}} {
			of := []*book.Book{e.now, e.was.book}[i]
			for _, change := range two[other[0]].Changes {
				if !slices.ContainsFunc(two[other[1]].Changes, func(x schemas.Change) bool { return reflect.DeepEqual(x, change) }) {
					out = append(out, place(false, of.WhereChange(id, &change), ""))
				}
			}
		}
		two[0].Changes, two[1].Changes = nil, nil
		out = append(out, place(reflect.DeepEqual(two[0], two[1]), e.now.Where(book.KindSubscription, string(id)), e.was.book.Where(book.KindSubscription, string(id))))
	}
	return out
}

// mappings names those that say something else of an account.
func (e *evidence) mappings(id schemas.AccountID) (out []string) {
	for i, list := range [][]schemas.Mapping{e.now.Mappings, e.was.book.Mappings} {
		other := [][]schemas.Mapping{e.was.book.Mappings, e.now.Mappings}[i]
		of := []*book.Book{e.now, e.was.book}[i]
		for k := range list {
			if list[k].Account == id && !slices.Contains(other, list[k]) {
				at := of.WhereMapping(&list[k])
				if i == 1 {
					at = place(false, "", at)
				}
				out = append(out, at)
			}
		}
	}
	return out
}

// meters names the meter of a line, or where that is alike all that are not: they share a price.
func (e *evidence) meters(c *schemas.Charge) (out []string) {
	for _, m := range slices.Concat(e.now.Catalogue.Meters, e.was.book.Catalogue.Meters) {
		a, _ := e.now.Meter(m.ID)
		b, _ := e.was.book.Meter(m.ID)
		if at := place(reflect.DeepEqual(a, b), e.now.Where(book.KindMeter, string(m.ID)), e.was.book.Where(book.KindMeter, string(m.ID))); at != "" {
			if m.ID == c.Meter {
				return []string{at}
			}
			out = append(out, at)
		}
	}
	return out
}

// prices names the prices of a line's offering that are not alike, or else those of others.
func (e *evidence) prices(c *schemas.Charge) []string {
	own, others := []string(nil), []string(nil)
	add := func(id schemas.OfferingID, at string) {
		if at != "" && id == c.Offering {
			own = append(own, at)
		} else if at != "" {
			others = append(others, at)
		}
	}
	for _, o := range slices.Concat(e.now.Catalogue.Offerings, e.was.book.Catalogue.Offerings) {
		var a, b schemas.Offering
		if x, ok := e.now.Offering(o.ID); ok {
			a = *x
		}
		if x, ok := e.was.book.Offering(o.ID); ok {
			b = *x
		}
		for _, p := range slices.Concat(a.Prices, b.Prices) {
			same := func(x schemas.Price) bool { return reflect.DeepEqual(x, p) }
			alike := slices.ContainsFunc(a.Prices, same) && slices.ContainsFunc(b.Prices, same)
			add(o.ID, place(alike, e.now.WherePrice(o.ID, p.ID, p.Version), e.was.book.WherePrice(o.ID, p.ID, p.Version)))
		}
		a.Prices, b.Prices = nil, nil
		add(o.ID, place(reflect.DeepEqual(a, b), e.now.Where(book.KindOffering, string(o.ID)), e.was.book.Where(book.KindOffering, string(o.ID))))
	}
	for _, x := range slices.Concat(e.now.Catalogue.Coupons, e.was.book.Catalogue.Coupons) {
		same := func(y schemas.Coupon) bool { return reflect.DeepEqual(x, y) }
		alike := slices.ContainsFunc(e.now.Catalogue.Coupons, same) && slices.ContainsFunc(e.was.book.Catalogue.Coupons, same)
		add("", place(alike, e.now.Where(book.KindCoupon, x.ID), e.was.book.Where(book.KindCoupon, x.ID)))
	}
	return cmpNames(own, others)
}

func (e *evidence) policy() []string {
	where := func(b *book.Book) string { return b.Where(book.KindPolicy, string(book.KindPolicy)) }
	return []string{place(reflect.DeepEqual(e.now.Catalogue.Policy, e.was.book.Catalogue.Policy), where(e.now), where(e.was.book))}
}

// taxes names those that are not alike.
func (e *evidence) taxes() (out []string) {
	for _, r := range slices.Concat(e.now.Catalogue.Taxes, e.was.book.Catalogue.Taxes) {
		same := func(x schemas.TaxRate) bool { return reflect.DeepEqual(x, r) }
		alike := slices.ContainsFunc(e.now.Catalogue.Taxes, same) && slices.ContainsFunc(e.was.book.Catalogue.Taxes, same)
		out = append(out, place(alike, e.now.Where(book.KindTax, r.ID), e.was.book.Where(book.KindTax, r.ID)))
	}
	return out
}

// disputes names the disputes of an account, and of those that it is priced with, that are not decided alike.
func (e *evidence) disputes(c *schemas.Charge) (out []string) {
	kin := e.accountsOf(c.Account)
	for _, d := range slices.Concat(e.now.Challenges, e.was.book.Challenges) {
		same := func(x dispute.Dispute) bool { return reflect.DeepEqual(x, d) }
		alike := slices.ContainsFunc(e.now.Challenges, same) && slices.ContainsFunc(e.was.book.Challenges, same)
		at := place(alike, e.now.Where(book.KindDispute, d.ID), e.was.book.Where(book.KindDispute, d.ID))
		if at != "" && slices.Contains(kin, d.Account) {
			out = append(out, fmt.Sprintf("%s (dispute %s)", at, d.ID))
		}
	}
	return out
}

// rates names the rates by which amounts become those of the line's currency at any day of the period, as far as they are not alike.
func (e *evidence) rates(c *schemas.Charge, p schemas.Period) (out []string) {
	first, last := p.Days()
	for _, from := range e.now.Rates.Currencies() {
		for day := first; !day.After(last); day = day.AddDays(1) {
			now, known := e.now.Convert(from, c.Currency, day, schemas.Date{})
			was, before := e.was.book.Convert(from, c.Currency, day, schemas.Date{})
			if known == before && now.Factor.Num.Equal(was.Factor.Num) && now.Factor.Den.Equal(was.Factor.Den) {
				continue
			}
			for _, leg := range now.Legs {
				if !slices.ContainsFunc(was.Legs, func(x schemas.Rate) bool { return reflect.DeepEqual(x, leg) }) {
					out = append(out, e.now.WhereRate(leg.Day, leg.Base, leg.Quote))
				}
			}
			for _, leg := range was.Legs {
				if !known {
					out = append(out, place(false, "", e.was.book.WhereRate(leg.Day, leg.Base, leg.Quote)))
				}
			}
		}
	}
	return out
}

// lateOf names the rows that came late for a line: those of its SKU, if that tells them apart, or else all of its period, and then
// whatever came late for the account or its family.
func (e *evidence) lateOf(c *schemas.Charge, p schemas.Period) (string, error) {
	var all []lateRows
	for _, id := range e.accountsOf(c.Account) {
		late, err := e.lateFor(id)
		if err != nil {
			return "", err
		}
		all = append(all, late...)
	}
	for _, is := range []func(*lateRows) bool{
		func(x *lateRows) bool { return x.period == p && x.sku == string(c.SKU) },
		func(x *lateRows) bool { return x.period == p },
		func(*lateRows) bool { return true },
	} {
		var names []string
		for i := range all {
			if x := &all[i]; is(x) {
				name := fmt.Sprintf("%s row %d", x.object, x.first)
				if more := x.rows - 1; more > 0 {
					name += fmt.Sprintf(" and %d more", more)
				}
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			return listed(names), nil
		}
	}
	return e.gone(p), nil
}

// gone names the bills that say nothing any more of what was charged for a period.
func (e *evidence) gone(p schemas.Period) string {
	var names []string
	for _, own := range []bool{true, false} {
		for _, r := range e.set.Restated {
			if own == (r.Period == p) && len(names) == 0 {
				names = append(names, r.Objects...)
			}
		}
	}
	return listed(names)
}

// lateFor are the rows that came late for an account, read once.
func (e *evidence) lateFor(id schemas.AccountID) ([]lateRows, error) {
	if late, known := e.late[id]; known {
		return late, nil
	}
	type named struct {
		period      schemas.Period
		object, sku string
	}
	found := map[named]*lateRows{}
	columns := []int{schemas.UseAccountId, schemas.UseLatePeriod, schemas.UseObjectKey, schemas.UseObjectRow, schemas.UseSkuId}
	of := map[string]schemas.Period{} // by the objects of bills that were delivered anew
	for _, r := range e.set.Restated {
		for _, key := range r.Objects {
			of[key] = r.Period
		}
	}
	for _, key := range slices.Concat(e.lies(&schemas.Usage)(id), e.lies(&schemas.Restated)(id)) {
		file, err := rows.OpenAccounts(e.ctx, e.in.Store(), key, &schemas.Usage, schemas.UseAccountId, columns)
		if err != nil {
			return nil, err
		}
		err = file.Read(id, func(b *dataset.Batch, from, to int) error {
			for i := from; i < to; i++ {
				n := named{schemas.Period(b.Columns[schemas.UseLatePeriod].TextAt(i)), b.Columns[schemas.UseObjectKey].StringAt(i), b.Columns[schemas.UseSkuId].StringAt(i)}
				if n.period = cmp.Or(n.period, of[n.object]); n.period == "" {
					continue
				}
				row := b.Columns[schemas.UseObjectRow].Ints[i]
				x := found[n]
				if x == nil {
					x = &lateRows{period: n.period, object: n.object, sku: n.sku, first: row}
					found[n] = x
				}
				x.first, x.rows = min(x.first, row), x.rows+1
			}
			return nil
		})
		_ = file.Close() // it was only read
		if err != nil {
			return nil, err
		}
	}
	late := make([]lateRows, 0, len(found))
	for _, x := range found {
		late = append(late, *x)
	}
	slices.SortFunc(late, func(a, b lateRows) int {
		return cmp.Or(cmp.Compare(a.period, b.period), cmp.Compare(a.object, b.object), cmp.Compare(a.sku, b.sku))
	})
	e.late[id] = late
	return late, nil
}

// accountsOf are those that evidence is looked for of: an account, and those whose usage is priced with its own.
func (e *evidence) accountsOf(id schemas.AccountID) []schemas.AccountID {
	kin := slices.DeleteFunc(slices.Clone(e.set.KinOf(id)), func(x schemas.AccountID) bool { return x == id })
	return append([]schemas.AccountID{id}, kin...)
}
