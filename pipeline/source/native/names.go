package native

import (
	"slices"
	"strings"

	"daybook/schemas"
)

// CutPrefix cuts a prefix that ends in a slash or a point off a name, in which words may be parted by underscores instead.
func CutPrefix(name, prefix string) (string, bool) {
	loose := schemas.LooseName(prefix)
	if !strings.HasPrefix(schemas.LooseName(name), loose) {
		return name, false
	}
	for i := range name {
		if strings.ContainsRune("/_.", rune(name[i])) && schemas.LooseName(name[:i]) == loose {
			return name[i+1:], true
		}
	}
	return name, false
}

// Unbracketed returns names without what they are called in another language, as in Währung (Currency).
func Unbracketed(names []string) []string {
	out := slices.Clone(names)
	for i, n := range out {
		if _, inner, found := strings.Cut(n, " ("); found && strings.HasSuffix(inner, ")") {
			out[i] = strings.TrimSuffix(inner, ")")
		}
	}
	return out
}

// Likely returns the first of the names that resembles what a column was looked for by, or is called; empty if none does.
func Likely(column string, from, seen []string) string {
	for _, want := range append(slices.Clone(from), column) {
		want = schemas.LooseName(want)
		for _, name := range seen {
			if loose := schemas.LooseName(name); len(loose) > 2 && len(want) > 2 && (strings.Contains(loose, want) || strings.Contains(want, loose)) {
				return name
			}
		}
	}
	return ""
}
