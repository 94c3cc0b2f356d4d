// Package paid checks what a book says of the sources of payments. It is a room of package check, which calls [Source].
package paid

import (
	"maps"
	"slices"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/payment"
)

// Source complains of keys that what was paid has no use for: only CSV has columns for the book to name.
func Source(c *parse.Reader, at parse.Spot, s *schemas.Source) {
	keys := []string{"key", "types", "ignore", "tolerate", "view", "take", "zone", "peer"}
	if s.Format != schemas.Payments10 {
		keys = append(keys, "columns", "constants", "mapping")
	}
	for _, key := range keys {
		if _, given := at.Field(key).Given(); given {
			c.Complain(at.Field(key), "remove it", "%s says nothing of payments as %s", key, s.Format)
		}
	}
	names := payment.CSVColumns()
	for _, x := range []struct {
		key   string
		names []string
	}{
		{"columns", slices.Sorted(maps.Keys(s.Columns))}, {"constants", slices.Sorted(maps.Keys(s.Constants))}, {"mapping", slices.Sorted(maps.Keys(s.Mapping))},
	} {
		for _, name := range x.names {
			if !slices.Contains(names, name) {
				c.Complain(at.Field(x.key).Field(name), parse.DidYouMean(name, names, ""), "payments have no column %s", parse.Clip(name))
			}
		}
	}
}
