package parse

import (
	"bytes"
	"slices"
)

// List is a list joined from several files, with the spot of each entry.
type List[T any] struct {
	Items []T
	Spots []Spot
}

// Add adds an entry and its spot.
func (s *List[T]) Add(at Spot, v T) {
	s.Items = append(s.Items, v)
	s.Spots = append(s.Spots, at)
}

// Expect makes room for the rows of a CSV file.
func (s *List[T]) Expect(f *File) {
	rows := min(bytes.Count(f.text, []byte("\n")), 1<<18) // a file of empty lines must not cost more than its bytes
	s.Items, s.Spots = slices.Grow(s.Items, rows), slices.Grow(s.Spots, rows)
}

// AddAll adds the entries of a YAML list.
func (s *List[T]) AddAll(at Spot, items []T) {
	for i := range items {
		s.Add(at.At(i), items[i])
	}
}
