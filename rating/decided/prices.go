package decided

import (
	"slices"

	"daybook/schemas"
)

// Customers are customers with what was agreed with them in the place of what they have bought at: a list that shares with the one
// given whatever is alike. Subscriptions that there are not are left out.
func (d *Decided) Customers(customers []schemas.Customer) []schemas.Customer {
	if d == nil {
		return customers
	}
	out := customers
	for i := range customers {
		for j := range customers[i].Accounts {
			months := d.months[customers[i].Accounts[j].ID]
			var all []agreed
			for _, p := range sortedPeriods(months) {
				all = append(all, months[p].agreed...)
			}
			if len(all) == 0 {
				continue
			}
			if &out[0] == &customers[0] {
				out = slices.Clone(customers)
			}
			if &out[i].Accounts[0] == &customers[i].Accounts[0] {
				out[i].Accounts = slices.Clone(customers[i].Accounts)
			}
			a := &out[i].Accounts[j]
			a.Subscriptions = slices.Clone(a.Subscriptions)
			for k := range all {
				all[k].override(a.Subscriptions)
			}
		}
	}
	return out
}

func sortedPeriods(months map[schemas.Period]*Month) (out []schemas.Period) {
	for p := range months {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// override puts the price before those of its subscription, and cuts the days on which it is in force out of those overrides that it
// stands in the place of.
func (a *agreed) override(subscriptions []schemas.Subscription) {
	at := slices.IndexFunc(subscriptions, func(s schemas.Subscription) bool { return s.ID == a.subscription })
	if at < 0 {
		return
	}
	s := &subscriptions[at]
	list := []schemas.Price{a.price}
	for _, p := range s.Overrides {
		if p.Phase != a.price.Phase || p.ID != a.price.ID && (a.price.Meter == "" || p.Meter != a.price.Meter || len(a.price.Filters) > 0) {
			list = append(list, p)
			continue
		}
		list = append(list, cut(&p, a.price.Validity)...)
	}
	s.Overrides = list
}

// cut is what is left of a price outside the days of another.
func cut(p *schemas.Price, days schemas.Validity) (out []schemas.Price) {
	if p.Validity.From.Before(days.From) {
		before := *p
		if before.Validity.To.IsZero() || before.Validity.To.After(days.From) {
			before.Validity.To = days.From
		}
		out = append(out, before)
	}
	if p.Validity.To.IsZero() || p.Validity.To.After(days.To) {
		after := *p
		if after.Validity.From.Before(days.To) {
			after.Validity.From = days.To
		}
		out = append(out, after)
	}
	return out
}
