package book

import (
	"daybook/pipeline/book/parse"
)

// Nearest returns the candidate that word was most likely meant to be, or the empty text where none is close or there are
// so many that looking would take long.
func Nearest(word string, candidates []string) string {
	const most = 300_000
	if len(candidates) > most {
		return ""
	}
	return parse.Nearest(word, candidates)
}
