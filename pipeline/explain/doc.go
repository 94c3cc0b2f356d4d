// Package explain says where a figure of a committed run comes from: the formula with its numbers, what of the book applied, and
// the source object and row. It only reads. Start with explain.go; Check computes everything again, by the setting that the
// run's own tasks are rated in.
package explain
