package proof

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/disputed"
	"daybook/pipeline/run"
	"daybook/rating/decided"
	"daybook/schemas"
)

// objectOf is one that a run pinned.
type objectOf = run.Object

func (m *maker) head() *head {
	v := m.view
	s := &v.Look().Manifest.Spec
	h := &head{
		Form: formName, Stages: disputed.Stages(), Dispute: said(v.Dispute), Standing: v.Row, Run: v.Run, Closed: v.Closed, Documents: v.Documents, Notes: v.Notes,
		Scope: v.Scope, Reproduced: v.Reproduced, Total: v.Total,
		Spec: spec{Provider: s.Provider, Period: s.Period, Zone: v.RatedBy(disputed.StageAgain).Zone.String(), Book: s.Book, Code: s.Code},
	}
	if s.AsOf != nil {
		h.Spec.AsOf = s.AsOf.UTC().Format(time.RFC3339Nano)
	}
	h.Spec.Objects = slices.SortedFunc(maps.Keys(m.objects), func(a, b object) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key)) })
	return h
}

// price adds the price of a charge and its meter, as a stage's book has them.
func (m *maker) price(stage string, b *book.Book, c *schemas.Charge) {
	var of []schemas.Price
	var subscription schemas.SubscriptionID
	is := func(p schemas.Price) bool { return p.ID == c.Price && p.Version == c.Version }
	for _, customer := range decided.Of(b.Challenges, schemas.Date{}).Customers(b.Customers) {
		for i := range customer.Accounts {
			a := &customer.Accounts[i]
			if a.ID != c.Account {
				continue
			}
			for k := range a.Subscriptions {
				if s := &a.Subscriptions[k]; s.ID == c.Subscription && slices.ContainsFunc(s.Overrides, is) {
					of, subscription = s.Overrides, s.ID
				}
			}
		}
	}
	if o, ok := b.Offering(c.Offering); ok && of == nil {
		of = o.Prices
	}
	for i := range of {
		if is(of[i]) {
			m.terms.Prices = addPrice(m.terms.Prices, priced{[]string{stage}, c.Offering, subscription, said(&of[i])})
		}
	}
	if x, ok := b.Meter(c.Meter); ok {
		m.terms.Meters = addMeter(m.terms.Meters, metered{[]string{stage}, said(x)})
	}
}

// same reports whether two values are one in JSON.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// addPrice adds a price, or the stage to the one that says the same.
func addPrice(list []priced, p priced) []priced {
	for i := range list {
		if x := &list[i]; x.Offering == p.Offering && x.Subscription == p.Subscription && same(x.Price, p.Price) {
			x.Stages = with(x.Stages, p.Stages[0])
			return list
		}
	}
	return append(list, p)
}

func addMeter(list []metered, p metered) []metered {
	for i := range list {
		if x := &list[i]; same(x.Meter, p.Meter) {
			x.Stages = with(x.Stages, p.Stages[0])
			return list
		}
	}
	return append(list, p)
}

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// readme says what the directory holds and how it is recomputed.
func (m *maker) readme() []byte {
	v := m.view
	text := fmt.Sprintf(readmeText, v.ID, v.Account, v.Period, v.Dispute.Case, v.Run, v.Verdict())
	return []byte(strings.ReplaceAll(text, "\r", " "))
}
