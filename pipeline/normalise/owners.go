package normalise

import (
	"encoding/binary"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
)

// Owners says which customer of ours each row belongs to, and which shard that customer is in. It asks the book once per
// pair of billing and sub-account, not once per row; where the book looks at resources or tags, once for rows that say the same.
type Owners struct {
	book   run.Book
	shards int
	// home finds the shard of an account.
	home func(schemas.AccountID) uint16
	src  *schemas.Source
	// accounts is the dictionary of x_AccountId for this object.
	accounts *dataset.Dictionary
	known    map[uint64]owner
	codes    []uint32
	nulls    []uint64
	// billing and sub are the dictionaries that the keys of known are codes of.
	billing, sub *dataset.Dictionary
	// latest is the last pair of each sub-account by code, or by the billing account's where there is none: most belong to
	// one billing account only, and need no look into known.
	latest, latestBilling []pairOwner
	// days and dated are for pairs whose owner depends on the day.
	days  rows.DayFinder
	dated map[ownedOn]owner
	// byRow says that the book looks at more of a row than its pair; named are the owners of rows that say the same, by key.
	byRow bool
	named map[string]owner
	key   []byte
	// byBilling says that rows name a sub-account that decided nothing: they are whose their billing account is.
	byBilling bool
}

// owner is where the rows of one pair of accounts go; byDay says that it depends on the day.
type owner struct {
	code  uint32
	none  bool
	byDay bool
	shard uint16
}

// pairOwner is the owner of a pair; it is of none while known is false.
type pairOwner struct {
	key   uint64
	known bool
	owner owner
}

// ownedOn is a pair of accounts on a day.
type ownedOn struct {
	key uint64
	day schemas.Date
}

// NewOwners are those of the rows of a source, where home finds the shard of an account.
func NewOwners(b run.Book, src *schemas.Source, home func(schemas.AccountID) uint16, shards int) Owners {
	return Owners{
		book: b, shards: shards, home: home, src: src, accounts: dataset.NewDictionary(), known: map[uint64]owner{},
		days: rows.DayFinder{Zone: b.Zone()}, dated: map[ownedOn]owner{}, byRow: b.OwnerByRow(src), named: map[string]owner{},
	}
}

// Assign fills x_AccountId and the shard of every row.
func (o *Owners) Assign(b *dataset.Batch, shards []uint16) {
	billing, sub := &b.Columns[schemas.UseBillingAccountId], &b.Columns[schemas.UseSubAccountId]
	if billing.Dict != o.billing || sub.Dict != o.sub {
		clear(o.known)
		clear(o.dated)
		clear(o.named)
		clear(o.latest)
		clear(o.latestBilling)
		o.billing, o.sub = billing.Dict, sub.Dict
	}
	o.latest, o.latestBilling = pairsOf(o.latest, sub), pairsOf(o.latestBilling, billing)
	o.codes = zeros(o.codes, b.Rows)
	v := &b.Columns[schemas.UseAccountId]
	*v = dataset.Vector{Type: schemas.Label, Dict: o.accounts, Codes: o.codes, Nulls: o.nulls[:0]}
	defer func() { o.nulls = v.Nulls }()
	starts := b.Columns[schemas.UseChargePeriodStart].Ints
	for i := range b.Rows {
		billed, used := code(billing, i), code(sub, i)
		key := uint64(billed)<<32 | uint64(used)
		var w owner
		if o.byRow {
			w = o.findRow(b, i, key, o.days.Find(starts[i]))
		} else if w = o.find(key, o.place(billed, used)); w.byDay {
			w = o.findOn(key, o.days.Find(starts[i]))
		}
		shards[i] = w.shard
		v.Codes[i] = w.code
		if w.none {
			v.SetNull(i)
		}
	}
}

func code(v *dataset.Vector, i int) uint32 {
	if v.IsNull(i) {
		return rows.NoCode
	}
	return v.Codes[i]
}

