package book

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
)

// Trial is a book for rating as another says in some cuts, to see what changing to that would do. All that says where usage is from
// and what was promised stays: sources, peers' contracts, SLAs. Whole is with all that the other says beside that, and not in the named
// cuts alone. Digests of its parts tell trials of the same two books apart; there are no files to keep.
func (b *Book) Trial(other *Book, whole bool, cuts ...Cut) *Book {
	var out *Book
	if whole {
		copied := *other
		out = &copied
		out.SLAs, out.Promises, out.Raised = b.SLAs, b.Promises, b.Raised
	} else {
		out = b.With(other, cuts...)
	}
	out.Sources, out.Peers, out.Contracts = b.Sources, b.Peers, b.Contracts
	replaced := map[Part]bool{PartCatalogue: true, PartFX: true, PartDisputes: true, PartCustomers: whole, PartPeers: whole, PartProvider: whole}
	names := []string{strconv.FormatBool(whole)}
	for _, c := range cuts {
		names = append(names, string(c))
		switch c {
		case CutCustomers:
			replaced[PartCustomers], replaced[PartPeers] = true, true
		case CutPolicy, CutRates:
			replaced[PartProvider] = true
		case CutMeters, CutPrices, CutTaxes, CutDisputes: // of parts that are replaced in any case
		}
	}
	out.files = nil
	for _, f := range b.files {
		if !replaced[f.part] {
			out.files = append(out.files, f)
		}
	}
	for _, part := range Parts() {
		if replaced[part] && b.Digest(part) != other.Digest(part) || replaced[part] && part == PartCatalogue {
			sum := sha256.Sum256([]byte(strings.Join(names, "\x00") + "\x00" + b.Digest(part) + other.Digest(part)))
			out.files = append(out.files, digested{name: "trial/" + string(part), part: part, sum: sum})
		} else if replaced[part] {
			out.files = append(out.files, b.filesOf(part)...)
		}
	}
	return out
}

func (b *Book) filesOf(part Part) []digested {
	return slices.DeleteFunc(slices.Clone(b.files), func(f digested) bool { return f.part != part })
}
