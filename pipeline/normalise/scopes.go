package normalise

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// Scope is what the objects of a task bill of one account of a peer: two sources that bill the same are two exports, or two views,
// of one bill.
type Scope struct {
	// Billing and Sub are the account and the sub-account as the peer calls them, Service and Region what is billed there.
	Billing string `json:"billing,omitempty"`
	Sub     string `json:"sub,omitempty"`
	Service string `json:"service,omitempty"`
	Region  string `json:"region,omitempty"`
	// First and Last are the earliest and the latest start of a charge, in microseconds.
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Billed and Effective say which costs there are that are not nothing.
	Billed    bool `json:"billed,omitempty"`
	Effective bool `json:"effective,omitempty"`
}

// mostAccounts is of how many accounts a task leaves scopes, and mostInAccount of how many services and regions of each. Of more,
// one in so many is kept, by a digest of what it is called, so that sources which bill the same keep the same.
const mostAccounts, mostInAccount = 256, 64

// scopes gathers what is billed.
type scopes struct {
	accounts thinned[billedAccount, *thinned[billedPlace, *Scope]]
	// codes find what the batch at hand calls each; nil is one that is not kept.
	codes map[[4]uint32]*Scope
}

type (
	billedAccount struct{ billing, sub string }
	billedPlace   struct{ service, region string }
)

func (a billedAccount) digest() uint64 { return digestOf(a.billing, a.sub) }
func (p billedPlace) digest() uint64   { return digestOf(p.service, p.region) }

func digestOf(a, b string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(a + "\x00" + b)) // it has no errors
	return h.Sum64()
}

// thinned is a map of which so many entries are kept: those whose digest ends in thin bits that are zero. Which they are does not
// depend on the order in which they come.
type thinned[K interface {
	comparable
	digest() uint64
}, V any] struct {
	kept map[K]V
	thin uint
}

// get returns the entry of a key, made by the function where it is new, whether it is kept, and whether others were left out
// for it.
func (t *thinned[K, V]) get(k K, most int, fresh func() V) (v V, keeps, thinner bool) {
	if v, keeps = t.kept[k]; keeps || !t.keeps(k) {
		return v, keeps, false
	}
	if t.kept == nil {
		t.kept = map[K]V{}
	}
	t.kept[k] = fresh()
	for len(t.kept) > most {
		t.thin++
		maps.DeleteFunc(t.kept, func(k K, _ V) bool { return !t.keeps(k) })
		thinner = true
	}
	v, keeps = t.kept[k]
	return v, keeps, thinner
}

func (t *thinned[K, V]) keeps(k K) bool { return k.digest()&(1<<t.thin-1) == 0 }

// scopeColumns tell scopes apart.
var scopeColumns = [4]int{schemas.UseBillingAccountId, schemas.UseSubAccountId, schemas.UseServiceName, schemas.UseRegionId}

// Rivalled reports whether the peer of a source bills by another source, too, so that the two could bill the same.
func Rivalled(sources []schemas.Source, src *schemas.Source) bool {
	return src.Peer != "" && slices.ContainsFunc(sources, func(s schemas.Source) bool {
		return s.ID != src.ID && s.Peer == src.Peer && !s.Format.IsEvidence()
	})
}

// add takes the rows of a batch.
func (x *scopes) add(b *dataset.Batch) {
	billed, effective := &b.Columns[schemas.UseBilledCost], &b.Columns[schemas.UseEffectiveCost]
	starts := &b.Columns[schemas.UseChargePeriodStart]
	var columns [4]*dataset.Vector
	for k, use := range scopeColumns {
		columns[k] = &b.Columns[use]
	}
	clear(x.codes)
	for i := range b.Rows {
		has, spread := costs(billed, i), costs(effective, i)
		if !has && !spread {
			continue
		}
		s := x.of(columns, i)
		if s == nil {
			continue
		}
		s.Billed, s.Effective = s.Billed || has, s.Effective || spread
		s.First, s.Last = min(s.First, starts.Ints[i]), max(s.Last, starts.Ints[i])
	}
}

