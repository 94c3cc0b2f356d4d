package diff

import (
	"cmp"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Key is what makes charges of two runs charges for the same thing: what is sold to whom at which price. Amounts, quantities,
// times and versions of the price may differ between the runs.
type Key struct {
	Account      schemas.AccountID
	Offering     schemas.OfferingID
	Price        schemas.PriceID
	Currency     money.Currency
	Provider     money.Currency
	Subscription schemas.SubscriptionID
	Meter        schemas.MeterID
	Group        string
	Region       string
	SKU          schemas.SKU
	Category     schemas.ChargeCategory
	Class        schemas.ChargeClass
	Corrects     schemas.Period
}

// Charge is what is compared of a charge: two that are equal are the same. Amounts are in major units.
type Charge struct {
	Key
	ID          schemas.ChargeID
	Version     string
	Model       string
	Description string
	// Start and End are microseconds since 1970 in UTC.
	Start, End int64
	// Quantity, in Unit, Value in the provider's currency and Cost of peers are 0 where there is none.
	HasQuantity, HasValue, HasCost bool
	Quantity                       money.Fixed
	Unit                           string
	Amount, Value, Cost            money.Fixed
}

// Earns reports whether the amount is revenue.
func (c *Charge) Earns() bool {
	return (&schemas.Charge{Category: c.Category, Model: c.Model}).EarnsRevenue()
}

// Difference is what two runs make of one charge: Before is nil where it was added, After where it is gone.
type Difference struct {
	Before, After *Charge
}

// Kind says what has become of the charge.
func (d *Difference) Kind() DifferenceKind {
	switch {
	case d.Before == nil:
		return Added
	case d.After == nil:
		return Gone
	}
	return Changed
}

// Latest is the charge as the later run has it, or else the earlier one.
func (d *Difference) Latest() *Charge {
	if d.After == nil {
		return d.Before
	}
	return d.After
}

// none is what a run has that lacks a charge.
var none Charge

func (d *Difference) before() *Charge { return cmp.Or(d.Before, &none) }
func (d *Difference) after() *Charge  { return cmp.Or(d.After, &none) }

// likeness is what two charges of one key may have in common: nothing, their time, also their words, or all that they say.
type likeness struct {
	id          schemas.ChargeID
	start, end  int64
	description string
}

// likenesses are by what charges find each other, the closest first. Those of one key that are like no other by any of them
// are paired in the order of time, so that as few as can be are called added or gone.
var likenesses = []func(*Charge) likeness{
	func(c *Charge) likeness { return likeness{id: c.ID} },
	func(c *Charge) likeness { return likeness{start: c.Start, end: c.End, description: c.Description} },
	func(c *Charge) likeness { return likeness{start: c.Start, end: c.End} },
	func(*Charge) likeness { return likeness{} },
}

// Pair compares the charges of one key of two runs. It puts both into order, and returns what differs, in the order of time, and
// what is the same in both. Each charge is in exactly one difference or among the same.
func Pair(before, after []Charge) (differs []Difference, same []Charge) {
	if len(before) == 1 && len(after) == 1 && before[0] == after[0] { // as nearly all are
		return nil, before
	}
	inOrder(before)
	inOrder(after)
	left, right := pointers(before), pointers(after)
	for _, like := range likenesses {
		if len(left) == 0 || len(right) == 0 {
			break
		}
		waiting := map[likeness][]*Charge{}
		for _, c := range right {
			waiting[like(c)] = append(waiting[like(c)], c)
		}
		paired := map[*Charge]bool{}
		left = slices.DeleteFunc(left, func(c *Charge) bool {
			queue := waiting[like(c)]
			if len(queue) == 0 {
				return false
			}
			waiting[like(c)] = queue[1:]
			paired[queue[0]] = true
			if *c == *queue[0] {
				same = append(same, *c)
			} else {
				differs = append(differs, Difference{c, queue[0]})
			}
			return true
		})
		right = slices.DeleteFunc(right, func(c *Charge) bool { return paired[c] })
	}
	for _, c := range left {
		differs = append(differs, Difference{Before: c})
	}
	for _, c := range right {
		differs = append(differs, Difference{After: c})
	}
	slices.SortStableFunc(differs, func(x, y Difference) int { return compare(x.Latest(), y.Latest()) })
	return differs, same
}

func inOrder(charges []Charge) {
	slices.SortStableFunc(charges, func(x, y Charge) int { return compare(&x, &y) })
}

// compare orders the charges of one key by time, and then by what they say.
func compare(x, y *Charge) int {
	return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End), cmp.Compare(x.ID, y.ID), x.Value.Cmp(y.Value), x.Cost.Cmp(y.Cost))
}

func pointers(charges []Charge) []*Charge {
	out := make([]*Charge, len(charges))
	for i := range charges {
		out[i] = &charges[i]
	}
	return out
}
