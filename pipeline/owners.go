package pipeline

import (
	"daybook/pipeline/dataset"
	"daybook/schemas"
)

// owners says which customer of ours each row belongs to, and which shard that customer is in. It asks the book once per
// pair of billing and sub-account, not once per row.
type owners struct {
	r   *Run
	src *schemas.Source
	// accounts is the dictionary of x_AccountId for this object.
	accounts *dataset.Dictionary
	known    map[uint64]owner
	codes    []uint32
	nulls    []uint64
	// billing and sub are the dictionaries that the keys of known are codes of.
	billing, sub *dataset.Dictionary
	lastKey      uint64
	last         owner
	some         bool
}

// owner is where the rows of one pair of accounts go.
type owner struct {
	code  uint32
	none  bool
	shard uint16
}

func newOwners(r *Run, src *schemas.Source) owners {
	return owners{r: r, src: src, accounts: dataset.NewDictionary(), known: map[uint64]owner{}}
}

// noCode stands for a null in a pair of codes.
const noCode = 1<<32 - 1

// assign fills x_AccountId and the shard of every row.
func (o *owners) assign(b *dataset.Batch, shards []uint16) {
	billing, sub := &b.Columns[schemas.UseBillingAccountId], &b.Columns[schemas.UseSubAccountId]
	if billing.Dict != o.billing || sub.Dict != o.sub {
		clear(o.known)
		o.billing, o.sub, o.some = billing.Dict, sub.Dict, false
	}
	o.codes = zeros(o.codes, b.Rows)
	v := &b.Columns[schemas.UseAccountId]
	*v = dataset.Vector{Type: schemas.Label, Dict: o.accounts, Codes: o.codes, Nulls: o.nulls[:0]}
	defer func() { o.nulls = v.Nulls }()
	for i := range b.Rows {
		key := uint64(code(billing, i))<<32 | uint64(code(sub, i))
		if key != o.lastKey || !o.some {
			o.last, o.lastKey, o.some = o.find(key), key, true
		}
		shards[i] = o.last.shard
		v.Codes[i] = o.last.code
		if o.last.none {
			v.SetNull(i)
		}
	}
}

func code(v *dataset.Vector, i int) uint32 {
	if v.IsNull(i) {
		return noCode
	}
	return v.Codes[i]
}

func (o *owners) find(key uint64) owner {
	if w, ok := o.known[key]; ok {
		return w
	}
	billing, sub := o.text(o.billing, uint32(key>>32)), o.text(o.sub, uint32(key))
	account, ok := o.r.Book.Owner(o.src, billing, sub)
	w := owner{none: !ok}
	if ok {
		w.code = o.accounts.Code([]byte(account))
		w.shard = dataset.ShardOf([]byte(account), o.r.Spec.Shards)
	} else {
		// Rows that are nobody's stay together by the accounts that they name, so that what is said of them does not
		// depend on how many shards there are.
		w.code = o.accounts.Code(nil)
		w.shard = dataset.ShardOf([]byte(billing+"\x00"+sub), o.r.Spec.Shards)
	}
	o.known[key] = w
	return w
}

func (o *owners) text(d *dataset.Dictionary, code uint32) string {
	if code == noCode || d == nil {
		return ""
	}
	return string(d.Value(code))
}
