package schemas

import (
	"fmt"
	"slices"
	"strings"
)

// MostCandidates bounds what an AmbiguousError lists.
const MostCandidates = 12

// Beginning looks for the identifier that a text names among those that are offered one by one: the one that is written out, or
// else the only one that begins so. It is how identifiers may be cut short wherever they are asked for. The zero value but
// for Text is ready.
type Beginning struct {
	Text string

	exact bool
	found []string
}

// Offer takes an identifier that there is. The same one may be offered again.
func (b *Beginning) Offer(id string) {
	switch {
	case b.exact || b.Text == "":
	case id == b.Text:
		b.found, b.exact = []string{id}, true
	case strings.HasPrefix(id, b.Text) && !b.Ambiguous() && !slices.Contains(b.found, id):
		b.found = append(b.found, id)
	}
}

// Ambiguous reports whether more fit than an AmbiguousError lists, so that of identifiers of equal length no more need to be offered.
func (b *Beginning) Ambiguous() bool { return len(b.found) > MostCandidates }

// Found are those of the identifiers offered that fit, in the order in which they came: at most one more than MostCandidates.
func (b *Beginning) Found() []string { return b.found }

// Meant returns the identifier that the text names, empty if there is none. Where several begin so it is an *AmbiguousError, in
// which describe, if it is not nil, says of each what it is.
func (b *Beginning) Meant(describe func(id string) string) (string, error) {
	switch len(b.found) {
	case 0:
		return "", nil
	case 1:
		return b.found[0], nil
	}
	err := &AmbiguousError{ID: b.Text, Candidates: b.found[:min(len(b.found), MostCandidates)]}
	if describe != nil {
		lines := make([]string, len(err.Candidates))
		for i, id := range err.Candidates {
			lines[i] = describe(id)
		}
		err.Candidates = lines
	}
	return "", err
}

// AmbiguousError says that a beginning of an identifier fits several.
type AmbiguousError struct {
	ID string
	// Candidates are some of those that it fits, each with what it is.
	Candidates []string
}

// Error lists the candidates, each on a line of its own after the first.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q is the beginning of several; write more of one of these:\n  %s", e.ID, strings.Join(e.Candidates, "\n  "))
}
