package bills

import (
	"container/heap"

	"daybook/schemas/agreed"
)

// A peer may bill any number of SKUs that no contract covers. Those whose keys come first in order are kept apart, and the
// others are added up: whatever of a key came before is added to the others when it gives way to one before it, and whatever
// comes later goes there at once, so that each sum is whole. It is the same for any order of rows and for any division into
// shards, because what is among the first of all is among the first of each shard.

// mostUncovered is how many sums of what no contract covers are kept apart.
const mostUncovered = 1 << 12

// mostNameBytes is how long the names of such a sum may be; what has longer ones is with the others.
const mostNameBytes = 1 << 10

// Others is the service that stands for those beyond.
const Others = "(all others that no contract covers)"

// uncovered are the keys that no contract covers and that have sums, the last in order on top.
type uncovered []useKey

// Len, Less, Swap, Push and Pop implement [heap.Interface].
func (x uncovered) Len() int           { return len(x) }
func (x uncovered) Less(i, j int) bool { return compareKeys(&x[i], &x[j]) > 0 }
func (x uncovered) Swap(i, j int)      { x[i], x[j] = x[j], x[i] }
func (x *uncovered) Push(k any)        { *x = append(*x, k.(useKey)) }
func (x *uncovered) Pop() any {
	last := len(*x) - 1
	k := (*x)[last]
	*x = (*x)[:last]
	return k
}

// others is the key of the others.
func (k *useKey) others() useKey {
	return useKey{Peer: k.Peer, Service: Others, Category: k.Category, Currency: k.Currency, From: k.From}
}

// coarse returns what of a key decides in which match its rows are, and whether a contract covers them: then it is the rate
// that tells them apart, and no SKU or region.
func (c *Contracts) coarse(k useKey) (out useKey, covered bool) {
	if k.Peer == "" {
		if t := c.meteredBy(&k); t != nil {
			k = useKey{SKU: k.SKU, Region: t.rate.Region, ConsumedUnit: k.ConsumedUnit, From: k.From}
		}
		return k, true
	}
	if c.accepts(&k) != nil {
		k.SKU, k.Region = "", ""
		return k, true
	}
	t, _, fits := c.rated(&k)
	if !fits {
		return k, k.Service == Others
	}
	k.SKU, k.Region = t.rate.SKU, t.rate.Region
	if t.rate.Quantity == agreed.ConsumedQuantity {
		k.PricingUnit = ""
	} else {
		k.ConsumedUnit = ""
	}
	return k, true
}

// place returns the key under which rows are summed, and makes room for it.
func (u *Use) place(k useKey) (useKey, error) {
	k, covered := u.contracts.coarse(k)
	if _, known := u.sums[k]; known || covered {
		return k, nil
	}
	if len(k.Service)+len(k.SKU)+len(k.Region)+len(k.ConsumedUnit)+len(k.PricingUnit) > mostNameBytes {
		return k.others(), nil
	}
	if len(u.uncovered) < u.most {
		heap.Push(&u.uncovered, k)
		return k, nil
	}
	last := u.uncovered[0]
	if compareKeys(&k, &last) > 0 {
		return k.others(), nil
	}
	u.uncovered[0] = k
	heap.Fix(&u.uncovered, 0)
	sums := u.sums[last]
	delete(u.sums, last)
	return k, u.sum(last.others(), sums)
}

// lies returns the key under which rows of a key were summed.
func (u *Use) lies(k useKey) useKey {
	k, covered := u.contracts.coarse(k)
	if _, known := u.sums[k]; known || covered {
		return k
	}
	return k.others()
}