// place returns where the latest owner of a pair of codes is kept; nil for a pair of nulls.
func (o *Owners) place(billing, sub uint32) *pairOwner {
	switch {
	case sub != rows.NoCode:
		return &o.latest[sub]
	case billing != rows.NoCode:
		return &o.latestBilling[billing]
	}
	return nil
}

// pairsOf returns pairs with a place for each code of v's dictionary.
func pairsOf(pairs []pairOwner, v *dataset.Vector) []pairOwner {
	if v.Absent || v.Dict == nil || v.Dict.Len() <= len(pairs) {
		return pairs
	}
	return append(pairs, make([]pairOwner, v.Dict.Len()-len(pairs))...)
}

// find returns the owner of a pair, by way of its place if it has one.
func (o *Owners) find(key uint64, at *pairOwner) owner {
	if at != nil && at.known && at.key == key {
		return at.owner
	}
	w, ok := o.known[key]
	if !ok {
		if billing, sub := o.names(key); o.book.OwnerByDay(o.src, billing, sub) {
			w = owner{byDay: true}
		} else {
			w = o.ask(schemas.Identity{Billing: billing, Sub: sub}, schemas.Date{})
		}
		o.known[key] = w
	}
	if at != nil {
		*at = pairOwner{key, true, w}
	}
	return w
}

// findOn is find for a pair whose owner depends on the day.
func (o *Owners) findOn(key uint64, day schemas.Date) owner {
	on := ownedOn{key, day}
	w, ok := o.dated[on]
	if !ok {
		billing, sub := o.names(key)
		w = o.ask(schemas.Identity{Billing: billing, Sub: sub}, day)
		o.dated[on] = w
	}
	return w
}

// mostNamed bounds the owners of rows that are remembered: resources may be as many as rows.
const mostNamed = 1 << 16

// findRow returns the owner of row i, of a pair and on a day, by its resource and its tags as well.
func (o *Owners) findRow(b *dataset.Batch, i int, pair uint64, day schemas.Date) owner {
	resource, tags := b.Columns[schemas.UseResourceId].TextAt(i), b.Columns[schemas.UseTags].TextAt(i)
	o.key = binary.BigEndian.AppendUint64(o.key[:0], pair)
	o.key = binary.AppendVarint(o.key, int64(day.Sub(schemas.Date{})))
	o.key = binary.AppendUvarint(o.key, uint64(len(resource)))
	o.key = append(append(o.key, resource...), tags...)
	w, ok := o.named[string(o.key)]
	if !ok {
		if len(o.named) >= mostNamed {
			clear(o.named)
		}
		billing, sub := o.names(pair)
		w = o.ask(schemas.Identity{Billing: billing, Sub: sub, Resource: string(resource), Tags: string(tags)}, day)
		o.named[string(o.key)] = w
	}
	return w
}

func (o *Owners) names(key uint64) (billing, sub string) {
	return o.text(o.billing, uint32(key>>32)), o.text(o.sub, uint32(key))
}

// ask asks the book.
func (o *Owners) ask(row schemas.Identity, day schemas.Date) owner {
	account, ok := o.book.Owner(o.src, row, day)
	w := owner{none: !ok}
	if ok {
		w.code = o.accounts.Code([]byte(account))
		w.shard = o.home(account)
		if row.Billing != "" && row.Sub != "" && o.src.Peer == "" && !o.byBilling {
			row.Billing = ""
			_, bySub := o.book.Owner(o.src, row, day)
			o.byBilling = !bySub
		}
	} else {
		// Rows that are nobody's stay together by the accounts that they name, so that what is said of them does not
		// depend on how many shards there are.
		w.code = o.accounts.Code(nil)
		w.shard = dataset.ShardOf([]byte(row.Billing+"\x00"+row.Sub), o.shards)
	}
	return w
}

func (o *Owners) text(d *dataset.Dictionary, code uint32) string {
	if code == rows.NoCode || d == nil {
		return ""
	}
	return string(d.Value(code))
}
