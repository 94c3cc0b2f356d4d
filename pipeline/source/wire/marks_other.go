//go:build !amd64

package wire

func MarkStops(marks []uint64, text []byte) (high uint64) { return stopMarks(marks, text) }

func markFields(marks []fieldMarks, text []byte) (high uint64) { return fieldMarksOf(marks, text) }
