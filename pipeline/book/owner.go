package book

import (
	"daybook/pipeline/book/check"
	"daybook/schemas"
)

// owner is whose an account number is, and when.
type owner struct {
	schemas.Validity
	account schemas.AccountID
}

// Owner returns the account of ours that a row belongs to, by its BillingAccountId and SubAccountId as the source spells
// them, and by the civil day on which its charge period begins. It reports false for what is nobody's: an unknown account,
// or a peer's account that we use ourselves.
//
// The mappings of the source come first, then those of its peer, each by billing and sub-account, by sub-account, and by
// billing account. Only an own meter may name our accounts, or their aliases, without a mapping: what a peer calls 1001 is
// not our account 1001.
func (b *Book) Owner(src *schemas.Source, billing, sub string, day schemas.Date) (schemas.AccountID, bool) {
	for _, o := range b.origins(src, billing, sub) {
		for _, w := range b.owners[o] {
			if w.Holds(day, schemas.Date{}) {
				return w.account, true
			}
		}
	}
	if src.Peer != "" {
		return "", false
	}
	for _, name := range []string{sub, billing} {
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

// OwnerByDay reports whether the owner of these accounts depends on the day.
func (b *Book) OwnerByDay(src *schemas.Source, billing, sub string) bool {
	for _, o := range b.origins(src, billing, sub) {
		for _, w := range b.owners[o] {
			if !w.From.IsZero() || !w.To.IsZero() {
				return true
			}
		}
	}
	return false
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
