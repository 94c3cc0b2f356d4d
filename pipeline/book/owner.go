package book

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"daybook/pipeline/book/check"
	"daybook/schemas"
)

// owner is whose an account number is, and when.
type owner struct {
	schemas.Validity
	order int
	// mapping is its position among the book's.
	mapping int32
}

// Owner returns the account of ours that a row belongs to, by what it says of itself and by the civil day on which its charge
// period begins. It reports false for what is nobody's: an unknown account, a row that mappings for several accounts claim, or
// a peer's account that we use ourselves.
//
// Mappings by account number are tried from those of the source to those of its peer, each by billing and sub-account, by
// sub-account, and by billing account. Only an own meter may name our accounts, or their aliases, without a mapping: what a
// peer calls 1001 is not our account 1001.
func (b *Book) Owner(src *schemas.Source, row schemas.Identity, day schemas.Date) (schemas.AccountID, bool) {
	if claims := b.claims(src, row, day); len(claims) > 0 {
		account := b.Mappings[claims[0]].Account
		for _, other := range claims[1:] {
			if b.Mappings[other].Account != account {
				return "", false
			}
		}
		return account, true
	}
	if src.Peer != "" {
		return "", false
	}
	for _, name := range []string{row.Sub, row.Billing} {
		if name == "" {
			continue
		}
		if _, ok := b.accounts[schemas.AccountID(name)]; ok {
			return schemas.AccountID(name), true
		}
		if account, ok := b.aliases[name]; ok {
			return account, true
		}
	}
	return "", false
}

// Claims says which mappings claim a row on a day, those of the lowest order that any of them has, each with its account, in the
// words of the book.
func (b *Book) Claims(src *schemas.Source, row schemas.Identity, day schemas.Date) (out []string) {
	for _, i := range b.claims(src, row, day) {
		m := &b.Mappings[i]
		out = append(out, condition(m)+" for "+string(m.Account))
	}
	return out
}

// claims returns the positions of these mappings, in order.
func (b *Book) claims(src *schemas.Source, row schemas.Identity, day schemas.Date) []int32 {
	var out []int32
	if first, ok := b.byNumber(src, row.Billing, row.Sub, day); ok {
		out = append(out, first)
	}
	if rules := b.rules[src.ID]; rules != nil {
		out = rules.claims(b.Mappings, row, day, out)
	}
	if len(out) < 2 {
		return out
	}
	least := b.Mappings[slices.MinFunc(out, func(x, y int32) int { return cmp.Compare(b.Mappings[x].Order, b.Mappings[y].Order) })].Order
	out = slices.DeleteFunc(out, func(i int32) bool { return b.Mappings[i].Order != least })
	slices.Sort(out)
	return out
}

// byNumber returns the mapping by account number alone that counts for a pair of accounts on a day.
func (b *Book) byNumber(src *schemas.Source, billing, sub string, day schemas.Date) (int32, bool) {
	best := owner{mapping: -1}
	for _, o := range b.origins(src, billing, sub) {
		for _, w := range b.owners[o] {
			if w.Holds(day, schemas.Date{}) && (best.mapping < 0 || w.order < best.order) {
				best = w
			}
		}
	}
	return best.mapping, best.mapping >= 0
}

// OwnerByDay reports whether the owner of these accounts depends on the day.
func (b *Book) OwnerByDay(src *schemas.Source, billing, sub string) bool {
	if rules := b.rules[src.ID]; rules != nil && rules.dated {
		return true
	}
	for _, o := range b.origins(src, billing, sub) {
		for _, w := range b.owners[o] {
			if !w.From.IsZero() || !w.To.IsZero() {
				return true
			}
		}
	}
	return false
}

// OwnerByRule reports whether mappings of the source look at more than account numbers that are equal: then several may claim
// a row.
func (b *Book) OwnerByRule(src *schemas.Source) bool { return b.rules[src.ID] != nil }

// OwnerByRow reports whether mappings of the source look at more of a row than its accounts: at its resource or its tags.
func (b *Book) OwnerByRow(src *schemas.Source) bool {
	rules := b.rules[src.ID]
	return rules != nil && rules.byRow
}

// OwnUse reports whether a peer's account is declared to be used by ourselves.
func (b *Book) OwnUse(peer schemas.PeerID, billing, sub string) bool {
	return sub != "" && b.ownUse[check.Origin{Peer: peer, Sub: sub}] || billing != "" && b.ownUse[check.Origin{Peer: peer, Sub: billing}]
}

// origins lists the mappings to try, the narrowest first; none where the book has no mappings.
func (b *Book) origins(src *schemas.Source, billing, sub string) []check.Origin {
	if len(b.owners) == 0 {
		return nil
	}
	out := make([]check.Origin, 0, 9)
	for _, of := range []check.Origin{{Peer: src.Peer, Source: src.ID}, {Source: src.ID}, {Peer: src.Peer}} {
		if of.Peer == "" && of.Source == "" {
			continue
		}
		for _, o := range []check.Origin{{Billing: billing, Sub: sub}, {Sub: sub}, {Billing: billing}} {
			if o.Billing == "" && o.Sub == "" {
				continue
			}
			o.Peer, o.Source = of.Peer, of.Source
			out = append(out, o)
		}
	}
	return out
}

// Alias returns the account that another spelling of our own sources leads to.
func (b *Book) Alias(name string) (schemas.AccountID, bool) {
	id, ok := b.aliases[name]
	return id, ok
}

// OwnersDigest digests what decides whose the rows of a source are; nil where the book says nothing of it. As long as it is the
// same, rows that say the same of themselves belong to the same accounts, as far as these are in the book. The names of accounts
// are part of it only where that is asked for: one that is new to the book takes rows from another only if these name it as
// their sub-account, and the other as their billing account.
func (b *Book) OwnersDigest(src *schemas.Source, names bool) []byte {
	sum, says := sha256.New(), false
	add := func(format string, args ...any) {
		fmt.Fprintf(sum, format, args...)
		says = true
	}
	for i := range b.Mappings {
		if m := &b.Mappings[i]; isOf(m, src) {
			add("%q %d %s %s\n", []string{
				string(m.Peer), string(m.Source), m.BillingAccount, m.SubAccount, m.Resource, m.Tag, m.Value, string(m.Match), string(m.Account),
			}, m.Order, m.From, m.To)
		}
	}
	if src.Peer == "" {
		for _, alias := range slices.Sorted(maps.Keys(b.aliases)) {
			add("%q %q\n", alias, b.aliases[alias])
		}
	}
	if src.Peer == "" && names {
		for _, id := range slices.Sorted(maps.Keys(b.accounts)) {
			add("%q\n", id)
		}
	}
	if !says {
		return nil
	}
	return sum.Sum(nil)
}

// isOf reports whether a mapping is tried for rows of a source.
func isOf(m *schemas.Mapping, src *schemas.Source) bool {
	return (m.Source == "" || m.Source == src.ID) && (m.Peer == "" || m.Peer == src.Peer)
}
