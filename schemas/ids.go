package schemas

import (
	"slices"
	"strings"
)

// Distinct types for things that are all strings, so that the compiler keeps an account from being read as a SKU.
type (
	// AccountID is a customer of ours, in the book's own spelling.
	AccountID string
	// SKU identifies what is metered or sold, as the source spells it (FOCUS SkuId).
	SKU string
	// MeterID identifies a meter of the book.
	MeterID string
	// OfferingID identifies a catalogue entry (TMF620 ProductOffering).
	OfferingID string
	// PriceID identifies one price of an offering (TMF620 ProductOfferingPrice).
	PriceID string
	// SubscriptionID identifies what an account has bought.
	SubscriptionID string
	// PeerID identifies another provider.
	PeerID string
	// ContractID identifies what we agreed with a peer.
	ContractID string
	// SourceID identifies a place where deliveries appear.
	SourceID string
	// RunID identifies a bill run: a digest of its spec, in hex.
	RunID string
	// ChargeID identifies a charge by its content.
	ChargeID string
)

var escapeSlashes = strings.NewReplacer("%", "%25", "/", "%2F")

// JoinID joins the parts of an identifier by slashes; a slash within a part is written as %2F, so that parts cannot run together.
func JoinID(parts ...string) string {
	if slices.ContainsFunc(parts, func(p string) bool { return strings.IndexByte(p, '/') >= 0 || strings.IndexByte(p, '%') >= 0 }) {
		parts = slices.Clone(parts)
		for i, p := range parts {
			parts[i] = escapeSlashes.Replace(p)
		}
	}
	return strings.Join(parts, "/")
}
