package dataset

// Grow returns s with n more elements of any value.
func Grow[T any](s []T, n int) []T {
	if need := len(s) + n; need > cap(s) {
		bigger := make([]T, len(s), need+need/4)
		copy(bigger, s)
		s = bigger
	}
	return s[:len(s)+n]
}

// WithRoom returns s with room for n elements in all.
func WithRoom[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s
	}
	bigger := make([]T, len(s), n)
	copy(bigger, s)
	return bigger
}
