package wire

// MarkStops is what stopMarks says, by marks_amd64.s. Text has 64 bytes for each of marks.
//
//go:noescape
func MarkStops(marks []uint64, text []byte) (high uint64)

// markFields is what fieldMarksOf says, by marks_amd64.s. Text has 64 bytes for each of marks.
//
//go:noescape
func markFields(marks []fieldMarks, text []byte) (high uint64)
