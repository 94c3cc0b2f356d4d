package parse

import (
	"fmt"
	"slices"
	"strings"
)

// Nearest returns the candidate that word was most likely meant to be, or the empty text where none is close: at most a
// third of the longer one's letters may differ. Of equally near ones the first in text order is taken, so the order of
// candidates does not matter.
func Nearest(word string, candidates []string) string {
	const longest = 128 // keeps the comparison of a hostile name cheap
	if len(word) > longest {
		return ""
	}
	best, least := "", 1<<30
	for _, c := range candidates {
		if len(c) > longest || c == "" {
			continue
		}
		d := distance(fold(word), fold(c))
		if d > max(len(word), len(c))/3 && !strings.EqualFold(word, c) {
			continue
		}
		if d < least || d == least && c < best {
			best, least = c, d
		}
	}
	return best
}

// fold makes names that differ only in case or punctuation equal.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '.' {
			return '_'
		}
		return r
	}, strings.ToLower(s))
}

// distance is the number of letters to insert, remove, replace or swap with their neighbour that turns a into b
// (Damerau and Levenshtein, restricted: no letter is touched twice).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// DidYouMean suggests the nearest candidate; where none is near, it lists them if they are few, and else says alternative.
func DidYouMean(word string, candidates []string, alternative string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if n := len(candidates); n > 0 && n <= 12 {
		return "one of " + strings.Join(slices.Sorted(slices.Values(candidates)), ", ")
	}
	return alternative
}
