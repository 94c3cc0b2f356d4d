package shared

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"daybook/reconcile/sheet"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peeruse"
)

// exactPlaces is how many decimal places converted amounts keep: those of a dataset.
const exactPlaces = 18

// Divide divides what is billed of each shared cost, in each currency, among its customers: to the minor unit of the currency, by
// largest remainder, so that the parts and the rest, which is below that unit, add up to what is billed. What has no key is undivided.
// It returns a finding for that, and for what no exchange rate makes part of a key or of a value. A credit is divided as its
// opposite is, and a customer whose use comes to less than nothing has no part. The error is an amount that no decimal holds.
func (s *Sums) Divide(p schemas.Period, to money.Currency, fx schemas.FX) (out []peeruse.Share, found []schemas.Finding, err error) {
	for i := range s.rules {
		r := &s.rules[i]
		currencies := s.currencies(r.ID)
		if len(currencies) == 0 {
			continue
		}
		k, lacking, err := s.key(r, to, fx)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, lacking...)
		for _, c := range currencies {
			cost := s.costs[costOf{r.ID, c}]
			parts, err := k.divide(p, r, cost)
			if err != nil {
				return nil, nil, err
			}
			var unvalued money.Decimal
			for j := range parts {
				x := &parts[j]
				if x.ValueCurrency = to; !value(x, fx, &err) {
					unvalued = unvalued.Add(x.Amount)
				}
			}
			if err != nil {
				return nil, nil, fmt.Errorf("shared cost %s: %w", r.ID, err)
			}
			if parts[0].Standing == peeruse.Undivided {
				found = append(found, undivided(&parts[0]))
			}
			if !unvalued.IsZero() {
				found = append(found, noRate(r, c, to, unvalued, "stand in no customer's margin"))
			}
			out = append(out, parts...)
		}
	}
	return out, found, nil
}

// value states a part in the provider's currency, and reports whether there is a rate for it.
func value(x *peeruse.Share, fx schemas.FX, failed *error) bool {
	rate, ok := fx.Rate(x.Currency, x.ValueCurrency, schemas.Date{})
	if !ok {
		return x.Amount.IsZero()
	}
	v, err := rate.Apply(x.Amount, exactPlaces, money.HalfEven)
	if err != nil {
		*failed = err
	}
	x.Value = &v
	return true
}

// key is who shares a cost, and with which weights.
type key struct {
	customers []string
	weights   []money.Decimal
	all       money.Decimal
	unit      string
}

// key returns that of a shared cost, and a finding for each currency of use that has no exchange rate.
func (s *Sums) key(r *Rule, to money.Currency, fx schemas.FX) (*key, []schemas.Finding, error) {
	by, lacking := map[string]money.Decimal{}, map[money.Currency]money.Decimal{}
	unit := "shares"
	for _, a := range r.Among {
		switch {
		case r.Key == schemas.ShareFixed && a.Share != nil:
			by[a.Customer] = *a.Share
		case r.Key == schemas.ShareEven:
			by[a.Customer] = money.One
		}
	}
	usage := cmp.Or(r.Key, schemas.ShareByUsage) == schemas.ShareByUsage
	if usage {
		unit = cmp.Or(r.Unit, string(to))
	}
	for _, u := range s.Part().Uses {
		switch {
		case u.Shared != r.ID || r.Key == schemas.ShareFixed:
		case !usage:
			by[u.Customer] = money.One
		case r.Unit != "":
			by[u.Customer] = by[u.Customer].Add(u.Quantity.Decimal())
		default:
			rate, ok := fx.Rate(u.Currency, to, schemas.Date{})
			if !ok {
				lacking[u.Currency] = lacking[u.Currency].Add(u.Billed.Decimal())
				continue
			}
			v, err := rate.Apply(u.Billed.Decimal(), exactPlaces, money.HalfEven)
			if err != nil {
				return nil, nil, fmt.Errorf("key of shared cost %s: %w", r.ID, err)
			}
			by[u.Customer] = by[u.Customer].Add(v)
		}
	}
	k := &key{unit: unit}
	for _, customer := range slices.Sorted(maps.Keys(by)) {
		if w := by[customer]; w.IsPositive() {
			k.customers, k.weights, k.all = append(k.customers, customer), append(k.weights, w), k.all.Add(w)
		}
	}
	var found []schemas.Finding
	for _, c := range slices.Sorted(maps.Keys(lacking)) {
		found = append(found, noRate(r, c, to, lacking[c], "are left out of its key"))
	}
	return k, found, nil
}

