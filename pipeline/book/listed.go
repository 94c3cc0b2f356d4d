package book

import (
	"bytes"
	"slices"
)

// listed is a list joined from several files, with the spot of each entry.
type listed[T any] struct {
	items []T
	spots []spot
}

func (s *listed[T]) add(at spot, v T) {
	s.items = append(s.items, v)
	s.spots = append(s.spots, at)
}

// expect makes room for the rows of a CSV file.
func (s *listed[T]) expect(f *file) {
	rows := min(bytes.Count(f.text, []byte("\n")), 1<<18) // a file of empty lines must not cost more than its bytes
	s.items, s.spots = slices.Grow(s.items, rows), slices.Grow(s.spots, rows)
}

// addAll adds the entries of a YAML list.
func (s *listed[T]) addAll(at spot, items []T) {
	for i := range items {
		s.add(at.at(i), items[i])
	}
}