// costs reports whether a row has a cost that is not nothing.
func costs(v *dataset.Vector, i int) bool { return !v.Absent && !v.IsNull(i) && !v.Decs[i].IsZero() }

// of finds the scope of a row, or makes it; of an account that is not kept it is nil.
func (x *scopes) of(columns [4]*dataset.Vector, i int) *Scope {
	var codes [4]uint32
	for k, v := range columns {
		if v.Absent || v.IsNull(i) {
			codes[k] = 0
		} else {
			codes[k] = v.Codes[i] + 1
		}
	}
	if s, known := x.codes[codes]; known {
		return s
	}
	var text [4]string
	for k, v := range columns {
		if codes[k] > 0 {
			text[k] = v.Dict.Text(codes[k] - 1)
		}
	}
	s, thinner := x.scope(billedAccount{text[0], text[1]}, billedPlace{text[2], text[3]})
	if x.codes == nil || thinner {
		x.codes = map[[4]uint32]*Scope{}
	}
	x.codes[codes] = s
	return s
}

// scope finds or makes a scope, and says whether others are not kept any more.
func (x *scopes) scope(a billedAccount, p billedPlace) (*Scope, bool) {
	in, keeps, thinner := x.accounts.get(a, mostAccounts, func() *thinned[billedPlace, *Scope] { return new(thinned[billedPlace, *Scope]) })
	if !keeps {
		return nil, thinner
	}
	s, keeps, more := in.get(p, mostInAccount, func() *Scope {
		return &Scope{Billing: a.billing, Sub: a.sub, Service: p.service, Region: p.region, First: math.MaxInt64, Last: math.MinInt64}
	})
	if !keeps {
		s = nil
	}
	return s, thinner || more
}

// all are the scopes, in order.
func (x *scopes) all() []Scope {
	var out []Scope
	for _, in := range x.accounts.kept {
		for _, s := range in.kept {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b Scope) int {
		return cmp.Or(strings.Compare(a.Billing, b.Billing), strings.Compare(a.Sub, b.Sub), strings.Compare(a.Service, b.Service), strings.Compare(a.Region, b.Region))
	})
	return out
}

// exclusive reports whether a format has all that a peer bills of an account: then another of these formats is another view of it.
// Of others, two sources may divide services and regions between them.
func exclusive(f schemas.Format) bool {
	return f.IsFOCUS() || f == schemas.AWSCUR || f == schemas.AWSCUR20 || f == schemas.AzureCost || f == schemas.GCPBilling || f == schemas.OCICost
}

// Overlap finds the first scope that two sources both bill, of what their tasks left; nil if there is none. What they call
// services and regions counts only where both speak one language.
func Overlap(a, b *schemas.Source, of, other []Scope) *Scope {
	views := a.Format != b.Format && exclusive(a.Format) && exclusive(b.Format) && (!a.Format.IsFOCUS() || !b.Format.IsFOCUS())
	keyOf := func(s *Scope) [4]string {
		if views {
			return [4]string{s.Billing, s.Sub}
		}
		return [4]string{s.Billing, s.Sub, s.Service, s.Region}
	}
	by := map[[4]string][]*Scope{}
	for i := range of {
		by[keyOf(&of[i])] = append(by[keyOf(&of[i])], &of[i])
	}
	for i := range other {
		s := &other[i]
		for _, have := range by[keyOf(s)] {
			if (s.Billed && have.Billed || s.Effective && have.Effective) && s.First <= have.Last && have.First <= s.Last {
				return &Scope{
					Billing: s.Billing, Sub: s.Sub, Service: s.Service, Region: s.Region, First: max(s.First, have.First), Last: min(s.Last, have.Last),
				}
			}
		}
	}
	return nil
}