// divide divides a cost. There is always a part.
func (k *key) divide(p schemas.Period, r *Rule, cost *Cost) ([]peeruse.Share, error) {
	billed := cost.Billed.Decimal()
	places, ok := money.MinorUnits(cost.Currency)
	if !ok {
		places = money.Scale
	}
	rows := fmt.Sprintf("what %d %s of the bill %s to", cost.Rows, schemas.OneOrMany(cost.Rows, "row", "rows"), schemas.OneOrMany(cost.Rows, "comes", "come"))
	begin := func(standing peeruse.ShareStanding, customer string) (peeruse.Share, *sheet.Sheet) {
		w := &sheet.Sheet{}
		w.Given(rows, "billed", billed)
		return peeruse.Share{
			ID:     schemas.JoinID(string(p), "shared", string(r.Peer), r.ID, string(cost.Currency), customer),
			Period: p, Peer: r.Peer, Shared: r.ID, Standing: standing, Customer: customer, Key: cmp.Or(r.Key, schemas.ShareByUsage),
			Billed: billed, Currency: cost.Currency,
		}, w
	}
	if len(k.customers) == 0 {
		x, w := begin(peeruse.Undivided, "")
		x.Amount, x.Rows, x.Steps = billed, cost.Rows, w.Steps
		return []peeruse.Share{x}, nil
	}
	whole := money.RoundTo(billed, places, money.HalfEven)
	amounts, err := money.Allocate(whole, k.weights, places)
	if err != nil {
		return nil, fmt.Errorf("shared cost %s: %w", r.ID, err)
	}
	var out []peeruse.Share
	if rest := billed.Sub(whole); !rest.IsZero() {
		x, w := begin(peeruse.Rest, "")
		rounded := w.RoundTo("in whole minor units", sheet.Named("billed", billed), places)
		x.Amount = w.Subtract("what is below one", sheet.Named("billed", billed), sheet.Named("in whole minor units", rounded))
		x.Steps = w.Steps
		out = append(out, x)
	}
	for i, customer := range k.customers {
		x, w := begin(peeruse.Borne, customer)
		x.Weight, x.Weights, x.Unit, x.Amount = k.weights[i], k.all, k.unit, amounts[i]
		rounded := w.RoundTo("in whole minor units", sheet.Named("billed", billed), places)
		w.ShareRounded("the customer's share by "+string(x.Key), sheet.Named("in whole minor units", rounded), sheet.Named("weight", k.weights[i]), sheet.Named("of", k.all), money.Scale)
		w.Given("its part, so that all parts add up", "amount", x.Amount)
		if w.Err != nil {
			return nil, w.Err
		}
		x.Steps = w.Steps
		out = append(out, x)
	}
	out[0].Rows = cost.Rows
	return out, nil
}

func undivided(x *peeruse.Share) schemas.Finding {
	return schemas.Remark(schemas.CodeUndivided, x.ID, fmt.Sprintf(
		"%s %s of shared cost %s of %s are divided among nobody, as none of those who share it used what it is divided by; choose another key in shared of the peer, or add customers to among",
		x.Amount, x.Currency, x.Shared, x.Peer), x.Amount, x.Currency)
}

func noRate(r *Rule, from, to money.Currency, amount money.Decimal, what string) schemas.Finding {
	return schemas.Remark(schemas.CodeNoRate, string(r.Peer)+"/"+r.ID, fmt.Sprintf(
		"shared cost %s is divided by way of %s, and there is no rate from %s for the period, so that %s %s %s; add the rate to fx.csv", r.ID, to, from, amount, from, what), amount, from)
}
